//! A client that notices everything: each message of the server has to be claimed by a test, and
//! nothing is waited for without an end.

mod published;

use std::process::Stdio;
use std::time::Duration;

use apim_ls::lsp::{self, Analyse, Ending};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Generous, for machines that do ten things at once.
const PATIENCE: Duration = Duration::from_secs(30);

pub const BICEP: &str = "file:///workspace/main.bicep";

type Writer = Box<dyn AsyncWrite + Send + Unpin>;

enum Server {
    InProcess(JoinHandle<Ending>),
    Process(Box<Child>),
}

pub struct Client {
    output: Option<Writer>,
    incoming: UnboundedReceiver<Value>,
    /// Received, but not claimed yet.
    unclaimed: Vec<Value>,
    server: Server,
    next_id: i64,
}

pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Those of the actions that repair one finding, not those that silence rules or repair all at once.
pub fn repairs(actions: &Value) -> Vec<Value> {
    let actions = actions.as_array().expect("a list of actions");
    let is_repair = |action: &&Value| {
        let title = action["title"].as_str().unwrap();
        let others = ["Suppress `", "Turn `", "Fix all `"];
        !others.iter().any(|other| title.starts_with(other))
    };
    actions.iter().filter(is_repair).cloned().collect()
}

/// The binary, ready to be spoken to.
pub fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apim-ls"));
    command
        .arg("server")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

impl Client {
    /// A server in this process, with rules of the test's choice.
    pub fn in_process(analyse: Analyse) -> Self {
        let (output, server_input) = tokio::io::duplex(1 << 16);
        let (server_output, input) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(lsp::serve(server_input, server_output, analyse));
        Self::new(Box::new(output), input, Server::InProcess(server))
    }

    /// The binary.
    pub fn process(arguments: &[&str]) -> Self {
        let mut child = binary(arguments).spawn().unwrap();
        let output = child.stdin.take().unwrap();
        let input = child.stdout.take().unwrap();
        Self::new(Box::new(output), input, Server::Process(Box::new(child)))
    }

    fn new(output: Writer, input: impl AsyncRead + Send + Unpin + 'static, server: Server) -> Self {
        let (sender, incoming) = mpsc::unbounded_channel();
        tokio::spawn(read(input, sender));
        Self {
            output: Some(output),
            incoming,
            unclaimed: Vec::new(),
            server,
            next_id: 0,
        }
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let output = self.output.as_mut().expect("the input is still open");
        let send = async {
            output.write_all(bytes).await?;
            output.flush().await
        };
        timeout(PATIENCE, send)
            .await
            .expect("the server reads")
            .unwrap();
    }

    pub async fn send(&mut self, message: Value) {
        self.send_bytes(&frame(&message)).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
            .await;
    }

