//! Values as text, for people and for comparing what two templates mean.

use crate::evaluate::Evaluator;
use crate::value::Piece;
use crate::value::{Identity, Lazy, Scope, Symbol, Text, Value};

/// How deep arrays and objects are written out.
const MAXIMUM_DEPTH: u32 = 32;

impl Evaluator<'_> {
    /// A value as text: known values as in Bicep, holes as `${...}`, symbols by name, and what is
    /// unknown as `?` and the reason. Values that are the same give the same text, whatever
    /// language they are written in.
    #[must_use]
    pub fn describe(&self, value: &Value) -> String {
        Description { evaluator: self }.value(value, 0)
    }
}

struct Description<'e, 't> {
    evaluator: &'e Evaluator<'t>,
}

impl Description<'_, '_> {
    fn value(&self, value: &Value, depth: u32) -> String {
        if depth > MAXIMUM_DEPTH {
            return "...".to_owned();
        }
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(value) => value.to_string(),
            Value::Text(text) => format!("'{}'", self.text(text, depth + 1)),
            Value::Array(array) => {
                let items = array.items.iter().map(|item| self.lazy(item, depth + 1));
                let more = array.is_open.then(|| "...".to_owned());
                format!("[{}]", items.chain(more).collect::<Vec<_>>().join(", "))
            }
            Value::Object(object) => {
                let entries = object.entries.iter().map(|entry| {
                    let key = self.value(&entry.key, depth + 1);
                    format!("{key}: {}", self.lazy(&entry.value, depth + 1))
                });
                let more = object.is_open.then(|| "...".to_owned());
                format!("{{{}}}", entries.chain(more).collect::<Vec<_>>().join(", "))
            }
            Value::Id(identity) => format!("id {}", self.identity(identity, depth + 1)),
            Value::Resource(handle) => self.identity(&handle.identity, depth + 1),
            Value::Resources(id) => format!("all {:?}", id.index()),
            Value::Lambda(_) => "lambda".to_owned(),
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Parameter(id) => {
                    self.evaluator.template.parameter(*id).name.text.to_string()
                }
                Symbol::Local(_) => "local".to_owned(),
                Symbol::Property { identity, path } => {
                    format!("{}.{}", self.identity(identity, depth + 1), path.join("."))
                }
                Symbol::Output { path, .. } => format!("module.{}", path.join(".")),
                Symbol::Member { object, name } => {
                    format!("{}.{name}", self.value(object, depth + 1))
                }
                Symbol::Element { object, index } => format!(
                    "{}[{}]",
                    self.value(object, depth + 1),
                    self.value(index, depth + 1)
                ),
                Symbol::Call {
                    function,
                    arguments,
                } => {
                    let arguments: Vec<_> = arguments
                        .iter()
                        .map(|argument| self.value(argument, depth + 1))
                        .collect();
                    format!("{function}({})", arguments.join(", "))
                }
                Symbol::Unknown(reason) => format!("? {reason:?}"),
            },
        }
    }

    fn text(&self, text: &Text, depth: u32) -> String {
        text.pieces()
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.to_string(),
                Piece::Hole(value) => format!("${{{}}}", self.value(value, depth + 1)),
            })
            .collect()
    }

    fn lazy(&self, lazy: &Lazy, depth: u32) -> String {
        match self.evaluator.force(lazy) {
            Ok(evaluated) => self.value(&evaluated.value, depth),
            Err(_) => "undecided".to_owned(),
        }
    }

    fn identity(&self, identity: &Identity, depth: u32) -> String {
        let kind = identity
            .resource_type
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let names: Vec<_> = identity
            .names
            .iter()
            .map(|name| self.value(name, depth + 1))
            .collect();
        let scope = match &identity.scope {
            Scope::Deployment => String::new(),
            Scope::ResourceGroup { group, .. } => format!(" in {}", self.value(group, depth + 1)),
            Scope::Subscription(_) => " in the subscription".to_owned(),
            Scope::Elsewhere(_) => " elsewhere".to_owned(),
            Scope::Extension(of) => format!(" of {}", self.identity(of, depth + 1)),
        };
        format!("{kind}<{}>{scope}", names.join("/"))
    }
}
