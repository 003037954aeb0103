//! The grants that `vault-access-missing` inserts, wherever the vault and the identity are.

use super::{arm, check_of};
use crate::repaired::repaired;

const RULE: &str = "vault-access-missing";

const SERVICE: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  identity: { type: 'SystemAssigned' }
}
";

fn named_value(url: &str) -> String {
    format!(
        "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{
    displayName: 'nv'
    secret: true
    keyVault: {{ secretIdentifier: {url} }}
  }}
}}
"
    )
}

#[test]
fn a_vault_that_only_its_url_names() {
    let text = format!(
        "param apimName string
param location string
param vaultName string

{SERVICE}
{}",
        named_value("'https://${vaultName}${environment().suffixes.keyvaultDns}/secrets/nv'")
    );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &text)]), @"
    Let the identity read `vaultName` of this resource group: assign the role Key Vault Secrets User (unsafe)
    main.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    Let the identity read `vaultName` of this resource group: add an access policy (unsafe)
    main.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: keyVault
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
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    ");
    let text = text.replace(
        "${vaultName}${environment().suffixes.keyvaultDns}",
        "kv-1.vault.azure.net",
    );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &text)]), @"
    Let the identity read `kv-1` of this resource group: assign the role Key Vault Secrets User (unsafe)
    main.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: 'kv-1'
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    Let the identity read `kv-1` of this resource group: add an access policy (unsafe)
    main.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: 'kv-1'
    + }
    + 
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: keyVault
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
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    ");
}

