//! New code in ARM JSON.
//!
//! An expression is text inside a string of JSON. Here it is kept as it is written there, JSON
//! escapes included, because parts of it are copied from the template as they are.

use syntax::TextRange;

use super::code::{Code, Entry};
use super::copy::{is_free, is_repeated};
use super::new::{Key, New, NewResource, Target};
use super::order::rank;
use super::source::Source;
use crate::model::{
    ExpressionId, ExpressionKind, ModuleId, Parent, ResourceId, Segment, TargetScope, Template,
};

const DEPLOYMENT: &str = "Microsoft.Resources/deployments";
const USER_ASSIGNED_IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
/// The version of user-assigned identities that Microsoft's own templates read them with.
const USER_ASSIGNED_IDENTITY_VERSION: &str = "2018-11-30";

/// Writes ARM JSON.
pub(super) struct Writer<'a> {
    pub(super) template: &'a Template,
    pub(super) source: &'a Source<'a>,
}

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Expression(String),
}

/// A segment of a name: pieces one behind the other.
type NameSegment = Vec<Piece>;

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

    /// The pieces of a string, neighbouring texts as one; never none.
    fn pieces(&self, items: &[New]) -> Option<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        for item in items {
            let text = match item {
                New::String(text) => Some(text.as_str()),
                New::Copy(expression) => match self.template.kind(*expression) {
                    ExpressionKind::String(text) => Some(&**text),
                    _ => None,
                },
                _ => None,
            };
            match (text, pieces.last_mut()) {
                (Some(text), Some(Piece::Text(before))) => before.push_str(text),
                (Some(text), _) => pieces.push(Piece::Text(text.to_owned())),
                (None, _) => pieces.push(Piece::Expression(self.expression(item)?)),
            }
        }
        if pieces.is_empty() {
            pieces.push(Piece::Text(String::new()));
        }
        Some(pieces)
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
                        .is_type(USER_ASSIGNED_IDENTITY)
                        .then(|| literal(USER_ASSIGNED_IDENTITY_VERSION)),
                }
            }
            Target::Module(_) => None,
        }
    }

    /// The id of a resource.
    fn id(&self, target: &Target) -> Option<String> {
        match target {
            Target::Declared(resource) => {
                let declared = self.template.resource(*resource);
                if is_repeated(self.template, *resource) {
                    return None;
                }
                let names = self.names(*resource)?;
                self.id_of(&declared.resource_type, &names, self.extended(*resource)?)
            }
            Target::Module(module) => {
                let name = self.module_name(*module)?;
                let names = [vec![Piece::Expression(name)]];
                self.id_of(DEPLOYMENT, &names, Vec::new())
            }
            Target::Created(resource) => {
                let names = self.names_of_new(resource)?;
                let scope = match resource.scope {
                    Some(scope) => vec![self.id(&scope.into())?],
                    None => Vec::new(),
                };
                self.id_of(&resource.resource_type, &names, scope)
            }
        }
    }

    /// An id; `arguments` begins with the id of what is extended, if something is.
    fn id_of(
        &self,
        resource_type: &str,
        names: &[NameSegment],
        mut arguments: Vec<String>,
    ) -> Option<String> {
        let function = match self.template.target_scope {
            _ if !arguments.is_empty() => "extensionResourceId",
            TargetScope::ResourceGroup => "resourceId",
            TargetScope::Subscription => "subscriptionResourceId",
            TargetScope::Tenant => "tenantResourceId",
            TargetScope::ManagementGroup | TargetScope::Unknown => return None,
        };
        arguments.push(literal(resource_type));
        arguments.extend(names.iter().map(|name| joined(name)));
        Some(call(function, &arguments))
    }

    /// The id of what a resource extends, where it extends something; none if that is not given by
    /// its id.
    fn extended(&self, resource: ResourceId) -> Option<Vec<String>> {
        let Some(scope) = self.template.resource(resource).scope else {
            return Some(Vec::new());
        };
        match self.template.kind(scope) {
            ExpressionKind::Call { function, .. } if function.ends_with("resourceid") => {
                Some(vec![self.copy(scope)?])
            }
            _ => None,
        }
    }

    fn module_name(&self, module: ModuleId) -> Option<String> {
        let module = self.template.module(module);
        if module.repetition.is_some() {
            return None;
        }
        self.copy(self.template.property(module.body, "name")?.value)
    }

    /// The names of a resource and of those that it belongs to: one for each part of its type.
    fn names(&self, resource: ResourceId) -> Option<Vec<NameSegment>> {
        let declared = self.template.resource(resource);
        let mut names = match declared.parent {
            Some(Parent::Enclosing(parent)) => self.names(parent)?,
            Some(Parent::Property(_)) => return None,
            None => Vec::new(),
        };
        names.extend(self.segments(declared.name?)?);
        let parts = declared.resource_type.matches('/').count();
        (parts > 0 && names.len() == parts).then_some(names)
    }

    fn names_of_new(&self, resource: &NewResource) -> Option<Vec<NameSegment>> {
        let mut names = match resource.parent {
            Some(parent) if is_repeated(self.template, parent) => return None,
            Some(parent) => self.names(parent)?,
            None => Vec::new(),
        };
        names.push(match &resource.name {
            New::String(text) => vec![Piece::Text(text.clone())],
            New::Interpolation(pieces) => self.pieces(pieces)?,
            name => vec![Piece::Expression(self.expression(name)?)],
        });
        Some(names)
    }

    /// A name, cut at its slashes.
    fn segments(&self, name: ExpressionId) -> Option<Vec<NameSegment>> {
        let piece = |expression: ExpressionId| {
            Some(match self.template.kind(expression) {
                ExpressionKind::String(text) => Piece::Text(text.to_string()),
                _ => Piece::Expression(self.copy(expression)?),
            })
        };
        let pieces: Option<Vec<_>> = match self.template.kind(name) {
            ExpressionKind::Interpolation(segments) => segments
                .iter()
                .map(|segment| match segment {
                    Segment::Hole(hole) => piece(*hole),
                    Segment::Text(text) => Some(Piece::Text(text.to_string())),
                })
                .collect(),
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "concat" => arguments.iter().copied().map(piece).collect(),
            _ => piece(name).map(|piece| vec![piece]),
        };
        let mut names = vec![Vec::new()];
        for piece in pieces? {
            let Piece::Text(text) = piece else {
                names.last_mut()?.push(piece);
                continue;
            };
            for (index, part) in text.split('/').enumerate() {
                if index > 0 {
                    names.push(Vec::new());
                }
                if !part.is_empty() {
                    names.last_mut()?.push(Piece::Text(part.to_owned()));
                }
            }
        }
        names.iter().all(|name| !name.is_empty()).then_some(names)
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

fn joined(name: &[Piece]) -> String {
    let texts: Vec<_> = name
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => literal(text),
            Piece::Expression(text) => text.clone(),
        })
        .collect();
    match texts.as_slice() {
        [text] => text.clone(),
        texts => call("concat", texts),
    }
}

fn call(function: &str, arguments: &[String]) -> String {
    format!("{function}({})", arguments.join(", "))
}

fn bracketed(expression: &str) -> String {
    format!("\"[{expression}]\"")
}

/// A string of an expression.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    escape(&text.replace('\'', "''"), &mut out);
    out.push('\'');
    out
}

/// A string of JSON that ARM does not take for an expression.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    if text.starts_with("[[") || text.starts_with('[') && text.ends_with(']') {
        out.push('[');
    }
    escape(text, &mut out);
    out.push('"');
    out
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.extend(format!("\\u{:04x}", u32::from(control)).chars());
            }
            character => out.push(character),
        }
    }
}

/// An expression that may be written over several lines, on one.
fn on_one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    lines.join(" ")
}
