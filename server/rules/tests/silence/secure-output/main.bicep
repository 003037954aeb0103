// A secure output may hand out a secret.
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

var keys = mobile.listSecrets()

@secure()
output subscriptionKey string = keys.primaryKey
