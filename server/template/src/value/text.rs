//! Strings with holes.

use std::rc::Rc;

use super::Value;

/// A string with holes. Neighbouring literal pieces are joined and empty ones left out, so that
/// equal texts have equal pieces.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug)]
pub enum Piece {
    /// Known text.
    Literal(Rc<str>),
    /// A value that is not known as text.
    Hole(Value),
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut result = Self::default();
        result.push_str(text);
        result
    }
}

impl Text {
    /// The pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text, if it is known in whole.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Appends known text.
    pub fn push_str(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Literal(last)) => *last = format!("{last}{text}").into(),
            _ => self.pieces.push(Piece::Literal(text.into())),
        }
    }

    /// Appends a value as a string interpolation does.
    pub fn push(&mut self, value: Value) {
        match value {
            Value::Text(text) => {
                for piece in text.pieces {
                    match piece {
                        Piece::Literal(text) => self.push_str(&text),
                        Piece::Hole(value) => self.pieces.push(Piece::Hole(value)),
                    }
                }
            }
            Value::Bool(value) => self.push_str(if value { "True" } else { "False" }),
            Value::Integer(value) => self.push_str(&value.to_string()),
            Value::Null => {}
            hole => self.pieces.push(Piece::Hole(hole)),
        }
    }

    /// The text as a value: a text that is nothing but one hole is what fills it.
    #[must_use]
    pub fn into_value(mut self) -> Value {
        match self.pieces.as_slice() {
            [Piece::Hole(_)] => match self.pieces.pop() {
                Some(Piece::Hole(value)) => value,
                _ => Value::Text(self),
            },
            _ => Value::Text(self),
        }
    }

    /// The text split at a separator, each part with the holes it has.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut part = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    for (number, text) in text.split(separator).enumerate() {
                        if number > 0 {
                            parts.push(std::mem::take(&mut part).into_value());
                        }
                        part.push_str(text);
                    }
                }
                Piece::Hole(value) => part.pieces.push(Piece::Hole(value.clone())),
            }
        }
        parts.push(part.into_value());
        parts
    }
}
