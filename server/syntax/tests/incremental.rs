//! A document after any edits is the document that a fresh parse gives: same text, and node by node
//! the same tree.

use proptest::prelude::*;
use syntax::{Document, Language, TextRange};
use tree_sitter::TreeCursor;

/// Pieces of Bicep, whole and half-typed, in every kind of line end, with characters of one to four
/// bytes in UTF-8.
const PIECES: &[&str] = &[
    "\u{feff}",
    "param name string = 'x'\n",
    "@allowed([\n  'a'\r\n  'b'\n])\n",
    "@secure()\r\nparam",
    "var a = ",
    "var äöü🦀 = '${name}-🦀'\n",
    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n",
    "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = if (a ?? b) {\r\n",
    "  name: name\n",
    "  sku: { name: 'Developer', capacity: 1 } // small\n",
    "  properties: {\r\n    publisherEmail: 'a@b.c'\n  }\n",
    "  identity",
    ": {",
    "}\n",
    "}\r\n",
    "[for (x, i) in list: {\n",
    "  '${x.id}': {}\n",
    "}]",
    "]\n",
    "'''\nraw ${no} \r\n'''\n",
    "$'''a ${b} c'''",
    "a ? b : c\n",
    "\n  ? x\n  : y\n",
    "map(l, x => x.a!.b[?0].?c::d)\n",
    "type t = 'a' | 'b'\n  | 'c'\n",
    "/* c\r\n */",
    "// e\n",
    "#disable-next-line x y\n",
    "output o string = a.b\n",
    "module m './m.bicep' = {\n",
    "'",
    "${",
    "}",
    "(",
    ")",
    "\r",
    "\n",
    " ",
    "=",
    "🦀",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..14).prop_map(|p| p.concat())
}

/// Places as thousandths of the text, so that they stay inside whatever came before.
fn edits() -> impl Strategy<Value = Vec<(u32, u32, String)>> {
    let replacement = proptest::collection::vec(proptest::sample::select(PIECES), 0..3)
        .prop_map(|pieces| pieces.concat());
    proptest::collection::vec((0u32..=1000, 0u32..60, replacement), 1..8)
}

fn assert_is_fresh(document: &Document, language: Language) {
    let text = document.text().to_string();
    let fresh = Document::new(language, &text);
    let mut a = document.root().walk();
    let mut b = fresh.root().walk();
    loop {
        let (node, expected) = (a.node(), b.node());
        assert_eq!(
            (
                node.kind(),
                TextRange::from(node),
                node.is_missing(),
                a.field_name()
            ),
            (
                expected.kind(),
                TextRange::from(expected),
                expected.is_missing(),
                b.field_name()
            ),
            "in {text:?}"
        );
        let (more, expected) = (advance(&mut a), advance(&mut b));
        assert_eq!(more, expected, "in {text:?}");
        if more.is_none() {
            return;
        }
    }
}

/// The next node in the order of the text, and how far up or down it is.
fn advance(cursor: &mut TreeCursor<'_>) -> Option<i32> {
    if cursor.goto_first_child() {
        return Some(1);
    }
    let mut levels = 0;
    loop {
        if cursor.goto_next_sibling() {
            return Some(levels);
        }
        if !cursor.goto_parent() {
            return None;
        }
        levels -= 1;
    }
}

fn run(language: Language, text: &str, edits: Vec<(u32, u32, String)>) {
    let mut document = Document::new(language, text);
    let mut expected = text.to_owned();
    for (place, length, replacement) in edits {
        let floor = |offset: usize| {
            let mut offset = offset.min(expected.len());
            while !expected.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = floor(expected.len() * place as usize / 1000);
        let end = floor(start + length as usize);
        document.edit(TextRange::new(start as u32, end as u32), &replacement);
        expected.replace_range(start..end, &replacement);
        assert_eq!(document.text(), &expected);
        assert_is_fresh(&document, language);
    }
}

proptest! {
    #[test]
    fn an_edited_bicep_document_is_a_fresh_one(text in text(), edits in edits()) {
        run(Language::Bicep, &text, edits);
    }
}

#[test]
fn typing_letter_by_letter_is_parsing_at_every_letter() {
    let text = "\u{feff}@description('🦀')\r\nparam name string\r\n\r\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\r\n  name: '${name}-🦀'\r\n}\r\n\r\nvar uri = $'''\r\n${kv.properties.vaultUri}secrets'''\r\n";
    let mut document = Document::new(Language::Bicep, "");
    for character in text.chars() {
        let end = document.text().len_bytes() as u32;
        document.edit(TextRange::empty(end), &character.to_string());
        assert_is_fresh(&document, Language::Bicep);
    }
    assert!(!document.root().has_error());
    for _ in 0..text.chars().count() {
        let length = document.text().len_bytes() as u32;
        document.edit(TextRange::new(length - 1, length), "");
        assert_is_fresh(&document, Language::Bicep);
    }
    assert_eq!(document.text().len_bytes(), 0);
}
