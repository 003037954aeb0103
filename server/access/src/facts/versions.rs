//! What is true of API versions: which ones end, and with which one a part of API Management came.

use super::{
    IDENTITY_SINCE, SERVICE_TYPE, USER_ASSIGNED_IDENTITIES_SINCE, api_version_date, has_prefix,
};

/// Which API versions of a kind of resource end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The date of the first API version that stays.
    pub before: &'static str,
    /// The newest API version that is no preview.
    pub newest: &'static str,
}

impl Retirement {
    /// Whether an API version is one that ends; false where it is not an API version.
    #[must_use]
    pub fn ends(&self, version: &str) -> bool {
        api_version_date(version).is_some_and(|date| date < self.before)
    }
}

/// Of API Management: disabled little by little from June 2024 on ([announcement], [newest]).
///
/// [announcement]: https://learn.microsoft.com/azure/api-management/breaking-changes/api-version-retirement-sep-2023
/// [newest]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/2024-05-01/service
pub const API_MANAGEMENT: Retirement = Retirement {
    before: "2021-08-01",
    newest: "2024-05-01",
};

/// Of key vaults: all that ends on 27 February 2027 ([announcement], [newest]).
///
/// [announcement]: https://learn.microsoft.com/azure/key-vault/general/access-control-default
/// [newest]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/2026-02-01/vaults
pub const KEY_VAULT: Retirement = Retirement {
    before: "2026-02-01",
    newest: "2026-02-01",
};

/// A type that ended with the API versions of API Management that are retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedType {
    /// The type.
    pub resource_type: &'static str,
    /// The type that took its place, if there is one.
    pub successor: Option<&'static str>,
}

/// The types that [`API_MANAGEMENT`]'s newest API version no longer has ([types]).
///
/// [types]: https://github.com/Azure/bicep-types-az/tree/main/generated/apimanagement/microsoft.apimanagement
pub const ENDED_TYPES: [EndedType; 4] = [
    EndedType {
        resource_type: "Microsoft.ApiManagement/service/properties",
        successor: Some("Microsoft.ApiManagement/service/namedValues"),
    },
    EndedType {
        resource_type: "Microsoft.ApiManagement/service/api-version-sets",
        successor: Some("Microsoft.ApiManagement/service/apiVersionSets"),
    },
    EndedType {
        resource_type: "Microsoft.ApiManagement/service/diagnostics/loggers",
        successor: None,
    },
    EndedType {
        resource_type: "Microsoft.ApiManagement/service/apis/diagnostics/loggers",
        successor: None,
    },
];

/// What stands in a path for each element of an array.
pub const EACH: &str = "*";

/// A part of API Management that older API versions do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The type of the resources that have it.
    pub resource_type: &'static str,
    /// The path of the property, with [`EACH`] for the elements of an array; empty where it is the type itself,
    /// with all types below it.
    pub path: &'static [&'static str],
    /// The first API version that has it.
    pub since: &'static str,
}

impl Feature {
    /// Whether a resource of a type may have it.
    #[must_use]
    pub fn is_of(&self, resource_type: &str) -> bool {
        has_prefix(resource_type, self.resource_type)
            && match &resource_type[self.resource_type.len()..] {
                "" => true,
                below => self.path.is_empty() && below.starts_with('/'),
            }
    }

    /// Whether an API version has it; true where it is not an API version.
    #[must_use]
    pub fn is_in(&self, version: &str) -> bool {
        match (api_version_date(version), api_version_date(self.since)) {
            (Some(version), Some(since)) => version >= since,
            _ => true,
        }
    }
}

const fn feature(
    resource_type: &'static str,
    path: &'static [&'static str],
    since: &'static str,
) -> Feature {
    Feature {
        resource_type,
        path,
        since,
    }
}

/// With which API version parts of API Management came ([types]).
///
/// [types]: https://github.com/Azure/bicep-types-az/tree/main/generated/apimanagement/microsoft.apimanagement
pub const FEATURES: &[Feature] = &[
    feature(SERVICE_TYPE, &["identity"], IDENTITY_SINCE),
    feature(
        SERVICE_TYPE,
        &["identity", "userAssignedIdentities"],
        USER_ASSIGNED_IDENTITIES_SINCE,
    ),
    feature(
        SERVICE_TYPE,
        &["properties", "hostnameConfigurations", EACH, "keyVaultId"],
        "2017-03-01",
    ),
    feature(
        SERVICE_TYPE,
        &[
            "properties",
            "hostnameConfigurations",
            EACH,
            "identityClientId",
        ],
        "2020-06-01-preview",
    ),
    feature(
        SERVICE_TYPE,
        &[
            "properties",
            "hostnameConfigurations",
            EACH,
            "certificateSource",
        ],
        "2021-01-01-preview",
    ),
    feature(
        SERVICE_TYPE,
        &[
            "properties",
            "hostnameConfigurations",
            EACH,
            "certificateStatus",
        ],
        "2021-01-01-preview",
    ),
    feature(
        SERVICE_TYPE,
        &["properties", "publicNetworkAccess"],
        "2021-04-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/privateEndpointConnections",
        &[],
        "2021-04-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/namedValues",
        &[],
        "2019-12-01",
    ),
    feature(
        "Microsoft.ApiManagement/service/namedValues",
        &["properties", "keyVault"],
        "2020-06-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/certificates",
        &["properties", "keyVault"],
        "2020-06-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/policyFragments",
        &[],
        "2021-12-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/authorizationProviders",
        &[],
        "2022-04-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/authorizationProviders",
        &["properties", "oauth2", "keyVault"],
        "2025-03-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/workspaces",
        &[],
        "2022-09-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/workspaces/certificates",
        &[],
        "2023-09-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/service/identityProviders",
        &["properties", "certificateId"],
        "2024-06-01-preview",
    ),
    feature(
        "Microsoft.ApiManagement/gateways/hostnameBindings",
        &[],
        "2025-03-01-preview",
    ),
];
