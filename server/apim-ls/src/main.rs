//! `apim-ls`: language server and command-line checker for Azure API Management templates.

use std::process::ExitCode;

use apim_ls::lsp;
use clap::{Parser, Subcommand};

/// Language server and checker for Azure API Management templates in Bicep and ARM JSON.
#[derive(Parser)]
#[command(name = "apim-ls", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Speaks the Language Server Protocol on standard input and output
    Server(lsp::Arguments),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Server(arguments) => lsp::main(&arguments),
    }
}
