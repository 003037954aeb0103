//! Where the value of a secret comes from.

use template::model::{ParameterId, ParameterKind};
use template::program::{At, Program};
use template::value::{Piece, Symbol, Text, Value};

use super::places::{Kind, is_name_of_secret};
use crate::placeholders::{has_token, is_placeholder};

/// Where a secret comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// It is written in the template.
    Written(Written),
    /// A parameter that nobody in sight gives a value.
    Parameter(At<ParameterId>),
    /// A function that gives it while the template is deployed.
    Guarded(Value),
    /// A file that the template loads.
    Loaded,
}

/// A secret that is written in the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: Box<str>,
    /// Whether it visibly stands for a secret that somebody is to fill in.
    pub is_placeholder: bool,
}

/// Where the value of a secret comes from; none where it cannot be told, or there is no secret.
#[must_use]
pub fn source_of(program: &Program, value: &Value, kind: Kind) -> Option<Source> {
    match value {
        Value::Text(text) => match text.as_str() {
            Some(text) if kind == Kind::Secret => written(text),
            _ => in_text(program, text),
        },
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Parameter(id) => Some(Source::Parameter(*id)),
            Symbol::Member { object, .. } | Symbol::Element { object, .. } => match object {
                Value::Symbol(_) => source_of(program, object, kind),
                _ => None,
            },
            Symbol::Call {
                function,
                arguments,
            } => match &**function {
                "getsecret" => Some(Source::Guarded(value.clone())),
                list if list.starts_with("list") => Some(Source::Guarded(value.clone())),
                "loadfileasbase64" | "loadtextcontent" => Some(Source::Loaded),
                function if rewrites(function) => arguments
                    .iter()
                    .find_map(|argument| source_of(program, argument, kind)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function gives what it is given, in another spelling or in part.
pub(super) fn rewrites(function: &str) -> bool {
    [
        "base64",
        "base64tostring",
        "coalesce",
        "concat",
        "createarray",
        "createobject",
        "first",
        "format",
        "json",
        "last",
        "string",
        "tolower",
        "toupper",
        "trim",
        "union",
    ]
    .contains(&function)
}

/// Whether the value of a parameter can be read in the history of deployments, for sure.
#[must_use]
pub fn is_open(program: &Program, id: At<ParameterId>) -> bool {
    let parameter = program.parameter(id);
    !parameter.is_secure
        && !parameter.may_have_secure_parts
        && !matches!(parameter.kind, ParameterKind::Bool | ParameterKind::Int)
}

pub(super) fn holes(text: &Text) -> impl Iterator<Item = &Value> {
    text.pieces().iter().filter_map(|piece| match piece {
        Piece::Hole(hole) => Some(hole),
        Piece::Literal(_) => None,
    })
}

pub(super) fn literals(text: &Text) -> impl Iterator<Item = &str> {
    text.pieces().iter().filter_map(|piece| match piece {
        Piece::Literal(literal) => Some(&**literal),
        Piece::Hole(_) => None,
    })
}

/// A text that is known in whole, as a secret.
fn written(text: &str) -> Option<Source> {
    let text = text.trim();
    let is_placeholder = is_placeholder(text);
    if text.is_empty() || is_named_value(text) || has_token(text) && !is_placeholder {
        return None;
    }
    Some(Source::Written(Written {
        text: text.into(),
        is_placeholder,
    }))
}

/// The credential in a text that has other things as well.
fn in_text(program: &Program, text: &Text) -> Option<Source> {
    if literals(text).any(is_named_value) {
        return None;
    }
    let mut is_behind_mark = false;
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => {
                if let Some(found) = marked(literal).and_then(written) {
                    return Some(found);
                }
                is_behind_mark = ends_with_mark(literal);
            }
            Piece::Hole(hole) if is_behind_mark => {
                return source_of(program, hole, Kind::Secret);
            }
            Piece::Hole(_) => is_behind_mark = false,
        }
    }
    let sources: Vec<_> = holes(text)
        .filter_map(|hole| source_of(program, hole, Kind::Secret))
        .collect();
    let is_guarded = |source: &&Source| match source {
        Source::Guarded(_) => true,
        Source::Parameter(id) => !is_open(program, *id),
        Source::Written(_) | Source::Loaded => false,
    };
    let is_named = |source: &&Source| match source {
        Source::Parameter(id) => {
            let name = &program.parameter(*id).name.text;
            is_name_of_secret(name) || name.to_ascii_lowercase().ends_with("key")
        }
        Source::Guarded(_) | Source::Written(_) | Source::Loaded => false,
    };
    let guarded = sources.iter().find(is_guarded);
    guarded.or_else(|| sources.iter().find(is_named)).cloned()
}

/// What stands before a credential in a longer text, in lower case.
const MARKS: [&str; 9] = [
    "accesskey=",
    "accountkey=",
    "basic ",
    "bearer ",
    "password=",
    "pwd=",
    "secret=",
    "sharedaccesskey=",
    "sig=",
];

fn ends_with_mark(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.ends_with(mark))
}

/// The text behind the first mark, up to the end of its field.
fn marked(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let end = |mark: &&str| Some(lower.find(*mark)? + mark.len());
    let start = MARKS.iter().filter_map(end).min()?;
    let rest = &text[start..];
    let end = rest.find([';', ',', '&', '"']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|field| !field.trim().is_empty())
}

/// Whether a text refers to a named value ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/api-management/api-management-howto-properties
#[must_use]
pub fn is_named_value(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}
