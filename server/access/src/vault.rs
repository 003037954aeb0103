//! Key vaults, and the URLs of what is in them.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::value::{Identity, Piece, Reason, Symbol, Text, Value};
use template::{Evaluator, Lookup, Sameness};

use crate::facts;
use crate::grants::may_be_deployed;
use crate::placeholders::{has_token, is_placeholder};

/// A vault, as far as a reference tells which one it is.
#[derive(Clone, Debug)]
pub enum VaultReference {
    /// By its resource.
    Resource(Rc<Identity>),
    /// By its name, which is unique in all of Azure.
    Name(Value),
    /// By a URL of which nothing more is known.
    Unknown,
}

/// What tells a vault from others by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum VaultKey {
    Declaration(At<ResourceId>),
    Name(String),
}

impl VaultReference {
    /// What tells the vault from others by itself, if it is known by such a thing.
    pub(crate) fn key(&self) -> Option<VaultKey> {
        match self {
            Self::Resource(identity) => identity.lone_declaration().map(VaultKey::Declaration),
            Self::Name(name) => name.as_str().map(|name| VaultKey::Name(name.to_owned())),
            Self::Unknown => None,
        }
    }

    /// Whether this is the vault of a resource id.
    #[must_use]
    pub fn is(&self, evaluator: &Evaluator<'_>, vault: &Identity) -> Sameness {
        match self {
            Self::Resource(identity) => evaluator.same_resource(identity, vault),
            Self::Name(name) => match vault.names.first() {
                Some(other) => evaluator.same_name(name, other),
                None => Sameness::Unknown,
            },
            Self::Unknown => Sameness::Unknown,
        }
    }

    /// The declaration of the vault, where it is known by one.
    #[must_use]
    pub fn declaration(&self) -> Option<At<ResourceId>> {
        match self {
            Self::Resource(identity) => identity.declaration,
            Self::Name(_) | Self::Unknown => None,
        }
    }

    /// The name of the vault, if anything is known of it.
    #[must_use]
    pub fn name(&self) -> Option<&Value> {
        match self {
            Self::Resource(identity) => identity.names.first(),
            Self::Name(name) => Some(name),
            Self::Unknown => None,
        }
    }
}

/// A reference to what is in a vault: `https://{vault}/{collection}/{name}/{version}`.
#[derive(Clone, Debug)]
pub struct SecretReference {
    /// The vault.
    pub vault: VaultReference,
    /// What kind of thing it points at.
    pub collection: Collection,
    /// The name of the thing.
    pub name: Value,
    /// Whether the reference has a version.
    pub version: Version,
}

/// What a vault holds: a part of the URLs of what is in it ([guide]).
///
/// [guide]: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// Secrets, among them what certificates are made of, their private keys included.
    Secrets,
    /// Certificates, without their private keys.
    Certificates,
    /// Keys.
    Keys,
}

impl Collection {
    /// The part of a URL that stands for it.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Certificates => "certificates",
            Self::Keys => "keys",
        }
    }

    fn of_segment(segment: &str) -> Option<Self> {
        [Self::Secrets, Self::Certificates, Self::Keys]
            .into_iter()
            .find(|collection| segment.eq_ignore_ascii_case(collection.segment()))
    }
}

/// The version of a [`SecretReference`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// It has none, and means the newest.
    Newest,
    /// It is fixed to one.
    Fixed,
    /// It cannot be told.
    Unknown,
}

impl SecretReference {
    /// Reads a reference in any spelling; none if the value cannot be told to be one.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => read_url(text),
            _ => read_property(value),
        }
    }
}

/// The properties of resources in a vault that are their URLs ([secrets], [keys]).
///
/// [secrets]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/secrets
/// [keys]: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/keys
const URL_PROPERTIES: [(&str, &str, Collection, Version); 4] = [
    (
        facts::SECRET_TYPE,
        "secretUri",
        Collection::Secrets,
        Version::Newest,
    ),
    (
        facts::SECRET_TYPE,
        "secretUriWithVersion",
        Collection::Secrets,
        Version::Fixed,
    ),
    (facts::KEY_TYPE, "keyUri", Collection::Keys, Version::Newest),
    (
        facts::KEY_TYPE,
        "keyUriWithVersion",
        Collection::Keys,
        Version::Fixed,
    ),
];

