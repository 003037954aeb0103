//! The table of methods.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CodeActionParams, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, Hover, HoverParams, InitializeParams,
    InitializeResult, InitializedParams,
};
use tower_lsp::{LanguageServer, LspService};

use super::requests::code_action::Action;
use super::session::Session;
use super::{notifications, requests};

/// The methods of the protocol that the server knows.
pub(super) struct Server {
    session: Arc<Session>,
}

impl Server {
    const fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    async fn code_actions(&self, params: CodeActionParams) -> Result<Option<Vec<Action>>> {
        requests::code_action::handle(&self.session, params).await
    }
}

/// The framework's type of the answer to this one has no room for snippets, so that it goes by
/// another name, with a type of our own.
const CODE_ACTION: &str = "textDocument/codeAction";
const OUR_CODE_ACTION: &str = "apim-ls/codeAction";

/// The name by which the framework has a method.
pub(super) fn name_of(method: String) -> String {
    if method == CODE_ACTION {
        return OUR_CODE_ACTION.to_owned();
    }
    method
}

/// The methods of a session.
pub(super) fn service(session: &Arc<Session>) -> LspService<Server> {
    // The framework's handle to the client goes unused: it can wait for the client.
    let (service, _) = LspService::build(|_| Server::new(Arc::clone(session)))
        .custom_method(OUR_CODE_ACTION, Server::code_actions)
        .finish();
    service
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(requests::initialize::handle(&self.session, &params))
    }

    async fn initialized(&self, _: InitializedParams) {
        notifications::initialized::handle(&self.session);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        notifications::did_open::handle(&self.session, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        notifications::did_change::handle(&self.session, &params);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        notifications::did_close::handle(&self.session, &params);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        notifications::did_save::handle(&self.session, &params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        notifications::did_change_workspace_folders::handle(&self.session, &params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        notifications::did_change_watched_files::handle(&self.session, params);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        requests::hover::handle(&self.session, params).await
    }

    // This changes nothing that the server knows; clients send it all the same.

    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {}
}
