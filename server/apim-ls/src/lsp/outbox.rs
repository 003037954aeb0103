//! What waits to be written to the client.
//!
//! Putting a message in never waits, so document state and publishing do not depend on whether the
//! client reads. Yet the queue stays small: of one document's diagnostics only the newest wait,
//! log messages are dropped when many wait, and while [`LIMIT`] messages wait the shell reads no
//! further input ([`Outbox::until_accepting`]). Only a client that asks without ever reading gets
//! there.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tower_lsp::jsonrpc::Response;
use tower_lsp::ls_types::{MessageType, PublishDiagnosticsParams, Uri};

/// How many messages wait before the shell stops reading.
const LIMIT: usize = 4096;
/// How many bytes of responses wait before the shell stops reading.
const BYTE_LIMIT: usize = 64 << 20;
/// How many messages wait before log messages are dropped.
const LOG_LIMIT: usize = 256;

/// The queue of outgoing messages.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    /// Something was put in, or the outbox was closed.
    filled: Notify,
    /// Something was taken out.
    emptied: Notify,
    /// Whether the client may be sent log messages: not before it has initialized the server.
    logs: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    order: VecDeque<Entry>,
    diagnostics: HashMap<Uri, PublishDiagnosticsParams>,
    /// Sum of the lengths of the entries in `order` that are ready.
    bytes: usize,
    closed: bool,
}

#[derive(Debug)]
enum Entry {
    Ready(Vec<u8>),
    /// The diagnostics of a document, as they are when its turn comes.
    Diagnostics(Uri),
}

impl Outbox {
    /// Queues a response.
    pub(super) fn respond(&self, response: &Response) {
        self.push(to_bytes(response));
    }

    /// Queues the diagnostics of a document in place of older ones that still wait.
    pub(super) fn publish(&self, params: PublishDiagnosticsParams) {
        let mut waiting = self.lock();
        let uri = params.uri.clone();
        if waiting.diagnostics.insert(uri.clone(), params).is_none() {
            waiting.order.push_back(Entry::Diagnostics(uri));
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Queues a request. Its answer is not waited for.
    pub(super) fn ask(&self, id: &str, method: &str, params: &Value) {
        self.push(to_bytes(&json!({
            "jsonrpc": "2.0",
            "id": id,
            "method": method,
            "params": params,
        })));
    }

    /// From now on the client is sent log messages.
    pub(super) fn allow_logs(&self) {
        self.logs.store(true, Ordering::Relaxed);
    }

    /// Tells the server's log, and the client's, what a person who looks for a cause should know.
    pub(super) fn report(&self, level: MessageType, message: &str) {
        match level {
            MessageType::ERROR => tracing::error!("{message}"),
            MessageType::WARNING => tracing::warn!("{message}"),
            _ => tracing::info!("{message}"),
        }
        if self.logs.load(Ordering::Relaxed) && self.lock().order.len() < LOG_LIMIT {
            self.push(to_bytes(&json!({
                "jsonrpc": "2.0",
                "method": "window/logMessage",
                "params": { "type": level, "message": message },
            })));
        }
    }

    /// Waits until few enough messages wait for the shell to read on.
    pub(super) async fn until_accepting(&self) {
        loop {
            let emptied = self.emptied.notified();
            {
                let waiting = self.lock();
                if waiting.order.len() < LIMIT && waiting.bytes < BYTE_LIMIT {
                    return;
                }
            }
            emptied.await;
        }
    }

    /// No more messages will come; [`Outbox::write_to`] ends when those that wait are written.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Writes messages as they come, until the outbox is closed or the output is.
    pub(super) async fn write_to<W: AsyncWrite + Unpin>(
        &self,
        mut output: W,
    ) -> std::io::Result<()> {
        while let Some(body) = self.next().await {
            let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
            frame.extend_from_slice(&body);
            output.write_all(&frame).await?;
            output.flush().await?;
        }
        output.shutdown().await
    }

    async fn next(&self) -> Option<Vec<u8>> {
        loop {
            let filled = self.filled.notified();
            {
                let mut waiting = self.lock();
                if let Some(entry) = waiting.order.pop_front() {
                    self.emptied.notify_one();
                    match entry {
                        Entry::Ready(body) => {
                            waiting.bytes -= body.len();
                            return Some(body);
                        }
                        Entry::Diagnostics(uri) => {
                            let params = waiting.diagnostics.remove(&uri);
                            drop(waiting);
                            return Some(to_bytes(&json!({
                                "jsonrpc": "2.0",
                                "method": "textDocument/publishDiagnostics",
                                "params": params,
                            })));
                        }
                    }
                }
                if waiting.closed {
                    return None;
                }
            }
            filled.await;
        }
    }

    fn push(&self, body: Vec<u8>) {
        let mut waiting = self.lock();
        waiting.bytes += body.len();
        waiting.order.push_back(Entry::Ready(body));
        drop(waiting);
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_bytes(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("protocol types have string keys and sound numbers only")
}
