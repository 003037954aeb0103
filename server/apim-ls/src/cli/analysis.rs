//! The check itself: from files to findings, on all cores.
//!
//! Invariants: the result depends on the files alone, not on which thread was faster; whatever
//! one file holds, the findings of the others arrive.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Analysis, Finding, Job, Judged, Place};
use syntax::{Document, Language};
use template::files::Files;
use template::program::Program;
use template::workspace::Workspace;

use super::discovery::{Listing, Target};
use super::load::{Loaded, internal, load};
use super::names::Names;
use super::report::{Report, Severity, Text, Texts, Unread};
use super::sight::Limits;
use super::{crash, links};
use crate::disk::{Open, Opened};
use crate::parallel;

/// What judges one program.
pub(crate) type Judge = dyn Fn(&Program) -> Vec<Finding> + Sync;

/// Where the files of a check are.
#[derive(Clone)]
pub(crate) struct Source {
    /// What opens them.
    pub disk: &'static dyn Open,
    /// The person's home folder.
    pub home: Option<PathBuf>,
}

/// Checks the listed files. The error is the system's when it refuses even one thread.
pub(crate) fn check(listing: Listing, source: &Source, judge: &Judge) -> io::Result<Report> {
    let mut check = Check::new(listing, source)?;
    let findings = check.findings(judge)?;
    Ok(check.report(findings))
}

/// A check under way.
pub(crate) struct Check {
    names: Names,
    disk: &'static dyn Open,
    workspace: Workspace,
    analysis: Analysis,
    /// The files of which it is said already that they cannot be read.
    told: HashSet<PathBuf>,
    limits: Limits,
    /// Why programs could not be judged, by their roots.
    failed: BTreeMap<PathBuf, String>,
    report: Report,
}

impl Check {
    /// Reads the listed files, and what they refer to.
    pub(crate) fn new(listing: Listing, source: &Source) -> io::Result<Self> {
        let Listing { targets, unread } = listing;
        let files = Files::new(Box::new(Opened(source.disk)))
            .with_home(source.home.clone())
            .without_trees();
        let mut check = Self {
            names: Names::new(&targets),
            disk: source.disk,
            workspace: Workspace::new(Arc::new(files)),
            analysis: Analysis::default(),
            told: HashSet::new(),
            limits: Limits::default(),
            failed: BTreeMap::new(),
            report: Report {
                unread,
                ..Report::default()
            },
        };
        check.load(&targets)?;
        check.load(&check.templates())?;
        check.follow()?;
        check.tell_of_unused(&targets);
        Ok(check)
    }

    /// What it judges.
    pub(crate) fn into_workspace(self) -> Workspace {
        self.workspace
    }

