//! `workspace/didChangeWorkspaceFolders`

use tower_lsp::ls_types::DidChangeWorkspaceFoldersParams;

use crate::lsp::paths::{is_file, path_of};
use crate::lsp::session::Session;

/// Takes folders into sight, and out of it.
pub(in crate::lsp) fn handle(session: &Session, params: &DidChangeWorkspaceFoldersParams) {
    for folder in params.event.removed.iter().filter(|it| is_file(&it.uri)) {
        session.leave(path_of(&folder.uri));
    }
    for folder in params.event.added.iter().filter(|it| is_file(&it.uri)) {
        session.enter(path_of(&folder.uri));
    }
}
