//! Resources and their ids.

use std::rc::Rc;

use super::Evaluator;
use super::members::join;
use crate::cases::Undecided;
use crate::facts;
use crate::model::{ExpressionId, Parent, Resource, ResourceId};
use crate::value::{Bindings, Evaluated, Identity, Lazy, Reason, Scope, Symbol, Text, Value};

/// How many resources may be each other's parent or scope.
const MAXIMUM_ANCESTORS: u32 = 16;

impl Evaluator<'_> {
    /// What makes a declared resource the one it is; of a loop, what its resources have in common.
    pub fn identity(&self, id: ResourceId) -> Result<Rc<Identity>, Undecided> {
        self.identity_in(id, None, &Bindings::default(), 0)
    }

    /// One resource of a loop.
    pub(super) fn element_identity(
        &self,
        id: ResourceId,
        index: &Value,
    ) -> Result<Rc<Identity>, Undecided> {
        let bindings = self.loop_bindings(id, index)?;
        self.identity_in(id, Some(index.clone()), &bindings, 0)
    }

    /// The resource that the template declares, or refers to as `existing`, under an identity.
    pub fn declaration(&self, identity: &Identity) -> Result<Option<ResourceId>, Undecided> {
        if identity.declaration.is_some() {
            return Ok(identity.declaration);
        }
        if !self.descend() {
            return Ok(None);
        }
        let mut found = Ok(None);
        for (id, resource) in self.template.resources() {
            if resource.repetition.is_some() || !resource.is_type(&identity.resource_type) {
                continue;
            }
            match self.identity(id) {
                Ok(declared) if self.same_resource(&declared, identity).is_same() => {
                    found = Ok(Some(id));
                    break;
                }
                Ok(_) => {}
                Err(undecided) => {
                    found = Err(undecided);
                    break;
                }
            }
        }
        self.ascend();
        found
    }

    /// What the names of a resource's loop are bound to, once for each resource of a known list;
    /// once in all where there is no loop, or the list is not known.
    pub fn instances(&self, id: ResourceId) -> Result<Vec<Bindings>, Undecided> {
        let Some(repetition) = self.template.resource(id).repetition else {
            return Ok(vec![Bindings::default()]);
        };
        let iterable = Lazy::Expression(repetition.iterable, Bindings::default());
        match self.known(&iterable)?.value {
            Value::Array(array) if !array.is_open => (0i64..)
                .zip(&array.items)
                .map(|(index, item)| {
                    let index = Evaluated {
                        value: Value::Integer(index),
                        origin: repetition.iterable,
                    };
                    Ok(Bindings::default()
                        .with(repetition.item, item.clone())
                        .with(repetition.index, Lazy::Evaluated(index)))
                })
                .collect(),
            _ => Ok(vec![Bindings::default()]),
        }
    }

    /// The names that are bound inside the body of a loop at one index.
    fn loop_bindings(&self, id: ResourceId, index: &Value) -> Result<Bindings, Undecided> {
        let mut bindings = Bindings::default();
        if let Some(repetition) = self.template.resource(id).repetition {
            let iterable = self.evaluate(repetition.iterable)?;
            let item = self.element(&iterable.value, index, false, false, repetition.iterable)?;
            let index = Evaluated {
                value: index.clone(),
                origin: repetition.iterable,
            };
            bindings = bindings
                .with(repetition.item, Lazy::Evaluated(item))
                .with(repetition.index, Lazy::Evaluated(index));
        }
        Ok(bindings)
    }

    fn identity_in(
        &self,
        id: ResourceId,
        index: Option<Value>,
        bindings: &Bindings,
        ancestors: u32,
    ) -> Result<Rc<Identity>, Undecided> {
        let resource = self.template.resource(id);
        let own = match resource.name {
            Some(name) => split_name(&self.evaluate_in(name, bindings)?.value),
            None => Vec::new(),
        };
        let mut identity = Identity {
            declaration: Some(id),
            index,
            resource_type: resource.resource_type.as_ref().into(),
            names: own,
            scope: Scope::Deployment,
        };
        if ancestors >= MAXIMUM_ANCESTORS {
            return Ok(Rc::new(identity));
        }
        let parent = match resource.parent {
            Some(Parent::Enclosing(parent)) => {
                Some(self.identity_in(parent, None, &Bindings::default(), ancestors + 1)?)
            }
            Some(Parent::Property(parent)) => {
                identity_of_value(&self.evaluate_in(parent, bindings)?.value)
            }
            None => None,
        };
        if let Some(parent) = &parent {
            let own = std::mem::replace(&mut identity.names, parent.names.clone());
            identity.names.extend(own);
            identity.scope = parent.scope.clone();
        }
        if let Some(scope) = resource.scope {
            identity.scope = self.scope(scope, bindings)?;
        }
        if identity.names.is_empty() {
            identity.names.push(match resource.symbol {
                // Without a name nothing tells it from others of its type but its declaration.
                Some(_) => Value::symbol(Symbol::Call {
                    function: "name".into(),
                    arguments: vec![Value::Resources(id)],
                }),
                None => Value::unknown(Reason::Unreadable),
            });
        }
        Ok(Rc::new(identity.with_provider()))
    }

    fn scope(&self, expression: ExpressionId, bindings: &Bindings) -> Result<Scope, Undecided> {
        let value = self.evaluate_in(expression, bindings)?.value;
        // ARM JSON writes the tenant as the root of all ids.
        if value.as_str() == Some("/") {
            return Ok(Scope::Elsewhere(Value::symbol(Symbol::Call {
                function: "tenant".into(),
                arguments: Vec::new(),
            })));
        }
        Ok(match scope_of_call(&value) {
            Some(scope) => scope,
            None => match identity_of_value(&value) {
                Some(identity) => Scope::Extension(identity),
                None => Scope::Elsewhere(value),
            },
        })
    }

    /// The name of a resource as its declaration gives it.
    pub(super) fn written_name(
        &self,
        id: ResourceId,
        index: Option<&Value>,
    ) -> Result<Value, Undecided> {
        let bindings = match index {
            Some(index) => self.loop_bindings(id, index)?,
            None => Bindings::default(),
        };
        match self.template.resource(id).name {
            Some(name) => Ok(self.evaluate_in(name, &bindings)?.value),
            None => Ok(join(&self.identity(id)?.names)),
        }
    }

    /// The resource that the parent of a declared resource is, if it has one.
    pub fn parent(&self, resource: &Resource) -> Result<Option<Rc<Identity>>, Undecided> {
        match resource.parent {
            Some(Parent::Enclosing(parent)) => self.identity(parent).map(Some),
            Some(Parent::Property(parent)) => Ok(identity_of_value(&self.evaluate(parent)?.value)),
            None => match resource.resource_type.rsplit_once('/') {
                Some((parent_type, _)) if parent_type.contains('/') => {
                    let names = match resource.name {
                        Some(name) => split_name(&self.evaluate(name)?.value),
                        None => return Ok(None),
                    };
                    let Some((_, names)) = names.split_last() else {
                        return Ok(None);
                    };
                    if names.len() != parent_type.matches('/').count() {
                        return Ok(None);
                    }
                    Ok(Some(Rc::new(Identity {
                        declaration: None,
                        index: None,
                        resource_type: parent_type.into(),
                        names: names.to_vec(),
                        scope: Scope::Deployment,
                    })))
                }
                _ => Ok(None),
            },
        }
    }
}

