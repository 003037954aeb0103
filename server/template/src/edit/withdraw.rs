//! What is taken out of a template: resources, and items of lists.

use syntax::{Language, TextEdit, TextRange};
use tree_sitter::Node;

use super::code::Style;
use super::collection::Collection;
use super::remove::{remove, remove_range};
use super::replace::without_common_lines;
use super::{Declaration, Editor};
use crate::model::{ExpressionId, ResourceId};

impl Editor<'_> {
    /// Takes a resource out, with what is said of it right above. What refers to it is left as it is.
    #[must_use]
    pub fn remove_resource(&self, resource: ResourceId) -> Option<Vec<TextEdit>> {
        let range = self.template.resource(resource).range;
        let node = self.sound_node(range)?;
        let parent = node.parent()?;
        match parent.kind() {
            "object" | "array" => self.remove_element(parent, node.start_byte()),
            // A resource of ARM JSON with a symbolic name.
            "pair" => self.remove_element(parent.parent()?, parent.start_byte()),
            _ if self.source.language == Language::Json => None,
            _ => Some(vec![self.without_statement(node)]),
        }
    }

    /// Puts a new declaration in place of a resource. What refers to the old one is left as it is. None where a
    /// comment inside of the old one would be lost that does not speak of its `properties`.
    #[must_use]
    pub fn replace_resource(
        &self,
        resource: ResourceId,
        new: &Declaration,
    ) -> Option<Vec<TextEdit>> {
        let declared = self.template.resource(resource);
        let mut node = self.sound_node(declared.range)?;
        if let Some(pair) = node.parent().filter(|parent| parent.kind() == "pair") {
            node = pair;
        }
        // What decorates the old one decorates the new one.
        let mut cursor = node.walk();
        let keyword = node
            .children(&mut cursor)
            .find(|it| it.kind() == "resource");
        let range = TextRange {
            start: keyword.unwrap_or(node).start_byte() as u32,
            end: node.end_byte() as u32,
        };
        let properties = self.template.property(declared.body, "properties");
        let properties = properties.map(|it| self.template.range(it.value));
        let is_lost = |comment: TextRange| {
            range.contains_range(comment)
                && !properties.is_some_and(|it| it.contains_range(comment))
        };
        if comments(node).into_iter().any(is_lost) {
            return None;
        }
        let unit = self.source.unit();
        let style = Style {
            language: self.source.language,
            newline: self.source.newline(range.start as usize),
            unit,
        };
        let indentation = self.source.indentation(range.start as usize);
        let text = self.declared(new)?.block(style, indentation, "");
        let old = self.source.slice(range.start as usize, range.end as usize);
        Some(vec![without_common_lines(
            old,
            &TextEdit::replace(range, text),
        )])
    }

    /// Takes a property out of an object with the comments on the lines above it, which are about it. For
    /// what is written once more elsewhere.
    #[must_use]
    pub fn take_property(&self, object: ExpressionId, key: &str) -> Option<Vec<TextEdit>> {
        let collection = self.collection(object).filter(Collection::is_object)?;
        let index = collection.position(key)?;
        let start = collection.elements.get(index)?.start;
        let mut edits = remove(&collection, index)?;
        let line = self.source.line_start(start);
        if let Some(edit) = edits.iter_mut().find(|it| it.range.start as usize == line) {
            let limit = self.source.next_line(collection.gap_start(index));
            let mut first = self.source.comments_above(line, limit);
            let above = self.source.line_start(first.saturating_sub(1));
            let is_last = index + 1 == collection.elements.len();
            if is_last && first > limit && self.source.slice(above, first).trim().is_empty() {
                first = above;
            }
            edit.range.start = first as u32;
        }
        Some(edits)
    }

    /// Takes an item out of an array.
    #[must_use]
    pub fn remove_item(&self, array: ExpressionId, item: ExpressionId) -> Option<Vec<TextEdit>> {
        let collection = self.collection(array).filter(|list| !list.is_object())?;
        let start = self.template.range(item).start as usize;
        remove(&collection, collection.position_at(start)?)
    }

    fn remove_element(&self, list: Node<'_>, start: usize) -> Option<Vec<TextEdit>> {
        let collection = Collection::of(&self.source, list)?;
        remove(&collection, collection.position_at(start)?)
    }

    /// Takes a statement out with its lines, and with the blank line on one side of it.
    fn without_statement(&self, node: Node<'_>) -> TextEdit {
        let source = &self.source;
        let mut start = source.comments_above(source.line_start(node.start_byte()), 0);
        let mut end = source.next_line(source.line_end(node.end_byte()));
        let is_blank = |start: usize, end: usize| source.slice(start, end).trim().is_empty();
        let after = source.next_line(source.line_end(end));
        if end < source.text.len() && is_blank(end, after) {
            end = after;
        } else if end >= source.text.len() && start > 0 {
            let above = source.line_start(start - 1);
            if is_blank(above, start) {
                start = above;
            }
        }
        remove_range(start, end)
    }
}

/// Where the comments inside of a node are.
fn comments(node: Node<'_>) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if node.kind() == "comment" {
            found.push(TextRange::from(node));
        }
        let mut cursor = node.walk();
        pending.extend(node.children(&mut cursor));
    }
    found
}
