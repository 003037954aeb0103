//! In which cases a finding holds, in words.

use std::collections::BTreeSet;

use template::cases::{Answer, Case, Circumstance, CircumstanceValue, circumstances};
use template::model::ParameterId;
use template::program::At;

use crate::context::Context;

/// How many alternatives a sentence names before it only counts them.
const MOST_ALTERNATIVES: usize = 3;

/// Something that is so in some of the cases of a judgement.
#[derive(Clone, Debug)]
pub(crate) struct Occurrence<T> {
    /// What is so.
    pub(crate) what: T,
    /// When it is so: empty, or words to append to a sentence, with a leading space.
    pub(crate) when: String,
}

/// What is so in any case, each thing once, with the cases in which it is.
pub(crate) fn occurrences<T: PartialEq + Clone>(
    context: &Context<'_>,
    answers: &[Answer<Vec<T>>],
) -> Vec<Occurrence<T>> {
    let mut found: Vec<T> = Vec::new();
    // What is so only in cases that may never be is not worth a word.
    let sure = answers.iter().filter(|answer| answer.case.is_consistent());
    for what in sure.flat_map(|answer| &answer.value) {
        if !found.contains(what) {
            found.push(what.clone());
        }
    }
    found
        .into_iter()
        .map(|what| {
            let when = when(context, answers, |answer| answer.value.contains(&what));
            Occurrence { what, when }
        })
        .collect()
}

/// Whether an answer rests on a parameter that callers may leave out: what they pass for it is their
/// business.
pub(crate) fn rests_on_left_out<T>(context: &Context<'_>, answer: &Answer<T>) -> bool {
    let mut defaults = answer.defaults.iter();
    defaults.any(|parameter| context.program.parameter(*parameter).is_optional)
}

/// Adds what is so to those of its kind, if there are any yet.
pub(crate) fn join<T>(
    groups: &mut Vec<Vec<Occurrence<T>>>,
    occurrence: Occurrence<T>,
    is_one: impl Fn(&Occurrence<T>, &Occurrence<T>) -> bool,
) {
    match groups
        .iter_mut()
        .find(|group| is_one(&group[0], &occurrence))
    {
        Some(group) => group.push(occurrence),
        None => groups.push(vec![occurrence]),
    }
}

/// When something is so: empty, or words to append to a sentence, with a leading space.
pub(crate) fn when<T>(
    context: &Context<'_>,
    answers: &[Answer<T>],
    is_so: impl Fn(&Answer<T>) -> bool,
) -> String {
    let cases: Vec<&Case> = answers.iter().map(|answer| &answer.case).collect();
    let lists = circumstances(context.program, &cases, |index| is_so(&answers[index]));
    let mut alternatives: Vec<String> = Vec::new();
    for list in lists {
        let words: Vec<_> = list
            .iter()
            .map(|circumstance| describe(context, circumstance))
            .collect();
        if words.is_empty() {
            alternatives.clear();
            break;
        }
        alternatives.push(words.join(" and "));
    }
    let mut text = String::new();
    if !alternatives.is_empty() {
        if alternatives.len() > MOST_ALTERNATIVES {
            let others = alternatives.split_off(MOST_ALTERNATIVES - 1).len();
            alternatives.push(format!("in {others} other cases"));
        }
        text = format!(" when {}", alternatives.join(", or "));
    }
    // Only a default that every failing case took is one that the finding rests on.
    let mut defaults: Option<BTreeSet<At<ParameterId>>> = None;
    for answer in answers.iter().filter(|answer| is_so(answer)) {
        defaults = Some(match defaults {
            None => answer.defaults.clone(),
            Some(known) => known.intersection(&answer.defaults).copied().collect(),
        });
    }
    let names: Vec<_> = defaults
        .unwrap_or_default()
        .into_iter()
        .map(|id| format!("`{}`", context.program.parameter(id).name.text))
        .collect();
    text + &match names.as_slice() {
        [] => String::new(),
        [name] => format!(" with the default of {name}"),
        names => format!(" with the defaults of {}", names.join(", ")),
    }
}

fn describe(context: &Context<'_>, circumstance: &Circumstance) -> String {
    match circumstance {
        Circumstance::Scenario(scenario) => {
            let path = context.program.scenario_path(*scenario);
            let name = path.file_name().unwrap_or(path.as_os_str());
            format!("deployed with `{}`", name.to_string_lossy())
        }
        Circumstance::Parameter { name, value } => match value {
            CircumstanceValue::Bool(value) => format!("`{name}` is {value}"),
            CircumstanceValue::Null => format!("`{name}` is null"),
            CircumstanceValue::Written(place) => {
                let template = context.template(place.instance);
                match template.text(place.id) {
                    Some(text) => format!("`{name}` is '{text}'"),
                    None => format!("`{name}` is {}", context.excerpt(*place)),
                }
            }
        },
        Circumstance::Condition { place, holds } => {
            let condition = context.excerpt(*place);
            if *holds {
                format!("`{condition}`")
            } else {
                format!("not `{condition}`")
            }
        }
    }
}
