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
    /// Whether both may be of the same deployment. A question that itself is answered in part says
    /// too little to tell.
    fn is_compatible(&self, other: &Self) -> bool {
        let is_vague = |case: &Self| {
            let mut questions = case.choices.keys();
            questions.any(|it| it.contains("undecided") || it.contains("? "))
        };
        !is_vague(self)
            && !is_vague(other)
            && self.choices.iter().all(|(question, answer)| {
                let known = other.choices.get(question);
                known.is_none_or(|known| known == answer)
            })
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
