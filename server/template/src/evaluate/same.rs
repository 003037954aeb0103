//! Whether two values are the same. There are three answers.

use super::Evaluator;
use super::alike::{are_bound_alike, is_same_array, is_same_object};
use super::functions::is_never_empty;
use crate::facts;
use crate::value::{Identity, Piece, Scope, Symbol, Text, Value};

/// Whether two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// They are, whatever the parameters are.
    Same,
    /// They are not, whatever the parameters are.
    Different,
    /// It cannot be told.
    Unknown,
}

impl Sameness {
    /// Whether they are the same for sure.
    #[must_use]
    pub const fn is_same(self) -> bool {
        matches!(self, Self::Same)
    }

    /// Whether they may be the same.
    #[must_use]
    pub const fn may_be_same(self) -> bool {
        !matches!(self, Self::Different)
    }

    const fn of(is_same: bool) -> Self {
        if is_same { Self::Same } else { Self::Different }
    }

    /// The answer for a whole whose parts have these answers.
    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::Same;
        for part in parts {
            match part {
                Self::Different => return Self::Different,
                Self::Unknown => result = Self::Unknown,
                Self::Same => {}
            }
        }
        result
    }

    /// Two symbols that differ may still have the same value.
    const fn or_unknown(self) -> Self {
        match self {
            Self::Different => Self::Unknown,
            answer => answer,
        }
    }
}

/// Whether letters of different case are different.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    Exact,
    IgnoringCase,
}

impl Evaluator<'_> {
    /// Compares two values as the `==` of both languages does.
    #[must_use]
    pub fn same(&self, a: &Value, b: &Value) -> Sameness {
        same(a, b, Letters::Exact)
    }

    /// Compares two names of resources, in which Azure ignores case.
    #[must_use]
    pub fn same_name(&self, a: &Value, b: &Value) -> Sameness {
        same(a, b, Letters::IgnoringCase)
    }

    /// Compares two places where resources may be.
    #[must_use]
    pub fn same_scope(&self, a: &Scope, b: &Scope) -> Sameness {
        same_scope(a, b)
    }

    /// Compares two resources.
    #[must_use]
    pub fn same_resource(&self, a: &Identity, b: &Identity) -> Sameness {
        same_identity(a, b)
    }
}

pub(super) fn same(a: &Value, b: &Value, letters: Letters) -> Sameness {
    match (a, b) {
        (Value::Null, Value::Null) => Sameness::Same,
        (Value::Bool(a), Value::Bool(b)) => Sameness::of(a == b),
        (Value::Integer(a), Value::Integer(b)) => Sameness::of(a == b),
        (Value::Text(a), Value::Text(b)) => same_text(a, b, letters),
        (Value::Text(text), other) | (other, Value::Text(text))
            if text.as_str() == Some("") && is_never_empty(other) =>
        {
            Sameness::Different
        }
        (Value::Text(text), symbol @ Value::Symbol(_))
        | (symbol @ Value::Symbol(_), Value::Text(text))
            if text.as_str().is_none() =>
        {
            let mut hole = Text::default();
            hole.push(symbol.clone());
            same_text(text, &hole, letters)
        }
        (Value::Id(a), Value::Id(b)) => same_identity(a, b),
        (Value::Resource(a), Value::Resource(b)) => same_identity(&a.identity, &b.identity),
        (Value::Resources(a), Value::Resources(b)) if a == b => Sameness::Same,
        (Value::Symbol(a), Value::Symbol(b)) => same_symbol(a, b),
        (Value::Array(a), Value::Array(b)) if a.is_empty() && b.is_empty() => Sameness::Same,
        (Value::Object(a), Value::Object(b)) if a.is_empty() && b.is_empty() => Sameness::Same,
        (Value::Id(id), other) | (other, Value::Id(id)) => {
            match super::ids::identity_of_value(other) {
                Some(other) => same_identity(id, &other),
                None => Sameness::Unknown,
            }
        }
        (Value::Array(a), Value::Array(b)) if is_same_array(a, b) => Sameness::Same,
        (Value::Object(a), Value::Object(b)) if is_same_object(a, b) => Sameness::Same,
        (Value::Lambda(a), Value::Lambda(b))
            if a.body == b.body && are_bound_alike(&a.bindings, &b.bindings) =>
        {
            Sameness::Same
        }
        (Value::Symbol(_) | Value::Resources(_) | Value::Resource(_) | Value::Lambda(_), _)
        | (_, Value::Symbol(_) | Value::Resources(_) | Value::Resource(_) | Value::Lambda(_))
        | (Value::Array(_), Value::Array(_))
        | (Value::Object(_), Value::Object(_)) => Sameness::Unknown,
        (Value::Text(text), _) | (_, Value::Text(text))
            if text.as_str().is_none() && text.pieces().len() == 1 =>
        {
            Sameness::Unknown
        }
        _ => Sameness::Different,
    }
}

