//! What lets an identity read a vault.
//!
//! The question here is about absence: whether *nothing* in the template lets an identity read. So
//! whatever may be a grant counts as one: a grant under a condition, of a role that is not known,
//! to a principal that cannot be told, or behind a module that cannot be seen into.

mod search;

use template::cases::Undecided;
use template::model::{Arguments, ExpressionId, ModuleId, Resource, ResourceId};
use template::program::{At, InstanceId};
use template::value::{Bindings, Identity, Lazy, Part, Scope, Symbol, Value, visit};
use template::{Evaluator, Lookup, Sameness, identity_of_value};

use self::search::Search;
use crate::facts::{self, OnSecrets};
use crate::identity::Principal;
use crate::vault::VaultReference;

/// Whether an identity may be able to read a vault, for all that the template shows.
pub fn may_read(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    principal: &Principal,
    vault: &VaultReference,
) -> Result<bool, Undecided> {
    let program = evaluator.program;
    if !program.is_complete() || waits_for_the_unseen(evaluator, reader)? {
        return Ok(true);
    }
    let search = Search {
        evaluator,
        principal,
        vault,
    };
    for (id, resource) in program.resources() {
        let kind = Kind::of(resource);
        if kind == Kind::Unrelated || !may_be_deployed(evaluator, id) {
            continue;
        }
        let lets = match kind {
            Kind::Anything => true,
            Kind::Unrelated => false,
            Kind::Indirect => search.finds_either(&Lazy::Expression(
                resource.body,
                evaluator.bindings(id.instance)?,
            )),
            // What is still undecided may be a grant.
            Kind::RoleAssignment => role_may_let(evaluator, id, principal, vault).unwrap_or(true),
            Kind::AccessPolicies => {
                policies_may_let(evaluator, id, principal, vault).unwrap_or(true)
            }
        };
        if lets {
            return Ok(true);
        }
    }
    for (id, module) in program.modules() {
        if !program.is_opaque(id) || !may_be_called(evaluator, id) {
            continue;
        }
        let bindings = evaluator.bindings(id.instance)?;
        let iterable = module.repetition.map(|repetition| repetition.iterable);
        let is_given = [Some(module.body), iterable]
            .into_iter()
            .flatten()
            .any(|given| search.finds_either(&Lazy::Expression(given, bindings.clone())));
        if is_given {
            return Ok(true);
        }
    }
    // Whoever deploys the root may grant what it hands out.
    let root = program.template(InstanceId::ROOT);
    let bindings = evaluator.bindings(InstanceId::ROOT)?;
    Ok(root
        .outputs
        .iter()
        .any(|output| search.finds_handle(&Lazy::Expression(output.value, bindings.clone()))))
}

/// Whether a reader, or a module on the way to it, says that it waits for a module that cannot be seen
/// into: the grant, most likely.
fn waits_for_the_unseen(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
) -> Result<bool, Undecided> {
    let program = evaluator.program;
    let mut depends_on = program.resource(reader).depends_on;
    let mut instance = reader.instance;
    loop {
        if let Some(list) = depends_on
            && names_the_unseen(evaluator, instance, list)?
        {
            return Ok(true);
        }
        let Some(module) = program.caller(instance) else {
            return Ok(false);
        };
        let template = program.template(module.instance);
        let body = program.module(module).body;
        let property = template.property(body, "dependsOn");
        depends_on = property.map(|property| property.value);
        instance = module.instance;
    }
}

fn names_the_unseen(
    evaluator: &Evaluator<'_>,
    instance: InstanceId,
    list: ExpressionId,
) -> Result<bool, Undecided> {
    let Value::Array(list) = evaluator.evaluate(instance.at(list))?.value else {
        return Ok(true);
    };
    let mut is_unseen = list.is_open();
    for item in &list.items {
        visit(&evaluator.force(item)?.value, &mut |part| {
            if let Part::Symbol(Symbol::Output { module, .. }) = part {
                is_unseen |= evaluator.program.is_opaque(*module);
            }
        });
    }
    Ok(is_unseen)
}

