//! `role-principal-invalid`

use access::grants::{
    Handle, Permission, grants_of, is_access_policies, is_role_assignment, other_handle,
};
use access::identity::carried_identities;
use template::Evaluator;
use template::cases::Undecided;
use template::edit::New;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::repair::Repair;
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-principal-invalid"),
    levels: "error",
    summary: "A grant names an identity of API Management by something else than its principal id",
    fix: Some("safe: the principal id"),
    documentation: include_str!("role_principal_invalid.md"),
    is_about_absence: false,
    check,
};

/// A grant to what is no principal id.
#[derive(Clone, PartialEq)]
struct Invalid {
    holder: Holder,
    handle: Handle,
    value: At<ExpressionId>,
    is_role: bool,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        if !is_role_assignment(resource) && !is_access_policies(resource) {
            continue;
        }
        let answers = context.judge(|evaluator| invalid(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn invalid(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Invalid>, Undecided> {
    let grants = grants_of(evaluator, id)?;
    if grants.is_empty() {
        return Ok(Vec::new());
    }
    let identities = carried_identities(evaluator)?;
    let mut found = Vec::new();
    for grant in &grants {
        let Some(principal) = &grant.principal else {
            continue;
        };
        let handle = identities.iter().find_map(|carried| {
            let value = &principal.evaluated.value;
            let handle = other_handle(evaluator, value, &carried.principal)?;
            Some((carried, handle))
        });
        if let Some((carried, handle)) = handle {
            found.push(Invalid {
                holder: Holder::of(evaluator, carried),
                handle,
                value: principal.evaluated.origin,
                is_role: matches!(grant.permission, Permission::Role { .. }),
            });
        }
    }
    Ok(found)
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Invalid>,
) -> Finding {
    let of = match &what.holder {
        Holder::System(service) => context.label(*service),
        Holder::User(identity) => identity.label(context),
    };
    let handle = match what.handle {
        Handle::Id => "the resource id",
        Handle::ClientId => "the client id",
        Handle::Name => "the name",
    };
    let (property, grant) = if what.is_role {
        ("principalId", "role assignment")
    } else {
        ("objectId", "access policy")
    };
    let mut message = format!(
        "The `{property}` of this {grant} is {handle} of `{of}`{when}, where the principal id of {} is \
         due",
        what.holder.words(context)
    );
    if what.is_role && what.handle == Handle::ClientId {
        message.push_str(". Azure finds nobody by it: \"PrincipalNotFound: Principal … does not exist in the directory …\"");
    }
    let mut related: Vec<_> = what.holder.related(context).into_iter().collect();
    related.extend(context.declaration_elsewhere(id, what.value));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.value),
        subject: context.resource_place(id),
        message,
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// The principal id instead, where both the value and the identity are of the assignment's own file.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Invalid) -> Option<Fix> {
    let declaration = what.holder.declaration()?;
    let resource = context.resource(id);
    let is_own = what.value.instance == id.instance
        && declaration.instance == id.instance
        && resource.repetition.is_none()
        && context.resource(declaration).repetition.is_none()
        && resource
            .range
            .contains_range(context.program.range(what.value));
    if !is_own {
        return None;
    }
    let path = match what.holder {
        Holder::System(_) => "identity.principalId",
        Holder::User(_) => "properties.principalId",
    };
    let edits = context
        .editor(id.instance)?
        .replace(what.value.id, &New::property(declaration.id, path));
    let mut repair = Repair::new(context);
    repair.edit(id.instance, edits)?;
    repair.wait_for(id, declaration)?;
    repair.fix(
        "Use the principal id of the identity",
        Applicability::Safe,
        Extent::Repair,
    )
}
