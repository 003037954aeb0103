//! `role-excessive`

use access::facts::{self, Role};
use access::grants::{Breadth, Held, Permission, Target, breadth, held, reaches, role_assignments};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::Scope;

use super::{Holder, Named, secrets_user};
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-excessive"),
    levels: "warning",
    summary: "An identity of API Management may do more with a Key Vault than read from it",
    fix: Some("unsafe: assign Key Vault Secrets User"),
    documentation: include_str!("role_excessive.md"),
    is_about_absence: false,
    check,
};

/// A role that allows too much.
#[derive(Clone, PartialEq)]
struct Excessive {
    holder: Holder,
    role: &'static Role,
    definition: At<ExpressionId>,
    on: On,
}

/// What it is held on.
#[derive(Clone, PartialEq)]
enum On {
    Vault(Named),
    Wide(Breadth),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in role_assignments(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for held in held(evaluator, id)? {
                found.extend(excessive(evaluator, &held)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn excessive(evaluator: &Evaluator<'_>, held: &Held) -> Result<Option<Excessive>, Undecided> {
    let Permission::Role {
        definition: Some(definition),
        role: Some(role),
    } = &held.grant.permission
    else {
        return Ok(None);
    };
    if !role.is_excessive() {
        return Ok(None);
    }
    let on = match &held.grant.target {
        Target::Resource(of) if of.is_type(facts::VAULT_TYPE) => {
            On::Vault(Named::of(evaluator, of))
        }
        Target::Wide(scope) => match breadth(evaluator, scope) {
            // What is not about vaults alone may be held for another reason.
            Some(breadth) if role.is_on_vault_data() || holds_vault(evaluator, scope)? => {
                On::Wide(breadth)
            }
            _ => return Ok(None),
        },
        Target::Resource(_) | Target::Unknown => return Ok(None),
    };
    Ok(Some(Excessive {
        holder: Holder::of(evaluator, &held.by),
        role,
        definition: definition.origin,
        on,
    }))
}

/// Whether a vault of the program is in a scope.
fn holds_vault(evaluator: &Evaluator<'_>, scope: &Scope) -> Result<bool, Undecided> {
    for (id, _) in evaluator.program.resources_of_type(facts::VAULT_TYPE) {
        if evaluator.is_deployed(id)? && reaches(evaluator, scope, &*evaluator.identity(id)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Excessive>,
) -> Finding {
    let (on, vault) = match &what.on {
        On::Vault(vault) => (
            format!("`{}`", vault.label(context)),
            vault.related(context, "this is the vault"),
        ),
        On::Wide(breadth) => (format!("the whole {}", breadth.noun()), None),
    };
    let mut related: Vec<_> = what.holder.related(context).into_iter().collect();
    related.extend(vault);
    related.extend(context.declaration_elsewhere(id, what.definition));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.definition),
        subject: context.resource_place(id),
        message: format!(
            "`{}` gives {} the role {} on {on}{when}, though {} is enough to read secrets: whoever edits \
             policies can use what it allows",
            context.label(id),
            what.holder.words(context),
            what.role.name,
            facts::KEY_VAULT_SECRETS_USER.name,
        ),
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// The role that is enough, unless it would be held on more than the vault because of that.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Excessive) -> Option<Fix> {
    let is_on_vaults = matches!(what.on, On::Vault(_)) || what.role.is_on_vault_data();
    if !is_on_vaults {
        return None;
    }
    let unsafely = Applicability::Unsafe;
    secrets_user::instead_of(context, id, what.definition, what.role, unsafely)
}
