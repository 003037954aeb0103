//! What a check of some files found, before it takes a form.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use rules::{Finding, Level, Place};
use syntax::Document;

/// What a check of some files found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Number of templates and parameter files that were analysed.
    pub checked: usize,
    /// The findings, by file and then by place.
    pub findings: Vec<Finding>,
    /// What could not be read, or not whole, by path.
    pub unread: Vec<Unread>,
    /// The modules that could not be seen into though nothing is wrong with them, by file and place.
    pub unseen: Vec<Unseen>,
    /// Every file that a finding, its subject or a module is in.
    pub files: Texts,
}

impl Report {
    /// The number of findings of a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level == level).count()
    }

    /// The number of files with findings.
    pub(crate) fn found_in(&self) -> usize {
        let files: BTreeSet<_> = self.findings.iter().map(|it| &it.place.file).collect();
        files.len()
    }

    /// The number of files that were not read, or not whole.
    pub(crate) fn unread_in(&self) -> usize {
        let files: BTreeSet<_> = self.unread.iter().map(|unread| &unread.file).collect();
        files.len()
    }
}

/// Files as reports show them.
#[derive(Debug, Default)]
pub(crate) struct Texts(HashMap<Arc<Path>, Text>);

/// A file as reports show it.
#[derive(Debug)]
pub(crate) struct Text {
    /// Its path.
    pub name: String,
    /// Its text.
    pub document: Arc<Document>,
}

impl Texts {
    /// Adds a file unless it is known.
    pub(crate) fn add(&mut self, path: &Arc<Path>, text: impl FnOnce() -> Text) {
        self.0.entry(Arc::clone(path)).or_insert_with(text);
    }

    /// The file that a place is in; it has been added.
    pub(crate) fn of(&self, place: &Place) -> &Text {
        &self.0[&place.file]
    }
}

/// A file, or a named path, that was not checked or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    /// Its path as reports show it.
    pub file: String,
    /// Why, in words.
    pub reason: String,
    /// What that means for the run.
    pub severity: Severity,
}

/// What an unread file means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Worth a word; the run did what it could be expected to do.
    Warning,
    /// What the person asked for could not be done.
    Error,
}

/// A module that could not be seen into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unseen {
    /// Where it is declared.
    pub place: Place,
    /// Why, in words.
    pub reason: String,
}
