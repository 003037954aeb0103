//! What an incoming JSON value is, in JSON-RPC's terms.

use serde_json::Value;
use tower_lsp::jsonrpc::{Id, Request};

use super::{lenient, server};

/// One incoming message.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A request (with an id) or a notification (without one).
    Call(Request),
    /// An answer to a request of ours; there are none.
    Answer,
    /// Something else: it is refused, under its id if one can be made out.
    Invalid { id: Id, why: &'static str },
}

impl Incoming {
    /// Classifies a message.
    pub(super) fn new(message: Value) -> Self {
        let Value::Object(mut message) = message else {
            let why = if message.is_array() {
                "the Language Server Protocol has no batches"
            } else {
                "a message is an object"
            };
            return Self::Invalid { id: Id::Null, why };
        };
        let id: Option<Id> = match message.remove("id").map(serde_json::from_value) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => {
                return Self::Invalid {
                    id: Id::Null,
                    why: "an id is an integer or a string",
                };
            }
        };
        let invalid = |why| Self::Invalid {
            id: id.clone().unwrap_or(Id::Null),
            why,
        };
        if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return invalid("`jsonrpc` is not \"2.0\"");
        }
        let method = match message.remove("method") {
            Some(Value::String(method)) => method,
            Some(_) => return invalid("`method` is not a string"),
            None if message.contains_key("result") || message.contains_key("error") => {
                return Self::Answer;
            }
            None => return invalid("neither a call nor an answer"),
        };
        let params = lenient::parameters(&method, message.remove("params"));
        let mut request = Request::build(server::name_of(method));
        if let Some(id) = id {
            request = request.id(id);
        }
        if let Some(params) = params {
            request = request.params(params);
        }
        Self::Call(request.finish())
    }
}
