//! Values as text, for people and for comparing what two templates mean.

use std::cell::RefCell;
use std::rc::Rc;

use crate::cases::{Choice, Chosen, Undecided};
use crate::evaluate::Evaluator;
use crate::facts;
use crate::model::{LocalId, ModuleId, ResourceId};
use crate::program::{At, InstanceId};
use crate::value::{Bindings, Identity, Lazy, Piece, Scope, Symbol, Text, Value};

/// How deep arrays and objects are written out.
const MAXIMUM_DEPTH: u32 = 32;

impl Evaluator<'_> {
    /// A value as text: known values as in Bicep, holes as `${...}`, symbols by name, and what is
    /// unknown as `?` and the reason. Values that are the same give the same text, whatever
    /// language they are written in.
    #[must_use]
    pub fn describe(&self, value: &Value) -> String {
        Description::new(self).value(value, 0)
    }

    /// The same with the properties of objects in the order of their names and types in lower case, unless a part of the
    /// value depends on something that the case leaves open.
    pub fn describe_decided(&self, value: &Value) -> Result<String, Undecided> {
        let description = Description {
            is_canonical: true,
            ..Description::new(self)
        };
        let text = description.value(value, 0);
        match description.undecided.into_inner() {
            Some(undecided) => Err(undecided),
            None => Ok(text),
        }
    }

    /// What the case decides: questions as text, each with its answer.
    #[must_use]
    pub fn describe_case(&self) -> Vec<(String, String)> {
        let description = Description {
            is_canonical: true,
            ..Description::new(self)
        };
        let choices = self.case().choices.iter();
        choices.map(|choice| description.choice(choice)).collect()
    }
}

struct Description<'e, 't> {
    evaluator: &'e Evaluator<'t>,
    /// Whether what means the same is written the same: the order of properties and the case of types.
    is_canonical: bool,
    /// The first part that could not be told, and what it depends on.
    undecided: RefCell<Option<Undecided>>,
}

impl<'e, 't> Description<'e, 't> {
    const fn new(evaluator: &'e Evaluator<'t>) -> Self {
        Self {
            evaluator,
            is_canonical: false,
            undecided: RefCell::new(None),
        }
    }

    fn undecided(&self, undecided: Undecided) -> String {
        self.undecided.borrow_mut().get_or_insert(undecided);
        "undecided".to_owned()
    }

