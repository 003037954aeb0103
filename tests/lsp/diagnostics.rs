//! What is published, and when.

use serde_json::json;

use crate::client::{BICEP, Client};
use crate::toy;

#[tokio::test]
async fn a_diagnostic_says_what_the_client_can_show() {
    let range = |character: u32, length: u32| json!({ "start": { "line": 0, "character": character }, "end": { "line": 0, "character": character + length } });
    let mut plain = Client::in_process(toy::words);
    plain.initialize(json!({})).await;
    assert_eq!(
        json!(plain.open_bicep("BAD BAD UGLY DULL").await),
        json!([
            { "range": range(0, 3), "severity": 2, "code": "bad-word", "source": "apim-ls", "message": "this is bad" },
            { "range": range(4, 3), "severity": 2, "code": "bad-word", "source": "apim-ls", "message": "this is bad" },
            { "range": range(8, 4), "severity": 1, "code": "ugly-word", "source": "apim-ls", "message": "this is ugly" },
            { "range": range(13, 4), "severity": 3, "code": "dull-word", "source": "apim-ls", "message": "this is dull" },
        ])
    );
    plain.finish().await;

    let mut rich = Client::in_process(toy::words);
    let abilities = json!({ "relatedInformation": true, "codeDescriptionSupport": true });
    rich.initialize(json!({ "textDocument": { "publishDiagnostics": abilities } }))
        .await;
    let href = "https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md";
    let diagnostics = rich.open_bicep("BAD BAD").await;
    assert_eq!(diagnostics[0]["codeDescription"]["href"], href);
    assert_eq!(diagnostics[0].get("relatedInformation"), None);
    assert_eq!(
        diagnostics[1]["relatedInformation"],
        json!([{ "location": { "uri": BICEP, "range": range(0, 3) }, "message": "the first one" }])
    );
    rich.finish().await;
}

#[tokio::test]
async fn only_the_newest_of_many_changes_has_to_be_published() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.open(BICEP, "bicep", 0, "").await;
    let start =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    for version in 1..=1000 {
        let new_text = if version % 10 == 0 { "BAD " } else { "x" };
        client
            .change(
                BICEP,
                version,
                json!([{ "range": start, "text": new_text }]),
            )
            .await;
    }
    // `diagnostics` fails if an older version comes after a newer.
    assert_eq!(client.diagnostics(BICEP, 1000).await.len(), 100);
    client.finish().await;
}

#[tokio::test]
async fn a_slow_analysis_skips_versions() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.open(BICEP, "bicep", 1, "SLOW").await;
    for (version, count) in (2..=50).zip(2..) {
        let text = format!("SLOW {}", "BAD ".repeat(count));
        client
            .change(BICEP, version, json!([{ "text": text }]))
            .await;
    }
    let started = std::time::Instant::now();
    assert_eq!(client.diagnostics(BICEP, 50).await.len(), 50);
    assert!(
        started.elapsed().as_secs() < 5,
        "50 analyses would take 10 seconds"
    );
    client.finish().await;
}

#[tokio::test]
async fn closing_clears_for_good() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    assert_eq!(client.open_bicep("BAD").await.len(), 1);
    client.close(BICEP).await;
    client.cleared(BICEP).await;

    // The analysis is under way when the document closes.
    client.open(BICEP, "bicep", 1, "SLOW BAD").await;
    client.settle().await;
    client.close(BICEP).await;
    client.remains_cleared(BICEP).await;
    client.finish().await;
}

#[tokio::test]
async fn reopening_starts_afresh() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    client.open(BICEP, "bicep", 7, "SLOW BAD BAD").await;
    client.settle().await;
    client.close(BICEP).await;
    client.remains_cleared(BICEP).await;
    assert_eq!(client.open_bicep("UGLY").await[0]["code"], "ugly-word");

    // The same version of the same text is told anew: the client has let go of it meanwhile.
    client.close(BICEP).await;
    client.open(BICEP, "bicep", 1, "UGLY").await;
    client.settle().await;
    assert_eq!(client.reopened(BICEP, 1).await.len(), 1);
    client.open(BICEP, "bicep", 2, "BAD BAD").await;
    client.logged("opened twice").await;
    assert_eq!(client.diagnostics(BICEP, 2).await.len(), 2);
    client.finish().await;
}

#[tokio::test]
async fn a_panic_costs_one_analysis() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    assert_eq!(client.open_bicep("BAD").await.len(), 1);
    for version in [2, 4] {
        client
            .change(BICEP, version, json!([{ "text": "BAD PANIC" }]))
            .await;
        client.logged("as the text asks").await;
        client
            .change(BICEP, version + 1, json!([{ "text": "BAD BAD" }]))
            .await;
        assert_eq!(client.diagnostics(BICEP, version + 1).await.len(), 2);
    }
    client.finish().await;
}

#[tokio::test]
async fn many_documents_at_once() {
    let mut client = Client::in_process(toy::words);
    client.initialize(json!({})).await;
    let uri = |n: usize| format!("file:///workspace/{n}.bicep");
    for n in 0..200 {
        client.open(&uri(n), "bicep", 1, &"BAD ".repeat(n)).await;
    }
    for n in 0..200 {
        assert_eq!(client.diagnostics(&uri(n), 1).await.len(), n);
    }
    client.finish().await;
}
