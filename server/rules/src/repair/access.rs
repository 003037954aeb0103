//! Where a grant goes, so that an identity may read a vault and who reads waits for it.
//!
//! Beside the identity, where the readers are too; else further out, where the deployments of all
//! of them meet. A vault that the template there does not declare is referred to by its name, one of
//! another resource group gets the grant through a module of its own, and so does an identity of which
//! only an output tells.

mod writing;

use std::rc::Rc;

use access::carried::{is_without, lacks};
use access::facts;
use access::identity::{Principal, service_identity};
use access::reading::Reading;
use access::vault::{PermissionModel, VaultReference, permission_model};
use template::cases::Undecided;
use template::dependencies::Deployed;
use template::edit::{New, NewScope};
use template::model::{ExpressionId, ModuleId, ResourceId, Template};
use template::program::{At, InstanceId};
use template::value::{Scope, Value};
use template::{Evaluator, Sameness};

use super::grant::Grantee;
use super::spelling::spelled;
use crate::context::Context;

const PRINCIPAL_ID: &str = "principalId";

/// The kind of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An assignment of the role Key Vault Secrets User.
    Role,
    /// An access policy.
    Policy,
}

impl Kind {
    /// The kinds that a vault heeds; both where that is not known.
    fn of(model: PermissionModel) -> &'static [Self] {
        match model {
            PermissionModel::Roles => &[Self::Role],
            PermissionModel::AccessPolicies => &[Self::Policy],
            PermissionModel::Unknown => &[Self::Role, Self::Policy],
        }
    }
}

/// Access that an identity is to get.
pub(crate) struct Wanted<'c, 'a> {
    pub(crate) context: &'c Context<'a>,
    /// The resource that has the identity, or is it.
    pub(crate) holder: At<ResourceId>,
    /// Whether it is the system-assigned identity of the holder.
    pub(crate) is_system: bool,
    /// Who reads.
    pub(crate) readers: Vec<At<ResourceId>>,
    /// The resource in whose place the grant is put, if it is to take the place of one.
    pub(crate) instead_of: Option<At<ResourceId>>,
}

/// A vault, as a reference tells of it.
pub(crate) struct KnownVault {
    declaration: Option<At<ResourceId>>,
    name: Value,
    /// None where the name is all that is known.
    scope: Option<Scope>,
    model: PermissionModel,
}

impl KnownVault {
    /// The vault of a reference; none if nothing tells which one it is.
    pub(crate) fn of(
        evaluator: &Evaluator<'_>,
        reference: &VaultReference,
        declaration: Option<At<ResourceId>>,
    ) -> Result<Option<Self>, Undecided> {
        let model = model(evaluator, reference, declaration)?;
        let identity = match (declaration, reference) {
            (Some(declaration), _) => evaluator.identity(declaration)?,
            (None, VaultReference::Resource(identity)) => Rc::clone(identity),
            (None, VaultReference::Name(name)) => {
                return Ok(Some(Self {
                    declaration: None,
                    name: name.clone(),
                    scope: None,
                    model,
                }));
            }
            (None, VaultReference::Unknown) => return Ok(None),
        };
        let name = identity.names.first().cloned();
        Ok(name.map(|name| Self {
            declaration,
            name,
            scope: Some(identity.scope.clone()),
            model,
        }))
    }
}

/// What a vault goes by. Where the case does not deploy it, what another case makes of it tells.
fn model(
    evaluator: &Evaluator<'_>,
    reference: &VaultReference,
    declaration: Option<At<ResourceId>>,
) -> Result<PermissionModel, Undecided> {
    if let Some(declaration) = declaration {
        return permission_model(evaluator, declaration);
    }
    for (id, resource) in evaluator.program.resources_of_type(facts::VAULT_TYPE) {
        if !resource.is_existing && reference.is(evaluator, &*evaluator.identity(id)?).is_same() {
            return permission_model(evaluator, id);
        }
    }
    Ok(PermissionModel::Unknown)
}

/// A place for a grant, and how it speaks there of the vault and the identity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    instance: InstanceId,
    model: PermissionModel,
    vault: Spelled,
    /// The modules that the identity's principal id comes out of, the innermost first; none where the
    /// identity is beside the grant.
    outputs: Vec<Passing>,
    /// What the grant waits for, so that the vault is there.
    waits: Option<Deployed>,
    /// Whether the template is deployed several times, so that a deployment that it starts elsewhere
    /// needs a name for each.
    is_repeated: bool,
}

