//! Resources and deployments.
//!
//! A resource may be named before it is declared, so the resources of a template are first listed,
//! each with the id that it will have, and then lowered in that order.

use std::rc::Rc;
use std::sync::Arc;

use syntax::{TextRange, arm_expression};
use tree_sitter::Node;

use super::super::builder::MAXIMUM_DEPTH;
use super::json::{Member, Members};
use super::scope::{Loop, LoopKind};
use super::values::property;
use super::{Lowering, MAXIMUM_NESTING, is_array, is_object, target_scope};
use crate::model::{
    Arguments, ExpressionId, ExpressionKind, Item, Module, ModuleId, ModuleSource, Name, Object,
    Parent, Reference, Repetition, Resource, ResourceId, TargetScope, Template,
};

const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// A resource that is not lowered yet.
struct Listed<'t> {
    members: Members<'t>,
    range: TextRange,
    symbol: Option<Name>,
    /// The full type.
    resource_type: Box<str>,
    is_existing: bool,
    parent: Option<Enclosing>,
    /// How deep in the document it is.
    depth: u32,
    target: Target,
}

/// The resources of a template, each behind the one around it.
#[derive(Default)]
struct List<'t> {
    resources: Vec<Listed<'t>>,
    next_resource: u32,
    next_module: u32,
}

/// The resource around another.
#[derive(Clone, Copy)]
struct Enclosing {
    /// Its place in the list.
    index: usize,
    /// Whether the name of the inner one is relative to its name.
    is_parent: bool,
}

#[derive(Clone, Copy)]
enum Target {
    Resource(ResourceId),
    Module(ModuleId),
}

/// The properties that resources and modules have in common.
#[derive(Clone, Copy)]
struct Common {
    label: TextRange,
    body: ExpressionId,
    condition: Option<ExpressionId>,
    repetition: Option<Repetition>,
}

impl<'t> Lowering<'t> {
    /// Lowers the resources and deployments of a template.
    pub(super) fn resources(&mut self, members: &Members<'t>, depth: u32) {
        let mut list = List::default();
        self.list(members, None, depth + 1, &mut list);
        let has_module = list.next_module > 0;
        let list = list.resources;
        for listed in &list {
            if let Some(symbol) = &listed.symbol {
                self.symbols.insert(&symbol.text, listed.target.into());
            }
        }
        if self.definitions.is_none() && has_module {
            self.definitions = Some(Rc::new(self.builder.template.clone()));
        }
        let outer = self.scope.loops.len();
        let mut loops: Vec<Vec<Loop>> = Vec::with_capacity(list.len());
        for listed in &list {
            if let Some(parent) = listed.parent {
                self.scope.loops.extend_from_slice(&loops[parent.index]);
            }
            self.listed(listed, &list);
            loops.push(self.scope.loops.split_off(outer));
        }
    }

    /// Lists the `resources` of a template or resource: an array, or an object of symbolic names.
    fn list(
        &mut self,
        members: &Members<'t>,
        parent: Option<usize>,
        depth: u32,
        list: &mut List<'t>,
    ) {
        let Some(section) = members.get("resources") else {
            return;
        };
        match section.value {
            Some(node) if depth > MAXIMUM_DEPTH || !is_array(node) && !is_object(node) => {
                self.require(false);
            }
            Some(node) if is_array(node) => {
                for item in self.text.items(node) {
                    self.list_resource(item, None, parent, depth + 1, list);
                }
            }
            Some(node) => {
                let resources = self.text.members(node);
                self.require(resources.is_complete);
                for member in resources.list {
                    let symbol = Some(member.name());
                    self.list_resource(member.value, symbol, parent, depth + 1, list);
                }
            }
            None => self.require(false),
        }
    }

    fn list_resource(
        &mut self,
        node: Option<Node<'t>>,
        symbol: Option<Name>,
        parent: Option<usize>,
        depth: u32,
        list: &mut List<'t>,
    ) {
        let Some(node) = node.filter(|node| is_object(*node)) else {
            self.require(false);
            return;
        };
        let members = self.text.members(node);
        let written = members.value("type");
        let written = written.and_then(|node| self.text.literal(node));
        let (resource_type, is_parent) = match (written, parent) {
            (Some(written), Some(parent)) => {
                join_types(&list.resources[parent].resource_type, written)
            }
            (written, _) => (written.unwrap_or_default(), false),
        };
        let is_existing = members
            .value("existing")
            .is_some_and(|node| node.kind() == "true");
        let is_module = !is_existing && resource_type.eq_ignore_ascii_case(DEPLOYMENT);
        let next = |counter: &mut u32| {
            *counter += 1;
            *counter - 1
        };
        let target = if is_module {
            Target::Module(ModuleId(next(&mut list.next_module)))
        } else {
            Target::Resource(ResourceId(next(&mut list.next_resource)))
        };
        let index = list.resources.len();
        list.resources.push(Listed {
            members: Members {
                list: Vec::new(),
                is_complete: members.is_complete,
            },
            range: node.into(),
            symbol,
            resource_type,
            is_existing,
            parent: parent.map(|index| Enclosing { index, is_parent }),
            depth,
            target,
        });
        self.list(&members, Some(index), depth + 1, list);
        list.resources[index].members = members;
    }

