//! `role-scope-too-broad`: every vault of a scope, though one is enough.

use crate::granted::{
    GROUP, NAME, Pair, READ, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, VAULT_READER, and,
    assignment, beside, pair, role, within,
};
use crate::repaired::repaired_in;
use crate::twins::{Case, arm, case, judge};
use syntax::Language;

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

const RULE: &str = "role-scope-too-broad";

/// The fixes of an assignment of this name to the resource group, in both languages.
fn fixes(name: Pair<'_>, scope: Pair<'_>, declarations: Pair<'_>) -> String {
    let grant = assignment(name, scope, pair(&role(SECRETS_USER)), SYSTEM);
    let case = within(
        "",
        "",
        declarations,
        "enableRbacAuthorization: true",
        pair(&grant),
    );
    repaired_in(RULE, Language::Bicep, &case.bicep) + &repaired_in(RULE, Language::Json, &case.arm)
}

#[test]
fn the_name_follows_the_scope() {
    let by_scope = fixes(
        (
            "guid(subscription().id, resourceGroup().name, apim.id)",
            "[guid(subscription().id, resourceGroup().name, resourceId('Microsoft.ApiManagement/service', 'gateway'))]",
        ),
        GROUP,
        ("", ""),
    );
    insta::assert_snapshot!(by_scope, @r#"
    Assign the role on `safe` alone (unsafe)
    main.bicep
    -   name: guid(subscription().id, resourceGroup().name, apim.id)
    +   name: guid(subscription().id, safe.id, apim.id)
    +   scope: safe
    Assign the role on `safe` alone (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(subscription().id, resourceGroup().name, resourceId('Microsoft.ApiManagement/service', 'gateway'))]",  "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, {
    +     "type": "Microsoft.Authorization/roleAssignments",
    +     "apiVersion": "2022-04-01",
    +     "name": "[guid(subscription().id, resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'))]",
    +     "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    +     ],
    +     "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }
    +   }
    "#);
    let without = fixes(
        (
            "guid(apim.id, 'reader')",
            "[guid(resourceId('Microsoft.ApiManagement/service', 'gateway'), 'reader')]",
        ),
        ("resourceGroup()", "[resourceGroup().id]"),
        ("", ""),
    );
    insta::assert_snapshot!(without, @r#"
    Assign the role on `safe` alone (unsafe)
    main.bicep
    -   name: guid(apim.id, 'reader')
    -   scope: resourceGroup()
    +   name: guid(safe.id, apim.id, 'reader')
    +   scope: safe
    Assign the role on `safe` alone (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.ApiManagement/service', 'gateway'), 'reader')]", "scope": "[resourceGroup().id]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, {
    +     "type": "Microsoft.Authorization/roleAssignments",
    +     "apiVersion": "2022-04-01",
    +     "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), 'reader')]",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    +     ],
    +     "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +     "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }
    +   }
    "#);
    let variable = fixes(
        ("grantName", "[variables('grantName')]"),
        GROUP,
        (
            "var grantName = guid(resourceGroup().id, 'gateway')\n",
            r#""variables": { "grantName": "[guid(resourceGroup().id, 'gateway')]" },"#,
        ),
    );
    insta::assert_snapshot!(variable, @r#"
    Assign the role on `safe` alone (unsafe)
    main.bicep
    -   name: grantName
    +   name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: safe
    Assign the role on `safe` alone (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[variables('grantName')]",  "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, {
    +     "type": "Microsoft.Authorization/roleAssignments",
    +     "apiVersion": "2022-04-01",
    +     "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '4633458b-17de-408a-b874-0445c86b69e6')]",
    +     "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    +     ],
    +     "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }
    +   }
    "#);
    insta::assert_snapshot!(fixes(NAME, GROUP, ("", "")), @r#"
    Assign the role on `safe` alone, once the assignment that is there is deleted (unsafe)
    main.bicep
    +   scope: safe
    Assign the role on `safe` alone, once the assignment that is there is deleted (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]",  "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, {
    +     "type": "Microsoft.Authorization/roleAssignments",
    +     "apiVersion": "2022-04-01",
    +     "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]",
    +     "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    +     ],
    +     "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }
    +   }
    "#);
}

#[test]
fn what_waits_for_it_by_its_id_waits_for_the_new_one() {
    let text = arm(r#""resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "location": "westeurope",
      "identity": { "type": "SystemAssigned" }
    },
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "safe",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } }
    },
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "name": "[guid(resourceGroup().id, resourceId('Microsoft.ApiManagement/service', 'gateway'))]",
      "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'gateway')]" ],
      "properties": {
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
        "principalType": "ServicePrincipal"
      }
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "gateway/nv",
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
        "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
        "[resourceId('Microsoft.Authorization/roleAssignments', guid(resourceGroup().id, resourceId('Microsoft.ApiManagement/service', 'gateway')))]"
      ],
      "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } }
    }
  ]"#);
    insta::assert_snapshot!(repaired_in(RULE, Language::Json, &text), @r#"
    Assign the role on `safe` alone (unsafe)
    main.json
    -       "name": "[guid(resourceGroup().id, resourceId('Microsoft.ApiManagement/service', 'gateway'))]",
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'gateway')]" ],
    +       "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +       "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'))]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
    +         "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    +       ],
    -         "[resourceId('Microsoft.Authorization/roleAssignments', guid(resourceGroup().id, resourceId('Microsoft.ApiManagement/service', 'gateway')))]"
    +         "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway')))]"
    "#);
}
