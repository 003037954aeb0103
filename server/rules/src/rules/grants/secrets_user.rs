//! The fix of a role that is not the right one: the one that reads secrets instead.

use access::facts::{self, Role};
use template::edit::{New, merge};
use template::model::{ExpressionId, ExpressionKind, Reference, ResourceId};
use template::program::{At, InstanceId};

use crate::context::Context;
use crate::{Applicability, Fix};

/// Puts the role that reads secrets in place of another one, and in place of its id in the
/// assignment's name. Only where the role is written in the assignment itself: others may use a
/// variable as well, and a parameter is for its callers to give.
pub(super) fn instead_of(
    context: &Context<'_>,
    assignment: At<ResourceId>,
    definition: At<ExpressionId>,
    role: &Role,
    applicability: Applicability,
) -> Option<Fix> {
    let resource = context.resource(assignment);
    let is_own = definition.instance == assignment.instance
        && resource.repetition.is_none()
        && resource
            .range
            .contains_range(context.program.range(definition));
    if !is_own || has_parameter(context, definition) {
        return None;
    }
    // Whoever else deploys the template may want the role that it has.
    let applicability = if assignment.instance == InstanceId::ROOT {
        applicability
    } else {
        Applicability::Unsafe
    };
    let right = facts::KEY_VAULT_SECRETS_USER;
    let editor = context.editor(assignment.instance)?;
    let value = New::SubscriptionResourceId {
        resource_type: facts::ROLE_DEFINITION_TYPE.to_owned(),
        name: right.id.to_owned(),
        comment: Some(right.name.to_owned()),
    };
    let mut all = vec![editor.replace(definition.id, &value)?];
    let mut pending: Vec<_> = resource.name.into_iter().collect();
    while let Some(part) = pending.pop() {
        match context.template(assignment.instance).kind(part) {
            ExpressionKind::Call { arguments, .. } => pending.extend(arguments),
            ExpressionKind::String(text) if text.eq_ignore_ascii_case(role.id) => {
                all.push(editor.replace(part, &New::string(right.id))?);
            }
            _ => {}
        }
    }
    context.fix(
        assignment.instance,
        format!("Assign the role {}", right.name),
        applicability,
        merge(all),
    )
}

fn has_parameter(context: &Context<'_>, expression: At<ExpressionId>) -> bool {
    let template = context.template(expression.instance);
    let mut pending = vec![expression.id];
    while let Some(part) = pending.pop() {
        let kind = template.kind(part);
        if matches!(kind, ExpressionKind::Reference(Reference::Parameter(_))) {
            return true;
        }
        pending.extend(kind.parts());
    }
    false
}
