//! `cargo run --release -p grammar-harness -- FOLDER...`: our Bicep grammar beside the published one.
//!
//! Both parse every file in turn, several rounds; a file's time is its best, so that what else the
//! machine does weighs on neither. The exit code says whether the grammar keeps its promises: no
//! error in a file that is not in an `Invalid*` folder, and no such file that takes long.
#![expect(clippy::print_stdout, reason = "the table is the program's output")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser as _;
use tree_sitter::{Language, Node, Parser, Tree};

/// The longest that a file which is broken on purpose may take.
const INVALID_FILE_BUDGET: Duration = Duration::from_millis(50);

/// Compare the Bicep grammar with the published one.
#[derive(clap::Parser)]
struct Arguments {
    /// Where to look for `.bicep` and `.bicepparam` files
    #[arg(required = true)]
    folders: Vec<PathBuf>,

    /// How often each file is parsed
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// Leave out files whose path contains this
    #[arg(long)]
    exclude: Vec<String>,
}

struct Source {
    path: PathBuf,
    text: Vec<u8>,
    invalid: bool,
}

#[derive(Default)]
struct Measurement {
    times: Vec<Duration>,
    errors: Vec<(usize, usize)>,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let sources = collect(&arguments)?;
    let mut ours = Measurement::default();
    let mut published = Measurement::default();
    let grammars: [(Language, &mut Measurement); 2] = [
        (tree_sitter_bicep::LANGUAGE.into(), &mut ours),
        (published::LANGUAGE.into(), &mut published),
    ];
    let mut runs = Vec::new();
    for (language, measurement) in grammars {
        let mut parser = Parser::new();
        parser.set_language(&language)?;
        runs.push((parser, measurement));
    }

    for (index, source) in sources.iter().enumerate() {
        for (_, measurement) in &mut runs {
            measurement.times.push(Duration::MAX);
        }
        for round in 0..arguments.rounds {
            for (parser, measurement) in &mut runs {
                let start = Instant::now();
                let tree = parser
                    .parse(&source.text, None)
                    .context("the parser has no language")?;
                let time = start.elapsed();
                measurement.times[index] = measurement.times[index].min(time);
                if round == 0
                    && let Some(line) = first_error_line(&tree)
                {
                    measurement.errors.push((index, line));
                }
            }
        }
    }
    drop(runs);

    print!("{}", report(&sources, &ours, &published));
    Ok(verdict(&sources, &ours))
}

fn collect(arguments: &Arguments) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in &arguments.folders {
        // What a repository ignores or hides is measured too.
        for entry in ignore::WalkBuilder::new(folder)
            .standard_filters(false)
            .build()
        {
            let path = entry?.into_path();
            let is_bicep = path
                .extension()
                .is_some_and(|extension| extension == "bicep" || extension == "bicepparam");
            let shown = path.to_string_lossy();
            if !is_bicep
                || !path.is_file()
                || arguments.exclude.iter().any(|part| shown.contains(part))
            {
                continue;
            }
            let text = fs::read(&path).with_context(|| format!("cannot read {shown}"))?;
            let invalid = in_invalid_folder(&path);
            sources.push(Source {
                path,
                text,
                invalid,
            });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources.dedup_by(|a, b| a.path == b.path);
    Ok(sources)
}

fn in_invalid_folder(path: &Path) -> bool {
    path.parent().is_some_and(|folder| {
        folder
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("Invalid"))
    })
}

/// The line, from 1, of the first ERROR or MISSING node.
fn first_error_line(tree: &Tree) -> Option<usize> {
    let mut cursor = tree.walk();
    loop {
        let node: Node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node.start_position().row + 1);
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}

fn report(sources: &[Source], ours: &Measurement, published: &Measurement) -> String {
    let mut text = String::new();
    for (title, invalid) in [("files", false), ("files in Invalid* folders", true)] {
        let chosen: Vec<usize> = (0..sources.len())
            .filter(|&index| sources[index].invalid == invalid)
            .collect();
        if chosen.is_empty() {
            continue;
        }
        let columns = [ours, published].map(|measurement| column(sources, measurement, &chosen));
        let bytes: usize = chosen.iter().map(|&index| sources[index].text.len()).sum();
        let _ = writeln!(
            text,
            "{} {title}, {:.2} MB\n{:<22}{:>14}{:>14}",
            chosen.len(),
            megabytes(bytes),
            "",
            "ours",
            "published",
        );
        for (row, label) in [
            "files with an error",
            "MB/s",
            "total, ms",
            "slowest file, ms",
        ]
        .into_iter()
        .enumerate()
        {
            let _ = writeln!(
                text,
                "{label:<22}{:>14}{:>14}",
                columns[0].0[row], columns[1].0[row]
            );
        }
        for (name, (_, slowest)) in ["ours", "published"].into_iter().zip(&columns) {
            let _ = writeln!(
                text,
                "slowest, {name}: {}",
                sources[*slowest].path.display()
            );
        }
        text.push('\n');
    }
    for &(index, line) in &ours.errors {
        let source = &sources[index];
        let note = if source.invalid { " (Invalid*)" } else { "" };
        let _ = writeln!(text, "error: {}:{line}{note}", source.path.display());
    }
    text
}

fn column(sources: &[Source], measurement: &Measurement, chosen: &[usize]) -> ([String; 4], usize) {
    let errors = measurement
        .errors
        .iter()
        .filter(|(index, _)| chosen.contains(index))
        .count();
    let bytes: usize = chosen.iter().map(|&index| sources[index].text.len()).sum();
    let total: Duration = chosen.iter().map(|&index| measurement.times[index]).sum();
    let slowest = chosen
        .iter()
        .copied()
        .max_by_key(|&index| measurement.times[index])
        .unwrap_or_default();
    let cells = [
        errors.to_string(),
        format!("{:.1}", megabytes(bytes) / total.as_secs_f64()),
        format!("{:.1}", total.as_secs_f64() * 1e3),
        format!("{:.2}", measurement.times[slowest].as_secs_f64() * 1e3),
    ];
    (cells, slowest)
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn verdict(sources: &[Source], ours: &Measurement) -> ExitCode {
    let broken = ours
        .errors
        .iter()
        .any(|&(index, _)| !sources[index].invalid);
    let slow = sources
        .iter()
        .zip(&ours.times)
        .any(|(source, time)| source.invalid && *time >= INVALID_FILE_BUDGET);
    if broken || slow {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
