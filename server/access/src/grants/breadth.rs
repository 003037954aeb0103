//! Grants that cover more than one resource.

use template::Evaluator;
use template::model::TargetScope;
use template::program::InstanceId;
use template::value::{Identity, Scope, Symbol, Value};

/// How wide a scope is that holds resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// A resource group.
    ResourceGroup,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// All of the tenant.
    Tenant,
}

impl Breadth {
    /// How such a scope is called.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::ResourceGroup => "resource group",
            Self::Subscription => "subscription",
            Self::ManagementGroup => "management group",
            Self::Tenant => "tenant",
        }
    }
}

/// How wide a scope is; none for one resource, or where it cannot be told.
#[must_use]
pub fn breadth(evaluator: &Evaluator<'_>, scope: &Scope) -> Option<Breadth> {
    match scope {
        Scope::ResourceGroup { .. } => Some(Breadth::ResourceGroup),
        Scope::Subscription(_) => Some(Breadth::Subscription),
        Scope::Deployment => match evaluator.program.template(InstanceId::ROOT).target_scope {
            TargetScope::ResourceGroup => Some(Breadth::ResourceGroup),
            TargetScope::Subscription => Some(Breadth::Subscription),
            TargetScope::ManagementGroup => Some(Breadth::ManagementGroup),
            TargetScope::Tenant => Some(Breadth::Tenant),
            TargetScope::Unknown => None,
        },
        Scope::Elsewhere(Value::Symbol(symbol)) => match &**symbol {
            Symbol::Call { function, .. } if &**function == "managementgroup" => {
                Some(Breadth::ManagementGroup)
            }
            Symbol::Call { function, .. } if &**function == "tenant" => Some(Breadth::Tenant),
            _ => None,
        },
        Scope::Elsewhere(_) | Scope::Extension(_) => None,
    }
}

/// Whether a scope holds a vault, as far as it goes: what is in a resource group is known, what is in
/// a wider scope is not ruled out.
#[must_use]
pub fn reaches(evaluator: &Evaluator<'_>, scope: &Scope, vault: &Identity) -> bool {
    match breadth(evaluator, scope) {
        None => false,
        Some(Breadth::ResourceGroup) => evaluator.same_scope(scope, &vault.scope).is_same(),
        Some(Breadth::Subscription) => {
            let own = subscription(scope);
            match (own, subscription(&vault.scope)) {
                (Some(own), Some(of)) => evaluator.same_name(own, of).may_be_same(),
                _ => true,
            }
        }
        Some(Breadth::ManagementGroup | Breadth::Tenant) => true,
    }
}

const fn subscription(scope: &Scope) -> Option<&Value> {
    match scope {
        Scope::ResourceGroup { subscription, .. } | Scope::Subscription(subscription) => {
            subscription.as_ref()
        }
        Scope::Deployment | Scope::Elsewhere(_) | Scope::Extension(_) => None,
    }
}
