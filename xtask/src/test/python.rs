//! Programs that come as Python packages, in a virtual environment below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use super::{apt, process};

/// A virtual environment.
pub(super) struct Environment {
    directory: PathBuf,
}

impl Environment {
    pub(super) const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// A program of the environment, if it is installed and runs.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let program = self.executable(name);
        process::succeeds(Command::new(&program).arg("--version")).then_some(program)
    }

    /// Creates the environment, if need be, and installs a package.
    pub(super) fn install(&self, package: &str) -> anyhow::Result<()> {
        let python = self.executable("python");
        if !process::succeeds(Command::new(&python).args(["-m", "pip", "--version"])) {
            let Some(system) = python_of_the_system() else {
                bail!("there is no Python 3");
            };
            let create = || {
                process::run(
                    Command::new(system)
                        .args(["-m", "venv"])
                        .arg(&self.directory),
                )
            };
            // Debian and its kin leave a part of `venv` out of Python, and have it as a package.
            create().or_else(|error| match apt::install("python3-venv") {
                Ok(()) => create(),
                Err(_) => Err(error),
            })?;
        }
        process::run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            package,
        ]))
    }

    fn executable(&self, name: &str) -> PathBuf {
        if cfg!(windows) {
            self.directory.join("Scripts").join(format!("{name}.exe"))
        } else {
            self.directory.join("bin").join(name)
        }
    }
}

fn python_of_the_system() -> Option<&'static Path> {
    ["python3", "python"].map(Path::new).into_iter().find(|it| {
        let check = "import sys; sys.exit(sys.version_info < (3,))";
        process::succeeds(Command::new(it).args(["-c", check]))
    })
}
