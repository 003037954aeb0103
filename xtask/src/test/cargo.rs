//! The tests and builds that Cargo runs.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use super::process::run_reading;
use super::report::{Counts, Outcome};
use crate::repository;

/// `cargo test` of every crate, to the end even if some fail.
pub(super) fn test() -> anyhow::Result<Outcome> {
    let mut counts = Counts::default();
    let status = run_reading(
        cargo().args(["test", "--workspace", "--no-fail-fast"]),
        |line| {
            if let Some(result) = counts_of(line) {
                counts.add(result);
            }
        },
    )?;
    if !status.success() && counts.failed == 0 {
        return Ok(Outcome::Failed(format!(
            "cargo failed ({status}) after {counts}"
        )));
    }
    Ok(Outcome::Tests(counts))
}

/// Builds the server; its path, if that succeeds.
pub(super) fn build_server(release: bool) -> anyhow::Result<(Outcome, Option<PathBuf>)> {
    let mut command = cargo();
    command.args(["build", "--package", "apim-ls"]);
    if release {
        command.arg("--release");
    }
    let status = run_reading(&mut command, |_| {})?;
    if !status.success() {
        let why = format!("the server does not build ({status})");
        return Ok((Outcome::Failed(why), None));
    }
    let binary = target()
        .join(if release { "release" } else { "debug" })
        .join(format!("apim-ls{}", env::consts::EXE_SUFFIX));
    Ok((Outcome::Ready, Some(binary)))
}

/// The folder of what is built and downloaded.
pub(super) fn target() -> PathBuf {
    // Relative to where Cargo was called: the root, for `cargo xtask` runs nowhere else.
    env::var_os("CARGO_TARGET_DIR").map_or_else(
        || repository().join("target"),
        |directory| repository().join(directory),
    )
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository());
    command
}

/// The counts of a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn counts_of(line: &str) -> Option<Counts> {
    let (_, result) = line.split_once("test result: ")?;
    let count = |word: &str| {
        let (before, _) = result.split_once(&format!(" {word}"))?;
        before.rsplit(' ').next()?.parse().ok()
    };
    Some(Counts {
        passed: count("passed;")?,
        failed: count("failed;")?,
        skipped: count("ignored;")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_test_binaries_are_counted() {
        assert_eq!(
            counts_of(
                "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out"
            ),
            Some(Counts {
                passed: 12,
                failed: 3,
                skipped: 1,
            })
        );
        assert_eq!(counts_of("test results_are_counted ... ok"), None);
    }
}
