// A service that has an identity in some case may do without in others.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
param isGateway bool

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: isGateway ? 'SystemAssigned' : 'None'
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

output isGateway bool = isGateway
