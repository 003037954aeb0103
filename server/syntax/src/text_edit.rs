//! One change of a text.

use crate::TextRange;

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes to replace; empty to insert.
    pub range: TextRange,
    /// What to put there.
    pub new_text: String,
}
