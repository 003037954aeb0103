// An API Management service with what it reads from key vaults and uses its identities for.

param name string
param location string = resourceGroup().location
param publisherEmail string
param publisherName string
// `PremiumV2` since 0.14.0.
@allowed(['Consumption', 'Developer', 'Basic', 'Standard', 'Premium', 'BasicV2', 'StandardV2', 'PremiumV2'])
param sku string = 'Premium'
param managedIdentities object?
param hostnameConfigurations array?
param certificates array?
param namedValues array?
param policies array?
param apis array?
param loggers array?
param workspaces array?
param roleAssignments array?
param privateEndpoints array?
param publicNetworkAccess string?
@allowed(['None', 'External', 'Internal'])
param virtualNetworkType string = 'None'
param subnetResourceId string?
param restore bool = false
param newGuidValue string = newGuid()

// These decide nothing here. Some have other defaults.
param additionalLocations array?
param apiVersionSets array?
param authorizationServers array?
param availabilityZones array = [1, 2, 3]
param backends array?
param caches array?
param customProperties object = {}
param diagnosticSettings array?
param disableGateway bool = false
param enableClientCertificate bool = false
param enableDeveloperPortal bool = false
param enableTelemetry bool = true
param identityProviders array?
param lock object?
param minApiVersion string?
param notificationSenderEmail string = 'apimgmt-noreply@mail.windowsazure.com'
param portalsettings array?
param products array?
param publicIpAddressResourceId string?
param serviceDiagnostics array?
param skuCapacity int = 3
param subscriptions array?
param tags object?

var roles = {
  'API Management Developer Portal Content Editor': 'c031e6a8-4391-4de0-8d69-4706a7ed3729'
  'API Management Service Contributor': '312a565d-c81f-4fd8-895a-4e21e48d571c'
  'API Management Service Operator Role': 'e022efe7-f5ba-4159-bbe4-b44f577e9b61'
  'API Management Service Reader Role': '71522526-b88f-4d52-b57f-d31fc3546d0d'
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
}

func definition(idOrName string, id string?) string =>
  contains(idOrName, '/providers/Microsoft.Authorization/roleDefinitions/')
    ? idOrName
    : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id ?? idOrName)

var userAssigned = managedIdentities.?userAssignedResourceIds

// Each with the names of what it belongs to. Without those of products, which are deployed since
// 0.14.1 only, and those in workspaces.
var apiPolicies = flatten(map(
  apis ?? [],
  api => map(api.?policies ?? [], policy => { ...policy, api: api.name })
))
var operationPolicies = flatten(map(
  apis ?? [],
  api => flatten(map(
    api.?operations ?? [],
    operation => map(operation.?policies ?? [], policy => { ...policy, api: api.name, operation: operation.name })
  ))
))
var workspaceNamedValues = flatten(map(
  workspaces ?? [],
  workspace => map(workspace.?namedValues ?? [], namedValue => { ...namedValue, workspace: workspace.name })
))

resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  sku: { name: sku }
  identity: empty(managedIdentities)
    ? null
    : {
        type: (managedIdentities.?systemAssigned ?? false)
          ? (empty(userAssigned) ? 'SystemAssigned' : 'SystemAssigned,UserAssigned')
          : (empty(userAssigned) ? 'None' : 'UserAssigned')
        userAssignedIdentities: empty(userAssigned) ? null : toObject(userAssigned!, id => id, id => {})
      }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
    // Before 0.14.2 with its `certificateStatus`.
    hostnameConfigurations: hostnameConfigurations == null
      ? null
      : map(hostnameConfigurations, hostname => { ...hostname, certificateStatus: null })
    certificates: certificates
    publicNetworkAccess: !empty(publicNetworkAccess)
      ? publicNetworkAccess
      : empty(privateEndpoints) ? 'Enabled' : 'Disabled'
    virtualNetworkType: virtualNetworkType
    virtualNetworkConfiguration: empty(subnetResourceId) ? null : { subnetResourceId: subnetResourceId }
    restore: restore
  }
}

