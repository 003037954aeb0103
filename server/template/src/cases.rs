//! Case splits: a question about a program is asked in every case that its answer depends on.
//!
//! A case is deployed with one parameter file, if there are any, gives some parameters a value and
//! takes some conditions as true or false. Within one case a parameter has one value everywhere, and the same condition the same truth. A judgement is
//! ordinary code that evaluates expressions; where it meets something undecided it stops with
//! [`Undecided`], and is asked again, once for each possibility. Only what a judgement really
//! looks at splits it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::Evaluator;
use crate::evaluate::implied::is_sure;
use crate::model::{ExpressionId, ExpressionKind, ParameterId};
use crate::program::{At, Program, ScenarioId};
use crate::value::{Bindings, Value};

/// How many cases one judgement may fall into, with each parameter file. Beyond, there is no answer
/// rather than a wrong one.
pub const MAXIMUM_CASES: usize = 64;

/// A judgement that depends on something its case leaves open.
#[derive(Debug)]
pub struct Undecided(pub(crate) Question);

#[derive(Debug)]
pub(crate) enum Question {
    /// Which parameter file the program is deployed with.
    Scenario,
    /// Which of its values a parameter has.
    Parameter(At<ParameterId>),
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
    pub(crate) place: At<ExpressionId>,
    /// What the names around it are bound to.
    pub(crate) bindings: Bindings,
    /// Whether `place` says the opposite of `value`.
    pub(crate) is_negated: bool,
    /// What it is with the defaults of the parameters it depends on.
    pub(crate) by_default: Option<bool>,
    /// The parameters it depends on.
    pub(crate) parameters: Vec<At<ParameterId>>,
}

/// What an answer holds for.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub(crate) choices: Vec<Choice>,
}

impl Case {
    /// The parameter file that the program is deployed with, if the case depends on it.
    #[must_use]
    pub fn scenario(&self) -> Option<ScenarioId> {
        self.choices.iter().find_map(|choice| match choice {
            Choice::Scenario(scenario) => Some(*scenario),
            Choice::Parameter(..) | Choice::Condition(..) => None,
        })
    }

    /// What the case takes as true or false though nothing decides it.
    pub fn assumed(&self) -> impl Iterator<Item = &Value> {
        self.choices.iter().filter_map(|choice| match choice {
            Choice::Condition(condition, _) => Some(&condition.value),
            Choice::Scenario(_) | Choice::Parameter(..) => None,
        })
    }

    /// Whether the conditions that the case takes as true and false can hold together for sure, as far
    /// as they depend on the same parameters. `not contains(list, x)` and `x == 'a'` may exclude one
    /// another.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        let mut by_parameter: BTreeMap<At<ParameterId>, Vec<(&Value, bool)>> = BTreeMap::new();
        for choice in &self.choices {
            if let Choice::Condition(condition, holds) = choice {
                let parameters: BTreeSet<_> = condition.parameters.iter().collect();
                for parameter in parameters {
                    let conditions = by_parameter.entry(*parameter).or_default();
                    conditions.push((&condition.value, *holds));
                }
            }
        }
        by_parameter.values().all(|conditions| is_sure(conditions))
    }
}

/// One decision of a case.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// The program is deployed with a parameter file.
    Scenario(ScenarioId),
    /// A parameter has a value, given as an expression of its template, or as a boolean.
    Parameter(At<ParameterId>, Chosen),
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
    pub defaults: BTreeSet<At<ParameterId>>,
    /// The answer.
    pub value: T,
}

/// Makes a judgement in every case that it depends on; none if there are too many cases, or the
/// judgement is too large.
pub fn judge<'p, T>(
    program: &'p Program,
    mut judgement: impl FnMut(&Evaluator<'p>) -> Result<T, Undecided>,
) -> Option<Vec<Answer<T>>> {
    judge_within(program, &Case::default(), &mut judgement)
}

/// Makes many judgements of one program. What one of them evaluates need not be evaluated again for the
/// next one, as long as neither a case nor a default had a part in it.
pub struct Judge<'p> {
    program: &'p Program,
    /// An evaluator of no case in particular, which has taken no default yet.
    shared: RefCell<Option<Evaluator<'p>>>,
}

impl<'p> Judge<'p> {
    /// A judge of a program.
    #[must_use]
    pub const fn new(program: &'p Program) -> Self {
        Self {
            program,
            shared: RefCell::new(None),
        }
    }

