//! Compares Bicep files with the ARM JSON that the Bicep compiler made of them.
//!
//! ```sh
//! cargo run --release -p oracle -- FOLDER...
//! ```
//!
//! A pair is `x.bicep` beside `x.json` or `x.symbolicnames.json`, if the JSON says that the compiler
//! made it. The exit code is 1 if a pair disagrees.

#![expect(clippy::print_stdout, reason = "the table is the program's result")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use clap::Parser;
use oracle::{Disagreement, Disk, Unknowns, Verdict, compare};
use template::files::Files;
use template::workspace::Workspace;

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
    /// Show disagreements on this alone
    #[arg(long)]
    aspect: Option<String>,
    /// Do not compare: count what of the values that decide a rule is not known, by reason
    #[arg(long)]
    unknowns: bool,
    /// How many pairs to compare at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// Templates nest deeper in debug builds than a thread's stack is high.
const STACK: usize = 64 << 20;

/// A template and what was made of it.
struct Pair {
    bicep: PathBuf,
    json: PathBuf,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.unknowns {
        let folders = arguments.folders;
        let worker = std::thread::Builder::new().stack_size(STACK);
        let worker = worker.spawn(move || unknowns(&folders))?;
        let joined = worker.join();
        return joined.map_err(|_| anyhow::anyhow!("the count panicked"))?;
    }
    let (pairs, others) = pairs(&arguments.folders)?;
    let verdicts = verdicts(&pairs, arguments.jobs)?;
    Ok(print(&arguments, &pairs, others, &verdicts))
}

/// Compares all pairs.
fn verdicts(pairs: &[Pair], jobs: usize) -> anyhow::Result<Vec<Verdict>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let work = || {
            while let Some((number, pair)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                pairs.get(number).map(|pair| (number, pair))
            } {
                let verdict = compare(Disk::default(), &pair.bicep, &pair.json);
                if let Ok(mut done) = done.lock() {
                    done.push((number, verdict));
                }
            }
        };
        let workers: Result<Vec<_>, _> = (0..jobs.max(1))
            .map(|_| {
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, work)
            })
            .collect();
        for worker in workers? {
            let joined = worker.join();
            joined.map_err(|_| anyhow::anyhow!("a comparison panicked"))?;
        }
        anyhow::Ok(())
    })?;
    let done = done.into_inner();
    let mut done = done.map_err(|_| anyhow::anyhow!("a comparison panicked"))?;
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, verdict)| verdict).collect())
}

fn print(arguments: &Arguments, pairs: &[Pair], others: usize, verdicts: &[Verdict]) -> ExitCode {
    let is_meant = |found: &Disagreement| match &arguments.aspect {
        Some(aspect) => found.aspect == aspect,
        None => true,
    };
    let all = pairs.iter().zip(verdicts).flat_map(|(pair, verdict)| {
        let found = verdict.disagreements.iter();
        found.map(move |found| (pair, found))
    });
    for (pair, found) in all.filter(|(_, it)| is_meant(it)).take(arguments.show) {
        show(&pair.json, found);
    }
    let agreeing = verdicts.iter().filter(|it| it.disagreements.is_empty());
    let total = |count: &dyn Fn(&Verdict) -> usize| verdicts.iter().map(count).sum::<usize>();
    let agreeing = agreeing.count();
    println!(
        "{} pairs, {agreeing} agree ({others} JSON files beside a Bicep file are not made from it)",
        pairs.len()
    );
    println!(
        "{} deployments, {} resources, {} values ({} with too many cases to tell), {} findings",
        total(&|it| it.instances),
        total(&|it| it.resources),
        total(&|it| it.values),
        total(&|it| it.untold),
        total(&|it| it.findings),
    );
    println!(
        "{} modules not compared",
        total(&|it| it.not_compared.len())
    );
    let mut not_compared = BTreeMap::<&str, usize>::new();
    let mut aspects = BTreeMap::<&str, (usize, usize)>::new();
    for verdict in verdicts {
        for module in &verdict.not_compared {
            *not_compared.entry(module).or_default() += 1;
        }
        let mut seen = Vec::new();
        for found in &verdict.disagreements {
            let count = aspects.entry(found.aspect).or_default();
            count.0 += 1;
            count.1 += usize::from(!seen.contains(&found.aspect));
            seen.push(found.aspect);
        }
    }
    for (module, count) in not_compared {
        println!("  {count:6} {module}");
    }
    for (aspect, (count, pairs)) in aspects {
        println!("  {count:6} disagree on {aspect}, in {pairs} pairs");
    }
    ExitCode::from(u8::from(agreeing < pairs.len()))
}

/// How much of a value is shown around the first difference.
const SHOWN: usize = 160;

fn show(path: &Path, disagreement: &Disagreement) {
    let Disagreement {
        subject,
        aspect,
        bicep,
        json,
    } = disagreement;
    let same = bicep.chars().zip(json.chars());
    let same = same.take_while(|(a, b)| a == b).count();
    let around = |text: &str| -> String {
        let start = same.saturating_sub(SHOWN / 2);
        text.chars().skip(start).take(SHOWN).collect()
    };
    let subject: String = subject.chars().take(SHOWN).collect();
    println!(
        "{}: {subject}: {aspect}\n  Bicep  {}\n  JSON   {}",
        path.display(),
        around(bicep),
        around(json)
    );
}

/// Counts what is not known in all programs of some folders.
fn unknowns(folders: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let files = Arc::new(Files::new(Box::new(Disk::default())));
    let mut workspace = Workspace::new(files);
    for path in walk(folders)? {
        let extension = path.extension().and_then(|it| it.to_str());
        if matches!(extension, Some("bicep" | "json")) {
            workspace.add(path);
        }
    }
    let programs = workspace.programs();
    let mut unknowns = Unknowns::default();
    for root in &programs.roots {
        if let Some(program) = workspace.program(root) {
            unknowns.add(&program, &root.path);
        }
    }
    println!(
        "{} programs, {} values: {} known, {} known in cases",
        programs.roots.len(),
        unknowns.values,
        unknowns.known,
        unknowns.known_in_cases
    );
    let mut reasons: Vec<_> = unknowns.reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (reason, (count, place)) in reasons {
        println!("  {count:6} {reason}, as in {place}");
    }
    Ok(ExitCode::SUCCESS)
}

/// All paths in some folders.
fn walk(folders: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for folder in folders {
        let mut walk = ignore::WalkBuilder::new(folder);
        for entry in walk.standard_filters(false).build() {
            let entry = entry.with_context(|| format!("{} cannot be walked", folder.display()))?;
            paths.push(entry.into_path());
        }
    }
    Ok(paths)
}

/// The pairs in some folders, and how many more JSON files are beside a Bicep file.
fn pairs(folders: &[PathBuf]) -> anyhow::Result<(Vec<Pair>, usize)> {
    let mut pairs = Vec::new();
    let mut others = 0;
    for bicep in walk(folders)? {
        if bicep.extension().is_none_or(|end| end != "bicep") {
            continue;
        }
        for extension in ["json", "symbolicnames.json"] {
            let json = bicep.with_extension(extension);
            if !json.is_file() {
                continue;
            }
            let text = std::fs::read_to_string(&json).unwrap_or_default();
            if text.contains("\"_generator\"") {
                let bicep = bicep.clone();
                pairs.push(Pair { bicep, json });
            } else {
                others += 1;
            }
        }
    }
    pairs.sort_by(|a, b| a.json.cmp(&b.json));
    Ok((pairs, others))
}
