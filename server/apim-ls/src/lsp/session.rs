//! What the handlers share.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use dashmap::DashMap;
use tokio::sync::Semaphore;
use tower_lsp::ls_types::{MessageType, Uri};

use super::Analyse;
use super::capabilities::Client;
use super::document::OpenDocument;
use super::outbox::Outbox;

/// One client's session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) analyse: Analyse,
    pub(super) outbox: Arc<Outbox>,
    /// One permit for each analysis that may run at a time. The threads they run on also carry
    /// standard input and output, which must never queue behind analyses.
    pub(super) permits: Arc<Semaphore>,
    client: OnceLock<Client>,
    documents: DashMap<Uri, Arc<OpenDocument>>,
}

impl Session {
    pub(super) fn new(analyse: Analyse, outbox: Arc<Outbox>) -> Self {
        let parallelism = available_parallelism().map_or(2, NonZero::get).max(2);
        Self {
            analyse,
            outbox,
            permits: Arc::new(Semaphore::new(parallelism)),
            client: OnceLock::new(),
            documents: DashMap::new(),
        }
    }

    /// What the client can do.
    pub(super) fn client(&self) -> Client {
        self.client.get().copied().unwrap_or_default()
    }

    /// Remembers what the client can do, for the whole session.
    pub(super) fn set_client(&self, client: Client) {
        self.client.get_or_init(|| client);
    }

    /// An open document.
    pub(super) fn document(&self, uri: &Uri) -> Option<Arc<OpenDocument>> {
        self.documents.get(uri).map(|it| it.value().clone())
    }

    /// Adds a document; returns the one that was open under the same name.
    pub(super) fn insert(&self, document: Arc<OpenDocument>) -> Option<Arc<OpenDocument>> {
        self.documents.insert(document.uri().clone(), document)
    }

    /// Removes a document.
    pub(super) fn remove(&self, uri: &Uri) -> Option<Arc<OpenDocument>> {
        self.documents.remove(uri).map(|(_, document)| document)
    }

    /// Tells the client's log what looks wrong.
    pub(super) fn warn(&self, message: &str) {
        self.outbox.report(MessageType::WARNING, message);
    }
}
