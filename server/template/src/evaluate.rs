//! Symbolic evaluation of expressions, inside one case.

mod alike;
mod conditions;
mod functions;
mod ids;
pub(crate) mod implied;
mod instances;
mod members;
mod names;
mod parameters;
mod passages;
mod resources;
mod run_time;
mod safe;
mod same;
mod scopes;
#[cfg(test)]
mod tests;
mod unify;

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::rc::Rc;

use crate::cases::{Case, Choice, Chosen, Question, Undecided};
use crate::model::{
    BinaryOperator, ExpressionId, ExpressionKind, Member, ParameterId, ParameterKind, ResourceId,
    Segment, Template, UnaryOperator, VariableId,
};
use crate::program::{At, InstanceId, Program};
use crate::value::{
    Array, Bindings, Entry, Evaluated, Identity, Lambda, Lazy, Object, Part, Reason, Rest, Scope,
    Symbol, Text, Value, weight,
};

pub use self::ids::identity_of_value;
pub use self::members::{Given, Lookup, Property};
pub use self::passages::{Passage, Way};
pub use self::run_time::RunTimeRead;
pub use self::same::Sameness;
pub(crate) use self::unify::{is_name_of_one, is_one_of};

/// How deep evaluations may nest: variables that lead to variables, mostly.
const MAXIMUM_DEPTH: u32 = 128;
/// How many expressions one judgement may evaluate.
const MAXIMUM_STEPS: u32 = 100_000;
/// How much one value may be made of. Variables that use one another twice double at every step,
/// and what looks at a value goes through all of it.
const MAXIMUM_WEIGHT: u32 = 2_000;

/// What was evaluated already, with defaults taken or without.
type Kept<K, V> = RefCell<HashMap<(At<K>, bool), V>>;

/// Evaluates the expressions of a program in one case.
pub struct Evaluator<'p> {
    /// The program.
    pub program: &'p Program,
    case: Case,
    /// Whether parameters that the case leaves open have their defaults, or stay themselves.
    takes_defaults: Cell<bool>,
    /// The parameters whose defaults were taken.
    defaults: RefCell<BTreeSet<At<ParameterId>>>,
    depth: Cell<u32>,
    steps: Cell<u32>,
    variables: Kept<VariableId, Evaluated>,
    /// The parameters of instances that have a caller.
    parameters: Kept<ParameterId, Evaluated>,
    /// The outputs of instances, by their numbers.
    outputs: Kept<usize, Evaluated>,
    /// Where instances are deployed to.
    scopes: RefCell<HashMap<InstanceId, Scope>>,
    /// What resources are, what they are written as, and what is deployed of them.
    identities: Kept<ResourceId, Rc<Identity>>,
    /// What other layers found out in the case, by what they call it.
    found_out: RefCell<HashMap<TypeId, Box<dyn Any>>>,
    deployed_instances: RefCell<HashMap<(InstanceId, bool), bool>>,
    bodies: Kept<ResourceId, Evaluated>,
    deployed: Kept<ResourceId, Vec<(Bindings, Value)>>,
    /// What was looked at that carries values into and out of instances, where somebody asks.
    passages: RefCell<Option<Vec<Passage>>>,
}

impl<'p> Evaluator<'p> {
    pub(crate) fn new(program: &'p Program, case: Case) -> Self {
        Self {
            program,
            case,
            takes_defaults: Cell::new(false),
            defaults: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            variables: RefCell::default(),
            parameters: RefCell::default(),
            outputs: RefCell::default(),
            scopes: RefCell::default(),
            identities: RefCell::default(),
            found_out: RefCell::default(),
            bodies: RefCell::default(),
            deployed: RefCell::default(),
            deployed_instances: RefCell::default(),
            passages: RefCell::default(),
        }
    }

    /// Whether a default was taken.
    pub(crate) fn has_defaults(&self) -> bool {
        !self.defaults.borrow().is_empty()
    }

