//! A whole session with each editor whose `initialize` was recorded.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{BICEP, Client, repairs};
use crate::toy;

pub fn recorded() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lsp/editor-capabilities");
    let mut editors: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (
                name,
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap(),
            )
        })
        .collect();
    editors.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(editors.len() >= 10);
    editors
}

/// The one edit of an action, whichever way it is written; versioned edits must fit the document.
fn edit<'a>(action: &'a Value, initialize: &Value, version: i32) -> &'a Value {
    let versioned = initialize.pointer("/capabilities/workspace/workspaceEdit/documentChanges");
    let edits = if versioned == Some(&json!(true)) {
        let change = &action["edit"]["documentChanges"][0];
        assert_eq!(
            change["textDocument"],
            json!({ "uri": BICEP, "version": version })
        );
        &change["edits"]
    } else {
        assert_eq!(action["edit"].get("documentChanges"), None);
        &action["edit"]["changes"][BICEP]
    };
    assert_eq!(edits.as_array().unwrap().len(), 1);
    &edits[0]
}

#[tokio::test]
async fn every_recorded_editor_can_open_fix_and_close() {
    for (editor, initialize) in recorded() {
        let mut client = Client::in_process(toy::words);
        let result = client.request("initialize", initialize.clone()).await;
        let result = result.unwrap_or_else(|error| panic!("{editor}: {error}"));
        client.notify("initialized", json!({})).await;
        let watching = "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration";
        if initialize.pointer(watching) == Some(&json!(true)) {
            client.registration().await;
        }

        let offered = initialize.pointer("/capabilities/general/positionEncodings/0");
        let encoding = result["capabilities"]["positionEncoding"].as_str().unwrap();
        assert_eq!(
            encoding,
            offered.map_or("utf-16", |it| it.as_str().unwrap()),
            "{editor}"
        );

        let line = "// 😀 BAD";
        let units = |text: &str| match encoding {
            "utf-8" => text.len(),
            "utf-16" => text.encode_utf16().count(),
            _ => text.chars().count(),
        };
        let diagnostics = client.open_bicep(&format!("{line}\n")).await;
        let start = units("// 😀 ");
        let range = json!({
            "start": { "line": 0, "character": start }, "end": { "line": 0, "character": start + 3 },
        });
        assert_eq!(diagnostics[0]["range"], range, "{editor}");

        // As ALE sends it back: no source, no severity, no data.
        let shown =
            json!({ "range": range, "code": diagnostics[0]["code"], "message": "this is bad" });
        let params = json!({
            "textDocument": { "uri": BICEP },
            "range": range,
            "context": { "diagnostics": [shown], "only": [""] },
        });
        let actions = client
            .request("textDocument/codeAction", params)
            .await
            .unwrap();
        let actions = repairs(&actions);
        assert_eq!(actions.len(), 1, "{editor}");
        let edit = edit(&actions[0], &initialize, 1);
        assert_eq!(
            *edit,
            json!({ "range": range, "newText": "GOOD" }),
            "{editor}"
        );

        client
            .change(
                BICEP,
                2,
                json!([{ "range": edit["range"], "text": edit["newText"] }]),
            )
            .await;
        assert_eq!(
            client.diagnostics(BICEP, 2).await,
            Vec::<Value>::new(),
            "{editor}"
        );
        client.close(BICEP).await;
        client.cleared(BICEP).await;
        client.finish().await;
    }
}

#[test]
fn recordings_say_nothing_about_the_machine_they_come_from() {
    for (editor, initialize) in recorded() {
        let text = initialize.to_string();
        for trace in ["/home/", "/root", "/tmp", "/Users/", "\"processId\":1"] {
            assert!(!text.contains(trace), "{editor} mentions {trace}");
        }
    }
}
