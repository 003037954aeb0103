//! The grants of a template as they are written: whom, on what, and what it allows.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::value::{Bindings, Evaluated, Identity, Scope, Symbol, Value};
use template::{Evaluator, Given, Property, identity_of_value};

use super::{is_access_policies, is_principal, is_role_assignment};
use crate::facts::{self, OnSecrets, Role};
use crate::identity::{Carried, carried_identities};

/// One role assignment, or one entry of a list of access policies.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The resource that makes it.
    pub at: At<ResourceId>,
    /// The principal id that it is for; none where that cannot be told.
    pub principal: Option<Given>,
    /// What it covers.
    pub target: Target,
    /// What it allows.
    pub permission: Permission,
    /// What the names of the resource's loop are bound to.
    pub bindings: Bindings,
    /// Which turn of the loop it is.
    pub turn: usize,
}

/// A [`Grant`] to an identity of API Management.
#[derive(Clone, Debug)]
pub struct Held {
    /// The grant.
    pub grant: Grant,
    /// The identity.
    pub by: Carried,
}

/// What a [`Grant`] covers.
#[derive(Clone, Debug)]
pub enum Target {
    /// A resource, and what is in it.
    Resource(Rc<Identity>),
    /// All that is in a scope: a resource group, a subscription, a management group.
    Wide(Scope),
    /// It cannot be told.
    Unknown,
}

/// What a [`Grant`] allows.
#[derive(Clone, Debug)]
pub enum Permission {
    /// What a role allows.
    Role {
        /// The `roleDefinitionId`; none where it cannot be told.
        definition: Option<Evaluated>,
        /// The role, if it is a built-in one of those that are known here.
        role: Option<&'static Role>,
    },
    /// What an access policy allows.
    Policy {
        /// Whether it lets read secrets; none where that cannot be told.
        reads_secrets: Option<bool>,
        /// Whether it is in the vault's own list, and not added by a resource of its own.
        is_inline: bool,
    },
}

impl Permission {
    /// Whether it lets read the secrets of a vault that goes by it; none where that cannot be told.
    #[must_use]
    pub fn reads_secrets(&self) -> Option<bool> {
        match self {
            Self::Role { role, .. } => role.map(|role| role.on_secrets == OnSecrets::Reads),
            Self::Policy { reads_secrets, .. } => *reads_secrets,
        }
    }

    /// Whether it is about something else than vaults for sure.
    #[must_use]
    pub fn is_unrelated(&self) -> bool {
        matches!(
            self,
            Self::Role { role: Some(role), .. } if role.on_secrets == OnSecrets::Unrelated
        )
    }
}

/// The grants that a resource makes in a case.
pub fn grants_of(evaluator: &Evaluator<'_>, at: At<ResourceId>) -> Result<Vec<Grant>, Undecided> {
    let resource = evaluator.program.resource(at);
    if resource.is_existing {
        Ok(Vec::new())
    } else if is_role_assignment(resource) {
        assigned(evaluator, at)
    } else if is_access_policies(resource) {
        allowed(evaluator, at)
    } else {
        Ok(Vec::new())
    }
}

/// The grants that a resource makes to identities of API Management in a case. What may be one and
/// cannot be told is none.
pub fn held(evaluator: &Evaluator<'_>, at: At<ResourceId>) -> Result<Vec<Held>, Undecided> {
    let grants = grants_of(evaluator, at)?;
    if grants.is_empty() {
        return Ok(Vec::new());
    }
    let identities = carried_identities(evaluator)?;
    let held = grants.into_iter().filter_map(|grant| {
        let principal = &grant.principal.as_ref()?.evaluated.value;
        let by = identities
            .iter()
            .find(|carried| is_principal(evaluator, principal, &carried.principal).is_same())?;
        Some(Held {
            by: by.clone(),
            grant,
        })
    });
    Ok(held.collect())
}

fn assigned(evaluator: &Evaluator<'_>, at: At<ResourceId>) -> Result<Vec<Grant>, Undecided> {
    let mut grants = Vec::new();
    let resource = evaluator.program.resource(at);
    let target = match &evaluator.identity(at)?.scope {
        Scope::Extension(of) => target_of(of),
        scope => Target::Wide(scope.clone()),
    };
    for (turn, (bindings, body)) in evaluator.deployed(at)?.into_iter().enumerate() {
        let mut target = target.clone();
        if resource.repetition.is_some()
            && let Some(scope) = resource.scope
            && let Some(of) = identity_of_value(&evaluator.evaluate_in(scope, &bindings)?.value)
        {
            target = target_of(&of);
        }
        let principal = evaluator.property(&body, &["properties", "principalId"])?;
        let definition = evaluator.property(&body, &["properties", "roleDefinitionId"])?;
        let definition = definition.given().map(|given| given.evaluated);
        let role = definition.as_ref().and_then(|it| role_of(&it.value));
        grants.push(Grant {
            at,
            principal: principal.given(),
            target,
            permission: Permission::Role { definition, role },
            bindings,
            turn,
        });
    }
    Ok(grants)
}

