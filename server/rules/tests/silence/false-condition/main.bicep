// What is behind a condition that is false, whatever the parameters are, is not there.
param location string = resourceGroup().location
param apimName string
param vaultName string
param publisherEmail string
param publisherName string

var deployOldGateway = false

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

resource oldGateway 'Microsoft.ApiManagement/service@2024-05-01' = if (deployOldGateway) {
  name: '${apimName}-old'
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}
