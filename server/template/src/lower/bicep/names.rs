//! The first pass, and what a name stands for.

use std::collections::HashMap;

use syntax::{Document, Language};
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::files::{ImportedName, import, imported_names};
use super::{named_children, text};
use crate::model::{
    FunctionId, Import, ImportId, LocalId, ModuleId, ParameterId, Reference, ResourceId, VariableId,
};

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
    /// What the imports import from, of those where that can be read.
    pub(super) sources: Vec<Import>,
    /// Of a parameter file: what parameters are set to.
    pub(super) assignments: Vec<Node<'d>>,
    /// Of a parameter file: the declaration of its template.
    pub(super) using: Option<Node<'d>>,
    /// Of a parameter file: the declarations of those that it extends.
    pub(super) extends: Vec<Node<'d>>,
    pub(super) has_errors: bool,
}

/// A resource declaration, nested ones behind the one that encloses them.
#[derive(Clone, Copy)]
pub(super) struct DeclaredResource<'d> {
    pub(super) node: Node<'d>,
    pub(super) enclosing: Option<ResourceId>,
}

impl<'d> Declarations<'d> {
    pub(super) fn collect(document: &'d Document, source: &str) -> Self {
        let root = document.root();
        let has_assignments = document.language() == Language::BicepParameters;
        let mut declarations = Self {
            has_errors: root.is_error(),
            ..Self::default()
        };
        for node in named_children(root) {
            match node.kind() {
                "parameter_declaration" if has_assignments => declarations.assignments.push(node),
                "parameter_declaration" => declarations.parameters.push(node),
                "variable_declaration" => declarations.variables.push(node),
                "function_declaration" => declarations.functions.push(node),
                "type_declaration" => declarations.types.push(node),
                "resource_declaration" => declarations.resource(node, None),
                "module_declaration" => declarations.modules.push(node),
                "output_declaration" => declarations.outputs.push(node),
                "target_scope_declaration" => declarations.target_scope = Some(node),
                "import_declaration" | "extension_declaration" => {
                    declarations.imports.push(node);
                    declarations.sources.extend(import(source, node));
                }
                "using_declaration" => declarations.using = Some(node),
                "extends_declaration" => declarations.extends.push(node),
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
    /// Where imported names are from, and what they are there.
    imported: HashMap<String, (ImportId, Box<str>)>,
    /// The names that stand for everything in another file.
    wildcards: HashMap<String, ImportId>,
    /// Whether `base` is what the file that is extended assigns.
    has_base: bool,
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
            imported: HashMap::new(),
            wildcards: HashMap::new(),
            has_base: !declarations.extends.is_empty(),
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
        // Assignments become variables behind the others.
        let first = declarations.variables.len() as u32;
        for (id, node) in (first..).zip(&declarations.assignments) {
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
        let mut next = 0;
        for node in &declarations.imports {
            let id = import(source, *node).map(|_| ImportId(next));
            next += u32::from(id.is_some());
            for imported in imported_names(source, *node) {
                names.import(imported, id);
            }
        }
        names
    }

    fn import(&mut self, imported: ImportedName, import: Option<ImportId>) {
        let ImportedName { alias, name } = imported;
        if self.global.contains_key(&alias) {
            return;
        }
        let reference = match (import, name) {
            (Some(import), Some(name)) => {
                self.imported.insert(alias.clone(), (import, name.clone()));
                Reference::Imported { import, name }
            }
            (Some(import), None) => {
                self.wildcards.insert(alias.clone(), import);
                Reference::Unresolved(alias.as_str().into())
            }
            (None, _) => Reference::Unresolved(alias.as_str().into()),
        };
        self.global.insert(alias, reference);
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

    /// Where a function is imported from, and what it is called there.
    pub(super) fn imported_function(&self, name: &str) -> Option<(ImportId, Box<str>)> {
        self.imported.get(name).cloned()
    }

    /// The file that a name stands for at the place at hand.
    pub(super) fn wildcard(&self, name: &str) -> Option<ImportId> {
        let import = self.wildcards.get(name).copied()?;
        matches!(self.resolve(name), Reference::Unresolved(_)).then_some(import)
    }

    /// Whether a name stands for [what the extended file assigns][base] at the place at hand.
    ///
    /// [base]: https://github.com/Azure/bicep/pull/17850
    pub(super) fn is_base(&self, name: &str) -> bool {
        self.has_base && name == "base" && !self.is_declared(name)
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
