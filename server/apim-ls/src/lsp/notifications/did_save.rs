//! `textDocument/didSave`

use tower_lsp::ls_types::DidSaveTextDocumentParams;

use template::program::configuration::FILE_NAME;

use crate::lsp::paths::{is_file, path_of};
use crate::lsp::session::Session;

/// Has the configuration of a document looked at. What the document is, is known already; but many
/// clients watch no files, and have no server for this one.
pub(in crate::lsp) fn handle(session: &Session, params: &DidSaveTextDocumentParams) {
    let uri = &params.text_document.uri;
    if is_file(uri) && !session.client().watches_files {
        let path = path_of(uri);
        let folders = path.ancestors().skip(1);
        session.check(folders.map(|folder| folder.join(FILE_NAME)).collect());
    }
}
