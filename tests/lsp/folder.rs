//! A folder on disk, for tests of what a file means to others.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;

/// A module that declares a service whose type of identity is the parameter `kind`.
pub const KIND: &str = "param kind string = 'SystemAssigned'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind }
}
";

/// A folder that is gone when the test is.
pub struct Folder {
    place: TempDir,
    /// Its path, as the disk spells it.
    path: PathBuf,
}

impl Folder {
    /// A folder with these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let place = TempDir::new().unwrap();
        let path = fs::canonicalize(place.path()).unwrap();
        let folder = Self { place, path };
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The URI of a file in it; of the folder itself, if the name is empty.
    pub fn uri(&self, name: &str) -> String {
        uri(&self.path(name))
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Removes it with all that it holds.
    pub fn vanish(self) {
        self.place.close().unwrap();
    }
}

pub fn uri(path: &Path) -> String {
    let path = path.to_str().unwrap().replace('\\', "/");
    let path = path.trim_end_matches('/').replace(' ', "%20");
    format!("file:///{}", path.trim_start_matches('/'))
}

/// What a client says that shows related places, and takes versioned edits in code actions.
pub fn able() -> Value {
    json!({
        "workspace": { "workspaceEdit": { "documentChanges": true } },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
        },
    })
}

/// Tells the server of files that were created, changed or deleted.
pub async fn touched(client: &mut Client, uris: &[String]) {
    let changes: Vec<_> = uris
        .iter()
        .map(|uri| json!({ "uri": uri, "type": 2 }))
        .collect();
    client
        .notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": changes }),
        )
        .await;
}

/// A template that deploys another with an argument for `kind`.
pub fn caller(module: &str, kind: &str) -> String {
    format!("module service '{module}' = {{\n  name: 'x'\n  params: {{ kind: '{kind}' }}\n}}\n")
}

/// The codes of diagnostics, with the text of their lines.
pub fn codes(diagnostics: &[Value]) -> Vec<&str> {
    let codes = diagnostics.iter().map(|it| it["code"].as_str().unwrap());
    codes.collect()
}
