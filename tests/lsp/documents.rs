//! The server's text is the client's.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::client::{BICEP, Client};
use crate::toy;

const ENCODINGS: [&str; 3] = ["utf-8", "utf-16", "utf-32"];

/// The position of a byte offset, by a reading of the specification that shares nothing with the
/// server's.
fn position(text: &str, offset: usize, encoding: &str) -> Value {
    let mut line = 0;
    let mut start = 0;
    let bytes = text.as_bytes();
    for at in 0..offset {
        let ends_line = match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends_line {
            line += 1;
            start = at + 1;
        }
    }
    let before = &text[start..offset];
    let character = match encoding {
        "utf-8" => before.len(),
        "utf-16" => before.encode_utf16().count(),
        _ => before.chars().count(),
    };
    json!({ "line": line, "character": character })
}

/// The offsets that a position can name: between characters, but not within a line break.
fn places(text: &str) -> Vec<usize> {
    (0..=text.len())
        .filter(|&at| text.is_char_boundary(at))
        .filter(|&at| !(text[..at].ends_with('\r') && text[at..].starts_with('\n')))
        .collect()
}

fn change(text: &mut String, from: usize, to: usize, new_text: &str, encoding: &str) -> Value {
    let range =
        json!({ "start": position(text, from, encoding), "end": position(text, to, encoding) });
    text.replace_range(from..to, new_text);
    json!({ "range": range, "text": new_text })
}

fn capabilities(encoding: &str) -> Value {
    json!({ "general": { "positionEncodings": [encoding] } })
}

#[derive(Clone, Debug)]
struct Edit {
    from: Index,
    to: Index,
    new_text: String,
    whole: bool,
}

fn fragment() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "BAD",
        "x",
        "ä",
        "漢",
        "😀",
        "👩‍🚀",
        "\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\u{b}",
        " ",
        "'",
        "{",
        "}",
        "resource a 'b@c' = {",
        "param p string",
        "// ",
        "${",
        "'''",
    ]);
    vec(piece, 0..6).prop_map(|it| it.concat())
}

fn edit() -> impl Strategy<Value = Edit> {
    let parts = (
        any::<Index>(),
        any::<Index>(),
        fragment(),
        prop::bool::weighted(0.1),
    );
    parts.prop_map(|(from, to, new_text, whole)| Edit {
        from,
        to,
        new_text,
        whole,
    })
}

/// Plays notifications of several changes each, and compares the texts after each.
async fn play(
    encoding: &str,
    start: &str,
    notifications: &[Vec<Edit>],
    wait: bool,
) -> Result<(), TestCaseError> {
    let mut client = Client::in_process(toy::echo);
    client.initialize(capabilities(encoding)).await;
    let mut text = start.to_owned();
    client.open_bicep(&text).await;
    let mut version = 1;
    for edits in notifications {
        let mut changes = Vec::new();
        for edit in edits {
            if edit.whole {
                text.clone_from(&edit.new_text);
                changes.push(json!({ "text": text }));
                continue;
            }
            let places = places(&text);
            let (a, b) = (*edit.from.get(&places), *edit.to.get(&places));
            changes.push(change(
                &mut text,
                a.min(b),
                a.max(b),
                &edit.new_text,
                encoding,
            ));
        }
        version += 1;
        client.change(BICEP, version, json!(changes)).await;
        if wait {
            let diagnostics = client.diagnostics(BICEP, version).await;
            prop_assert_eq!(&diagnostics[0]["message"], &json!(text));
        }
    }
    if !wait && version > 1 {
        let diagnostics = client.diagnostics(BICEP, version).await;
        prop_assert_eq!(&diagnostics[0]["message"], &json!(text));
        let end = position(&text, text.len(), encoding);
        prop_assert_eq!(&diagnostics[0]["range"]["end"], &end);
    }
    client.finish().await;
    Ok(())
}

#[test]
fn random_edits_keep_the_texts_equal() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (
        prop::sample::select(ENCODINGS.to_vec()),
        fragment(),
        vec(vec(edit(), 0..4), 0..25),
        any::<bool>(),
    );
    TestRunner::new(config)
        .run(&strategy, |(encoding, start, notifications, wait)| {
            runtime.block_on(play(encoding, &start, &notifications, wait))
        })
        .unwrap();
}

