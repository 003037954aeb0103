//! Tries every fix of every finding in a folder, and checks what it promises.
//!
//! ```sh
//! cargo run --release -p repairs -- FOLDER
//! ```
//!
//! Nothing is written: the fixes are applied in memory, over the files of the disk. It prints how many
//! fixes were tried and held, by rule and by what the fix is called, and each that did not with the
//! reason and what it made of the file. The exit code is 1 where there is one.

#![expect(clippy::print_stdout, reason = "the table is the program's result")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use apim_ls::cli::Survey;
use clap::Parser;
use proof::{Bench, Proof, with_room};

/// Tries every fix of every finding in a folder, and checks what it promises
#[derive(Parser)]
#[command(name = "repairs")]
struct Arguments {
    /// The folder
    folder: PathBuf,
    /// Only fixes of this rule
    #[arg(long = "rule", value_name = "ID")]
    rules: Vec<String>,
    /// Also take identities, role assignments and other things out of the templates, one at a time, and
    /// try the fixes of what is found then
    #[arg(long)]
    lacking: bool,
    /// Also lay the files with findings out in so many other ways
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    layouts: u64,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let folder = &arguments.folder;
    ensure!(folder.is_dir(), "{} is no folder", folder.display());
    let workspace = Survey::workspace(&std::path::absolute(folder)?)?;
    let mut bench = Bench::new(workspace);
    let (proof, differing) = with_room(|| prove(&mut bench, &arguments));
    for difference in &differing {
        println!("found in one layout only: {difference}");
    }
    print(&proof);
    let is_failed = !proof.broken.is_empty() || !differing.is_empty();
    Ok(ExitCode::from(u8::from(is_failed)))
}

fn prove(bench: &mut Bench, arguments: &Arguments) -> (Proof, Vec<String>) {
    let rules = &arguments.rules;
    let is_wanted = |rule: &str| rules.is_empty() || rules.iter().any(|it| it == rule);
    let mut proof = bench.prove_some(|finding| is_wanted(finding.rule.0));
    let mut differing = Vec::new();
    if arguments.lacking {
        proof.add(bench.prove_lacking());
    }
    for seed in 0..arguments.layouts {
        let (laid_out, differences) = bench.prove_laid_out(seed);
        proof.add(laid_out);
        differing.extend(differences);
    }
    (proof, differing)
}

fn print(proof: &Proof) {
    for broken in &proof.broken {
        println!("{broken}");
    }
    let mut counts: BTreeMap<(&str, String), (usize, usize)> = BTreeMap::new();
    for (rule, title) in &proof.tried {
        counts.entry((rule.0, pattern(title))).or_default().0 += 1;
    }
    for broken in &proof.broken {
        let title = pattern(&broken.title);
        counts.entry((broken.rule.0, title)).or_default().1 += 1;
    }
    println!("{} fixes tried, {} held", proof.tried.len(), proof.held());
    for ((rule, title), (tried, broken)) in counts {
        println!(
            "  {tried:6} tried {:6} held  {rule}: {title}",
            tried - broken
        );
    }
}

/// A title without the names in it.
fn pattern(title: &str) -> String {
    let parts = title.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 0 { part } else { "`…`" });
    parts.collect()
}
