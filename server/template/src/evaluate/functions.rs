//! Operators and built-in functions.
//!
//! What is not computed here is a symbol: a function of the same values gives the same value, known
//! or not. Only functions that give another value each time are unknown.

mod collections;
mod content;
mod encode;
mod format;
mod lambdas;
mod sets;
#[cfg(test)]
mod tests;
mod text;
mod write;

use std::rc::Rc;

pub(super) use self::text::is_never_empty;
use super::Evaluator;
use super::conditions::not;
use super::ids::{identity_of_value, resource_id};
use super::same::{Letters, Sameness, same};
use super::unify::index_of_name;
use crate::cases::Undecided;
use crate::facts;
use crate::files::resolve;
use crate::model::{BinaryOperator, ExpressionId, ExpressionKind, ModuleId, Reference};
use crate::program::{At, InstanceId};
use crate::value::{Bindings, Evaluated, Handle, Identity, Reason, Symbol, Value};

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
            BinaryOperator::Equal => equality(self.same_in_depth(&a, &b)?, a, b),
            BinaryOperator::NotEqual => not(equality(self.same_in_depth(&a, &b)?, a, b)),
            BinaryOperator::EqualIgnoringCase => {
                equality(same(&a, &b, Letters::IgnoringCase), lower(a), lower(b))
            }
            BinaryOperator::NotEqualIgnoringCase => not(equality(
                same(&a, &b, Letters::IgnoringCase),
                lower(a),
                lower(b),
            )),
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
        if let ("nameof", [operand]) = (function, arguments) {
            return Ok(Evaluated {
                value: self.name_of(*operand, bindings),
                origin: bindings.at(expression),
            });
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.evaluate_in(*argument, bindings)?.value);
        }
        let origin = bindings.at(expression);
        Ok(Evaluated {
            value: self.apply(origin, function, values)?,
            origin,
        })
    }

    /// The last name in an expression ([`nameof`]). It is found here and not while lowering, since
    /// what the expression names is waited for all the same.
    ///
    /// [`nameof`]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core.IntegrationTests/Scenarios/NameofFunctionTests.cs
    fn name_of(&self, expression: ExpressionId, bindings: &Bindings) -> Value {
        let template = self.template(bindings);
        let name = match template.kind(expression) {
            ExpressionKind::Reference(reference) => match reference {
                Reference::Parameter(id) => Some(&template.parameter(*id).name),
                Reference::Variable(id) => Some(&template.variable(*id).name),
                Reference::Resource(id) => template.resource(*id).symbol.as_ref(),
                Reference::Module(id) => template.module(*id).symbol.as_ref(),
                Reference::Imported { name, .. } | Reference::Base(name) => {
                    return Value::string(name);
                }
                Reference::Unresolved(name) => return Value::string(name),
                Reference::Local(_) => None,
            },
            ExpressionKind::Member { name, .. } => Some(name),
            ExpressionKind::Index { index, .. } => match template.kind(*index) {
                ExpressionKind::String(name) => return Value::string(name),
                _ => None,
            },
            _ => None,
        };
        match name {
            Some(name) => Value::string(&name.text),
            None => Value::unknown(Reason::Unsupported),
        }
    }

    /// What a function makes of the file that it names, relative to the file that it is written in.
    fn load(
        &self,
        function: &str,
        path: &Value,
        arguments: &[Value],
        origin: At<ExpressionId>,
    ) -> Option<Value> {
        let file = &self.program.instance(origin.instance).file;
        let bytes = self.program.loaded(&resolve(&file.path, path.as_str()?)?)?;
        content::load(function, &bytes, arguments, origin)
    }

    fn apply(
        &self,
        origin: At<ExpressionId>,
        function: &str,
        mut arguments: Vec<Value>,
    ) -> Result<Value, Undecided> {
        let computed = match (function, arguments.as_slice()) {
            ("newguid" | "utcnow", _) => Some(Value::unknown(Reason::Volatile)),
            ("reference", [resource, rest @ ..]) => {
                let is_full = rest
                    .get(1)
                    .and_then(Value::as_str)
                    .is_some_and(|text| text.eq_ignore_ascii_case("full"));
                self.runtime_state(resource, !is_full, origin.instance)?
            }
            ("resourceinfo", [resource]) => self.runtime_state(resource, false, origin.instance)?,
            (
                "resourceid"
                | "subscriptionresourceid"
                | "tenantresourceid"
                | "managementgroupresourceid"
                | "extensionresourceid",
                _,
            ) => match resource_id(function, &arguments) {
                Some(mut identity) => {
                    identity.scope = self.localized(identity.scope, origin.instance)?;
                    let identity = self.declared(&Rc::new(identity), origin.instance)?;
                    Some(Value::Id(identity))
                }
                None => None,
            },
            (list, [resource, ..]) if list.starts_with("list") => {
                Some(self.listed(list, resource, &arguments, origin.instance)?)
            }
            ("resourcegroup" | "subscription" | "managementgroup", []) => {
                arguments = self.surroundings(function, origin.instance)?;
                None
            }
            ("deployment", []) => Some(deployment(origin.instance)),
            (
                "loadtextcontent" | "loadjsoncontent" | "loadyamlcontent" | "loadfileasbase64",
                [path, ..],
            ) => self.load(function, path, &arguments, origin),
            _ => match text::apply(function, &arguments)
                .or_else(|| encode::apply(function, &arguments))
                .or_else(|| content::apply(origin, function, &arguments))
            {
                Some(value) => Some(value),
                None => match self.collection_function(origin, function, &arguments)? {
                    Some(value) => Some(value),
                    None => self.lambda_function(origin, function, &arguments)?,
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
        if function.starts_with("list") {
            return self.listed(function, &values[0], &values, bindings.instance());
        }
        Ok(call(function, values))
    }

    /// What `listKeys` and its like give for a resource, in whatever API version.
    fn listed(
        &self,
        function: &str,
        resource: &Value,
        arguments: &[Value],
        instance: InstanceId,
    ) -> Result<Value, Undecided> {
        let mut listed = vec![match identity_of_value(resource) {
            Some(identity) => match self.deployment(&identity, instance)? {
                Some(module) => module,
                None => Value::Id(self.declared(&identity, instance)?),
            },
            None => resource.clone(),
        }];
        listed.extend(arguments.iter().skip(2).cloned());
        Ok(call(function, listed))
    }

    /// What `reference()` gives for a resource.
    fn runtime_state(
        &self,
        resource: &Value,
        is_properties_only: bool,
        instance: InstanceId,
    ) -> Result<Option<Value>, Undecided> {
        let Some(identity) = identity_of_value(resource) else {
            return Ok(match resource {
                // `reference()` of a module's symbolic name.
                Value::Symbol(symbol) if symbol.as_module().is_some() => Some(resource.clone()),
                // By its bare name, in the template that deploys it.
                Value::Text(_) => self.deployment_named(resource, None, instance)?,
                _ => None,
            });
        };
        if let Some(module) = self.deployment(&identity, instance)? {
            return Ok(Some(module));
        }
        let identity = self.declared(&identity, instance)?;
        if !is_properties_only {
            return Ok(Some(Value::Resource(Handle { identity })));
        }
        Ok(Some(match identity.identity_of() {
            Some(service) => Value::property(&service, &["identity"]),
            None => Value::property(&identity, &["properties"]),
        }))
    }

    /// The module that a deployment is, by the name that it has in an instance.
    fn deployment(
        &self,
        identity: &Identity,
        instance: InstanceId,
    ) -> Result<Option<Value>, Undecided> {
        let name = identity.name();
        let Some(name) = name.filter(|_| identity.is_type(facts::DEPLOYMENT_TYPE)) else {
            return Ok(None);
        };
        if let Some(module) = self.deployment_named(name, Some(&identity.scope), instance)? {
            return Ok(Some(module));
        }
        for (id, module) in self.program.template(instance).modules() {
            let at = instance.at(id);
            if let Some(repetition) = module.repetition
                && let Some(all) = self.module_name(at, None)?
                && let Some(index) = index_of_name(name, &all, instance.at(repetition.index))
            {
                let object = module_symbol(at, None);
                return Ok(Some(Value::symbol(Symbol::Element { object, index })));
            }
        }
        Ok(None)
    }

    /// The identity with its declaration, if the template declares exactly that resource.
    pub(super) fn declared(
        &self,
        identity: &Rc<Identity>,
        instance: InstanceId,
    ) -> Result<Rc<Identity>, Undecided> {
        match self.declaration(identity, instance)? {
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

pub(super) fn module_symbol(module: At<ModuleId>, item: Option<u32>) -> Value {
    Value::symbol(Symbol::Output {
        module,
        item,
        path: Vec::new(),
    })
}

/// What `deployment()` is in an instance: every deployment is its own.
pub(super) fn deployment(instance: InstanceId) -> Value {
    let number = (instance != InstanceId::ROOT).then(|| Value::Integer(instance.number().into()));
    call("deployment", number.into_iter().collect())
}

/// A text in lower case, as ARM JSON compares without regard to case.
fn lower(value: Value) -> Value {
    match text::apply("tolower", std::slice::from_ref(&value)) {
        Some(lower) => lower,
        None => call("tolower", vec![value]),
    }
}

fn equality(sameness: Sameness, a: Value, b: Value) -> Value {
    match sameness {
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
