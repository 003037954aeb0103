//! `api-version-too-old`: what is used though the API version does not have it.

use crate::twins::{Case, arm, case, judge};

const TOO_OLD: &str = "error api-version-too-old";
const SUBJECT: &[&str] = &["api-version-too-old", "api-version-retired"];
const RETIRED: &str = "warning api-version-retired";

/// A resource of one type with these further properties.
fn resource(
    name: &'static str,
    expected: &'static str,
    (resource_type, version): (&str, &str),
    (declarations, properties): (&str, &str),
    (sections, members): (&str, &str),
) -> Case {
    let full = format!("Microsoft.ApiManagement/{resource_type}");
    let names = vec!["a"; full.matches('/').count()].join("/");
    let separator = if members.is_empty() { "" } else { "," };
    case(
        name,
        expected,
        format!(
            "{declarations}
resource it '{full}@{version}' = {{
  name: '{names}'
  {properties}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "{full}", "apiVersion": "{version}", "name": "{names}"{separator} {members} }} ]"#
        )),
    )
}

/// A resource of one type with these properties, in both languages a text without names.
fn with(
    name: &'static str,
    expected: &'static str,
    kind: (&str, &str),
    properties: &str,
    members: &str,
) -> Case {
    resource(name, expected, kind, ("", properties), ("", members))
}

const NAMED_VALUE: (&str, &str) = (
    "properties: { displayName: 'a', keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/a' } }",
    r#""properties": { "displayName": "a", "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/a" } }"#,
);

const HOSTNAME: (&str, &str) = (
    "properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'a', encodedCertificate: x }, { type: 'Proxy', hostName: 'b', keyVaultId: 'https://safe.vault.azure.net/secrets/b', identityClientId: client } ] }",
    r#""properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "a", "encodedCertificate": "[parameters('x')]" }, { "type": "Proxy", "hostName": "b", "keyVaultId": "https://safe.vault.azure.net/secrets/b", "identityClientId": "[parameters('client')]" } ] }"#,
);

fn hostname(name: &'static str, expected: &'static str, version: &str) -> Case {
    resource(
        name,
        expected,
        ("service", version),
        ("@secure()\nparam x string\nparam client string", HOSTNAME.0),
        (
            r#""parameters": { "x": { "type": "securestring" }, "client": { "type": "string" } },"#,
            HOSTNAME.1,
        ),
    )
}

