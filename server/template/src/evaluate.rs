//! Symbolic evaluation of expressions, inside one case.

mod conditions;
mod functions;
mod members;
mod resources;
mod same;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::cases::{Case, Choice, Chosen, Question, Undecided};
use crate::model::{
    BinaryOperator, ExpressionId, ExpressionKind, Member, ParameterId, ParameterKind, Reference,
    ResourceId, Segment, Template, UnaryOperator, VariableId,
};
use crate::value::{
    Array, Bindings, Entry, Evaluated, Handle, Lambda, Lazy, Object, Part, Reason, Symbol, Text,
    Value, weight,
};

pub use self::members::Lookup;
pub use self::resources::identity_of_value;
pub use self::same::Sameness;

/// How deep evaluations may nest: variables that lead to variables, mostly.
const MAXIMUM_DEPTH: u32 = 128;
/// How many expressions one judgement may evaluate.
const MAXIMUM_STEPS: u32 = 100_000;
/// How much one value may be made of. Variables that use one another twice double at every step,
/// and what looks at a value goes through all of it.
const MAXIMUM_WEIGHT: u32 = 2_000;

/// Evaluates the expressions of a template in one case.
pub struct Evaluator<'t> {
    /// The template.
    pub template: &'t Template,
    case: Case,
    /// Whether parameters that the case leaves open have their defaults, or stay themselves.
    takes_defaults: Cell<bool>,
    /// The parameters whose defaults were taken.
    defaults: RefCell<BTreeSet<ParameterId>>,
    depth: Cell<u32>,
    steps: Cell<u32>,
    variables: RefCell<HashMap<(VariableId, bool), Evaluated>>,
}

impl<'t> Evaluator<'t> {
    pub(crate) fn new(template: &'t Template, case: Case) -> Self {
        Self {
            template,
            case,
            takes_defaults: Cell::new(false),
            defaults: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            variables: RefCell::default(),
        }
    }

