//! Where a document stops being valid.

use syntax::position::{PositionEncoding, position_at};
use syntax::{Document, Language, TextRange};
use tree_sitter::TreeCursor;

/// What a person should know about a document that the parser did not understand whole, if so.
pub(crate) fn describe(document: &Document) -> Option<String> {
    let start = first(document)?.start;
    let line = position_at(document.text(), start, PositionEncoding::Utf16).line + 1;
    let language = match document.language() {
        Language::Bicep | Language::BicepParameters => "Bicep",
        Language::Json => "JSON",
    };
    Some(format!(
        "line {line}: not valid {language} from here; the rest of the file was checked"
    ))
}

/// The first place that the parser had to skip or to make up.
fn first(document: &Document) -> Option<TextRange> {
    if !document.has_error() {
        return None;
    }
    let root = document.root();
    let mut cursor = root.walk();
    // A text without any structure makes the root itself the error; the first error inside is nearer
    // to the cause.
    if cursor.goto_first_child()
        && let Some(range) = first_below(&mut cursor)
    {
        return Some(range);
    }
    Some(root.into())
}

/// The first error among the cursor's node, what is below it and what follows. By cursor and not by
/// recursion: trees are as deep as their author likes.
fn first_below(cursor: &mut TreeCursor<'_>) -> Option<TextRange> {
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node.into());
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, text: &str, expected: Option<&str>) {
        assert_eq!(
            describe(&Document::new(language, text)).as_deref(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn a_valid_document_has_nothing_to_tell() {
        check(Language::Bicep, "", None);
        check(Language::Bicep, "param a string\n", None);
        check(Language::Json, "{}", None);
    }

    #[test]
    fn the_first_place_is_named() {
        check(
            Language::Json,
            "{\n  \"a\": 1,\n  \"b\": ,\n  \"c\": }\n}",
            Some("line 3: not valid JSON from here; the rest of the file was checked"),
        );
        check(
            Language::Bicep,
            "param a string\n\n)\nparam b string\n",
            Some("line 3: not valid Bicep from here; the rest of the file was checked"),
        );
    }

    #[test]
    fn depth_is_no_danger() {
        let text = "[".repeat(100_000);
        assert!(describe(&Document::new(Language::Json, &text)).is_some());
    }
}
