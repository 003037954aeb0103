//! New code, said without a language.

use std::rc::Rc;

use crate::dependencies::Deployed;
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
    /// A text that a person is to write over; see [`unmarked`](super::unmarked).
    Placeholder(String),
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
    /// A parameter.
    Parameter(String),
    /// A variable.
    Variable(String),
    /// A property of a value: `value.name`.
    Member(Box<New>, String),
    /// An output of a deployment.
    Output {
        /// The deployment.
        of: Target,
        /// The name of the output.
        name: String,
    },
    /// A call of a function that both languages have by this name.
    Call(&'static str, Vec<New>),
    /// A value that depends on a condition.
    Conditional(Box<[New; 3]>),
    /// The tenant that is deployed to.
    TenantId,
    /// What follows the name of a vault in the host name of its URL, in the cloud that is deployed to.
    VaultSuffix,
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
    /// A deployment that the same fix adds.
    CreatedModule(Rc<NewModule>),
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
    /// Whether it is only referred to. ARM JSON writes nothing for such a resource, and its id where
    /// something speaks of it.
    pub is_existing: bool,
    /// The resource that it belongs to.
    pub parent: Option<Target>,
    /// The resource that it extends.
    pub scope: Option<Target>,
    /// What it makes no sense without: it is deployed only where all of these are.
    pub condition_of: Vec<Target>,
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
            is_existing: false,
            parent: None,
            scope: None,
            condition_of: Vec::new(),
            depends_on: Vec::new(),
            properties: Vec::new(),
        }
    }
}

/// A deployment of its own to write: in Bicep a module with its file, in ARM JSON a nested deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewModule {
    /// Its symbolic name.
    pub symbol: String,
    /// The name of the deployment where that has to be given; none for the symbolic name.
    pub name: Option<New>,
    /// The path of its file as a module names it: relative, with `/` (Bicep).
    pub path: String,
    /// Where it is deployed to; none for where the template is.
    pub scope: Option<NewScope>,
    /// The arguments for its parameters, by their names.
    pub arguments: Vec<(String, New)>,
    /// What it makes no sense without: it is deployed only where all of these are.
    pub condition_of: Vec<Target>,
    /// What it waits for besides what its arguments speak of.
    pub depends_on: Vec<Target>,
    /// What it deploys.
    pub template: NewTemplate,
}

impl NewModule {
    /// The name of the deployment.
    pub(super) fn deployment_name(&self) -> New {
        let symbol = || New::string(&self.symbol);
        self.name.clone().unwrap_or_else(symbol)
    }
}

/// A resource group to deploy to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScope {
    /// The id of its subscription; none for that of the template.
    pub subscription: Option<New>,
    /// Its name.
    pub resource_group: New,
}

/// A template to write. Nothing in it speaks of the template that it is written for, apart from
/// its own parameters and resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTemplate {
    /// Its parameters.
    pub parameters: Vec<NewParameter>,
    /// Its resources.
    pub resources: Vec<Rc<NewResource>>,
}

/// A parameter to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: NewType,
    /// What it is, for who has to give it.
    pub description: Option<String>,
    /// Its default.
    pub default: Option<New>,
}

/// An output to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutput {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: NewType,
    /// Its value.
    pub value: New,
}

/// The type of a parameter or output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewType {
    /// A string.
    String,
    /// A string that is kept out of logs and deployment history.
    SecureString,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Integer,
    /// An array.
    Array,
    /// An object.
    Object,
    /// An object that is kept out of logs and deployment history.
    SecureObject,
}

impl NewType {
    /// Whether values are kept out of logs and deployment history.
    pub(super) const fn is_secure(self) -> bool {
        matches!(self, Self::SecureString | Self::SecureObject)
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

    /// `guid(...)`
    #[must_use]
    pub fn guid(of: Vec<Self>) -> Self {
        Self::Call("guid", of)
    }

    /// A value where a condition holds, and another where it does not.
    #[must_use]
    pub fn conditional(condition: Self, consequence: Self, alternative: Self) -> Self {
        Self::Conditional(Box::new([condition, consequence, alternative]))
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
            | Self::Property { of: target, .. }
            | Self::Output { of: target, .. } => {
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
            Self::Interpolation(items) | Self::Array(items) | Self::Call(_, items) => {
                for item in items {
                    item.targets(targets);
                }
            }
            Self::Member(object, _) => object.targets(targets),
            Self::Conditional(parts) => {
                for part in parts.iter() {
                    part.targets(targets);
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
            | Self::Placeholder(_)
            | Self::Copy(_)
            | Self::Parameter(_)
            | Self::Variable(_)
            | Self::TenantId
            | Self::VaultSuffix
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

impl From<Deployed> for Target {
    fn from(deployed: Deployed) -> Self {
        match deployed {
            Deployed::Resource(id) => Self::Declared(id),
            Deployed::Module(id) => Self::Module(id),
        }
    }
}

impl From<&Rc<NewResource>> for Target {
    fn from(resource: &Rc<NewResource>) -> Self {
        Self::Created(Rc::clone(resource))
    }
}

impl From<&Rc<NewModule>> for Target {
    fn from(module: &Rc<NewModule>) -> Self {
        Self::CreatedModule(Rc::clone(module))
    }
}
