//! Who reads a vault through which network: every row in Bicep and in ARM JSON, with what becomes of
//! the read and what is said of it.
//!
//! All else is right in every row: the identity is carried, granted access, and waited for. The
//! certificate of a hostname that the system-assigned identity reads is added by a second
//! declaration of the service. Tiers change nothing that is documented.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::network::Blocked;
use access::reading::{Because, Failure, Reading, Verdict};
use access::reads::is_reader;
use template::cases::judge;
use template::dependencies::Order;
use template::files::Files;
use template::program::Program;

use crate::reaching::{
    By, Twin, and, child, grant, hostname_from, hostnames, id, named_value_from, perimeter_rule,
    plain_service, policy, private_endpoint, reader, service_with_hostname, vault,
};
use crate::twins::arm;

/// What is read.
#[derive(Clone, Copy, Debug)]
enum What {
    NamedValue,
    Certificate,
    Hostname,
}

use By::{System, User};
use What::{Certificate, Hostname, NamedValue};

const WORKS: Verdict = Verdict::Works;
const DEPENDS: Verdict = Verdict::Unknown(Because::Network);
const USER_FAILS: Verdict = Verdict::Fails(Failure::Network(Blocked::UserIdentity));
const NO_BYPASS_FAILS: Verdict = Verdict::Fails(Failure::Network(Blocked::NoBypass));
const PERIMETER_FAILS: Verdict = Verdict::Fails(Failure::Network(Blocked::Perimeter));

const SILENT: &str = "";
const USER_ERROR: &str = "error vault-firewall-user-identity";
const USER_WARNING: &str = "warning vault-firewall-user-identity";
const BLOCKED_ERROR: &str = "error vault-network-blocked";
const BLOCKED_WARNING: &str = "warning vault-network-blocked";

