//! New code in ARM JSON.
//!
//! An expression is text inside a string of JSON. Here it is kept as it is written there, JSON
//! escapes included, because parts of it are copied from the template as they are.

mod names;
mod text;

use syntax::TextRange;

use self::names::{Piece, joined};
use self::text::{bracketed, call, literal, on_one_line, string};

use super::code::{Code, Entry};
use super::copy::is_free;
use super::new::{Key, New, NewResource, Target};
use super::order::rank;
use super::source::Source;
use crate::facts;
use crate::model::{ExpressionId, ExpressionKind, ResourceId, Template};

/// Writes ARM JSON.
pub(super) struct Writer<'a> {
    pub(super) template: &'a Template,
    pub(super) source: &'a Source<'a>,
}

impl Writer<'_> {
    /// Whether resources have symbolic names (language version 2.0).
    fn is_symbolic(&self) -> bool {
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
                pieces => Code::Text(bracketed(&joined(pieces))),
            },
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
            New::Interpolation(pieces) => joined(&self.pieces(pieces)?),
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
            },
            New::Property { of, path } => self.property(of, path)?,
            New::Guid(items) => call("guid", &self.expressions(items)?),
            New::TenantId => "subscription().tenantId".to_owned(),
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

    fn expressions(&self, items: &[New]) -> Option<Vec<String>> {
        items.iter().map(|item| self.expression(item)).collect()
    }

    fn text(&self, expression: ExpressionId) -> &str {
        let TextRange { start, end } = self.template.range(expression);
        self.source.slice(start as usize, end as usize)
    }

    /// An expression of the template as part of another.
    fn copy(&self, expression: ExpressionId) -> Option<String> {
        if !is_free(self.template, expression) {
            return None;
        }
        match self.template.kind(expression) {
            ExpressionKind::String(text) => Some(literal(text)),
            ExpressionKind::Bool(value) => Some(format!("{value}()")),
            ExpressionKind::Null => Some("null()".to_owned()),
            _ => {
                let text = self.text(expression);
                // Objects and arrays of JSON have no place in an expression.
                (!text.starts_with(['{', '[', '"'])).then(|| on_one_line(text))
            }
        }
    }

    fn copied_value(&self, expression: ExpressionId) -> Option<Code> {
        let text = self.text(expression);
        let is_json = match self.template.kind(expression) {
            ExpressionKind::Bool(_) | ExpressionKind::Null => !text.ends_with(')'),
            ExpressionKind::Integer(_) => true,
            _ => text.starts_with(['{', '[', '"']),
        };
        Some(Code::Text(if is_json {
            is_free(self.template, expression).then(|| text.to_owned())?
        } else {
            bracketed(&self.copy(expression)?)
        }))
    }

    fn symbol(&self, target: &Target) -> Option<String> {
        let symbol = match target {
            Target::Declared(resource) => &self.template.resource(*resource).symbol,
            Target::Module(module) => &self.template.module(*module).symbol,
            Target::Created(resource) => return Some(resource.symbol.clone()),
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
            Target::Module(_) => None,
        }
    }

    /// The element of `resources` for a resource.
    pub(super) fn resource(&self, resource: &NewResource) -> Option<Entry> {
        let mut entries: Vec<(Option<usize>, Entry)> = Vec::new();
        let mut push = |key: &str, code: Code| {
            let head = format!("{}: ", string(key));
            entries.push((rank(key), Entry { head, code }));
        };
        match self.conditions(&resource.condition_of)?.as_slice() {
            [] => {}
            [(condition, _)] => push("condition", self.copied_value(*condition)?),
            conditions => {
                let operands: Vec<_> = conditions.iter().map(|(_, text)| text.clone()).collect();
                push("condition", Code::Text(bracketed(&call("and", &operands))));
            }
        }
        push("type", Code::Text(string(&resource.resource_type)));
        push("apiVersion", Code::Text(string(&resource.api_version)));
        if let Some(scope) = resource.scope {
            push("scope", Code::Text(bracketed(&self.id(&scope.into())?)));
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
        entries.sort_by_key(|(rank, _)| rank.unwrap_or(usize::MAX));
        let head = if self.is_symbolic() {
            format!("{}: ", string(&resource.symbol))
        } else {
            String::new()
        };
        Some(Entry {
            head,
            code: Code::Object(entries.into_iter().map(|(_, entry)| entry).collect()),
        })
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

    /// What a new resource waits for. Nothing in ARM JSON does so by itself, apart from
    /// `reference` with a name or an id without version.
    fn dependencies(&self, resource: &NewResource) -> Option<Vec<Entry>> {
        let mut targets: Vec<Target> = Vec::new();
        let related = resource.parent.into_iter().chain(resource.scope);
        targets.extend(related.map(Target::Declared));
        resource.name.targets(&mut targets);
        for (key, value) in &resource.properties {
            if let Key::Value(key) = key {
                key.targets(&mut targets);
            }
            value.targets(&mut targets);
        }
        targets.extend(resource.depends_on.iter().cloned());
        let mut entries: Vec<Entry> = Vec::new();
        for target in targets {
            let is_existing = match &target {
                Target::Declared(resource) => self.template.resource(*resource).is_existing,
                Target::Module(_) | Target::Created(_) => false,
            };
            if is_existing {
                continue;
            }
            let entry = Entry::item(self.value(&New::Symbol(target))?);
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Some(entries)
    }

    /// The conditions under which all of the resources are deployed.
    fn conditions(&self, resources: &[ResourceId]) -> Option<Vec<(ExpressionId, String)>> {
        let mut conditions: Vec<(ExpressionId, String)> = Vec::new();
        for resource in resources {
            if let Some(condition) = self.template.resource(*resource).condition {
                let text = match self.template.kind(condition) {
                    ExpressionKind::String(_) => return None,
                    _ => self.copy(condition)?,
                };
                if !conditions.iter().any(|(_, known)| *known == text) {
                    conditions.push((condition, text));
                }
            }
        }
        Some(conditions)
    }
}
