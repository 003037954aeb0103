//! Development commands: `cargo xtask <command>`.

#![expect(
    clippy::print_stderr,
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

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Grammar(arguments) => grammar::run(&arguments),
        Command::Test(arguments) => return test::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository, which every command works in.
fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
