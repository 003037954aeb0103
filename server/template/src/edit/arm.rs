//! New code in ARM JSON.
//!
//! An expression is text inside a string of JSON. Here it is kept as it is written there, JSON
//! escapes included, because parts of it are copied from the template as they are.

mod copies;
mod names;
mod text;
mod waits;

use syntax::{Document, Language};

use self::names::{Piece, formatted, joined};
use self::text::{bracketed, call, literal, string};

use super::code::{Code, Entry};
use super::marks::marked;
use super::new::{
    Key, New, NewModule, NewOutput, NewParameter, NewResource, NewTemplate, NewType, Target,
};
use super::order::rank;
use super::redeclare::Redeclaration;
use super::source::Source;
use crate::facts;
use crate::model::Template;

/// Writes ARM JSON.
pub(super) struct Writer<'a> {
    pub(super) template: &'a Template,
    pub(super) source: &'a Source<'a>,
}

impl Writer<'_> {
    /// Whether resources have symbolic names (language version 2.0).
    pub(super) fn is_symbolic(&self) -> bool {
        let mut resources = self.template.resources.iter();
        let mut modules = self.template.modules.iter();
        resources.any(|resource| resource.symbol.is_some())
            || modules.any(|module| module.symbol.is_some())
    }

    /// A value.
    pub(super) fn value(&self, new: &New) -> Option<Code> {
        Some(match new {
            New::Null => Code::Text("null".to_owned()),
            New::Bool(value) => Code::Text(value.to_string()),
            New::Integer(value) => Code::Text(value.to_string()),
            New::String(text) => Code::Text(string(text)),
            New::Placeholder(text) => Code::Text(string(&marked(text))),
            New::Object(members) => {
                let entries = members.iter().map(|(key, value)| self.entry(key, value));
                Code::Object(entries.collect::<Option<_>>()?)
            }
            New::Array(items) => {
                let entries = items
                    .iter()
                    .map(|item| Some(Entry::item(self.value(item)?)));
                Code::Array(entries.collect::<Option<_>>()?)
            }
            New::Copy(expression) => self.copied_value(*expression)?,
            New::Interpolation(pieces) => match self.pieces(pieces)?.as_slice() {
                [Piece::Text(text)] => Code::Text(string(text)),
                pieces => Code::Text(bracketed(&self.put_together(pieces))),
            },
            New::Name(Target::Declared(resource)) => {
                match self.names(*resource)?.last()?.as_slice() {
                    [Piece::Text(text)] => Code::Text(string(text)),
                    pieces => Code::Text(bracketed(&joined(pieces))),
                }
            }
            New::Symbol(target) if self.is_symbolic() => Code::Text(string(&self.symbol(target)?)),
            _ => Code::Text(bracketed(&self.expression(new)?)),
        })
    }

    /// A property.
    pub(super) fn entry(&self, key: &Key, value: &New) -> Option<Entry> {
        Some(Entry {
            head: format!("{}: ", self.key(key)?),
            code: self.value(value)?,
        })
    }

    /// The name of a property.
    pub(super) fn key(&self, key: &Key) -> Option<String> {
        match key {
            Key::Name(name) => Some(string(name)),
            Key::Value(value) => Some(bracketed(&self.expression(value)?)),
        }
    }

    /// A value as part of an expression.
    pub(super) fn expression(&self, new: &New) -> Option<String> {
        Some(match new {
            New::Null => "null()".to_owned(),
            New::Bool(value) => format!("{value}()"),
            New::Integer(value) => value.to_string(),
            New::String(text) => literal(text),
            New::Placeholder(text) => literal(&marked(text)),
            New::Interpolation(pieces) => self.put_together(&self.pieces(pieces)?),
            New::Object(members) => {
                let mut arguments = Vec::new();
                for (key, value) in members {
                    arguments.push(match key {
                        Key::Name(name) => literal(name),
                        Key::Value(key) => self.expression(key)?,
                    });
                    arguments.push(self.expression(value)?);
                }
                call("createObject", &arguments)
            }
            New::Array(items) => call("createArray", &self.expressions(items)?),
            New::Copy(expression) => self.copy(*expression)?,
            New::Symbol(target) | New::Id(target) => self.id(target)?,
            New::Name(target) => match target {
                Target::Declared(resource) => joined(self.names(*resource)?.last()?),
                Target::Module(module) => self.module_name(*module)?,
                Target::Created(resource) => self.expression(&resource.name)?,
                Target::CreatedModule(module) => self.expression(&module.deployment_name())?,
            },
            New::Property { of, path } => self.property(of, path)?,
            New::Parameter(name) => call("parameters", &[literal(name)]),
            New::Variable(name) => call("variables", &[literal(name)]),
            New::Member(object, name) => format!("{}.{name}", self.expression(object)?),
            New::Output { of, name } => {
                let named = if self.is_symbolic() {
                    literal(&self.symbol(of)?)
                } else {
                    self.id(of)?
                };
                format!("{}.outputs.{name}.value", call("reference", &[named]))
            }
            New::Call(function, items) => call(function, &self.expressions(items)?),
            New::Conditional(parts) => call("if", &self.expressions(&parts[..])?),
            New::TenantId => "subscription().tenantId".to_owned(),
            New::VaultSuffix => "environment().suffixes.keyvaultDns".to_owned(),
            New::SubscriptionResourceId {
                resource_type,
                name,
                ..
            } => call(
                "subscriptionResourceId",
                &[literal(resource_type), literal(name)],
            ),
            New::ExtensionResourceId {
                scope,
                resource_type,
                name,
            } => call(
                "extensionResourceId",
                &[
                    self.expression(scope)?,
                    literal(resource_type),
                    self.expression(name)?,
                ],
            ),
        })
    }

    /// The pieces of a text by the function that the file has for it.
    fn put_together(&self, pieces: &[Piece]) -> String {
        if pieces.len() > 1 && self.source.formats() {
            formatted(pieces)
        } else {
            joined(pieces)
        }
    }

    fn expressions(&self, items: &[New]) -> Option<Vec<String>> {
        items.iter().map(|item| self.expression(item)).collect()
    }

    fn symbol(&self, target: &Target) -> Option<String> {
        let symbol = match target {
            Target::Declared(resource) => &self.template.resource(*resource).symbol,
            Target::Module(module) => &self.template.module(*module).symbol,
            Target::Created(resource) => return Some(resource.symbol.clone()),
            Target::CreatedModule(module) => return Some(module.symbol.clone()),
        };
        Some(symbol.as_ref()?.text.to_string())
    }

    /// A property of a deployed resource.
    fn property(&self, of: &Target, path: &str) -> Option<String> {
        match path {
            "id" => return self.id(of),
            "name" => return self.expression(&New::Name(of.clone())),
            _ => {}
        }
        let mut arguments = Vec::new();
        if self.is_symbolic() {
            // `id` refuses what an expression outside cannot name: one of many.
            self.id(of)?;
            arguments.push(literal(&self.symbol(of)?));
        } else {
            arguments.push(self.id(of)?);
        }
        let properties = match path.strip_prefix("properties") {
            Some("") => Some(""),
            Some(rest) if rest.starts_with('.') => Some(rest),
            _ => None,
        };
        if let Some(rest) = properties {
            if !self.is_symbolic() {
                arguments.push(self.version(of)?);
            }
            return Some(format!("{}{rest}", call("reference", &arguments)));
        }
        arguments.push(self.version(of)?);
        arguments.push(literal("Full"));
        Some(format!("{}.{path}", call("reference", &arguments)))
    }

    fn version(&self, of: &Target) -> Option<String> {
        match of {
            Target::Created(resource) => Some(literal(&resource.api_version)),
            Target::Declared(resource) => {
                let resource = self.template.resource(*resource);
                match resource.api_version {
                    Some(version) => self.copy(version),
                    None => resource
                        .is_type(facts::USER_ASSIGNED_IDENTITY_TYPE)
                        .then(|| literal(facts::USER_ASSIGNED_IDENTITY_API_VERSION)),
                }
            }
            Target::Module(_) | Target::CreatedModule(_) => None,
        }
    }

    /// The element of `resources` for a resource.
    pub(super) fn resource(&self, resource: &NewResource) -> Option<Entry> {
        let mut entries: Vec<(Option<usize>, Entry)> = Vec::new();
        let mut push = |key: &str, code: Code| {
            let head = format!("{}: ", string(key));
            entries.push((rank(key), Entry { head, code }));
        };
        if let Some(condition) = self.guard(&resource.condition_of)? {
            push("condition", condition);
        }
        push("type", Code::Text(string(&resource.resource_type)));
        push("apiVersion", Code::Text(string(&resource.api_version)));
        if let Some(scope) = &resource.scope {
            push("scope", Code::Text(bracketed(&self.id(scope)?)));
        }
        push("name", Code::Text(self.full_name(resource)?));
        let waits = self.dependencies(resource)?;
        if !waits.is_empty() {
            push("dependsOn", Code::Array(waits));
        }
        for (key, value) in &resource.properties {
            let rank = match key {
                Key::Name(name) => rank(name),
                Key::Value(_) => None,
            };
            entries.push((rank, self.entry(key, value)?));
        }
        Some(self.element(&resource.symbol, entries))
    }

    /// The element of `resources` for a deployment of its own.
    pub(super) fn module(&self, module: &NewModule) -> Option<Entry> {
        let mut place = Vec::new();
        if let Some(scope) = &module.scope {
            if let Some(subscription) = &scope.subscription {
                place.push(("subscriptionId", self.value(subscription)?));
            }
            place.push(("resourceGroup", self.value(&scope.resource_group)?));
        }
        let mut targets = Vec::new();
        for (_, value) in &module.arguments {
            value.targets(&mut targets);
        }
        targets.extend(module.depends_on.iter().cloned());
        let scope = New::object([("scope", New::string("inner"))]);
        let arguments = module.arguments.iter().map(|(name, value)| {
            let value = New::object([("value", value.clone())]);
            (Key::Name(name.clone()), value)
        });
        let properties = vec![
            ("expressionEvaluationOptions", self.value(&scope)?),
            ("mode", Code::Text(string("Incremental"))),
            ("parameters", self.value(&New::object(arguments))?),
            ("template", template(&module.template)?),
        ];
        self.deployment(
            (&module.symbol, self.value(&module.deployment_name())?),
            &module.condition_of,
            place,
            targets,
            properties,
        )
    }

    /// The element for a deployment that declares a resource, as it is written here, once more.
    pub(super) fn redeclaration(&self, new: &Redeclaration, resource: Code) -> Option<Entry> {
        let resources = Code::Array(vec![Entry::item(resource)]);
        let template = members([
            (
                "$schema",
                Code::Text(string(facts::DEPLOYMENT_TEMPLATE_SCHEMA)),
            ),
            ("contentVersion", Code::Text(string("1.0.0.0"))),
            ("resources", resources),
        ]);
        let properties = vec![
            ("mode", Code::Text(string("Incremental"))),
            ("template", template),
        ];
        self.deployment(
            (&new.symbol, Code::Text(string(&new.symbol))),
            &[new.resource.into()],
            Vec::new(),
            new.depends_on.clone(),
            properties,
        )
    }

    fn deployment(
        &self,
        (symbol, name): (&str, Code),
        condition_of: &[Target],
        place: Vec<(&str, Code)>,
        waits: Vec<Target>,
        properties: Vec<(&str, Code)>,
    ) -> Option<Entry> {
        let mut entries: Vec<(Option<usize>, Entry)> = Vec::new();
        let mut push = |key: &str, code: Code| {
            let head = format!("{}: ", string(key));
            entries.push((rank(key), Entry { head, code }));
        };
        if let Some(condition) = self.guard(condition_of)? {
            push("condition", condition);
        }
        push("type", Code::Text(string(facts::DEPLOYMENT_TYPE)));
        push(
            "apiVersion",
            Code::Text(string(facts::DEPLOYMENT_API_VERSION)),
        );
        push("name", name);
        for (key, code) in place {
            push(key, code);
        }
        let waits = self.waits(waits)?;
        if !waits.is_empty() {
            push("dependsOn", Code::Array(waits));
        }
        push("properties", members(properties));
        Some(self.element(symbol, entries))
    }

    /// An element of `resources`, its members in the order of the convention.
    fn element(&self, symbol: &str, mut entries: Vec<(Option<usize>, Entry)>) -> Entry {
        entries.sort_by_key(|(rank, _)| rank.unwrap_or(usize::MAX));
        let head = if self.is_symbolic() {
            format!("{}: ", string(symbol))
        } else {
            String::new()
        };
        Entry {
            head,
            code: Code::Object(entries.into_iter().map(|(_, entry)| entry).collect()),
        }
    }

    /// A parameter; `kind` is how its type is written.
    pub(super) fn parameter(&self, parameter: &NewParameter, kind: &str) -> Option<Entry> {
        let mut members = vec![("type".into(), kind.into())];
        if let Some(default) = &parameter.default {
            members.push(("defaultValue".into(), default.clone()));
        }
        if let Some(description) = &parameter.description {
            let metadata = New::object([("description", New::string(description))]);
            members.push(("metadata".into(), metadata));
        }
        self.entry(&Key::from(parameter.name.as_str()), &New::Object(members))
    }

    /// An output.
    pub(super) fn output(&self, output: &NewOutput) -> Option<Entry> {
        let value = New::object([
            ("type", New::from(type_name(output.kind))),
            ("value", output.value.clone()),
        ]);
        self.entry(&Key::from(output.name.as_str()), &value)
    }

    /// The name of a new resource with the names of its parents, as a string of JSON.
    fn full_name(&self, resource: &NewResource) -> Option<String> {
        if resource.parent.is_none() {
            return Some(self.value(&resource.name)?.inline());
        }
        let names = self.names_of_new(resource)?;
        let texts = names.iter().map(|name| match name.as_slice() {
            [Piece::Text(text)] => Some(text.as_str()),
            _ => None,
        });
        if let Some(texts) = texts.collect::<Option<Vec<_>>>() {
            return Some(string(&texts.join("/")));
        }
        let holes: Vec<_> = (0..names.len())
            .map(|index| format!("{{{index}}}"))
            .collect();
        let mut arguments = vec![literal(&holes.join("/"))];
        arguments.extend(names.iter().map(|name| joined(name)));
        Some(bracketed(&call("format", &arguments)))
    }
}

