// A role at the subscription that is deployed to.

targetScope = 'subscription'

param name string?
param roleDefinitionIdOrName string
param principalId string
param location string = deployment().location
param description string?
param delegatedManagedIdentityResourceId string?
param condition string?
@allowed(['2.0'])
param conditionVersion string = '2.0'
@allowed(['ServicePrincipal', 'Group', 'User', 'ForeignGroup', 'Device'])
param principalType string?
param enableTelemetry bool = true

var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

var definition = contains(roleDefinitionIdOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionIdOrName
  : subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles[?roleDefinitionIdOrName] ?? roleDefinitionIdOrName
    )

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: name ?? guid(subscription().subscriptionId, definition, principalId)
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: definition
    condition: condition
  }
}

output name string = assignment.name
output resourceId string = assignment.id
output subscriptionName string = subscription().displayName
output scope string = subscription().id
