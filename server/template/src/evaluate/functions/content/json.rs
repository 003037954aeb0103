//! JSON as the engine of Azure takes it: with comments, single quotes, names without quotes and
//! trailing commas. The documentation itself has [single quotes].
//!
//! [single quotes]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string#base64tojson

use std::rc::Rc;

use super::{MAXIMUM_DEPTH, Maker, Repeated};
use crate::model::ExpressionId;
use crate::program::At;
use crate::value::{Array, Reason, Rest, Value};

/// The value of a JSON text.
pub(in super::super) fn json(text: &str, origin: At<ExpressionId>) -> Option<Value> {
    let mut reader = Reader {
        rest: text,
        depth: 0,
        maker: Maker::new(text, origin)?,
    };
    let value = reader.value()?;
    reader.skip_space()?;
    reader.rest.is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
    depth: u32,
    maker: Maker,
}

impl<'t> Reader<'t> {
    fn value(&mut self) -> Option<Value> {
        self.maker.count(1)?;
        self.skip_space()?;
        match self.rest.chars().next()? {
            quote @ ('"' | '\'') => self.string(quote).map(|text| Value::string(&text)),
            '[' => self.nested(Self::array),
            '{' => self.nested(Self::object),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.rest = &self.rest[1..];
        self.depth += 1;
        if self.depth > MAXIMUM_DEPTH {
            return None;
        }
        let value = read(self)?;
        self.depth -= 1;
        Some(value)
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        while !self.is_next(']')? {
            let value = self.value()?;
            items.push(self.maker.lazy(value));
            if !self.is_next(',')? {
                if self.is_next(']')? {
                    break;
                }
                return None;
            }
        }
        Some(Value::Array(Rc::new(Array {
            items,
            rest: Rest::none(),
        })))
    }

    fn object(&mut self) -> Option<Value> {
        let mut properties = Vec::new();
        while !self.is_next('}')? {
            let name = match self.rest.chars().next()? {
                quote @ ('"' | '\'') => self.string(quote)?,
                _ => self
                    .bare(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '$'))?
                    .to_owned(),
            };
            if !self.is_next(':')? {
                return None;
            }
            properties.push((name, self.value()?));
            if !self.is_next(',')? {
                if self.is_next('}')? {
                    break;
                }
                return None;
            }
        }
        self.maker.object(properties, Repeated::LastWins)
    }

    /// Whether this is what comes next; then it is taken.
    fn is_next(&mut self, char: char) -> Option<bool> {
        self.skip_space()?;
        Some(match self.rest.strip_prefix(char) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        })
    }

    /// Skips white space and comments; none where a comment does not end.
    fn skip_space(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
            if let Some(comment) = self.rest.strip_prefix("//") {
                let end = comment.find(['\r', '\n']).unwrap_or(comment.len());
                self.rest = &comment[end..];
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/")?.1;
            } else {
                return Some(());
            }
        }
    }

    fn bare(&mut self, belongs: fn(char) -> bool) -> Option<&'t str> {
        let end = self
            .rest
            .find(|char| !belongs(char))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn word(&mut self) -> Option<Value> {
        let word =
            self.bare(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '+' | '.'))?;
        Some(match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number => number_value(number)?,
        })
    }

    fn string(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest[1..].chars();
        loop {
            match chars.next()? {
                '\\' => text.push(match chars.next()? {
                    'b' => '\u{8}',
                    't' => '\t',
                    'n' => '\n',
                    'f' => '\u{c}',
                    'r' => '\r',
                    'u' => {
                        let first = unit(&mut chars)?;
                        if (0xD800..0xDC00).contains(&first) {
                            if chars.next()? != '\\' || chars.next()? != 'u' {
                                return None;
                            }
                            let second = unit(&mut chars)?;
                            char::decode_utf16([first, second]).next()?.ok()?
                        } else {
                            char::from_u32(first.into())?
                        }
                    }
                    char @ ('"' | '\'' | '\\' | '/') => char,
                    _ => return None,
                }),
                char if char == quote => {
                    self.rest = chars.as_str();
                    return Some(text);
                }
                char => text.push(char),
            }
        }
    }
}

/// The four digits of an escape.
fn unit(chars: &mut std::str::Chars<'_>) -> Option<u16> {
    let digits = chars.as_str().get(..4)?;
    chars.nth(3)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// A number, unknown if it is no whole one of 64 bits; none for what is no number of JSON, such as
/// `012`, which the engine takes for octal.
fn number_value(text: &str) -> Option<Value> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_number = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    if !is_number {
        return None;
    }
    Some(match text.parse() {
        Ok(number) if fraction.is_none() && exponent.is_none() => Value::Integer(number),
        _ => Value::unknown(Reason::Unsupported),
    })
}
