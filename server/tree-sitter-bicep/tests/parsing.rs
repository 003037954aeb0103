//! What the corpus cannot say: fields of tokens, deep nesting, and edits.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_bicep::LANGUAGE.into())
        .unwrap();
    parser
}

fn parse(source: &str) -> Tree {
    parser().parse(source, None).unwrap()
}

fn find<'tree>(node: Node<'tree>, kind: &str) -> Option<Node<'tree>> {
    if node.kind() == kind {
        return Some(node);
    }
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find_map(|child| find(child, kind))
}

#[track_caller]
fn check_token(source: &str, kind: &str, field: &str, expected: Option<&str>) {
    let tree = parse(source);
    let node = find(tree.root_node(), kind).unwrap();
    let token = node.child_by_field_name(field);
    assert_eq!(token.map(|token| token.kind()), expected, "{source}");
}

#[test]
fn operators_are_fields() {
    for operator in [
        "??", "||", "&&", "==", "!=", "=~", "!~", "<", "<=", ">", ">=", "+", "-", "*", "/", "%",
    ] {
        let source = format!("var x = a {operator} b");
        check_token(&source, "binary_expression", "operator", Some(operator));
    }
    for operator in ["!", "-", "+"] {
        let source = format!("var x = {operator}a");
        check_token(&source, "unary_expression", "operator", Some(operator));
    }
    for operator in [".", ".?"] {
        let source = format!("var x = a{operator}b");
        check_token(&source, "member_expression", "operator", Some(operator));
    }
    for operator in ["[", "[?", "[^", "[?^"] {
        let source = format!("var x = a{operator}0]");
        check_token(&source, "index_expression", "operator", Some(operator));
    }
    check_token("type x = -1", "unary_type", "operator", Some("-"));
}

#[test]
fn existing_and_none_are_fields() {
    let resource = "resource_declaration";
    check_token(
        "resource a 'x@1' existing = {}",
        resource,
        "existing",
        Some("existing"),
    );
    check_token("resource a 'x@1' = {}", resource, "existing", None);
    check_token("using none", "using_declaration", "path", Some("none"));
}

#[test]
fn any_newline_ends_a_line() {
    for newline in ["\n", "\r\n", "\r"] {
        let source = [
            "var a = {",
            "  b: 1",
            "",
            "  c: 2",
            "}",
            "var d = x",
            "  ? 1",
            "  : 2",
            "",
        ]
        .join(newline);
        let tree = parse(&source);
        assert!(!tree.root_node().has_error(), "{source:?}");
        assert_eq!(tree.root_node().named_child_count(), 2, "{source:?}");
    }
}

#[test]
fn a_byte_order_mark_is_no_error() {
    assert!(!parse("\u{feff}var a = 1\n").root_node().has_error());
}

#[test]
fn deep_nesting_takes_linear_time() {
    for opening in [
        "(",
        "[",
        "{ a: ",
        "f(",
        "'${",
        "$'''${",
        "[for x in ",
        "x ? ",
        "!",
        "x => ",
        "a[",
    ] {
        let source = format!("var x = {}", opening.repeat(20_000));
        let start = Instant::now();
        let tree = parse(&source);
        assert!(tree.root_node().has_error(), "{opening}");
        let time = start.elapsed();
        // A hundred times what it takes; a quadratic parser takes minutes.
        assert!(time < Duration::from_secs(30), "{opening} took {time:?}");
    }
}

#[test]
fn deep_nesting_that_is_closed_has_no_error() {
    for (opening, inside, closing) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{ a: ", "1", "}"),
        ("'${", "1", "}'"),
    ] {
        let depth = 10_000;
        let source = format!(
            "var x = {}{inside}{}",
            opening.repeat(depth),
            closing.repeat(depth)
        );
        assert!(!parse(&source).root_node().has_error(), "{opening}");
    }
}

/// Types a source from its first to its last character, and deletes every line of it in turn.
#[test]
fn an_edited_tree_equals_a_fresh_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    for name in ["resources", "strings", "expressions", "functions"] {
        let corpus = fs::read_to_string(folder.join(name).with_extension("txt")).unwrap();
        for source in sources(&corpus) {
            let mut parser = parser();
            let mut text = String::new();
            let mut tree = parser.parse(&text, None).unwrap();
            for c in source.chars() {
                let end = text.len();
                text.push(c);
                edit(&mut parser, &mut tree, &text, end, "", text.len());
            }
            assert!(!tree.root_node().has_error(), "{source}");

            let mut start = 0;
            for line in source.split_inclusive('\n') {
                let mut shorter = source.to_owned();
                shorter.replace_range(start..start + line.len(), "");
                let mut edited = parse(source);
                edit(&mut parser, &mut edited, &shorter, start, line, start);
                start += line.len();
            }
        }
    }
}

fn sources(corpus: &str) -> Vec<&str> {
    let rule = "=".repeat(80);
    let divider = "-".repeat(80);
    corpus
        .split(&rule)
        .filter_map(|part| part.split_once(&divider))
        .map(|(source, _)| source.trim_start())
        .collect()
}

/// Where the new text has an error, recovery may depend on what was known before.
fn edit(
    parser: &mut Parser,
    tree: &mut Tree,
    text: &str,
    start: usize,
    removed: &str,
    new_end: usize,
) {
    let start_position = position(text, start);
    // Only whole lines are removed.
    let old_end_position = if removed.is_empty() {
        start_position
    } else {
        Point::new(start_position.row + 1, 0)
    };
    tree.edit(&InputEdit {
        start_byte: start,
        old_end_byte: start + removed.len(),
        new_end_byte: new_end,
        start_position,
        old_end_position,
        new_end_position: position(text, new_end),
    });
    *tree = parser.parse(text, Some(tree)).unwrap();
    let fresh = parser.parse(text, None).unwrap();
    if !fresh.root_node().has_error() {
        assert_eq!(
            tree.root_node().to_sexp(),
            fresh.root_node().to_sexp(),
            "{text}"
        );
    }
}

fn position(text: &str, byte: usize) -> Point {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Point::new(before.matches('\n').count(), byte - line_start)
}
