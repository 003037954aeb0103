// A key vault with its secrets, its endpoints, and who may do what with them.

param name string
param location string = resourceGroup().location
param accessPolicies array?
param secrets array?
param keys array?
param enableVaultForDeployment bool = true
param enableVaultForTemplateDeployment bool = true
param enableVaultForDiskEncryption bool = true
param enableSoftDelete bool = true
param softDeleteRetentionInDays int = 90
param enableRbacAuthorization bool = true
@allowed(['default', 'recover'])
param createMode string = 'default'
param enablePurgeProtection bool = true
@allowed(['premium', 'standard'])
param sku string = 'premium'
param networkAcls object?
@allowed(['', 'Enabled', 'Disabled'])
param publicNetworkAccess string = ''
param lock object?
param roleAssignments array?
param privateEndpoints array?
param tags object?
param diagnosticSettings array?
param enableTelemetry bool = true

// Every name that one of the versions knows.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Key Vault Administrator': '00482a5a-887f-4fb3-b363-3b7fe8e74483'
  'Key Vault Certificate User': 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba'
  'Key Vault Certificates Officer': 'a4417e6f-fecd-4de8-b567-7b0420556985'
  'Key Vault Contributor': 'f25e0fa2-a7c8-4377-a976-54943a77a395'
  'Key Vault Crypto Officer': '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'
  'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
  'Key Vault Crypto User': '12338af0-0e69-4776-bea7-57ae8d297424'
  'Key Vault Reader': '21090545-7ca7-4776-b22c-e363652d74d2'
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'Role Based Access Control Administrator (Preview)': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

func definition(idOrName string, id string?) string =>
  contains(idOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
    ? idOrName
    : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id ?? idOrName)

// Each with the number of what it is for.
var onSecrets = flatten(map(
  secrets ?? [],
  (secret, index) => map(secret.?roleAssignments ?? [], assignment => { ...assignment, index: index })
))
var onKeys = flatten(map(
  keys ?? [],
  (key, index) => map(key.?roleAssignments ?? [], assignment => { ...assignment, index: index })
))

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: sku }
    createMode: createMode
    enabledForDeployment: enableVaultForDeployment
    enabledForTemplateDeployment: enableVaultForTemplateDeployment
    enabledForDiskEncryption: enableVaultForDiskEncryption
    enableRbacAuthorization: enableRbacAuthorization
    // The module adds the same policies once more as a child.
    accessPolicies: [
      for policy in (accessPolicies ?? []): {
        objectId: policy.objectId
        applicationId: policy.?applicationId ?? ''
        tenantId: policy.?tenantId ?? tenant().tenantId
        permissions: policy.permissions
      }
    ]
    networkAcls: empty(networkAcls)
      ? null
      : {
          bypass: networkAcls.?bypass
          defaultAction: networkAcls.?defaultAction
          ipRules: networkAcls.?ipRules ?? []
          virtualNetworkRules: networkAcls.?virtualNetworkRules ?? []
        }
    publicNetworkAccess: !empty(publicNetworkAccess)
      ? publicNetworkAccess
      : !empty(privateEndpoints) && empty(networkAcls) ? 'Disabled' : null
  }
}

// Without their attributes, which some versions drop; nothing looks at them.
resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for item in (secrets ?? []): {
    parent: vault
    name: item.name
    properties: { value: item.value, contentType: item.?contentType }
  }
]

resource key 'Microsoft.KeyVault/vaults/keys@2024-11-01' = [
  for item in (keys ?? []): {
    parent: vault
    name: item.name
    properties: { kty: item.?kty ?? 'EC' }
  }
]

// The resource group that they are in depends on the version.
resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for item in (privateEndpoints ?? []): {
    properties: {
      subnet: { id: item.subnetResourceId }
      privateLinkServiceConnections: [
        { properties: { privateLinkServiceId: vault.id, groupIds: [item.?service ?? 'vault'] } }
      ]
    }
  }
]

resource vaultRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in (roleAssignments ?? []): {
    scope: vault
    name: item.?name ?? guid(vault.id, item.principalId, item.roleDefinitionIdOrName)
    properties: {
      principalId: item.principalId
      principalType: item.?principalType
      roleDefinitionId: definition(item.roleDefinitionIdOrName, roles[?item.roleDefinitionIdOrName])
      condition: item.?condition
    }
  }
]

resource secretRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in onSecrets: {
    scope: secret[item.index]
    name: item.?name ?? guid(secret[item.index].id, item.principalId, item.roleDefinitionIdOrName)
    properties: {
      principalId: item.principalId
      principalType: item.?principalType
      roleDefinitionId: definition(item.roleDefinitionIdOrName, roles[?item.roleDefinitionIdOrName])
      condition: item.?condition
    }
  }
]

resource keyRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in onKeys: {
    scope: key[item.index]
    name: item.?name ?? guid(key[item.index].id, item.principalId, item.roleDefinitionIdOrName)
    properties: {
      principalId: item.principalId
      principalType: item.?principalType
      roleDefinitionId: definition(item.roleDefinitionIdOrName, roles[?item.roleDefinitionIdOrName])
      condition: item.?condition
    }
  }
]

output resourceId string = vault.id
output resourceGroupName string = resourceGroup().name
output name string = vault.name
output uri string = vault.properties.vaultUri
output location string = vault.location
output privateEndpoints array = [
  for (item, index) in (privateEndpoints ?? []): {
    name: endpoint[index].name
    resourceId: endpoint[index].id
    groupId: item.?service ?? 'vault'
    customDnsConfigs: endpoint[index].properties.customDnsConfigs
    networkInterfaceResourceIds: map(endpoint[index].properties.networkInterfaces, nic => nic.id)
  }
]
output secrets array = [
  for (item, index) in (secrets ?? []): {
    resourceId: secret[index].id
    uri: secret[index].properties.secretUri
    uriWithVersion: secret[index].properties.secretUriWithVersion
  }
]
output keys array = [
  for (item, index) in (keys ?? []): {
    resourceId: key[index].id
    uri: key[index].properties.keyUri
    uriWithVersion: key[index].properties.keyUriWithVersion
  }
]
