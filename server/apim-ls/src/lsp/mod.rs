//! The language server.
//!
//! From the wire inwards: `frame` cuts the input into messages, `shell` gives each to the
//! framework and every reply to the `outbox`, `server` is the table of methods, and
//! `notifications` and `requests` hold one method a file. `session` is what they share.
//!
//! Invariants:
//! - The state of a document changes in message order: a handler does it before its first `await`,
//!   and the shell runs every handler up to there before it reads the next message.
//! - Analysis never runs on a task that reads messages, and its result is published only while it
//!   is the newest, checked under the lock that guards the document's state.
//! - The server asks the client nothing, so no handler can wait for the client.
//! - Standard output carries the protocol and nothing else.

mod analysis;
mod capabilities;
mod convert;
mod document;
mod frame;
mod guard;
mod lenient;
mod message;
mod notifications;
mod outbox;
mod requests;
mod server;
mod session;
mod shell;
mod stderr;

use std::panic;
use std::process::ExitCode;

use rules::Finding;
use syntax::Document;
use tracing_subscriber::EnvFilter;

pub use shell::{Ending, serve};
use stderr::Stderr;

/// What the server runs on every version of a document; the binary passes [`rules::check`].
pub type Analyse = fn(&Document) -> Vec<Finding>;

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
        // Analyses run on these threads; they get what a main thread usually has.
        .thread_stack_size(8 << 20)
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
    let ending = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), rules::check));
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
