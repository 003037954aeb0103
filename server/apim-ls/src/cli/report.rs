//! What a check of some files found, before it takes a form.

use rules::{Finding, Level};
use syntax::Document;

/// What a check of some files found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Number of templates and parameter files that were analysed.
    pub checked: usize,
    /// The files with findings, by path.
    pub files: Vec<CheckedFile>,
    /// What could not be read, or not whole, by path.
    pub unread: Vec<Unread>,
}

impl Report {
    /// Every finding with its file, in order.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&CheckedFile, &Finding)> {
        self.files
            .iter()
            .flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    /// The number of findings of a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.findings()
            .filter(|(_, finding)| finding.level == level)
            .count()
    }
}

/// A file with findings.
#[derive(Debug)]
pub(crate) struct CheckedFile {
    /// Its path as reports show it.
    pub path: String,
    /// Its text and tree.
    pub document: Document,
    /// At least one, in the order of the text.
    pub findings: Vec<Finding>,
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