    pub(crate) fn finish(self) -> (Case, BTreeSet<ParameterId>) {
        (self.case, self.defaults.into_inner())
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Evaluates a lazy value. Parameters that the case leaves open stay themselves.
    pub fn force(&self, lazy: &Lazy) -> Result<Evaluated, Undecided> {
        match lazy {
            Lazy::Expression(expression, bindings) => self.evaluate_in(*expression, bindings),
            Lazy::Evaluated(evaluated) => Ok(evaluated.clone()),
            Lazy::Union(pair) => {
                if !self.descend() {
                    return Err(Undecided(Question::TooComplex));
                }
                let both = self
                    .force(&pair.0)
                    .and_then(|first| Ok((first, self.force(&pair.1)?)));
                self.ascend();
                let (first, second) = both?;
                match (&first.value, &second.value) {
                    (Value::Object(a), Value::Object(b)) => Ok(Evaluated {
                        value: members::union(a, b),
                        origin: second.origin,
                    }),
                    (Value::Symbol(_), _) if !matches!(second.value, Value::Object(_)) => {
                        Ok(second)
                    }
                    _ if matches!(second.value, Value::Null) => Ok(first),
                    (_, Value::Object(_)) => Ok(Evaluated {
                        value: Value::unknown(Reason::Unsupported),
                        origin: second.origin,
                    }),
                    _ => Ok(second),
                }
            }
        }
    }

    /// Evaluates an expression outside of loops.
    pub fn evaluate(&self, expression: ExpressionId) -> Result<Evaluated, Undecided> {
        self.evaluate_in(expression, &Bindings::default())
    }

    /// Evaluates an expression with what the names around it are bound to.
    pub fn evaluate_in(
        &self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAXIMUM_STEPS {
            return Err(Undecided(Question::TooComplex));
        }
        if !self.descend() {
            return Ok(Evaluated {
                value: Value::unknown(Reason::TooComplex),
                origin: expression,
            });
        }
        let result = self.evaluate_nested(expression, bindings);
        self.ascend();
        let mut evaluated = result?;
        let weight = weight(&evaluated.value, MAXIMUM_WEIGHT);
        self.steps.set(self.steps.get() + weight / 16);
        if weight >= MAXIMUM_WEIGHT {
            evaluated.value = Value::unknown(Reason::TooComplex);
        }
        Ok(evaluated)
    }

    /// Goes one level deeper, unless that is too deep; [`Self::ascend`] comes back.
    fn descend(&self) -> bool {
        let is_allowed = self.depth.get() < MAXIMUM_DEPTH;
        if is_allowed {
            self.depth.set(self.depth.get() + 1);
        }
        is_allowed
    }

    fn ascend(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Evaluates a lazy value as far as the case and the defaults of parameters determine it:
    /// parameters that are limited to some values split the case, others have their default.
    pub fn known(&self, lazy: &Lazy) -> Result<Evaluated, Undecided> {
        let evaluated = self.force(lazy)?;
        self.split(&evaluated.value)?;
        if !has_parameter(&evaluated.value) {
            return Ok(evaluated);
        }
        let before = self.takes_defaults.replace(true);
        let result = self.force(lazy);
        self.takes_defaults.set(before);
        result
    }

    /// Stops the judgement if a value depends on a parameter that is limited to some values and
    /// that the case leaves open.
    pub(crate) fn split(&self, value: &Value) -> Result<(), Undecided> {
        let mut open = None;
        visit_parameters(value, &mut |id| {
            let parameter = self.template.parameter(id);
            if open.is_none()
                && (parameter.kind == ParameterKind::Bool || !parameter.allowed.is_empty())
                && self.chosen(id).is_none()
            {
                open = Some(id);
            }
        });
        match open {
            Some(id) => Err(Undecided(Question::Parameter(id))),
            None => Ok(()),
        }
    }

    fn chosen(&self, parameter: ParameterId) -> Option<Chosen> {
        self.case.choices.iter().find_map(|choice| match choice {
            Choice::Parameter(id, chosen) if *id == parameter => Some(*chosen),
            _ => None,
        })
    }

    fn evaluate_nested(
        &self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        let value = match self.template.kind(expression) {
            ExpressionKind::Invalid => Value::unknown(Reason::Unreadable),
            ExpressionKind::Null => Value::Null,
            ExpressionKind::Bool(value) => Value::Bool(*value),
            ExpressionKind::Integer(value) => Value::Integer(*value),
            ExpressionKind::String(text) => Value::string(text),
            ExpressionKind::Interpolation(segments) => self.interpolation(segments, bindings)?,
            ExpressionKind::Array(items) => {
                let mut array = Array {
                    items: Vec::new(),
                    is_open: false,
                };
                for item in items {
                    if !item.is_spread {
                        array
                            .items
                            .push(Lazy::Expression(item.value, bindings.clone()));
                        continue;
                    }
                    match self.evaluate_in(item.value, bindings)?.value {
                        Value::Array(spread) => {
                            array.items.extend(spread.items.iter().cloned());
                            array.is_open |= spread.is_open;
                        }
                        _ => array.is_open = true,
                    }
                }
                Value::Array(Rc::new(array))
            }
            ExpressionKind::Object(object) => {
                let mut value = Object {
                    entries: Vec::new(),
                    is_open: !object.is_complete,
                };
                for member in &object.members {
                    match member {
                        Member::Property(property) => value.entries.push(Entry {
                            key: self.evaluate_in(property.key, bindings)?.value,
                            key_expression: Some(property.key),
                            value: Lazy::Expression(property.value, bindings.clone()),
                        }),
                        Member::Spread(spread) => {
                            match self.evaluate_in(*spread, bindings)?.value {
                                Value::Object(spread) => {
                                    value.entries.extend(spread.entries.iter().cloned());
                                    value.is_open |= spread.is_open;
                                }
                                Value::Null => {}
                                _ => value.is_open = true,
                            }
                        }
                    }
                }
                Value::Object(Rc::new(value))
            }
            ExpressionKind::Reference(reference) => {
                return self.reference(reference, expression, bindings);
            }
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } => return self.call(expression, function, arguments, bindings),
            ExpressionKind::UserCall {
                function,
                arguments,
            } => {
                let function = self.template.function(*function);
                let mut inner = Bindings::default();
                for (parameter, argument) in function.parameters.iter().zip(arguments) {
                    inner = inner.with(*parameter, Lazy::Expression(*argument, bindings.clone()));
                }
                return self.evaluate_in(function.body, &inner);
            }
            ExpressionKind::ImportedCall { .. } => Value::unknown(Reason::Unresolved),
            ExpressionKind::MethodCall {
                object,
                function,
                arguments,
            } => self.method_call(*object, function, arguments, bindings)?,
            ExpressionKind::Member {
                object,
                name,
                is_safe,
            } => {
                let object = self.evaluate_in(*object, bindings)?;
                return self.member(&object.value, &name.text, *is_safe, expression);
            }
            ExpressionKind::Index {
                object,
                index,
                is_safe,
                is_from_end,
            } => {
                let object = self.evaluate_in(*object, bindings)?;
                let index = self.evaluate_in(*index, bindings)?;
                return self.element(
                    &object.value,
                    &index.value,
                    *is_safe,
                    *is_from_end,
                    expression,
                );
            }
            ExpressionKind::Unary { operator, operand } => {
                self.unary(*operator, *operand, bindings)?
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Coalesce,
                left,
                right,
            } => {
                let left = self.evaluate_in(*left, bindings)?;
                match left.value {
                    Value::Null => return self.evaluate_in(*right, bindings),
                    Value::Symbol(_) => Value::symbol(Symbol::Call {
                        function: "coalesce".into(),
                        arguments: vec![left.value, self.evaluate_in(*right, bindings)?.value],
                    }),
                    _ => return Ok(left),
                }
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, *left, *right, bindings)?,
            ExpressionKind::Conditional {
                condition,
                consequence,
                alternative,
            } => {
                let arm = if self.arm(*condition, bindings)? {
                    consequence
                } else {
                    alternative
                };
                return self.evaluate_in(*arm, bindings);
            }
            ExpressionKind::NonNull(operand) => return self.evaluate_in(*operand, bindings),
            ExpressionKind::Lambda { parameters, body } => Value::Lambda(Rc::new(Lambda {
                parameters: parameters.clone(),
                body: *body,
                bindings: bindings.clone(),
            })),
            ExpressionKind::For { repetition, body } => {
                let iterable = self.evaluate_in(repetition.iterable, bindings)?;
                members::repeat(&iterable.value, *repetition, *body, bindings)
            }
        };
        Ok(Evaluated {
            value,
            origin: expression,
        })
    }

    fn reference(
        &self,
        reference: &Reference,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Evaluated, Undecided> {
        let value = match reference {
            Reference::Parameter(id) => return self.parameter(*id, expression),
            Reference::Variable(id) => {
                let key = (*id, self.takes_defaults.get());
                if let Some(known) = self.variables.borrow().get(&key) {
                    return Ok(known.clone());
                }
                let evaluated = self.evaluate(self.template.variable(*id).value)?;
                // Near the limit the value depends on the way here.
                if self.depth.get() < MAXIMUM_DEPTH / 2 {
                    self.variables.borrow_mut().insert(key, evaluated.clone());
                }
                return Ok(evaluated);
            }
            Reference::Resource(id) => self.resource_reference(*id)?,
            Reference::Module(id) => Value::symbol(Symbol::Output {
                module: *id,
                path: Vec::new(),
            }),
            Reference::Local(id) => match bindings.get(*id) {
                Some(value) => return self.force(value),
                // The item of a loop over a list that is not known is an element of that list, as
                // ARM JSON writes it.
                None => match self.template.repetition_of(*id) {
                    Some(repetition) => {
                        let list = self.evaluate_in(repetition.iterable, bindings)?;
                        let index = Value::symbol(Symbol::Local(repetition.index));
                        return self.element(&list.value, &index, false, false, expression);
                    }
                    None => Value::symbol(Symbol::Local(*id)),
                },
            },
            Reference::Imported { .. } | Reference::Base(_) | Reference::Unresolved(_) => {
                Value::unknown(Reason::Unresolved)
            }
        };
        Ok(Evaluated {
            value,
            origin: expression,
        })
    }

    fn parameter(&self, id: ParameterId, expression: ExpressionId) -> Result<Evaluated, Undecided> {
        let parameter = self.template.parameter(id);
        match self.chosen(id) {
            Some(Chosen::Bool(value)) => {
                return Ok(Evaluated {
                    value: Value::Bool(value),
                    origin: expression,
                });
            }
            Some(Chosen::Expression(chosen)) => return self.evaluate(chosen),
            None => {}
        }
        if self.takes_defaults.get()
            && let Some(default) = parameter.default
            && !self.is_open(id)
        {
            self.defaults.borrow_mut().insert(id);
            return self.evaluate(default);
        }
        Ok(Evaluated {
            value: Value::symbol(Symbol::Parameter(id)),
            origin: expression,
        })
    }

    /// Whether the case contradicts the default of a parameter, so that the default says nothing.
    fn is_open(&self, parameter: ParameterId) -> bool {
        self.case.choices.iter().any(|choice| match choice {
            Choice::Condition(condition, holds) => {
                condition.by_default != Some(*holds) && condition.parameters.contains(&parameter)
            }
            Choice::Parameter(..) => false,
        })
    }

    fn interpolation(&self, segments: &[Segment], bindings: &Bindings) -> Result<Value, Undecided> {
        let mut text = Text::default();
        for segment in segments {
            match segment {
                Segment::Text(literal) => text.push_str(literal),
                Segment::Hole(hole) => text.push(self.evaluate_in(*hole, bindings)?.value),
            }
        }
        Ok(text.into_value())
    }

    fn unary(
        &self,
        operator: UnaryOperator,
        operand: ExpressionId,
        bindings: &Bindings,
    ) -> Result<Value, Undecided> {
        let value = self.evaluate_in(operand, bindings)?.value;
        Ok(match (operator, value) {
            (UnaryOperator::Not, value) => conditions::not(value),
            (UnaryOperator::Minus, Value::Integer(value)) => value
                .checked_neg()
                .map_or_else(|| Value::unknown(Reason::Invalid), Value::Integer),
            (UnaryOperator::Plus, value @ Value::Integer(_)) => value,
            _ => Value::unknown(Reason::Unsupported),
        })
    }

    fn resource_reference(&self, id: ResourceId) -> Result<Value, Undecided> {
        if self.template.resource(id).repetition.is_some() {
            return Ok(Value::Resources(id));
        }
        Ok(Value::Resource(Handle {
            identity: self.identity(id)?,
            is_properties_only: false,
        }))
    }
}

/// Whether a value depends on a parameter.
pub(crate) fn has_parameter(value: &Value) -> bool {
    let mut found = false;
    visit_parameters(value, &mut |_| found = true);
    found
}

/// Calls `visit` for each parameter that a value is made of. Arrays and objects are not looked
/// into: their parts are evaluated one by one.
fn visit_parameters(value: &Value, visit: &mut impl FnMut(ParameterId)) {
    crate::value::visit(value, &mut |part| {
        if let Part::Symbol(Symbol::Parameter(id)) = part {
            visit(*id);
        }
    });
}
