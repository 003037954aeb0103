//! The text of a resource as it is written, for another place.

use syntax::{Document, Language, TextEdit};
use tree_sitter::Node;

use super::super::code::Code;
use super::super::collection::{Collection, is_in_error};
use super::super::condition::dedented;
use super::super::remove::remove;
use super::super::source::Source;
use super::super::{Editor, New};
use super::{Names, Passed};
use crate::model::ResourceId;

impl Editor<'_> {
    /// The text of a file that declares a resource as this one does.
    pub(super) fn file_again(
        &self,
        resource: ResourceId,
        passed: &[Passed],
        names: &Names,
    ) -> Option<String> {
        let newline = self.source.newline(0);
        let mut text = String::new();
        let declarations: Vec<_> = passed.iter().map(|it| it.declaration.as_str()).collect();
        let is_tall = declarations.iter().any(|it| it.contains('\n'));
        let is_apart = is_tall || self.are_apart("parameter_declaration");
        let between = newline.repeat(if is_apart { 2 } else { 1 });
        text.push_str(&declarations.join(&between));
        if !declarations.is_empty() {
            text.push_str(&newline.repeat(2));
        }
        text.push_str(&self.bicep_again(resource, passed, names)?);
        text.push_str(newline);
        Some(text)
    }

    /// The declaration of a resource of Bicep, without its condition, with parameters in the place of
    /// what its file does not have.
    fn bicep_again(
        &self,
        resource: ResourceId,
        passed: &[Passed],
        names: &Names,
    ) -> Option<String> {
        let resource = self.template.resource(resource);
        let node = self.declaration(resource.range.as_usize())?;
        let mut start = node.start_byte();
        let mut cursor = node.walk();
        for decorator in node.children(&mut cursor) {
            if decorator.kind() != "decorator" {
                start = decorator.start_byte();
                break;
            }
            let text = self
                .source
                .slice(decorator.start_byte(), decorator.end_byte());
            if !text.starts_with("@description(") && !text.starts_with("@sys.description(") {
                return None;
            }
        }
        let body = self.template.range(resource.body);
        let value = node.child_by_field_name("value")?.start_byte();
        let mut edits = vec![(value..body.start as usize, String::new())];
        for property in &names.properties {
            let text = self.text_of(*property);
            let known = passed.iter().find(
                |it| matches!(it.argument, New::Copy(other) if self.text_of(other) == text),
            )?;
            edits.push((
                self.template.range(*property).as_usize(),
                known.name.clone(),
            ));
        }
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = self.source.slice(start, node.end_byte()).to_owned();
        for (range, new) in edits.into_iter().rev() {
            text.replace_range(range.start - start..range.end - start, &new);
        }
        let text = without(Language::Bicep, text, &["dependsOn"], resource_of_bicep)?;
        Some(tidied(&text))
    }

    /// The text of a resource of ARM JSON, without its condition.
    pub(super) fn json_again(&self, resource: ResourceId) -> Option<Code> {
        let range = self.template.resource(resource).range;
        let root = self.document.root();
        let mut node = root.descendant_for_byte_range(range.start as usize, range.end as usize)?;
        while node.kind() != "object" {
            node = node.parent()?;
        }
        if is_in_error(node) || node.has_error() {
            return None;
        }
        self.lines(node)?;
        let text = self.source.slice(node.start_byte(), node.end_byte());
        // As it stands there, so that the layout is known.
        let indentation = self.source.indentation(node.start_byte());
        let text = format!("{indentation}{text}");
        let left_out = ["condition", "dependsOn", "resources"];
        let text = without(Language::Json, text, &left_out, object_of_json)?;
        Some(Code::Lines(dedented(text.trim_start(), indentation)))
    }

    /// The statement at a range.
    pub(super) fn declaration(&self, range: std::ops::Range<usize>) -> Option<Node<'_>> {
        let root = self.document.root();
        let mut node = root.descendant_for_byte_range(range.start, range.end)?;
        while let Some(parent) = node.parent().filter(|parent| *parent != root) {
            node = parent;
        }
        (!node.has_error() && !is_in_error(node)).then_some(node)
    }
}

/// A text without some members of the object that `object` finds in it, nor resources inside of it.
fn without(
    language: Language,
    mut text: String,
    names: &[&str],
    object: fn(Node<'_>) -> Option<Node<'_>>,
) -> Option<String> {
    loop {
        let document = Document::new(language, &text);
        let source = Source::new(&document);
        let collection = Collection::of(&source, object(document.root())?)?;
        let member = names.iter().find_map(|name| collection.position(name));
        let inside = collection.elements.iter().position(|it| it.is_resource);
        let Some(index) = member.or(inside) else {
            return Some(text);
        };
        let edits = remove(&collection, index)?;
        let shorter = TextEdit::applied(&edits, &text);
        if shorter.len() >= text.len() {
            return None;
        }
        text = shorter;
    }
}

/// A text without blanks at the ends of its lines, and without empty lines that something left which is
/// gone; unchanged where a text in it goes over lines.
fn tidied(text: &str) -> String {
    if text.contains("'''") {
        return text.to_owned();
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_needed = |index: &usize| {
        let next = lines.get(index + 1).copied().unwrap_or_default();
        !lines[*index].is_empty() || !next.is_empty() && next != "}"
    };
    let kept = (0..lines.len()).filter(is_needed).map(|index| lines[index]);
    kept.collect::<Vec<_>>().join(newline)
}

fn resource_of_bicep(root: Node<'_>) -> Option<Node<'_>> {
    root.named_child(0)?.child_by_field_name("value")
}

fn object_of_json(root: Node<'_>) -> Option<Node<'_>> {
    root.named_child(0)
}
