//! Functions that take functions.

use std::rc::Rc;

use super::super::Evaluator;
use super::collections::{array_of, sorted};
use crate::cases::Undecided;
use crate::model::ExpressionId;
use crate::program::At;
use crate::value::{Array, Entry, Evaluated, Lambda, Lazy, Object, Rest, Value};

impl Evaluator<'_> {
    /// What a function that takes a function gives; none if it is not one, or its arguments do not
    /// tell.
    pub(super) fn lambda_function(
        &self,
        origin: At<ExpressionId>,
        function: &str,
        arguments: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        Ok(match (function, arguments) {
            ("map", [Value::Array(array), Value::Lambda(lambda)]) => {
                let items = array.items.iter().zip(0i64..);
                Some(Value::Array(Rc::new(Array {
                    items: items
                        .map(|(item, index)| {
                            let index = value(origin, Value::Integer(index));
                            applied(lambda, &[item.clone(), index])
                        })
                        .collect(),
                    rest: array.rest.clone(),
                })))
            }
            ("filter", [Value::Array(array), Value::Lambda(lambda)]) => {
                self.filter(origin, array, lambda)?
            }
            ("reduce", [Value::Array(array), initial, Value::Lambda(lambda)])
                if !array.is_open() =>
            {
                let mut result = initial.clone();
                for (item, index) in array.items.iter().zip(0i64..) {
                    let index = value(origin, Value::Integer(index));
                    let next = applied(lambda, &[value(origin, result), item.clone(), index]);
                    result = self.force(&next)?.value;
                }
                Some(result)
            }
            ("sort", [Value::Array(array), Value::Lambda(lambda)]) if !array.is_open() => {
                self.sort(array, lambda)?
            }
            ("toobject", [Value::Array(array), Value::Lambda(key), rest @ ..]) => {
                self.to_object(array, key, rest)?
            }
            ("groupby", [Value::Array(array), Value::Lambda(key)]) if !array.is_open() => {
                self.group_by(origin, array, key)?
            }
            ("mapvalues", [Value::Object(object), Value::Lambda(lambda)]) => {
                let entries = object.entries.iter().map(|entry| Entry {
                    value: applied(lambda, std::slice::from_ref(&entry.value)),
                    ..entry.clone()
                });
                Some(Value::Object(Rc::new(Object {
                    entries: entries.collect(),
                    rest: object.rest.clone(),
                })))
            }
            _ => None,
        })
    }

    fn filter(
        &self,
        origin: At<ExpressionId>,
        array: &Array,
        lambda: &Lambda,
    ) -> Result<Option<Value>, Undecided> {
        let mut kept = Array {
            items: Vec::new(),
            rest: array.rest.clone(),
        };
        for (item, index) in array.items.iter().zip(0i64..) {
            let index = value(origin, Value::Integer(index));
            match self.known(&applied(lambda, &[item.clone(), index]))?.value {
                Value::Bool(true) => kept.items.push(item.clone()),
                Value::Bool(false) => {}
                // It may be there or not.
                _ => kept.rest.add(&Rest::anything()),
            }
        }
        Ok(Some(Value::Array(Rc::new(kept))))
    }

    fn sort(&self, array: &Array, comes_before: &Lambda) -> Result<Option<Value>, Undecided> {
        let mut items: Vec<Lazy> = Vec::with_capacity(array.items.len());
        for item in &array.items {
            let mut at = items.len();
            while at > 0 {
                let order = applied(comes_before, &[item.clone(), items[at - 1].clone()]);
                match self.known(&order)?.value {
                    Value::Bool(true) => at -= 1,
                    Value::Bool(false) => break,
                    _ => return Ok(None),
                }
            }
            items.insert(at, item.clone());
        }
        Ok(Some(array_of(items.into_iter())))
    }

    fn to_object(
        &self,
        array: &Array,
        key: &Lambda,
        rest: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        let mut object = Object {
            entries: Vec::new(),
            rest: array.rest.clone(),
        };
        for item in &array.items {
            let Evaluated { value, origin } =
                self.force(&applied(key, std::slice::from_ref(item)))?;
            object.entries.push(Entry {
                key: value,
                key_expression: Some(origin),
                value: match rest {
                    [] => item.clone(),
                    [Value::Lambda(lambda)] => applied(lambda, std::slice::from_ref(item)),
                    _ => return Ok(None),
                },
            });
        }
        Ok(Some(Value::Object(Rc::new(object))))
    }

    fn group_by(
        &self,
        origin: At<ExpressionId>,
        array: &Array,
        key: &Lambda,
    ) -> Result<Option<Value>, Undecided> {
        let mut groups: Vec<(Value, Vec<Lazy>)> = Vec::new();
        for item in &array.items {
            let name = self.force(&applied(key, std::slice::from_ref(item)))?.value;
            if name.as_str().is_none() {
                return Ok(None);
            }
            let group = groups
                .iter_mut()
                .find(|(known, _)| known.as_str() == name.as_str());
            match group {
                Some((_, items)) => items.push(item.clone()),
                None => groups.push((name, vec![item.clone()])),
            }
        }
        let entries = groups.into_iter().map(|(key, items)| Entry {
            key,
            key_expression: None,
            value: value(origin, array_of(items.into_iter())),
        });
        let object = Object {
            entries: entries.collect(),
            rest: Rest::none(),
        };
        Ok(sorted(&object).map(|entries| {
            Value::Object(Rc::new(Object {
                entries: entries.into_iter().cloned().collect(),
                rest: Rest::none(),
            }))
        }))
    }
}

/// A lambda's body with its parameters bound; it may take fewer than there are.
fn applied(lambda: &Lambda, arguments: &[Lazy]) -> Lazy {
    let mut bindings = lambda.bindings.clone();
    for (parameter, argument) in lambda.parameters.iter().zip(arguments) {
        bindings = bindings.with(*parameter, argument.clone());
    }
    Lazy::Expression(lambda.body, bindings)
}

fn value(origin: At<ExpressionId>, value: Value) -> Lazy {
    Lazy::Evaluated(Evaluated { value, origin })
}
