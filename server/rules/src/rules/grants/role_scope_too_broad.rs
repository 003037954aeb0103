//! `role-scope-too-broad`

use std::rc::Rc;

use access::facts::{self, Role};
use access::grants::{Breadth, Held, Permission, Target, breadth, held, reaches, role_assignments};
use access::identity::Carried;
use access::reading::{Reading, ReadingIdentity};
use access::reads::readers;
use access::vault::{PermissionModel, permission_model};
use template::cases::Undecided;
use template::edit::{New, merge};
use template::model::{ExpressionId, ExpressionKind, Reference, ResourceId, TargetScope};
use template::program::At;
use template::value::{Identity, Scope};
use template::{Evaluator, Template};

use super::{Holder, Named};
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::repair::references::waits_by_id;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-scope-too-broad"),
    levels: "warning",
    summary: "API Management may read every vault of a scope, though the one that it needs is known",
    fix: Some("unsafe: the scope of the vault, with a name that follows it"),
    documentation: include_str!("role_scope_too_broad.md"),
    is_about_absence: false,
    check,
};

/// A role on more vaults than are needed.
#[derive(Clone, PartialEq)]
struct Broad {
    holder: Holder,
    role: &'static Role,
    breadth: Breadth,
    vaults: Vec<Named>,
    /// Whether the vaults are those that the identity reads.
    are_read: bool,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in role_assignments(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for held in held(evaluator, id)? {
                found.extend(broad(evaluator, &held)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn broad(evaluator: &Evaluator<'_>, held: &Held) -> Result<Option<Broad>, Undecided> {
    let (
        Permission::Role {
            role: Some(role), ..
        },
        Target::Wide(scope),
    ) = (&held.grant.permission, &held.grant.target)
    else {
        return Ok(None);
    };
    let Some(breadth) = breadth(evaluator, scope).filter(|_| role.is_on_vault_data()) else {
        return Ok(None);
    };
    let read = read_vaults(evaluator, &held.by, scope)?;
    let are_read = !matches!(&read, Some(read) if read.is_empty());
    let vaults = match read {
        Some(read) if read.is_empty() => the_vault(evaluator, scope)?,
        Some(read) => read.into_iter().flatten().collect(),
        None => Vec::new(),
    };
    Ok((!vaults.is_empty()).then(|| Broad {
        holder: Holder::of(evaluator, &held.by),
        role,
        breadth,
        vaults,
        are_read,
    }))
}

/// The vaults that an identity reads, each with none where it is not in the scope; none at all if
/// one cannot be told.
fn read_vaults(
    evaluator: &Evaluator<'_>,
    by: &Carried,
    scope: &Scope,
) -> Result<Option<Vec<Option<Named>>>, Undecided> {
    let mut vaults: Vec<Option<Named>> = Vec::new();
    for id in readers(evaluator.program) {
        for reading in Reading::all(evaluator, id)?.iter() {
            let is_theirs = match &reading.identity {
                ReadingIdentity::Unknown => true,
                identity => identity.principal().is_some_and(|principal| {
                    evaluator
                        .same(&principal.principal_id(), &by.principal.principal_id())
                        .may_be_same()
                }),
            };
            if !is_theirs {
                continue;
            }
            let named = reading.secret.as_ref().and_then(|it| it.vault.name());
            let vault = match (reading.vault, named) {
                (Some(declared), _) => {
                    let is_there = reaches(evaluator, scope, &*evaluator.identity(declared)?);
                    is_there.then_some(Named::Declared(declared))
                }
                (None, Some(name)) => {
                    let name = evaluator.describe(name);
                    Some(Named::Named(name.trim_matches('\'').to_owned()))
                }
                (None, None) => return Ok(None),
            };
            if !vaults.contains(&vault) {
                vaults.push(vault);
            }
        }
    }
    Ok(Some(vaults))
}

/// The only vault of the program, if it is in the scope.
fn the_vault(evaluator: &Evaluator<'_>, scope: &Scope) -> Result<Vec<Named>, Undecided> {
    let mut found = Vec::new();
    let mut identities: Vec<Rc<Identity>> = Vec::new();
    for (id, resource) in evaluator.program.resources_of_type(facts::VAULT_TYPE) {
        if !evaluator.is_deployed(id)? {
            continue;
        }
        if resource.repetition.is_some() {
            return Ok(Vec::new());
        }
        let identity = evaluator.identity(id)?;
        let is_known = identities
            .iter()
            .any(|known| evaluator.same_resource(known, &identity).is_same());
        if is_known {
            continue;
        }
        if reaches(evaluator, scope, &identity) {
            found.push(Named::Declared(id));
        }
        identities.push(identity);
    }
    if identities.len() != 1 {
        found.clear();
    }
    Ok(found)
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Broad>,
) -> Finding {
    let resource = context.resource(id);
    let place = match resource.scope {
        Some(scope) => context.place(id.instance.at(scope)),
        None => context.resource_place(id),
    };
    let names: Vec<_> = what
        .vaults
        .iter()
        .map(|vault| format!("`{}`", vault.label(context)))
        .collect();
    let names = names.join(" and ");
    let needed = if what.are_read {
        format!("it reads only {names} there")
    } else {
        format!("the vault is known, {names}")
    };
    let mut related: Vec<_> = what.holder.related(context).into_iter().collect();
    related.extend(
        what.vaults
            .iter()
            .filter_map(|vault| vault.related(context, "this is the vault")),
    );
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place,
        subject: context.resource_place(id),
        message: format!(
            "`{}` gives {} the role {} on every vault of the {}{when}, though {needed}. Set the \
             `scope` of the assignment to the vault",
            context.label(id),
            what.holder.words(context),
            what.role.name,
            what.breadth.noun(),
        ),
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// The fix that scopes an assignment to the one vault, where that is of its own file and scope.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Broad) -> Option<Fix> {
    let [Named::Declared(vault)] = what.vaults.as_slice() else {
        return None;
    };
    let (vault, instance) = (*vault, id.instance);
    let (assignment, of) = (context.resource(id), context.resource(vault));
    let template = context.template(instance);
    let same_condition = of.condition.is_none_or(|condition| {
        let text = |at| context.source(instance, template.range(at));
        assignment.condition.map(text) == Some(text(condition))
    });
    let is_possible = assignment.is_type(facts::ROLE_ASSIGNMENT_TYPE)
        && vault.instance == instance
        && template.target_scope == TargetScope::ResourceGroup
        && [assignment, of].iter().all(|it| it.repetition.is_none())
        && of.scope.is_none()
        && same_condition
        && !context.dependencies(instance).reaches(vault.id, id.id);
    if !is_possible || !is_of_use(context, id, vault)? {
        return None;
    }
    let editor = context.editor(instance)?;
    let holder = what
        .holder
        .declaration()
        .filter(|it| it.instance == instance);
    let name = Name {
        template,
        vault: vault.id,
        holder: holder.map(|it| it.id),
        role: what.role,
    };
    let mut all = vec![editor.set_scope(id.id, &vault.id.into())?];
    let label = context.label(vault);
    let (title, edits) = match name.following(assignment.name?)? {
        Following::Same => (
            format!(
                "Assign the role on `{label}` alone, once the assignment that is there is deleted"
            ),
            Vec::new(),
        ),
        Following::Parts(parts) => (format!("Assign the role on `{label}` alone"), parts),
    };
    // What waits for the assignment knows it by its id, which is another one now.
    let new_name = name.with(assignment.name?, &edits);
    for item in waits_by_id(context, id)? {
        let new_id = New::ExtensionResourceId {
            scope: Box::new(New::id(vault.id)),
            resource_type: facts::ROLE_ASSIGNMENT_TYPE.to_owned(),
            name: Box::new(new_name.clone()),
        };
        all.push(editor.replace(item, &new_id)?);
    }
    for (part, value) in &edits {
        all.push(editor.replace(*part, value)?);
    }
    context.fix(instance, title, Applicability::Unsafe, merge(all))
}

/// Whether a role on a vault counts there, and the identities of an assignment have none on it yet.
fn is_of_use(context: &Context<'_>, id: At<ResourceId>, vault: At<ResourceId>) -> Option<bool> {
    let answers = context.judge(|evaluator| {
        if permission_model(evaluator, vault)? == PermissionModel::AccessPolicies {
            return Ok(false);
        }
        let identity = evaluator.identity(vault)?;
        let own = held(evaluator, id)?;
        for other in role_assignments(context.program).filter(|other| *other != id) {
            for other in held(evaluator, other)? {
                let is_there = match &other.grant.target {
                    Target::Resource(of) => evaluator.same_resource(of, &identity).may_be_same(),
                    Target::Wide(_) | Target::Unknown => false,
                };
                let principal = other.by.principal.principal_id();
                let mut own = own.iter().map(|own| own.by.principal.principal_id());
                if is_there && own.any(|own| evaluator.same(&own, &principal).is_same()) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    })?;
    Some(answers.iter().all(|answer| answer.value))
}

/// What becomes of the name of an assignment with its scope: Azure does not move an assignment.
enum Following {
    /// It is made of the vault already, and no other name suggests itself.
    Same,
    /// These parts of it become others.
    Parts(Vec<(ExpressionId, New)>),
}

/// The name of an assignment, made of scope, identity and role.
struct Name<'a> {
    template: &'a Template,
    vault: ResourceId,
    holder: Option<ResourceId>,
    role: &'static Role,
}

impl Name<'_> {
    fn following(&self, name: ExpressionId) -> Option<Following> {
        let arguments = self.seeds(name);
        // The last of them is the narrowest.
        if let Some(scope) = arguments.iter().rev().find(|seed| self.is_wide(**seed)) {
            return Some(Following::Parts(vec![(*scope, New::id(self.vault))]));
        }
        if arguments.iter().any(|seed| self.is_of_vault(*seed)) {
            return Some(Following::Same);
        }
        let whole = match (arguments, self.holder) {
            ([], None) => return None,
            ([], Some(holder)) => vec![
                New::id(self.vault),
                New::id(holder),
                New::string(self.role.id),
            ],
            (seeds, _) => {
                let seeds = seeds.iter().map(|seed| New::Copy(*seed));
                std::iter::once(New::id(self.vault)).chain(seeds).collect()
            }
        };
        Some(Following::Parts(vec![(name, New::guid(whole))]))
    }

    /// The name with some of its parts, or all of it, in their new form.
    fn with(&self, name: ExpressionId, parts: &[(ExpressionId, New)]) -> New {
        let new = |id: ExpressionId| {
            let part = parts.iter().find(|(part, _)| *part == id);
            part.map(|(_, value)| value.clone())
        };
        new(name).unwrap_or_else(|| match self.seeds(name) {
            [] => New::Copy(name),
            seeds => New::guid(
                seeds
                    .iter()
                    .map(|seed| new(*seed).unwrap_or(New::Copy(*seed)))
                    .collect(),
            ),
        })
    }

    /// What a name that is written as `guid(...)` is made of; nothing for another one.
    fn seeds(&self, name: ExpressionId) -> &[ExpressionId] {
        match self.template.kind(name) {
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "guid" => arguments,
            _ => &[],
        }
    }

    /// Whether a seed stands for the scope that the assignment had, such as `resourceGroup().id`.
    fn is_wide(&self, seed: ExpressionId) -> bool {
        let ExpressionKind::Member { object, .. } = self.template.kind(seed) else {
            return false;
        };
        matches!(
            self.template.kind(*object),
            ExpressionKind::Call { function, arguments, .. }
                if arguments.is_empty()
                    && matches!(&**function, "resourcegroup" | "subscription" | "managementgroup")
        )
    }

    fn is_of_vault(&self, seed: ExpressionId) -> bool {
        let mut pending = vec![seed];
        while let Some(part) = pending.pop() {
            let kind = self.template.kind(part);
            let is_it = match kind {
                ExpressionKind::Reference(Reference::Resource(of)) => *of == self.vault,
                ExpressionKind::String(text) => text.eq_ignore_ascii_case(facts::VAULT_TYPE),
                _ => false,
            };
            if is_it {
                return true;
            }
            pending.extend(kind.parts());
        }
        false
    }
}
