//! The first pass, and what a name stands for.

use std::collections::HashMap;

use syntax::Document;
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::{named_children, text};
use crate::model::{FunctionId, LocalId, ModuleId, ParameterId, Reference, ResourceId, VariableId};

/// The declarations of a document, in the order of the text; a position is the declaration's id.
#[derive(Default)]
pub(super) struct Declarations<'d> {
    pub(super) parameters: Vec<Node<'d>>,
    pub(super) variables: Vec<Node<'d>>,
    pub(super) functions: Vec<Node<'d>>,
    pub(super) types: Vec<Node<'d>>,
    pub(super) resources: Vec<DeclaredResource<'d>>,
    pub(super) modules: Vec<Node<'d>>,
    pub(super) outputs: Vec<Node<'d>>,
    pub(super) target_scope: Option<Node<'d>>,
    pub(super) imports: Vec<Node<'d>>,
    pub(super) has_errors: bool,
}

/// A resource declaration, nested ones behind the one that encloses them.
#[derive(Clone, Copy)]
pub(super) struct DeclaredResource<'d> {
    pub(super) node: Node<'d>,
    pub(super) enclosing: Option<ResourceId>,
}

impl<'d> Declarations<'d> {
    pub(super) fn collect(document: &'d Document) -> Self {
        let root = document.root();
        let mut declarations = Self {
            has_errors: root.is_error(),
            ..Self::default()
        };
        for node in named_children(root) {
            match node.kind() {
                "parameter_declaration" => declarations.parameters.push(node),
                "variable_declaration" => declarations.variables.push(node),
                "function_declaration" => declarations.functions.push(node),
                "type_declaration" => declarations.types.push(node),
                "resource_declaration" => declarations.resource(node, None),
                "module_declaration" => declarations.modules.push(node),
                "output_declaration" => declarations.outputs.push(node),
                "target_scope_declaration" => declarations.target_scope = Some(node),
                "import_declaration" | "extension_declaration" => declarations.imports.push(node),
                _ if node.is_error() => declarations.has_errors = true,
                _ => {}
            }
        }
        declarations
    }

    fn resource(&mut self, root: Node<'d>, enclosing: Option<ResourceId>) {
        // An explicit stack: the depth of nesting is the author's, the call stack is ours.
        let mut pending = vec![DeclaredResource {
            node: root,
            enclosing,
        }];
        while let Some(resource) = pending.pop() {
            let id = ResourceId(self.resources.len() as u32);
            self.resources.push(resource);
            if let Some(body) = body_object(resource.node) {
                let first = pending.len();
                pending.extend(
                    named_children(body)
                        .filter(|member| member.kind() == "resource_declaration")
                        .map(|node| DeclaredResource {
                            node,
                            enclosing: Some(id),
                        }),
                );
                pending[first..].reverse();
            }
        }
    }
}

/// The object that describes a resource or module, inside its loop and condition.
pub(super) fn body_object(declaration: Node<'_>) -> Option<Node<'_>> {
    let mut value = declaration.field(Field::Value)?;
    loop {
        value = match value.kind() {
            "object" => return Some(value),
            "for_expression" | "if_expression" => value.field(Field::Body)?,
            "parenthesized_expression" => value.field(Field::Value)?,
            _ => return None,
        };
    }
}

/// What the names of a document stand for.
pub(super) struct Names<'d> {
    global: HashMap<String, Reference>,
    functions: HashMap<String, FunctionId>,
    types: HashMap<String, Node<'d>>,
    /// Nested resources by the resource that encloses them.
    nested: HashMap<(ResourceId, String), ResourceId>,
    enclosing: Vec<Option<ResourceId>>,
    /// Names that loops, lambdas and functions bind, innermost last.
    locals: Vec<(String, LocalId)>,
    /// The resource whose declaration is being lowered.
    current: Option<ResourceId>,
}

