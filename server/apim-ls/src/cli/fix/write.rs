//! From plans to the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::apply::Change;
use tempfile::NamedTempFile;

use super::Outcome;
use super::plan::{Plan, bytes};
use super::store::{Store, locked, unwritten};
use crate::cli::names::Names;
use crate::cli::report::{Severity, Unread};
use crate::disk::reason;

/// A file that is ready to take its place.
struct Staged<'r> {
    path: &'r Arc<Path>,
    change: &'r Change,
    /// Where it comes: behind all links.
    target: PathBuf,
    file: NamedTempFile,
}

/// What stands in the way: of which file, and what it is.
type Obstacle<'r> = (&'r Arc<Path>, String);

/// Writes what is planned. Everything is ready before the first file is replaced.
pub(super) fn write(plans: &[Plan<'_>], store: &dyn Store, names: &Names) -> Outcome {
    let mut outcome = Outcome::default();
    let staged: Vec<_> = plans.iter().map(|plan| stage(plan, store)).collect();
    for (plan, staged) in plans.iter().zip(staged) {
        let staged = staged.and_then(|staged| {
            // Others may have been at work in the meantime.
            for Staged { path, change, .. } in &staged {
                free(path, change)?;
                bytes(store, path, change).map_err(|reason| (*path, reason))?;
            }
            Ok(staged)
        });
        match staged {
            Ok(staged) => put(staged, store, names, &mut outcome),
            Err(obstacle) => outcome.refuse(plan, &obstacle, names),
        }
    }
    outcome
}

/// Makes all files of a plan ready; the files are gone again if one cannot be.
fn stage<'r>(plan: &Plan<'r>, store: &dyn Store) -> Result<Vec<Staged<'r>>, Obstacle<'r>> {
    let mut all = Vec::new();
    for &(path, change) in &plan.files {
        free(path, change)?;
        let bytes = bytes(store, path, change).map_err(|reason| (path, reason))?;
        let target = match &bytes.before {
            Some(_) => fs::canonicalize(path).map_err(|error| (path, reason(&error)))?,
            None => path.to_path_buf(),
        };
        let file = store.stage(&target, &bytes.after).map_err(|error| {
            (
                path,
                unwritten(&error, "no permission to write into its folder"),
            )
        })?;
        all.push(Staged {
            path,
            change,
            target,
            file,
        });
    }
    Ok(all)
}

/// Whether a file may be written, or where it is to be added, whether there is still none.
fn free<'r>(path: &'r Arc<Path>, change: &Change) -> Result<(), Obstacle<'r>> {
    let obstacle = match &change.before {
        Some(_) => locked(path),
        None => {
            let is_there = fs::symlink_metadata(path).is_ok();
            is_there.then(|| "there is such a file meanwhile".to_owned())
        }
    };
    obstacle.map_or(Ok(()), |reason| Err((path, reason)))
}

/// Puts the files of a plan in their places.
fn put(staged: Vec<Staged<'_>>, store: &dyn Store, names: &Names, outcome: &mut Outcome) {
    let mut written: Vec<String> = Vec::new();
    let mut is_stopped = false;
    for Staged {
        path,
        change,
        target,
        file,
    } in staged
    {
        if is_stopped {
            outcome.refuse_one(
                path,
                "not written, as what belongs to it could not be",
                names,
            );
            continue;
        }
        let result = match change.before {
            Some(_) => store.replace(file, &target),
            None => store.add(file, &target),
        };
        match result {
            Ok(()) => {
                written.push(names.of(path));
                outcome.done.insert(Arc::clone(path));
            }
            Err(error) => {
                is_stopped = true;
                let reason = unwritten(&error, "no permission to write it");
                let reason = match written.as_slice() {
                    [] => format!("not fixed: {reason}"),
                    _ => format!(
                        "not fixed: {reason}; what belongs to it was written already: {}",
                        written.join(", ")
                    ),
                };
                outcome.refuse_one(path, &reason, names);
            }
        }
    }
}

impl Outcome {
    /// Tells that nothing of a plan is done.
    pub(super) fn refuse(&mut self, plan: &Plan<'_>, obstacle: &Obstacle<'_>, names: &Names) {
        let (at, reason) = obstacle;
        self.refuse_one(at, &format!("not fixed: {reason}"), names);
        let at_name = names.of(at);
        for (path, _) in plan.files.iter().filter(|(path, _)| path != at) {
            let reason = format!("not fixed: its fixes belong together with those in {at_name}");
            self.refuse_one(path, &reason, names);
        }
    }

    fn refuse_one(&mut self, path: &Path, reason: &str, names: &Names) {
        self.refused.push(Unread {
            file: names.of(path),
            reason: reason.to_owned(),
            severity: Severity::Error,
        });
    }
}
