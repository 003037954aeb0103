//! Strings of Bicep.

use std::borrow::Cow;

use syntax::TextRange;
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::{Lowering, is_damaged, text};
use crate::model::{ExpressionId, ExpressionKind, Segment};

impl Lowering<'_> {
    /// Lowers a string, with or without holes, on one line or several.
    pub(super) fn string(&mut self, node: Node<'_>) -> ExpressionId {
        if is_damaged(node) {
            return self.builder.invalid(node.into());
        }
        let is_multiline = node.kind() == "multiline_string";
        let mut segments = Vec::new();
        let mut literal = String::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "string_content" => {
                    literal.push_str(text(self.source, child));
                }
                "escape_sequence" => {
                    let escape = text(self.source, child);
                    literal.push_str(&unescape(escape));
                }
                "interpolation" => {
                    if !literal.is_empty() {
                        segments.push(Segment::Text(std::mem::take(&mut literal).into()));
                    }
                    let value =
                        self.optional_expression(child.field(Field::Value), TextRange::from(child));
                    segments.push(Segment::Hole(value));
                }
                _ => {}
            }
        }
        if !literal.is_empty() {
            segments.push(Segment::Text(literal.into()));
        }
        if is_multiline && let Some(Segment::Text(first)) = segments.first_mut() {
            // A line break right behind the opening quotes is not part of the string.
            let rest = first
                .strip_prefix("\r\n")
                .or_else(|| first.strip_prefix('\n'));
            if let Some(rest) = rest {
                *first = rest.into();
            }
        }
        let kind = match segments.as_slice() {
            [] => ExpressionKind::String("".into()),
            [Segment::Text(text)] => ExpressionKind::String(text.clone()),
            _ => ExpressionKind::Interpolation(segments),
        };
        self.builder.add(kind, node.into())
    }

    /// The text of a string without holes.
    pub(super) fn literal(&self, node: Node<'_>) -> Option<String> {
        literal(self.source, node)
    }
}

/// The text of a string without holes.
pub(super) fn literal(source: &str, node: Node<'_>) -> Option<String> {
    if is_damaged(node) {
        return None;
    }
    let mut literal = String::new();
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        let slice = text(source, child);
        match child.kind() {
            "string_content" => literal.push_str(slice),
            "escape_sequence" => literal.push_str(&unescape(slice)),
            _ => return None,
        }
    }
    Some(literal)
}

fn unescape(escape: &str) -> Cow<'static, str> {
    match escape {
        "\\n" => "\n".into(),
        "\\r" => "\r".into(),
        "\\t" => "\t".into(),
        _ => escape
            .strip_prefix("\\u{")
            .and_then(|rest| rest.strip_suffix('}'))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
            .map_or_else(
                || escape.get(1..).unwrap_or_default().to_owned().into(),
                |character| character.to_string().into(),
            ),
    }
}
