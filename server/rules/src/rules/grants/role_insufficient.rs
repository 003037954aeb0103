//! `role-insufficient`

use access::facts::Role;
use access::grants::{
    Access, Breadth, Grant, Permission, Target, Why, breadth, grants_of, is_principal,
    is_role_assignment,
};
use access::identity::Carried;
use access::reading::{Reading, ReadingIdentity};
use access::reads::{ReadKind, readers};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::{Holder, Named, secrets_user};
use crate::circumstances::{Occurrence, join, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-insufficient"),
    levels: "error",
    summary: "The role that API Management holds on a Key Vault does not let it read secrets",
    fix: Some("safe: assign Key Vault Secrets User"),
    documentation: include_str!("role_insufficient.md"),
    is_about_absence: true,
    check,
};

/// A role that does not let the identity read what it reads.
#[derive(Clone, PartialEq)]
struct Insufficient {
    grant: At<ResourceId>,
    role: &'static Role,
    definition: At<ExpressionId>,
    /// Around the vault, where it is not held on the vault itself.
    around: Option<Breadth>,
    holder: Holder,
    vault: Named,
    service: At<ResourceId>,
    reader: At<ResourceId>,
    kind: ReadKind,
    property: At<ExpressionId>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<Occurrence<Insufficient>>> = Vec::new();
    for id in readers(context.program) {
        // Each role that an assignment may have is a case of its own, unless there are too many.
        let answers = context
            .judge(|evaluator| all(evaluator, id, true))
            .or_else(|| context.judge(|evaluator| all(evaluator, id, false)));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            join(&mut groups, occurrence, |a, b| {
                (a.what.definition, a.what.grant) == (b.what.definition, b.what.grant)
            });
        }
    }
    findings.extend(groups.iter().map(|group| finding(context, group)));
}

fn all(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    is_each_role_a_case: bool,
) -> Result<Vec<Insufficient>, Undecided> {
    let mut found = Vec::new();
    for reading in Reading::all(evaluator, reader)?.iter() {
        if is_each_role_a_case && matches!(reading.identity, ReadingIdentity::New(_)) {
            decide_roles(evaluator)?;
        }
        found.extend(insufficient(evaluator, reading)?);
    }
    Ok(found)
}

/// Splits the case by what the assignments that are made for sure assign.
fn decide_roles(evaluator: &Evaluator<'_>) -> Result<(), Undecided> {
    for (id, resource) in evaluator.program.resources() {
        if is_role_assignment(resource) && matches!(evaluator.is_deployed(id), Ok(true)) {
            grants_of(evaluator, id)?;
        }
    }
    Ok(())
}

/// The role that is meant to let a read happen and does not, if nothing else does.
fn insufficient(
    evaluator: &Evaluator<'_>,
    reading: &Reading,
) -> Result<Option<Insufficient>, Undecided> {
    let (Some(service), ReadingIdentity::New(principal)) = (reading.service, &reading.identity)
    else {
        return Ok(None);
    };
    let Some(access) = reading.access(evaluator)?.filter(Access::is_missing) else {
        return Ok(None);
    };
    let mut candidates = Vec::new();
    for grant in &access.ineffective {
        let Why::Role(role) = grant.why else {
            continue;
        };
        for grant in grants_of(evaluator, grant.at)? {
            let to = grant.principal.as_ref().map(|given| &given.evaluated.value);
            let is_theirs = to.is_some_and(|to| is_principal(evaluator, to, principal).is_same());
            if let Permission::Role {
                role: Some(own),
                definition: Some(definition),
            } = &grant.permission
                && is_theirs
                && *own == role
            {
                candidates.push((role, definition.origin, grant));
            }
        }
    }
    // What is held on the vault, or is about vaults, was meant to.
    candidates.sort_by_key(|(role, _, grant)| {
        let is_wide = matches!(grant.target, Target::Wide(_));
        (is_wide, !role.is_on_vault_data())
    });
    let Some((role, definition, grant)) = candidates.into_iter().next() else {
        return Ok(None);
    };
    let name = reading.secret.as_ref().and_then(|it| it.vault.name());
    let carried = Carried {
        service,
        principal: principal.clone(),
    };
    Ok(Some(Insufficient {
        grant: grant.at,
        role,
        definition,
        around: around(evaluator, &grant),
        holder: Holder::of(evaluator, &carried),
        vault: match (reading.vault, name) {
            (Some(vault), _) => Named::Declared(vault),
            (None, Some(name)) => {
                Named::Named(evaluator.describe(name).trim_matches('\'').to_owned())
            }
            (None, None) => return Ok(None),
        },
        service,
        reader: reading.read.reader,
        kind: reading.read.kind,
        property: reading.read.property,
    }))
}

fn around(evaluator: &Evaluator<'_>, grant: &Grant) -> Option<Breadth> {
    match &grant.target {
        Target::Wide(scope) => breadth(evaluator, scope),
        Target::Resource(_) | Target::Unknown => None,
    }
}

fn finding(context: &Context<'_>, group: &[Occurrence<Insufficient>]) -> Finding {
    let Occurrence { what, when } = &group[0];
    let vault = what.vault.label(context);
    let on = match what.around {
        Some(breadth) => format!("the {} of `{vault}`", breadth.noun()),
        None => format!("`{vault}`"),
    };
    let thing = if what.reader == what.service {
        format!("its {}", what.kind.noun())
    } else {
        format!("the {} `{}`", what.kind.noun(), context.label(what.reader))
    };
    let is_created = match what.vault {
        Named::Declared(vault) => !context.resource(vault).is_existing,
        Named::Named(_) => false,
    };
    let consequence = if is_created {
        "The deployment will fail"
    } else {
        "Unless access was granted before, the deployment will fail"
    };
    let mut related: Vec<_> = group
        .iter()
        .map(|read| Related {
            place: context.place(read.what.property),
            message: format!("this {} cannot be read", read.what.kind.noun()),
        })
        .collect();
    related.extend(what.holder.related(context));
    related.extend(what.vault.related(context, "this is the vault"));
    related.extend(context.declaration_elsewhere(what.grant, what.definition));
    related.extend(context.callers(what.grant.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.definition),
        subject: context.resource_place(what.grant),
        message: format!(
            "`{}` gives {} the role {} on {on}{when}, which does not let it read secrets, and nothing \
             else in this deployment does, though `{}` reads {thing} there. {consequence}: \
             \"Failed to access KeyVault Secret … using Managed Service Identity of Api Management \
             service\"",
            context.label(what.grant),
            what.holder.words(context),
            what.role.name,
            context.label(what.service),
        ),
        related,
        fixes: repair(context, what).into_iter().collect(),
    }
}

/// The role that reads, where the one that is assigned was meant to.
fn repair(context: &Context<'_>, what: &Insufficient) -> Option<Fix> {
    if what.around.is_some() && !what.role.is_on_vault_data() {
        return None;
    }
    secrets_user::instead_of(
        context,
        what.grant,
        what.definition,
        what.role,
        Applicability::Safe,
    )
}
