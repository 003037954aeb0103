//! Standard error that nobody has to read.
//!
//! A client may leave the pipe full. A log line is then lost, instead of the task that wrote it
//! waiting for ever. So lines go through a bounded queue to a thread that may block.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How many lines may wait.
const LINES: usize = 1024;
/// How long the process waits for its last lines to be taken.
const PARTING: Duration = Duration::from_millis(200);

enum Entry {
    Line(Vec<u8>),
    /// Everything before it is written when the sender inside is dropped.
    Mark(SyncSender<()>),
}

/// Writes lines to standard error without ever waiting.
#[derive(Clone)]
pub(super) struct Stderr(SyncSender<Entry>);

impl Stderr {
    pub(super) fn new() -> Self {
        let (sender, entries) = sync_channel(LINES);
        // Without the thread the lines are lost, which beats a server that does not start.
        let _ = thread::Builder::new()
            .name("stderr".to_owned())
            .spawn(move || write_all(&entries));
        Self(sender)
    }

    /// Gives the lines so far a moment to be written.
    pub(super) fn drain(&self) {
        let (mark, reached) = sync_channel(0);
        if self.0.try_send(Entry::Mark(mark)).is_ok() {
            let _ = reached.recv_timeout(PARTING);
        }
    }
}

impl Write for Stderr {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.0.try_send(Entry::Line(line.to_owned()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(entries: &Receiver<Entry>) {
    for entry in entries {
        match entry {
            // A closed standard error is nobody's concern.
            Entry::Line(line) => drop(io::stderr().write_all(&line)),
            Entry::Mark(mark) => drop(mark),
        }
    }
}
