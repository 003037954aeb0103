//! `vault-soft-delete`

use access::facts::VAULT_TYPE;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::{properties_with, reading, set_to_false};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-soft-delete"),
    levels: "warning",
    summary: "A key vault that API Management reads is declared without soft delete, which cannot be \
              switched off",
    fix: Some("safe: remove the property"),
    documentation: include_str!("vault_soft_delete.md"),
    is_about_absence: false,
    check,
};

const PROPERTY: &str = "enableSoftDelete";

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, _) in context.program.resources_of_type(VAULT_TYPE) {
        // What registry modules do with their arguments depends on their version.
        if context.program.shown_at(id.instance).is_some() {
            continue;
        }
        let found = set_to_false(context, id, PROPERTY);
        if found.is_empty() {
            continue;
        }
        // Other vaults are somebody else's subject.
        let Some(reading) = reading(context, id, |_| true) else {
            continue;
        };
        for occurrence in found {
            let (value, when) = (occurrence.what, occurrence.when);
            findings.push(Finding {
                rule: RULE.id,
                level: Level::Warning,
                place: context.place(value),
                subject: context.resource_place(id),
                message: format!(
                    "`{}` sets `{PROPERTY}` to false{when}, but a vault that has soft delete keeps \
                     it, and every new one has it. Leave the property out",
                    context.label(id)
                ),
                related: context
                    .declaration_elsewhere(id, value)
                    .into_iter()
                    .chain([reading.related(context)])
                    .chain(context.callers(id.instance))
                    .collect(),
                fixes: repair(context, id, value).into_iter().collect(),
            });
        }
    }
}

fn repair(context: &Context<'_>, id: At<ResourceId>, value: At<ExpressionId>) -> Option<Fix> {
    let properties = properties_with(context, id, PROPERTY, value)?;
    context.fix(
        id.instance,
        format!("Remove `{PROPERTY}`"),
        Applicability::Safe,
        context
            .editor(id.instance)?
            .remove_property(properties, PROPERTY),
    )
}
