//! `vault-purge-protection`

use access::facts::VAULT_TYPE;
use access::reads::ReadKind;
use template::Property;
use template::edit::{New, Placement};
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::{of_deployed, properties_with, reading, set_to_false};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-purge-protection"),
    levels: "error; info where nothing is said",
    summary: "A key vault refuses purge protection, which Azure does not take, or the vault of a hostname certificate lacks it",
    fix: Some("safe in place of false, otherwise unsafe: purge protection"),
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
        fixes: replaced(context, id, value).into_iter().collect(),
    }
}

fn replaced(context: &Context<'_>, id: At<ResourceId>, value: At<ExpressionId>) -> Option<Fix> {
    properties_with(context, id, PROPERTY, value)?;
    context.fix(
        id.instance,
        format!("Set `{PROPERTY}` to true"),
        Applicability::Safe,
        context
            .editor(id.instance)?
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
        fixes: inserted(context, id).into_iter().collect(),
    })
}

fn inserted(context: &Context<'_>, id: At<ResourceId>) -> Option<Fix> {
    let template = context.template(id.instance);
    let properties = template.property(context.resource(id).body, "properties")?;
    context.fix(
        id.instance,
        "Add purge protection, which cannot be taken back",
        Applicability::Unsafe,
        context.editor(id.instance)?.insert_property(
            properties.value,
            PROPERTY,
            &New::Bool(true),
            Placement::After("enableSoftDelete"),
        ),
    )
}
