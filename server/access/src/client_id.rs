//! Which identity of a service is meant, by its client id, where something reads or signs in with one.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Evaluated, Identity, Symbol, Value};
use template::{Evaluator, Property, identity_of_value};

use crate::facts;
use crate::reads::{ReadKind, is_reader, reads_of};

/// A place where a client id says which identity is used.
#[derive(Clone, Debug)]
pub struct Named {
    /// What uses the identity.
    pub by: User,
    /// The name of the property that needs the identity.
    pub property: At<ExpressionId>,
    /// The client id; none where it is left out.
    pub client_id: Option<Evaluated>,
}

/// What uses an identity that it names by a client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// A value that is read from a vault.
    Read(ReadKind),
    /// A logger.
    Logger,
}

impl User {
    /// How the thing is called.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Read(kind) => kind.noun(),
            Self::Logger => "logger",
        }
    }

    /// What Azure answers to a client id that it does not find among those of the service
    /// ([report]); none where that is not known.
    ///
    /// [report]: https://github.com/Azure/apiops/issues/214
    #[must_use]
    pub const fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Read(ReadKind::NamedValue | ReadKind::Certificate) => {
                Some("Can not find Managed Identity with provided IdentityClientId")
            }
            Self::Read(_) | Self::Logger => None,
        }
    }
}

/// What stands where a client id belongs.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// The system-assigned identity of the service.
    System,
    /// The client id of a user-assigned identity.
    User(Rc<Identity>),
    /// The principal id of the system-assigned identity of a resource.
    SystemPrincipalId(Rc<Identity>),
    /// The principal id of a user-assigned identity.
    UserPrincipalId(Rc<Identity>),
    /// A resource id.
    ResourceId(Rc<Identity>),
    /// The word for the system-assigned identity, where it is not taken.
    Word,
    /// It cannot be told.
    Unknown,
}

impl Named {
    /// What is meant.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        let Some(Evaluated { value, .. }) = &self.client_id else {
            return Meaning::System;
        };
        match value {
            Value::Text(text)
                if text
                    .as_str()
                    .is_some_and(|text| text.eq_ignore_ascii_case(facts::SYSTEM_IDENTITY_WORD)) =>
            {
                match self.by {
                    User::Logger => Meaning::System,
                    User::Read(_) => Meaning::Word,
                }
            }
            Value::Text(_) | Value::Id(_) => {
                identity_of_value(value).map_or(Meaning::Unknown, Meaning::ResourceId)
            }
            Value::Symbol(symbol) => of_symbol(symbol),
            _ => Meaning::Unknown,
        }
    }
}

fn of_symbol(symbol: &Symbol) -> Meaning {
    match symbol {
        Symbol::Property { identity, path } => {
            let path: Vec<_> = path.iter().map(|it| it.to_ascii_lowercase()).collect();
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            let is_user = identity.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE);
            match path.as_slice() {
                ["properties", "clientid"] if is_user => Meaning::User(identity.clone()),
                ["properties", "principalid"] if is_user => {
                    Meaning::UserPrincipalId(identity.clone())
                }
                ["identity", "principalid"] => Meaning::SystemPrincipalId(identity.clone()),
                _ => Meaning::Unknown,
            }
        }
        // `service.identity.userAssignedIdentities[id].principalId`
        Symbol::Member { object, name } if name.eq_ignore_ascii_case("principalId") => {
            carried(object).map_or(Meaning::Unknown, Meaning::UserPrincipalId)
        }
        _ => Meaning::Unknown,
    }
}

/// The identity of `service.identity.userAssignedIdentities[id]`.
fn carried(value: &Value) -> Option<Rc<Identity>> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Element { object, index } = &**symbol else {
        return None;
    };
    identity_of_value(index).filter(|_| object.is_property(&["identity", "userAssignedIdentities"]))
}

/// What a resource names identities for in a case.
pub fn named_by(evaluator: &Evaluator<'_>, user: At<ResourceId>) -> Result<Vec<Named>, Undecided> {
    let mut found = Vec::new();
    if is_reader(evaluator.program, user) {
        found.extend(reads_of(evaluator, user)?.iter().map(|read| Named {
            by: User::Read(read.kind),
            property: read.property,
            client_id: read.client_id.clone(),
        }));
    }
    if evaluator.program.resource(user).is_type(facts::LOGGER_TYPE) {
        for (_, body) in evaluator.deployed(user)? {
            let path = ["properties", "credentials", "identityClientId"];
            // A logger that names none uses none.
            if let Property::Given(given) = evaluator.property(&body, &path)?
                && let Some(property) = given.name
            {
                found.push(Named {
                    by: User::Logger,
                    property,
                    client_id: Some(given.evaluated),
                });
            }
        }
    }
    Ok(found)
}