/// `secret.properties.secretUri`, `secret.properties.secretUriWithVersion`, and the same of a key.
fn read_property(value: &Value) -> Option<SecretReference> {
    let (identity, _) = value.as_property()?;
    let (_, _, collection, version) = URL_PROPERTIES
        .into_iter()
        .find(|(of, name, ..)| identity.is_type(of) && value.is_property(&["properties", name]))?;
    let (vault, name) = match identity.names.as_slice() {
        [vault, name] => (VaultReference::Name(vault.clone()), name.clone()),
        _ => (VaultReference::Unknown, Value::unknown(Reason::Unsupported)),
    };
    Some(SecretReference {
        vault,
        collection,
        name,
        version,
    })
}

fn read_url(text: &Text) -> Option<SecretReference> {
    let (vault, rest) = match text.pieces() {
        [Piece::Literal(start), ..] => {
            let scheme = start.get(..8)?;
            if !scheme.eq_ignore_ascii_case("https://") {
                return None;
            }
            let mut segments = text.split('/').into_iter().skip(2);
            (vault_of_host(&segments.next()?), segments.collect())
        }
        // `${vault.properties.vaultUri}secrets/...`: the URI ends with a slash.
        [Piece::Hole(base), rest @ ..] => {
            let mut path = Text::default();
            for piece in rest {
                match piece {
                    Piece::Literal(text) => path.push_str(text),
                    Piece::Hole(value) => path.push(value.clone()),
                }
            }
            let mut segments = path.split('/');
            if segments.first().and_then(Value::as_str) == Some("") {
                segments.remove(0);
            }
            (vault_of_uri(base), segments)
        }
        [] => return None,
    };
    let rest = match rest.as_slice() {
        [rest @ .., last] if last.as_str() == Some("") => rest,
        rest => rest,
    };
    let [collection, name, version @ ..] = rest else {
        return None;
    };
    let collection = Collection::of_segment(collection.as_str()?)?;
    if name.as_str() == Some("") {
        return None;
    }
    let version = match version {
        [] => Version::Newest,
        [version] => match version.as_str() {
            Some("") => Version::Newest,
            Some(_) => Version::Fixed,
            None => Version::Unknown,
        },
        _ => return None,
    };
    Some(SecretReference {
        vault,
        collection,
        name: name.clone(),
        version,
    })
}

/// Whether a value is the URL of nothing that is in a vault, for sure.
#[must_use]
pub fn is_no_reference(value: &Value) -> bool {
    match value {
        Value::Id(_) => true,
        Value::Text(text) => match SecretReference::read(value) {
            Some(reference) => reference
                .name
                .as_str()
                .is_some_and(|name| !has_token(name) && !is_secret_name(name)),
            None => is_known(text),
        },
        // The address of a vault alone.
        _ => matches!(vault_of_uri(value), VaultReference::Resource(_)),
    }
}

/// Whether nothing of a text is open but which vault it begins with, so that what could not be read
/// as a URL is none.
fn is_known(text: &Text) -> bool {
    let path = match text.pieces() {
        [Piece::Literal(path)] => path,
        [Piece::Hole(base), Piece::Literal(path)]
            if matches!(vault_of_uri(base), VaultReference::Resource(_)) =>
        {
            path
        }
        _ => return false,
    };
    // What Azure makes of blanks around a URL, and of empty parts in it, is not documented.
    let behind_scheme = path.split_once("://").map_or(&**path, |(_, rest)| rest);
    path.trim() == &**path
        && !behind_scheme.contains("//")
        && !has_token(path)
        && !is_placeholder(path)
}

/// Whether a secret may have this name ([rules]).
///
/// [rules]: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
fn is_secret_name(name: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
    (1..=127).contains(&name.len()) && name.bytes().all(is_letter)
}

fn vault_of_uri(base: &Value) -> VaultReference {
    match base.as_property() {
        Some((identity, _))
            if identity.is_type(facts::VAULT_TYPE)
                && base.is_property(&["properties", "vaultUri"]) =>
        {
            VaultReference::Resource(identity.clone())
        }
        _ => VaultReference::Unknown,
    }
}

