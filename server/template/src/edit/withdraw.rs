//! What is taken out of a template: resources, and items of lists.

use syntax::{Language, TextEdit, TextRange};
use tree_sitter::Node;

use super::code::Style;
use super::collection::{Collection, is_in_error};
use super::remove::{remove, remove_range};
use super::{Declaration, Editor};
use crate::model::{ExpressionId, ResourceId};

impl Editor<'_> {
    /// Takes a resource out, with what is said of it right above. What refers to it is left as it is.
    #[must_use]
    pub fn remove_resource(&self, resource: ResourceId) -> Option<Vec<TextEdit>> {
        let range = self.template.resource(resource).range;
        let node = self
            .document
            .root()
            .descendant_for_byte_range(range.start as usize, range.end as usize)
            .filter(|node| !is_in_error(*node) && !node.has_error())?;
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
        let TextRange { start, end } = declared.range;
        let mut node = self
            .document
            .root()
            .descendant_for_byte_range(start as usize, end as usize)
            .filter(|node| !is_in_error(*node) && !node.has_error())?;
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
            unit: &unit,
        };
        let indentation = self.source.indentation(range.start as usize);
        let text = self.declared(new)?.block(style, indentation, "");
        let old = self.source.slice(range.start as usize, range.end as usize);
        Some(vec![without_common_lines(range, old, &text)])
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
        let mut start = source.line_start(node.start_byte());
        while start > 0 {
            let above = source.line_start(start - 1);
            let line = source.slice(above, start).trim();
            if !line.starts_with("//") && !line.starts_with('#') {
                break;
            }
            start = above;
        }
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

/// The edit that puts a text in place of another, without the lines that both begin or end with.
fn without_common_lines(range: TextRange, old: &str, new: &str) -> TextEdit {
    let is_line_break = |text: &str, at: usize| text.as_bytes().get(at) == Some(&b'\n');
    let mut start = 0;
    for (index, (a, b)) in old.bytes().zip(new.bytes()).enumerate() {
        if a != b {
            break;
        }
        if a == b'\n' {
            start = index + 1;
        }
    }
    let (rest, added) = (&old[start..], &new[start..]);
    let mut end = 0;
    for (length, (a, b)) in (1..).zip(rest.bytes().rev().zip(added.bytes().rev())) {
        if a != b {
            break;
        }
        let is_first =
            |text: &str| length == text.len() || is_line_break(text, text.len() - length - 1);
        if is_first(rest) && is_first(added) {
            end = length;
        }
    }
    let range = TextRange::new(range.start + start as u32, range.end - end as u32);
    TextEdit::replace(range, &added[..added.len() - end])
}
