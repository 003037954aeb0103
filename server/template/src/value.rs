//! What expressions evaluate to.
//!
//! Unknown is a value. A [`Symbol`] is a value that is not known before the deployment runs but is
//! known to be itself: two spellings of the same symbol are the same value.

mod collection;
mod parts;
mod text;

use std::rc::Rc;

use crate::model::{ExpressionId, LocalId, ModuleId, ParameterId, ResourceId};
use crate::program::{At, InstanceId};

pub use self::collection::{Array, Entry, Object, Rest};
pub(crate) use self::parts::weight;
pub use self::parts::{Part, visit};
pub use self::text::{Piece, Text};

/// A value, as far as it is known.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A string.
    Text(Text),
    /// An array.
    Array(Rc<Array>),
    /// An object.
    Object(Rc<Object>),
    /// A resource id.
    Id(Rc<Identity>),
    /// A resource: declared in the template, or what `reference()` gives for one in full.
    Resource(Handle),
    /// Every resource that a loop declares.
    Resources(At<ResourceId>),
    /// A function written in place: `x => ...`.
    Lambda(Rc<Lambda>),
    /// A value that is not known, but known to be itself.
    Symbol(Rc<Symbol>),
}

/// A function written in place, with what the names around it are bound to.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// Its parameters.
    pub parameters: Vec<LocalId>,
    /// Its body.
    pub body: ExpressionId,
    /// What the names around it are bound to.
    pub bindings: Bindings,
}

/// A value that is evaluated only if somebody asks.
#[derive(Clone, Debug)]
pub enum Lazy {
    /// An expression, with what the names around it are bound to.
    Expression(ExpressionId, Bindings),
    /// An evaluated value and the expression it was written as.
    Evaluated(Evaluated),
    /// Two objects merged into one, the second one winning.
    Union(Rc<(Lazy, Lazy)>),
}

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// The expression that the value is written as, behind the variables, defaults and conditions
    /// that led to it.
    pub origin: At<ExpressionId>,
}

/// Where an expression is evaluated: in which instance of its template, and what the names of loops,
/// lambdas and functions are bound to.
#[derive(Clone, Debug)]
pub struct Bindings {
    instance: InstanceId,
    locals: Option<Rc<Binding>>,
}

#[derive(Debug)]
struct Binding {
    local: LocalId,
    value: Lazy,
    around: Option<Rc<Binding>>,
}

impl Bindings {
    /// No names are bound.
    #[must_use]
    pub const fn none(instance: InstanceId) -> Self {
        Self {
            instance,
            locals: None,
        }
    }

    /// The instance.
    #[must_use]
    pub const fn instance(&self) -> InstanceId {
        self.instance
    }

    /// An expression of the instance.
    #[must_use]
    pub const fn at(&self, expression: ExpressionId) -> At<ExpressionId> {
        self.instance.at(expression)
    }

    /// These bindings and one more.
    #[must_use]
    pub fn with(&self, local: LocalId, value: Lazy) -> Self {
        Self {
            instance: self.instance,
            locals: Some(Rc::new(Binding {
                local,
                value,
                around: self.locals.clone(),
            })),
        }
    }

    /// The same names, bound in another instance that shares them.
    pub(crate) fn moved_to(&self, instance: InstanceId) -> Self {
        Self {
            instance,
            locals: self.locals.clone(),
        }
    }

    /// Whether the same names are bound in the same instance, each to what `is_same` takes for the
    /// same.
    pub(crate) fn are_same(
        &self,
        other: &Self,
        is_same: &mut dyn FnMut(&Lazy, &Lazy) -> bool,
    ) -> bool {
        let (mut a, mut b) = (&self.locals, &other.locals);
        while let (Some(own), Some(others)) = (a, b) {
            if Rc::ptr_eq(own, others) {
                return self.instance == other.instance;
            }
            if own.local != others.local || !is_same(&own.value, &others.value) {
                return false;
            }
            (a, b) = (&own.around, &others.around);
        }
        self.instance == other.instance && a.is_none() && b.is_none()
    }

    /// What a name is bound to.
    #[must_use]
    pub fn get(&self, local: LocalId) -> Option<&Lazy> {
        let mut next = self.locals.as_deref();
        while let Some(binding) = next {
            if binding.local == local {
                return Some(&binding.value);
            }
            next = binding.around.as_deref();
        }
        None
    }
}

/// A resource of the template, or one that only its id names.
#[derive(Clone, Debug)]
pub struct Handle {
    /// Which resource.
    pub identity: Rc<Identity>,
}

/// What makes a resource the one it is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The declaration, where the template declares the resource or refers to it as `existing`.
    pub declaration: Option<At<ResourceId>>,
    /// Which one of a loop; none outside of loops.
    pub index: Option<Value>,
    /// The full type.
    pub resource_type: Rc<str>,
    /// The names, one for each segment of the type.
    pub names: Vec<Value>,
    /// Where it is.
    pub scope: Scope,
}

