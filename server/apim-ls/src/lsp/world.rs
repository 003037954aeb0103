//! The files in sight, and what is found in them.
//!
//! Only the analysis has a hand on this, so nothing here is shared but the files themselves, which
//! the scout may load ahead.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::apply::{Rounds, chosen};
use rules::{Analysis, Applicability, Finding, Fix, Hover, RuleId};
use template::files::{File, Files};
use template::workspace::Workspace;
use tower_lsp::ls_types::Uri;

use super::Analyse;
use super::desk::{Documents, Open};
use super::guard::Panicked;
use super::outcome::{Outcome, Seen, files_of};
use super::paths::uri_of;
use super::scout::News;

/// The files in sight, and what is known of them.
pub(super) struct World {
    analyse: Analyse,
    files: Arc<Files>,
    workspace: Workspace,
    analysis: Analysis,
    /// The documents that lie over the disk, by the paths under which they are in sight.
    laid: Documents,
    /// What was found in each folder.
    folders: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// The names of files that are not open.
    uris: HashMap<Arc<Path>, Option<Uri>>,
    /// What failed by a bug the last time.
    failures: BTreeSet<String>,
    /// Files as they were before they changed.
    earlier: Vec<Arc<File>>,
}

impl World {
    pub(super) fn new(analyse: Analyse, files: Arc<Files>) -> Self {
        Self {
            analyse,
            workspace: Workspace::new(Arc::clone(&files)),
            files,
            analysis: Analysis::default(),
            laid: Documents::new(),
            folders: BTreeMap::new(),
            uris: HashMap::new(),
            failures: BTreeSet::new(),
            earlier: Vec::new(),
        }
    }

    /// Takes in what became known of the disk.
    pub(super) fn learn(&mut self, news: News) {
        match news {
            News::Walked {
                folder,
                files,
                links,
            } => {
                self.enter(folder, files);
                for (other, path) in links {
                    self.workspace.link(&other, &path);
                }
            }
            News::Left { folder } => {
                let files = self.folders.remove(&folder).unwrap_or_default();
                self.leave(&files);
            }
            News::Changed {
                changed,
                gone,
                found,
            } => {
                self.forget(&changed);
                self.lose(&gone);
                self.sort(&changed, found);
            }
        }
    }

    fn enter(&mut self, folder: PathBuf, files: BTreeSet<PathBuf>) {
        for path in &files {
            self.workspace.add(path.clone());
        }
        let earlier = self.folders.insert(folder, files);
        self.leave(&earlier.unwrap_or_default());
    }

    /// Lets files out of sight, unless there is another reason to look at them.
    fn leave(&mut self, files: &BTreeSet<PathBuf>) {
        for path in files {
            let is_found = self.folders.values().any(|found| found.contains(path));
            if !is_found && !self.laid.contains_key(path) {
                self.workspace.remove(path);
                self.files.forget(path);
            }
        }
    }

    fn forget(&self, paths: &[PathBuf]) {
        for path in paths {
            let path = self.files.known_as(path);
            if !self.laid.contains_key(&path) {
                self.files.forget(&path);
            }
        }
    }

    /// Lets go of what is not there any more, be it a file or a folder.
    fn lose(&mut self, gone: &[PathBuf]) {
        self.forget(gone);
        for path in gone {
            let mut lost = BTreeSet::new();
            for found in self.folders.values_mut() {
                let is_lost = |file: &PathBuf| file.starts_with(path);
                lost.extend(found.iter().filter(|file| is_lost(file)).cloned());
                found.retain(|file| !is_lost(file));
            }
            self.leave(&lost);
        }
    }

    /// Takes changed files into sight or out of it, by what they are now.
    fn sort(&mut self, changed: &[PathBuf], found: BTreeMap<PathBuf, BTreeSet<PathBuf>>) {
        for (folder, found) in found {
            // Who has left a folder does not come back by a late message.
            let Some(known) = self.folders.get_mut(&folder) else {
                continue;
            };
            let changed = changed.iter().filter(|path| path.starts_with(&folder));
            let lost: BTreeSet<_> = changed
                .filter(|path| !found.contains(*path) && known.remove(*path))
                .cloned()
                .collect();
            known.extend(found.iter().cloned());
            for path in found {
                self.workspace.add(path);
            }
            self.leave(&lost);
        }
    }

    /// Judges what is in sight, with the given documents open. What fails by a bug is told, unless
    /// it failed the last time.
    pub(super) fn judge(
        &mut self,
        documents: &Documents,
        tell: impl Fn(&str),
    ) -> Result<Outcome, Panicked> {
        let judge = AssertUnwindSafe(|| {
            self.lay(documents);
            let mut failures = BTreeSet::new();
            let findings = (self.analyse)(&mut self.analysis, &self.workspace, &mut |failure| {
                failures.insert(failure);
            });
            failures.difference(&self.failures).for_each(|it| tell(it));
            self.failures = failures;
            self.outcome(findings)
        });
        Ok(catch_unwind(judge)?)
    }

