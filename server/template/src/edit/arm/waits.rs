//! What new resources of ARM JSON wait for, and when they are deployed.

use super::Writer;
use super::text::{bracketed, call};
use crate::edit::code::{Code, Entry};
use crate::edit::new::{Key, New, NewResource, Target};
use crate::model::{ExpressionId, ExpressionKind};

impl Writer<'_> {
    /// What a new resource waits for. Nothing in ARM JSON does so by itself, apart from
    /// `reference` with a name or an id without version.
    pub(super) fn dependencies(&self, resource: &NewResource) -> Option<Vec<Entry>> {
        let mut targets: Vec<Target> = Vec::new();
        targets.extend(resource.parent.iter().chain(&resource.scope).cloned());
        resource.name.targets(&mut targets);
        for (key, value) in &resource.properties {
            if let Key::Value(key) = key {
                key.targets(&mut targets);
            }
            value.targets(&mut targets);
        }
        targets.extend(resource.depends_on.iter().cloned());
        self.waits(targets)
    }

    /// The items of `dependsOn`, each once. What is only referred to is not waited for.
    pub(super) fn waits(&self, targets: Vec<Target>) -> Option<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        for target in targets {
            let is_existing = match &target {
                Target::Declared(resource) => self.template.resource(*resource).is_existing,
                Target::Created(resource) => resource.is_existing,
                Target::Module(_) | Target::CreatedModule(_) => false,
            };
            if is_existing {
                continue;
            }
            let entry = Entry::item(self.value(&New::Symbol(target))?);
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Some(entries)
    }

    /// The condition under which all of the targets are deployed, if they have one.
    #[expect(
        clippy::option_option,
        reason = "no condition is not one without a spelling"
    )]
    pub(super) fn guard(&self, targets: &[Target]) -> Option<Option<Code>> {
        let mut found = Vec::new();
        for target in targets {
            self.conditions_of(target, &mut found);
        }
        let mut conditions: Vec<(ExpressionId, String)> = Vec::new();
        for condition in found {
            let text = match self.template.kind(condition) {
                ExpressionKind::String(_) => return None,
                _ => self.copy(condition)?,
            };
            if !conditions.iter().any(|(_, known)| *known == text) {
                conditions.push((condition, text));
            }
        }
        Some(match conditions.as_slice() {
            [] => None,
            [(condition, _)] => Some(self.copied_value(*condition)?),
            conditions => {
                let operands: Vec<_> = conditions.iter().map(|(_, text)| text.clone()).collect();
                Some(Code::Text(bracketed(&call("and", &operands))))
            }
        })
    }

    fn conditions_of(&self, target: &Target, found: &mut Vec<ExpressionId>) {
        let of = match target {
            Target::Declared(resource) => {
                found.extend(self.template.resource(*resource).condition);
                return;
            }
            Target::Module(module) => {
                found.extend(self.template.module(*module).condition);
                return;
            }
            Target::Created(resource) if resource.is_existing => return,
            Target::Created(resource) => &resource.condition_of,
            Target::CreatedModule(module) => &module.condition_of,
        };
        for target in of {
            self.conditions_of(target, found);
        }
    }
}
