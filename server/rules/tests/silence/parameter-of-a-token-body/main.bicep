// A parameter of a token body whose name makes it no secret is none.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
@secure()
param clientSecret string

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

resource authorization 'Microsoft.ApiManagement/service/authorizationServers@2024-05-01' = {
  parent: apim
  name: 'contoso'
  properties: {
    displayName: 'Contoso'
    authorizationEndpoint: 'https://login.contoso.com/authorize'
    tokenEndpoint: 'https://login.contoso.com/token'
    clientRegistrationEndpoint: 'https://login.contoso.com/register'
    clientId: '8a0d2d55-6f0e-4c0b-8d43-3b0c6a4f6b57'
    clientSecret: clientSecret
    grantTypes: [
      'authorizationCode'
    ]
    tokenBodyParameters: [
      {
        name: 'resource'
        value: 'https://api.contoso.com'
      }
    ]
  }
}