    fn listed(&mut self, listed: &Listed<'t>, list: &[Listed<'t>]) {
        let common = self.common(listed);
        match listed.target {
            Target::Resource(_) => {
                let resource = self.resource(listed, list, common);
                self.builder.template.resources.push(resource);
            }
            Target::Module(_) => {
                let module = self.module(listed, common);
                self.builder.template.modules.push(module);
            }
        }
    }

    fn common(&mut self, listed: &Listed<'t>) -> Common {
        let members = &listed.members;
        let copy = members.value("copy").filter(|node| is_object(*node));
        let repetition = copy.map(|node| {
            let copy = self.text.members(node);
            let count = self.readable(copy.value("count"), node.into(), listed.depth + 2);
            let repetition = self.repetition(count);
            self.enter_loop(&copy, repetition.index, LoopKind::Declaration);
            repetition
        });
        let body = self.body(listed);
        let label = match (&listed.symbol, members.value("name"), members.value("type")) {
            (Some(symbol), _, _) => symbol.range,
            (None, Some(node), _) | (None, None, Some(node)) => node.into(),
            (None, None, None) => TextRange::empty(listed.range.start),
        };
        Common {
            label,
            body,
            condition: self.property_of(body, "condition"),
            repetition,
        }
    }

    /// The object of a resource as it is written, without the resources in it: those are resources
    /// of their own.
    fn body(&mut self, listed: &Listed<'t>) -> ExpressionId {
        let mut object = Object {
            members: Vec::with_capacity(listed.members.list.len()),
            is_complete: listed.members.is_complete,
        };
        for member in &listed.members.list {
            if member.is("dependsOn") {
                let key = self.key(member, listed.depth);
                let value = self.depends_on(member, listed.depth + 1);
                object.members.push(property(key, value, member.range));
            } else if !member.is("resources") {
                self.property(member, listed.depth, &mut object);
            }
        }
        self.builder
            .add(ExpressionKind::Object(object), listed.range)
    }

    /// The value of `dependsOn`. Its strings may be symbolic names.
    fn depends_on(&mut self, member: &Member<'t>, depth: u32) -> ExpressionId {
        let Some(array) = member.value.filter(|node| is_array(*node)) else {
            return self.member_value(member, depth);
        };
        let range = TextRange::from(array);
        let mut items = Vec::new();
        for item in self.text.items(array) {
            let value = match item.and_then(|node| self.dependency(node, depth + 1)) {
                Some(symbol) => symbol,
                None => self.readable(item, range, depth + 1),
            };
            items.push(Item {
                value,
                is_spread: false,
            });
        }
        self.builder.add(ExpressionKind::Array(items), range)
    }

    /// The resource or module that a string in `dependsOn` names by its symbolic name.
    fn dependency(&mut self, node: Node<'t>, depth: u32) -> Option<ExpressionId> {
        let (raw, inner) = self.text.raw_string(node)?;
        match arm_expression::parse(raw, inner.start) {
            arm_expression::Value::Text(name) => self.symbol(&name, node.into()),
            arm_expression::Value::Expression { expression, height } => {
                (depth + height <= MAXIMUM_DEPTH).then(|| self.symbol_of(&expression))?
            }
            arm_expression::Value::Malformed => None,
        }
    }

    fn resource(&mut self, listed: &Listed<'t>, list: &[Listed<'t>], common: Common) -> Resource {
        let type_node = listed.members.value("type");
        let type_range = type_node.and_then(|node| self.text.raw_string(node));
        let type_range =
            type_range.map_or(TextRange::empty(listed.range.start), |(_, range)| range);
        let parent = listed.parent.filter(|parent| parent.is_parent);
        let parent = parent.and_then(|parent| match list[parent.index].target {
            Target::Resource(id) => Some(Parent::Enclosing(id)),
            Target::Module(_) => None,
        });
        let body = common.body;
        Resource {
            symbol: listed.symbol.clone(),
            label: common.label,
            resource_type: listed.resource_type.clone(),
            type_range,
            api_version: self.property_of(body, "apiVersion"),
            is_existing: listed.is_existing,
            name: self.property_of(body, "name"),
            parent,
            scope: self.property_of(body, "scope"),
            condition: common.condition,
            repetition: common.repetition,
            body,
            depends_on: self.property_of(body, "dependsOn"),
            range: listed.range,
        }
    }

    fn module(&mut self, listed: &Listed<'t>, common: Common) -> Module {
        let arguments = self
            .property_of(common.body, "properties")
            .and_then(|properties| self.property_of(properties, "parameters"));
        let properties = listed.members.value("properties");
        let properties = properties.filter(|node| is_object(*node));
        let properties = properties.map(|properties| self.text.members(properties));
        let source = properties
            .as_ref()
            .map_or(ModuleSource::Unknown, |properties| {
                self.source(properties, listed.depth + 3)
            });
        // What `parametersLink` names has them, and Azure refuses both in one deployment.
        let has_none = properties.is_some_and(|properties| {
            properties.is_complete && properties.get("parametersLink").is_none()
        });
        let arguments = match arguments {
            Some(arguments) => Arguments::Given(arguments),
            None if has_none => Arguments::None,
            None => Arguments::Unknown,
        };
        Module {
            symbol: listed.symbol.clone(),
            label: common.label,
            source,
            arguments,
            scope: self.property_of(common.body, "scope"),
            subscription: self.property_of(common.body, "subscriptionId"),
            resource_group: self.property_of(common.body, "resourceGroup"),
            location: self.property_of(common.body, "location"),
            condition: common.condition,
            repetition: common.repetition,
            body: common.body,
            range: listed.range,
        }
    }

    pub(super) fn inline(
        &self,
        template: Node<'t>,
        is_inner_scope: bool,
        depth: u32,
    ) -> ModuleSource {
        if !is_object(template) || self.nesting >= MAXIMUM_NESTING || depth > MAXIMUM_DEPTH {
            return ModuleSource::Unknown;
        }
        let copied = self.definitions.as_ref().filter(|_| !is_inner_scope);
        let copied = copied.map_or(0, |template| template.expressions.len());
        let Some(copies_left) = self.copies_left.get().checked_sub(copied) else {
            return ModuleSource::Unknown;
        };
        self.copies_left.set(copies_left);
        let members = self.text.members(template);
        let scope = target_scope(self.text, &members).unwrap_or(TargetScope::Unknown);
        let mut nested = Self::new(self.text);
        nested.nesting = self.nesting + 1;
        nested.is_file = self.is_file && !is_inner_scope;
        nested.copies_left = Rc::clone(&self.copies_left);
        if is_inner_scope {
            nested.template(&members, scope, depth);
        } else {
            if let Some(definitions) = &self.definitions {
                nested.builder.template = Template::clone(definitions);
            }
            // Its expressions may use the loops around it, which therefore keep their identity.
            nested
                .builder
                .template
                .locals
                .clone_from(&self.builder.template.locals);
            nested.names = Rc::clone(&self.names);
            nested.scope = self.scope.clone();
            nested.definitions.clone_from(&self.definitions);
            nested.deployment(&members, scope, depth);
        }
        nested.require(self.builder.template.is_complete);
        ModuleSource::Inline {
            template: Arc::new(nested.builder.template),
            is_inner_scope,
        }
    }

    /// The value of a property of an object.
    fn property_of(&self, object: ExpressionId, name: &str) -> Option<ExpressionId> {
        let property = self.builder.template.property(object, name)?;
        Some(property.value)
    }
}

impl From<Target> for Reference {
    fn from(target: Target) -> Self {
        match target {
            Target::Resource(id) => Self::Resource(id),
            Target::Module(id) => Self::Module(id),
        }
    }
}

/// The full type of a resource within another, and whether its name is relative: a type written in
/// full goes with a name in full.
fn join_types(parent: &str, written: Box<str>) -> (Box<str>, bool) {
    let is_full = written
        .split_once('/')
        .is_some_and(|(namespace, _)| namespace.contains('.'));
    if is_full {
        return (written, false);
    }
    if parent.is_empty() {
        return (Box::default(), true);
    }
    (format!("{parent}/{written}").into(), true)
}