/// The vault of `{name}.vault.azure.net`, or of `{name}${environment().suffixes.keyvaultDns}`.
fn vault_of_host(host: &Value) -> VaultReference {
    let Value::Text(host) = host else {
        return VaultReference::Unknown;
    };
    let Some((last, before)) = host.pieces().split_last() else {
        return VaultReference::Unknown;
    };
    let mut name = Text::default();
    for piece in before {
        match piece {
            Piece::Literal(text) => name.push_str(text),
            Piece::Hole(value) => name.push(value.clone()),
        }
    }
    match last {
        Piece::Literal(text) => {
            let lower = text.to_ascii_lowercase();
            let Some(suffix) = facts::VAULT_HOST_SUFFIXES
                .iter()
                .find(|suffix| lower.ends_with(*suffix))
            else {
                return VaultReference::Unknown;
            };
            name.push_str(&text[..text.len() - suffix.len()]);
        }
        Piece::Hole(value) if is_vault_suffix(value) => {}
        Piece::Hole(_) => return VaultReference::Unknown,
    }
    match name.into_value() {
        name if name.as_str() == Some("") => VaultReference::Unknown,
        name => VaultReference::Name(name),
    }
}

/// `environment().suffixes.keyvaultDns`
fn is_vault_suffix(value: &Value) -> bool {
    let Value::Symbol(symbol) = value else {
        return false;
    };
    matches!(&**symbol, Symbol::Member { name, .. } if name.eq_ignore_ascii_case("keyvaultDns"))
}

/// The declaration of a vault that the case does not leave out; rather the one that creates it.
pub fn declared_vault(
    evaluator: &Evaluator<'_>,
    vault: &VaultReference,
) -> Result<Option<At<ResourceId>>, Undecided> {
    match vault.key() {
        Some(key) => evaluator.once(key, || find_declared(evaluator, vault)),
        None => find_declared(evaluator, vault),
    }
}

fn find_declared(
    evaluator: &Evaluator<'_>,
    vault: &VaultReference,
) -> Result<Option<At<ResourceId>>, Undecided> {
    let mut existing = None;
    for (id, resource) in evaluator.program.resources_of_type(facts::VAULT_TYPE) {
        if may_be_deployed(evaluator, id)
            && vault.is(evaluator, &*evaluator.identity(id)?).is_same()
        {
            if !resource.is_existing {
                return Ok(Some(id));
            }
            existing = existing.or(Some(id));
        }
    }
    Ok(existing)
}

/// How a vault decides who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionModel {
    /// By role assignments.
    Roles,
    /// By its access policies.
    AccessPolicies,
    /// It cannot be told.
    Unknown,
}

/// The permission model of a vault that the program declares; that of an `existing` one is unknown.
pub fn permission_model(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
) -> Result<PermissionModel, Undecided> {
    let resource = evaluator.program.resource(vault);
    if resource.is_existing {
        return Ok(PermissionModel::Unknown);
    }
    let body = evaluator.body(vault)?;
    let path = ["properties", "enableRbacAuthorization"];
    match evaluator.lookup_path(&body.value, &path)? {
        Lookup::Found(entry) => match evaluator.known(&entry.value)?.value {
            Value::Bool(true) => return Ok(PermissionModel::Roles),
            Value::Bool(false) => return Ok(PermissionModel::AccessPolicies),
            Value::Null => {}
            _ => return Ok(PermissionModel::Unknown),
        },
        Lookup::Absent => {}
        Lookup::Unknown => return Ok(PermissionModel::Unknown),
    }
    let Some(version) = resource.api_version else {
        return Ok(PermissionModel::Unknown);
    };
    let version = evaluator.evaluate(vault.instance.at(version))?.value;
    Ok(match version.as_str().and_then(facts::api_version_date) {
        Some(date) if date >= facts::ROLES_BY_DEFAULT_SINCE => PermissionModel::Roles,
        Some(_) => PermissionModel::AccessPolicies,
        None => PermissionModel::Unknown,
    })
}
