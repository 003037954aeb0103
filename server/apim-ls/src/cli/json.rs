//! The report for programs.
//!
//! Lines and columns count from 1, columns in UTF-16 code units, as editors count. A field is never
//! renamed or removed under the same `version`; new ones may appear.

use std::io::{self, Write};

use rules::{Finding, Place};
use serde::Serialize;
use syntax::position::{PositionEncoding, position_at};

use super::report::{self, Text, Texts};

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Vec<FindingEntry<'a>>,
    unread: Vec<UnreadEntry<'a>>,
    unseen: Vec<UnseenEntry<'a>>,
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
struct UnseenEntry<'a> {
    file: &'a str,
    range: Range,
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
    fn new(file: &Text, place: &Place) -> Self {
        let position = |offset| {
            let text = file.document.text();
            let position = position_at(text, offset, PositionEncoding::Utf16);
            Position {
                line: position.line + 1,
                column: position.character + 1,
            }
        };
        Self {
            start: position(place.range.start),
            end: position(place.range.end),
        }
    }
}

/// Writes the report, indented: people read it in the logs of pipelines, programs do not mind.
pub(crate) fn write(report: &report::Report, out: &mut dyn Write) -> io::Result<()> {
    let files = &report.files;
    let findings = report.findings.iter();
    let unread = report.unread.iter();
    let unseen = report.unseen.iter();
    let report = Report {
        version: 1,
        findings: findings.map(|finding| entry(files, finding)).collect(),
        unread: unread
            .map(|unread| UnreadEntry {
                file: &unread.file,
                reason: &unread.reason,
            })
            .collect(),
        unseen: unseen
            .map(|unseen| {
                let file = files.of(&unseen.place);
                UnseenEntry {
                    file: &file.name,
                    range: Range::new(file, &unseen.place),
                    reason: &unseen.reason,
                }
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn entry<'a>(files: &'a Texts, finding: &'a Finding) -> FindingEntry<'a> {
    let file = files.of(&finding.place);
    FindingEntry {
        rule: finding.rule.0,
        level: finding.level.name(),
        message: &finding.message,
        file: &file.name,
        range: Range::new(file, &finding.place),
        related: finding
            .related
            .iter()
            .map(|related| {
                let file = files.of(&related.place);
                RelatedEntry {
                    file: &file.name,
                    range: Range::new(file, &related.place),
                    message: &related.message,
                }
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
