// Variables, functions and types of another file.
import { grantType, roles, secretOf as pathOf, vaultName } from 'modules/shared.bicep'

param grants grantType[] = []

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: 'westeurope'
  properties: {
    tenantId: subscription().tenantId
    enableRbacAuthorization: true
    sku: {
      family: 'A'
      name: 'standard'
    }
  }
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-apim'
  location: 'westeurope'
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
  }
}

resource more 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in grants: {
  name: guid(vault.id, grant.principalId, grant.?role ?? roles.secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.?role ?? roles.secretsUser)
    principalId: grant.principalId
  }
}]

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, apim.id, roles.secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsUser)
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource value 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'key'
  properties: {
    displayName: 'key'
    secret: true
    keyVault: {
      secretIdentifier: pathOf(vault.properties.vaultUri, 'key')
    }
  }
  dependsOn: [
    grant
  ]
}
