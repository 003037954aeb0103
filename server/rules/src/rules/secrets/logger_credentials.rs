//! `logger-credentials`

mod repair;

use access::credentials::{is_credential, is_kept_secret};
use access::facts::{
    APPLICATION_INSIGHTS_TYPE, EVENT_HUBS_LOGGER, LOGGER_IDENTITY_SINCE, LOGGER_TYPES,
    NAMED_VALUE_TYPES, api_version_date,
};
use access::placeholders::{has_token, is_placeholder};
use access::reads::service_identity_of;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Piece, Text, Value};
use template::{Evaluator, Property, Sameness};

use super::named_values;
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("logger-credentials"),
    levels: "error or warning",
    summary: "A logger signs in with a key where it could use an identity, or cannot sign in",
    fix: Some("unsafe: endpoint, identity and role in place of a key; the host alone"),
    documentation: include_str!("logger_credentials.md"),
    is_about_absence: false,
    check,
};

/// What is wrong with how a logger signs in.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// It uses a connection string of Event Hubs, given to the property.
    ConnectionString(At<ExpressionId>),
    /// Its endpoint is no host.
    Endpoint(At<ExpressionId>, Endpoint),
    /// It has an endpoint, named by the property, and no identity.
    NoIdentity(At<ExpressionId>),
    /// It has an identity, which its API version does not know.
    ApiVersion(At<ExpressionId>),
    /// It has a key of a component that takes none, as the property of that says.
    KeysRefused(At<ResourceId>, At<ExpressionId>),
    /// It refers to a named value by the name of the resource.
    ResourceName(At<ExpressionId>, At<ResourceId>),
}