    fn choice(&self, choice: &Choice) -> (String, String) {
        match choice {
            Choice::Scenario(id) => {
                let path = self.evaluator.program.scenario_path(*id);
                ("scenario".to_owned(), path.display().to_string())
            }
            Choice::Parameter(id, chosen) => {
                let name = self.value(&Value::symbol(Symbol::Parameter(*id)), 0);
                let value = match chosen {
                    Chosen::Bool(value) => value.to_string(),
                    Chosen::Expression(expression) => {
                        let bindings = Bindings::none(id.instance);
                        self.lazy(&Lazy::Expression(*expression, bindings), 0)
                    }
                };
                (name, value)
            }
            Choice::Condition(condition, holds) => {
                (self.value(&condition.value, 0), holds.to_string())
            }
        }
    }

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
                let more = array.is_open().then(|| "...".to_owned());
                format!("[{}]", items.chain(more).collect::<Vec<_>>().join(", "))
            }
            Value::Object(object) => {
                let entries = object.entries.iter().map(|entry| {
                    let key = self.value(&entry.key, depth + 1);
                    (key, self.lazy(&entry.value, depth + 1))
                });
                let mut entries: Vec<_> = entries.collect();
                if self.is_canonical {
                    // The last one of a name counts.
                    entries.reverse();
                    entries.sort_by(|a, b| a.0.cmp(&b.0));
                    entries.dedup_by(|a, b| a.0 == b.0);
                }
                let entries = entries.into_iter();
                let entries = entries.map(|(key, value)| format!("{key}: {value}"));
                let more = object.is_open().then(|| "...".to_owned());
                format!("{{{}}}", entries.chain(more).collect::<Vec<_>>().join(", "))
            }
            Value::Id(identity) => format!("id {}", self.identity(identity, depth + 1)),
            Value::Resource(handle) => self.identity(&handle.identity, depth + 1),
            Value::Resources(id) => self.resources(*id, depth + 1),
            Value::Lambda(_) => "lambda".to_owned(),
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Parameter(id) => {
                    let name = &self.evaluator.program.parameter(*id).name.text;
                    format!("{name}{}", self.instance(id.instance, depth + 1))
                }
                Symbol::Local(id) => self.local(*id, depth + 1),
                Symbol::Property { identity, path } => match self.deployment(identity, path, depth)
                {
                    Some(text) => text,
                    None => format!("{}.{}", self.identity(identity, depth + 1), path.join(".")),
                },
                Symbol::Output { module, item, path } => {
                    let name = self.module(*module, *item, depth + 1);
                    let path = path.iter().map(|name| format!(".{name}"));
                    format!("{name}{}", path.collect::<String>())
                }
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
                    if let ("deployment", [Value::Integer(number)]) =
                        (&**function, arguments.as_slice())
                    {
                        return format!("deployment({})", self.numbered(*number, depth + 1));
                    }
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

    /// The resources of a loop.
    fn resources(&self, id: At<ResourceId>, depth: u32) -> String {
        let resource = self.evaluator.program.resource(id);
        if depth > MAXIMUM_DEPTH || resource.name.is_none() {
            return format!("all {}", self.kind(&resource.resource_type));
        }
        match self.evaluator.identity(id) {
            Ok(identity) => format!("all {}", self.identity(&identity, depth + 1)),
            Err(undecided) => self.undecided(undecided),
        }
    }

    /// A name that a loop, lambda or function binds: of a loop, its index.
    fn local(&self, id: At<LocalId>, depth: u32) -> String {
        let template = self.evaluator.program.template(id.instance);
        let loops = template.locals.iter().flatten();
        let Some(repetition) = loops.copied().find(|it| it.index == id.id) else {
            return "local".to_owned();
        };
        if depth > MAXIMUM_DEPTH / 2 {
            return "index".to_owned();
        }
        match self.evaluator.evaluate(id.instance.at(repetition.iterable)) {
            Ok(list) => match list.value {
                Value::Array(list) if !list.is_open() => format!("index of {}", list.items.len()),
                list => format!("index of {}", self.list(&list, depth + 1)),
            },
            Err(undecided) => self.undecided(undecided),
        }
    }

    /// The list of a loop, of which ARM JSON only says how long it is.
    fn list(&self, list: &Value, depth: u32) -> String {
        let argument = |value: &Value, name: &str, at: usize| match value {
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Call {
                    function,
                    arguments,
                } if **function == *name => arguments.get(at).cloned(),
                _ => None,
            },
            _ => None,
        };
        let mut list = list.clone();
        while let Some(counted) =
            argument(&list, "range", 1).and_then(|count| argument(&count, "length", 0))
        {
            list = counted;
        }
        self.value(&list, depth)
    }

    /// A module, by the name of its deployment.
    fn module(&self, module: At<ModuleId>, item: Option<u32>, depth: u32) -> String {
        if depth > MAXIMUM_DEPTH / 2 {
            return "module".to_owned();
        }
        match self.evaluator.module_name(module, item) {
            Ok(Some(name)) => format!("module<{}>", self.value(&name, depth + 1)),
            Ok(None) => "module".to_owned(),
            Err(undecided) => self.undecided(undecided),
        }
    }

    /// A property of a deployment that Bicep declares as a resource, as of a module.
    fn deployment(&self, identity: &Identity, path: &[Rc<str>], depth: u32) -> Option<String> {
        let name = identity.name()?;
        if !self.is_canonical || !identity.is_type(facts::DEPLOYMENT_TYPE) {
            return None;
        }
        let (properties, rest) = path.split_first()?;
        let path = match rest {
            [outputs, output, value] if &**value == "value" => format!(".{outputs}.{output}"),
            [] => String::new(),
            path => format!(".{}", path.join(".")),
        };
        (&**properties == "properties")
            .then(|| format!("module<{}>{path}", self.value(name, depth + 1)))
    }

    /// Where something of an instance is: nothing for the root.
    fn instance(&self, id: InstanceId, depth: u32) -> String {
        match self.evaluator.program.deployed_by(id) {
            Some((module, item)) => format!(" of {}", self.module(module, item, depth)),
            None => String::new(),
        }
    }

    /// The deployment of the instance with a number.
    fn numbered(&self, number: i64, depth: u32) -> String {
        let mut instances = self.evaluator.program.instances();
        let id = usize::try_from(number)
            .ok()
            .and_then(|it| instances.nth(it));
        id.map_or_else(String::new, |id| self.instance(id, depth))
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
            Err(undecided) => self.undecided(undecided),
        }
    }

    fn identity(&self, identity: &Identity, depth: u32) -> String {
        let kind = self.kind(&identity.resource_type);
        let names: Vec<_> = identity
            .names
            .iter()
            .map(|name| self.value(name, depth + 1))
            .collect();
        let scope = match &identity.scope {
            Scope::Deployment => String::new(),
            // Of a scope that is unknown in part nothing is known.
            Scope::ResourceGroup { group, .. } if group.unknown_reason().is_some() => {
                format!(" in {}", self.value(group, depth + 1))
            }
            Scope::ResourceGroup {
                subscription: None,
                group,
            } => format!(" in {}", self.value(group, depth + 1)),
            Scope::ResourceGroup {
                subscription: Some(subscription),
                group,
            } => {
                let subscription = self.value(subscription, depth + 1);
                format!(" in {subscription}/{}", self.value(group, depth + 1))
            }
            Scope::Subscription(None) => " in the subscription".to_owned(),
            Scope::Subscription(Some(id)) => {
                format!(" in the subscription {}", self.value(id, depth + 1))
            }
            Scope::Elsewhere(Value::Null) => " elsewhere".to_owned(),
            Scope::Elsewhere(value) => format!(" in {}", self.value(value, depth + 1)),
            Scope::Extension(of) => format!(" of {}", self.identity(of, depth + 1)),
        };
        format!("{kind}<{}>{scope}", names.join("/"))
    }

    /// The last part of a type.
    fn kind(&self, resource_type: &str) -> String {
        let kind = resource_type.rsplit('/').next().unwrap_or_default();
        if self.is_canonical {
            kind.to_ascii_lowercase()
        } else {
            kind.to_owned()
        }
    }
}
