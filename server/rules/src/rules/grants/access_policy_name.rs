//! `access-policy-name`

use access::facts;
use access::grants::held;
use access::placeholders::has_token;
use syntax::{TextEdit, TextRange};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Lazy, Value};

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("access-policy-name"),
    levels: "error; warning for `replace`",
    summary: "Access policies for API Management are neither added, replaced nor removed by their name",
    fix: Some("safe: the name `add`"),
    documentation: include_str!("access_policy_name.md"),
    is_about_absence: false,
    check,
};

/// What the child of a vault is called, where that is not `add`.
#[derive(Clone, PartialEq)]
struct Misnamed {
    holder: Holder,
    name: String,
    origin: At<ExpressionId>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let policies = context
        .program
        .resources_of_type(facts::ACCESS_POLICIES_TYPE);
    for (id, _) in policies {
        let answers = context.judge(|evaluator| misnamed(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence));
        }
    }
}

fn misnamed(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Misnamed>, Undecided> {
    let Some(written) = evaluator.program.resource(id).name else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for held in held(evaluator, id)? {
        let name = Lazy::Expression(written, held.grant.bindings.clone());
        let name = evaluator.known(&name)?;
        let Value::Text(text) = &name.value else {
            continue;
        };
        let segments = text.split('/');
        let Some(last) = segments.last().and_then(Value::as_str) else {
            continue;
        };
        if last.eq_ignore_ascii_case("add") || last.is_empty() || has_token(last) {
            continue;
        }
        let what = Misnamed {
            holder: Holder::of(evaluator, &held.by),
            name: last.to_owned(),
            origin: name.origin,
        };
        // The name is one for all policies of the resource.
        if !found.iter().any(|other: &Misnamed| other.name == what.name) {
            found.push(what);
        }
    }
    Ok(found)
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    Occurrence { what, when }: &Occurrence<Misnamed>,
) -> Finding {
    let (label, holder) = (context.label(id), what.holder.words(context));
    let is_replace = what.name.eq_ignore_ascii_case("replace");
    let message = if is_replace {
        format!(
            "`{label}`, which lets {holder} read a vault, is called `replace`{when}, which takes away \
             every other access policy of the vault"
        )
    } else {
        format!(
            "`{label}`, which lets {holder} read a vault, is called '{}'{when}, but its name is what \
             Azure does with the policies. Azure refuses it: \"Access policies operation not permitted. \
             Allowed operations are \"add\", \"replace\", and \"remove\"\"",
            what.name
        )
    };
    let mut related: Vec<_> = what.holder.related(context).into_iter().collect();
    related.extend(context.declaration_elsewhere(id, what.origin));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: if is_replace {
            Level::Warning
        } else {
            Level::Error
        },
        place: context.place(what.origin),
        subject: context.resource_place(id),
        message,
        related,
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// `add` in place of the last segment, where that is the end of a string in the resource itself.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: &Misnamed) -> Option<Fix> {
    let range = context.program.range(what.origin);
    let is_own = what.origin.instance == id.instance
        && context.resource(id).range.contains_range(range)
        && !context.is_allowed_value(what.origin);
    let source = context.source(what.origin.instance, range);
    let end = source.trim_end_matches(['\'', '"', ')', ' ']);
    let start = end.strip_suffix(&what.name).filter(|_| is_own)?;
    start.ends_with(['/', '\'', '"']).then_some(())?;
    let start_at = range.start + start.len() as u32;
    let edit = TextEdit {
        range: TextRange::new(start_at, start_at + what.name.len() as u32),
        new_text: "add".to_owned(),
    };
    context.fix(
        id.instance,
        "Name it `add`",
        Applicability::Safe,
        Some(vec![edit]),
    )
}
