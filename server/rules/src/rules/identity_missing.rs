//! `identity-missing`

use std::cell::OnceCell;

use access::facts;
use access::identity::{IdentityKind, ServiceIdentity, service_identity};
use access::reads::{is_reader, reads_of, service_of};
use access::uses::uses_of;
use syntax::Language;
use template::Evaluator;
use template::cases::{Undecided, judge};
use template::edit::{Key, New, Placement, Target, merge};
use template::model::{ExpressionId, ExpressionKind, Resource, ResourceId};

use super::Rule;
use crate::circumstances::when;
use crate::context::{Context, fix};
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(super) const RULE: Rule = Rule {
    id: RuleId("identity-missing"),
    levels: "warning; error where the deployment itself needs the identity",
    summary: "An API Management service has no managed identity",
    documentation: include_str!("identity_missing.md"),
    check,
};

/// What the template says of a service's identity in a case.
#[derive(Clone, Copy, PartialEq)]
enum State {
    NotDeployed,
    /// No `identity`, or one that is null, written as the expression.
    Absent(Option<ExpressionId>),
    /// `type: 'None'`, its value written as the expression.
    None(Option<ExpressionId>),
    Other,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let template = context.template;
    // A service may be declared once to create it, and once more to change it.
    if context.part.has_services_elsewhere {
        return;
    }
    // Most templates lack nothing, and what they use an identity for need not be known.
    let all_needs = OnceCell::new();
    for (id, resource) in template.resources() {
        if resource.is_existing || !resource.is_type(facts::SERVICE_TYPE) {
            continue;
        }
        let Some(answers) = judge(template, |evaluator| state(evaluator, id)) else {
            continue;
        };
        let is_missing = |state: &State| matches!(state, State::Absent(_) | State::None(_));
        // What callers pass for a parameter that may be left out is their business.
        let is_left_out = answers
            .iter()
            .flat_map(|answer| &answer.defaults)
            .any(|parameter| template.parameter(*parameter).is_optional);
        let is_missing_throughout = !is_left_out
            && answers
                .iter()
                .all(|answer| is_missing(&answer.value) || answer.value == State::NotDeployed);
        let Some(first) = answers
            .iter()
            .map(|answer| answer.value)
            .find(is_missing)
            .filter(|_| is_missing_throughout)
        else {
            continue;
        };
        let is_deployed_when = when(context, &answers, is_missing);
        let mut finding = finding(
            context,
            id,
            first,
            &is_deployed_when,
            all_needs.get_or_init(|| needs(context)),
        );
        // An edit for one case would leave the others as they are.
        let is_missing_alike = answers
            .iter()
            .all(|answer| answer.value == first || !is_missing(&answer.value));
        if is_missing_alike {
            finding.fixes = fixes(context, id, resource, first);
        }
        findings.push(finding);
    }
}

fn state(evaluator: &Evaluator<'_>, id: ResourceId) -> Result<State, Undecided> {
    if let Some(condition) = evaluator.template.resource(id).condition
        && !evaluator.holds(condition, &template::value::Bindings::default())?
    {
        return Ok(State::NotDeployed);
    }
    Ok(match service_identity(evaluator, id)? {
        ServiceIdentity::Absent(origin) => State::Absent(origin),
        ServiceIdentity::Present(block) if block.kind == Some(IdentityKind::None) => {
            State::None(block.kind_origin)
        }
        ServiceIdentity::Present(_) | ServiceIdentity::Unknown => State::Other,
    })
}

fn finding(
    context: &Context<'_>,
    id: ResourceId,
    state: State,
    when: &str,
    needs: &[Need],
) -> Finding {
    let resource = context.template.resource(id);
    let label = context.label(id);
    let range = match state {
        State::Absent(Some(origin)) | State::None(Some(origin)) => context.range(origin),
        _ => resource.label,
    };
    let needs: Vec<&Need> = needs.iter().filter(|need| need.service == id).collect();
    let consequence = match needs.first() {
        Some(need) => format!("but {} needs one", need.what),
        None => {
            "so it can read no certificate or secret from Key Vault and has to keep credentials \
                 of its backends itself"
                .to_owned()
        }
    };
    let mut related: Vec<_> = needs
        .iter()
        .map(|need| Related {
            range: need.range,
            message: "needs an identity of the service".to_owned(),
        })
        .collect();
    if let State::Absent(Some(origin)) | State::None(Some(origin)) = state {
        related.extend(context.declaration_elsewhere(id, origin));
    }
    Finding {
        rule: RULE.id,
        level: if needs.is_empty() {
            Level::Warning
        } else {
            Level::Error
        },
        range,
        message: format!("`{label}` has no managed identity{when}, {consequence}"),
        related,
        fixes: Vec::new(),
    }
}

/// What an identity of the service is used for.
struct Found {
    noun: &'static str,
    /// Where what is read is, in words with a leading space.
    place: &'static str,
    /// The name of the property that says so.
    property: ExpressionId,
}

