//! `apim-ls check`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use clap::ValueEnum;

use super::analysis::{self, Judge, Source};
use super::discovery;
use super::human::{self, Look};
use super::json;
use super::output::{Channel, Color, Exit, FailOn};
use super::report::{Report, Severity};
use crate::disk::{self, Disk};

/// Check templates, and report what Azure would reject and what is insecure
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Files and folders to check
    ///
    /// In a folder, all Bicep files, ARM templates and parameter files are checked, except what
    /// .gitignore names and what is hidden. A file named here is always read. Modules that they
    /// deploy are judged too, wherever they are.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// The lowest level that makes the exit code 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Warning)]
    fail_on: FailOn,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

const EXIT_CODES: &str = "\
Exit code:
  0  Nothing found at the level of --fail-on or above
  1  Something found
  2  Not done: wrong arguments, a named path that is missing or cannot be read, an internal error

Findings go to standard output; what could not be read goes to standard error, and in JSON into the
report.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Excerpts of the source, and a summary
    Human,
    /// One JSON object, indented; lines and columns from 1, columns in UTF-16
    Json,
}

/// Where a run reads and writes.
struct Environment<'a> {
    source: Source,
    judge: &'a Judge,
    out: Channel<'a>,
    err: Channel<'a>,
}

/// Runs the command on the process's own streams.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    let choice = ColorChoice::from(arguments.color);
    let out_choice = match arguments.format {
        Format::Human => choice,
        // Nothing is to be taken for an escape sequence and removed.
        Format::Json => ColorChoice::AlwaysAnsi,
    };
    let out = AutoStream::new(io::stdout().lock(), out_choice);
    let mut err = AutoStream::new(io::stderr().lock(), choice);
    let out_look = Look::from(out.current_choice());
    let err_look = Look::from(err.current_choice());
    let mut out = BufWriter::new(out);
    let exit = run(
        arguments,
        &mut Environment {
            source: Source {
                disk: &Disk,
                home: disk::home(),
            },
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
    let listing = discovery::list(&arguments.paths);
    let report = analysis::check(listing, &environment.source, environment.judge)
        .context("the check could not be started")?;
    let Environment { out, err, .. } = environment;
    let written = match arguments.format {
        Format::Human => write_human(&report, start, out, err),
        Format::Json => write_json(&report, out, err),
    };
    match written {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.context("the report could not be written")?,
    }
    Ok(exit(&report, arguments.fail_on))
}

fn write_human(
    report: &Report,
    start: Instant,
    out: &mut Channel<'_>,
    err: &mut Channel<'_>,
) -> io::Result<()> {
    human::write_findings(report, out.look, out.writer)?;
    // On a terminal both streams are one, and what matters stands near the end.
    out.writer.flush()?;
    human::write_unread(&report.unread, err.look, err.writer)?;
    human::write_summary(report, start.elapsed(), out.writer)?;
    out.writer.flush()
}

/// The report names every unread file; standard error repeats only what makes the run a failure, for
/// there are pipelines that take any output there for one.
fn write_json(report: &Report, out: &mut Channel<'_>, err: &mut Channel<'_>) -> io::Result<()> {
    json::write(report, out.writer)?;
    out.writer.flush()?;
    let failures: Vec<_> = report
        .unread
        .iter()
        .filter(|unread| unread.severity == Severity::Error)
        .cloned()
        .collect();
    human::write_unread(&failures, err.look, err.writer)
}

fn exit(report: &Report, fail_on: FailOn) -> Exit {
    if report
        .unread
        .iter()
        .any(|unread| unread.severity == Severity::Error)
    {
        Exit::Failure
    } else if report
        .findings
        .iter()
        .any(|finding| fail_on.includes(finding.level))
    {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

#[cfg(test)]
mod tests;
