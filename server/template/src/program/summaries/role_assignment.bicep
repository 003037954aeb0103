// A role at a management group, a subscription or a resource group.

targetScope = 'managementGroup'

param roleDefinitionIdOrName string
param principalId string
param resourceGroupName string = ''
param subscriptionId string = ''
param managementGroupId string = managementGroup().name
param location string = deployment().location
param description string = ''
param delegatedManagedIdentityResourceId string = ''
param condition string = ''
@allowed(['2.0'])
param conditionVersion string = '2.0'
@allowed(['ServicePrincipal', 'Group', 'User', 'ForeignGroup', 'Device', ''])
param principalType string = ''
param enableTelemetry bool = true

// Every name that one of the versions knows. The others are ids as they stand.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Management Group Reader': 'ac63b705-f282-497d-ac71-919bf39d939d'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Resource Policy Contributor': '36243c78-bf99-498c-9df9-86d9f8d28608'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'Role Based Access Control Administrator (Preview)': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

var isAtGroup = !empty(subscriptionId) && !empty(resourceGroupName)
var isAtSubscription = !empty(subscriptionId) && empty(resourceGroupName)
var isAtManagementGroup = empty(subscriptionId) && empty(resourceGroupName)

var properties = {
  principalId: principalId
  principalType: empty(principalType) ? null : principalType
  // The id of the same role at every scope.
  roleDefinitionId: contains(roles, roleDefinitionIdOrName)
    ? tenantResourceId('Microsoft.Authorization/roleDefinitions', roles[roleDefinitionIdOrName])
    : roleDefinitionIdOrName
  condition: empty(condition) ? null : condition
}

// Bicep wants modules for other scopes, which the module has.
resource atGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isAtGroup) {
  scope: resourceGroup(subscriptionId, resourceGroupName)
  name: guid(subscriptionId, resourceGroupName, roleDefinitionIdOrName, principalId)
  properties: properties
}

resource atSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isAtSubscription) {
  scope: subscription(subscriptionId)
  name: guid(subscriptionId, roleDefinitionIdOrName, principalId)
  properties: properties
}

resource atManagementGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (isAtManagementGroup) {
  scope: managementGroup(managementGroupId)
  name: guid(managementGroupId, roleDefinitionIdOrName, principalId)
  properties: properties
}

output name string = isAtManagementGroup
  ? atManagementGroup.name
  : isAtSubscription ? atSubscription.name : atGroup.name
output resourceId string = isAtManagementGroup
  ? atManagementGroup.id
  : isAtSubscription ? atSubscription.id : atGroup.id
output scope string = isAtManagementGroup
  ? resourceId('Microsoft.Management/managementGroups', managementGroupId)
  : isAtSubscription ? subscription(subscriptionId).id : resourceGroup(subscriptionId, resourceGroupName).id
