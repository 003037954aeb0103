param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
@allowed([
  'None'
  'SystemAssigned'
])
param identityType string = 'None'

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: identityType
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

output principalId string = identityType == 'None' ? '' : apim.identity.principalId
