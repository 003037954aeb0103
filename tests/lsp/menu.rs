//! What an editor's menu of actions offers besides the fixes themselves, and what becomes of files
//! when one is taken.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use apim_ls::lsp;
use serde_json::{Value, json};
use syntax::position::PositionEncoding;

use crate::client::{BICEP, Client};
use crate::editors::recorded;
use crate::edits::applied;
use crate::folder::{Folder, able, codes, touched};
use crate::toy;

const SERVICE: &str = "// 😀
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  sku: { name: 'Developer', capacity: 1 }
  properties: { publisherEmail: 'a@contoso.com', publisherName: 'Contoso' }
}
";

const FIX: &str = "Insert a system-assigned identity";
const SUPPRESS: &str = "Suppress `identity-missing` on this line";
const TURN_OFF: &str = "Turn `identity-missing` off in a new bicepconfig.json";

fn at(line: u32, from: u32, to: u32) -> Value {
    json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } })
}

fn all() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99999, "character": 0 } })
}

/// The capabilities of a client, with more of those about edits and about actions.
fn with(edits: Value, actions: Value) -> Value {
    let mut capabilities = able();
    capabilities["workspace"]["workspaceEdit"] = edits;
    let of_actions = capabilities["textDocument"]["codeAction"].as_object_mut();
    let Value::Object(actions) = actions else {
        panic!("capabilities are an object");
    };
    of_actions.unwrap().extend(actions);
    capabilities
}

async fn ask(client: &mut Client, uri: &str, range: Value, only: &[&str]) -> Vec<Value> {
    let mut context = json!({ "diagnostics": [] });
    if !only.is_empty() {
        context["only"] = json!(only);
    }
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    let actions = client.request("textDocument/codeAction", params).await;
    actions.unwrap().as_array().unwrap().clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    let titles = actions.iter().map(|it| it["title"].as_str().unwrap());
    titles.collect()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|it| it["title"] == title);
    found.unwrap_or_else(|| panic!("no {title:?} among {:?}", titles(actions)))
}

/// A text after an edit of it alone.
fn text_after(uri: &str, text: &str, edit: &Value) -> String {
    let texts = BTreeMap::from([(uri.to_owned(), text.to_owned())]);
    let mut texts = applied(&texts, edit, PositionEncoding::Utf16);
    assert_eq!(texts.len(), 1, "{edit}");
    texts.remove(uri).unwrap()
}

#[tokio::test]
async fn every_recorded_editor_can_take_what_it_is_offered() {
    for (editor, mut initialize) in recorded() {
        let folder = Folder::new(&[]);
        let uri = folder.uri("main.bicep");
        let configuration = folder.uri("bicepconfig.json");
        initialize["workspaceFolders"] = json!([{ "uri": folder.uri(""), "name": "" }]);
        let declared = |path: &str| initialize.pointer(&format!("/capabilities/{path}"));
        let is_able = |path: &str| declared(path) == Some(&json!(true));
        let creates = declared("workspace/workspaceEdit/resourceOperations")
            .and_then(Value::as_array)
            .is_some_and(|listed| listed.contains(&json!("create")));
        let shows_disabled = is_able("textDocument/codeAction/disabledSupport");
        let watches = is_able("workspace/didChangeWatchedFiles/dynamicRegistration");

        let mut client = Client::in_process(lsp::findings);
        let result = client.request("initialize", initialize.clone()).await;
        let encoding = match result.unwrap()["capabilities"]["positionEncoding"].as_str() {
            Some("utf-8") => PositionEncoding::Utf8,
            Some("utf-32") => PositionEncoding::Utf32,
            _ => PositionEncoding::Utf16,
        };
        client.notify("initialized", json!({})).await;
        if watches {
            client.registration().await;
        }
        client.open(&uri, "bicep", 1, SERVICE).await;
        let diagnostics = client.diagnostics(&uri, 1).await;
        assert_eq!(codes(&diagnostics), ["identity-missing"], "{editor}");

        let actions = ask(&mut client, &uri, diagnostics[0]["range"].clone(), &[]).await;
        let mut expected = vec![FIX, SUPPRESS];
        if creates || shows_disabled {
            expected.push(TURN_OFF);
        }
        assert_eq!(titles(&actions), expected, "{editor}");
        for action in &actions {
            assert_eq!(action["kind"], "quickfix", "{editor}");
            assert_eq!(action["diagnostics"], json!(diagnostics), "{editor}");
            let is_preferred =
                action["title"] == FIX && is_able("textDocument/codeAction/isPreferredSupport");
            assert_eq!(
                action.get("isPreferred").is_some(),
                is_preferred,
                "{editor}"
            );
        }

        let texts = BTreeMap::from([(uri.clone(), SERVICE.to_owned())]);
        let mut version = 1;
        for title in [FIX, SUPPRESS] {
            let after = applied(&texts, &titled(&actions, title)["edit"], encoding);
            version += 1;
            client
                .change(&uri, version, json!([{ "text": after[&uri] }]))
                .await;
            let left = client.diagnostics(&uri, version).await;
            assert_eq!(left, Vec::<Value>::new(), "{editor}: {title}");
        }
        version += 1;
        client
            .change(&uri, version, json!([{ "text": SERVICE }]))
            .await;
        assert_eq!(client.diagnostics(&uri, version).await.len(), 1);

        if creates {
            let after = applied(&texts, &titled(&actions, TURN_OFF)["edit"], encoding);
            folder.write("bicepconfig.json", &after[&configuration]);
            touched(&mut client, &[configuration]).await;
            let left = client.diagnostics_again(&uri, version).await;
            assert_eq!(left, Vec::<Value>::new(), "{editor}");
        } else if shows_disabled {
            let action = titled(&actions, TURN_OFF);
            assert_eq!(action.get("edit"), None, "{editor}");
            let reason = action["disabled"]["reason"].as_str().unwrap();
            assert!(reason.contains("`bicepconfig.json`"), "{reason}");
        }
        client.finish().await;
    }
}

