//! How many fixes were tried, and which of them broke a promise.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rules::RuleId;

/// What came of trying the fixes of a workspace.
#[derive(Debug, Default)]
pub struct Proof {
    /// The fixes that were tried: of which rule, and what they are called.
    pub tried: Vec<(RuleId, String)>,
    /// Those that broke a promise.
    pub broken: Vec<Broken>,
}

/// A fix that breaks a promise.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The rule.
    pub rule: RuleId,
    /// What the fix is called.
    pub title: String,
    /// The file of the finding.
    pub file: PathBuf,
    /// The line of the finding, from 1.
    pub line: usize,
    /// The promises that it breaks.
    pub reasons: Vec<String>,
    /// What it makes of the files, in excerpts.
    pub repaired: String,
}

/// The fixes that this process tried, and those that held.
static TRIED: AtomicUsize = AtomicUsize::new(0);
static HELD: AtomicUsize = AtomicUsize::new(0);

impl Proof {
    /// The number of fixes that kept their promises.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.tried.len() - self.broken.len()
    }

    /// Adds what came of trying others.
    pub fn add(&mut self, other: Self) {
        self.tried.extend(other.tried);
        self.broken.extend(other.broken);
    }

    /// Panics with what broke.
    ///
    /// # Panics
    ///
    /// Where a fix broke a promise.
    #[track_caller]
    pub fn assert_held(&self) {
        tell_totals();
        assert!(self.broken.is_empty(), "\n{}", self.report());
    }

    /// Counts what was tried for the totals of the process.
    pub(crate) fn counted(self) -> Self {
        TRIED.fetch_add(self.tried.len(), Ordering::Relaxed);
        HELD.fetch_add(self.held(), Ordering::Relaxed);
        self
    }

    /// What broke, for a person.
    #[must_use]
    pub fn report(&self) -> String {
        let broken = self.broken.iter().map(Broken::to_string);
        broken.collect::<Vec<_>>().join("\n")
    }
}

/// Prints how many fixes this process tried so far, and how many held, for the output of a test.
#[expect(clippy::print_stdout, reason = "the output of a test")]
pub fn tell_totals() {
    let (tried, held) = (TRIED.load(Ordering::Relaxed), HELD.load(Ordering::Relaxed));
    println!("{tried} fixes tried so far, {held} held");
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line) = (self.file.display(), self.line);
        writeln!(f, "{file}:{line}: {}: \"{}\"", self.rule, self.title)?;
        for reason in &self.reasons {
            writeln!(f, "  {reason}")?;
        }
        write!(f, "{}", self.repaired)
    }
}
