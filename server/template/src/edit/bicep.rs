//! New code in Bicep.

mod conditions;

use syntax::TextRange;

use super::code::{Code, Entry};
use super::copy::{is_free, is_repeated, resources, with_enclosing};
use super::marks::marked;
use super::new::{Key, New, NewModule, NewOutput, NewParameter, NewResource, NewType, Target};
use super::order::rank;
use super::source::Source;
use crate::model::{ExpressionId, ExpressionKind, Template};

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
            New::Placeholder(text) => quoted(&marked(text)),
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
            New::Parameter(name) | New::Variable(name) => name.clone(),
            New::Member(object, name) => format!("{}.{name}", self.expression(object)?),
            New::Output { of, name } => {
                let symbol = self.one(of)?;
                let assertion = if self.is_conditional(of) { "!" } else { "" };
                format!("{symbol}{assertion}.outputs.{name}")
            }
            New::Call(function, items) => {
                let items: Option<Vec<_>> =
                    items.iter().map(|item| self.expression(item)).collect();
                format!("{}({})", self.called(function), items?.join(", "))
            }
            New::Conditional(parts) => {
                let [condition, consequence, alternative] = &**parts;
                format!(
                    "{} ? {} : {}",
                    self.operand(condition)?,
                    self.expression(consequence)?,
                    self.expression(alternative)?
                )
            }
            New::TenantId => format!("{}().tenantId", self.called("subscription")),
            New::VaultSuffix => {
                format!("{}().suffixes.keyvaultDns", self.called("environment"))
            }
            New::SubscriptionResourceId {
                resource_type,
                name,
                ..
            } => format!(
                "{}({}, {})",
                self.called("subscriptionResourceId"),
                quoted(resource_type),
                quoted(name)
            ),
            New::ExtensionResourceId {
                scope,
                resource_type,
                name,
            } => format!(
                "{}({}, {}, {})",
                self.called("extensionResourceId"),
                self.expression(scope)?,
                quoted(resource_type),
                self.expression(name)?
            ),
        })
    }

    /// A value in front of an operator that binds more than any in it does.
    pub(super) fn operand(&self, new: &New) -> Option<String> {
        let text = self.expression(new)?;
        let is_loose = match new {
            New::Copy(expression) => matches!(
                self.template.kind(*expression),
                ExpressionKind::Conditional { .. } | ExpressionKind::Lambda { .. }
            ),
            New::Conditional(_) => true,
            _ => false,
        };
        Some(if is_loose { format!("({text})") } else { text })
    }

    fn interpolated(&self, pieces: &[New]) -> Option<String> {
        let mut out = String::from("'");
        for piece in pieces {
            match piece {
                New::String(text) => escape(text, &mut out),
                New::Placeholder(text) => escape(&marked(text), &mut out),
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

    /// A function or decorator, with its [namespace] where the template calls something else so.
    ///
    /// [namespace]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions#namespaces-for-functions
    pub(super) fn called(&self, function: &str) -> String {
        const OF_AZURE: [&str; 9] = [
            "deployment",
            "environment",
            "extensionResourceId",
            "managementGroup",
            "resourceGroup",
            "resourceId",
            "subscription",
            "subscriptionResourceId",
            "tenant",
        ];
        let template = self.template;
        let parameters = template.parameters.iter().map(|it| &it.name);
        let variables = template.variables.iter().map(|it| &it.name);
        let functions = template.functions.iter().map(|it| &it.name);
        let resources = template
            .resources
            .iter()
            .filter_map(|it| it.symbol.as_ref());
        let modules = template.modules.iter().filter_map(|it| it.symbol.as_ref());
        let mut names = parameters
            .chain(variables)
            .chain(functions)
            .chain(resources)
            .chain(modules);
        if !names.any(|name| *name.text == *function) {
            return function.to_owned();
        }
        let namespace = if OF_AZURE.contains(&function) {
            "az"
        } else {
            "sys"
        };
        format!("{namespace}.{function}")
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
            Target::CreatedModule(module) => Some(module.symbol.clone()),
        }
    }

    /// The name of a resource that there is one of.
    fn one(&self, target: &Target) -> Option<String> {
        let is_repeated = match target {
            Target::Declared(resource) => is_repeated(self.template, *resource),
            Target::Module(module) => self.template.module(*module).repetition.is_some(),
            Target::Created(_) | Target::CreatedModule(_) => false,
        };
        if is_repeated {
            return None;
        }
        self.symbol(target)
    }

    /// What stands in front of the body of a resource, and the body.
    pub(super) fn resource(&self, resource: &NewResource) -> Option<Entry> {
        let mut members = vec![(Key::from("name"), resource.name.clone())];
        for (key, target) in [("scope", &resource.scope), ("parent", &resource.parent)] {
            if let Some(target) = target {
                self.one(target)?;
                members.push((key.into(), New::Symbol(target.clone())));
            }
        }
        members.extend(resource.properties.iter().cloned());
        Self::push_waits(&mut members, &resource.depends_on);
        members.sort_by_key(|(key, _)| match key {
            // Azure's own role assignments in Bicep name the scope right behind the name.
            Key::Name(name) if name == "scope" => rank("name").unwrap_or(usize::MAX),
            Key::Name(name) => rank(name).unwrap_or(usize::MAX),
            Key::Value(_) => usize::MAX,
        });
        let written = format!("{}@{}", resource.resource_type, resource.api_version);
        let condition = if resource.is_existing {
            String::new()
        } else {
            self.guard(&resource.condition_of)?
        };
        let existing = if resource.is_existing {
            "existing "
        } else {
            ""
        };
        Some(Entry {
            head: format!(
                "resource {} {} {existing}= {condition}",
                resource.symbol,
                quoted(&written)
            ),
            code: self.value(&New::Object(members))?,
        })
    }

    /// What stands in front of the parameters of a module, and these.
    pub(super) fn module(&self, module: &NewModule) -> Option<Entry> {
        let mut members = Vec::new();
        if self.names_modules() {
            members.push(("name".into(), module.deployment_name()));
        }
        if let Some(scope) = &module.scope {
            let subscription = scope.subscription.iter().cloned();
            let parts = subscription.chain([scope.resource_group.clone()]);
            members.push(("scope".into(), New::Call("resourceGroup", parts.collect())));
        }
        if !module.arguments.is_empty() {
            let arguments = module.arguments.iter().cloned();
            let arguments = arguments.map(|(name, value)| (Key::Name(name), value));
            members.push(("params".into(), New::object(arguments)));
        }
        Self::push_waits(&mut members, &module.depends_on);
        Some(Entry {
            head: format!(
                "module {} {} = {}",
                module.symbol,
                quoted(&module.path),
                self.guard(&module.condition_of)?
            ),
            code: self.value(&New::Object(members))?,
        })
    }

    /// Whether modules are to have names: Bicep gives them some since 0.34, older ones demand them.
    fn names_modules(&self) -> bool {
        let mut modules = self.template.modules.iter();
        modules.all(|module| self.template.property(module.body, "name").is_some())
    }

    /// Adds `dependsOn` for what the members do not speak of.
    fn push_waits(members: &mut Vec<(Key, New)>, on: &[Target]) {
        let mut implied = Vec::new();
        for (_, value) in &*members {
            value.targets(&mut implied);
        }
        let waits = on.iter().filter(|target| !implied.contains(target));
        let waits: Vec<_> = waits.cloned().map(New::Symbol).collect();
        if !waits.is_empty() {
            members.push(("dependsOn".into(), New::Array(waits)));
        }
    }

    /// A parameter, with its decorators in front.
    pub(super) fn parameter(&self, parameter: &NewParameter, newline: &str) -> Option<String> {
        let mut lines = Vec::new();
        if let Some(description) = &parameter.description {
            let decorator = self.called("description");
            lines.push(format!("@{decorator}({})", quoted(description)));
        }
        if parameter.kind.is_secure() {
            lines.push(format!("@{}()", self.called("secure")));
        }
        let default = match &parameter.default {
            Some(default) => format!(" = {}", self.expression(default)?),
            None => String::new(),
        };
        let (name, kind) = (&parameter.name, type_name(parameter.kind));
        lines.push(format!("param {name} {kind}{default}"));
        Some(lines.join(newline))
    }

    /// An output.
    pub(super) fn output(&self, output: &NewOutput) -> Option<String> {
        Some(format!(
            "output {} {} = {}",
            output.name,
            type_name(output.kind),
            self.expression(&output.value)?
        ))
    }
}

const fn type_name(kind: NewType) -> &'static str {
    match kind {
        NewType::String | NewType::SecureString => "string",
        NewType::Bool => "bool",
        NewType::Integer => "int",
        NewType::Array => "array",
        NewType::Object | NewType::SecureObject => "object",
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
