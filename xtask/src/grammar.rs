//! `cargo xtask grammar`: the generated half of `server/tree-sitter-bicep`.
//!
//! The parser is committed, so that building the server needs neither Node.js nor the generator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use tree_sitter_generate::{ABI_VERSION_MAX, OptLevel, generate_parser_in_directory};

use crate::repository;

const GENERATED: [&str; 6] = [
    "grammar.json",
    "node-types.json",
    "parser.c",
    "tree_sitter/alloc.h",
    "tree_sitter/array.h",
    "tree_sitter/parser.h",
];

/// Regenerate the parser of the Bicep grammar, server/tree-sitter-bicep/src
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing, and fail if a committed file differs from what would be generated
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    require_node()?;
    let directory = repository().join("server/tree-sitter-bicep");
    let sources = directory.join("src");
    if !arguments.check {
        return generate(&directory, &sources);
    }

    let scratch = tempfile::tempdir().context("cannot create a temporary directory")?;
    generate(&directory, scratch.path())?;
    let mut outdated = Vec::new();
    for name in GENERATED {
        let generated = fs::read(scratch.path().join(name))
            .with_context(|| format!("the generator made no {name}"))?;
        if fs::read(sources.join(name)).ok().as_deref() != Some(&generated) {
            outdated.push(format!("server/tree-sitter-bicep/src/{name}"));
        }
    }
    if !outdated.is_empty() {
        bail!(
            "out of date, run `cargo xtask grammar`: {}",
            outdated.join(", ")
        );
    }
    Ok(())
}

fn generate(directory: &Path, output: &Path) -> anyhow::Result<()> {
    generate_parser_in_directory(
        directory,
        Some(output),
        None::<PathBuf>,
        ABI_VERSION_MAX,
        None,
        Some("node"),
        true,
        OptLevel::default(),
    )
    .context("the parser could not be generated from server/tree-sitter-bicep/grammar.js")
}

// The generator's own message for this is an I/O error.
fn require_node() -> anyhow::Result<()> {
    let status = Command::new("node")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!("Node.js is needed to evaluate grammar.js, and `node` could not be run")
}
