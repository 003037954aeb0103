//! What lets an identity read a vault.
//!
//! The question here is about absence: whether *nothing* in the template lets an identity read. So
//! whatever may be a grant counts as one: a grant under a condition, of a role that is not known,
//! to a principal that cannot be told, or behind a module that cannot be seen into.

mod breadth;
mod named;
mod search;
mod written;

use template::cases::Undecided;
use template::model::{Arguments, ExpressionId, ModuleId, Resource, ResourceId};
use template::program::{At, InstanceId, Program};
use template::value::{Identity, Lazy, Part, Scope, Symbol, Value, visit};
use template::{Evaluator, Lookup, Sameness, identity_of_value};

pub use self::breadth::{Breadth, breadth, reaches};
pub use self::named::{Misnomer, misnomer};
use self::search::Search;
pub use self::written::{Grant, Held, Permission, Target, grants_of, held, named_role, role_id};
use crate::facts::{self, Role};
use crate::identity::Principal;
use crate::vault::{PermissionModel, VaultKey, VaultReference, declared_vault, permission_model};

/// What in a deployment lets an identity read a vault.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The resources that do, for sure.
    pub granted: Vec<At<ResourceId>>,
    /// Grants to the identity, on the vault, that do not let it read secrets.
    pub ineffective: Vec<Ineffective>,
    /// Whether something else may: what cannot be told, or seen into.
    pub may_be_granted: bool,
    /// What may, in some of the cases that the one at hand leaves open.
    pub undecided: Vec<At<ResourceId>>,
    /// Whether the root hands out what lets whoever deploys it grant access.
    pub is_handed_out: bool,
}

impl Access {
    /// Whether nothing in the deployment lets the identity read, for sure.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.granted.is_empty() && !self.may_be_granted && !self.is_handed_out
    }
}

/// A grant without the effect that it is meant to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ineffective {
    /// The resource that makes it.
    pub at: At<ResourceId>,
    /// Why it has none.
    pub why: Why,
}

/// Why a grant does not let an identity read secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The role does not include it.
    Role(&'static Role),
    /// The access policy does not include it.
    Permissions,
    /// The vault decides in another way.
    PermissionModel,
    /// It names the identity by something else than its principal id.
    Principal,
}

/// What lets an identity read a vault, for all that the template shows.
pub fn access(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    principal: &Principal,
    vault: &VaultReference,
) -> Result<Access, Undecided> {
    #[derive(PartialEq, Eq, Hash)]
    struct AccessOf((At<ResourceId>, bool), VaultKey);
    let mut access = match (principal.key(), vault.key()) {
        (Some(principal_key), Some(vault_key)) => evaluator
            .once(AccessOf(principal_key, vault_key), || {
                access_of_any(evaluator, principal, vault)
            })?,
        _ => access_of_any(evaluator, principal, vault)?,
    };
    access.may_be_granted = access.may_be_granted || waits_for_the_unseen(evaluator, reader)?;
    Ok(access)
}

/// What lets an identity read a vault, whatever reads.
fn access_of_any(
    evaluator: &Evaluator<'_>,
    principal: &Principal,
    vault: &VaultReference,
) -> Result<Access, Undecided> {
    let program = evaluator.program;
    let mut access = Access {
        may_be_granted: !program.is_complete(),
        ..Access::default()
    };
    let model = match declared_vault(evaluator, vault)? {
        Some(declared) => permission_model(evaluator, declared)?,
        None => PermissionModel::Unknown,
    };
    let search = Search {
        evaluator,
        principal: Some(principal),
        vault,
    };
    for id in program.resources_of_types(|name| Kind::of(name) != Kind::Unrelated) {
        let resource = program.resource(id);
        if resource.is_existing || !may_be_deployed(evaluator, id) {
            continue;
        }
        match Kind::of(&resource.resource_type) {
            Kind::Unrelated => {}
            Kind::Anything => access.may_be_granted = true,
            Kind::Indirect => {
                let body = Lazy::Expression(resource.body, evaluator.bindings(id.instance)?);
                access.may_be_granted |= search.finds_either(&body);
            }
            // What is still undecided may be a grant.
            Kind::Grant => match grants_of(evaluator, id) {
                Ok(grants) => {
                    for grant in &grants {
                        access.add(grant, &search.effect(grant, model));
                    }
                }
                Err(_) if search.may_cover(id) => {
                    access.may_be_granted = true;
                    access.undecided.push(id);
                }
                Err(_) => {}
            },
        }
    }
    for (id, module) in program.modules() {
        if access.may_be_granted {
            break;
        }
        if !program.is_opaque(id) || !may_be_called(evaluator, id) {
            continue;
        }
        let bindings = evaluator.bindings(id.instance)?;
        let iterable = module.repetition.map(|repetition| repetition.iterable);
        access.may_be_granted |= [Some(module.body), iterable]
            .into_iter()
            .flatten()
            .any(|given| search.finds_either(&Lazy::Expression(given, bindings.clone())));
    }
    let root = program.template(InstanceId::ROOT);
    let bindings = evaluator.bindings(InstanceId::ROOT)?;
    access.is_handed_out = root
        .outputs
        .iter()
        .any(|output| search.finds_handle(&Lazy::Expression(output.value, bindings.clone())));
    Ok(access)
}

