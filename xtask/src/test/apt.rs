//! Packages of Debian, Ubuntu and their kin.

use std::process::Command;

use anyhow::bail;

use super::process;

/// Installs a package, if this process may without asking anybody.
pub(super) fn install(package: &str) -> anyhow::Result<()> {
    if !process::succeeds(Command::new("apt-get").arg("--version")) {
        bail!("there is no apt-get to install it with");
    }
    let is_root = process::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !is_root && !process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        bail!("apt-get needs root or passwordless sudo: install `{package}` by hand");
    }
    let apt_get = |arguments: &[&str]| {
        // Through `env`, because sudo passes no variables on.
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        if !is_root {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        process::run(command.args(arguments))
    };
    // One source that cannot be reached does not matter if another has the package.
    let updated = apt_get(&["update", "--quiet"]);
    apt_get(&[
        "install",
        "--quiet",
        "--yes",
        "--no-install-recommends",
        package,
    ])
    .or_else(|error| updated.and(Err(error)))
}
