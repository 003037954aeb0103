//! From `initialize` to `exit`, in their right and wrong order.

use serde_json::{Value, json};

use crate::client::{BICEP, Client, repairs};
use crate::toy;

const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const NOT_INITIALIZED: i64 = -32002;
const CANCELLED: i64 = -32800;

#[tokio::test]
async fn introduces_itself() {
    let mut client = Client::in_process(toy::words);
    let result = client.initialize(json!({})).await;
    assert_eq!(
        result,
        json!({
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
                "codeActionProvider": { "codeActionKinds": ["quickfix", "refactor.rewrite", "source.fixAll.apim-ls"], "resolveProvider": false },
                "hoverProvider": true,
                "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
            },
            "serverInfo": { "name": "apim-ls", "version": env!("CARGO_PKG_VERSION") },
        })
    );
    client.finish().await;
}

#[tokio::test]
async fn takes_the_first_encoding_it_knows() {
    for (offered, expected) in [
        (json!(["utf-8", "utf-16"]), "utf-8"),
        (json!(["utf-16", "utf-8"]), "utf-16"),
        (json!(["utf-32"]), "utf-32"),
        (json!(["utf-7", "utf-32", "utf-8"]), "utf-32"),
        (json!(["utf-7"]), "utf-16"),
        (json!([]), "utf-16"),
        (json!(null), "utf-16"),
    ] {
        let mut client = Client::in_process(toy::words);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let result = client.initialize(capabilities).await;
        assert_eq!(
            result["capabilities"]["positionEncoding"], expected,
            "{offered}"
        );
        client.finish().await;
    }
}

#[tokio::test]
async fn initializes_whatever_else_the_client_says() {
    for params in [
        json!(null),
        json!({}),
        json!({ "processId": "seven", "rootUri": "not a uri", "trace": "loud", "capabilities": 7 }),
        json!({ "capabilities": { "textDocument": { "codeAction": [], "future": { "a": 1 } } } }),
    ] {
        let mut client = Client::in_process(toy::words);
        client.request("initialize", params).await.unwrap();
        client.finish().await;
    }
}

#[tokio::test]
async fn refuses_requests_before_initialize() {
    let mut client = Client::in_process(toy::words);
    for method in [
        "textDocument/codeAction",
        "shutdown",
        "no/such",
        "$/no/such",
    ] {
        assert_eq!(client.refusal(method, json!({})).await, NOT_INITIALIZED);
    }
    // Too early, hence without effect: no diagnostics, and the change later is for no document.
    client.open(BICEP, "bicep", 1, "BAD").await;
    client.initialize(json!({})).await;
    client.change(BICEP, 2, json!([{ "text": "BAD" }])).await;
    client.settle().await;
    client.finish().await;
}

#[tokio::test]
async fn initializes_only_once() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    let params = json!({ "capabilities": { "general": { "positionEncodings": ["utf-8"] } } });
    assert_eq!(client.refusal("initialize", params).await, INVALID_REQUEST);
    let diagnostics = client.open_bicep("// 😀 BAD").await;
    assert_eq!(diagnostics[0]["range"]["start"]["character"], 6);
    client.finish().await;
}

#[tokio::test]
async fn messages_may_follow_initialize_at_once() {
    let mut client = Client::in_process(toy::words);
    let id = client
        .start("initialize", json!({ "capabilities": {} }))
        .await;
    client.notify("initialized", json!({})).await;
    client.open(BICEP, "bicep", 1, "BAD").await;
    client.answer(id).await.unwrap();
    assert_eq!(client.diagnostics(BICEP, 1).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn refuses_requests_after_shutdown() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.request("shutdown", Value::Null).await.unwrap();
    for method in [
        "textDocument/codeAction",
        "shutdown",
        "initialize",
        "no/such",
        "$/no/such",
    ] {
        assert_eq!(client.refusal(method, json!({})).await, INVALID_REQUEST);
    }
    client.open(BICEP, "bicep", 1, "BAD").await;
    client
        .send(json!({ "jsonrpc": "2.0", "method": "exit" }))
        .await;
    assert_eq!(client.exit_code().await, 0);
}

#[tokio::test]
async fn shuts_down_with_any_parameters() {
    for shutdown in [
        json!({ "jsonrpc": "2.0", "id": "bye", "method": "shutdown" }),
        json!({ "jsonrpc": "2.0", "id": "bye", "method": "shutdown", "params": null }),
        json!({ "jsonrpc": "2.0", "id": "bye", "method": "shutdown", "params": {} }),
        json!({ "jsonrpc": "2.0", "id": "bye", "method": "shutdown", "params": [] }),
    ] {
        let mut client = Client::in_process(toy::words);
        client.initialize(json!({})).await;
        client.send(shutdown).await;
        assert_eq!(client.answer("bye").await, Ok(Value::Null));
        client
            .send(json!({ "jsonrpc": "2.0", "method": "exit", "params": null }))
            .await;
        assert_eq!(client.exit_code().await, 0);
    }
}

#[tokio::test]
async fn unknown_methods() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    for method in [
        "no/such",
        "$/no/such",
        "textDocument/definition",
        "exit/now",
    ] {
        let params =
            json!({ "textDocument": { "uri": BICEP }, "position": { "line": 0, "character": 0 } });
        assert_eq!(
            client.refusal(method, params.clone()).await,
            METHOD_NOT_FOUND,
            "{method}"
        );
        client.notify(method, params).await;
    }
    for method in [
        "$/setTrace",
        "textDocument/didSave",
        "workspace/didChangeConfiguration",
    ] {
        client.notify(method, json!({ "settings": null })).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn calls_of_the_wrong_kind() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    assert_eq!(
        client.refusal("textDocument/didOpen", json!({})).await,
        INVALID_REQUEST
    );
    assert_eq!(
        client.refusal("textDocument/codeAction", json!({})).await,
        INVALID_PARAMS
    );
    client.notify("textDocument/codeAction", json!({})).await;
    client.notify("shutdown", Value::Null).await;
    client
        .notify("textDocument/didOpen", json!({ "textDocument": 7 }))
        .await;
    assert_eq!(client.open_bicep("BAD").await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn cancels_at_once() {
    let mut client = Client::in_process(toy::words);
    client
        .initialize(
            json!({ "textDocument": { "codeAction": { "codeActionLiteralSupport": {
        "codeActionKind": { "valueSet": [] } } } } }),
        )
        .await;
    client.open(BICEP, "bicep", 1, "STUCK BAD").await;
    let everything =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let params = json!({
        "textDocument": { "uri": BICEP }, "range": everything, "context": { "diagnostics": [] },
    });
    let started = std::time::Instant::now();
    let id = client
        .start("textDocument/codeAction", params.clone())
        .await;
    client.notify("$/cancelRequest", json!({ "id": id })).await;
    client
        .notify("$/cancelRequest", json!({ "id": "of nothing" }))
        .await;
    assert_eq!(client.answer(id).await.unwrap_err()["code"], CANCELLED);
    assert!(started.elapsed().as_millis() < 1500);

    // The same request, left to run, ends with the analysis.
    let actions = client
        .request("textDocument/codeAction", params)
        .await
        .unwrap();
    assert_eq!(repairs(&actions).len(), 1);
    client.notify("$/cancelRequest", json!({ "id": id })).await;
    client.diagnostics(BICEP, 1).await;
    client.finish().await;
}
