//! Resources and deployments.
//!
//! A resource may be named before it is declared, so the resources of a template are first listed,
//! each with the id that it will have, and then lowered in that order.

use std::rc::Rc;

use syntax::{TextRange, arm_expression};
use tree_sitter::Node;

use super::super::builder::MAXIMUM_DEPTH;
use super::json::{Member, Members};
use super::scope::{Loop, LoopKind};
use super::values::property;
use super::{Lowering, is_array, is_object};
use crate::model::{
    ExpressionId, ExpressionKind, Item, ModuleId, Name, Object, Parent, Reference, Repetition,
    Resource, ResourceId,
};

const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// A resource that is not lowered yet.
pub(super) struct Listed<'t> {
    pub(super) members: Members<'t>,
    pub(super) range: TextRange,
    pub(super) symbol: Option<Name>,
    /// The full type.
    resource_type: Box<str>,
    is_existing: bool,
    parent: Option<Enclosing>,
    /// How deep in the document it is.
    pub(super) depth: u32,
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
pub(super) struct Common {
    pub(super) label: TextRange,
    pub(super) body: ExpressionId,
    pub(super) condition: Option<ExpressionId>,
    pub(super) repetition: Option<Repetition>,
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
        let written = written.map(|it| version_apart(&it).0.into());
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
        let version = type_node.and_then(|node| self.text.literal(node));
        let version = version.as_deref().and_then(|it| version_apart(it).1);
        let version = version.map(|it| {
            let version = ExpressionKind::String(it.into());
            self.builder.add(version, type_range)
        });
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
            api_version: self.property_of(body, "apiVersion").or(version),
            is_existing: listed.is_existing,
            name: self.property_of(body, "name"),
            parent,
            scope: self.scope_of(listed, body),
            condition: common.condition,
            repetition: common.repetition,
            body,
            depends_on: self.property_of(body, "dependsOn"),
            range: listed.range,
        }
    }

    /// The `scope` of a resource. An `existing` one in another resource group says so as a deployment
    /// does.
    fn scope_of(&mut self, listed: &Listed<'t>, body: ExpressionId) -> Option<ExpressionId> {
        if let Some(scope) = self.property_of(body, "scope") {
            return Some(scope);
        }
        let subscription = self.property_of(body, "subscriptionId");
        let group = self.property_of(body, "resourceGroup");
        let (function, last) = match (subscription, group) {
            _ if !listed.is_existing => return None,
            (_, Some(group)) => ("resourcegroup", group),
            (Some(subscription), None) => ("subscription", subscription),
            (None, None) => return None,
        };
        let range = self.builder.template.range(last);
        let call = ExpressionKind::Call {
            function: function.into(),
            function_range: TextRange::empty(range.start),
            arguments: subscription.into_iter().chain(group).collect(),
        };
        Some(self.builder.add(call, range))
    }

    /// The value of a property of an object.
    pub(super) fn property_of(&self, object: ExpressionId, name: &str) -> Option<ExpressionId> {
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

/// A type and its version: types of extensions have it behind an `@`.
fn version_apart(written: &str) -> (&str, Option<&str>) {
    match written.split_once('@') {
        Some((resource_type, version)) => (resource_type, Some(version)),
        None => (written, None),
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