    /// What is known of the thing at a byte of a file, as it was judged last.
    pub(super) fn hover(&self, path: &Path, offset: u32) -> Result<Option<Hover>, Panicked> {
        let hover = AssertUnwindSafe(|| {
            let path = self.files.known_as(path);
            self.analysis.hover(&self.workspace, &path, offset)
        });
        Ok(catch_unwind(hover)?)
    }

    /// The text of a document with its safe fixes made, of one rule or of all, in rounds until nothing
    /// is left; none if nothing changes, or the document is left meanwhile.
    pub(super) fn fixed(
        &mut self,
        path: &Path,
        rule: Option<RuleId>,
        documents: &Documents,
        tell: impl Fn(&str),
        is_left: impl Fn() -> bool,
    ) -> Result<Option<String>, Panicked> {
        let path = self.files.known_as(path);
        let fix = AssertUnwindSafe(|| {
            self.lay(documents);
            let mut rounds = Rounds::default();
            loop {
                let mut tell = |failure: String| tell(&failure);
                let findings = (self.analyse)(&mut self.analysis, &self.workspace, &mut tell);
                let is_meant = |it: &&Finding| rule.is_none_or(|rule| it.rule == rule);
                let choose = |it| Some(it).filter(is_meant).and_then(|it| safe_fix(it, &path));
                if is_left() {
                    return None;
                }
                if !rounds.step(&mut self.workspace, &findings, choose) {
                    break;
                }
            }
            let mut changed = rounds.changed();
            let changed = changed.find(|(changed, _)| ***changed == *path);
            changed.map(|(_, change)| change.after.text().to_string())
        });
        let fixed = catch_unwind(fix);
        // The client's text is what counts again.
        if let Some(open) = self.laid.get(&path) {
            self.files.set(&path, Arc::clone(open.snapshot.document()));
        }
        Ok(fixed?)
    }

    /// Lets go of what files were before they changed: freeing that takes a while, so this is for
    /// when nobody waits.
    pub(super) fn forget_earlier(&mut self) {
        self.earlier.clear();
    }

    /// Lays the open documents over the disk, those that changed.
    fn lay(&mut self, documents: &Documents) {
        let documents: Documents = documents
            .iter()
            .map(|(path, open)| (self.files.known_as(path), open.clone()))
            .collect();
        for (path, open) in &documents {
            let is_new = self
                .laid
                .get(path)
                .is_none_or(|laid| !Arc::ptr_eq(&laid.snapshot, &open.snapshot));
            if is_new {
                if self.laid.contains_key(path) {
                    self.earlier.extend(self.files.get(path));
                }
                self.files.set(path, Arc::clone(open.snapshot.document()));
                self.workspace.add(path.clone());
                self.laid.insert(path.clone(), open.clone());
            }
        }
        let is_closed = |path: &PathBuf| !documents.contains_key(path);
        let closed = self.laid.keys().filter(|path| is_closed(path));
        let closed: BTreeSet<_> = closed.cloned().collect();
        self.laid.retain(|path, _| !is_closed(path));
        for path in &closed {
            self.files.forget(path);
        }
        self.leave(&closed);
    }

    fn outcome(&mut self, findings: Vec<Finding>) -> Outcome {
        let mut files = HashMap::new();
        for (path, open) in &self.laid {
            files.insert(path.clone(), Self::seen_open(open));
        }
        for path in findings.iter().flat_map(files_of) {
            if !files.contains_key(&**path)
                && let Some(seen) = self.seen(path)
            {
                files.insert(path.to_path_buf(), seen);
            }
        }
        Outcome { findings, files }
    }

    fn seen_open(open: &Open) -> Seen {
        Seen {
            uri: open.uri.clone(),
            document: Arc::clone(open.snapshot.document()),
            open: Some(open.clone()),
        }
    }

    fn seen(&mut self, path: &Arc<Path>) -> Option<Seen> {
        let uri = self.uris.entry(Arc::clone(path));
        let uri = uri.or_insert_with(|| uri_of(path)).clone()?;
        Some(Seen {
            uri,
            document: Arc::clone(&self.files.get(path)?.document),
            open: None,
        })
    }
}

/// The fix of a finding that is made with all others of a document: a safe one that changes nothing
/// beside this document, since who fixes a document, perhaps whenever it is saved, looks at no other.
pub(super) fn safe_fix<'f>(finding: &'f Finding, path: &Path) -> Option<&'f Fix> {
    let fix = chosen(finding, Applicability::Safe)?;
    let is_within = *finding.place.file == *path
        && fix.creates.is_empty()
        && fix.edits.iter().all(|edit| *edit.file == *path);
    is_within.then_some(fix)
}
