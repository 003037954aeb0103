//! Operators and built-in functions.
//!
//! What is not computed here is a symbol: a function of the same values gives the same value, known
//! or not. Only functions that give another value each time are unknown.

mod collections;
mod lambdas;
mod text;

use std::rc::Rc;

use super::Evaluator;
use super::conditions::not;
use super::same::{Letters, Sameness, same};
use crate::cases::Undecided;
use crate::evaluate::resources::{identity_of_value, resource_id};
use crate::model::{BinaryOperator, ExpressionId};
use crate::value::{Bindings, Evaluated, Handle, Reason, Symbol, Value};

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
        // A cast of types, which leaves no trace in what is deployed.
        if let ("any", [operand]) = (function, arguments) {
            return self.evaluate_in(*operand, bindings);
        }
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
            _ => match text::apply(function, &arguments) {
                Some(value) => Some(value),
                None => match self.collection_function(expression, function, &arguments)? {
                    Some(value) => Some(value),
                    None => self.lambda_function(expression, function, &arguments)?,
                },
            },
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
        match self.declaration(identity)? {
            Some(declaration) if identity.declaration.is_none() => self.identity(declaration),
            _ => Ok(identity.clone()),
        }
    }
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
