//! What API Management reads from key vaults while it is deployed.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::{At, Program};
use template::value::{Evaluated, Identity, Reason, Value};
use template::{Evaluator, Lookup};

use crate::facts;
use crate::vault::{SecretReference, Version};

/// A value that points into a vault.
#[derive(Clone, Debug)]
pub struct Read {
    /// The resource that has the value.
    pub reader: At<ResourceId>,
    /// What kind of thing is read.
    pub kind: ReadKind,
    /// The expression that is the name of the property with the value.
    pub property: At<ExpressionId>,
    /// The value, as the case and the defaults of parameters give it.
    pub reference: Evaluated,
    /// The client id of the identity that reads; none for the system-assigned one.
    pub client_id: Option<Evaluated>,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// The certificate of a hostname, a property of the service itself.
    HostnameCertificate,
    /// The value of a named value.
    NamedValue,
    /// A client or CA certificate.
    Certificate,
    /// The client secret of a credential provider.
    AuthorizationProvider,
    /// The certificate of a hostname of a workspace gateway, which has an identity of its own.
    GatewayHostname,
}

impl ReadKind {
    /// How the thing is called.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::HostnameCertificate | Self::GatewayHostname => "hostname certificate",
            Self::NamedValue => "named value",
            Self::Certificate => "certificate",
            Self::AuthorizationProvider => "credential provider",
        }
    }
}

/// Where a type of resource has the values that point into a vault.
struct Place {
    resource_type: &'static str,
    kind: ReadKind,
    /// The array whose elements have the value, if it is in elements of an array.
    list: &'static [&'static str],
    reference: &'static [&'static str],
    client_id: &'static [&'static str],
}

/// The properties that point into a vault ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service
const PLACES: [Place; 7] = [
    Place {
        resource_type: facts::SERVICE_TYPE,
        kind: ReadKind::HostnameCertificate,
        list: &["properties", "hostnameConfigurations"],
        reference: &["keyVaultId"],
        client_id: &["identityClientId"],
    },
    key_vault_contract(facts::NAMED_VALUE_TYPES[0], ReadKind::NamedValue),
    key_vault_contract(facts::NAMED_VALUE_TYPES[1], ReadKind::NamedValue),
    key_vault_contract(
        "Microsoft.ApiManagement/service/certificates",
        ReadKind::Certificate,
    ),
    key_vault_contract(
        "Microsoft.ApiManagement/service/workspaces/certificates",
        ReadKind::Certificate,
    ),
    Place {
        resource_type: "Microsoft.ApiManagement/service/authorizationProviders",
        kind: ReadKind::AuthorizationProvider,
        list: &[],
        reference: &["properties", "oauth2", "keyVault", "secretIdentifier"],
        client_id: &["properties", "oauth2", "keyVault", "identityClientId"],
    },
    Place {
        resource_type: "Microsoft.ApiManagement/gateways/hostnameBindings",
        kind: ReadKind::GatewayHostname,
        list: &[],
        reference: &["properties", "keyVault", "secretId"],
        client_id: &["properties", "keyVault", "identityClientId"],
    },
];

const fn key_vault_contract(resource_type: &'static str, kind: ReadKind) -> Place {
    Place {
        resource_type,
        kind,
        list: &[],
        reference: &["properties", "keyVault", "secretIdentifier"],
        client_id: &["properties", "keyVault", "identityClientId"],
    }
}

/// Whether a resource may point into a vault.
#[must_use]
pub fn is_reader(program: &Program, resource: At<ResourceId>) -> bool {
    let resource = program.resource(resource);
    !resource.is_existing && is_type_of_reader(&resource.resource_type)
}

fn is_type_of_reader(resource_type: &str) -> bool {
    PLACES
        .iter()
        .any(|place| resource_type.eq_ignore_ascii_case(place.resource_type))
}

/// The resources that may point into a vault, in the order of the program.
pub fn readers(program: &Program) -> impl Iterator<Item = At<ResourceId>> {
    let readers = program.resources_of_types(is_type_of_reader).into_iter();
    readers.filter(|reader| !program.resource(*reader).is_existing)
}

/// What a resource reads in a case; nothing where its condition does not hold.
///
/// Many rules ask for it.
pub fn reads_of(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
) -> Result<Rc<[Read]>, Undecided> {
    #[derive(PartialEq, Eq, Hash)]
    struct ReadsOf(At<ResourceId>);
    evaluator.once(
        ReadsOf(reader),
        || Ok(find_reads(evaluator, reader)?.into()),
    )
}