impl Access {
    fn add(&mut self, grant: &Grant, effect: &Effect) {
        match effect {
            Effect::None => {}
            Effect::Reads => self.granted.push(grant.at),
            Effect::Possible => self.may_be_granted = true,
            Effect::Ineffective(why) => self.ineffective.push(Ineffective {
                at: grant.at,
                why: *why,
            }),
        }
    }
}

/// What a grant means for an identity and a vault.
enum Effect {
    None,
    Reads,
    Possible,
    Ineffective(Why),
}

impl Search<'_, '_> {
    fn effect(&self, grant: &Grant, model: PermissionModel) -> Effect {
        let covers = self.covers(&grant.target);
        if covers == Sameness::Different {
            return Effect::None;
        }
        let principal = grant.principal.as_ref().map(|given| &given.evaluated.value);
        let is_theirs = principal.map_or(Sameness::Unknown, |value| {
            self.principal.map_or(Sameness::Unknown, |principal| {
                is_principal(self.evaluator, value, principal)
            })
        });
        if is_theirs == Sameness::Different {
            return Effect::None;
        }
        let is_sure = covers.is_same() && is_theirs.is_same();
        // On the vault itself, what is about something else is a mistake.
        let is_on_vault = is_sure && matches!(grant.target, Target::Resource(_));
        if grant.permission.is_unrelated() && !is_on_vault {
            return Effect::None;
        }
        let is_other_handle = principal
            .zip(self.principal)
            .is_some_and(|(value, of)| other_handle(self.evaluator, value, of).is_some());
        if covers.is_same() && is_other_handle {
            return Effect::Ineffective(Why::Principal);
        }
        match &grant.permission {
            Permission::Policy { reads_secrets, .. } if model == PermissionModel::Roles => {
                return match reads_secrets {
                    _ if !is_sure => Effect::None,
                    Some(false) => Effect::Ineffective(Why::Permissions),
                    _ => Effect::Ineffective(Why::PermissionModel),
                };
            }
            // A vault with access policies heeds no role; only one on what is in it is meant to be.
            Permission::Role { role, .. } if model == PermissionModel::AccessPolicies => {
                let is_meant = role.is_some_and(Role::is_on_vault_data);
                if is_sure && is_meant {
                    return Effect::Ineffective(Why::PermissionModel);
                }
                return Effect::None;
            }
            Permission::Policy { .. } | Permission::Role { .. } => {}
        }
        match (grant.permission.reads_secrets(), &grant.permission) {
            (Some(true), _) if is_sure => Effect::Reads,
            (Some(false), Permission::Policy { .. }) if is_sure => {
                Effect::Ineffective(Why::Permissions)
            }
            (Some(false), Permission::Policy { .. }) => Effect::None,
            (
                Some(false),
                Permission::Role {
                    role: Some(role), ..
                },
            ) if is_sure => Effect::Ineffective(Why::Role(role)),
            _ => Effect::Possible,
        }
    }

    /// Whether a grant covers the vault.
    fn covers(&self, target: &Target) -> Sameness {
        match target {
            Target::Resource(of) => scope_covers(self.evaluator, of, self.vault),
            // Wider than any resource, and it covers those of another group no more than those of
            // none.
            Target::Wide(scope @ (Scope::ResourceGroup { .. } | Scope::Deployment)) => {
                match self.vault {
                    VaultReference::Resource(vault) => {
                        self.evaluator.same_scope(scope, &vault.scope)
                    }
                    VaultReference::Name(_) | VaultReference::Unknown => Sameness::Unknown,
                }
            }
            Target::Wide(_) | Target::Unknown => Sameness::Unknown,
        }
    }

    /// Whether a grant that is not known may be on the vault.
    fn may_cover(&self, grant: At<ResourceId>) -> bool {
        let Ok(identity) = self.evaluator.identity(grant) else {
            return true;
        };
        let on = if is_role_assignment(self.evaluator.program.resource(grant)) {
            match &identity.scope {
                Scope::Extension(of) => of.clone(),
                _ => return true,
            }
        } else {
            match self.evaluator.parent(grant) {
                Ok(Some(parent)) => parent,
                _ => identity,
            }
        };
        scope_covers(self.evaluator, &on, self.vault).may_be_same()
    }
}

