//! Built-in roles ([list]).
//!
//! [list]: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

/// A built-in role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its GUID.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it means for reading secrets of a vault.
    pub on_secrets: OnSecrets,
}

/// The roles on what is in a vault ([list]).
///
/// [list]: https://learn.microsoft.com/azure/key-vault/general/rbac-guide#azure-built-in-roles-for-key-vault-data-plane-operations
const VAULT_DATA_ROLES: [&str; 10] = [
    "Key Vault Administrator",
    "Key Vault Reader",
    "Key Vault Secrets User",
    "Key Vault Secrets Officer",
    "Key Vault Certificate User",
    "Key Vault Certificates Officer",
    "Key Vault Crypto User",
    "Key Vault Crypto Officer",
    "Key Vault Crypto Service Encryption User",
    "Key Vault Crypto Service Release User",
];

/// The roles that let change what is in a vault, the vault, or who may ([vaults], [others]).
///
/// [vaults]: https://learn.microsoft.com/azure/key-vault/general/rbac-guide#azure-built-in-roles-for-key-vault-data-plane-operations
/// [others]: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
const EXCESSIVE_ROLES: [&str; 7] = [
    "Key Vault Administrator",
    "Key Vault Secrets Officer",
    "Key Vault Certificates Officer",
    "Key Vault Crypto Officer",
    "Owner",
    "Contributor",
    "User Access Administrator",
];

impl Role {
    /// Whether it is about what is in a vault, and about nothing else.
    #[must_use]
    pub fn is_on_vault_data(&self) -> bool {
        VAULT_DATA_ROLES.contains(&self.name)
    }

    /// Whether it allows more than to read.
    #[must_use]
    pub fn is_excessive(&self) -> bool {
        EXCESSIVE_ROLES.contains(&self.name)
    }
}

/// What a role means for reading the secrets of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSecrets {
    /// It reads them.
    Reads,
    /// It is about vaults, or about everything, but does not read secrets.
    Insufficient,
    /// It is about something else.
    Unrelated,
}

/// The role that a fix assigns: it reads secrets, the private part of certificates included
/// ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/key-vault/general/rbac-guide#azure-built-in-roles-for-key-vault-data-plane-operations
pub const KEY_VAULT_SECRETS_USER: Role = Role {
    id: "4633458b-17de-408a-b874-0445c86b69e6",
    name: "Key Vault Secrets User",
    on_secrets: OnSecrets::Reads,
};

/// The role of an identity with which a logger sends to event hubs ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-log-event-hubs
pub const EVENT_HUBS_DATA_SENDER: Role = Role {
    id: "2b629674-e913-4c01-ae53-ef4638d8f975",
    name: "Azure Event Hubs Data Sender",
    on_secrets: OnSecrets::Unrelated,
};

/// The role of an identity with which a logger sends to Application Insights ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/api-management/api-management-howto-app-insights
pub const MONITORING_METRICS_PUBLISHER: Role = Role {
    id: "3913510d-42f4-4e42-8a64-420c390055eb",
    name: "Monitoring Metrics Publisher",
    on_secrets: OnSecrets::Unrelated,
};

macro_rules! roles {
    ($($on_secrets:ident: $($id:literal $name:literal,)*)*) => {
        &[KEY_VAULT_SECRETS_USER, EVENT_HUBS_DATA_SENDER, MONITORING_METRICS_PUBLISHER, $($(Role {
            id: $id,
            name: $name,
            on_secrets: OnSecrets::$on_secrets,
        },)*)*]
    };
}

/// Built-in roles that templates with API Management assign ([list]).
///
/// [list]: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
pub const ROLES: &[Role] = roles! {
    Reads:
        "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba" "Key Vault Certificate User",
        "00482a5a-887f-4fb3-b363-3b7fe8e74483" "Key Vault Administrator",
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7" "Key Vault Secrets Officer",
    Insufficient:
        "a4417e6f-fecd-4de8-b567-7b0420556985" "Key Vault Certificates Officer",
        "21090545-7ca7-4776-b22c-e363652d74d2" "Key Vault Reader",
        "f25e0fa2-a7c8-4377-a976-54943a77a395" "Key Vault Contributor",
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603" "Key Vault Crypto Officer",
        "12338af0-0e69-4776-bea7-57ae8d297424" "Key Vault Crypto User",
        "e147488a-f6f5-4113-8e2d-b22465e65bf6" "Key Vault Crypto Service Encryption User",
        "08bbd89e-9f13-488c-ac41-acfcb10c90ab" "Key Vault Crypto Service Release User",
        "a68e7c17-0ab2-4c09-9a58-125dae29748c" "Key Vault Purge Operator",
        "8b54135c-b56d-4d72-a534-26097cfdc8d8" "Key Vault Data Access Administrator",
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" "Owner",
        "b24988ac-6180-42a0-ab88-20f7382dd24c" "Contributor",
        "acdd72a7-3385-48ef-bd42-f606fba81ae7" "Reader",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9" "User Access Administrator",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168" "Role Based Access Control Administrator",
    Unrelated:
        "a638d3c7-ab3a-418d-83e6-5f17a39d4fde" "Azure Event Hubs Data Receiver",
        "f526a384-b230-433a-b45c-95f59c4a2dec" "Azure Event Hubs Data Owner",
        "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39" "Azure Service Bus Data Sender",
        "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0" "Azure Service Bus Data Receiver",
        "090c5cfd-751d-490a-894a-3ce6f1109419" "Azure Service Bus Data Owner",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" "Storage Blob Data Reader",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe" "Storage Blob Data Contributor",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b" "Storage Blob Data Owner",
        "db58b8e5-c6ad-4a2a-8342-4190687cbf4a" "Storage Blob Delegator",
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a" "Storage Queue Data Message Sender",
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88" "Storage Queue Data Contributor",
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3" "Storage Table Data Contributor",
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd" "Cognitive Services OpenAI User",
        "a001fd3d-188f-4b5d-821b-7da978bf7442" "Cognitive Services OpenAI Contributor",
        "a97b65f3-24c7-4388-baec-2e87135dc908" "Cognitive Services User",
        "516239f1-63e1-4d78-a4de-a74fb236a071" "App Configuration Data Reader",
        "5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b" "App Configuration Data Owner",
        "7f951dda-4ed3-4680-a7ca-43fe172d538d" "AcrPull",
        "8311e382-0749-4cb8-b61a-304f252e45ec" "AcrPush",
        "d5a91429-5739-47e2-a06b-3470a27159e7" "EventGrid Data Sender",
        "312a565d-c81f-4fd8-895a-4e21e48d571c" "API Management Service Contributor",
        "e022efe7-f5ba-4159-bbe4-b44f577e9b61" "API Management Service Operator Role",
        "71522526-b88f-4d52-b57f-d31fc3546d0d" "API Management Service Reader Role",
};

/// The built-in role of a name, as `roleDefinitions('…')` in Bicep takes it.
#[must_use]
pub fn role_named(name: &str) -> Option<&'static Role> {
    ROLES
        .iter()
        .find(|role| role.name.eq_ignore_ascii_case(name))
}

/// The built-in role of a GUID.
#[must_use]
pub fn role(id: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id.eq_ignore_ascii_case(id))
}
