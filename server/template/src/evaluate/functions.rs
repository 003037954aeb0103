//! Operators and built-in functions.
//!
//! What is not computed here is a symbol: a function of the same values gives the same value, known
//! or not. Only functions that give another value each time are unknown.

use std::rc::Rc;

use super::conditions::not;
use super::same::{Letters, Sameness, same};
use super::{Evaluator, Lookup};
use crate::cases::Undecided;
use crate::evaluate::members::union;
use crate::evaluate::resources::{identity_of_value, resource_id};
use crate::model::{BinaryOperator, ExpressionId};
use crate::value::{Array, Bindings, Evaluated, Handle, Lazy, Object, Reason, Symbol, Text, Value};

/// The longest list that `range` writes out.
const MAXIMUM_RANGE: i64 = 64;

impl Evaluator<'_> {
    pub(super) fn binary(
        &self,
        operator: BinaryOperator,
        left: ExpressionId,
        right: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Value, Undecided> {
        let a = self.evaluate_in(left, bindings)?.value;
        match (operator, &a) {
            (BinaryOperator::And, Value::Bool(false)) => return Ok(Value::Bool(false)),
            (BinaryOperator::Or, Value::Bool(true)) => return Ok(Value::Bool(true)),
            _ => {}
        }
        let b = self.evaluate_in(right, bindings)?.value;
        Ok(match operator {
            BinaryOperator::And => match (&a, &b) {
                (_, Value::Bool(true)) => a,
                (Value::Bool(true), _) | (_, Value::Bool(false)) => b,
                _ => call("and", vec![a, b]),
            },
            BinaryOperator::Or => match (&a, &b) {
                (_, Value::Bool(false)) => a,
                (Value::Bool(false), _) | (_, Value::Bool(true)) => b,
                _ => call("or", vec![a, b]),
            },
            BinaryOperator::Equal => equal(a, b, Letters::Exact),
            BinaryOperator::NotEqual => not(equal(a, b, Letters::Exact)),
            BinaryOperator::EqualIgnoringCase => equal(a, b, Letters::IgnoringCase),
            BinaryOperator::NotEqualIgnoringCase => not(equal(a, b, Letters::IgnoringCase)),
            BinaryOperator::Coalesce => call("coalesce", vec![a, b]),
            BinaryOperator::Add => arithmetic("add", a, b, i64::checked_add),
            BinaryOperator::Subtract => arithmetic("sub", a, b, i64::checked_sub),
            BinaryOperator::Multiply => arithmetic("mul", a, b, i64::checked_mul),
            BinaryOperator::Divide => arithmetic("div", a, b, i64::checked_div),
            BinaryOperator::Modulo => arithmetic("mod", a, b, i64::checked_rem),
            BinaryOperator::Less => order("less", a, b, |a, b| a < b),
            BinaryOperator::LessOrEqual => order("lessorequals", a, b, |a, b| a <= b),
            BinaryOperator::Greater => order("greater", a, b, |a, b| a > b),
            BinaryOperator::GreaterOrEqual => order("greaterorequals", a, b, |a, b| a >= b),
        })
    }

    pub(super) fn call(
        &self,
        expression: ExpressionId,
        function: &str,
        arguments: &[ExpressionId],
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.evaluate_in(*argument, bindings)?.value);
        }
        Ok(Evaluated {
            value: self.apply(expression, function, values)?,
            origin: expression,
        })
    }

    fn apply(
        &self,
        expression: ExpressionId,
        function: &str,
        arguments: Vec<Value>,
    ) -> Result<Value, Undecided> {
        let computed = match (function, arguments.as_slice()) {
            ("newguid" | "utcnow", _) => Some(Value::unknown(Reason::Volatile)),
            ("concat", parts) => concat(parts),
            ("format", [format, rest @ ..]) => format_text(format, rest),
            ("tolower", [text]) => text
                .as_str()
                .map(|text| Value::string(&text.to_lowercase())),
            ("toupper", [text]) => text
                .as_str()
                .map(|text| Value::string(&text.to_uppercase())),
            ("trim", [text]) => text.as_str().map(|text| Value::string(text.trim())),
            ("string", [value]) => match value {
                Value::Text(_) | Value::Integer(_) | Value::Bool(_) => {
                    let mut text = Text::default();
                    text.push(value.clone());
                    Some(text.into_value())
                }
                _ => None,
            },
            ("replace", [text, from, to]) => match (text.as_str(), from.as_str(), to.as_str()) {
                (Some(text), Some(from), Some(to)) if !from.is_empty() => {
                    Some(Value::string(&text.replace(from, to)))
                }
                _ => None,
            },
            ("startswith", [text, part]) => both(text, part).map(|(text, part)| {
                Value::Bool(text.to_lowercase().starts_with(&part.to_lowercase()))
            }),
            ("endswith", [text, part]) => both(text, part).map(|(text, part)| {
                Value::Bool(text.to_lowercase().ends_with(&part.to_lowercase()))
            }),
            ("empty", [value]) => is_empty(value).map(Value::Bool),
            ("length", [value]) => length(value).map(Value::Integer),
            ("contains", [container, item]) => self.contains(container, item)?,
            ("first", [Value::Array(array)]) if !array.is_open => match array.items.first() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("last", [Value::Array(array)]) if !array.is_open => match array.items.last() {
                Some(item) => Some(self.force(item)?.value),
                None => Some(Value::Null),
            },
            ("union", _) => union_of(&arguments),
            ("shallowmerge", [Value::Array(objects)]) => self.shallow_merge(objects)?,
            ("createarray", items) => Some(array_of(expression, items.iter().cloned())),
            ("array", [value @ Value::Array(_)]) => Some(value.clone()),
            ("range", [Value::Integer(start), Value::Integer(count)])
                if (0..=MAXIMUM_RANGE).contains(count) =>
            {
                Some(array_of(
                    expression,
                    (0..*count).map(|offset| Value::Integer(start.saturating_add(offset))),
                ))
            }
            ("json", [text]) if text.as_str() == Some("null") => Some(Value::Null),
            ("json", [text]) if text.as_str() == Some("{}") => {
                Some(Value::Object(Rc::new(Object::default())))
            }
            ("reference", [resource, rest @ ..]) => {
                let is_full = rest
                    .get(1)
                    .and_then(Value::as_str)
                    .is_some_and(|text| text.eq_ignore_ascii_case("full"));
                self.runtime_state(resource, !is_full)?
            }
            ("resourceinfo", [resource]) => self.runtime_state(resource, false)?,
            (
                "resourceid"
                | "subscriptionresourceid"
                | "tenantresourceid"
                | "managementgroupresourceid"
                | "extensionresourceid",
                _,
            ) => match resource_id(function, &arguments) {
                Some(Value::Id(identity)) => Some(Value::Id(self.declared(&identity)?)),
                other => other,
            },
            _ => None,
        };
        Ok(computed.unwrap_or_else(|| call(function, arguments)))
    }

    pub(super) fn method_call(
        &self,
        object: ExpressionId,
        function: &str,
        arguments: &[ExpressionId],
        bindings: &Bindings,
    ) -> Result<Value, Undecided> {
        let mut values = vec![self.evaluate_in(object, bindings)?.value];
        for argument in arguments {
            values.push(self.evaluate_in(*argument, bindings)?.value);
        }
        if let Some(reason) = values[0].unknown_reason() {
            return Ok(Value::unknown(reason));
        }
        Ok(call(function, values))
    }

    /// What `reference()` gives for a resource.
    fn runtime_state(
        &self,
        resource: &Value,
        is_properties_only: bool,
    ) -> Result<Option<Value>, Undecided> {
        let Some(identity) = identity_of_value(resource) else {
            return Ok(match resource {
                // `reference()` of a module's symbolic name.
                Value::Symbol(symbol) if matches!(**symbol, Symbol::Output { .. }) => {
                    Some(resource.clone())
                }
                _ => None,
            });
        };
        Ok(Some(Value::Resource(Handle {
            identity: self.declared(&identity)?,
            is_properties_only,
        })))
    }

    /// The identity with its declaration, if the template declares exactly that resource.
    fn declared(
        &self,
        identity: &Rc<crate::value::Identity>,
    ) -> Result<Rc<crate::value::Identity>, Undecided> {
        if identity.declaration.is_some() {
            return Ok(identity.clone());
        }
        if !self.descend() {
            return Ok(identity.clone());
        }
        let mut found = None;
        for (id, resource) in self.template.resources() {
            if resource.repetition.is_some() || !resource.is_type(&identity.resource_type) {
                continue;
            }
            let declared = self.identity(id)?;
            if self.same_resource(&declared, identity).is_same() {
                found = Some(declared);
                break;
            }
        }
        self.ascend();
        Ok(found.unwrap_or_else(|| identity.clone()))
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
            _ => both(container, item).map(|(text, part)| {
                Value::Bool(text.to_lowercase().contains(&part.to_lowercase()))
            }),
        })
    }
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

