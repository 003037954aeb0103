//! The command line as a person meets it: the real binary, in a folder of its own.
//!
//! Most templates here are beyond reproach, so that what is seen is the command line's own behaviour
//! and not that of a rule. How findings look is tested beside the code that shows them.

#![expect(clippy::unwrap_used, reason = "this is all test code, its helpers too")]

mod bad_input;
mod discovery;
mod fix;
mod fixtures;
mod interface;
mod paths;
mod rules;
mod suppression;
mod workspace;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A valid ARM template without resources.
const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": []
}
"#;

/// A folder with files, in which commands run.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[&str]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for file in files {
            let content = match Path::new(file).extension().and_then(|end| end.to_str()) {
                Some("json" | "jsonc") => TEMPLATE,
                _ => "var a = 1\n",
            };
            folder.write(file, content);
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_apim-ls"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            // The modules that the Bicep CLI keeps there are no part of a test.
            .env("HOME", self.path().join("home"))
            .env("USERPROFILE", self.path().join("home"))
            .stdin(Stdio::null());
        command
    }

    /// Everything that `apim-ls check …` shows and returns.
    fn check(&self, arguments: &[&str]) -> String {
        self.run(&[&["check"], arguments].concat())
    }

    /// The same, from a folder inside.
    fn check_from(&self, folder: &str, arguments: &[&str]) -> String {
        let mut command = self.command(&[&["check"], arguments].concat());
        shown(command.current_dir(self.path().join(folder)))
    }

    fn run(&self, arguments: &[&str]) -> String {
        shown(&mut self.command(arguments))
    }
}

/// Everything that a command shows and returns.
fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code();
    format!(
        "{}--- stderr\n{}--- exit {}",
        without_times(&text(output.stdout)),
        without_times(&text(output.stderr)),
        code.map_or_else(|| output.status.to_string(), |code| code.to_string()),
    )
}

/// The summary's time is the only thing that differs from run to run.
fn without_times(text: &str) -> String {
    text.lines()
        .map(|line| match (line.find(" ("), line.find(" s)")) {
            (Some(start), Some(end)) if line[start + 2..end].parse::<f64>().is_ok() => {
                format!("{} (0.00 s){}\n", &line[..start], &line[end + 3..])
            }
            _ => format!("{line}\n"),
        })
        .collect()
}
