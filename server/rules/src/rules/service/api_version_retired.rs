//! `api-version-retired`

mod reading;

use access::facts::versions::{API_MANAGEMENT, ENDED_TYPES, KEY_VAULT};
use access::facts::{SERVICE_PROVIDER, VAULT_TYPE, has_prefix, is_extension};
use template::edit::{New, Placement, merge};
use template::model::{ExpressionId, ExpressionKind, Member, Parent, ResourceId};
use template::program::At;

use super::api_version_too_old::too_old;
use super::{Reading, Version, of_deployed, reading, use_version};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("api-version-retired"),
    levels: "warning; info for a key vault",
    summary: "An API version of API Management, or of a key vault that it reads, is retired or going to be",
    fix: Some("unsafe: the newest API version that is no preview"),
    documentation: include_str!("api_version_retired.md"),
    is_about_absence: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        let Some(written) = resource.api_version.map(|it| id.instance.at(it)) else {
            continue;
        };
        // What is inside a registry module is not its user's to change.
        if context.program.shown_at(id.instance).is_some() || is_inherited(context, id) {
            continue;
        }
        if is_of_service(&resource.resource_type) {
            of_service(context, id, written, findings);
        } else if resource.is_type(VAULT_TYPE) {
            of_vault(context, id, written, findings);
        }
    }
    reading::check(context, findings);
}

/// Whether the API version is that of a declared resource around it, and reported there.
fn is_inherited(context: &Context<'_>, id: At<ResourceId>) -> bool {
    let resource = context.resource(id);
    let Some(Parent::Enclosing(parent)) = resource.parent else {
        return false;
    };
    let parent = context.resource(id.instance.at(parent));
    !parent.is_existing && parent.api_version == resource.api_version
}

fn is_of_service(resource_type: &str) -> bool {
    has_prefix(resource_type, SERVICE_PROVIDER) && !is_extension(resource_type)
}

fn of_service(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: At<ExpressionId>,
    findings: &mut Vec<Finding>,
) {
    let retired = retired(context, id, written, |version| API_MANAGEMENT.ends(version));
    // A version that lacks what is used is to be changed for that.
    if retired.is_empty() || !too_old(context, id).is_empty() {
        return;
    }
    let resource = context.resource(id);
    let newest = API_MANAGEMENT.newest;
    let ended = ENDED_TYPES
        .iter()
        .find(|ended| resource.is_type(ended.resource_type));
    let advice = match ended.map(|ended| ended.successor) {
        None => format!("Use {newest}"),
        Some(Some(successor)) => {
            format!("Its type is retired too: use `{successor}` with {newest}")
        }
        Some(None) => "Its type is retired too, and has no successor".to_owned(),
    };
    for Occurrence { what, when } in retired {
        let message = format!(
            "`{}` uses an API version that API Management has retired, {}{when}: it may fail \
             without further notice. {advice}",
            context.label(id),
            what.text,
        );
        let fix = match ended {
            None => use_version(context, &[written], newest),
            Some(_) => None,
        };
        findings.push(Finding {
            rule: RULE.id,
            level: Level::Warning,
            place: context.place(written),
            subject: context.resource_place(id),
            message,
            related: what
                .related(context, written)
                .into_iter()
                .chain(context.callers(id.instance))
                .collect(),
            fixes: fix.into_iter().collect(),
        });
    }
}

fn of_vault(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: At<ExpressionId>,
    findings: &mut Vec<Finding>,
) {
    let retired = retired(context, id, written, |version| KEY_VAULT.ends(version));
    if retired.is_empty() {
        return;
    }
    let Some(reading) = reading(context, id, |_| true) else {
        return;
    };
    for Occurrence { what, when } in retired {
        findings.push(vault_finding(context, id, written, &reading, &what, &when));
    }
}

/// The versions of a resource that end.
fn retired(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: At<ExpressionId>,
    ends: impl Fn(&str) -> bool,
) -> Vec<Occurrence<Version>> {
    of_deployed(context, id, |evaluator, bindings, _| {
        let version = Version::of(evaluator, written, bindings)?;
        Ok(version.into_iter().filter(|it| ends(&it.text)).collect())
    })
}

fn vault_finding(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: At<ExpressionId>,
    reading: &Reading,
    version: &Version,
    when: &str,
) -> Finding {
    let advice = match model_is_written(context, id) {
        Some(false) => {
            ", with `enableRbacAuthorization: false`, which is the default only until then"
        }
        Some(true) | None => "",
    };
    let read_when = &reading.when;
    Finding {
        rule: RULE.id,
        level: Level::Info,
        place: context.place(written),
        subject: context.resource_place(id),
        message: format!(
            "`{}`, from which `{}` reads{read_when}, uses an API version of Key Vault that ends on \
             27 February 2027, {}{when}. Use {}{advice}",
            context.label(id),
            context.label(reading.reader),
            version.text,
            KEY_VAULT.newest
        ),
        related: version
            .related(context, written)
            .into_iter()
            .chain([reading.related(context)])
            .chain(context.callers(id.instance))
            .collect(),
        fixes: newer_vault(context, id, written).into_iter().collect(),
    }
}

/// Whether a vault says in its own text which permission model it has; none if it cannot be told.
fn model_is_written(context: &Context<'_>, id: At<ResourceId>) -> Option<bool> {
    let template = context.template(id.instance);
    let properties = template.property(context.resource(id).body, "properties")?;
    let object = template.object(properties.value)?;
    let is_plain = |member: &Member| match member {
        Member::Property(property) => template.text(property.key).is_some(),
        Member::Spread(_) => false,
    };
    match template.property(properties.value, "enableRbacAuthorization") {
        Some(model) if matches!(template.kind(model.value), ExpressionKind::Bool(_)) => Some(true),
        // A null may come out, which is what is absent.
        Some(_) => None,
        None => (object.is_complete && object.members.iter().all(is_plain)).then_some(false),
    }
}

/// The newest version, with the permission model that an older one has for granted.
fn newer_vault(
    context: &Context<'_>,
    id: At<ResourceId>,
    written: At<ExpressionId>,
) -> Option<Fix> {
    if model_is_written(context, id)? {
        return use_version(context, &[written], KEY_VAULT.newest);
    }
    let template = context.template(id.instance);
    template.text(written.id)?;
    let editor = context.editor(id.instance)?;
    let properties = template.property(context.resource(id).body, "properties")?;
    let edits = merge(vec![
        editor.replace(written.id, &New::string(KEY_VAULT.newest))?,
        editor.insert_property(
            properties.value,
            "enableRbacAuthorization",
            &New::Bool(false),
            Placement::End,
        )?,
    ]);
    context.fix(
        id.instance,
        format!(
            "Use API version {}, with the permission model that the vault has",
            KEY_VAULT.newest
        ),
        Applicability::Unsafe,
        edits,
    )
}
