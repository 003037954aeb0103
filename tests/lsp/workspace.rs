//! What files mean to each other, with the rules themselves.

use apim_ls::lsp;
use serde_json::{Value, json};

use crate::client::Client;
use crate::folder::{Folder, KIND, able, caller, codes, touched};

async fn client(folders: &[&Folder]) -> Client {
    let mut client = Client::in_process(lsp::findings);
    let uris: Vec<_> = folders.iter().map(|folder| folder.uri("")).collect();
    client.initialize_in(&uris, able()).await;
    client
}

fn none() -> Vec<Value> {
    Vec::new()
}

#[tokio::test]
async fn a_module_is_judged_as_its_caller_on_disk_deploys_it() {
    let folder = Folder::new(&[
        (
            "main.bicep",
            &caller("modules/service.bicep", "SystemAssigned"),
        ),
        (
            "modules/service.bicep",
            &KIND.replace("'SystemAssigned'", "'None'"),
        ),
    ]);
    let mut client = client(&[&folder]).await;
    let module = folder.uri("modules/service.bicep");
    // By itself, it would be deployed with the default.
    client
        .open(
            &module,
            "bicep",
            1,
            &KIND.replace("'SystemAssigned'", "'None'"),
        )
        .await;
    assert_eq!(client.diagnostics(&module, 1).await, none());
    client.finish().await;
}

#[tokio::test]
async fn an_argument_is_judged_as_it_is_typed() {
    let folder = Folder::new(&[
        ("main.bicep", &caller("service.bicep", "SystemAssigned")),
        ("service.bicep", KIND),
    ]);
    let (main, module) = (folder.uri("main.bicep"), folder.uri("service.bicep"));
    let mut client = client(&[&folder]).await;
    client.open(&module, "bicep", 1, KIND).await;
    assert_eq!(client.diagnostics(&module, 1).await, none());
    client
        .open(
            &main,
            "bicep",
            1,
            &caller("service.bicep", "SystemAssigned"),
        )
        .await;
    assert_eq!(client.diagnostics(&main, 1).await, none());

    let wrong = caller("service.bicep", "SystemAsigned");
    client.change(&main, 2, json!([{ "text": wrong }])).await;
    let diagnostics = client.diagnostics(&main, 2).await;
    assert_eq!(codes(&diagnostics), ["identity-invalid"]);
    let related = &diagnostics[0]["relatedInformation"][0]["location"];
    assert_eq!(related["uri"], module);
    assert_eq!(
        related["range"]["start"],
        json!({ "line": 1, "character": 9 })
    );

    // A line above, in the other file, moves the place there and nothing else.
    let moved = format!("// 😀\n{KIND}");
    client.change(&module, 2, json!([{ "text": moved }])).await;
    assert_eq!(client.diagnostics(&module, 2).await, none());
    let diagnostics = client.diagnostics_again(&main, 2).await;
    let related = &diagnostics[0]["relatedInformation"][0]["location"];
    assert_eq!(
        related["range"]["start"],
        json!({ "line": 2, "character": 9 })
    );
    client.finish().await;
}

