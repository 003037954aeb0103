//! Expressions put in place of others.

use syntax::{Language, TextEdit, TextRange};
use tree_sitter::Node;

use super::code::{Code, Style};
use super::collection::Collection;
use super::{Editor, Key, New, bicep};
use crate::model::{ExpressionId, ExpressionKind};

impl Editor<'_> {
    /// Puts a value in place of an expression, which may be the name of a property, or the API
    /// version of a resource. None where a comment would go with it.
    #[must_use]
    pub fn replace(&self, expression: ExpressionId, value: &New) -> Option<Vec<TextEdit>> {
        if matches!(self.template.kind(expression), ExpressionKind::Invalid) {
            return None;
        }
        let range = self.template.range(expression);
        let node = self.sound_node(range)?;
        if has_comment(node) {
            return None;
        }
        let edit = match self.source.language {
            Language::Json => self.replaced_json(node, range, value)?,
            _ => self.replaced_bicep(node, range, value)?,
        };
        let TextRange { start, end } = edit.range;
        let old = self.source.slice(start as usize, end as usize);
        Some(vec![without_common_lines(old, &edit)])
    }

    /// Whether there is a comment somewhere in an expression.
    #[must_use]
    pub fn has_comment(&self, expression: ExpressionId) -> bool {
        let range = self.template.range(expression);
        let root = self.document.root();
        root.descendant_for_byte_range(range.start as usize, range.end as usize)
            .is_some_and(has_comment)
    }

    fn replaced_bicep(&self, node: Node<'_>, range: TextRange, value: &New) -> Option<TextEdit> {
        let writer = self.bicep();
        if node.kind() == "string_content" || TextRange::from(node) != range {
            // Part of a string, such as the version in the type of a resource.
            let New::String(text) = value else {
                return None;
            };
            if !matches!(node.kind(), "string_content" | "string") {
                return None;
            }
            let mut escaped = String::new();
            bicep::escape(text, &mut escaped);
            return Some(TextEdit::replace(range, escaped));
        }
        let mut node = node;
        let mut parent = node.parent()?;
        // Parentheses around a choice go with it; what a copy is made of may need them.
        if node.kind() == "ternary_expression" && !matches!(value, New::Copy(_)) {
            while parent.kind() == "parenthesized_expression"
                && !has_comment(parent)
                && parent.parent().is_some_and(may_be_bare)
            {
                node = parent;
                parent = node.parent()?;
            }
        }
        let range = TextRange::from(node);
        if parent.kind() == "property" && parent.child_by_field_name("name") == Some(node) {
            let key = writer.key(&Key::from(value.clone()))?;
            return Some(TextEdit::replace(range, key));
        }
        let text = if has_whole(parent) {
            self.laid_out(node, &writer.value(value)?)
        } else {
            writer.expression(value)?
        };
        Some(TextEdit::replace(range, text))
    }

    fn replaced_json(&self, node: Node<'_>, range: TextRange, value: &New) -> Option<TextEdit> {
        let writer = self.arm();
        let mut whole = Some(node);
        while let Some(current) = whole
            && TextRange::from(current) != range
            && current.kind() != "string"
        {
            whole = current.parent();
        }
        let whole = whole?;
        let written = TextRange::from(whole);
        if written != range && !self.is_all_of(written, range) {
            return Some(TextEdit::replace(range, writer.expression(value)?));
        }
        let parent = whole.parent()?;
        let text = if parent.kind() == "pair" && parent.child_by_field_name("key") == Some(whole) {
            writer.key(&Key::from(value.clone()))?
        } else {
            self.laid_out(whole, &writer.value(value)?)
        };
        Some(TextEdit::replace(written, text))
    }

    /// Whether an expression is all that a string of JSON holds.
    fn is_all_of(&self, string: TextRange, expression: TextRange) -> bool {
        let slice = |start, end| self.source.slice(start as usize, end as usize);
        let before = slice(string.start, expression.start);
        let after = slice(expression.end, string.end);
        before.trim_end() == "\"[" && after.trim_start() == "]\""
    }

    /// A value on one line where what is around it is on one and has room, else on several.
    fn laid_out(&self, node: Node<'_>, code: &Code) -> String {
        let inline = code.inline();
        let around = node.parent().and_then(|parent| match parent.kind() {
            "object" | "array" => Some(parent),
            _ => parent.parent(),
        });
        let around = around.and_then(|around| Collection::of(&self.source, around));
        let is_one_line = around.as_ref().is_some_and(Collection::is_one_line);
        let growth = inline.chars().count();
        let shrinkage = node.end_byte() - node.start_byte();
        let growth = growth.saturating_sub(shrinkage);
        if is_one_line && self.source.has_room(node.start_byte(), growth) {
            return inline;
        }
        let unit = around.map_or_else(|| self.source.unit().to_owned(), |around| around.unit());
        let style = Style {
            language: self.source.language,
            newline: self.source.newline(node.start_byte()),
            unit: &unit,
        };
        let mut text = code.tall(style, self.source.indentation(node.start_byte()));
        let end = node.end_byte();
        let rest = self.source.slice(end, self.source.line_end(end));
        if let Code::Commented { comment, .. } = code
            && rest.trim().is_empty()
        {
            text.push_str(" // ");
            text.push_str(comment);
        }
        text
    }
}

/// An edit without the lines that the text in its place begins or ends with too.
pub(super) fn without_common_lines(old: &str, edit: &TextEdit) -> TextEdit {
    let TextEdit {
        range,
        new_text: new,
    } = edit;
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

/// Whether a comment or directive is somewhere in a node.
pub(super) fn has_comment(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    matches!(node.kind(), "comment" | "directive") || node.children(&mut cursor).any(has_comment)
}

/// Whether a value in a node has the room to itself.
fn has_whole(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "property"
            | "array"
            | "variable_declaration"
            | "parameter_declaration"
            | "output_declaration"
    )
}

/// Whether the parentheses around a value in a node may go. Those of a condition belong to it.
fn may_be_bare(node: Node<'_>) -> bool {
    has_whole(node)
        || matches!(
            node.kind(),
            "parenthesized_expression" | "ternary_expression"
        )
}
