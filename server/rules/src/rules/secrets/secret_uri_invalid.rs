//! `secret-uri-invalid`

use access::facts;
use access::reads::{Read, ReadKind, readers, reads_of};
use access::vault::{Collection, SecretReference, is_no_reference};
use syntax::{TextEdit, TextRange};
use template::edit::{New, merge};
use template::identity_of_value;
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::At;

use super::{applicability_at, read_elsewhere};
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-uri-invalid"),
    levels: "error",
    summary: "A Key Vault reference is not the URL of a secret",
    fix: Some("safe: refer to the secret of a certificate; take the URL of a secret, not its id"),
    documentation: include_str!("secret_uri_invalid.md"),
    is_about_absence: false,
    check,
};

/// A reference that API Management refuses.
#[derive(Clone, Copy, PartialEq)]
struct Invalid {
    kind: ReadKind,
    property: At<ExpressionId>,
    origin: At<ExpressionId>,
    fault: Fault,
}

/// What a reference is instead of the URL of a secret.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// The URL of something else in a vault.
    Collection(Collection),
    /// A resource id, of the declaration if there is one.
    ResourceId { of: Option<At<ResourceId>> },
    /// No URL of anything in a vault.
    NoUrl,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| {
            Ok(reads_of(evaluator, id)?
                .iter()
                .filter_map(invalid)
                .collect())
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn invalid(read: &Read) -> Option<Invalid> {
    let value = &read.reference.value;
    let collection = SecretReference::read(value).map(|reference| reference.collection);
    let fault = match collection {
        Some(other @ (Collection::Certificates | Collection::Keys)) => Fault::Collection(other),
        _ if !is_no_reference(value) => return None,
        _ => match identity_of_value(value) {
            Some(identity) => Fault::ResourceId {
                of: identity.declaration,
            },
            None => Fault::NoUrl,
        },
    };
    Some(Invalid {
        kind: read.kind,
        property: read.property,
        origin: read.reference.origin,
        fault,
    })
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: Invalid, when: &str) -> Finding {
    let noun = what.kind.noun();
    let message = match what.fault {
        Fault::Collection(Collection::Certificates) => format!(
            "This is the URL of a certificate of the vault{when}: the {noun} needs that of the secret \
             of the same name, under `/secrets/`, which has the private key. Azure refuses this one: \
             \"ApiManagement service only accepts KeyVault Secrets type\""
        ),
        Fault::Collection(_) => format!(
            "This is the URL of a key of the vault{when}: the {noun} needs that of a secret. Azure \
             refuses this one: \"ApiManagement service only accepts KeyVault Secrets type\""
        ),
        Fault::ResourceId { .. } => format!(
            "This is a resource id{when}: the {noun} needs the URL of a secret, \
             `https://{{vault}}.vault.azure.net/secrets/{{name}}`"
        ),
        Fault::NoUrl => format!(
            "This is not the URL of a secret{when}: the {noun} needs \
             `https://{{vault}}.vault.azure.net/secrets/{{name}}`"
        ),
    };
    let related = read_elsewhere(context, what.kind, what.property, what.origin);
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.origin),
        subject: context.resource_place(id),
        message,
        related: related
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

fn repair(context: &Context<'_>, id: At<ResourceId>, what: Invalid) -> Option<Fix> {
    let (title, edits) = match what.fault {
        Fault::Collection(Collection::Certificates) => (
            "Refer to the secret of the certificate",
            to_secret(context, what.origin).map(|edit| vec![edit])?,
        ),
        Fault::ResourceId { of } => (
            "Take the URL of the secret",
            to_url(context, id, what, of?)?,
        ),
        Fault::Collection(_) | Fault::NoUrl => return None,
    };
    context.fix(
        what.origin.instance,
        title,
        applicability_at(context, what.origin),
        Some(edits),
    )
}

/// The edits that take the URL of a secret in place of its id, where its resource is in the file.
fn to_url(
    context: &Context<'_>,
    id: At<ResourceId>,
    what: Invalid,
    secret: At<ResourceId>,
) -> Option<Vec<TextEdit>> {
    let (origin, property) = (what.origin, what.property);
    let is_of_secret = context.resource(secret).is_type(facts::SECRET_TYPE);
    // What waits for the secret is the resource that has the value.
    let is_own = context.is_beside(property, origin) && property.instance == id.instance;
    if !is_of_secret || !is_own || secret.instance != origin.instance {
        return None;
    }
    let url = New::property(secret.id, "properties.secretUri");
    let editor = context.editor(origin.instance)?;
    merge(vec![
        editor.add_dependencies_of(id.id, &url)?,
        editor.replace(origin.id, &url)?,
    ])
}

/// The edit that makes the URL of a certificate that of its secret, where the text that says so is
/// written in the value itself, and once.
fn to_secret(context: &Context<'_>, origin: At<ExpressionId>) -> Option<TextEdit> {
    let is_text = match context.template(origin.instance).kind(origin.id) {
        ExpressionKind::String(_) | ExpressionKind::Interpolation(_) => true,
        ExpressionKind::Call { function, .. } => matches!(&**function, "concat" | "format" | "uri"),
        _ => false,
    };
    if !is_text || context.is_allowed_value(origin) {
        return None;
    }
    let range = context.program.range(origin);
    let source = context.source(origin.instance, range).to_ascii_lowercase();
    let segment = Collection::Certificates.segment();
    let part = format!("{segment}/");
    let mut places = source.match_indices(&part);
    let (at, _) = places.next().filter(|_| places.next().is_none())?;
    let start = range.start + at as u32;
    Some(TextEdit {
        range: TextRange::new(start, start + segment.len() as u32),
        new_text: Collection::Secrets.segment().to_owned(),
    })
}
