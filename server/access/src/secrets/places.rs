//! The properties that take secrets, and the functions that give them back.

use std::rc::Rc;

use template::Evaluator;
use template::cases::Undecided;
use template::value::{Identity, Symbol, Value};

use crate::facts;

/// What a secret-bearing property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something that is secret in whole.
    Secret,
    /// A text that may have a credential in it.
    ConnectionString,
}

/// What takes the place of a secret that stays in a key vault ([certificates], [hostnames],
/// [providers]).
///
/// [certificates]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/certificates
/// [hostnames]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service
/// [providers]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/authorizationproviders
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InVault {
    /// `keyVaultId` in the same object.
    HostnameCertificate,
    /// `keyVault` in the same object.
    Certificate,
    /// `keyVault` of the credential provider.
    CredentialProvider,
}

/// A step to a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A property.
    Property(&'static str),
    /// Each property of a dictionary whose name says that it is a secret.
    SecretProperties,
    /// Each element.
    Items,
    /// Each element whose `name` says that it is a secret.
    SecretItems,
}

/// A property that takes a secret.
pub(super) struct Place {
    /// The type, without the name of the provider and the service.
    resource_type: &'static str,
    pub(super) path: &'static [Step],
    pub(super) kind: Kind,
    pub(super) noun: &'static str,
    pub(super) in_vault: Option<InVault>,
    /// The path of another property and the text that it must have.
    pub(super) only_if: Option<(&'static [&'static str], &'static str)>,
}

macro_rules! step {
    (items) => {
        Step::Items
    };
    (secrets) => {
        Step::SecretProperties
    };
    (named) => {
        Step::SecretItems
    };
    ($name:ident) => {
        Step::Property(stringify!($name))
    };
}

macro_rules! places {
    ($($resource_type:literal $($step:ident).+ : $noun:literal $(or $vault:ident)?;)*) => {
        &[$(Place {
            resource_type: $resource_type,
            path: &[Step::Property("properties"), $(step!($step)),+],
            kind: Kind::Secret,
            noun: $noun,
            in_vault: places!(@$($vault)?),
            only_if: None,
        }),*]
    };
    (@keyVaultId) => {
        Some(InVault::HostnameCertificate)
    };
    (@keyVault) => {
        Some(InVault::Certificate)
    };
    (@oauth2) => {
        Some(InVault::CredentialProvider)
    };
    (@) => {
        None
    };
}

/// The properties that take secrets ([reference]), under the same names in workspaces. `items` is
/// each element of an array, `secrets` each entry of a dictionary with the name of a secret, `named`
/// each element of an array with such a `name`.
///
/// CA certificates (`certificates` of a service) are public. Named values are judged by themselves.
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service
const SECRETS: &[Place] = places! {
    "" hostnameConfigurations.items.encodedCertificate: "certificate" or keyVaultId;
    "" hostnameConfigurations.items.certificatePassword: "certificate password" or keyVaultId;
    "certificates" data: "certificate" or keyVault;
    "certificates" password: "certificate password" or keyVault;
    "backends" credentials.authorization.parameter: "credential";
    "backends" credentials.header.secrets.items: "credential";
    "backends" credentials.query.secrets.items: "credential";
    "backends" proxy.password: "proxy password";
    "authorizationServers" clientSecret: "client secret";
    "authorizationServers" resourceOwnerPassword: "password";
    "authorizationServers" tokenBodyParameters.named.value: "credential";
    "identityProviders" clientSecret: "client secret";
    "openidConnectProviders" clientSecret: "client secret";
    "authorizationProviders" oauth2.grantTypes.authorizationCode.secrets: "client secret" or oauth2;
    "authorizationProviders" oauth2.grantTypes.clientCredentials.secrets: "client secret" or oauth2;
    "authorizationProviders/authorizations" parameters.secrets: "credential";
    "subscriptions" primaryKey: "key";
    "subscriptions" secondaryKey: "key";
    "users" password: "password";
    "tenant" primaryKey: "key";
    "tenant" secondaryKey: "key";
    "portalsettings" validationKey: "validation key";
    "portalconfigs" delegation.validationKey: "validation key";
};

/// The properties that take connection strings, which may have a credential in them ([caches],
/// [loggers]). That of Application Insights is none.
///
/// [caches]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/caches
/// [loggers]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/loggers
const CONNECTION_STRINGS: &[Place] = &[
    Place {
        resource_type: "caches",
        path: &[
            Step::Property("properties"),
            Step::Property("connectionString"),
        ],
        kind: Kind::ConnectionString,
        noun: "connection string",
        in_vault: None,
        only_if: None,
    },
    Place {
        resource_type: "loggers",
        path: &[
            Step::Property("properties"),
            Step::Property("credentials"),
            Step::Property("connectionString"),
        ],
        kind: Kind::ConnectionString,
        noun: "connection string",
        in_vault: None,
        only_if: Some((&["properties", "loggerType"], "azureEventHub")),
    },
];