#[tokio::test]
async fn files_that_are_not_open_are_shown_too() {
    let folder = Folder::new(&[
        ("main.bicep", &caller("service.bicep", "SystemAsigned")),
        ("service.bicep", KIND),
        (
            "other/none.bicep",
            &KIND.replace("'SystemAssigned'", "'None'"),
        ),
        (
            ".hidden/none.bicep",
            &KIND.replace("'SystemAssigned'", "'None'"),
        ),
        ("data.json", r#"{ "identity": { "type": "None" } }"#),
    ]);
    let mut client = client(&[&folder]).await;
    let main = folder.uri("main.bicep");
    assert_eq!(codes(&client.of_file(&main).await), ["identity-invalid"]);
    let other = folder.uri("other/none.bicep");
    assert_eq!(codes(&client.of_file(&other).await), ["identity-missing"]);

    // It is opened, edited, and left without saving: the file is what it was.
    let right = caller("service.bicep", "SystemAssigned");
    client.open(&main, "bicep", 1, &right).await;
    assert_eq!(client.diagnostics(&main, 1).await, none());
    client.close(&main).await;
    assert_eq!(codes(&client.of_file(&main).await), ["identity-invalid"]);
    client.finish().await;
}

#[tokio::test]
async fn files_that_change_on_disk() {
    let folder = Folder::new(&[("main.bicep", &caller("service.bicep", "SystemAsigned"))]);
    let main = folder.uri("main.bicep");
    let mut client = client(&[&folder]).await;
    client
        .open(&main, "bicep", 1, &caller("service.bicep", "SystemAsigned"))
        .await;
    assert_eq!(client.diagnostics(&main, 1).await, none());

    // The module that was missing is there.
    folder.write("service.bicep", KIND);
    touched(&mut client, &[folder.uri("service.bicep")]).await;
    assert_eq!(
        codes(&client.diagnostics_again(&main, 1).await),
        ["identity-invalid"]
    );
    // It does not use its parameter any more.
    folder.write("service.bicep", "param kind string\n");
    touched(&mut client, &[folder.uri("service.bicep")]).await;
    assert_eq!(client.diagnostics_again(&main, 1).await, none());
    folder.write("service.bicep", KIND);
    touched(&mut client, &[folder.uri("service.bicep")]).await;
    assert_eq!(client.diagnostics_again(&main, 1).await.len(), 1);
    // It is gone.
    folder.remove("service.bicep");
    touched(&mut client, &[folder.uri("service.bicep")]).await;
    assert_eq!(client.diagnostics_again(&main, 1).await, none());

    // A file of its own comes and goes.
    let other = folder.uri("other.bicep");
    folder.write("other.bicep", &KIND.replace("'SystemAssigned'", "'None'"));
    touched(&mut client, std::slice::from_ref(&other)).await;
    assert_eq!(codes(&client.of_file(&other).await), ["identity-missing"]);
    folder.remove("other.bicep");
    touched(&mut client, std::slice::from_ref(&other)).await;
    assert_eq!(client.of_file(&other).await, none());

    // What the client has open counts, whatever is on disk.
    folder.write("main.bicep", "");
    touched(&mut client, std::slice::from_ref(&main)).await;
    client
        .change(
            &main,
            2,
            json!([{ "text": KIND.replace("'SystemAssigned'", "'None'") }]),
        )
        .await;
    assert_eq!(
        codes(&client.diagnostics(&main, 2).await),
        ["identity-missing"]
    );
    client.close(&main).await;
    assert_eq!(client.of_file(&main).await, none());
    client.finish().await;
}

#[tokio::test]
async fn a_json_file_comes_into_sight_when_it_becomes_a_template() {
    let folder = Folder::new(&[("main.json", "{}")]);
    let mut client = client(&[&folder]).await;
    let uri = folder.uri("main.json");
    let service = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [{
    "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "a",
    "identity": { "type": "None" }
  }]
}"#;
    folder.write("main.json", service);
    touched(&mut client, std::slice::from_ref(&uri)).await;
    assert_eq!(codes(&client.of_file(&uri).await), ["identity-missing"]);
    folder.write("main.json", "{}");
    touched(&mut client, std::slice::from_ref(&uri)).await;
    assert_eq!(client.of_file(&uri).await, none());
    client.finish().await;
}

#[tokio::test]
async fn a_parameter_file_is_edited() {
    let using = |kind: &str| format!("using 'main.bicep'\nparam kind = '{kind}'\n");
    let folder = Folder::new(&[
        ("main.bicep", KIND),
        ("main.bicepparam", &using("SystemAssigned")),
    ]);
    let mut client = client(&[&folder]).await;
    let uri = folder.uri("main.bicepparam");
    client
        .open(&uri, "bicep-params", 1, &using("SystemAssigned"))
        .await;
    assert_eq!(client.diagnostics(&uri, 1).await, none());
    client
        .change(&uri, 2, json!([{ "text": using("SystemAsigned") }]))
        .await;
    assert_eq!(
        codes(&client.diagnostics(&uri, 2).await),
        ["identity-invalid"]
    );
    client.close(&uri).await;
    assert_eq!(client.of_file(&uri).await, none());
    client.finish().await;
}

