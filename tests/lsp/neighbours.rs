//! What a document costs and gives those beside it, with toy rules.

use serde_json::{Value, json};

use crate::client::{Client, repairs};
use crate::folder::{Folder, able, touched};
use crate::toy;

async fn client(folder: &Folder, capabilities: Value) -> Client {
    let mut client = Client::in_process(toy::words);
    client.initialize_in(&[folder.uri("")], capabilities).await;
    client
}

fn at(line: u32, from: u32, to: u32) -> Value {
    json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } })
}

/// `finish` fails if anything is published that nobody asked for.
#[tokio::test]
async fn what_is_unchanged_is_not_published_again() {
    let folder = Folder::new(&[("closed.bicep", "BAD")]);
    let mut client = client(&folder, able()).await;
    let (one, two) = (folder.uri("one.bicep"), folder.uri("two.bicep"));
    assert_eq!(client.of_file(&folder.uri("closed.bicep")).await.len(), 1);
    client.open(&one, "bicep", 1, "BAD").await;
    assert_eq!(client.diagnostics(&one, 1).await.len(), 1);
    client.open(&two, "bicep", 1, "BAD BAD").await;
    assert_eq!(client.diagnostics(&two, 1).await.len(), 2);
    for version in 2..20 {
        let end =
            json!({ "start": { "line": 9, "character": 0 }, "end": { "line": 9, "character": 0 } });
        client
            .change(&one, version, json!([{ "range": end, "text": " x" }]))
            .await;
        // Those of the document itself come for each version, though they are the same.
        assert_eq!(client.diagnostics(&one, version).await.len(), 1);
    }
    // What was told of the new file comes after what would be told of the one that was touched.
    folder.write("new.bicep", "DULL");
    let (closed, new) = (folder.uri("closed.bicep"), folder.uri("new.bicep"));
    touched(&mut client, &[closed, new.clone()]).await;
    assert_eq!(client.of_file(&new).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn a_fix_edits_another_file() {
    let folder = Folder::new(&[("there.bicep", "// 😀\n")]);
    let mut client = client(&folder, able()).await;
    let (here, there) = (folder.uri("here.bicep"), folder.uri("there.bicep"));
    client.open(&here, "bicep", 3, "SEE there.bicep").await;
    let diagnostics = client.diagnostics(&here, 3).await;
    assert_eq!(
        diagnostics[0]["relatedInformation"],
        json!([{ "location": { "uri": there, "range": at(0, 0, 0) }, "message": "here" }])
    );
    let params = json!({ "textDocument": { "uri": here }, "range": at(0, 0, 0), "context": { "diagnostics": [] } });
    let ask = "textDocument/codeAction";
    let edit = |version: Value| {
        json!({ "documentChanges": [{
            "textDocument": { "uri": there, "version": version },
            "edits": [{ "range": at(0, 0, 0), "newText": "SEEN " }],
        }] })
    };
    let actions = client.request(ask, params.clone()).await.unwrap();
    assert_eq!(actions[0]["edit"], edit(json!(null)));

    client.open(&there, "bicep", 7, "// 😀\n").await;
    assert_eq!(client.diagnostics(&there, 7).await, Vec::<Value>::new());
    let actions = client.request(ask, params.clone()).await.unwrap();
    assert_eq!(actions[0]["edit"], edit(json!(7)));
    client.close(&there).await;
    client.cleared(&there).await;

    // The file has changed, and nobody told: its fix would be that of another text.
    folder.write("there.bicep", "BAD");
    let actions = client.request(ask, params.clone()).await.unwrap();
    assert_eq!(repairs(&actions), Vec::<Value>::new());
    assert_eq!(client.of_file(&there).await.len(), 1);
    let actions = client.request(ask, params).await.unwrap();
    assert_eq!(actions[0]["edit"], edit(json!(null)));
    client.finish().await;
}

#[tokio::test]
async fn edits_of_several_files_for_a_client_without_versions() {
    let folder = Folder::new(&[("there.bicep", "")]);
    let mut capabilities = able();
    capabilities["workspace"] = json!({});
    let mut client = client(&folder, capabilities).await;
    let (here, there) = (folder.uri("here.bicep"), folder.uri("there.bicep"));
    client.open(&here, "bicep", 1, "SEE there.bicep").await;
    client.diagnostics(&here, 1).await;
    let params = json!({ "textDocument": { "uri": here }, "range": at(0, 0, 0), "context": { "diagnostics": [] } });
    let actions = client
        .request("textDocument/codeAction", params)
        .await
        .unwrap();
    assert_eq!(
        actions[0]["edit"],
        json!({ "changes": { there: [{ "range": at(0, 0, 0), "newText": "SEEN " }] } })
    );
    client.finish().await;
}

#[tokio::test]
async fn related_places_in_the_encoding_of_the_client() {
    for (encoding, character) in [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)] {
        let folder = Folder::new(&[("there.bicep", "\n😀 AIM")]);
        let mut capabilities = able();
        capabilities["general"] = json!({ "positionEncodings": [encoding] });
        let mut client = client(&folder, capabilities).await;
        let here = folder.uri("here.bicep");
        client
            .open(&here, "bicep", 1, "// 😀😀\nSEE there.bicep")
            .await;
        let diagnostics = client.diagnostics(&here, 1).await;
        let location = &diagnostics[0]["relatedInformation"][0]["location"];
        assert_eq!(location["uri"], folder.uri("there.bicep"));
        assert_eq!(
            location["range"],
            at(1, character, character + 3),
            "{encoding}"
        );
        client.finish().await;
    }
}

#[tokio::test]
async fn a_panic_over_a_file_that_is_not_open() {
    let folder = Folder::new(&[("closed.bicep", "PANIC")]);
    let mut client = client(&folder, able()).await;
    let closed = folder.uri("closed.bicep");
    client.logged("as the text asks").await;
    folder.write("closed.bicep", "BAD");
    touched(&mut client, std::slice::from_ref(&closed)).await;
    assert_eq!(client.of_file(&closed).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn a_failure_is_told_once() {
    let folder = Folder::new(&[("closed.bicep", "// PANIC")]);
    let mut client = Client::in_process(toy::clumsy);
    client.initialize_in(&[folder.uri("")], able()).await;
    client.logged("closed.bicep: PANIC").await;
    let uri = folder.uri("main.bicep");
    client.open(&uri, "bicep", 1, "").await;
    client.diagnostics(&uri, 1).await;
    client
        .change(&uri, 2, json!([{ "text": "// PANIC" }]))
        .await;
    client.logged("main.bicep: PANIC").await;
    client.diagnostics(&uri, 2).await;
    client.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_leads_to_the_document_that_is_open() {
    let folder = Folder::new(&[("a/main.bicep", "BAD")]);
    std::os::unix::fs::symlink(folder.path("a"), folder.path("b")).unwrap();
    let mut client = client(&folder, able()).await;
    let (real, link) = (folder.uri("a/main.bicep"), folder.uri("b/main.bicep"));
    assert_eq!(client.of_file(&real).await.len(), 1);
    // It is shown under the name by which it is open.
    client.open(&link, "bicep", 1, "BAD BAD").await;
    assert_eq!(client.diagnostics(&link, 1).await.len(), 2);
    assert_eq!(client.of_file(&real).await, Vec::<Value>::new());
    client.close(&link).await;
    client.cleared(&link).await;
    assert_eq!(client.of_file(&real).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn one_document_by_two_spellings_of_its_name() {
    let folder = Folder::new(&[]);
    let mut client = client(&folder, able()).await;
    let uri = folder.uri("main.bicep");
    client.open(&uri, "bicep", 1, "BAD").await;
    assert_eq!(client.diagnostics(&uri, 1).await.len(), 1);
    let other = uri.replace("main", "m%61in");
    client
        .change(&other, 2, json!([{ "text": "BAD BAD" }]))
        .await;
    assert_eq!(client.diagnostics(&uri, 2).await.len(), 2);
    let params = json!({ "textDocument": { "uri": other }, "range": at(0, 0, 0), "context": { "diagnostics": [] } });
    let actions = client
        .request("textDocument/codeAction", params)
        .await
        .unwrap();
    assert_eq!(repairs(&actions).len(), 1);
    client.close(&other).await;
    client.cleared(&uri).await;
    client.finish().await;
}
