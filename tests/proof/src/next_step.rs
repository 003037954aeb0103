//! What a repair brings to light: a finding that another one hid, because it was its cause.

use std::path::Path;

use rules::{Extent, Finding, Fix};

/// The rules that say why a grant has no effect. With the effect, the next thing is whether the read
/// waits for it, and gets through.
const GRANTS: [&str; 5] = [
    "access-policy-name",
    "role-definition-invalid",
    "role-excessive",
    "role-insufficient",
    "role-principal-invalid",
];

/// What shows once something else is repaired: whose identity is used; that a secret which is well kept
/// now need not be one; what the network of the service lacks once the firewall lets it in; whether a
/// role that counts now is the right one.
const NEXT: [(&str, &str); 8] = [
    ("identity-missing", "identity-not-attached"),
    ("secret-in-template", "logger-credentials"),
    ("vault-firewall-user-identity", "hostname-before-access"),
    ("vault-firewall-user-identity", "vault-network-blocked"),
    (
        "vault-firewall-user-identity",
        "vault-subnet-endpoint-missing",
    ),
    ("vault-network-blocked", "vault-subnet-endpoint-missing"),
    ("vault-permission-model", "role-insufficient"),
    ("vault-permission-model", "vault-access-race"),
];

/// The rules on secrets that are to come from a vault: who reads it has to have an identity and access.
const SECRETS: [&str; 2] = ["secret-in-named-value", "secret-in-template"];

/// What is judged of services, identities and vaults only where something is read.
fn is_of_reading(new: &Finding) -> bool {
    matches!(
        new.rule.0,
        "identity-missing" | "identity-not-attached" | "api-version-retired"
    )
}

/// Whether a finding that is new is what comes next after another is repaired. With an identity in
/// place it shows what the identity is to read and cannot, and what is wrong with what it is granted:
/// what was hidden behind the cause, not new.
pub(crate) fn is_next_step(repaired: &Finding, new: &Finding) -> bool {
    let is_about_reading =
        new.rule.0.starts_with("vault-") || new.rule.0 == "hostname-before-access";
    let is_about_grants = new.rule.0.starts_with("role-");
    repaired.rule.0.starts_with("identity-") && (is_about_reading || is_about_grants)
        || NEXT.contains(&(repaired.rule.0, new.rule.0))
        || repaired.rule.0 == "identity-invalid"
        || GRANTS.contains(&repaired.rule.0) && new.rule.0.starts_with("vault-")
        || SECRETS.contains(&repaired.rule.0) && (is_about_reading || is_of_reading(new))
}

/// Whether a finding is an old one of what a refactoring declares once more.
pub(crate) fn is_said_again(before: &[Finding], new: &Finding, fix: &Fix) -> bool {
    let is_same = |old: &Finding| old.rule == new.rule && old.message == new.message;
    fix.extent == Extent::Refactoring && before.iter().any(is_same)
}

/// How a finding ends that no deployment in sight comes to, but that the parameters of a file allow.
const CONTRACT: &str = "No deployment in sight comes to this";

/// Whether a finding counts where another is repaired. What a file allows that was not touched, it
/// allowed before: a deployment that came to it hid that.
pub(crate) fn counts(
    repaired: &Finding,
    finding: &Finding,
    is_changed: impl Fn(&Path) -> bool,
) -> bool {
    let is_of_contract = |finding: &Finding| finding.message.contains(CONTRACT);
    is_of_contract(repaired) || !is_of_contract(finding) || is_changed(&finding.place.file)
}
