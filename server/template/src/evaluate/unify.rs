//! Which one of a loop's resources or modules is meant.
//!
//! The name of a loop is a pattern with the loop's index in it. A name that is written elsewhere,
//! with another index or with a known one, may be an instance of that pattern.

use std::cell::RefCell;

use super::same::{Letters, same, same_scope, same_symbol, same_text};
use crate::model::LocalId;
use crate::program::At;
use crate::value::{Identity, Piece, Symbol, Text, Value};

/// Whether a resource is, at some index, one of those that a loop declares.
pub(crate) fn is_one_of(one: &Identity, all: &Identity, index: At<LocalId>) -> bool {
    let pattern = Pattern::new(index);
    let mut names = one.names.iter().zip(&all.names);
    one.resource_type.eq_ignore_ascii_case(&all.resource_type)
        && one.names.len() == all.names.len()
        && names.all(|(one, all)| pattern.is_instance(one, all))
        && same_scope(&one.scope, &all.scope).may_be_same()
}

/// Whether a name is, at some index, one of those that a loop gives.
pub(crate) fn is_name_of_one(one: &Value, all: &Value, index: At<LocalId>) -> bool {
    Pattern::new(index).is_instance(one, all)
}

/// The index at which the names that a loop gives are a name, if that can be told.
pub(super) fn index_of_name(one: &Value, all: &Value, index: At<LocalId>) -> Option<Value> {
    let pattern = Pattern::new(index);
    let is_instance = pattern.is_instance(one, all);
    pattern.found.into_inner().filter(|_| is_instance)
}

struct Pattern {
    /// The loop's index.
    index: At<LocalId>,
    /// What stands in its place.
    found: RefCell<Option<Value>>,
}

impl Pattern {
    const fn new(index: At<LocalId>) -> Self {
        Self {
            index,
            found: RefCell::new(None),
        }
    }

    /// Notes what stands in place of the index, which is the same everywhere.
    fn bind(&self, value: &Value) -> bool {
        let mut found = self.found.borrow_mut();
        let known = found.get_or_insert_with(|| value.clone());
        same(known, value, Letters::Exact).is_same()
    }

    /// Whether a value is what another one is at some index of the loop.
    fn is_instance(&self, one: &Value, all: &Value) -> bool {
        match (one, all) {
            (Value::Text(one), Value::Text(all)) => self.is_instance_of_text(one, all),
            (_, Value::Text(all)) => match all.pieces() {
                [Piece::Hole(all)] => self.is_instance(one, all),
                _ => false,
            },
            (one, Value::Symbol(all)) => match (&**all, one) {
                (Symbol::Local(local), one) if *local == self.index => self.bind(one),
                (all, Value::Symbol(one)) => self.is_instance_of_symbol(one, all),
                _ => false,
            },
            _ => same(one, all, Letters::IgnoringCase).is_same(),
        }
    }

    fn is_instance_of_symbol(&self, one: &Symbol, all: &Symbol) -> bool {
        match (one, all) {
            (
                Symbol::Member {
                    object: one,
                    name: own,
                },
                Symbol::Member { object: all, name },
            ) => own.eq_ignore_ascii_case(name) && self.is_instance(one, all),
            (
                Symbol::Element {
                    object: one,
                    index: own,
                },
                Symbol::Element { object: all, index },
            ) => self.is_instance(one, all) && self.is_instance(own, index),
            (
                Symbol::Call {
                    function: own,
                    arguments: given,
                },
                Symbol::Call {
                    function,
                    arguments,
                },
            ) => {
                let mut pairs = given.iter().zip(arguments);
                own == function
                    && given.len() == arguments.len()
                    && pairs.all(|(one, all)| self.is_instance(one, all))
            }
            (one, all) => same_symbol(one, all).is_same(),
        }
    }

    /// The same for texts: with holes alike, or with text that can fill the holes.
    fn is_instance_of_text(&self, one: &Text, all: &Text) -> bool {
        if same_text(one, all, Letters::IgnoringCase).is_same() {
            return true;
        }
        let (one, all) = (one.pieces(), all.pieces());
        let is_alike = |(one, all): (&Piece, &Piece)| match (one, all) {
            (Piece::Literal(one), Piece::Literal(all)) => one.eq_ignore_ascii_case(all),
            (Piece::Hole(one), Piece::Hole(all)) => self.is_instance(one, all),
            _ => false,
        };
        let start = one.iter().zip(all).take_while(|it| is_alike(*it)).count();
        match (&one[start..], &all[start..]) {
            ([], []) => true,
            // Pieces that are known at one index are joined there.
            ([Piece::Literal(text)], rest) => is_filled(text, rest),
            _ => false,
        }
    }
}

/// Whether a text is made of some pieces, whatever their holes are.
fn is_filled(text: &str, pieces: &[Piece]) -> bool {
    // Of holes alone, any text can be made.
    if !pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Literal(_)))
    {
        return false;
    }
    let mut left = text;
    let mut after_hole = false;
    for (number, piece) in pieces.iter().enumerate() {
        let Piece::Literal(literal) = piece else {
            after_hole = true;
            continue;
        };
        let is_last = number + 1 == pieces.len();
        let at = match (after_hole, is_last) {
            (false, _) => left.starts_with(&**literal).then_some(0),
            (true, true) => left
                .ends_with(&**literal)
                .then(|| left.len() - literal.len()),
            (true, false) => left.find(&**literal),
        };
        let Some(at) = at else {
            return false;
        };
        left = &left[at + literal.len()..];
        after_hole = false;
    }
    after_hole || left.is_empty()
}
