//! What the server publishes.

use std::time::Duration;

use serde_json::{Value, json};

use super::Client;

impl Client {
    /// Waits for the diagnostics of a version. Those of older ones may come before, in order.
    pub async fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let mut newest = None;
        loop {
            let mut params = self.any_diagnostics(uri).await;
            let Some(published) = params["version"].as_i64() else {
                panic!("diagnostics of a closed document: {params}");
            };
            assert!(
                newest < Some(published),
                "an older version after a newer: {params}"
            );
            assert!(published <= i64::from(version), "no such version: {params}");
            newest = Some(published);
            if published == i64::from(version) {
                let Value::Array(diagnostics) = params["diagnostics"].take() else {
                    panic!("no list of diagnostics: {params}");
                };
                return diagnostics;
            }
        }
    }

    /// Waits for what clears the diagnostics of a closed document; older ones may come before.
    pub async fn cleared(&mut self, uri: &str) {
        loop {
            let params = self.any_diagnostics(uri).await;
            if params.get("version").is_none() {
                assert_eq!(params["diagnostics"], json!([]));
                return;
            }
        }
    }

    /// Waits for other diagnostics of a version that has had some.
    pub async fn diagnostics_again(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let mut params = self.any_diagnostics(uri).await;
        assert_eq!(params["version"], version);
        match params["diagnostics"].take() {
            Value::Array(diagnostics) => diagnostics,
            other => panic!("no list of diagnostics: {other}"),
        }
    }

    /// Waits for the diagnostics of a document that was closed and opened at once: it may have been
    /// cleared in between.
    pub async fn reopened(&mut self, uri: &str, version: i32) -> Vec<Value> {
        loop {
            let mut params = self.any_diagnostics(uri).await;
            if params["version"] == version
                && let Value::Array(diagnostics) = params["diagnostics"].take()
            {
                return diagnostics;
            }
        }
    }

    /// Waits for diagnostics of a file that is not open.
    pub async fn of_file(&mut self, uri: &str) -> Vec<Value> {
        let mut params = self.any_diagnostics(uri).await;
        assert_eq!(params.get("version"), None, "the file is not open");
        match params["diagnostics"].take() {
            Value::Array(diagnostics) => diagnostics,
            other => panic!("no list of diagnostics: {other}"),
        }
    }

    /// Gives a document that is closed time to be published once more, and holds it to be shown
    /// without diagnostics then.
    pub async fn remains_cleared(&mut self, uri: &str) {
        self.settle().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.settle().await;
        let is_it = |it: &Value| {
            it["method"] == "textDocument/publishDiagnostics" && it["params"]["uri"] == uri
        };
        let published: Vec<_> = self.unclaimed.extract_if(.., |it| is_it(it)).collect();
        if let Some(last) = published.last() {
            assert_eq!(last["params"]["diagnostics"], json!([]));
        }
    }

    async fn any_diagnostics(&mut self, uri: &str) -> Value {
        let mut message = self
            .claim(&format!("diagnostics of {uri}"), |it| {
                it["method"] == "textDocument/publishDiagnostics" && it["params"]["uri"] == uri
            })
            .await;
        message["params"].take()
    }
}