/// What names the resource of an identity where its principal id is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// The resource's id, or the resource itself.
    Id,
    /// The client id.
    ClientId,
    /// The resource's name.
    Name,
}

/// What a value is of an identity that is not its principal id; none where it is nothing of it, or
/// that cannot be told.
#[must_use]
pub fn other_handle(
    evaluator: &Evaluator<'_>,
    value: &Value,
    principal: &Principal,
) -> Option<Handle> {
    let resource = principal.resource();
    if let Some(id) = identity_of_value(value) {
        return evaluator
            .same_resource(&id, resource)
            .is_same()
            .then_some(Handle::Id);
    }
    if let Some((of, path)) = value.as_property() {
        let is_client_id = path
            .last()
            .is_some_and(|name| name.eq_ignore_ascii_case("clientId"));
        return (is_client_id && evaluator.same_resource(of, resource).is_same())
            .then_some(Handle::ClientId);
    }
    resource
        .name()
        .is_some_and(|name| evaluator.same_name(value, name).is_same())
        .then_some(Handle::Name)
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

/// Whether a module or script that cannot be seen into gets a vault.
pub(crate) fn may_be_told(
    evaluator: &Evaluator<'_>,
    vault: &VaultReference,
) -> Result<bool, Undecided> {
    let program = evaluator.program;
    let search = Search {
        evaluator,
        principal: None,
        vault,
    };
    for id in program.resources_of_types(|name| Kind::of(name) == Kind::Indirect) {
        let resource = program.resource(id);
        if !resource.is_existing && may_be_deployed(evaluator, id) {
            let bindings = evaluator.bindings(id.instance)?;
            if search.finds_vault(&Lazy::Expression(resource.body, bindings)) {
                return Ok(true);
            }
        }
    }
    for (id, module) in program.modules() {
        if program.is_opaque(id) && may_be_called(evaluator, id) {
            let bindings = evaluator.bindings(id.instance)?;
            if search.finds_vault(&Lazy::Expression(module.body, bindings)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a module that cannot be seen into may give a service its identity: it gets the service, and
/// an argument that speaks of an identity.
pub fn may_get_identity(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    let search = Search {
        evaluator,
        principal: Some(&Principal::System(evaluator.identity(service)?)),
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
    /// A role assignment, or access policies.
    Grant,
    /// A script or the like, which may do anything with what it is given.
    Indirect,
    /// It cannot be told.
    Anything,
}

impl Kind {
    fn of(resource_type: &str) -> Self {
        if resource_type.is_empty() {
            Self::Anything
        } else if facts::may_grant(resource_type) {
            Self::Indirect
        } else if assigns_roles(resource_type) || has_access_policies(resource_type) {
            Self::Grant
        } else {
            Self::Unrelated
        }
    }
}

/// Whether a resource has access policies: a vault, or what adds them to one.
#[must_use]
pub fn is_access_policies(resource: &Resource) -> bool {
    has_access_policies(&resource.resource_type)
}

fn has_access_policies(resource_type: &str) -> bool {
    [facts::ACCESS_POLICIES_TYPE, facts::VAULT_TYPE]
        .iter()
        .any(|known| resource_type.eq_ignore_ascii_case(known))
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
    assigns_roles(&resource.resource_type)
}

/// The role assignments that a program declares.
pub fn role_assignments(program: &Program) -> impl Iterator<Item = At<ResourceId>> {
    let assignments = program.resources_of_types(assigns_roles).into_iter();
    assignments.filter(|assignment| !program.resource(*assignment).is_existing)
}

fn assigns_roles(resource_type: &str) -> bool {
    const OLDER: &str = "/providers/roleAssignments";
    let at = resource_type.len().saturating_sub(OLDER.len());
    resource_type.eq_ignore_ascii_case(facts::ROLE_ASSIGNMENT_TYPE)
        || resource_type
            .get(at..)
            .is_some_and(|end| end.eq_ignore_ascii_case(OLDER))
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

/// Whether a grant covers a vault.
#[must_use]
pub fn covers(evaluator: &Evaluator<'_>, target: &Target, vault: &VaultReference) -> Sameness {
    let search = Search {
        evaluator,
        principal: None,
        vault,
    };
    search.covers(target)
}

/// Whether a value is the principal id of an identity.
#[must_use]
pub fn is_principal(evaluator: &Evaluator<'_>, value: &Value, principal: &Principal) -> Sameness {
    let own = principal.principal_id();
    // Another property of the same resource (its client id, its resource id) is no principal id.
    evaluator.same(value, &own)
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