const OPEN: &str = "";
const DENY: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }";
const DENY_ALL: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'None' }";
const SUBNET: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', virtualNetworkRules: [ { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/apim' } ] }";
const SUBNET_ONLY: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'None', virtualNetworkRules: [ { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/apim' } ] }";
const ADDRESS: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [ { value: '203.0.113.7' } ] }";
const DISABLED: &str = "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }";
const DISABLED_ONLY: &str = "publicNetworkAccess: 'Disabled'";
const DISABLED_ALL: &str =
    "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny', bypass: 'None' }";
const PERIMETER: &str = "publicNetworkAccess: 'SecuredByPerimeter'";

/// What else is in the deployment.
#[derive(Clone, Copy, Debug)]
enum Beside {
    Nothing,
    PrivateEndpoint,
    PerimeterRule,
}

use Beside::{Nothing, PerimeterRule, PrivateEndpoint};

impl Beside {
    fn add_to(self, parts: Vec<Twin>) -> Vec<Twin> {
        match self {
            Nothing => parts,
            PrivateEndpoint => and(parts, private_endpoint()),
            PerimeterRule => and(parts, perimeter_rule()),
        }
    }
}

const DEVELOPER: &str = "Developer";
const STANDARD_V2: &str = "StandardV2";
const CONSUMPTION: &str = "Consumption";

type Row = (
    u32,
    By,
    &'static str,
    Beside,
    What,
    &'static str,
    Verdict,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (1, System, OPEN, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),
    (1, System, OPEN, Nothing, Hostname, DEVELOPER, WORKS, SILENT),
    (1, User, OPEN, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),
    (1, User, OPEN, Nothing, Certificate, DEVELOPER, WORKS, SILENT),
    (1, User, OPEN, Nothing, Hostname, DEVELOPER, WORKS, SILENT),

    (2, System, DENY, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),
    (2, System, DENY, Nothing, Certificate, DEVELOPER, WORKS, SILENT),
    (2, System, DENY, Nothing, Hostname, DEVELOPER, WORKS, SILENT),

    (3, System, DENY_ALL, Nothing, NamedValue, DEVELOPER, NO_BYPASS_FAILS, BLOCKED_WARNING),
    (3, System, DENY_ALL, Nothing, Certificate, DEVELOPER, NO_BYPASS_FAILS, BLOCKED_WARNING),
    (3, System, DENY_ALL, Nothing, Hostname, DEVELOPER, NO_BYPASS_FAILS, BLOCKED_ERROR),

    (4, System, SUBNET_ONLY, Nothing, NamedValue, DEVELOPER, DEPENDS, BLOCKED_WARNING),
    (4, System, SUBNET_ONLY, Nothing, Certificate, DEVELOPER, DEPENDS, BLOCKED_WARNING),
    (4, System, SUBNET_ONLY, Nothing, Hostname, DEVELOPER, NO_BYPASS_FAILS, BLOCKED_ERROR),

    (5, System, DISABLED, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),
    (5, System, DISABLED_ONLY, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),
    (5, System, DISABLED, PrivateEndpoint, NamedValue, DEVELOPER, WORKS, SILENT),
    (5, System, DISABLED, Nothing, Hostname, DEVELOPER, WORKS, SILENT),
    (5, System, DISABLED_ONLY, PrivateEndpoint, Hostname, DEVELOPER, WORKS, SILENT),

    (6, System, DISABLED_ALL, PrivateEndpoint, NamedValue, DEVELOPER, DEPENDS, BLOCKED_WARNING),
    (6, System, DISABLED_ALL, PrivateEndpoint, Certificate, DEVELOPER, DEPENDS, BLOCKED_WARNING),
    (6, System, DISABLED_ALL, PrivateEndpoint, Hostname, DEVELOPER, NO_BYPASS_FAILS, BLOCKED_ERROR),

    (7, System, PERIMETER, Nothing, NamedValue, DEVELOPER, PERIMETER_FAILS, BLOCKED_WARNING),
    (7, System, PERIMETER, Nothing, Hostname, DEVELOPER, PERIMETER_FAILS, BLOCKED_ERROR),
    (7, User, PERIMETER, Nothing, NamedValue, DEVELOPER, PERIMETER_FAILS, BLOCKED_WARNING),
    (7, System, PERIMETER, PerimeterRule, NamedValue, DEVELOPER, DEPENDS, SILENT),
    (7, System, PERIMETER, PerimeterRule, Hostname, DEVELOPER, DEPENDS, SILENT),
    (7, System, PERIMETER, PrivateEndpoint, NamedValue, DEVELOPER, DEPENDS, SILENT),

    (8, User, DENY, Nothing, NamedValue, DEVELOPER, USER_FAILS, USER_ERROR),
    (8, User, DENY, Nothing, Certificate, DEVELOPER, USER_FAILS, USER_ERROR),
    (8, User, DENY, Nothing, Hostname, DEVELOPER, USER_FAILS, USER_ERROR),
    (8, User, DISABLED, Nothing, NamedValue, DEVELOPER, USER_FAILS, USER_ERROR),
    (8, User, DISABLED, Nothing, Hostname, DEVELOPER, USER_FAILS, USER_ERROR),

    (9, User, SUBNET, Nothing, Hostname, DEVELOPER, USER_FAILS, USER_ERROR),
    (9, User, SUBNET_ONLY, Nothing, Hostname, DEVELOPER, USER_FAILS, USER_ERROR),
    (9, User, SUBNET, Nothing, NamedValue, DEVELOPER, DEPENDS, USER_WARNING),

    (10, User, ADDRESS, Nothing, NamedValue, DEVELOPER, DEPENDS, USER_WARNING),
    (10, User, ADDRESS, Nothing, Hostname, DEVELOPER, DEPENDS, USER_WARNING),

    (11, User, DISABLED, PrivateEndpoint, NamedValue, DEVELOPER, DEPENDS, USER_WARNING),
    (11, User, DISABLED, PrivateEndpoint, Hostname, DEVELOPER, USER_FAILS, USER_ERROR),

    // The service carries both identities: the one that reads decides.
    (12, User, ADDRESS, PrivateEndpoint, Hostname, DEVELOPER, DEPENDS, USER_WARNING),
    (12, System, ADDRESS, Nothing, NamedValue, DEVELOPER, WORKS, SILENT),

    // 13 and 14 have a table of their own: what a policy calls at run time.
    (15, System, OPEN, Nothing, NamedValue, STANDARD_V2, WORKS, SILENT),
    (15, System, DENY, Nothing, NamedValue, STANDARD_V2, WORKS, SILENT),
    (15, System, SUBNET_ONLY, Nothing, NamedValue, STANDARD_V2, DEPENDS, BLOCKED_WARNING),
    (15, System, DISABLED_ALL, PrivateEndpoint, NamedValue, STANDARD_V2, DEPENDS, BLOCKED_WARNING),
    (15, User, DENY, Nothing, NamedValue, STANDARD_V2, USER_FAILS, USER_ERROR),

    (16, System, DENY, Nothing, NamedValue, CONSUMPTION, WORKS, SILENT),
    (16, System, DENY, Nothing, Hostname, CONSUMPTION, WORKS, SILENT),
    (16, User, DENY, Nothing, Hostname, CONSUMPTION, USER_FAILS, USER_ERROR),
];

const UNREACHABLE: &str = "info gateway-vault-unreachable";

/// What becomes of a policy that calls the vault: identities change nothing.
#[rustfmt::skip]
const GATEWAY_ROWS: &[(u32, &str, Beside, &str)] = &[
    (1, OPEN, Nothing, SILENT),

    (13, DENY, Nothing, UNREACHABLE),
    (13, DENY_ALL, Nothing, UNREACHABLE),
    (13, DISABLED, Nothing, UNREACHABLE),
    (13, DISABLED_ONLY, Nothing, UNREACHABLE),
    (13, DISABLED_ALL, Nothing, UNREACHABLE),
    (13, PERIMETER, Nothing, UNREACHABLE),

    (14, SUBNET, Nothing, SILENT),
    (14, SUBNET_ONLY, Nothing, SILENT),
    (14, ADDRESS, Nothing, SILENT),
    (14, DENY, PrivateEndpoint, SILENT),
    (14, DENY_ALL, PrivateEndpoint, SILENT),
    (14, DISABLED, PrivateEndpoint, SILENT),
    (14, DISABLED_ALL, PrivateEndpoint, SILENT),
    (14, PERIMETER, PerimeterRule, SILENT),
    (14, PERIMETER, PrivateEndpoint, SILENT),
];

/// The files of a row in Bicep, the root first, and its template in ARM JSON.
fn deployment(row: &Row) -> (Vec<(&'static str, String)>, String) {
    let (_, by, network, beside, what, tier, ..) = row;
    let vault = vault(network);
    let mut parts = match (what, by) {
        (NamedValue, by) => named_value_from(vault, *by),
        (Certificate, System) => vec![
            vault,
            plain_service(System),
            grant(System),
            child("certificates", "ca", System, &["grant"]),
        ],
        (Certificate, User) => vec![
            vault,
            reader(),
            plain_service(User),
            grant(User),
            child("certificates", "ca", User, &["grant"]),
        ],
        (Hostname, User) => hostname_from(vault),
        (Hostname, System) => in_two_steps(vault),
    };
    parts = beside.add_to(parts);
    let (bicep, json) = template(&parts);
    let files = [
        ("/main.bicep", bicep),
        ("/service.bicep", service_module()),
        ("/grant.bicep", grant_module()),
    ];
    let of_tier = |text: String| text.replace(DEVELOPER, tier);
    (
        files.map(|(path, text)| (path, of_tier(text))).into(),
        of_tier(json),
    )
}

fn template(parts: &[Twin]) -> Twin {
    let bicep = parts.iter().map(|part| part.0.as_str()).collect();
    let json: Vec<_> = parts.iter().map(|part| part.1.as_str()).collect();
    let json = arm(&format!("\"resources\": [ {} ]", json.join(", ")));
    (bicep, json)
}

/// The service, the grant, and the service again with a hostname.
fn in_two_steps(vault: Twin) -> Vec<Twin> {
    let (list, _) = hostnames(System);
    let bicep = format!(
        "module first 'service.bicep' = {{ name: 'first' }}
module granting 'grant.bicep' = {{
  name: 'granting'
  params: {{ vault: safe.name, principal: first.outputs.principalId }}
}}
module second 'service.bicep' = {{
  name: 'second'
  params: {{ hosts: {list} }}
  dependsOn: [ granting ]
}}
"
    );
    let json = format!(
        r#"{}, {}, {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "second", "dependsOn": [ "[{}]" ], "properties": {{ "mode": "Incremental", "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {} ] }} }} }}"#,
        plain_service(System).1,
        grant(System).1,
        id("grant"),
        service_with_hostname(System, &[]).1,
    );
    vec![vault, (bicep, json)]
}

fn service_module() -> String {
    let service = plain_service(System).0.replace(
        "publisherName: 'b'",
        "publisherName: 'b'\n    hostnameConfigurations: hosts",
    );
    format!(
        "param hosts array = []\n{service}output principalId string = apim.identity.principalId\n"
    )
}

fn grant_module() -> String {
    let grant = grant(System)
        .0
        .replace("apim.identity.principalId", "principal");
    format!(
        "param vault string\nparam principal string\nresource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{\n  name: vault\n}}\n{grant}"
    )
}

fn program(files: Vec<(&'static str, String)>) -> Program {
    let root = PathBuf::from(files[0].0);
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .into_iter()
        .map(|(path, text)| (path.into(), text.into_bytes()))
        .collect();
    let files = Arc::new(Files::new(Box::new(disk)));
    let root = files.get(Path::new(&root)).expect("the root is there");
    Program::new(&files, &root, &[]).expect("it is a template")
}

/// What becomes of each read, in each case.
fn verdicts(program: &Program) -> Vec<Verdict> {
    let order = Order::of(program);
    let readers = program.resources().map(|(id, _)| id);
    readers
        .filter(|id| is_reader(program, *id))
        .flat_map(|id| {
            let answers = judge(program, |evaluator| {
                Reading::all(evaluator, id)?
                    .iter()
                    .map(|reading| reading.verdict(evaluator, &order))
                    .collect::<Result<Vec<_>, _>>()
            });
            answers
                .expect("it can be judged")
                .into_iter()
                .flat_map(|answer| answer.value)
        })
        .collect()
}

fn findings_of(program: &Program) -> String {
    let found = rules::check(program);
    let found = found
        .iter()
        .map(|found| format!("{} {}", found.level.name(), found.rule));
    found.collect::<Vec<_>>().join("; ")
}

#[test]
fn the_truth_table() {
    let mut wrong = String::new();
    for row in ROWS {
        let (number, by, network, beside, what, tier, verdict, findings) = row;
        let (bicep, json) = deployment(row);
        for (language, files) in [("Bicep", bicep), ("ARM JSON", vec![("/main.json", json)])] {
            let root = files[0].1.clone();
            let program = program(files);
            let found = findings_of(&program);
            let came = verdicts(&program);
            if came.iter().ne([verdict]) || found != *findings {
                let by = if *by == System { "system" } else { "user" };
                let _ = writeln!(
                    wrong,
                    "row {number} in {language}: {by}, {network:?}, {beside:?}, {what:?}, {tier}: \
                     {came:?} {found:?}, not {verdict:?} {findings:?}\n{root}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_gateways_reach() {
    let mut wrong = String::new();
    let document = "<policies><inbound><send-request mode=\"new\"><set-url>https://safe.vault.azure.net/secrets/a</set-url></send-request></inbound></policies>";
    for (number, network, beside, findings) in GATEWAY_ROWS {
        let parts = beside.add_to(vec![vault(network), policy(document)]);
        let (bicep, json) = template(&parts);
        for (path, text) in [("/main.bicep", bicep), ("/main.json", json)] {
            let found = findings_of(&program(vec![(path, text.clone())]));
            if found != *findings {
                let _ = writeln!(
                    wrong,
                    "row {number} in {path}: {network:?}, {beside:?}: {found:?}, not {findings:?}\n{text}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
