//! Resources of API Management that the deployment only reads while it runs: `existing` ones, and what
//! `reference()` and the `list*` functions name. A read has an API version like a deployment.

use std::collections::BTreeSet;

use access::facts::versions::API_MANAGEMENT;
use template::cases::Undecided;
use template::model::{ExpressionId, ExpressionKind, Reference};
use template::program::{At, InstanceId};
use template::{Evaluator, Template, identity_of_value};

use super::super::{Version, of_deployed, use_version};
use super::{RULE, is_of_service};
use crate::circumstances::{Occurrence, join, occurrences};
use crate::context::Context;
use crate::{Finding, Level};

/// What is known of a resource before the deployment runs.
const KNOWN_BEFORE: [&str; 4] = ["id", "name", "type", "apiVersion"];

/// A place that reads a resource while the deployment runs.
#[derive(Clone, Copy)]
struct Read {
    /// The whole expression.
    expression: ExpressionId,
    /// The resource, or its id.
    of: ExpressionId,
    /// The API version, where it is given with the read.
    version: Option<ExpressionId>,
}

/// What is read with an API version that ends.
#[derive(Clone, PartialEq)]
struct Retired {
    label: String,
    version: Version,
    /// Where the API version stands.
    written: At<ExpressionId>,
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for instance in context.program.instances() {
        if context.program.shown_at(instance).is_some() {
            continue;
        }
        // A resource that is read ten times is reported once.
        let mut groups: Vec<Vec<Occurrence<Retired>>> = Vec::new();
        for read in reads(context.template(instance)) {
            let answers = context.judge(|evaluator| {
                let retired = retired(context, evaluator, instance, read)?;
                Ok(retired.into_iter().collect())
            });
            let found = occurrences(context, &answers.unwrap_or_default());
            if found.is_empty() || !is_deployed(context, instance.at(read.expression)) {
                continue;
            }
            for occurrence in found {
                join(&mut groups, occurrence, |a, b| {
                    a.what.label == b.what.label && a.what.version.text == b.what.version.text
                });
            }
        }
        findings.extend(groups.iter().map(|group| finding(context, instance, group)));
    }
}

fn reads(template: &Template) -> impl Iterator<Item = Read> {
    template
        .expressions()
        .filter_map(|(expression, it)| match &it.kind {
            ExpressionKind::Member { object, name, .. } => {
                let mut known = KNOWN_BEFORE.iter();
                let is_known = known.any(|known| known.eq_ignore_ascii_case(&name.text));
                (!is_known && names_existing(template, *object)).then_some(Read {
                    expression,
                    of: *object,
                    version: None,
                })
            }
            ExpressionKind::MethodCall { object, .. } => names_existing(template, *object)
                .then_some(Read {
                    expression,
                    of: *object,
                    version: None,
                }),
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "reference" || function.starts_with("list") => Some(Read {
                expression,
                of: *arguments.first()?,
                version: arguments.get(1).copied(),
            }),
            _ => None,
        })
}

/// Whether an expression names a resource of API Management that the template only refers to.
fn names_existing(template: &Template, expression: ExpressionId) -> bool {
    match template.kind(expression) {
        ExpressionKind::Reference(Reference::Resource(id)) => {
            let resource = template.resource(*id);
            resource.is_existing && is_of_service(&resource.resource_type)
        }
        ExpressionKind::NonNull(object) | ExpressionKind::Index { object, .. } => {
            names_existing(template, *object)
        }
        _ => false,
    }
}

fn retired(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    instance: InstanceId,
    read: Read,
) -> Result<Option<Retired>, Undecided> {
    let value = evaluator.evaluate(instance.at(read.of))?.value;
    let Some(identity) = identity_of_value(&value) else {
        return Ok(None);
    };
    if !is_of_service(&identity.resource_type) {
        return Ok(None);
    }
    let declaration = evaluator.declaration(&identity, instance)?;
    // One that is deployed here is judged by its own API version.
    if declaration.is_some_and(|id| !context.resource(id).is_existing) {
        return Ok(None);
    }
    let of_declaration =
        declaration.and_then(|id| Some(id.instance.at(context.resource(id).api_version?)));
    let given = read.version.map(|version| instance.at(version));
    let Some(written) = given.or(of_declaration) else {
        return Ok(None);
    };
    let bindings = evaluator.bindings(written.instance)?;
    let version = Version::of(evaluator, written, &bindings)?;
    Ok(version
        .filter(|version| API_MANAGEMENT.ends(&version.text))
        .map(|version| Retired {
            label: match declaration {
                Some(id) => context.label(id),
                None => {
                    let name = identity.name().and_then(|name| name.as_str());
                    name.unwrap_or(&identity.resource_type).to_owned()
                }
            },
            version,
            written,
        }))
}

/// Whether an expression is part of what some case deploys. A variable by itself is not.
fn is_deployed(context: &Context<'_>, expression: At<ExpressionId>) -> bool {
    let template = context.template(expression.instance);
    let range = context.program.range(expression);
    let mut is_inside = template
        .outputs
        .iter()
        .any(|output| output.range.contains_range(range));
    for (id, resource) in template.resources() {
        if resource.range.contains_range(range) {
            let id = expression.instance.at(id);
            if of_deployed(context, id, |_, _, _| Ok(vec![()])).is_empty() {
                return false;
            }
            is_inside = true;
        }
    }
    for (id, module) in template.modules() {
        if module.range.contains_range(range) {
            let id = expression.instance.at(id);
            let answers = context.judge(|evaluator| evaluator.is_called(id));
            if !answers.is_some_and(|answers| answers.iter().any(|answer| answer.value)) {
                return false;
            }
            is_inside = true;
        }
    }
    is_inside
}

/// The finding about all reads of one resource with one version.
fn finding(context: &Context<'_>, instance: InstanceId, group: &[Occurrence<Retired>]) -> Finding {
    let Occurrence { what, when } = &group[0];
    let newest = API_MANAGEMENT.newest;
    let written: BTreeSet<_> = group.iter().map(|it| it.what.written).collect();
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.written),
        subject: context.place(what.written),
        message: format!(
            "`{}` is read with an API version that API Management has retired, {}{when}: it may \
             fail without further notice. Use {newest}",
            what.label, what.version.text
        ),
        related: what
            .version
            .related(context, what.written)
            .into_iter()
            .chain(context.callers(instance))
            .collect(),
        fixes: use_version(context, &written.into_iter().collect::<Vec<_>>(), newest)
            .into_iter()
            .collect(),
    }
}
