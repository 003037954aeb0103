//! The same tokens with other indentation and line breaks.

use std::collections::BTreeSet;

use syntax::{Document, Language};

use crate::bench::visit;
use crate::random::Random;

/// How lines begin.
#[derive(Clone, Copy, PartialEq)]
enum Indentation {
    AsItIs,
    By(&'static str),
    Ragged,
}

/// A text with other indentation, line breaks, start and end.
pub(super) fn laid_out(
    language: Language,
    text: &str,
    random: &mut Random,
    keeps_indentation: bool,
) -> String {
    let document = Document::new(language, text);
    // The lines that begin inside of something that is one token.
    let mut inside = BTreeSet::new();
    let mut brackets = Vec::new();
    visit(document.root(), &mut |node| match node.kind() {
        "string" | "multiline_string" | "comment" => {
            inside.extend(node.start_position().row + 1..=node.end_position().row);
        }
        "{" | "[" | "(" => brackets.push((node.start_byte(), true)),
        "}" | "]" | ")" => brackets.push((node.start_byte(), false)),
        _ => {}
    });
    brackets.sort_unstable();
    let indentation = if keeps_indentation {
        Indentation::AsItIs
    } else {
        random.one(&[
            Indentation::AsItIs,
            Indentation::By("  "),
            Indentation::By("    "),
            Indentation::By("\t"),
            Indentation::Ragged,
        ])
    };
    let newlines: &[&str] = random.one(&[&["\n"] as &[&str], &["\r\n"], &["\n", "\r\n"]]);
    let mut result = String::new();
    if random.once_in(8) {
        result.push('\u{feff}');
    }
    let mut offset = 0;
    let mut depth = 0_usize;
    let mut brackets = brackets.into_iter().peekable();
    let count = text.split_inclusive('\n').count();
    for (row, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_end_matches(['\n', '\r']);
        let is_closing = content.trim_start().starts_with(['}', ']', ')']);
        let shown = depth - usize::from(is_closing && depth > 0);
        if inside.contains(&row) || indentation == Indentation::AsItIs {
            result.push_str(content);
        } else {
            let content = content.trim_start();
            match indentation {
                Indentation::By(unit) if !content.is_empty() => {
                    result.push_str(&unit.repeat(shown));
                }
                Indentation::Ragged => result.push_str(&" ".repeat(random.below(7))),
                Indentation::By(_) | Indentation::AsItIs => {}
            }
            result.push_str(content);
        }
        offset += line.len();
        while let Some((_, is_open)) = brackets.next_if(|(at, _)| *at < offset) {
            depth = if is_open {
                depth + 1
            } else {
                depth.saturating_sub(1)
            };
        }
        // The line breaks in a string are part of it.
        let is_in_token = inside.contains(&(row + 1));
        let is_end = row + 1 == count;
        if line.ends_with('\n') && !(is_end && random.once_in(3)) {
            let own = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            result.push_str(if is_in_token {
                own
            } else {
                random.one(newlines)
            });
        }
    }
    result
}
