//! `identity-client-id-invalid`

use access::client_id::{Meaning, Named, User, named_by};
use access::facts;
use access::reads::ReadKind;
use template::Evaluator;
use template::cases::Undecided;
use template::edit::{New, Target};
use template::model::{ExpressionId, Property, ResourceId};
use template::program::At;

use super::refusal;
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identity-client-id-invalid"),
    levels: "error",
    summary: "`identityClientId` is something else than the client id of an identity",
    fix: Some(
        "safe: leave it out for the system-assigned identity, or take the client id of the user-assigned one",
    ),
    documentation: include_str!("identity_client_id_invalid.md"),
    is_about_absence: false,
    check,
};

/// The property that takes a client id.
const PROPERTY: &str = "identityClientId";

/// A value that is no client id.
#[derive(Clone, PartialEq)]
struct Wrong {
    by: User,
    property: At<ExpressionId>,
    origin: At<ExpressionId>,
    is: Instead,
}

/// What is there instead of a client id. An identity is known by its declaration, if it has one.
#[derive(Clone, PartialEq)]
enum Instead {
    SystemPrincipalId(Option<At<ResourceId>>),
    /// The principal id of something that is no service of API Management.
    ForeignPrincipalId,
    UserPrincipalId(Option<At<ResourceId>>),
    ResourceId(Option<At<ResourceId>>),
    Word(String),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        if resource.is_existing {
            continue;
        }
        let answers = context.judge(|evaluator| wrong(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, &occurrence.what, &occurrence.when));
        }
    }
}

fn wrong(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Wrong>, Undecided> {
    let named = named_by(evaluator, id)?;
    Ok(named.iter().filter_map(instead_of_client_id).collect())
}

fn instead_of_client_id(named: &Named) -> Option<Wrong> {
    let client_id = named.client_id.as_ref()?;
    let is = match named.meaning() {
        Meaning::SystemPrincipalId(of) if of.is_type(facts::SERVICE_TYPE) => {
            Instead::SystemPrincipalId(of.declaration)
        }
        Meaning::SystemPrincipalId(_) => Instead::ForeignPrincipalId,
        Meaning::UserPrincipalId(of) => Instead::UserPrincipalId(of.declaration),
        Meaning::ResourceId(of) => Instead::ResourceId(
            of.declaration
                .filter(|_| of.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE)),
        ),
        Meaning::Word => Instead::Word(client_id.value.as_str()?.to_owned()),
        Meaning::System | Meaning::User(_) | Meaning::Unknown => return None,
    };
    Some(Wrong {
        by: named.by,
        property: named.property,
        origin: client_id.origin,
        is,
    })
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: &Wrong, when: &str) -> Finding {
    let (label, noun) = (context.label(id), what.by.noun());
    let user = match what.by {
        User::Read(ReadKind::HostnameCertificate) => format!("a {noun} of `{label}`"),
        User::Read(_) | User::Logger => format!("the {noun} `{label}`"),
    };
    let of = |declaration: &Option<At<ResourceId>>, otherwise: &str| match declaration {
        Some(declaration) => format!("of `{}`", context.label(*declaration)),
        None => otherwise.to_owned(),
    };
    let problem = match &what.is {
        Instead::SystemPrincipalId(service) => format!(
            "the principal id of the system-assigned identity {}{when}: {}",
            of(service, "of the service"),
            match what.by {
                User::Logger => "a logger names that identity as 'SystemAssigned'",
                User::Read(_) => "leave the property out to use that identity",
            }
        ),
        Instead::UserPrincipalId(identity) => format!(
            "the principal id {}{when}, but has to be its client id",
            of(identity, "of a user-assigned identity")
        ),
        Instead::ForeignPrincipalId => {
            format!("a principal id{when}, but has to be the client id of an identity")
        }
        Instead::ResourceId(None) => {
            format!("a resource id{when}, but has to be the client id of an identity")
        }
        Instead::ResourceId(identity) => format!(
            "the resource id {}{when}, but has to be its client id",
            of(identity, "")
        ),
        Instead::Word(text) => format!(
            "'{text}'{when}: only loggers understand that word, leave the property out to use the \
             system-assigned identity"
        ),
    };
    let mut related = Vec::new();
    if !is_written_there(context, what) {
        related.push(Related {
            place: context.place(
                property(context, what)
                    .map_or(what.property, |(_, it)| what.property.instance.at(it.key)),
            ),
            message: format!("the {noun} gets it"),
        });
    }
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.origin),
        subject: context.resource_place(id),
        message: format!("`{PROPERTY}` of {user} is {problem}{}", refusal(what.by)),
        related,
        fixes: fix(context, what).into_iter().collect(),
    }
}

/// The property as it is written, beside the one that needs the identity, and its object.
fn property<'c>(context: &Context<'c>, what: &Wrong) -> Option<(ExpressionId, &'c Property)> {
    let template = context.template(what.property.instance);
    let object = template.object_of(what.property.id)?;
    Some((object, template.property(object, PROPERTY)?))
}

/// Whether the value is written as a part of the property's.
fn is_written_there(context: &Context<'_>, what: &Wrong) -> bool {
    what.property.instance == what.origin.instance
        && property(context, what).is_some_and(|(_, property)| {
            let template = context.template(what.origin.instance);
            property
                .range
                .contains_range(template.range(what.origin.id))
        })
}

fn fix(context: &Context<'_>, what: &Wrong) -> Option<Fix> {
    let instance = what.property.instance;
    // Whoever else uses the value may need it as it is.
    let (object, _) = property(context, what)
        .filter(|(_, property)| instance.at(property.value) == what.origin)?;
    let editor = context.editor(instance)?;
    let (title, edits) = match (&what.is, what.by) {
        (Instead::SystemPrincipalId(_), User::Logger) => (
            "Use the word for the system-assigned identity",
            editor.replace(what.origin.id, &New::string(facts::SYSTEM_IDENTITY_WORD)),
        ),
        (Instead::SystemPrincipalId(_) | Instead::Word(_), _) => (
            "Leave it out: the system-assigned identity",
            editor.remove_property(object, PROPERTY),
        ),
        (Instead::ForeignPrincipalId, _) => return None,
        (Instead::UserPrincipalId(identity) | Instead::ResourceId(identity), _) => {
            let identity = identity.filter(|it| {
                it.instance == instance && context.resource(*it).repetition.is_none()
            })?;
            let client_id = New::Property {
                of: Target::Declared(identity.id),
                path: "properties.clientId".to_owned(),
            };
            (
                "Take the client id of the identity",
                editor.replace(what.origin.id, &client_id),
            )
        }
    };
    context.fix(instance, title, Applicability::Safe, edits)
}
