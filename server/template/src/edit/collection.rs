//! The objects and arrays of a text: brackets, elements, and what is between them.

use syntax::{Document, Language, TextRange};
use tree_sitter::Node;

use super::source::{Gap, Source};

/// An object or array as it is written.
pub(super) struct Collection<'a> {
    pub(super) source: &'a Source<'a>,
    node: Node<'a>,
    /// Behind the opening bracket.
    pub(super) start: usize,
    /// In front of the closing bracket.
    pub(super) end: usize,
    pub(super) elements: Vec<Element>,
}

/// An element of an object or array.
pub(super) struct Element {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The name of a property whose name is fixed.
    pub(super) key: Option<String>,
    /// Whether it is a resource that stands inside its parent.
    pub(super) is_resource: bool,
    /// Whether all of it could be read.
    is_sound: bool,
}

impl<'a> Collection<'a> {
    /// The object or array at a range; none if there is something else, or it could not be read.
    pub(super) fn at(
        document: &'a Document,
        source: &'a Source<'a>,
        range: TextRange,
    ) -> Option<Self> {
        let node = document
            .root()
            .descendant_for_byte_range(range.start as usize, range.end as usize)?;
        if TextRange::from(node) != range {
            return None;
        }
        Self::of(source, node)
    }

    /// The object or array that a node is.
    pub(super) fn of(source: &'a Source<'a>, node: Node<'a>) -> Option<Self> {
        if !matches!(node.kind(), "object" | "array") || is_in_error(node) {
            return None;
        }
        let mut elements = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.is_error() || child.is_missing() {
                return None;
            }
            if child.is_named() && !child.is_extra() {
                elements.push(Element {
                    start: child.start_byte(),
                    end: child.end_byte(),
                    key: key(source, child),
                    is_resource: child.kind() == "resource_declaration",
                    is_sound: !child.has_error(),
                });
            }
        }
        let collection = Self {
            source,
            node,
            start: node.start_byte() + 1,
            end: node.end_byte().checked_sub(1)?,
            elements,
        };
        (collection.start <= collection.end).then_some(collection)
    }

    /// Whether the end of an element is certain, so that something can be put behind it.
    pub(super) fn is_sound(&self, index: usize) -> bool {
        self.elements
            .get(index)
            .is_some_and(|element| element.is_sound)
    }

    /// The element of a name.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        self.elements.iter().position(|element| {
            element
                .key
                .as_ref()
                .is_some_and(|candidate| candidate.eq_ignore_ascii_case(key))
        })
    }

    /// The element at an offset.
    pub(super) fn position_at(&self, offset: usize) -> Option<usize> {
        self.elements
            .iter()
            .position(|element| (element.start..element.end).contains(&offset))
    }

    /// Where the gap in front of an element begins: behind the one before, or behind the bracket.
    pub(super) fn gap_start(&self, index: usize) -> usize {
        match index.checked_sub(1).and_then(|at| self.elements.get(at)) {
            Some(element) => element.end,
            None => self.start,
        }
    }

    /// Where the gap in front of an element ends; of the one behind the last, at the bracket.
    pub(super) fn gap_end(&self, index: usize) -> usize {
        self.elements
            .get(index)
            .map_or(self.end, |element| element.start)
    }

    /// What is in front of an element; behind the last, what is in front of the bracket.
    pub(super) fn gap(&self, index: usize) -> Option<Gap> {
        self.source.gap(self.gap_start(index), self.gap_end(index))
    }

    /// Whether all of it is on one line.
    pub(super) fn is_one_line(&self) -> bool {
        !self.source.slice(self.start, self.end).contains('\n')
    }

    /// Whether it holds properties, not items.
    pub(super) fn is_object(&self) -> bool {
        self.node.kind() == "object"
    }

    /// Whether its elements have commas between them.
    pub(super) fn has_commas(&self) -> bool {
        self.source.language == Language::Json
            || (0..=self.elements.len())
                .any(|index| self.gap(index).is_some_and(|gap| !gap.commas.is_empty()))
    }

    /// The indentation of the line that its opening bracket is on.
    pub(super) fn outer_indentation(&self) -> &'a str {
        self.source.indentation(self.start)
    }

    /// The indentation of its elements that have lines of their own, first asked of those around
    /// the gap `near`.
    pub(super) fn inner_indentation(&self, near: usize) -> String {
        let around = [near.wrapping_sub(1), near];
        let indices = around.into_iter().chain(0..self.elements.len());
        let written = indices
            .filter_map(|index| self.elements.get(index))
            .find(|element| self.source.is_first_on_line(element.start));
        match written {
            Some(element) => self.source.indentation(element.start).to_owned(),
            None => format!("{}{}", self.outer_indentation(), self.unit()),
        }
    }

    /// One step of indentation: that of this object, else of the ones around it, else of the file.
    pub(super) fn unit(&self) -> String {
        let mut node = Some(self.node);
        while let Some(current) = node {
            if matches!(current.kind(), "object" | "array")
                && let Some(unit) = self.unit_of(current)
            {
                return unit.to_owned();
            }
            node = current.parent();
        }
        self.source.unit().to_owned()
    }

    fn unit_of(&self, node: Node<'_>) -> Option<&'a str> {
        let mut cursor = node.walk();
        let element = node
            .named_children(&mut cursor)
            .find(|child| !child.is_extra() && self.source.is_first_on_line(child.start_byte()))?;
        let close = node.end_byte().checked_sub(1)?;
        if !self.source.is_first_on_line(close) {
            return None;
        }
        let inner = self.source.indentation(element.start_byte());
        let step = inner.strip_prefix(self.source.indentation(close))?;
        (!step.is_empty()).then_some(step)
    }
}

/// Whether a node is part of a text that could not be read.
pub(super) fn is_in_error(node: Node<'_>) -> bool {
    let mut around = Some(node);
    while let Some(current) = around {
        if current.is_error() {
            return true;
        }
        around = current.parent();
    }
    false
}

/// The name of a property, where it is fixed.
fn key(source: &Source<'_>, element: Node<'_>) -> Option<String> {
    let name = match element.kind() {
        "property" => element.child_by_field_name("name")?,
        "pair" => element.child_by_field_name("key")?,
        _ => return None,
    };
    let text = source.slice(name.start_byte(), name.end_byte());
    match name.kind() {
        "identifier" => Some(text.to_owned()),
        // The names that are looked for have no escapes.
        "string" => Some(text.trim_matches(['"', '\'']).to_owned()),
        _ => None,
    }
}
