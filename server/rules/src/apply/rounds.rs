//! Fix after fix, in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use syntax::{Document, Language};
use template::files::{File, Files};
use template::workspace::Workspace;

use super::changes::{Changes, edited};
use super::sound::{is_readable, is_sound};
use crate::{Finding, Fix, RuleId};

/// How many rounds are made at most.
pub const MOST_ROUNDS: usize = 16;

/// Fixes that are made in rounds. In each, those are made that are not in each other's way; the
/// others, and what comes to light by them, are for the next one.
///
/// It ends whatever the rules do: there are at most [`MOST_ROUNDS`], and the same is repaired once
/// for every time that it was found at first.
#[derive(Debug, Default)]
pub struct Rounds {
    count: usize,
    /// What may still be repaired how often.
    left: BTreeMap<Key, usize>,
    applied: Vec<Applied>,
    changed: BTreeMap<Arc<Path>, Change>,
    unsound: usize,
    is_cut_short: bool,
}

/// What tells a repair from others when places have moved.
type Key = (Arc<Path>, RuleId, String, String);

/// A fix that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule.
    pub rule: RuleId,
    /// The file that the finding was in.
    pub file: Arc<Path>,
    /// What the fix did.
    pub title: String,
    /// The files that it changed, and then those that it added.
    pub files: Vec<Arc<Path>>,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Change {
    /// The file before; none if it was added.
    pub before: Option<Arc<Document>>,
    /// The file now.
    pub after: Arc<Document>,
}

/// A finding and its fix.
#[derive(Clone, Copy)]
struct Candidate<'f> {
    finding: &'f Finding,
    fix: &'f Fix,
}

impl Candidate<'_> {
    fn key(&self) -> Key {
        let Self { finding, fix } = self;
        (
            Arc::clone(&finding.place.file),
            finding.rule,
            finding.message.clone(),
            fix.title.clone(),
        )
    }

    fn touches(&self, path: &Path) -> bool {
        let mut edits = self.fix.edits.iter();
        let mut creates = self.fix.creates.iter();
        edits.any(|edit| *edit.file == *path) || creates.any(|file| *file.path == *path)
    }
}

impl Rounds {
    /// Makes a round of fixes in the files of a workspace, `findings` being what was found in it as
    /// it is; tells whether another one may follow. `choose` gives the fix of a finding that is
    /// to be made, if one is.
    pub fn step<'f>(
        &mut self,
        workspace: &mut Workspace,
        findings: &'f [Finding],
        choose: impl FnMut(&'f Finding) -> Option<&'f Fix>,
    ) -> bool {
        let candidates = self.candidates(findings, choose);
        if candidates.is_empty() {
            return false;
        }
        if self.count == MOST_ROUNDS {
            self.is_cut_short = true;
            return false;
        }
        self.count += 1;
        let (made, files) = self.sound(workspace.files(), candidates);
        for candidate in &made {
            self.note(candidate);
        }
        for file in files {
            self.set(workspace, &file);
        }
        // Even if none could be made: those that waited for them are left.
        true
    }

