//! `format`, with what `String.Format` of .NET lets a hole say ([formats]).
//!
//! [formats]: https://learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings

use super::text::LONGEST_PADDING;
use crate::value::{Text, Value};

/// A format with its holes filled; none where one of them is filled in a way that is not known.
pub(super) fn format_text(format: &Value, arguments: &[Value]) -> Option<Value> {
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
        let (hole, after) = rest.strip_prefix('{')?.split_once('}')?;
        text.push(filled(hole, arguments)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text.into_value())
}

/// What fills a hole: `0`, `0,-8`, `0:D3`, `0,8:N0`.
fn filled(hole: &str, arguments: &[Value]) -> Option<Value> {
    let (hole, format) = match hole.split_once(':') {
        Some((hole, format)) => (hole, Some(format)),
        None => (hole, None),
    };
    let (index, width) = match hole.split_once(',') {
        Some((index, width)) => (index, Some(width)),
        None => (hole, None),
    };
    let value = arguments.get(number(index)?)?;
    if format.is_none() && width.is_none() {
        return Some(value.clone());
    }
    let mut text = match (value, format) {
        (Value::Integer(number), Some(format)) => formatted(*number, format)?,
        (Value::Integer(number), None) => number.to_string(),
        (value, None) => value.as_str()?.to_owned(),
        (_, Some(_)) => return None,
    };
    if let Some(width) = width {
        let (width, is_left) = match width.strip_prefix('-') {
            Some(width) => (number(width)?, true),
            None => (number(width)?, false),
        };
        let missing = width.saturating_sub(text.encode_utf16().count());
        if missing > LONGEST_PADDING {
            return None;
        }
        let padding = " ".repeat(missing);
        text = if is_left {
            text + &padding
        } else {
            padding + &text
        };
    }
    Some(Value::string(&text))
}

fn number(digits: &str) -> Option<usize> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// A number as `D`, `N0`, `X` or a row of zeros makes it.
fn formatted(number: i64, format: &str) -> Option<String> {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs().to_string();
    let padded = |digits: String, width: usize| {
        let missing = width.saturating_sub(digits.len());
        (missing <= LONGEST_PADDING).then(|| "0".repeat(missing) + &digits)
    };
    let width = |rest: &str| match rest {
        "" => Some(0),
        rest => self::number(rest),
    };
    if !format.is_empty() && format.bytes().all(|byte| byte == b'0') {
        return Some(format!("{sign}{}", padded(digits, format.len())?));
    }
    match format.split_at_checked(1)? {
        ("D" | "d", rest) => Some(format!("{sign}{}", padded(digits, width(rest)?)?)),
        ("N" | "n", "0") => Some(format!("{sign}{}", grouped(&digits))),
        // How many digits a negative number has depends on its size in the engine.
        ("X", rest) if number >= 0 => padded(format!("{number:X}"), width(rest)?),
        ("x", rest) if number >= 0 => padded(format!("{number:x}"), width(rest)?),
        _ => None,
    }
}

fn grouped(digits: &str) -> String {
    let mut result = String::new();
    for (number, digit) in digits.chars().enumerate() {
        if number > 0 && (digits.len() - number).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}
