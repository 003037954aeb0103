//! Properties and elements of values.

use std::rc::Rc;

use syntax::Language;

use super::Evaluator;
use crate::cases::Undecided;
use crate::model::{ExpressionId, Repetition};
use crate::value::{
    Array, Bindings, Entry, Evaluated, Handle, Lazy, Object, Reason, Symbol, Text, Value,
};

/// What an object says of a property.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// It has it.
    Found(Entry),
    /// It does not have it.
    Absent,
    /// It may or may not have it.
    Unknown,
}

impl Evaluator<'_> {
    /// Looks for a property of an object, its name compared as Azure does, without regard to case.
    #[must_use]
    pub fn lookup(&self, object: &Value, name: &str) -> Lookup {
        let object = match object {
            Value::Object(object) => object,
            Value::Null => return Lookup::Absent,
            _ => return Lookup::Unknown,
        };
        if object.is_open {
            return Lookup::Unknown;
        }
        for entry in object.entries.iter().rev() {
            match entry.key.as_str() {
                Some(key) if key.eq_ignore_ascii_case(name) => return Lookup::Found(entry.clone()),
                Some(_) => {}
                None => return Lookup::Unknown,
            }
        }
        Lookup::Absent
    }

    /// Follows a path of property names; [`Lookup::Absent`] as soon as one is absent or null.
    pub fn lookup_path(&self, object: &Value, path: &[&str]) -> Result<Lookup, Undecided> {
        let Some((first, rest)) = path.split_first() else {
            return Ok(Lookup::Unknown);
        };
        match self.lookup(object, first) {
            Lookup::Found(entry) if !rest.is_empty() => {
                let value = self.known(&entry.value)?.value;
                self.lookup_path(&value, rest)
            }
            found => Ok(found),
        }
    }

    /// `object.name`
    pub(super) fn member(
        &self,
        object: &Value,
        name: &str,
        is_safe: bool,
        expression: ExpressionId,
    ) -> Result<Evaluated, Undecided> {
        let value = match object {
            Value::Object(_) => match self.lookup(object, name) {
                Lookup::Found(entry) => return self.force(&entry.value),
                Lookup::Absent if is_safe => Value::Null,
                Lookup::Absent => Value::unknown(Reason::Invalid),
                Lookup::Unknown => Value::unknown(Reason::Unsupported),
            },
            Value::Null if is_safe => Value::Null,
            Value::Resource(handle) => self.resource_member(handle, name)?,
            Value::Symbol(symbol) => self.symbol_member(object, symbol, name)?,
            _ => Value::unknown(Reason::Invalid),
        };
        Ok(Evaluated {
            value,
            origin: expression,
        })
    }

    fn symbol_member(
        &self,
        object: &Value,
        symbol: &Rc<Symbol>,
        name: &str,
    ) -> Result<Value, Undecided> {
        let extended = |path: &[Rc<str>]| {
            let mut path = path.to_vec();
            path.push(name.into());
            path
        };
        Ok(match &**symbol {
            Symbol::Unknown(reason) => Value::unknown(*reason),
            Symbol::Property { identity, path } => Value::symbol(Symbol::Property {
                identity: identity.clone(),
                path: extended(path),
            }),
            // The name of a deployment is known before it runs.
            Symbol::Output { module, path }
                if path.is_empty() && name.eq_ignore_ascii_case("name") =>
            {
                let body = self.template.module(*module).body;
                match self.template.property(body, "name") {
                    Some(own) => self.evaluate(own.value)?.value,
                    None => Value::unknown(Reason::Unsupported),
                }
            }
            // ARM wraps the value of an output in an object.
            Symbol::Output { path, .. }
                if path.len() == 2
                    && self.template.language == Language::Json
                    && name.eq_ignore_ascii_case("value") =>
            {
                object.clone()
            }
            Symbol::Output { module, path } => Value::symbol(Symbol::Output {
                module: *module,
                path: extended(path),
            }),
            Symbol::Parameter(_) => {
                // An object's default is the case at hand; a part of it is no more certain.
                self.split(object)?;
                Value::symbol(Symbol::Member {
                    object: object.clone(),
                    name: name.into(),
                })
            }
            _ => Value::symbol(Symbol::Member {
                object: object.clone(),
                name: name.into(),
            }),
        })
    }

    fn resource_member(&self, handle: &Handle, name: &str) -> Result<Value, Undecided> {
        let identity = &handle.identity;
        if handle.is_properties_only {
            if let Some(service) = identity.identity_of() {
                return Ok(Value::symbol(Symbol::Property {
                    identity: service,
                    path: vec!["identity".into(), name.into()],
                }));
            }
            return Ok(Value::symbol(Symbol::Property {
                identity: identity.clone(),
                path: vec!["properties".into(), name.into()],
            }));
        }
        Ok(match name.to_ascii_lowercase().as_str() {
            "id" => Value::Id(identity.clone()),
            "type" => Value::string(&identity.resource_type),
            "name" => match identity.declaration {
                Some(declaration) => self.written_name(declaration, identity.index.as_ref())?,
                None => join(&identity.names),
            },
            _ => Value::symbol(Symbol::Property {
                identity: identity.clone(),
                path: vec![name.into()],
            }),
        })
    }

    /// `object[index]`
    pub(super) fn element(
        &self,
        object: &Value,
        index: &Value,
        is_safe: bool,
        is_from_end: bool,
        expression: ExpressionId,
    ) -> Result<Evaluated, Undecided> {
        if let Some(name) = index.as_str() {
            return self.member(object, name, is_safe, expression);
        }
        let value = match (object, index) {
            (Value::Array(array), Value::Integer(index)) if !array.is_open => {
                let position = usize::try_from(*index).ok().and_then(|index| {
                    if is_from_end {
                        array.items.len().checked_sub(index)
                    } else {
                        Some(index)
                    }
                });
                match position.and_then(|position| array.items.get(position)) {
                    Some(item) => return self.force(item),
                    None if is_safe => Value::Null,
                    None => Value::unknown(Reason::Invalid),
                }
            }
            (Value::Null, _) if is_safe => Value::Null,
            (Value::Resources(resource), _) => Value::Resource(Handle {
                identity: self.element_identity(*resource, index)?,
                is_properties_only: false,
            }),
            _ if object.unknown_reason().is_none() && index.unknown_reason().is_none() => {
                self.split(index)?;
                Value::symbol(Symbol::Element {
                    object: object.clone(),
                    index: index.clone(),
                })
            }
            _ => Value::unknown(Reason::Unsupported),
        };
        Ok(Evaluated {
            value,
            origin: expression,
        })
    }
}

