//! The highlight query compiles, and colours what a person would expect.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

use streaming_iterator::StreamingIterator as _;
use tree_sitter::{Parser, Query, QueryCursor};

/// The last capture of each named word, as editors choose.
fn captures(source: &str) -> Vec<(String, String)> {
    let language = tree_sitter_bicep::LANGUAGE.into();
    let query = Query::new(&language, tree_sitter_bicep::HIGHLIGHTS_QUERY).unwrap();
    let mut parser = Parser::new();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(source, None).unwrap();
    let mut cursor = QueryCursor::new();
    let mut captures = cursor.captures(&query, tree.root_node(), source.as_bytes());
    let mut found: Vec<(usize, String, String, usize)> = Vec::new();
    while let Some((matched, index)) = captures.next() {
        let capture = matched.captures[*index];
        let range = capture.node.byte_range();
        let name = query.capture_names()[capture.index as usize].to_owned();
        let entry = (
            range.start,
            source[range].to_owned(),
            name,
            matched.pattern_index,
        );
        match found
            .iter_mut()
            .find(|other| other.0 == entry.0 && other.1 == entry.1)
        {
            Some(other) if other.3 <= entry.3 => *other = entry,
            Some(_) => {}
            None => found.push(entry),
        }
    }
    found
        .into_iter()
        .map(|(_, text, name, _)| (text, name))
        .collect()
}

#[track_caller]
fn check(source: &str, expected: &[(&str, &str)]) {
    let captures = captures(source);
    for (text, name) in expected {
        let names: Vec<&str> = captures
            .iter()
            .filter(|(word, _)| word == text)
            .map(|(_, name)| name.as_str())
            .collect();
        assert!(names.contains(name), "`{text}` is {names:?}, not {name}");
    }
}

#[test]
fn declarations_are_highlighted() {
    check(
        "@secure()\nparam secret string = 'x'\ntype sku = 'a' | other\nfunc f(a int) bool => g(a)\n",
        &[
            ("@", "attribute"),
            ("secure", "attribute"),
            ("param", "keyword"),
            ("secret", "variable.parameter"),
            ("string", "type"),
            ("'x'", "string"),
            ("type", "keyword.type"),
            ("sku", "type"),
            ("other", "type"),
            ("func", "keyword.function"),
            ("f", "function"),
            ("int", "type"),
            ("g", "function.call"),
        ],
    );
}

#[test]
fn resources_and_expressions_are_highlighted() {
    check(
        "// why\nresource a 'x@1' = if (on) {\n  b: c.d ? '${e}\\n' : null\n}\nvar l = [for i in 3: true]\n",
        &[
            ("// why", "comment"),
            ("resource", "keyword"),
            ("'x@1'", "string.special"),
            ("if", "keyword.conditional"),
            ("b", "property"),
            ("c", "variable"),
            ("d", "property"),
            ("?", "keyword.conditional.ternary"),
            ("${", "punctuation.special"),
            ("e", "variable"),
            ("\\n", "string.escape"),
            ("null", "constant.builtin"),
            ("for", "keyword.repeat"),
            ("i", "variable.parameter"),
            ("3", "number"),
            ("true", "boolean"),
        ],
    );
}

#[test]
fn keywords_are_names_where_they_are_names() {
    check(
        "var x = {\n  param: if\n}\n",
        &[("param", "property"), ("if", "variable")],
    );
}
