//! What is true of Azure, each fact with the page it comes from. What evaluation itself rests on is
//! in [`template::facts`].

mod roles;
pub mod versions;

pub use self::roles::{
    EVENT_HUBS_DATA_SENDER, KEY_VAULT_SECRETS_USER, MONITORING_METRICS_PUBLISHER, OnSecrets, ROLES,
    Role, role, role_named,
};
pub use template::facts::USER_ASSIGNED_IDENTITY_TYPE;

/// The type of an API Management service.
pub const SERVICE_TYPE: &str = "Microsoft.ApiManagement/service";
/// How the types of all resources of API Management begin.
pub const SERVICE_PROVIDER: &str = "Microsoft.ApiManagement/";
/// The type of a key vault.
pub const VAULT_TYPE: &str = "Microsoft.KeyVault/vaults";
/// The type of a secret in a key vault.
pub const SECRET_TYPE: &str = "Microsoft.KeyVault/vaults/secrets";
/// The type of a key in a key vault.
pub const KEY_TYPE: &str = "Microsoft.KeyVault/vaults/keys";
/// The content type of a secret that is the certificate of a hostname ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-use-managed-service-identity
pub const CERTIFICATE_CONTENT_TYPE: &str = "application/x-pkcs12";
/// The type of the child of a vault that adds or removes access policies.
pub const ACCESS_POLICIES_TYPE: &str = "Microsoft.KeyVault/vaults/accessPolicies";
/// The API version to write user-assigned identities with ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities
pub const NEW_USER_ASSIGNED_IDENTITY_API_VERSION: &str = "2023-01-31";
/// The type of a role assignment.
pub const ROLE_ASSIGNMENT_TYPE: &str = "Microsoft.Authorization/roleAssignments";
/// The type of a role definition.
pub const ROLE_DEFINITION_TYPE: &str = "Microsoft.Authorization/roleDefinitions";

/// The type of a logger ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/loggers
pub const LOGGER_TYPE: &str = "Microsoft.ApiManagement/service/loggers";

/// The type of a private endpoint ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.network/privateendpoints
pub const PRIVATE_ENDPOINT_TYPE: &str = "Microsoft.Network/privateEndpoints";

/// The type of a rule that lets into a network security perimeter ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.network/networksecurityperimeters/profiles/accessrules
pub const PERIMETER_RULE_TYPE: &str =
    "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules";

/// The type of what puts a resource into a network security perimeter ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.network/networksecurityperimeters/resourceassociations
pub const PERIMETER_ASSOCIATION_TYPE: &str =
    "Microsoft.Network/networkSecurityPerimeters/resourceAssociations";

/// The type of a virtual network ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks
pub const NETWORK_TYPE: &str = "Microsoft.Network/virtualNetworks";
/// The type of a subnet ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks/subnets
pub const SUBNET_TYPE: &str = "Microsoft.Network/virtualNetworks/subnets";

/// What `bypass` of a vault's firewall is where trusted services pass ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults#networkruleset
pub const TRUSTED_SERVICES: &str = "AzureServices";

/// The service endpoint of a subnet that leads to vaults ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints
pub const VAULT_ENDPOINT: &str = "Microsoft.KeyVault";

/// The tiers whose services are injected into a subnet as a whole ([reference]); those of version 2
/// delegate theirs.
///
/// [reference]: https://learn.microsoft.com/azure/api-management/virtual-network-concepts
pub const INJECTED_TIERS: [&str; 2] = ["Developer", "Premium"];

/// Hosts of a type of resource that has a firewall which trusts Azure services.
#[derive(Clone, Copy, Debug)]
pub struct Hosts {
    /// The type.
    pub resource_type: &'static str,
    /// What follows the name of a resource in its hosts, in lower case.
    pub suffixes: &'static [&'static str],
}

/// The services that gateways reached as a trusted service once, and no longer do ([retirement]).
///
/// [retirement]: https://learn.microsoft.com/azure/api-management/breaking-changes/trusted-service-connectivity-retirement-march-2026
pub const FIREWALLED_HOSTS: &[Hosts] = &[
    Hosts {
        resource_type: VAULT_TYPE,
        suffixes: &VAULT_HOST_SUFFIXES,
    },
    Hosts {
        resource_type: "Microsoft.Storage/storageAccounts",
        suffixes: &[
            ".blob.core.windows.net",
            ".queue.core.windows.net",
            ".table.core.windows.net",
            ".file.core.windows.net",
            ".dfs.core.windows.net",
            ".blob.core.chinacloudapi.cn",
            ".queue.core.chinacloudapi.cn",
            ".table.core.chinacloudapi.cn",
            ".file.core.chinacloudapi.cn",
            ".dfs.core.chinacloudapi.cn",
            ".blob.core.usgovcloudapi.net",
            ".queue.core.usgovcloudapi.net",
            ".table.core.usgovcloudapi.net",
            ".file.core.usgovcloudapi.net",
            ".dfs.core.usgovcloudapi.net",
        ],
    },
    Hosts {
        resource_type: "Microsoft.ServiceBus/namespaces",
        suffixes: &NAMESPACE_HOST_SUFFIXES,
    },
    Hosts {
        resource_type: "Microsoft.EventHub/namespaces",
        suffixes: &NAMESPACE_HOST_SUFFIXES,
    },
];

