//! From a syntax tree to the model. Lowering never fails: what cannot be read becomes invalid.

mod arm_json;
mod bicep;
mod builder;

use syntax::{Document, Language};

use crate::model::Template;

/// The template that a document holds; none if it is parameters, or JSON that is no ARM template.
#[must_use]
pub fn lower(document: &Document) -> Option<Template> {
    match document.language() {
        Language::Bicep => Some(bicep::lower(document)),
        Language::BicepParameters => None,
        Language::Json => arm_json::lower(document),
    }
}
