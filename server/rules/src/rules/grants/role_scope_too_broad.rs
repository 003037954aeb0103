//! `role-scope-too-broad`

use std::rc::Rc;

use access::facts::{self, Role};
use access::grants::{Breadth, Held, Permission, Target, breadth, held, reaches, role_assignments};
use access::identity::Carried;
use access::reading::{Reading, ReadingIdentity};
use access::reads::readers;
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::value::{Identity, Scope};

use super::{Holder, Named};
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-scope-too-broad"),
    levels: "warning",
    summary: "API Management may read every vault of a scope, though the one that it needs is known",
    fix: None,
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
        for reading in Reading::all(evaluator, id)? {
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
        fixes: Vec::new(),
    }
}
