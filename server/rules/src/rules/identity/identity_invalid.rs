//! `identity-invalid`

use access::facts;
use access::identity::{
    IdentityBlock, IdentityKind, ServiceIdentity, UserAssigned, service_identity, services,
};
use template::cases::Undecided;
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::{At, InstanceId};
use template::value::{Object, Value};
use template::{Evaluator, identity_of_value};

use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, RuleId};

mod repair;

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identity-invalid"),
    levels: "error; info for an order of words that is not documented",
    summary: "The `identity` of an API Management service is one that Azure refuses",
    fix: Some(
        "safe for spelling and values that are not empty, otherwise unsafe: write the identity as Azure wants it",
    ),
    documentation: include_str!("identity_invalid.md"),
    is_about_absence: false,
    check,
};

#[derive(Clone, PartialEq)]
enum Problem {
    /// `type` is absent, or null.
    KindMissing {
        place: At<ExpressionId>,
        /// The null.
        null: Option<At<ExpressionId>>,
        has_user: bool,
    },
    /// `type` is none of the values.
    KindUnknown {
        place: At<ExpressionId>,
        text: String,
        /// Whether identities may be attached.
        may_have_user: bool,
    },
    /// The words of `type` are in the other order.
    KindOrder(At<ExpressionId>),
    /// `UserAssigned` without any identity.
    NoneAttached {
        place: At<ExpressionId>,
        attached: Attached,
        identity: At<ExpressionId>,
        kind: At<ExpressionId>,
    },
    /// Identities though the type, `SystemAssigned` or `None`, has no `UserAssigned`.
    NotUserAssigned {
        place: At<ExpressionId>,
        has_system: bool,
        identity: At<ExpressionId>,
        dictionary: At<ExpressionId>,
    },
    /// Something else instead of a dictionary.
    NoDictionary {
        place: At<ExpressionId>,
        /// Whether the type allows a dictionary, and it is made of resource ids.
        may_be_dictionary: bool,
    },
    /// A key that is no resource id.
    Key {
        place: At<ExpressionId>,
        is: &'static str,
        /// The identity whose property it is.
        of: Option<At<ResourceId>>,
    },
    /// A value that is not empty.
    Value(At<ExpressionId>),
    /// More identities than a service may carry.
    TooMany(At<ExpressionId>, usize),
}

#[derive(Clone, Copy, PartialEq)]
enum Attached {
    Missing,
    Null,
    Empty,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in services(context.program) {
        let answers = context.judge(|evaluator| problems(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence.what, &occurrence.when));
        }
    }
}

