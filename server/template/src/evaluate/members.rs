//! Properties and elements of values.

use std::rc::Rc;

use syntax::Language;

use super::Evaluator;
use super::same::{Letters, same};
use crate::cases::Undecided;
use crate::model::{ExpressionId, ModuleId, Repetition};
use crate::program::{At, Expansion};
use crate::value::{
    Array, Bindings, Entry, Evaluated, Handle, Identity, Lazy, Object, Reason, Rest, Symbol, Text,
    Value,
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

/// What is known of the value at a path.
#[derive(Clone, Debug)]
pub enum Property {
    /// There is one.
    Given(Given),
    /// There is none, or it is null.
    Absent,
    /// It may or may not be there, or nothing is known of it.
    Unknown,
}

/// The value of a [`Property`].
#[derive(Clone, Debug)]
pub struct Given {
    /// The value, as the case and the defaults of parameters give it, and where it is written.
    pub evaluated: Evaluated,
    /// The name of the property, where it is written.
    pub name: Option<At<ExpressionId>>,
}

impl Property {
    /// The value, if there is one.
    #[must_use]
    pub fn given(self) -> Option<Given> {
        match self {
            Self::Given(given) => Some(given),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The value as a text, if there is one and it is one that is known in whole.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Given(given) => given.evaluated.value.as_str(),
            Self::Absent | Self::Unknown => None,
        }
    }
}

impl Evaluator<'_> {
    /// The value at a path of property names, as the case and the defaults of parameters give it.
    pub fn property(&self, object: &Value, path: &[&str]) -> Result<Property, Undecided> {
        Ok(match self.lookup_path(object, path)? {
            Lookup::Absent => Property::Absent,
            Lookup::Unknown => Property::Unknown,
            Lookup::Found(entry) => {
                let evaluated = self.known(&entry.value)?;
                match &evaluated.value {
                    Value::Null => Property::Absent,
                    value if value.unknown_reason().is_some() => Property::Unknown,
                    _ => Property::Given(Given {
                        evaluated,
                        name: entry.key_expression,
                    }),
                }
            }
        })
    }

    /// Looks for a property of an object, its name compared as Azure does, without regard to case.
    #[must_use]
    pub fn lookup(&self, object: &Value, name: &str) -> Lookup {
        let object = match object {
            Value::Object(object) => object,
            Value::Null => return Lookup::Absent,
            _ => return Lookup::Unknown,
        };
        if object.is_open() {
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
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        let value = match object {
            Value::Object(_) => match self.lookup(object, name) {
                Lookup::Found(entry) => return self.force(&entry.value),
                Lookup::Absent if is_safe => Value::Null,
                Lookup::Absent => Value::unknown(Reason::Invalid),
                Lookup::Unknown => Value::symbol(Symbol::Member {
                    object: object.clone(),
                    name: name.into(),
                }),
            },
            Value::Null if is_safe => Value::Null,
            Value::Resource(handle) => self.resource_member(handle, name)?,
            Value::Symbol(symbol) if is_safe && self.has_no_outputs(symbol, name)? => Value::Null,
            Value::Symbol(symbol) => return self.symbol_member(object, symbol, name, origin),
            _ => Value::unknown(Reason::Invalid),
        };
        Ok(Evaluated { value, origin })
    }

    /// Whether a value is a module that the case does not deploy, which has no outputs then.
    fn has_no_outputs(&self, symbol: &Symbol, name: &str) -> Result<bool, Undecided> {
        Ok(match symbol {
            Symbol::Output { module, path, .. } if path.is_empty() => {
                name.eq_ignore_ascii_case("outputs") && !self.is_called(*module)?
            }
            _ => false,
        })
    }

    fn symbol_member(
        &self,
        object: &Value,
        symbol: &Rc<Symbol>,
        name: &str,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        let extended = |path: &[Rc<str>]| {
            let mut path = path.to_vec();
            path.push(name.into());
            path
        };
        let value = match &**symbol {
            Symbol::Unknown(reason) => Value::unknown(*reason),
            Symbol::Property { identity, path } => Value::symbol(Symbol::Property {
                identity: identity.clone(),
                path: extended(path),
            }),
            Symbol::Output { module, item, path } => {
                let is_json = self.program.template(module.instance).language == Language::Json;
                match path.as_slice() {
                    // The name of a deployment is known before it runs.
                    [] if name.eq_ignore_ascii_case("name") => self
                        .module_name(*module, *item)?
                        .unwrap_or_else(|| Value::unknown(Reason::Unsupported)),
                    [outputs] if !is_json && outputs.eq_ignore_ascii_case("outputs") => {
                        match self.output(*module, *item, name)? {
                            Some(output) => return Ok(output),
                            None => output_symbol(*module, *item, extended(path)),
                        }
                    }
                    // ARM wraps the value of an output in an object.
                    [outputs, output]
                        if is_json
                            && outputs.eq_ignore_ascii_case("outputs")
                            && name.eq_ignore_ascii_case("value") =>
                    {
                        match self.output(*module, *item, output)? {
                            Some(output) => return Ok(output),
                            None => object.clone(),
                        }
                    }
                    path => output_symbol(*module, *item, extended(path)),
                }
            }
            Symbol::Call {
                function,
                arguments,
            } if let Some(known) = scope_member(function, arguments, name) => known,
            Symbol::Call {
                function,
                arguments,
            } if let Some((module, item)) = secure_outputs(function, arguments) => {
                match self.output(module, item, name)? {
                    Some(output) => return Ok(output),
                    None => output_symbol(module, item, vec!["outputs".into(), name.into()]),
                }
            }
            symbol @ Symbol::Element { index, .. }
                if name.eq_ignore_ascii_case("name")
                    && let Some(module) = symbol.as_module() =>
            {
                let known = self.module_name_at(module, Some(index))?;
                known.unwrap_or_else(|| Value::unknown(Reason::Unsupported))
            }
            // ARM wraps the value of an output in an object, also of one of many modules.
            symbol if name.eq_ignore_ascii_case("value") && self.is_arm_output(symbol) => {
                object.clone()
            }
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
        };
        Ok(Evaluated { value, origin })
    }

    /// Whether a symbol is an output of one of the modules of a loop, as ARM JSON reads it.
    fn is_arm_output(&self, symbol: &Symbol) -> bool {
        let module = symbol
            .as_member()
            .and_then(|(outputs, _)| outputs.as_member())
            .filter(|(_, outputs)| outputs.eq_ignore_ascii_case("outputs"))
            .and_then(|(module, _)| module.as_module());
        module
            .is_some_and(|module| self.program.template(module.instance).language == Language::Json)
    }

    fn resource_member(&self, handle: &Handle, name: &str) -> Result<Value, Undecided> {
        let identity = &handle.identity;
        let written = self.api_version(identity)?;
        Ok(match name.to_ascii_lowercase().as_str() {
            "id" => Value::Id(identity.clone()),
            "type" => Value::string(&identity.resource_type),
            "name" => match identity.declaration {
                Some(declaration) => self.written_name(declaration, identity.index.as_ref())?,
                None => join(&identity.names),
            },
            "apiversion" if let Some(version) = written => version,
            _ => Value::symbol(Symbol::Property {
                identity: identity.clone(),
                path: vec![name.into()],
            }),
        })
    }

    fn api_version(&self, identity: &Identity) -> Result<Option<Value>, Undecided> {
        let declared = identity.declaration.and_then(|at| {
            let version = self.program.resource(at).api_version?;
            Some(at.instance.at(version))
        });
        match declared {
            Some(version) => Ok(Some(self.evaluate(version)?.value)),
            None => Ok(None),
        }
    }

    /// `object[index]`
    pub(super) fn element(
        &self,
        object: &Value,
        index: &Value,
        is_safe: bool,
        is_from_end: bool,
        origin: At<ExpressionId>,
    ) -> Result<Evaluated, Undecided> {
        if let Some(name) = index.as_str() {
            return self.member(object, name, is_safe, origin);
        }
        // How ARM JSON counts from the end inside of `tryGet`.
        if let (Lookup::Found(index), Lookup::Found(from_end)) =
            (self.lookup(index, "value"), self.lookup(index, "fromEnd"))
            && let Value::Bool(is_from_end) = self.force(&from_end.value)?.value
        {
            let index = self.force(&index.value)?.value;
            if index.unknown_reason().is_none() && !matches!(index, Value::Object(_)) {
                return self.element(object, &index, is_safe, is_from_end, origin);
            }
        }
        if let (Value::Symbol(symbol), Value::Integer(index)) = (object, index)
            && let Symbol::Output {
                module,
                item: None,
                path,
            } = &**symbol
            && let Expansion::Items(_) = self.program.expansion(*module)
            && path.is_empty()
        {
            return Ok(Evaluated {
                value: output_symbol(*module, u32::try_from(*index).ok(), Vec::new()),
                origin,
            });
        }
        let value = match (object, index) {
            (Value::Array(array), Value::Integer(index)) if !array.is_open() => {
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
            // Where a loop has a single item, its index can only be that of the item.
            (Value::Array(array), Value::Symbol(index))
                if !array.is_open()
                    && array.items.len() == 1
                    && matches!(**index, Symbol::Local(_)) =>
            {
                return self.force(&array.items[0]);
            }
            (Value::Null, _) if is_safe => Value::Null,
            (Value::Object(object), _) if is_safe && has_no_id(object, index) => Value::Null,
            (Value::Resources(resource), _) => Value::Resource(Handle {
                identity: self.element_identity(*resource, index)?,
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
        Ok(Evaluated { value, origin })
    }
}

/// Whether an object has no property whose name is a resource id, for sure, and this is such a name.
pub(super) fn has_no_id(object: &Object, name: &Value) -> bool {
    let may_be_id = |entry: &Entry| entry.key.as_str().is_none_or(|key| key.starts_with('/'));
    matches!(name, Value::Id(_)) && !object.is_open() && !object.entries.iter().any(may_be_id)
}

/// The function with which ARM JSON reads the outputs of a deployment, secure ones included
/// ([code]).
///
/// [code]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Emit/ExpressionConverter.cs
const SECURE_OUTPUTS: &str = "listoutputswithsecurevalues";

/// The module whose outputs are read so.
fn secure_outputs(function: &str, arguments: &[Value]) -> Option<(At<ModuleId>, Option<u32>)> {
    let (SECURE_OUTPUTS, [Value::Symbol(module)]) = (function, arguments) else {
        return None;
    };
    match &**module {
        Symbol::Output { module, item, path } if path.is_empty() => Some((*module, *item)),
        _ => None,
    }
}

/// What `resourceGroup()` and `subscription()` say of a deployment that names where it goes.
fn scope_member(function: &str, arguments: &[Value], name: &str) -> Option<Value> {
    let is_meant = match function {
        "resourcegroup" => name.eq_ignore_ascii_case("name"),
        "subscription" => name.eq_ignore_ascii_case("subscriptionId"),
        _ => false,
    };
    arguments.last().filter(|_| is_meant).cloned()
}

fn output_symbol(module: At<ModuleId>, item: Option<u32>, path: Vec<Rc<str>>) -> Value {
    Value::symbol(Symbol::Output { module, item, path })
}

/// What two objects give merged, the second one winning; objects in both are merged in turn.
pub(super) fn union(a: &Object, b: &Object) -> Value {
    let mut merged = Object {
        entries: a.entries.clone(),
        rest: a.rest.clone(),
    };
    merged.rest.add(&b.rest);
    for entry in &b.entries {
        // Where a name is not known, it stays beside those that it may be: who looks for one of
        // them finds that it cannot be told.
        let known = merged
            .entries
            .iter_mut()
            .rev()
            .find(|known| same(&known.key, &entry.key, Letters::IgnoringCase).is_same());
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
        Value::Array(array) if !array.is_open() => Array {
            items: array
                .items
                .iter()
                .zip(0i64..)
                .map(|(item, index)| {
                    let index = Lazy::Evaluated(Evaluated {
                        value: Value::Integer(index),
                        origin: bindings.at(repetition.iterable),
                    });
                    let bindings = bindings
                        .with(repetition.item, item.clone())
                        .with(repetition.index, index);
                    Lazy::Expression(body, bindings)
                })
                .collect(),
            rest: Rest::none(),
        },
        _ => Array {
            items: vec![Lazy::Expression(body, bindings.clone())],
            rest: Rest::of(iterable.clone()),
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
