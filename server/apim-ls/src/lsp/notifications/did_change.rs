//! `textDocument/didChange`

use tower_lsp::ls_types::DidChangeTextDocumentParams;

use crate::lsp::paths::path_of;
use crate::lsp::session::Session;

/// Applies the changes to a document that is open.
///
/// They are applied whatever their version says: the order of the messages is the truth about the
/// text, and a text that differs from the client's would make every later position wrong.
pub(in crate::lsp) fn handle(session: &Session, params: &DidChangeTextDocumentParams) {
    let changed = &params.text_document;
    let uri = changed.uri.as_str();
    let encoding = session.client().encoding;
    let version = changed.version;
    let before = session.desk.edit(&path_of(&changed.uri), |document| {
        document.changed(version, &params.content_changes, encoding)
    });
    match before {
        // No concern of the client's log: it is the ordinary case for documents left alone.
        None => tracing::info!(uri, "ignored a change of a document that is not open"),
        Some(before) if version <= before => session.warn(&format!(
            "{uri} went from version {before} to {version}: versions should grow"
        )),
        Some(_) => {}
    }
}
