//! Lowering of Bicep.
//!
//! Two passes: the first gives every declaration its id, so that names resolve whatever the order
//! of the text; the second lowers the declarations.

mod declarations;
mod expressions;
mod names;
mod strings;

use syntax::{Document, Language, TextRange};
use tree_sitter::Node;

use self::names::{Declarations, Names};
use super::builder::Builder;
use crate::model::{Name, Template};

/// The template that a Bicep document holds.
pub(crate) fn lower(document: &Document) -> Template {
    let declarations = Declarations::collect(document);
    let mut lowering = Lowering {
        document,
        builder: Builder::new(Language::Bicep),
        names: Names::new(document, &declarations),
        depth: 0,
    };
    lowering.declarations(&declarations);
    lowering.builder.template
}

/// The state of the second pass.
struct Lowering<'d> {
    document: &'d Document,
    builder: Builder,
    names: Names<'d>,
    /// How many expressions enclose the one at hand.
    depth: u32,
}

impl Lowering<'_> {
    fn name(&self, node: Node<'_>) -> Name {
        Name {
            text: text(self.document, node).into(),
            range: node.into(),
        }
    }
}

fn text(document: &Document, node: Node<'_>) -> String {
    document.slice(TextRange::from(node)).into_owned()
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
