//! Running other programs: shown, captured, and never for longer than they may.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Whether a program is there and succeeds.
pub(super) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The standard output of a program that succeeds.
pub(super) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

/// Runs a program that may take its time, and shows what it prints.
pub(super) fn run(command: &mut Command) -> anyhow::Result<()> {
    announce(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{}` could not be run", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program, shows what it prints, and hands every line of its standard output on.
pub(super) fn run_reading(
    command: &mut Command,
    mut read: impl FnMut(&str),
) -> anyhow::Result<ExitStatus> {
    announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{}` could not be run", line(command)))?;
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        while output.read_until(b'\n', &mut bytes)? > 0 {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\r', '\n']);
            println!("{text}");
            read(text);
            bytes.clear();
        }
    }
    Ok(child.wait()?)
}

/// Runs a program and ends it if it takes too long.
pub(super) fn run_within(command: &mut Command, limit: Duration) -> anyhow::Result<ExitStatus> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("`{}` could not be run", line(command)))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            // It may have ended by itself in this moment, which makes no difference.
            let _ = child.kill();
            child.wait()?;
            bail!("ended after {} s without a result", limit.as_secs());
        }
        thread::sleep(PAUSE);
    }
}

fn announce(command: &Command) {
    println!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
