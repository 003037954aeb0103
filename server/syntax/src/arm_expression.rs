//! Expressions of ARM templates: `"[concat(parameters('a'), 'b')]"`.
//!
//! An expression lives inside a string of JSON, so its text has gone through two encodings. Here
//! it is read from the string as written, and every range is one of the document: between node
//! and text there is no second coordinate system.
//!
//! The language has calls, `.member`, `[index]`, strings in single quotes and integers
//! ([Template expressions]). It has no operators, and no names that are not called.
//!
//! Invariants: any input gives a value, in linear time and bounded stack; a range lies inside the
//! string, on character boundaries; what could not be read is [`Kind::Invalid`].
//!
//! [Template expressions]: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions

mod json_string;
mod parser;

use crate::TextRange;
use json_string::Decoded;
use parser::Parser;

/// How deep an expression may nest, and how long a chain of `.member` and `[index]` may be. A
/// deeper part is invalid: no template has one, and whoever walks an expression has a finite stack.
pub const MAXIMUM_DEPTH: u32 = 200;

/// What a string of an ARM template stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Itself, unescaped.
    Text(Box<str>),
    /// An expression.
    Expression {
        /// The expression.
        expression: Expression,
        /// The number of nodes on the longest path into it; at most [`MAXIMUM_DEPTH`].
        height: u32,
    },
    /// Nothing: the string is not valid JSON.
    Malformed,
}

/// An expression and its place in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What it is.
    pub kind: Kind,
    /// Where it is written.
    pub range: TextRange,
}

/// A name and its place in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as written.
    pub text: Box<str>,
    /// Where it is written.
    pub range: TextRange,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not readable.
    Invalid,
    /// `'text'`, unescaped.
    String(Box<str>),
    /// An integer.
    Integer(i64),
    /// `function(arguments)`, `namespace.function(arguments)`
    Call {
        /// The namespace.
        namespace: Option<Name>,
        /// The function.
        function: Name,
        /// The arguments.
        arguments: Vec<Expression>,
    },
    /// `object.name`
    Member {
        /// The object.
        object: Box<Expression>,
        /// The property.
        name: Name,
    },
    /// `object[index]`
    Index {
        /// The array or object.
        object: Box<Expression>,
        /// The index or key.
        index: Box<Expression>,
    },
}

/// Reads a string of JSON: `raw` is what is written between its quotes, which begins at byte
/// `start` of the document.
///
/// A string is an expression if it begins with `[` and ends with `]`, unless it begins with `[[`,
/// which stands for a plain `[`.
#[must_use]
pub fn parse(raw: &str, start: u32) -> Value {
    let Some(decoded) = Decoded::new(raw, start) else {
        return Value::Malformed;
    };
    let text = decoded.text();
    if let Some(escaped) = text.strip_prefix("[[") {
        return Value::Text(format!("[{escaped}").into());
    }
    if text.len() >= 2 && text.starts_with('[') && text.ends_with(']') {
        let (expression, height) = Parser::new(&decoded).parse();
        return Value::Expression { expression, height };
    }
    let is_unclosed = text.matches('[').count() > text.matches(']').count();
    if text.starts_with('[') && text.contains('(') && is_unclosed {
        // To Azure this is text; far more likely it is an expression whose end is not typed yet.
        return Value::Malformed;
    }
    Value::Text(text.into())
}

/// The text of a string of JSON as written between its quotes, whatever it stands for in ARM; none
/// if it is not valid JSON.
#[must_use]
pub fn unescape(raw: &str) -> Option<Box<str>> {
    Decoded::new(raw, 0).map(|decoded| decoded.text().into())
}

#[cfg(test)]
mod tests;
