//! An open document at one version.
//!
//! A change edits the text at once and leaves parsing to the analysis: a [`Snapshot`] parses when
//! it is first asked for its tree, from the last tree that exists and the edits since.
//!
//! Invariants: a snapshot never changes; its text is what the client sees at its version.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ropey::Rope;
use syntax::position::PositionEncoding;
use syntax::{Document, Language, TextRange};
use tower_lsp::ls_types::TextDocumentContentChangeEvent;

use super::convert::Converter;

/// More edits than this since the last tree, and a fresh parse is cheaper than one for each.
const MAX_PENDING_EDITS: usize = 8;

/// A document at one version.
#[derive(Debug)]
pub(super) struct Snapshot {
    version: i32,
    language: Language,
    text: Rope,
    /// What to parse from, while that may still be needed.
    base: Mutex<Option<Base>>,
    parsed: OnceLock<Arc<Document>>,
}

/// An earlier version that was parsed, and what has changed since.
#[derive(Clone, Debug)]
struct Base {
    document: Arc<Document>,
    edits: Vec<(TextRange, String)>,
}

impl Snapshot {
    /// A document as it is opened.
    pub(super) fn new(language: Language, version: i32, text: &str) -> Self {
        Self {
            version,
            language,
            text: Rope::from_str(text),
            base: Mutex::default(),
            parsed: OnceLock::new(),
        }
    }

    /// The client's number of this version.
    pub(super) const fn version(&self) -> i32 {
        self.version
    }

    /// The text.
    pub(super) const fn text(&self) -> &Rope {
        &self.text
    }

    /// The document, with its tree; parsed by the first who asks.
    pub(super) fn document(&self) -> &Arc<Document> {
        self.parsed.get_or_init(|| Arc::new(self.parse()))
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

    /// The document after the changes of one notification, in their order.
    pub(super) fn changed(
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
        }
    }
}
