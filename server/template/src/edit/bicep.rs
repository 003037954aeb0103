//! New code in Bicep.

use syntax::TextRange;

use super::code::{Code, Entry};
use super::copy::{is_free, is_repeated, resources, with_enclosing};
use super::new::{Key, New, NewResource, Target};
use super::order::rank;
use super::source::Source;
use crate::model::{BinaryOperator, ExpressionId, ExpressionKind, ResourceId, Template};

/// Writes Bicep.
pub(super) struct Writer<'a> {
    pub(super) template: &'a Template,
    pub(super) source: &'a Source<'a>,
}

impl Writer<'_> {
    /// A value.
    pub(super) fn value(&self, new: &New) -> Option<Code> {
        Some(match new {
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
            New::SubscriptionResourceId {
                comment: Some(comment),
                ..
            } => Code::Commented {
                text: self.expression(new)?,
                comment: comment.clone(),
            },
            _ => Code::Text(self.expression(new)?),
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
            Key::Name(name) if is_identifier(name) => Some(name.clone()),
            Key::Name(name) => Some(quoted(name)),
            Key::Value(value) => self.interpolated(std::slice::from_ref(&**value)),
        }
    }

    /// A value on one line.
    pub(super) fn expression(&self, new: &New) -> Option<String> {
        Some(match new {
            New::Null => "null".to_owned(),
            New::Bool(value) => value.to_string(),
            New::Integer(value) => value.to_string(),
            New::String(text) => quoted(text),
            New::Interpolation(pieces) => self.interpolated(pieces)?,
            New::Object(_) | New::Array(_) => self.value(new)?.inline(),
            New::Copy(expression) => self.copy(*expression)?.to_owned(),
            New::Symbol(target) => self.symbol(target)?,
            New::Id(target) => format!("{}.id", self.one(target)?),
            New::Name(target) => format!("{}.name", self.one(target)?),
            New::Property { of, path } => {
                let symbol = self.one(of)?;
                // What is known before the deployment is there without the resource.
                let is_known = matches!(path.as_str(), "id" | "name" | "type" | "apiVersion");
                let assertion = if !is_known && self.is_conditional(of) {
                    "!"
                } else {
                    ""
                };
                format!("{symbol}{assertion}.{path}")
            }
            New::Guid(items) => {
                let items: Option<Vec<_>> =
                    items.iter().map(|item| self.expression(item)).collect();
                format!("guid({})", items?.join(", "))
            }
            New::TenantId => "subscription().tenantId".to_owned(),
            New::SubscriptionResourceId {
                resource_type,
                name,
                ..
            } => format!(
                "subscriptionResourceId({}, {})",
                quoted(resource_type),
                quoted(name)
            ),
            New::ExtensionResourceId {
                scope,
                resource_type,
                name,
            } => format!(
                "extensionResourceId({}, {}, {})",
                self.expression(scope)?,
                quoted(resource_type),
                self.expression(name)?
            ),
        })
    }

    fn interpolated(&self, pieces: &[New]) -> Option<String> {
        let mut out = String::from("'");
        for piece in pieces {
            match piece {
                New::String(text) => escape(text, &mut out),
                piece => {
                    if let New::Copy(expression) = piece
                        && let ExpressionKind::String(text) = self.template.kind(*expression)
                    {
                        escape(text, &mut out);
                        continue;
                    }
                    let hole = self.expression(piece)?;
                    if hole.contains('\n') {
                        return None;
                    }
                    out.push_str("${");
                    out.push_str(&hole);
                    out.push('}');
                }
            }
        }
        out.push('\'');
        Some(out)
    }

    fn copy(&self, expression: ExpressionId) -> Option<&str> {
        if !is_free(self.template, expression) {
            return None;
        }
        for (resource, name) in resources(self.template, expression) {
            // A name without its parent's is known only inside the parent.
            let is_nested = with_enclosing(self.template, resource).nth(1).is_some();
            if is_nested && !self.text(self.template.range(name)).contains("::") {
                return None;
            }
        }
        Some(self.text(self.template.range(expression)))
    }

    fn text(&self, range: TextRange) -> &str {
        self.source.slice(range.start as usize, range.end as usize)
    }

    /// The name of a resource, all of them where it is repeated.
    fn symbol(&self, target: &Target) -> Option<String> {
        match target {
            Target::Declared(resource) => {
                let mut names = Vec::new();
                for resource in with_enclosing(self.template, *resource) {
                    let symbol = self.template.resource(resource).symbol.as_ref()?;
                    if symbol.text.is_empty() {
                        return None;
                    }
                    names.push(&*symbol.text);
                }
                names.reverse();
                Some(names.join("::"))
            }
            Target::Module(module) => {
                let symbol = self.template.module(*module).symbol.as_ref()?;
                (!symbol.text.is_empty()).then(|| symbol.text.to_string())
            }
            Target::Created(resource) => Some(resource.symbol.clone()),
        }
    }

    /// The name of a resource that there is one of.
    fn one(&self, target: &Target) -> Option<String> {
        let is_repeated = match target {
            Target::Declared(resource) => is_repeated(self.template, *resource),
            Target::Module(module) => self.template.module(*module).repetition.is_some(),
            Target::Created(_) => false,
        };
        if is_repeated {
            return None;
        }
        self.symbol(target)
    }

    fn is_conditional(&self, target: &Target) -> bool {
        let is_conditional = |resource: &ResourceId| {
            with_enclosing(self.template, *resource)
                .any(|resource| self.template.resource(resource).condition.is_some())
        };
        match target {
            Target::Declared(resource) => is_conditional(resource),
            Target::Module(module) => self.template.module(*module).condition.is_some(),
            Target::Created(resource) => resource.condition_of.iter().any(is_conditional),
        }
    }

    /// What stands in front of the body of a resource, and the body.
    pub(super) fn resource(&self, resource: &NewResource) -> Option<Entry> {
        let mut members = vec![(Key::from("name"), resource.name.clone())];
        for (key, target) in [("scope", resource.scope), ("parent", resource.parent)] {
            if let Some(target) = target {
                self.one(&target.into())?;
                members.push((key.into(), New::symbol(target)));
            }
        }
        members.extend(resource.properties.iter().cloned());
        let mut implied = Vec::new();
        for (_, value) in &members {
            value.targets(&mut implied);
        }
        let waits: Vec<_> = resource
            .depends_on
            .iter()
            .filter(|target| !implied.contains(target))
            .map(|target| New::symbol(target.clone()))
            .collect();
        if !waits.is_empty() {
            members.push(("dependsOn".into(), New::Array(waits)));
        }
        members.sort_by_key(|(key, _)| match key {
            // Azure's own role assignments in Bicep name the scope right behind the name.
            Key::Name(name) if name == "scope" => rank("name").unwrap_or(usize::MAX),
            Key::Name(name) => rank(name).unwrap_or(usize::MAX),
            Key::Value(_) => usize::MAX,
        });
        let condition = match self.conditions(&resource.condition_of)?.as_slice() {
            [] => String::new(),
            [(_, text)] => format!("if ({text}) "),
            conditions => {
                let operands = conditions.iter().map(|(condition, text)| {
                    if self.binds_less_than_and(*condition) {
                        format!("({text})")
                    } else {
                        (*text).to_owned()
                    }
                });
                format!("if ({}) ", operands.collect::<Vec<_>>().join(" && "))
            }
        };
        let written = format!("{}@{}", resource.resource_type, resource.api_version);
        Some(Entry {
            head: format!(
                "resource {} {} = {condition}",
                resource.symbol,
                quoted(&written)
            ),
            code: self.value(&New::Object(members))?,
        })
    }

    /// The conditions under which all of the resources are deployed.
    fn conditions(&self, resources: &[ResourceId]) -> Option<Vec<(ExpressionId, &str)>> {
        let mut conditions: Vec<(ExpressionId, &str)> = Vec::new();
        for resource in resources {
            // A resource inside another is deployed with it.
            let mut around: Vec<_> = with_enclosing(self.template, *resource).collect();
            around.reverse();
            for resource in around {
                if let Some(condition) = self.template.resource(resource).condition {
                    let text = self.copy(condition)?;
                    if !conditions.iter().any(|(_, known)| *known == text) {
                        conditions.push((condition, text));
                    }
                }
            }
        }
        Some(conditions)
    }

    fn binds_less_than_and(&self, expression: ExpressionId) -> bool {
        matches!(
            self.template.kind(expression),
            ExpressionKind::Conditional { .. }
                | ExpressionKind::Lambda { .. }
                | ExpressionKind::Binary {
                    operator: BinaryOperator::Or | BinaryOperator::Coalesce,
                    ..
                }
        )
    }
}

/// A string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    escape(text, &mut out);
    out.push('\'');
    out
}

/// What stands for a text inside a string.
pub(super) fn escape(text: &str, out: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
            character => out.push(character),
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
