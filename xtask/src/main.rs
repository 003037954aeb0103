//! Development commands: `cargo xtask <command>`.

#![expect(
    clippy::print_stdout,
    reason = "people and CI logs read these commands; nothing else listens"
)]

mod docs;
mod grammar;
mod test;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of apim-ls
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Docs(docs::Arguments),
    Grammar(grammar::Arguments),
    Test(test::Arguments),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Docs(arguments) => docs::run(&arguments)?,
        Command::Grammar(arguments) => grammar::run(&arguments)?,
        Command::Test(arguments) => return Ok(test::run(&arguments)),
    }
    Ok(ExitCode::SUCCESS)
}

/// The root of the repository, which every command works in.
fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