/// The endings of the hosts of namespaces, in every cloud ([endpoints]).
///
/// [endpoints]: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
pub const NAMESPACE_HOST_SUFFIXES: [&str; 3] = [
    ".servicebus.windows.net",
    ".servicebus.chinacloudapi.cn",
    ".servicebus.usgovcloudapi.net",
];

/// The properties of `environment().suffixes` that hosts of such resources end with, and their values in
/// the public cloud ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-deployment#environment
pub const CLOUD_SUFFIXES: &[(&str, &str)] = &[
    ("keyvaultDns", ".vault.azure.net"),
    ("storage", "core.windows.net"),
];

/// The types of namespaces, and of the child that is their firewall ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces/networkrulesets
pub const NETWORK_RULE_SET_TYPES: &[(&str, &str)] = &[
    (
        "Microsoft.ServiceBus/namespaces",
        "Microsoft.ServiceBus/namespaces/networkRuleSets",
    ),
    (
        "Microsoft.EventHub/namespaces",
        "Microsoft.EventHub/namespaces/networkRuleSets",
    ),
];

/// The elements of policies that say what to call, and what ends their address: the element, or the tag
/// with the address in an attribute ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/api-management/api-management-policies
pub const CALLING_ELEMENTS: &[(&str, &str)] = &[
    ("<set-url", "</set-url>"),
    ("<set-backend-service", ">"),
    ("<send-service-bus-message", ">"),
];

/// The properties of such resources that are addresses.
pub const ADDRESS_PROPERTIES: [&str; 3] = ["vaultUri", "primaryEndpoints", "serviceBusEndpoint"];

/// The word that stands for the system-assigned identity where a logger has the client id of an
/// identity ([guide]). Nothing else takes it.
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-log-event-hubs
pub const SYSTEM_IDENTITY_WORD: &str = "SystemAssigned";

/// The types of loggers, of a service and of a workspace ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/workspaces/loggers
pub const LOGGER_TYPES: [&str; 2] = [
    LOGGER_TYPE,
    "Microsoft.ApiManagement/service/workspaces/loggers",
];

/// The `loggerType` of a logger of Event Hubs ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/loggers#loggercontractproperties
pub const EVENT_HUBS_LOGGER: &str = "azureEventHub";

/// A namespace of Event Hubs ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.eventhub/namespaces
pub const EVENT_HUBS_NAMESPACE_TYPE: &str = "Microsoft.EventHub/namespaces";

/// An event hub ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.eventhub/namespaces/eventhubs
pub const EVENT_HUB_TYPE: &str = "Microsoft.EventHub/namespaces/eventhubs";

/// How the host of a namespace ends in the public cloud ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-log-event-hubs
pub const EVENT_HUBS_HOST: &str = ".servicebus.windows.net";

/// The first API version with which a logger of Event Hubs takes an identity ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-log-event-hubs
pub const LOGGER_IDENTITY_SINCE: &str = "2022-04-01";

/// The type of an Application Insights component ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.insights/components
pub const APPLICATION_INSIGHTS_TYPE: &str = "Microsoft.Insights/components";

/// The types of named values, of a service and of a workspace ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/namedvalues
pub const NAMED_VALUE_TYPES: [&str; 2] = [
    "Microsoft.ApiManagement/service/namedValues",
    "Microsoft.ApiManagement/service/workspaces/namedValues",
];

/// How long the display name of a named value may be ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/namedvalues#namedvaluecreatecontractproperties
pub const LONGEST_DISPLAY_NAME: usize = 256;

/// Whether the display name of a named value may have a character ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/namedvalues#namedvaluecreatecontractproperties
#[must_use]
pub const fn is_of_display_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_')
}

/// The start of the policy that signs in with the identity of the service ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/api-management/authentication-managed-identity-policy
pub const IDENTITY_POLICY: &str = "<authentication-managed-identity";

