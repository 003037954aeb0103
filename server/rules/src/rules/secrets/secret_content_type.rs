//! `secret-content-type`

use access::facts::{CERTIFICATE_CONTENT_TYPE, SECRET_TYPE};
use access::placeholders::has_token;
use access::reads::{ReadKind, readers, reads_of};
use access::vault::{Collection, SecretReference};
use template::cases::Undecided;
use template::edit::{New, Placement};
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::At;
use template::value::{Identity, Value};
use template::{Evaluator, Property};

use crate::circumstances::occurrences;
use crate::context::Context;
use crate::repair::own::is_own;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-content-type"),
    levels: "warning",
    summary: "A secret that is the certificate of a hostname does not say that it is one",
    fix: Some("safe: set the content type"),
    documentation: include_str!("secret_content_type.md"),
    is_about_absence: true,
    check,
};

/// A secret that is read as the certificate of a hostname.
#[derive(Clone, Copy, PartialEq)]
struct Untyped {
    /// The property that reads it.
    reading: At<ExpressionId>,
    fault: Fault,
}

/// What is wrong with a content type.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// There is none.
    Missing,
    /// It is another one, which is written here.
    Other(At<ExpressionId>),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources_of_type(SECRET_TYPE) {
        if resource.is_existing {
            continue;
        }
        let answers = context.judge(|evaluator| untyped(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn untyped(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Untyped>, Undecided> {
    let mut untyped = Vec::new();
    for (bindings, body) in evaluator.deployed(id)? {
        let Some(fault) = fault(evaluator, &body)? else {
            continue;
        };
        let (Some(name), Some(vault)) =
            (evaluator.program.resource(id).name, evaluator.parent(id)?)
        else {
            continue;
        };
        let name = match evaluator.evaluate_in(name, &bindings)?.value {
            Value::Text(name) => name.split('/').pop(),
            name => Some(name),
        };
        let Some(name) = name else {
            continue;
        };
        if let Some(reading) = hostname_that_reads(evaluator, &vault, &name)? {
            untyped.push(Untyped { reading, fault });
        }
    }
    Ok(untyped)
}

fn fault(evaluator: &Evaluator<'_>, body: &Value) -> Result<Option<Fault>, Undecided> {
    let content_type = evaluator.property(body, &["properties", "contentType"])?;
    let is_other = content_type.as_str().is_some_and(|text| {
        !text.eq_ignore_ascii_case(CERTIFICATE_CONTENT_TYPE) && !has_token(text)
    });
    Ok(match content_type {
        Property::Absent => Some(Fault::Missing),
        Property::Given(given) if is_other => Some(Fault::Other(given.evaluated.origin)),
        Property::Given(_) | Property::Unknown => None,
    })
}

/// The property that reads a secret as the certificate of a hostname, for sure.
fn hostname_that_reads(
    evaluator: &Evaluator<'_>,
    vault: &Identity,
    name: &Value,
) -> Result<Option<At<ExpressionId>>, Undecided> {
    let program = evaluator.program;
    for reader in readers(program) {
        for read in reads_of(evaluator, reader)?.iter() {
            let is_hostname = matches!(
                read.kind,
                ReadKind::HostnameCertificate | ReadKind::GatewayHostname
            );
            if is_hostname
                && let Some(reference) = SecretReference::read(&read.reference.value)
                && reference.collection == Collection::Secrets
                && reference.vault.is(evaluator, vault).is_same()
                && evaluator.same_name(&reference.name, name).is_same()
            {
                return Ok(Some(read.property));
            }
        }
    }
    Ok(None)
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: Untyped, when: &str) -> Finding {
    let (place, problem) = match what.fault {
        Fault::Missing => (context.resource_place(id), "has no `contentType`"),
        Fault::Other(origin) => (context.place(origin), "has another `contentType`"),
    };
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place,
        subject: context.resource_place(id),
        message: format!(
            "`{}` is the certificate of a hostname and {problem}{when}: API Management expects \
             `{CERTIFICATE_CONTENT_TYPE}`, a certificate with its private key",
            context.label(id)
        ),
        related: [Related {
            place: context.place(what.reading),
            message: "the hostname reads it here".to_owned(),
        }]
        .into_iter()
        .chain(context.callers(id.instance))
        .collect(),
        fixes: repair(context, id, what.fault).into_iter().collect(),
    }
}

fn repair(context: &Context<'_>, id: At<ResourceId>, fault: Fault) -> Option<Fix> {
    let content_type = New::string(CERTIFICATE_CONTENT_TYPE);
    let (instance, edits) = match fault {
        Fault::Missing => {
            let editor = context.editor(id.instance)?;
            let template = context.template(id.instance);
            let body = context.resource(id).body;
            let properties = template.property(body, "properties")?.value;
            let edits = match template.property(properties, "contentType") {
                Some(null) => matches!(template.kind(null.value), ExpressionKind::Null)
                    .then(|| editor.replace(null.value, &content_type))
                    .flatten(),
                None => editor.insert_property(
                    properties,
                    "contentType",
                    &content_type,
                    Placement::After("value"),
                ),
            };
            (id.instance, edits)
        }
        Fault::Other(origin) => {
            let is_text = context.template(origin.instance).text(origin.id).is_some();
            let path = ["properties", "contentType"];
            if !is_text || !is_own(context, id, &path, origin) {
                return None;
            }
            let editor = context.editor(origin.instance)?;
            (origin.instance, editor.replace(origin.id, &content_type))
        }
    };
    context.fix(
        instance,
        format!("Set `contentType` to '{CERTIFICATE_CONTENT_TYPE}'"),
        Applicability::Safe,
        edits,
    )
}
