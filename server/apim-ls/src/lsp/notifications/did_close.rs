//! `textDocument/didClose`

use std::sync::Arc;

use tower_lsp::ls_types::DidCloseTextDocumentParams;

use crate::lsp::analysis;
use crate::lsp::session::Session;

/// Lets go of a document and clears its diagnostics.
pub(in crate::lsp) fn handle(session: &Arc<Session>, params: &DidCloseTextDocumentParams) {
    let uri = &params.text_document.uri;
    match session.remove(uri) {
        Some(document) => analysis::close(session, &document),
        None => tracing::info!(uri = uri.as_str(), "a document that is not open was closed"),
    }
}
