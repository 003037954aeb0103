//! What would change, as a unified diff.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::normalize_untrusted_str;
use anstyle::{AnsiColor, Style};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, TextDiff};
use template::files::decode;

use super::Outcome;
use super::plan::{Bytes, Plan, bytes};
use crate::cli::human::Look;
use crate::cli::names::{Names, of_diff};
use crate::cli::report::{Severity, Unread};
use crate::disk::Open;

/// How many lines are shown around a change.
const CONTEXT: usize = 3;

const HEADER: Style = Style::new().bold();
const HUNK: Style = AnsiColor::Cyan.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// What would change in a file.
#[derive(Debug)]
pub(super) struct FileDiff {
    /// What the file is called in it.
    name: String,
    /// None where the file is added.
    before: Option<String>,
    after: String,
}

/// The difference that plans would make.
pub(super) fn diff(plans: &[Plan<'_>], disk: &dyn Open, names: &Names) -> Outcome {
    let mut outcome = Outcome::default();
    for plan in plans {
        let read = plan.files.iter().map(|&(path, change)| {
            let bytes = bytes(disk, path, change).map_err(|reason| (path, reason))?;
            Ok((path, bytes))
        });
        match read.collect::<Result<Vec<_>, _>>() {
            Ok(files) => files.into_iter().for_each(|(path, bytes)| {
                outcome.show(path, &bytes, names);
            }),
            Err(obstacle) => outcome.refuse(plan, &obstacle, names),
        }
    }
    outcome.diff.sort_by(|a, b| a.name.cmp(&b.name));
    outcome
}

impl Outcome {
    fn show(&mut self, path: &Arc<Path>, bytes: &Bytes, names: &Names) {
        let is_utf8 = bytes
            .before
            .as_deref()
            .is_none_or(|it| std::str::from_utf8(it).is_ok());
        if !is_utf8 {
            self.refused.push(Unread {
                file: names.of(path),
                reason: "as it is UTF-16, its difference is only to be read, not to be applied"
                    .to_owned(),
                severity: Severity::Warning,
            });
        }
        self.diff.push(FileDiff {
            name: of_diff(path),
            before: bytes.before.as_deref().map(text),
            after: text(&bytes.after),
        });
        self.done.insert(Arc::clone(path));
    }
}

/// Bytes as a patch has them: with a byte order mark that they may have.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => decode(bytes).unwrap_or_default().into_owned(),
    }
}

impl FileDiff {
    /// The diff. A terminal gets colours, and nothing that it would take for a command; anything
    /// else every byte.
    pub(super) fn render(&self, look: Look) -> String {
        let mut shown = Shown {
            text: String::new(),
            look,
        };
        let name = |side: &str| named(&format!("{side}/{}", self.name));
        let before = match &self.before {
            Some(_) => name("a"),
            None => "/dev/null".to_owned(),
        };
        shown.line(HEADER, &format!("--- {before}\n"));
        shown.line(HEADER, &format!("+++ {}\n", name("b")));
        let before: Vec<_> = self.before.iter().flat_map(|it| lines(it)).collect();
        let after: Vec<_> = lines(&self.after).collect();
        let diff = TextDiff::from_slices(&before, &after);
        for operations in diff.grouped_ops(CONTEXT) {
            shown.line(HUNK, &format!("{}\n", UnifiedHunkHeader::new(&operations)));
            for operation in &operations {
                for change in diff.iter_changes(operation) {
                    let (sign, style) = match change.tag() {
                        ChangeTag::Equal => (' ', Style::new()),
                        ChangeTag::Delete => ('-', REMOVED),
                        ChangeTag::Insert => ('+', ADDED),
                    };
                    shown.line(style, &format!("{sign}{}", change.value()));
                }
            }
        }
        shown.text
    }
}

/// The lines as `patch` counts them, with their ends: a carriage return does not end one.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
}

/// A name as `git` writes it where it cannot stand as it is.
fn named(name: &str) -> String {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if name.chars().all(is_plain) {
        // What is behind a tab is no part of the name, and so a blank is one.
        let tab = if name.contains(' ') { "\t" } else { "" };
        return format!("{name}{tab}");
    }
    let mut quoted = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

struct Shown {
    text: String,
    look: Look,
}

impl Shown {
    fn line(&mut self, style: Style, line: &str) {
        let end = if line.ends_with('\n') {
            "\n"
        } else {
            "\n\\ No newline at end of file\n"
        };
        let written = match self.look {
            Look::Plain => format!("{}{end}", line.strip_suffix('\n').unwrap_or(line)),
            Look::Styled => {
                let line = normalize_untrusted_str(line.trim_end_matches(['\r', '\n']));
                format!("{style}{line}{style:#}{end}")
            }
        };
        self.text.push_str(&written);
    }
}
