//! A resource of the template, declared once more in a deployment of its own.
//!
//! Azure replaces a resource by what is declared last, so that all of it has to be said again. In
//! Bicep that is a file whose parameters have the names that the resource speaks of, so that its text
//! stays as it is; in ARM JSON a nested deployment in outer scope, where all names mean the same.

mod parameters;
mod text;

use std::collections::BTreeSet;

use syntax::{Language, TextEdit};

use super::copy::is_free;
use super::{Editor, New, NewModule, NewTemplate, Target};
use crate::dependencies::Deployed;
use crate::model::{
    ExpressionId, ExpressionKind, ParameterId, Reference, ResourceId, TargetScope, VariableId,
};

/// A resource to declare once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeclaration {
    /// The resource, which is neither a part of a loop nor on another one.
    pub resource: ResourceId,
    /// The symbolic name of the deployment, and its name where that has to be given.
    pub symbol: String,
    /// The path of its file as a module names it (Bicep).
    pub path: String,
    /// What it waits for.
    pub depends_on: Vec<Target>,
}

/// What a resource speaks of.
#[derive(Default)]
struct Names {
    parameters: BTreeSet<ParameterId>,
    variables: BTreeSet<VariableId>,
    /// Properties of other resources and outputs of modules.
    properties: Vec<ExpressionId>,
}

/// A parameter of the new file.
struct Passed {
    name: String,
    declaration: String,
    argument: New,
}

impl Editor<'_> {
    /// Declares a resource once more, in a deployment behind something else: the edits, and the text
    /// of a file, where the language writes that in a file of its own.
    #[must_use]
    pub fn redeclare(
        &self,
        after: Deployed,
        new: &Redeclaration,
    ) -> Option<(Vec<TextEdit>, Option<String>)> {
        let resource = self.template.resource(new.resource);
        let is_known = resource.is_plain()
            && !resource.is_existing
            && self.template.target_scope == TargetScope::ResourceGroup;
        if !is_known || !is_free(self.template, resource.body) {
            return None;
        }
        let names = self.names_in(resource.body, resource.depends_on)?;
        if self.source.language == Language::Json {
            let entry = self
                .arm()
                .redeclaration(new, self.json_again(new.resource)?)?;
            return Some((self.insert_entries(after, &[entry])?, None));
        }
        let passed = self.passed(&names)?;
        let file = self.file_again(new.resource, &passed, &names)?;
        let arguments = passed.into_iter().map(|it| (it.name, it.argument));
        let module = NewModule {
            name: None,
            symbol: new.symbol.clone(),
            path: new.path.clone(),
            scope: None,
            arguments: arguments.collect(),
            condition_of: vec![new.resource.into()],
            depends_on: new.depends_on.clone(),
            template: NewTemplate::default(),
        };
        let entry = self.bicep().module(&module)?;
        Some((self.insert_entries(after, &[entry])?, Some(file)))
    }

    /// What a value speaks of; none if it speaks of something that another file does not have.
    fn names_in(&self, root: ExpressionId, except: Option<ExpressionId>) -> Option<Names> {
        let is_json = self.source.language == Language::Json;
        let mut names = Names::default();
        let mut pending = vec![root];
        while let Some(next) = pending.pop() {
            if Some(next) == except {
                continue;
            }
            let kind = self.template.kind(next);
            match kind {
                ExpressionKind::Reference(Reference::Parameter(id)) => {
                    names.parameters.insert(*id);
                }
                ExpressionKind::Reference(Reference::Variable(id)) => {
                    names.variables.insert(*id);
                }
                ExpressionKind::Reference(Reference::Local(_)) => {}
                _ if is_json => match kind {
                    ExpressionKind::Reference(_) | ExpressionKind::Invalid => return None,
                    // What a symbol means in there, nobody says.
                    ExpressionKind::Call { function, .. }
                        if &**function == "deployment"
                            || &**function == "reference" && self.arm().is_symbolic() =>
                    {
                        return None;
                    }
                    _ => {}
                },
                ExpressionKind::Member { .. }
                | ExpressionKind::Index { .. }
                | ExpressionKind::NonNull(_)
                    if self.is_of_resource(next) =>
                {
                    names.properties.push(next);
                    continue;
                }
                ExpressionKind::Reference(_)
                | ExpressionKind::Invalid
                | ExpressionKind::UserCall { .. }
                | ExpressionKind::ImportedCall { .. } => return None,
                ExpressionKind::Call { function, .. } if &**function == "deployment" => {
                    return None;
                }
                _ => {}
            }
            pending.extend(kind.parts());
        }
        names
            .properties
            .sort_by_key(|id| self.template.range(*id).start);
        Some(names)
    }

    /// Whether an expression leads from a resource or module to one of its properties.
    fn is_of_resource(&self, expression: ExpressionId) -> bool {
        match self.template.kind(expression) {
            ExpressionKind::Reference(reference) => {
                matches!(reference, Reference::Resource(_) | Reference::Module(_))
            }
            ExpressionKind::Member { object, .. }
            | ExpressionKind::Index { object, .. }
            | ExpressionKind::NonNull(object) => self.is_of_resource(*object),
            _ => false,
        }
    }
}