/// The last API version of role assignments that is no preview ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.authorization/2022-04-01/roleassignments
pub const ROLE_ASSIGNMENT_API_VERSION: &str = "2022-04-01";

/// The first API version of role assignments that has `principalType` ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.authorization/2018-09-01-preview/roleassignments
pub const PRINCIPAL_TYPE_SINCE: &str = "2018-09-01";

/// The permissions on secrets of an access policy that let read them ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
pub const READS_SECRETS: [&str; 2] = ["get", "all"];

/// The first API version of a service that has an `identity` ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/2017-03-01/service
pub const IDENTITY_SINCE: &str = "2017-03-01";

/// The part of a reference that names the Azure Verified Module of a service ([module]). Mirrors in other registries keep the path.
///
/// [module]: https://github.com/Azure/bicep-registry-modules/tree/main/avm/res/api-management/service
pub const SERVICE_MODULE: &str = "avm/res/api-management/service:";
/// The parameter of [`SERVICE_MODULE`] for the identities of the service.
pub const MODULE_IDENTITIES: &str = "managedIdentities";
/// Its property that asks for the system-assigned identity.
pub const MODULE_SYSTEM_IDENTITY: &str = "systemAssigned";
/// Its property with the ids of user-assigned identities.
pub const MODULE_USER_IDENTITIES: &str = "userAssignedResourceIds";

/// The first API version of a service that takes user-assigned identities ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/2019-12-01/service
pub const USER_ASSIGNED_IDENTITIES_SINCE: &str = "2019-12-01";

/// The first API version that creates a vault with roles as its permission model where the template
/// does not say ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/key-vault/general/access-control-default
pub const ROLES_BY_DEFAULT_SINCE: &str = "2026-02-01";

/// The tiers of the second generation, which have no free managed certificates ([custom domains]).
///
/// [custom domains]: https://learn.microsoft.com/azure/api-management/configure-custom-domain#domain-certificate-options
pub const V2_TIERS: [&str; 3] = ["BasicV2", "StandardV2", "PremiumV2"];

/// What Azure reports of the certificate of a hostname, and does not take ([reference], [issue]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service#hostnameconfiguration
/// [issue]: https://github.com/Azure/bicep-registry-modules/issues/5995
pub const HOSTNAME_SERVER_FIELDS: [&str; 2] = ["certificateStatus", "certificate"];

/// How the types of what is in a workspace begin.
pub const WORKSPACE_PREFIX: &str = "Microsoft.ApiManagement/service/workspaces/";

/// How many user-assigned identities a service may carry ([limits]).
///
/// [limits]: https://learn.microsoft.com/azure/api-management/api-management-howto-use-managed-service-identity
pub const MAXIMUM_USER_ASSIGNED_IDENTITIES: usize = 10;

/// The endings of vault hosts in Azure's clouds ([endpoints]).
///
/// [endpoints]: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
pub const VAULT_HOST_SUFFIXES: [&str; 4] = [
    ".vault.azure.net",
    ".vault.azure.cn",
    ".vault.usgovcloudapi.net",
    ".vault.microsoftazure.de",
];

/// Whether a resource of a type may grant access to whatever it is given, in a way that its template
/// does not show: a deployment, a [script], a role assigned on [request], a [group] that has a role.
///
/// [script]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-script-bicep
/// [request]: https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignmentschedulerequests
/// [group]: https://learn.microsoft.com/graph/templates/bicep/reference/groups
#[must_use]
pub fn may_grant(resource_type: &str) -> bool {
    [
        "Microsoft.Resources/deployments",
        "Microsoft.Resources/deploymentScripts",
        "Microsoft.Authorization/roleAssignmentScheduleRequests",
        "Microsoft.Authorization/roleEligibilityScheduleRequests",
        "Microsoft.Graph/groups",
    ]
    .iter()
    .any(|known| resource_type.eq_ignore_ascii_case(known))
}

/// Whether a type begins with another, compared as Azure does, without regard to case.
#[must_use]
pub fn has_prefix(resource_type: &str, prefix: &str) -> bool {
    resource_type
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether a type is that of an extension of another resource, written behind it: a role assignment or a
/// lock, with API versions of its own ([names]).
///
/// [names]: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
#[must_use]
pub fn is_extension(resource_type: &str) -> bool {
    resource_type.to_ascii_lowercase().contains("/providers/")
}

/// Whether a text is a GUID, as names of role assignments and role definitions are.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The date of an API version, `yyyy-mm-dd`; none if it is not an API version.
#[must_use]
pub fn api_version_date(version: &str) -> Option<&str> {
    let date = version.get(..10)?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then_some(date)
}
