//! The command line.
//!
//! Findings go to standard output, problems of the tool itself to standard error. Nothing here
//! knows a certain rule: files go into the analysis, findings come out and are shown.

mod analysis;
mod check;
mod crash;
mod discovery;
mod excerpt;
mod explain;
mod fix;
mod human;
mod json;
mod links;
mod load;
mod markdown;
mod names;
mod output;
mod report;
mod rule_list;
mod sight;
mod survey;
mod syntax_errors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use self::survey::Survey;
use crate::lsp;

/// Finds the API Management deployments that cannot read their Key Vault, before Azure does
///
/// Checks templates in Bicep and ARM JSON. Works offline and sends nothing.
#[derive(Debug, Parser)]
#[command(name = "apim-ls", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Fix(fix::Arguments),
    Explain(explain::Arguments),
    Rules(rule_list::Arguments),
    /// Talk to an editor, over standard input and output, by the Language Server Protocol
    Server(lsp::Arguments),
}

/// Runs the command that the process was given, and returns the process's exit code.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => match cli.command {
            Command::Check(arguments) => check::main(&arguments),
            Command::Fix(arguments) => fix::main(&arguments),
            Command::Explain(arguments) => explain::main(&arguments),
            Command::Rules(arguments) => rule_list::main(&arguments),
            Command::Server(arguments) => lsp::main(&arguments),
        },
        Err(error) => {
            // If not even this can be written, the exit code still tells.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
