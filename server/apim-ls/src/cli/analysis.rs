//! The check itself: from files to findings, on all cores.
//!
//! Invariants: the result depends on the files alone, not on which thread was faster; whatever
//! one file holds, the findings of the others arrive.

use std::io;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rules::Finding;
use syntax::{Document, Language};

use super::discovery::{Listing, Target, shown};
use super::files::{Files, ReadError, read_text};
use super::report::{CheckedFile, Report, Severity, Unread};
use super::sniff::is_arm_template;
use super::{crash, syntax_errors};

/// Lowering and evaluation stop at depths of their own, which leave room for any sane template. A
/// build without optimisation needs more stack for the same depth than a thread has by default, and
/// an overflow cannot be caught. Pages of it that stay unused cost nothing.
const STACK: usize = 32 << 20;

/// What judges one document.
pub(crate) type Analysis = dyn Fn(&Document) -> Vec<Finding> + Sync;

enum Outcome {
    /// None of our business.
    Skipped,
    Checked {
        /// Only with findings: thousands of trees at a time would take the memory of a small machine.
        findings: Option<(Document, Vec<Finding>)>,
        not_whole: Option<String>,
    },
    Unread(String, Severity),
}

/// Checks the listed files. The error is the system's when it refuses even one thread.
pub(crate) fn check(
    listing: Listing,
    files: &dyn Files,
    analysis: &Analysis,
) -> io::Result<Report> {
    let Listing { targets, unread } = listing;
    let mut report = Report {
        unread,
        ..Report::default()
    };
    for (target, outcome) in outcomes(&targets, files, analysis)? {
        let path = || shown(&target.path);
        match outcome {
            Outcome::Skipped => {}
            Outcome::Unread(reason, severity) => report.unread.push(Unread {
                file: path(),
                reason,
                severity,
            }),
            Outcome::Checked {
                findings,
                not_whole,
            } => {
                report.checked += 1;
                report.unread.extend(not_whole.map(|reason| Unread {
                    file: path(),
                    reason,
                    severity: Severity::Warning,
                }));
                report
                    .files
                    .extend(findings.map(|(document, findings)| CheckedFile {
                        path: path(),
                        document,
                        findings,
                    }));
            }
        }
    }
    report
        .unread
        .sort_by(|a, b| Path::new(&a.file).cmp(Path::new(&b.file)));
    Ok(report)
}

/// The outcome of every target, in their order.
fn outcomes<'a>(
    targets: &'a [Target],
    files: &dyn Files,
    analysis: &Analysis,
) -> io::Result<Vec<(&'a Target, Outcome)>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut outcomes = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(target) = targets.get(index) else {
                return outcomes;
            };
            outcomes.push((index, guarded(target, files, analysis)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut outcomes = thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..cores.min(targets.len()) {
            match thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work)
            {
                Ok(worker) => workers.push(worker),
                Err(error) if workers.is_empty() => return Err(error),
                // Those that run share the work.
                Err(_) => break,
            }
        }
        Ok(workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker catches every panic"))
            .collect::<Vec<_>>())
    })?;
    outcomes.sort_by_key(|(index, _)| *index);
    Ok(outcomes
        .into_iter()
        .map(|(index, outcome)| (&targets[index], outcome))
        .collect())
}

fn guarded(target: &Target, files: &dyn Files, analysis: &Analysis) -> Outcome {
    crash::catch(|| outcome(target, files, analysis)).unwrap_or_else(|message| {
        Outcome::Unread(
            format!("internal error, please report it: {message}"),
            Severity::Error,
        )
    })
}

fn outcome(target: &Target, files: &dyn Files, analysis: &Analysis) -> Outcome {
    let language = Language::of_path(&target.path);
    let text = match read_text(files, &target.path) {
        Ok(text) => text,
        Err(error) => return unread(target, language, &error),
    };
    let language = match language {
        Some(Language::Json) | None if is_arm_template(text.as_bytes()) => Language::Json,
        Some(Language::Json) if target.named => {
            return Outcome::Unread(
                "not an ARM template: it has no $schema that names a deployment template"
                    .to_owned(),
                Severity::Warning,
            );
        }
        Some(Language::Json) => return Outcome::Skipped,
        None => {
            return Outcome::Unread(
                "neither Bicep by its name nor an ARM template by its $schema".to_owned(),
                Severity::Warning,
            );
        }
        Some(language) => language,
    };
    let document = Document::new(language, &text);
    drop(text);
    let findings = analysis(&document);
    let not_whole = syntax_errors::describe(&document);
    Outcome::Checked {
        findings: (!findings.is_empty()).then_some((document, findings)),
        not_whole,
    }
}

/// A file that cannot be read matters if it may be a template.
fn unread(target: &Target, language: Option<Language>, error: &ReadError) -> Outcome {
    let is_foreign = language == Some(Language::Json)
        && match error {
            ReadError::TooLarge { head: bytes } | ReadError::NotUtf8 { bytes, .. } => {
                !is_arm_template(bytes)
            }
            ReadError::Binary { .. } => true,
            ReadError::Io(_) | ReadError::NotUtf16 => false,
        };
    match target.named {
        true => Outcome::Unread(error.to_string(), Severity::Error),
        false if is_foreign => Outcome::Skipped,
        false => Outcome::Unread(error.to_string(), Severity::Warning),
    }
}