/// The places of a type.
pub(super) fn places_of(resource_type: &str) -> impl Iterator<Item = &'static Place> {
    let own = below_service(resource_type).map(str::to_owned);
    SECRETS.iter().chain(CONNECTION_STRINGS).filter(move |it| {
        own.as_ref()
            .is_some_and(|own| own.eq_ignore_ascii_case(it.resource_type))
    })
}

/// The type of a part of a service or workspace, without that of the service; empty for the service.
fn below_service(resource_type: &str) -> Option<&str> {
    const WORKSPACES: &str = "workspaces/";
    let rest = without_prefix(resource_type, facts::SERVICE_TYPE)?;
    if rest.is_empty() {
        return Some(rest);
    }
    let rest = rest.strip_prefix('/')?;
    Some(without_prefix(rest, WORKSPACES).unwrap_or(rest))
}

fn without_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let start = text.get(..prefix.len())?;
    start
        .eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// Whether the name of a header, query parameter or field is one under which secrets are sent
/// (`Authorization`, `x-api-key`, `client_secret`).
pub(super) fn is_name_of_secret(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "authorization",
        "proxyauthorization",
        "code",
        "cookie",
        "credential",
        "key",
        "sas",
        "sig",
        "token",
    ];
    const ENDINGS: [&str; 22] = [
        "accesskey",
        "accesstoken",
        "accountkey",
        "apikey",
        "apitoken",
        "authkey",
        "authtoken",
        "bearertoken",
        "clientkey",
        "connectionstring",
        "functionkey",
        "functionskey",
        "hostkey",
        "masterkey",
        "passwd",
        "password",
        "primarykey",
        "pwd",
        "secondarykey",
        "secret",
        "sharedkey",
        "subscriptionkey",
    ];
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    NAMES.contains(&&*plain) || ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// What the functions that give secrets back are called, by the type of what they are called on, and
/// which members of their results are secret ([subscriptions], [gateways], [named values], [others]).
///
/// [subscriptions]: https://learn.microsoft.com/rest/api/apimanagement/subscription/list-secrets
/// [gateways]: https://learn.microsoft.com/rest/api/apimanagement/gateway/list-keys
/// [named values]: https://learn.microsoft.com/rest/api/apimanagement/named-value/list-value
/// [others]: https://learn.microsoft.com/rest/api/apimanagement/authorization-server/list-secrets
const LISTED: &[(&str, &str, &[&str])] = &[
    (
        "subscriptions",
        "listsecrets",
        &["primaryKey", "secondaryKey"],
    ),
    ("gateways", "listkeys", &["primary", "secondary"]),
    ("namedValues", "listvalue", &["value"]),
    ("tenant", "listsecrets", &["primaryKey", "secondaryKey"]),
    (
        "authorizationServers",
        "listsecrets",
        &["clientSecret", "resourceOwnerPassword"],
    ),
    ("identityProviders", "listsecrets", &["clientSecret"]),
    ("openidConnectProviders", "listsecrets", &["clientSecret"]),
    ("portalsettings", "listsecrets", &["validationKey"]),
];

/// The function that a value is a call of, and the resource that it is called on.
pub(super) fn listed(value: &Value) -> Option<(&str, &Rc<Identity>)> {
    let Value::Symbol(symbol) = value else {
        return None;
    };
    match &**symbol {
        Symbol::Call {
            function,
            arguments,
        } => match arguments.first() {
            Some(Value::Id(of)) => Some((&**function, of)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function, called on a resource, gives a secret of API Management, in whole or as the
/// member that is read.
pub(super) fn is_listed_secret(
    evaluator: &Evaluator<'_>,
    function: &str,
    of: &Identity,
    member: Option<&str>,
) -> Result<bool, Undecided> {
    let Some(own) = below_service(&of.resource_type) else {
        return Ok(false);
    };
    let is_secret = LISTED.iter().any(|(resource_type, name, members)| {
        resource_type.eq_ignore_ascii_case(own)
            && *name == function
            && member.is_none_or(|member| members.iter().any(|it| it.eq_ignore_ascii_case(member)))
    });
    if !is_secret || !own.eq_ignore_ascii_case("namedValues") {
        return Ok(is_secret);
    }
    // A named value is secret only where it says so.
    match of.declaration {
        Some(declaration) if !evaluator.program.resource(declaration).is_existing => {
            let body = evaluator.body(declaration)?.value;
            let secret = evaluator.property(&body, &["properties", "secret"])?;
            let secret = secret.given().map(|given| given.evaluated.value);
            Ok(matches!(secret, Some(Value::Bool(true))))
        }
        _ => Ok(true),
    }
}
