//! What an analysis found, with all that it takes to tell the client.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::Finding;
use syntax::Document;
use tower_lsp::ls_types::Uri;

use super::desk::Open;

/// What an analysis found. It never changes, whatever becomes of the files.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The findings, in the order of their places.
    pub(super) findings: Vec<Finding>,
    /// The open documents, and every file that a finding speaks of.
    pub(super) files: HashMap<PathBuf, Seen>,
}

/// A file, as the analysis saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Its name, for the client.
    pub(super) uri: Uri,
    /// Its text.
    pub(super) document: Arc<Document>,
    /// The document that the client had open, if so.
    pub(super) open: Option<Open>,
}

impl Seen {
    /// The client's number of the version; none of a file that it has not open.
    pub(super) fn version(&self) -> Option<i32> {
        self.open.as_ref().map(|open| open.snapshot.version())
    }
}

impl Outcome {
    /// A file.
    pub(super) fn file(&self, path: &Path) -> Option<&Seen> {
        self.files.get(path)
    }

    /// The path under which a document was seen, if it was seen as it is.
    pub(super) fn path_of(&self, document: &Open) -> Option<&Path> {
        let is_it = |seen: &Seen| seen.open.as_ref().is_some_and(|open| open.is(document));
        let mut files = self.files.iter();
        let (path, _) = files.find(|(_, seen)| is_it(seen))?;
        Some(path)
    }

    /// The findings in a file.
    pub(super) fn findings_in<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Finding> {
        self.findings
            .iter()
            .filter(move |it| *it.place.file == *path)
    }
}

/// The paths of the files that a finding speaks of.
pub(super) fn files_of(finding: &Finding) -> impl Iterator<Item = &Arc<Path>> {
    let related = finding.related.iter().map(|related| &related.place.file);
    let edited = finding.fixes.iter().flat_map(|fix| &fix.edits);
    let edited = edited.map(|edit| &edit.file);
    std::iter::once(&finding.place.file)
        .chain(related)
        .chain(edited)
}
