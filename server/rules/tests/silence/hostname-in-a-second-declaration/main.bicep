// A service that is declared once more, after the grant, may have its hostnames then.
param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string
param hostName string

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
    enablePurgeProtection: true
  }
}

module service 'service.bicep' = {
  name: 'service'
  params: {
    location: location
    apimName: apimName
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, apimName, '4633458b-17de-408a-b874-0445c86b69e6')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: service.outputs.principalId
    principalType: 'ServicePrincipal'
  }
}

module hostnames 'hostnames.bicep' = {
  name: 'hostnames'
  params: {
    location: location
    apimName: apimName
    vaultName: vaultName
    publisherEmail: publisherEmail
    publisherName: publisherName
    hostName: hostName
  }
  dependsOn: [
    grant
  ]
}
