//! `vault-purge-protection`: what Azure refuses, and what a certificate should not be without.

use crate::programs::findings_about;
use crate::repaired::{repaired, repaired_in};
use crate::twins::{Case, arm, case, judge};
use syntax::Language;

const REFUSED: &str = "error vault-purge-protection";
const LACKING: &str = "info vault-purge-protection";

/// A vault with these further properties, and a service that reads the certificate of a hostname at
/// `uri`.
fn vault(
    name: &'static str,
    expected: &'static str,
    (declarations, properties, uri): (&str, &str, &str),
    (sections, json_properties, json_uri): (&str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'safe'
  properties: {{
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
    {properties}
  }}
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  properties: {{ hostnameConfigurations: [ {{ type: 'Proxy', hostName: 'a', keyVaultId: {uri} }} ] }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [
    {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": {{ "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true{json_properties} }} }},
    {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "a", "keyVaultId": "{json_uri}" }} ] }} }}
  ]"#
        )),
    )
}

const HERE: (&str, &str) = (
    "'${safe.properties.vaultUri}secrets/a'",
    "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe')).vaultUri, 'secrets/a')]",
);
const ELSEWHERE: (&str, &str) = (
    "'https://other.vault.azure.net/secrets/a'",
    "https://other.vault.azure.net/secrets/a",
);

