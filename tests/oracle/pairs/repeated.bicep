// Modules and resources in loops over literal lists, with loops inside.
param location string = 'westeurope'

var regions = [
  {
    name: 'eu'
    hosts: ['api.contoso.eu', 'orders.contoso.eu']
  }
  {
    name: 'us'
    hosts: ['api.contoso.us']
  }
]
var labels = [for (region, i) in regions: '${region.name}${i}']

module vaults 'modules/vault.bicep' = [for name in ['blue', 'green']: {
  name: 'vault-${name}'
  params: {
    name: 'contoso-${name}'
    location: location
  }
}]

resource services 'Microsoft.ApiManagement/service@2024-05-01' = [for (region, i) in regions: {
  name: 'contoso-${region.name}'
  location: location
  sku: {
    name: 'Developer'
    capacity: i + 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: labels[i]
    hostnameConfigurations: [for (host, j) in region.hosts: {
      type: 'Proxy'
      hostName: host
      keyVaultId: '${vaults[0].outputs.uri}secrets/${region.name}-${j}'
      defaultSslBinding: j == 0
    }]
  }
}]

module reads 'modules/read.bicep' = [for i in range(0, 2): {
  name: 'read-${i}'
  params: {
    serviceName: services[i].name
    vaultUri: vaults[i].outputs.uri
  }
}]

module grant 'modules/grant.bicep' = {
  name: 'grant'
  params: {
    vaultName: 'contoso-blue'
    principalId: services[0].identity.principalId
  }
  dependsOn: [
    vaults
  ]
}

output names array = [for (region, i) in regions: services[i].name]
