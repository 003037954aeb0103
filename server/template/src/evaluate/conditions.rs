//! Whether conditions hold.

use super::alike::are_bound_alike;
use super::implied::implied;
use super::{Evaluator, has_parameter, visit_parameters};
use crate::cases::{Choice, Condition, Question, Undecided};
use crate::model::{BinaryOperator, ExpressionId, ExpressionKind, Reference, UnaryOperator};
use crate::program::At;
use crate::value::{Bindings, Lazy, Symbol, Value};

/// Whether the default of a parameter may decide a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Defaults {
    /// Of a value with two arms: the default is the case at hand.
    Decide,
    /// Of a resource: a default alone does not make its deployment certain.
    Suggest,
}

impl Evaluator<'_> {
    /// Whether the condition of a resource or module holds in the case.
    pub fn holds(&self, condition: ExpressionId, bindings: &Bindings) -> Result<bool, Undecided> {
        self.decide(condition, bindings, Defaults::Suggest)
    }

    /// Which arm of a conditional value the case takes.
    pub(super) fn arm(
        &self,
        condition: ExpressionId,
        bindings: &Bindings,
    ) -> Result<bool, Undecided> {
        self.decide(condition, bindings, Defaults::Decide)
    }

    fn decide(
        &self,
        condition: ExpressionId,
        bindings: &Bindings,
        defaults: Defaults,
    ) -> Result<bool, Undecided> {
        // Names are followed and connectives taken apart, so that each part is decided by itself.
        match self.template(bindings).kind(condition) {
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => Ok(!self.decide(*operand, bindings, defaults)?),
            ExpressionKind::Binary {
                operator: BinaryOperator::And,
                left,
                right,
            } => Ok(self.decide(*left, bindings, defaults)?
                && self.decide(*right, bindings, defaults)?),
            ExpressionKind::Binary {
                operator: BinaryOperator::Or,
                left,
                right,
            } => Ok(self.decide(*left, bindings, defaults)?
                || self.decide(*right, bindings, defaults)?),
            ExpressionKind::Reference(Reference::Variable(id)) if self.descend() => {
                let value = self.template(bindings).variable(*id).value;
                let result = self
                    .bindings(bindings.instance())
                    .and_then(|bindings| self.decide(value, &bindings, defaults));
                self.ascend();
                result
            }
            _ => self.decide_leaf(condition, bindings, defaults),
        }
    }

    fn decide_leaf(
        &self,
        condition: ExpressionId,
        bindings: &Bindings,
        defaults: Defaults,
    ) -> Result<bool, Undecided> {
        let lazy = Lazy::Expression(condition, bindings.clone());
        let value = match self.force(&lazy)?.value {
            Value::Bool(value) => return Ok(value),
            value => value,
        };
        self.split(&value)?;
        let (value, is_negated) = without_not(value);
        if let Some(holds) = self.taken(&value, is_negated, bindings.at(condition), bindings) {
            return Ok(holds != is_negated);
        }
        let by_default = if has_parameter(&value) {
            match self.known(&lazy)?.value {
                Value::Bool(value) => Some(value),
                _ => None,
            }
        } else {
            None
        };
        match by_default {
            Some(holds) if defaults == Defaults::Decide => Ok(holds),
            _ => {
                let mut parameters = Vec::new();
                visit_parameters(&value, &mut |id| parameters.push(id));
                Err(Undecided(Question::Condition(Condition {
                    value,
                    place: bindings.at(condition),
                    bindings: bindings.clone(),
                    is_negated,
                    by_default: by_default.map(|holds| holds != is_negated),
                    parameters,
                })))
            }
        }
    }

    /// What the case takes a condition for: by its value, or, where that cannot be compared, as what
    /// is written at the same place about the same.
    fn taken(
        &self,
        value: &Value,
        is_negated: bool,
        place: At<ExpressionId>,
        bindings: &Bindings,
    ) -> Option<bool> {
        self.case.choices.iter().find_map(|choice| match choice {
            Choice::Condition(condition, holds) => {
                let is_same = self.same(&condition.value, value).is_same()
                    || condition.place == place
                        && condition.is_negated == is_negated
                        && are_bound_alike(&condition.bindings, bindings);
                if is_same {
                    return Some(*holds);
                }
                implied(value, &condition.value, *holds)
            }
            Choice::Scenario(_) | Choice::Parameter(..) => None,
        })
    }
}

/// The negation of a value.
pub(super) fn not(value: Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        value => match without_not(value) {
            (value, true) => value,
            (value, false) => Value::symbol(Symbol::Call {
                function: "not".into(),
                arguments: vec![value],
            }),
        },
    }
}

fn without_not(value: Value) -> (Value, bool) {
    if let Value::Symbol(symbol) = &value
        && let Symbol::Call {
            function,
            arguments,
        } = &**symbol
        && &**function == "not"
        && let [operand] = arguments.as_slice()
    {
        return (operand.clone(), true);
    }
    (value, false)
}
