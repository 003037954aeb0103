//! Resource ids, computed and written out.

use std::rc::Rc;

use super::same::{Letters, same};
use super::scopes::{scope_of, scope_of_id, subscription};
use crate::facts;
use crate::model::ResourceId;
use crate::program::At;
use crate::value::{Identity, Scope, Symbol, Text, Value};

/// The id that the `resourceId` functions make of their arguments.
pub(super) fn resource_id(function: &str, arguments: &[Value]) -> Option<Identity> {
    let (base, arguments) = match function {
        "extensionresourceid" => {
            let (base, rest) = arguments.split_first()?;
            (Some(scope_of_base(base)?), rest)
        }
        _ => (None, arguments),
    };
    let type_at = arguments
        .iter()
        .position(|argument| argument.as_str().is_some_and(|text| text.contains('/')))?;
    let resource_type = arguments[type_at].as_str()?;
    let leading = &arguments[..type_at];
    let scope = match (base, function, leading) {
        (Some(base), _, []) => base,
        (None, "resourceid", []) => Scope::Deployment,
        (None, "resourceid", [group]) => Scope::ResourceGroup {
            subscription: None,
            group: group.clone(),
        },
        (None, "resourceid", [id, group]) => Scope::ResourceGroup {
            subscription: subscription(id),
            group: group.clone(),
        },
        (None, "subscriptionresourceid", []) => Scope::Subscription(None),
        (None, "subscriptionresourceid", [id]) => Scope::Subscription(subscription(id)),
        (None, "tenantresourceid", []) => Scope::tenant(),
        (None, "tenantresourceid" | "managementgroupresourceid", _) => {
            Scope::Elsewhere(Value::Null)
        }
        _ => return None,
    };
    let given = arguments[type_at + 1..].iter().flat_map(split_name);
    let names = whole_names(&given.collect::<Vec<_>>(), resource_type);
    Some(
        Identity {
            declaration: None,
            index: None,
            resource_type: resource_type.into(),
            names,
            scope,
        }
        .with_provider(),
    )
}

/// The names of a resource, one for each segment of its type. Where one text holds several, the
/// compiler takes it apart with `split(text, '/')[0]`, `split(text, '/')[1]` and so on; no name has a
/// slash.
pub(super) fn whole_names(given: &[Value], resource_type: &str) -> Vec<Value> {
    if let ([whole @ Value::Symbol(_)], count @ 2..) = (given, resource_type.matches('/').count())
        && whole.unknown_reason().is_none()
    {
        return (0i64..)
            .take(count)
            .map(|number| part(whole, number))
            .collect();
    }
    let mut names = Vec::with_capacity(given.len());
    let mut rest = given;
    while let [first, after @ ..] = rest {
        let parts = part_of(first).filter(|(_, index)| *index == 0);
        let parts = parts.map(|(text, _)| (text, text.split('/')));
        match parts {
            Some((text, parts)) if is_run(rest, text, parts.len()) => {
                rest = &rest[parts.len()..];
                names.extend(parts);
            }
            _ => {
                names.push(first.clone());
                rest = after;
            }
        }
    }
    names
}

/// `split(whole, '/')[number]`
fn part(whole: &Value, number: i64) -> Value {
    Value::symbol(Symbol::Element {
        object: Value::symbol(Symbol::Call {
            function: "split".into(),
            arguments: vec![whole.clone(), Value::string("/")],
        }),
        index: Value::Integer(number),
    })
}

/// The text and number of `split(text, '/')[number]`.
fn part_of(value: &Value) -> Option<(&Text, i64)> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Element {
        object: Value::Symbol(object),
        index: Value::Integer(index),
    } = &**symbol
    else {
        return None;
    };
    let Symbol::Call {
        function,
        arguments,
    } = &**object
    else {
        return None;
    };
    match (&**function, arguments.as_slice()) {
        ("split", [Value::Text(text), separator]) if separator.as_str() == Some("/") => {
            Some((text, *index))
        }
        _ => None,
    }
}

/// Whether values begin with all parts of a text.
fn is_run(values: &[Value], text: &Text, count: usize) -> bool {
    values.len() >= count
        && (0i64..).zip(&values[..count]).all(|(number, value)| {
            part_of(value).is_some_and(|(own, index)| index == number && is_same_text(own, text))
        })
}

fn is_same_text(a: &Text, b: &Text) -> bool {
    same(
        &Value::Text(a.clone()),
        &Value::Text(b.clone()),
        Letters::Exact,
    )
    .is_same()
}

/// The resource that a value stands for: an id in any spelling, or a resource itself.
#[must_use]
pub fn identity_of_value(value: &Value) -> Option<Rc<Identity>> {
    match value {
        Value::Id(identity) => Some(identity.clone()),
        Value::Resource(handle) => Some(handle.identity.clone()),
        Value::Text(text) => parse_id(text).map(Rc::new),
        _ => None,
    }
}

pub(super) fn split_name(name: &Value) -> Vec<Value> {
    match name {
        // In ARM JSON the names of a child and its parents are one text.
        Value::Null => vec![Value::string("")],
        Value::Text(text) => text.split('/'),
        name => vec![name.clone()],
    }
}