/// How a vault is spoken of.
#[derive(Clone, Debug, PartialEq)]
enum Spelled {
    /// By its declaration.
    Declared(ResourceId),
    /// By its name, in the same resource group.
    Named(New),
    /// By its name, in another one.
    Elsewhere(New, NewScope),
}

/// A template that hands out a principal id, and the module that deploys it.
#[derive(Clone, Debug, PartialEq)]
struct Passing {
    instance: InstanceId,
    module: ModuleId,
    /// The output that does so already.
    output: Option<String>,
}

impl Plan {
    /// The kinds of grants that the vault heeds; both where it is not known what it goes by.
    pub(crate) fn kinds(&self) -> &'static [Kind] {
        Kind::of(self.model)
    }

    /// Whether the grant is in the template of an instance.
    pub(crate) fn is_in(&self, instance: InstanceId) -> bool {
        self.instance == instance
    }

    /// The vault, where the template of the grant declares it.
    pub(crate) const fn vault(&self) -> Option<ResourceId> {
        match &self.vault {
            Spelled::Declared(vault) => Some(*vault),
            Spelled::Named(_) | Spelled::Elsewhere(..) => None,
        }
    }

    /// What a grant of a kind does, for a menu.
    pub(crate) fn title(&self, kind: Kind, vault: &str) -> String {
        let vault = match &self.vault {
            Spelled::Declared(_) => format!("`{vault}`"),
            Spelled::Named(_) => format!("`{vault}` of this resource group"),
            Spelled::Elsewhere(..) => format!("`{vault}` of another resource group"),
        };
        let is_beside = self.outputs.is_empty() && !matches!(self.vault, Spelled::Elsewhere(..));
        let place = if is_beside { "" } else { " in a new module" };
        match kind {
            Kind::Role => format!(
                "Let the identity read {vault}: assign the role {}{place}",
                facts::KEY_VAULT_SECRETS_USER.name
            ),
            Kind::Policy => format!("Let the identity read {vault}: add an access policy{place}"),
        }
    }
}

impl Wanted<'_, '_> {
    /// The places to try, the best one first.
    fn candidates(&self) -> Vec<InstanceId> {
        let program = self.context.program;
        let around = |instance| {
            std::iter::successors(Some(instance), |instance| {
                program.caller(*instance).map(|module| module.instance)
            })
        };
        around(self.holder.instance)
            .filter(|place| {
                let mut readers = self.readers.iter();
                readers.all(|reader| around(reader.instance).any(|it| it == *place))
            })
            .filter(|place| self.is_in_time(*place))
            .collect()
    }

    /// Whether who reads can wait for a grant at a place.
    fn is_in_time(&self, place: InstanceId) -> bool {
        let Some(holder) = self.context.beside(place, self.holder) else {
            return false;
        };
        // Whoever reads in the module that the identity comes out of has read by then.
        let is_inside = matches!(holder, Deployed::Module(_));
        let mut readers = self.readers.iter();
        !is_inside || readers.all(|reader| self.context.beside(place, *reader) != Some(holder))
    }

    /// The best place for the grant, if there is one.
    pub(crate) fn plan(
        &self,
        evaluator: &Evaluator<'_>,
        vault: &KnownVault,
    ) -> Result<Option<Plan>, Undecided> {
        for instance in self.candidates() {
            if let Some(plan) = self.plan_at(evaluator, vault, instance)? {
                return Ok(Some(plan));
            }
        }
        Ok(None)
    }

