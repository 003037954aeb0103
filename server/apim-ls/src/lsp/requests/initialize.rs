//! `initialize`

use tower_lsp::ls_types::{InitializeParams, InitializeResult, ServerInfo};

use crate::lsp::capabilities::Client;
use crate::lsp::session::Session;

/// Remembers what the client can do and answers with what the server offers.
pub(in crate::lsp) fn handle(session: &Session, params: &InitializeParams) -> InitializeResult {
    let client = Client::new(&params.capabilities);
    session.set_client(client);
    InitializeResult {
        capabilities: client.offer(),
        server_info: Some(ServerInfo {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    }
}
