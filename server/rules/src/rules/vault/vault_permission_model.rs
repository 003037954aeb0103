//! `vault-permission-model`

mod repair;

use access::facts;
use access::grants::{
    Grant, Held, Permission, Target, Why, held, is_access_policies, is_role_assignment,
};
use access::reading::Reading;
use access::reads::is_reader;
use access::vault::{PermissionModel, VaultReference, declared_vault, permission_model};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::rules::grants::Holder;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-permission-model"),
    levels: "warning",
    summary: "API Management is granted access in a way that the Key Vault does not go by",
    fix: Some("unsafe: change the model or the grant"),
    documentation: include_str!("vault_permission_model.md"),
    is_about_absence: false,
    check,
};

/// A grant that the vault does not heed.
#[derive(Clone, PartialEq)]
struct Ignored {
    grant: At<ResourceId>,
    /// What is granted, where it is written.
    value: At<ExpressionId>,
    /// The name of the role; none for an access policy.
    role: Option<&'static str>,
    holder: Holder,
    vault: At<ResourceId>,
    /// Where the vault says how it decides; none where its API version does.
    model: Option<At<ExpressionId>>,
    /// Whether it is on the vault, and not on all around it.
    is_on_vault: bool,
    /// Whether it would let read secrets.
    reads_secrets: bool,
    /// The name of the property with the principal id.
    principal: Option<At<ExpressionId>>,
}

/// The property by which a vault says how it decides.
const MODEL: [&str; 2] = ["properties", "enableRbacAuthorization"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut found: Vec<Occurrence<Ignored>> = Vec::new();
    for (id, resource) in context.program.resources() {
        let answers = if is_role_assignment(resource) || is_access_policies(resource) {
            context.judge(|evaluator| on_vault(evaluator, id))
        } else if is_reader(context.program, id) {
            context.judge(|evaluator| around_vault(evaluator, id))
        } else {
            continue;
        };
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            if !found.iter().any(|other| other.what == occurrence.what) {
                found.push(occurrence);
            }
        }
    }
    findings.extend(found.iter().map(|occurrence| finding(context, occurrence)));
}

/// The grants of a resource on a vault that does not heed them.
fn on_vault(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Ignored>, Undecided> {
    let mut found = Vec::new();
    for held in held(evaluator, id)? {
        let Some(vault) = vault_of(evaluator, &held.grant)? else {
            continue;
        };
        found.extend(ignored(evaluator, &held, vault)?);
    }
    Ok(found)
}

/// The vault that a grant is on, if the deployment creates it.
fn vault_of(evaluator: &Evaluator<'_>, grant: &Grant) -> Result<Option<At<ResourceId>>, Undecided> {
    match &grant.target {
        Target::Resource(of) if of.is_type(facts::VAULT_TYPE) => {
            declared_vault(evaluator, &VaultReference::Resource(of.clone()))
        }
        Target::Resource(_) | Target::Wide(_) | Target::Unknown => Ok(None),
    }
}

/// The roles around a vault that are all that is meant to let a resource read it.
fn around_vault(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
) -> Result<Vec<Ignored>, Undecided> {
    let mut found = Vec::new();
    for reading in Reading::all(evaluator, reader)?.iter() {
        let (Some(vault), Some(access)) = (reading.vault, reading.access(evaluator)?) else {
            continue;
        };
        if !access.is_missing() {
            continue;
        }
        let grants = access.ineffective.iter();
        for grant in grants.filter(|grant| grant.why == Why::PermissionModel) {
            for held in held(evaluator, grant.at)? {
                found.extend(ignored(evaluator, &held, vault)?);
            }
        }
    }
    Ok(found)
}

fn ignored(
    evaluator: &Evaluator<'_>,
    held: &Held,
    vault: At<ResourceId>,
) -> Result<Option<Ignored>, Undecided> {
    let model = permission_model(evaluator, vault)?;
    let (role, value) = match (&held.grant.permission, model) {
        (
            Permission::Role {
                definition: Some(definition),
                role: Some(role),
            },
            PermissionModel::AccessPolicies,
        ) if role.is_on_vault_data() => (Some(role.name), definition.origin),
        (Permission::Policy { .. }, PermissionModel::Roles) => match &held.grant.principal {
            Some(principal) => (None, principal.evaluated.origin),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let body = evaluator.body(vault)?.value;
    let model = evaluator.property(&body, &MODEL)?.given();
    let principal = held.grant.principal.as_ref();
    Ok(Some(Ignored {
        grant: held.grant.at,
        value,
        role,
        holder: Holder::of(evaluator, &held.by),
        vault,
        model: model.map(|model| model.evaluated.origin),
        is_on_vault: matches!(held.grant.target, Target::Resource(_)),
        reads_secrets: held.grant.permission.reads_secrets() == Some(true),
        principal: principal.and_then(|principal| principal.name),
    }))
}

fn finding(context: &Context<'_>, occurrence: &Occurrence<Ignored>) -> Finding {
    let Occurrence { what, when } = occurrence;
    let vault = context.label(what.vault);
    let holder = what.holder.words(context);
    let (goes_by, ignores) = match what.role {
        Some(_) => ("access policies", "roles"),
        None => ("roles", "access policies"),
    };
    let by_default = if what.model.is_none() {
        ", the default of its API version,"
    } else {
        ""
    };
    let grant = match what.role {
        Some(role) => format!(
            "`{}` gives {holder} the role {role}",
            context.label(what.grant)
        ),
        None => format!(
            "`{}` has an access policy for {holder}",
            context.label(what.grant)
        ),
    };
    let mut related = vec![Related {
        place: context.resource_place(what.vault),
        message: format!("this vault goes by {goes_by}"),
    }];
    related.extend(what.holder.related(context));
    related.extend(context.declaration_elsewhere(what.grant, what.value));
    related.extend(context.callers(what.grant.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.value),
        subject: context.resource_place(what.grant),
        message: format!(
            "{grant}, but `{vault}` goes by {goes_by}{by_default} and does not heed {ignores}{when}: \
             the identity cannot read secrets by it"
        ),
        related,
        fixes: repair::fixes(context, occurrence),
    }
}
