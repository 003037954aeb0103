//! `vault-permission-model`: grants that a vault does not heed.

use crate::granted::{
    GROUP, NAME, Pair, READ, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, and, assignment, pair,
    role, vaulted, within,
};
use crate::repaired::repaired_in;
use crate::twins::{Case, judge};
use syntax::Language;

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

/// The fixes in both languages.
fn fixes(case: &Case) -> String {
    let rule = "vault-permission-model";
    repaired_in(rule, Language::Bicep, &case.bicep) + &repaired_in(rule, Language::Json, &case.arm)
}

/// A deployment of a vault that says this, a grant, and a named value that waits for that.
fn waiting(vault: Pair<'_>, grant: Pair<'_>, (symbol, id): Pair<'_>) -> Case {
    let reader = (
        format!(
            "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: '${{safe.properties.vaultUri}}secrets/nv' }} }}
  dependsOn: [
    {symbol}
  ]
}}
"
        ),
        format!(
            r#"
  {{
    "type": "Microsoft.ApiManagement/service/namedValues",
    "apiVersion": "2024-05-01",
    "name": "gateway/nv",
    "dependsOn": [
      "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
      "[{id}]"
    ],
    "properties": {{
      "displayName": "nv",
      "secret": true,
      "keyVault": {{ "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" }}
    }}
  }}"#
        ),
    );
    vaulted("", "", ("", ""), vault, pair(&and(grant, pair(&reader))))
}

const GRANT_ID: &str = "extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role'))";
const POLICY_ID: &str = "resourceId('Microsoft.KeyVault/vaults/accessPolicies', 'safe', 'add')";

#[test]
fn a_role_becomes_a_policy_or_the_vault_goes_by_roles() {
    let on_vault = grant(SAFE, SECRETS_USER, SYSTEM);
    let case = waiting(
        (
            "enableRbacAuthorization: false",
            "\"enableRbacAuthorization\": false",
        ),
        pair(&on_vault),
        ("grant", GRANT_ID),
    );
    insta::assert_snapshot!(fixes(&case), @r#"
    Let `safe` go by roles instead of access policies (unsafe)
    main.bicep
    -   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: false }
    +   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }
    Give the identity an access policy of `safe` instead of the role (unsafe)
    main.bicep
    - resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    -   name: guid(safe.id, apim.id, reader.id, 'role')
    -   scope: safe
    -   properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: safe
    +   name: 'add'
    +   properties: {
    +     accessPolicies: [
    +       {
    +         tenantId: apim.identity.tenantId
    +         objectId: apim.identity.principalId
    +         permissions: {
    +           secrets: [
    +             'get'
    +             'list'
    +           ]
    +         }
    +       }
    +     ]
    +   }
    -     grant
    +     apimKeyVaultAccess
    Let `safe` go by roles instead of access policies (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } },
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } },
    Give the identity an access policy of `safe` instead of the role (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } },
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false } }, {
    +     "type": "Microsoft.KeyVault/vaults/accessPolicies",
    +     "apiVersion": "2026-02-01",
    +     "name": "safe/add",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +       "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +     ],
    +     "properties": {
    +       "accessPolicies": [
    +         {
    +           "tenantId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.tenantId]",
    +           "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
    +           "permissions": {
    +             "secrets": [
    +               "get",
    +               "list"
    +             ]
    +           }
    +         }
    +       ]
    +     }
    +   },
    -       "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role'))]"
    +       "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', 'safe', 'add')]"
    "#);
}

