//! `vault-soft-delete`: what cannot be switched off.

use crate::twins::{Case, arm, case, judge};

const FOUND: &str = "warning vault-soft-delete";

const BICEP_READ: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv' } }
}
";
const ARM_READ: &str = r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'safe')]" ],
      "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#;

/// A vault with these further properties that API Management reads.
fn vault(
    name: &'static str,
    expected: &'static str,
    (declarations, head, properties): (&str, &str, &str),
    (sections, members, json_properties): (&str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {head}{{
  name: 'safe'
  properties: {{
    tenantId: tenant().tenantId
    {properties}
  }}
}}
{BICEP_READ}"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", {members}
      "properties": {{ "tenantId": "[tenant().tenantId]", {json_properties} }} }}, {ARM_READ} ]"#
        )),
    )
}

#[test]
fn soft_delete_that_is_false() {
    let plain = |name, expected, properties, json| {
        vault(name, expected, ("", "", properties), ("", "", json))
    };
    let parameter = r#""parameters": { "soft": { "type": "bool", "defaultValue": true } },"#;
    let report = judge(
        &["vault-soft-delete"],
        &[
            plain(
                "false",
                FOUND,
                "enableSoftDelete: false",
                r#""enableSoftDelete": false"#,
            ),
            plain(
                "capitals",
                FOUND,
                "EnableSoftDelete: false",
                r#""EnableSoftDelete": false"#,
            ),
            plain(
                "true",
                "",
                "enableSoftDelete: true",
                r#""enableSoftDelete": true"#,
            ),
            plain(
                "null",
                "",
                "enableSoftDelete: null",
                r#""enableSoftDelete": null"#,
            ),
            plain(
                "absent",
                "",
                "softDeleteRetentionInDays: 7",
                r#""softDeleteRetentionInDays": 7"#,
            ),
            vault(
                "variable",
                FOUND,
                ("var soft = false", "", "enableSoftDelete: soft"),
                (
                    r#""variables": { "soft": false },"#,
                    "",
                    r#""enableSoftDelete": "[variables('soft')]""#,
                ),
            ),
            vault(
                "one of two cases",
                FOUND,
                ("param soft bool = true", "", "enableSoftDelete: soft"),
                (
                    parameter,
                    "",
                    r#""enableSoftDelete": "[parameters('soft')]""#,
                ),
            ),
            vault(
                "only where it is true",
                "",
                (
                    "param soft bool = true",
                    "",
                    "enableSoftDelete: soft ? true : null",
                ),
                (
                    parameter,
                    "",
                    r#""enableSoftDelete": "[if(parameters('soft'), true(), null())]""#,
                ),
            ),
            vault(
                "who knows",
                "",
                ("param more object", "", "...more"),
                (
                    r#""parameters": { "more": { "type": "object" } },"#,
                    "",
                    r#""enableSoftDelete": "[parameters('more').soft]""#,
                ),
            ),
            vault(
                "never deployed",
                "",
                ("", "if (false) ", "enableSoftDelete: false"),
                ("", r#""condition": false,"#, r#""enableSoftDelete": false"#),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    false
      warning vault-soft-delete @ false: `safe` sets `enableSoftDelete` to false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
          see secretIdentifier: `nv` reads from it
    capitals
      warning vault-soft-delete @ false: `safe` sets `enableSoftDelete` to false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
          see secretIdentifier: `nv` reads from it
    true
    null
    absent
    variable
      warning vault-soft-delete @ false: `safe` sets `enableSoftDelete` to false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
          see safe: `safe` gets it
          see secretIdentifier: `nv` reads from it
    one of two cases
      warning vault-soft-delete @ soft: `safe` sets `enableSoftDelete` to false when `soft` is false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
          see secretIdentifier: `nv` reads from it
    only where it is true
    who knows
    never deployed
    ");
}

#[test]
fn a_vault_that_api_management_does_not_read() {
    judge(
        &["vault-soft-delete"],
        &[case(
            "somebody else's",
            "",
            "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'safe'
  properties: { tenantId: tenant().tenantId, enableSoftDelete: false }
}
",
            arm(
                r#""resources": [ { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableSoftDelete": false } } ]"#,
            ),
        )],
    );
}
