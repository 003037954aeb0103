//! What a value is in every case.

use std::collections::BTreeMap;
use std::fmt;

use template::Evaluator;
use template::cases::{Undecided, judge};
use template::program::Program;

/// What a value is in every case; none if there are too many.
#[derive(Clone, Debug)]
pub(crate) struct Cases(Option<Vec<Case>>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    value: String,
    /// What the case decides: questions with their answers.
    choices: BTreeMap<String, String>,
}

impl Cases {
    /// What a look at a program gives in every case.
    pub(crate) fn of<'p>(
        program: &'p Program,
        look: impl Fn(&Evaluator<'p>) -> Result<String, Undecided>,
    ) -> Self {
        program.renew_budget();
        let answers = judge(program, |evaluator| {
            Ok(Case {
                value: look(evaluator)?,
                choices: evaluator.describe_case().into_iter().collect(),
            })
        });
        Self(answers.map(|answers| {
            let mut cases: Vec<_> = answers.into_iter().map(|answer| answer.value).collect();
            cases.sort();
            if cases.iter().all(|case| case.value == cases[0].value) {
                cases.truncate(1);
                for case in &mut cases {
                    case.choices.clear();
                }
            }
            cases
        }))
    }

    /// A case of each in which they differ, though both may be of the same deployment.
    pub(crate) fn difference(&self, other: &Self) -> Option<(String, String)> {
        let (own, others) = match (&self.0, &other.0) {
            (Some(own), Some(others)) => (own, others),
            (None, None) => return None,
            _ => return Some((self.to_string(), other.to_string())),
        };
        own.iter().find_map(|case| {
            let mut possible = others.iter().filter(|other| case.is_compatible(other));
            let other = possible.find(|other| other.value != case.value)?;
            Some((case.to_string(), other.to_string()))
        })
    }
}

impl Cases {
    /// Whether some case of each may be compared.
    pub(crate) fn is_told(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(others)) => own
                .iter()
                .any(|case| others.iter().any(|other| case.is_compatible(other))),
            _ => false,
        }
    }
}

impl Case {
    /// Whether both are of the same deployment, for some deployment. A question that itself is
    /// answered in part says too little to tell; and so do two questions of which each case asks one,
    /// since the answer to one may be that to the other.
    fn is_compatible(&self, other: &Self) -> bool {
        let is_vague = |case: &Self| {
            let vague = ["undecided", "? ", "..."];
            let mut questions = case.choices.keys();
            questions.any(|question| vague.iter().any(|it| question.contains(it)))
        };
        let (mut shared, mut is_same) = (0, true);
        for (question, answer) in &self.choices {
            if let Some(other) = other.choices.get(question) {
                shared += 1;
                is_same &= other == answer;
            }
        }
        let asks_no_more = shared == self.choices.len() || shared == other.choices.len();
        is_same && asks_no_more && !is_vague(self) && !is_vague(other)
    }
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(cases) = &self.0 else {
            return f.write_str("too many cases");
        };
        for (number, case) in cases.iter().enumerate() {
            if number > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{case}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)?;
        for (number, (question, answer)) in self.choices.iter().enumerate() {
            let word = if number == 0 { "if" } else { "and" };
            write!(f, " {word} {question} is {answer}")?;
        }
        Ok(())
    }
}