#[tokio::test]
async fn folders_come_and_go() {
    let wrong = KIND.replace("'SystemAssigned'", "'None'");
    let first = Folder::new(&[("a.bicep", &wrong)]);
    let second = Folder::new(&[("b c.bicep", &wrong)]);
    let mut client = client(&[&first]).await;
    let (a, b) = (first.uri("a.bicep"), second.uri("b c.bicep"));
    assert_eq!(client.of_file(&a).await.len(), 1);

    let change = |added: &[&Folder], removed: &[&Folder]| {
        let folders = |list: &[&Folder]| -> Vec<_> {
            let uris = list.iter().map(|it| it.uri(""));
            uris.map(|uri| json!({ "uri": uri, "name": "" })).collect()
        };
        json!({ "event": { "added": folders(added), "removed": folders(removed) } })
    };
    let method = "workspace/didChangeWorkspaceFolders";
    client.notify(method, change(&[&second], &[])).await;
    assert_eq!(client.of_file(&b).await.len(), 1);
    client.notify(method, change(&[], &[&first])).await;
    assert_eq!(client.of_file(&a).await, none());
    client.notify(method, change(&[&first], &[&second])).await;
    assert_eq!(client.of_file(&b).await, none());
    assert_eq!(client.of_file(&a).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn a_folder_vanishes() {
    let wrong = KIND.replace("'SystemAssigned'", "'None'");
    let folder = Folder::new(&[("a.bicep", &wrong), ("sub/b.bicep", &wrong)]);
    let gone = Folder::new(&[]);
    let nowhere = gone.uri("");
    gone.vanish();
    let mut client = Client::in_process(lsp::findings);
    client
        .initialize_in(&[nowhere, folder.uri("")], able())
        .await;
    let (a, b) = (folder.uri("a.bicep"), folder.uri("sub/b.bicep"));
    assert_eq!(client.of_file(&a).await.len(), 1);
    assert_eq!(client.of_file(&b).await.len(), 1);
    // Open documents stay, and a client may tell no more than the name of the folder.
    client.open(&a, "bicep", 1, &wrong).await;
    assert_eq!(client.diagnostics(&a, 1).await.len(), 1);
    let top = folder.uri("");
    folder.vanish();
    touched(&mut client, &[top]).await;
    assert_eq!(client.of_file(&b).await, none());
    client.close(&a).await;
    client.cleared(&a).await;
    client.finish().await;
}

#[tokio::test]
async fn a_file_outside_of_every_folder() {
    let inside = Folder::new(&[]);
    let outside = Folder::new(&[
        ("service.bicep", KIND),
        ("other.bicep", &KIND.replace("'SystemAssigned'", "'None'")),
    ]);
    let mut client = client(&[&inside]).await;
    let main = outside.uri("main.bicep");
    client
        .open(&main, "bicep", 1, &caller("service.bicep", "SystemAsigned"))
        .await;
    assert_eq!(
        codes(&client.diagnostics(&main, 1).await),
        ["identity-invalid"]
    );
    client.close(&main).await;
    client.cleared(&main).await;

    // What is no file has no neighbours.
    for uri in ["untitled:main.bicep", "untitled:/a/main.bicep"] {
        client
            .open(uri, "bicep", 1, &caller("service.bicep", "SystemAsigned"))
            .await;
        assert_eq!(client.diagnostics(uri, 1).await, none());
        client
            .change(
                uri,
                2,
                json!([{ "text": KIND.replace("'SystemAssigned'", "'None'") }]),
            )
            .await;
        assert_eq!(client.diagnostics(uri, 2).await.len(), 1);
        client.close(uri).await;
        client.cleared(uri).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_can_is_asked_to_watch_files() {
    let mut client = Client::in_process(lsp::findings);
    let capabilities =
        json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    client.initialize(capabilities).await;
    let registration = client.registration().await;
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    let watchers = &registration["registerOptions"]["watchers"];
    assert_eq!(
        watchers[0]["globPattern"],
        "**/*.{bicep,bicepparam,json,jsonc,xml,yaml,yml,txt}"
    );
    client.finish().await;
}

#[tokio::test]
async fn a_comment_takes_a_finding_and_its_fixes_away_as_it_is_typed() {
    let folder = Folder::new(&[]);
    let file = folder.uri("main.bicep");
    let mut client = client(&[&folder]).await;
    let wrong = KIND.replace("'SystemAssigned'", "'None'");
    client.open(&file, "bicep", 1, &wrong).await;
    assert_eq!(
        codes(&client.diagnostics(&file, 1).await),
        ["identity-missing"]
    );
    let line = wrong
        .lines()
        .position(|line| line.starts_with("param kind"));
    let start = json!({ "line": line, "character": 0 });
    let range = json!({ "start": start, "end": start });
    let typed = "#disable-next-line identity-missing\n";
    let change = json!([{ "range": range, "text": typed }]);
    client.change(&file, 2, change).await;
    assert_eq!(client.diagnostics(&file, 2).await, none());
    let whole =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let params = json!({ "textDocument": { "uri": file }, "range": whole, "context": { "diagnostics": [] } });
    let actions = client.request("textDocument/codeAction", params).await;
    assert_eq!(actions, Ok(json!([])));
    client.finish().await;
}
