//! `apim-ls explain`.

use std::env;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use rules::{RULES, Rule};
use terminal_size::Width;

use super::markdown;
use super::output::{Color, fail, print};

/// Show the page of a rule: what it finds and why, with an example and its repair
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Arguments {
    /// The name of the rule, such as identity-missing
    rule: String,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

const NOTES: &str = "\
Exit code:
  0  Shown
  2  Not done: wrong arguments, no rule of that name

`apim-ls rules` lists the names.";

/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// Runs the command.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    let exit = match Rule::named(&arguments.rule) {
        Some(rule) => print(
            &markdown::render(&rule.page(), width()),
            arguments.color.into(),
        ),
        None => fail(&unknown(&arguments.rule)),
    };
    exit.into()
}

/// The width of the terminal; elsewhere what `COLUMNS` says.
fn width() -> usize {
    let out = io::stdout();
    let terminal = || terminal_size::terminal_size_of(&out).map(|(Width(width), _)| width.into());
    let stated = || env::var("COLUMNS").ok()?.parse().ok();
    let width = if out.is_terminal() {
        terminal()
    } else {
        stated()
    };
    width.unwrap_or(WIDEST).min(WIDEST)
}

/// What a person is told of a name that no rule has.
pub(super) fn unknown(name: &str) -> String {
    let tip = match nearest(name) {
        Some(rule) => format!("  tip: a similar rule exists: '{rule}'\n\n"),
        None => String::new(),
    };
    format!("there is no rule '{name}'\n\n{tip}`apim-ls rules` lists all rules.")
}

/// The name of a rule that is most like another word, if one is.
fn nearest(name: &str) -> Option<&'static str> {
    /// What clap takes for similar, of its own arguments.
    const SIMILAR: f64 = 0.7;
    let name = name.to_lowercase();
    let likeness = |rule: &Rule| strsim::jaro(&name, rule.id.0);
    let nearest = RULES
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(nearest) > SIMILAR).then_some(nearest.id.0)
}
