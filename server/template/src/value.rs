//! What expressions evaluate to.
//!
//! Unknown is a value. A [`Symbol`] is a value that is not known before the deployment runs but is
//! known to be itself: two spellings of the same symbol are the same value.

use std::rc::Rc;

use crate::model::{ExpressionId, LocalId, ModuleId, ParameterId, ResourceId};

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
    /// A resource: declared in the template, or what `reference()` gives for one.
    Resource(Handle),
    /// Every resource that a loop declares.
    Resources(ResourceId),
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

/// A string with holes. Neighbouring literal pieces are joined and empty ones left out, so that
/// equal texts have equal pieces.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug)]
pub enum Piece {
    /// Known text.
    Literal(Rc<str>),
    /// A value that is not known as text.
    Hole(Value),
}

/// An array.
#[derive(Clone, Debug)]
pub struct Array {
    /// The known elements in order.
    pub items: Vec<Lazy>,
    /// Whether there may be further elements, anywhere.
    pub is_open: bool,
}

/// An object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The known properties; a later one of the same name replaces an earlier one.
    pub entries: Vec<Entry>,
    /// Whether there may be further properties, which may replace known ones.
    pub is_open: bool,
}

/// A property of an [`Object`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub key: Value,
    /// The expression that is the name, where it is written in the template.
    pub key_expression: Option<ExpressionId>,
    /// Its value.
    pub value: Lazy,
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
    pub origin: ExpressionId,
}

/// What the names of loops, lambdas and functions are bound to.
#[derive(Clone, Debug, Default)]
pub struct Bindings(Option<Rc<Binding>>);

#[derive(Debug)]
struct Binding {
    local: LocalId,
    value: Lazy,
    around: Bindings,
}

impl Bindings {
    /// These bindings and one more.
    #[must_use]
    pub fn with(&self, local: LocalId, value: Lazy) -> Self {
        Self(Some(Rc::new(Binding {
            local,
            value,
            around: self.clone(),
        })))
    }

    /// What a name is bound to.
    #[must_use]
    pub fn get(&self, local: LocalId) -> Option<&Lazy> {
        let mut next = self.0.as_deref();
        while let Some(binding) = next {
            if binding.local == local {
                return Some(&binding.value);
            }
            next = binding.around.0.as_deref();
        }
        None
    }
}

/// A resource of the template, or one that only its id names.
#[derive(Clone, Debug)]
pub struct Handle {
    /// Which resource.
    pub identity: Rc<Identity>,
    /// Whether its properties are read at the root (`reference(id)`), or as in Bicep and
    /// `reference(id, version, 'Full')`.
    pub is_properties_only: bool,
}

/// What makes a resource the one it is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The declaration, where the template declares the resource or refers to it as `existing`.
    pub declaration: Option<ResourceId>,
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
    Parameter(ParameterId),
    /// What a loop, lambda or function binds, where it has no known value.
    Local(LocalId),
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
        module: ModuleId,
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

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut result = Self::default();
        result.push_str(text);
        result
    }
}

impl Text {
    /// The pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text, if it is known in whole.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Appends known text.
    pub fn push_str(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Literal(last)) => *last = format!("{last}{text}").into(),
            _ => self.pieces.push(Piece::Literal(text.into())),
        }
    }

    /// Appends a value as a string interpolation does.
    pub fn push(&mut self, value: Value) {
        match value {
            Value::Text(text) => {
                for piece in text.pieces {
                    match piece {
                        Piece::Literal(text) => self.push_str(&text),
                        Piece::Hole(value) => self.pieces.push(Piece::Hole(value)),
                    }
                }
            }
            Value::Bool(value) => self.push_str(if value { "True" } else { "False" }),
            Value::Integer(value) => self.push_str(&value.to_string()),
            Value::Null => {}
            hole => self.pieces.push(Piece::Hole(hole)),
        }
    }

    /// The text as a value: a text that is nothing but one hole is what fills it.
    #[must_use]
    pub fn into_value(mut self) -> Value {
        match self.pieces.as_slice() {
            [Piece::Hole(_)] => match self.pieces.pop() {
                Some(Piece::Hole(value)) => value,
                _ => Value::Text(self),
            },
            _ => Value::Text(self),
        }
    }

    /// The text split at a separator, each part with the holes it has.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut part = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    for (number, text) in text.split(separator).enumerate() {
                        if number > 0 {
                            parts.push(std::mem::take(&mut part).into_value());
                        }
                        part.push_str(text);
                    }
                }
                Piece::Hole(value) => part.pieces.push(Piece::Hole(value.clone())),
            }
        }
        parts.push(part.into_value());
        parts
    }
}