    /// As [`judge`].
    pub fn judge<T>(
        &self,
        mut judgement: impl FnMut(&Evaluator<'p>) -> Result<T, Undecided>,
    ) -> Option<Vec<Answer<T>>> {
        if self.program.is_exhausted() {
            self.program.note_unanswered();
            return None;
        }
        // Taken out, so that a judgement inside of this one has an evaluator of its own.
        let evaluator = self.shared.take();
        let evaluator = evaluator.unwrap_or_else(|| Evaluator::new(self.program, Case::default()));
        let result = judgement(&evaluator);
        let has_defaults = evaluator.has_defaults();
        match result {
            Ok(value) if has_defaults => {
                let (case, defaults) = evaluator.finish();
                Some(vec![Answer {
                    case,
                    defaults,
                    value,
                }])
            }
            result => {
                if !has_defaults {
                    evaluator.rest();
                    self.shared.replace(Some(evaluator));
                }
                match result {
                    Ok(value) => Some(vec![Answer {
                        case: Case::default(),
                        defaults: BTreeSet::new(),
                        value,
                    }]),
                    Err(_) => judge(self.program, judgement),
                }
            }
        }
    }
}

/// As [`judge`], in the cases that a given one falls into.
pub fn judge_within<'p, T>(
    program: &'p Program,
    case: &Case,
    judgement: &mut impl FnMut(&Evaluator<'p>) -> Result<T, Undecided>,
) -> Option<Vec<Answer<T>>> {
    let answers = answers(program, case, judgement);
    if answers.is_none() {
        program.note_unanswered();
    }
    answers
}

fn answers<'p, T>(
    program: &'p Program,
    case: &Case,
    judgement: &mut impl FnMut(&Evaluator<'p>) -> Result<T, Undecided>,
) -> Option<Vec<Answer<T>>> {
    let maximum = MAXIMUM_CASES * program.scenarios().len().max(1);
    let mut pending = vec![case.clone()];
    let mut answers = Vec::new();
    while let Some(case) = pending.pop() {
        if pending.len() + answers.len() >= maximum || program.is_exhausted() {
            return None;
        }
        let evaluator = Evaluator::new(program, case);
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
                let choices = choices(program, question)?;
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

fn choices(program: &Program, question: Question) -> Option<Vec<Choice>> {
    match question {
        Question::Scenario => {
            let scenarios = program.scenarios();
            Some(scenarios.map(Choice::Scenario).collect())
        }
        Question::Parameter(id) => {
            let parameter = program.parameter(id);
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
        // What a contract allows is a matter of its parameters' own values.
        Question::Condition(_) if program.is_contract() => None,
        Question::Condition(condition) => Some(vec![
            Choice::Condition(condition.clone(), true),
            Choice::Condition(condition, false),
        ]),
        Question::TooComplex => None,
    }
}

/// A decision of a case in the words of the program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// The program is deployed with a parameter file.
    Scenario(ScenarioId),
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
        place: At<ExpressionId>,
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
    Written(At<ExpressionId>),
}

/// The circumstances that set the cases in which something is so apart from those in which it is
/// not; one list for each case, empty where it is so in every case. Decisions that make no
/// difference are left out.
#[must_use]
pub fn circumstances(
    program: &Program,
    all: &[&Case],
    is_so: impl Fn(usize) -> bool,
) -> Vec<Vec<Circumstance>> {
    // Of a single parameter file nothing is told apart, and yet the answer rests on it.
    let is_single_scenario = program.scenarios().len() == 1;
    let so: Vec<_> = (0..all.len()).filter(|index| is_so(*index)).collect();
    if so.len() == all.len() && !is_single_scenario {
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
                if is_single_scenario && matches!(choice, Choice::Scenario(_)) {
                    return true;
                }
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
            .map(|(_, choice)| circumstance(program, choice))
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
            a.place == b.place && truth_a == truth_b
        }
        (Choice::Scenario(a), Choice::Scenario(b)) => a == b,
        _ => false,
    }
}

fn circumstance(program: &Program, choice: &Choice) -> Circumstance {
    match choice {
        Choice::Scenario(scenario) => Circumstance::Scenario(*scenario),
        Choice::Parameter(id, chosen) => Circumstance::Parameter {
            name: program.parameter(*id).name.text.to_string(),
            value: match chosen {
                Chosen::Bool(value) => CircumstanceValue::Bool(*value),
                // These may be written nowhere: they follow from the parameter's type.
                Chosen::Expression(expression) => {
                    match program.template(id.instance).kind(*expression) {
                        ExpressionKind::Bool(value) => CircumstanceValue::Bool(*value),
                        ExpressionKind::Null => CircumstanceValue::Null,
                        _ => CircumstanceValue::Written(id.instance.at(*expression)),
                    }
                }
            },
        },
        Choice::Condition(condition, holds) => Circumstance::Condition {
            place: condition.place,
            holds: *holds != condition.is_negated,
        },
    }
}
