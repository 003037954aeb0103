//! `role-scope-mismatch`

use std::rc::Rc;

use access::facts::{self, Role};
use access::grants::{Permission, held, is_role_assignment};
use syntax::{Language, TextRange};
use template::Template;
use template::edit::{
    Declaration, New, NewModule, NewParameter, NewResource, NewScope, NewTemplate, NewType, Target,
};
use template::model::{ExpressionId, ExpressionKind, Member, Parent, Reference, ResourceId};
use template::program::At;

use super::Holder;
use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::grant::{assigned, role_definition};
use crate::repair::references::{is_only_waited_for, waits_for};
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-scope-mismatch"),
    levels: "error",
    summary: "A role for API Management is assigned on a resource of another resource group (Bicep)",
    fix: Some("unsafe: a module of its own"),
    documentation: include_str!("role_scope_mismatch.md"),
    is_about_absence: false,
    check,
};

/// An assignment in a case.
#[derive(Clone, PartialEq)]
struct Assigned {
    holder: Holder,
    /// The role, where it is a known one.
    role: Option<&'static Role>,
}

const PRINCIPAL_ID: &str = "principalId";
const DEFINITION: &str = "roleDefinitionId";
/// What a module can take over of an assignment.
const PROPERTIES: [&str; 3] = [DEFINITION, PRINCIPAL_ID, "principalType"];

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
                .map(|held| Assigned {
                    holder: Holder::of(evaluator, &held.by),
                    role: match held.grant.permission {
                        Permission::Role { role, .. } => role,
                        Permission::Policy { .. } => None,
                    },
                })
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
    Occurrence { what, when }: &Occurrence<Assigned>,
) -> Finding {
    let mut related = vec![Related {
        place: context.place(elsewhere),
        message: format!("this is where `{}` is", context.label(of)),
    }];
    related.extend(what.holder.related(context));
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
            what.holder.words(context),
            context.label(of),
        ),
        related,
        fixes: extracted(context, id, of, elsewhere, what.role)
            .filter(|_| when.is_empty())
            .into_iter()
            .collect(),
    }
}

