//! Takes what real clients send where the framework's types would refuse the whole message.
//!
//! The framework parses the parameters of a method as one strict type. One unexpected value in a
//! field that this server never reads would then cost the session (`initialize`) or a person's
//! quick fix (`textDocument/codeAction`, where editors pass the diagnostics of *other* servers
//! too). So the shell keeps of these messages what is read, if it has the expected shape.

mod initialize;

use serde_json::{Value, json};
use tower_lsp::ls_types::Uri;

use super::convert::SOURCE;

/// Parses a message. Half of a surrogate pair, which an editor may cut out of a character and
/// JSON can only write as an escape, becomes a replacement character of the same width: dropping
/// the edit would leave the two sides with different texts for good.
pub(super) fn parse(body: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(body).or_else(|error| {
        replace_lone_surrogates(body).map_or(Err(error), |body| serde_json::from_slice(&body))
    })
}

/// The body with every lone surrogate escape replaced; nothing if there is none.
fn replace_lone_surrogates(body: &[u8]) -> Option<Vec<u8>> {
    let mut repaired = Vec::with_capacity(body.len());
    let mut changed = false;
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at..];
        let (width, lone) = match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(Half::High), Some(Half::Low)) => (12, false),
            (Some(_), _) => (6, true),
            // An escaped backslash must not lend its second half to a following `u`.
            (None, _) if rest[0] == b'\\' => (2.min(rest.len()), false),
            (None, _) => (1, false),
        };
        if lone {
            repaired.extend_from_slice(br"\ufffd");
            changed = true;
        } else {
            repaired.extend_from_slice(&rest[..width]);
        }
        at += width;
    }
    changed.then_some(repaired)
}

enum Half {
    High,
    Low,
}

fn surrogate(bytes: &[u8]) -> Option<Half> {
    let digits = bytes.strip_prefix(br"\u")?.get(..4)?;
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    match unit {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

/// The parameters of a method, reduced to what the server reads.
pub(super) fn parameters(method: &str, params: Option<Value>) -> Option<Value> {
    match method {
        "initialize" => Some(initialize::parameters(&params?)),
        "textDocument/codeAction" => params.map(code_action),
        // Nothing is asked for, so nothing that is sent instead can be wrong.
        "shutdown" => None,
        _ => params,
    }
}

/// The document that a notification names by something that is no URI.
///
/// The framework drops a notification that it cannot parse without a word, and this is the one
/// fault of that kind that is an editor's, not a test's: its document would stay unchecked and
/// nobody would know why.
pub(super) fn unusable_uri<'a>(method: &str, params: Option<&'a Value>) -> Option<&'a str> {
    let document = params?.get("textDocument")?;
    let uri = document.get("uri")?.as_str()?;
    (method.starts_with("textDocument/did") && uri.parse::<Uri>().is_err()).then_some(uri)
}

fn code_action(mut params: Value) -> Value {
    let Some(params_map) = params.as_object_mut() else {
        return params;
    };
    let context = params_map.remove("context").unwrap_or_default();
    let diagnostics: Vec<Value> = context
        .get("diagnostics")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|it| is_ours(it))
        .map(|it| json!({ "range": it["range"], "code": it["code"], "message": "" }))
        .collect();
    let mut kept = json!({ "diagnostics": diagnostics });
    if let Some(Value::Array(only)) = context.get("only") {
        kept["only"] = only.iter().filter(|it| it.is_string()).cloned().collect();
    }
    params_map.insert("context".to_owned(), kept);
    params
}

/// Whether a diagnostic may be one of this server; some editors drop the source.
fn is_ours(diagnostic: &Value) -> bool {
    let is_number = |end: &str, field: &str| diagnostic["range"][end][field].as_u64().is_some();
    let source = &diagnostic["source"];
    (source.is_null() || source == SOURCE)
        && diagnostic["code"].is_string()
        && ["start", "end"]
            .iter()
            .all(|end| is_number(end, "line") && is_number(end, "character"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced() {
        for (body, expected) in [
            (r#""\ud83d\ude00""#, "😀"),
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude00b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d\ud83d""#, "\\ud83d\u{fffd}"),
        ] {
            assert_eq!(parse(body.as_bytes()).unwrap(), json!(expected), "{body}");
        }
        assert!(parse(b"{]").is_err());
        assert!(parse(br#""\"#).is_err());
    }

    #[test]
    fn foreign_diagnostics_are_left_out() {
        let range =
            json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } });
        let params = json!({
            "textDocument": { "uri": "file:///a.bicep" },
            "range": range,
            "context": {
                "diagnostics": [
                    { "range": range, "code": { "value": 1 }, "source": "bicep" },
                    { "range": range, "code": "a-rule", "source": "apim-ls", "tags": [99] },
                    { "range": range, "code": "b-rule" },
                    { "code": "c-rule" },
                ],
                "only": ["", 3],
                "triggerKind": 99,
            },
        });
        let kept = parameters("textDocument/codeAction", Some(params)).unwrap();
        assert_eq!(
            kept["context"],
            json!({
                "diagnostics": [
                    { "range": range, "code": "a-rule", "message": "" },
                    { "range": range, "code": "b-rule", "message": "" },
                ],
                "only": [""],
            })
        );
    }
}
