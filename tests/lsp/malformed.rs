//! What is no sound message costs nothing but itself.

use serde_json::{Value, json};

use crate::client::{BICEP, Client, frame};
use crate::toy;

#[tokio::test]
async fn malformed_frames_are_dropped() {
    let mut client = Client::in_process(toy::words);
    // Before `initialize` the client may not be sent a log message.
    client.send_bytes(b"GET / HTTP/1.1\r\n\r\n").await;
    client.initialize(json!({})).await;
    let shutdown = json!({ "jsonrpc": "2.0", "id": 7, "method": "shutdown" }).to_string();
    for malformed in [
        b"nonsense\r\n\r\n".to_vec(),
        b"Content-Length: many\r\n\r\n".to_vec(),
        b"Content-Length: 99999999999999999999\r\n\r\n".to_vec(),
        b"Content-Length: 4\r\n\r\n\xff\xfe\xff\xfe".to_vec(),
        b"Content-Length: 2\r\n\r\n{]".to_vec(),
        format!("Content-Length: 20\r\n\r\n{shutdown}").into_bytes(),
        format!("Content-Length: 2000\r\n\r\n{shutdown}").into_bytes(),
    ] {
        client.send_bytes(&malformed).await;
        client.settle().await;
        client.logged("dropped").await;
    }
    client.settle().await;
    // A body cut short leaves a second stretch of garbage.
    client.logged("dropped").await;
    assert_eq!(client.open_bicep("BAD").await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn frames_may_come_in_any_pieces() {
    let mut client = Client::in_process(toy::words);
    let params = json!({ "capabilities": {} });
    let bytes =
        frame(&json!({ "jsonrpc": "2.0", "id": "ä", "method": "initialize", "params": params }));
    for byte in bytes {
        client.send_bytes(&[byte]).await;
    }
    client.answer("ä").await.unwrap();
    client.finish().await;
}

#[tokio::test]
async fn messages_that_are_no_calls() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    for (message, id) in [
        (json!([]), Value::Null),
        (
            json!([{ "jsonrpc": "2.0", "id": 1, "method": "shutdown" }]),
            Value::Null,
        ),
        (json!(7), Value::Null),
        (json!({}), Value::Null),
        (json!({ "id": 1, "method": "shutdown" }), json!(1)),
        (
            json!({ "jsonrpc": "1.0", "id": "a", "method": "shutdown" }),
            json!("a"),
        ),
        (json!({ "jsonrpc": "2.0", "id": 2, "method": 3 }), json!(2)),
        (json!({ "jsonrpc": "2.0", "id": 3 }), json!(3)),
        (
            json!({ "jsonrpc": "2.0", "id": 1.5, "method": "shutdown" }),
            Value::Null,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": {}, "method": "shutdown" }),
            Value::Null,
        ),
    ] {
        client.send(message.clone()).await;
        let error = client.answer(id).await.unwrap_err();
        assert_eq!(error["code"], -32600, "{message}");
    }
    // Answers to what was never asked are none of anybody's concern.
    client
        .send(json!({ "jsonrpc": "2.0", "id": 99, "result": null }))
        .await;
    client
        .send(json!({ "jsonrpc": "2.0", "id": 99, "error": { "code": 1, "message": "no" } }))
        .await;
    client
        .send(json!({ "jsonrpc": "2.0", "id": null, "error": {} }))
        .await;
    client.finish().await;
}

#[tokio::test]
async fn half_a_character_does_not_cost_the_document() {
    let mut client = Client::in_process(toy::echo);
    client.initialize(json!({})).await;
    client.open_bicep("// x").await;
    let change = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{BICEP}","version":2}},"contentChanges":[{{"range":{{"start":{{"line":0,"character":3}},"end":{{"line":0,"character":3}}}},"text":"\ud83d"}}]}}}}"#
    );
    let bytes = format!("Content-Length: {}\r\n\r\n{change}", change.len());
    client.send_bytes(bytes.as_bytes()).await;
    let diagnostics = client.diagnostics(BICEP, 2).await;
    assert_eq!(diagnostics[0]["message"], "// \u{fffd}x");
    client.finish().await;
}
