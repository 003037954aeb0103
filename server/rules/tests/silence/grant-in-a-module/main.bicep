// A grant in a module, or in a linked template, is a grant.
param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
  }
}

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

module grant 'grant.bicep' = {
  name: 'vault-grant'
  params: {
    vaultName: vault.name
    principalId: apim.identity.principalId
  }
}

resource apiKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'api-key'
  properties: {
    displayName: 'api-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/api-key'
    }
  }
  dependsOn: [
    grant
  ]
}