#[test]
fn a_vault_of_another_resource_group() {
    let text = format!(
        "param apimName string
param location string
param vaultGroup string

{SERVICE}
resource kv 'Microsoft.KeyVault/vaults@2024-11-01' existing = {{
  name: 'kv-1'
  scope: resourceGroup(vaultGroup)
}}

{}",
        named_value("'${kv.properties.vaultUri}secrets/nv'")
    );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &text)]), @"
    Let the identity read `kv` of another resource group: assign the role Key Vault Secrets User in a new module (unsafe)
    main.bicep
    + module apimKeyVaultSecretsUser 'apimKeyVaultSecretsUser.bicep' = {
    +   name: 'apimKeyVaultSecretsUser'
    +   scope: resourceGroup(vaultGroup)
    +   params: {
    +     keyVaultName: kv.name
    +     principalId: apim.identity.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    apimKeyVaultSecretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, principalId, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    Let the identity read `kv` of another resource group: add an access policy in a new module (unsafe)
    main.bicep
    + module apimKeyVaultAccess 'apimKeyVaultAccess.bicep' = {
    +   name: 'apimKeyVaultAccess'
    +   scope: resourceGroup(vaultGroup)
    +   params: {
    +     keyVaultName: kv.name
    +     principalId: apim.identity.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    apimKeyVaultAccess.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: keyVault
    +   name: 'add'
    +   properties: {
    +     accessPolicies: [
    +       {
    +         tenantId: subscription().tenantId
    +         objectId: principalId
    +         permissions: {
    +           secrets: [
    +             'get'
    +             'list'
    +           ]
    +         }
    +       }
    +     ]
    +   }
    + }
    ");
    let text = text
        .replace(
            "resourceGroup(vaultGroup)",
            "resourceGroup('00000000-0000-0000-0000-000000000001', 'vaults')",
        )
        .replace("param vaultGroup string\n", "")
        .replace(
            "service@2024-05-01' = {",
            "service@2024-05-01' = if (!empty(apimName)) {",
        );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &text)]), @"
    Let the identity read `kv` of another resource group: assign the role Key Vault Secrets User in a new module (unsafe)
    main.bicep
    + module apimKeyVaultSecretsUser 'apimKeyVaultSecretsUser.bicep' = if (!empty(apimName)) {
    +   name: 'apimKeyVaultSecretsUser'
    +   scope: resourceGroup('00000000-0000-0000-0000-000000000001', 'vaults')
    +   params: {
    +     keyVaultName: kv.name
    +     principalId: apim!.identity.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    apimKeyVaultSecretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, principalId, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    Let the identity read `kv` of another resource group: add an access policy in a new module (unsafe)
    main.bicep
    + module apimKeyVaultAccess 'apimKeyVaultAccess.bicep' = if (!empty(apimName)) {
    +   name: 'apimKeyVaultAccess'
    +   scope: resourceGroup('00000000-0000-0000-0000-000000000001', 'vaults')
    +   params: {
    +     keyVaultName: kv.name
    +     principalId: apim!.identity.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    apimKeyVaultAccess.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: keyVault
    +   name: 'add'
    +   properties: {
    +     accessPolicies: [
    +       {
    +         tenantId: subscription().tenantId
    +         objectId: principalId
    +         permissions: {
    +           secrets: [
    +             'get'
    +             'list'
    +           ]
    +         }
    +       }
    +     ]
    +   }
    + }
    ");
}

/// The service and what it reads in a module, which is told the name of the vault.
#[test]
fn a_service_in_a_module_with_what_it_reads() {
    let service = format!(
        "param apimName string
param location string
param vaultName string

{SERVICE}
{}",
        named_value("'https://${vaultName}.vault.azure.net/secrets/nv'")
    );
    let main = "param location string

resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'kv-1'
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

module api 'apim.bicep' = {
  name: 'api'
  params: { apimName: 'apim-1', location: location, vaultName: kv.name }
}
";
    let files = [("main.bicep", main), ("apim.bicep", &service)];
    insta::assert_snapshot!(repaired(RULE, &files), @"
    Let the identity read `kv` of this resource group: assign the role Key Vault Secrets User (unsafe)
    apim.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    ");
}

/// A service in one module, a vault in another, and what is read in the template that deploys both.
#[test]
fn a_service_and_a_vault_in_modules() {
    let service = format!("param apimName string\nparam location string\n\n{SERVICE}");
    let vault = "param name string
param location string

resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

output uri string = kv.properties.vaultUri
";
    let main = format!(
        "param location string
param vaultName string

module service 'apim.bicep' = {{
  params: {{ apimName: 'apim-1', location: location }}
}}

module vault 'vault.bicep' = {{
  params: {{ name: vaultName, location: location }}
}}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{
  name: 'apim-1'
  dependsOn: [ service ]
}}

{}",
        named_value("'${vault.outputs.uri}secrets/nv'")
    );
    let files = [
        ("main.bicep", main.as_str()),
        ("apim.bicep", &service),
        ("vault.bicep", vault),
    ];
    check_of(
        &[RULE],
        &files,
        &["error vault-access-missing @ main.bicep: secretIdentifier"],
    );
    insta::assert_snapshot!(repaired(RULE, &files), @"
    Let the identity read `kv` of this resource group: assign the role Key Vault Secrets User in a new module (unsafe)
    apim.bicep
    + 
    + output principalId string = apim.identity.principalId
    main.bicep
    + module apimKeyVaultSecretsUser 'apimKeyVaultSecretsUser.bicep' = {
    +   params: {
    +     keyVaultName: vaultName
    +     principalId: service.outputs.principalId
    +   }
    +   dependsOn: [
    +     vault
    +   ]
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    apimKeyVaultSecretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
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

/// Who reads in a module waits at the module.
#[test]
fn what_is_read_in_a_module() {
    let values = "param apimName string
param uri string

resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  name: '${apimName}/nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${uri}secrets/nv' } }
}
";
    let main = format!(
        "param apimName string
param location string

{SERVICE}
resource kv 'Microsoft.KeyVault/vaults@2024-11-01' existing = {{
  name: 'kv-1'
}}

module values 'values.bicep' = {{
  params: {{ apimName: apim.name, uri: kv.properties.vaultUri }}
}}
"
    );
    let files = [("main.bicep", main.as_str()), ("values.bicep", values)];
    insta::assert_snapshot!(repaired(RULE, &files), @"
    Let the identity read `kv`: assign the role Key Vault Secrets User (unsafe)
    main.bicep
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(kv.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: kv
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    Let the identity read `kv`: add an access policy (unsafe)
    main.bicep
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2024-11-01' = {
    +   parent: kv
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
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    ");
}

#[test]
fn a_user_assigned_identity_of_a_module() {
    let identity = "param name string
param location string

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

output id string = reader.id
output clientId string = reader.properties.clientId
";
    let main = format!(
        "param location string
param apimName string

module reader 'identity.bicep' = {{
  params: {{ name: 'reader', location: location }}
}}

resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'kv-1'
  location: location
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }} }}
}}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: apimName
  location: location
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.outputs.id}}': {{}} }} }}
}}

