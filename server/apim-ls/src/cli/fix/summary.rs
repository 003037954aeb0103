//! What a person is told of a run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Instant;

use annotate_snippets::normalize_untrusted_str;
use anstyle::{AnsiColor, Style};
use rules::apply::{Applied, MOST_ROUNDS, chosen};
use rules::{Applicability, Finding};

use super::{Arguments, Made, Outcome};
use crate::cli::human::{self, Look, files, levels, nothing};
use crate::cli::output::Channel;
use crate::cli::report::Severity;

const FIXED: Style = AnsiColor::BrightGreen.on_default().bold();
const TITLE: Style = Style::new().bold();

/// Writes what was done, what could not be, and what is left.
pub(super) fn write(
    arguments: &Arguments,
    made: &Made,
    outcome: &Outcome,
    start: Instant,
    out: &mut Channel<'_>,
    err: &mut Channel<'_>,
) -> io::Result<()> {
    if arguments.diff {
        for diff in &outcome.diff {
            out.writer.write_all(diff.render(out.look).as_bytes())?;
        }
    } else {
        write_fixed(made, outcome, out)?;
    }
    // On a terminal both streams are one, and what matters stands near the end.
    out.writer.flush()?;
    for unread in [&made.report.unread, &made.held_back, &outcome.refused] {
        human::write_unread(unread, err.look, err.writer)?;
    }
    write_limits(made, err)?;
    // Nothing but the difference goes where a patch is read.
    let to: &mut dyn Write = if arguments.diff {
        err.writer
    } else {
        out.writer
    };
    write_end(arguments, made, outcome, start, to)?;
    to.flush()
}

/// A number of fixes, in words.
pub(super) fn fixes(count: usize) -> String {
    match count {
        1 => "1 fix".to_owned(),
        _ => format!("{count} fixes"),
    }
}

fn findings(count: usize) -> String {
    match count {
        1 => "1 finding".to_owned(),
        _ => format!("{count} findings"),
    }
}

impl Outcome {
    fn has_done(&self, applied: &Applied) -> bool {
        applied.files.iter().all(|file| self.done.contains(file))
    }
}

/// Writes what was fixed, file by file.
fn write_fixed(made: &Made, outcome: &Outcome, out: &mut Channel<'_>) -> io::Result<()> {
    let applied = made.rounds.applied().iter();
    let mut done: Vec<(String, &Applied, usize)> = Vec::new();
    for applied in applied.filter(|it| outcome.has_done(it)) {
        match done.iter_mut().find(|(_, other, _)| *other == applied) {
            Some((_, _, count)) => *count += 1,
            None => done.push((made.names.of(&applied.file), applied, 1)),
        }
    }
    done.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let mut file = None;
    for (name, applied, count) in &done {
        if file.replace(name) != Some(name) {
            writeln!(out.writer, "{}", normalize_untrusted_str(name))?;
        }
        let what = what(applied, *count, made);
        match out.look {
            Look::Plain => writeln!(out.writer, "  fixed[{}]: {what}", applied.rule)?,
            Look::Styled => writeln!(
                out.writer,
                "  {FIXED}fixed[{}]{FIXED:#}{TITLE}: {what}{TITLE:#}",
                applied.rule
            )?,
        }
    }
    if !done.is_empty() {
        writeln!(out.writer)?;
    }
    Ok(())
}

/// What a fix did, how often, and where else.
fn what(applied: &Applied, count: usize, made: &Made) -> String {
    let mut text = normalize_untrusted_str(&applied.title);
    if count > 1 {
        // Writing to a string cannot fail.
        let _ = write!(text, " ({count} times)");
    }
    let changes = made.rounds.changed();
    let added = changes.filter(|(_, change)| change.before.is_none());
    let added: BTreeSet<_> = added.map(|(path, _)| path).collect();
    for file in applied.files.iter().filter(|file| **file != applied.file) {
        let words = if added.contains(file) {
            "with the new file"
        } else {
            "also in"
        };
        let name = made.names.of(file);
        // Writing to a string cannot fail.
        let _ = write!(text, ", {words} {}", normalize_untrusted_str(&name));
    }
    text
}

/// Writes what all came to.
fn write_end(
    arguments: &Arguments,
    made: &Made,
    outcome: &Outcome,
    start: Instant,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(nothing) = nothing(&made.report) {
        return writeln!(out, "{nothing}");
    }
    let applied = made.rounds.applied();
    let done = applied.iter().filter(|it| outcome.has_done(it)).count();
    let left = made.report.findings.len();
    let checked = files(made.report.checked);
    let text = match (done, left, applied.len()) {
        (0, 0, 0) => format!("Nothing to fix in {checked}"),
        (0, ..) => format!("Nothing fixed in {checked}"),
        _ => {
            let verb = if arguments.diff { "Would fix" } else { "Fixed" };
            let files = files(outcome.done.len());
            format!("{verb} {} in {files}", findings(done))
        }
    };
    write!(out, "{text} ({:.2} s)", start.elapsed().as_secs_f64())?;
    let refused = applied.len() - done;
    if refused > 0 {
        write!(out, "; {} could not be made", fixes(refused))?;
    }
    if left > 0 {
        let is = if arguments.diff {
            "would be left"
        } else {
            "left"
        };
        write!(out, "; {left} {is}: {}", levels(&made.report))?;
    }
    writeln!(out)?;
    let with = |most| move |finding: &&Finding| chosen(finding, most).is_some();
    let left = made.report.findings.iter();
    let by_unsafe = left.clone().filter(with(Applicability::Unsafe)).count();
    let by_safe = left.clone().filter(with(Applicability::Safe)).count();
    let by_person = left.clone().filter(|it| !it.fixes.is_empty()).count() - by_unsafe;
    if !arguments.is_unsafe && by_unsafe > by_safe {
        writeln!(out, "{} more with --unsafe", by_unsafe - by_safe)?;
    }
    if by_person > 0 {
        let needs = if by_person == 1 { "needs" } else { "need" };
        writeln!(
            out,
            "{by_person} more {needs} a person to choose a fix or to fill it in, in an editor"
        )?;
    }
    if !made.report.findings.is_empty() && !arguments.diff {
        writeln!(out, "`apim-ls check` shows what is left")?;
    }
    Ok(())
}

/// Writes where the fixes came to an end before there was none left.
fn write_limits(made: &Made, err: &mut Channel<'_>) -> io::Result<()> {
    if made.rounds.is_cut_short() {
        let message = format!("more is to fix after {MOST_ROUNDS} rounds; run it again");
        human::write_problem(&message, Severity::Warning, err.look, err.writer)?;
    }
    match made.rounds.unsound() {
        0 => Ok(()),
        count => {
            let message = format!(
                "{} left out, as the result would not be valid; please report it",
                fixes(count)
            );
            human::write_problem(&message, Severity::Warning, err.look, err.writer)
        }
    }
}