    /// What may be repaired. What was not found before may be as often as it is there.
    fn candidates<'f>(
        &mut self,
        findings: &'f [Finding],
        mut choose: impl FnMut(&'f Finding) -> Option<&'f Fix>,
    ) -> Vec<Candidate<'f>> {
        let candidates: Vec<_> = findings
            .iter()
            .filter_map(|finding| choose(finding).map(|fix| Candidate { finding, fix }))
            .collect();
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for candidate in &candidates {
            *counts.entry(candidate.key()).or_default() += 1;
        }
        for (key, count) in counts {
            self.left.entry(key).or_insert(count);
        }
        let mut left = self.left.clone();
        let may_be_made = |candidate: &Candidate<'_>| match left.get_mut(&candidate.key()) {
            None | Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        };
        candidates.into_iter().filter(may_be_made).collect()
    }

    /// Those of some repairs that can be made at once, and the files that they give. A file that
    /// would be no good template any more gets one fix only; if that is to blame, it is never made.
    fn sound<'f>(
        &mut self,
        files: &Files,
        mut candidates: Vec<Candidate<'f>>,
    ) -> (Vec<Candidate<'f>>, Vec<File>) {
        loop {
            let mut changes = Changes::default();
            let mut together = candidates.clone();
            together.retain(|candidate| changes.add(candidate.fix));
            let unsound = match made(files, &changes) {
                Ok(files) => return (together, files),
                Err(path) => path,
            };
            let first = together.iter().find(|it| it.touches(unsound)).copied();
            let Some(Candidate { fix: first, .. }) = first else {
                return (Vec::new(), Vec::new());
            };
            let is_alone = together
                .iter()
                .all(|it| it.fix == first || !it.touches(unsound));
            if is_alone {
                for candidate in candidates.iter().filter(|it| it.fix == first) {
                    self.left.insert(candidate.key(), 0);
                    self.unsound += 1;
                }
                candidates.retain(|it| it.fix != first);
            } else {
                let path = unsound.to_owned();
                candidates.retain(|it| it.fix == first || !it.touches(&path));
            }
        }
    }

    fn note(&mut self, candidate: &Candidate<'_>) {
        let Candidate { finding, fix } = candidate;
        if let Some(left) = self.left.get_mut(&candidate.key()) {
            *left = left.saturating_sub(1);
        }
        let mut files: Vec<_> = fix
            .edits
            .iter()
            .map(|edit| Arc::clone(&edit.file))
            .collect();
        files.extend(fix.creates.iter().map(|file| Arc::clone(&file.path)));
        files.dedup();
        self.applied.push(Applied {
            rule: finding.rule,
            file: Arc::clone(&finding.place.file),
            title: fix.title.clone(),
            files,
        });
    }

    fn set(&mut self, workspace: &mut Workspace, file: &File) {
        let path = &file.path;
        let before = workspace.files().get(path);
        let after = Arc::clone(&file.document);
        match self.changed.get_mut(path) {
            Some(change) => change.after = Arc::clone(&after),
            None => {
                let change = Change {
                    before: before.as_ref().map(|file| Arc::clone(&file.document)),
                    after: Arc::clone(&after),
                };
                self.changed.insert(Arc::clone(path), change);
            }
        }
        workspace.files().set(path, after);
        if before.is_none() {
            workspace.add(path.to_path_buf());
        }
    }

    /// The fixes that were made, in their order.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// The files that are another than before, by path.
    pub fn changed(&self) -> impl Iterator<Item = (&Arc<Path>, &Change)> {
        let changed = self.changed.iter();
        changed.filter(|(_, change)| match &change.before {
            Some(before) => before.text() != change.after.text(),
            None => true,
        })
    }

    /// How many rounds were made.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// For how many findings the fix was not made because its result would not be read.
    #[must_use]
    pub const fn unsound(&self) -> usize {
        self.unsound
    }

    /// Whether something is left that a further round would repair.
    #[must_use]
    pub const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }
}

/// The files that changes give; the error is the path of one that would be no good template.
fn made<'f>(files: &Files, changes: &Changes<'f>) -> Result<Vec<File>, &'f Path> {
    let mut made = Vec::new();
    for (path, edits) in changes.edits() {
        let after = files.get(path).and_then(|before| {
            let text = edited(&before.document.text().to_string(), edits)?;
            let after = document(path, before.document.language(), &text);
            is_sound(&before, &after).then_some(after)
        });
        made.push(after.ok_or(path)?);
    }
    for file in changes.creates() {
        let path = &*file.path;
        let language = Language::of_path(path).ok_or(path)?;
        let added = document(path, language, &file.text);
        // What came to be there meanwhile is somebody else's.
        let is_free = files.get(path).is_none();
        made.push(
            Some(added)
                .filter(|it| is_free && is_readable(it))
                .ok_or(path)?,
        );
    }
    Ok(made)
}

fn document(path: &Path, language: Language, text: &str) -> File {
    File::new(path, Arc::new(Document::new(language, text)))
}