fn target_of(of: &Rc<Identity>) -> Target {
    let lower = of.resource_type.to_ascii_lowercase();
    // A scope that holds others, or nobody knows what.
    if lower.is_empty() || lower.starts_with("microsoft.resources/") {
        Target::Unknown
    } else {
        Target::Resource(of.clone())
    }
}

/// The built-in role of a role definition's id, in any spelling.
fn role_of(definition: &Value) -> Option<&'static Role> {
    if let Some(name) = named_role(definition, "id") {
        return facts::role_named(name);
    }
    role_id(definition).and_then(|id| facts::role(&id))
}

/// The GUID of a role definition's id, in any spelling.
#[must_use]
pub fn role_id(value: &Value) -> Option<String> {
    let identity = identity_of_value(value)?;
    if !identity.is_type(facts::ROLE_DEFINITION_TYPE) {
        return None;
    }
    let name = identity.name()?;
    match named_role(name, "roleDefinitionId") {
        Some(name) => facts::role_named(name).map(|role| role.id.to_owned()),
        None => name.as_str().map(str::to_owned),
    }
}

/// The name in `roleDefinitions('name').member`.
#[must_use]
pub fn named_role<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Member {
        object: Value::Symbol(object),
        name,
    } = &**symbol
    else {
        return None;
    };
    match &**object {
        Symbol::Call {
            function,
            arguments,
        } if &**function == "roledefinitions" && name.eq_ignore_ascii_case(member) => {
            arguments.first()?.as_str()
        }
        _ => None,
    }
}

fn allowed(evaluator: &Evaluator<'_>, at: At<ResourceId>) -> Result<Vec<Grant>, Undecided> {
    let resource = evaluator.program.resource(at);
    let identity = evaluator.identity(at)?;
    let is_inline = resource.is_type(facts::VAULT_TYPE);
    let vault = if is_inline {
        Some(identity)
    } else {
        let name = identity.name().and_then(Value::as_str);
        if name.is_some_and(|name| name.eq_ignore_ascii_case("remove")) {
            return Ok(Vec::new());
        }
        evaluator.parent(at)?
    };
    let grant = |principal, reads_secrets, turn, bindings: &Bindings| Grant {
        at,
        principal,
        target: vault.clone().map_or(Target::Unknown, Target::Resource),
        permission: Permission::Policy {
            reads_secrets,
            is_inline,
        },
        bindings: bindings.clone(),
        turn,
    };
    let mut grants = Vec::new();
    for (turn, (bindings, body)) in evaluator.deployed(at)?.into_iter().enumerate() {
        let list = match evaluator.property(&body, &["properties", "accessPolicies"])? {
            Property::Absent => continue,
            Property::Unknown => {
                grants.push(grant(None, None, turn, &bindings));
                continue;
            }
            Property::Given(given) => given.evaluated.value,
        };
        let Value::Array(list) = list else {
            grants.push(grant(None, None, turn, &bindings));
            continue;
        };
        if list.is_open() {
            grants.push(grant(None, None, turn, &bindings));
        }
        for policy in &list.items {
            let policy = evaluator.known(policy)?.value;
            let principal = evaluator.property(&policy, &["objectId"])?.given();
            let reads_secrets = may_get_secrets(evaluator, &policy)?;
            grants.push(grant(principal, reads_secrets, turn, &bindings));
        }
    }
    Ok(grants)
}

/// Whether an access policy lets read secrets; none where that cannot be told.
fn may_get_secrets(evaluator: &Evaluator<'_>, policy: &Value) -> Result<Option<bool>, Undecided> {
    let secrets = match evaluator.property(policy, &["permissions", "secrets"])? {
        Property::Absent => return Ok(Some(false)),
        Property::Unknown => return Ok(None),
        Property::Given(given) => given.evaluated.value,
    };
    let Value::Array(secrets) = secrets else {
        return Ok(None);
    };
    let mut answer = (!secrets.is_open()).then_some(false);
    for permission in &secrets.items {
        let permission = evaluator.known(permission)?.value;
        match permission.as_str() {
            Some(text)
                if facts::READS_SECRETS
                    .iter()
                    .any(|it| text.eq_ignore_ascii_case(it)) =>
            {
                return Ok(Some(true));
            }
            Some(_) => {}
            None => answer = None,
        }
    }
    Ok(answer)
}
