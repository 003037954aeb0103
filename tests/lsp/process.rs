//! The process: how it starts, what it prints, how it ends.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::client::{BICEP, Client, binary, frame};

fn exit() -> Value {
    json!({ "jsonrpc": "2.0", "method": "exit" })
}

#[tokio::test]
async fn a_session_over_standard_input_and_output() {
    for arguments in [
        &[][..],
        &["--stdio"],
        &["--stdio", "--clientProcessId=4711"],
        &["--clientProcessId", "1"],
    ] {
        let mut client = Client::process(arguments);
        let result = client.initialize(json!({})).await;
        assert_eq!(result["serverInfo"]["name"], "apim-ls");
        client
            .open(BICEP, "bicep", 1, "param location string\n")
            .await;
        assert_eq!(client.diagnostics(BICEP, 1).await, Vec::<Value>::new());
        client.close(BICEP).await;
        client.cleared(BICEP).await;
        // The input stays open: `exit` alone has to end the process.
        client.finish().await;
    }
}

#[tokio::test]
async fn exit_without_shutdown() {
    let mut client = Client::process(&[]);
    client.send(exit()).await;
    assert_eq!(client.exit_code().await, 1);

    let mut client = Client::process(&[]);
    client.initialize(json!({})).await;
    client.send(exit()).await;
    assert_eq!(client.exit_code().await, 1);
}

#[tokio::test]
async fn end_of_input() {
    let mut client = Client::process(&[]);
    client.hang_up();
    assert_eq!(client.exit_code().await, 1);

    let mut client = Client::process(&[]);
    client.initialize(json!({})).await;
    client.send_bytes(b"Content-Length: 100\r\n\r\n{").await;
    client.hang_up();
    client.logged("ends within a message").await;
    assert_eq!(client.exit_code().await, 1);

    let mut client = Client::process(&[]);
    client.initialize(json!({})).await;
    client.request("shutdown", Value::Null).await.unwrap();
    client.hang_up();
    assert_eq!(client.exit_code().await, 0);
}

#[tokio::test]
async fn a_whole_session_in_one_write() {
    let mut client = Client::process(&[]);
    let call = |id: u32, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": { "capabilities": {} } });
    let mut bytes = frame(&call(1, "initialize"));
    bytes.extend(frame(&call(2, "shutdown")));
    bytes.extend(frame(&exit()));
    client.send_bytes(&bytes).await;
    client.answer(1).await.unwrap();
    client.answer(2).await.unwrap();
    assert_eq!(client.exit_code().await, 0);
}

#[tokio::test]
async fn malformed_input_is_survived() {
    let mut client = Client::process(&[]);
    client
        .send_bytes(b"\xff\xfe\r\n\r\nContent-Length: 1\r\n\r\n\xff")
        .await;
    client.initialize(json!({})).await;
    client.send_bytes(b"Content-Length: -1\r\n\r\n").await;
    client.settle().await;
    client.logged("dropped").await;
    client.finish().await;
}

#[tokio::test]
async fn a_closed_output_ends_the_process_without_a_panic() {
    let mut child = binary(&[])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} });
    input.write_all(&frame(&initialize)).await.unwrap();
    let status = timeout(Duration::from_secs(30), child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(1));
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .await
        .unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    drop(input);
}

#[tokio::test]
async fn logs_go_to_standard_error() {
    let mut command = binary(&[]);
    command
        .env("APIM_LS_LOG", "trace")
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"nonsense\r\n\r\n").await.unwrap();
    drop(input);
    let output = timeout(Duration::from_secs(30), child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("no message header"));
    assert_eq!(output.stdout, b"");
}

#[tokio::test]
async fn exit_is_prompt_though_nobody_reads() {
    let mut child = binary(&[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} });
    input.write_all(&frame(&initialize)).await.unwrap();
    for id in 0..3000 {
        let request =
            json!({ "jsonrpc": "2.0", "id": id, "method": "no/such", "params": "x".repeat(100) });
        input.write_all(&frame(&request)).await.unwrap();
    }
    input.write_all(&frame(&exit())).await.unwrap();
    let status = timeout(Duration::from_secs(10), child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}

#[tokio::test]
async fn a_client_that_reads_no_errors_is_served() {
    let mut command = binary(&[]);
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    // Several times what a pipe holds.
    for _ in 0..5000 {
        input.write_all(b"nonsense\r\n\r\n").await.unwrap();
    }
    let shutdown = json!({ "jsonrpc": "2.0", "id": 1, "method": "shutdown" });
    input.write_all(&frame(&shutdown)).await.unwrap();
    let mut answer = [0; 16];
    let read = output.read_exact(&mut answer);
    timeout(Duration::from_secs(30), read)
        .await
        .expect("an answer")
        .unwrap();
    input.write_all(&frame(&exit())).await.unwrap();
    let status = timeout(Duration::from_secs(30), child.wait());
    assert_eq!(status.await.expect("an end").unwrap().code(), Some(1));
}