/// Where a resource is.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Where the template is deployed to.
    Deployment,
    /// A resource group: of the subscription, or that of the deployment, and by name.
    ResourceGroup {
        /// The subscription's id, none for that of the deployment.
        subscription: Option<Value>,
        /// The group's name.
        group: Value,
    },
    /// A subscription, none for that of the deployment.
    Subscription(Option<Value>),
    /// Any other scope that is not a resource.
    Elsewhere(Value),
    /// An extension of another resource.
    Extension(Rc<Identity>),
}

/// A value that is not known, but known to be itself.
#[derive(Clone, Debug)]
pub enum Symbol {
    /// The value of a parameter.
    Parameter(At<ParameterId>),
    /// What a loop, lambda or function binds, where it has no known value.
    Local(At<LocalId>),
    /// A property that a resource has at run time.
    Property {
        /// The resource.
        identity: Rc<Identity>,
        /// The property's path, from the root of the resource.
        path: Vec<Rc<str>>,
    },
    /// An output of a module, or a part of it.
    Output {
        /// The module.
        module: At<ModuleId>,
        /// Which one of its loop, if it is one of a known list.
        item: Option<u32>,
        /// The path behind the module.
        path: Vec<Rc<str>>,
    },
    /// A property of an unknown object.
    Member {
        /// The object.
        object: Value,
        /// The property's name.
        name: Rc<str>,
    },
    /// An element of an unknown array or object.
    Element {
        /// The array or object.
        object: Value,
        /// The index or name.
        index: Value,
    },
    /// A function of values that are not all known.
    Call {
        /// The function's name, in lower case.
        function: Rc<str>,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// Nothing is known, not even that it is itself.
    Unknown(Reason),
}

/// Why nothing is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It could not be read.
    Unreadable,
    /// The name means nothing in this template.
    Unresolved,
    /// A part of the language that is not evaluated.
    Unsupported,
    /// It gives another value at every deployment.
    Volatile,
    /// The evaluation was cut off: too deep or too long.
    TooComplex,
    /// The template does not compile: a property of a string, say.
    Invalid,
}

impl Value {
    /// A known string.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::Text(Text::from(text))
    }

    /// A value of which nothing is known.
    #[must_use]
    pub fn unknown(reason: Reason) -> Self {
        Self::Symbol(Rc::new(Symbol::Unknown(reason)))
    }

    pub(crate) fn symbol(symbol: Symbol) -> Self {
        Self::Symbol(Rc::new(symbol))
    }

    /// A property that a resource has at run time, by its path from the resource's root.
    #[must_use]
    pub fn property(identity: &Rc<Identity>, path: &[&str]) -> Self {
        Self::symbol(Symbol::Property {
            identity: identity.clone(),
            path: path.iter().map(|name| Rc::from(*name)).collect(),
        })
    }

    /// The resource and path of a property that is read at run time.
    #[must_use]
    pub fn as_property(&self) -> Option<(&Rc<Identity>, &[Rc<str>])> {
        match self {
            Self::Symbol(symbol) => match &**symbol {
                Symbol::Property { identity, path } => Some((identity, path)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the value is a property of a resource, and the property has this path.
    #[must_use]
    pub fn is_property(&self, names: &[&str]) -> bool {
        self.as_property().is_some_and(|(_, path)| {
            path.len() == names.len()
                && path
                    .iter()
                    .zip(names)
                    .all(|(a, b)| a.eq_ignore_ascii_case(b))
        })
    }

    /// The text of a string that is known in whole.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_str(),
            _ => None,
        }
    }

    /// The arguments of a function that the value is a call of; none if it is not.
    pub(crate) fn arguments_of(&self, name: &str) -> Vec<Self> {
        match self {
            Self::Symbol(symbol) => match &**symbol {
                Symbol::Call {
                    function,
                    arguments,
                } if **function == *name => arguments.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether the value is a call of a function without arguments.
    pub(crate) fn is_call_without_arguments(&self, name: &str) -> bool {
        match self {
            Self::Symbol(symbol) => matches!(
                &**symbol,
                Symbol::Call { function, arguments } if **function == *name && arguments.is_empty()
            ),
            _ => false,
        }
    }

    /// Why nothing is known of the value, if nothing is.
    #[must_use]
    pub fn unknown_reason(&self) -> Option<Reason> {
        match self {
            Self::Symbol(symbol) => match **symbol {
                Symbol::Unknown(reason) => Some(reason),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Symbol {
    /// The module that the symbol is, in whole or as one of its loop.
    pub(crate) fn as_module(&self) -> Option<At<ModuleId>> {
        match self {
            Self::Output { module, path, .. } if path.is_empty() => Some(*module),
            Self::Element {
                object: Value::Symbol(symbol),
                ..
            } => match &**symbol {
                Self::Output {
                    module,
                    item: None,
                    path,
                } if path.is_empty() => Some(*module),
                _ => None,
            },
            _ => None,
        }
    }

    /// The symbol that a name is looked up in, and the name.
    pub(crate) fn as_member(&self) -> Option<(&Self, &str)> {
        match self {
            Self::Member {
                object: Value::Symbol(object),
                name,
            } => Some((object, name)),
            _ => None,
        }
    }
}
