//! Lowering of ARM JSON.

use syntax::Document;

use crate::model::Template;

/// The template that a JSON document holds, if it is one.
pub(crate) fn lower(_document: &Document) -> Option<Template> {
    None
}
