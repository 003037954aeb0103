//! Functions of strings.

use super::collections::sorted;
use super::format::format_text;
use crate::facts;
use crate::value::{Piece, Symbol, Text, Value};

/// The longest text that a function makes of shorter ones.
pub(super) const LONGEST_TEXT: usize = 1 << 20;
/// The most places at which `replace` puts a value that is not known.
const MOST_HOLES: usize = 64;
/// The longest text that `padLeft` and `format` fill up.
pub(super) const LONGEST_PADDING: usize = 1024;

/// A text with each occurrence of a part replaced by a value, which need not be known as text.
fn replaced(text: &str, from: &str, to: &Value) -> Option<Value> {
    if let Some(to) = to.as_str() {
        let length = text.matches(from).count().saturating_mul(to.len());
        return (length <= LONGEST_TEXT).then(|| Value::string(&text.replace(from, to)));
    }
    let is_text = matches!(to, Value::Text(_) | Value::Symbol(_));
    (is_text && text.matches(from).count() <= MOST_HOLES).then_some(())?;
    let mut result = Text::default();
    for (number, part) in text.split(from).enumerate() {
        if number > 0 {
            result.push(to.clone());
        }
        result.push_str(part);
    }
    Some(result.into_value())
}

/// What a function of strings gives; none if it is not one, or its arguments do not tell.
pub(super) fn apply(function: &str, arguments: &[Value]) -> Option<Value> {
    let known = |text: String| Some(Value::string(&text));
    match (function, arguments) {
        ("format", [format, rest @ ..]) => format_text(format, rest),
        ("tolower", [text]) => known(lower(text.as_str()?)?),
        ("toupper", [text]) => known(letter_by_letter(text.as_str()?, char::to_uppercase)?),
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
            replaced(text, from, to)
        }
        // These compare without regard to case, `contains` does not.
        ("startswith", [text, part]) => {
            let (text, part) = both_lower(text, part)?;
            Some(Value::Bool(text.starts_with(&part)))
        }
        ("endswith", [text, part]) => {
            let (text, part) = both_lower(text, part)?;
            Some(Value::Bool(text.ends_with(&part)))
        }
        ("like", [text, pattern]) => {
            let (text, pattern) = both_lower(text, pattern)?;
            (!pattern.contains('?')).then(|| Value::Bool(is_like(&text, &pattern)))
        }
        ("contains", [text, part]) => {
            let (text, part) = both(text, part)?;
            Some(Value::Bool(text.contains(part)))
        }
        ("indexof", [text, part]) => {
            let (text, part) = both_lower(text, part)?;
            position(&text, text.find(&part))
        }
        // Versions of .NET differ in where nothing is found last.
        ("lastindexof", [text, part]) => {
            let (text, part) = both_lower(text, part)?;
            (!part.is_empty()).then_some(())?;
            position(&text, text.rfind(&part))
        }
        ("substring", [text, start]) => slice(text, start, None),
        ("substring", [text, start, length]) => slice(text, start, Some(length)),
        ("take", [text, count]) if text.as_str().is_some() => {
            slice_clamped(text.as_str()?, count, |count, _| 0..count)
        }
        ("skip", [text, count]) if text.as_str().is_some() => {
            slice_clamped(text.as_str()?, count, |count, length| count..length)
        }
        ("first", [text]) => character(text.as_str()?.chars().next()),
        ("last", [text]) => character(text.as_str()?.chars().next_back()),
        ("padleft", [text, Value::Integer(width), rest @ ..]) => {
            let padding = match rest {
                [] => " ",
                [padding] => padding.as_str()?,
                _ => return None,
            };
            let (text, width) = (plain(text)?, usize::try_from(*width).ok()?);
            let missing = width.saturating_sub(text.encode_utf16().count());
            (missing <= LONGEST_PADDING && padding.encode_utf16().count() == 1).then_some(())?;
            known(padding.repeat(missing) + &text)
        }
        ("empty", [value]) => is_empty(value).map(Value::Bool),
        ("length", [value]) => length(value).map(Value::Integer),
        _ => None,
    }
}

fn both<'v>(a: &'v Value, b: &'v Value) -> Option<(&'v str, &'v str)> {
    Some((a.as_str()?, b.as_str()?))
}

fn both_lower(a: &Value, b: &Value) -> Option<(String, String)> {
    Some((lower(a.as_str()?)?, lower(b.as_str()?)?))
}

fn lower(text: &str) -> Option<String> {
    letter_by_letter(text, char::to_lowercase)
}

/// A text in another case, each letter by itself as .NET does it; none where a letter becomes
/// several, or one of the alphabet that it is not compared with (the sign of Kelvin).
fn letter_by_letter<I: Iterator<Item = char>>(
    text: &str,
    convert: fn(char) -> I,
) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    for letter in text.chars() {
        let mut all = convert(letter);
        let converted = all.next()?;
        if all.next().is_some() || converted.is_ascii() != letter.is_ascii() {
            return None;
        }
        result.push(converted);
    }
    Some(result)
}

/// Whether a text is as a pattern says, in which `*` is any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut text) = text
        .strip_prefix(start)
        .and_then(|text| text.strip_suffix(end))
    else {
        return false;
    };
    for part in middle.split('*') {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// What is a character of its own in UTF-16, in which the engine counts.
fn character(char: Option<char>) -> Option<Value> {
    match char {
        None => Some(Value::string("")),
        Some(char) => (char.len_utf16() == 1).then(|| Value::string(&char.to_string())),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        value => value.as_str().map(str::to_owned),
    }
}

/// A place in a text, in UTF-16 code units; -1 where there is none.
fn position(text: &str, found: Option<usize>) -> Option<Value> {
    let position = match found {
        Some(at) => i64::try_from(text[..at].encode_utf16().count()).ok()?,
        None => -1,
    };
    Some(Value::Integer(position))
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
        Value::Array(array) if !array.is_open() => Some(array.items.is_empty()),
        Value::Object(object) if !object.is_open() => Some(object.entries.is_empty()),
        Value::Object(object) if !object.entries.is_empty() => Some(false),
        Value::Id(_) => Some(false),
        value if is_never_empty(value) => Some(false),
        _ => None,
    }
}

/// Whether a value that Azure gives at run time is a text with something in it: the id of an identity, the
/// address of a vault, where something is deployed to.
pub(in crate::evaluate) fn is_never_empty(value: &Value) -> bool {
    let Value::Symbol(symbol) = value else {
        return false;
    };
    let (name, of): (&str, _) = match &**symbol {
        Symbol::Property { path, .. } => match path.last() {
            Some(name) => (name, &facts::FILLED_PROPERTIES[..]),
            None => return false,
        },
        Symbol::Member {
            object: Value::Symbol(object),
            name,
        } => match &**object {
            Symbol::Call { function, .. }
                if ["resourcegroup", "subscription", "tenant"].contains(&&**function) =>
            {
                (name, &facts::FILLED_SURROUNDINGS[..])
            }
            _ => return false,
        },
        _ => return false,
    };
    of.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn length(value: &Value) -> Option<i64> {
    let length = match value {
        Value::Text(text) => text.as_str()?.encode_utf16().count(),
        Value::Array(array) if !array.is_open() => array.items.len(),
        Value::Object(object) if !object.is_open() => sorted(object)?.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}
