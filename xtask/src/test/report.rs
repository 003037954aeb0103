//! What the steps of a test run came to.

use std::fmt;
use std::time::{Duration, Instant};

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// What a step came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It ran tests.
    Tests(Counts),
    /// It prepared something that the next steps need.
    Ready,
    /// It could not run here, and this is why.
    Skipped(String),
    /// It failed otherwise than by a test.
    Failed(String),
}

impl Outcome {
    fn has_failed(&self) -> bool {
        matches!(self, Self::Failed(_)) || matches!(self, Self::Tests(counts) if counts.failed > 0)
    }

    fn counts(&self) -> Counts {
        match self {
            Self::Tests(counts) => *counts,
            Self::Ready => Counts::default(),
            Self::Skipped(_) => Counts {
                skipped: 1,
                ..Counts::default()
            },
            Self::Failed(_) => Counts {
                failed: 1,
                ..Counts::default()
            },
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tests(counts) => {
                let word = if self.has_failed() {
                    "FAILED"
                } else {
                    "passed"
                };
                write!(f, "{word}: {counts}")
            }
            Self::Ready => f.write_str("done"),
            Self::Skipped(why) => write!(f, "SKIPPED: {why}"),
            Self::Failed(why) => write!(f, "FAILED: {why}"),
        }
    }
}

#[derive(Debug)]
struct Step {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// The steps so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Announces a step, runs it and keeps what it came to. An error fails the step, not the run.
    pub(super) fn step(
        &mut self,
        name: impl Into<String>,
        run: impl FnOnce() -> anyhow::Result<Outcome>,
    ) {
        let name = name.into();
        println!("\n=== {name}\n");
        let started = Instant::now();
        let outcome = run().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        let took = started.elapsed();
        if !matches!(outcome, Outcome::Tests(_) | Outcome::Ready) {
            println!("{outcome}");
        }
        println!("\n--- {name}: {}", seconds(took));
        self.steps.push(Step {
            name,
            outcome,
            took,
        });
    }

    /// Adds a failure that belongs to no step.
    pub(super) fn fail(&mut self, name: &str, why: &str) {
        self.steps.push(Step {
            name: name.to_owned(),
            outcome: Outcome::Failed(why.to_owned()),
            took: Duration::ZERO,
        });
    }

    pub(super) fn has_failed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome.has_failed())
    }

    /// Whether tests ran in a step whose name begins like this.
    pub(super) fn has_run(&self, name: &str) -> bool {
        self.steps
            .iter()
            .any(|step| step.name.starts_with(name) && matches!(step.outcome, Outcome::Tests(_)))
    }

    /// Prints the table of the steps and, alone on the last line, the counts.
    pub(super) fn print(&self) {
        println!("\n=== Summary\n\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut total = Counts::default();
        let names = self.steps.iter().map(|step| step.name.chars().count());
        let width = names.max().unwrap_or_default();
        for step in &self.steps {
            total.add(step.outcome.counts());
            let Step {
                name,
                outcome,
                took,
            } = step;
            writeln!(f, "{name:width$}  {:>8}  {outcome}", seconds(*took))?;
        }
        if self
            .steps
            .iter()
            .any(|step| matches!(step.outcome, Outcome::Skipped(_)))
        {
            writeln!(f, "\nNOT EVERYTHING RAN: see what is SKIPPED above")?;
        }
        write!(f, "\n{total}")
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, outcome: Outcome) -> Step {
        Step {
            name: name.to_owned(),
            outcome,
            took: Duration::from_millis(1250),
        }
    }

    #[test]
    fn the_table_names_every_step_and_ends_with_the_counts() {
        let report = Report {
            steps: vec![
                step(
                    "cargo test",
                    Outcome::Tests(Counts {
                        passed: 7,
                        failed: 1,
                        skipped: 2,
                    }),
                ),
                step("build", Outcome::Ready),
                step("editor", Outcome::Skipped("no editor".to_owned())),
                step("other", Outcome::Failed("no server".to_owned())),
            ],
        };
        assert_eq!(
            report.to_string(),
            "\
cargo test     1.2 s  FAILED: 7 passed, 1 failed, 2 skipped
build          1.2 s  done
editor         1.2 s  SKIPPED: no editor
other          1.2 s  FAILED: no server

NOT EVERYTHING RAN: see what is SKIPPED above

7 passed, 2 failed, 3 skipped"
        );
        assert!(report.has_failed());
    }

    #[test]
    fn only_tests_that_ran_count_as_run() {
        let report = Report {
            steps: vec![
                step("Neovim 0.7", Outcome::Skipped(String::new())),
                step("Emacs", Outcome::Tests(Counts::default())),
            ],
        };
        assert!(!report.has_run("Neovim"));
        assert!(report.has_run("Emacs"));
        assert!(!report.has_failed());
    }
}
