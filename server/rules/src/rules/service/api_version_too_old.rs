//! `api-version-too-old`

use access::facts::versions::{API_MANAGEMENT, EACH, FEATURES, Feature};
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::Value;
use template::{Evaluator, Property};

use super::{Version, of_deployed, use_version};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("api-version-too-old"),
    levels: "error",
    summary: "A resource of API Management uses what its API version does not have",
    fix: Some("unsafe: an API version that has it"),
    documentation: include_str!("api_version_too_old.md"),
    is_about_absence: false,
    check,
};

/// A version, and what is used that it does not have.
#[derive(Clone, PartialEq)]
pub(super) struct TooOld {
    version: Version,
    uses: Vec<Use>,
}

#[derive(Clone, PartialEq)]
struct Use {
    feature: &'static Feature,
    /// The name of the property, where it is written.
    property: Option<At<ExpressionId>>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, _) in context.program.resources() {
        for occurrence in too_old(context, id) {
            findings.extend(finding(context, id, &occurrence));
        }
    }
}

/// What a resource uses that its API version does not have.
pub(super) fn too_old(context: &Context<'_>, id: At<ResourceId>) -> Vec<Occurrence<TooOld>> {
    let resource = context.resource(id);
    let features: Vec<_> = FEATURES
        .iter()
        .filter(|feature| feature.is_of(&resource.resource_type))
        .collect();
    // What is inside a registry module is not its user's to change.
    if features.is_empty() || context.program.shown_at(id.instance).is_some() {
        return Vec::new();
    }
    let Some(written) = resource.api_version.map(|it| id.instance.at(it)) else {
        return Vec::new();
    };
    of_deployed(context, id, |evaluator, bindings, body| {
        let Some(version) = Version::of(evaluator, written, bindings)? else {
            return Ok(Vec::new());
        };
        let mut uses = Vec::new();
        for feature in &features {
            if feature.is_in(&version.text) {
                continue;
            }
            let property = used(evaluator, body, feature.path)?;
            if property.is_some() || feature.path.is_empty() {
                uses.push(Use { feature, property });
            }
        }
        // Where the whole type is not there, nothing of it is.
        if uses.iter().any(|it| it.feature.path.is_empty()) {
            uses.retain(|it| it.feature.path.is_empty());
        }
        Ok(match uses.as_slice() {
            [] => Vec::new(),
            _ => vec![TooOld { version, uses }],
        })
    })
}

/// Where the name of the last property of a path is written, if the path leads to a value.
fn used(
    evaluator: &Evaluator<'_>,
    object: &Value,
    path: &[&str],
) -> Result<Option<At<ExpressionId>>, Undecided> {
    let end = path.iter().position(|name| *name == EACH);
    let (own, rest) = path.split_at(end.unwrap_or(path.len()));
    let Property::Given(given) = evaluator.property(object, own)? else {
        return Ok(None);
    };
    let [_, rest @ ..] = rest else {
        return Ok(given.name);
    };
    let Value::Array(list) = given.evaluated.value else {
        return Ok(None);
    };
    for item in &list.items {
        let item = evaluator.known(item)?.value;
        if let Some(name) = used(evaluator, &item, rest)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    occurrence: &Occurrence<TooOld>,
) -> Option<Finding> {
    let Occurrence {
        what: TooOld { version, uses },
        when,
    } = occurrence;
    let written = id.instance.at(context.resource(id).api_version?);
    let newest = uses.iter().map(|it| it.feature).max_by_key(|it| it.since)?;
    let (target, advice) = if newest.is_in(API_MANAGEMENT.newest) {
        (API_MANAGEMENT.newest, API_MANAGEMENT.newest)
    } else {
        (newest.since, "that or a newer one")
    };
    let problem = if newest.path.is_empty() {
        format!(
            "uses API version {}, which has no `{}`{when}",
            version.text, newest.resource_type
        )
    } else {
        let names: Vec<_> = uses
            .iter()
            .filter_map(|it| it.feature.path.last())
            .map(|name| format!("`{name}`"))
            .collect();
        format!(
            "uses {}, which API version {} does not have{when}",
            names.join(" and "),
            version.text
        )
    };
    let what = match uses.as_slice() {
        [_] => "it",
        _ => "the last of them",
    };
    let message = format!(
        "`{}` {problem}: {what} came with {}. Use {advice}",
        context.label(id),
        newest.since
    );
    let properties = uses.iter().filter_map(|it| {
        Some(Related {
            place: context.place(it.property?),
            message: format!("it came with {}", it.feature.since),
        })
    });
    Some(Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(written),
        subject: context.resource_place(id),
        message,
        related: version
            .related(context, written)
            .into_iter()
            .chain(properties)
            .chain(context.callers(id.instance))
            .collect(),
        fixes: use_version(context, &[written], target)
            .into_iter()
            .collect(),
    })
}
