// Service, vault, grant and read in modules, the vault in another resource group.
param prefix string = 'contoso'

var vaultName = '${prefix}-vault'

module service 'modules/service.bicep' = {
  params: {
    name: '${prefix}-apim'
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: resourceGroup('contoso-vaults')
  params: {
    name: vaultName
    location: 'westeurope'
  }
}

module grant 'modules/grant.bicep' = {
  name: 'grant'
  scope: resourceGroup('contoso-vaults')
  params: {
    vaultName: vaultName
    principalId: service.outputs.principalId
  }
  dependsOn: [
    vault
  ]
}

module read 'modules/read.bicep' = {
  name: '${prefix}-read'
  params: {
    serviceName: service.outputs.name
    vaultUri: vault.outputs.uri
  }
  dependsOn: [
    grant
  ]
}

output service string = service.outputs.name
output read string = read.outputs.id
