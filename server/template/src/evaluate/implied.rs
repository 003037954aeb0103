//! What one condition says about another one on the same value.
//!
//! `x == 'a'` rules `x == 'b'` out, and `empty(x)` is `length(x) == 0`. Without this, cases would be
//! judged that cannot be.

use std::ops::RangeInclusive;

use super::same::{Letters, Sameness, same};
use crate::value::{Symbol, Value};

/// A condition on one value.
struct Relation {
    subject: Value,
    /// Whether it is about the length of the subject.
    is_length: bool,
    to: To,
}

/// What the value is compared with.
enum To {
    /// It equals a value that is no number.
    Constant(Value),
    /// It is one of these numbers.
    Numbers(Vec<RangeInclusive<i64>>),
}

/// Whether a condition holds where another one on the same value holds, or does not; none if that
/// does not tell.
pub(super) fn implied(condition: &Value, known: &Value, known_holds: bool) -> Option<bool> {
    let (wanted, known) = (Relation::of(condition)?, Relation::of(known)?);
    let is_same = same(&wanted.subject, &known.subject, Letters::Exact).is_same();
    if !is_same || wanted.is_length != known.is_length {
        return None;
    }
    match (wanted.to, known.to) {
        (To::Constant(wanted), To::Constant(known)) => {
            match (same(&wanted, &known, Letters::Exact), known_holds) {
                (Sameness::Same, holds) => Some(holds),
                (Sameness::Different, true) => Some(false),
                _ => None,
            }
        }
        (To::Numbers(numbers), To::Numbers(known)) => {
            let least = if wanted.is_length { 0 } else { i64::MIN };
            let others = complement(&numbers, least);
            let known = if known_holds {
                known
            } else {
                complement(&known, least)
            };
            if are_within(&known, &numbers) {
                Some(true)
            } else if are_within(&known, &others) {
                Some(false)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether conditions that speak of the same parameters leave no doubt that they can hold together:
/// they compare one value, and one says what it is.
pub(crate) fn is_sure(conditions: &[(&Value, bool)]) -> bool {
    let relations: Option<Vec<_>> = conditions
        .iter()
        .map(|(condition, holds)| Some((Relation::of(condition)?, *holds)))
        .collect();
    let Some(relations) = relations else {
        return conditions.len() < 2;
    };
    let [(first, _), ..] = relations.as_slice() else {
        return true;
    };
    let is_one = relations.iter().all(|(relation, _)| {
        relation.is_length == first.is_length
            && same(&relation.subject, &first.subject, Letters::Exact).is_same()
    });
    let is_settled = relations
        .iter()
        .any(|(relation, holds)| *holds && matches!(relation.to, To::Constant(_)));
    relations.len() < 2 || is_one && is_settled
}

impl Relation {
    fn of(condition: &Value) -> Option<Self> {
        let Value::Symbol(symbol) = condition else {
            return None;
        };
        let Symbol::Call {
            function,
            arguments,
        } = &**symbol
        else {
            return None;
        };
        match (&**function, arguments.as_slice()) {
            ("empty", [of]) => Some(Self {
                subject: of.clone(),
                is_length: true,
                to: To::Numbers(vec![0..=0]),
            }),
            (function, [Value::Integer(number), of]) => {
                let function = match function {
                    "less" => "greater",
                    "lessorequals" => "greaterorequals",
                    "greater" => "less",
                    "greaterorequals" => "lessorequals",
                    function => function,
                };
                Self::to_number(function, of, *number)
            }
            (function, [of, Value::Integer(number)]) => Self::to_number(function, of, *number),
            ("equals", [constant @ Value::Text(text), of] | [of, constant @ Value::Text(text)]) => {
                // An empty string is one without length.
                if text.as_str()?.is_empty() {
                    return Some(Self {
                        subject: of.clone(),
                        is_length: true,
                        to: To::Numbers(vec![0..=0]),
                    });
                }
                Some(Self {
                    subject: of.clone(),
                    is_length: false,
                    to: To::Constant(constant.clone()),
                })
            }
            _ => None,
        }
    }

    fn to_number(function: &str, of: &Value, number: i64) -> Option<Self> {
        let (subject, is_length) = match of {
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Call {
                    function,
                    arguments,
                } if &**function == "length" => (arguments.first()?.clone(), true),
                _ => (of.clone(), false),
            },
            _ => return None,
        };
        let least = if is_length { 0 } else { i64::MIN };
        let numbers = match function {
            "equals" => number..=number,
            "less" => least..=number.checked_sub(1)?,
            "lessorequals" => least..=number,
            "greater" => number.checked_add(1)?..=i64::MAX,
            "greaterorequals" => number..=i64::MAX,
            _ => return None,
        };
        let numbers = (*numbers.start()).max(least)..=*numbers.end();
        Some(Self {
            subject,
            is_length,
            to: To::Numbers(vec![numbers]),
        })
    }
}

/// The numbers from `least` on that are not among some, which are in order and apart.
fn complement(numbers: &[RangeInclusive<i64>], least: i64) -> Vec<RangeInclusive<i64>> {
    let mut others = Vec::new();
    let mut next = Some(least);
    for range in numbers.iter().filter(|range| !range.is_empty()) {
        if let Some(start) = next
            && start < *range.start()
        {
            others.push(start..=*range.start() - 1);
        }
        next = range.end().checked_add(1);
    }
    others.extend(next.map(|start| start..=i64::MAX));
    others
}

/// Whether all of some numbers, of which there are any, are among others.
fn are_within(some: &[RangeInclusive<i64>], others: &[RangeInclusive<i64>]) -> bool {
    let mut some = some.iter().filter(|range| !range.is_empty()).peekable();
    some.peek().is_some()
        && some.all(|range| {
            others
                .iter()
                .any(|other| other.contains(range.start()) && other.contains(range.end()))
        })
}

#[cfg(test)]
mod tests {
    use super::{are_within, complement};

    #[test]
    fn numbers() {
        assert_eq!(complement(&[0..=0], 0), [1..=i64::MAX]);
        assert_eq!(complement(&[3..=4], 0), [0..=2, 5..=i64::MAX]);
        assert_eq!(complement(&[5..=i64::MAX], 0), [0..=4]);
        assert!(are_within(&[1..=2], &[0..=4]));
        assert!(!are_within(&[1..=5], &[0..=4]));
        assert!(!are_within(&[], &[0..=4]));
    }
}
