//! The report for programs.
//!
//! Lines and columns count from 1, columns in UTF-16 code units, as editors count. A field is never
//! renamed or removed under the same `version`; new ones may appear.

use std::io::{self, Write};

use rules::Finding;
use serde::Serialize;
use syntax::position::{PositionEncoding, position_at};
use syntax::{Document, TextRange};

use super::report::{self, CheckedFile};

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Vec<FindingEntry<'a>>,
    unread: Vec<UnreadEntry<'a>>,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    level: &'a str,
    message: &'a str,
    file: &'a str,
    range: Range,
    related: Vec<RelatedEntry<'a>>,
    fixes: Vec<FixEntry<'a>>,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    file: &'a str,
    range: Range,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    applicability: &'a str,
}

#[derive(Serialize)]
struct UnreadEntry<'a> {
    file: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

impl Range {
    fn new(document: &Document, range: TextRange) -> Self {
        let position = |offset| {
            let position = position_at(document.text(), offset, PositionEncoding::Utf16);
            Position {
                line: position.line + 1,
                column: position.character + 1,
            }
        };
        Self {
            start: position(range.start),
            end: position(range.end),
        }
    }
}

/// Writes the report, indented: people read it in the logs of pipelines, programs do not mind.
pub(crate) fn write(report: &report::Report, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        version: 1,
        findings: report
            .findings()
            .map(|(file, finding)| entry(file, finding))
            .collect(),
        unread: report
            .unread
            .iter()
            .map(|unread| UnreadEntry {
                file: &unread.file,
                reason: &unread.reason,
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn entry<'a>(file: &'a CheckedFile, finding: &'a Finding) -> FindingEntry<'a> {
    FindingEntry {
        rule: finding.rule.0,
        level: finding.level.name(),
        message: &finding.message,
        file: &file.path,
        range: Range::new(&file.document, finding.range),
        related: finding
            .related
            .iter()
            .map(|related| RelatedEntry {
                file: &file.path,
                range: Range::new(&file.document, related.range),
                message: &related.message,
            })
            .collect(),
        fixes: finding
            .fixes
            .iter()
            .map(|fix| FixEntry {
                title: &fix.title,
                applicability: fix.applicability.name(),
            })
            .collect(),
    }
}
