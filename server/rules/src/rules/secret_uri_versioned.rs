//! `secret-uri-versioned`

use access::reads::{ReadKind, is_reader, reads_of};
use access::vault::{SecretReference, Version};
use syntax::TextRange;
use template::cases::judge;
use template::model::{ExpressionId, ExpressionKind, Segment};

use super::Rule;
use crate::circumstances::occurrences;
use crate::context::{Context, fix};
use crate::{Applicability, Edit, Finding, Level, Related, RuleId};

pub(super) const RULE: Rule = Rule {
    id: RuleId("secret-uri-versioned"),
    levels: "warning",
    summary: "A Key Vault reference is fixed to one version, so that rotation stops",
    documentation: include_str!("secret_uri_versioned.md"),
    check,
};

/// A reference with a version.
#[derive(Clone, Copy, PartialEq)]
struct Versioned {
    kind: ReadKind,
    property: ExpressionId,
    origin: ExpressionId,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let template = context.template;
    for (id, _) in template.resources() {
        let answers = judge(template, |evaluator| {
            if !is_reader(evaluator, id) {
                return Ok(Vec::new());
            }
            let versioned = reads_of(evaluator, id)?
                .into_iter()
                .filter(|read| {
                    SecretReference::read(&read.reference.value)
                        .is_some_and(|reference| reference.version == Version::Fixed)
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
            findings.push(finding(context, occurrence.what, &occurrence.when));
        }
    }
}

fn finding(context: &Context<'_>, what: Versioned, when: &str) -> Finding {
    let (property, origin) = (context.range(what.property), context.range(what.origin));
    let mut related = Vec::new();
    // The value may be written far from where it is used.
    if !is_beside(property, origin) {
        related.push(Related {
            range: property,
            message: format!("the {} is read here", what.kind.noun()),
        });
    }
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        range: origin,
        message: format!(
            "This reference fixes the {} to one version of the secret{when}: API Management keeps \
             that version when the secret is rotated",
            what.kind.noun()
        ),
        related,
        fixes: fix(
            "Refer to the newest version",
            Applicability::Safe,
            without_version(context, what.origin).map(|edit| vec![edit]),
        )
        .into_iter()
        .collect(),
    }
}

fn is_beside(property: TextRange, value: TextRange) -> bool {
    const LONGEST_GAP: u32 = 8;
    value.start >= property.end && value.start - property.end <= LONGEST_GAP
}

/// The edit that takes the version out of a reference.
fn without_version(context: &Context<'_>, origin: ExpressionId) -> Option<Edit> {
    let template = context.template;
    if context.is_allowed_value(origin) {
        return None;
    }
    match template.kind(origin) {
        ExpressionKind::Member { name, .. } => Some(Edit {
            range: name.range,
            new_text: "secretUri".to_owned(),
        }),
        ExpressionKind::String(text) => cut(context, template.range(origin), text),
        // The version is at the end of the last part.
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } if &**function == "concat" => without_version(context, *arguments.last()?),
        ExpressionKind::Interpolation(segments) => match segments.last() {
            Some(Segment::Text(text)) => cut(context, template.range(origin), text),
            _ => None,
        },
        _ => None,
    }
}

/// Cuts the last part of a path, `/{version}` or `/{version}/`, out of the source of a string that
/// ends with it.
fn cut(context: &Context<'_>, range: TextRange, text: &str) -> Option<Edit> {
    let path = text.strip_suffix('/').unwrap_or(text);
    let version = &path[path.rfind('/')?..];
    let source = context.source(range);
    // `\/`: half of an escape would stay behind.
    if source.contains('\\') {
        return None;
    }
    let at = source.rfind(version)?;
    let end = at + version.len() + (text.len() - path.len());
    let start = range.start + at as u32;
    Some(Edit {
        range: TextRange::new(start, range.start + end as u32),
        new_text: String::new(),
    })
}
