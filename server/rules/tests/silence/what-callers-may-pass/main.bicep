// Of a module nobody concludes that something is absent: its callers may pass it.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string

module apim 'service.bicep' = {
  name: 'apim'
  params: {
    location: location
    apimName: apimName
    publisherEmail: publisherEmail
    publisherName: publisherName
    identityType: 'SystemAssigned'
  }
}