    fn plan_at(
        &self,
        evaluator: &Evaluator<'_>,
        vault: &KnownVault,
        instance: InstanceId,
    ) -> Result<Option<Plan>, Undecided> {
        let program = self.context.program;
        let is_plain = program.resource(self.holder).is_plain();
        if !is_plain || program.shares_names(instance) || self.context.editor(instance).is_none() {
            return Ok(None);
        }
        let Some(outputs) = self.outputs(evaluator, instance)? else {
            return Ok(None);
        };
        let Some(spelled) = self.spell(evaluator, vault, instance)? else {
            return Ok(None);
        };
        let mut waits = None;
        // Policies that a vault lists are all that it has, whatever others add.
        let lists_policies = match vault.declaration {
            Some(vault) => policies(program.template(vault.instance), vault.id).is_some(),
            None => false,
        };
        let is_beside = matches!(spelled, Spelled::Declared(_)) && outputs.is_empty();
        if lists_policies && !is_beside && vault.model != PermissionModel::Roles {
            return Ok(None);
        }
        if let Some(declaration) = vault.declaration
            && !program.resource(declaration).is_existing
        {
            waits = self.context.beside(instance, declaration);
            if waits.is_none() && !self.context.order.may_wait(self.holder, declaration) {
                return Ok(None);
            }
        }
        Ok(Some(Plan {
            instance,
            model: vault.model,
            vault: spelled,
            outputs,
            waits,
            is_repeated: self.is_repeated(instance),
        }))
    }

    /// Whether a template is deployed several times.
    fn is_repeated(&self, instance: InstanceId) -> bool {
        let program = self.context.program;
        let callers = std::iter::successors(program.caller(instance), |caller| {
            program.caller(caller.instance)
        });
        let mut callers = callers.map(|caller| program.module(caller));
        callers.any(|module| module.repetition.is_some())
            || self.context.same_template(instance).count() > 1
    }