fn problems(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Problem>, Undecided> {
    if !evaluator.is_deployed(id)? {
        return Ok(Vec::new());
    }
    let ServiceIdentity::Present(block) = service_identity(evaluator, id)? else {
        return Ok(Vec::new());
    };
    let kind_origin = block.kind_origin.unwrap_or(block.origin);
    let mut problems = Vec::new();
    match &block.kind {
        Some(IdentityKind::Missing) if !is_default(evaluator, block.origin) => {
            problems.push(Problem::KindMissing {
                place: block.origin,
                null: block.kind_origin,
                has_user: !matches!(block.user_assigned, UserAssigned::Absent(_)),
            });
        }
        Some(IdentityKind::Invalid(text)) => {
            problems.push(Problem::KindUnknown {
                place: kind_origin,
                text: text.clone(),
                may_have_user: !matches!(block.user_assigned, UserAssigned::Absent(_)),
            });
        }
        Some(IdentityKind::Both { is_in_order: false }) => {
            problems.push(Problem::KindOrder(kind_origin));
        }
        _ => {}
    }
    attached(evaluator, &block, kind_origin, &mut problems)?;
    Ok(problems)
}

fn attached(
    evaluator: &Evaluator<'_>,
    block: &IdentityBlock,
    kind_origin: At<ExpressionId>,
    problems: &mut Vec<Problem>,
) -> Result<(), Undecided> {
    // Of a type that is missing or wrong nobody knows what it was meant to be.
    let has_user = match &block.kind {
        None | Some(IdentityKind::Missing | IdentityKind::Invalid(_)) => None,
        Some(kind) => Some(kind.has_user()),
    };
    match &block.user_assigned {
        UserAssigned::Unknown => {}
        UserAssigned::Absent(origin) => {
            if has_user == Some(true) {
                let (place, attached) = match origin {
                    Some(origin) => (*origin, Attached::Null),
                    None => (kind_origin, Attached::Missing),
                };
                problems.push(Problem::NoneAttached {
                    place,
                    attached,
                    identity: block.origin,
                    kind: kind_origin,
                });
            }
        }
        UserAssigned::Other(origin) => problems.push(Problem::NoDictionary {
            place: *origin,
            may_be_dictionary: has_user == Some(true) && is_of_ids(evaluator, *origin)?,
        }),
        UserAssigned::Dictionary(dictionary, origin) => {
            let is_empty = dictionary.entries.is_empty();
            if is_empty && !dictionary.is_open() && has_user == Some(true) {
                problems.push(Problem::NoneAttached {
                    place: *origin,
                    attached: Attached::Empty,
                    identity: block.origin,
                    kind: kind_origin,
                });
            }
            if !is_empty && has_user == Some(false) {
                problems.push(Problem::NotUserAssigned {
                    place: kind_origin,
                    has_system: block.kind == Some(IdentityKind::SystemAssigned),
                    identity: block.origin,
                    dictionary: *origin,
                });
            }
            entries(evaluator, dictionary, *origin, problems)?;
        }
    }
    Ok(())
}

/// Whether an expression is the default of a parameter of the root: an empty one is a place for what
/// callers pass.
fn is_default(evaluator: &Evaluator<'_>, expression: At<ExpressionId>) -> bool {
    let root = evaluator.program.template(InstanceId::ROOT);
    expression.instance == InstanceId::ROOT
        && root
            .parameters
            .iter()
            .any(|parameter| parameter.default == Some(expression.id))
}

fn entries(
    evaluator: &Evaluator<'_>,
    dictionary: &Object,
    origin: At<ExpressionId>,
    problems: &mut Vec<Problem>,
) -> Result<(), Undecided> {
    if dictionary.entries.len() > facts::MAXIMUM_USER_ASSIGNED_IDENTITIES {
        problems.push(Problem::TooMany(origin, dictionary.entries.len()));
    }
    for entry in &dictionary.entries {
        if let Some(key) = entry.key_expression
            && let Some(what) = not_an_id(&entry.key)
        {
            let of = entry.key.as_property();
            problems.push(Problem::Key {
                place: key,
                is: what,
                of: of.and_then(|(identity, _)| identity.declaration),
            });
        }
        let value = evaluator.known(&entry.value)?;
        if let Value::Object(object) = &value.value
            && !object.entries.is_empty()
        {
            problems.push(Problem::Value(value.origin));
        }
    }
    Ok(())
}

/// Whether an array is written out and its items, at least one, are resource ids, or it is one itself.
fn is_of_ids(evaluator: &Evaluator<'_>, list: At<ExpressionId>) -> Result<bool, Undecided> {
    let items = match evaluator.program.template(list.instance).kind(list.id) {
        ExpressionKind::Array(items) => items.iter().map(|item| item.value).collect(),
        _ => vec![list.id],
    };
    for item in &items {
        let value = evaluator.evaluate(list.instance.at(*item))?.value;
        if identity_of_value(&value).is_none() {
            return Ok(false);
        }
    }
    Ok(!items.is_empty())
}

/// What a key of the dictionary is instead of a resource id, if that is sure.
fn not_an_id(key: &Value) -> Option<&'static str> {
    if identity_of_value(key).is_some() {
        return None;
    }
    if key.is_property(&["properties", "clientId"]) {
        return Some("a client id");
    }
    if key.is_property(&["properties", "principalId"]) {
        return Some("a principal id");
    }
    let text = key.as_str()?;
    is_guid(text).then_some("a GUID")
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn finding(context: &Context<'_>, id: At<ResourceId>, problem: &Problem, when: &str) -> Finding {
    let label = context.label(id);
    let (place, message) = match problem {
        Problem::KindMissing { place, .. } => (
            *place,
            format!("The identity of `{label}` has no `type`{when}"),
        ),
        Problem::KindUnknown { place, text, .. } => (
            *place,
            format!(
                "'{text}' is no type of identity{when}: API Management takes `None`, \
                 `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`"
            ),
        ),
        Problem::KindOrder(place) => (
            *place,
            format!(
                "The documented order of the words is `SystemAssigned, UserAssigned`{when}; \
                 whether Azure takes another order is not documented"
            ),
        ),
        Problem::NoneAttached {
            place, attached, ..
        } => {
            let what = match attached {
                Attached::Missing => "has no `userAssignedIdentities`",
                Attached::Null => "sets `userAssignedIdentities` to null",
                Attached::Empty => "has no entry in `userAssignedIdentities`",
            };
            (
                *place,
                format!(
                    "The identity of `{label}` is `UserAssigned` but {what}{when}: at least one \
                     identity is needed"
                ),
            )
        }
        Problem::NotUserAssigned {
            place, has_system, ..
        } => (
            *place,
            format!(
                "The identity of `{label}` lists user-assigned identities but its type is \
                 `{}`{when}. Azure refuses it: \"a non-UserAssigned identity type should not \
                 contain: userAssignedIdentities\"",
                if *has_system {
                    "SystemAssigned"
                } else {
                    "None"
                }
            ),
        ),
        Problem::NoDictionary { place, .. } => (
            *place,
            format!(
                "`userAssignedIdentities` is an object whose keys are resource ids and whose values \
                 are empty objects; this is none{when}"
            ),
        ),
        Problem::Key {
            place, is: what, ..
        } => (
            *place,
            format!(
                "A key of `userAssignedIdentities` is the resource id of the identity, not \
                 {what}{when}"
            ),
        ),
        Problem::Value(place) => (
            *place,
            format!(
                "The values of `userAssignedIdentities` are empty objects{when}. Azure refuses \
                 others: \"InvalidIdentityValues: … The 'UserAssignedIdentities' property keys \
                 should only be empty json objects, null or the resource exisiting property.\""
            ),
        ),
        Problem::TooMany(place, count) => (
            *place,
            format!(
                "`{label}` carries {count} user-assigned identities{when}, but a service may carry \
                 {} at most",
                facts::MAXIMUM_USER_ASSIGNED_IDENTITIES
            ),
        ),
    };
    Finding {
        rule: RULE.id,
        level: match problem {
            Problem::KindOrder(_) => Level::Info,
            _ => Level::Error,
        },
        place: context.place(place),
        subject: context.resource_place(id),
        message,
        related: context
            .declaration_elsewhere(id, place)
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: repair::fixes(context, id, problem, when),
    }
}
