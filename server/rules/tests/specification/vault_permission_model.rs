//! `vault-permission-model`: grants that a vault does not heed.

use crate::granted::{
    GROUP, NAME, Pair, READ, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, and, assignment, pair,
    role, vaulted, within,
};
use crate::twins::{Case, judge};

const WARNING: &str = "warning vault-permission-model";
const RULES: &[&str] = &[
    "vault-permission-model",
    "vault-access-missing",
    "role-insufficient",
];
const POLICY: Pair<'_> = (
    "resource access 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {\n  parent: safe\n  name: 'add'\n  properties: { accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }\n}\n",
    r#"{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "safe/add", "properties": { "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ] } }"#,
);
const OLD: &str = "2023-07-01";

/// The vault in an older API version.
fn aged(mut case: Case) -> Case {
    for text in [&mut case.bicep, &mut case.arm] {
        *text = text
            .replace("vaults@2026-02-01' =", &format!("vaults@{OLD}' ="))
            .replace(
                r#""Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01""#,
                &format!(r#""Microsoft.KeyVault/vaults", "apiVersion": "{OLD}""#),
            );
    }
    case
}

fn grant(scope: Pair<'_>, id: &str, by: Pair<'_>) -> (String, String) {
    assignment(NAME, scope, pair(&role(id)), by)
}

#[test]
fn grants_without_effect() {
    let on_vault = grant(SAFE, SECRETS_USER, SYSTEM);
    let report = judge(
        RULES,
        &[
            within(
                "a role",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&on_vault),
            ),
            within(
                "a policy",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: true",
                POLICY,
            ),
            within("a policy, by default", WARNING, ("", ""), "", POLICY),
            aged(within(
                "a role, by an older default",
                WARNING,
                ("", ""),
                "",
                pair(&on_vault),
            )),
            within(
                "a role and the read that fails",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&and(pair(&on_vault), READ)),
            ),
            within(
                "a policy and the read that fails",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: true",
                pair(&and(POLICY, READ)),
            ),
            within(
                "a role on the group, and the read that fails",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&and(pair(&grant(GROUP, SECRETS_USER, SYSTEM)), READ)),
            ),
            within(
                "vault reader, of the user-assigned identity",
                WARNING,
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&grant(SAFE, "21090545-7ca7-4776-b22c-e363652d74d2", USER)),
            ),
            vaulted(
                "in one case",
                WARNING,
                (
                    "param roles bool\n",
                    r#""parameters": { "roles": { "type": "bool" } },"#,
                ),
                (
                    "enableRbacAuthorization: roles",
                    r#""enableRbacAuthorization": "[parameters('roles')]""#,
                ),
                pair(&on_vault),
            ),
            vaulted(
                "a policy of the vault itself",
                WARNING,
                ("", ""),
                (
                    "enableRbacAuthorization: true, accessPolicies: [ { tenantId: tenant().tenantId, objectId: reader.properties.principalId, permissions: { secrets: [ 'get' ] } } ]",
                    r#""enableRbacAuthorization": true, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId]", "permissions": { "secrets": [ "get" ] } } ]"#,
                ),
                ("", ""),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a role
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '463…: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User, but `safe` goes by access policies and does not heed roles: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see apim: this is the identity
    a policy
      warning vault-permission-model @ apim.identity.principalId: `access` has an access policy for the system-assigned identity of `apim`, but `safe` goes by roles and does not heed access policies: the identity cannot read secrets by it
          see safe: this vault goes by roles
          see apim: this is the identity
    a policy, by default
      warning vault-permission-model @ apim.identity.principalId: `access` has an access policy for the system-assigned identity of `apim`, but `safe` goes by roles, the default of its API version, and does not heed access policies: the identity cannot read secrets by it
          see safe: this vault goes by roles
          see apim: this is the identity
    a role, by an older default
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '463…: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User, but `safe` goes by access policies, the default of its API version, and does not heed roles: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see apim: this is the identity
    a role and the read that fails
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '463…: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User, but `safe` goes by access policies and does not heed roles: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see apim: this is the identity
    a policy and the read that fails
      warning vault-permission-model @ apim.identity.principalId: `access` has an access policy for the system-assigned identity of `apim`, but `safe` goes by roles and does not heed access policies: the identity cannot read secrets by it
          see safe: this vault goes by roles
          see apim: this is the identity
    a role on the group, and the read that fails
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '463…: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User, but `safe` goes by access policies and does not heed roles: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see apim: this is the identity
    vault reader, of the user-assigned identity
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '210…: `grant` gives the user-assigned identity `reader` the role Key Vault Reader, but `safe` goes by access policies and does not heed roles: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see reader: this is the identity
    in one case
      warning vault-permission-model @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '463…: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User, but `safe` goes by access policies and does not heed roles when `roles` is false: the identity cannot read secrets by it
          see safe: this vault goes by access policies
          see apim: this is the identity
    a policy of the vault itself
      warning vault-permission-model @ reader.properties.principalId: `safe` has an access policy for the user-assigned identity `reader`, but `safe` goes by roles and does not heed access policies: the identity cannot read secrets by it
          see safe: this vault goes by roles
          see reader: this is the identity
    ");
}

#[test]
fn what_stays_silent() {
    let on_vault = grant(SAFE, SECRETS_USER, SYSTEM);
    judge(
        RULES,
        &[
            within(
                "a role",
                "",
                ("", ""),
                "enableRbacAuthorization: true",
                pair(&on_vault),
            ),
            within("a role, by default", "", ("", ""), "", pair(&on_vault)),
            within(
                "a policy",
                "",
                ("", ""),
                "enableRbacAuthorization: false",
                POLICY,
            ),
            aged(within(
                "a policy, by an older default",
                "",
                ("", ""),
                "",
                POLICY,
            )),
            within(
                "both, and the read",
                "",
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&and(
                    pair(&and(pair(&grant(GROUP, SECRETS_USER, SYSTEM)), POLICY)),
                    READ,
                )),
            ),
            within(
                "somebody else's",
                "",
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&grant(SAFE, SECRETS_USER, STRANGER)),
            ),
            within(
                "a role on the vault as a resource",
                "",
                ("", ""),
                "enableRbacAuthorization: false",
                pair(&grant(SAFE, "f25e0fa2-a7c8-4377-a976-54943a77a395", SYSTEM)),
            ),
            vaulted(
                "not known",
                "",
                (
                    "param roles bool?\n",
                    r#""parameters": { "model": { "type": "object" } },"#,
                ),
                (
                    "enableRbacAuthorization: any(nowhere)",
                    r#""enableRbacAuthorization": "[parameters('model').roles]""#,
                ),
                pair(&on_vault),
            ),
            vaulted(
                "an empty list",
                "",
                ("", ""),
                (
                    "enableRbacAuthorization: true, accessPolicies: []",
                    r#""enableRbacAuthorization": true, "accessPolicies": []"#,
                ),
                ("", ""),
            ),
        ],
    );
}
