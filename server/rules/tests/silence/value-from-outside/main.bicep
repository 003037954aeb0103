// What a value from outside is, nobody here knows.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
param identityType string
param apiKeyUrl string

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

resource apiKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'api-key'
  properties: {
    displayName: 'api-key'
    secret: true
    keyVault: {
      secretIdentifier: apiKeyUrl
    }
  }
}
