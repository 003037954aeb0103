// The grant is for another identity than the one that reads.
param location string?
param readers string[] = []

resource stranger 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'stranger'
  location: location ?? resourceGroup().location
}

module service 'modules/service.bicep' = {
  name: 'service'
  params: {
    name: 'contoso-apim'
    location: location
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'contoso-vault'
  }
}

module grant 'modules/grant.bicep' = {
  name: 'grant'
  params: {
    vaultName: last(split(vault.outputs.id, '/'))
    principalId: stranger.properties.principalId
  }
}

module read 'modules/read.bicep' = {
  name: 'read'
  params: {
    serviceName: service.outputs.name
    vaultUri: vault.outputs.uri
    secret: 'orders-key'
  }
  dependsOn: [
    grant
  ]
}

output readers int = length(readers)