fn call(function: &str, arguments: Vec<Value>) -> Value {
    let reason = arguments.iter().find_map(Value::unknown_reason);
    match reason {
        Some(reason) => Value::unknown(reason),
        None => Value::symbol(Symbol::Call {
            function: function.into(),
            arguments,
        }),
    }
}

fn both<'v>(a: &'v Value, b: &'v Value) -> Option<(&'v str, &'v str)> {
    Some((a.as_str()?, b.as_str()?))
}

fn equal(a: Value, b: Value, letters: Letters) -> Value {
    match same(&a, &b, letters) {
        Sameness::Same => Value::Bool(true),
        Sameness::Different => Value::Bool(false),
        Sameness::Unknown => call("equals", vec![a, b]),
    }
}

fn arithmetic(function: &str, a: Value, b: Value, compute: fn(i64, i64) -> Option<i64>) -> Value {
    match (&a, &b) {
        (Value::Integer(x), Value::Integer(y)) => {
            compute(*x, *y).map_or_else(|| Value::unknown(Reason::Invalid), Value::Integer)
        }
        _ => call(function, vec![a, b]),
    }
}

fn order(function: &str, a: Value, b: Value, holds: fn(i64, i64) -> bool) -> Value {
    match (&a, &b) {
        (Value::Integer(x), Value::Integer(y)) => Value::Bool(holds(*x, *y)),
        _ => call(function, vec![a, b]),
    }
}

fn array_of(origin: ExpressionId, items: impl Iterator<Item = Value>) -> Value {
    Value::Array(Rc::new(Array {
        items: items
            .map(|value| Lazy::Evaluated(Evaluated { value, origin }))
            .collect(),
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
                .any(|piece| matches!(piece, crate::value::Piece::Literal(_)))
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