/// The id that the `resourceId` functions make of their arguments.
pub(super) fn resource_id(function: &str, arguments: &[Value]) -> Option<Value> {
    let (base, arguments) = match function {
        "extensionresourceid" => {
            let (base, rest) = arguments.split_first()?;
            (Some(identity_of_value(base)?), rest)
        }
        _ => (None, arguments),
    };
    let type_at = arguments
        .iter()
        .position(|argument| argument.as_str().is_some_and(|text| text.contains('/')))?;
    let resource_type = arguments[type_at].as_str()?;
    let leading = &arguments[..type_at];
    let scope = match (base, function, leading) {
        (Some(base), _, []) => Scope::Extension(base),
        (None, "resourceid", []) => Scope::Deployment,
        (None, "resourceid", [group]) => Scope::ResourceGroup {
            subscription: None,
            group: group.clone(),
        },
        (None, "resourceid", [subscription, group]) => Scope::ResourceGroup {
            subscription: Some(subscription.clone()),
            group: group.clone(),
        },
        (None, "subscriptionresourceid", []) => Scope::Subscription(None),
        (None, "subscriptionresourceid", [subscription]) => {
            Scope::Subscription(Some(subscription.clone()))
        }
        (None, "tenantresourceid" | "managementgroupresourceid", _) => {
            Scope::Elsewhere(Value::Null)
        }
        _ => return None,
    };
    let mut names = Vec::new();
    for argument in &arguments[type_at + 1..] {
        names.extend(split_name(argument));
    }
    Some(Value::Id(Rc::new(
        Identity {
            declaration: None,
            index: None,
            resource_type: resource_type.into(),
            names,
            scope,
        }
        .with_provider(),
    )))
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
    fn with_provider(self) -> Self {
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

fn split_name(name: &Value) -> Vec<Value> {
    match name {
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
        Value::Id(identity) => (Scope::Extension(identity.clone()), rest),
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
        let subscription = segments.get(1)?.clone();
        if is(2, "resourceGroups") {
            let group = segments.get(3)?.clone();
            return Some((
                Scope::ResourceGroup {
                    subscription: Some(subscription),
                    group,
                },
                &segments[4..],
            ));
        }
        return Some((Scope::Subscription(Some(subscription)), &segments[2..]));
    }
    is(0, "providers").then_some((Scope::Elsewhere(Value::Null), segments))
}

/// The scope whose `id` a value is.
fn scope_of_id(value: &Value) -> Option<Scope> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    match &**symbol {
        Symbol::Member { object, name } if name.eq_ignore_ascii_case("id") => scope_of_call(object),
        _ => None,
    }
}

/// The scope that `resourceGroup(...)`, `subscription(...)` and their like are.
fn scope_of_call(value: &Value) -> Option<Scope> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    let Symbol::Call {
        function,
        arguments,
    } = &**symbol
    else {
        return None;
    };
    Some(match (&**function, arguments.as_slice()) {
        ("resourcegroup", []) => Scope::Deployment,
        ("resourcegroup", [group]) => Scope::ResourceGroup {
            subscription: None,
            group: group.clone(),
        },
        ("resourcegroup", [subscription, group]) => Scope::ResourceGroup {
            subscription: Some(subscription.clone()),
            group: group.clone(),
        },
        ("subscription", []) => Scope::Subscription(None),
        ("subscription", [subscription]) => Scope::Subscription(Some(subscription.clone())),
        ("tenant" | "managementgroup", _) => Scope::Elsewhere(value.clone()),
        _ => return None,
    })
}
