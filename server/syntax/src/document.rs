//! One document: its text and its syntax tree, kept in step edit by edit.

use std::borrow::Cow;
use std::path::Path;

use ropey::Rope;
use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

use crate::TextRange;

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
    tree: Tree,
}

impl Document {
    /// Parses a text.
    #[must_use]
    pub fn new(language: Language, text: &str) -> Self {
        let text = Rope::from_str(text);
        let tree = parse(language, &text, None);
        Self {
            language,
            text,
            tree,
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

    /// The root of the syntax tree.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.tree.root_node()
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
        let (start, end) = (range.start as usize, range.end as usize);
        let start_point = point(&self.text, start);
        let old_end_point = point(&self.text, end);
        let start_char = self.text.byte_to_char(start);
        self.text.remove(start_char..self.text.byte_to_char(end));
        self.text.insert(start_char, replacement);
        let new_end = start + replacement.len();
        self.tree.edit(&InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: new_end,
            start_position: start_point,
            old_end_position: old_end_point,
            new_end_position: point(&self.text, new_end),
        });
        self.tree = parse(self.language, &self.text, Some(&self.tree));
    }

    fn clamp(&self, range: TextRange) -> TextRange {
        let floor = |offset: u32| {
            let offset = (offset as usize).min(self.text.len_bytes());
            self.text.char_to_byte(self.text.byte_to_char(offset)) as u32
        };
        TextRange::new(floor(range.start), floor(range.end))
    }
}

fn parse(language: Language, text: &Rope, old: Option<&Tree>) -> Tree {
    let mut parser = Parser::new();
    parser
        .set_language(&language.grammar())
        .expect("the grammars are generated for this version of tree-sitter");
    let mut read = |offset: usize, _: Point| {
        if offset >= text.len_bytes() {
            return "";
        }
        let (chunk, chunk_start, _, _) = text.chunk_at_byte(offset);
        &chunk[offset - chunk_start..]
    };
    let mut parse = |old| {
        parser
            .parse_with_options(&mut read, old, None)
            .expect("without a cancellation callback a parse runs to its end")
    };
    let tree = parse(old);
    // The error recovery of an incremental parse may settle on another repair than that of a fresh
    // one. Without an error there is only one parse.
    if old.is_some() && tree.root_node().has_error() {
        return parse(None);
    }
    tree
}

fn point(text: &Rope, offset: usize) -> Point {
    let line = text.byte_to_line(offset);
    Point::new(line, offset - text.line_to_byte(line))
}
