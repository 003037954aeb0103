//! `vault-network-blocked`: a vault that lets no trusted services through.

use crate::programs::check_of;
use crate::reaching::{
    By, Twin, and, deployment, deployment_with, existing_vault, grant, hostname_from, hostnames,
    id, named_value, named_value_from, perimeter_rule, plain_service, private_endpoint, service,
    service_with_hostname, vault, vault_with,
};
use crate::repaired::{repaired, repaired_in};
use crate::twins::{ALL, arm, judge};
use syntax::Language;

const RULE: &[&str] = &["vault-firewall-user-identity", "vault-network-blocked"];
const FAILS: &str = "error vault-network-blocked";
const DOUBTFUL: &str = "warning vault-network-blocked";

const NO_BYPASS: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'None' }";
const PERIMETER: &str = "publicNetworkAccess: 'SecuredByPerimeter'";
const ADDRESS: &str =
    "networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: [ { value: '203.0.113.7' } ] }";

fn system(vault: Twin) -> Vec<Twin> {
    named_value_from(vault, By::System)
}

/// A hostname of the system-assigned identity, added by the parameter of a second run.
fn later_hostname(vault: Twin) -> Vec<Twin> {
    let (list, _) = hostnames(By::System);
    vec![
        vault,
        service(
            By::System,
            (
                &format!("hostnameConfigurations: later ? {list} : []"),
                "\"hostnameConfigurations\": \"[if(parameters('later'), createArray(createObject('type', 'Proxy', 'hostName', 'a.example.org', 'keyVaultId', 'https://safe.vault.azure.net/secrets/cert')), createArray())]\"",
            ),
            &[],
        ),
        grant(By::System),
    ]
}

const LATER: (&str, &str) = (
    "param later bool",
    r#""parameters": { "later": { "type": "bool" } },"#,
);