#[test]
fn a_vault_with_policies_of_others_goes_on_by_them() {
    let on_vault = grant(SAFE, SECRETS_USER, SYSTEM);
    let case = waiting(
        (
            "enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: stranger.properties.principalId, permissions: { secrets: [ 'get' ] } } ]",
            r#""enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'stranger'), '2023-01-31').principalId]", "permissions": { "secrets": [ "get" ] } } ]"#,
        ),
        pair(&on_vault),
        ("grant", GRANT_ID),
    );
    insta::assert_snapshot!(fixes(&case), @r#"
    Give the identity an access policy of `safe` instead of the role (unsafe)
    main.bicep
    -   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: stranger.properties.principalId, permissions: { secrets: [ 'get' ] } } ] }
    - }
    - resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    -   name: guid(safe.id, apim.id, reader.id, 'role')
    -   scope: safe
    -   properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }
    +   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: false, accessPolicies: [
    +     { tenantId: tenant().tenantId, objectId: stranger.properties.principalId, permissions: { secrets: [ 'get' ] } }
    +     {
    +       tenantId: apim.identity.tenantId
    +       objectId: apim.identity.principalId
    +       permissions: {
    +         secrets: [
    +           'get'
    +           'list'
    +         ]
    +       }
    +     }
    +   ] }
    -   dependsOn: [
    -     grant
    -   ]
    Give the identity an access policy of `safe` instead of the role (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'stranger'), '2023-01-31').principalId]", "permissions": { "secrets": [ "get" ] } } ] } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } },
    +     "type": "Microsoft.KeyVault/vaults",
    +     "apiVersion": "2026-02-01",
    +     "name": "safe",
    +     "location": "westeurope",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +     ],
    +     "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false, "accessPolicies": [
    +     { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'stranger'), '2023-01-31').principalId]", "permissions": { "secrets": [ "get" ] } },
    +     {
    +       "tenantId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.tenantId]",
    +       "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
    +       "permissions": {
    +         "secrets": [
    +           "get",
    +           "list"
    +         ]
    +       }
    +     }
    +   ] }
    +   }, {
    -       "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role'))]"
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]"
    "#);
}

#[test]
fn a_policy_becomes_a_role() {
    let case = waiting(("", ""), POLICY, ("access", POLICY_ID));
    insta::assert_snapshot!(fixes(&case), @r#"
    Give the identity a role on `safe` instead of the access policy (unsafe)
    main.bicep
    - resource access 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    -   parent: safe
    -   name: 'add'
    -   properties: { accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: safe
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    -     access
    +     apimKeyVaultSecretsUser
    Give the identity a role on `safe` instead of the access policy (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } } }, { "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "safe/add", "properties": { "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ] } },
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } } }, {
    +     "type": "Microsoft.Authorization/roleAssignments",
    +     "apiVersion": "2022-04-01",
    +     "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +     "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '4633458b-17de-408a-b874-0445c86b69e6')]",
    +     "dependsOn": [
    +       "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
    +       "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +     ],
    +     "properties": {
    +       "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
    +       "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
    +       "principalType": "ServicePrincipal"
    +     }
    +   },
    -       "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', 'safe', 'add')]"
    +       "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '4633458b-17de-408a-b874-0445c86b69e6'))]"
    "#);
    let inline = vaulted(
        "",
        "",
        ("", ""),
        (
            "enableRbacAuthorization: true, accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ]",
            r#""enableRbacAuthorization": true, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ]"#,
        ),
        READ,
    );
    insta::assert_snapshot!(fixes(&inline), @r#"
    Give the identity a role on `safe` instead of the access policy (unsafe)
    main.bicep
    -   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true, accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }
    +   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true, accessPolicies: [] }
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: safe
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    Let `safe` go by access policies instead of roles (unsafe)
    main.bicep
    -   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true, accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }
    +   properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }
    Give the identity a role on `safe` instead of the access policy (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ] } }, { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]" } } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true, "accessPolicies": [] } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '4633458b-17de-408a-b874-0445c86b69e6')]", "dependsOn": ["[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"], "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }, {
    +     "type": "Microsoft.ApiManagement/service/namedValues",
    +     "apiVersion": "2024-05-01",
    +     "name": "gateway/nv",
    +     "dependsOn": [
    +       "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '4633458b-17de-408a-b874-0445c86b69e6'))]"
    +     ],
    +     "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]" } }
    +   }
    Let `safe` go by access policies instead of roles (unsafe)
    main.json
    -   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ] } }, { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]" } } }
    +   { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "permissions": { "secrets": [ "get" ] } } ] } }, { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]" } } }
    "#);
}
