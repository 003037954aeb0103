//! Case splits: a question about a template is asked in every case that its answer depends on.
//!
//! A case gives some parameters a value and takes some conditions as true or false. Within one case
//! a parameter has one value everywhere, and the same condition the same truth. A judgement is
//! ordinary code that evaluates expressions; where it meets something undecided it stops with
//! [`Undecided`], and is asked again, once for each possibility. Only what a judgement really
//! looks at splits it.

use std::collections::BTreeSet;

use syntax::TextRange;

use crate::evaluate::Evaluator;
use crate::model::{ExpressionId, ExpressionKind, ParameterId, Template};
use crate::value::Value;

/// How many cases one judgement may fall into. Beyond, there is no answer rather than a wrong one.
pub const MAXIMUM_CASES: usize = 64;

/// A judgement that depends on something its case leaves open.
#[derive(Debug)]
pub struct Undecided(pub(crate) Question);

#[derive(Debug)]
pub(crate) enum Question {
    /// Which of its values a parameter has.
    Parameter(ParameterId),
    /// Whether a condition holds.
    Condition(Condition),
    /// The judgement is too large to be made.
    TooComplex,
}

/// A condition that the template leaves open.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// What it evaluates to.
    pub(crate) value: Value,
    /// Where it is written.
    pub(crate) range: TextRange,
    /// Whether `range` says the opposite of `value`.
    pub(crate) is_negated: bool,
    /// What it is with the defaults of the parameters it depends on.
    pub(crate) by_default: Option<bool>,
    /// The parameters it depends on.
    pub(crate) parameters: Vec<ParameterId>,
}

/// What an answer holds for.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub(crate) choices: Vec<Choice>,
}

/// One decision of a case.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// A parameter has a value, given as an expression, or as a boolean.
    Parameter(ParameterId, Chosen),
    /// A condition holds, or does not.
    Condition(Condition, bool),
}

/// The value that a case gives a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chosen {
    Bool(bool),
    Expression(ExpressionId),
}

/// An answer, and what it holds for.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The case.
    pub case: Case,
    /// The parameters whose defaults the answer rests on.
    pub defaults: BTreeSet<ParameterId>,
    /// The answer.
    pub value: T,
}

/// Makes a judgement in every case that it depends on; none if there are too many cases, or the
/// judgement is too large.
pub fn judge<'t, T>(
    template: &'t Template,
    mut judgement: impl FnMut(&Evaluator<'t>) -> Result<T, Undecided>,
) -> Option<Vec<Answer<T>>> {
    judge_within(template, &Case::default(), &mut judgement)
}

/// As [`judge`], in the cases that a given one falls into.
pub fn judge_within<'t, T>(
    template: &'t Template,
    case: &Case,
    judgement: &mut impl FnMut(&Evaluator<'t>) -> Result<T, Undecided>,
) -> Option<Vec<Answer<T>>> {
    let mut pending = vec![case.clone()];
    let mut answers = Vec::new();
    while let Some(case) = pending.pop() {
        if pending.len() + answers.len() >= MAXIMUM_CASES {
            return None;
        }
        let evaluator = Evaluator::new(template, case);
        match judgement(&evaluator) {
            Ok(value) => {
                let (case, defaults) = evaluator.finish();
                answers.push(Answer {
                    case,
                    defaults,
                    value,
                });
            }
            Err(Undecided(question)) => {
                let (case, _) = evaluator.finish();
                let choices = choices(template, question)?;
                // Last in, first out: the cases come in the order of the choices.
                pending.extend(choices.into_iter().rev().map(|choice| {
                    let mut case = case.clone();
                    case.choices.push(choice);
                    case
                }));
            }
        }
    }
    Some(answers)
}

fn choices(template: &Template, question: Question) -> Option<Vec<Choice>> {
    match question {
        Question::Parameter(id) => {
            let parameter = template.parameter(id);
            let chosen: Vec<_> = if parameter.allowed.is_empty() {
                vec![Chosen::Bool(true), Chosen::Bool(false)]
            } else {
                parameter
                    .allowed
                    .iter()
                    .copied()
                    .map(Chosen::Expression)
                    .collect()
            };
            Some(
                chosen
                    .into_iter()
                    .map(|chosen| Choice::Parameter(id, chosen))
                    .collect(),
            )
        }
        Question::Condition(condition) => Some(vec![
            Choice::Condition(condition.clone(), true),
            Choice::Condition(condition, false),
        ]),
        Question::TooComplex => None,
    }
}

/// A decision of a case in the words of the template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// A parameter has a value, given as it is written.
    Parameter {
        /// The parameter's name.
        name: String,
        /// The place of the value, or the boolean.
        value: CircumstanceValue,
    },
    /// A condition, given by its place, holds or does not.
    Condition {
        /// Where the condition is written.
        range: TextRange,
        /// Whether it holds.
        holds: bool,
    },
}

/// The value of a parameter in a [`Circumstance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CircumstanceValue {
    /// A boolean.
    Bool(bool),
    /// The parameter is left out.
    Null,
    /// One of the parameter's allowed values, given by its place.
    Written(TextRange),
}

/// The circumstances that set the cases in which something is so apart from those in which it is
/// not; one list for each case, empty where it is so in every case. Decisions that make no
/// difference are left out.
#[must_use]
pub fn circumstances(
    template: &Template,
    all: &[&Case],
    is_so: impl Fn(usize) -> bool,
) -> Vec<Vec<Circumstance>> {
    let so: Vec<_> = (0..all.len()).filter(|index| is_so(*index)).collect();
    if so.len() == all.len() {
        return vec![Vec::new()];
    }
    let mut lists = Vec::new();
    for index in so {
        let case = all[index];
        let list: Vec<_> = case
            .choices
            .iter()
            .enumerate()
            .filter(|(position, choice)| {
                // The choice matters if a case that agrees before it and differs in it is not so.
                all.iter().enumerate().any(|(other, candidate)| {
                    !is_so(other)
                        && candidate.choices.len() > *position
                        && candidate.choices[..*position]
                            .iter()
                            .zip(&case.choices)
                            .all(|(a, b)| is_same_choice(a, b))
                        && !is_same_choice(&candidate.choices[*position], choice)
                })
            })
            .map(|(_, choice)| circumstance(template, choice))
            .collect();
        if !lists.contains(&list) {
            lists.push(list);
        }
    }
    lists
}

fn is_same_choice(a: &Choice, b: &Choice) -> bool {
    match (a, b) {
        (Choice::Parameter(a, value_a), Choice::Parameter(b, value_b)) => {
            a == b && value_a == value_b
        }
        (Choice::Condition(a, truth_a), Choice::Condition(b, truth_b)) => {
            a.range == b.range && truth_a == truth_b
        }
        _ => false,
    }
}

fn circumstance(template: &Template, choice: &Choice) -> Circumstance {
    match choice {
        Choice::Parameter(id, chosen) => Circumstance::Parameter {
            name: template.parameter(*id).name.text.to_string(),
            value: match chosen {
                Chosen::Bool(value) => CircumstanceValue::Bool(*value),
                // These may be written nowhere: they follow from the parameter's type.
                Chosen::Expression(expression) => match template.kind(*expression) {
                    ExpressionKind::Bool(value) => CircumstanceValue::Bool(*value),
                    ExpressionKind::Null => CircumstanceValue::Null,
                    _ => CircumstanceValue::Written(template.range(*expression)),
                },
            },
        },
        Choice::Condition(condition, holds) => Circumstance::Condition {
            range: condition.range,
            holds: *holds != condition.is_negated,
        },
    }
}
