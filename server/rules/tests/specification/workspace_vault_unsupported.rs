//! `workspace-vault-unsupported`: vaults that workspaces do not read.

use crate::twins::{Case, arm, case, judge};

const FOUND: &str = "info workspace-vault-unsupported";

/// A resource with these properties, and a condition that is written before the body.
fn resource(
    name: &'static str,
    expected: &'static str,
    resource_type: &str,
    (declarations, condition, properties): (&str, &str, &str),
    (sections, json_condition, json_properties): (&str, &str, &str),
) -> Case {
    let full = format!("Microsoft.ApiManagement/service/{resource_type}");
    let names = vec!["a"; full.matches('/').count()].join("/");
    case(
        name,
        expected,
        format!(
            "{declarations}
resource it '{full}@2024-05-01' = {condition}{{
  name: '{names}'
  properties: {{ {properties} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "{full}", "apiVersion": "2024-05-01", "name": "{names}", {json_condition} "properties": {{ {json_properties} }} }} ]"#
        )),
    )
}

const VAULT: &str = "keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/a' }";
const JSON_VAULT: &str =
    r#""keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/a" }"#;

#[test]
fn vaults_of_workspaces() {
    let plain = |name, expected, resource_type| {
        resource(
            name,
            expected,
            resource_type,
            ("", "", VAULT),
            ("", "", JSON_VAULT),
        )
    };
    let switch = r#""parameters": { "reads": { "type": "bool" } },"#;
    let report = judge(
        &["workspace-vault-unsupported"],
        &[
            plain("named value", FOUND, "workspaces/namedValues"),
            plain("certificate", FOUND, "workspaces/certificates"),
            plain("named value of the service", "", "namedValues"),
            plain("certificate of the service", "", "certificates"),
            resource(
                "without a vault",
                "",
                "workspaces/namedValues",
                ("", "", "displayName: 'a', value: 'b'"),
                ("", "", r#""displayName": "a", "value": "b""#),
            ),
            resource(
                "no vault after all",
                "",
                "workspaces/namedValues",
                ("", "", "keyVault: null"),
                ("", "", r#""keyVault": null"#),
            ),
            resource(
                "whichever vault",
                FOUND,
                "workspaces/namedValues",
                (
                    "param uri string",
                    "",
                    "keyVault: { secretIdentifier: uri }",
                ),
                (
                    r#""parameters": { "uri": { "type": "string" } },"#,
                    "",
                    r#""keyVault": { "secretIdentifier": "[parameters('uri')]" }"#,
                ),
            ),
            resource(
                "in one of two cases",
                FOUND,
                "workspaces/namedValues",
                (
                    "param reads bool",
                    "",
                    "keyVault: reads ? { secretIdentifier: 'https://safe.vault.azure.net/secrets/a' } : null",
                ),
                (
                    switch,
                    "",
                    r#""keyVault": "[if(parameters('reads'), createObject('secretIdentifier', 'https://safe.vault.azure.net/secrets/a'), null())]""#,
                ),
            ),
            resource(
                "who knows",
                "",
                "workspaces/namedValues",
                ("param vault object?", "", "keyVault: vault"),
                (
                    r#""parameters": { "vault": { "type": "object", "nullable": true } },"#,
                    "",
                    r#""keyVault": "[parameters('vault')]""#,
                ),
            ),
            resource(
                "never deployed",
                "",
                "workspaces/certificates",
                ("", "if (false) ", VAULT),
                ("", r#""condition": false,"#, JSON_VAULT),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    named value
      info workspace-vault-unsupported @ secretIdentifier: `it` is a named value of a workspace and comes from a key vault: a workspace with a gateway of its own has no managed identity to read it with
    certificate
      info workspace-vault-unsupported @ secretIdentifier: `it` is a certificate of a workspace and comes from a key vault: workspaces have no certificates from Key Vault
    named value of the service
    certificate of the service
    without a vault
    no vault after all
    whichever vault
      info workspace-vault-unsupported @ secretIdentifier: `it` is a named value of a workspace and comes from a key vault: a workspace with a gateway of its own has no managed identity to read it with
    in one of two cases
      info workspace-vault-unsupported @ secretIdentifier: `it` is a named value of a workspace and comes from a key vault when `reads` is true: a workspace with a gateway of its own has no managed identity to read it with
    who knows
    never deployed
    ");
}
