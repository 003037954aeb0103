param names string[]
param stage string = 'dev'
param grants grantType[]?

type grantType = {
  principalId: string
  role: string?
}

var roles = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
}
var formatted = [for grant in (grants ?? []): union(grant, {
  roleDefinitionId: roles[?grant.?role ?? 'reader'] ?? subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.reader)
})]

resource services 'Microsoft.ApiManagement/service@2024-05-01' = [for (name, i) in names: if (stage == 'prod' || i == 0) {
  name: '${name}-${stage}'
  location: resourceGroup().location
  sku: any({ name: 'Developer', capacity: 1 })
  identity: {
    type: stage == 'prod' ? 'SystemAssigned, UserAssigned' : 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
  }
}]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'contoso-kv'
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in (formatted ?? []): {
  name: guid(vault.id, grant.principalId, grant.roleDefinitionId)
  scope: vault
  properties: {
    roleDefinitionId: grant.roleDefinitionId
    principalId: grant.principalId
  }
}]

resource first 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: services[0]
  name: 'first'
  properties: {
    displayName: 'first'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/first'
    }
  }
}