/// Reads the id that a text is, written out or put together.
fn parse_id(text: &Text) -> Option<Identity> {
    let segments = text.split('/');
    let (first, rest) = segments.split_first()?;
    let (scope, mut rest) = match first {
        // `${resource.id}/...`
        Value::Id(identity) => (scope_of(identity.clone()), rest),
        Value::Text(empty) if empty.as_str() == Some("") => absolute_scope(rest)?,
        // `${resourceGroup().id}/...`
        first => (scope_of_id(first)?, rest),
    };
    let mut identity = match &scope {
        Scope::Extension(identity) => Some((**identity).clone()),
        _ => None,
    };
    let mut scope = scope;
    while let Some((segment, after)) = rest.split_first() {
        if segment
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("providers"))
        {
            if let Some(base) = identity.take() {
                scope = Scope::Extension(Rc::new(base));
            }
            let [namespace, kind, name, after @ ..] = after else {
                return None;
            };
            identity = Some(Identity {
                declaration: None,
                index: None,
                resource_type: format!("{}/{}", namespace.as_str()?, kind.as_str()?).into(),
                names: vec![name.clone()],
                scope: scope.clone(),
            });
            rest = after;
            continue;
        }
        // A child: its type and name.
        let (Some(known), [name, after @ ..]) = (identity.as_mut(), after) else {
            return None;
        };
        known.declaration = None;
        known.resource_type = format!("{}/{}", known.resource_type, segment.as_str()?).into();
        known.names.push(name.clone());
        rest = after;
    }
    identity
}

/// The scope at the start of an id that is written out, and what follows it.
fn absolute_scope(segments: &[Value]) -> Option<(Scope, &[Value])> {
    let is = |at: usize, word: &str| {
        segments
            .get(at)
            .and_then(Value::as_str)
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    if is(0, "subscriptions") {
        let subscription = subscription(segments.get(1)?);
        if is(2, "resourceGroups") {
            let group = segments.get(3)?.clone();
            return Some((
                Scope::ResourceGroup {
                    subscription,
                    group,
                },
                &segments[4..],
            ));
        }
        return Some((Scope::Subscription(subscription), &segments[2..]));
    }
    is(0, "providers").then_some((Scope::Elsewhere(Value::Null), segments))
}

/// The scope that `extensionResourceId` names first: a resource by its id, or the id of a resource
/// group or subscription.
fn scope_of_base(base: &Value) -> Option<Scope> {
    if let Some(scope) = scope_of_id(base) {
        return Some(scope);
    }
    if let Some(identity) = identity_of_value(base) {
        return Some(match identity.name() {
            Some(name) if identity.is_type(facts::MANAGEMENT_GROUP_TYPE) => {
                Scope::of_call("managementgroup", vec![name.clone()])
            }
            _ => scope_of(identity),
        });
    }
    let Value::Text(text) = base else {
        return None;
    };
    let segments = text.split('/');
    let (first, rest) = segments.split_first()?;
    let (scope, rest) = absolute_scope(rest).filter(|_| first.as_str() == Some(""))?;
    rest.is_empty().then_some(scope)
}

impl Identity {
    /// The resource whose system-assigned identity this is.
    pub(super) fn identity_of(&self) -> Option<Rc<Self>> {
        match &self.scope {
            Scope::Extension(of)
                if self
                    .resource_type
                    .eq_ignore_ascii_case(facts::SYSTEM_IDENTITY_TYPE) =>
            {
                Some(of.clone())
            }
            _ => None,
        }
    }

    /// Turns `A.B/c/providers/D.E/f` with the names `x/D.E/y` into an extension of `A.B/c` `x`, as
    /// older templates write role assignments.
    pub(super) fn with_provider(self) -> Self {
        let lower = self.resource_type.to_ascii_lowercase();
        let Some(at) = lower.find("/providers/") else {
            return self;
        };
        let base_type = &self.resource_type[..at];
        let own_type = &self.resource_type[at + "/providers/".len()..];
        let base_names = base_type.matches('/').count();
        if self.names.len() < base_names + 2 || base_names == 0 {
            return self;
        }
        // The extension's namespace stands between the names, not in the type.
        let Some(namespace) = self.names[base_names].as_str() else {
            return self;
        };
        let base = Self {
            declaration: None,
            index: None,
            resource_type: base_type.into(),
            names: self.names[..base_names].to_vec(),
            scope: self.scope.clone(),
        };
        Self {
            declaration: self.declaration,
            index: self.index,
            resource_type: format!("{namespace}/{own_type}").into(),
            names: self.names[base_names + 1..].to_vec(),
            scope: Scope::Extension(Rc::new(base)),
        }
    }

    /// The declaration of the resource, where it declares no other one.
    #[must_use]
    pub fn lone_declaration(&self) -> Option<At<ResourceId>> {
        self.declaration.filter(|_| self.index.is_none())
    }

    /// Whether the resource is of a type, compared as Azure does, without regard to case.
    #[must_use]
    pub fn is_type(&self, resource_type: &str) -> bool {
        self.resource_type.eq_ignore_ascii_case(resource_type)
    }

    /// The last part of the name.
    #[must_use]
    pub fn name(&self) -> Option<&Value> {
        self.names.last()
    }
}
