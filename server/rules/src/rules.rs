//! The list of the rules.
//!
//! A rule is a file and a page of documentation beside it, in the group of what it is about.

mod grants;
mod identity;
mod secrets;
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

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    identity::identity_invalid::RULE,
    identity::identity_missing::RULE,
    grants::role_principal_type_missing::RULE,
    secrets::secret_uri_versioned::RULE,
    vault::vault_access_missing::RULE,
];