#[test]
fn properties_that_came_later() {
    let identity = "identity: { type: 'SystemAssigned' }";
    let json_identity = r#""identity": { "type": "SystemAssigned" }"#;
    let report = judge(
        SUBJECT,
        &[
            with("identity", TOO_OLD, ("service", "2016-10-10"), identity, json_identity),
            with("identity in time", RETIRED, ("service", "2017-03-01"), identity, json_identity),
            with("null", RETIRED, ("service", "2016-10-10"), "identity: null", r#""identity": null"#),
            hostname("identity of a hostname", TOO_OLD, "2019-12-01"),
            hostname("identity of a hostname, in the preview", RETIRED, "2020-06-01-preview"),
            hostname("identity of a hostname, today", "", "2024-05-01"),
            with("named value", TOO_OLD, ("service/namedValues", "2019-12-01"), NAMED_VALUE.0, NAMED_VALUE.1),
            with("named value in time", RETIRED, ("service/namedValues", "2020-12-01"), NAMED_VALUE.0, NAMED_VALUE.1),
            with(
                "several at once",
                TOO_OLD,
                ("service", "2019-01-01"),
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'a')}': {} } }
  properties: { publicNetworkAccess: 'Enabled' }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'a')]": {} } }, "properties": { "publicNetworkAccess": "Enabled" }"#,
            ),
            with(
                "only in a preview",
                TOO_OLD,
                ("service/identityProviders", "2024-05-01"),
                "properties: { certificateId: 'a' }",
                r#""properties": { "certificateId": "a" }"#,
            ),
            resource(
                "who knows",
                RETIRED,
                ("service", "2019-12-01"),
                ("param more object", "properties: more"),
                (r#""parameters": { "more": { "type": "object" } },"#, r#""properties": "[parameters('more')]""#),
            ),
            resource(
                "in one case",
                TOO_OLD,
                ("service", "2019-12-01"),
                ("param isPublic bool", "properties: { publicNetworkAccess: isPublic ? null : 'Disabled' }"),
                (
                    r#""parameters": { "isPublic": { "type": "bool" } },"#,
                    r#""properties": { "publicNetworkAccess": "[if(parameters('isPublic'), null(), 'Disabled')]" }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    identity
      error api-version-too-old @ 2016-10-10: `it` uses `identity`, which API version 2016-10-10 does not have: it came with 2017-03-01. Use 2024-05-01
          see identity: it came with 2017-03-01
    identity in time
      warning api-version-retired @ 2017-03-01: `it` uses an API version that API Management has retired, 2017-03-01: it may fail without further notice. Use 2024-05-01
    null
      warning api-version-retired @ 2016-10-10: `it` uses an API version that API Management has retired, 2016-10-10: it may fail without further notice. Use 2024-05-01
    identity of a hostname
      error api-version-too-old @ 2019-12-01: `it` uses `identityClientId`, which API version 2019-12-01 does not have: it came with 2020-06-01-preview. Use 2024-05-01
          see identityClientId: it came with 2020-06-01-preview
    identity of a hostname, in the preview
      warning api-version-retired @ 2020-06-01-preview: `it` uses an API version that API Management has retired, 2020-06-01-preview: it may fail without further notice. Use 2024-05-01
    identity of a hostname, today
    named value
      error api-version-too-old @ 2019-12-01: `it` uses `keyVault`, which API version 2019-12-01 does not have: it came with 2020-06-01-preview. Use 2024-05-01
          see keyVault: it came with 2020-06-01-preview
    named value in time
      warning api-version-retired @ 2020-12-01: `it` uses an API version that API Management has retired, 2020-12-01: it may fail without further notice. Use 2024-05-01
    several at once
      error api-version-too-old @ 2019-01-01: `it` uses `userAssignedIdentities` and `publicNetworkAccess`, which API version 2019-01-01 does not have: the last of them came with 2021-04-01-preview. Use 2024-05-01
          see userAssignedIdentities: it came with 2019-12-01
          see publicNetworkAccess: it came with 2021-04-01-preview
    only in a preview
      error api-version-too-old @ 2024-05-01: `it` uses `certificateId`, which API version 2024-05-01 does not have: it came with 2024-06-01-preview. Use that or a newer one
          see certificateId: it came with 2024-06-01-preview
    who knows
      warning api-version-retired @ 2019-12-01: `it` uses an API version that API Management has retired, 2019-12-01: it may fail without further notice. Use 2024-05-01
    in one case
      error api-version-too-old @ 2019-12-01: `it` uses `publicNetworkAccess`, which API version 2019-12-01 does not have when `isPublic` is false: it came with 2021-04-01-preview. Use 2024-05-01
          see publicNetworkAccess: it came with 2021-04-01-preview
    ");
}

#[test]
fn types_that_came_later() {
    let of_type = |name, expected, kind| with(name, expected, kind, "", "");
    let report = judge(
        SUBJECT,
        &[
            of_type("fragment", TOO_OLD, ("service/policyFragments", "2021-08-01")),
            of_type("fragment in time", "", ("service/policyFragments", "2022-08-01")),
            of_type("below a workspace", TOO_OLD, ("service/workspaces/apis", "2022-08-01")),
            of_type("credential provider", TOO_OLD, ("service/authorizationProviders", "2021-12-01-preview")),
            of_type("workspace gateway", TOO_OLD, ("gateways/hostnameBindings", "2024-05-01")),
            of_type("named value, of old a property", TOO_OLD, ("service/namedValues", "2019-01-01")),
            case(
                "version of the resource around it",
                TOO_OLD,
                "resource apim 'Microsoft.ApiManagement/service@2021-08-01' = {
  name: 'gateway'
  resource fragment 'policyFragments' = { name: 'fragment' }
}\n",
                arm(
                    r#""resources": [
    { "type": "Microsoft.ApiManagement/service", "apiVersion": "2021-08-01", "name": "gateway", "resources": [
      { "type": "policyFragments", "apiVersion": "2021-08-01", "name": "fragment" }
    ] }
  ]"#,
                ),
            ),
            case(
                "only referred to",
                "",
                "resource fragment 'Microsoft.ApiManagement/service/policyFragments@2021-08-01' existing = {
  name: 'gateway/fragment'
}\n",
                arm(r#""resources": []"#),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    fragment
      error api-version-too-old @ 2021-08-01: `it` uses API version 2021-08-01, which has no `Microsoft.ApiManagement/service/policyFragments`: it came with 2021-12-01-preview. Use 2024-05-01
    fragment in time
    below a workspace
      error api-version-too-old @ 2022-08-01: `it` uses API version 2022-08-01, which has no `Microsoft.ApiManagement/service/workspaces`: it came with 2022-09-01-preview. Use 2024-05-01
    credential provider
      error api-version-too-old @ 2021-12-01-preview: `it` uses API version 2021-12-01-preview, which has no `Microsoft.ApiManagement/service/authorizationProviders`: it came with 2022-04-01-preview. Use 2024-05-01
    workspace gateway
      error api-version-too-old @ 2024-05-01: `it` uses API version 2024-05-01, which has no `Microsoft.ApiManagement/gateways/hostnameBindings`: it came with 2025-03-01-preview. Use that or a newer one
    named value, of old a property
      error api-version-too-old @ 2019-01-01: `it` uses API version 2019-01-01, which has no `Microsoft.ApiManagement/service/namedValues`: it came with 2019-12-01. Use 2024-05-01
    version of the resource around it
      error api-version-too-old @ 2021-08-01: `fragment` uses API version 2021-08-01, which has no `Microsoft.ApiManagement/service/policyFragments`: it came with 2021-12-01-preview. Use 2024-05-01
    only referred to
    ");
}