    /// Makes ready for the next judgement, wherever the last one stopped.
    pub(crate) fn rest(&self) {
        self.program.spend(self.steps.take());
        self.depth.set(0);
        self.takes_defaults.set(false);
        self.passages.take();
    }

    /// The case, and the defaults that were taken.
    pub(crate) fn finish(self) -> (Case, BTreeSet<At<ParameterId>>) {
        self.program.spend(self.steps.get());
        (self.case, self.defaults.into_inner())
    }

    /// What is found out once in a case and asked for many times. A key tells by its type what it is
    /// the key of.
    pub fn once<K: Eq + Hash + 'static, V: Clone + 'static>(
        &self,
        key: K,
        find: impl FnOnce() -> Result<V, Undecided>,
    ) -> Result<V, Undecided> {
        let kind = TypeId::of::<HashMap<K, V>>();
        let known = |found_out: &HashMap<TypeId, Box<dyn Any>>| {
            let of_kind = found_out.get(&kind)?.downcast_ref::<HashMap<K, V>>()?;
            of_kind.get(&key).cloned()
        };
        if let Some(known) = known(&self.found_out.borrow()) {
            return Ok(known);
        }
        let found = find()?;
        let mut found_out = self.found_out.borrow_mut();
        let of_kind = found_out
            .entry(kind)
            .or_insert_with(|| Box::new(HashMap::<K, V>::new()));
        if let Some(of_kind) = of_kind.downcast_mut::<HashMap<K, V>>() {
            of_kind.insert(key, found.clone());
        }
        Ok(found)
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

    /// Evaluates an expression outside of the loops of its template.
    pub fn evaluate(&self, expression: At<ExpressionId>) -> Result<Evaluated, Undecided> {
        self.evaluate_in(expression.id, &self.bindings(expression.instance)?)
    }

    fn template(&self, bindings: &Bindings) -> &'p Template {
        self.program.template(bindings.instance())
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
                origin: bindings.at(expression),
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

    /// Whether what is evaluated here is worth keeping. Near the limit of depth it depends on the way
    /// here.
    fn is_near_the_surface(&self) -> bool {
        self.depth.get() < MAXIMUM_DEPTH / 2
    }

    fn ascend(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Evaluates a lazy value as far as the case determines it: parameters that are limited to some
    /// values split the case, others stay themselves.
    pub fn decided(&self, lazy: &Lazy) -> Result<Evaluated, Undecided> {
        let evaluated = self.force(lazy)?;
        self.split(&evaluated.value)?;
        Ok(evaluated)
    }

    /// Evaluates a lazy value as far as the case and the defaults of parameters determine it:
    /// parameters that are limited to some values split the case, others have their default.
    pub fn known(&self, lazy: &Lazy) -> Result<Evaluated, Undecided> {
        let evaluated = self.decided(lazy)?;
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
            let parameter = self.program.parameter(id);
            if self.case.scenario().is_none() && self.program.is_assigned(id) {
                open = Some(Question::Scenario);
            } else if open.is_none()
                && (parameter.kind == ParameterKind::Bool || !parameter.allowed.is_empty())
                && self.chosen(id).is_none()
            {
                open = Some(Question::Parameter(id));
            }
        });
        match open {
            Some(question) => Err(Undecided(question)),
            None => Ok(()),
        }
    }

