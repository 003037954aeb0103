//! One document: its text and its syntax tree, kept in step edit by edit.

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use ropey::Rope;
use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

use crate::{TextRange, lenient_json};

/// The language of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A Bicep template, `.bicep`.
    Bicep,
    /// Bicep parameters, `.bicepparam`.
    BicepParameters,
    /// A JSON file; whether it is an ARM template shows in its content.
    Json,
}

impl Language {
    /// The language that a file's name stands for, if it is one of ours.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        [
            ("bicep", Self::Bicep),
            ("bicepparam", Self::BicepParameters),
            ("json", Self::Json),
            ("jsonc", Self::Json),
        ]
        .into_iter()
        .find_map(|(name, language)| extension.eq_ignore_ascii_case(name).then_some(language))
    }

    fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Bicep | Self::BicepParameters => tree_sitter_bicep::LANGUAGE.into(),
            Self::Json => tree_sitter_json::LANGUAGE.into(),
        }
    }
}

/// A text and its syntax tree.
///
/// Invariant: the tree is the one that a fresh parse of the text gives.
#[derive(Clone, Debug)]
pub struct Document {
    language: Language,
    text: Rope,
    /// None while nobody needs it.
    parsed: OnceLock<Parsed>,
    has_error: bool,
}

#[derive(Clone, Debug)]
struct Parsed {
    tree: Tree,
    /// Whether the tree is that of the text itself, not of a lenient view of it. Only then may the
    /// next parse reuse parts of it.
    is_of_text: bool,
}

impl Document {
    /// Parses a text.
    #[must_use]
    pub fn new(language: Language, text: &str) -> Self {
        let text = Rope::from_str(text);
        let parsed = parse(language, &text, None);
        Self {
            language,
            text,
            has_error: parsed.has_error(),
            parsed: parsed.into(),
        }
    }

    /// The same document without its tree, which takes many times the memory of the text. It is
    /// parsed again when somebody looks at the tree.
    #[must_use]
    pub fn without_tree(&self) -> Self {
        Self {
            language: self.language,
            text: self.text.clone(),
            parsed: OnceLock::new(),
            has_error: self.has_error,
        }
    }

    /// The document's language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &Rope {
        &self.text
    }

    /// The root of the syntax tree. In JSON, strings over several lines and trailing commas are no
    /// errors.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.parsed().tree.root_node()
    }

    /// Whether there is an error in the tree.
    #[must_use]
    pub const fn has_error(&self) -> bool {
        self.has_error
    }

    fn parsed(&self) -> &Parsed {
        let parse = || parse(self.language, &self.text, None);
        self.parsed.get_or_init(parse)
    }

    /// The text of a range; borrowed where the rope holds it in one piece. A range that leaves
    /// the text, or cuts a character, gives what lies inside.
    #[must_use]
    pub fn slice(&self, range: TextRange) -> Cow<'_, str> {
        let range = self.clamp(range);
        self.text
            .byte_slice(range.start as usize..range.end as usize)
            .into()
    }

    /// Replaces the bytes of `range` by `replacement` and brings the tree up to date.
    pub fn edit(&mut self, range: TextRange, replacement: &str) {
        let range = self.clamp(range);
        let mut parsed = match self.parsed.take() {
            Some(parsed) => parsed,
            None => parse(self.language, &self.text, None),
        };
        let (start, end) = (range.start as usize, range.end as usize);
        let start_point = point(&self.text, start);
        let old_end_point = point(&self.text, end);
        let start_char = self.text.byte_to_char(start);
        self.text.remove(start_char..self.text.byte_to_char(end));
        self.text.insert(start_char, replacement);
        let new_end = start + replacement.len();
        parsed.tree.edit(&InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: new_end,
            start_position: start_point,
            old_end_position: old_end_point,
            new_end_position: point(&self.text, new_end),
        });
        let old = parsed.is_of_text.then_some(&parsed.tree);
        let parsed = parse(self.language, &self.text, old);
        self.has_error = parsed.has_error();
        self.parsed = parsed.into();
    }

    fn clamp(&self, range: TextRange) -> TextRange {
        let floor = |offset: u32| {
            let offset = (offset as usize).min(self.text.len_bytes());
            self.text.char_to_byte(self.text.byte_to_char(offset)) as u32
        };
        TextRange::new(floor(range.start), floor(range.end))
    }
}