/// What two objects give merged, the second one winning; objects in both are merged in turn.
pub(super) fn union(a: &Object, b: &Object) -> Value {
    let mut merged = Object {
        entries: a.entries.clone(),
        is_open: a.is_open || b.is_open,
    };
    for entry in &b.entries {
        let Some(key) = entry.key.as_str() else {
            merged.is_open = true;
            continue;
        };
        let known = merged.entries.iter_mut().rev().find(|known| {
            known
                .key
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(key))
        });
        match known {
            Some(known) => {
                known.value = Lazy::Union(Rc::new((known.value.clone(), entry.value.clone())));
                known.key_expression = entry.key_expression;
            }
            None => merged.entries.push(entry.clone()),
        }
    }
    Value::Object(Rc::new(merged))
}

/// The array that a loop makes: each element of a known list, or one that stands for all.
pub(super) fn repeat(
    iterable: &Value,
    repetition: Repetition,
    body: ExpressionId,
    bindings: &Bindings,
) -> Value {
    let array = match iterable {
        Value::Array(array) if !array.is_open => Array {
            items: array
                .items
                .iter()
                .zip(0i64..)
                .map(|(item, index)| {
                    let index = Lazy::Evaluated(Evaluated {
                        value: Value::Integer(index),
                        origin: repetition.iterable,
                    });
                    let bindings = bindings
                        .with(repetition.item, item.clone())
                        .with(repetition.index, index);
                    Lazy::Expression(body, bindings)
                })
                .collect(),
            is_open: false,
        },
        _ => Array {
            items: vec![Lazy::Expression(body, bindings.clone())],
            is_open: true,
        },
    };
    Value::Array(Rc::new(array))
}

/// Names joined by slashes, as a resource's full name is.
pub(super) fn join(names: &[Value]) -> Value {
    let mut text = Text::default();
    for (number, name) in names.iter().enumerate() {
        if number > 0 {
            text.push_str("/");
        }
        text.push(name.clone());
    }
    text.into_value()
}
