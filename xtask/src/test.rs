//! `cargo xtask test`: every test of the repository, in one command.
//!
//! A step that cannot run on this machine is skipped, never silently: the table at the end says
//! which and why. On CI, an editor test in no editor at all is a failure: nobody would notice.

mod apt;
mod cargo;
mod neovim;
mod process;
mod python;
mod report;

use std::env;
use std::process::ExitCode;

use self::report::Report;

/// Set up and run every test, those in real editors too
///
/// What an editor test needs is installed where that is possible without asking: Neovim by
/// apt-get, for root or with passwordless sudo, and by pip into a folder below target/. What
/// cannot run is skipped, and the table at the end says why. With CI=true, at least one Neovim
/// has to run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run the editor tests with a release build of the server
    #[arg(long)]
    release: bool,

    /// Install nothing: skip what is missing
    #[arg(long)]
    no_install: bool,

    /// Run the editor tests only
    #[arg(long)]
    editors: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut report = Report::default();
    if !arguments.editors {
        report.step("cargo test --workspace", cargo::test);
    }
    let mut server = None;
    let name = if arguments.release {
        "cargo build --release"
    } else {
        "cargo build"
    };
    report.step(name, || {
        let (outcome, binary) = cargo::build_server(arguments.release)?;
        server = binary;
        Ok(outcome)
    });
    neovim::run(&mut report, server.as_deref(), !arguments.no_install);

    if is_ci() && !neovim::has_run(&report) {
        report.fail(
            "an editor test on CI",
            "CI=true, and no test ran in a real Neovim: see what was skipped",
        );
    }
    report.print();
    if report.has_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}
