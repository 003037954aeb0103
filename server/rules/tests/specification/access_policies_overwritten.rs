//! `access-policies-overwritten`: a list that takes away what is added to it.

use crate::granted::{Pair, STRANGER, SYSTEM, USER, vaulted};
use crate::twins::{Case, judge};

const WARNING: &str = "warning access-policies-overwritten";

fn policies(
    name: &'static str,
    expected: &'static str,
    vault: Pair<'_>,
    as_: &str,
    by: Pair<'_>,
) -> Case {
    declared(name, expected, ("", ""), vault, as_, by)
}

fn declared(
    name: &'static str,
    expected: &'static str,
    declarations: Pair<'_>,
    vault: Pair<'_>,
    as_: &str,
    by: Pair<'_>,
) -> Case {
    vaulted(
        name,
        expected,
        declarations,
        vault,
        (
            &format!(
                "resource access 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {{\n  parent: safe\n  name: '{as_}'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {}, permissions: {{ secrets: [ 'get' ] }} }} ] }}\n}}\n",
                by.0
            ),
            &format!(
                r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "safe/{as_}", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "{}", "permissions": {{ "secrets": [ "get" ] }} }} ] }} }}"#,
                by.1
            ),
        ),
    )
}

const EMPTY: Pair<'_> = (
    "enableRbacAuthorization: false, accessPolicies: []",
    r#""enableRbacAuthorization": false, "accessPolicies": []"#,
);

#[test]
fn lists_that_take_away() {
    let report = judge(
        &["access-policies-overwritten"],
        &[
            policies("an empty list", WARNING, EMPTY, "add", SYSTEM),
            policies(
                "a list of others",
                WARNING,
                (
                    "enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: '5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11', permissions: { secrets: [ 'all' ] } } ]",
                    r#""enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11", "permissions": { "secrets": [ "all" ] } } ]"#,
                ),
                "add",
                USER,
            ),
            declared(
                "in one case",
                WARNING,
                (
                    "param clean bool\n",
                    r#""parameters": { "clean": { "type": "bool" } },"#,
                ),
                (
                    "enableRbacAuthorization: false, accessPolicies: clean ? [] : null",
                    r#""enableRbacAuthorization": false, "accessPolicies": "[if(parameters('clean'), createArray(), null())]""#,
                ),
                "add",
                SYSTEM,
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    an empty list
      warning access-policies-overwritten @ []: `safe` sets all of its access policies here, so that every deployment of it takes away what `access` added for the system-assigned identity of `apim`, until that has been deployed again
          see access: policies are added here
          see apim: this is the identity
    a list of others
      warning access-policies-overwritten @ [ { tenantId: tenant().tenantId, objectId: '5d1e9a7c-0c4e-4b34-9d8e-3f…: `safe` sets all of its access policies here, so that every deployment of it takes away what `access` added for the user-assigned identity `reader`, until that has been deployed again
          see access: policies are added here
          see reader: this is the identity
      ARM warning access-policies-overwritten @ [ { "tenantId": "[tenant().tenantId]", "objectId": "5d1e9a7c-0c4e-4b34…: `safe` sets all of its access policies here, so that every deployment of it takes away what `safe/add` added for the user-assigned identity `reader`, until that has been deployed again
          see "safe/add": policies are added here
          see "reader": this is the identity
    in one case
      warning access-policies-overwritten @ []: `safe` sets all of its access policies here when `clean` is true, so that every deployment of it takes away what `access` added for the system-assigned identity of `apim`, until that has been deployed again
          see access: policies are added here
          see apim: this is the identity
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        &["access-policies-overwritten"],
        &[
            policies(
                "no list",
                "",
                (
                    "enableRbacAuthorization: false",
                    r#""enableRbacAuthorization": false"#,
                ),
                "add",
                SYSTEM,
            ),
            policies(
                "a vault that goes by roles",
                "",
                (
                    "enableRbacAuthorization: true, accessPolicies: []",
                    r#""enableRbacAuthorization": true, "accessPolicies": []"#,
                ),
                "add",
                SYSTEM,
            ),
            policies("somebody else's", "", EMPTY, "add", STRANGER),
            policies("taken away anyway", "", EMPTY, "remove", SYSTEM),
            policies(
                "the list has it too",
                "",
                (
                    "enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: reader.properties.principalId, permissions: { secrets: [ 'get' ] } } ]",
                    r#""enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId]", "permissions": { "secrets": [ "get" ] } } ]"#,
                ),
                "add",
                USER,
            ),
            declared(
                "a list from outside",
                "",
                (
                    "param kept array\n",
                    r#""parameters": { "kept": { "type": "array" } },"#,
                ),
                (
                    "enableRbacAuthorization: false, accessPolicies: kept",
                    r#""enableRbacAuthorization": false, "accessPolicies": "[parameters('kept')]""#,
                ),
                "add",
                SYSTEM,
            ),
        ],
    );
}