#[tokio::test]
async fn positions_in_each_encoding() {
    for (encoding, character) in [("utf-8", 11), ("utf-16", 8), ("utf-32", 7)] {
        let mut client = Client::in_process(toy::words);
        client.initialize(capabilities(encoding)).await;
        let diagnostics = client.open_bicep("x\r\n// 😀 ä BAD\r\n").await;
        let range = &diagnostics[0]["range"];
        assert_eq!(
            range["start"],
            json!({ "line": 1, "character": character }),
            "{encoding}"
        );
        assert_eq!(
            range["end"],
            json!({ "line": 1, "character": character + 3 }),
            "{encoding}"
        );
        client.finish().await;
    }
}

#[tokio::test]
async fn positions_beyond_the_text_are_its_end() {
    let mut client = Client::in_process(toy::echo);
    client.initialize(json!({})).await;
    client.open_bicep("a\r\nb").await;
    let range = |from: [u32; 2], to: [u32; 2]| json!({ "start": { "line": from[0], "character": from[1] }, "end": { "line": to[0], "character": to[1] } });
    let mut version = 1;
    for (range, new_text, expected) in [
        (range([0, 99], [0, 99]), "!", "a!\r\nb"),
        (range([9, 0], [9, 0]), "?", "a!\r\nb?"),
        (range([1, 2], [1, 0]), "turned", "a!\r\nturned"),
        (range([0, 0], [u32::MAX, u32::MAX]), "", ""),
    ] {
        version += 1;
        client
            .change(
                BICEP,
                version,
                json!([{ "range": range, "text": new_text }]),
            )
            .await;
        assert_eq!(
            client.diagnostics(BICEP, version).await[0]["message"],
            expected
        );
    }
    client.finish().await;
}

#[tokio::test]
async fn changes_of_one_notification_build_on_each_other() {
    let mut client = Client::in_process(toy::echo);
    client.initialize(json!({})).await;
    client.open_bicep("old").await;
    let at = |line: u32| json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 0 } });
    let changes = json!([
        { "text": "one\n" },
        { "range": at(1), "text": "two\n" },
        { "range": at(2), "rangeLength": 0, "text": "three" },
    ]);
    client.change(BICEP, 2, changes).await;
    assert_eq!(
        client.diagnostics(BICEP, 2).await[0]["message"],
        "one\ntwo\nthree"
    );
    client.change(BICEP, 3, json!([])).await;
    assert_eq!(
        client.diagnostics(BICEP, 3).await[0]["message"],
        "one\ntwo\nthree"
    );
    client.finish().await;
}

#[tokio::test]
async fn a_version_that_goes_back_still_counts() {
    let mut client = Client::in_process(toy::echo);
    client.initialize(json!({})).await;
    client.open(BICEP, "bicep", 9, "a").await;
    client.diagnostics(BICEP, 9).await;
    client.change(BICEP, 3, json!([{ "text": "b" }])).await;
    assert_eq!(client.diagnostics(BICEP, 3).await[0]["message"], "b");
    client.logged("from version 9 to 3").await;
    client.change(BICEP, 4, json!([{ "text": "c" }])).await;
    assert_eq!(client.diagnostics(BICEP, 4).await[0]["message"], "c");
    client.finish().await;
}

#[tokio::test]
async fn documents_that_are_not_ours_are_left_alone() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    for (uri, language) in [
        ("file:///workspace/main.rs", "rust"),
        ("git:/workspace/main.bicep?ref=~", "bicep"),
        ("vscode-vfs://github/main.bicep", "bicep"),
        ("untitled:Untitled-1", "plaintext"),
    ] {
        client.open(uri, language, 1, "BAD").await;
        client.change(uri, 2, json!([{ "text": "BAD BAD" }])).await;
        client.close(uri).await;
    }
    client
        .change(
            "file:///workspace/never-opened.bicep",
            2,
            json!([{ "text": "BAD" }]),
        )
        .await;
    client.close("file:///workspace/never-opened.bicep").await;
    for (uri, language) in [
        ("untitled:Untitled-2", "bicep"),
        ("file:///workspace/main.bicepparam", "bicep-params"),
        ("file:///workspace/azuredeploy.json", "arm-template"),
        ("file:///workspace/a%20b/%C3%A4.bicep", ""),
        ("file:///c%3A/workspace/main.json", "jsonc"),
    ] {
        client.open(uri, language, 1, "BAD").await;
        assert_eq!(client.diagnostics(uri, 1).await.len(), 1, "{uri}");
        client.close(uri).await;
        client.cleared(uri).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn a_document_without_a_proper_uri_is_named_in_the_log() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.open("file:///a b.bicep", "bicep", 1, "BAD").await;
    client.logged("\"file:///a b.bicep\" is not a URI").await;
    client.finish().await;
}
