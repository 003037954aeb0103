//! What gateways call while they run: the addresses of Azure services in policies.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, Resource, ResourceId};
use template::program::At;
use template::value::{Identity, Piece, Symbol, Text, Value};
use template::{Evaluator, Property, identity_of_value};

use crate::facts;
use crate::grants::may_be_deployed;
use crate::network::{Firewall, FirewallKind, Setting, firewall, ways};

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
        let document = Document::new(without_comments(text));
        // Most call nothing by themselves, and what resources are called costs much to know.
        if document.addresses().next().is_none() {
            continue;
        }
        for host in facts::FIREWALLED_HOSTS {
            for (target, resource) in evaluator.program.resources_of_type(host.resource_type) {
                let call = Call { property, target };
                if !resource.is_existing
                    && !calls.contains(&call)
                    && document.calls(evaluator, &evaluator.identity(target)?, host.suffixes)
                {
                    calls.push(call);
                }
            }
        }
    }
    Ok(calls)
}

/// The firewall of a resource that shuts gateways out, as far as the program shows; none where they may
/// get through.
pub fn shut_firewall(
    evaluator: &Evaluator<'_>,
    target: At<ResourceId>,
) -> Result<Option<Firewall>, Undecided> {
    if !evaluator.is_deployed(target)? {
        return Ok(None);
    }
    let Setting::On(firewall) = firewall(evaluator, target)? else {
        return Ok(None);
    };
    let resource = evaluator.program.resource(target);
    let rule_sets = facts::NETWORK_RULE_SET_TYPES
        .iter()
        .find(|(namespace, _)| resource.is_type(namespace));
    if let Some((_, rule_sets)) = rule_sets
        && (firewall.kind == FirewallKind::SelectedNetworks
            || has_child(evaluator, target, rule_sets)?)
    {
        // The rules of a namespace are a child, which lets everybody in while it has none.
        return Ok(None);
    }
    let is_shut = !trusts_instances(evaluator, target)?
        && !is_in_perimeter(evaluator, target)?
        && ways(evaluator, target, &firewall)?.is_empty();
    Ok(is_shut.then_some(firewall))
}

