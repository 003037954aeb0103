//! Functions of arrays and objects.

use std::rc::Rc;

use super::super::members::union;
use super::super::same::{Letters, Sameness, same};
use super::super::{Evaluator, Lookup};
use crate::cases::Undecided;
use crate::model::ExpressionId;
use crate::value::{Array, Entry, Evaluated, Lazy, Object, Text, Value};

/// The longest list that `range` writes out.
const MAXIMUM_RANGE: i64 = 64;

impl Evaluator<'_> {
    /// What a function of arrays or objects gives; none if it is not one, or its arguments do not
    /// tell.
    pub(super) fn collection_function(
        &self,
        expression: ExpressionId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        Ok(match (function, arguments) {
            ("concat", parts) => concat(parts),
            ("contains", [container, item]) => self.contains(container, item)?,
            ("first", [Value::Array(array)]) if !array.is_open => match array.items.first() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("last", [Value::Array(array)]) if !array.is_open => match array.items.last() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("take", [Value::Array(array), Value::Integer(count)]) if !array.is_open => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(array_of(array.items.iter().take(count).cloned()))
            }
            ("skip", [Value::Array(array), Value::Integer(count)]) if !array.is_open => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(array_of(array.items.iter().skip(count).cloned()))
            }
            ("indexof", [Value::Array(array), item]) => self.index_of(array, item)?,
            ("flatten", [Value::Array(arrays)]) => self.flatten(arrays)?,
            ("union", _) => union_of(arguments),
            ("intersection", [first, rest @ ..]) => self.intersection(first, rest)?,
            ("shallowmerge", [Value::Array(objects)]) => self.shallow_merge(objects)?,
            ("items", [Value::Object(object)]) if !object.is_open => items(expression, object),
            ("objectkeys", [Value::Object(object)]) if !object.is_open => {
                sorted(object).map(|entries| {
                    values(
                        expression,
                        entries.into_iter().map(|entry| entry.key.clone()),
                    )
                })
            }
            ("createarray", items) => Some(values(expression, items.iter().cloned())),
            ("array", [value @ Value::Array(_)]) => Some(value.clone()),
            ("range", [Value::Integer(start), Value::Integer(count)])
                if (0..=MAXIMUM_RANGE).contains(count) =>
            {
                let numbers = (0..*count).map(|offset| start.saturating_add(offset));
                Some(values(expression, numbers.map(Value::Integer)))
            }
            ("split", [text, separator]) => match (text.as_str(), separator.as_str()) {
                (Some(text), Some(separator)) if !separator.is_empty() => {
                    Some(values(expression, text.split(separator).map(Value::string)))
                }
                _ => None,
            },
            ("join", [Value::Array(array), separator]) if !array.is_open => {
                self.join(array, separator)?
            }
            _ => None,
        })
    }

    fn join(&self, array: &Array, separator: &Value) -> Result<Option<Value>, Undecided> {
        let mut text = Text::default();
        for (number, item) in array.items.iter().enumerate() {
            if number > 0 {
                text.push(separator.clone());
            }
            text.push(self.force(item)?.value);
        }
        Ok(Some(text.into_value()))
    }

    fn index_of(&self, array: &Array, item: &Value) -> Result<Option<Value>, Undecided> {
        for (index, known) in (0i64..).zip(&array.items) {
            match same(&self.force(known)?.value, item, Letters::Exact) {
                Sameness::Same if !array.is_open => return Ok(Some(Value::Integer(index))),
                Sameness::Different => {}
                _ => return Ok(None),
            }
        }
        Ok((!array.is_open).then_some(Value::Integer(-1)))
    }

    fn flatten(&self, arrays: &Array) -> Result<Option<Value>, Undecided> {
        let mut flat = Array {
            items: Vec::new(),
            is_open: arrays.is_open,
        };
        for array in &arrays.items {
            match self.force(array)?.value {
                Value::Array(array) => {
                    flat.items.extend(array.items.iter().cloned());
                    flat.is_open |= array.is_open;
                }
                _ => flat.is_open = true,
            }
        }
        Ok(Some(Value::Array(Rc::new(flat))))
    }

    /// The elements of the first array, or the properties of the first object, that all others have
    /// for sure; none if that cannot be told.
    fn intersection(&self, first: &Value, rest: &[Value]) -> Result<Option<Value>, Undecided> {
        let Value::Array(first) = first else {
            return Ok(None);
        };
        let mut common = Vec::new();
        'items: for item in &first.items {
            let value = self.force(item)?.value;
            for other in rest {
                match self.contains(other, &value)? {
                    Some(Value::Bool(true)) => {}
                    Some(Value::Bool(false)) => continue 'items,
                    _ => return Ok(None),
                }
            }
            common.push(item.clone());
        }
        Ok((!first.is_open).then(|| array_of(common.into_iter())))
    }

    fn shallow_merge(&self, objects: &Array) -> Result<Option<Value>, Undecided> {
        let mut merged = Object {
            entries: Vec::new(),
            is_open: objects.is_open,
        };
        for object in &objects.items {
            match self.force(object)?.value {
                Value::Object(object) => {
                    merged.entries.extend(object.entries.iter().cloned());
                    merged.is_open |= object.is_open;
                }
                Value::Null => {}
                _ => merged.is_open = true,
            }
        }
        Ok(Some(Value::Object(Rc::new(merged))))
    }

    fn contains(&self, container: &Value, item: &Value) -> Result<Option<Value>, Undecided> {
        Ok(match container {
            Value::Array(array) => {
                let mut answer = if array.is_open {
                    Sameness::Unknown
                } else {
                    Sameness::Different
                };
                for known in &array.items {
                    match same(&self.force(known)?.value, item, Letters::Exact) {
                        Sameness::Same => return Ok(Some(Value::Bool(true))),
                        Sameness::Unknown => answer = Sameness::Unknown,
                        Sameness::Different => {}
                    }
                }
                (answer == Sameness::Different).then_some(Value::Bool(false))
            }
            Value::Object(_) => item
                .as_str()
                .and_then(|name| match self.lookup(container, name) {
                    Lookup::Found(_) => Some(Value::Bool(true)),
                    Lookup::Absent => Some(Value::Bool(false)),
                    Lookup::Unknown => None,
                }),
            _ => None,
        })
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
fn items(origin: ExpressionId, object: &Object) -> Option<Value> {
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
            is_open: false,
        }))
    });
    Some(values(origin, items))
}

