// A role at a resource, which is given by its id.

param resourceId string
param roleDefinitionId string
param principalId string
@allowed(['ServicePrincipal', 'Group', 'User', 'ForeignGroup', 'Device', ''])
param principalType string = ''
param name string = guid(resourceId, principalId, roleDefinitionId)
param roleName string = ''
param description string = ''
param enableTelemetry bool = true

var definition = contains(roleDefinitionId, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionId
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleDefinitionId)

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  // Bicep wants a resource here; the module has a part in ARM JSON, where it may be an id.
  scope: resourceId
  name: name
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: definition
  }
}

output name string = name
output roleName string = roleName
output resourceId string = assignment.id
output resourceGroupName string = resourceGroup().name
