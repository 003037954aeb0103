//! What all commands share that write for a person: colours, exit codes, pipes that close.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use rules::Level;

use super::human::Look;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless the environment says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The lowest level that a run fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What Azure rejects
    Error,
    /// Also what is insecure, fragile or without effect
    Warning,
    /// Anything found
    Info,
    /// Findings never change the exit code
    Never,
}

impl FailOn {
    /// Whether a finding of a level is one to fail on.
    pub(crate) fn includes(self, level: Level) -> bool {
        match self {
            Self::Error => level >= Level::Error,
            Self::Warning => level >= Level::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// A stream, and how output on it looks.
pub(crate) struct Channel<'a> {
    /// The stream.
    pub writer: &'a mut dyn Write,
    /// How output on it looks.
    pub look: Look,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing found.
    Clean = 0,
    /// Something found.
    Findings = 1,
    /// Not done.
    Failure = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Writes a text with styles to standard output, which is told by `choice` whether to show them.
pub(crate) fn print(text: &str, choice: ColorChoice) -> Exit {
    let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), choice));
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&format!("the output could not be written: {error}"))
        }
        _ => Exit::Clean,
    }
}

/// Tells why a command is not done.
pub(crate) fn fail(reason: &str) -> Exit {
    // If standard error is gone too, the exit code still tells.
    let _ = writeln!(anstream::stderr(), "error: {reason}");
    Exit::Failure
}
