//! `api-version-retired`: API versions that end.

use std::fmt::Write as _;

use rules::check_document;
use syntax::{Document, Language};

use crate::programs::findings_about;
use crate::repaired::repaired_in;
use crate::twins::{Case, arm, case, is_about, judge, one};

const RETIRED: &str = "warning api-version-retired";
const ENDING: &str = "info api-version-retired";
const SUBJECT: &[&str] = &["api-version-retired", "api-version-too-old"];

fn plain(name: &'static str, expected: &'static str, version: &str) -> Case {
    of_type(name, expected, "Microsoft.ApiManagement/service", version)
}

/// A resource of some type, alone.
fn of_type(name: &'static str, expected: &'static str, resource_type: &str, version: &str) -> Case {
    let names = vec!["a"; resource_type.matches('/').count()].join("/");
    case(
        name,
        expected,
        format!("resource it '{resource_type}@{version}' = {{\n  name: '{names}'\n}}\n"),
        arm(&format!(
            r#""resources": [ {{ "type": "{resource_type}", "apiVersion": "{version}", "name": "{names}" }} ]"#
        )),
    )
}

/// A vault with these properties, and a named value that reads `uri`.
fn vault(
    name: &'static str,
    expected: &'static str,
    version: &str,
    (before, properties, condition, uri): (&str, &str, &str, &str),
    (sections, json_properties, json_condition, json_uri): (&str, &str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{before}
resource safe 'Microsoft.KeyVault/vaults@{version}' = {{
  name: 'safe'
  properties: {{ tenantId: tenant().tenantId {properties} }}
}}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {condition}{{
  name: 'gateway/nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: {uri} }} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [
    {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "{version}", "name": "safe", "properties": {{ "tenantId": "[tenant().tenantId]" {json_properties} }} }},
    {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", {json_condition}
      "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "{json_uri}" }} }} }}
  ]"#
        )),
    )
}

const URI: &str = "'${safe.properties.vaultUri}secrets/nv'";
const JSON_URI: &str = "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]";

#[test]
fn versions_of_api_management() {
    let report = judge(
        SUBJECT,
        &[
            plain("old", RETIRED, "2020-12-01"),
            plain("preview that is older", RETIRED, "2021-04-01-preview"),
            plain("the first that stays", "", "2021-08-01"),
            plain("newest", "", "2024-05-01"),
            plain("preview that is newer", "", "2025-09-01-preview"),
            plain("to be filled in", "", "#{apimVersion}#"),
            of_type(
                "child",
                RETIRED,
                "microsoft.apimanagement/Service/apis",
                "2019-12-01",
            ),
            of_type(
                "type with another name today",
                RETIRED,
                "Microsoft.ApiManagement/service/properties",
                "2019-01-01",
            ),
            of_type(
                "type that is no more",
                RETIRED,
                "Microsoft.ApiManagement/service/diagnostics/loggers",
                "2018-01-01",
            ),
            of_type(
                "extension",
                "",
                "Microsoft.ApiManagement/service/providers/roleAssignments",
                "2020-04-01-preview",
            ),
            of_type(
                "of somebody else",
                "",
                "Microsoft.Web/sites",
                "2018-02-01",
            ),
            one(
                "minimum that is old",
                "",
                ("", "properties: { apiVersionConstraint: { minApiVersion: '2019-12-01' } }"),
                ("", r#""properties": { "apiVersionConstraint": { "minApiVersion": "2019-12-01" } }"#),
            ),
            case(
                "never deployed",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2020-12-01' = if (false) { name: 'gateway' }\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "condition": false, "name": "gateway" } ]"#,
                ),
            ),
            case(
                "condition that says nothing of the version",
                RETIRED,
                "param deploys bool
resource apim 'Microsoft.ApiManagement/service@2020-12-01' = if (deploys) { name: 'gateway' }\n",
                arm(
                    r#""parameters": { "deploys": { "type": "bool" } }, "resources": [ { "type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "condition": "[parameters('deploys')]", "name": "gateway" } ]"#,
                ),
            ),
            case(
                "existing",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2020-12-01' existing = { name: 'gateway' }
resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = { parent: apim, name: 'api' }\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.ApiManagement/service/apis", "apiVersion": "2024-05-01", "name": "gateway/api" } ]"#,
                ),
            ),
            case(
                "each resource once",
                "warning api-version-retired; warning api-version-retired",
                "resource apim 'Microsoft.ApiManagement/service@2020-12-01' = {
  name: 'gateway'
  resource group 'groups@2020-12-01' = [for name in ['a', 'b']: { name: name }]
  resource product 'products' = { name: 'product' }
}\n",
                arm(
                    r#""resources": [
    { "type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "name": "gateway" },
    { "type": "Microsoft.ApiManagement/service/groups", "apiVersion": "2020-12-01", "name": "[concat('gateway/', copyIndex())]", "copy": { "name": "groups", "count": 2 } }
  ]"#,
                ),
            ),
            case(
                "what an older version lacks wins",
                "error api-version-too-old",
                "resource fragment 'Microsoft.ApiManagement/service/policyFragments@2020-12-01' = {
  name: 'gateway/fragment'
}\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.ApiManagement/service/policyFragments", "apiVersion": "2020-12-01", "name": "gateway/fragment" } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    old
      warning api-version-retired @ 2020-12-01: `it` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    preview that is older
      warning api-version-retired @ 2021-04-01-preview: `it` uses an API version that API Management has retired, 2021-04-01-preview: it may fail without further notice. Use 2024-05-01
    the first that stays
    newest
    preview that is newer
    to be filled in
    child
      warning api-version-retired @ 2019-12-01: `it` uses an API version that API Management has retired, 2019-12-01: it may fail without further notice. Use 2024-05-01
    type with another name today
      warning api-version-retired @ 2019-01-01: `it` uses an API version that API Management has retired, 2019-01-01: it may fail without further notice. Its type is retired too: use `Microsoft.ApiManagement/service/namedValues` with 2024-05-01
    type that is no more
      warning api-version-retired @ 2018-01-01: `it` uses an API version that API Management has retired, 2018-01-01: it may fail without further notice. Its type is retired too, and has no successor
    extension
    of somebody else
    minimum that is old
    never deployed
    condition that says nothing of the version
      warning api-version-retired @ 2020-12-01: `apim` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    existing
    each resource once
      warning api-version-retired @ 2020-12-01: `apim` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
      warning api-version-retired @ 2020-12-01: `group` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
      ARM warning api-version-retired @ "2020-12-01": `concat('gateway/', copyIndex())` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    what an older version lacks wins
      error api-version-too-old @ 2020-12-01: `fragment` uses API version 2020-12-01, which has no `Microsoft.ApiManagement/service/policyFragments`: it came with 2021-12-01-preview. Use 2024-05-01
    "#);
}

