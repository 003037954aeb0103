//! Text and syntax tree of one document.
//!
//! Everything inside the product speaks of places in a text as byte offsets ([`TextRange`]).
//! Lines, columns and the position encodings of the Language Server Protocol exist only here,
//! in [`position`], for the layers at the border to convert.
//!
//! Invariants: parsing never fails and never panics; a [`Document`] after any sequence of edits
//! equals the document that a fresh parse of the same text gives.

pub mod arm_expression;
mod document;
mod lenient_json;
pub mod position;
pub mod suppression;
mod text_edit;
mod text_range;

pub use document::{Document, Language};
pub use text_edit::TextEdit;
pub use text_range::TextRange;
