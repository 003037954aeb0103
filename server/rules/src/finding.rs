//! What a rule reports.

use std::fmt;

use std::path::Path;
use std::sync::Arc;

use syntax::TextRange;
pub use template::files::Place;

use crate::context::DEPLOYED_HERE;

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
    pub place: Place,
    /// The declaration that it is about.
    pub subject: Place,
    /// One sentence for what is wrong; where Azure's own error is known, a second one quotes it.
    pub message: String,
    /// Every other place involved.
    pub related: Vec<Related>,
    /// Repairs, the preferred one first.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// What tells a finding from others.
    pub(crate) fn key(&self) -> (&Place, RuleId, &str) {
        (&self.place, self.rule, &self.message)
    }

    /// The modules that deploy the template it is in.
    pub(crate) fn callers(&self) -> impl Iterator<Item = &Related> {
        self.related
            .iter()
            .filter(|related| related.message == DEPLOYED_HERE)
    }
}

/// Another place that a finding involves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub place: Place,
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

/// How much of a template a fix changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// What is wrong, and what belongs to it.
    Repair,
    /// The shape of the deployment: resources move to another file, or are deployed in two steps.
    Refactoring,
}

/// A repair of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an editor's menu shows it.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// How much it changes.
    pub extent: Extent,
    /// The changes, file by file, in the order of the text of each; they never overlap.
    pub edits: Vec<Edit>,
    /// The files that it adds. Nothing was at their paths when the program was judged.
    pub creates: Vec<NewFile>,
    /// The templates to which it adds a parameter that has to be given, or what is known only of who
    /// deploys them. The fix is whole only where all who deploy them agree.
    pub widened: Vec<Arc<Path>>,
}

impl Fix {
    /// Whether something in what it writes is for a person to write over.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        self.edits.iter().any(|edit| !edit.placeholders.is_empty())
    }
}

/// A change to the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file's path.
    pub file: Arc<Path>,
    /// What is replaced, in bytes; empty for an insertion.
    pub range: TextRange,
    /// What stands there instead.
    pub new_text: String,
    /// The parts of the new text that a person is to write over, in its bytes and in order.
    pub placeholders: Vec<TextRange>,
}

/// A file that a fix adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its path.
    pub path: Arc<Path>,
    /// Its text.
    pub text: String,
}