{}",
        named_value(
            "'${kv.properties.vaultUri}secrets/nv', identityClientId: reader.outputs.clientId"
        )
    );
    let files = [("main.bicep", main.as_str()), ("identity.bicep", identity)];
    check_of(
        &[RULE],
        &files,
        &["error vault-access-missing @ main.bicep: secretIdentifier"],
    );
    insta::assert_snapshot!(repaired(RULE, &files), @"
    Let the identity read `kv`: assign the role Key Vault Secrets User in a new module (unsafe)
    identity.bicep
    + output principalId string = reader.properties.principalId
    main.bicep
    + module readerKeyVaultSecretsUser 'readerKeyVaultSecretsUser.bicep' = {
    +   params: {
    +     keyVaultName: kv.name
    +     principalId: reader.outputs.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     readerKeyVaultSecretsUser
    +   ]
    readerKeyVaultSecretsUser.bicep
    + @description('The name of the key vault.')
    + param keyVaultName string
    + 
    + @description('The principal id of the identity that reads its secrets.')
    + param principalId string
    + 
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: keyVaultName
    + }
    + 
    + resource readerKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
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

const ARM_SERVICE: &str = r#"{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "apim-1",
      "location": "westeurope",
      "identity": { "type": "SystemAssigned" }
    }"#;

fn arm_named_value(url: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "apim-1/nv",
      "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
      "properties": {{
        "displayName": "nv",
        "secret": true,
        "keyVault": {{ "secretIdentifier": "{url}" }}
      }}
    }}"#
    )
}

#[test]
fn arm_json_without_a_declared_vault() {
    let url = "[concat('https://', parameters('vault'), '.vault.azure.net/secrets/nv')]";
    let text = arm(&format!(
        r#""parameters": {{ "vault": {{ "type": "string" }} }},
  "resources": [
    {ARM_SERVICE},
    {}
  ]"#,
        arm_named_value(url)
    ));
    insta::assert_snapshot!(repaired(RULE, &[("main.json", &text)]), @r#"
    Let the identity read `vault` of this resource group: assign the role Key Vault Secrets User (unsafe)
    main.json
    +       "type": "Microsoft.Authorization/roleAssignments",
    +       "apiVersion": "2022-04-01",
    +       "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('vault'))]",
    +       "name": "[guid(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), resourceId('Microsoft.ApiManagement/service', 'apim-1'), '4633458b-17de-408a-b874-0445c86b69e6')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
    +         "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]",
    +         "principalType": "ServicePrincipal"
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), resourceId('Microsoft.ApiManagement/service', 'apim-1'), '4633458b-17de-408a-b874-0445c86b69e6'))]"
    +       ],
    Let the identity read `vault` of this resource group: add an access policy (unsafe)
    main.json
    +       "type": "Microsoft.KeyVault/vaults/accessPolicies",
    +       "apiVersion": "2026-02-01",
    +       "name": "[format('{0}/{1}', parameters('vault'), 'add')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "accessPolicies": [
    +           {
    +             "tenantId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.tenantId]",
    +             "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]",
    +             "permissions": {
    +               "secrets": [
    +                 "get",
    +                 "list"
    +               ]
    +             }
    +           }
    +         ]
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', parameters('vault'), 'add')]"
    +       ],
    "#);
    let url = "[concat(reference(resourceId('vaults', 'Microsoft.KeyVault/vaults', 'kv-1'), '2023-07-01').vaultUri, 'secrets/nv')]";
    let text = arm(&format!(
        r#""resources": [
    {ARM_SERVICE},
    {}
  ]"#,
        arm_named_value(url)
    ));
    insta::assert_snapshot!(repaired(RULE, &[("main.json", &text)]), @r#"
    Let the identity read `kv-1` of another resource group: assign the role Key Vault Secrets User in a new module (unsafe)
    main.json
    +       "type": "Microsoft.Resources/deployments",
    +       "apiVersion": "2022-09-01",
    +       "name": "apimKeyVaultSecretsUser",
    +       "resourceGroup": "vaults",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "expressionEvaluationOptions": {
    +           "scope": "inner"
    +         },
    +         "mode": "Incremental",
    +         "parameters": {
    +           "keyVaultName": {
    +             "value": "kv-1"
    +           },
    +           "principalId": {
    +             "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]"
    +           }
    +         },
    +         "template": {
    +           "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    +           "contentVersion": "1.0.0.0",
    +           "parameters": {
    +             "keyVaultName": {
    +               "type": "string",
    +               "metadata": {
    +                 "description": "The name of the key vault."
    +               }
    +             },
    +             "principalId": {
    +               "type": "string",
    +               "metadata": {
    +                 "description": "The principal id of the identity that reads its secrets."
    +               }
    +             }
    +           },
    +           "resources": [
    +             {
    +               "type": "Microsoft.Authorization/roleAssignments",
    +               "apiVersion": "2022-04-01",
    +               "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('keyVaultName'))]",
    +               "name": "[guid(resourceId('Microsoft.KeyVault/vaults', parameters('keyVaultName')), parameters('principalId'), '4633458b-17de-408a-b874-0445c86b69e6')]",
    +               "properties": {
    +                 "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
    +                 "principalId": "[parameters('principalId')]",
    +                 "principalType": "ServicePrincipal"
    +               }
    +             }
    +           ]
    +         }
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[resourceId('vaults', 'Microsoft.Resources/deployments', 'apimKeyVaultSecretsUser')]"
    +       ],
    Let the identity read `kv-1` of another resource group: add an access policy in a new module (unsafe)
    main.json
    +       "type": "Microsoft.Resources/deployments",
    +       "apiVersion": "2022-09-01",
    +       "name": "apimKeyVaultAccess",
    +       "resourceGroup": "vaults",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "expressionEvaluationOptions": {
    +           "scope": "inner"
    +         },
    +         "mode": "Incremental",
    +         "parameters": {
    +           "keyVaultName": {
    +             "value": "kv-1"
    +           },
    +           "principalId": {
    +             "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]"
    +           }
    +         },
    +         "template": {
    +           "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    +           "contentVersion": "1.0.0.0",
    +           "parameters": {
    +             "keyVaultName": {
    +               "type": "string",
    +               "metadata": {
    +                 "description": "The name of the key vault."
    +               }
    +             },
    +             "principalId": {
    +               "type": "string",
    +               "metadata": {
    +                 "description": "The principal id of the identity that reads its secrets."
    +               }
    +             }
    +           },
    +           "resources": [
    +             {
    +               "type": "Microsoft.KeyVault/vaults/accessPolicies",
    +               "apiVersion": "2026-02-01",
    +               "name": "[format('{0}/{1}', parameters('keyVaultName'), 'add')]",
    +               "properties": {
    +                 "accessPolicies": [
    +                   {
    +                     "tenantId": "[subscription().tenantId]",
    +                     "objectId": "[parameters('principalId')]",
    +                     "permissions": {
    +                       "secrets": [
    +                         "get",
    +                         "list"
    +                       ]
    +                     }
    +                   }
    +                 ]
    +               }
    +             }
    +           ]
    +         }
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[resourceId('vaults', 'Microsoft.Resources/deployments', 'apimKeyVaultAccess')]"
    +       ],
    "#);
}

