//! What a Bicep file says about other files: imports, and all that a parameter file is.
//!
//! Grammar: <https://github.com/Azure/bicep/blob/main/docs/grammar.md>; imports:
//! <https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-import>; parameter files:
//! <https://learn.microsoft.com/azure/azure-resource-manager/bicep/parameter-files>.

use syntax::{Document, TextRange};
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::names::Declarations;
use super::strings::literal;
use super::{Lowering, named_children, text};
use crate::model::{Assignment, Import, Link, LinkKind, ParameterFile, Variable};

/// A name that an import declares.
pub(super) struct ImportedName {
    /// The name in this file.
    pub(super) alias: String,
    /// The name in the other file; none where the alias stands for everything in it.
    pub(super) name: Option<Box<str>>,
}

/// What is imported, if its source can be read.
pub(super) fn import(source: &str, declaration: Node<'_>) -> Option<Import> {
    let file = (declaration.kind() == "import_declaration")
        .then(|| declaration.field(Field::Source))
        .flatten()?;
    Some(Import {
        source: link(source, file)?,
        range: declaration.into(),
    })
}

/// The names that an import or extension declares.
pub(super) fn imported_names(source: &str, declaration: Node<'_>) -> Vec<ImportedName> {
    let named = |node: Node<'_>| {
        let name = node.field(Field::Name);
        let alias = node.field(Field::Alias).or(name)?;
        Some(ImportedName {
            alias: text(source, alias).to_owned(),
            name: name.and_then(|name| match name.kind() {
                "string" => literal(source, name).map(Into::into),
                _ => Some(text(source, name).into()),
            }),
        })
    };
    let items = declaration.field(Field::Items);
    items
        .into_iter()
        .flat_map(named_children)
        .chain(items)
        .chain([declaration])
        .filter_map(named)
        .collect()
}

/// The file that a string names.
pub(super) fn link(source: &str, node: Node<'_>) -> Option<Link> {
    let text = Some(node)
        .filter(|node| node.kind() == "string")
        .and_then(|node| literal(source, node))
        .filter(|text| !text.is_empty())?;
    let is_registry = ["br:", "br/", "ts:", "ts/"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let quoted = TextRange::from(node);
    Some(Link {
        kind: if is_registry {
            LinkKind::Registry
        } else {
            LinkKind::File
        },
        text: text.into(),
        range: TextRange::new(quoted.start + 1, quoted.end - 1),
    })
}

impl Lowering<'_> {
    /// Lowers a parameter file.
    pub(super) fn parameter_file(
        mut self,
        document: &Document,
        declarations: &Declarations<'_>,
    ) -> ParameterFile {
        self.declarations(declarations);
        let mut assignments = Vec::with_capacity(declarations.assignments.len());
        for node in &declarations.assignments {
            let assignment = Assignment {
                name: self.declared_name(*node),
                value: self.field(*node, Field::Value),
                range: (*node).into(),
            };
            self.builder.template.variables.push(Variable {
                name: assignment.name.clone(),
                value: assignment.value,
                is_exported: false,
                range: assignment.range,
            });
            assignments.push(assignment);
        }
        let link = |node: &Node<'_>| link(self.source, node.field(Field::Path)?);
        ParameterFile {
            using: declarations.using.as_ref().and_then(link),
            extends: declarations.extends.iter().filter_map(link).collect(),
            assignments,
            is_complete: !document.root().has_error(),
            template: self.builder.template.into(),
        }
    }
}
