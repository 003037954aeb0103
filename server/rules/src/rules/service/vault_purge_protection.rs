//! `vault-purge-protection`

use access::facts::VAULT_TYPE;
use access::reads::ReadKind;
use template::Property;
use template::edit::{New, Placement};
use template::model::{ExpressionId, ExpressionKind, ParameterKind, Reference, ResourceId};
use template::program::At;

use super::{of_deployed, properties_with, reading, set_to_false};
use crate::context::Context;
use crate::repair::own::is_own;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-purge-protection"),
    levels: "error; info where nothing is said",
    summary: "A key vault refuses purge protection, which Azure does not take, or the vault of a hostname certificate lacks it",
    fix: Some("safe: nothing in place of false; unsafe: purge protection"),
    documentation: include_str!("vault_purge_protection.md"),
    is_about_absence: true,
    check,
};

const PROPERTY: &str = "enablePurgeProtection";

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, _) in context.program.resources_of_type(VAULT_TYPE) {
        // What registry modules do with their arguments depends on their version.
        if context.program.shown_at(id.instance).is_some() {
            continue;
        }
        let refused = set_to_false(context, id, PROPERTY);
        if refused.is_empty() {
            findings.extend(unprotected(context, id));
        }
        for occurrence in refused {
            findings.push(refusal(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn refusal(
    context: &Context<'_>,
    id: At<ResourceId>,
    value: At<ExpressionId>,
    when: &str,
) -> Finding {
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(value),
        subject: context.resource_place(id),
        message: format!(
            "`{}` sets `{PROPERTY}` to false{when}, but it takes true or nothing. Azure refuses it: \
             \"The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge \
             protection for a vault is an irreversible action.\"",
            context.label(id)
        ),
        related: context
            .declaration_elsewhere(id, value)
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: of_refusal(context, id, value),
    }
}

/// A vault that says nothing is deployed, and nothing happens that cannot be taken back. Whether it is
/// to be protected for good is for a person to say.
fn of_refusal(context: &Context<'_>, id: At<ResourceId>, value: At<ExpressionId>) -> Vec<Fix> {
    let safe = written(context, id).and_then(|written| without_false(context, id, written, value));
    safe.into_iter()
        .chain(protected(context, id, value))
        .collect()
}

/// The value of the property as the vault has it.
fn written(context: &Context<'_>, id: At<ResourceId>) -> Option<ExpressionId> {
    let template = context.template(id.instance);
    let properties = template.property(context.resource(id).body, "properties")?;
    Some(template.property(properties.value, PROPERTY)?.value)
}

/// The fix that says nothing where the property says false.
fn without_false(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: ExpressionId,
    value: At<ExpressionId>,
) -> Option<Fix> {
    let template = context.template(id.instance);
    let editor = context.editor(id.instance)?;
    let is_value = |arm: &ExpressionId| {
        id.instance.at(*arm) == value && matches!(template.kind(*arm), ExpressionKind::Bool(false))
    };
    let (title, edits) = match template.kind(written) {
        ExpressionKind::Bool(_) => {
            let properties = properties_with(context, id, PROPERTY, value)?;
            (
                format!("Remove `{PROPERTY}`"),
                editor.remove_property(properties, PROPERTY),
            )
        }
        ExpressionKind::Conditional {
            consequence,
            alternative,
            ..
        } => {
            let arm = [consequence, alternative]
                .into_iter()
                .find(|it| is_value(it))?;
            (
                "Use null in place of false".to_owned(),
                editor.replace(*arm, &New::Null),
            )
        }
        ExpressionKind::Reference(Reference::Parameter(parameter)) => {
            let parameter = template.parameter(*parameter);
            if parameter.kind != ParameterKind::Bool || parameter.is_optional {
                return None;
            }
            let choice = New::conditional(New::Copy(written), New::Bool(true), New::Null);
            (
                "Use null in place of false".to_owned(),
                editor.replace(written, &choice),
            )
        }
        _ => return None,
    };
    context.fix(id.instance, title, Applicability::Safe, edits)
}

/// The fix that switches the protection on, where nobody has the choice.
fn protected(context: &Context<'_>, id: At<ResourceId>, value: At<ExpressionId>) -> Option<Fix> {
    let written = written(context, id)?;
    let template = context.template(id.instance);
    let is_literal = |at: At<ExpressionId>| {
        matches!(
            context.template(at.instance).kind(at.id),
            ExpressionKind::Bool(false)
        )
    };
    let is_choice = matches!(template.kind(written), ExpressionKind::Conditional { .. });
    if is_choice || !is_literal(value) || !is_own(context, id, &["properties", PROPERTY], value) {
        return None;
    }
    context.fix(
        value.instance,
        format!("Set `{PROPERTY}` to true, which cannot be taken back"),
        Applicability::Unsafe,
        context
            .editor(value.instance)?
            .replace(value.id, &New::Bool(true)),
    )
}

/// The finding about a vault that holds the certificate of a hostname and does not say that it is
/// protected.
fn unprotected(context: &Context<'_>, id: At<ResourceId>) -> Option<Finding> {
    let absent = of_deployed(context, id, |evaluator, _, body| {
        let property = evaluator.property(body, &["properties", PROPERTY])?;
        Ok(match property {
            Property::Absent => vec![()],
            Property::Given(_) | Property::Unknown => Vec::new(),
        })
    });
    let when = absent.into_iter().next()?.when;
    let reading = reading(context, id, |kind| {
        matches!(
            kind,
            ReadKind::HostnameCertificate | ReadKind::GatewayHostname
        )
    })?;
    Some(Finding {
        rule: RULE.id,
        level: Level::Info,
        place: context.resource_place(id),
        subject: context.resource_place(id),
        message: format!(
            "`{}` holds the certificate of a hostname of `{}`{} and has no purge \
             protection{when}: once somebody deletes and purges it, the gateway goes on only until \
             the copy that it has expires",
            context.label(id),
            context.label(reading.reader),
            reading.when,
        ),
        related: [reading.related(context)]
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: switched_on(context, id).into_iter().collect(),
    })
}

fn switched_on(context: &Context<'_>, id: At<ResourceId>) -> Option<Fix> {
    let template = context.template(id.instance);
    let editor = context.editor(id.instance)?;
    let edits = match written(context, id) {
        None => {
            let properties = template.property(context.resource(id).body, "properties")?;
            editor.insert_property(
                properties.value,
                PROPERTY,
                &New::Bool(true),
                Placement::After("enableSoftDelete"),
            )
        }
        Some(null) if matches!(template.kind(null), ExpressionKind::Null) => {
            editor.replace(null, &New::Bool(true))
        }
        Some(_) => None,
    };
    context.fix(
        id.instance,
        "Add purge protection, which cannot be taken back",
        Applicability::Unsafe,
        edits,
    )
}
