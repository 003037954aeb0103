//! What the analysis has to look at next.
//!
//! Handlers and the scout put in, the analysis takes out. Each change of what is here has a number,
//! its revision: what was found is published only while its revision is the newest, and whoever
//! holds the lock decides alone whether it is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rules::{Hover, RuleId};
use tokio::sync::oneshot;
use tower_lsp::ls_types::Uri;

use super::document::Snapshot;
use super::guard::Panicked;
use super::outcome::Outcome;
use super::scout::News;

/// How long the first findings wait for the folders to be walked. A module whose callers are not
/// known yet would be judged as if nobody deployed it.
const PATIENCE: Duration = Duration::from_millis(300);

/// The documents that the client has open, by their paths.
pub(super) type Documents = BTreeMap<PathBuf, Open>;

/// A document that the client has open.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// Its name, as the client spelled it.
    pub(super) uri: Uri,
    /// Which one it is of all that were ever opened.
    pub(super) number: u64,
    /// The newest text.
    pub(super) snapshot: Arc<Snapshot>,
}

impl Open {
    /// Whether this is the same document with the same text.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.number == other.number && Arc::ptr_eq(&self.snapshot, &other.snapshot)
    }
}

/// An answer to a [`Question`].
pub(super) type Answer<T> = Result<T, Panicked>;

/// Who waits for an answer.
pub(super) type Reply<T> = oneshot::Sender<Answer<T>>;

/// A request about a document as it was when the request came.
#[derive(Debug)]
pub(super) struct Question {
    /// The document's path.
    pub(super) path: PathBuf,
    /// The document.
    pub(super) document: Open,
    /// What is asked.
    pub(super) asked: Asked,
}

/// What is asked about a document, and who waits for the answer.
#[derive(Debug)]
pub(super) enum Asked {
    /// What was found in all that is in sight.
    Findings(Reply<Arc<Outcome>>),
    /// What is known of the thing at a byte.
    Hover(u32, Reply<Option<Hover>>),
    /// The text with its safe fixes made, of one rule or of all; none if there is nothing to fix.
    Fixed(Option<RuleId>, Reply<Option<String>>),
}

impl Question {
    /// Whether who asked has gone.
    pub(super) fn is_closed(&self) -> bool {
        match &self.asked {
            Asked::Findings(reply) => reply.is_closed(),
            Asked::Hover(_, reply) => reply.is_closed(),
            Asked::Fixed(_, reply) => reply.is_closed(),
        }
    }
}

/// What the analysis takes at a time.
pub(super) struct Work {
    /// The revision of what follows.
    pub(super) revision: u64,
    /// The open documents.
    pub(super) documents: Documents,
    /// What became known of the disk.
    pub(super) news: Vec<News>,
    /// What is asked.
    pub(super) questions: Vec<Question>,
}

/// What the analysis does next.
pub(super) enum Next {
    /// It looks at what has changed, or answers.
    Work(Work),
    /// It publishes what it held back.
    Release,
    /// The session is over.
    End,
}

/// What waits to be looked at.
#[derive(Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    revision: u64,
    documents: Documents,
    opened: u64,
    news: Vec<News>,
    questions: Vec<Question>,
    /// How many folders are still being walked.
    walks: usize,
    /// Until when findings wait for that.
    patience_ends: Option<Instant>,
    has_ended: bool,
}

impl Desk {
    /// Takes a document in; returns whether one was open under its name.
    pub(super) fn open(&self, path: PathBuf, uri: Uri, snapshot: Snapshot) -> bool {
        let mut state = self.lock();
        state.opened += 1;
        let document = Open {
            uri,
            number: state.opened,
            snapshot: Arc::new(snapshot),
        };
        let earlier = state.documents.insert(path, document);
        self.changed(state);
        earlier.is_some()
    }

    /// Edits a document; returns its version before, if it is open.
    pub(super) fn edit(
        &self,
        path: &PathBuf,
        edit: impl FnOnce(&Snapshot) -> Snapshot,
    ) -> Option<i32> {
        let mut state = self.lock();
        let document = state.documents.get_mut(path)?;
        let before = document.snapshot.version();
        document.snapshot = Arc::new(edit(&document.snapshot));
        self.changed(state);
        Some(before)
    }

    /// Lets go of a document; returns whether it was open.
    pub(super) fn close(&self, path: &PathBuf) -> bool {
        let mut state = self.lock();
        let was_open = state.documents.remove(path).is_some();
        if was_open {
            self.changed(state);
        }
        was_open
    }

    /// An open document.
    pub(super) fn document(&self, path: &PathBuf) -> Option<Open> {
        self.lock().documents.get(path).cloned()
    }

    /// Asks something about a document.
    pub(super) fn ask<T>(
        &self,
        path: PathBuf,
        document: Open,
        asked: impl FnOnce(Reply<T>) -> Asked,
    ) -> oneshot::Receiver<Answer<T>> {
        let (reply, answer) = oneshot::channel();
        self.lock().questions.push(Question {
            path,
            document,
            asked: asked(reply),
        });
        self.bell.notify_all();
        answer
    }

    /// Notes that a folder is going to be walked.
    pub(super) fn expect_walk(&self) {
        let mut state = self.lock();
        state.walks += 1;
        state.patience_ends = Some(Instant::now() + PATIENCE);
    }

    /// Takes what became known of the disk.
    pub(super) fn report(&self, news: News) {
        let mut state = self.lock();
        if matches!(news, News::Walked { .. }) {
            state.walks = state.walks.saturating_sub(1);
        }
        state.news.push(news);
        self.changed(state);
    }

    /// Nothing will be looked at any more.
    pub(super) fn end(&self) {
        self.lock().has_ended = true;
        self.bell.notify_all();
    }

    /// Whether the session is over.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().has_ended
    }

    /// Waits for something to do. `done` is the revision that was looked at last; `is_holding` says
    /// whether its findings still wait to be published.
    pub(super) fn next(&self, done: u64, is_holding: bool) -> Next {
        let mut state = self.lock();
        loop {
            if state.has_ended {
                return Next::End;
            }
            state.questions.retain(|question| !question.is_closed());
            if state.revision != done || !state.questions.is_empty() {
                return Next::Work(Work {
                    revision: state.revision,
                    documents: state.documents.clone(),
                    news: std::mem::take(&mut state.news),
                    questions: std::mem::take(&mut state.questions),
                });
            }
            state = if is_holding {
                let Some(left) = state.hold() else {
                    return Next::Release;
                };
                let waited = self.bell.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            } else {
                let waited = self.bell.wait(state);
                waited.unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    /// Publishes what was found at a revision, unless there is a newer one or it has to wait;
    /// returns whether it has to wait.
    pub(super) fn publish(&self, revision: u64, publish: impl FnOnce()) -> bool {
        let state = self.lock();
        if state.revision != revision || state.has_ended {
            return false;
        }
        let has_to_wait = state.hold().is_some();
        if !has_to_wait {
            publish();
        }
        has_to_wait
    }

    /// Gives the state its next number, and wakes the analysis.
    fn changed(&self, mut state: MutexGuard<'_, State>) {
        state.revision += 1;
        drop(state);
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the state halfway: it is replaced field by field.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How much longer findings wait; none if they need not.
    fn hold(&self) -> Option<Duration> {
        if self.walks == 0 {
            return None;
        }
        let left = self.patience_ends?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }
}
