//! The report for a person: each finding with its excerpt, as compilers print them, and a summary.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Title, Renderer, Snippet, normalize_untrusted_str,
};
use anstream::ColorChoice;
use rules::{Finding, Level};

use super::excerpt::{self, Excerpt};
use super::report::{Report, Severity, Unread};

/// Excerpts arrive cut to size, so the library need not cut again.
const NEVER_CUT: usize = 10_000;

/// How output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Text alone.
    Plain,
    /// With colours and links.
    Styled,
}

impl From<ColorChoice> for Look {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Never => Self::Plain,
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Self::Styled,
        }
    }
}

impl Look {
    fn renderer(self) -> Renderer {
        match self {
            Self::Plain => Renderer::plain(),
            Self::Styled => Renderer::styled(),
        }
        .term_width(NEVER_CUT)
    }
}

/// Writes the findings.
pub(crate) fn write_findings(report: &Report, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let renderer = look.renderer();
    for finding in &report.findings {
        let excerpts = excerpt::of_finding(&report.files, finding);
        let text = renderer.render(&[group(finding, &excerpts)]);
        writeln!(out, "{}\n", with_locations(&text, &excerpts))?;
    }
    Ok(())
}

fn group<'a>(finding: &'a Finding, excerpts: &'a [Excerpt<'a>]) -> Group<'a> {
    let page = finding.rule.documentation_url();
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Info => Title::INFO,
    };
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.rule.0)
        .id_url(page.clone());
    let snippets = excerpts
        .iter()
        .enumerate()
        .map(|(index, excerpt)| snippet(excerpt, index == 0));
    let fixes = finding
        .fixes
        .iter()
        .map(|fix| Title::HELP.message(normalize_untrusted_str(&fix.title)));
    Group::with_title(title)
        .elements(snippets)
        .elements(fixes)
        .element(Title::NOTE.message(format!("see {page}")))
}

/// `has_finding` tells the excerpt with the finding's own place, its first mark, from those with
/// related places alone.
fn snippet<'a>(excerpt: &'a Excerpt<'a>, has_finding: bool) -> Snippet<'a, Annotation<'a>> {
    let marks = excerpt.marks.iter().enumerate().map(|(index, mark)| {
        let kind = if has_finding && index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        kind.span(mark.range.clone()).label(mark.label)
    });
    Snippet::source(excerpt.text.as_str())
        .path(LOCATION)
        .line_start(excerpt.first_line)
        .annotations(marks)
}

/// Stands for a path until the report is rendered. Anywhere else the library replaces a control
/// character by its picture.
const LOCATION: &str = "\u{1}";

/// Puts the locations in. The library derives line and column from the text that it shows, which is
/// cut, and counts characters where editors count UTF-16.
fn with_locations(rendered: &str, excerpts: &[Excerpt<'_>]) -> String {
    let mut parts = rendered.split(LOCATION);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, excerpt) in parts.zip(excerpts) {
        let path = normalize_untrusted_str(excerpt.file);
        let position = excerpt.position;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{path}:{}:{}",
            position.line + 1,
            position.character + 1
        );
        text.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    text
}

/// Writes a line for every file that was not read, or not whole.
pub(crate) fn write_unread(unread: &[Unread], look: Look, err: &mut dyn Write) -> io::Result<()> {
    for Unread {
        file,
        reason,
        severity,
    } in unread
    {
        write_problem(&format!("{file}: {reason}"), *severity, look, err)?;
    }
    Ok(())
}

/// Writes a line for something that was not done.
pub(crate) fn write_problem(
    message: &str,
    severity: Severity,
    look: Look,
    err: &mut dyn Write,
) -> io::Result<()> {
    let level = match severity {
        Severity::Warning => Title::WARNING,
        Severity::Error => Title::ERROR,
    };
    let title = level.primary_title(message);
    let text = look.renderer().render(&[Group::with_title(title)]);
    writeln!(err, "{text}")
}

/// Writes the line at the end.
pub(crate) fn write_summary(
    report: &Report,
    elapsed: Duration,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(nothing) = nothing(report) {
        return writeln!(out, "{nothing}");
    }
    let levels = levels(report);
    let checked = files(report.checked);
    let found = match report.found_in() {
        0 => format!("No problems in {checked}"),
        all if all == report.checked => format!("{levels} in {checked}"),
        some => format!("{levels} in {some} of {checked}"),
    };
    write!(out, "{found} ({:.2} s)", elapsed.as_secs_f64())?;
    let unread = report.unread_in();
    if unread > 0 {
        write!(out, "; {} could not be checked whole", files(unread))?;
    }
    match report.unseen.len() {
        0 => {}
        1 => write!(out, "; 1 module could not be seen into")?,
        count => write!(out, "; {count} modules could not be seen into")?,
    }
    writeln!(out)
}

/// What a person is told where there was nothing to judge.
pub(crate) fn nothing(report: &Report) -> Option<String> {
    match (report.checked, report.unread_in()) {
        (0, 0) => Some("Nothing to check: no Bicep file and no ARM template found".to_owned()),
        (0, unread) => Some(format!("Nothing could be checked in {}", files(unread))),
        _ => None,
    }
}

/// How many findings of each level there are, in words.
pub(crate) fn levels(report: &Report) -> String {
    let levels = [Level::Error, Level::Warning, Level::Info];
    let counts = levels
        .into_iter()
        .filter_map(|level| match report.count(level) {
            0 => None,
            1 => Some(format!("1 {}", level.name())),
            // "infos" is not a word.
            count if level == Level::Info => Some(format!("{count} info")),
            count => Some(format!("{count} {}s", level.name())),
        });
    counts.collect::<Vec<_>>().join(", ")
}

/// A number of files, in words.
pub(crate) fn files(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{count} files"),
    }
}
