//! Development commands: `cargo xtask <command>`.

mod grammar;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerate the parser of the Bicep grammar
    Grammar(grammar::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Grammar(arguments) => grammar::run(&arguments),
    }
}
