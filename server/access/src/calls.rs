//! What gateways call while they run: the addresses of Azure services in policies.

use std::rc::Rc;

use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, Resource, ResourceId};
use template::program::At;
use template::value::{Identity, Piece, Text, Value};

use crate::facts;

/// A resource with a host of its own that a policy calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name of the property with the policy.
    pub property: At<ExpressionId>,
    /// The resource that is called.
    pub target: At<ResourceId>,
}

/// Whether a resource is a policy document, or a fragment of one.
#[must_use]
pub fn is_policy(resource: &Resource) -> bool {
    let lower = resource.resource_type.to_ascii_lowercase();
    lower.starts_with("microsoft.apimanagement/service/")
        && (lower.ends_with("/policies") || lower.ends_with("/policyfragments"))
}

/// The declared resources with a firewall that a policy calls in a case, each once.
pub fn calls_of(evaluator: &Evaluator<'_>, policy: At<ResourceId>) -> Result<Vec<Call>, Undecided> {
    let mut calls: Vec<Call> = Vec::new();
    if !is_policy(evaluator.program.resource(policy)) {
        return Ok(calls);
    }
    for (_, body) in evaluator.deployed(policy)? {
        let Some(given) = evaluator.property(&body, &["properties", "value"])?.given() else {
            continue;
        };
        let (Value::Text(text), Some(property)) = (&given.evaluated.value, given.name) else {
            continue;
        };
        let text = without_comments(text);
        for host in facts::FIREWALLED_HOSTS {
            for (target, resource) in evaluator.program.resources_of_type(host.resource_type) {
                let call = Call { property, target };
                if !resource.is_existing
                    && !calls.contains(&call)
                    && is_called(
                        evaluator,
                        &text,
                        &evaluator.identity(target)?,
                        host.suffixes,
                    )
                {
                    calls.push(call);
                }
            }
        }
    }
    Ok(calls)
}

/// A policy document without its comments.
#[must_use]
pub fn without_comments(document: &Text) -> Vec<Piece> {
    let mut kept = Vec::new();
    let mut is_comment = false;
    for piece in document.pieces() {
        let Piece::Literal(literal) = piece else {
            if !is_comment {
                kept.push(piece.clone());
            }
            continue;
        };
        let mut rest: &str = literal;
        loop {
            let end = if is_comment { "-->" } else { "<!--" };
            let (before, after) = match rest.split_once(end) {
                Some((before, after)) => (before, Some(after)),
                None => (rest, None),
            };
            if !is_comment {
                kept.push(Piece::Literal(before.into()));
            }
            let Some(after) = after else {
                break;
            };
            is_comment = !is_comment;
            rest = after;
        }
    }
    kept
}

/// Whether a text has the address of a resource: its run-time property, or its name before the ending
/// of its hosts.
fn is_called(
    evaluator: &Evaluator<'_>,
    text: &[Piece],
    resource: &Rc<Identity>,
    suffixes: &[&str],
) -> bool {
    let Some(name) = resource.name() else {
        return false;
    };
    for (position, piece) in text.iter().enumerate() {
        match piece {
            Piece::Hole(value) => {
                let is_address = value.as_property().is_some_and(|(of, path)| {
                    let is_endpoint = path.iter().any(|name| {
                        facts::ADDRESS_PROPERTIES
                            .iter()
                            .any(|known| name.eq_ignore_ascii_case(known))
                    });
                    is_endpoint && evaluator.same_resource(of, resource).is_same()
                });
                if is_address {
                    return true;
                }
            }
            Piece::Literal(literal) => {
                let lower = literal.to_ascii_lowercase();
                for (at, _) in suffixes
                    .iter()
                    .flat_map(|suffix| lower.match_indices(suffix))
                {
                    let start = lower[..at]
                        .rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
                        .map_or(0, |before| before + 1);
                    let host = if start < at {
                        (start > 0 || position == 0).then(|| Value::string(&literal[start..at]))
                    } else {
                        hole_before(text, position)
                    };
                    if host.is_some_and(|host| evaluator.same_name(&host, name).is_same()) {
                        return true;
                    }
                }
            }
        }
    }
    false
}

/// The value that stands right before a literal.
fn hole_before(text: &[Piece], position: usize) -> Option<Value> {
    match text.get(position.checked_sub(1)?)? {
        Piece::Hole(value) => Some(value.clone()),
        Piece::Literal(_) => None,
    }
}