/// What an endpoint is instead of a host.
#[derive(Clone, Copy, PartialEq)]
enum Endpoint {
    WithPath,
    ConnectionString,
    NoHost,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (id, resource) in context.program.resources() {
        if resource.is_existing || !LOGGER_TYPES.iter().any(|logger| resource.is_type(logger)) {
            continue;
        }
        let answers = context.judge(|evaluator| faults(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn faults(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Fault>, Undecided> {
    let mut faults = Vec::new();
    for (_, body) in evaluator.deployed(id)? {
        let kind = evaluator.property(&body, &["properties", "loggerType"])?;
        let Some(kind) = kind.as_str() else {
            continue;
        };
        if kind.eq_ignore_ascii_case(EVENT_HUBS_LOGGER) {
            faults.extend(faults_of_event_hubs(evaluator, id, &body)?);
        } else if kind.eq_ignore_ascii_case("applicationInsights") {
            faults.extend(refused_key(evaluator, &body)?);
        }
        faults.extend(resource_name(evaluator, id, &body)?);
    }
    Ok(faults)
}

fn credential(evaluator: &Evaluator<'_>, body: &Value, name: &str) -> Result<Property, Undecided> {
    evaluator.property(body, &["properties", "credentials", name])
}

fn faults_of_event_hubs(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    body: &Value,
) -> Result<Vec<Fault>, Undecided> {
    let connection = credential(evaluator, body, "connectionString")?;
    let identity = credential(evaluator, body, "identityClientId")?;
    let mut faults = Vec::new();
    if let Property::Given(connection) = &connection
        && let Property::Absent = identity
        && let Some(property) = connection.name
        && is_connection_string(evaluator, &connection.evaluated.value)
    {
        faults.push(Fault::ConnectionString(property));
    }
    let endpoint = credential(evaluator, body, "endpointAddress")?;
    let Some(endpoint) = endpoint.given() else {
        return Ok(faults);
    };
    if let Value::Text(text) = &endpoint.evaluated.value
        && let Some(mistake) = mistake(text)
    {
        faults.push(Fault::Endpoint(endpoint.evaluated.origin, mistake));
    }
    match (endpoint.name, identity, connection) {
        _ if endpoint.evaluated.value.as_str() == Some("") => {}
        (Some(name), Property::Absent, Property::Absent) => faults.push(Fault::NoIdentity(name)),
        (_, Property::Given(_), _) => faults.extend(old_version(evaluator, id)?),
        _ => {}
    }
    Ok(faults)
}

/// Whether a value is a connection string for sure, and not the name of a named value that holds one.
fn is_connection_string(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    if let Value::Text(text) = value {
        let mut literals = text.pieces().iter().filter_map(|piece| match piece {
            Piece::Literal(literal) => Some(&**literal),
            Piece::Hole(_) => None,
        });
        if literals.clone().any(|literal| literal.contains("{{")) {
            return false;
        }
        if literals.any(is_credential) {
            return true;
        }
    }
    is_kept_secret(evaluator.program, value)
}

/// What is wrong with the endpoint of a namespace, whatever is put into its holes.
fn mistake(endpoint: &Text) -> Option<Endpoint> {
    let parts = endpoint.split('/');
    let has_scheme = matches!(parts.as_slice(), [_, empty, _, ..] if empty.as_str() == Some(""));
    let rest = if has_scheme { &parts[2..] } else { &parts[..] };
    let (host, path) = rest.split_first()?;
    let known = endpoint.as_str();
    if known.is_some_and(|text| has_token(text) || is_placeholder(text) || text.is_empty()) {
        return None;
    }
    let is_connection_string = match endpoint.pieces() {
        [Piece::Literal(start), ..] => start.to_ascii_lowercase().starts_with("endpoint="),
        _ => false,
    };
    if is_connection_string {
        return Some(Endpoint::ConnectionString);
    }
    if path.iter().any(|part| part.as_str() != Some("")) {
        return Some(Endpoint::WithPath);
    }
    let is_host = host.as_str().is_none_or(|host| host.contains('.'));
    (!is_host).then_some(Endpoint::NoHost)
}

/// The API version of a logger, where it does not know identities.
fn old_version(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Option<Fault>, Undecided> {
    let Some(version) = evaluator.program.resource(id).api_version else {
        return Ok(None);
    };
    let version = id.instance.at(version);
    let written = evaluator.evaluate(version)?.value;
    let date = written.as_str().and_then(api_version_date);
    let is_old = date.is_some_and(|date| date < LOGGER_IDENTITY_SINCE);
    Ok(is_old.then_some(Fault::ApiVersion(version)))
}

/// A key of an Application Insights component that takes none, used without an identity.
fn refused_key(evaluator: &Evaluator<'_>, body: &Value) -> Result<Option<Fault>, Undecided> {
    let Property::Absent = credential(evaluator, body, "identityClientId")? else {
        return Ok(None);
    };
    for name in ["connectionString", "instrumentationKey"] {
        let Some(key) = credential(evaluator, body, name)?.given() else {
            continue;
        };
        let Some((component, _)) = key.evaluated.value.as_property() else {
            continue;
        };
        if !component.is_type(APPLICATION_INSIGHTS_TYPE) {
            continue;
        }
        let created = evaluator.created(component)?;
        let Some(declaration) = created.and_then(|created| created.declaration) else {
            continue;
        };
        if evaluator.program.resource(declaration).repetition.is_some() {
            continue;
        }
        let component = evaluator.body(declaration)?.value;
        let switch = evaluator.property(&component, &["properties", "DisableLocalAuth"])?;
        if let Property::Given(switch) = switch
            && let Value::Bool(true) = switch.evaluated.value
        {
            let place = switch.name.unwrap_or(switch.evaluated.origin);
            return Ok(Some(Fault::KeysRefused(declaration, place)));
        }
    }
    Ok(None)
}

/// What a logger may refer to a named value for.
const REFERENCES: [&str; 4] = [
    "connectionString",
    "endpointAddress",
    "identityClientId",
    "instrumentationKey",
];

/// A reference to a named value by the name of its resource, where no display name is the same
/// ([report]).
///
/// [report]: https://github.com/Azure/apiops/issues/638
fn resource_name(
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
    body: &Value,
) -> Result<Option<Fault>, Undecided> {
    for name in REFERENCES {
        let Some(given) = credential(evaluator, body, name)?.given() else {
            continue;
        };
        let value = given.evaluated;
        let reference = value.value.as_str().and_then(|text| {
            let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
            Some(name.trim())
        });
        if let Some(reference) = reference
            && let Some(named) = named_like(evaluator, id, reference)?
        {
            return Ok(Some(Fault::ResourceName(value.origin, named)));
        }
    }
    Ok(None)
}

/// The named value of a logger's service whose resource has a name that is the display name of none.
/// Those of workspaces are apart.
fn named_like(
    evaluator: &Evaluator<'_>,
    logger: At<ResourceId>,
    reference: &str,
) -> Result<Option<At<ResourceId>>, Undecided> {
    let program = evaluator.program;
    let service = service_identity_of(evaluator, logger)?;
    let Some(service) = service.filter(|_| program.resource(logger).is_type(LOGGER_TYPES[0]))
    else {
        return Ok(None);
    };
    let mut found = None;
    for id in named_values(program) {
        if !program.resource(id).is_type(NAMED_VALUE_TYPES[0]) {
            continue;
        }
        let is_theirs = match service_identity_of(evaluator, id)? {
            Some(other) => evaluator.same_resource(&other, &service),
            None => Sameness::Unknown,
        };
        if is_theirs == Sameness::Different {
            continue;
        }
        for (_, body) in evaluator.deployed(id)? {
            let display = evaluator.property(&body, &["properties", "displayName"])?;
            let is_other = display
                .as_str()
                .is_some_and(|display| !display.eq_ignore_ascii_case(reference));
            if !is_other {
                return Ok(None);
            }
        }
        let identity = evaluator.identity(id)?;
        let name = identity.name().and_then(Value::as_str);
        let is_it = name.is_some_and(|name| name.eq_ignore_ascii_case(reference));
        if is_it && is_theirs == Sameness::Same && evaluator.is_deployed(id)? {
            found = Some(id);
        }
    }
    Ok(found)
}

fn finding(context: &Context<'_>, id: At<ResourceId>, fault: Fault, when: &str) -> Finding {
    let label = context.label(id);
    let declaration = context.resource_place(id);
    let related = |place, message: &str| Related {
        place: context.place(place),
        message: message.to_owned(),
    };
    let (level, place, message, related) = match fault {
        Fault::ConnectionString(property) => (
            Level::Warning,
            context.place(property),
            format!(
                "`{label}` signs in to Event Hubs with a connection string{when}, a key that \
                 everybody can use who gets hold of it: with `endpointAddress` and \
                 `identityClientId` it uses an identity of API Management"
            ),
            None,
        ),
        Fault::Endpoint(origin, mistake) => (
            Level::Error,
            context.place(origin),
            format!(
                "The endpoint of `{label}` {}{when}: it is the host of the namespace alone, \
                 `{{namespace}}.servicebus.windows.net`, and `name` says which event hub",
                match mistake {
                    Endpoint::WithPath => "has a path behind the host",
                    Endpoint::ConnectionString => "is a connection string",
                    Endpoint::NoHost => "is no host name",
                }
            ),
            context.declaration_elsewhere(id, origin),
        ),
        Fault::NoIdentity(endpoint) => (
            Level::Error,
            declaration.clone(),
            format!(
                "`{label}` has an endpoint of Event Hubs and nothing to sign in with{when}: it needs \
                 `identityClientId`, which is 'SystemAssigned' or the client id of a user-assigned \
                 identity"
            ),
            Some(related(endpoint, "the endpoint is given here")),
        ),
        Fault::ApiVersion(version) => (
            Level::Error,
            context.place(version),
            format!(
                "`{label}` signs in to Event Hubs with an identity{when}, which loggers do not do \
                 before API version `2022-04-01-preview`"
            ),
            None,
        ),
        Fault::KeysRefused(component, switch) => (
            Level::Error,
            declaration.clone(),
            format!(
                "`{label}` has a key of `{}`, which takes no keys, and no identity{when}: with local \
                 authentication off the logger needs an `identityClientId` beside the connection \
                 string",
                context.label(component)
            ),
            Some(related(switch, "local authentication is off here")),
        ),
        Fault::ResourceName(reference, named) => (
            Level::Warning,
            context.place(reference),
            format!(
                "`{label}` refers to the named value `{}` by the name of the resource{when}, but a \
                 reference takes the display name. Unless another one has this display name, Azure \
                 refuses it: \"One or more Properties ['{{0}}'] specified are missing.\"",
                context.label(named)
            ),
            Some(Related {
                place: context.resource_place(named),
                message: "this is the named value".to_owned(),
            }),
        ),
    };
    Finding {
        rule: RULE.id,
        level,
        place,
        subject: declaration,
        message,
        related: related
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: repair::fix(context, id, fault, when).into_iter().collect(),
    }
}