/// What a resource uses an identity of a declared service for, and which service's.
fn uses(
    evaluator: &Evaluator<'_>,
    user: ResourceId,
) -> Result<Vec<(ResourceId, Found)>, Undecided> {
    let mut found = Vec::new();
    if is_reader(evaluator, user) {
        for read in reads_of(evaluator, user)? {
            found.push(Found {
                noun: read.kind.noun(),
                place: " in Key Vault",
                property: read.property,
            });
        }
    }
    found.extend(uses_of(evaluator, user)?.map(|found| Found {
        noun: found.noun,
        place: "",
        property: found.property,
    }));
    if found.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match service_of(evaluator, user)? {
        Some(service) => found.into_iter().map(|found| (service, found)).collect(),
        None => Vec::new(),
    })
}

/// Something in the deployment that needs an identity of the service.
struct Need {
    service: ResourceId,
    what: String,
    range: syntax::TextRange,
}

fn needs(context: &Context<'_>) -> Vec<Need> {
    let template = context.template;
    let mut needs: Vec<Need> = Vec::new();
    for (user, resource) in template.resources() {
        if resource.is_existing {
            continue;
        }
        let answers = judge(template, |evaluator| uses(evaluator, user));
        for (service, found) in answers
            .into_iter()
            .flatten()
            .flat_map(|answer| answer.value)
        {
            let range = template.range(found.property);
            if needs.iter().all(|need| need.range != range) {
                let Found { noun, place, .. } = found;
                let what = if user == service {
                    format!("its {noun}{place}")
                } else {
                    format!("the {noun} `{}`{place}", context.label(user))
                };
                needs.push(Need {
                    service,
                    what,
                    range,
                });
            }
        }
    }
    needs
}

fn fixes(context: &Context<'_>, id: ResourceId, resource: &Resource, state: State) -> Vec<Fix> {
    if !takes(context, resource, facts::IDENTITY_SINCE) {
        return Vec::new();
    }
    let system = New::object([("type", New::string("SystemAssigned"))]);
    let put = |identity: &New| match state {
        State::Absent(None) => context.editor.insert_property(
            resource.body,
            "identity",
            identity,
            Placement::Conventional,
        ),
        State::Absent(Some(origin)) if is_inside(context, resource, origin) => {
            context.editor.replace(origin, identity)
        }
        _ => None,
    };
    let system_edits = match state {
        State::None(Some(origin))
            if is_inside(context, resource, origin)
                && matches!(context.template.kind(origin), ExpressionKind::String(_)) =>
        {
            context
                .editor
                .replace(origin, &New::string("SystemAssigned"))
        }
        _ => put(&system),
    };
    let mut fixes: Vec<Fix> = fix(
        "Insert a system-assigned identity",
        Applicability::Safe,
        system_edits,
    )
    .into_iter()
    .collect();
    if takes(context, resource, facts::USER_ASSIGNED_IDENTITIES_SINCE) {
        fixes.extend(user_assigned(context, id, put));
    }
    fixes
}

/// The fix that attaches the user-assigned identity of the file, if there is exactly one.
fn user_assigned(
    context: &Context<'_>,
    service: ResourceId,
    put: impl Fn(&New) -> Option<Vec<crate::Edit>>,
) -> Option<Fix> {
    let template = context.template;
    let mut identities = template.resources().filter(|(_, resource)| {
        resource.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE)
            && resource.repetition.is_none()
            && resource.condition.is_none()
    });
    let (identity, resource) = identities.next()?;
    if identities.next().is_some() {
        return None;
    }
    let attached = New::Object(vec![(
        Key::Value(Box::new(New::id(identity))),
        New::Object(Vec::new()),
    )]);
    let block = New::object([
        ("type", New::string("UserAssigned")),
        ("userAssignedIdentities", attached),
    ]);
    let mut edits = put(&block)?;
    // The id in a key makes Bicep wait for the identity; ARM takes it for any string.
    if template.language == Language::Json && !resource.is_existing {
        let wait = context
            .editor
            .add_depends_on(service, &Target::Declared(identity))?;
        edits = merge(vec![edits, wait])?;
    }
    fix(
        format!(
            "Attach the user-assigned identity `{}`",
            context.label(identity)
        ),
        Applicability::Unsafe,
        Some(edits),
    )
}

fn is_inside(context: &Context<'_>, resource: &Resource, expression: ExpressionId) -> bool {
    resource.range.contains_range(context.range(expression))
}

/// Whether the API version of a resource is not known to be older than a date.
fn takes(context: &Context<'_>, resource: &Resource, since: &str) -> bool {
    let Some(version) = resource.api_version else {
        return true;
    };
    match context.template.kind(version) {
        ExpressionKind::String(text) => {
            facts::api_version_date(text).is_none_or(|date| date >= since)
        }
        _ => true,
    }
}
