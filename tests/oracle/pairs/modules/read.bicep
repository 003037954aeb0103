param serviceName string
param vaultUri string
param secret string = 'backend-key'

resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource value 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: secret
  properties: {
    displayName: secret
    secret: true
    keyVault: {
      secretIdentifier: '${vaultUri}secrets/${secret}'
    }
  }
}

output id string = value.id
