//! New code, said without a language.

use std::rc::Rc;

use crate::model::{ExpressionId, ModuleId, ResourceId};

/// A value to write. Each language has its own spelling for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A string, as it is meant: it is escaped where it is written.
    String(String),
    /// A string made of pieces: a [`New::String`] is text, everything else is put in.
    Interpolation(Vec<New>),
    /// An object.
    Object(Vec<(Key, New)>),
    /// An array.
    Array(Vec<New>),
    /// An expression of the template, as it is written there. It has to mean the same at its new
    /// place: one that uses the item of a loop or lambda is refused.
    Copy(ExpressionId),
    /// A resource as `dependsOn` names it: its symbolic name, or its id where it has none.
    Symbol(Target),
    /// The id of a resource.
    Id(Target),
    /// The name of a resource, as it is given.
    Name(Target),
    /// A property that a resource has once it is deployed, such as `identity.principalId`.
    Property {
        /// The resource.
        of: Target,
        /// The path to the property, in the resource as Azure returns it.
        path: String,
    },
    /// `guid(...)`
    Guid(Vec<New>),
    /// The tenant that is deployed to.
    TenantId,
    /// `subscriptionResourceId('type', 'name')`
    SubscriptionResourceId {
        /// The type.
        resource_type: String,
        /// The name.
        name: String,
        /// What the name stands for where it speaks to nobody, as a comment behind the value. It is
        /// left out where a comment has no place.
        comment: Option<String>,
    },
    /// `extensionResourceId(scope, 'type', name)`
    ExtensionResourceId {
        /// The id of the resource that is extended.
        scope: Box<New>,
        /// The type of the extension.
        resource_type: String,
        /// Its name.
        name: Box<New>,
    },
}

/// The name of a property to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A fixed name.
    Name(String),
    /// A name that is computed, such as the id of an identity.
    Value(Box<New>),
}

/// A resource that new code refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One that the template declares.
    Declared(ResourceId),
    /// A deployment that the template starts.
    Module(ModuleId),
    /// One that the same fix adds.
    Created(Rc<NewResource>),
}

/// A resource to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResource {
    /// Its symbolic name, for languages that have one; see
    /// [`Editor::unused_symbol`](super::Editor::unused_symbol).
    pub symbol: String,
    /// Its full type.
    pub resource_type: String,
    /// Its API version.
    pub api_version: String,
    /// Its name; of a resource with a parent, only the last segment.
    pub name: New,
    /// The resource that it belongs to.
    pub parent: Option<ResourceId>,
    /// The resource that it extends.
    pub scope: Option<ResourceId>,
    /// The resources without which it makes no sense: it is deployed only where all of them are.
    pub condition_of: Vec<ResourceId>,
    /// What it waits for. Resources that its values speak of need not be named: Bicep waits for
    /// them by itself, and in ARM JSON they are added.
    pub depends_on: Vec<Target>,
    /// The rest of its body: `location`, `properties`, …
    pub properties: Vec<(Key, New)>,
}

impl NewResource {
    /// A resource with a name and nothing else.
    #[must_use]
    pub fn new(symbol: &str, resource_type: &str, api_version: &str, name: New) -> Self {
        Self {
            symbol: symbol.to_owned(),
            resource_type: resource_type.to_owned(),
            api_version: api_version.to_owned(),
            name,
            parent: None,
            scope: None,
            condition_of: Vec::new(),
            depends_on: Vec::new(),
            properties: Vec::new(),
        }
    }
}

impl New {
    /// A string.
    #[must_use]
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// An object.
    pub fn object<K: Into<Key>>(members: impl IntoIterator<Item = (K, New)>) -> Self {
        let members = members.into_iter();
        Self::Object(members.map(|(key, value)| (key.into(), value)).collect())
    }

    /// The symbolic name of a resource; see [`New::Symbol`].
    #[must_use]
    pub fn symbol(of: impl Into<Target>) -> Self {
        Self::Symbol(of.into())
    }

    /// The id of a resource.
    #[must_use]
    pub fn id(of: impl Into<Target>) -> Self {
        Self::Id(of.into())
    }

    /// A property of a deployed resource; see [`New::Property`].
    #[must_use]
    pub fn property(of: impl Into<Target>, path: &str) -> Self {
        Self::Property {
            of: of.into(),
            path: path.to_owned(),
        }
    }

    /// Adds the resources that the value speaks of, each once.
    pub(super) fn targets(&self, targets: &mut Vec<Target>) {
        match self {
            Self::Symbol(target)
            | Self::Id(target)
            | Self::Name(target)
            | Self::Property { of: target, .. } => {
                if !targets.contains(target) {
                    targets.push(target.clone());
                }
            }
            Self::Object(members) => {
                for (key, value) in members {
                    if let Key::Value(key) = key {
                        key.targets(targets);
                    }
                    value.targets(targets);
                }
            }
            Self::Interpolation(items) | Self::Array(items) | Self::Guid(items) => {
                for item in items {
                    item.targets(targets);
                }
            }
            Self::ExtensionResourceId { scope, name, .. } => {
                scope.targets(targets);
                name.targets(targets);
            }
            Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::String(_)
            | Self::Copy(_)
            | Self::TenantId
            | Self::SubscriptionResourceId { .. } => {}
        }
    }
}

impl From<&str> for New {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<New> for Key {
    fn from(value: New) -> Self {
        match value {
            New::String(name) => Self::Name(name),
            value => Self::Value(Box::new(value)),
        }
    }
}

impl From<ResourceId> for Target {
    fn from(resource: ResourceId) -> Self {
        Self::Declared(resource)
    }
}

impl From<ModuleId> for Target {
    fn from(module: ModuleId) -> Self {
        Self::Module(module)
    }
}

impl From<&Rc<NewResource>> for Target {
    fn from(resource: &Rc<NewResource>) -> Self {
        Self::Created(Rc::clone(resource))
    }
}
