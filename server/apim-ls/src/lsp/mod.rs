//! The language server.
//!
//! From the wire inwards: `frame` cuts the input into messages, `shell` gives each to the
//! framework and every reply to the `outbox`, `server` is the table of methods, and
//! `notifications` and `requests` hold one method a file. `session` is what they share, above all
//! the `desk`: what has changed and who asks. The `scout` adds what is on disk. The `analysis` takes
//! from the desk, has its own `world` of files in sight, and publishes what of an `outcome` is not
//! `shown` yet.
//!
//! Invariants:
//! - The state of a document changes in message order: a handler does it before its first `await`,
//!   and the shell runs every handler up to there before it reads the next message.
//! - Analysis and disk have threads of their own, never a task that reads messages; a result is
//!   published only while it is the newest, checked under the lock that guards the documents.
//! - The server waits for no answer of the client, so no handler can be stuck with one.
//! - Standard output carries the protocol and nothing else.

mod analysis;
mod capabilities;
mod change;
mod convert;
mod desk;
mod disk;
mod document;
mod frame;
mod guard;
mod judge;
mod lenient;
mod message;
mod notifications;
mod outbox;
mod outcome;
mod paths;
mod requests;
mod scout;
mod server;
mod session;
mod shell;
mod shown;
mod stderr;
mod world;

use std::panic;
use std::process::ExitCode;

use rules::{Analysis, Finding};
use template::workspace::Workspace;
use tracing_subscriber::EnvFilter;

pub use judge::findings;
pub use shell::{Ending, serve};
use stderr::Stderr;

/// What the server runs on the files in sight after every change; the binary passes [`findings`].
/// What fails by a bug is told to the last argument.
pub type Analyse = fn(&mut Analysis, &Workspace, &mut dyn FnMut(String)) -> Vec<Finding>;

/// Lowering and evaluation stop at depths of their own, which leave room for any sane template. A
/// build without optimisation needs more stack for the same depth than a thread has by default, and
/// an overflow cannot be caught. Pages of it that stay unused cost nothing.
const STACK: usize = 32 << 20;

/// The server's arguments. Both say what is so anyway: clients add them by habit.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Talk over standard input and output; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
    /// The editor's process; the server leaves when its input ends, which covers an editor's death
    #[arg(long = "clientProcessId", value_name = "PID", hide = true)]
    client_process_id: Option<u64>,
}

/// Runs the server on standard input and output until the client leaves.
#[must_use]
pub fn main(arguments: &Arguments) -> ExitCode {
    let stderr = Stderr::new();
    log_to(stderr.clone());
    // The usual hook writes to standard error itself, and may wait for a reader there.
    panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    tracing::debug!(?arguments, "starting");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the asynchronous runtime does not start");
            stderr.drain();
            return ExitCode::FAILURE;
        }
    };
    let ending = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), findings));
    // A read of standard input that is under way cannot be taken back, and an ordinary shutdown
    // would wait for it, that is for a client which keeps the pipe open.
    runtime.shutdown_background();
    stderr.drain();
    ExitCode::from(ending.exit_code())
}

fn log_to(stderr: Stderr) {
    let filter = EnvFilter::try_from_env("APIM_LS_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // Fails only if somebody else collects the log already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || stderr.clone())
        .with_ansi(false)
        .log_internal_errors(false)
        .try_init();
}