/// A whole template as a value.
fn template(new: &NewTemplate) -> Option<Code> {
    let document = Document::new(Language::Json, "");
    let source = Source::new(&document);
    let written = Template::empty(Language::Json);
    let writer = Writer {
        template: &written,
        source: &source,
    };
    let parameters = new
        .parameters
        .iter()
        .map(|it| writer.parameter(it, type_name(it.kind)));
    let resources = new.resources.iter().filter(|it| !it.is_existing);
    let resources = resources.map(|it| writer.resource(it));
    Some(members([
        (
            "$schema",
            Code::Text(string(facts::DEPLOYMENT_TEMPLATE_SCHEMA)),
        ),
        ("contentVersion", Code::Text(string("1.0.0.0"))),
        (
            "parameters",
            Code::Object(parameters.collect::<Option<_>>()?),
        ),
        ("resources", Code::Array(resources.collect::<Option<_>>()?)),
    ]))
}

/// An object of these members.
fn members<'k>(members: impl IntoIterator<Item = (&'k str, Code)>) -> Code {
    let entries = members.into_iter().map(|(key, code)| Entry {
        head: format!("{}: ", string(key)),
        code,
    });
    Code::Object(entries.collect())
}

/// How a type is written.
pub(super) const fn type_name(kind: NewType) -> &'static str {
    match kind {
        NewType::String => "string",
        NewType::SecureString => "securestring",
        NewType::Bool => "bool",
        NewType::Integer => "int",
        NewType::Array => "array",
        NewType::Object => "object",
        NewType::SecureObject => "secureObject",
    }
}
