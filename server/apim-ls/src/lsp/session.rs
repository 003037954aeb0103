//! What the handlers share.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use template::files::Files;
use tower_lsp::ls_types::MessageType;

use super::capabilities::Client;
use super::desk::Desk;
use super::disk::Absolute;
use super::outbox::Outbox;
use super::scout::{self, Job};
use super::{Analyse, analysis};
use crate::disk::home;

/// One client's session.
pub(super) struct Session {
    pub(super) analyse: Analyse,
    pub(super) outbox: Arc<Outbox>,
    pub(super) desk: Arc<Desk>,
    pub(super) files: Arc<Files>,
    /// What the client said of itself.
    introduced: OnceLock<(Client, Vec<PathBuf>)>,
    scout: OnceLock<Sender<Job>>,
    /// The folders that it has open now.
    folders: Mutex<BTreeSet<PathBuf>>,
}

impl Session {
    pub(super) fn new(analyse: Analyse, outbox: Arc<Outbox>) -> Self {
        Self {
            analyse,
            outbox,
            desk: Arc::default(),
            files: Arc::new(
                Files::new(Box::new(Absolute))
                    .with_home(home())
                    .without_trees(),
            ),
            introduced: OnceLock::new(),
            scout: OnceLock::new(),
            folders: Mutex::default(),
        }
    }

    /// What the client can do.
    pub(super) fn client(&self) -> Client {
        self.introduced
            .get()
            .map_or_else(Client::default, |(client, _)| *client)
    }

    /// Remembers what the client can do, for the whole session, and the folders that it has open.
    pub(super) fn introduce(&self, client: Client, folders: Vec<PathBuf>) {
        self.introduced.get_or_init(|| (client, folders));
    }

    /// Starts to look at the disk and at documents. Before the client has the answer to its
    /// `initialize`, nothing may be told to it.
    pub(super) fn begin(self: &Arc<Self>) {
        let (desk, files) = (Arc::clone(&self.desk), Arc::clone(&self.files));
        match scout::start(desk, files, Arc::clone(&self.outbox)) {
            Ok(scout) => drop(self.scout.set(scout)),
            Err(error) => self.report_no_thread(&error),
        }
        if let Some((_, folders)) = self.introduced.get() {
            for folder in folders {
                self.enter(folder.clone());
            }
        }
        if let Err(error) = analysis::start(Arc::clone(self)) {
            self.report_no_thread(&error);
        }
    }

    /// Takes a folder into sight.
    pub(super) fn enter(&self, folder: PathBuf) {
        self.lock_folders().insert(folder.clone());
        if let Some(scout) = self.scout.get() {
            self.desk.expect_walk();
            // It listens as long as the session lasts.
            drop(scout.send(Job::Enter(folder)));
        }
    }

    /// Lets a folder out of sight.
    pub(super) fn leave(&self, folder: PathBuf) {
        self.lock_folders().remove(&folder);
        self.send(Job::Leave(folder));
    }

    /// Looks at what may have changed on disk.
    pub(super) fn check(&self, paths: Vec<PathBuf>) {
        self.send(Job::Check(paths));
    }

    /// The folder of the client that a file is in; the innermost, if several are around it.
    pub(super) fn folder_of(&self, file: &Path) -> Option<PathBuf> {
        let folders = self.lock_folders();
        let around = folders.iter().filter(|folder| file.starts_with(folder));
        around
            .max_by_key(|folder| folder.as_os_str().len())
            .cloned()
    }

    fn lock_folders(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, job: Job) {
        if let Some(scout) = self.scout.get() {
            drop(scout.send(job));
        }
    }

    /// Tells the client's log what looks wrong.
    pub(super) fn warn(&self, message: &str) {
        self.outbox.report(MessageType::WARNING, message);
    }

    fn report_no_thread(&self, error: &std::io::Error) {
        let message = format!("nothing will be analysed, the system gives no thread: {error}");
        self.outbox.report(MessageType::ERROR, &message);
    }
}
