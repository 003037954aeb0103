//! Values as JSON: `string()` of arrays and objects.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::Evaluator;
use super::text::LONGEST_TEXT;
use crate::cases::Undecided;
use crate::value::{Lazy, Value};

/// How deep arrays and objects may nest.
const MAXIMUM_DEPTH: u32 = 64;

impl Evaluator<'_> {
    /// What `string()` gives for an array or object: JSON without spaces ([example]); none where
    /// something in it is not known.
    ///
    /// [example]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string#string
    pub(super) fn written(&self, value: &Value) -> Result<Option<Value>, Undecided> {
        let mut text = String::new();
        let is_known = self.write(value, &mut text, 0)?;
        Ok(is_known.then(|| Value::string(&text)))
    }

    fn write(&self, value: &Value, text: &mut String, depth: u32) -> Result<bool, Undecided> {
        if depth > MAXIMUM_DEPTH || text.len() > LONGEST_TEXT {
            return Ok(false);
        }
        let item = |lazy: &Lazy, text: &mut String| {
            let value = self.force(lazy)?.value;
            self.write(&value, text, depth + 1)
        };
        match value {
            Value::Null => text.push_str("null"),
            Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Value::Integer(number) => text.push_str(&number.to_string()),
            Value::Array(array) if !array.is_open() => {
                text.push('[');
                for (number, lazy) in array.items.iter().enumerate() {
                    if number > 0 {
                        text.push(',');
                    }
                    if !item(lazy, text)? {
                        return Ok(false);
                    }
                }
                text.push(']');
            }
            Value::Object(object) if !object.is_open() => {
                text.push('{');
                let mut names = BTreeSet::new();
                for (number, entry) in object.entries.iter().enumerate() {
                    if number > 0 {
                        text.push(',');
                    }
                    // Where the later of two properties stands is not known.
                    let Some(name) = entry.key.as_str() else {
                        return Ok(false);
                    };
                    if !names.insert(name.to_lowercase()) {
                        return Ok(false);
                    }
                    quote(name, text);
                    text.push(':');
                    if !item(&entry.value, text)? {
                        return Ok(false);
                    }
                }
                text.push('}');
            }
            value => match value.as_str() {
                Some(string) => quote(string, text),
                None => return Ok(false),
            },
        }
        Ok(true)
    }
}

fn quote(string: &str, text: &mut String) {
    text.push('"');
    for char in string.chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(char));
            }
            char => text.push(char),
        }
    }
    text.push('"');
}
