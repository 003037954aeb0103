//! Functions of arrays and objects.

use std::rc::Rc;

use super::super::Evaluator;
use super::super::members::union;
use super::text::LONGEST_TEXT;
use crate::cases::Undecided;
use crate::model::ExpressionId;
use crate::program::At;
use crate::value::{Array, Entry, Evaluated, Lazy, Object, Rest, Text, Value};

/// The longest list that `range` writes out.
const MAXIMUM_RANGE: i64 = 64;

impl Evaluator<'_> {
    /// What a function of arrays or objects gives; none if it is not one, or its arguments do not
    /// tell.
    pub(super) fn collection_function(
        &self,
        origin: At<ExpressionId>,
        function: &str,
        arguments: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        Ok(match (function, arguments) {
            ("concat", parts) => concat(parts),
            ("contains", [container, item]) => self.contains(container, item)?,
            ("first", [Value::Array(array)]) if !array.is_open() => match array.items.first() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("last", [Value::Array(array)]) if !array.is_open() => match array.items.last() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("take", [Value::Array(array), Value::Integer(count)]) if !array.is_open() => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(array_of(array.items.iter().take(count).cloned()))
            }
            ("skip", [Value::Array(array), Value::Integer(count)]) if !array.is_open() => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(array_of(array.items.iter().skip(count).cloned()))
            }
            ("indexof", [Value::Array(array), item]) => self.index_of(array, item, false)?,
            ("lastindexof", [Value::Array(array), item]) => self.index_of(array, item, true)?,
            ("flatten", [Value::Array(arrays)]) => self.flatten(arrays)?,
            ("union", _) if has_array(arguments) => match concat(arguments) {
                Some(all) => self.distinct(&all)?,
                None => None,
            },
            ("union", _) => union_of(arguments),
            ("distinct", [array]) => self.distinct(array)?,
            ("intersection", [first, rest @ ..]) => self.intersection(first, rest)?,
            ("shallowmerge", [Value::Array(objects)]) => self.shallow_merge(objects)?,
            ("items", [Value::Object(object)]) if !object.is_open() => items(origin, object),
            ("objectkeys", [Value::Object(object)]) if !object.is_open() => sorted(object)
                .map(|entries| values(origin, entries.into_iter().map(|entry| entry.key.clone()))),
            ("createarray", items) => Some(values(origin, items.iter().cloned())),
            ("array", [value @ Value::Array(_)]) | ("coalesce", [value]) => Some(value.clone()),
            ("array", [value @ (Value::Text(_) | Value::Integer(_) | Value::Object(_))]) => {
                Some(values(origin, std::iter::once(value.clone())))
            }
            ("min", _) => self.extreme(arguments, i64::min)?,
            ("max", _) => self.extreme(arguments, i64::max)?,
            ("string", [value @ (Value::Array(_) | Value::Object(_))]) => self.written(value)?,
            ("range", [Value::Integer(start), Value::Integer(count)])
                if (0..=MAXIMUM_RANGE).contains(count) =>
            {
                let numbers = (0..*count).map(|offset| start.saturating_add(offset));
                Some(values(origin, numbers.map(Value::Integer)))
            }
            ("split", [text, separator]) => match (text.as_str(), separator.as_str()) {
                (Some(text), Some(separator)) if !separator.is_empty() => {
                    Some(values(origin, text.split(separator).map(Value::string)))
                }
                (Some(text), None) => self
                    .separators(separator)?
                    .map(|separators| values(origin, split(text, &separators))),
                _ => None,
            },
            ("join", [Value::Array(array), separator]) if !array.is_open() => {
                self.join(array, separator)?
            }
            _ => None,
        })
    }

    fn join(&self, array: &Array, separator: &Value) -> Result<Option<Value>, Undecided> {
        let mut text = Text::default();
        let mut length = 0;
        for (number, item) in array.items.iter().enumerate() {
            if number > 0 {
                text.push(separator.clone());
            }
            let value = self.force(item)?.value;
            for part in [&value, separator] {
                length += part.as_str().map_or(0, str::len);
            }
            if length > LONGEST_TEXT {
                return Ok(None);
            }
            text.push(value);
        }
        Ok(Some(text.into_value()))
    }

    /// The least or greatest of some numbers, or of those in an array.
    fn extreme(
        &self,
        arguments: &[Value],
        better: fn(i64, i64) -> i64,
    ) -> Result<Option<Value>, Undecided> {
        let mut numbers = Vec::new();
        match arguments {
            [Value::Array(array)] if !array.is_open() => {
                for item in &array.items {
                    numbers.push(self.force(item)?.value);
                }
            }
            arguments => numbers.extend(arguments.iter().cloned()),
        }
        let numbers: Option<Vec<i64>> = numbers
            .into_iter()
            .map(|value| match value {
                Value::Integer(number) => Some(number),
                _ => None,
            })
            .collect();
        Ok(numbers.and_then(|numbers| numbers.into_iter().reduce(better).map(Value::Integer)))
    }

    /// The texts at which `split` cuts, where they are an array.
    fn separators(&self, separators: &Value) -> Result<Option<Vec<String>>, Undecided> {
        let Value::Array(array) = separators else {
            return Ok(None);
        };
        let mut texts = Vec::with_capacity(array.items.len());
        for item in &array.items {
            match self.force(item)?.value.as_str() {
                Some(text) if !text.is_empty() => texts.push(text.to_owned()),
                _ => return Ok(None),
            }
        }
        Ok(Some(texts).filter(|texts| !array.is_open() && !texts.is_empty()))
    }

    fn flatten(&self, arrays: &Array) -> Result<Option<Value>, Undecided> {
        let mut flat = Array {
            items: Vec::new(),
            rest: arrays.rest.clone(),
        };
        for array in &arrays.items {
            match self.force(array)?.value {
                Value::Array(array) => {
                    flat.items.extend(array.items.iter().cloned());
                    flat.rest.add(&array.rest);
                }
                value => flat.rest.add(&Rest::of(value)),
            }
        }
        Ok(Some(Value::Array(Rc::new(flat))))
    }

    fn shallow_merge(&self, objects: &Array) -> Result<Option<Value>, Undecided> {
        let mut merged = Object {
            entries: Vec::new(),
            rest: objects.rest.clone(),
        };
        for object in &objects.items {
            match self.force(object)?.value {
                Value::Object(object) => {
                    merged.entries.extend(object.entries.iter().cloned());
                    merged.rest.add(&object.rest);
                }
                Value::Null => {}
                value => merged.rest.add(&Rest::of(value)),
            }
        }
        Ok(Some(Value::Object(Rc::new(merged))))
    }
}

