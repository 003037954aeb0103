//! Clients that take no answers, or ask for too much.

use std::time::Duration;

use apim_ls::lsp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::client::{BICEP, Client, frame, repairs};
use crate::toy;

fn notification(method: &str, params: &Value) -> Vec<u8> {
    frame(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
}

/// What a client sends before anything else.
fn preamble(text: &str) -> Vec<u8> {
    let params = json!({ "capabilities": {} });
    let mut bytes =
        frame(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
    bytes.extend(notification("initialized", &json!({})));
    let document = json!({ "uri": BICEP, "languageId": "bicep", "version": 0, "text": text });
    bytes.extend(notification(
        "textDocument/didOpen",
        &json!({ "textDocument": document }),
    ));
    bytes
}

#[tokio::test]
async fn a_client_that_does_not_read_can_still_write() {
    let (mut output, server_input) = tokio::io::duplex(1 << 12);
    // Smaller than the answer to `initialize`: the server's output is stuck from the start.
    let (server_output, mut input) = tokio::io::duplex(16);
    let server = tokio::spawn(lsp::serve(server_input, server_output, toy::words));
    let write = async {
        output.write_all(&preamble("")).await.unwrap();
        for version in 1..=20_000 {
            let params = json!({
                "textDocument": { "uri": BICEP, "version": version },
                "contentChanges": [{ "text": "BAD ".repeat(version % 50 + 1) }],
            });
            output
                .write_all(&notification("textDocument/didChange", &params))
                .await
                .unwrap();
        }
        let document = json!({ "textDocument": { "uri": "file:///workspace/b.bicep", "languageId": "bicep", "version": 1, "text": "" } });
        output
            .write_all(&notification("textDocument/didOpen", &document))
            .await
            .unwrap();
    };
    timeout(Duration::from_secs(60), write)
        .await
        .expect("the server reads on");
    tokio::time::sleep(Duration::from_millis(500)).await;

    // Once the client reads, it gets the answer and of the diagnostics the newest, not thousands.
    let mut text = Vec::new();
    let read = async {
        let mut buffer = [0; 1 << 12];
        while !String::from_utf8_lossy(&text).contains("b.bicep") {
            let length = input.read(&mut buffer).await.unwrap();
            text.extend_from_slice(&buffer[..length]);
        }
    };
    timeout(Duration::from_secs(30), read)
        .await
        .expect("the server writes");
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(r#""version":20000"#), "{text}");
    assert!(text.matches("publishDiagnostics").count() < 5, "{text}");
    drop(output);
    timeout(Duration::from_secs(30), server)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn unread_answers_are_bounded() {
    let (mut output, server_input) = tokio::io::duplex(1 << 12);
    let (server_output, input) = tokio::io::duplex(16);
    let server = tokio::spawn(lsp::serve(server_input, server_output, toy::words));
    output.write_all(&preamble("")).await.unwrap();
    let mut sent = 0;
    // Who asks and never listens is not listened to any more.
    loop {
        let request = frame(&json!({ "jsonrpc": "2.0", "id": sent, "method": "no/such" }));
        let write = timeout(Duration::from_secs(2), output.write_all(&request));
        match write.await {
            Ok(written) => written.unwrap(),
            Err(_) => break,
        }
        sent += 1;
        assert!(sent < 10_000, "requests are taken without end");
    }
    assert!(sent > 4000, "only {sent} requests were taken");
    drop(input);
    timeout(Duration::from_secs(30), server)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_flood_of_slow_requests_does_not_stop_changes() {
    let mut client = Client::in_process(toy::words);
    client
        .initialize(
            json!({ "textDocument": { "codeAction": { "codeActionLiteralSupport": {
        "codeActionKind": { "valueSet": [] } } } } }),
        )
        .await;
    client.open(BICEP, "bicep", 1, "STUCK BAD").await;
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let params = json!({ "textDocument": { "uri": BICEP }, "range": range, "context": { "diagnostics": [] } });
    let mut ids = Vec::new();
    for _ in 0..1500 {
        ids.push(
            client
                .start("textDocument/codeAction", params.clone())
                .await,
        );
    }
    let started = std::time::Instant::now();
    client.change(BICEP, 2, json!([{ "text": "BAD" }])).await;
    client.settle().await;
    assert!(started.elapsed() < Duration::from_secs(2));
    let mut refused = 0;
    for id in ids {
        match client.answer(id).await {
            Ok(actions) => assert_eq!(repairs(&actions).len(), 1),
            Err(error) => {
                assert_eq!(error["code"], -32803);
                refused += 1;
            }
        }
    }
    // On a slow machine the analysis is done before all requests are sent.
    assert!(refused <= 1500 - 1024, "{refused} were refused");
    assert_eq!(client.diagnostics(BICEP, 2).await.len(), 1);
    client.finish().await;
}