#[test]
fn purge_protection_that_is_false() {
    let plain = |name, expected, properties, json| {
        vault(
            name,
            expected,
            ("", properties, ELSEWHERE.0),
            ("", json, ELSEWHERE.1),
        )
    };
    let parameter = r#""parameters": { "purge": { "type": "bool" } },"#;
    let with = |name, expected, value: &str, json: &str| {
        vault(
            name,
            expected,
            (
                "param purge bool",
                &format!("enablePurgeProtection: {value}"),
                ELSEWHERE.0,
            ),
            (
                parameter,
                &format!(r#", "enablePurgeProtection": "[{json}]""#),
                ELSEWHERE.1,
            ),
        )
    };
    let report = judge(
        &["vault-purge-protection"],
        &[
            plain(
                "false",
                REFUSED,
                "enablePurgeProtection: false",
                r#", "enablePurgeProtection": false"#,
            ),
            plain(
                "true",
                "",
                "enablePurgeProtection: true",
                r#", "enablePurgeProtection": true"#,
            ),
            plain("absent", "", "", ""),
            with("one of two cases", REFUSED, "purge", "parameters('purge')"),
            with(
                "true or nothing",
                "",
                "purge ? true : null",
                "if(parameters('purge'), true(), null())",
            ),
            vault(
                "false, and a certificate is there",
                REFUSED,
                ("", "enablePurgeProtection: false", HERE.0),
                ("", r#", "enablePurgeProtection": false"#, HERE.1),
            ),
            case(
                "existing",
                "",
                "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: 'safe' }\n",
                arm(r#""resources": []"#),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    false
      error vault-purge-protection @ false: `safe` sets `enablePurgeProtection` to false, but it takes true or nothing. Azure refuses it: "The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action."
    true
    absent
    one of two cases
      error vault-purge-protection @ purge: `safe` sets `enablePurgeProtection` to false when `purge` is false, but it takes true or nothing. Azure refuses it: "The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action."
    true or nothing
    false, and a certificate is there
      error vault-purge-protection @ false: `safe` sets `enablePurgeProtection` to false, but it takes true or nothing. Azure refuses it: "The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action."
    existing
    "#);
}

#[test]
fn purge_protection_that_is_absent() {
    let report = judge(
        &["vault-purge-protection"],
        &[
            vault("absent", LACKING, ("", "", HERE.0), ("", "", HERE.1)),
            vault(
                "null",
                LACKING,
                ("", "enablePurgeProtection: null", HERE.0),
                ("", r#", "enablePurgeProtection": null"#, HERE.1),
            ),
            vault(
                "there",
                "",
                ("", "enablePurgeProtection: true", HERE.0),
                ("", r#", "enablePurgeProtection": true"#, HERE.1),
            ),
            vault(
                "in one of two cases",
                LACKING,
                (
                    "param purge bool",
                    "enablePurgeProtection: purge ? true : null",
                    HERE.0,
                ),
                (
                    r#""parameters": { "purge": { "type": "bool" } },"#,
                    r#", "enablePurgeProtection": "[if(parameters('purge'), true(), null())]""#,
                    HERE.1,
                ),
            ),
            vault(
                "who knows",
                "",
                ("param more object", "enablePurgeProtection: more.purge", HERE.0),
                (
                    r#""parameters": { "more": { "type": "object" } },"#,
                    r#", "enablePurgeProtection": "[parameters('more').purge]""#,
                    HERE.1,
                ),
            ),
            case(
                "of a named value",
                "",
                "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'safe'
  properties: { tenantId: tenant().tenantId }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  name: 'gateway/nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv' } }
}\n",
                arm(
                    r#""resources": [
    { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]" } },
    { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe')).vaultUri, 'secrets/nv')]" } } }
  ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    absent
      info vault-purge-protection @ safe: `safe` holds the certificate of a hostname of `apim` and has no purge protection: once somebody deletes and purges it, the gateway goes on only until the copy that it has expires
          see keyVaultId: `apim` reads from it
    null
      info vault-purge-protection @ safe: `safe` holds the certificate of a hostname of `apim` and has no purge protection: once somebody deletes and purges it, the gateway goes on only until the copy that it has expires
          see keyVaultId: `apim` reads from it
    there
    in one of two cases
      info vault-purge-protection @ safe: `safe` holds the certificate of a hostname of `apim` and has no purge protection when `purge` is false: once somebody deletes and purges it, the gateway goes on only until the copy that it has expires
          see keyVaultId: `apim` reads from it
    who knows
    of a named value
    ");
}

#[test]
fn purge_protection_that_callers_decide() {
    let module = "param purge bool?
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'safe'
  properties: { tenantId: tenant().tenantId, enablePurgeProtection: purge }
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'a', keyVaultId: '${safe.properties.vaultUri}secrets/a' } ] }
}
";
    for (arguments, expected) in [
        ("", &["info"][..]),
        ("params: { purge: false }", &["error"]),
        ("params: { purge: true }", &[]),
    ] {
        let main = format!("module gateway 'module.bicep' = {{ {arguments} }}\n");
        let files = [("/w/module.bicep", module), ("/w/main.bicep", &main)];
        let found = findings_about(&["vault-purge-protection"], &files);
        let levels: Vec<_> = found.iter().map(|it| it.level.name()).collect();
        assert_eq!(levels, expected, "{arguments}");
    }
}

/// The fixes of a vault with these further properties, whose hostname certificate is somewhere else
/// or in it.
fn fixes(bicep: (&str, &str, &str), json: (&str, &str, &str)) -> String {
    let case = vault("", "", bicep, json);
    let rule = "vault-purge-protection";
    repaired_in(rule, Language::Bicep, &case.bicep) + &repaired_in(rule, Language::Json, &case.arm)
}

#[test]
fn fixes_of_false() {
    let literal = fixes(
        ("", "enablePurgeProtection: false", HERE.0),
        ("", r#", "enablePurgeProtection": false"#, HERE.1),
    );
    insta::assert_snapshot!(literal, @r#"
    Remove `enablePurgeProtection` (safe)
    main.bicep
    -     enablePurgeProtection: false
    Set `enablePurgeProtection` to true, which cannot be taken back (unsafe)
    main.bicep
    -     enablePurgeProtection: false
    +     enablePurgeProtection: true
    Remove `enablePurgeProtection` (safe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": false } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true } },
    Set `enablePurgeProtection` to true, which cannot be taken back (unsafe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": false } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": true } },
    "#);
    let parameter = r#""parameters": { "purge": { "type": "bool" } },"#;
    let choice = fixes(
        (
            "param purge bool",
            "enablePurgeProtection: purge ? true : false",
            ELSEWHERE.0,
        ),
        (
            parameter,
            r#", "enablePurgeProtection": "[if(parameters('purge'), true(), false())]""#,
            ELSEWHERE.1,
        ),
    );
    insta::assert_snapshot!(choice, @r#"
    Use null in place of false (safe)
    main.bicep
    -     enablePurgeProtection: purge ? true : false
    +     enablePurgeProtection: purge ? true : null
    Use null in place of false (safe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": "[if(parameters('purge'), true(), false())]" } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": "[if(parameters('purge'), true(), null())]" } },
    "#);
    let named = fixes(
        (
            "param purge bool",
            "enablePurgeProtection: purge",
            ELSEWHERE.0,
        ),
        (
            parameter,
            r#", "enablePurgeProtection": "[parameters('purge')]""#,
            ELSEWHERE.1,
        ),
    );
    insta::assert_snapshot!(named, @r#"
    Use null in place of false (safe)
    main.bicep
    -     enablePurgeProtection: purge
    +     enablePurgeProtection: purge ? true : null
    Use null in place of false (safe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": "[parameters('purge')]" } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": "[if(parameters('purge'), true(), null())]" } },
    "#);
    let variable = fixes(
        (
            "var purge = false",
            "enablePurgeProtection: purge",
            ELSEWHERE.0,
        ),
        (
            r#""variables": { "purge": false },"#,
            r#", "enablePurgeProtection": "[variables('purge')]""#,
            ELSEWHERE.1,
        ),
    );
    insta::assert_snapshot!(variable, @r#"
    Set `enablePurgeProtection` to true, which cannot be taken back (unsafe)
    main.bicep
    - var purge = false
    + var purge = true
    Set `enablePurgeProtection` to true, which cannot be taken back (unsafe)
    main.json
    -   "variables": { "purge": false }, "resources": [
    +   "variables": { "purge": true }, "resources": [
    "#);
}

#[test]
fn fixes_of_nothing() {
    let absent = fixes(("", "", HERE.0), ("", "", HERE.1));
    insta::assert_snapshot!(absent, @r#"
    Add purge protection, which cannot be taken back (unsafe)
    main.bicep
    +     enablePurgeProtection: true
    Add purge protection, which cannot be taken back (unsafe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": {
    +       "tenantId": "[tenant().tenantId]",
    +       "enableRbacAuthorization": true,
    +       "enablePurgeProtection": true
    +     } },
    "#);
    let null = fixes(
        ("", "enablePurgeProtection: null", HERE.0),
        ("", r#", "enablePurgeProtection": null"#, HERE.1),
    );
    insta::assert_snapshot!(null, @r#"
    Add purge protection, which cannot be taken back (unsafe)
    main.bicep
    -     enablePurgeProtection: null
    +     enablePurgeProtection: true
    Add purge protection, which cannot be taken back (unsafe)
    main.json
    -     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": null } },
    +     { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "enablePurgeProtection": true } },
    "#);
}

#[test]
fn a_false_of_a_caller_is_null_in_its_module() {
    let module = vault(
        "",
        "",
        (
            "param purge bool",
            "enablePurgeProtection: purge",
            ELSEWHERE.0,
        ),
        ("", "", ELSEWHERE.1),
    );
    let main =
        "module safe 'safe.bicep' = {\n  name: 'safe'\n  params: {\n    purge: false\n  }\n}\n";
    let files = [("main.bicep", main), ("safe.bicep", module.bicep.as_str())];
    insta::assert_snapshot!(repaired("vault-purge-protection", &files), @"
    Use null in place of false (safe)
    safe.bicep
    -     enablePurgeProtection: purge
    +     enablePurgeProtection: purge ? true : null
    Set `enablePurgeProtection` to true, which cannot be taken back (unsafe)
    main.bicep
    -     purge: false
    +     purge: true
    ");
}
