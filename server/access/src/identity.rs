//! The `identity` of API Management services.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::{At, Program};
use template::value::{Evaluated, Identity, Object, Value};
use template::{Evaluator, Lookup, identity_of_value};

use crate::facts;

/// What the `identity` property of a service says.
#[derive(Clone, Debug)]
pub enum ServiceIdentity {
    /// It cannot be told.
    Unknown,
    /// There is no such property, or it is null, written as the expression.
    Absent(Option<At<ExpressionId>>),
    /// There is one.
    Present(Box<IdentityBlock>),
}

/// A present `identity` property.
#[derive(Clone, Debug)]
pub struct IdentityBlock {
    /// The object, as an expression.
    pub origin: At<ExpressionId>,
    /// Its `type`; none where it cannot be told.
    pub kind: Option<IdentityKind>,
    /// The value of `type`, if it is written.
    pub kind_origin: Option<At<ExpressionId>>,
    /// Its `userAssignedIdentities`.
    pub user_assigned: UserAssigned,
}

/// The `type` of an identity. Azure ignores its case and blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// No `type` property.
    Missing,
    /// `None`
    None,
    /// `SystemAssigned`
    SystemAssigned,
    /// `UserAssigned`
    UserAssigned,
    /// `SystemAssigned, UserAssigned`
    Both {
        /// Whether the words are in the documented order.
        is_in_order: bool,
    },
    /// Anything else.
    Invalid(String),
}

impl IdentityKind {
    /// Reads the value of `type`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let words: Vec<_> = text
            .split(',')
            .map(|word| word.trim().to_ascii_lowercase())
            .collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["none"] => Self::None,
            ["systemassigned"] => Self::SystemAssigned,
            ["userassigned"] => Self::UserAssigned,
            ["systemassigned", "userassigned"] => Self::Both { is_in_order: true },
            ["userassigned", "systemassigned"] => Self::Both { is_in_order: false },
            _ => Self::Invalid(text.to_owned()),
        }
    }

    /// Whether it has a system-assigned identity.
    #[must_use]
    pub const fn has_system(&self) -> bool {
        matches!(self, Self::SystemAssigned | Self::Both { .. })
    }

    /// Whether it has user-assigned identities.
    #[must_use]
    pub const fn has_user(&self) -> bool {
        matches!(self, Self::UserAssigned | Self::Both { .. })
    }
}

/// The `userAssignedIdentities` of an identity.
#[derive(Clone, Debug)]
pub enum UserAssigned {
    /// It cannot be told.
    Unknown,
    /// There is no such property, or it is null, written as the expression.
    Absent(Option<At<ExpressionId>>),
    /// A dictionary, its value and the expression it is written as.
    Dictionary(Rc<Object>, At<ExpressionId>),
    /// Something that is no dictionary for sure: an array, or the id of an identity.
    Other(At<ExpressionId>),
}