#[tokio::test]
async fn a_rule_is_turned_off_in_the_file_that_counts() {
    let outer = "{\n  // why\n  \"analyzers\": {\n    \"core\": { \"enabled\": false }\n  }\n}\n";
    let folder = Folder::new(&[
        ("bicepconfig.json", outer),
        ("b/bicepconfig.json", "{ \"moduleAliases\": 1 }"),
    ]);
    let mut client = Client::in_process(lsp::findings);
    client.initialize_in(&[folder.uri("")], able()).await;
    let (a, b) = (folder.uri("a/main.bicep"), folder.uri("b/main.bicep"));
    for uri in [&a, &b] {
        client.open(uri, "bicep", 1, SERVICE).await;
        assert_eq!(client.diagnostics(uri, 1).await.len(), 1);
    }
    let configuration = folder.uri("bicepconfig.json");
    client.open(&configuration, "json", 7, outer).await;
    client.diagnostics(&configuration, 7).await;

    let actions = ask(&mut client, &a, at(1, 9, 9), &[]).await;
    let edit = &titled(&actions, "Turn `identity-missing` off in bicepconfig.json")["edit"];
    let document = &edit["documentChanges"][0]["textDocument"];
    assert_eq!(*document, json!({ "uri": configuration, "version": 7 }));
    let text = text_after(&configuration, outer, edit);
    insta::assert_snapshot!(text, @r#"
    {
      // why
      "analyzers": {
        "core": { "enabled": false },
        "apim": {
          "rules": {
            "identity-missing": {
              "level": "off"
            }
          }
        }
      }
    }
    "#);
    // Before it is saved: what counts is what the person sees.
    client
        .change(&configuration, 8, json!([{ "text": text }]))
        .await;
    let left = client.diagnostics_again(&a, 1).await;
    assert_eq!(left, Vec::<Value>::new());

    // Nothing in a file with a mistake counts.
    let actions = ask(&mut client, &b, at(1, 9, 9), &[]).await;
    assert_eq!(titles(&actions), [FIX, SUPPRESS]);

    client.close(&configuration).await;
    client.cleared(&configuration).await;
    assert_eq!(client.diagnostics_again(&a, 1).await.len(), 1);
    client.finish().await;
}

#[tokio::test]
async fn levels_come_and_go_with_their_file() {
    let folder = Folder::new(&[]);
    let mut client = Client::in_process(lsp::findings);
    client.initialize_in(&[folder.uri("")], able()).await;
    let (uri, configuration) = (folder.uri("main.bicep"), folder.uri("bicepconfig.json"));
    client.open(&uri, "bicep", 1, SERVICE).await;
    let severity = |diagnostics: &[Value]| diagnostics[0]["severity"].clone();
    assert_eq!(severity(&client.diagnostics(&uri, 1).await), 2);
    for (level, expected) in [("error", 1), ("info", 3)] {
        let text = format!(
            r#"{{ "analyzers": {{ "apim": {{ "rules": {{ "identity-missing": {{ "level": "{level}" }} }} }} }} }}"#
        );
        folder.write("bicepconfig.json", &text);
        touched(&mut client, std::slice::from_ref(&configuration)).await;
        assert_eq!(severity(&client.diagnostics_again(&uri, 1).await), expected);
    }
    folder.remove("bicepconfig.json");
    touched(&mut client, &[configuration]).await;
    assert_eq!(severity(&client.diagnostics_again(&uri, 1).await), 2);
    client.finish().await;
}

#[tokio::test]
async fn what_is_no_file_has_no_configuration() {
    let mut client = Client::in_process(lsp::findings);
    let capabilities = with(
        json!({ "documentChanges": true, "resourceOperations": ["create"] }),
        json!({}),
    );
    client.initialize(capabilities).await;
    let uri = "untitled:Untitled-1";
    client.open(uri, "bicep", 1, SERVICE).await;
    client.diagnostics(uri, 1).await;
    let actions = ask(&mut client, uri, at(1, 9, 9), &[]).await;
    assert_eq!(titles(&actions), [FIX, SUPPRESS]);
    client.finish().await;
}

#[tokio::test]
async fn arm_json_is_silenced_by_metadata() {
    let text = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "location": "westeurope"
    }
  ]
}
"#;
    let mut client = Client::in_process(lsp::findings);
    client.initialize(able()).await;
    let uri = "file:///workspace/azuredeploy.json";
    client.open(uri, "json", 1, text).await;
    let diagnostics = client.diagnostics(uri, 1).await;
    assert_eq!(codes(&diagnostics), ["identity-missing"]);
    let actions = ask(&mut client, uri, diagnostics[0]["range"].clone(), &[]).await;
    let action = titled(&actions, "Suppress `identity-missing` in this resource");
    let text = text_after(uri, text, &action["edit"]);
    client.change(uri, 2, json!([{ "text": text }])).await;
    assert_eq!(client.diagnostics(uri, 2).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn stops_to_write_at_for_a_client_that_has_them() {
    let text = "var a = b\n  HOLD HOLD\n";
    let plain = "var a = b\n  {\n    NAME: '\\${VALUE}'\n  } HOLD\n";
    for (snippets, versioned) in [(true, true), (true, false), (false, true)] {
        let mut client = Client::in_process(toy::words);
        let edits = json!({ "documentChanges": versioned, "snippetEditSupport": snippets });
        client.initialize(with(edits, json!({}))).await;
        client.open_bicep(text).await;
        let actions = ask(&mut client, BICEP, at(1, 2, 2), &[]).await;
        let edit = &titled(&actions, "Hold")["edit"];
        assert_eq!(text_after(BICEP, text, edit), plain);
        let edit = &edit["documentChanges"][0]["edits"][0];
        if snippets && versioned {
            // From the start of the line on, so that nobody indents the other lines once more.
            assert_eq!(
                *edit,
                json!({
                    "range": at(1, 0, 6),
                    "snippet": {
                        "kind": "snippet",
                        "value": "  {\n    ${1:NAME}: '\\\\\\${${2:VALUE}\\}'\n  \\}",
                    },
                })
            );
        } else if versioned {
            assert_eq!(edit["range"], at(1, 2, 6));
        }
        client.finish().await;
    }
}

#[tokio::test]
async fn a_file_is_added_where_the_client_can() {
    let folder = Folder::new(&[]);
    let (uri, new) = (folder.uri("main.bicep"), folder.uri("new.bicep"));
    let creating = json!({ "documentChanges": true, "resourceOperations": ["create", "rename"] });
    let without_documents = json!({ "resourceOperations": ["create"] });
    let disabled = json!({ "disabledSupport": true });
    for (edits, actions, offered, complete) in [
        (creating.clone(), json!({}), true, true),
        // As Neovim says it.
        (without_documents, json!({}), true, true),
        (json!({ "documentChanges": true }), disabled, true, false),
        (json!({ "documentChanges": true }), json!({}), false, false),
    ] {
        let mut client = Client::in_process(toy::words);
        let capabilities = with(edits, actions);
        client.initialize_in(&[folder.uri("")], capabilities).await;
        client.open(&uri, "bicep", 3, "NEW new.bicep").await;
        let diagnostics = client.diagnostics(&uri, 3).await;
        let actions = ask(&mut client, &uri, at(0, 0, 0), &["refactor"]).await;
        assert_eq!(actions.len(), usize::from(offered));
        if offered {
            assert_eq!(actions[0]["kind"], "refactor.rewrite");
            assert_eq!(actions[0]["diagnostics"], json!(diagnostics));
            assert_eq!(actions[0].get("isPreferred"), None);
            assert_eq!(actions[0].get("disabled").is_none(), complete);
        }
        if complete {
            let options = json!({ "overwrite": false, "ignoreIfExists": false });
            assert_eq!(
                actions[0]["edit"]["documentChanges"],
                json!([
                    { "kind": "create", "uri": new, "options": options },
                    {
                        "textDocument": { "uri": new, "version": null },
                        "edits": [{ "range": at(0, 0, 0), "newText": "var added = 1\n" }],
                    },
                    {
                        "textDocument": { "uri": uri, "version": 3 },
                        "edits": [{ "range": at(0, 0, 4), "newText": "OLD " }],
                    },
                ])
            );
        }
        client.finish().await;
    }

    // Somebody else has added it meanwhile.
    let mut client = Client::in_process(toy::words);
    let capabilities = with(creating, json!({}));
    client.initialize_in(&[folder.uri("")], capabilities).await;
    client.open(&uri, "bicep", 1, "NEW new.bicep").await;
    client.diagnostics(&uri, 1).await;
    fs::write(folder.path("new.bicep"), "").unwrap();
    let actions = ask(&mut client, &uri, at(0, 0, 0), &["refactor"]).await;
    assert_eq!(actions, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn all_that_is_safe_at_once() {
    let folder = Folder::new(&[("there.bicep", "")]);
    let mut client = Client::in_process(toy::words);
    client.initialize_in(&[folder.uri("")], able()).await;
    let uri = folder.uri("main.bicep");
    let text = format!(
        "SEE there.bicep\n{}HOLD\nNEW new.bicep\n",
        "WORSE 😀 BAD\nthis stays\n".repeat(50)
    );
    client.open(&uri, "bicep", 1, &text).await;
    client.diagnostics(&uri, 1).await;
    for only in ["source", "source.fixAll", "source.fixAll.apim-ls"] {
        let actions = ask(&mut client, &uri, at(0, 0, 0), &[only]).await;
        assert_eq!(
            titles(&actions),
            ["Fix all that is safe to fix in this file"]
        );
        assert_eq!(actions[0]["kind"], "source.fixAll.apim-ls");
        let edit = &actions[0]["edit"];
        let change = &edit["documentChanges"][0];
        assert_eq!(change["textDocument"], json!({ "uri": uri, "version": 1 }));
        // Lines that stay are not touched.
        assert_eq!(change["edits"].as_array().unwrap().len(), 50);
        let expected = text.replace("WORSE", "FINE").replace("BAD", "GOOD");
        assert_eq!(text_after(&uri, &text, edit), expected);
    }
    // Nobody asked for it, or for something else.
    for only in [&[][..], &[""], &["quickfix"], &["source.organizeImports"]] {
        let actions = ask(&mut client, &uri, at(1, 0, 0), only).await;
        assert!(!titles(&actions).contains(&"Fix all that is safe to fix in this file"));
    }
    // What was tried out in memory has left no trace.
    client.change(&uri, 2, json!([{ "text": "BAD" }])).await;
    assert_eq!(client.diagnostics(&uri, 2).await.len(), 1);
    client.change(&uri, 3, json!([{ "text": "GOOD" }])).await;
    client.diagnostics(&uri, 3).await;
    let actions = ask(&mut client, &uri, at(0, 0, 0), &["source.fixAll"]).await;
    assert_eq!(actions, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn all_of_one_rule_at_once() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able()).await;
    let text = "BAD DULL BAD UGLY WORSE\nDULL DULL\nSEE a.bicep SEE b.bicep";
    client.open_bicep(text).await;
    let title = "Fix all `bad-word` problems in this file";
    let actions = ask(&mut client, BICEP, at(0, 0, 0), &[]).await;
    let action = titled(&actions, title);
    assert_eq!(action["kind"], "quickfix");
    assert_eq!(action["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(
        text_after(BICEP, text, &action["edit"]),
        text.replace("BAD", "GOOD")
    );
    // One only, none with a fix, fixes of other files.
    for place in [at(0, 14, 14), at(1, 0, 9), at(2, 0, 0)] {
        let actions = ask(&mut client, BICEP, place, &[]).await;
        let titles = titles(&actions);
        assert!(
            !titles.iter().any(|it| it.starts_with("Fix all")),
            "{titles:?}"
        );
    }
    client.finish().await;
}

#[tokio::test]
async fn hundreds_of_findings() {
    let mut client = Client::in_process(lsp::findings);
    client.initialize(able()).await;
    let services: String = (0..300)
        .map(|number| SERVICE.replace("apim", &format!("apim{number}")))
        .collect();
    client.open_bicep(&services).await;
    let started = Instant::now();
    let actions = ask(&mut client, BICEP, all(), &[]).await;
    assert!(started.elapsed() < Duration::from_secs(10));
    // Whoever selects so much wants repairs.
    let others = titles(&actions);
    let others = others.iter().filter(|it| **it != FIX);
    assert_eq!(
        others.copied().collect::<Vec<_>>(),
        ["Fix all `identity-missing` problems in this file"]
    );
    assert_eq!(actions.len(), 301);

    // At one place, everything is known by now.
    let started = Instant::now();
    let actions = ask(&mut client, BICEP, at(1, 9, 9), &[]).await;
    assert!(started.elapsed() < Duration::from_secs(1));
    let all = titled(&actions, "Fix all `identity-missing` problems in this file");
    let text = text_after(BICEP, &services, &all["edit"]);
    client.change(BICEP, 2, json!([{ "text": text }])).await;
    assert_eq!(client.diagnostics(BICEP, 2).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn who_watches_no_files_learns_of_levels_by_saving() {
    let folder = Folder::new(&[]);
    let mut client = Client::in_process(lsp::findings);
    client.initialize_in(&[folder.uri("")], able()).await;
    let uri = folder.uri("infra/main.bicep");
    client.open(&uri, "bicep", 1, SERVICE).await;
    assert_eq!(client.diagnostics(&uri, 1).await.len(), 1);
    folder.write(
        "bicepconfig.json",
        r#"{ "analyzers": { "apim": { "enabled": false } } }"#,
    );
    let saved = json!({ "textDocument": { "uri": uri } });
    client.notify("textDocument/didSave", saved).await;
    assert_eq!(client.diagnostics_again(&uri, 1).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn an_edit_of_a_document_that_changed_meanwhile_is_not_offered() {
    let folder = Folder::new(&[]);
    let mut client = Client::in_process(toy::words);
    client.initialize_in(&[folder.uri("")], able()).await;
    let (here, there) = (folder.uri("here.bicep"), folder.uri("there.bicep"));
    client.open(&there, "bicep", 1, "").await;
    client.diagnostics(&there, 1).await;
    client.open(&here, "bicep", 1, "SEE there.bicep").await;
    client.diagnostics(&here, 1).await;
    for version in 2..30 {
        client
            .change(
                &there,
                version,
                json!([{ "text": format!("// {version}") }]),
            )
            .await;
        let actions = ask(&mut client, &here, at(0, 0, 0), &["quickfix"]).await;
        // It is found out before the other text is judged, or after.
        if let Some(action) = actions.iter().find(|it| it["title"] == "Say SEEN ") {
            let document = &action["edit"]["documentChanges"][0]["textDocument"];
            assert_eq!(*document, json!({ "uri": there, "version": version }));
        }
    }
    client.diagnostics(&there, 29).await;
    client.finish().await;
}
