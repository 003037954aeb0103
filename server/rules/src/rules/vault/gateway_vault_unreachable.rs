//! `gateway-vault-unreachable`

use access::calls::{Call, calls_of, is_policy, shut_firewall};
use access::network::FirewallKind;
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("gateway-vault-unreachable"),
    levels: "info",
    summary: "A policy calls an Azure service behind a firewall that gateways have no way through",
    fix: None,
    documentation: include_str!("gateway_vault_unreachable.md"),
    is_about_absence: true,
    check,
};

/// A call that does not get through.
#[derive(Clone, Copy, PartialEq)]
struct Unreachable {
    property: At<ExpressionId>,
    target: At<ResourceId>,
    cause: At<ExpressionId>,
    has_rules: bool,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        if resource.is_existing || !is_policy(resource) {
            continue;
        }
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for call in calls_of(evaluator, id)? {
                found.extend(unreachable(evaluator, call)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn unreachable(evaluator: &Evaluator<'_>, call: Call) -> Result<Option<Unreachable>, Undecided> {
    let firewall = shut_firewall(evaluator, call.target)?;
    Ok(firewall.map(|firewall| Unreachable {
        property: call.property,
        target: call.target,
        cause: firewall.cause,
        has_rules: firewall.kind == FirewallKind::SelectedNetworks,
    }))
}

fn finding(
    context: &Context<'_>,
    policy: At<ResourceId>,
    occurrence: &Occurrence<Unreachable>,
) -> Finding {
    let Occurrence { what, when } = occurrence;
    let (label, target) = (context.label(policy), context.label(what.target));
    let related = Related {
        place: context.place(what.cause),
        message: "this turns the firewall on".to_owned(),
    };
    // Where public access is disabled, rules let nobody in.
    let rules = if what.has_rules {
        "a subnet or address rule, "
    } else {
        ""
    };
    Finding {
        rule: RULE.id,
        level: Level::Info,
        place: context.place(what.property),
        subject: context.resource_place(policy),
        message: format!(
            "The policy `{label}` calls `{target}` at run time, but the firewall of `{target}` is \
             on{when}, and this deployment shows no way through it for the gateway: since March 2026 \
             gateways are no trusted services. Let it in by {rules}a private endpoint or a network \
             security perimeter",
        ),
        related: std::iter::once(related)
            .chain(context.callers(policy.instance))
            .collect(),
        fixes: Vec::new(),
    }
}