/// A nested deployment with names of its own.
#[test]
fn a_nested_deployment() {
    let url = "[concat('https://', parameters('vault'), '.vault.azure.net/secrets/nv')]";
    let nested = arm(&format!(
        r#""parameters": {{ "vault": {{ "type": "string" }} }},
  "resources": [
    {ARM_SERVICE},
    {}
  ]"#,
        arm_named_value(url)
    ));
    let text = arm(&format!(
        r#""resources": [
    {{
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "apim",
      "properties": {{
        "mode": "Incremental",
        "expressionEvaluationOptions": {{ "scope": "inner" }},
        "parameters": {{ "vault": {{ "value": "kv-1" }} }},
        "template": {nested}
      }}
    }}
  ]"#
    ));
    insta::assert_snapshot!(repaired(RULE, &[("main.json", &text)]), @r#"
    Let the identity read `kv-1` of this resource group: assign the role Key Vault Secrets User (unsafe)
    main.json
    +       "type": "Microsoft.Authorization/roleAssignments",
    +       "apiVersion": "2022-04-01",
    +       "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('vault'))]",
    +       "name": "[guid(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), resourceId('Microsoft.ApiManagement/service', 'apim-1'), '4633458b-17de-408a-b874-0445c86b69e6')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
    +         "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]",
    +         "principalType": "ServicePrincipal"
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', parameters('vault')), resourceId('Microsoft.ApiManagement/service', 'apim-1'), '4633458b-17de-408a-b874-0445c86b69e6'))]"
    +       ],
    Let the identity read `kv-1` of this resource group: add an access policy (unsafe)
    main.json
    +       "type": "Microsoft.KeyVault/vaults/accessPolicies",
    +       "apiVersion": "2026-02-01",
    +       "name": "[format('{0}/{1}', parameters('vault'), 'add')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]"
    +       ],
    +       "properties": {
    +         "accessPolicies": [
    +           {
    +             "tenantId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.tenantId]",
    +             "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim-1'), '2024-05-01', 'Full').identity.principalId]",
    +             "permissions": {
    +               "secrets": [
    +                 "get",
    +                 "list"
    +               ]
    +             }
    +           }
    +         ]
    +       }
    +     },
    +     {
    -       "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]" ],
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ApiManagement/service', 'apim-1')]",
    +         "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', parameters('vault'), 'add')]"
    +       ],
    "#);
}

