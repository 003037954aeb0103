//! Values put under a condition.

use syntax::{Language, TextEdit, TextRange};
use tree_sitter::Node;

use super::code::{Code, Entry};
use super::replace::has_comment;
use super::{Editor, New, merge};
use crate::model::{ExpressionId, ExpressionKind};

impl Editor<'_> {
    /// Lets a list be as it is written where a condition holds, and empty elsewhere. ARM JSON has no
    /// list of its own in an expression: it moves to a variable of a name, where it may.
    #[must_use]
    pub fn empty_unless(
        &self,
        list: ExpressionId,
        condition: &New,
        variable: &str,
    ) -> Option<Vec<TextEdit>> {
        match self.template.kind(list) {
            // A loop has no place in a condition: it goes over nothing.
            ExpressionKind::For { repetition, .. } if self.source.language == Language::Bicep => {
                self.wrapped(repetition.iterable, condition)
            }
            ExpressionKind::Invalid | ExpressionKind::For { .. } => None,
            kind if self.source.language == Language::Bicep => {
                let [before, after] = self.around(condition)?;
                let range = self.with_brackets(list)?;
                let is_loose = matches!(
                    kind,
                    ExpressionKind::Conditional { .. } | ExpressionKind::Lambda { .. }
                );
                let is_bare = is_loose && range == self.template.range(list);
                let (open, close) = if is_bare { ("(", ")") } else { ("", "") };
                Some(vec![
                    TextEdit::insert(range.start, format!("{before}{open}")),
                    TextEdit::insert(range.end, format!("{close}{after}")),
                ])
            }
            _ => self.empty_unless_in_json(list, condition, variable),
        }
    }

    /// Puts what a loop of Bicep goes over under a condition, all of it in brackets.
    fn wrapped(&self, expression: ExpressionId, condition: &New) -> Option<Vec<TextEdit>> {
        let [before, after] = self.around(condition)?;
        let range = self.template.range(expression);
        let is_bare = self.with_brackets(expression)? == range;
        let (open, close) = if is_bare { ("(", ")") } else { ("", "") };
        Some(vec![
            TextEdit::insert(range.start, format!("{open}{before}")),
            TextEdit::insert(range.end, format!("{after}{close}")),
        ])
    }

    /// What stands in front of and behind a list of Bicep under a condition.
    fn around(&self, condition: &New) -> Option<[String; 2]> {
        let condition = self.bicep().operand(condition)?;
        Some([format!("{condition} ? "), " : []".to_owned()])
    }

    /// Where an expression of Bicep is, with the brackets around it.
    fn with_brackets(&self, expression: ExpressionId) -> Option<TextRange> {
        let mut node = self.sound_node(self.template.range(expression))?;
        while let Some(around) = node.parent()
            && around.kind() == "parenthesized_expression"
        {
            node = around;
        }
        Some(node.into())
    }

    fn empty_unless_in_json(
        &self,
        list: ExpressionId,
        condition: &New,
        variable: &str,
    ) -> Option<Vec<TextEdit>> {
        let node = self.sound_node(self.template.range(list))?;
        let arm = self.arm();
        let empty = New::Array(Vec::new());
        if node.kind() != "array" {
            let [condition, empty] = [arm.expression(condition)?, arm.expression(&empty)?];
            let range = self.template.range(list);
            let written = self.source.slice(range.start as usize, range.end as usize);
            return (!written.starts_with('"')).then(|| {
                vec![
                    TextEdit::insert(range.start, format!("if({condition}, ")),
                    TextEdit::insert(range.end, format!(", {empty})")),
                ]
            });
        }
        if !arm.is_of_run_time(list) {
            let lines = Code::Lines(self.lines(node)?);
            let moved = New::Variable(variable.to_owned());
            let list_where = New::conditional(condition.clone(), moved, empty);
            let text = arm.value(&list_where)?.inline();
            let head = format!("\"{variable}\": ");
            return merge(vec![
                self.add_to_section("variables", vec![Entry { head, code: lines }])?,
                vec![TextEdit::replace(self.template.range(list), text)],
            ]);
        }
        if has_comment(node) {
            return None;
        }
        let text = format!(
            "\"[if({}, {}, {})]\"",
            arm.expression(condition)?,
            arm.as_expression(list)?,
            arm.expression(&empty)?
        );
        Some(vec![TextEdit::replace(self.template.range(list), text)])
    }

    /// The lines of what is written at a node, without the indentation that they have in common; none
    /// where a text or comment goes over lines, which would not be the same.
    pub(super) fn lines(&self, node: Node<'_>) -> Option<Vec<String>> {
        let mut pending = vec![node];
        while let Some(next) = pending.pop() {
            let text = self.source.slice(next.start_byte(), next.end_byte());
            if matches!(next.kind(), "string" | "comment") && text.trim_end().contains('\n') {
                return None;
            }
            let mut cursor = next.walk();
            pending.extend(next.children(&mut cursor));
        }
        let indentation = self.source.indentation(node.start_byte());
        let text = self.source.slice(node.start_byte(), node.end_byte());
        Some(dedented(text, indentation))
    }
}

/// The lines of a text without blanks at their ends, each but the first without an indentation.
pub(super) fn dedented(text: &str, indentation: &str) -> Vec<String> {
    let lines = text.lines().enumerate().map(|(index, line)| {
        let own = match line.strip_prefix(indentation) {
            Some(rest) if index > 0 => rest,
            None => line.trim_start(),
            Some(_) => line,
        };
        own.trim_end().to_owned()
    });
    lines.collect()
}
