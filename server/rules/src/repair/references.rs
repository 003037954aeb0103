//! Where other resources name one that is about to become another.

use template::dependencies::Deployed;
use template::identity_of_value;
use template::model::{ExpressionId, ExpressionKind, Reference, ResourceId};
use template::program::At;

use crate::context::Context;

/// An item of a `dependsOn`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    /// Whose it is.
    pub(crate) of: Deployed,
    /// The list.
    pub(crate) list: ExpressionId,
    /// The item.
    pub(crate) item: ExpressionId,
    /// Whether it says the id, not the symbolic name.
    pub(crate) is_by_id: bool,
}

/// All that wait for a resource by what they say in `dependsOn`; none at all if something waits for it
/// that does not say so there.
pub(crate) fn waits_for(context: &Context<'_>, target: At<ResourceId>) -> Option<Vec<Wait>> {
    let template = context.template(target.instance);
    let mut waits = Vec::new();
    let dependencies = context.dependencies(target.instance);
    let resources = template.resources().map(|(id, _)| Deployed::from(id));
    let modules = template.modules().map(|(id, _)| Deployed::from(id));
    for of in resources.chain(modules) {
        let is_target = |it: Deployed| it == Deployed::Resource(target.id);
        if !dependencies.direct(of).any(is_target) {
            continue;
        }
        let list = of.depends_on(template)?;
        let ExpressionKind::Array(items) = template.kind(list) else {
            return None;
        };
        let known = waits.len();
        for item in items.iter().map(|item| item.value) {
            let is_symbol = is_symbol_of(template.kind(item), target.id);
            if is_symbol || names(context, target.instance.at(item), target)? {
                waits.push(Wait {
                    of,
                    list,
                    item,
                    is_by_id: !is_symbol,
                });
            }
        }
        if waits.len() == known {
            return None;
        }
    }
    Some(waits)
}

/// The items of `dependsOn` that name a resource by its id; none at all if something waits for it that
/// does not say so there.
pub(crate) fn waits_by_id(
    context: &Context<'_>,
    target: At<ResourceId>,
) -> Option<Vec<ExpressionId>> {
    // Who has a symbolic name is known by that.
    if context.resource(target).symbol.is_some() {
        return Some(Vec::new());
    }
    let waits = waits_for(context, target)?.into_iter();
    Some(waits.map(|wait| wait.item).collect())
}

/// Whether nothing speaks of a resource by its symbolic name but what waits for it.
pub(crate) fn is_only_waited_for(
    context: &Context<'_>,
    target: At<ResourceId>,
    waits: &[Wait],
) -> bool {
    let symbols = context
        .template(target.instance)
        .expressions()
        .filter(|(_, expression)| is_symbol_of(&expression.kind, target.id));
    let by_symbol = waits.iter().filter(|wait| !wait.is_by_id);
    symbols.count() == by_symbol.count()
}

fn is_symbol_of(kind: &ExpressionKind, resource: ResourceId) -> bool {
    matches!(kind, ExpressionKind::Reference(Reference::Resource(named)) if *named == resource)
}

/// Whether an expression is the id of a resource, whatever the case.
fn names(context: &Context<'_>, item: At<ExpressionId>, target: At<ResourceId>) -> Option<bool> {
    let answers = context.judge(|evaluator| {
        let value = evaluator.evaluate(item)?.value;
        let identity = evaluator.identity(target)?;
        Ok(identity_of_value(&value)
            .is_some_and(|it| evaluator.same_resource(&it, &identity).is_same()))
    })?;
    Some(answers.iter().all(|answer| answer.value))
}