/// Each service of a loop of modules is granted access in its own module.
#[test]
fn services_of_a_module_in_a_loop() {
    let service = format!(
        "param apimName string
param location string
param vaultName string

{SERVICE}
{}",
        named_value("'https://${vaultName}.vault.azure.net/secrets/nv'")
    );
    let main = "module apis 'apim.bicep' = [for location in [ 'westeurope', 'northeurope' ]: {
  name: 'api-${location}'
  params: { apimName: 'apim-${location}', location: location, vaultName: 'kv-1' }
}]
";
    let files = [("main.bicep", main), ("apim.bicep", &service)];
    insta::assert_snapshot!(repaired(RULE, &files), @"
    Let the identity read `kv-1` of this resource group: assign the role Key Vault Secrets User (unsafe)
    apim.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    Let the identity read `kv-1` of this resource group: add an access policy (unsafe)
    apim.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
    +   parent: keyVault
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
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultAccess
    +   ]
    ");
}

/// A vault that lists its policies has no others.
#[test]
fn a_vault_that_lists_its_policies() {
    let text = |policies: &str| {
        format!(
            "param apimName string
param location string

{SERVICE}
resource kv 'Microsoft.KeyVault/vaults@2024-11-01' = {{
  name: 'kv-1'
  location: location
  properties: {{
    tenantId: tenant().tenantId
    sku: {{ family: 'A', name: 'standard' }}
    accessPolicies: {policies}
  }}
}}

{}",
            named_value("'${kv.properties.vaultUri}secrets/nv'")
        )
    };
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &text("[]"))]), @"
    Let the identity read `kv`: add an access policy (unsafe)
    main.bicep
    -     accessPolicies: []
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
    ");
    // The service waits for the vault, so that the vault cannot wait for the service's identity.
    let waiting = text("[]").replace(
        "  identity: { type: 'SystemAssigned' }",
        "  identity: { type: 'SystemAssigned' }\n  tags: { vault: kv.properties.vaultUri }",
    );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &waiting)]), @"no fix");
}

/// A vault of a module of a registry, which is told its name.
#[test]
fn a_vault_of_a_verified_module() {
    let main = format!(
        "param apimName string
param location string
param vaultName string

{SERVICE}
module vault 'br/public:avm/res/key-vault/vault:0.13.0' = {{
  name: 'vault'
  params: {{ name: vaultName, location: location }}
}}

{}",
        named_value("'${vault.outputs.uri}secrets/nv'")
    );
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", &main)]), @"
    Let the identity read `vault` of this resource group: assign the role Key Vault Secrets User (unsafe)
    main.bicep
    + resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
    +   name: vaultName
    + }
    + 
    + resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
    +   scope: keyVault
    +   dependsOn: [
    +     vault
    +   ]
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    ");
}