    /// What the files are called.
    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    /// The files in sight, to be changed between one look for findings and the next.
    pub(crate) const fn workspace(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    fn files(&self) -> &Files {
        self.workspace.files()
    }

    fn tell(&mut self, path: &Path, reason: String, severity: Severity) {
        self.report.unread.push(Unread {
            file: self.names.of(path),
            reason,
            severity,
        });
    }

    /// Takes files into sight.
    fn load(&mut self, targets: &[Target]) -> io::Result<()> {
        let loaded = parallel::each(targets, |target| load(target, self.disk, self.files()))?;
        for (target, loaded) in targets.iter().zip(loaded) {
            let path = &target.absolute;
            match loaded {
                Loaded::Skipped => {}
                Loaded::Unread(reason, severity) => {
                    self.told.insert(path.clone());
                    self.tell(path, reason, severity);
                }
                Loaded::Taken(not_whole) => {
                    self.report.checked += 1;
                    self.workspace.add(path.clone());
                    for link in &target.links {
                        self.workspace.link(link, path);
                    }
                    if let Some(reason) = not_whole {
                        self.tell(path, reason, Severity::Warning);
                    }
                }
            }
        }
        Ok(())
    }

    /// The templates that are not in sight though parameter files for them are: whoever names the
    /// parameters means their deployment.
    fn templates(&self) -> Vec<Target> {
        let files = self.files();
        let mut paths = BTreeSet::new();
        for file in self.workspace.members().filter_map(|path| files.get(path)) {
            let using = file.parameters().and_then(|it| it.using.as_ref());
            paths.extend(using.and_then(|link| links::path(files, &file, link)));
        }
        paths
            .into_iter()
            .filter(|path| !self.workspace.contains(path) && !self.told.contains(path))
            // What is missing is told where it is referred to.
            .filter(|path| Language::of_path(path).is_some() && self.disk.open(path).is_ok())
            .map(|path| Target {
                path: path.clone(),
                named: false,
                absolute: path,
                links: Vec::new(),
            })
            .collect()
    }

    /// Reads what the files in sight refer to.
    fn follow(&mut self) -> io::Result<()> {
        let followed = links::follow(&self.workspace, self.disk, &self.names, &self.told)?;
        self.report.checked += followed.outside;
        self.report.unread.extend(followed.unread);
        Ok(())
    }

    /// Tells of parameters that a person named, and that nothing is deployed with.
    fn tell_of_unused(&mut self, targets: &[Target]) {
        let programs = self.workspace.programs();
        let roots = programs.roots.iter();
        let used: HashSet<_> = roots.flat_map(|root| &root.scenarios).collect();
        for target in targets.iter().filter(|target| target.named) {
            let file = self.files().get(&target.absolute);
            let parameters = file.as_ref().and_then(|file| file.parameters());
            if parameters.is_some_and(|it| it.using.is_none()) && !used.contains(&target.absolute) {
                let reason = "no template in sight is deployed with it".to_owned();
                self.tell(&target.absolute, reason, Severity::Warning);
            }
        }
    }

    /// What is found in the files in sight as they are now.
    pub(crate) fn findings(&mut self, judge: &Judge) -> io::Result<Vec<Finding>> {
        let workspace = &self.workspace;
        let judge = |job: &Job| -> Option<(Judged, Limits)> {
            let program = job.program(workspace)?;
            let findings = judge(&program);
            let limits = Limits::of(&program, workspace.files());
            Some((job.judged(&program, findings), limits))
        };
        let (limits, failed) = (&mut self.limits, &mut self.failed);
        let mut refused = None;
        let findings = self.analysis.findings_by(workspace, |jobs| {
            let outcomes = parallel::each(jobs, |job| crash::catch(|| judge(job)));
            let outcomes = outcomes.unwrap_or_else(|error| {
                refused = Some(error);
                Vec::new()
            });
            let judged = jobs.iter().zip(outcomes).map(|(job, outcome)| {
                let outcome = outcome.unwrap_or_else(|message| {
                    failed.insert(job.path().to_owned(), internal(&message));
                    None
                });
                outcome.map(|(judged, more)| {
                    limits.add(more);
                    judged
                })
            });
            judged.collect()
        });
        refused.map_or(Ok(findings), Err)
    }

    /// The report on what was found, in the order of what the files are called, with those that it
    /// shows.
    pub(crate) fn report(mut self, findings: Vec<Finding>) -> Report {
        for (path, reason) in std::mem::take(&mut self.failed) {
            self.tell(&path, reason, Severity::Error);
        }
        let Self {
            names,
            workspace,
            limits,
            mut report,
            ..
        } = self;
        let files = workspace.files();
        report.findings = findings;
        report.unread.extend(limits.circles(files, &names));
        report
            .unread
            .sort_by(|a, b| Path::new(&a.file).cmp(Path::new(&b.file)));
        report.unseen = limits.unseen();
        let found = report.findings.iter().flat_map(|finding| {
            let related = finding.related.iter().map(|related| &related.place);
            [&finding.place, &finding.subject]
                .into_iter()
                .chain(related)
        });
        let mut texts = Texts::default();
        for place in found.chain(report.unseen.iter().map(|unseen| &unseen.place)) {
            texts.add(&place.file, || {
                let file = files.get(&place.file);
                let nothing = || Arc::new(Document::new(Language::Bicep, ""));
                Text {
                    name: names.of(&place.file),
                    document: file.map_or_else(nothing, |file| Arc::clone(&file.document)),
                }
            });
        }
        let name = |place: &Place| PathBuf::from(&texts.of(place).name);
        report
            .findings
            .sort_by_cached_key(|finding| name(&finding.place));
        report
            .unseen
            .sort_by_cached_key(|unseen| name(&unseen.place));
        report.files = texts;
        report
    }
}
