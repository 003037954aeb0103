//! The parameters of `initialize`.

use std::path::Path;

use serde_json::{Map, Value, json};
use tower_lsp::ls_types::Uri;

use crate::lsp::capabilities::SNIPPET_EDITS;
use crate::lsp::paths::uri_of;

/// What the server reads of the parameters.
pub(super) fn parameters(params: &Value) -> Value {
    json!({
        "capabilities": client_capabilities(params),
        "workspaceFolders": folders(params),
    })
}

/// The abilities that a client has or lacks and the server asks for.
const ABILITIES: [&[&str]; 6] = [
    &["workspace", "workspaceEdit", "documentChanges"],
    &["workspace", "didChangeWatchedFiles", "dynamicRegistration"],
    &["textDocument", "codeAction", "isPreferredSupport"],
    &["textDocument", "codeAction", "disabledSupport"],
    &["textDocument", "publishDiagnostics", "relatedInformation"],
    &[
        "textDocument",
        "publishDiagnostics",
        "codeDescriptionSupport",
    ],
];

/// The folders that a client has open: those that it lists, else the one that it names by one of the
/// older fields.
fn folders(params: &Value) -> Vec<Value> {
    let is_uri = |uri: &str| uri.parse::<Uri>().is_ok();
    let named = |uri: &str| json!({ "uri": uri, "name": "" });
    let listed = params.get("workspaceFolders").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    let listed: Vec<_> = listed
        .filter_map(|folder| folder.get("uri")?.as_str())
        .filter(|uri| is_uri(uri))
        .map(named)
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let uri = params.get("rootUri").and_then(Value::as_str);
    if let Some(uri) = uri.filter(|uri| is_uri(uri)) {
        return vec![named(uri)];
    }
    let path = params.get("rootPath").and_then(Value::as_str);
    let uri = path.and_then(|path| uri_of(Path::new(path)));
    uri.iter().map(|uri| named(uri.as_str())).collect()
}

fn client_capabilities(params: &Value) -> Value {
    let mut kept = Map::new();
    let declared = |path: &[&str]| {
        let capabilities = params.get("capabilities")?;
        path.iter().try_fold(capabilities, |it, key| it.get(key))
    };
    for path in ABILITIES {
        if let Some(Value::Bool(able)) = declared(path) {
            insert(&mut kept, path, Value::Bool(*able));
        }
    }
    let snippets = ["workspace", "workspaceEdit", SNIPPET_EDITS];
    if let Some(Value::Bool(able)) = declared(&snippets) {
        // The framework knows nothing of it, but lets through what is experimental.
        insert(
            &mut kept,
            &["experimental", SNIPPET_EDITS],
            Value::Bool(*able),
        );
    }
    let operations = ["workspace", "workspaceEdit", "resourceOperations"];
    if let Some(Value::Array(listed)) = declared(&operations) {
        let listed = listed.iter().filter(|it| **it == "create").cloned();
        insert(&mut kept, &operations, listed.collect());
    }
    let encodings = ["general", "positionEncodings"];
    if let Some(Value::Array(offered)) = declared(&encodings) {
        let offered = offered.iter().filter(|it| it.is_string()).cloned();
        insert(&mut kept, &encodings, offered.collect());
    }
    // The order says what the client likes best, so what the framework does not know only goes.
    let formats = ["textDocument", "hover", "contentFormat"];
    if let Some(Value::Array(offered)) = declared(&formats) {
        let is_known = |it: &&Value| **it == "markdown" || **it == "plaintext";
        let offered = offered.iter().filter(is_known).cloned();
        insert(&mut kept, &formats, offered.collect());
    }
    // Which kinds the client knows does not matter: it has to cope with those that it does not.
    let literals = ["textDocument", "codeAction", "codeActionLiteralSupport"];
    if let Some(Value::Object(_)) = declared(&literals) {
        let any = json!({ "codeActionKind": { "valueSet": [] } });
        insert(&mut kept, &literals, any);
    }
    Value::Object(kept)
}

fn insert(into: &mut Map<String, Value>, path: &[&str], value: Value) {
    let [key, rest @ ..] = path else { return };
    if rest.is_empty() {
        into.insert((*key).to_owned(), value);
        return;
    }
    let inner = into
        .entry(*key)
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        insert(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_of_the_wrong_shape_count_as_absent() {
        let params = json!({
            "processId": "seven",
            "trace": "loud",
            "capabilities": {
                "general": { "positionEncodings": ["utf-8", 7] },
                "workspace": { "workspaceEdit": {
                    "documentChanges": true,
                    "other": 1,
                    "resourceOperations": ["create", "dream", 1],
                    "snippetEditSupport": true,
                } },
                "textDocument": {
                    "codeAction": "yes",
                    "hover": { "contentFormat": ["html", 1, "markdown"] },
                    "synchronization": [],
                },
            },
        });
        let kept = json!({
            "general": { "positionEncodings": ["utf-8"] },
            "workspace": {
                "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] },
            },
            "experimental": { "snippetEditSupport": true },
            "textDocument": { "hover": { "contentFormat": ["markdown"] } },
        });
        assert_eq!(
            parameters(&params),
            json!({ "capabilities": kept, "workspaceFolders": [] })
        );
        assert_eq!(
            parameters(&Value::Null),
            json!({ "capabilities": {}, "workspaceFolders": [] })
        );
    }

    #[test]
    fn folders_by_whichever_field_names_them() {
        let folder = |uri: &str| json!({ "uri": uri, "name": "x" });
        let both = json!([
            folder("file:///a"),
            folder("not a uri"),
            {},
            folder("file:///b%20c")
        ]);
        for (params, expected) in [
            (
                json!({ "workspaceFolders": both, "rootUri": "file:///r" }),
                &["file:///a", "file:///b%20c"][..],
            ),
            (
                json!({ "workspaceFolders": [], "rootUri": "file:///r", "rootPath": "/p" }),
                &["file:///r"],
            ),
            (
                json!({ "workspaceFolders": null, "rootUri": "file:///r" }),
                &["file:///r"],
            ),
            (
                json!({ "rootUri": null, "rootPath": "/p q" }),
                if cfg!(windows) {
                    &[]
                } else {
                    &["file:///p%20q"]
                },
            ),
            (json!({ "rootUri": 7, "rootPath": "p" }), &[]),
            (json!({}), &[]),
        ] {
            let found = folders(&params);
            let uris: Vec<_> = found.iter().map(|it| it["uri"].as_str().unwrap()).collect();
            assert_eq!(uris, expected, "{params}");
        }
    }
}