/// The properties of an object, each once, in the order of their names; none where a name is not known.
pub(super) fn sorted(object: &Object) -> Option<Vec<&Entry>> {
    let mut entries: Vec<(String, &Entry)> = Vec::new();
    for entry in &object.entries {
        let key = entry.key.as_str()?.to_lowercase();
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = entry,
            None => entries.push((key, entry)),
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Some(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// The properties of an object as objects with `key` and `value`.
fn items(origin: At<ExpressionId>, object: &Object) -> Option<Value> {
    let entries = sorted(object)?;
    let items = entries.into_iter().map(|entry| {
        let property = |key: &str, value| Entry {
            key: Value::string(key),
            key_expression: None,
            value,
        };
        let key = Lazy::Evaluated(Evaluated {
            value: entry.key.clone(),
            origin: entry.key_expression.unwrap_or(origin),
        });
        Value::Object(Rc::new(Object {
            entries: vec![property("key", key), property("value", entry.value.clone())],
            rest: Rest::none(),
        }))
    });
    Some(values(origin, items))
}

/// An array of values that an expression makes.
fn values(origin: At<ExpressionId>, items: impl Iterator<Item = Value>) -> Value {
    array_of(items.map(|value| Lazy::Evaluated(Evaluated { value, origin })))
}

pub(super) fn array_of(items: impl Iterator<Item = Lazy>) -> Value {
    Value::Array(Rc::new(Array {
        items: items.collect(),
        rest: Rest::none(),
    }))
}

/// The parts of a text between separators, of which the first that is found counts.
fn split(text: &str, separators: &[String]) -> impl Iterator<Item = Value> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = separators
            .iter()
            .filter_map(|separator| Some((text.find(separator)?, separator.len())))
            .reduce(|first, next| if next.0 < first.0 { next } else { first });
        let (part, after) = match found {
            Some((at, length)) => (&text[..at], Some(&text[at + length..])),
            None => (text, None),
        };
        rest = after;
        Some(Value::string(part))
    })
}

fn has_array(values: &[Value]) -> bool {
    values.iter().any(|value| matches!(value, Value::Array(_)))
}

fn concat(parts: &[Value]) -> Option<Value> {
    if has_array(parts) {
        let mut array = Array {
            items: Vec::new(),
            rest: Rest::none(),
        };
        for part in parts {
            match part {
                Value::Array(part) => {
                    array.items.extend(part.items.iter().cloned());
                    array.rest.add(&part.rest);
                }
                value => array.rest.add(&Rest::of(value.clone())),
            }
        }
        return Some(Value::Array(Rc::new(array)));
    }
    let mut text = Text::default();
    for part in parts {
        text.push(part.clone());
    }
    // Of a single unknown it is not even sure that it is a string.
    (parts.len() > 1 || parts.iter().all(|part| matches!(part, Value::Text(_))))
        .then(|| text.into_value())
}

fn union_of(arguments: &[Value]) -> Option<Value> {
    let (first, rest) = arguments.split_first()?;
    let mut merged = first.clone();
    for value in rest {
        merged = match (&merged, value) {
            (Value::Object(a), Value::Object(b)) => union(a, b),
            // Whatever the unknown part holds, what the other says may be replaced or kept.
            (Value::Object(known), unknown) | (unknown, Value::Object(known)) => {
                let mut rest = known.rest.clone();
                rest.add(&Rest::of(unknown.clone()));
                Value::Object(Rc::new(Object {
                    entries: known.entries.clone(),
                    rest,
                }))
            }
            _ => return None,
        };
    }
    Some(merged)
}
