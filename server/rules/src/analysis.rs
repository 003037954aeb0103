//! Judging a workspace, again and again as its files change.

mod agreement;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use template::program::Program;
use template::workspace::{Programs, Root, Workspace};

use crate::configuration::Levels;
use crate::hover::{combined, hovers};
use crate::rules::RULES;
use crate::suppression::{Silenced, Suppressions};
use crate::{Finding, Hover, Level, check, merged};

/// How many deployments of a file are looked at to tell what is known of a thing in it.
const MOST_DEPLOYMENTS: usize = 8;

/// What was found in a workspace. A program is judged again only if one of its files changed.
#[derive(Default)]
pub struct Analysis {
    /// The revision of the files that all this is about.
    revision: u64,
    programs: Arc<Programs>,
    judged: BTreeMap<Key, Judged>,
    /// The programs that are not judged, or not as they are now.
    outdated: BTreeSet<Key>,
    /// The programs that a file is part of, or would be if it existed.
    by_input: HashMap<PathBuf, BTreeSet<Key>>,
    count: usize,
}

/// A program of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    root: PathBuf,
    /// Whether others deploy the root, and its own parameters say what is possible.
    is_contract: bool,
}

/// A program to judge.
pub struct Job {
    key: Key,
    scenarios: Vec<PathBuf>,
}

impl Job {
    /// The path of the program's root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.key.root
    }

    /// The program, to be judged.
    #[must_use]
    pub fn program(&self, workspace: &Workspace) -> Option<Program> {
        if self.key.is_contract {
            return workspace.contract(&self.key.root);
        }
        workspace.program(&Root {
            path: self.key.root.clone(),
            scenarios: self.scenarios.clone(),
        })
    }

    /// The findings of the program, and what they rest on.
    #[must_use]
    pub fn judged(&self, program: &Program, findings: Vec<Finding>) -> Judged {
        Judged {
            inputs: program.inputs(),
            scenarios: self.scenarios.clone(),
            suppressions: Suppressions::of(program),
            unanswered: program.unanswered(),
            findings,
        }
    }

    fn judge(&self, workspace: &Workspace) -> Option<Judged> {
        let program = self.program(workspace)?;
        Some(self.judged(&program, check(&program)))
    }
}

/// The findings of a program, and what they rest on.
pub struct Judged {
    /// Every file that the program was made of or looked for.
    inputs: BTreeSet<PathBuf>,
    scenarios: Vec<PathBuf>,
    suppressions: Suppressions,
    /// The rules that found nothing because the program is too large for them.
    unanswered: BTreeSet<&'static str>,
    findings: Vec<Finding>,
}

impl Analysis {
    /// The findings of all programs of a workspace, each once, in the order of their places.
    ///
    /// A template that others deploy is a contract as well: what its own parameters allow may be
    /// wrong though nobody in sight makes use of it. That is reported one level lower.
    pub fn findings(&mut self, workspace: &Workspace) -> Vec<Finding> {
        self.findings_by(workspace, |jobs| {
            jobs.iter().map(|job| job.judge(workspace)).collect()
        })
    }

    /// The same, with the programs judged by another: `judge` is given those that must be, and gives
    /// for each what it found. One without an answer is left out, and judged the next time.
    pub fn findings_by(
        &mut self,
        workspace: &Workspace,
        judge: impl FnOnce(&[Job]) -> Vec<Option<Judged>>,
    ) -> Vec<Finding> {
        self.update(workspace);
        let jobs = self.jobs();
        self.count += jobs.len();
        for (job, judged) in jobs.iter().zip(judge(&jobs)) {
            if let Some(judged) = judged {
                self.keep(&job.key, judged);
            }
        }
        self.combined(&Levels::new(workspace.files()))
    }

    /// Notes what changed since the last time.
    fn update(&mut self, workspace: &Workspace) {
        // What changes from here on is for the next time.
        let revision = workspace.files().revision();
        let programs = workspace.programs();
        for path in workspace.files().changed_since(self.revision) {
            let stale = self.by_input.get(&path).cloned().unwrap_or_default();
            for key in stale {
                self.forget(&key);
                self.outdated.insert(key);
            }
        }
        self.revision = revision;
        if !Arc::ptr_eq(&programs, &self.programs) {
            self.programs = programs;
            self.compare();
        }
    }

