//! `identity-client-id-invalid`

use access::client_id::{Meaning, Named, User, named_by};
use access::facts;
use access::reads::ReadKind;
use syntax::{Language, TextEdit};
use template::Evaluator;
use template::cases::Undecided;
use template::destinations::{Destination, Receiver, destinations};
use template::edit::New;
use template::model::{ExpressionId, Property, ResourceId};
use template::program::{At, InstanceId};

use super::refusal;
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::identity::may_name;
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

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
        fixes: fix(context, id, what, when).into_iter().collect(),
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

/// What is to be there.
enum Right {
    Value(New),
    /// Nothing: the system-assigned identity.
    Nothing,
}

fn fix(context: &Context<'_>, reader: At<ResourceId>, what: &Wrong, when: &str) -> Option<Fix> {
    let (title, right, identity) = match (&what.is, what.by) {
        (Instead::SystemPrincipalId(_), User::Logger) => (
            "Use the word for the system-assigned identity",
            Right::Value(New::string(facts::SYSTEM_IDENTITY_WORD)),
            None,
        ),
        (Instead::SystemPrincipalId(_) | Instead::Word(_), _) => (
            "Leave it out: the system-assigned identity",
            Right::Nothing,
            None,
        ),
        (Instead::ForeignPrincipalId, _) => return None,
        (Instead::UserPrincipalId(identity) | Instead::ResourceId(identity), _) => {
            let identity = (*identity)?;
            let client_id = New::property(identity.id, "properties.clientId");
            (
                "Take the client id of the identity",
                Right::Value(client_id),
                Some(identity),
            )
        }
    };
    let may_be_in = |place: At<ExpressionId>| match identity {
        Some(identity) => {
            context.resource(identity).repetition.is_none()
                && may_name(context, place, identity)
                && may_read(context, place)
        }
        None => true,
    };
    let (instance, edits) = edits(context, what, &right, when, &may_be_in)?;
    let mut repair = Repair::new(context);
    repair.edit(instance, edits)?;
    if let Some(identity) = identity
        && identity.instance == reader.instance
    {
        repair.wait_for(reader, identity)?;
    }
    repair.fix(title, Applicability::Safe, Extent::Repair)
}

/// Whether a place may have a value that only the deployment knows. Variables of ARM JSON may not.
fn may_read(context: &Context<'_>, place: At<ExpressionId>) -> bool {
    let template = context.template(place.instance);
    let range = template.range(place.id);
    let mut variables = template.variables.iter();
    template.language != Language::Json
        || !variables.any(|variable| template.range(variable.value).contains_range(range))
}

/// The edits that put what is right where the wrong value is written, if nothing else uses that, or else
/// where the property gets it.
fn edits(
    context: &Context<'_>,
    what: &Wrong,
    right: &Right,
    when: &str,
    may_be_in: &dyn Fn(At<ExpressionId>) -> bool,
) -> Option<(InstanceId, Option<Vec<TextEdit>>)> {
    let (object, written) = property(context, what)?;
    let value = what.property.instance.at(written.value);
    let own = |right: &Right| {
        let editor = context.editor(value.instance)?;
        let edits = match right {
            Right::Value(new) => editor.replace(value.id, new),
            Right::Nothing => editor.remove_property(object, PROPERTY),
        };
        Some((value.instance, edits))
    };
    if value == what.origin {
        return may_be_in(value).then(|| own(right))?;
    }
    let reached = destinations(context.program, what.origin, &|_| false);
    // A parameter of a type that takes no null.
    if !reached.parameters.is_empty() && matches!(right, Right::Nothing) {
        return None;
    }
    let is_all = reached
        .places
        .iter()
        .all(|place| is_client_id(context, place));
    if is_all && may_be_in(what.origin) && !context.is_allowed_value(what.origin) {
        let editor = context.editor(what.origin.instance)?;
        let new = match right {
            Right::Value(new) => new,
            Right::Nothing => &New::Null,
        };
        let edits = editor.replace(what.origin.id, new);
        return Some((what.origin.instance, edits));
    }
    let is_the_same = when.is_empty() && reached.parameters.is_empty();
    (is_the_same && may_be_in(value)).then(|| own(right))?
}

/// Whether a value is a client id of something of API Management there.
fn is_client_id(context: &Context<'_>, place: &Destination) -> bool {
    let Receiver::Resource(resource) = place.receiver else {
        return false;
    };
    let resource_type = context
        .resource(resource)
        .resource_type
        .to_ascii_lowercase();
    place.is_value
        && place.path.last().is_some_and(|name| name == PROPERTY)
        && resource_type.starts_with(&facts::SERVICE_PROVIDER.to_ascii_lowercase())
}
