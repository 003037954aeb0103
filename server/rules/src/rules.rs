//! The list of the rules.
//!
//! A rule is a file and a page of documentation beside it, in the group of what it is about.

pub(crate) mod comments;
mod grants;
mod identity;
mod secrets;
mod service;
mod vault;

use crate::context::Context;
use crate::{Finding, RuleId};

/// A rule: what it is called, what it finds, and how.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// How bad what it finds is, in words.
    pub levels: &'static str,
    /// What it finds, in one sentence without a full stop.
    pub summary: &'static str,
    /// What its fix does, if it has one, in words that begin with how it may be applied: `safe: …`,
    /// `unsafe: …`.
    pub fix: Option<&'static str>,
    /// Its page, in Markdown, without the heading.
    pub documentation: &'static str,
    /// Whether it finds that something is absent, which a template that others deploy may get from
    /// them.
    pub(crate) is_about_absence: bool,
    pub(crate) check: fn(&Context<'_>, &mut Vec<Finding>),
}

impl Rule {
    /// The rule of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id.0 == name)
    }
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    grants::access_policies_overwritten::RULE,
    grants::access_policy_name::RULE,
    service::api_version_retired::RULE,
    service::api_version_too_old::RULE,
    vault::gateway_vault_unreachable::RULE,
    vault::hostname_before_access::RULE,
    service::hostname_server_fields::RULE,
    identity::identity_client_id_invalid::RULE,
    identity::identity_invalid::RULE,
    identity::identity_missing::RULE,
    identity::identity_not_attached::RULE,
    identity::identity_principal_unavailable::RULE,
    secrets::logger_credentials::RULE,
    secrets::named_value_name::RULE,
    grants::role_definition_invalid::RULE,
    grants::role_excessive::RULE,
    grants::role_insufficient::RULE,
    grants::role_name_unstable::RULE,
    grants::role_principal_invalid::RULE,
    grants::role_principal_type_missing::RULE,
    grants::role_scope_mismatch::RULE,
    grants::role_scope_too_broad::RULE,
    secrets::secret_content_type::RULE,
    secrets::secret_in_named_value::RULE,
    secrets::secret_in_output::RULE,
    secrets::secret_in_template::RULE,
    secrets::secret_uri_invalid::RULE,
    secrets::secret_uri_versioned::RULE,
    comments::suppression_unused::RULE,
    vault::vault_access_missing::RULE,
    vault::vault_access_race::RULE,
    vault::vault_firewall_user_identity::RULE,
    vault::vault_network_blocked::RULE,
    vault::vault_permission_model::RULE,
    service::vault_purge_protection::RULE,
    service::vault_soft_delete::RULE,
    vault::vault_subnet_endpoint_missing::RULE,
    service::workspace_vault_unsupported::RULE,
];