/// Whether a module that cannot be seen into may give a service its identity: it gets the service, and
/// an argument that speaks of an identity.
pub fn may_get_identity(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    let search = Search {
        evaluator,
        principal: &Principal::System(evaluator.identity(service)?),
        vault: &VaultReference::Unknown,
    };
    for (id, module) in evaluator.program.modules() {
        let Arguments::Given(arguments) = module.arguments else {
            continue;
        };
        if !evaluator.program.is_opaque(id) || !may_be_called(evaluator, id) {
            continue;
        }
        let bindings = evaluator.bindings(id.instance)?;
        let arguments = Lazy::Expression(arguments, bindings);
        let speaks_of_identity = match evaluator.force(&arguments)?.value {
            Value::Object(object) => object.entries.iter().any(|entry| {
                let key = entry.key.as_str();
                key.is_none_or(|key| key.to_ascii_lowercase().contains("identit"))
            }),
            _ => true,
        };
        if speaks_of_identity && search.finds_principal(&arguments) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How a resource may let somebody read a vault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unrelated,
    RoleAssignment,
    AccessPolicies,
    /// A script or the like, which may do anything with what it is given.
    Indirect,
    /// It cannot be told.
    Anything,
}

impl Kind {
    fn of(resource: &Resource) -> Self {
        if resource.is_existing {
            Self::Unrelated
        } else if resource.resource_type.is_empty() {
            Self::Anything
        } else if facts::may_grant(&resource.resource_type) {
            Self::Indirect
        } else if is_role_assignment(resource) {
            Self::RoleAssignment
        } else if resource.is_type(facts::ACCESS_POLICIES_TYPE)
            || resource.is_type(facts::VAULT_TYPE)
        {
            Self::AccessPolicies
        } else {
            Self::Unrelated
        }
    }
}

/// Whether the case does not rule out that a module is deployed.
fn may_be_called(evaluator: &Evaluator<'_>, id: At<ModuleId>) -> bool {
    evaluator.is_called(id).unwrap_or(true)
}

/// Whether the case does not rule out that a resource is deployed.
#[must_use]
pub fn may_be_deployed(evaluator: &Evaluator<'_>, resource: At<ResourceId>) -> bool {
    evaluator.is_deployed(resource).unwrap_or(true)
}

/// Whether a resource is a role assignment, in the newer or the older spelling.
#[must_use]
pub fn is_role_assignment(resource: &Resource) -> bool {
    let resource_type = &resource.resource_type;
    let lower = resource_type.to_ascii_lowercase();
    lower == facts::ROLE_ASSIGNMENT_TYPE.to_ascii_lowercase()
        || lower.ends_with("/providers/roleassignments")
}

fn role_may_let(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    principal: &Principal,
    vault: &VaultReference,
) -> Result<bool, Undecided> {
    let identity = evaluator.identity(id)?;
    let covers = match &identity.scope {
        Scope::Extension(scope) => scope_covers(evaluator, scope, vault),
        // Wider than any resource, and it covers those of another group no more than those of none.
        Scope::ResourceGroup { .. } => match vault {
            VaultReference::Resource(vault)
                if evaluator.same_scope(&identity.scope, &vault.scope) == Sameness::Different =>
            {
                Sameness::Different
            }
            _ => Sameness::Unknown,
        },
        Scope::Deployment | Scope::Subscription(_) | Scope::Elsewhere(_) => Sameness::Unknown,
    };
    if !covers.may_be_same() {
        return Ok(false);
    }
    for bindings in evaluator.iterations(id)? {
        let body = evaluator
            .evaluate_in(evaluator.program.resource(id).body, &bindings)?
            .value;
        let to_principal = match known_property(evaluator, &body, &["properties", "principalId"])? {
            Some(value) => is_principal(evaluator, &value, principal),
            None => Sameness::Unknown,
        };
        if !to_principal.may_be_same() {
            continue;
        }
        let role = known_property(evaluator, &body, &["properties", "roleDefinitionId"])?
            .and_then(|value| role_id(&value))
            .and_then(|id| facts::role(&id));
        if role.is_none_or(|role| role.on_secrets != OnSecrets::Unrelated) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an assignment at the scope of a resource covers a vault.
fn scope_covers(evaluator: &Evaluator<'_>, scope: &Identity, vault: &VaultReference) -> Sameness {
    let is_in_vault = scope
        .resource_type
        .get(..facts::VAULT_TYPE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(facts::VAULT_TYPE));
    if !is_in_vault {
        let may_be_wide = scope.resource_type.is_empty()
            || scope
                .resource_type
                .to_ascii_lowercase()
                .starts_with("microsoft.resources/");
        return if may_be_wide {
            Sameness::Unknown
        } else {
            Sameness::Different
        };
    }
    let whole = Identity {
        resource_type: facts::VAULT_TYPE.into(),
        names: scope.names.iter().take(1).cloned().collect(),
        declaration: scope
            .declaration
            .filter(|_| scope.is_type(facts::VAULT_TYPE)),
        index: scope.index.clone(),
        scope: scope.scope.clone(),
    };
    vault.is(evaluator, &whole)
}

/// The GUID of a role definition's id, in any spelling.
#[must_use]
pub fn role_id(value: &Value) -> Option<String> {
    let identity = identity_of_value(value)?;
    if !identity.is_type(facts::ROLE_DEFINITION_TYPE) {
        return None;
    }
    identity.name()?.as_str().map(str::to_owned)
}

/// Whether a value is the principal id of an identity.
#[must_use]
pub fn is_principal(evaluator: &Evaluator<'_>, value: &Value, principal: &Principal) -> Sameness {
    let own = principal.principal_id();
    // Another property of the same resource (its client id, its resource id) is no principal id.
    evaluator.same(value, &own)
}

/// Whether the access policies that a vault has, or that are added to it, let an identity read.
fn policies_may_let(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    principal: &Principal,
    vault: &VaultReference,
) -> Result<bool, Undecided> {
    let resource = evaluator.program.resource(id);
    let identity = evaluator.identity(id)?;
    let of = if resource.is_type(facts::VAULT_TYPE) {
        identity
    } else {
        let is_removal = identity
            .name()
            .and_then(Value::as_str)
            .is_some_and(|name| name.eq_ignore_ascii_case("remove"));
        if is_removal {
            return Ok(false);
        }
        match evaluator.parent(id)? {
            Some(parent) => parent,
            None => return Ok(true),
        }
    };
    if !vault.is(evaluator, &of).may_be_same() {
        return Ok(false);
    }
    for bindings in evaluator.iterations(id)? {
        if list_may_let(evaluator, id, &bindings, principal)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one of the `properties.accessPolicies` of a resource lets an identity read secrets.
fn list_may_let(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    bindings: &Bindings,
    principal: &Principal,
) -> Result<bool, Undecided> {
    let body = evaluator
        .evaluate_in(evaluator.program.resource(id).body, bindings)?
        .value;
    let list = match evaluator.lookup_path(&body, &["properties", "accessPolicies"])? {
        Lookup::Found(entry) => evaluator.known(&entry.value)?.value,
        Lookup::Absent => return Ok(false),
        Lookup::Unknown => return Ok(true),
    };
    let list = match list {
        Value::Array(list) => list,
        Value::Null => return Ok(false),
        _ => return Ok(true),
    };
    if list.is_open() {
        return Ok(true);
    }
    for policy in &list.items {
        let policy = evaluator.known(policy)?.value;
        let is_theirs = match known_property(evaluator, &policy, &["objectId"])? {
            Some(value) => is_principal(evaluator, &value, principal),
            None => Sameness::Unknown,
        };
        if is_theirs.may_be_same() && may_get_secrets(evaluator, &policy)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn may_get_secrets(evaluator: &Evaluator<'_>, policy: &Value) -> Result<bool, Undecided> {
    let secrets = match evaluator.lookup_path(policy, &["permissions", "secrets"])? {
        Lookup::Found(entry) => evaluator.known(&entry.value)?.value,
        Lookup::Absent => return Ok(false),
        Lookup::Unknown => return Ok(true),
    };
    let Value::Array(secrets) = secrets else {
        return Ok(true);
    };
    if secrets.is_open() {
        return Ok(true);
    }
    for permission in &secrets.items {
        let permission = evaluator.known(permission)?.value;
        let is_enough = permission.as_str().is_none_or(|text| {
            text.eq_ignore_ascii_case("get") || text.eq_ignore_ascii_case("all")
        });
        if is_enough {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The value of a property; none where it is absent or cannot be told.
pub fn known_property(
    evaluator: &Evaluator<'_>,
    object: &Value,
    path: &[&str],
) -> Result<Option<Value>, Undecided> {
    match evaluator.lookup_path(object, path)? {
        Lookup::Found(entry) => Ok(Some(evaluator.known(&entry.value)?.value)),
        Lookup::Absent | Lookup::Unknown => Ok(None),
    }
}