    fn chosen(&self, parameter: At<ParameterId>) -> Option<Chosen> {
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
        let origin = bindings.at(expression);
        let value = match self.template(bindings).kind(expression) {
            ExpressionKind::Invalid => Value::unknown(Reason::Unreadable),
            ExpressionKind::Null => Value::Null,
            ExpressionKind::Bool(value) => Value::Bool(*value),
            ExpressionKind::Integer(value) => Value::Integer(*value),
            ExpressionKind::String(text) => Value::string(text),
            ExpressionKind::Interpolation(segments) => self.interpolation(segments, bindings)?,
            ExpressionKind::Array(items) => {
                let mut array = Array {
                    items: Vec::new(),
                    rest: Rest::none(),
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
                            array.rest.add(&spread.rest);
                        }
                        value => array.rest.add(&Rest::of(value)),
                    }
                }
                Value::Array(Rc::new(array))
            }
            ExpressionKind::Object(object) => {
                let mut value = Object {
                    entries: Vec::new(),
                    rest: if object.is_complete {
                        Rest::none()
                    } else {
                        Rest::anything()
                    },
                };
                for member in &object.members {
                    match member {
                        Member::Property(property) => value.entries.push(Entry {
                            key: self.evaluate_in(property.key, bindings)?.value,
                            key_expression: Some(bindings.at(property.key)),
                            value: Lazy::Expression(property.value, bindings.clone()),
                        }),
                        Member::Spread(spread) => {
                            match self.evaluate_in(*spread, bindings)?.value {
                                Value::Object(spread) => {
                                    value.entries.extend(spread.entries.iter().cloned());
                                    value.rest.add(&spread.rest);
                                }
                                Value::Null => {}
                                spread => value.rest.add(&Rest::of(spread)),
                            }
                        }
                    }
                }
                Value::Object(Rc::new(value))
            }
            ExpressionKind::Reference(reference) => {
                return self.reference(reference, origin, bindings);
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
                let function = bindings.instance().at(*function);
                return self.user_call(function, arguments, bindings);
            }
            ExpressionKind::ImportedCall {
                import,
                function,
                arguments,
            } => match self.imported_function(bindings.instance(), *import, function) {
                Some(function) => return self.user_call(function, arguments, bindings),
                None => Value::unknown(Reason::Unresolved),
            },
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
                if *is_safe && self.is_left_out(*object, bindings)? {
                    return Ok(Evaluated {
                        value: Value::Null,
                        origin,
                    });
                }
                let is_safe = *is_safe || self.is_safe_chain(*object, bindings);
                let object = self.evaluate_in(*object, bindings)?;
                return self.member(&object.value, &name.text, is_safe, origin);
            }
            ExpressionKind::Index {
                object,
                index,
                is_safe,
                is_from_end,
            } => {
                let is_safe = *is_safe || self.is_safe_chain(*object, bindings);
                let object = self.evaluate_in(*object, bindings)?;
                let index = self.evaluate_in(*index, bindings)?;
                return self.element(&object.value, &index.value, is_safe, *is_from_end, origin);
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
        Ok(Evaluated { value, origin })
    }

    /// Whether the case contradicts the default of a parameter, so that the default says nothing.
    fn is_open(&self, parameter: At<ParameterId>) -> bool {
        self.case.choices.iter().any(|choice| match choice {
            Choice::Condition(condition, holds) => {
                condition.by_default != Some(*holds) && condition.parameters.contains(&parameter)
            }
            Choice::Parameter(..) | Choice::Scenario(_) => false,
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
}

/// Whether a value depends on a parameter.
pub(crate) fn has_parameter(value: &Value) -> bool {
    let mut found = false;
    visit_parameters(value, &mut |_| found = true);
    found
}

/// Calls `visit` for each parameter that a value is made of. The known parts of arrays and objects
/// are not looked into: they are evaluated one by one.
fn visit_parameters(value: &Value, visit: &mut dyn FnMut(At<ParameterId>)) {
    crate::value::visit(value, &mut |part| match part {
        Part::Symbol(Symbol::Parameter(id)) => visit(*id),
        Part::Collection(Value::Array(array)) => visit_rest(&array.rest, visit),
        Part::Collection(Value::Object(object)) => visit_rest(&object.rest, visit),
        Part::Symbol(_) | Part::Resource(_) | Part::Collection(_) => {}
    });
}

fn visit_rest(rest: &Rest, visit: &mut dyn FnMut(At<ParameterId>)) {
    for value in rest.values() {
        visit_parameters(value, visit);
    }
}
