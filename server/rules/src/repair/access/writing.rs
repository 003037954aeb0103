//! The grant written, at the place that was found for it.

use std::rc::Rc;

use access::facts;
use access::facts::versions::KEY_VAULT;
use template::dependencies::Deployed;
use template::edit::{
    Declaration, New, NewModule, NewOutput, NewParameter, NewResource, NewTemplate, NewType, Target,
};
use template::model::{ExpressionId, ResourceId};
use template::program::InstanceId;

use super::{Kind, PRINCIPAL_ID, Plan, Spelled, Wanted, policies};
use crate::repair::Repair;
use crate::repair::grant::{Grantee, NewGrant, adds_policies};

const VAULT_NAME: &str = "keyVaultName";

impl<'a> Wanted<'_, 'a> {
    /// Adds the grant, and lets who reads wait for it where that closes no cycle. What the grant is,
    /// for others to wait for; none if it cannot be added.
    pub(crate) fn grant(
        &self,
        plan: &Plan,
        kind: Kind,
        repair: &mut Repair<'_, 'a>,
    ) -> Option<Target> {
        let instance = plan.instance;
        let editor = self.context.editor(instance)?;
        let template = self.context.template(instance);
        let (grant, declarations) = match (&plan.vault, plan.outputs.is_empty()) {
            (Spelled::Declared(vault), true) => {
                if kind == Kind::Policy
                    && let Some(list) = policies(template, *vault)
                {
                    return self.listed(instance, *vault, list, repair);
                }
                if kind == Kind::Policy && adds_policies(template) {
                    return None;
                }
                let grant = self.resource(instance, (*vault).into(), self.grantee(), kind, None)?;
                (
                    Target::Created(Rc::clone(&grant)),
                    vec![Declaration::Resource(grant)],
                )
            }
            (Spelled::Named(name), true) => {
                let vault = existing_vault(&editor.unused_symbol("keyVault"), name.clone());
                let grant = self.resource(
                    instance,
                    Target::from(&vault),
                    self.grantee(),
                    kind,
                    plan.waits.map(Target::from),
                )?;
                let declarations = [vault, Rc::clone(&grant)].map(Declaration::Resource);
                (Target::Created(grant), declarations.into())
            }
            _ => {
                let module = self.module(plan, kind, repair)?;
                (
                    Target::CreatedModule(Rc::clone(&module)),
                    vec![Declaration::Module(module)],
                )
            }
        };
        let mut beside: Vec<_> = self
            .context
            .beside(instance, self.holder)
            .into_iter()
            .collect();
        match plan.vault {
            Spelled::Declared(vault) => beside.push(vault.into()),
            _ => beside.extend(plan.waits),
        }
        let last = beside.iter().max_by_key(|it| it.range(template).end)?;
        let edits = match (self.instead_of, declarations.as_slice()) {
            (Some(old), [new @ Declaration::Resource(_)]) if old.instance == instance => {
                editor.replace_resource(old.id, new)
            }
            (Some(_), _) => None,
            (None, _) => editor.insert_declarations(*last, &declarations),
        };
        repair.edit(instance, edits)?;
        let is_deployed_by_others = self.context.program.caller(instance).is_some();
        if is_deployed_by_others && !matches!(plan.vault, Spelled::Declared(_)) {
            // Which vault it is, the caller may have said.
            repair.widen(instance);
        }
        self.let_wait(instance, &beside, &grant, repair)?;
        Some(grant)
    }

    /// Lets who reads wait for a grant that waits for what is beside it, where that closes no cycle.
    fn let_wait(
        &self,
        instance: InstanceId,
        beside: &[Deployed],
        grant: &Target,
        repair: &mut Repair<'_, 'a>,
    ) -> Option<()> {
        let editor = self.context.editor(instance)?;
        let dependencies = self.context.dependencies(instance);
        for reader in &self.readers {
            let reader = self.context.beside(instance, *reader)?;
            let mut beside = beside.iter();
            let closes_cycle =
                beside.any(|it| *it == reader || dependencies.may_reach(*it, reader));
            let waits_already = match grant {
                Target::Declared(grant) => dependencies.reaches(reader, *grant),
                Target::Module(grant) => dependencies.reaches(reader, *grant),
                Target::Created(_) | Target::CreatedModule(_) => false,
            };
            if !closes_cycle && !waits_already {
                repair.edit(instance, editor.add_depends_on(reader, grant))?;
            }
        }
        Some(())
    }

    /// Adds a policy to those that a vault lists.
    fn listed(
        &self,
        instance: InstanceId,
        vault: ResourceId,
        list: ExpressionId,
        repair: &mut Repair<'_, 'a>,
    ) -> Option<Target> {
        let holder = self.holder.id;
        let is_sure = self.context.resource(self.holder).condition.is_none();
        let dependencies = self.context.dependencies(instance);
        if !is_sure || dependencies.may_reach(holder.into(), vault.into()) {
            return None;
        }
        let editor = self.context.editor(instance)?;
        let policy = self.grantee().access_policy();
        repair.edit(instance, editor.append_item(list, &policy))?;
        repair.edit(instance, editor.add_dependencies_of(vault, &policy))?;
        let grant = Target::Declared(vault);
        self.let_wait(instance, &[vault.into(), holder.into()], &grant, repair)?;
        Some(grant)
    }

    fn resource(
        &self,
        instance: InstanceId,
        vault: Target,
        grantee: Grantee,
        kind: Kind,
        waits: Option<Target>,
    ) -> Option<Rc<NewResource>> {
        let grant = NewGrant {
            context: self.context,
            instance,
            vault,
            grantee,
        };
        let mut resource = match kind {
            Kind::Role => grant.role_assignment()?,
            Kind::Policy => grant.access_policy()?,
        };
        resource.depends_on.extend(waits);
        Some(Rc::new(resource))
    }

    /// The module that makes the grant, where the vault is or where the principal id is known.
    fn module(
        &self,
        plan: &Plan,
        kind: Kind,
        repair: &mut Repair<'_, 'a>,
    ) -> Option<Rc<NewModule>> {
        let instance = plan.instance;
        let (name, scope) = match &plan.vault {
            Spelled::Declared(vault) => (New::Name((*vault).into()), None),
            Spelled::Named(name) => (name.clone(), None),
            Spelled::Elsewhere(name, scope) => (name.clone(), Some(scope.clone())),
        };
        let mut grantee = self.grantee();
        let principal_id = self.handed_out(plan, repair)?;
        let condition_of = match plan.outputs.last() {
            Some(passing) => Target::Module(passing.module),
            None => Target::Declared(self.holder.id),
        };
        grantee.seed = New::Parameter(PRINCIPAL_ID.to_owned());
        grantee.principal_id = New::Parameter(PRINCIPAL_ID.to_owned());
        grantee.tenant_id = New::TenantId;
        grantee.condition_of = None;
        let vault = existing_vault("keyVault", New::Parameter(VAULT_NAME.to_owned()));
        let grant = self.resource(instance, Target::from(&vault), grantee, kind, None)?;
        let symbol = grant.symbol.clone();
        let parameter = |name: &str, description: &str| NewParameter {
            name: name.to_owned(),
            kind: NewType::String,
            description: Some(description.to_owned()),
            default: None,
        };
        let path = self.context.unused_file(instance, &symbol, "bicep");
        let name_of_many = match (plan.is_repeated && scope.is_some(), plan.outputs.is_empty()) {
            (false, _) => None,
            (true, true) => Some(New::Interpolation(vec![
                New::string(format!("{symbol}-")),
                New::Call("uniqueString", vec![New::Id(self.holder.id.into())]),
            ])),
            (true, false) => return None,
        };
        let module = NewModule {
            name: name_of_many,
            path: path.file_name()?.to_str()?.to_owned(),
            symbol,
            scope,
            arguments: vec![
                (VAULT_NAME.to_owned(), name),
                (PRINCIPAL_ID.to_owned(), principal_id),
            ],
            condition_of: vec![condition_of],
            depends_on: plan.waits.map(Target::from).into_iter().collect(),
            template: NewTemplate {
                parameters: vec![
                    parameter(VAULT_NAME, "The name of the key vault."),
                    parameter(
                        PRINCIPAL_ID,
                        "The principal id of the identity that reads its secrets.",
                    ),
                ],
                resources: vec![vault, grant],
            },
        };
        if let Some(text) = self.context.editor(instance)?.file(&module.template)? {
            repair.create(path, text);
        }
        Some(Rc::new(module))
    }

    /// The principal id as the place of the grant speaks of it; outputs that are missing are added.
    fn handed_out(&self, plan: &Plan, repair: &mut Repair<'_, 'a>) -> Option<New> {
        let path = self.path(PRINCIPAL_ID).join(".");
        let mut value = New::property(self.holder.id, &path);
        for passing in &plan.outputs {
            let name = match &passing.output {
                Some(name) => name.clone(),
                None => {
                    let editor = self.context.editor(passing.instance)?;
                    let name = editor.unused_output(PRINCIPAL_ID);
                    let output = NewOutput {
                        name: name.clone(),
                        kind: NewType::String,
                        value,
                    };
                    repair.edit(passing.instance, editor.add_output(&output))?;
                    name
                }
            };
            value = New::Output {
                of: Target::Module(passing.module),
                name,
            };
        }
        Some(value)
    }
}

fn existing_vault(symbol: &str, name: New) -> Rc<NewResource> {
    let vault = NewResource::new(symbol, facts::VAULT_TYPE, KEY_VAULT.newest, name);
    Rc::new(NewResource {
        is_existing: true,
        ..vault
    })
}
