//! Quick fixes.

use serde_json::{Value, json};

use crate::client::{BICEP, Client, repairs};
use crate::toy;

fn able(more: &[(&str, Value)]) -> Value {
    let mut code_action =
        json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } });
    for (name, value) in more {
        code_action[*name] = value.clone();
    }
    json!({ "textDocument": { "codeAction": code_action } })
}

fn range(line: u32, from: u32, to: u32) -> Value {
    json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } })
}

async fn ask(client: &mut Client, range: &Value, context: &Value) -> Vec<Value> {
    let params = json!({ "textDocument": { "uri": BICEP }, "range": range, "context": context });
    let actions = client
        .request("textDocument/codeAction", params)
        .await
        .unwrap();
    repairs(&actions)
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_action_is_complete() {
    let mut client = Client::in_process(toy::words);
    client
        .initialize(able(&[("isPreferredSupport", json!(true))]))
        .await;
    let diagnostics = client.open_bicep("😀 BAD\n").await;
    let actions = ask(&mut client, &range(0, 4, 4), &json!({ "diagnostics": [] })).await;
    assert_eq!(
        json!(actions),
        json!([{
            "title": "Say GOOD",
            "kind": "quickfix",
            "diagnostics": diagnostics,
            "isPreferred": true,
            "edit": { "changes": { BICEP: [{ "range": range(0, 3, 6), "newText": "GOOD" }] } },
        }])
    );
    client.finish().await;
}

#[tokio::test]
async fn edits_are_versioned_where_the_client_takes_that() {
    let mut client = Client::in_process(toy::words);
    let mut capabilities = able(&[]);
    capabilities["workspace"] = json!({ "workspaceEdit": { "documentChanges": true } });
    client.initialize(capabilities).await;
    client.open_bicep("").await;
    client.change(BICEP, 5, json!([{ "text": "BAD" }])).await;
    let actions = ask(&mut client, &range(0, 0, 0), &json!({ "diagnostics": [] })).await;
    assert_eq!(
        actions[0]["edit"],
        json!({ "documentChanges": [{
            "textDocument": { "uri": BICEP, "version": 5 },
            "edits": [{ "range": range(0, 0, 3), "newText": "GOOD" }],
        }] })
    );
    assert_eq!(actions[0].get("isPreferred"), None);
    client.diagnostics(BICEP, 5).await;
    client.finish().await;
}

#[tokio::test]
async fn only_a_single_safe_fix_is_preferred() {
    let mut client = Client::in_process(toy::words);
    client
        .initialize(able(&[("isPreferredSupport", json!(true))]))
        .await;
    client.open_bicep("UGLY").await;
    let actions = ask(&mut client, &range(0, 0, 4), &json!({ "diagnostics": [] })).await;
    assert_eq!(titles(&actions), ["Say FINE", "Say FAIR", "Say WILD"]);
    assert!(actions.iter().all(|it| it.get("isPreferred").is_none()));
    client.finish().await;
}

#[tokio::test]
async fn fixes_are_found_by_place_or_by_rule() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&[])).await;
    client.open_bicep("BAD UGLY DULL\nBAD").await;
    let nothing = json!({ "diagnostics": [] });
    for (at, expected) in [
        (range(0, 0, 0), &["Say GOOD"][..]),
        (range(0, 3, 3), &["Say GOOD"]),
        (range(0, 5, 6), &["Say FINE", "Say FAIR", "Say WILD"]),
        (range(0, 10, 11), &[]),
        (
            range(0, 2, 5),
            &["Say GOOD", "Say FINE", "Say FAIR", "Say WILD"],
        ),
    ] {
        assert_eq!(
            titles(&ask(&mut client, &at, &nothing).await),
            expected,
            "{at}"
        );
    }

    // The cursor is elsewhere on the line, but the diagnostic is named; ALE keeps no source.
    let named = |code: &str, source: Value| json!({ "diagnostics": [{ "range": range(0, 0, 3), "code": code, "message": "x", "source": source }] });
    let elsewhere = range(0, 13, 13);
    for (context, expected) in [
        (named("bad-word", json!("apim-ls")), &["Say GOOD"][..]),
        (named("bad-word", json!(null)), &["Say GOOD"]),
        (named("ugly-word", json!("apim-ls")), &[]),
        (named("bad-word", json!("bicep")), &[]),
    ] {
        assert_eq!(
            titles(&ask(&mut client, &elsewhere, &context).await),
            expected,
            "{context}"
        );
    }
    client.finish().await;
}

#[tokio::test]
async fn the_filter_of_kinds() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&[])).await;
    client.open_bicep("BAD").await;
    for (only, offered) in [
        (json!(null), true),
        (json!([]), true),
        (json!([""]), true),
        (json!(["quickfix"]), true),
        (json!(["refactor", "quickfix"]), true),
        (json!(["quickfix.bicep"]), false),
        (json!(["quick"]), false),
        (json!(["refactor"]), false),
        (json!(["source.organizeImports"]), false),
    ] {
        let context = json!({ "diagnostics": [], "only": only, "triggerKind": 1 });
        let actions = ask(&mut client, &range(0, 0, 3), &context).await;
        assert_eq!(!actions.is_empty(), offered, "only {only}");
    }
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_takes_only_commands_gets_none() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.open_bicep("BAD").await;
    assert!(
        ask(&mut client, &range(0, 0, 3), &json!({ "diagnostics": [] }))
            .await
            .is_empty()
    );
    client.finish().await;
}

#[tokio::test]
async fn a_document_that_is_not_open_has_none() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&[])).await;
    let params = json!({ "textDocument": { "uri": BICEP }, "range": range(0, 0, 0), "context": { "diagnostics": [] } });
    assert_eq!(
        client.request("textDocument/codeAction", params).await,
        Ok(Value::Null)
    );
    client.finish().await;
}

#[tokio::test]
async fn fixes_are_those_of_the_text_when_asked() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&[])).await;
    client.open_bicep("").await;
    let params = json!({ "textDocument": { "uri": BICEP }, "range": range(0, 0, 9), "context": { "diagnostics": [] } });
    client
        .change(BICEP, 2, json!([{ "text": "SLOW BAD" }]))
        .await;
    let first = client
        .start("textDocument/codeAction", params.clone())
        .await;
    client.change(BICEP, 3, json!([{ "text": "UGLY" }])).await;
    let second = client.start("textDocument/codeAction", params).await;
    let second = client.answer(second).await.unwrap();
    let first = client.answer(first).await.unwrap();
    assert_eq!(titles(&repairs(&first)), ["Say GOOD"]);
    assert_eq!(
        titles(&repairs(&second)),
        ["Say FINE", "Say FAIR", "Say WILD"]
    );
    client.diagnostics(BICEP, 3).await;
    client.finish().await;
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let mut client = Client::in_process(toy::words);
    client.initialize(able(&[])).await;
    client.open(BICEP, "bicep", 1, "PANIC").await;
    client.logged("as the text asks").await;
    let params = json!({ "textDocument": { "uri": BICEP }, "range": range(0, 0, 9), "context": { "diagnostics": [] } });
    assert_eq!(
        client
            .refusal("textDocument/codeAction", params.clone())
            .await,
        -32603
    );
    client.logged("as the text asks").await;
    client.change(BICEP, 2, json!([{ "text": "BAD" }])).await;
    let actions = client
        .request("textDocument/codeAction", params)
        .await
        .unwrap();
    assert_eq!(titles(&repairs(&actions)), ["Say GOOD"]);
    client.diagnostics(BICEP, 2).await;
    client.finish().await;
}
