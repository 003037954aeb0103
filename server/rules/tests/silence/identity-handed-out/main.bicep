// Whoever deploys a file that hands out the principal id may grant it access.
param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string

module apim 'service.bicep' = {
  name: 'apim'
  params: {
    location: location
    apimName: apimName
    vaultName: vaultName
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

module access 'br:contoso.azurecr.io/platform/vault-access:1.4.0' = {
  name: 'access'
  params: {
    principalId: apim.outputs.principalId
  }
}
