// Two ternaries on the same parameter never take different arms.
param location string = resourceGroup().location
param apimName string
param identityName string
param publisherEmail string
param publisherName string
param useOwnIdentity bool
param isProduction bool

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: useOwnIdentity ? 'UserAssigned' : 'SystemAssigned'
    userAssignedIdentities: useOwnIdentity ? {
      '${identity.id}': {}
    } : null
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
    disableGateway: isProduction ? false : null
  }
}
