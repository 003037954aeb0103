//! `role-scope-mismatch`: what the Bicep compiler refuses.

use crate::repaired::repaired_in;
use rules::check_document;
use syntax::{Document, Language};

fn found(text: &str) -> Vec<String> {
    let document = Document::new(Language::Bicep, text);
    assert!(!document.root().has_error(), "{text}");
    check_document(&document)
        .iter()
        .filter(|it| it.rule.0 == "role-scope-mismatch")
        .map(|it| {
            format!(
                "{} @ {}: {}",
                it.level.name(),
                document.slice(it.place.range),
                it.message
            )
        })
        .collect()
}

/// A file that assigns a role on `safe`, which is where `vault` says.
fn assigned(vault: &str, scope: &str, principal: &str) -> String {
    format!(
        "param group string
resource shared 'Microsoft.Resources/resourceGroups@2024-03-01' existing = {{
  name: 'shared'
  scope: subscription()
}}
var there = resourceGroup('shared')
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'safe'
  {vault}
  resource secret 'secrets' existing = {{
    name: 'secret'
  }}
}}
resource stranger 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {{
  name: 'stranger'
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{
  name: 'gateway'
}}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(safe.id, apim.id)
  scope: {scope}
  properties: {{ roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: {principal}, principalType: 'ServicePrincipal' }}
}}
"
    )
}

const SYSTEM: &str = "apim.identity.principalId";

#[test]
fn a_vault_of_another_group() {
    let elsewhere = [
        "scope: resourceGroup('shared')",
        "scope: resourceGroup(group)",
        "scope: resourceGroup(subscription().subscriptionId, 'shared')",
        "scope: resourceGroup('5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11', 'shared')",
        "scope: shared",
        "scope: there",
    ];
    for vault in elsewhere {
        for scope in ["safe", "safe::secret"] {
            let found = found(&assigned(vault, scope, SYSTEM));
            assert_eq!(found.len(), 1, "{vault} {scope}: {found:?}");
            assert!(
                found[0].starts_with(&format!("error @ {scope}: ")),
                "{found:?}"
            );
        }
    }
    let report = found(&assigned(elsewhere[0], "safe", SYSTEM)).join("\n");
    insta::assert_snapshot!(report, @r#"error @ safe: `grant` assigns a role to the system-assigned identity of `apim` on `safe`, which is in another resource group than this file is deployed to: that takes a module with that `scope`. Bicep refuses it: "BCP139: A resource's scope must match the scope of the Bicep file for it to be deployable. You must use modules to deploy resources to a different scope.""#);
}

#[test]
fn what_stays_silent() {
    let here = ["", "scope: resourceGroup()"];
    for vault in here {
        assert_eq!(found(&assigned(vault, "safe", SYSTEM)), [""; 0], "{vault}");
    }
    let elsewhere = "scope: resourceGroup('shared')";
    for (scope, principal) in [
        ("safe", "stranger.properties.principalId"),
        ("safe", "group"),
        ("apim", SYSTEM),
        ("resourceGroup()", SYSTEM),
    ] {
        assert_eq!(
            found(&assigned(elsewhere, scope, principal)),
            [""; 0],
            "{scope} {principal}"
        );
    }
}

#[test]
fn the_assignment_goes_to_a_module() {
    let text = |used: &str| {
        format!(
            "param group string

// Of the platform team.
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'safe'
  scope: resourceGroup(group)
}}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{
    type: 'SystemAssigned'
  }}
}}

@description('Reads secrets.')
resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
  scope: safe
  properties: {{
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }}
}}

resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{
    displayName: 'nv'
    secret: true
    keyVault: {{
      secretIdentifier: {used}
    }}
  }}
  dependsOn: [
    secretsUser
  ]
}}
"
        )
    };
    let alone = text("'https://safe.vault.azure.net/secrets/nv'");
    let used = text("'${safe.properties.vaultUri}secrets/nv'");
    let repaired =
        [alone, used].map(|text| repaired_in("role-scope-mismatch", Language::Bicep, &text));
    insta::assert_snapshot!(repaired.join("\n"), @"
    Assign the role in a module, where `safe` is (unsafe)
    main.bicep
    - // Of the platform team.
    - resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    -   name: 'safe'
    -   scope: resourceGroup(group)
    - }
    - 
    - resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    -   name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    -   scope: safe
    -   properties: {
    -     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    + module secretsUser 'secretsUser.bicep' = {
    +   name: 'secretsUser'
    +   scope: resourceGroup(group)
    +   params: {
    +     keyVaultName: 'safe'
    -     principalType: 'ServicePrincipal'
    secretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that gets the role.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, principalId, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }

    Assign the role in a module, where `safe` is (unsafe)
    main.bicep
    - resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    -   name: guid(safe.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    -   scope: safe
    -   properties: {
    -     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    + module secretsUser 'secretsUser.bicep' = {
    +   name: 'secretsUser'
    +   scope: resourceGroup(group)
    +   params: {
    +     keyVaultName: safe.name
    -     principalType: 'ServicePrincipal'
    secretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that gets the role.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, principalId, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    ");
}
