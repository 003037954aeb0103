//! A check whose findings stay in memory, for the harness that reads public repositories.

use std::io;
use std::path::{Path, PathBuf};

use rules::{Finding, Place};
use template::workspace::Workspace;

use super::analysis::{self, Check, Source};
use super::discovery;
use super::report::{Report, Severity};
use crate::disk::Disk;

/// What `check` finds in a folder.
pub struct Survey {
    report: Report,
}

/// What a person restored from registries is not looked at, so that every machine finds the same.
const SOURCE: Source = Source {
    disk: &Disk,
    home: None,
};

impl Survey {
    /// Checks a folder. The error is the system's when it refuses even one thread.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let listing = discovery::list(&[PathBuf::from(folder)]);
        let report = analysis::check(listing, &SOURCE, &rules::check)?;
        Ok(Self { report })
    }

    /// What a check of a folder would judge. The error is the same.
    pub fn workspace(folder: &Path) -> io::Result<Workspace> {
        let listing = discovery::list(&[PathBuf::from(folder)]);
        Ok(Check::new(listing, &SOURCE)?.into_workspace())
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
