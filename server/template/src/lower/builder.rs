//! What both lowerings share: the template under construction.

use syntax::{Language, TextRange};

use crate::model::{
    Expression, ExpressionId, ExpressionKind, LocalId, Object, Parameter, ParameterKind,
    Repetition, Template,
};

/// How deep expressions may nest. Deeper ones are invalid: no template is, and the stack is finite.
pub(crate) const MAXIMUM_DEPTH: u32 = 256;

/// A template under construction.
pub(crate) struct Builder {
    /// The template so far.
    pub(crate) template: Template,
}

impl Builder {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            template: Template::empty(language),
        }
    }

    /// Adds an expression.
    pub(crate) fn add(&mut self, kind: ExpressionKind, range: TextRange) -> ExpressionId {
        let id = ExpressionId(self.template.expressions.len() as u32);
        self.template.expressions.push(Expression { kind, range });
        id
    }

    /// Adds an expression that could not be read.
    pub(crate) fn invalid(&mut self, range: TextRange) -> ExpressionId {
        self.add(ExpressionKind::Invalid, range)
    }

    /// Adds an object with no members that could be read.
    pub(crate) fn unreadable_object(&mut self, range: TextRange) -> ExpressionId {
        self.add(ExpressionKind::Object(Object::default()), range)
    }

    /// Lets a parameter, whose type is known, be null; `range` is where that is written.
    pub(crate) fn may_be_left_out(&mut self, parameter: &mut Parameter, range: TextRange) {
        let null = self.add(ExpressionKind::Null, range);
        if parameter.kind == ParameterKind::Bool && parameter.allowed.is_empty() {
            let values = [true, false].map(|value| self.add(ExpressionKind::Bool(value), range));
            parameter.allowed.extend(values);
        }
        if !parameter.allowed.is_empty() {
            parameter.allowed.push(null);
        }
        parameter.is_optional = parameter.default.is_none();
        parameter.default.get_or_insert(null);
    }

    /// A name that a loop, lambda or function binds.
    pub(crate) fn local(&mut self) -> LocalId {
        let id = LocalId(self.template.locals.len() as u32);
        self.template.locals.push(None);
        id
    }

    /// A loop over something, with the names that it binds.
    pub(crate) fn repetition(&mut self, iterable: ExpressionId) -> Repetition {
        let repetition = Repetition {
            item: self.local(),
            index: self.local(),
            iterable,
        };
        self.template.locals[repetition.item.0 as usize] = Some(repetition);
        repetition
    }
}
