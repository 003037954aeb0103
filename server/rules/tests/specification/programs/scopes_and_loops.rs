//! Scopes of modules, conditions on them, and loops of them.

use super::{
    ARM_KIND, GRANT, KIND, READ, SERVICE, SYSTEM, VAULT, arm, check, judged, linked, module,
    named_value, only, says, silent,
};

/// A module that lets `principal` read secrets in all that it is deployed to.
const WIDE: &str = "param principal string
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(principal, 'secrets')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: principal
    principalType: 'ServicePrincipal'
  }
}
";

fn scoped(symbol: &str, path: &str, scope: &str, params: &str) -> String {
    module(symbol, path, params).replace("  params:", &format!("  scope: {scope}\n  params:"))
}

#[test]
fn a_role_on_the_resource_group_of_its_module() {
    let main = |group: &str| {
        format!(
            "{SYSTEM}resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{
  name: 'safe'
  scope: resourceGroup('vaults')
}}
{}{}",
            named_value("'${safe.properties.vaultUri}secrets/nv'"),
            scoped(
                "grant",
                "grant.bicep",
                group,
                "principal: apim.identity.principalId"
            )
        )
    };
    silent(&[
        ("main.bicep", &main("resourceGroup('vaults')")),
        ("grant.bicep", WIDE),
    ]);
    silent(&[
        ("main.bicep", &main("resourceGroup('VAULTS')")),
        ("grant.bicep", WIDE),
    ]);
    check(
        &[
            ("main.bicep", &main("resourceGroup('services')")),
            ("grant.bicep", WIDE),
        ],
        &["warning vault-access-missing @ main.bicep: secretIdentifier"],
    );
    // The group of another subscription, or of a name that nobody knows, may be any.
    silent(&[
        (
            "main.bicep",
            &("param group string\n".to_owned() + &main("resourceGroup(group)")),
        ),
        ("grant.bicep", WIDE),
    ]);
}

#[test]
fn a_role_on_the_subscription() {
    let main = |grant: &str| {
        SYSTEM.to_owned() + &named_value("'https://safe.vault.azure.net/secrets/nv'") + grant
    };
    let wide = format!("targetScope = 'subscription'\n{WIDE}");
    silent(&[
        (
            "main.bicep",
            &main(&scoped(
                "grant",
                "grant.bicep",
                "subscription()",
                "principal: apim.identity.principalId",
            )),
        ),
        ("grant.bicep", &wide),
    ]);
    check(
        &[("main.bicep", &main("")), ("grant.bicep", &wide)],
        &["warning vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

#[test]
fn a_root_of_a_subscription() {
    let main = |grant: &str| {
        format!(
            "targetScope = 'subscription'
param vaultName string
resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {{
  name: 'platform'
  location: 'westeurope'
}}
{}{}{grant}{}",
            scoped("vault", "vault.bicep", "group", "name: vaultName"),
            scoped("service", "service.bicep", "group", ""),
            scoped(
                "read",
                "read.bicep",
                "group",
                "service: service.outputs.name, uri: vault.outputs.uri"
            ),
        )
    };
    let files = |grant: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", &main(grant)),
                ("vault.bicep", VAULT),
                ("service.bicep", SERVICE),
                ("read.bicep", READ),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    let missing = &["error vault-access-missing @ read.bicep: secretIdentifier"][..];
    let params = "vault: vaultName, principal: service.outputs.principalId";
    files(&scoped("grant", "grant.bicep", "group", params), &[]);
    files(
        &scoped("grant", "grant.bicep", "resourceGroup('platform')", params),
        &[],
    );
    files("", missing);
    files(
        &scoped(
            "grant",
            "grant.bicep",
            "group",
            &params.replace("vaultName", "'${vaultName}2'"),
        ),
        missing,
    );
}

/// Two services of one name in two groups are two services.
#[test]
fn services_of_one_name_in_two_groups() {
    let main = |kind: &str| {
        scoped(
            "blue",
            "service.bicep",
            "resourceGroup('blue')",
            "kind: 'SystemAssigned'",
        ) + &scoped(
            "green",
            "service.bicep",
            "resourceGroup('green')",
            &format!("kind: '{kind}'"),
        )
    };
    check(
        &[("main.bicep", &main("None")), ("service.bicep", KIND)],
        &["warning identity-missing @ main.bicep: 'None'"],
    );
    silent(&[
        ("main.bicep", &main("SystemAssigned")),
        ("service.bicep", KIND),
    ]);
}

/// The named value belongs to the service of its own group.
#[test]
fn a_reader_in_one_group_and_a_service_in_another() {
    let main = |group: &str| {
        scoped(
            "vault",
            "vault.bicep",
            "resourceGroup('blue')",
            "name: 'safe'",
        ) + &scoped("service", "service.bicep", "resourceGroup('blue')", "")
            + &scoped(
                "read",
                "read.bicep",
                &format!("resourceGroup('{group}')"),
                "service: 'gateway', uri: vault.outputs.uri",
            )
    };
    let files = |group: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", &main(group)),
                ("vault.bicep", VAULT),
                ("service.bicep", SERVICE),
                ("read.bicep", READ),
            ],
            expected,
        );
    };
    files(
        "blue",
        &["error vault-access-missing @ read.bicep: secretIdentifier"],
    );
    files("green", &[]);
}

