// A role at the management group that is deployed to.

targetScope = 'managementGroup'

param name string?
param roleDefinitionIdOrName string
param principalId string
param managementGroupId string = managementGroup().name
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
  'Management Group Reader': 'ac63b705-f282-497d-ac71-919bf39d939d'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Resource Policy Contributor': '36243c78-bf99-498c-9df9-86d9f8d28608'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

var definition = contains(roleDefinitionIdOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? roleDefinitionIdOrName
  : managementGroupResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles[?roleDefinitionIdOrName] ?? roleDefinitionIdOrName
    )

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: name ?? guid(managementGroupId, definition, principalId)
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: definition
    condition: condition
  }
}

output name string = assignment.name
output resourceId string = assignment.id
output scope string = resourceId('Microsoft.Management/managementGroups', managementGroupId)
