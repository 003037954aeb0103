//! `initialized`

use serde_json::json;

use crate::lsp::notifications::did_change_watched_files;
use crate::lsp::session::Session;

/// Asks the client to watch files, if it can. Nobody waits for its answer.
pub(in crate::lsp) fn handle(session: &Session) {
    if session.client().watches_files
        && let Some(registration) = did_change_watched_files::registration()
    {
        let params = json!({ "registrations": [registration] });
        session
            .outbox
            .ask("watch", "client/registerCapability", &params);
    }
}
