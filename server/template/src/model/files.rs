//! What a file says about other files, and parameter files.

use std::sync::Arc;

use syntax::{Language, TextRange};

use super::{ExpressionId, Function, FunctionId, ModuleSource, Name, Template, VariableId};

/// Another file, as a file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How the text is meant.
    pub kind: LinkKind,
    /// The path, reference or identifier.
    pub text: Box<str>,
    /// Where it is written, without quotes.
    pub range: TextRange,
}

/// How a [`Link`] is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Of a Bicep file: a path, relative to the folder of the file that says it.
    File,
    /// Of a Bicep file: [`br:`, `br/`, `ts:` or `ts/`][registry], a module or template spec that is
    /// kept elsewhere.
    ///
    /// [registry]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/modules#path-to-a-module
    Registry,
    /// A [`relativePath`][linked], relative to the template that says it.
    ///
    /// [linked]: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates#linked-template
    RelativePath,
    /// The last argument of `uri(deployment().properties.templateLink.uri, 'path')`: a path relative
    /// to where the template that says it is deployed from.
    RelativeToDeployment,
    /// A URI in full.
    Uri,
    /// The identifier of a template spec.
    TemplateSpec,
}

/// An import of variables, functions or types of another file.
#[derive(Clone, Debug)]
pub struct Import {
    /// The file.
    pub source: Link,
    /// The whole declaration.
    pub range: TextRange,
}

/// The values of parameters for the deployment of a template.
#[derive(Clone, Debug)]
pub struct ParameterFile {
    /// The expressions, variables, functions and imports of the file. In Bicep its variables hold
    /// the assigned values too, since expressions of the file may name them.
    pub template: Arc<Template>,
    /// The template that is deployed; none where it is not said, as in JSON and for `using none`.
    pub using: Option<Link>,
    /// The parameter files that it takes assignments from unless it has its own.
    pub extends: Vec<Link>,
    /// The values.
    pub assignments: Vec<Assignment>,
    /// Whether everything could be read. Where it is false, the absence of an assignment means
    /// nothing.
    pub is_complete: bool,
}

/// The value of a parameter.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The parameter's name.
    pub name: Name,
    /// Its value.
    pub value: ExpressionId,
    /// The whole assignment.
    pub range: TextRange,
}

impl Template {
    /// The other files that the template names, with those that the templates of nested deployments
    /// name: imports, then modules, each in the order of the text.
    #[must_use]
    pub fn references(&self) -> Vec<&Link> {
        let mut found: Vec<_> = self.imports.iter().map(|import| &import.source).collect();
        for module in &self.modules {
            match &module.source {
                ModuleSource::Linked(link) => found.push(link),
                ModuleSource::Inline { template, .. } => found.extend(template.references()),
                ModuleSource::Unknown => {}
            }
        }
        found
    }

    /// The function that other files import under a name. [Of JSON][name], functions that the Bicep
    /// compiler made are imported without their namespace.
    ///
    /// [name]: https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Semantics/ArmTemplateSemanticModel.cs
    #[must_use]
    pub fn exported_function(&self, name: &str) -> Option<FunctionId> {
        let is_named = |function: &Function| {
            let full = &*function.name.text;
            let local = match self.language {
                Language::Json => full.strip_prefix("__bicep.").unwrap_or(full),
                Language::Bicep | Language::BicepParameters => full,
            };
            function.is_exported && local == name
        };
        let position = self.functions.iter().position(is_named)?;
        Some(FunctionId(position as u32))
    }

    /// The other files that the template deploys, those of nested deployments included.
    #[must_use]
    pub fn deployed(&self) -> Vec<&Link> {
        let mut found = Vec::new();
        for module in &self.modules {
            match &module.source {
                ModuleSource::Linked(link) => found.push(link),
                ModuleSource::Inline { template, .. } => found.extend(template.deployed()),
                ModuleSource::Unknown => {}
            }
        }
        found
    }

    /// The variable that other files import under a name.
    #[must_use]
    pub fn exported_variable(&self, name: &str) -> Option<VariableId> {
        let mut variables = self.variables.iter();
        let position =
            variables.position(|variable| variable.is_exported && *variable.name.text == *name)?;
        Some(VariableId(position as u32))
    }
}

impl ParameterFile {
    /// The assignment to a parameter, whose name Azure compares without regard to case.
    #[must_use]
    pub fn assignment(&self, name: &str) -> Option<&Assignment> {
        let mut assignments = self.assignments.iter().rev();
        assignments.find(|assignment| assignment.name.text.eq_ignore_ascii_case(name))
    }

    /// The other files that the file names.
    #[must_use]
    pub fn references(&self) -> Vec<&Link> {
        let mut found: Vec<_> = self.using.iter().chain(&self.extends).collect();
        found.extend(self.template.references());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{ParameterFile, Template};

    #[test]
    fn threads_may_share_templates() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Template>();
        is_shared::<ParameterFile>();
    }
}
