//! Which files a run may change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::Fix;
use rules::apply::Rounds;

use super::store::locked;
use super::summary::fixes;
use crate::cli::discovery::Target;
use crate::cli::names::Names;
use crate::cli::report::{Severity, Unread};

/// The files that a run may change: those that a person named, or that are in a folder which they
/// named, as far as they can be written.
pub(super) struct Reach {
    targets: HashSet<PathBuf>,
    /// None where nothing is to be written.
    locks: Option<HashMap<PathBuf, Option<String>>>,
}

/// Why a file is not to be changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hindrance {
    Outside,
    Locked(String),
}

impl Reach {
    pub(super) fn new(targets: &[Target], is_to_write: bool) -> Self {
        Self {
            targets: targets.iter().map(|it| it.absolute.clone()).collect(),
            locks: is_to_write.then(HashMap::new),
        }
    }

    /// Takes in the files that fixes added.
    pub(super) fn add(&mut self, rounds: &Rounds) {
        let added = rounds
            .changed()
            .filter(|(_, change)| change.before.is_none());
        for (path, _) in added {
            self.targets.insert(path.to_path_buf());
            if let Some(locks) = &mut self.locks {
                locks.insert(path.to_path_buf(), None);
            }
        }
    }

    /// Whether all that a fix changes may be changed.
    pub(super) fn allows(&mut self, fix: &Fix) -> bool {
        self.hindrance(fix).is_none()
    }

    fn hindrance(&mut self, fix: &Fix) -> Option<(Arc<Path>, Hindrance)> {
        let mut files = fix.edits.iter().map(|edit| &edit.file);
        files.find_map(|file| Some((Arc::clone(file), self.hindrance_at(file)?)))
    }

    fn hindrance_at(&mut self, file: &Path) -> Option<Hindrance> {
        if !self.targets.contains(file) {
            return Some(Hindrance::Outside);
        }
        let locks = self.locks.as_mut()?;
        let lock = locks.entry(file.to_owned()).or_insert_with(|| locked(file));
        lock.clone().map(Hindrance::Locked)
    }

    /// What a person is told of fixes that were not made.
    pub(super) fn held_back<'f>(
        &mut self,
        left: impl Iterator<Item = &'f Fix>,
        names: &Names,
    ) -> Vec<Unread> {
        let mut counts: BTreeMap<(Arc<Path>, Hindrance), usize> = BTreeMap::new();
        for hindrance in left.filter_map(|fix| self.hindrance(fix)) {
            *counts.entry(hindrance).or_default() += 1;
        }
        let told = counts.into_iter().map(|((file, hindrance), count)| {
            let (reason, severity) = match hindrance {
                Hindrance::Outside => (
                    "it is not among the files given".to_owned(),
                    Severity::Warning,
                ),
                Hindrance::Locked(reason) => (reason, Severity::Error),
            };
            Unread {
                file: names.of(&file),
                reason: format!("{} left: {reason}", fixes(count)),
                severity,
            }
        });
        told.collect()
    }
}
