//! The levels that `bicepconfig.json` gives to rules.
//!
//! It counts for a finding which configuration the file has that the finding is shown in.

use template::files::Files;
use template::program::configuration::RuleLevel;

use crate::{Finding, Level};

/// The levels that are configured for the files of a workspace.
pub(crate) struct Levels<'f> {
    files: &'f Files,
}

impl<'f> Levels<'f> {
    /// Those of some files.
    pub(crate) const fn new(files: &'f Files) -> Self {
        Self { files }
    }

    /// Whether a finding's rule is turned off.
    pub(crate) fn is_off(&self, finding: &Finding) -> bool {
        self.of(finding) == Some(RuleLevel::Off)
    }

    /// A finding at the level that its rule is given.
    pub(crate) fn applied(&self, finding: &Finding) -> Finding {
        let level = match self.of(finding) {
            Some(RuleLevel::Info) => Level::Info,
            Some(RuleLevel::Warning) => Level::Warning,
            Some(RuleLevel::Error) => Level::Error,
            Some(RuleLevel::Off) | None => finding.level,
        };
        Finding {
            level,
            ..finding.clone()
        }
    }

    fn of(&self, finding: &Finding) -> Option<RuleLevel> {
        let (configuration, _) = self.files.configuration(&finding.place.file);
        configuration.rule_level(finding.rule.0)
    }
}
