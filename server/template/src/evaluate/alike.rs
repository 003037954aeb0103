//! Whether values are written as the same, so that nothing needs to be evaluated to tell.

use super::same::{Letters, same};
use crate::value::{Array, Bindings, Lazy, Object, Rest};

/// Whether two arrays are written as the same, so that nothing needs to be evaluated to tell.
pub(super) fn is_same_array(a: &Array, b: &Array) -> bool {
    is_same_rest(&a.rest, &b.rest)
        && a.items.len() == b.items.len()
        && a.items
            .iter()
            .zip(&b.items)
            .all(|(a, b)| is_same_lazy(a, b))
}

pub(super) fn is_same_object(a: &Object, b: &Object) -> bool {
    is_same_rest(&a.rest, &b.rest)
        && a.entries.len() == b.entries.len()
        && a.entries.iter().zip(&b.entries).all(|(a, b)| {
            same(&a.key, &b.key, Letters::Exact).is_same() && is_same_lazy(&a.value, &b.value)
        })
}

/// Whether what else there may be comes from the same values.
fn is_same_rest(a: &Rest, b: &Rest) -> bool {
    let mut pairs = a.values().iter().zip(b.values());
    a.is_open() == b.is_open()
        && a.is_open() != a.values().is_empty()
        && a.values().len() == b.values().len()
        && pairs.all(|(a, b)| same(a, b, Letters::Exact).is_same())
}

/// How many names that are bound are compared on the way into each other.
const MAXIMUM_BINDINGS: u32 = 8;

fn is_same_lazy(a: &Lazy, b: &Lazy) -> bool {
    is_same_bound(a, b, 0)
}

fn is_same_bound(a: &Lazy, b: &Lazy, depth: u32) -> bool {
    match (a, b) {
        (Lazy::Expression(a, bindings_a), Lazy::Expression(b, bindings_b)) => {
            a == b && are_same_bindings(bindings_a, bindings_b, depth)
        }
        (Lazy::Evaluated(a), Lazy::Evaluated(b)) => {
            same(&a.value, &b.value, Letters::Exact).is_same()
        }
        (Lazy::Union(a), Lazy::Union(b)) => {
            is_same_bound(&a.0, &b.0, depth + 1) && is_same_bound(&a.1, &b.1, depth + 1)
        }
        _ => false,
    }
}

fn are_same_bindings(a: &Bindings, b: &Bindings, depth: u32) -> bool {
    depth < MAXIMUM_BINDINGS && a.are_same(b, &mut |a, b| is_same_bound(a, b, depth + 1))
}

/// Whether names are bound to the same, so that the same expression has the same value.
pub(super) fn are_bound_alike(a: &Bindings, b: &Bindings) -> bool {
    are_same_bindings(a, b, 0)
}
