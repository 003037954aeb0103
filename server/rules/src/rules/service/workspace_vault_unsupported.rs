//! `workspace-vault-unsupported`

use access::facts::{WORKSPACE_PREFIX, has_prefix};
use access::reads::{ReadKind, reads_of};
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("workspace-vault-unsupported"),
    levels: "info",
    summary: "A named value or certificate of a workspace comes from a key vault, which workspaces do not support",
    fix: None,
    documentation: include_str!("workspace_vault_unsupported.md"),
    is_about_absence: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        if resource.is_existing || !has_prefix(&resource.resource_type, WORKSPACE_PREFIX) {
            continue;
        }
        let answers = context.judge(|evaluator| {
            let reads = reads_of(evaluator, id)?;
            Ok(reads.iter().map(|it| (it.kind, it.property)).collect())
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    occurrence: &Occurrence<(ReadKind, At<ExpressionId>)>,
) -> Finding {
    let Occurrence {
        what: (kind, property),
        when,
    } = occurrence;
    let reason = match kind {
        ReadKind::Certificate => "workspaces have no certificates from Key Vault",
        _ => "a workspace with a gateway of its own has no managed identity to read it with",
    };
    Finding {
        rule: RULE.id,
        level: Level::Info,
        place: context.place(*property),
        subject: context.resource_place(id),
        message: format!(
            "`{}` is a {} of a workspace and comes from a key vault{when}: {reason}",
            context.label(id),
            kind.noun()
        ),
        related: context
            .declaration_elsewhere(id, *property)
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: Vec::new(),
    }
}