    /// Sends a request without waiting; returns its id.
    pub async fn start(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    /// Claims the answer to a request.
    pub async fn answer(&mut self, id: impl Into<Value>) -> Result<Value, Value> {
        let id = id.into();
        let mut response = self
            .claim(&format!("the answer to {id}"), |it| {
                it.get("method").is_none() && it["id"] == id
            })
            .await;
        match response.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(response["result"].take()),
        }
    }

    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.start(method, params).await;
        self.answer(id).await
    }

    /// The error code that a request is refused with.
    pub async fn refusal(&mut self, method: &str, params: Value) -> i64 {
        let error = self.request(method, params).await.unwrap_err();
        error["code"].as_i64().unwrap()
    }

    pub async fn initialize(&mut self, capabilities: Value) -> Value {
        self.initialize_in(&[], capabilities).await
    }

    /// Initializes the server with folders, by their URIs.
    pub async fn initialize_in(&mut self, folders: &[String], capabilities: Value) -> Value {
        let folders: Vec<_> = folders
            .iter()
            .map(|uri| json!({ "uri": uri, "name": "" }))
            .collect();
        let params = json!({
            "processId": null,
            "rootUri": null,
            "workspaceFolders": folders,
            "capabilities": capabilities,
        });
        let result = self.request("initialize", params).await.unwrap();
        self.notify("initialized", json!({})).await;
        result
    }

    pub async fn open(&mut self, uri: &str, language: &str, version: i32, text: &str) {
        let document =
            json!({ "uri": uri, "languageId": language, "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }))
            .await;
    }

    /// Opens a Bicep document and waits until it has been analysed.
    pub async fn open_bicep(&mut self, text: &str) -> Vec<Value> {
        self.open(BICEP, "bicep", 1, text).await;
        self.diagnostics(BICEP, 1).await
    }

    pub async fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        )
        .await;
    }

    pub async fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri } }),
        )
        .await;
    }

    /// Waits for the request to watch files, and answers it.
    pub async fn registration(&mut self) -> Value {
        let mut request = self
            .claim("a registration", |it| {
                it["method"] == "client/registerCapability"
            })
            .await;
        self.send(json!({ "jsonrpc": "2.0", "id": request["id"], "result": null }))
            .await;
        request["params"]["registrations"][0].take()
    }

    /// Claims a message to the client's log that contains a text.
    pub async fn logged(&mut self, text: &str) {
        self.claim(&format!("a log message with {text:?}"), |it| {
            let message = &it["params"]["message"];
            it["method"] == "window/logMessage"
                && message.as_str().is_some_and(|it| it.contains(text))
        })
        .await;
    }

    /// Waits until everything that was sent before has been taken in.
    pub async fn settle(&mut self) {
        assert_eq!(self.refusal("$/settle", Value::Null).await, -32601);
    }

    async fn claim(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unclaimed.iter().position(&is_it) {
            return self.unclaimed.remove(at);
        }
        loop {
            let Ok(message) = timeout(PATIENCE, self.incoming.recv()).await else {
                panic!("{what} does not come; unclaimed: {:#?}", self.unclaimed);
            };
            let Some(message) = message else {
                panic!(
                    "the server left before {what} came; unclaimed: {:#?}",
                    self.unclaimed
                );
            };
            if is_it(&message) {
                return message;
            }
            self.unclaimed.push(message);
        }
    }

    /// Ends the session in good order.
    pub async fn finish(mut self) {
        assert_eq!(self.request("shutdown", Value::Null).await, Ok(Value::Null));
        self.send(json!({ "jsonrpc": "2.0", "method": "exit" }))
            .await;
        assert_eq!(self.exit_code().await, 0);
    }

    /// Closes the server's input.
    pub fn hang_up(&mut self) {
        self.output = None;
    }

    /// Waits for the server's end, and for nothing that was not expected. The input stays open
    /// unless the test has hung up.
    pub async fn exit_code(mut self) -> i32 {
        let ending = async {
            match &mut self.server {
                Server::InProcess(server) => i32::from(server.await.unwrap().exit_code()),
                Server::Process(child) => child.wait().await.unwrap().code().expect("no signal"),
            }
        };
        let code = timeout(PATIENCE, ending).await.expect("the server ends");
        while let Some(message) = timeout(PATIENCE, self.incoming.recv()).await.unwrap() {
            self.unclaimed.push(message);
        }
        assert!(
            self.unclaimed.is_empty(),
            "nobody claimed {:#?}",
            self.unclaimed
        );
        code
    }
}

async fn read(input: impl AsyncRead + Unpin, messages: UnboundedSender<Value>) {
    let mut input = BufReader::new(input);
    loop {
        let mut header = String::new();
        if input.read_line(&mut header).await.unwrap_or(0) == 0 {
            return;
        }
        let length = header
            .strip_prefix("Content-Length: ")
            .and_then(|it| it.strip_suffix("\r\n"))
            .unwrap_or_else(|| panic!("the output is not the protocol: {header:?}"));
        let mut body = vec![0; 2 + length.parse::<usize>().unwrap()];
        if input.read_exact(&mut body).await.is_err() {
            return;
        }
        assert!(body.starts_with(b"\r\n"));
        if messages
            .send(serde_json::from_slice(&body).unwrap())
            .is_err()
        {
            return;
        }
    }
}
