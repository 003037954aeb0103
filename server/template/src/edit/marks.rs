//! Parts of new code that a person is to write over.
//!
//! Where they are is known only when the code is laid out; until then they travel inside the text,
//! between two code points that Unicode keeps free for such [use] and that no source has.
//!
//! [use]: https://www.unicode.org/faq/private_use.html#noncharacters

use syntax::TextRange;

const START: char = '\u{fdd0}';
const END: char = '\u{fdd1}';

/// A text with its marks.
pub(super) fn marked(text: &str) -> String {
    format!("{START}{text}{END}")
}

/// A new text of an edit without marks, and the parts of it that a person is to write over, in
/// bytes and in order.
#[must_use]
pub fn unmarked(text: &str) -> (String, Vec<TextRange>) {
    let mut plain = String::with_capacity(text.len());
    let mut placeholders = Vec::new();
    let mut start = 0;
    for character in text.chars() {
        match character {
            START => start = plain.len() as u32,
            END => placeholders.push(TextRange::new(start, plain.len() as u32)),
            character => plain.push(character),
        }
    }
    (plain, placeholders)
}
