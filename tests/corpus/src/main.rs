//! Compares what `check` finds in a folder with a list of findings that a person read.
//!
//! ```sh
//! cargo run --release -p corpus -- FOLDER LIST
//! ```
//!
//! The lists are in `tests/corpus`; the head of each says which repository it is about, and at which
//! commit. The exit code is 1 where the folder and the list differ. What is new is printed as the
//! list has it, but without a reason, and a list with a finding that has none is refused.

#![expect(clippy::print_stdout, reason = "the table is the program's result")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use corpus::{Comparison, Finding, Found, List};

/// Compares what `check` finds in a folder with a list of findings that a person read
#[derive(Parser)]
#[command(name = "corpus")]
struct Arguments {
    /// The folder to check
    folder: PathBuf,
    /// The findings that a person read, each with the reason why it is true
    list: PathBuf,
}

fn main() -> anyhow::Result<ExitCode> {
    let Arguments { folder, list } = Arguments::parse();
    let text = std::fs::read_to_string(&list);
    let text = text.with_context(|| format!("{} cannot be read", list.display()))?;
    let list = List::parse(&text).with_context(|| format!("{} is no list", list.display()))?;
    let found = Found::in_folder(&folder)?;
    let comparison = list.compare(&found.findings);
    print(&found, &comparison);
    Ok(ExitCode::from(u8::from(!comparison.is_same())))
}

fn print(found: &Found, comparison: &Comparison) {
    print_group("New", &comparison.new);
    print_group("Gone", &comparison.gone);
    println!(
        "{} files, {} findings: {} as listed, {} new, {} gone",
        found.files,
        found.findings.len(),
        found.findings.len() - comparison.new.len(),
        comparison.new.len(),
        comparison.gone.len()
    );
    for ((rule, level), count) in found.totals() {
        println!("  {count:6} {level} {rule}");
    }
}

/// Prints findings as lists have them, with what they say as comments.
fn print_group(title: &str, findings: &[Finding]) {
    if !findings.is_empty() {
        println!("{title}:\n");
    }
    for group in findings.chunk_by(|a, b| (&a.rule, &a.level) == (&b.rule, &b.level)) {
        println!("{} {}:", group[0].rule, group[0].level);
        for finding in group {
            println!("  {}", finding.what);
            if let Some(message) = &finding.message {
                println!("    # {message}");
            }
        }
        println!();
    }
}
