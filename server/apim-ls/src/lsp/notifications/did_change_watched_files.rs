//! `workspace/didChangeWatchedFiles`

use tower_lsp::ls_types::{
    DidChangeWatchedFilesParams, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher,
    GlobPattern, Registration, WatchKind,
};

use crate::lsp::paths::{is_file, path_of};
use crate::lsp::session::Session;

/// Templates, parameter files, and what templates load.
const FILES: &str = "**/*.{bicep,bicepparam,json,jsonc,xml,yaml,yml,txt}";

/// Has the disk looked at.
pub(in crate::lsp) fn handle(session: &Session, params: DidChangeWatchedFilesParams) {
    let files = params.changes.into_iter().map(|change| change.uri);
    let paths: Vec<_> = files.filter(is_file).map(|uri| path_of(&uri)).collect();
    if !paths.is_empty() {
        session.check(paths);
    }
}

/// What a client that can is asked to watch.
pub(in crate::lsp) fn registration() -> Option<Registration> {
    let watch = |pattern: &str, kind| FileSystemWatcher {
        glob_pattern: GlobPattern::String(pattern.to_owned()),
        kind,
    };
    let options = DidChangeWatchedFilesRegistrationOptions {
        watchers: vec![
            watch(FILES, None),
            // Of a folder that goes, some clients tell only its own name.
            watch("**", Some(WatchKind::Delete)),
        ],
    };
    Some(Registration {
        id: "files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(serde_json::to_value(options).ok()?),
    })
}