/// The fix that makes the assignment in a module, which goes to where the resource is.
fn extracted(
    context: &Context<'_>,
    id: At<ResourceId>,
    of: At<ResourceId>,
    elsewhere: At<ExpressionId>,
    role: Option<&'static Role>,
) -> Option<Fix> {
    let instance = id.instance;
    let (template, editor) = (context.template(instance), context.editor(instance)?);
    let (assignment, target) = (context.resource(id), context.resource(of));
    let is_plain = assignment.is_type(facts::ROLE_ASSIGNMENT_TYPE)
        && assignment.repetition.is_none()
        && target.repetition.is_none()
        && target.parent.is_none();
    let waits = waits_for(context, id).filter(|_| is_plain)?;
    if !is_only_waited_for(context, id, &waits) {
        return None;
    }
    let properties = template.property(assignment.body, "properties")?.value;
    let is_known = |member: &Member| match member {
        Member::Property(property) => template
            .text(property.key)
            .is_some_and(|key| PROPERTIES.contains(&key)),
        Member::Spread(_) => false,
    };
    if !template.object(properties)?.members.iter().all(is_known) {
        return None;
    }
    let mut repair = Repair::new(context);
    // Nobody else speaks of the resource: then it is of the module alone.
    let is_left = is_spoken_of(template, of.id, assignment.range);
    let name = if is_left {
        New::Name(of.id.into())
    } else {
        repair.edit(instance, editor.remove_resource(of.id))?;
        New::Copy(target.name?)
    };
    let (symbol, parameter) = if target.is_type(facts::VAULT_TYPE) {
        ("keyVault", "keyVaultName")
    } else {
        ("target", "targetName")
    };
    let mut arguments = vec![
        (parameter.to_owned(), name),
        (
            PRINCIPAL_ID.to_owned(),
            New::Copy(template.property(properties, PRINCIPAL_ID)?.value),
        ),
    ];
    let definition = match role {
        Some(role) => role_definition(role),
        None => {
            let written = template.property(properties, DEFINITION)?.value;
            arguments.push((DEFINITION.to_owned(), New::Copy(written)));
            New::Parameter(DEFINITION.to_owned())
        }
    };
    let seed = role.map_or_else(|| definition.clone(), |role| New::string(role.id));
    let existing = Rc::new(NewResource {
        is_existing: true,
        ..NewResource::new(
            symbol,
            &target.resource_type,
            template.text(target.api_version?)?,
            New::Parameter(parameter.to_owned()),
        )
    });
    let principal = New::Parameter(PRINCIPAL_ID.to_owned());
    let own = assignment.symbol.as_ref()?.text.to_string();
    let grant = NewResource {
        scope: Some(Target::from(&existing)),
        properties: vec![("properties".into(), assigned(definition, principal.clone()))],
        ..NewResource::new(
            &own,
            facts::ROLE_ASSIGNMENT_TYPE,
            facts::ROLE_ASSIGNMENT_API_VERSION,
            New::guid(vec![New::id(&existing), principal, seed]),
        )
    };
    let parameters = arguments.iter().map(|(name, _)| NewParameter {
        name: name.clone(),
        kind: NewType::String,
        description: Some(
            match name.as_str() {
                PRINCIPAL_ID => "The principal id of the identity that gets the role.",
                DEFINITION => "The id of the role definition.",
                "keyVaultName" => "The name of the key vault.",
                _ => "The name of the resource that the role is on.",
            }
            .to_owned(),
        ),
        default: None,
    });
    let file = NewTemplate {
        parameters: parameters.collect(),
        resources: vec![existing, Rc::new(grant)],
    };
    let path = context.unused_file(instance, &own, "bicep");
    let module = NewModule {
        name: None,
        path: path.file_name()?.to_str()?.to_owned(),
        symbol: own,
        scope: Some(group(template, elsewhere.id)?),
        arguments,
        condition_of: vec![id.id.into()],
        depends_on: explicit_waits(template, assignment.depends_on)?,
        template: file,
    };
    let text = editor.file(&module.template)??;
    repair.create(path, text);
    let module = Declaration::Module(Rc::new(module));
    repair.edit(instance, editor.replace_resource(id.id, &module))?;
    repair.fix(
        format!(
            "Assign the role in a module, where `{}` is",
            context.label(of)
        ),
        Applicability::Unsafe,
        Extent::Refactoring,
    )
}

/// The resource group that a scope names.
fn group(template: &Template, scope: ExpressionId) -> Option<NewScope> {
    match template.kind(unwrapped(template, scope)) {
        ExpressionKind::Call { arguments, .. } => match arguments.as_slice() {
            [group] => Some(NewScope {
                subscription: None,
                resource_group: New::Copy(*group),
            }),
            [subscription, group] => Some(NewScope {
                subscription: Some(New::Copy(*subscription)),
                resource_group: New::Copy(*group),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// What an assignment says that it waits for; none if that could not be read.
fn explicit_waits(template: &Template, list: Option<ExpressionId>) -> Option<Vec<Target>> {
    let Some(list) = list else {
        return Some(Vec::new());
    };
    let ExpressionKind::Array(items) = template.kind(list) else {
        return None;
    };
    let targets = items.iter().map(|item| match template.kind(item.value) {
        ExpressionKind::Reference(Reference::Resource(id)) => Some(Target::Declared(*id)),
        ExpressionKind::Reference(Reference::Module(id)) => Some(Target::Module(*id)),
        _ => None,
    });
    targets.collect()
}

/// Whether a template speaks of a resource elsewhere than in a range.
fn is_spoken_of(template: &Template, resource: ResourceId, inside: TextRange) -> bool {
    let is_it = |kind: &ExpressionKind| matches!(kind, ExpressionKind::Reference(Reference::Resource(id)) if *id == resource);
    let has_child = template
        .resources
        .iter()
        .any(|other| other.parent == Some(Parent::Enclosing(resource)));
    has_child
        || template
            .expressions()
            .any(|(_, it)| is_it(&it.kind) && !inside.contains_range(it.range))
}