impl<'d> Names<'d> {
    pub(super) fn new(source: &str, declarations: &Declarations<'d>) -> Self {
        let mut names = Self {
            global: HashMap::new(),
            functions: HashMap::new(),
            types: HashMap::new(),
            nested: HashMap::new(),
            enclosing: declarations
                .resources
                .iter()
                .map(|resource| resource.enclosing)
                .collect(),
            locals: Vec::new(),
            current: None,
        };
        let name = |node: Node<'_>| {
            node.field(Field::Name)
                .map(|name| text(source, name).to_owned())
        };
        for (id, node) in (0..).zip(&declarations.parameters) {
            names.declare(name(*node), Reference::Parameter(ParameterId(id)));
        }
        for (id, node) in (0..).zip(&declarations.variables) {
            names.declare(name(*node), Reference::Variable(VariableId(id)));
        }
        for (id, node) in (0..).zip(&declarations.modules) {
            names.declare(name(*node), Reference::Module(ModuleId(id)));
        }
        for (id, resource) in (0..).zip(&declarations.resources) {
            let id = ResourceId(id);
            match resource.enclosing {
                None => names.declare(name(resource.node), Reference::Resource(id)),
                Some(parent) => {
                    if let Some(name) = name(resource.node) {
                        names.nested.insert((parent, name), id);
                    }
                }
            }
        }
        for (id, node) in (0..).zip(&declarations.functions) {
            if let Some(name) = name(*node) {
                names.functions.insert(name, FunctionId(id));
            }
        }
        for node in &declarations.types {
            if let Some(name) = name(*node) {
                names.types.insert(name, *node);
            }
        }
        for import in &declarations.imports {
            for imported in imported_names(source, *import) {
                names
                    .global
                    .entry(imported.clone())
                    .or_insert(Reference::Unresolved(imported.into()));
            }
        }
        names
    }

    fn declare(&mut self, name: Option<String>, reference: Reference) {
        if let Some(name) = name {
            self.global.insert(name, reference);
        }
    }

    /// What a name stands for at the place at hand.
    pub(super) fn resolve(&self, name: &str) -> Reference {
        if let Some((_, local)) = self.locals.iter().rev().find(|(known, _)| known == name) {
            return Reference::Local(*local);
        }
        let mut around = self.current;
        while let Some(resource) = around {
            if let Some(nested) = self.nested(resource, name) {
                return Reference::Resource(nested);
            }
            around = self.enclosing[resource.index()];
        }
        self.global
            .get(name)
            .cloned()
            .unwrap_or_else(|| Reference::Unresolved(name.into()))
    }

    /// Whether a name is declared or imported, so that it hides a namespace or built-in function.
    pub(super) fn is_declared(&self, name: &str) -> bool {
        self.global.contains_key(name) || self.locals.iter().any(|(known, _)| known == name)
    }

    pub(super) fn function(&self, name: &str) -> Option<FunctionId> {
        self.functions.get(name).copied()
    }

    pub(super) fn type_declaration(&self, name: &str) -> Option<Node<'d>> {
        self.types.get(name).copied()
    }

    /// The resource that is written inside another under a name.
    pub(super) fn nested(&self, parent: ResourceId, name: &str) -> Option<ResourceId> {
        self.nested.get(&(parent, name.to_owned())).copied()
    }

    pub(super) fn enter_resource(&mut self, resource: ResourceId) {
        self.current = Some(resource);
    }

    pub(super) fn leave_resource(&mut self) {
        self.current = None;
    }

    pub(super) fn bind(&mut self, name: String, local: LocalId) {
        self.locals.push((name, local));
    }

    pub(super) fn unbind(&mut self, count: usize) {
        self.locals
            .truncate(self.locals.len().saturating_sub(count));
    }
}

fn imported_names(source: &str, import: Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut own_name = |node: Node<'_>| {
        if let Some(name) = node.field(Field::Alias).or_else(|| node.field(Field::Name)) {
            names.push(text(source, name).to_owned());
        }
    };
    own_name(import);
    for child in named_children(import) {
        own_name(child);
        for item in named_children(child) {
            own_name(item);
        }
    }
    names
}