#[test]
fn no_trusted_services() {
    let report = judge(
        RULE,
        &[
            deployment("named value", DOUBTFUL, &system(vault(NO_BYPASS))),
            deployment_with("hostname", FAILS, LATER, &later_hostname(vault(NO_BYPASS))),
            deployment_with(
                "hostname, address",
                DOUBTFUL,
                LATER,
                &later_hostname(vault(ADDRESS)),
            ),
            deployment_with(
                "hostname, private endpoint",
                FAILS,
                LATER,
                &and(later_hostname(vault(NO_BYPASS)), private_endpoint()),
            ),
            deployment(
                "disabled",
                DOUBTFUL,
                &system(vault(
                    "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Allow', bypass: 'none' }",
                )),
            ),
            deployment(
                "private endpoint",
                DOUBTFUL,
                &and(system(vault(NO_BYPASS)), private_endpoint()),
            ),
            deployment(
                "trusted services",
                "",
                &system(vault(
                    "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }",
                )),
            ),
            deployment(
                "bypass absent",
                "",
                &system(vault("networkAcls: { defaultAction: 'Deny' }")),
            ),
            deployment(
                "disabled, bypass absent",
                "",
                &system(vault("publicNetworkAccess: 'Disabled'")),
            ),
            deployment(
                "open",
                "",
                &system(vault(
                    "networkAcls: { defaultAction: 'Allow', bypass: 'None' }",
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    named value
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
    hostname
      error vault-network-blocked @ keyVaultId: `apim` reads its hostname certificate from `safe` when `later` is true, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
    hostname, address
      warning vault-network-blocked @ keyVaultId: `apim` reads its hostname certificate from `safe` when `later` is true, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. Unless another way through the firewall leads from API Management to the vault, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
          see [ { value: '203.0.113.7' } ]: the addresses that pass
    hostname, private endpoint
      error vault-network-blocked @ keyVaultId: `apim` reads its hostname certificate from `safe` when `later` is true, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
    disabled
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but the firewall of `safe` is on (`publicNetworkAccess: 'Disabled'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Disabled': this turns the firewall of the vault on
          see 'none': this shuts trusted services out
          see apim: this is the identity
    private endpoint
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. Unless another way through the firewall leads from API Management to the vault, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
          see endpoint: this may be a way
    trusted services
    bypass absent
    disabled, bypass absent
    open
    "#);
}

#[test]
fn perimeters() {
    let report = judge(
        RULE,
        &[
            deployment("named value", DOUBTFUL, &system(vault(PERIMETER))),
            deployment_with("hostname", FAILS, LATER, &later_hostname(vault(PERIMETER))),
            deployment(
                "user",
                DOUBTFUL,
                &named_value_from(vault(PERIMETER), By::User),
            ),
            deployment("hostname, user", FAILS, &hostname_from(vault(PERIMETER))),
            deployment(
                "a rule is in sight",
                "",
                &and(system(vault(PERIMETER)), perimeter_rule()),
            ),
            deployment(
                "a rule is in sight, user",
                "",
                &and(
                    named_value_from(vault(PERIMETER), By::User),
                    perimeter_rule(),
                ),
            ),
            deployment(
                "private endpoint",
                "",
                &and(system(vault(PERIMETER)), private_endpoint()),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    named value
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but the firewall of `safe` is on (`publicNetworkAccess: 'SecuredByPerimeter'`), and no access rule of a network security perimeter is in sight. Unless there is one that lets API Management in, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Add an access rule to the perimeter, or take the vault out of it
          see 'SecuredByPerimeter': this turns the firewall of the vault on
          see apim: this is the identity
    hostname
      error vault-network-blocked @ keyVaultId: `apim` reads its hostname certificate from `safe` when `later` is true, but the firewall of `safe` is on (`publicNetworkAccess: 'SecuredByPerimeter'`), and no access rule of a network security perimeter is in sight. Unless there is one that lets API Management in, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Add an access rule to the perimeter, or take the vault out of it
          see 'SecuredByPerimeter': this turns the firewall of the vault on
          see apim: this is the identity
    user
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but the firewall of `safe` is on (`publicNetworkAccess: 'SecuredByPerimeter'`), and no access rule of a network security perimeter is in sight. Unless there is one that lets API Management in, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Add an access rule to the perimeter, or take the vault out of it
          see 'SecuredByPerimeter': this turns the firewall of the vault on
          see reader: this is the identity
    hostname, user
      error vault-network-blocked @ keyVaultId: `apim` reads its hostname certificate from `safe`, but the firewall of `safe` is on (`publicNetworkAccess: 'SecuredByPerimeter'`), and no access rule of a network security perimeter is in sight. Unless there is one that lets API Management in, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Add an access rule to the perimeter, or take the vault out of it
          see 'SecuredByPerimeter': this turns the firewall of the vault on
          see reader: this is the identity
    a rule is in sight
    a rule is in sight, user
    private endpoint
    "#);
}

#[test]
fn what_cannot_be_told_is_silent() {
    judge(
        RULE,
        &[
            deployment_with(
                "bypass",
                "",
                (
                    "param bypass string",
                    r#""parameters": { "bypass": { "type": "string" } },"#,
                ),
                &system(vault_with(
                    "networkAcls: { defaultAction: 'Deny', bypass: bypass }",
                    r#""networkAcls": { "defaultAction": "Deny", "bypass": "[parameters('bypass')]" }"#,
                )),
            ),
            deployment_with(
                "default action",
                "",
                (
                    "param action string",
                    r#""parameters": { "action": { "type": "string" } },"#,
                ),
                &system(vault_with(
                    "networkAcls: { defaultAction: action, bypass: 'None' }",
                    r#""networkAcls": { "defaultAction": "[parameters('action')]", "bypass": "None" }"#,
                )),
            ),
            deployment(
                "an existing vault",
                "",
                &[
                    existing_vault(),
                    plain_service(By::System),
                    grant(By::System),
                    named_value(By::System, &["grant"]),
                ],
            ),
        ],
    );
}

#[test]
fn cases() {
    let report = judge(
        RULE,
        &[
            deployment_with(
                "allowed values of bypass",
                DOUBTFUL,
                (
                    "@allowed([ 'AzureServices', 'None' ])\nparam bypass string",
                    r#""parameters": { "bypass": { "type": "string", "allowedValues": [ "AzureServices", "None" ] } },"#,
                ),
                &system(vault_with(
                    "networkAcls: { defaultAction: 'Deny', bypass: bypass }",
                    r#""networkAcls": { "defaultAction": "Deny", "bypass": "[parameters('bypass')]" }"#,
                )),
            ),
            deployment_with(
                "a default",
                DOUBTFUL,
                (
                    "param bypass string = 'None'",
                    r#""parameters": { "bypass": { "type": "string", "defaultValue": "None" } },"#,
                ),
                &system(vault_with(
                    "networkAcls: { defaultAction: 'Deny', bypass: bypass }",
                    r#""networkAcls": { "defaultAction": "Deny", "bypass": "[parameters('bypass')]" }"#,
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    allowed values of bypass
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe` when `bypass` is 'None', but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
    a default
      warning vault-network-blocked @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the default of `bypass`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and `bypass: 'None'` shuts trusted services out. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Set `bypass: 'AzureServices'`
          see 'Deny': this turns the firewall of the vault on
          see 'None': this shuts trusted services out
          see apim: this is the identity
    "#);
}

/// An existing service reads a vault of the deployment: its identity is not new, the wall is.
#[test]
fn an_existing_service() {
    let (value, json) = named_value(By::System, &[]);
    judge(
        RULE,
        &[deployment(
            "existing service",
            DOUBTFUL,
            &[
                vault(NO_BYPASS),
                (
                    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n".to_owned(),
                    String::new(),
                ),
                (value, json.replace(&format!("\"[{}]\"", id("apim")), "")),
            ],
        )],
    );
}

/// Each mistake is said once, by its own rule.
#[test]
fn mistakes_beside_each_other() {
    judge(
        ALL,
        &[
            deployment("network alone", DOUBTFUL, &system(vault(NO_BYPASS))),
            deployment(
                "too early, and shut out",
                "error hostname-before-access; error vault-network-blocked",
                &[
                    vault(NO_BYPASS),
                    service_with_hostname(By::System, &[]),
                    grant(By::System),
                ],
            ),
            deployment(
                "shut out, and no access",
                "error vault-access-missing; warning vault-network-blocked",
                &[
                    vault(NO_BYPASS),
                    plain_service(By::System),
                    named_value(By::System, &[]),
                ],
            ),
            deployment(
                "shut out, and beside the grant",
                "warning vault-access-race; warning vault-network-blocked",
                &[
                    vault(NO_BYPASS),
                    plain_service(By::System),
                    grant(By::System),
                    named_value(By::System, &[]),
                ],
            ),
        ],
    );
}

/// A perimeter's rule may be with whoever deploys the template.
#[test]
fn a_perimeter_around_a_module() {
    let module = format!(
        "@allowed([ 'Enabled', 'SecuredByPerimeter' ])\nparam access string\n{}",
        system(vault_with("publicNetworkAccess: access", ""))
            .iter()
            .map(|part| part.0.as_str())
            .collect::<String>()
    );
    let main = |more: &str| {
        format!(
            "module it 'it.bicep' = {{\n  name: 'it'\n  params: {{ access: 'SecuredByPerimeter' }}\n}}\n{more}"
        )
    };
    check_of(
        RULE,
        &[("main.bicep", &main("")), ("it.bicep", &module)],
        &["warning vault-network-blocked @ it.bicep: secretIdentifier"],
    );
    check_of(
        RULE,
        &[
            ("main.bicep", &main(&perimeter_rule().0)),
            ("it.bicep", &module),
        ],
        &[],
    );
}

/// A nested deployment reads what the template around it shuts.
#[test]
fn nested_deployments() {
    let (_, value) = named_value(By::System, &[]);
    let value = value.replace(&format!("\"dependsOn\": [ \"[{}]\" ],", id("apim")), "");
    let text = arm(&format!(
        r#""resources": [ {}, {}, {}, {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "reading", "dependsOn": [ "[{}]" ], "properties": {{ "mode": "Incremental", "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {value} ] }} }} }} ]"#,
        vault(NO_BYPASS).1,
        plain_service(By::System).1,
        grant(By::System).1,
        id("grant"),
    ));
    check_of(
        &["vault-access-race", "vault-network-blocked"],
        &[("main.json", &text)],
        &["warning vault-network-blocked @ main.json: \"secretIdentifier\""],
    );
}

/// A vault whose `networkAcls` are these, and a named value that is read from it.
fn read_from(declarations: (&str, &str), acls: (&str, &str)) -> (String, String) {
    let twin = system(vault_with(
        &format!("networkAcls: {}", acls.0),
        &format!("\"networkAcls\": {}", acls.1),
    ));
    let case = deployment_with("", "", declarations, &twin);
    (case.bicep, case.arm)
}

fn fixes(declarations: (&str, &str), acls: (&str, &str)) -> String {
    let (bicep, arm) = read_from(declarations, acls);
    repaired_in("vault-network-blocked", Language::Bicep, &bicep)
        + &repaired_in("vault-network-blocked", Language::Json, &arm)
}

#[test]
fn the_fix_is_made_where_the_value_is_written() {
    let own = fixes(
        (
            "var bypass = 'None' // nobody",
            r#""variables": { "bypass": "None" },"#,
        ),
        (
            "{ defaultAction: 'Deny', bypass: bypass }",
            r#"{ "defaultAction": "Deny", "bypass": "[variables('bypass')]" }"#,
        ),
    );
    insta::assert_snapshot!(own, @r#"
    Let trusted services through the firewall of `safe` (unsafe)
    main.bicep
    - var bypass = 'None' // nobody
    + var bypass = 'AzureServices' // nobody
    Let trusted services through the firewall of `safe` (unsafe)
    main.json
    -   "variables": { "bypass": "None" },
    +   "variables": { "bypass": "AzureServices" },
    "#);
    let shared = fixes(
        (
            "var bypass = 'None'\noutput it string = bypass",
            r#""variables": { "bypass": "None" }, "outputs": { "it": { "type": "string", "value": "[variables('bypass')]" } },"#,
        ),
        (
            "{ defaultAction: 'Deny', bypass: bypass }",
            r#"{ "defaultAction": "Deny", "bypass": "[variables('bypass')]" }"#,
        ),
    );
    insta::assert_snapshot!(shared, @r#"
    Let trusted services through the firewall of `safe` (unsafe)
    main.bicep
    -   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enablePurgeProtection: true, networkAcls: { defaultAction: 'Deny', bypass: bypass } }
    +   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enablePurgeProtection: true, networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } }
    Let trusted services through the firewall of `safe` (unsafe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enablePurgeProtection": true, "networkAcls": { "defaultAction": "Deny", "bypass": "[variables('bypass')]" } } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enablePurgeProtection": true, "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } } },
    "#);
    let default = fixes(
        (
            "param bypass string = 'None'",
            r#""parameters": { "bypass": { "type": "string", "defaultValue": "None" } },"#,
        ),
        (
            "{ defaultAction: 'Deny', bypass: bypass }",
            r#"{ "defaultAction": "Deny", "bypass": "[parameters('bypass')]" }"#,
        ),
    );
    insta::assert_snapshot!(default, @r#"
    Let trusted services through the firewall of `safe` (unsafe)
    main.bicep
    - param bypass string = 'None'
    + param bypass string = 'AzureServices'
    Let trusted services through the firewall of `safe` (unsafe)
    main.json
    -   "parameters": { "bypass": { "type": "string", "defaultValue": "None" } },
    +   "parameters": { "bypass": { "type": "string", "defaultValue": "AzureServices" } },
    "#);
    let of_a_case = fixes(
        (
            "param strict bool\nvar acls = {\n  defaultAction: 'Deny'\n  bypass: strict ? 'None' : 'AzureServices'\n}",
            r#""parameters": { "strict": { "type": "bool" } },"#,
        ),
        (
            "acls",
            r#"{ "defaultAction": "Deny", "bypass": "[if(parameters('strict'), 'None', 'AzureServices')]" }"#,
        ),
    );
    insta::assert_snapshot!(of_a_case, @r#"
    Let trusted services through the firewall of `safe` (unsafe)
    main.bicep
    -   bypass: strict ? 'None' : 'AzureServices'
    +   bypass: 'AzureServices'
    Let trusted services through the firewall of `safe` (unsafe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enablePurgeProtection": true, "networkAcls": { "defaultAction": "Deny", "bypass": "[if(parameters('strict'), 'None', 'AzureServices')]" } } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enablePurgeProtection": true, "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } } },
    "#);
}

#[test]
fn what_callers_choose_from_is_not_changed() {
    let allowed = fixes(
        (
            "@allowed([ 'AzureServices', 'None' ])\nparam bypass string",
            r#""parameters": { "bypass": { "type": "string", "allowedValues": [ "AzureServices", "None" ] } },"#,
        ),
        (
            "{ defaultAction: 'Deny', bypass: bypass }",
            r#"{ "defaultAction": "Deny", "bypass": "[parameters('bypass')]" }"#,
        ),
    );
    assert_eq!(allowed, "no fix\nno fix\n");
    let perimeter = deployment("", "", &system(vault(PERIMETER)));
    assert_eq!(
        repaired_in("vault-network-blocked", Language::Bicep, &perimeter.bicep),
        "no fix\n"
    );
}

#[test]
fn the_fix_is_made_at_the_caller_that_gives_the_value() {
    let (module, _) = read_from(
        ("param bypass string", ""),
        ("{ defaultAction: 'Deny', bypass: bypass }", ""),
    );
    let main = "module gateway 'gateway.bicep' = {
  name: 'gateway'
  params: {
    bypass: 'None' // for now
  }
}
";
    let files = [("main.bicep", main), ("gateway.bicep", module.as_str())];
    insta::assert_snapshot!(repaired("vault-network-blocked", &files), @"
    Let trusted services through the firewall of `safe` (unsafe)
    main.bicep
    -     bypass: 'None' // for now
    +     bypass: 'AzureServices' // for now
    ");
}
