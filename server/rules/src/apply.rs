//! Fixes applied: which of them go together, what texts they give, and what is left after them.
//!
//! [`Changes`] are fixes that can be made at once. [`Rounds`] make fix after fix in memory, with the
//! findings looked for again in between, until nothing is left to fix.

mod changes;
mod rounds;
mod sound;

pub use changes::{Changes, edited};
pub use rounds::{Applied, Change, MOST_ROUNDS, Rounds};

use crate::{Applicability, Extent, Finding, Fix};

/// The fix of a finding that is made without a person looking at it, if one is; where `most` is
/// [`Applicability::Unsafe`], without a person looking at it before.
///
/// That is the first safe repair, or else the first unsafe one: rules put the preferred one first. A
/// refactoring is made only where the finding has no other fix; among several a person has to choose.
/// What leaves a placeholder to write over is for an editor.
#[must_use]
pub fn chosen(finding: &Finding, most: Applicability) -> Option<&Fix> {
    let is_whole = |fix: &&Fix| !fix.has_placeholders();
    let repairs = || {
        let repairs = finding.fixes.iter().filter(is_whole);
        repairs.filter(|fix| fix.extent == Extent::Repair)
    };
    let safe = repairs().find(|fix| fix.applicability == Applicability::Safe);
    if safe.is_some() || most == Applicability::Safe {
        return safe;
    }
    let only = match finding.fixes.as_slice() {
        [only] => Some(only).filter(is_whole),
        _ => None,
    };
    repairs().next().or(only)
}

#[cfg(test)]
mod tests;
