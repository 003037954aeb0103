//! The rules held to their specification: every deployment in Bicep and in ARM JSON, with the
//! findings that it deserves.

mod api_version_retired;
mod api_version_too_old;
mod evaluation;
mod fixes;
mod hostname_server_fields;
mod identity_client_id_invalid;
mod identity_invalid;
mod identity_missing;
mod identity_not_attached;
mod identity_principal_unavailable;
mod known_wrong;
mod logger_credentials;
mod named_value_name;
mod no_repair;
mod programs;
mod regressions;
mod role_principal_type_missing;
mod secret_content_type;
mod secret_in_named_value;
mod secret_in_output;
mod secret_in_template;
mod secret_uri_invalid;
mod secret_uri_versioned;
mod silence;
mod suppression;
mod suppression_unused;
mod twins;
mod vault_access_missing;
mod vault_purge_protection;
mod vault_soft_delete;
mod workspace_vault_unsupported;
