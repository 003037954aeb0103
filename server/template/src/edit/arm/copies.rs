//! Expressions of a template of ARM JSON, copied as they are written.

use syntax::TextRange;

use super::Writer;
use super::text::{bracketed, call, literal, on_one_line};
use crate::edit::code::Code;
use crate::edit::copy::is_free;
use crate::model::{ExpressionId, ExpressionKind, Member};

impl Writer<'_> {
    /// An expression of the template as part of another.
    pub(super) fn copy(&self, expression: ExpressionId) -> Option<String> {
        if !is_free(self.template, expression) {
            return None;
        }
        match self.template.kind(expression) {
            ExpressionKind::String(text) => Some(literal(text)),
            ExpressionKind::Bool(value) => Some(format!("{value}()")),
            ExpressionKind::Null => Some("null()".to_owned()),
            _ => {
                let text = self.text(expression);
                // Objects and arrays of JSON have no place in an expression.
                (!text.starts_with(['{', '[', '"'])).then(|| on_one_line(text))
            }
        }
    }

    /// An expression of the template as part of another, where objects and arrays of JSON are made by
    /// functions.
    pub(in crate::edit) fn as_expression(&self, expression: ExpressionId) -> Option<String> {
        let text = self.text(expression);
        match self.template.kind(expression) {
            ExpressionKind::Array(items) if text.starts_with('[') => {
                let items = items.iter().map(|item| self.as_expression(item.value));
                Some(call("createArray", &items.collect::<Option<Vec<_>>>()?))
            }
            ExpressionKind::Object(object) if text.starts_with('{') => {
                let mut arguments = Vec::new();
                for member in &object.members {
                    let Member::Property(property) = member else {
                        return None;
                    };
                    arguments.push(self.as_expression(property.key)?);
                    arguments.push(self.as_expression(property.value)?);
                }
                object.is_complete.then(|| call("createObject", &arguments))
            }
            _ => self.copy(expression),
        }
    }

    /// Whether an expression, as it is written, asks for what is known only once something is deployed.
    pub(in crate::edit) fn is_of_run_time(&self, expression: ExpressionId) -> bool {
        let kind = self.template.kind(expression);
        let is_asked = matches!(kind, ExpressionKind::Call { function, .. }
            if function.starts_with("reference") || function.starts_with("list"));
        let mut parts = kind.parts().into_iter();
        is_asked || parts.any(|part| self.is_of_run_time(part))
    }

    pub(super) fn copied_value(&self, expression: ExpressionId) -> Option<Code> {
        let text = self.text(expression);
        let is_json = match self.template.kind(expression) {
            ExpressionKind::Bool(_) | ExpressionKind::Null => !text.ends_with(')'),
            ExpressionKind::Integer(_) => true,
            _ => text.starts_with(['{', '[', '"']),
        };
        Some(Code::Text(if is_json {
            is_free(self.template, expression).then(|| text.to_owned())?
        } else {
            bracketed(&self.copy(expression)?)
        }))
    }

    fn text(&self, expression: ExpressionId) -> &str {
        let TextRange { start, end } = self.template.range(expression);
        self.source.slice(start as usize, end as usize)
    }
}
