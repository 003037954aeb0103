//! What else in a deployment uses an identity of a service: loggers and policies.

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Piece, Value};
use template::{Evaluator, Lookup};

use crate::facts;

/// A use of an identity other than reading a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// What uses the identity, as a noun.
    pub noun: &'static str,
    /// The expression that is the name of the property that says so.
    pub property: At<ExpressionId>,
}

/// What a resource of a service uses an identity for; nothing where its condition does not hold.
pub fn uses_of(evaluator: &Evaluator<'_>, user: At<ResourceId>) -> Result<Option<Use>, Undecided> {
    let resource = evaluator.program.resource(user);
    let lower = resource.resource_type.to_ascii_lowercase();
    let (noun, path): (_, &[&str]) = if resource.is_type(facts::LOGGER_TYPE) {
        ("logger", &["properties", "credentials", "identityClientId"])
    } else if lower.starts_with("microsoft.apimanagement/service/")
        && (lower.ends_with("/policies") || lower.ends_with("/policyfragments"))
    {
        ("policy", &["properties", "value"])
    } else {
        return Ok(None);
    };
    for (_, body) in evaluator.deployed(user)? {
        let Lookup::Found(entry) = evaluator.lookup_path(&body, path)? else {
            continue;
        };
        let value = evaluator.known(&entry.value)?.value;
        let is_use = match noun {
            "policy" => signs_in(&value),
            _ => !matches!(value, Value::Null) && value.unknown_reason().is_none(),
        };
        if let Some(property) = entry.key_expression.filter(|_| is_use) {
            return Ok(Some(Use { noun, property }));
        }
    }
    Ok(None)
}

/// Whether a policy document signs in with the identity, for sure: outside of comments.
fn signs_in(document: &Value) -> bool {
    let Value::Text(text) = document else {
        return false;
    };
    let mut is_comment = false;
    for piece in text.pieces() {
        let Piece::Literal(literal) = piece else {
            continue;
        };
        let mut rest: &str = literal;
        while !rest.is_empty() {
            if is_comment {
                match rest.split_once("-->") {
                    Some((_, after)) => (is_comment, rest) = (false, after),
                    None => break,
                }
                continue;
            }
            let (code, after) = match rest.split_once("<!--") {
                Some((code, after)) => (code, Some(after)),
                None => (rest, None),
            };
            if code.contains(facts::IDENTITY_POLICY) {
                return true;
            }
            match after {
                Some(after) => (is_comment, rest) = (true, after),
                None => break,
            }
        }
    }
    false
}
