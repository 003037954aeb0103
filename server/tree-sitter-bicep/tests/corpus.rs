//! Runs the corpus in `test/corpus`, in the format of the tree-sitter command line.
//!
//! `UPDATE_CORPUS=1 cargo test -p tree-sitter-bicep` writes the trees as they are now; what changed
//! is for a person to review.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tree_sitter::Parser;

struct Case {
    title: String,
    source: String,
    expected: String,
}

#[test]
fn corpus_trees_match() {
    let update = env::var_os("UPDATE_CORPUS").is_some();
    let mut failures = String::new();
    let mut count = 0;
    for path in corpus_files() {
        let text = fs::read_to_string(&path).unwrap();
        let mut cases = parse_corpus(&text);
        assert!(!cases.is_empty(), "no case in {}", path.display());
        count += cases.len();
        for case in &mut cases {
            let actual = tree_of(&case.source);
            if update {
                case.expected = indent(&actual);
            } else if words(&case.expected) != words(&actual) {
                let _ = writeln!(
                    failures,
                    "{}: {}\n{}\n",
                    path.file_name().unwrap().to_string_lossy(),
                    case.title,
                    indent(&actual),
                );
            }
        }
        if update {
            fs::write(&path, print_corpus(&cases)).unwrap();
        }
    }
    assert!(count > 0, "the corpus is empty");
    assert!(
        failures.is_empty(),
        "these trees are not as expected:\n{failures}"
    );
}

/// Only the recovery corpus is about errors; anywhere else one would be a mistake of the grammar.
#[test]
fn only_unfinished_code_has_errors() {
    for path in corpus_files() {
        let text = fs::read_to_string(&path).unwrap();
        for case in parse_corpus(&text) {
            let broken = case.expected.contains("(ERROR") || case.expected.contains("(MISSING");
            let about_errors = path.file_stem().is_some_and(|stem| stem == "recovery");
            assert_eq!(broken, about_errors, "{}: {}", path.display(), case.title);
        }
    }
}

fn corpus_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn parse_corpus(text: &str) -> Vec<Case> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_rule = |line: &str, of: char| {
        line.trim_end().len() >= 3 && line.trim_end().chars().all(|c| c == of)
    };
    let headers: Vec<usize> = (0..lines.len().saturating_sub(2))
        .filter(|&index| is_rule(lines[index], '=') && is_rule(lines[index + 2], '='))
        .collect();
    headers
        .iter()
        .enumerate()
        .map(|(number, &start)| {
            let end = headers.get(number + 1).copied().unwrap_or(lines.len());
            let body = &lines[start + 3..end];
            let divider = body
                .iter()
                .rposition(|line| is_rule(line, '-'))
                .unwrap_or_else(|| panic!("no `---` in {}", lines[start + 1]));
            let source = body[..divider].concat();
            Case {
                title: lines[start + 1].trim().to_owned(),
                // The empty lines round a source are layout.
                source: source
                    .trim_start_matches('\n')
                    .trim_end_matches('\n')
                    .to_owned()
                    + "\n",
                expected: body[divider + 1..].concat().trim().to_owned(),
            }
        })
        .collect()
}

fn print_corpus(cases: &[Case]) -> String {
    let rule = "=".repeat(80);
    let divider = "-".repeat(80);
    let printed: Vec<String> = cases
        .iter()
        .map(|case| {
            format!(
                "{rule}\n{}\n{rule}\n\n{}\n{divider}\n\n{}\n",
                case.title, case.source, case.expected
            )
        })
        .collect();
    printed.join("\n")
}

fn tree_of(source: &str) -> String {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_bicep::LANGUAGE.into())
        .unwrap();
    parser.parse(source, None).unwrap().root_node().to_sexp()
}

fn words(tree: &str) -> String {
    tree.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" )", ")")
}

/// One node a line, as the tree-sitter command line prints it.
fn indent(tree: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut quoted = false;
    let mut field = false;
    for (index, c) in tree.char_indices() {
        match c {
            '"' if !tree[..index].ends_with('\'') || quoted => {
                quoted = !quoted;
                text.push(c);
            }
            '(' if !quoted => {
                depth += 1;
                text.push(c);
                field = false;
            }
            ')' if !quoted => {
                depth -= 1;
                text.push(c);
            }
            ' ' if !quoted => {
                let rest = &tree[index + 1..];
                let names_a_field = rest
                    .split([' ', '('])
                    .next()
                    .is_some_and(|word| word.ends_with(':'));
                if field || !(names_a_field || rest.starts_with('(')) {
                    text.push(' ');
                } else {
                    text.push('\n');
                    text.push_str(&"  ".repeat(depth));
                }
                field = names_a_field;
            }
            _ => text.push(c),
        }
    }
    text
}
