//! `textDocument/didClose`

use tower_lsp::ls_types::DidCloseTextDocumentParams;

use crate::lsp::paths::path_of;
use crate::lsp::session::Session;

/// Lets go of a document: the file is what is on disk again.
pub(in crate::lsp) fn handle(session: &Session, params: &DidCloseTextDocumentParams) {
    let uri = &params.text_document.uri;
    if !session.desk.close(&path_of(uri)) {
        tracing::info!(uri = uri.as_str(), "a document that is not open was closed");
    }
}
