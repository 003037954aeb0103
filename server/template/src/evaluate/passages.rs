//! What a value comes through: the parameters that carry it into a template, the outputs that carry
//! it out of one.

use super::Evaluator;
use crate::cases::Undecided;
use crate::model::ParameterId;
use crate::program::At;
use crate::value::{Evaluated, Lazy};

/// A parameter or output, with the value that it carries.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What carries the value.
    pub way: Way,
    /// The value.
    pub carried: Evaluated,
}

/// What carries a value from one template to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A parameter.
    Parameter(At<ParameterId>),
    /// An output of an instance, by its position.
    Output(At<usize>),
}

impl Evaluator<'_> {
    /// The parameters and outputs that are looked at for a value, the farthest ones first. Not all
    /// of them need to carry a part of it.
    pub fn passages(&self, value: &Lazy) -> Result<Vec<Passage>, Undecided> {
        // What is known already would not be looked at.
        let fresh = Evaluator::new(self.program, self.case.clone());
        *fresh.passages.borrow_mut() = Some(Vec::new());
        fresh.takes_defaults.set(self.takes_defaults.get());
        let result = fresh.force(value);
        self.steps.set(self.steps.get() + fresh.steps.get());
        result?;
        Ok(fresh.passages.into_inner().unwrap_or_default())
    }

    pub(super) fn note(&self, way: Way, carried: &Evaluated) {
        if let Some(passages) = &mut *self.passages.borrow_mut()
            && !passages.iter().any(|known| known.way == way)
        {
            passages.push(Passage {
                way,
                carried: carried.clone(),
            });
        }
    }
}
