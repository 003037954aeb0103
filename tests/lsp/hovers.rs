//! What is told where the mouse rests.

use apim_ls::lsp;
use serde_json::{Value, json};

use crate::client::{BICEP, Client};
use crate::folder::{Folder, KIND, caller};
use crate::toy;

const SERVICE: &str = "// 😀 a service
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-gateway'
  location: 'westeurope'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { /* 😀 */ secretIdentifier: 'https://contoso.vault.azure.net/secrets/nv' } }
}
";

fn able(formats: &[&str]) -> Value {
    json!({ "textDocument": { "hover": { "contentFormat": formats } } })
}

fn position(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

fn params(uri: &str, position: &Value) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": position })
}

async fn ask(client: &mut Client, uri: &str, position: Value) -> Value {
    let params = params(uri, &position);
    client.request("textDocument/hover", params).await.unwrap()
}

/// A client that has a document open, with whatever was found in it.
async fn client(capabilities: Value, text: &str) -> Client {
    let mut client = Client::in_process(lsp::findings);
    client.initialize(capabilities).await;
    client.open_bicep(text).await;
    client
}

#[tokio::test]
async fn a_hover_is_complete() {
    let mut client = client(able(&["markdown", "plaintext"]), SERVICE).await;
    let hover = ask(&mut client, BICEP, position(1, 10)).await;
    assert_eq!(
        hover,
        json!({
            "range": { "start": position(1, 9), "end": position(1, 13) },
            "contents": {
                "kind": "markdown",
                "value": "**`apim`** · API Management service

- Identity: none ([identity-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md))
- Named value `nv` from `contoso`: **fails**. `apim` has no identity ([identity-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md))

To repair what is deployed:

```sh
az apim update --name contoso-gateway --resource-group <resource-group> --enable-managed-identity true --set identity.type=SystemAssigned
```
",
            },
        })
    );
    // Positions count as the client does.
    let hover = ask(&mut client, BICEP, position(8, 72)).await;
    assert_eq!(hover["range"]["start"], position(8, 70));
    client.finish().await;
}

#[tokio::test]
async fn plain_text_for_who_takes_no_markdown() {
    for capabilities in [
        able(&["plaintext"]),
        able(&["plaintext", "markdown"]),
        json!({}),
    ] {
        let mut client = client(capabilities, SERVICE).await;
        let hover = ask(&mut client, BICEP, position(1, 10)).await;
        let contents = &hover["contents"];
        assert_eq!(contents["kind"], "plaintext");
        let text = contents["value"].as_str().unwrap();
        assert!(
            text.starts_with("apim · API Management service\n"),
            "{text}"
        );
        assert!(!text.contains('`') && !text.contains("**"), "{text}");
        client.finish().await;
    }
}

#[tokio::test]
async fn nothing_is_told_where_nothing_is_known() {
    let mut client = client(able(&["markdown"]), SERVICE).await;
    for at in [
        position(0, 5),
        position(1, 0),
        position(3, 4),
        position(4, 1),
        position(4, 900),
        position(900, 0),
        position(u32::MAX, u32::MAX),
    ] {
        let hover = ask(&mut client, BICEP, at.clone()).await;
        assert_eq!(hover, Value::Null, "{at}");
    }
    for uri in ["file:///workspace/other.bicep", "untitled:Untitled-1"] {
        assert_eq!(ask(&mut client, uri, position(1, 10)).await, Value::Null);
    }
    for text in ["", "{}", "using 'main.bicep'\n"] {
        let name = "file:///workspace/main.bicepparam";
        client.open(name, "bicep-params", 1, text).await;
        assert_eq!(ask(&mut client, name, position(0, 1)).await, Value::Null);
        client.diagnostics(name, 1).await;
        client.close(name).await;
        client.cleared(name).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn the_newest_text_is_told_of() {
    let mut client = client(able(&["markdown"]), SERVICE).await;
    client
        .change(
            BICEP,
            2,
            json!([{ "range": { "start": position(0, 0), "end": position(0, 0) }, "text": "\n" }]),
        )
        .await;
    let hover = ask(&mut client, BICEP, position(2, 10)).await;
    assert_eq!(hover["range"]["start"], position(2, 9));
    client.diagnostics(BICEP, 2).await;
    client.finish().await;
}

#[tokio::test]
async fn who_types_on_is_told_nothing_of_what_was() {
    // The toy judges no program, and takes its time with this one.
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&["markdown"])).await;
    client.open(BICEP, "bicep", 1, "SLOW").await;
    let asked = client
        .start("textDocument/hover", params(BICEP, &position(0, 0)))
        .await;
    client.change(BICEP, 2, json!([{ "text": "BAD" }])).await;
    assert_eq!(client.answer(asked).await, Ok(Value::Null));
    client.diagnostics(BICEP, 2).await;
    client.finish().await;
}

#[tokio::test]
async fn a_module_is_told_of_as_its_caller_on_disk_deploys_it() {
    let text = KIND.replace("'SystemAssigned'", "'None'");
    let folder = Folder::new(&[
        ("main.bicep", &caller("service.bicep", "SystemAssigned")),
        ("service.bicep", &text),
    ]);
    let mut client = Client::in_process(lsp::findings);
    client
        .initialize_in(&[folder.uri("")], able(&["markdown"]))
        .await;
    let module = folder.uri("service.bicep");
    client.open(&module, "bicep", 1, &text).await;
    client.diagnostics(&module, 1).await;
    let hover = ask(&mut client, &module, position(1, 10)).await;
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("Identity: system-assigned"), "{text}");
    client.finish().await;
}
