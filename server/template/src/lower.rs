//! From a syntax tree to the model. Lowering never fails: what cannot be read becomes invalid.

mod arm_json;
mod bicep;
mod builder;

use syntax::{Document, Language, TextRange};

use std::sync::Arc;

use crate::model::{ExpressionKind, ModuleSource, ParameterFile, Template};

/// What a document holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A template.
    Template(Template),
    /// Values for the parameters of one.
    Parameters(ParameterFile),
    /// JSON that is neither.
    Other,
}

impl Content {
    /// The template, if it is one.
    #[must_use]
    pub fn template(self) -> Option<Template> {
        match self {
            Self::Template(template) => Some(template),
            Self::Parameters(_) | Self::Other => None,
        }
    }

    /// The parameters, if it is that.
    #[must_use]
    pub fn parameters(self) -> Option<ParameterFile> {
        match self {
            Self::Parameters(parameters) => Some(parameters),
            Self::Template(_) | Self::Other => None,
        }
    }
}

/// What a document holds, as the model has it.
#[must_use]
pub fn lower(document: &Document) -> Content {
    match document.language() {
        Language::Bicep => Content::Template(bicep::lower(document)),
        Language::BicepParameters => Content::Parameters(bicep::lower_parameters(document)),
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
            // Not shared yet.
            if let Some(template) = Arc::get_mut(template) {
                mark_incomplete(template, ranges);
            }
        }
    }
}
