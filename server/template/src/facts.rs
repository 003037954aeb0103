//! What is true of Azure and decides what an expression is, each fact with the page it comes from.
//! What decides who may read what is in the layer of that question.

/// The type of a user-assigned managed identity ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities
pub const USER_ASSIGNED_IDENTITY_TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// The API version in which `reference()` reads a user-assigned identity ([example]).
///
/// [example]: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template
pub const USER_ASSIGNED_IDENTITY_API_VERSION: &str = "2018-11-30";

/// The type of a resource group ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.resources/resourcegroups
pub const RESOURCE_GROUP_TYPE: &str = "Microsoft.Resources/resourceGroups";

/// The type of a management group ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.management/managementgroups
pub const MANAGEMENT_GROUP_TYPE: &str = "Microsoft.Management/managementGroups";

/// The type of a deployment, which a module or nested template is ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.resources/deployments
pub const DEPLOYMENT_TYPE: &str = "Microsoft.Resources/deployments";

/// The API version to write deployments with ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.resources/deployments
pub const DEPLOYMENT_API_VERSION: &str = "2022-09-01";

/// The schema of a template for a resource group ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
pub const DEPLOYMENT_TEMPLATE_SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// The type under which Azure shows the system-assigned identity of a resource, as an extension of
/// it ([example]).
///
/// [example]: https://learn.microsoft.com/azure/api-management/api-management-howto-use-managed-service-identity
pub const SYSTEM_IDENTITY_TYPE: &str = "Microsoft.ManagedIdentity/Identities";

/// Resource types whose names are unique in all of Azure, so that the name alone says which one
/// ([rules]).
///
/// [rules]: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
pub const GLOBALLY_NAMED_TYPES: [&str; 2] = [
    "Microsoft.KeyVault/vaults",
    "Microsoft.ApiManagement/service",
];

/// Properties that Azure fills of every resource that has them ([identities], [vaults], [secrets]).
///
/// [identities]: https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities
/// [vaults]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
/// [secrets]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/secrets
pub const FILLED_PROPERTIES: [&str; 6] = [
    "clientId",
    "principalId",
    "secretUri",
    "secretUriWithVersion",
    "tenantId",
    "vaultUri",
];

/// What a resource group, subscription or tenant always has, as functions give it ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-scope
pub const FILLED_SURROUNDINGS: [&str; 5] = ["id", "location", "name", "subscriptionId", "tenantId"];
