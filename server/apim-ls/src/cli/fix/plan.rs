//! What is to be done to the files: those that fixes changed together belong together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rules::apply::{Change, Rounds};
use template::files::{decode, encode};

use crate::disk::{self, Open};

/// Files of which all are changed, or none.
pub(super) struct Plan<'r> {
    /// The files by path, those that are added first: who refers to them comes later.
    pub files: Vec<(&'r Arc<Path>, &'r Change)>,
}

/// The plans for what rounds of fixes made.
pub(super) fn plans(rounds: &Rounds) -> Vec<Plan<'_>> {
    let mut files: Vec<_> = rounds.changed().collect();
    files.sort_by_key(|(path, change)| (change.before.is_some(), *path));
    let index = files.iter().enumerate();
    let index: BTreeMap<&Path, usize> = index.map(|(index, (path, _))| (&***path, index)).collect();
    // The least file of each one's plan, as far as known.
    let mut plan_of: Vec<usize> = (0..files.len()).collect();
    for applied in rounds.applied() {
        let together = applied.files.iter().filter_map(|path| index.get(&**path));
        let plans: Vec<_> = together.map(|file| plan_of[*file]).collect();
        if let Some(least) = plans.iter().min().copied() {
            for plan in plan_of.iter_mut().filter(|plan| plans.contains(plan)) {
                *plan = least;
            }
        }
    }
    let mut plans: BTreeMap<usize, Plan<'_>> = BTreeMap::new();
    for (file, plan) in files.into_iter().zip(plan_of) {
        let plan = plans
            .entry(plan)
            .or_insert_with(|| Plan { files: Vec::new() });
        plan.files.push(file);
    }
    plans.into_values().collect()
}

/// The bytes of a file before and after.
pub(super) struct Bytes {
    /// As they are on disk; none where the file is added.
    pub before: Option<Vec<u8>>,
    /// As they are to be.
    pub after: Vec<u8>,
}

/// The bytes of a file before and after; the error says why it is not to be changed.
pub(super) fn bytes(disk: &dyn Open, path: &Path, change: &Change) -> Result<Bytes, String> {
    let after = change.after.text().to_string();
    let Some(before) = &change.before else {
        return Ok(Bytes {
            before: None,
            after: after.into_bytes(),
        });
    };
    let now = disk::read(disk, path).map_err(|error| error.to_string())?;
    let is_same = decode(&now).is_ok_and(|text| *before.text() == *text);
    if !is_same {
        return Err("it changed since it was read".to_owned());
    }
    Ok(Bytes {
        after: encode(&after, &now),
        before: Some(now),
    })
}