resource namedValue 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [
  for item in (namedValues ?? []): {
    parent: service
    name: item.name
    properties: {
      displayName: item.displayName
      secret: item.?secret ?? false
      tags: item.?tags
      value: empty(item.?keyVault) ? (item.?value ?? newGuidValue) : null
      keyVault: item.?keyVault
    }
  }
]

resource workspace 'Microsoft.ApiManagement/service/workspaces@2024-05-01' = [
  for item in (workspaces ?? []): if (contains(['Premium', 'PremiumV2'], sku)) {
    parent: service
    name: item.name
    properties: { displayName: item.displayName }
  }
]

resource workspaceNamedValue 'Microsoft.ApiManagement/service/workspaces/namedValues@2024-05-01' = [
  for item in workspaceNamedValues: if (contains(['Premium', 'PremiumV2'], sku)) {
    name: '${name}/${item.workspace}/${item.name}'
    properties: {
      displayName: item.displayName
      secret: item.?secret ?? false
      value: empty(item.?keyVault) ? item.?value : null
      keyVault: item.?keyVault
    }
    dependsOn: [workspace]
  }
]

resource policy 'Microsoft.ApiManagement/service/policies@2024-05-01' = [
  for item in (policies ?? []): {
    parent: service
    name: item.?name ?? 'policy'
    properties: { format: item.?format ?? 'xml', value: item.value }
  }
]

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = [
  for item in (apis ?? []): {
    parent: service
    name: item.name
    properties: { displayName: item.displayName, path: item.path }
    dependsOn: [logger]
  }
]

resource apiPolicy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = [
  for item in apiPolicies: {
    name: '${name}/${item.api}/${item.?name ?? 'policy'}'
    properties: { format: item.?format ?? 'xml', value: item.value }
    dependsOn: [api]
  }
]

resource operationPolicy 'Microsoft.ApiManagement/service/apis/operations/policies@2024-05-01' = [
  for item in operationPolicies: {
    name: '${name}/${item.api}/${item.operation}/${item.?name ?? 'policy'}'
    properties: { format: item.?format ?? 'xml', value: item.value }
    dependsOn: [api]
  }
]

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = [
  for item in (loggers ?? []): {
    parent: service
    name: item.name
    properties: {
      // `loggerType` before 0.11.0.
      loggerType: item.?type ?? item.?loggerType ?? 'azureMonitor'
      resourceId: item.?targetResourceId
      credentials: (item.?type ?? item.?loggerType ?? 'azureMonitor') == 'azureMonitor' ? null : item.?credentials
    }
    dependsOn: [namedValue]
  }
]

// The resource group that they are in is not told.
resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for item in (privateEndpoints ?? []): {
    properties: {
      subnet: { id: item.subnetResourceId }
      privateLinkServiceConnections: [
        { properties: { privateLinkServiceId: service.id, groupIds: [item.?service ?? 'Gateway'] } }
      ]
    }
  }
]

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in (roleAssignments ?? []): {
    scope: service
    name: item.?name ?? guid(service.id, item.principalId, item.roleDefinitionIdOrName)
    properties: {
      principalId: item.principalId
      principalType: item.?principalType
      roleDefinitionId: definition(item.roleDefinitionIdOrName, roles[?item.roleDefinitionIdOrName])
      condition: item.?condition
    }
  }
]

output name string = service.name
output resourceId string = service.id
output resourceGroupName string = resourceGroup().name
output systemAssignedMIPrincipalId string? = service.?identity.?principalId
output location string = service.location
output privateEndpoints array = [
  for (item, index) in (privateEndpoints ?? []): {
    name: endpoint[index].name
    resourceId: endpoint[index].id
    groupId: item.?service ?? 'Gateway'
    customDnsConfigs: endpoint[index].properties.customDnsConfigs
    networkInterfaceResourceIds: map(endpoint[index].properties.networkInterfaces, nic => nic.id)
  }
]
