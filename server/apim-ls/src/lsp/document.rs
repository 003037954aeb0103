//! An open document: its newest text, and what is known about it.
//!
//! A change edits the text at once and leaves parsing to the analysis: a [`Snapshot`] parses when
//! it is first asked for its findings, from the last tree that exists and the edits since.
//!
//! Invariants: a snapshot never changes; its text is what the client sees at its version.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ropey::Rope;
use rules::Finding;
use syntax::position::PositionEncoding;
use syntax::{Document, Language, TextRange};
use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use super::Analyse;
use super::convert::Converter;
use super::guard::Panicked;

/// More edits than this since the last tree, and a fresh parse is cheaper than one for each.
const MAX_PENDING_EDITS: usize = 8;

/// A document that the client has open.
#[derive(Debug)]
pub(super) struct OpenDocument {
    uri: Uri,
    state: Mutex<State>,
}

/// What changes about an open document.
#[derive(Debug)]
pub(super) struct State {
    /// The newest text.
    pub(super) snapshot: Arc<Snapshot>,
    /// The client has closed it: nothing may be published any more.
    pub(super) closed: bool,
    /// An analysis is on its way and will see the newest text before it ends.
    pub(super) analysing: bool,
}

impl OpenDocument {
    pub(super) fn new(uri: Uri, language: Language, version: i32, text: &str) -> Self {
        Self {
            uri,
            state: Mutex::new(State {
                snapshot: Arc::new(Snapshot {
                    version,
                    language,
                    text: Rope::from_str(text),
                    base: Mutex::default(),
                    parsed: OnceLock::new(),
                    findings: OnceLock::new(),
                }),
                closed: false,
                analysing: false,
            }),
        }
    }

    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The newest snapshot.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.lock().snapshot.clone()
    }

    /// Whoever holds the lock decides alone what is published about the document.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the state halfway: it is replaced field by field.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies the changes of one notification, in their order. Returns the version before.
    pub(super) fn change(
        &self,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: PositionEncoding,
    ) -> i32 {
        let mut state = self.lock();
        let before = state.snapshot.version;
        state.snapshot = Arc::new(state.snapshot.changed(version, changes, encoding));
        before
    }
}

/// A document at one version.
#[derive(Debug)]
pub(super) struct Snapshot {
    version: i32,
    language: Language,
    text: Rope,
    /// What to parse from, while that may still be needed.
    base: Mutex<Option<Base>>,
    parsed: OnceLock<Arc<Document>>,
    findings: OnceLock<Arc<[Finding]>>,
}

/// An earlier version that was parsed, and what has changed since.
#[derive(Clone, Debug)]
struct Base {
    document: Arc<Document>,
    edits: Vec<(TextRange, String)>,
}

impl Snapshot {
    /// The client's number of this version.
    pub(super) const fn version(&self) -> i32 {
        self.version
    }

    /// The text.
    pub(super) const fn text(&self) -> &Rope {
        &self.text
    }

    /// The findings, if they are known already.
    pub(super) fn known_findings(&self) -> Option<Arc<[Finding]>> {
        self.findings.get().cloned()
    }

    /// The findings; computed by the first who asks, while others wait for it. For threads that
    /// may block.
    pub(super) fn findings(&self, analyse: Analyse) -> Result<Arc<[Finding]>, Panicked> {
        let compute = || {
            let parsed = self.parsed.get_or_init(|| Arc::new(self.parse()));
            analyse(parsed).into()
        };
        let findings = AssertUnwindSafe(|| self.findings.get_or_init(compute).clone());
        Ok(catch_unwind(findings)?)
    }

    /// Lets go of the tree of an earlier version: freeing one takes a while, so this is for when
    /// nobody waits.
    pub(super) fn forget_earlier(&self) {
        if self.parsed.get().is_some() {
            let base = self.lock_base().take();
            drop(base);
        }
    }

    fn lock_base(&self) -> MutexGuard<'_, Option<Base>> {
        self.base.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parse(&self) -> Document {
        let base = self.lock_base().clone();
        let Some(base) = base else {
            return Document::new(self.language, &self.text.to_string());
        };
        let mut document = Document::clone(&base.document);
        for (range, replacement) in &base.edits {
            document.edit(*range, replacement);
        }
        document
    }

    fn changed(
        &self,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: PositionEncoding,
    ) -> Self {
        let mut text = self.text.clone();
        let mut base = match self.parsed.get() {
            Some(document) => Some(Base {
                document: document.clone(),
                edits: Vec::new(),
            }),
            None => self.lock_base().clone(),
        };
        for change in changes {
            let Some(range) = change.range else {
                text = Rope::from_str(&change.text);
                base = None;
                continue;
            };
            let range = Converter::new(&text, encoding).text_range(range);
            let start = text.byte_to_char(range.start as usize);
            text.remove(start..text.byte_to_char(range.end as usize));
            text.insert(start, &change.text);
            if let Some(base) = &mut base {
                base.edits.push((range, change.text.clone()));
            }
        }
        Self {
            version,
            language: self.language,
            text,
            base: Mutex::new(base.filter(|it| it.edits.len() <= MAX_PENDING_EDITS)),
            parsed: OnceLock::new(),
            findings: OnceLock::new(),
        }
    }
}
