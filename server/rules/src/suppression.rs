//! What files tell rules to be silent about, and whether there is anything to be silent about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use syntax::TextRange;
use syntax::suppression::Suppression;
use template::files::{File, Place};
use template::program::Program;

use crate::Finding;
use crate::rules::comments::suppression_unused;

/// The files that tell rules to be silent.
#[derive(Clone, Default)]
pub(crate) struct Suppressions {
    /// By their paths.
    files: BTreeMap<Arc<Path>, Arc<File>>,
    /// Those of which it cannot be told what there is to report: something is out of sight.
    in_doubt: BTreeSet<Arc<Path>>,
}

/// Findings, as files want them to be told.
pub(crate) struct Silenced {
    /// The findings that nothing silences.
    pub(crate) told: Vec<Finding>,
    /// Findings about what silences nothing.
    pub(crate) unused: Vec<Finding>,
}

impl Suppressions {
    /// Those of a program. What is in a file of somebody else's is not asked: its findings are shown
    /// where it is deployed.
    pub(crate) fn of(program: &Program) -> Self {
        let files = program.files();
        let files = files.filter(|file| !file.is_foreign && !file.suppressions.is_empty());
        let files: BTreeMap<_, _> = files
            .map(|file| (Arc::clone(&file.path), Arc::clone(file)))
            .collect();
        let in_doubt = if files.is_empty() || program.is_all_in_sight() {
            BTreeSet::new()
        } else {
            files.keys().cloned().collect()
        };
        Self { files, in_doubt }
    }

    /// Takes over those of another program.
    pub(crate) fn add(&mut self, other: &Self) {
        let files = other.files.iter();
        self.files
            .extend(files.map(|(path, file)| (Arc::clone(path), Arc::clone(file))));
        self.in_doubt.extend(other.in_doubt.iter().cloned());
    }

    /// Takes the findings of all programs apart. Those in `known` are not told, because of others:
    /// what silences them is of use when the others are repaired.
    pub(crate) fn apply(&self, findings: Vec<Finding>, known: Vec<Finding>) -> Silenced {
        let (told, mut used) = self.silence(findings);
        used.extend(self.silence(known).1);
        let judged = self.files.values();
        let judged = judged.filter(|file| !self.in_doubt.contains(&file.path));
        let unused = judged.flat_map(|file| {
            let is_used = |it: &Suppression| used.contains(&(&*file.path, it.name));
            suppression_unused::findings(file, is_used)
        });
        let (unused, _) = self.silence(unused.collect());
        Silenced { told, unused }
    }

    /// The findings that nothing silences, and what silences the others: the comments and metadata
    /// of the file that a finding is shown in which name its rule, and cover the start of its place.
    fn silence(&self, mut findings: Vec<Finding>) -> (Vec<Finding>, BTreeSet<(&Path, TextRange)>) {
        let mut used = BTreeSet::new();
        findings.retain(|finding| {
            let Place { file, range } = &finding.place;
            let Some(file) = self.files.get(file) else {
                return true;
            };
            let suppressions = file.suppressions.iter();
            let mut silencing = suppressions
                .filter(|it| *it.rule == *finding.rule.0 && it.covers(range.start))
                .peekable();
            let is_told = silencing.peek().is_none();
            used.extend(silencing.map(|it| (&*file.path, it.name)));
            is_told
        });
        (findings, used)
    }
}
