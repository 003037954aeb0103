//! A check whose findings stay in memory, for the harness that reads public repositories.

use std::io;
use std::path::{Path, PathBuf};

use rules::{Finding, Place};

use super::analysis::{self, Source};
use super::discovery;
use super::report::{Report, Severity};
use crate::disk::Disk;

/// What `check` finds in a folder.
pub struct Survey {
    report: Report,
}

impl Survey {
    /// Checks a folder. What a person restored from registries is not looked at, so that every
    /// machine finds the same. The error is the system's when it refuses even one thread.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let listing = discovery::list(&[PathBuf::from(folder)]);
        let source = Source {
            disk: &Disk,
            home: None,
        };
        let report = analysis::check(listing, source, &rules::check)?;
        Ok(Self { report })
    }

    /// Number of templates and parameter files that were analysed.
    #[must_use]
    pub const fn checked(&self) -> usize {
        self.report.checked
    }

    /// The findings, by file and then by place.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.report.findings
    }

    /// What stands at the place or the subject of a finding.
    #[must_use]
    pub fn text(&self, place: &Place) -> String {
        let document = &self.report.files.of(place).document;
        document.slice(place.range).into_owned()
    }

    /// The files that nothing was found in because they could not be judged, with the reason.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let unread = self.report.unread.iter();
        let failures = unread.filter(|unread| unread.severity == Severity::Error);
        failures.map(|unread| (unread.file.as_str(), unread.reason.as_str()))
    }
}
