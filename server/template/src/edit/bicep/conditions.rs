//! When new resources of Bicep are deployed.

use super::Writer;
use crate::edit::copy::with_enclosing;
use crate::edit::new::Target;
use crate::model::{BinaryOperator, ExpressionId, ExpressionKind, ResourceId};

impl Writer<'_> {
    /// `if (...) `, or nothing.
    pub(super) fn guard(&self, targets: &[Target]) -> Option<String> {
        Some(match self.conditions(targets)?.as_slice() {
            [] => String::new(),
            [(_, text)] => format!("if ({text}) "),
            conditions => {
                let operands = conditions.iter().map(|(condition, text)| {
                    if self.binds_less_than_and(*condition) {
                        format!("({text})")
                    } else {
                        (*text).to_owned()
                    }
                });
                format!("if ({}) ", operands.collect::<Vec<_>>().join(" && "))
            }
        })
    }

    /// The conditions under which all of the targets are deployed.
    fn conditions(&self, targets: &[Target]) -> Option<Vec<(ExpressionId, &str)>> {
        let mut found = Vec::new();
        for target in targets {
            self.conditions_of(target, &mut found);
        }
        let mut conditions: Vec<(ExpressionId, &str)> = Vec::new();
        for condition in found {
            let text = self.copy(condition)?;
            if !conditions.iter().any(|(_, known)| *known == text) {
                conditions.push((condition, text));
            }
        }
        Some(conditions)
    }

    fn conditions_of(&self, target: &Target, found: &mut Vec<ExpressionId>) {
        match target {
            Target::Declared(resource) => {
                // A resource inside another is deployed with it.
                let around: Vec<_> = with_enclosing(self.template, *resource).collect();
                let around = around.into_iter().rev();
                found.extend(around.filter_map(|it| self.template.resource(it).condition));
            }
            Target::Module(module) => found.extend(self.template.module(*module).condition),
            Target::Created(resource) if resource.is_existing => {}
            Target::Created(resource) => {
                for target in &resource.condition_of {
                    self.conditions_of(target, found);
                }
            }
            Target::CreatedModule(module) => {
                for target in &module.condition_of {
                    self.conditions_of(target, found);
                }
            }
        }
    }

    fn binds_less_than_and(&self, expression: ExpressionId) -> bool {
        matches!(
            self.template.kind(expression),
            ExpressionKind::Conditional { .. }
                | ExpressionKind::Lambda { .. }
                | ExpressionKind::Binary {
                    operator: BinaryOperator::Or | BinaryOperator::Coalesce,
                    ..
                }
        )
    }

    /// Whether something may be left out of a deployment.
    pub(super) fn is_conditional(&self, target: &Target) -> bool {
        let is_conditional = |resource: &ResourceId| {
            with_enclosing(self.template, *resource)
                .any(|resource| self.template.resource(resource).condition.is_some())
        };
        match target {
            Target::Declared(resource) => is_conditional(resource),
            Target::Module(module) => self.template.module(*module).condition.is_some(),
            // What is only referred to is there whether something else is deployed or not.
            Target::Created(resource) => {
                let mut conditions = resource.condition_of.iter();
                !resource.is_existing && conditions.any(|target| self.is_conditional(target))
            }
            Target::CreatedModule(module) => {
                let mut conditions = module.condition_of.iter();
                conditions.any(|target| self.is_conditional(target))
            }
        }
    }
}
