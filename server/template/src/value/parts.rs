//! What a value is made of.

use std::rc::Rc;

use super::{Identity, Piece, Scope, Symbol, Value};

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
