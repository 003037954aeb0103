//! Lowering of ARM JSON.
//!
//! The [structure] of a template decides what its strings mean, so lowering goes top down: first
//! the names that parameters, variables, functions and resources declare, then what they hold.
//! Names are compared without regard to case, as Azure does.
//!
//! Invariants: recursion is bounded by [`MAXIMUM_DEPTH`](super::builder::MAXIMUM_DEPTH) and
//! [`MAXIMUM_NESTING`], so that no text overflows the stack; a template that damaged syntax may
//! have robbed of a declaration is not complete.
//!
//! [structure]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax

mod calls;
mod declarations;
mod deployments;
mod json;
mod links;
mod operators;
mod parameters;
mod resources;
mod scope;
mod values;

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use syntax::{Document, Language};
use tree_sitter::Node;

use self::json::{Members, Text};
use self::scope::{Names, Scope, Symbols};
use super::builder::Builder;
use super::mark_incomplete;
use crate::lower::Content;
use crate::model::{TargetScope, Template};

/// How deep deployments may nest in deployments. Azure stops at five levels.
const MAXIMUM_NESTING: u32 = 8;

/// How many expressions of parameters, variables and functions are copied into nested deployments,
/// so that a text of many of both does not exhaust memory. Azure's limits on a template stay below.
const MAXIMUM_COPIES: usize = 1 << 20;

/// The template or the parameters that a JSON document holds, if it is one.
pub(crate) fn lower(document: &Document) -> Content {
    let text: Cow<'_, str> = document.text().into();
    let text = Text::new(&text);
    let root = document.root();
    let Some(members) = root_object(root).map(|object| text.members(object)) else {
        return Content::Other;
    };
    if let Some(target_scope) = target_scope(text, &members) {
        return Content::Template(template(text, root, &members, target_scope));
    }
    if parameters::is_parameter_file(text, &members) {
        let mut lowering = Lowering::new(text);
        lowering.builder.template.is_complete = text.is_sound(root);
        return Content::Parameters(lowering.parameter_file(&members));
    }
    Content::Other
}

fn template<'t>(
    text: Text<'t>,
    root: Node<'t>,
    members: &Members<'t>,
    target_scope: TargetScope,
) -> Template {
    let mut lowering = Lowering::new(text);
    lowering.builder.template.is_complete = text.is_sound(root);
    lowering.template(members, target_scope, 0);
    let mut template = lowering.builder.template;
    if text.has_stray_bracket(root) {
        mark_incomplete(&mut template, &[root.into()]);
    }
    template
}

/// The root object. One that is not closed, or badly damaged, is an error node with its members.
fn root_object(root: Node<'_>) -> Option<Node<'_>> {
    if root.is_error() {
        return Some(root);
    }
    let mut cursor = root.walk();
    let mut children = root.children(&mut cursor);
    let object = children.find(|node| is_object(*node));
    object.or_else(|| root.children(&mut root.walk()).find(Node::is_error))
}

/// The scope that a template's `$schema` names; none if it is not the schema of a template.
fn target_scope(text: Text<'_>, members: &Members<'_>) -> Option<TargetScope> {
    let file = schema(text, members)?;
    [
        ("deploymentTemplate.json", TargetScope::ResourceGroup),
        (
            "subscriptionDeploymentTemplate.json",
            TargetScope::Subscription,
        ),
        (
            "managementGroupDeploymentTemplate.json",
            TargetScope::ManagementGroup,
        ),
        ("tenantDeploymentTemplate.json", TargetScope::Tenant),
    ]
    .into_iter()
    .find_map(|(name, scope)| file.eq_ignore_ascii_case(name).then_some(scope))
}

/// The last part of the `$schema`.
fn schema(text: Text<'_>, members: &Members<'_>) -> Option<String> {
    let mut schema = text.string(members.value("$schema")?)?.into_owned();
    schema.truncate(schema.trim_end_matches('#').len());
    let start = schema.rfind('/').map_or(0, |slash| slash + 1);
    Some(schema.split_off(start))
}

/// The lowering of one template.
struct Lowering<'t> {
    text: Text<'t>,
    builder: Builder,
    /// The template's own names.
    names: Rc<Names>,
    /// Its resources and modules by symbolic name.
    symbols: Symbols,
    /// The names bound at the current place.
    scope: Scope,
    /// The template with its parameters, variables and functions only: what a nested deployment in
    /// outer scope starts from. Absent where none is nested.
    definitions: Option<Rc<Template>>,
    /// How many deployments are around this template.
    nesting: u32,
    /// Whether `deployment()` is the deployment of the whole file.
    is_file: bool,
    /// Whether strings are text, whatever they look like.
    is_plain: bool,
    /// How many expressions may still be copied, in the whole document.
    copies_left: Rc<Cell<usize>>,
}

impl<'t> Lowering<'t> {
    fn new(text: Text<'t>) -> Self {
        Self {
            text,
            builder: Builder::new(Language::Json),
            names: Rc::default(),
            symbols: Symbols::default(),
            scope: Scope::default(),
            definitions: None,
            nesting: 0,
            is_file: true,
            is_plain: false,
            copies_left: Rc::new(Cell::new(MAXIMUM_COPIES)),
        }
    }

    /// Lowers a template with names of its own.
    fn template(&mut self, members: &Members<'t>, target_scope: TargetScope, depth: u32) {
        self.definitions(members, depth);
        self.deployment(members, target_scope, depth);
    }

    /// Lowers what a template deploys and puts out; its names are known.
    fn deployment(&mut self, members: &Members<'t>, target_scope: TargetScope, depth: u32) {
        self.builder.template.target_scope = target_scope;
        self.require(members.is_complete);
        self.resources(members, depth);
        self.outputs(members, depth);
    }

    /// Notes whether a declaration could be read.
    fn require(&mut self, is_readable: bool) {
        self.builder.template.is_complete &= is_readable;
    }

    /// A section of the template that is an object of declarations.
    fn section(&mut self, members: &Members<'t>, name: &str) -> Option<Members<'t>> {
        let member = members.get(name)?;
        let object = member.value.filter(|node| is_object(*node));
        let section = object.map(|node| self.text.members(node));
        self.require(section.as_ref().is_some_and(|section| section.is_complete));
        section
    }
}

fn is_object(node: Node<'_>) -> bool {
    node.kind() == "object"
}

fn is_array(node: Node<'_>) -> bool {
    node.kind() == "array"
}

#[cfg(test)]
mod tests;
