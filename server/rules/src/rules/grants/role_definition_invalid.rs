//! `role-definition-invalid`

use access::facts::{self, Role};
use access::grants::{
    Held, Misnomer, Permission, held, misnomer, named_role, role_assignments, role_id,
};
use template::Evaluator;
use template::cases::Undecided;
use template::edit::New;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-definition-invalid"),
    levels: "error; warning where a name says another role",
    summary: "The role for API Management is no resource id, or another one than its name says",
    fix: Some("safe: `subscriptionResourceId(…)`"),
    documentation: include_str!("role_definition_invalid.md"),
    is_about_absence: false,
    check,
};

/// A role definition that is wrong.
#[derive(Clone, PartialEq)]
struct Invalid {
    holder: Holder,
    value: At<ExpressionId>,
    wrong: Wrong,
}

/// What is wrong with it.
#[derive(Clone, PartialEq)]
enum Wrong {
    /// It is a GUID, written or given by the name of the role, and nothing around it.
    Guid {
        guid: Option<String>,
        role: Option<&'static Role>,
    },
    /// It is the name of a role.
    Name(&'static Role),
    /// Its name says another role than it is.
    Misnomer(Misnomer, &'static Role),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in role_assignments(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for held in held(evaluator, id)? {
                found.extend(invalid(evaluator, &held)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn invalid(evaluator: &Evaluator<'_>, held: &Held) -> Result<Option<Invalid>, Undecided> {
    let Permission::Role {
        definition: Some(definition),
        role,
    } = &held.grant.permission
    else {
        return Ok(None);
    };
    let text = definition.value.as_str();
    let wrong = if let Some(guid) = text.filter(|text| facts::is_guid(text)) {
        Wrong::Guid {
            guid: Some(guid.to_owned()),
            role: facts::role(guid),
        }
    } else if let Some(name) = named_role(&definition.value, "roleDefinitionId") {
        let role = facts::role_named(name);
        Wrong::Guid {
            guid: role.map(|role| role.id.to_owned()),
            role,
        }
    } else if let Some(role) = text.and_then(facts::role_named) {
        Wrong::Name(role)
    } else if let Some(role) = role_id(&definition.value).and_then(|id| facts::role_named(&id)) {
        Wrong::Name(role)
    } else if let Some(role) = role {
        match misnomer(evaluator, definition, role, &held.grant.bindings)? {
            Some(misnomer) => Wrong::Misnomer(misnomer, role),
            None => return Ok(None),
        }
    } else {
        return Ok(None);
    };
    Ok(Some(Invalid {
        holder: Holder::of(evaluator, &held.by),
        value: match &wrong {
            Wrong::Misnomer(misnomer, _) => misnomer.id,
            Wrong::Guid { .. } | Wrong::Name(_) => definition.origin,
        },
        wrong,
    }))
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Invalid>,
) -> Finding {
    let (label, holder) = (context.label(id), what.holder.words(context));
    let message = match &what.wrong {
        Wrong::Guid { role, .. } => {
            let guid = match role {
                Some(role) => format!("the bare GUID of the role {}", role.name),
                None => "a bare GUID".to_owned(),
            };
            format!(
                "The `roleDefinitionId` that `{label}` gives {holder} is {guid}{when}, where \
                 the resource id of the role definition is due"
            )
        }
        Wrong::Name(role) => format!(
            "The `roleDefinitionId` that `{label}` gives {holder} is the name of the role {}{when}, where \
             the resource id of the role definition is due",
            role.name
        ),
        Wrong::Misnomer(misnomer, role) => format!(
            "`{}` is the role {}{when}, not {} as its name says, and `{label}` gives it to {holder}",
            misnomer.name, role.name, misnomer.means.name,
        ),
    };
    let mut related: Vec<_> = what.holder.related(context).into_iter().collect();
    related.extend(context.declaration_elsewhere(id, what.value));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: match what.wrong {
            Wrong::Guid { .. } | Wrong::Name(_) => Level::Error,
            Wrong::Misnomer(..) => Level::Warning,
        },
        place: context.place(what.value),
        subject: context.resource_place(id),
        message,
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// The resource id of the role, where the GUID is written in the assignment itself.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Invalid) -> Option<Fix> {
    let (guid, role) = match &what.wrong {
        Wrong::Guid { guid, role } => (guid.as_deref()?, *role),
        Wrong::Name(role) => (role.id, Some(*role)),
        Wrong::Misnomer(..) => return None,
    };
    let resource = context.resource(id);
    let is_own = what.value.instance == id.instance
        && resource.repetition.is_none()
        && resource
            .range
            .contains_range(context.program.range(what.value));
    if !is_own {
        return None;
    }
    let definition = New::SubscriptionResourceId {
        resource_type: facts::ROLE_DEFINITION_TYPE.to_owned(),
        name: guid.to_owned(),
        comment: role.map(|role| role.name.to_owned()),
    };
    let edits = context
        .editor(id.instance)?
        .replace(what.value.id, &definition);
    context.fix(
        id.instance,
        "Use the resource id of the role definition",
        Applicability::Safe,
        edits,
    )
}