    /// Forgets programs that there are no more, and notes those that are new.
    fn compare(&mut self) {
        let programs = Arc::clone(&self.programs);
        let mut now: BTreeMap<Key, &[PathBuf]> = BTreeMap::new();
        for root in &programs.roots {
            let key = Key {
                root: root.path.clone(),
                is_contract: false,
            };
            now.insert(key, &root.scenarios);
        }
        for module in &programs.modules {
            let key = Key {
                root: module.clone(),
                is_contract: true,
            };
            now.insert(key, &[]);
        }
        let gone: Vec<_> = self
            .judged
            .iter()
            .filter(|(key, judged)| now.get(key) != Some(&judged.scenarios.as_slice()))
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            self.forget(&key);
        }
        let keys = now.into_keys();
        self.outdated = keys.filter(|key| !self.judged.contains_key(key)).collect();
    }

    fn jobs(&self) -> Vec<Job> {
        self.outdated.iter().map(|key| self.job(key)).collect()
    }

    fn job(&self, key: &Key) -> Job {
        let roots = &self.programs.roots;
        let found = roots.binary_search_by(|root| root.path.cmp(&key.root));
        let scenarios = match found {
            Ok(found) if !key.is_contract => roots[found].scenarios.clone(),
            Ok(_) | Err(_) => Vec::new(),
        };
        Job {
            key: key.clone(),
            scenarios,
        }
    }

    /// What is known of the thing at a byte of a file, in the deployments that the file was part of
    /// when the workspace was judged last; where none has anything to say, whatever the file's own
    /// parameters are.
    #[must_use]
    pub fn hover(&self, workspace: &Workspace, path: &Path, offset: u32) -> Option<Hover> {
        let keys = self.by_input.get(path)?;
        let known = |is_contract| {
            let keys = keys
                .iter()
                .filter(move |key| key.is_contract == is_contract);
            keys.take(MOST_DEPLOYMENTS).flat_map(|key| {
                let program = self.job(key).program(workspace);
                program.map_or_else(Vec::new, |program| hovers(&program, path, offset))
            })
        };
        combined(known(false)).or_else(|| combined(known(true)))
    }

    fn keep(&mut self, key: &Key, judged: Judged) {
        for path in &judged.inputs {
            let keys = self.by_input.entry(path.clone()).or_default();
            keys.insert(key.clone());
        }
        self.outdated.remove(key);
        self.judged.insert(key.clone(), judged);
    }

    fn forget(&mut self, key: &Key) {
        let Some(judged) = self.judged.remove(key) else {
            return;
        };
        for path in judged.inputs {
            if let Some(keys) = self.by_input.get_mut(&path) {
                keys.remove(key);
                if keys.is_empty() {
                    self.by_input.remove(&path);
                }
            }
        }
    }

    fn combined(&self, levels: &Levels<'_>) -> Vec<Finding> {
        let (contracts, roots): (Vec<_>, Vec<_>) = self
            .judged
            .iter()
            .filter(|(_, judged)| !judged.findings.is_empty() || !judged.unanswered.is_empty())
            .partition(|(key, _)| key.is_contract);
        let is_unanswered = |found: &Finding| {
            let mut deployments = roots.iter().map(|(_, judged)| judged);
            deployments.any(|judged| {
                judged.unanswered.contains(found.rule.0)
                    && judged.inputs.contains(&*found.place.file)
            })
        };
        let of_roots = agreement::findings(&self.judged);
        let mut all = merged(of_roots.iter().map(|found| levels.applied(found)).collect());
        let of_contracts = contracts.into_iter().flat_map(|(key, judged)| {
            let findings = judged.findings.iter();
            findings
                .filter(|found| is_of_contract(found, &key.root))
                // What no deployment comes to, nobody knows then.
                .filter(|found| !is_unanswered(found))
        });
        let (known, new): (Vec<_>, Vec<_>) = of_contracts.partition(|found| is_known(found, &all));
        // A level that is given to a rule is that of what a deployment comes to.
        all.extend(new.into_iter().map(|found| lowered(&levels.applied(found))));
        let known = known.into_iter().cloned().collect();
        // Not before: what a deployment in sight comes to is known, silenced or not.
        let Silenced { mut told, unused } = self.suppressions().apply(merged(all), known);
        // What was not judged may need any of them.
        if self.outdated.is_empty() {
            told.extend(unused.iter().map(|found| levels.applied(found)));
        }
        // Not before: whether a suppression is of use does not depend on levels.
        told.retain(|found| !levels.is_off(found));
        merged(told)
    }

    fn suppressions(&self) -> Suppressions {
        let mut suppressions = Suppressions::default();
        for judged in self.judged.values() {
            suppressions.add(&judged.suppressions);
        }
        suppressions
    }

    /// How many programs and contracts were judged so far; for tests of what a change costs.
    #[must_use]
    pub const fn judged(&self) -> usize {
        self.count
    }
}

/// Whether a finding is one that a template can have by itself, in its own text.
fn is_of_contract(found: &Finding, path: &Path) -> bool {
    let rule = RULES.iter().find(|rule| rule.id == found.rule);
    *found.place.file == *path && rule.is_some_and(|rule| !rule.is_about_absence)
}

/// Whether somebody in sight deploys what a finding is about so that the same is wrong with it.
fn is_known(found: &Finding, all: &[Finding]) -> bool {
    all.iter().any(|known| {
        known.rule == found.rule && (known.place == found.place || known.subject == found.subject)
    })
}

fn lowered(found: &Finding) -> Finding {
    Finding {
        level: match found.level {
            Level::Error => Level::Warning,
            Level::Warning | Level::Info => Level::Info,
        },
        message: format!(
            "{}. No deployment in sight comes to this, but the parameters of this file allow it",
            found.message
        ),
        ..found.clone()
    }
}
