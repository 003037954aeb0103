//! Expressions of the template, copied as they are written.

use std::collections::BTreeSet;

use crate::model::{
    ExpressionId, ExpressionKind, LocalId, Parent, Reference, ResourceId, Template,
};

/// Whether an expression means the same everywhere in the template: all of it could be read, and
/// it uses no name that something around it binds.
pub(super) fn is_free(template: &Template, expression: ExpressionId) -> bool {
    let mut bound = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut pending = vec![expression];
    while let Some(expression) = pending.pop() {
        match template.kind(expression) {
            ExpressionKind::Invalid => return false,
            ExpressionKind::Reference(Reference::Local(local)) => {
                used.insert(*local);
            }
            ExpressionKind::Lambda { parameters, .. } => bound.extend(parameters),
            ExpressionKind::For { repetition, .. } => {
                bound.extend([repetition.item, repetition.index]);
            }
            _ => {}
        }
        pending.extend(template.kind(expression).parts());
    }
    let is_bound = |local: &LocalId| bound.contains(local);
    used.iter().all(is_bound)
}

/// The resources that an expression names.
pub(super) fn resources(
    template: &Template,
    expression: ExpressionId,
) -> Vec<(ResourceId, ExpressionId)> {
    let mut found = Vec::new();
    let mut pending = vec![expression];
    while let Some(expression) = pending.pop() {
        if let ExpressionKind::Reference(Reference::Resource(resource)) = template.kind(expression)
        {
            found.push((*resource, expression));
        }
        pending.extend(template.kind(expression).parts());
    }
    found
}

/// The resource and those that it is written inside of, the innermost first.
pub(super) fn with_enclosing(
    template: &Template,
    resource: ResourceId,
) -> impl Iterator<Item = ResourceId> {
    std::iter::successors(Some(resource), |resource| {
        match template.resource(*resource).parent {
            Some(Parent::Enclosing(parent)) => Some(parent),
            _ => None,
        }
    })
}

/// Whether a resource is one of many, so that an index would be needed to tell which.
pub(super) fn is_repeated(template: &Template, resource: ResourceId) -> bool {
    with_enclosing(template, resource)
        .any(|resource| template.resource(resource).repetition.is_some())
}