/// Only ARM JSON computes API versions.
#[test]
fn versions_that_are_computed() {
    let computed = |name: &str, count: usize, sections: &str, version: &str| {
        let text = arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "{version}", "name": "gateway" }} ]"#
        ));
        let found = check_document(&Document::new(Language::Json, &text));
        let about = found.iter().filter(|it| is_about(SUBJECT, it));
        let messages: Vec<_> = about.map(|it| format!("  {}\n", it.message)).collect();
        assert_eq!(messages.len(), count, "{name}");
        format!("{name}\n{}", messages.concat())
    };
    let parameter =
        |rest: &str| format!(r#""parameters": {{ "version": {{ "type": "string" {rest} }} }},"#);
    let report = [
        computed(
            "variable",
            1,
            r#""variables": { "version": "2020-12-01" },"#,
            "[variables('version')]",
        ),
        computed(
            "default",
            1,
            &parameter(r#", "defaultValue": "2020-12-01""#),
            "[parameters('version')]",
        ),
        computed(
            "one of those allowed",
            1,
            &parameter(r#", "allowedValues": ["2020-12-01", "2024-05-01"]"#),
            "[parameters('version')]",
        ),
        computed("anything", 0, &parameter(""), "[parameters('version')]"),
        computed(
            "what there is",
            0,
            "",
            "[providers('Microsoft.ApiManagement', 'service').apiVersions[0]]",
        ),
    ];
    insta::assert_snapshot!(report.join(""), @"
    variable
      `gateway` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    default
      `gateway` uses an API version that API Management has retired, 2020-12-01 with the default of `version`: it may fail without further notice. Use 2024-05-01
    one of those allowed
      `gateway` uses an API version that API Management has retired, 2020-12-01 when `version` is '2020-12-01': it may fail without further notice. Use 2024-05-01
    anything
    what there is
    ");
}

#[test]
fn versions_of_vaults() {
    let report = judge(
        SUBJECT,
        &[
            vault(
                "read",
                ENDING,
                "2023-07-01",
                ("", "", "", URI),
                ("", "", "", JSON_URI),
            ),
            vault(
                "newest",
                "",
                "2026-02-01",
                ("", "", "", URI),
                ("", "", "", JSON_URI),
            ),
            vault(
                "that says its model",
                ENDING,
                "2023-07-01",
                ("", ", enableRbacAuthorization: true", "", URI),
                ("", r#", "enableRbacAuthorization": true"#, "", JSON_URI),
            ),
            vault(
                "whose model may be null",
                ENDING,
                "2023-07-01",
                (
                    "param roles bool?",
                    ", enableRbacAuthorization: roles",
                    "",
                    URI,
                ),
                (
                    r#""parameters": { "roles": { "type": "bool", "nullable": true } },"#,
                    r#", "enableRbacAuthorization": "[parameters('roles')]""#,
                    "",
                    JSON_URI,
                ),
            ),
            vault(
                "read by name",
                ENDING,
                "2024-11-01",
                ("", "", "", "'https://SAFE.vault.azure.net/secrets/nv'"),
                ("", "", "", "https://SAFE.vault.azure.net/secrets/nv"),
            ),
            vault(
                "another is read",
                "",
                "2023-07-01",
                ("", "", "", "'https://other.vault.azure.net/secrets/nv'"),
                ("", "", "", "https://other.vault.azure.net/secrets/nv"),
            ),
            vault(
                "who knows which is read",
                "",
                "2023-07-01",
                ("param uri string", "", "", "uri"),
                (
                    r#""parameters": { "uri": { "type": "string" } },"#,
                    "",
                    "",
                    "[parameters('uri')]",
                ),
            ),
            vault(
                "read in one case",
                ENDING,
                "2023-07-01",
                ("param reads bool", "", "if (reads) ", URI),
                (
                    r#""parameters": { "reads": { "type": "bool" } },"#,
                    "",
                    r#""condition": "[parameters('reads')]","#,
                    JSON_URI,
                ),
            ),
            vault(
                "never read",
                "",
                "2023-07-01",
                ("", "", "if (false) ", URI),
                ("", "", r#""condition": false,"#, JSON_URI),
            ),
            of_type("alone", "", "Microsoft.KeyVault/vaults", "2019-09-01"),
        ],
    );
    insta::assert_snapshot!(report, @"
    read
      info api-version-retired @ 2023-07-01: `safe`, from which `nv` reads, uses an API version of Key Vault that ends on 27 February 2027, 2023-07-01. Use 2026-02-01, with `enableRbacAuthorization: false`, which is the default only until then
          see secretIdentifier: `nv` reads from it
    newest
    that says its model
      info api-version-retired @ 2023-07-01: `safe`, from which `nv` reads, uses an API version of Key Vault that ends on 27 February 2027, 2023-07-01. Use 2026-02-01
          see secretIdentifier: `nv` reads from it
    whose model may be null
      info api-version-retired @ 2023-07-01: `safe`, from which `nv` reads, uses an API version of Key Vault that ends on 27 February 2027, 2023-07-01. Use 2026-02-01
          see secretIdentifier: `nv` reads from it
    read by name
      info api-version-retired @ 2024-11-01: `safe`, from which `nv` reads, uses an API version of Key Vault that ends on 27 February 2027, 2024-11-01. Use 2026-02-01, with `enableRbacAuthorization: false`, which is the default only until then
          see secretIdentifier: `nv` reads from it
    another is read
    who knows which is read
    read in one case
      info api-version-retired @ 2023-07-01: `safe`, from which `nv` reads when `reads` is true, uses an API version of Key Vault that ends on 27 February 2027, 2023-07-01. Use 2026-02-01, with `enableRbacAuthorization: false`, which is the default only until then
          see secretIdentifier: `nv` reads from it
    never read
    alone
    ");
}

/// What is said of a workspace: level, file, text at the place and message.
fn said(files: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for it in findings_about(SUBJECT, files) {
        let level = it.level.name();
        let _ = writeln!(text, "{level} @ {}: {}: {}", it.file, it.text, it.message);
    }
    text
}

#[test]
fn versions_in_modules() {
    let vault = "param name string
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  properties: { tenantId: tenant().tenantId, enableRbacAuthorization: true }
}
output uri string = safe.properties.vaultUri
";
    let read = "param uri string
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  name: 'gateway/nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${uri}secrets/nv' } }
}
";
    let main = "module vault 'vault.bicep' = { params: { name: 'safe' } }
module read 'read.bicep' = { params: { uri: vault.outputs.uri } }
module other 'vault.bicep' = { name: 'other', params: { name: 'other' } }
";
    let files = [
        ("/w/vault.bicep", vault),
        ("/w/read.bicep", read),
        ("/w/main.bicep", main),
    ];
    insta::assert_snapshot!(said(&files), @"info @ /w/vault.bicep: 2023-07-01: `safe`, from which `nv` reads, uses an API version of Key Vault that ends on 27 February 2027, 2023-07-01. Use 2026-02-01");
    assert_eq!(said(&files[..2]), "", "nobody reads");
}

#[test]
fn versions_in_modules_of_a_registry() {
    let cached = arm(
        r#""resources": [ { "type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "name": "gateway" } ]"#,
    );
    let files = [
        (
            "/home/.bicep/br/contoso.azurecr.io/apim/1.0.0$/main.json",
            cached.as_str(),
        ),
        (
            "/w/main.bicep",
            "module apim 'br:contoso.azurecr.io/apim:1.0.0' = { name: 'apim' }\n",
        ),
    ];
    assert_eq!(said(&files), "");
}

#[test]
fn versions_of_what_is_only_read() {
    // A web site with a setting, in both languages, and the declarations that it needs.
    let setting = |name, expected, declarations: &str, value: &str, json_value: &str, deploys| {
        let (condition, json_condition) = if deploys {
            ("", "")
        } else {
            ("if (false) ", r#""condition": false,"#)
        };
        case(
            name,
            expected,
            format!(
                "{declarations}
resource site 'Microsoft.Web/sites@2023-12-01' = {condition}{{
  name: 'site'
  properties: {{ first: {value}, second: {value} }}
}}
"
            ),
            arm(&format!(
                r#""resources": [ {{ "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "site", {json_condition} "properties": {{ "first": "[{json_value}]", "second": "[{json_value}]" }} }} ]"#
            )),
        )
    };
    let existing = |version: &str| {
        format!(
            "resource apim 'Microsoft.ApiManagement/service@{version}' existing = {{ name: 'gateway' }}"
        )
    };
    let reference = |version: &str| {
        format!(
            "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '{version}').gatewayUrl"
        )
    };
    let old = existing("2020-12-01");
    let report = judge(
        SUBJECT,
        &[
            setting(
                "property",
                RETIRED,
                &old,
                "apim.properties.gatewayUrl",
                &reference("2020-12-01"),
                true,
            ),
            setting(
                "keys",
                RETIRED,
                "resource key 'Microsoft.ApiManagement/service/subscriptions@2020-12-01' existing = { name: 'gateway/key' }",
                "key.listSecrets().primaryKey",
                "listSecrets(resourceId('Microsoft.ApiManagement/service/subscriptions', 'gateway', 'key'), '2020-12-01').primaryKey",
                true,
            ),
            setting(
                "with a version that stays",
                "",
                &existing("2024-05-01"),
                "apim.properties.gatewayUrl",
                &reference("2024-05-01"),
                true,
            ),
            setting(
                "only its id",
                "",
                &old,
                "apim.id",
                "resourceId('Microsoft.ApiManagement/service', 'gateway')",
                true,
            ),
            setting(
                "never deployed",
                "",
                &old,
                "apim.properties.gatewayUrl",
                &reference("2020-12-01"),
                false,
            ),
            setting(
                "something else",
                "",
                "resource site2 'Microsoft.Web/sites@2018-02-01' existing = { name: 'site2' }",
                "site2.properties.defaultHostName",
                "reference(resourceId('Microsoft.Web/sites', 'site2'), '2018-02-01').defaultHostName",
                true,
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    property
      warning api-version-retired @ 2020-12-01: `apim` is read with an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    keys
      warning api-version-retired @ 2020-12-01: `key` is read with an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    with a version that stays
    only its id
    never deployed
    something else
    ");
}

#[test]
fn a_version_in_a_variable_is_changed_for_all_that_have_it() {
    let text = |other: &str| {
        arm(&format!(
            r#""variables": {{ "version": "2019-12-01" }},
  "resources": [
    {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "[variables('version')]", "name": "gateway", "identity": {{ "type": "SystemAssigned" }} }},
    {{ "type": "{other}", "apiVersion": "[variables('version')]", "name": "gateway/other" }}
  ]"#
        ))
    };
    let own = text("Microsoft.ApiManagement/service/backends");
    insta::assert_snapshot!(repaired_in(SUBJECT[0], Language::Json, &own), @r#"
    Use API version 2024-05-01 (unsafe)
    main.json
    -   "variables": { "version": "2019-12-01" },
    +   "variables": { "version": "2024-05-01" },
    "#);
    let of_another_provider = text("Microsoft.Storage/storageAccounts/blobServices");
    assert_eq!(
        repaired_in(SUBJECT[0], Language::Json, &of_another_provider),
        "no fix\n"
    );
}
