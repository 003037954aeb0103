//! `access-policies-overwritten`

use access::facts;
use access::grants::{Held, Target, held};
use access::vault::{PermissionModel, permission_model};
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::Value;
use template::{Evaluator, Property};

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("access-policies-overwritten"),
    levels: "warning",
    summary: "A vault's own list of access policies takes away those that are added to it",
    fix: None,
    documentation: include_str!("access_policies_overwritten.md"),
    is_about_absence: false,
    check,
};

/// A list that takes away what another resource adds to it.
#[derive(Clone, PartialEq)]
struct Overwritten {
    list: At<ExpressionId>,
    added_by: Vec<At<ResourceId>>,
    holder: Holder,
}

/// A vault's own list of access policies.
struct Inline {
    list: At<ExpressionId>,
    principals: Vec<Value>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (vault, resource) in context.program.resources_of_type(facts::VAULT_TYPE) {
        if resource.is_existing {
            continue;
        }
        let answers =
            context.judge(|evaluator| Ok(overwritten(evaluator, vault)?.into_iter().collect()));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, vault, &occurrence));
        }
    }
}

fn overwritten(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
) -> Result<Option<Overwritten>, Undecided> {
    let Some(Inline { list, principals }) = inline(evaluator, vault)? else {
        return Ok(None);
    };
    if permission_model(evaluator, vault)? == PermissionModel::Roles {
        return Ok(None);
    }
    let mut added: Option<Overwritten> = None;
    let policies = evaluator
        .program
        .resources_of_type(facts::ACCESS_POLICIES_TYPE);
    for (child, _) in policies {
        for held in held(evaluator, child)? {
            let own = held.by.principal.principal_id();
            let is_kept = principals
                .iter()
                .any(|principal| evaluator.same(principal, &own).is_same());
            if is_kept || !is_on(evaluator, &held, vault)? {
                continue;
            }
            let added = added.get_or_insert_with(|| Overwritten {
                list,
                added_by: Vec::new(),
                holder: Holder::of(evaluator, &held.by),
            });
            if !added.added_by.contains(&child) {
                added.added_by.push(child);
            }
        }
    }
    Ok(added)
}

/// The list of access policies that a vault has itself; none where it is not known in whole.
fn inline(evaluator: &Evaluator<'_>, vault: At<ResourceId>) -> Result<Option<Inline>, Undecided> {
    let Some((_, body)) = evaluator.deployed(vault)?.into_iter().next() else {
        return Ok(None);
    };
    let path = ["properties", "accessPolicies"];
    let Property::Given(given) = evaluator.property(&body, &path)? else {
        return Ok(None);
    };
    let Value::Array(list) = &given.evaluated.value else {
        return Ok(None);
    };
    if list.is_open() {
        return Ok(None);
    }
    let mut principals = Vec::new();
    for policy in &list.items {
        let policy = evaluator.known(policy)?.value;
        if let Some(given) = evaluator.property(&policy, &["objectId"])?.given() {
            principals.push(given.evaluated.value);
        }
    }
    Ok(Some(Inline {
        list: given.evaluated.origin,
        principals,
    }))
}

fn is_on(evaluator: &Evaluator<'_>, held: &Held, vault: At<ResourceId>) -> Result<bool, Undecided> {
    Ok(match &held.grant.target {
        Target::Resource(of) => evaluator
            .same_resource(of, &*evaluator.identity(vault)?)
            .is_same(),
        Target::Wide(_) | Target::Unknown => false,
    })
}

fn finding(
    context: &Context<'_>,
    vault: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Overwritten>,
) -> Finding {
    let names: Vec<_> = what
        .added_by
        .iter()
        .map(|child| format!("`{}`", context.label(*child)))
        .collect();
    let mut related: Vec<_> = what
        .added_by
        .iter()
        .map(|child| Related {
            place: context.resource_place(*child),
            message: "policies are added here".to_owned(),
        })
        .collect();
    related.extend(what.holder.related(context));
    related.extend(context.callers(vault.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.list),
        subject: context.resource_place(vault),
        message: format!(
            "`{}` sets all of its access policies here{when}, so that every deployment of it takes away \
             what {} added for {}, until that has been deployed again",
            context.label(vault),
            names.join(" and "),
            what.holder.words(context),
        ),
        related,
        fixes: Vec::new(),
    }
}
