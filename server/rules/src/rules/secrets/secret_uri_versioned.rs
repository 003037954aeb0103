//! `secret-uri-versioned`

use access::reads::{ReadKind, readers, reads_of};
use access::vault::{Collection, SecretReference, Version};
use syntax::{TextEdit, TextRange};
use template::edit::New;
use template::model::{ExpressionId, ExpressionKind, ResourceId, Segment};
use template::program::At;

use super::{applicability_at, read_elsewhere};
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-uri-versioned"),
    levels: "warning",
    summary: "A Key Vault reference is fixed to one version, so that rotation stops",
    fix: Some(
        "safe: refer to the newest version; unsafe: the same where others use the reference too",
    ),
    documentation: include_str!("secret_uri_versioned.md"),
    is_about_absence: false,
    check,
};

/// A reference with a version.
#[derive(Clone, Copy, PartialEq)]
struct Versioned {
    kind: ReadKind,
    property: At<ExpressionId>,
    origin: At<ExpressionId>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| {
            let versioned = reads_of(evaluator, id)?
                .iter()
                .filter(|read| {
                    SecretReference::read(&read.reference.value).is_some_and(|reference| {
                        // Keys cannot be read in any version.
                        reference.version == Version::Fixed
                            && reference.collection != Collection::Keys
                    })
                })
                .map(|read| Versioned {
                    kind: read.kind,
                    property: read.property,
                    origin: read.reference.origin,
                })
                .collect();
            Ok(versioned)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: Versioned, when: &str) -> Finding {
    let mut related = Vec::new();
    related.extend(read_elsewhere(
        context,
        what.kind,
        what.property,
        what.origin,
    ));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.origin),
        subject: context.resource_place(id),
        message: format!(
            "This reference fixes the {} to one version of the secret{when}: API Management keeps \
             that version when the secret is rotated{}",
            what.kind.noun(),
            warning(what.kind)
        ),
        related,
        fixes: context
            .fix(
                what.origin.instance,
                "Refer to the newest version",
                applicability_at(context, what.origin),
                without_version(context, what.origin),
            )
            .into_iter()
            .collect(),
    }
}

/// What the portal says of such a reference, as a sentence to append ([report]).
///
/// [report]: https://github.com/hashicorp/terraform-provider-azurerm/issues/13193
const fn warning(kind: ReadKind) -> &'static str {
    match kind {
        ReadKind::HostnameCertificate => {
            ". The portal warns of it: \"Hostname keyvault certificate version, this prevents \
             certificate from being refreshed when its update in keyvault\""
        }
        _ => "",
    }
}

/// The edits that take the version out of a reference.
fn without_version(context: &Context<'_>, origin: At<ExpressionId>) -> Option<Vec<TextEdit>> {
    let template = context.template(origin.instance);
    if context.is_allowed_value(origin) {
        return None;
    }
    match template.kind(origin.id) {
        ExpressionKind::Member { name, .. } => Some(vec![TextEdit {
            range: name.range,
            new_text: "secretUri".to_owned(),
        }]),
        ExpressionKind::String(text) => cut(context, origin, text),
        // The version is at the end of the last part.
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } if &**function == "concat" => {
            let (last, before) = arguments.split_last()?;
            let is_version = template
                .text(*last)
                .is_some_and(|text| text.rfind('/') == Some(0));
            if is_version && before.len() > 1 {
                let kept = before.iter().map(|it| New::Copy(*it)).collect();
                let editor = context.editor(origin.instance)?;
                return editor.replace(origin.id, &New::Call("concat", kept));
            }
            without_version(context, origin.instance.at(*last))
        }
        ExpressionKind::Interpolation(segments) => match segments.as_slice() {
            [.., Segment::Text(text)] => cut(context, origin, text),
            [before @ .., Segment::Text(text), Segment::Hole(_)] => {
                let mut pieces: Vec<_> = before.iter().map(piece).collect();
                pieces.push(New::string(text.strip_suffix('/')?));
                let editor = context.editor(origin.instance)?;
                editor.replace(origin.id, &New::Interpolation(pieces))
            }
            _ => None,
        },
        _ => None,
    }
}

fn piece(segment: &Segment) -> New {
    match segment {
        Segment::Text(text) => New::string(&**text),
        Segment::Hole(hole) => New::Copy(*hole),
    }
}

/// Cuts the last part of a path, `/{version}` or `/{version}/`, out of the source of a string that
/// ends with it.
fn cut(context: &Context<'_>, string: At<ExpressionId>, text: &str) -> Option<Vec<TextEdit>> {
    let range = context.program.range(string);
    let path = text.strip_suffix('/').unwrap_or(text);
    let version = &path[path.rfind('/')?..];
    let source = context.source(string.instance, range);
    // `\/`: half of an escape would stay behind.
    if source.contains('\\') {
        return None;
    }
    let at = source.rfind(version)?;
    let end = at + version.len() + (text.len() - path.len());
    let start = range.start + at as u32;
    let range = TextRange::new(start, range.start + end as u32);
    Some(vec![TextEdit::remove(range)])
}