/// Whether a resource may have a child of a type.
fn has_child(
    evaluator: &Evaluator<'_>,
    parent: At<ResourceId>,
    child_type: &str,
) -> Result<bool, Undecided> {
    let parent = evaluator.identity(parent)?;
    for (child, _) in evaluator.program.resources_of_type(child_type) {
        let identity = evaluator.identity(child)?;
        let is_child = match (identity.names.first(), parent.name()) {
            (Some(own), Some(name)) => evaluator.same_name(own, name).may_be_same(),
            _ => true,
        };
        if is_child && may_be_deployed(evaluator, child) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a storage account may let single resources in ([rules], which services take for policies).
///
/// [rules]: https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
fn trusts_instances(evaluator: &Evaluator<'_>, target: At<ResourceId>) -> Result<bool, Undecided> {
    let body = evaluator.body(target)?.value;
    let path = ["properties", "networkAcls", "resourceAccessRules"];
    Ok(match evaluator.property(&body, &path)? {
        Property::Absent => false,
        Property::Unknown => true,
        Property::Given(given) => match given.evaluated.value {
            Value::Array(list) => !list.items.is_empty() || list.is_open(),
            _ => true,
        },
    })
}

/// Whether a resource may be in a network security perimeter, whose rules may be out of sight.
fn is_in_perimeter(evaluator: &Evaluator<'_>, target: At<ResourceId>) -> Result<bool, Undecided> {
    let identity = evaluator.identity(target)?;
    let associations = evaluator
        .program
        .resources_of_type(facts::PERIMETER_ASSOCIATION_TYPE);
    for (association, _) in associations {
        for (_, body) in evaluator.deployed(association)? {
            let path = ["properties", "privateLinkResource", "id"];
            let member = evaluator.property(&body, &path)?.given();
            let member = member.and_then(|member| identity_of_value(&member.evaluated.value));
            let may_be =
                |member: Rc<Identity>| evaluator.same_resource(&member, &identity).may_be_same();
            if member.is_none_or(may_be) {
                return Ok(true);
            }
        }
    }
    Ok(false)
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

/// A policy document as one string, in which a letter of private use stands for each hole.
struct Document {
    text: String,
    holes: Vec<Value>,
}

/// The first of the letters that stand for holes.
const FIRST_HOLE: u32 = 0xE000;
/// How many of them there are.
const MAXIMUM_HOLES: u32 = 0x1900;

fn is_hole(letter: char) -> bool {
    (FIRST_HOLE..FIRST_HOLE + MAXIMUM_HOLES).contains(&u32::from(letter))
}

impl Document {
    fn new(pieces: Vec<Piece>) -> Self {
        let (mut text, mut holes) = (String::new(), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => {
                    text.push_str(&literal.replace(is_hole, "\u{fffd}"));
                }
                Piece::Hole(value) => match suffix_of_cloud(&value) {
                    Some(suffix) => text.push_str(suffix),
                    None => {
                        let letter = u32::try_from(holes.len())
                            .ok()
                            .filter(|number| *number < MAXIMUM_HOLES)
                            .and_then(|number| char::from_u32(FIRST_HOLE + number));
                        text.push(letter.unwrap_or('\u{fffd}'));
                        holes.push(value);
                    }
                },
            }
        }
        Self { text, holes }
    }

    fn hole(&self, letter: char) -> Option<&Value> {
        let number = u32::from(letter).checked_sub(FIRST_HOLE)?;
        self.holes.get(usize::try_from(number).ok()?)
    }

    /// The stretches of the document that say what to call. An address elsewhere, such as in a header
    /// that redirects the client, is no call.
    fn addresses(&self) -> impl Iterator<Item = &str> {
        facts::CALLING_ELEMENTS
            .iter()
            .flat_map(move |(start, end)| {
                self.text.match_indices(start).filter_map(move |(at, _)| {
                    let rest = &self.text[at + start.len()..];
                    let rest = match *end {
                        ">" => rest.strip_prefix(char::is_whitespace)?,
                        _ => rest.trim_start().strip_prefix('>')?,
                    };
                    rest.split_once(end).map(|(address, _)| address)
                })
            })
    }

    /// Whether the document calls a resource: by its run-time property, or by its name before the ending
    /// of its hosts.
    fn calls(&self, evaluator: &Evaluator<'_>, resource: &Rc<Identity>, suffixes: &[&str]) -> bool {
        let Some(name) = resource.name() else {
            return false;
        };
        self.addresses().any(|address| {
            let mut letters = address.char_indices();
            letters.any(|(at, letter)| {
                is_start(&address[..at])
                    && self.hole(letter).is_some_and(|value| {
                        is_address(value, |of| evaluator.same_resource(of, resource).is_same())
                    })
            }) || suffixes.iter().any(|suffix| {
                let lower = address.to_ascii_lowercase();
                lower.match_indices(suffix).any(|(at, _)| {
                    ends_host(&address[at + suffix.len()..])
                        && self
                            .host(&address[..at])
                            .is_some_and(|host| evaluator.same_name(&host, name).is_same())
                })
            })
        })
    }

    /// The first label of a host, from what stands before the rest of it.
    fn host(&self, before: &str) -> Option<Value> {
        let is_label =
            |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || is_hole(letter);
        let start = before.trim_end_matches(is_label).len();
        let (before, label) = before.split_at(start);
        let before = ["https://", "http://"]
            .iter()
            .find_map(|scheme| {
                let at = before.len().checked_sub(scheme.len())?;
                before
                    .get(at..)?
                    .eq_ignore_ascii_case(scheme)
                    .then(|| &before[..at])
            })
            .unwrap_or(before);
        if label.is_empty() || !is_start(before) {
            return None;
        }
        let mut host = Text::default();
        for letter in label.chars() {
            if is_hole(letter) {
                host.push(self.hole(letter)?.clone());
            } else {
                host.push_str(letter.encode_utf8(&mut [0; 4]));
            }
        }
        Some(host.into_value())
    }
}

/// Whether a value is an address that a resource has at run time.
fn is_address(value: &Value, is_wanted: impl FnOnce(&Rc<Identity>) -> bool) -> bool {
    value.as_property().is_some_and(|(of, path)| {
        let names = path.iter().map(|name| &**name);
        let is_any = |known: &[&str]| {
            names
                .clone()
                .any(|name| known.iter().any(|known| name.eq_ignore_ascii_case(known)))
        };
        is_any(&facts::ADDRESS_PROPERTIES)
            // The web site of a storage account is another matter.
            && !is_any(&["web"])
            && is_wanted(of)
    })
}

/// Whether an address starts after this text: nothing, or what opens a string that is no part of
/// another one.
fn is_start(before: &str) -> bool {
    let before = before.trim_end();
    let quotes = ["\"", "'", "&quot;"];
    let Some(before) = quotes.iter().find_map(|quote| before.strip_suffix(quote)) else {
        return before.is_empty();
    };
    let before = before.trim_end();
    before.ends_with(['(', '?', ':', '$'])
        || before.ends_with("return")
        || (before.ends_with('=') && !before.ends_with("==") && !before.ends_with("!="))
}

/// Whether a host ends before this text.
fn ends_host(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_none_or(|next| next.is_whitespace() || "/:?#\"'&".contains(next))
}

/// The ending of hosts that `environment().suffixes` has, as it is in the public cloud.
fn suffix_of_cloud(value: &Value) -> Option<&'static str> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Member { name, .. } = &**symbol else {
        return None;
    };
    let mut suffixes = facts::CLOUD_SUFFIXES.iter();
    suffixes
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map(|(_, suffix)| *suffix)
}
