//! `role-scope-too-broad`: every vault of a scope, though one is enough.

use crate::granted::{
    GROUP, NAME, Pair, READ, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, VAULT_READER, and,
    assignment, beside, pair, role, within,
};
use crate::twins::{Case, arm, case, judge};

const WARNING: &str = "warning role-scope-too-broad";
const OTHER: Pair<'_> = (
    "resource other 'Microsoft.KeyVault/vaults@2026-02-01' existing = {\n  name: 'other'\n}\n",
    r#"{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "other", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } } }"#,
);

fn held(
    name: &'static str,
    expected: &'static str,
    scope: Pair<'_>,
    id: &str,
    by: Pair<'_>,
) -> Case {
    beside(
        name,
        expected,
        pair(&assignment(NAME, scope, pair(&role(id)), by)),
    )
}

fn two(name: &'static str, expected: &'static str, a: Pair<'_>) -> Case {
    let grant = assignment(NAME, GROUP, pair(&role(SECRETS_USER)), SYSTEM);
    beside(name, expected, pair(&and(pair(&grant), a)))
}

/// A template that knows the vault only by what is read from it.
fn addressed(name: &'static str, expected: &'static str, scope: Pair<'_>, uri: &str) -> Case {
    let [bicep_scope, arm_scope] = [scope.0, scope.1];
    case(
        name,
        expected,
        format!(
            "param uri string\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{\n  name: 'gateway'\n}}\nresource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{\n  parent: apim\n  name: 'nv'\n  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: {uri} }} }}\n}}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid(apim.id)\n  {bicep_scope}\n  properties: {{ roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{SECRETS_USER}'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }}\n}}\n"
        ),
        arm(&format!(
            r#""parameters": {{ "uri": {{ "type": "string" }} }}, "resources": [
  {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "identity": {{ "type": "SystemAssigned" }} }},
  {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "{}" }} }} }},
  {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", {arm_scope} "name": "[guid('gateway')]", "properties": {{ "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{SECRETS_USER}')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }} }}
]"#,
            match uri {
                "uri" => "[parameters('uri')]",
                uri => uri.trim_matches('\''),
            }
        )),
    )
}

#[test]
fn wider_than_the_vault() {
    let report = judge(
        &["role-scope-too-broad"],
        &[
            held(
                "the group of the only vault",
                WARNING,
                GROUP,
                SECRETS_USER,
                SYSTEM,
            ),
            held(
                "vault reader, of the user-assigned identity",
                WARNING,
                GROUP,
                VAULT_READER,
                USER,
            ),
            two("the vault that is read", WARNING, READ),
            two(
                "one of two vaults is read",
                WARNING,
                pair(&and(READ, OTHER)),
            ),
            addressed(
                "a vault by its address",
                WARNING,
                ("", ""),
                "'https://safe.vault.azure.net/secrets/nv'",
            ),
            beside(
                "the group by its name",
                WARNING,
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(apim.id)\n  scope: resourceGroup()\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "scope": "[resourceGroup().id]", "name": "[guid('gateway')]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
            within(
                "in one case",
                WARNING,
                (
                    "param wide bool\n",
                    r#""parameters": { "wide": { "type": "bool" } },"#,
                ),
                "enableRbacAuthorization: true",
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (wide) {\n  name: guid(apim.id)\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "condition": "[parameters('wide')]", "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway')]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    the group of the only vault
      warning role-scope-too-broad @ grant: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see apim: this is the identity
          see safe: this is the vault
    vault reader, of the user-assigned identity
      warning role-scope-too-broad @ grant: `grant` gives the user-assigned identity `reader` the role Key Vault Reader on every vault of the resource group, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see reader: this is the identity
          see safe: this is the vault
    the vault that is read
      warning role-scope-too-broad @ grant: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group, though it reads only `safe` there. Set the `scope` of the assignment to the vault
          see apim: this is the identity
          see safe: this is the vault
    one of two vaults is read
      warning role-scope-too-broad @ grant: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group, though it reads only `safe` there. Set the `scope` of the assignment to the vault
          see apim: this is the identity
          see safe: this is the vault
    a vault by its address
      warning role-scope-too-broad @ grant: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group, though it reads only `safe` there. Set the `scope` of the assignment to the vault
          see apim: this is the identity
      ARM warning role-scope-too-broad @ "[guid('gateway')]": `guid('gateway')` gives the system-assigned identity of `gateway` the role Key Vault Secrets User on every vault of the resource group, though it reads only `safe` there. Set the `scope` of the assignment to the vault
          see "gateway": this is the identity
    the group by its name
      warning role-scope-too-broad @ resourceGroup(): `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see apim: this is the identity
          see safe: this is the vault
      ARM warning role-scope-too-broad @ resourceGroup().id: `guid('gateway')` gives the system-assigned identity of `gateway` the role Key Vault Secrets User on every vault of the resource group, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see "gateway": this is the identity
          see "safe": this is the vault
    in one case
      warning role-scope-too-broad @ grant: `grant` gives the system-assigned identity of `apim` the role Key Vault Secrets User on every vault of the resource group when `wide` is true, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see apim: this is the identity
          see safe: this is the vault
      ARM warning role-scope-too-broad @ "[guid('gateway')]": `guid('gateway')` gives the system-assigned identity of `gateway` the role Key Vault Secrets User on every vault of the resource group when `wide` is true, though the vault is known, `safe`. Set the `scope` of the assignment to the vault
          see "gateway": this is the identity
          see "safe": this is the vault
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        &["role-scope-too-broad"],
        &[
            held("the vault", "", SAFE, SECRETS_USER, SYSTEM),
            held("somebody else", "", GROUP, SECRETS_USER, STRANGER),
            held(
                "a role on something else",
                "",
                GROUP,
                "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
                SYSTEM,
            ),
            held(
                "a role that is not about vaults alone",
                "",
                GROUP,
                "acdd72a7-3385-48ef-bd42-f606fba81ae7",
                SYSTEM,
            ),
            two("two vaults, none of which is read in sight", "", OTHER),
            addressed("a vault that is not known", "", ("", ""), "uri"),
        ],
    );
}
