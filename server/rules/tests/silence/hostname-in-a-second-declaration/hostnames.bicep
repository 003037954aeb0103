param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string
param hostName string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
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
    hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: hostName
        keyVaultId: '${vault.properties.vaultUri}secrets/gateway'
        defaultSslBinding: true
      }
    ]
  }
}
