//! The rules held to their specification: every deployment in Bicep and in ARM JSON, with the
//! findings that it deserves.

mod evaluation;
mod fixes;
mod identity_invalid;
mod identity_missing;
mod known_wrong;
mod no_repair;
mod programs;
mod regressions;
mod role_principal_type_missing;
mod secret_uri_versioned;
mod silence;
mod twins;
mod vault_access_missing;
