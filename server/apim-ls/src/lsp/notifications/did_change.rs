//! `textDocument/didChange`

use std::sync::Arc;

use tower_lsp::ls_types::DidChangeTextDocumentParams;

use crate::lsp::analysis;
use crate::lsp::session::Session;

/// Applies the changes to a document that is open.
///
/// They are applied whatever their version says: the order of the messages is the truth about the
/// text, and a text that differs from the client's would make every later position wrong.
pub(in crate::lsp) fn handle(session: &Arc<Session>, params: &DidChangeTextDocumentParams) {
    let changed = &params.text_document;
    let uri = changed.uri.as_str();
    let Some(document) = session.document(&changed.uri) else {
        // No concern of the client's log: it is the ordinary case for documents left alone.
        tracing::info!(uri, "ignored a change of a document that is not open");
        return;
    };
    let encoding = session.client().encoding;
    let before = document.change(changed.version, &params.content_changes, encoding);
    if changed.version <= before {
        let version = changed.version;
        session.warn(&format!(
            "{uri} went from version {before} to {version}: versions should grow"
        ));
    }
    analysis::schedule(session, document);
}
