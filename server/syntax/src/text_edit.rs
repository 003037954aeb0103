//! A change of a text.

use crate::TextRange;

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes to replace; empty to insert.
    pub range: TextRange,
    /// What to put there.
    pub new_text: String,
}

impl TextEdit {
    /// Puts `new_text` in front of the byte at `offset`.
    #[must_use]
    pub fn insert(offset: u32, new_text: impl Into<String>) -> Self {
        Self::replace(TextRange::empty(offset), new_text)
    }

    /// Puts `new_text` in place of the bytes of `range`.
    #[must_use]
    pub fn replace(range: TextRange, new_text: impl Into<String>) -> Self {
        Self {
            range,
            new_text: new_text.into(),
        }
    }

    /// A text with edits of it made, which are in its order and do not overlap.
    #[must_use]
    pub fn applied(edits: &[Self], text: &str) -> String {
        let mut text = text.to_owned();
        for edit in edits.iter().rev() {
            text.replace_range(edit.range.as_usize(), &edit.new_text);
        }
        text
    }

    /// Removes the bytes of `range`.
    #[must_use]
    pub const fn remove(range: TextRange) -> Self {
        Self {
            range,
            new_text: String::new(),
        }
    }
}
