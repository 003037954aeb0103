// In production the vault of another resource group is read, and one of the deployment otherwise.
param isProduction bool
param location string = resourceGroup().location

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource shared 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'shared-vault'
  scope: resourceGroup('shared')
}

resource own 'Microsoft.KeyVault/vaults@2023-07-01' = if (!isProduction) {
  name: 'own-vault'
  location: location
  properties: {
    tenantId: subscription().tenantId
    enableRbacAuthorization: true
    sku: {
      family: 'A'
      name: 'standard'
    }
  }
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: location
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-apim'
  location: location
  sku: {
    name: isProduction ? 'Premium' : 'Developer'
    capacity: 1
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${reader.id}': {}
    }
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
  }
}

resource ownGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!isProduction) {
  name: guid(own.id, reader.id, secretsUser)
  scope: own
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: reader.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

module sharedGrant 'modules/grant.bicep' = if (isProduction) {
  name: 'shared-grant'
  scope: resourceGroup('shared')
  params: {
    vaultName: shared.name
    principalId: reader.properties.principalId
  }
}

resource value 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'key'
  properties: {
    displayName: 'key'
    secret: true
    keyVault: {
      secretIdentifier: '${isProduction ? shared.properties.vaultUri : own!.properties.vaultUri}secrets/key'
      identityClientId: reader.properties.clientId
    }
  }
  dependsOn: [
    ownGrant
    sharedGrant
  ]
}

output sharedId string = shared.id
