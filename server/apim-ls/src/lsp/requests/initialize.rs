//! `initialize`

use tower_lsp::ls_types::{InitializeParams, InitializeResult, ServerInfo};

use crate::lsp::capabilities::Client;
use crate::lsp::paths::{is_file, path_of};
use crate::lsp::session::Session;

/// Remembers what the client can do and answers with what the server offers.
pub(in crate::lsp) fn handle(session: &Session, params: &InitializeParams) -> InitializeResult {
    let client = Client::new(&params.capabilities);
    // Whichever way the client names its folders, they are here by now.
    let folders = params.workspace_folders.iter().flatten();
    let folders = folders.filter(|folder| is_file(&folder.uri));
    session.introduce(client, folders.map(|it| path_of(&it.uri)).collect());
    InitializeResult {
        capabilities: client.offer(),
        server_info: Some(ServerInfo {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    }
}