    /// Whether a plan for a read, by its reader and property, is right wherever else its template is
    /// deployed: what it says of the vault is true there too.
    fn is_right_everywhere(
        &self,
        evaluator: &Evaluator<'_>,
        (reader, property): (At<ResourceId>, At<ExpressionId>),
        plan: &Plan,
    ) -> Result<bool, Undecided> {
        if let Spelled::Declared(_) = plan.vault {
            return Ok(true);
        }
        for other in self.context.same_template(plan.instance) {
            if other == plan.instance {
                continue;
            }
            if [reader.instance, property.instance] != [plan.instance; 2] {
                return Ok(false);
            }
            let reader = other.at(reader.id);
            if !evaluator.is_deployed(reader)? {
                continue;
            }
            let reading = read_at(evaluator, reader, other.at(property.id))?;
            let vault = match reading.and_then(|it| Some((it.secret?, it.vault))) {
                Some((secret, vault)) => KnownVault::of(evaluator, &secret.vault, vault)?,
                None => None,
            };
            let spelled = match vault {
                Some(vault) => self.spell(evaluator, &vault, other)?,
                None => None,
            };
            if spelled.as_ref() != Some(&plan.vault) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the identity is there wherever its holder is.
    pub(crate) fn has_identity(&self, evaluator: &Evaluator<'_>) -> Result<bool, Undecided> {
        if !self.is_system || !evaluator.is_deployed(self.holder)? {
            return Ok(true);
        }
        let said = service_identity(evaluator, self.holder)?;
        let principal = Principal::System(evaluator.identity(self.holder)?);
        Ok(!is_without(&said) && !lacks(evaluator, &said, &principal))
    }

    /// The modules that the principal id comes out of; none if it cannot.
    fn outputs(
        &self,
        evaluator: &Evaluator<'_>,
        place: InstanceId,
    ) -> Result<Option<Vec<Passing>>, Undecided> {
        let program = self.context.program;
        let principal =
            Value::property(&evaluator.identity(self.holder)?, &self.path(PRINCIPAL_ID));
        let mut passings = Vec::new();
        let mut current = self.holder.instance;
        while current != place {
            let Some(module) = program.caller(current) else {
                return Ok(None);
            };
            let is_one = program.module(module).repetition.is_none();
            if !is_one || program.shares_names(current) {
                return Ok(None);
            }
            let mut output = None;
            for own in &program.template(current).outputs {
                let value = evaluator.evaluate(current.at(own.value))?.value;
                if evaluator.same(&value, &principal) == Sameness::Same {
                    output = Some(own.name.text.to_string());
                    break;
                }
            }
            if output.is_none() && self.context.editor(current).is_none() {
                return Ok(None);
            }
            passings.push(Passing {
                instance: current,
                module: module.id,
                output,
            });
            current = module.instance;
        }
        Ok(Some(passings))
    }

    fn spell(
        &self,
        evaluator: &Evaluator<'_>,
        vault: &KnownVault,
        instance: InstanceId,
    ) -> Result<Option<Spelled>, Undecided> {
        let mut name = None;
        if let Some(declaration) = vault.declaration.filter(|it| it.instance == instance) {
            let resource = self.context.resource(declaration);
            if resource.repetition.is_some() || resource.parent.is_some() {
                return Ok(None);
            }
            if resource.scope.is_none() {
                return Ok(Some(Spelled::Declared(declaration.id)));
            }
            name = Some(New::Name(declaration.id.into()));
        }
        if name.is_none() {
            name = spelled(evaluator, &vault.name, instance)?;
        }
        let Some(name) = name else {
            return Ok(None);
        };
        let here = evaluator.deployment_scope(instance)?;
        let scope = match &vault.scope {
            Some(scope) if evaluator.same_scope(scope, &here) != Sameness::Same => scope,
            _ => return Ok(Some(Spelled::Named(name))),
        };
        let Scope::ResourceGroup {
            subscription,
            group,
        } = scope
        else {
            return Ok(None);
        };
        let subscription = match subscription {
            Some(subscription) => match spelled(evaluator, subscription, instance)? {
                Some(subscription) => Some(subscription),
                None => return Ok(None),
            },
            // The subscription that the program is deployed to has no name elsewhere.
            None if subscription_of(&here).is_some() => return Ok(None),
            None => None,
        };
        Ok(spelled(evaluator, group, instance)?.map(|resource_group| {
            let scope = NewScope {
                subscription,
                resource_group,
            };
            Spelled::Elsewhere(name, scope)
        }))
    }

    /// The path to a property of the identity.
    fn path(&self, property: &'static str) -> [&'static str; 2] {
        [
            if self.is_system {
                "identity"
            } else {
                "properties"
            },
            property,
        ]
    }

    fn grantee(&self) -> Grantee {
        let template = self.context.template(self.holder.instance);
        if self.is_system {
            Grantee::system(template, self.holder.id)
        } else {
            Grantee::user(template, self.holder.id)
        }
    }
}

/// The read whose property is a certain one, in a case in which it is made.
pub(crate) fn read_at(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    property: At<ExpressionId>,
) -> Result<Option<Reading>, Undecided> {
    let all = Reading::all(evaluator, reader)?;
    let mut all = all.iter();
    Ok(all.find(|it| it.read.property == property).cloned())
}

/// A place for a grant, and the resource whose identity gets access.
pub(crate) type Held = (At<ResourceId>, Plan);

/// The place for the grant that a read, by its reader and property, lacks: the best one for the first
/// of those who may get access that has any, where it is the same in every case in which something is
/// read. None also where a case has nobody who may get access.
pub(crate) fn agreed_plan<'c, 'a>(
    context: &'c Context<'a>,
    (reader, property): (At<ResourceId>, At<ExpressionId>),
    candidates: impl Fn(&Evaluator<'a>) -> Result<Option<Vec<Wanted<'c, 'a>>>, Undecided>,
) -> Option<Held> {
    let plan = |evaluator: &Evaluator<'a>| {
        let Some(candidates) = candidates(evaluator)? else {
            return Ok(Some(None));
        };
        let Some(reading) = read_at(evaluator, reader, property)? else {
            return Ok(None);
        };
        let vault = match &reading.secret {
            Some(secret) => KnownVault::of(evaluator, &secret.vault, reading.vault)?,
            None => None,
        };
        if let Some(vault) = vault {
            for wanted in candidates {
                let plan = wanted.plan(evaluator, &vault)?;
                if let Some(plan) = plan
                    && wanted.is_right_everywhere(evaluator, (reader, property), &plan)?
                {
                    return Ok(Some(Some((wanted.holder, plan))));
                }
            }
        }
        Ok(Some(None))
    };
    context.agreed(plan)?
}

/// The subscription of a scope; none where it is that of the deployment.
const fn subscription_of(scope: &Scope) -> Option<&Value> {
    match scope {
        Scope::ResourceGroup { subscription, .. } | Scope::Subscription(subscription) => {
            subscription.as_ref()
        }
        Scope::Deployment | Scope::Elsewhere(_) | Scope::Extension(_) => None,
    }
}

/// The list of access policies of a vault, or of what adds some to it, where it is written there.
pub(crate) fn policies(template: &Template, owner: ResourceId) -> Option<ExpressionId> {
    let properties = template.property(template.resource(owner).body, "properties")?;
    Some(template.property(properties.value, "accessPolicies")?.value)
}