fn find_reads(evaluator: &Evaluator<'_>, reader: At<ResourceId>) -> Result<Vec<Read>, Undecided> {
    let resource = evaluator.program.resource(reader);
    let mut reads = Vec::new();
    let Some(place) = PLACES
        .iter()
        .find(|place| resource.is_type(place.resource_type))
    else {
        return Ok(reads);
    };
    for (_, body) in evaluator.deployed(reader)? {
        if place.list.is_empty() {
            reads.extend(read(evaluator, reader, place, &body)?);
            continue;
        }
        let Lookup::Found(list) = evaluator.lookup_path(&body, place.list)? else {
            continue;
        };
        if let Value::Array(array) = evaluator.known(&list.value)?.value {
            for item in &array.items {
                let item = evaluator.known(item)?.value;
                reads.extend(read(evaluator, reader, place, &item)?);
            }
        }
    }
    Ok(reads)
}

/// What a resource reads from one vault, for sure.
pub fn reads_from(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    vault: &Identity,
) -> Result<Vec<Read>, Undecided> {
    let reads = reads_of(evaluator, reader)?;
    let is_from_it = |read: &&Read| {
        SecretReference::read(&read.reference.value)
            .is_some_and(|reference| reference.vault.is(evaluator, vault).is_same())
    };
    Ok(reads.iter().filter(is_from_it).cloned().collect())
}

fn read(
    evaluator: &Evaluator<'_>,
    reader: At<ResourceId>,
    place: &Place,
    value: &Value,
) -> Result<Option<Read>, Undecided> {
    let Lookup::Found(entry) = evaluator.lookup_path(value, place.reference)? else {
        return Ok(None);
    };
    let Some(property) = entry.key_expression else {
        return Ok(None);
    };
    let mut reference = evaluator.decided(&entry.value)?;
    if !says_enough(&reference.value) {
        reference = evaluator.known(&entry.value)?;
    }
    if matches!(reference.value, Value::Null) || reference.value.as_str() == Some("") {
        return Ok(None);
    }
    let client_id = match evaluator.lookup_path(value, place.client_id)? {
        Lookup::Found(entry) => {
            let given = evaluator.known(&entry.value)?;
            let is_given = !matches!(given.value, Value::Null) && given.value.as_str() != Some("");
            is_given.then_some(given)
        }
        Lookup::Absent => None,
        Lookup::Unknown => Some(Evaluated {
            value: Value::unknown(Reason::Unsupported),
            origin: property,
        }),
    };
    Ok(Some(Read {
        reader,
        kind: place.kind,
        property,
        reference,
        client_id,
    }))
}

/// Whether a reference tells vault and version, whatever its parameters are.
fn says_enough(value: &Value) -> bool {
    SecretReference::read(value).is_some_and(|reference| {
        reference.vault.name().is_some() && reference.version != Version::Unknown
    })
}

/// The service that a resource is, or belongs to, whether the program declares it or not; none if it
/// cannot be told.
pub fn service_identity_of(
    evaluator: &Evaluator<'_>,
    resource: At<ResourceId>,
) -> Result<Option<Rc<Identity>>, Undecided> {
    let identity = evaluator.identity(resource)?;
    let is_service = |name: &str| name.eq_ignore_ascii_case(facts::SERVICE_TYPE);
    if is_service(&identity.resource_type) {
        return Ok(Some(identity));
    }
    let of_service = identity.resource_type.get(..facts::SERVICE_TYPE.len());
    let segments = facts::SERVICE_TYPE.matches('/').count();
    if !of_service.is_some_and(is_service) || identity.names.len() <= segments {
        return Ok(None);
    }
    Ok(Some(Rc::new(Identity {
        declaration: None,
        index: None,
        resource_type: facts::SERVICE_TYPE.into(),
        names: identity.names[..segments].to_vec(),
        scope: identity.scope.clone(),
    })))
}

/// The declared service that a resource is, or belongs to; none if that is `existing`, or cannot be
/// told.
pub fn service_of(
    evaluator: &Evaluator<'_>,
    resource: At<ResourceId>,
) -> Result<Option<At<ResourceId>>, Undecided> {
    if evaluator
        .program
        .resource(resource)
        .is_type(facts::SERVICE_TYPE)
    {
        return Ok(Some(resource));
    }
    let Some(identity) = service_identity_of(evaluator, resource)? else {
        return Ok(None);
    };
    for service in crate::identity::services(evaluator.program) {
        let declared = evaluator.identity(service)?;
        if evaluator.same_resource(&declared, &identity).is_same() {
            return Ok(Some(service));
        }
    }
    Ok(None)
}
