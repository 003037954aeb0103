//! ARM expressions as expressions of the model.
//!
//! ARM has functions where Bicep has names; the model has one form for both. A call that does not
//! have the arguments of its function stays a call.

use syntax::TextRange;
use syntax::arm_expression::{Expression, Kind, Name};

use super::Lowering;
use crate::model::{self, BinaryOperator, ExpressionId, ExpressionKind, Reference};

/// How many parameters a lambda may have. No function takes a lambda of more than three.
const MAXIMUM_LAMBDA_PARAMETERS: usize = 8;

impl Lowering<'_> {
    /// An expression.
    pub(super) fn expression(&mut self, expression: Expression) -> ExpressionId {
        let range = expression.range;
        let kind = match expression.kind {
            Kind::Invalid => ExpressionKind::Invalid,
            Kind::String(text) => ExpressionKind::String(text),
            Kind::Integer(value) => ExpressionKind::Integer(value),
            Kind::Member { object, name } => ExpressionKind::Member {
                object: self.expression(*object),
                name: model_name(name),
                is_safe: false,
            },
            Kind::Index { object, index } => ExpressionKind::Index {
                object: self.expression(*object),
                index: self.expression(*index),
                is_safe: false,
                is_from_end: false,
            },
            Kind::Call {
                namespace,
                function,
                arguments,
            } => return self.call(namespace, &function, arguments, range),
        };
        self.builder.add(kind, range)
    }

    pub(super) fn expressions(&mut self, expressions: Vec<Expression>) -> Vec<ExpressionId> {
        expressions
            .into_iter()
            .map(|expression| self.expression(expression))
            .collect()
    }

    fn call(
        &mut self,
        namespace: Option<Name>,
        function: &Name,
        arguments: Vec<Expression>,
        range: TextRange,
    ) -> ExpressionId {
        let mut name = function.text.to_ascii_lowercase();
        let mut function_range = function.range;
        if let Some(namespace) = namespace {
            name = format!("{}.{name}", namespace.text.to_ascii_lowercase());
            function_range.start = namespace.range.start;
            if let Some(&function) = self.names.functions.get(&name) {
                let arguments = self.expressions(arguments);
                let call = ExpressionKind::UserCall {
                    function,
                    arguments,
                };
                return self.builder.add(call, range);
            }
        }
        let arguments = match self.name_of_template(&name, arguments, range) {
            Ok(id) => return id,
            Err(arguments) => arguments,
        };
        let kind = match self.operator(&name, arguments, range) {
            Ok(kind) => kind,
            Err(arguments) => ExpressionKind::Call {
                arguments: self.arguments(&name, arguments),
                function: name.into(),
                function_range,
            },
        };
        self.builder.add(kind, range)
    }

    /// The calls that stand for something that the template names; else the arguments again.
    fn name_of_template(
        &mut self,
        function: &str,
        mut arguments: Vec<Expression>,
        range: TextRange,
    ) -> Result<ExpressionId, Vec<Expression>> {
        let kind = match (function, arguments.as_mut_slice()) {
            ("parameters", [name]) => {
                let Some(name) = literal(name) else {
                    return Err(arguments);
                };
                ExpressionKind::Reference(self.parameter(name))
            }
            ("variables", [name]) => {
                let Some(name) = literal(name) else {
                    return Err(arguments);
                };
                let found = self.names.variables.get(&name.to_ascii_lowercase());
                let unresolved = || Reference::Unresolved(name.into());
                ExpressionKind::Reference(
                    found.copied().map_or_else(unresolved, Reference::Variable),
                )
            }
            ("lambdavariables", [name]) => {
                let Some(name) = literal(name) else {
                    return Err(arguments);
                };
                let unresolved = || Reference::Unresolved(name.into());
                let found = self.scope.lambda_variable(name);
                ExpressionKind::Reference(found.map_or_else(unresolved, Reference::Local))
            }
            ("lambda", [parameters @ .., body])
                if parameters.len() <= MAXIMUM_LAMBDA_PARAMETERS =>
            {
                let names: Option<Vec<Box<str>>> = parameters
                    .iter()
                    .map(|parameter| literal(parameter).map(Into::into))
                    .collect();
                let Some(names) = names else {
                    return Err(arguments);
                };
                let body = std::mem::replace(body, invalid(range));
                self.lambda(names, body)
            }
            ("copyindex", [] | [_] | [_, _]) => return self.copy_index(arguments, range),
            _ => return Err(arguments),
        };
        Ok(self.builder.add(kind, range))
    }

    fn parameter(&self, name: &str) -> Reference {
        let key = name.to_ascii_lowercase();
        let found = match &self.scope.function_parameters {
            Some(parameters) => parameters.get(&key).copied().map(Reference::Local),
            None => self
                .names
                .parameters
                .get(&key)
                .copied()
                .map(Reference::Parameter),
        };
        found.unwrap_or_else(|| Reference::Unresolved(name.into()))
    }

    fn lambda(&mut self, names: Vec<Box<str>>, body: Expression) -> ExpressionKind {
        let outer = self.scope.lambda_variables.len();
        let mut parameters = Vec::with_capacity(names.len());
        for name in names {
            let local = self.builder.local();
            self.scope.lambda_variables.push((name, local));
            parameters.push(local);
        }
        let body = self.expression(body);
        self.scope.lambda_variables.truncate(outer);
        ExpressionKind::Lambda { parameters, body }
    }

    /// `copyIndex()`, `copyIndex(offset)`, `copyIndex('loop')`, `copyIndex('loop', offset)`
    fn copy_index(
        &mut self,
        mut arguments: Vec<Expression>,
        range: TextRange,
    ) -> Result<ExpressionId, Vec<Expression>> {
        let name = arguments.first().and_then(literal);
        let has_name = name.is_some();
        let Some(index) = self.scope.loop_index(name) else {
            return Err(arguments);
        };
        if arguments.len() == 2 && !has_name {
            return Err(arguments);
        }
        let offset = arguments
            .pop()
            .filter(|_| !has_name || !arguments.is_empty());
        let index = ExpressionKind::Reference(Reference::Local(index));
        let index = self.builder.add(index, range);
        let Some(offset) = offset else {
            return Ok(index);
        };
        let right = self.expression(offset);
        let sum = ExpressionKind::Binary {
            operator: BinaryOperator::Add,
            left: index,
            right,
        };
        Ok(self.builder.add(sum, range))
    }

    /// The arguments of a function that has no form of its own. Those that look at a resource take
    /// its symbolic name as a string.
    fn arguments(&mut self, function: &str, arguments: Vec<Expression>) -> Vec<ExpressionId> {
        let takes_resource = matches!(function, "reference" | "references" | "resourceinfo")
            || function.starts_with("list");
        let mut ids = Vec::with_capacity(arguments.len());
        let mut arguments = arguments.into_iter();
        if takes_resource && let Some(first) = arguments.next() {
            ids.push(self.symbol_or_expression(first));
        }
        ids.extend(arguments.map(|argument| self.expression(argument)));
        ids
    }

    fn symbol_or_expression(&mut self, expression: Expression) -> ExpressionId {
        match self.symbol_of(&expression) {
            Some(symbol) => symbol,
            None => self.expression(expression),
        }
    }

    /// The resource or module that an expression names by its symbolic name: `'name'`,
    /// `'name[0]'`, `format('name[{0}]', index)`.
    pub(super) fn symbol_of(&mut self, expression: &Expression) -> Option<ExpressionId> {
        if let Some(name) = literal(expression) {
            return self.symbol(name, expression.range);
        }
        let Kind::Call {
            namespace: None,
            function,
            arguments,
        } = &expression.kind
        else {
            return None;
        };
        let [name, index] = arguments.as_slice() else {
            return None;
        };
        if !function.text.eq_ignore_ascii_case("format") {
            return None;
        }
        let symbol = literal(name)?.strip_suffix("[{0}]")?;
        let object = ExpressionKind::Reference(self.symbols.get(symbol)?);
        let object = self.builder.add(object, name.range);
        let index = self.expression(index.clone());
        Some(self.element(object, index, expression.range))
    }

    /// The resource or module of a symbolic name, or an element of one that is a loop.
    pub(super) fn symbol(&mut self, name: &str, range: TextRange) -> Option<ExpressionId> {
        if let Some(reference) = self.symbols.get(name) {
            let kind = ExpressionKind::Reference(reference);
            return Some(self.builder.add(kind, range));
        }
        let (name, index) = name.strip_suffix(']')?.rsplit_once('[')?;
        let index = index.parse().ok()?;
        let reference = self.symbols.get(name)?;
        let object = ExpressionKind::Reference(reference);
        let object = self.builder.add(object, range);
        let index = self.builder.add(ExpressionKind::Integer(index), range);
        Some(self.element(object, index, range))
    }

    fn element(
        &mut self,
        object: ExpressionId,
        index: ExpressionId,
        range: TextRange,
    ) -> ExpressionId {
        let element = ExpressionKind::Index {
            object,
            index,
            is_safe: false,
            is_from_end: false,
        };
        self.builder.add(element, range)
    }
}

/// The text of a string.
pub(super) fn literal(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

fn model_name(name: Name) -> model::Name {
    model::Name {
        text: name.text,
        range: name.range,
    }
}

fn invalid(range: TextRange) -> Expression {
    Expression {
        kind: Kind::Invalid,
        range,
    }
}
