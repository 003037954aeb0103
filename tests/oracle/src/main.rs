//! Compares Bicep files with the ARM JSON that the Bicep compiler made of them.
//!
//! Both mean the same, so both must give the same resources: type, API version, name, scope,
//! condition, and what the rules look at. What differs is a fault of the model or of evaluation.
//!
//! ```sh
//! cargo run --release -p oracle -- FOLDER...
//! ```
//!
//! A pair is `x.bicep` beside `x.json`. The exit code is 1 if a pair disagrees.

#![expect(clippy::print_stdout, reason = "the table is the program's result")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use oracle::{Disagreement, Verdict, compare};

/// Compares Bicep files with the ARM JSON that the Bicep compiler made of them
#[derive(Parser)]
#[command(name = "oracle")]
struct Arguments {
    /// Folders with pairs `x.bicep` and `x.json`
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// How many disagreements to show
    #[arg(long, default_value_t = 40)]
    show: usize,
}

fn main() -> anyhow::Result<ExitCode> {
    // Templates nest deeper in debug builds than the main thread's stack is high.
    let worker = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(run)?;
    worker
        .join()
        .map_err(|_| anyhow::anyhow!("the comparison panicked"))?
}

fn run() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let pairs = pairs(&arguments.folders)?;
    let mut agreeing = 0;
    let mut resources = 0;
    let mut values = 0;
    let mut unknown = BTreeMap::<String, usize>::new();
    let mut fields = BTreeMap::<&'static str, usize>::new();
    let mut shown = Vec::new();
    for (bicep, json) in &pairs {
        let verdict = compare_files(bicep, json)?;
        resources += verdict.resources;
        values += verdict.values;
        for reason in verdict.unknown {
            *unknown.entry(reason).or_default() += 1;
        }
        agreeing += usize::from(verdict.disagreements.is_empty());
        for disagreement in verdict.disagreements {
            *fields.entry(disagreement.field).or_default() += 1;
            shown.push((bicep.clone(), disagreement));
        }
    }
    for (path, disagreement) in shown.iter().take(arguments.show) {
        show(path, disagreement);
    }
    println!(
        "{} pairs, {agreeing} agree; {resources} resources, {values} values",
        pairs.len()
    );
    for (field, count) in fields {
        println!("  {count:6} disagree on {field}");
    }
    for (reason, count) in unknown {
        println!("  {count:6} unknown in both: {reason}");
    }
    Ok(ExitCode::from(u8::from(agreeing < pairs.len())))
}

fn show(path: &Path, disagreement: &Disagreement) {
    let Disagreement {
        resource,
        field,
        bicep,
        json,
    } = disagreement;
    println!(
        "{}: {resource}: {field}\n  Bicep  {bicep}\n  JSON   {json}",
        path.display()
    );
}

fn compare_files(bicep: &Path, json: &Path) -> anyhow::Result<Verdict> {
    let read = |path: &Path| {
        std::fs::read_to_string(path)
            .map(|text| text.trim_start_matches('\u{feff}').to_owned())
            .with_context(|| format!("{} cannot be read", path.display()))
    };
    Ok(compare(&read(bicep)?, &read(json)?))
}

fn pairs(folders: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let mut pairs = Vec::new();
    for folder in folders {
        for entry in ignore::WalkBuilder::new(folder)
            .standard_filters(false)
            .build()
        {
            let path = entry
                .with_context(|| format!("{} cannot be walked", folder.display()))?
                .into_path();
            let json = path.with_extension("json");
            if path.extension().is_some_and(|end| end == "bicep") && json.is_file() {
                pairs.push((path, json));
            }
        }
    }
    pairs.sort();
    Ok(pairs)
}
