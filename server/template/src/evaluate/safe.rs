//! What `.?` and `[?` leave alone.

use syntax::Language;

use super::Evaluator;
use crate::cases::Undecided;
use crate::model::{ExpressionId, ExpressionKind, Reference};
use crate::value::Bindings;

impl Evaluator<'_> {
    /// Whether an expression is a resource or module that the case does not deploy: `?.` on it gives
    /// null ([conditions]).
    ///
    /// [conditions]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/conditional-resource-deployment
    pub(super) fn is_left_out(
        &self,
        expression: ExpressionId,
        bindings: &Bindings,
    ) -> Result<bool, Undecided> {
        let template = self.program.template(bindings.instance());
        let (declared, index) = match template.kind(expression) {
            ExpressionKind::Index { object, index, .. } => (*object, Some(*index)),
            _ => (expression, None),
        };
        let (condition, repetition) = match template.kind(declared) {
            ExpressionKind::Reference(Reference::Resource(id)) => {
                let resource = template.resource(*id);
                (resource.condition, resource.repetition)
            }
            ExpressionKind::Reference(Reference::Module(id)) => {
                let module = template.module(*id);
                (module.condition, module.repetition)
            }
            _ => return Ok(false),
        };
        let Some(condition) = condition else {
            return Ok(false);
        };
        let around = self.bindings(bindings.instance())?;
        let around = match (repetition, index) {
            (Some(repetition), Some(index)) => {
                let index = self.evaluate_in(index, bindings)?.value;
                self.bound_at(repetition, &index, &around)?
            }
            (None, None) => around,
            _ => return Ok(false),
        };
        Ok(!self.arm(condition, &around)?)
    }

    /// Whether an expression is null as a whole where a part of it is absent: behind `.?` and `[?`
    /// nothing is looked at any more ([operator]).
    ///
    /// [operator]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/operator-safe-dereference
    pub(super) fn is_safe_chain(&self, expression: ExpressionId, bindings: &Bindings) -> bool {
        let template = self.program.template(bindings.instance());
        let mut next = expression;
        if template.language == Language::Json {
            return false;
        }
        loop {
            match template.kind(next) {
                ExpressionKind::Member { is_safe: true, .. }
                | ExpressionKind::Index { is_safe: true, .. } => return true,
                ExpressionKind::Member { object, .. } | ExpressionKind::Index { object, .. } => {
                    next = *object;
                }
                _ => return false,
            }
        }
    }
}
