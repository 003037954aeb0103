//! What a rule reports.

use std::fmt;

pub use syntax::TextEdit as Edit;
use syntax::TextRange;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// It deploys, but is insecure, fragile or without effect.
    Warning,
    /// Azure rejects the deployment, or documents that it is unsupported.
    Error,
}

impl Level {
    /// The level's name in reports and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The name of a rule, such as `identity-missing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

impl RuleId {
    /// The address of the rule's page of documentation.
    #[must_use]
    pub fn documentation_url(self) -> String {
        format!("https://github.com/apim-ls/apim-ls/blob/main/docs/rules/{self}.md")
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One thing that is wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that reports it.
    pub rule: RuleId,
    /// How bad it is.
    pub level: Level,
    /// The place: the value that is wrong, or the name of the declaration that lacks something.
    pub range: TextRange,
    /// One sentence for what is wrong; where Azure's own error is known, a second one quotes it.
    pub message: String,
    /// Every other place involved.
    pub related: Vec<Related>,
    /// Repairs, the preferred one first.
    pub fixes: Vec<Fix>,
}

/// Another place that a finding involves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub range: TextRange,
    /// What is there.
    pub message: String,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// It cannot change what already works; part of fix-all.
    Safe,
    /// It changes behaviour or needs a person's eye; offered, never part of fix-all.
    Unsafe,
}

impl Applicability {
    /// The applicability's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A repair of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an editor's menu shows it.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The changes, in the order of the text; they never overlap.
    pub edits: Vec<Edit>,
}
