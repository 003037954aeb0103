//! Declarations of Bicep.

use std::collections::BTreeSet;

use syntax::TextRange;
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::files::link;
use super::names::{Declarations, DeclaredResource, body_object};
use super::{Lowering, is_damaged, named_children, text};
use crate::model::{
    Arguments, ExpressionId, ExpressionKind, Function, Member, Module, ModuleSource, Name, Output,
    Parameter, ParameterKind, Parent, Repetition, Resource, ResourceId, TargetScope, Template,
    Variable,
};

/// How many names of types may lead to one another before the type counts as unknown.
const MAXIMUM_TYPE_ALIASES: u32 = 16;

/// How deep a type is looked into for its parts.
const MAXIMUM_TYPE_DEPTH: u32 = 64;

/// Decorators of types that refuse values of the same kind.
const REFUSING: [&str; 3] = ["discriminator", "maxLength", "minLength"];

impl Lowering<'_> {
    pub(super) fn declarations(&mut self, declarations: &Declarations<'_>) {
        self.builder.template.is_complete = !declarations.has_errors;
        if let Some(node) = declarations.target_scope {
            self.builder.template.target_scope = self.target_scope(node);
        }
        for source in &declarations.sources {
            self.builder.template.imports.push(source.clone());
        }
        for node in &declarations.parameters {
            let parameter = self.parameter(*node);
            self.builder.template.parameters.push(parameter);
        }
        for node in &declarations.variables {
            let variable = Variable {
                name: self.declared_name(*node),
                value: self.field(*node, Field::Value),
                is_exported: self.is_exported(*node),
                range: (*node).into(),
            };
            self.builder.template.variables.push(variable);
        }
        for node in &declarations.functions {
            let function = self.function(*node);
            self.builder.template.functions.push(function);
        }
        for (id, declared) in (0..).zip(&declarations.resources) {
            self.names.enter_resource(ResourceId(id));
            let resource = self.resource(declared);
            self.builder.template.resources.push(resource);
            self.names.leave_resource();
        }
        for node in &declarations.modules {
            let module = self.module(*node);
            self.builder.template.modules.push(module);
        }
        for node in &declarations.outputs {
            let output = Output {
                name: self.declared_name(*node),
                value: self.field(*node, Field::Value),
                may_be_secure: self.is_decorated(*node, "secure")
                    || node
                        .field(Field::Type)
                        .is_some_and(|node| self.may_be_secure(node, &mut BTreeSet::new(), 0)),
                range: (*node).into(),
            };
            self.builder.template.outputs.push(output);
        }
    }

    fn target_scope(&self, node: Node<'_>) -> TargetScope {
        let value = node
            .field(Field::Value)
            .filter(|value| value.kind() == "string")
            .and_then(|value| self.literal(value));
        match value.as_deref() {
            Some("resourceGroup") => TargetScope::ResourceGroup,
            Some("subscription") => TargetScope::Subscription,
            Some("managementGroup") => TargetScope::ManagementGroup,
            Some("tenant") => TargetScope::Tenant,
            _ => TargetScope::Unknown,
        }
    }

    pub(super) fn declared_name(&self, node: Node<'_>) -> Name {
        match node.field(Field::Name) {
            Some(name) => self.name(name),
            None => Name {
                text: "".into(),
                range: TextRange::empty(node.start_byte() as u32),
            },
        }
    }

    pub(super) fn field(&mut self, node: Node<'_>, field: Field) -> ExpressionId {
        self.optional_expression(node.field(field), node.into())
    }

    fn parameter(&mut self, node: Node<'_>) -> Parameter {
        let mut parameter = Parameter {
            name: self.declared_name(node),
            kind: ParameterKind::Other,
            is_secure: false,
            may_have_secure_parts: false,
            allowed: Vec::new(),
            texts: Some(BTreeSet::new()),
            default: None,
            is_optional: false,
            range: node.into(),
        };
        if let Some(value) = node.field(Field::Value) {
            parameter.default = Some(self.expression(value));
        }
        for decorator in named_children(node).filter(|child| child.kind() == "decorator") {
            match self.decorator(decorator) {
                Some(("secure", _)) => parameter.is_secure = true,
                Some(("allowed", Some(values))) if values.kind() == "array" => {
                    if let ExpressionKind::Array(items) = {
                        let array = self.expression(values);
                        self.builder.template.kind(array).clone()
                    } && items.iter().all(|item| !item.is_spread)
                    {
                        parameter.allowed = items.iter().map(|item| item.value).collect();
                    }
                }
                _ => {}
            }
        }
        // Behind the decorators: a type that may be null adds a value to what they allow.
        if let Some(node) = node.field(Field::Type) {
            self.parameter_type(&mut parameter, node, 0);
            parameter.may_have_secure_parts =
                !parameter.is_secure && self.may_be_secure(node, &mut BTreeSet::new(), 0);
        }
        parameter.texts = self.texts_of(node);
        // A type of another file, or of a resource's property.
        if parameter.kind == ParameterKind::Other
            && let Some(default) = parameter.default
            && let ExpressionKind::Bool(_) = self.builder.template.kind(default)
        {
            parameter.kind = ParameterKind::Bool;
        }
        if parameter.kind == ParameterKind::Array {
            parameter.allowed.clear();
        }
        parameter
    }

    /// The name of a decorator of ours and its first argument.
    fn decorator<'t>(&self, decorator: Node<'t>) -> Option<(&'static str, Option<Node<'t>>)> {
        let call = decorator
            .field(Field::Value)
            .filter(|call| call.kind() == "call_expression")?;
        let callee = call.field(Field::Function)?;
        let callee = match callee.kind() {
            "member_expression" => callee.field(Field::Property)?,
            _ => callee,
        };
        let name = text(self.source, callee);
        let name = ["secure", "allowed", "export"]
            .into_iter()
            .chain(REFUSING)
            .find(|known| *known == name)?;
        let argument = call
            .field(Field::Arguments)
            .and_then(|arguments| named_children(arguments).next());
        Some((name, argument))
    }

    fn is_exported(&self, declaration: Node<'_>) -> bool {
        self.is_decorated(declaration, "export")
    }

    fn is_decorated(&self, declaration: Node<'_>, name: &str) -> bool {
        named_children(declaration)
            .filter(|child| child.kind() == "decorator")
            .any(|decorator| self.decorator(decorator).is_some_and(|(it, _)| it == name))
    }

    /// Whether a type, or a part of it, is marked as secure, or may be for all that this file says.
    /// A name that was `seen` is not followed again.
    fn may_be_secure<'t>(
        &'t self,
        node: Node<'t>,
        seen: &mut BTreeSet<&'t str>,
        depth: u32,
    ) -> bool {
        if is_damaged(node) || depth > MAXIMUM_TYPE_DEPTH || self.is_decorated(node, "secure") {
            return true;
        }
        match node.kind() {
            "identifier" => match text(self.source, node) {
                "bool" | "int" | "string" | "array" | "object" => false,
                alias if !seen.insert(alias) => false,
                alias => match self.names.type_declaration(alias) {
                    Some(declaration) => self.may_be_secure(declaration, seen, depth + 1),
                    None => true,
                },
            },
            "member_type" | "index_type" | "resource_derived_type" => true,
            "type_declaration" | "object_type_property" => node
                .field(Field::Value)
                .is_none_or(|value| self.may_be_secure(value, seen, depth + 1)),
            "decorator" | "string" | "multiline_string" => false,
            _ => named_children(node).any(|part| self.may_be_secure(part, seen, depth + 1)),
        }
    }

    /// The texts that the type of a parameter has instead of `string`; none if it may refuse a text for
    /// other reasons.
    fn texts_of(&self, parameter: Node<'_>) -> Option<BTreeSet<Box<str>>> {
        let mut texts = BTreeSet::new();
        let is_refusing = |name: &&str| self.is_decorated(parameter, name);
        let is_open = !REFUSING.iter().any(is_refusing)
            && parameter
                .field(Field::Type)
                .is_none_or(|node| self.add_texts(node, &mut BTreeSet::new(), 0, &mut texts));
        is_open.then_some(texts)
    }

    /// Adds the texts that a type has instead of `string`; whether these are all that decides.
    fn add_texts<'t>(
        &'t self,
        node: Node<'t>,
        seen: &mut BTreeSet<&'t str>,
        depth: u32,
        texts: &mut BTreeSet<Box<str>>,
    ) -> bool {
        let is_refusing = |name: &&str| self.is_decorated(node, name);
        if is_damaged(node) || depth > MAXIMUM_TYPE_DEPTH || REFUSING.iter().any(is_refusing) {
            return false;
        }
        match node.kind() {
            "identifier" => match text(self.source, node) {
                "bool" | "int" | "string" | "array" | "object" => true,
                alias if !seen.insert(alias) => true,
                alias => match self.names.type_declaration(alias) {
                    Some(declaration) => self.add_texts(declaration, seen, depth + 1, texts),
                    None => false,
                },
            },
            "member_type" | "index_type" => named_children(node)
                .next()
                .is_some_and(|of| of.kind() == "resource_derived_type"),
            // What Azure takes, it takes.
            "resource_derived_type" | "decorator" => true,
            "string" => {
                texts.insert(text(self.source, node).trim_matches('\'').into());
                true
            }
            "type_declaration" | "object_type_property" => node
                .field(Field::Value)
                .is_some_and(|value| self.add_texts(value, seen, depth + 1, texts)),
            // One of several objects has other properties too.
            "union_type" => named_children(node).all(|part| {
                part.kind() != "object_type" && self.add_texts(part, seen, depth + 1, texts)
            }),
            _ => named_children(node).all(|part| self.add_texts(part, seen, depth + 1, texts)),
        }
    }

    fn parameter_type(&mut self, parameter: &mut Parameter, node: Node<'_>, aliases: u32) {
        if is_damaged(node) || aliases > MAXIMUM_TYPE_ALIASES {
            return;
        }
        match node.kind() {
            "identifier" => match text(self.source, node) {
                "bool" => parameter.kind = ParameterKind::Bool,
                "int" => parameter.kind = ParameterKind::Int,
                "string" => parameter.kind = ParameterKind::String,
                "array" => parameter.kind = ParameterKind::Array,
                "object" => parameter.kind = ParameterKind::Object,
                alias => {
                    if let Some(declaration) = self.names.type_declaration(alias)
                        && let Some(value) = declaration.field(Field::Value)
                    {
                        parameter.is_secure |= self.is_decorated(declaration, "secure");
                        self.parameter_type(parameter, value, aliases + 1);
                    }
                }
            },
            "array_type" | "tuple_type" => parameter.kind = ParameterKind::Array,
            "object_type" => parameter.kind = ParameterKind::Object,
            "string" => {
                parameter.kind = ParameterKind::String;
                parameter.allowed = vec![self.expression(node)];
            }
            "union_type" => self.union(parameter, node),
            "parenthesized_type" => {
                if let Some(inner) = named_children(node).next() {
                    self.parameter_type(parameter, inner, aliases + 1);
                }
            }
            "nullable_type" => {
                if let Some(inner) = named_children(node).next() {
                    self.parameter_type(parameter, inner, aliases + 1);
                }
                self.builder.may_be_left_out(parameter, node.into());
            }
            _ => {}
        }
    }

    fn union(&mut self, parameter: &mut Parameter, node: Node<'_>) {
        let members: Vec<_> = named_children(node).collect();
        if members.iter().all(|member| member.kind() == "string") {
            parameter.kind = ParameterKind::String;
            parameter.allowed = members
                .into_iter()
                .map(|member| self.expression(member))
                .collect();
        }
    }

    fn function(&mut self, node: Node<'_>) -> Function {
        let mut parameters = Vec::new();
        if let Some(list) = node.field(Field::Parameters) {
            for parameter in named_children(list) {
                let local = self.builder.local();
                parameters.push(local);
                let name = self.declared_name(parameter);
                self.names.bind(name.text.into(), local);
            }
        }
        let body = self.field(node, Field::Body);
        self.names.unbind(parameters.len());
        Function {
            name: self.declared_name(node),
            parameters,
            body,
            is_exported: self.is_exported(node),
        }
    }

    fn resource(&mut self, declared: &DeclaredResource<'_>) -> Resource {
        let node = declared.node;
        let symbol = self.declared_name(node);
        let written = self.resource_type(node);
        let (mut resource_type, type_range, mut api_version) = written;
        if let Some(enclosing) = declared.enclosing {
            let parent = &self.builder.template.resources[enclosing.index()];
            if resource_type.is_empty() || parent.resource_type.is_empty() {
                resource_type.clear();
            } else {
                resource_type = format!("{}/{resource_type}", parent.resource_type);
            }
            api_version = api_version.or(parent.api_version);
        }
        let deployment = self.deployment(node);
        let body = deployment.body;
        let property = |name| {
            self.builder
                .template
                .property(body, name)
                .map(|property| property.value)
        };
        Resource {
            label: symbol.range,
            symbol: Some(symbol),
            resource_type: resource_type.into(),
            type_range,
            api_version,
            is_existing: node.field(Field::Existing).is_some(),
            name: property("name"),
            parent: declared
                .enclosing
                .map(Parent::Enclosing)
                .or_else(|| property("parent").map(Parent::Property)),
            scope: property("scope"),
            condition: deployment.condition,
            repetition: deployment.repetition,
            body,
            depends_on: property("dependsOn"),
            range: node.into(),
        }
    }

    /// The type as written, its place, and the API version behind the `@`.
    fn resource_type(&mut self, node: Node<'_>) -> (String, TextRange, Option<ExpressionId>) {
        let Some(node) = node.field(Field::Type) else {
            return (String::new(), node.into(), None);
        };
        let Some(written) = self.literal(node) else {
            return (String::new(), node.into(), None);
        };
        // Between the quotes; types have no escapes, so that offsets in the value are offsets in the text.
        let quoted = node.start_byte() as u32 + 1;
        // `az` is the extension that is there without being declared.
        let (start, written) = match written.strip_prefix("az:") {
            Some(rest) => (quoted + "az:".len() as u32, rest.to_owned()),
            None => (quoted, written),
        };
        match written.split_once('@') {
            Some((resource_type, version)) => {
                let at = start + resource_type.len() as u32;
                let range = TextRange::new(at + 1, at + 1 + version.len() as u32);
                let version = self
                    .builder
                    .add(ExpressionKind::String(version.into()), range);
                (
                    resource_type.to_owned(),
                    TextRange::new(start, at),
                    Some(version),
                )
            }
            None => {
                let range = TextRange::new(start, start + written.len() as u32);
                (written, range, None)
            }
        }
    }

    fn module(&mut self, node: Node<'_>) -> Module {
        let symbol = self.declared_name(node);
        let source = node
            .field(Field::Path)
            .and_then(|path| link(self.source, path))
            .map_or(ModuleSource::Unknown, ModuleSource::Linked);
        let deployment = self.deployment(node);
        let property = |name| {
            self.builder
                .template
                .property(deployment.body, name)
                .map(|property| property.value)
        };
        Module {
            label: symbol.range,
            symbol: Some(symbol),
            source,
            arguments: match property("params") {
                Some(arguments) => Arguments::Given(arguments),
                None if is_whole(&self.builder.template, deployment.body) => Arguments::None,
                None => Arguments::Unknown,
            },
            scope: property("scope"),
            subscription: None,
            resource_group: None,
            location: None,
            condition: deployment.condition,
            repetition: deployment.repetition,
            body: deployment.body,
            range: node.into(),
        }
    }

    /// The loop, condition and body behind the `=` of a resource or module.
    fn deployment(&mut self, declaration: Node<'_>) -> Deployment {
        let mut deployment = Deployment {
            repetition: None,
            condition: None,
            body: self.builder.unreadable_object(declaration.into()),
        };
        let mut bound = 0;
        let mut next = declaration.field(Field::Value);
        // Whatever is damaged between the name and the body may be a condition or loop.
        let mut is_readable = !is_damaged(declaration);
        while let Some(value) = next {
            is_readable &= value.kind() == "object" || !is_damaged(value);
            next = match value.kind() {
                "for_expression" => {
                    let (repetition, names) = self.repetition(value);
                    bound += names;
                    deployment.repetition = Some(repetition);
                    value.field(Field::Body)
                }
                "if_expression" => {
                    deployment.condition = Some(self.field(value, Field::Condition));
                    value.field(Field::Body)
                }
                "parenthesized_expression" => value.field(Field::Value),
                _ => None,
            };
        }
        if is_readable && let Some(body) = body_object(declaration) {
            deployment.body = self.expression(body);
        } else {
            self.builder.template.is_complete = false;
        }
        self.names.unbind(bound);
        deployment
    }
}

/// Whether an object has no properties but those that are written in it.
fn is_whole(template: &Template, object: ExpressionId) -> bool {
    template.object(object).is_some_and(|object| {
        object.is_complete
            && object
                .members
                .iter()
                .all(|member| matches!(member, Member::Property(_)))
    })
}

struct Deployment {
    repetition: Option<Repetition>,
    condition: Option<ExpressionId>,
    body: ExpressionId,
}