/// A part that a value is made of.
#[derive(Clone, Copy, Debug)]
pub enum Part<'v> {
    /// A symbol.
    Symbol(&'v Symbol),
    /// A resource: itself, its id, or one of its properties.
    Resource(&'v Rc<Identity>),
    /// An array or object. It is not looked into: its parts are evaluated one by one.
    Collection(&'v Value),
}

/// Calls `see` for each part that a value is made of.
pub fn visit(value: &Value, see: &mut impl FnMut(Part<'_>)) {
    match value {
        Value::Text(text) => {
            for piece in &text.pieces {
                if let Piece::Hole(value) = piece {
                    visit(value, see);
                }
            }
        }
        Value::Id(identity) => visit_identity(identity, see),
        Value::Resource(handle) => visit_identity(&handle.identity, see),
        Value::Symbol(symbol) => {
            see(Part::Symbol(symbol));
            match &**symbol {
                Symbol::Property { identity, .. } => visit_identity(identity, see),
                Symbol::Member { object, .. } => visit(object, see),
                Symbol::Element { object, index } => {
                    visit(object, see);
                    visit(index, see);
                }
                Symbol::Call { arguments, .. } => {
                    for argument in arguments {
                        visit(argument, see);
                    }
                }
                Symbol::Parameter(_)
                | Symbol::Local(_)
                | Symbol::Output { .. }
                | Symbol::Unknown(_) => {}
            }
        }
        Value::Array(_) | Value::Object(_) => see(Part::Collection(value)),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Lambda(_)
        | Value::Resources(_) => {}
    }
}

fn visit_identity(identity: &Rc<Identity>, see: &mut impl FnMut(Part<'_>)) {
    see(Part::Resource(identity));
    for name in &identity.names {
        visit(name, see);
    }
    match &identity.scope {
        Scope::Deployment | Scope::Subscription(None) => {}
        Scope::ResourceGroup {
            subscription,
            group,
        } => {
            if let Some(subscription) = subscription {
                visit(subscription, see);
            }
            visit(group, see);
        }
        Scope::Subscription(Some(value)) | Scope::Elsewhere(value) => visit(value, see),
        Scope::Extension(of) => visit_identity(of, see),
    }
}

/// How much a value is made of, counted up to `limit`: one for each part, and for each kibibyte of
/// known text.
pub(crate) fn weight(value: &Value, limit: u32) -> u32 {
    let mut weight = 0;
    let mut pending = vec![Weighed::Value(value)];
    while let Some(next) = pending.pop() {
        if weight >= limit {
            return weight;
        }
        weight += 1;
        match next {
            Weighed::Value(Value::Text(text)) => {
                for piece in &text.pieces {
                    match piece {
                        Piece::Literal(text) => weight += (text.len() / 1024) as u32,
                        Piece::Hole(value) => pending.push(Weighed::Value(value)),
                    }
                }
            }
            Weighed::Value(Value::Array(array)) => weight += array.items.len() as u32,
            Weighed::Value(Value::Object(object)) => weight += object.entries.len() as u32,
            Weighed::Value(Value::Id(identity)) => pending.push(Weighed::Identity(identity)),
            Weighed::Value(Value::Resource(handle)) => {
                pending.push(Weighed::Identity(&handle.identity));
            }
            Weighed::Value(Value::Symbol(symbol)) => match &**symbol {
                Symbol::Property { identity, .. } => pending.push(Weighed::Identity(identity)),
                Symbol::Member { object, .. } => pending.push(Weighed::Value(object)),
                Symbol::Element { object, index } => {
                    pending.extend([Weighed::Value(object), Weighed::Value(index)]);
                }
                Symbol::Call { arguments, .. } => {
                    pending.extend(arguments.iter().map(Weighed::Value));
                }
                Symbol::Parameter(_)
                | Symbol::Local(_)
                | Symbol::Output { .. }
                | Symbol::Unknown(_) => {}
            },
            Weighed::Value(
                Value::Null
                | Value::Bool(_)
                | Value::Integer(_)
                | Value::Lambda(_)
                | Value::Resources(_),
            ) => {}
            Weighed::Identity(identity) => {
                pending.extend(identity.names.iter().map(Weighed::Value));
                match &identity.scope {
                    Scope::Deployment | Scope::Subscription(None) => {}
                    Scope::ResourceGroup {
                        subscription,
                        group,
                    } => {
                        pending.extend(subscription.iter().map(Weighed::Value));
                        pending.push(Weighed::Value(group));
                    }
                    Scope::Subscription(Some(value)) | Scope::Elsewhere(value) => {
                        pending.push(Weighed::Value(value));
                    }
                    Scope::Extension(of) => pending.push(Weighed::Identity(of)),
                }
            }
        }
    }
    weight
}

enum Weighed<'v> {
    Value(&'v Value),
    Identity(&'v Identity),
}
