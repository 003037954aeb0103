//! From a syntax tree to the model. Lowering never fails: what cannot be read becomes invalid.

mod arm_json;
mod bicep;
mod builder;

use syntax::{Document, Language, TextRange};

use crate::model::{ExpressionKind, ModuleSource, Template};

/// The template that a document holds; none if it is parameters, or JSON that is no ARM template.
#[must_use]
pub fn lower(document: &Document) -> Option<Template> {
    match document.language() {
        Language::Bicep => Some(bicep::lower(document)),
        Language::BicepParameters => None,
        Language::Json => arm_json::lower(document),
    }
}

/// Whether a text that could not be read closes brackets that it does not open. Something before it
/// then ends too early, as where the first line of an object is deleted, and what belongs to it
/// stands behind it.
fn closes_something_before(text: &str) -> bool {
    let mut depth = 0;
    text.bytes().any(|byte| {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        depth < 0
    })
}

/// Lets no object in any of the ranges count as read in whole. The ranges are in order, and apart.
fn mark_incomplete(template: &mut Template, ranges: &[TextRange]) {
    for expression in &mut template.expressions {
        let behind = ranges.partition_point(|range| range.start <= expression.range.start);
        if let ExpressionKind::Object(object) = &mut expression.kind
            && ranges[..behind]
                .last()
                .is_some_and(|range| range.contains_range(expression.range))
        {
            object.is_complete = false;
        }
    }
    for module in &mut template.modules {
        if let ModuleSource::Inline { template, .. } = &mut module.source {
            mark_incomplete(template, ranges);
        }
    }
}