#[test]
fn a_condition_on_a_module() {
    let main = |condition: &str| {
        format!(
            "param deployApim bool\n{}",
            module("service", "service.bicep", "kind: 'None'")
                .replace("= {", &format!("= if ({condition}) {{"))
        )
    };
    silent(&[("main.bicep", &main("false")), ("service.bicep", KIND)]);
    for (condition, case) in [("deployApim", "true"), ("!deployApim", "false")] {
        let found = only(&[("main.bicep", &main(condition)), ("service.bicep", KIND)]);
        assert_eq!(
            (found.rule, found.text.as_str()),
            ("identity-missing", "'None'")
        );
        says(&found, &[&format!("when `deployApim` is {case}")]);
    }
}

#[test]
fn a_condition_on_a_module_and_its_arguments_follow_one_parameter() {
    let main = |kind: &str| {
        format!(
            "param prod bool\n{}",
            module("service", "service.bicep", &format!("kind: {kind}"))
                .replace("= {", "= if (prod) {")
        )
    };
    silent(&[
        ("main.bicep", &main("prod ? 'SystemAssigned' : 'None'")),
        ("service.bicep", KIND),
    ]);
    judged(
        &[
            ("main.bicep", &main("prod ? 'None' : 'SystemAssigned'")),
            ("service.bicep", KIND),
        ],
        &["warning identity-missing"],
    );
}

