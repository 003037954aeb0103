//! Lowering of Bicep.

use syntax::{Document, Language};

use super::builder::Builder;
use crate::model::Template;

/// The template that a Bicep document holds.
pub(crate) fn lower(_document: &Document) -> Template {
    Builder::new(Language::Bicep).template
}
