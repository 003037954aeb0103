//! Rules on role assignments and access policies.

pub(super) mod access_policies_overwritten;
pub(super) mod access_policy_name;
pub(super) mod role_definition_invalid;
pub(super) mod role_excessive;
pub(super) mod role_insufficient;
pub(super) mod role_name_unstable;
pub(super) mod role_principal_invalid;
pub(super) mod role_principal_type_missing;
pub(super) mod role_scope_mismatch;
pub(super) mod role_scope_too_broad;
mod secrets_user;

use access::identity::{Carried, Principal};
use template::Evaluator;
use template::model::ResourceId;
use template::program::At;
use template::value::Identity;

use crate::Related;
use crate::context::Context;

/// An identity of API Management, as messages speak of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Holder {
    /// The system-assigned identity of a service.
    System(At<ResourceId>),
    /// A user-assigned identity.
    User(Named),
}

/// A resource, as messages speak of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named {
    /// One that the program declares.
    Declared(At<ResourceId>),
    /// One that only its id names: its name, as far as it is known.
    Named(String),
}

impl Holder {
    pub(super) fn of(evaluator: &Evaluator<'_>, carried: &Carried) -> Self {
        match &carried.principal {
            Principal::System(_) => Self::System(carried.service),
            Principal::User(identity) => Self::User(Named::of(evaluator, identity)),
        }
    }

    /// The declaration of the resource that has or is the identity.
    pub(super) const fn declaration(&self) -> Option<At<ResourceId>> {
        match self {
            Self::System(service) => Some(*service),
            Self::User(Named::Declared(identity)) => Some(*identity),
            Self::User(Named::Named(_)) => None,
        }
    }

    /// The identity in words.
    pub(super) fn words(&self, context: &Context<'_>) -> String {
        match self {
            Self::System(service) => format!(
                "the system-assigned identity of `{}`",
                context.label(*service)
            ),
            Self::User(identity) => {
                format!("the user-assigned identity `{}`", identity.label(context))
            }
        }
    }

    /// Where the identity is declared.
    pub(super) fn related(&self, context: &Context<'_>) -> Option<Related> {
        self.declaration().map(|declaration| Related {
            place: context.resource_place(declaration),
            message: "this is the identity".to_owned(),
        })
    }
}

impl Named {
    pub(super) fn of(evaluator: &Evaluator<'_>, identity: &Identity) -> Self {
        match (identity.declaration, identity.name()) {
            (Some(declaration), _) => Self::Declared(declaration),
            (None, Some(name)) => {
                Self::Named(evaluator.describe(name).trim_matches('\'').to_owned())
            }
            (None, None) => Self::Named(String::new()),
        }
    }

    pub(super) fn label(&self, context: &Context<'_>) -> String {
        match self {
            Self::Declared(declaration) => context.label(*declaration),
            Self::Named(name) => name.clone(),
        }
    }

    /// Where the resource is declared.
    pub(super) fn related(&self, context: &Context<'_>, message: &str) -> Option<Related> {
        match self {
            Self::Declared(declaration) => Some(Related {
                place: context.resource_place(*declaration),
                message: message.to_owned(),
            }),
            Self::Named(_) => None,
        }
    }
}
