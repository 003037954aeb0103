//! Functions of strings.

use std::rc::Rc;

use crate::value::{Array, Object, Piece, Text, Value};

/// What a function of strings gives; none if it is not one, or its arguments do not tell.
pub(super) fn apply(function: &str, arguments: &[Value]) -> Option<Value> {
    let known = |text: String| Some(Value::string(&text));
    match (function, arguments) {
        ("format", [format, rest @ ..]) => format_text(format, rest),
        ("tolower", [text]) => known(text.as_str()?.to_lowercase()),
        ("toupper", [text]) => known(text.as_str()?.to_uppercase()),
        ("trim", [text]) => known(text.as_str()?.trim().to_owned()),
        ("string", [value]) => match value {
            Value::Text(_) | Value::Integer(_) | Value::Bool(_) => {
                let mut text = Text::default();
                text.push(value.clone());
                Some(text.into_value())
            }
            _ => None,
        },
        ("int", [value]) => match value {
            Value::Integer(_) => Some(value.clone()),
            value => Some(Value::Integer(value.as_str()?.trim().parse().ok()?)),
        },
        ("bool", [value]) => match value {
            Value::Bool(_) => Some(value.clone()),
            Value::Integer(number) => Some(Value::Bool(*number != 0)),
            value => match value.as_str()?.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(Value::Bool(true)),
                "false" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
        },
        ("replace", [text, from, to]) => {
            let (text, from) = both(text, from)?;
            (!from.is_empty()).then_some(())?;
            known(text.replace(from, to.as_str()?))
        }
        // These compare without regard to case, `contains` does not.
        ("startswith", [text, part]) => {
            let (text, part) = both(text, part)?;
            Some(Value::Bool(
                text.to_lowercase().starts_with(&part.to_lowercase()),
            ))
        }
        ("endswith", [text, part]) => {
            let (text, part) = both(text, part)?;
            Some(Value::Bool(
                text.to_lowercase().ends_with(&part.to_lowercase()),
            ))
        }
        ("contains", [text, part]) => {
            let (text, part) = both(text, part)?;
            Some(Value::Bool(text.contains(part)))
        }
        ("indexof", [text, part]) => {
            let (text, part) = both(text, part)?;
            position(text, |lower| lower.find(&part.to_lowercase()))
        }
        ("lastindexof", [text, part]) => {
            let (text, part) = both(text, part)?;
            position(text, |lower| lower.rfind(&part.to_lowercase()))
        }
        ("substring", [text, start]) => slice(text, start, None),
        ("substring", [text, start, length]) => slice(text, start, Some(length)),
        ("take", [text, count]) if text.as_str().is_some() => {
            slice_clamped(text.as_str()?, count, |count, _| 0..count)
        }
        ("skip", [text, count]) if text.as_str().is_some() => {
            slice_clamped(text.as_str()?, count, |count, length| count..length)
        }
        ("first", [text]) => known(text.as_str()?.chars().next().into_iter().collect()),
        ("last", [text]) => known(text.as_str()?.chars().next_back().into_iter().collect()),
        ("padleft", [text, Value::Integer(width), rest @ ..]) => {
            let padding = match rest {
                [] => " ",
                [padding] => padding.as_str()?,
                _ => return None,
            };
            let (text, width) = (plain(text)?, usize::try_from(*width).ok()?);
            let missing = width.saturating_sub(text.chars().count());
            (missing <= LONGEST_PADDING).then_some(())?;
            known(padding.repeat(missing) + &text)
        }
        ("uri", [base, relative]) => {
            let (base, relative) = both(base, relative)?;
            let base = base.strip_suffix('/').unwrap_or(base);
            // Joining by the rules of URIs replaces the last segment of a base without a final slash.
            let has_path = base.split_once("://")?.1.contains('/');
            (!has_path && !relative.contains("://")).then_some(())?;
            known(format!("{base}/{}", relative.trim_start_matches('/')))
        }
        ("empty", [value]) => is_empty(value).map(Value::Bool),
        ("length", [value]) => length(value).map(Value::Integer),
        ("json", [text]) => match text.as_str()?.trim() {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "{}" => Some(Value::Object(Rc::new(Object::default()))),
            "[]" => Some(Value::Array(Rc::new(Array {
                items: Vec::new(),
                is_open: false,
            }))),
            number => Some(Value::Integer(number.parse().ok()?)),
        },
        _ => None,
    }
}

/// The longest text that `padLeft` fills up.
const LONGEST_PADDING: usize = 1024;

fn both<'v>(a: &'v Value, b: &'v Value) -> Option<(&'v str, &'v str)> {
    Some((a.as_str()?, b.as_str()?))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        value => value.as_str().map(str::to_owned),
    }
}

/// A place in a text, in UTF-16 code units; -1 where there is none.
fn position(text: &str, find: impl Fn(&str) -> Option<usize>) -> Option<Value> {
    let lower = text.to_lowercase();
    let found = match find(&lower) {
        Some(at) => i64::try_from(lower[..at].encode_utf16().count()).ok()?,
        None => -1,
    };
    Some(Value::Integer(found))
}

fn slice(text: &Value, start: &Value, length: Option<&Value>) -> Option<Value> {
    let units: Vec<u16> = text.as_str()?.encode_utf16().collect();
    let Value::Integer(start) = start else {
        return None;
    };
    let start = usize::try_from(*start).ok()?;
    let end = match length {
        None => units.len(),
        Some(Value::Integer(length)) => start.checked_add(usize::try_from(*length).ok()?)?,
        Some(_) => return None,
    };
    let part = String::from_utf16(units.get(start..end)?).ok()?;
    Some(Value::string(&part))
}

fn slice_clamped(
    text: &str,
    count: &Value,
    range: impl Fn(usize, usize) -> std::ops::Range<usize>,
) -> Option<Value> {
    let Value::Integer(count) = count else {
        return None;
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let count = usize::try_from(*count).unwrap_or(0).min(units.len());
    let part = String::from_utf16(units.get(range(count, units.len()))?).ok()?;
    Some(Value::string(&part))
}

/// `format` with plain holes (`{0}`); other holes align or convert and are not computed.
fn format_text(format: &Value, arguments: &[Value]) -> Option<Value> {
    let mut rest = format.as_str()?;
    let mut text = Text::default();
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            text.push_str(&rest[..1]);
            rest = &rest[2..];
            continue;
        }
        let (number, after) = rest.strip_prefix('{')?.split_once('}')?;
        text.push(arguments.get(number.parse::<usize>().ok()?)?.clone());
        rest = after;
    }
    text.push_str(rest);
    Some(text.into_value())
}

fn is_empty(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(true),
        Value::Text(text) => match text.as_str() {
            Some(text) => Some(text.is_empty()),
            None => text
                .pieces()
                .iter()
                .any(|piece| matches!(piece, Piece::Literal(_)))
                .then_some(false),
        },
        Value::Array(array) if !array.is_open => Some(array.items.is_empty()),
        Value::Object(object) if !object.is_open => Some(object.entries.is_empty()),
        Value::Object(object) if !object.entries.is_empty() => Some(false),
        Value::Id(_) => Some(false),
        _ => None,
    }
}

fn length(value: &Value) -> Option<i64> {
    let length = match value {
        Value::Text(text) => text.as_str()?.encode_utf16().count(),
        Value::Array(array) if !array.is_open => array.items.len(),
        Value::Object(object) if !object.is_open => object.entries.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}
