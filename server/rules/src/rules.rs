//! The list of the rules.

mod identity_invalid;
mod identity_missing;
mod role_principal_type_missing;
mod secret_uri_versioned;
mod vault_access_missing;

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
    /// Its page, in Markdown, without the heading.
    pub documentation: &'static str,
    /// Whether it finds that something is absent, which a template that others deploy may get from
    /// them.
    pub(crate) is_about_absence: bool,
    pub(crate) check: fn(&Context<'_>, &mut Vec<Finding>),
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    identity_invalid::RULE,
    identity_missing::RULE,
    role_principal_type_missing::RULE,
    secret_uri_versioned::RULE,
    vault_access_missing::RULE,
];
