// A user-assigned identity, and who may do what with it.

param name string
param location string = resourceGroup().location
param federatedIdentityCredentials array?
param lock object?
param roleAssignments array?
param tags object?
param enableTelemetry bool = true
@allowed(['None', 'Regional'])
param isolationScope string?

// Every name that one of the versions knows.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Managed Identity Contributor': 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59'
  'Managed Identity Operator': 'f1a07417-d97a-45cb-824c-7a7467783830'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'Role Based Access Control Administrator (Preview)': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

func definition(idOrName string, id string?) string =>
  contains(idOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
    ? idOrName
    : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id ?? idOrName)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in (roleAssignments ?? []): {
    scope: identity
    name: item.?name ?? guid(identity.id, item.principalId, item.roleDefinitionIdOrName)
    properties: {
      principalId: item.principalId
      principalType: item.?principalType
      roleDefinitionId: definition(item.roleDefinitionIdOrName, roles[?item.roleDefinitionIdOrName])
      condition: item.?condition
    }
  }
]

output name string = identity.name
output resourceId string = identity.id
output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
output resourceGroupName string = resourceGroup().name
output location string = identity.location