/// A grant that is deployed with the reader, and one that may be left out.
#[test]
fn a_grant_module_under_a_condition() {
    let main = |condition: &str| {
        format!(
            "param wanted bool\n{SYSTEM}{}{}{}",
            module("vault", "vault.bicep", "name: 'safe'"),
            module(
                "grant",
                "grant.bicep",
                "vault: 'safe', principal: apim.identity.principalId"
            )
            .replace("= {", &format!("= if ({condition}) {{")),
            named_value("'${vault.outputs.uri}secrets/nv'")
                .replace("01' = {", "01' = if (wanted) {")
        )
    };
    let files = |condition: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", &main(condition)),
                ("vault.bicep", VAULT),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    files("wanted", &[]);
    files("true", &[]);
    files(
        "false",
        &["error vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

const LIST: &str = "[
  { name: 'one', kind: 'SystemAssigned' }
  { name: 'two', kind: 'KIND' }
]";

fn loop_over(list: &str) -> String {
    format!(
        "var services = {list}
module service 'service.bicep' = [for it in services: {{
  name: 'service-${{it.name}}'
  params: {{ name: it.name, kind: it.kind }}
}}]
"
    )
}

#[test]
fn a_loop_of_modules_over_a_list_with_one_wrong_item() {
    check(
        &[
            ("main.bicep", &loop_over(&LIST.replace("KIND", "System"))),
            ("service.bicep", KIND),
        ],
        &["error identity-invalid @ main.bicep: 'System'"],
    );
    silent(&[
        (
            "main.bicep",
            &loop_over(&LIST.replace("KIND", "SystemAssigned")),
        ),
        ("service.bicep", KIND),
    ]);
}

/// Each iteration is a deployment of its own, as if the module were called twice. (A loop of
/// services in one file is one declaration, and silent where one of its items has an identity; no
/// document says which of the two a loop of modules resembles.)
#[test]
fn a_loop_of_modules_over_a_list_with_one_item_without_identity() {
    judged(
        &[
            ("main.bicep", &loop_over(&LIST.replace("KIND", "None"))),
            ("service.bicep", KIND),
        ],
        &["warning identity-missing"],
    );
}

#[test]
fn a_copied_linked_deployment_over_a_list_with_one_wrong_item() {
    let main = |kind: &str| {
        arm(&format!(
            r#""variables": {{ "kinds": [ "SystemAssigned", "{kind}" ] }}, "resources": [ {} ]"#,
            linked(
                "[format('service-{0}', copyIndex())]",
                "service.json",
                r#""name": { "value": "[format('gateway{0}', copyIndex())]" }, "kind": { "value": "[variables('kinds')[copyIndex()]]" }"#
            )
            .replacen(
                '{',
                r#"{ "copy": { "name": "services", "count": "[length(variables('kinds'))]" },"#,
                1
            )
        ))
    };
    silent(&[
        ("main.json", &main("SystemAssigned")),
        ("service.json", ARM_KIND),
    ]);
    check(
        &[("main.json", &main("System")), ("service.json", ARM_KIND)],
        &["error identity-invalid @ main.json: \"System\""],
    );
}

#[test]
fn a_loop_over_nothing_or_over_the_unknown() {
    silent(&[("main.bicep", &loop_over("[]")), ("service.bicep", KIND)]);
    let main = loop_over("").replace("var services = ", "param services array");
    silent(&[("main.bicep", &main), ("service.bicep", KIND)]);
}

/// What is wrong in every iteration is wrong though nobody knows how many there are.
#[test]
fn a_loop_over_the_unknown_with_a_literal_fault() {
    let main = loop_over("")
        .replace("var services = ", "param services array")
        .replace("kind: it.kind", "kind: 'System'");
    check(
        &[("main.bicep", &main), ("service.bicep", KIND)],
        &["error identity-invalid @ main.bicep: 'System'"],
    );
}

#[test]
fn one_output_of_a_loop_of_modules() {
    let main = |granted: u32| {
        format!(
            "module services 'service.bicep' = [for i in range(0, 2): {{
  name: 'service-${{i}}'
  params: {{ name: 'gateway${{i}}' }}
}}]
{}{}{}",
            module("vault", "vault.bicep", "name: 'safe'"),
            module(
                "grant",
                "grant.bicep",
                &format!("vault: 'safe', principal: services[{granted}].outputs.principalId")
            ),
            module(
                "read",
                "read.bicep",
                "service: services[0].outputs.name, uri: vault.outputs.uri"
            )
        )
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                ("service.bicep", SERVICE),
                ("read.bicep", READ),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    files(&main(0), &[]);
    files(
        &main(1),
        &["error vault-access-missing @ read.bicep: secretIdentifier"],
    );
}

#[test]
fn a_loop_of_grants_over_a_loop_of_services() {
    let main = "param count int
module services 'service.bicep' = [for i in range(0, count): {
  name: 'service-${i}'
  params: { name: 'gateway${i}' }
}]
module vault 'vault.bicep' = {
  params: { name: 'safe' }
}
module grants 'grant.bicep' = [for i in range(0, count): {
  name: 'grant-${i}'
  params: { vault: vault.outputs.name, principal: services[i].outputs.principalId }
}]
module reads 'read.bicep' = [for i in range(0, count): {
  name: 'read-${i}'
  params: { service: services[i].outputs.name, uri: vault.outputs.uri }
}]
";
    silent(&[
        ("main.bicep", main),
        ("vault.bicep", VAULT),
        ("service.bicep", SERVICE),
        ("read.bicep", READ),
        ("grant.bicep", GRANT),
    ]);
}
