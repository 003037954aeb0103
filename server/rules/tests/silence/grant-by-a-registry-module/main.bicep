// A grant through the `roleAssignments` of a module from a registry is a grant.
param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
    name: vaultName
    location: location
    enablePurgeProtection: true
    roleAssignments: [
      {
        principalId: apim.identity.principalId
        roleDefinitionIdOrName: 'Key Vault Secrets User'
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

resource apiKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'api-key'
  properties: {
    displayName: 'api-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.outputs.uri}secrets/api-key'
    }
  }
}
