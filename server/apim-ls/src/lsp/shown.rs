//! What the client shows, so that it is told only what differs.
//!
//! The diagnostics of an open document are published for every version of it, even if they are the
//! same as before: clients that match diagnostics by version would take the old ones for stale.
//! Those of any other file are published when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use rules::Finding;
use syntax::Document;
use tower_lsp::ls_types::{Diagnostic, PublishDiagnosticsParams, Uri};

use super::capabilities::Client;
use super::convert::diagnostic;
use super::outcome::{Outcome, files_of};

/// What was published last, of each file.
#[derive(Default)]
pub(super) struct Shown(BTreeMap<PathBuf, Entry>);

/// What was published of a file.
struct Entry {
    uri: Uri,
    /// The version, and the number of the document; none of a file that is not open.
    version: Option<(i32, u64)>,
    findings: Vec<Finding>,
    diagnostics: Vec<Diagnostic>,
    /// The documents from which the diagnostics have their positions.
    documents: Vec<Weak<Document>>,
}

/// What has to be told, and will have been shown then.
#[derive(Default)]
pub(super) struct Update {
    /// The open documents come first.
    messages: Vec<PublishDiagnosticsParams>,
    entries: Vec<(PathBuf, Option<Entry>)>,
}

impl Shown {
    /// What the client has to be told of an outcome.
    pub(super) fn compare(&self, outcome: &Outcome, client: Client) -> Update {
        let by_file: BTreeMap<&Path, &[Finding]> = outcome
            .findings
            .chunk_by(|a, b| a.place.file == b.place.file)
            .map(|findings| (&*findings[0].place.file, findings))
            .collect();
        let known = self.0.keys().map(PathBuf::as_path);
        let open = outcome.files.iter().filter(|(_, seen)| seen.open.is_some());
        let open: BTreeSet<&Path> = open.map(|(path, _)| path.as_path()).collect();
        let closed: BTreeSet<&Path> = by_file.keys().copied().chain(known).collect();
        let mut update = Update::default();
        for path in open.iter().chain(closed.difference(&open)) {
            let findings = by_file.get(path).copied().unwrap_or_default();
            self.compare_file(path, findings, outcome, client, &mut update);
        }
        update
    }

    fn compare_file(
        &self,
        path: &Path,
        findings: &[Finding],
        outcome: &Outcome,
        client: Client,
        update: &mut Update,
    ) {
        let shown = self.0.get(path);
        let Some(seen) = outcome.file(path) else {
            // Neither open nor with a finding any more.
            if let Some(shown) = shown {
                update.clear(&shown.uri);
                update.entries.push((path.to_owned(), None));
            }
            return;
        };
        let version = seen
            .open
            .as_ref()
            .map(|it| (it.snapshot.version(), it.number));
        let is_same = |shown: &&Entry| shown.uri == seen.uri && shown.version == version;
        let documents = documents(findings, outcome);
        if let Some(shown) = shown.filter(is_same)
            && shown.findings == findings
            && shown.is_of(&documents)
        {
            return;
        }
        let diagnostics: Vec<_> = findings
            .iter()
            .filter_map(|finding| diagnostic(finding, outcome, client))
            .collect();
        if let Some(shown) = shown
            && shown.uri != seen.uri
        {
            update.clear(&shown.uri);
        }
        if shown
            .filter(is_same)
            .is_none_or(|shown| shown.diagnostics != diagnostics)
        {
            update.messages.push(PublishDiagnosticsParams::new(
                seen.uri.clone(),
                diagnostics.clone(),
                seen.version(),
            ));
        }
        let entry = (version.is_some() || !diagnostics.is_empty()).then(|| Entry {
            uri: seen.uri.clone(),
            version,
            findings: findings.to_vec(),
            diagnostics,
            documents: documents.into_iter().map(Arc::downgrade).collect(),
        });
        update.entries.push((path.to_owned(), entry));
    }

    /// Takes an update for shown, and hands its messages out.
    pub(super) fn apply(
        &mut self,
        update: Update,
        mut publish: impl FnMut(PublishDiagnosticsParams),
    ) {
        for (path, entry) in update.entries {
            match entry {
                Some(entry) => drop(self.0.insert(path, entry)),
                None => drop(self.0.remove(&path)),
            }
        }
        update.messages.into_iter().for_each(&mut publish);
    }
}

impl Entry {
    fn is_of(&self, documents: &[&Arc<Document>]) -> bool {
        self.documents.len() == documents.len()
            && self
                .documents
                .iter()
                .zip(documents)
                .all(|(shown, now)| shown.as_ptr() == Arc::as_ptr(now))
    }
}

impl Update {
    fn clear(&mut self, uri: &Uri) {
        let params = PublishDiagnosticsParams::new(uri.clone(), Vec::new(), None);
        self.messages.push(params);
    }
}

/// The documents that some findings speak of.
fn documents<'a>(findings: &[Finding], outcome: &'a Outcome) -> Vec<&'a Arc<Document>> {
    let mut paths: Vec<_> = findings.iter().flat_map(files_of).collect();
    paths.sort_unstable();
    paths.dedup();
    let seen = paths.into_iter().filter_map(|path| outcome.file(path));
    seen.map(|seen| &seen.document).collect()
}
