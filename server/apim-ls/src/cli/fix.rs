//! `apim-ls fix`.
//!
//! Invariants: nothing is written before all fixes are made in memory; a file is replaced in one
//! piece, and only if it is still what was read; all that a fix changes is written, or nothing of it.

mod diff;
mod plan;
mod reach;
mod store;
mod summary;
mod write;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use rules::apply::{Rounds, chosen};
use rules::{Applicability, Finding, Rule, RuleId};

use self::diff::FileDiff;
use self::reach::Reach;
use self::store::Store;
use super::analysis::{Check, Judge, Source};
use super::human::Look;
use super::load::internal;
use super::names::Names;
use super::output::{Channel, Color, Exit, FailOn, fail};
use super::report::{Report, Severity, Unread};
use super::{crash, discovery, explain};
use crate::disk::{self, Disk};
use crate::parallel;

/// Fix what is found, as far as that can be done without a person
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Arguments {
    /// Files and folders to fix
    ///
    /// They are judged as `check` judges them, together with the modules that they deploy. Only
    /// files that are named here, or found in a folder named here, are changed; new files come
    /// beside them.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Make fixes too that may change what already works
    ///
    /// Of several fixes of a finding the first one is made, a safe one before any other. What
    /// changes the shape of a deployment is made only if the finding has no other fix; what leaves
    /// a value for you to fill in is never made here, but offered in an editor.
    #[arg(long = "unsafe")]
    is_unsafe: bool,

    /// Fix what this rule finds, and nothing else; may be given several times
    #[arg(long = "rule", value_name = "ID", value_delimiter = ',')]
    rules: Vec<String>,

    /// Show what would change, and write nothing
    ///
    /// The difference goes to standard output, for `git apply` or `patch -p1`, everything else to
    /// standard error.
    #[arg(long)]
    diff: bool,

    /// The lowest level that makes the exit code 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Warning)]
    fail_on: FailOn,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

const NOTES: &str = "\
Exit code:
  0  Nothing is left at the level of --fail-on or above
  1  Something is left; with --diff, where nothing is written, also what it would fix
  2  Not done: wrong arguments, a named path that is missing or cannot be read, a file that cannot
     be written or changed meanwhile, an internal error

With --rule, only what these rules find counts.

A file is replaced in one piece. If one of the files that a fix changes cannot be written, none of
them is.";

/// Where a run reads and writes.
struct Environment<'a> {
    store: &'static dyn Store,
    home: Option<PathBuf>,
    judge: &'a Judge,
    out: Channel<'a>,
    err: Channel<'a>,
}

/// Runs the command on the process's own streams.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    let unknown = arguments.rules.iter().find(|id| Rule::named(id).is_none());
    if let Some(unknown) = unknown {
        return fail(&explain::unknown(unknown)).into();
    }
    let choice = ColorChoice::from(arguments.color);
    let out_look = Look::from(AutoStream::new(io::stdout(), choice).current_choice());
    let out_choice = match out_look {
        // Nothing is to be taken for an escape sequence and removed.
        Look::Plain if arguments.diff => ColorChoice::AlwaysAnsi,
        _ => choice,
    };
    let out = AutoStream::new(io::stdout().lock(), out_choice);
    let mut err = AutoStream::new(io::stderr().lock(), choice);
    let err_look = Look::from(err.current_choice());
    let mut out = BufWriter::new(out);
    let exit = run(
        arguments,
        &mut Environment {
            store: &Disk,
            home: disk::home(),
            judge: &rules::check,
            out: Channel {
                writer: &mut out,
                look: out_look,
            },
            err: Channel {
                writer: &mut err,
                look: err_look,
            },
        },
    );
    let exit = exit.unwrap_or_else(|error| {
        // If standard error is gone too, the exit code still tells.
        let _ = writeln!(err, "error: {error:#}");
        Exit::Failure
    });
    exit.into()
}

fn run(arguments: &Arguments, environment: &mut Environment<'_>) -> anyhow::Result<Exit> {
    let start = Instant::now();
    let store = environment.store;
    let made = make(arguments, environment).context("the fixes could not be made")?;
    let plans = plan::plans(&made.rounds);
    let outcome = if arguments.diff {
        diff::diff(&plans, store, &made.names)
    } else {
        write::write(&plans, store, &made.names)
    };
    let exit = exit(arguments, &made, &outcome);
    let Environment { out, err, .. } = environment;
    match summary::write(arguments, &made, &outcome, start, out, err) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.context("the output could not be written")?,
    }
    Ok(exit)
}

/// Fixes that are made in memory.
struct Made {
    rounds: Rounds,
    /// What was found at first.
    found: Vec<Finding>,
    /// What is left, and what could not be read.
    report: Report,
    names: Names,
    /// Why fixes were not made because of the files that they would change.
    held_back: Vec<Unread>,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Outcome {
    /// The files that are as the fixes made them; with `--diff`, that the difference shows so.
    done: BTreeSet<Arc<Path>>,
    /// The difference.
    diff: Vec<FileDiff>,
    /// What was not done, and why.
    refused: Vec<Unread>,
}

/// Makes the fixes that nobody need look at.
fn make(arguments: &Arguments, environment: &Environment<'_>) -> io::Result<Made> {
    let listing = discovery::list(&arguments.paths);
    let mut reach = Reach::new(&listing.targets, !arguments.diff);
    let source = Source {
        disk: environment.store,
        home: environment.home.clone(),
    };
    let mut check = Check::new(listing, &source)?;
    let mut rounds = Rounds::default();
    let mut found = None;
    // What is unsafe comes when nothing else is left, as if it were asked for later.
    let mut most = Applicability::Safe;
    let left = loop {
        let mut findings = check.findings(environment.judge)?;
        findings.retain(|finding| arguments.is_about(finding.rule));
        let choose = |finding| chosen(finding, most).filter(|fix| reach.allows(fix));
        let step = || rounds.step(check.workspace(), &findings, choose);
        let goes_on = parallel::deep(|| crash::catch(step))?;
        let goes_on = goes_on.map_err(|message| io::Error::other(internal(&message)))?;
        reach.add(&rounds);
        found.get_or_insert_with(|| findings.clone());
        if !goes_on && most == arguments.most() {
            break findings;
        }
        if !goes_on {
            most = arguments.most();
        }
    };
    let names = check.names().clone();
    let fixes = left.iter().filter_map(|finding| chosen(finding, most));
    let held_back = reach.held_back(fixes, &names);
    Ok(Made {
        rounds,
        found: found.unwrap_or_default(),
        report: check.report(left),
        names,
        held_back,
    })
}

impl Arguments {
    fn is_about(&self, rule: RuleId) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|name| name == rule.0)
    }

    fn most(&self) -> Applicability {
        if self.is_unsafe {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        }
    }
}

fn exit(arguments: &Arguments, made: &Made, outcome: &Outcome) -> Exit {
    let unread = made.report.unread.iter();
    let mut problems = unread.chain(&made.held_back).chain(&outcome.refused);
    // What is not written is not fixed.
    let left = if arguments.diff {
        &made.found
    } else {
        &made.report.findings
    };
    if problems.any(|problem| problem.severity == Severity::Error) {
        Exit::Failure
    } else if left
        .iter()
        .any(|finding| arguments.fail_on.includes(finding.level))
    {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

#[cfg(test)]
mod tests;