/// What a caller says of the vault is written into its module only where all callers say it.
#[test]
fn a_vault_that_callers_name() {
    let service = format!(
        "param apimName string
param location string
param vaultUri string

{SERVICE}
{}",
        named_value("'${vaultUri}secrets/nv'")
    );
    let call = |symbol: &str, subscription: &str, vault: &str| {
        format!(
            "module {symbol} 'apim.bicep' = {{
  name: '{symbol}'
  scope: resourceGroup({subscription}'rg-{symbol}')
  params: {{ apimName: '{symbol}', location: 'westeurope', vaultUri: {vault}.properties.vaultUri }}
}}
"
        )
    };
    let main = |calls: &[String]| {
        format!(
            "targetScope = 'subscription'
resource kv1 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'kv-1'
  scope: resourceGroup('vaults-1')
}}
resource kv2 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'kv-2'
  scope: resourceGroup('vaults-2')
}}
{}",
            calls.concat()
        )
    };
    let repaired = |mains: &[&str]| {
        let names = ["main.bicep", "other.bicep"];
        let mut files: Vec<_> = names.into_iter().zip(mains.iter().copied()).collect();
        files.push(("apim.bicep", &service));
        repaired(RULE, &files)
    };
    let first = call("one", "", "kv1");

    let same = main(&[first.clone(), call("two", "", "kv1")]);
    let report = repaired(&[&same]);
    let role = report.split("apimKeyVaultSecretsUser.bicep\n").next();
    insta::assert_snapshot!(role.unwrap_or_default(), @"
    Let the identity read `kv1` of another resource group: assign the role Key Vault Secrets User in a new module (unsafe)
    apim.bicep
    + module apimKeyVaultSecretsUser 'apimKeyVaultSecretsUser.bicep' = {
    +   name: 'apimKeyVaultSecretsUser-${uniqueString(apim.id)}'
    +   scope: resourceGroup('vaults-1')
    +   params: {
    +     keyVaultName: 'kv-1'
    +     principalId: apim.identity.principalId
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimKeyVaultSecretsUser
    +   ]
    ");

    let different = main(&[first.clone(), call("two", "", "kv2")]);
    insta::assert_snapshot!(repaired(&[&different]), @"
    no fix
    no fix
    ");

    // The subscription of the vault is that of the program, which the module cannot name.
    let elsewhere = call("one", "'00000000-0000-0000-0000-000000000001', ", "kv1");
    insta::assert_snapshot!(repaired(&[&main(&[elsewhere])]), @"no fix");

    // So with callers that do not know of each other.
    let [one, other] = [main(&[first]), main(&[call("one", "", "kv2")])];
    insta::assert_snapshot!(repaired(&[&one, &other]), @"
    no fix
    no fix
    ");
}

/// What a parameter file gives is true of one deployment.
#[test]
fn a_vault_that_a_parameter_file_names() {
    let repaired_with = |url: &str, parameters: &str| {
        let main = format!(
            "param apimName string
param location string
param vault string = 'contoso-test'

{SERVICE}
{}",
            named_value(url)
        );
        let parameters = format!("using 'main.bicep'\n{parameters}\n");
        repaired(
            RULE,
            &[("main.bicep", &main), ("prod.bicepparam", &parameters)],
        )
    };
    let prod = "param vault = 'contoso-prod'";
    let whole = "param vault = 'https://contoso-prod.vault.azure.net'";
    assert_eq!(repaired_with("'${vault}/secrets/nv'", whole), "no fix\n");
    let composed = "'https://kv-${vault}.vault.azure.net/secrets/nv'";
    assert_eq!(repaired_with(composed, prod), "no fix\n");
    assert_eq!(repaired_with(composed, ""), "no fix\n");
    // Where the template has a name for it, or says it itself, that is what is written.
    for (url, name) in [
        ("'https://${vault}.vault.azure.net/secrets/nv'", "vault"),
        ("'https://contoso.vault.azure.net/secrets/nv'", "'contoso'"),
    ] {
        let fixes = repaired_with(url, prod);
        assert!(fixes.contains(&format!("+   name: {name}\n")), "{fixes}");
    }
}

/// The same, where another module is told the name.
#[test]
fn a_vault_of_another_module_that_a_parameter_file_names() {
    let main = "param vaultName string
module vault 'vault.bicep' = {
  name: 'vault'
  params: { name: vaultName }
}
module service 'service.bicep' = {
  name: 'service'
  params: { apimName: 'apim', location: 'westeurope', vaultUri: vault.outputs.uri }
}
";
    let vault = "param name string
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: 'westeurope'
  properties: { enableRbacAuthorization: true, enablePurgeProtection: true }
}
output uri string = kv.properties.vaultUri
";
    let service = format!(
        "param apimName string
param location string
param vaultUri string

{SERVICE}
{}",
        named_value("'${vaultUri}secrets/nv'")
    );
    let parameters = "using 'main.bicep'\nparam vaultName = 'contoso-prod'\n";
    let files = [
        ("main.bicep", main),
        ("vault.bicep", vault),
        ("service.bicep", service.as_str()),
        ("main.prod.bicepparam", parameters),
    ];
    assert_eq!(repaired(RULE, &files), "no fix\n");
}
