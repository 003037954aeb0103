//! `textDocument/didOpen`

use std::path::Path;

use syntax::Language;
use tower_lsp::ls_types::{DidOpenTextDocumentParams, Uri};

use crate::lsp::document::Snapshot;
use crate::lsp::paths::path_of;
use crate::lsp::session::Session;

/// Takes a document in, if it is one of ours.
pub(in crate::lsp) fn handle(session: &Session, params: DidOpenTextDocumentParams) {
    let opened = params.text_document;
    let Some(language) = language(&opened.uri, &opened.language_id) else {
        tracing::debug!(uri = opened.uri.as_str(), "left alone");
        return;
    };
    let snapshot = Snapshot::new(language, opened.version, &opened.text);
    let path = path_of(&opened.uri);
    if session.desk.open(path, opened.uri.clone(), snapshot) {
        let uri = opened.uri.as_str();
        session.warn(&format!("{uri} was opened twice: the second text counts"));
    }
}

/// The language of a document, if it is one of ours.
///
/// Documents of other schemes are not what they look like: `git:` holds an old version of a file,
/// and squiggles there would be about the past.
fn language(uri: &Uri, language_id: &str) -> Option<Language> {
    let scheme = uri.scheme().as_str();
    if !["file", "untitled"]
        .iter()
        .any(|it| scheme.eq_ignore_ascii_case(it))
    {
        return None;
    }
    let of_path = Language::of_path(Path::new(uri.path().as_str()));
    let of_id = match language_id.to_ascii_lowercase().as_str() {
        "bicep" => Some(Language::Bicep),
        "bicep-params" | "bicep-param" | "bicepparam" => Some(Language::BicepParameters),
        "json" | "jsonc" | "arm-template" | "arm-deployment" | "arm" => Some(Language::Json),
        _ => None,
    };
    match (of_id, of_path) {
        // Editors that know no language of parameter files open them as Bicep.
        (Some(Language::Bicep), Some(Language::BicepParameters)) => of_path,
        _ => of_id.or(of_path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        use Language::{Bicep, BicepParameters, Json};
        for (uri, id, expected) in [
            ("file:///a/main.bicep", "bicep", Some(Bicep)),
            ("file:///a/main.bicep", "plaintext", Some(Bicep)),
            ("file:///a/main.BICEP", "", Some(Bicep)),
            ("file:///a/b%20c/main.bicep", "", Some(Bicep)),
            ("untitled:Untitled-1", "bicep", Some(Bicep)),
            ("untitled:Untitled-1", "plaintext", None),
            (
                "file:///a/x.bicepparam",
                "bicep-params",
                Some(BicepParameters),
            ),
            ("file:///a/x.bicepparam", "bicep", Some(BicepParameters)),
            ("file:///a/azuredeploy.json", "json", Some(Json)),
            ("file:///a/azuredeploy.json", "arm-template", Some(Json)),
            ("file:///a/azuredeploy.jsonc", "jsonc", Some(Json)),
            ("file:///a/template", "arm-template", Some(Json)),
            ("file:///a/main.rs", "rust", None),
            ("file:///a/readme", "", None),
            ("git:/a/main.bicep?%7B%7D", "bicep", None),
            ("vscode-notebook-cell:/a#1", "json", None),
        ] {
            let parsed = uri.parse().unwrap();
            assert_eq!(language(&parsed, id), expected, "{uri} as {id:?}");
        }
    }
}