/// What the `identity` of a service says in a case.
pub fn service_identity(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<ServiceIdentity, Undecided> {
    let body = evaluator.body(service)?;
    let identity = match evaluator.lookup(&body.value, "identity") {
        Lookup::Found(entry) => evaluator.known(&entry.value)?,
        Lookup::Absent => return Ok(ServiceIdentity::Absent(None)),
        Lookup::Unknown => return Ok(ServiceIdentity::Unknown),
    };
    match identity.value {
        Value::Null => return Ok(ServiceIdentity::Absent(Some(identity.origin))),
        Value::Object(_) => {}
        _ => return Ok(ServiceIdentity::Unknown),
    }
    let (kind, kind_origin) = match evaluator.lookup(&identity.value, "type") {
        Lookup::Found(entry) => {
            let kind = evaluator.known(&entry.value)?;
            let parsed = match &kind.value {
                Value::Null => Some(IdentityKind::Missing),
                value => value
                    .as_str()
                    .filter(|text| !has_token(text))
                    .map(IdentityKind::parse),
            };
            (parsed, Some(kind.origin))
        }
        Lookup::Absent => (Some(IdentityKind::Missing), None),
        Lookup::Unknown => (None, None),
    };
    let user_assigned = match evaluator.lookup(&identity.value, "userAssignedIdentities") {
        Lookup::Found(entry) => {
            let Evaluated { value, origin } = evaluator.known(&entry.value)?;
            match value {
                Value::Null => UserAssigned::Absent(Some(origin)),
                Value::Object(object) => UserAssigned::Dictionary(object, origin),
                Value::Array(_) | Value::Id(_) => UserAssigned::Other(origin),
                _ => UserAssigned::Unknown,
            }
        }
        Lookup::Absent => UserAssigned::Absent(None),
        Lookup::Unknown => UserAssigned::Unknown,
    };
    Ok(ServiceIdentity::Present(Box::new(IdentityBlock {
        origin: identity.origin,
        kind,
        kind_origin,
        user_assigned,
    })))
}

/// Whether a text has a place that a tool fills in before the deployment: `#{x}#`, `$(x)`, `__x__`.
fn has_token(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || " ,.-|;+&/".contains(letter);
    !text.chars().all(is_plain)
}

/// An identity that Azure creates with the deployment, or that exists.
#[derive(Clone, Debug)]
pub enum Principal {
    /// The system-assigned identity of a resource.
    System(Rc<Identity>),
    /// A user-assigned identity.
    User(Rc<Identity>),
}

impl Principal {
    /// The resource that has or is the identity.
    #[must_use]
    pub const fn resource(&self) -> &Rc<Identity> {
        match self {
            Self::System(resource) | Self::User(resource) => resource,
        }
    }

    /// What tells the identity from others by itself, if it is declared: the declaration, and whether
    /// it is the system-assigned one of that.
    pub(crate) fn key(&self) -> Option<(At<ResourceId>, bool)> {
        let declaration = self.resource().lone_declaration()?;
        Some((declaration, matches!(self, Self::System(_))))
    }

    /// Where the resource has the id of the principal.
    #[must_use]
    pub const fn principal_id_path(&self) -> [&'static str; 2] {
        match self {
            Self::System(_) => ["identity", "principalId"],
            Self::User(_) => ["properties", "principalId"],
        }
    }

    /// The value of the principal id.
    #[must_use]
    pub fn principal_id(&self) -> Value {
        Value::property(self.resource(), &self.principal_id_path())
    }
}

/// An identity of API Management: the system-assigned one of a service, or a user-assigned one that
/// a service carries.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The service, declared or `existing`.
    pub service: At<ResourceId>,
    /// The identity.
    pub principal: Principal,
}

/// The identities of API Management in a case. What user-assigned identities an `existing` service
/// carries is not known.
pub fn carried_identities(evaluator: &Evaluator<'_>) -> Result<Vec<Carried>, Undecided> {
    let mut found = Vec::new();
    for (service, resource) in evaluator.program.resources_of_type(facts::SERVICE_TYPE) {
        if !resource.is_existing && !evaluator.is_deployed(service)? {
            continue;
        }
        let principal = Principal::System(evaluator.identity(service)?);
        found.push(Carried { service, principal });
        if resource.is_existing {
            continue;
        }
        let ServiceIdentity::Present(block) = service_identity(evaluator, service)? else {
            continue;
        };
        if let UserAssigned::Dictionary(dictionary, _) = block.user_assigned {
            let keys = dictionary.entries.iter().map(|entry| &entry.key);
            found.extend(keys.filter_map(identity_of_value).map(|identity| Carried {
                service,
                principal: Principal::User(identity),
            }));
        }
    }
    Ok(found)
}

/// The services that a program declares; `existing` ones are not among them.
pub fn services(program: &Program) -> impl Iterator<Item = At<ResourceId>> {
    program
        .resources_of_type(facts::SERVICE_TYPE)
        .filter(|(_, resource)| !resource.is_existing)
        .map(|(id, _)| id)
}
