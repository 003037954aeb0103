//! `apim-ls rules`.

use std::fmt::Write as _;
use std::process::ExitCode;

use anstream::ColorChoice;
use anstyle::Style;
use clap::ValueEnum;
use rules::{RULES, Rule};
use serde::Serialize;

use super::output::{Color, Exit, fail, print};

/// List the rules, with their levels and fixes
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A paragraph for each rule
    Human,
    /// One JSON object, indented
    Json,
}

/// A field is never renamed or removed under the same `version`; new ones may appear.
#[derive(Serialize)]
struct List {
    version: u32,
    rules: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    rule: &'static str,
    levels: &'static str,
    summary: &'static str,
    fix: Option<&'static str>,
    documentation: String,
}

impl From<&'static Rule> for Entry {
    fn from(rule: &'static Rule) -> Self {
        Self {
            rule: rule.id.0,
            levels: rule.levels,
            summary: rule.summary,
            fix: rule.fix,
            documentation: rule.id.documentation_url(),
        }
    }
}

/// Runs the command.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    let exit = match arguments.format {
        Format::Human => print(&human(), arguments.color.into()),
        Format::Json => json(),
    };
    exit.into()
}

fn human() -> String {
    const NAME: Style = Style::new().bold();
    let mut text = String::new();
    for rule in RULES {
        let Rule {
            id,
            levels,
            summary,
            ..
        } = rule;
        let fix = rule.fix.unwrap_or("none");
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{NAME}{id}{NAME:#}\n  {summary}\n  level: {levels}\n  fix: {fix}\n\n"
        );
    }
    text.push_str("`apim-ls explain RULE` shows the page of a rule.\n");
    text
}

fn json() -> Exit {
    let list = List {
        version: 1,
        rules: RULES.iter().map(Entry::from).collect(),
    };
    match serde_json::to_string_pretty(&list) {
        // Nothing is to be taken for an escape sequence and removed.
        Ok(text) => print(&(text + "\n"), ColorChoice::AlwaysAnsi),
        Err(error) => fail(&format!("the list could not be written: {error}")),
    }
}
