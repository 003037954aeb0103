//! Why reads fail, by the rules that report it.

use access::grants::Why;

use crate::RuleId;
use crate::rules::RULES;

/// Why a read fails, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The service has no identity at all.
    NoIdentity,
    /// The service does not carry the identity.
    NotAttached,
    /// A hostname is read before anybody can have granted access.
    TooEarly,
    /// Only a system-assigned identity passes the firewall.
    UserIdentity,
    /// The firewall lets trusted services not through.
    Network,
    /// Nothing grants access; a grant that is there does not do.
    Access(Option<Why>),
    /// The read does not wait.
    Race,
}

impl Cause {
    /// The rule that is about it.
    pub(super) fn rule(self) -> Option<RuleId> {
        let name = match self {
            Self::NoIdentity => "identity-missing",
            Self::NotAttached => "identity-not-attached",
            Self::TooEarly => "hostname-before-access",
            Self::UserIdentity => "vault-firewall-user-identity",
            Self::Network => "vault-network-blocked",
            Self::Access(Some(Why::Role(_))) => "role-insufficient",
            Self::Access(Some(Why::PermissionModel)) => "vault-permission-model",
            Self::Access(Some(Why::Principal)) => "role-principal-invalid",
            Self::Access(Some(Why::Permissions) | None) => "vault-access-missing",
            Self::Race => "vault-access-race",
        };
        let mut rules = RULES.iter().map(|rule| rule.id);
        rules.find(|rule| rule.0 == name)
    }
}