impl Parsed {
    fn has_error(&self) -> bool {
        self.tree.root_node().has_error()
    }
}

fn parse(language: Language, text: &Rope, old: Option<&Tree>) -> Parsed {
    let parsed = |tree, is_of_text| Parsed { tree, is_of_text };
    let mut parser = Parser::new();
    parser
        .set_language(&language.grammar())
        .expect("the grammars are generated for this version of tree-sitter");
    let mut tree = parse_rope(&mut parser, text, old);
    if !tree.root_node().has_error() {
        return parsed(tree, true);
    }
    if language == Language::Json
        && let Some(view) = lenient_json::view(&String::from(text))
    {
        let tree = parse_rope(&mut parser, &Rope::from(view), None);
        return parsed(tree, false);
    }
    // The error recovery of an incremental parse may settle on another repair than that of a fresh
    // one. Without an error there is only one parse.
    if old.is_some() {
        tree = parse_rope(&mut parser, text, None);
    }
    parsed(tree, true)
}

fn parse_rope(parser: &mut Parser, text: &Rope, old: Option<&Tree>) -> Tree {
    let mut read = |offset: usize, _: Point| {
        if offset >= text.len_bytes() {
            return "";
        }
        let (chunk, chunk_start, _, _) = text.chunk_at_byte(offset);
        &chunk[offset - chunk_start..]
    };
    parser
        .parse_with_options(&mut read, old, None)
        .expect("without a cancellation callback a parse runs to its end")
}

fn point(text: &Rope, offset: usize) -> Point {
    let line = text.byte_to_line(offset);
    Point::new(line, offset - text.line_to_byte(line))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Document, Language};
    use crate::TextRange;

    #[test]
    fn json_strings_may_have_several_lines() {
        let text = "{\"a\": \"[concat(\n  \t'}',\r\n 'b')]\", \"c\": [1, 2,]}";
        let document = Document::new(Language::Json, text);
        assert!(!document.root().has_error());
        assert_eq!(document.slice(TextRange::from(document.root())), text);
    }

    #[test]
    fn deep_json_is_parsed_and_dropped() {
        for text in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        ] {
            let mut document = Document::new(Language::Json, &text);
            document.edit(TextRange::empty(0), " ");
            assert_eq!(document.text().len_bytes(), text.len() + 1);
        }
    }

    #[test]
    fn a_tree_that_was_let_go_comes_back() {
        for (language, text) in [
            (Language::Bicep, "var a = [\n"),
            (Language::Json, "{\"a\": [1,]}"),
        ] {
            let document = Document::new(language, text);
            let mut bare = document.without_tree();
            assert_eq!(bare.has_error(), document.has_error());
            assert_eq!(bare.root().to_sexp(), document.root().to_sexp());
            bare = bare.without_tree();
            bare.edit(TextRange::empty(0), " ");
            let fresh = Document::new(language, &format!(" {text}"));
            assert_eq!(bare.root().to_sexp(), fresh.root().to_sexp());
            assert_eq!(bare.has_error(), fresh.has_error());
        }
    }

    proptest! {
        #[test]
        fn an_edited_json_document_equals_a_fresh_one(
            text in r#"([\[\]{},:"\\\n /a1']|"a": |"b\nc"){0,40}"#,
            edits in proptest::collection::vec((0u32..60, 0u32..8, r#"([\[\]{},:"\n /a1]|"a": |"b\nc",){0,3}"#), 0..6),
        ) {
            let mut document = Document::new(Language::Json, &text);
            for (start, length, replacement) in edits {
                document.edit(TextRange::new(start, start + length), &replacement);
                let fresh = Document::new(Language::Json, &document.text().to_string());
                prop_assert_eq!(document.root().to_sexp(), fresh.root().to_sexp());
                prop_assert_eq!(TextRange::from(document.root()), TextRange::from(fresh.root()));
            }
        }
    }
}
