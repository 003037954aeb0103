//! `hostname-server-fields`

use access::facts::{HOSTNAME_SERVER_FIELDS, V2_TIERS};
use access::identity::services;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Evaluated, Value};
use template::{Evaluator, Property};

use super::of_deployed;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("hostname-server-fields"),
    levels: "warning",
    summary: "A hostname carries what only Azure sets, or asks for a certificate that its tier does not have",
    fix: Some("safe: remove what only Azure sets"),
    documentation: include_str!("hostname_server_fields.md"),
    is_about_absence: false,
    check,
};

#[derive(Clone, Copy, PartialEq)]
enum Problem {
    /// A property that only Azure fills.
    Reported {
        name: &'static str,
        property: At<ExpressionId>,
        /// The object that has it.
        hostname: At<ExpressionId>,
    },
    /// A free certificate in a tier without them.
    Managed {
        value: At<ExpressionId>,
        tier: &'static str,
        tier_value: At<ExpressionId>,
    },
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in services(context.program) {
        let found = of_deployed(context, id, |evaluator, _, body| problems(evaluator, body));
        for occurrence in found {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn problems(evaluator: &Evaluator<'_>, body: &Value) -> Result<Vec<Problem>, Undecided> {
    let mut problems = Vec::new();
    let Property::Given(list) =
        evaluator.property(body, &["properties", "hostnameConfigurations"])?
    else {
        return Ok(problems);
    };
    let Value::Array(list) = list.evaluated.value else {
        return Ok(problems);
    };
    for item in &list.items {
        let hostname = evaluator.known(item)?;
        for name in HOSTNAME_SERVER_FIELDS {
            let property = evaluator.property(&hostname.value, &[name])?;
            if property.as_str() != Some("")
                && let Some(property) = property.given().and_then(|given| given.name)
            {
                problems.push(Problem::Reported {
                    name,
                    property,
                    hostname: hostname.origin,
                });
            }
        }
        problems.extend(managed(evaluator, body, &hostname)?);
    }
    Ok(problems)
}

fn managed(
    evaluator: &Evaluator<'_>,
    body: &Value,
    hostname: &Evaluated,
) -> Result<Option<Problem>, Undecided> {
    let source = evaluator.property(&hostname.value, &["certificateSource"])?;
    if !source
        .as_str()
        .is_some_and(|text| text.eq_ignore_ascii_case("Managed"))
    {
        return Ok(None);
    }
    let sku = evaluator.property(body, &["sku", "name"])?;
    let tier = sku.as_str().and_then(|name| {
        let mut tiers = V2_TIERS.into_iter();
        tiers.find(|tier| tier.eq_ignore_ascii_case(name))
    });
    let (Some(tier), Some(source), Some(sku)) = (tier, source.given(), sku.given()) else {
        return Ok(None);
    };
    Ok(Some(Problem::Managed {
        value: source.evaluated.origin,
        tier,
        tier_value: sku.evaluated.origin,
    }))
}

fn finding(context: &Context<'_>, id: At<ResourceId>, problem: Problem, when: &str) -> Finding {
    let label = context.label(id);
    let (place, message) = match problem {
        Problem::Reported {
            name: name @ "certificateStatus",
            property,
            ..
        } => (
            property,
            format!(
                "A hostname of `{label}` sends `{name}`{when}, which only Azure sets: sent back, it makes \
                 the hostname a request for a free certificate, which Azure refuses"
            ),
        ),
        Problem::Reported { name, property, .. } => (
            property,
            format!(
                "A hostname of `{label}` sends `{name}`{when}, which only Azure sets: it describes the \
                 certificate that the service has, and does not provide one"
            ),
        ),
        Problem::Managed { value, tier, .. } => (
            value,
            format!(
                "A hostname of `{label}` asks for a free certificate{when}, which the tier {tier} \
                 does not have. Bring your own, best from Key Vault"
            ),
        ),
    };
    let tier = match problem {
        Problem::Managed { tier_value, .. } => Some(Related {
            place: context.place(tier_value),
            message: "the tier is chosen here".to_owned(),
        }),
        Problem::Reported { .. } => None,
    };
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(place),
        subject: context.resource_place(id),
        message,
        related: context
            .declaration_elsewhere(id, place)
            .into_iter()
            .chain(tier)
            .chain(context.callers(id.instance))
            .collect(),
        fixes: repair(context, problem).into_iter().collect(),
    }
}

fn repair(context: &Context<'_>, problem: Problem) -> Option<Fix> {
    let Problem::Reported {
        name,
        property,
        hostname,
    } = problem
    else {
        return None;
    };
    let template = context.template(hostname.instance);
    let written = template.property(hostname.id, name)?;
    if hostname.instance.at(written.key) != property {
        return None;
    }
    context.fix(
        hostname.instance,
        format!("Remove `{name}`"),
        Applicability::Safe,
        context
            .editor(hostname.instance)?
            .remove_property(hostname.id, name),
    )
}
