//! `secret-in-named-value`

use access::credentials::{is_credential, is_fetched_secret, is_public};
use access::placeholders::is_placeholder;
use template::cases::Undecided;
use template::edit::New;
use template::model::{ExpressionId, ExpressionKind, ParameterId, ResourceId};
use template::program::At;
use template::value::{Symbol, Value};
use template::{Evaluator, Lookup, Property};

use super::named_values;
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::repair::vault_reference::{Form, refer};
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-in-named-value"),
    levels: "warning or info",
    summary: "A named value holds a secret itself instead of referring to Key Vault",
    fix: Some("unsafe: refer to a secret in Key Vault; say that an id is no secret"),
    documentation: include_str!("secret_in_named_value.md"),
    is_about_absence: true,
    check,
};

/// A value that a named value holds itself.
#[derive(Clone, Copy, PartialEq)]
struct Held {
    property: At<ExpressionId>,
    /// Where the value is written.
    origin: At<ExpressionId>,
    /// The parameter that the value is, which nobody in sight gives.
    parameter: Option<At<ParameterId>>,
    /// The name of the property `secret`, and where its value is written.
    secret: Option<(At<ExpressionId>, At<ExpressionId>)>,
    what: What,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    /// A secret.
    Secret,
    /// A placeholder where a secret is to be.
    Placeholder,
    /// An id that is no secret, marked as one.
    Public,
    /// A credential that is not marked as a secret.
    Unmarked,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in named_values(context.program) {
        let answers = context.judge(|evaluator| held(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn held(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Held>, Undecided> {
    let mut held = Vec::new();
    for (_, body) in evaluator.deployed(id)? {
        held.extend(held_by(evaluator, &body)?);
    }
    Ok(held)
}

fn held_by(evaluator: &Evaluator<'_>, body: &Value) -> Result<Option<Held>, Undecided> {
    let (is_marked, secret) = match evaluator.property(body, &["properties", "secret"])? {
        Property::Given(given) => match (&given.evaluated.value, given.name) {
            (Value::Bool(is_marked), name) => (*is_marked, name.zip(Some(given.evaluated.origin))),
            _ => return Ok(None),
        },
        Property::Absent => (false, None),
        Property::Unknown => return Ok(None),
    };
    let path = ["properties", "keyVault", "secretIdentifier"];
    let Property::Absent = evaluator.property(body, &path)? else {
        return Ok(None);
    };
    let Lookup::Found(entry) = evaluator.lookup_path(body, &["properties", "value"])? else {
        return Ok(None);
    };
    // Where a parameter has a secret, its default is hardly the one that is deployed.
    let given = evaluator.decided(&entry.value)?;
    let is_nothing = matches!(given.value, Value::Null)
        || given
            .value
            .as_str()
            .is_some_and(|text| text.trim().is_empty())
        || given.value.unknown_reason().is_some();
    let Some(property) = entry.key_expression.filter(|_| !is_nothing) else {
        return Ok(None);
    };
    let display_name = evaluator.property(body, &["properties", "displayName"])?;
    let names: Vec<_> = display_name.as_str().into_iter().collect();
    let is_public = is_public(evaluator.program, &given.value, &names);
    let what = match (is_marked, given.value.as_str()) {
        (true, _) if is_public => What::Public,
        (true, Some(text)) if is_placeholder(text) => What::Placeholder,
        (true, _) => What::Secret,
        (false, _) if is_public => return Ok(None),
        // A parameter may be secure because it has a secret for others.
        (false, _) if is_fetched_secret(&given.value) => What::Unmarked,
        (false, _) => match evaluator.known(&entry.value)?.value.as_str() {
            Some(text) if is_credential(text) => What::Unmarked,
            _ => return Ok(None),
        },
    };
    Ok(Some(Held {
        property,
        origin: given.origin,
        parameter: parameter_of(&given.value),
        secret,
        what,
    }))
}

fn parameter_of(value: &Value) -> Option<At<ParameterId>> {
    match value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Parameter(id) => Some(*id),
            _ => None,
        },
        _ => None,
    }
}

fn finding(context: &Context<'_>, id: At<ResourceId>, held: Held, when: &str) -> Finding {
    let label = context.label(id);
    let (level, message) = match held.what {
        What::Secret => (
            Level::Warning,
            format!(
                "`{label}` holds its secret itself{when}: with a `keyVault` reference in place of \
                 `value` the secret stays in Key Vault, which guards, logs and renews it"
            ),
        ),
        What::Placeholder => (
            Level::Info,
            format!(
                "`{label}` is to hold a secret itself{when}, in place of this placeholder: with a \
                 `keyVault` reference the secret never has to be in a template"
            ),
        ),
        What::Public => (
            Level::Info,
            format!(
                "`{label}` is marked as a secret{when}, but what it holds is visibly none, the id of \
                 a client, tenant or subscription or of Application Insights: `secret: false` says \
                 so and keeps it readable"
            ),
        ),
        What::Unmarked => (
            Level::Info,
            format!(
                "`{label}` holds what looks like a credential and is not marked as a secret{when}: \
                 everybody who may read the service can read it; a `keyVault` reference keeps it in \
                 Key Vault"
            ),
        ),
    };
    Finding {
        rule: RULE.id,
        level,
        place: context.place(held.property),
        subject: context.resource_place(id),
        message,
        related: source(context, held)
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: fixes(context, id, held).into_iter().collect(),
    }
}

/// Where the value comes from, if that is elsewhere.
fn source(context: &Context<'_>, held: Held) -> Option<Related> {
    if let Some(id) = held.parameter {
        let name = &context.program.parameter(id).name;
        return Some(Related {
            place: context.program.place(id.instance, name.range),
            message: format!("it is the value of `{}`", name.text),
        });
    }
    (!context.is_beside(held.property, held.origin)).then(|| Related {
        place: context.place(held.origin),
        message: "the value is written here".to_owned(),
    })
}

fn fixes(context: &Context<'_>, id: At<ResourceId>, held: Held) -> Option<Fix> {
    match held.what {
        What::Public => unmark(context, held),
        What::Secret | What::Placeholder | What::Unmarked => {
            refer(context, id, held.property, Form::NamedValue)
        }
    }
}

/// Says that what is no secret is none, where `secret` is said of this named value alone.
fn unmark(context: &Context<'_>, held: Held) -> Option<Fix> {
    let (name, secret) = held.secret?;
    if !context.is_beside(name, secret) {
        return None;
    }
    let template = context.template(secret.instance);
    let ExpressionKind::Bool(true) = template.kind(secret.id) else {
        return None;
    };
    context.fix(
        secret.instance,
        "Say `secret: false`",
        Applicability::Unsafe,
        context
            .editor(secret.instance)?
            .replace(secret.id, &New::Bool(false)),
    )
}