pub(super) fn same_text(a: &Text, b: &Text, letters: Letters) -> Sameness {
    let is_equal = |a: &str, b: &str| match letters {
        Letters::Exact => a == b,
        Letters::IgnoringCase => a.eq_ignore_ascii_case(b),
    };
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Sameness::of(is_equal(a, b));
    }
    let (a, b) = (a.pieces(), b.pieces());
    let is_same = a.len() == b.len()
        && a.iter().zip(b).all(|pair| match pair {
            (Piece::Literal(a), Piece::Literal(b)) => is_equal(a, b),
            (Piece::Hole(a), Piece::Hole(b)) => same(a, b, letters).is_same(),
            _ => false,
        });
    if is_same {
        return Sameness::Same;
    }
    if is_longer(a, b, letters) || is_longer(b, a, letters) {
        return Sameness::Different;
    }
    // Literal text at both starts or both ends that does not agree tells them apart.
    let differs = |a: Option<&Piece>, b: Option<&Piece>, is_end: bool| match (a, b) {
        (Some(Piece::Literal(a)), Some(Piece::Literal(b))) => {
            let length = a.len().min(b.len());
            let (a, b) = if is_end {
                (a.get(a.len() - length..), b.get(b.len() - length..))
            } else {
                (a.get(..length), b.get(..length))
            };
            matches!((a, b), (Some(a), Some(b)) if !is_equal(a, b))
        }
        _ => false,
    };
    if differs(a.first(), b.first(), false) || differs(a.last(), b.last(), true) {
        return Sameness::Different;
    }
    Sameness::Unknown
}

/// Whether a text is another one with more literal text before or behind it.
fn is_longer(longer: &[Piece], shorter: &[Piece], letters: Letters) -> bool {
    let is_part = |part: &[Piece]| {
        part.len() == shorter.len()
            && part.iter().zip(shorter).all(|pair| match pair {
                (Piece::Literal(a), Piece::Literal(b)) => a == b,
                (Piece::Hole(a), Piece::Hole(b)) => same(a, b, letters).is_same(),
                _ => false,
            })
    };
    match longer {
        [Piece::Literal(_), rest @ ..] if is_part(rest) => true,
        [rest @ .., Piece::Literal(_)] if is_part(rest) => true,
        [Piece::Literal(_), rest @ .., Piece::Literal(_)] => is_part(rest),
        _ => false,
    }
}

fn same_identity(a: &Identity, b: &Identity) -> Sameness {
    if let (Some(first), Some(second)) = (a.declaration, b.declaration)
        && first == second
    {
        return match (&a.index, &b.index) {
            (None, None) => Sameness::Same,
            (Some(a), Some(b)) => same(a, b, Letters::Exact),
            _ => Sameness::Unknown,
        };
    }
    if a.resource_type.is_empty() || b.resource_type.is_empty() {
        return Sameness::Unknown;
    }
    if !a.resource_type.eq_ignore_ascii_case(&b.resource_type) || a.names.len() != b.names.len() {
        return Sameness::Different;
    }
    let names = Sameness::all(
        a.names
            .iter()
            .zip(&b.names)
            .map(|(a, b)| same(a, b, Letters::IgnoringCase)),
    );
    let is_globally_named = facts::GLOBALLY_NAMED_TYPES.iter().any(|known| {
        a.resource_type
            .get(..known.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(known))
            && !matches!(a.resource_type.as_bytes().get(known.len()), Some(byte) if *byte != b'/')
    });
    match same_scope(&a.scope, &b.scope) {
        // Only one of them can exist.
        Sameness::Different => Sameness::Different,
        _ if is_globally_named => names,
        scope => Sameness::all([names, scope]),
    }
}

