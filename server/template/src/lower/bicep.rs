//! Lowering of Bicep.
//!
//! Two passes: the first gives every declaration its id, so that names resolve whatever the order
//! of the text; the second lowers the declarations.

mod declarations;
mod expressions;
mod fields;
mod files;
mod names;
mod strings;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use syntax::{Document, TextRange};
use tree_sitter::Node;

use self::names::{Declarations, Names};
use super::builder::Builder;
use super::{closes_something_before, mark_incomplete};
use crate::model::{Name, ParameterFile, Template};

/// The template that a Bicep document holds.
pub(crate) fn lower(document: &Document) -> Template {
    // Names are looked at one by one, which a rope is slow at.
    let source = document.text().to_string();
    let declarations = Declarations::collect(document, &source);
    let mut lowering = Lowering::new(document, &source, &declarations);
    lowering.declarations(&declarations);
    let mut template = lowering.builder.template;
    mark_incomplete(&mut template, &ended_too_early(document, &source));
    template.is_complete &= has_sure_end(document.root());
    template
}

/// The values that a Bicep parameter file holds.
pub(crate) fn lower_parameters(document: &Document) -> ParameterFile {
    let source = document.text().to_string();
    let declarations = Declarations::collect(document, &source);
    let lowering = Lowering::new(document, &source, &declarations);
    let mut parameters = lowering.parameter_file(document, &declarations);
    let ranges = ended_too_early(document, &source);
    // Not shared yet.
    if let Some(template) = Arc::get_mut(&mut parameters.template) {
        mark_incomplete(template, &ranges);
    }
    parameters
}

/// The declarations behind which a bracket is closed that nothing opened.
fn ended_too_early(document: &Document, source: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut declaration = None;
    let mut unread = String::new();
    for node in named_children(document.root()) {
        if node.is_error() {
            unread.push_str(text(source, node));
            continue;
        }
        found.extend(declaration.filter(|_| closes_something_before(&unread)));
        declaration = Some(TextRange::from(node));
        unread.clear();
    }
    found.extend(declaration.filter(|_| closes_something_before(&unread)));
    found
}

/// The state of the second pass.
struct Lowering<'d> {
    source: &'d str,
    builder: Builder,
    names: Names<'d>,
    /// How many expressions enclose the one at hand.
    depth: u32,
}

impl<'d> Lowering<'d> {
    fn new(document: &Document, source: &'d str, declarations: &Declarations<'d>) -> Self {
        Self {
            source,
            builder: Builder::new(document.language()),
            names: Names::new(source, declarations),
            depth: 0,
        }
    }

    fn name(&self, node: Node<'_>) -> Name {
        Name {
            text: text(self.source, node).into(),
            range: node.into(),
        }
    }
}

fn text<'s>(source: &'s str, node: Node<'_>) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// The named children of a node, without comments and directives.
fn named_children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.walk();
    let mut has_more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        while has_more {
            let child = cursor.node();
            has_more = cursor.goto_next_sibling();
            if (child.is_named() && !child.is_extra()) || child.is_error() {
                return Some(child);
            }
        }
        None
    })
}

/// Whether part of the node itself, not of what is nested in it, could not be read.
fn is_damaged(node: Node<'_>) -> bool {
    if node.is_missing() || node.is_error() {
        return true;
    }
    if !node.has_error() {
        return false;
    }
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .any(|child| child.is_error() || child.is_missing())
}

/// Whether it is sure where a node ends. Behind a bracket that is not closed, what belongs to what
/// is a guess of the parser, and what comes next may have been taken in or left out.
fn has_sure_end(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    loop {
        let here = cursor.node();
        if here.has_error() || here.is_missing() {
            if is_guess(here) {
                return false;
            }
            if cursor.goto_first_child() {
                continue;
            }
        }
        loop {
            if cursor.node() == node {
                return true;
            }
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                return true;
            }
        }
    }
}

/// Whether a node with an error may end elsewhere than the parser says.
fn is_guess(node: Node<'_>) -> bool {
    if node.is_error() {
        // What is skipped is harmless unless it opens or closes something.
        let mut cursor = node.walk();
        return node.child_count() == 0
            || node.children(&mut cursor).any(|child| {
                matches!(child.kind(), "{" | "}" | "[" | "]" | "(" | ")" | "'" | "${")
            });
    }
    if node.is_missing() {
        // A bracket or quote; a missing value takes no place.
        return !node.is_named();
    }
    let close = match node.kind() {
        "object" => "}",
        "array" => "]",
        "arguments" | "parenthesized_expression" => ")",
        _ => return false,
    };
    let last = node.child(node.child_count().saturating_sub(1) as u32);
    last.is_none_or(|last| last.is_missing() || last.kind() != close)
}
