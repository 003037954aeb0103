//! The process around the framework.
//!
//! `tower-lsp`'s own transport polls all handlers in one task, behind the output: a client that
//! does not read stops every handler, a panic ends the session, and a header it cannot parse
//! loses the stream. So the shell reads, runs and writes by itself, and leaves to the framework
//! what it does well: the table of methods, their types, and cancellation.
//!
//! How the process ends:
//! - `exit` ends it at once, with 0 after `shutdown` and 1 without, as the specification says.
//! - The end of the input counts as `exit`. Several editors never send one, and one that dies
//!   cannot.
//! - So does an output that the client has closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::ls_types::MessageType;

use super::Analyse;
use super::frame::FrameReader;
use super::guard::{Guarded, Outcome};
use super::lenient;
use super::message::Incoming;
use super::outbox::Outbox;
use super::server::{self, Server};
use super::session::Session;

/// How many requests may be under way. Handlers never wait for the client, so the limit only
/// bounds memory; what exceeds it is refused, because waiting would hold up document changes.
const MAX_REQUESTS: usize = 1024;
/// How long the end waits for a client to take what was written before.
const PARTING: Duration = Duration::from_millis(500);

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client had asked for it by `shutdown`.
    Orderly,
    /// The client left without a word.
    Abrupt,
}

impl Ending {
    /// What the process tells its parent.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Orderly => 0,
            Self::Abrupt => 1,
        }
    }
}

/// Serves one client until it leaves.
pub async fn serve<R, W>(input: R, output: W, analyse: Analyse) -> Ending
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let outbox = Arc::new(Outbox::default());
    let session = Arc::new(Session::new(analyse, outbox.clone()));
    let mut writer = tokio::spawn({
        let outbox = outbox.clone();
        async move { outbox.write_to(output).await }
    });
    let mut shell = Shell {
        service: server::service(&session),
        session: Arc::clone(&session),
        outbox: outbox.clone(),
        stage: Stage::Uninitialized,
        under_way: Arc::default(),
    };
    tokio::select! {
        () = shell.read(FrameReader::new(input)) => {
            outbox.close();
            let _ = tokio::time::timeout(PARTING, &mut writer).await;
            writer.abort();
        }
        _ = &mut writer => tracing::warn!("the client has closed the output"),
    }
    session.desk.end();
    match shell.stage {
        Stage::ShutDown => Ending::Orderly,
        Stage::Uninitialized | Stage::Running => Ending::Abrupt,
    }
}

struct Shell {
    service: LspService<Server>,
    session: Arc<Session>,
    outbox: Arc<Outbox>,
    stage: Stage,
    under_way: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Uninitialized,
    Running,
    ShutDown,
}

impl Shell {
    /// Reads and starts messages until `exit` or the end of the input.
    async fn read<R: AsyncRead + Unpin>(&mut self, mut frames: FrameReader<R>) {
        while let Some(frame) = frames.next().await {
            let message = match frame {
                Ok(message) => Incoming::new(message),
                Err(malformed) => {
                    self.outbox
                        .report(MessageType::WARNING, &malformed.to_string());
                    continue;
                }
            };
            match message {
                Incoming::Call(request) if request.method() == "exit" => return,
                Incoming::Call(request) => self.call(request),
                Incoming::Answer => tracing::debug!("ignored an answer to no question"),
                Incoming::Invalid { id, why } => {
                    self.outbox
                        .respond(&Response::from_error(id, invalid_request(why)));
                }
            }
            self.outbox.until_accepting().await;
        }
    }

    /// Runs a request or a notification: at once as far as it goes, the rest on a task of its own.
    fn call(&mut self, request: Request) {
        let id = request.id().cloned();
        let is_initialize = request.method() == "initialize";
        let is_shutdown = request.method() == "shutdown";
        if is_shutdown && id.is_none() {
            // The framework would refuse everything from here on, though nobody was answered.
            tracing::warn!("ignored a `shutdown` that is no request");
            return;
        }
        let refusal = match self.stage {
            Stage::Uninitialized if !is_initialize => Some(not_initialized()),
            Stage::ShutDown => Some(invalid_request("the server is shut down")),
            _ => None,
        };
        if let Some(error) = refusal {
            // Notifications out of season are dropped, as the specification asks.
            if let Some(id) = id {
                self.outbox.respond(&Response::from_error(id, error));
            }
            return;
        }
        let method = request.method().to_owned();
        if let Some(uri) = lenient::unusable_uri(&method, request.params()) {
            let message = format!("ignored `{method}`: {uri:?} is not a URI");
            self.outbox.report(MessageType::WARNING, &message);
        }
        match Guarded::start(&mut self.service, request) {
            Ok(outcome) => {
                let succeeded = matches!(&outcome, Ok(Some(response)) if response.is_ok());
                deliver(&self.outbox, id, &method, outcome);
                if is_initialize && succeeded {
                    self.stage = Stage::Running;
                    self.outbox.allow_logs();
                    self.session.begin();
                } else if is_shutdown {
                    self.stage = Stage::ShutDown;
                }
            }
            Err(handler) => self.finish_later(id, method, handler),
        }
    }

    fn finish_later(&self, id: Option<Id>, method: String, handler: Guarded) {
        let slot = Slot::take(&self.under_way);
        if let (None, Some(id)) = (&slot, &id) {
            let error = request_failed("too many requests are under way");
            self.outbox
                .respond(&Response::from_error(id.clone(), error));
            return;
        }
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            let outcome = handler.await;
            deliver(&outbox, id, &method, outcome);
            drop(slot);
        });
    }
}

/// Sends what a handler ended with, if the client waits for it.
fn deliver(outbox: &Outbox, id: Option<Id>, method: &str, outcome: Outcome) {
    let response = match outcome {
        Ok(response) => response,
        Err(panicked) => {
            let message = format!("`{method}` failed by a bug: {}", panicked.0);
            outbox.report(MessageType::ERROR, &message);
            id.clone()
                .map(|id| Response::from_error(id, Error::internal_error()))
        }
    };
    let Some(id) = id else {
        if let Some(error) = response.as_ref().and_then(Response::error) {
            tracing::warn!(%error, "ignored the notification `{method}`");
        }
        return;
    };
    // The framework answers no request whose name begins with `$/`.
    let response = response.unwrap_or_else(|| Response::from_error(id, Error::method_not_found()));
    outbox.respond(&response);
}

/// One of the requests under way.
struct Slot(Arc<AtomicUsize>);

impl Slot {
    fn take(under_way: &Arc<AtomicUsize>) -> Option<Self> {
        let slot = Self(under_way.clone());
        let others = under_way.fetch_add(1, Ordering::Relaxed);
        (others < MAX_REQUESTS).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn invalid_request(why: &'static str) -> Error {
    Error {
        message: why.into(),
        ..Error::invalid_request()
    }
}

fn not_initialized() -> Error {
    Error {
        message: "the server is not initialized".into(),
        ..Error::new(ErrorCode::ServerError(-32002))
    }
}

fn request_failed(why: &'static str) -> Error {
    Error {
        message: why.into(),
        ..Error::new(ErrorCode::ServerError(-32803))
    }
}