pub(super) fn same_scope(a: &Scope, b: &Scope) -> Sameness {
    match (a, b) {
        (Scope::Deployment, Scope::Deployment)
        | (Scope::Subscription(None), Scope::Subscription(None)) => Sameness::Same,
        (Scope::Extension(a), Scope::Extension(b)) => same_identity(a, b),
        (Scope::Elsewhere(a @ Value::Symbol(_)), Scope::Elsewhere(b @ Value::Symbol(_))) => {
            same(a, b, Letters::IgnoringCase).or_unknown()
        }
        (Scope::Extension(_), _) | (_, Scope::Extension(_)) => Sameness::Different,
        (
            Scope::ResourceGroup {
                subscription: subscription_a,
                group: a,
            },
            Scope::ResourceGroup {
                subscription: subscription_b,
                group: b,
            },
        ) => {
            let subscriptions = match (subscription_a, subscription_b) {
                (None, None) => Sameness::Same,
                (Some(a), Some(b)) => same(a, b, Letters::IgnoringCase),
                _ => Sameness::Unknown,
            };
            Sameness::all([subscriptions, same(a, b, Letters::IgnoringCase)])
        }
        (Scope::Subscription(Some(a)), Scope::Subscription(Some(b))) => {
            same(a, b, Letters::IgnoringCase)
        }
        _ => Sameness::Unknown,
    }
}

pub(super) fn same_symbol(a: &Symbol, b: &Symbol) -> Sameness {
    let same_path = |a: &[std::rc::Rc<str>], b: &[std::rc::Rc<str>]| {
        Sameness::of(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b)))
    };
    match (a, b) {
        (Symbol::Parameter(a), Symbol::Parameter(b)) => Sameness::of(a == b).or_unknown(),
        (Symbol::Local(a), Symbol::Local(b)) => Sameness::of(a == b).or_unknown(),
        (
            Symbol::Property {
                identity: a,
                path: path_a,
            },
            Symbol::Property {
                identity: b,
                path: path_b,
            },
        ) => match (same_identity(a, b), same_path(path_a, path_b)) {
            (Sameness::Same, Sameness::Same) => Sameness::Same,
            // Principals of different resources are different principals.
            (Sameness::Different, _)
                if is_principal_id(a, path_a) && is_principal_id(b, path_b) =>
            {
                Sameness::Different
            }
            _ => Sameness::Unknown,
        },
        (
            Symbol::Output {
                module: a,
                item: item_a,
                path: path_a,
            },
            Symbol::Output {
                module: b,
                item: item_b,
                path: path_b,
            },
        ) => Sameness::all([
            Sameness::of(a == b && item_a == item_b),
            same_path(path_a, path_b),
        ])
        .or_unknown(),
        (
            Symbol::Member {
                object: a,
                name: name_a,
            },
            Symbol::Member {
                object: b,
                name: name_b,
            },
        ) => Sameness::all([
            same(a, b, Letters::Exact),
            Sameness::of(name_a.eq_ignore_ascii_case(name_b)),
        ])
        .or_unknown(),
        (
            Symbol::Element {
                object: a,
                index: index_a,
            },
            Symbol::Element {
                object: b,
                index: index_b,
            },
        ) => Sameness::all([
            same(a, b, Letters::Exact),
            same(index_a, index_b, Letters::Exact),
        ])
        .or_unknown(),
        (
            Symbol::Call {
                function: a,
                arguments: arguments_a,
            },
            Symbol::Call {
                function: b,
                arguments: arguments_b,
            },
        ) => {
            if a != b || arguments_a.len() != arguments_b.len() {
                return Sameness::Unknown;
            }
            Sameness::all(
                arguments_a
                    .iter()
                    .zip(arguments_b)
                    .map(|(a, b)| same(a, b, Letters::Exact)),
            )
            .or_unknown()
        }
        _ => Sameness::Unknown,
    }
}

/// Whether a path leads to the id of the identity that a resource has, or is.
fn is_principal_id(of: &Identity, path: &[std::rc::Rc<str>]) -> bool {
    let [around, name] = path else {
        return false;
    };
    let holder = if of.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE) {
        "properties"
    } else {
        "identity"
    };
    name.eq_ignore_ascii_case("principalId") && around.eq_ignore_ascii_case(holder)
}
