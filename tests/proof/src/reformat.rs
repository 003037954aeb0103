//! Texts as others would have laid them out: the same templates with other indentation, line breaks,
//! commas, comments, quotes round keys and orders of properties.
//!
//! A reformatted text means what it meant. What is found in both is the same, or either the analysis
//! or this here is wrong.

mod layout;
mod print;

use syntax::{Document, Language};

use crate::random::Random;

/// A text in another layout, which the seed decides. None where it does not parse: nobody knows what
/// it means.
#[must_use]
pub fn reformatted(language: Language, text: &str, seed: u64) -> Option<String> {
    let document = Document::new(language, text);
    if document.has_error() {
        return None;
    }
    let mut random = Random::of(seed, text);
    // A directive is about the next line, and what is on it has to stay there.
    let has_directives = text.contains("#disable") || text.contains("#restore");
    let mut result = text.to_owned();
    if !has_directives {
        result = print::printed(&document, &mut random);
    }
    Some(layout::laid_out(
        language,
        &result,
        &mut random,
        has_directives,
    ))
}
