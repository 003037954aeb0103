//! What is in an array or object, and what several of them have in common.

use std::rc::Rc;

use super::super::members::has_no_id;
use super::super::same::{Letters, Sameness, same};
use super::super::{Evaluator, Lookup, MAXIMUM_STEPS};
use super::collections::{array_of, sorted};
use crate::cases::{Question, Undecided};
use crate::value::{Array, Entry, Lazy, Object, Rest, Value};

/// How deep arrays and objects are compared.
const MAXIMUM_DEPTH: u32 = 64;

impl Evaluator<'_> {
    pub(super) fn contains(
        &self,
        container: &Value,
        item: &Value,
    ) -> Result<Option<Value>, Undecided> {
        Ok(match container {
            Value::Array(array) => {
                let mut answer = if array.is_open() {
                    Sameness::Unknown
                } else {
                    Sameness::Different
                };
                for known in &array.items {
                    match self.same_in_depth(&self.force(known)?.value, item)? {
                        Sameness::Same => return Ok(Some(Value::Bool(true))),
                        Sameness::Unknown => answer = Sameness::Unknown,
                        Sameness::Different => {}
                    }
                }
                (answer == Sameness::Different).then_some(Value::Bool(false))
            }
            Value::Object(object) if has_no_id(object, item) => Some(Value::Bool(false)),
            // Every id has it.
            Value::Id(_) if item.as_str() == Some("/providers/") => Some(Value::Bool(true)),
            Value::Object(_) => item
                .as_str()
                .and_then(|name| match self.lookup(container, name) {
                    Lookup::Found(_) => Some(Value::Bool(true)),
                    Lookup::Absent => Some(Value::Bool(false)),
                    Lookup::Unknown => None,
                }),
            _ => None,
        })
    }

    /// Where in an array an item is, looked for from one end; -1 where it is not.
    pub(super) fn index_of(
        &self,
        array: &Array,
        item: &Value,
        is_from_end: bool,
    ) -> Result<Option<Value>, Undecided> {
        if array.is_open() {
            return Ok(None);
        }
        let count = array.items.len();
        for step in 0..count {
            let index = if is_from_end { count - 1 - step } else { step };
            match self.same_in_depth(&self.force(&array.items[index])?.value, item)? {
                Sameness::Same => return Ok(i64::try_from(index).ok().map(Value::Integer)),
                Sameness::Different => {}
                Sameness::Unknown => return Ok(None),
            }
        }
        Ok(Some(Value::Integer(-1)))
    }

    /// The elements of the first array, or the properties of the first object, that all others have
    /// for sure; none if that cannot be told.
    pub(super) fn intersection(
        &self,
        first: &Value,
        rest: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        let first = match first {
            Value::Array(first) => first,
            Value::Object(first) => return self.common_properties(first, rest),
            _ => return Ok(None),
        };
        let mut common = Vec::new();
        'items: for item in &first.items {
            let value = self.force(item)?.value;
            for other in rest {
                match self.contains(other, &value)? {
                    Some(Value::Bool(true)) => {}
                    Some(Value::Bool(false)) => continue 'items,
                    _ => return Ok(None),
                }
            }
            common.push(item.clone());
        }
        let distinct = self.distinct(&array_of(common.iter().cloned()))?;
        let is_distinct = matches!(&distinct, Some(Value::Array(array))
            if !array.is_open() && array.items.len() == common.len());
        Ok(distinct.filter(|_| !first.is_open() && is_distinct))
    }

    fn common_properties(
        &self,
        first: &Object,
        rest: &[Value],
    ) -> Result<Option<Value>, Undecided> {
        let (false, Some(_)) = (first.is_open(), sorted(first)) else {
            return Ok(None);
        };
        let mut common: Vec<Entry> = Vec::new();
        'entries: for entry in &first.entries {
            let value = self.force(&entry.value)?.value;
            for other in rest {
                let Some(name) = entry.key.as_str() else {
                    return Ok(None);
                };
                let found = match self.lookup(other, name) {
                    Lookup::Found(found) if found.key.as_str() == Some(name) => found,
                    Lookup::Absent => continue 'entries,
                    Lookup::Found(_) | Lookup::Unknown => return Ok(None),
                };
                // What objects in both have in common is not looked for.
                match self.same_in_depth(&value, &self.force(&found.value)?.value)? {
                    Sameness::Same => {}
                    Sameness::Different if !matches!(value, Value::Object(_) | Value::Array(_)) => {
                        continue 'entries;
                    }
                    Sameness::Different | Sameness::Unknown => return Ok(None),
                }
            }
            common.push(entry.clone());
        }
        Ok(Some(Value::Object(Rc::new(Object {
            entries: common,
            rest: Rest::none(),
        }))))
    }

    /// An array with each element once. Those that may be the same as one before are kept, and how
    /// many there are is not known then.
    pub(super) fn distinct(&self, array: &Value) -> Result<Option<Value>, Undecided> {
        let Value::Array(array) = array else {
            return Ok(None);
        };
        let mut kept: Vec<(Value, Lazy)> = Vec::with_capacity(array.items.len());
        let mut rest = array.rest.clone();
        'items: for item in &array.items {
            let value = self.force(item)?.value;
            self.charge(kept.len() as u32 / 16)?;
            let mut may_be_known = false;
            for (known, _) in &kept {
                match self.same_in_depth(known, &value)? {
                    Sameness::Same => continue 'items,
                    Sameness::Unknown => may_be_known = true,
                    Sameness::Different => {}
                }
            }
            if may_be_known {
                rest.add(&Rest::anything());
            }
            kept.push((value, item.clone()));
        }
        Ok(Some(Value::Array(Rc::new(Array {
            items: kept.into_iter().map(|(_, item)| item).collect(),
            rest,
        }))))
    }

    /// Compares two values as `==` does: arrays and objects by what is in them.
    pub(super) fn same_in_depth(&self, a: &Value, b: &Value) -> Result<Sameness, Undecided> {
        self.same_at(a, b, 0)
    }

    fn same_at(&self, a: &Value, b: &Value, depth: u32) -> Result<Sameness, Undecided> {
        if depth > MAXIMUM_DEPTH {
            return Ok(Sameness::Unknown);
        }
        let pairs: Vec<(&Lazy, &Lazy)> = match (a, b) {
            (Value::Array(a), Value::Array(b)) if !a.is_open() && !b.is_open() => {
                if a.items.len() != b.items.len() {
                    return Ok(Sameness::Different);
                }
                a.items.iter().zip(&b.items).collect()
            }
            (Value::Object(a), Value::Object(b)) if !a.is_open() && !b.is_open() => {
                let (Some(a), Some(b)) = (sorted(a), sorted(b)) else {
                    return Ok(Sameness::Unknown);
                };
                let names = |entries: &[&Entry]| -> Vec<String> {
                    let names = entries.iter().filter_map(|entry| entry.key.as_str());
                    names.map(str::to_owned).collect()
                };
                let (names_a, names_b) = (names(&a), names(&b));
                let lower = |names: &[String]| -> Vec<String> {
                    names.iter().map(|name| name.to_lowercase()).collect()
                };
                if names_a != names_b {
                    // Whether the case of a name counts is not known.
                    return Ok(if lower(&names_a) == lower(&names_b) {
                        Sameness::Unknown
                    } else {
                        Sameness::Different
                    });
                }
                let values = a.iter().zip(&b);
                values.map(|(a, b)| (&a.value, &b.value)).collect()
            }
            _ => return Ok(same(a, b, Letters::Exact)),
        };
        self.charge(1 + pairs.len() as u32)?;
        let mut answer = Sameness::Same;
        for (a, b) in pairs {
            let (a, b) = (self.force(a)?.value, self.force(b)?.value);
            match self.same_at(&a, &b, depth + 1)? {
                Sameness::Different => return Ok(Sameness::Different),
                Sameness::Unknown => answer = Sameness::Unknown,
                Sameness::Same => {}
            }
        }
        Ok(answer)
    }

    /// Counts steps that evaluate no expression.
    fn charge(&self, steps: u32) -> Result<(), Undecided> {
        self.steps.set(self.steps.get() + steps);
        if self.steps.get() > MAXIMUM_STEPS {
            return Err(Undecided(Question::TooComplex));
        }
        Ok(())
    }
}