/// An array of values that an expression makes.
fn values(origin: ExpressionId, items: impl Iterator<Item = Value>) -> Value {
    array_of(items.map(|value| Lazy::Evaluated(Evaluated { value, origin })))
}

pub(super) fn array_of(items: impl Iterator<Item = Lazy>) -> Value {
    Value::Array(Rc::new(Array {
        items: items.collect(),
        is_open: false,
    }))
}

fn concat(parts: &[Value]) -> Option<Value> {
    if parts.iter().any(|part| matches!(part, Value::Array(_))) {
        let mut array = Array {
            items: Vec::new(),
            is_open: false,
        };
        for part in parts {
            match part {
                Value::Array(part) => {
                    array.items.extend(part.items.iter().cloned());
                    array.is_open |= part.is_open;
                }
                _ => array.is_open = true,
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
    if arguments
        .iter()
        .all(|value| matches!(value, Value::Array(_)))
    {
        return concat(arguments);
    }
    let mut merged = first.clone();
    for value in rest {
        merged = match (&merged, value) {
            (Value::Object(a), Value::Object(b)) => union(a, b),
            // Whatever the unknown part holds, what the other says may be replaced or kept.
            (Value::Object(known), _) | (_, Value::Object(known)) => {
                Value::Object(Rc::new(Object {
                    entries: known.entries.clone(),
                    is_open: true,
                }))
            }
            _ => return None,
        };
    }
    Some(merged)
}
