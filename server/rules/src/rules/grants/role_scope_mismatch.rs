//! `role-scope-mismatch`

use access::grants::{held, is_role_assignment};
use syntax::Language;
use template::Template;
use template::model::{ExpressionId, ExpressionKind, Parent, Reference, ResourceId};
use template::program::At;

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-scope-mismatch"),
    levels: "error",
    summary: "A role for API Management is assigned on a resource of another resource group (Bicep)",
    fix: None,
    documentation: include_str!("role_scope_mismatch.md"),
    is_about_absence: false,
    check,
};

/// How many variables and parents are followed.
const MAXIMUM_STEPS: u32 = 16;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        let template = context.template(id.instance);
        // The compiler refuses it whatever the group is; Azure itself does not look at the text.
        if resource.is_existing
            || !is_role_assignment(resource)
            || template.language != Language::Bicep
        {
            continue;
        }
        let Some(scope) = resource.scope else {
            continue;
        };
        let Some((of, elsewhere)) = scope_elsewhere(template, scope) else {
            continue;
        };
        let answers = context.judge(|evaluator| {
            let held = held(evaluator, id)?;
            Ok(held
                .iter()
                .map(|held| Holder::of(evaluator, &held.by))
                .take(1)
                .collect())
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            let instance = id.instance;
            let place = (instance.at(scope), instance.at(of), instance.at(elsewhere));
            findings.push(finding(context, id, place, &occurrence));
        }
    }
}

/// The `existing` resource that a scope names, if it is in another scope than the template goes to, and
/// what says so.
fn scope_elsewhere(template: &Template, scope: ExpressionId) -> Option<(ResourceId, ExpressionId)> {
    let id = resource_of(template, scope)?;
    let mut resource = template.resource(id);
    if !resource.is_existing {
        return None;
    }
    for _ in 0..MAXIMUM_STEPS {
        if let Some(own) = resource.scope {
            return is_elsewhere(template, own).then_some((id, own));
        }
        resource = match resource.parent? {
            Parent::Enclosing(parent) => template.resource(parent),
            Parent::Property(parent) => template.resource(resource_of(template, parent)?),
        };
    }
    None
}

/// The resource that an expression names, one of a loop included.
fn resource_of(template: &Template, expression: ExpressionId) -> Option<ResourceId> {
    match template.kind(unwrapped(template, expression)) {
        ExpressionKind::Reference(Reference::Resource(id)) => Some(*id),
        ExpressionKind::Index { object, .. } => resource_of(template, *object),
        _ => None,
    }
}

/// Whether a scope names a resource group by itself, rather than being the one that is deployed to.
fn is_elsewhere(template: &Template, scope: ExpressionId) -> bool {
    match template.kind(unwrapped(template, scope)) {
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } => &**function == "resourcegroup" && !arguments.is_empty(),
        ExpressionKind::Reference(Reference::Resource(_)) => true,
        _ => false,
    }
}

/// An expression behind the variables that hold it.
fn unwrapped(template: &Template, mut expression: ExpressionId) -> ExpressionId {
    for _ in 0..MAXIMUM_STEPS {
        match template.kind(expression) {
            ExpressionKind::Reference(Reference::Variable(id)) => {
                expression = template.variable(*id).value;
            }
            ExpressionKind::NonNull(operand) => expression = *operand,
            _ => break,
        }
    }
    expression
}

fn finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    (scope, of, elsewhere): (At<ExpressionId>, At<ResourceId>, At<ExpressionId>),
    Occurrence { what, when }: &Occurrence<Holder>,
) -> Finding {
    let mut related = vec![Related {
        place: context.place(elsewhere),
        message: format!("this is where `{}` is", context.label(of)),
    }];
    related.extend(what.related(context));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(scope),
        subject: context.resource_place(id),
        message: format!(
            "`{}` assigns a role to {} on `{}`, which is in another resource group than this file is \
             deployed to{when}: that takes a module with that `scope`. Bicep refuses it: \"BCP139: A \
             resource's scope must match the scope of the Bicep file for it to be deployable. You must \
             use modules to deploy resources to a different scope.\"",
            context.label(id),
            what.words(context),
            context.label(of),
        ),
        related,
        fixes: Vec::new(),
    }
}
