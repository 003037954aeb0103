//! `vault-soft-delete`: what cannot be switched off.

use crate::twins::{Case, arm, case, judge};

const FOUND: &str = "warning vault-soft-delete";

/// A vault with these further properties.
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
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", {members}
      "properties": {{ "tenantId": "[tenant().tenantId]", {json_properties} }} }} ]"#
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
    capitals
      warning vault-soft-delete @ false: `safe` sets `enableSoftDelete` to false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
    true
    null
    absent
    variable
      warning vault-soft-delete @ false: `safe` sets `enableSoftDelete` to false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
          see safe: `safe` gets it
    one of two cases
      warning vault-soft-delete @ soft: `safe` sets `enableSoftDelete` to false when `soft` is false, but a vault that has soft delete keeps it, and every new one has it. Leave the property out
    only where it is true
    who knows
    never deployed
    ");
}
