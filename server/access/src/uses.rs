//! What else in a deployment uses an identity of a service: loggers and policies.

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Piece, Value};
use template::{Evaluator, Lookup};

use crate::calls::{is_policy, without_comments};
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
    let (noun, path): (_, &[&str]) = if resource.is_type(facts::LOGGER_TYPE) {
        ("logger", &["properties", "credentials", "identityClientId"])
    } else if is_policy(resource) {
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
    without_comments(text).iter().any(|piece| match piece {
        Piece::Literal(literal) => literal.contains(facts::IDENTITY_POLICY),
        Piece::Hole(_) => false,
    })
}
