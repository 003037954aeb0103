//! The network between API Management and a vault: its firewall, and who passes.

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Identity, Value};
use template::{Evaluator, Given, Property, Sameness, identity_of_value};

use crate::facts;
use crate::grants::{may_be_deployed, may_be_told};
use crate::reads::ReadKind;
use crate::vault::VaultReference;

/// Whether a read gets through to its vault ([rules of a vault], [of API Management]).
///
/// [rules of a vault]: https://learn.microsoft.com/azure/key-vault/general/network-security
/// [of API Management]: https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates
#[derive(Clone, Debug)]
pub enum Network {
    /// It does: the vault is open to all networks.
    Open,
    /// It does: the firewall is on, and lets the identity through as a trusted service.
    Trusted(Firewall),
    /// It does not.
    Blocked(Blocked, Firewall),
    /// It should not, but there is a way that may let it through.
    Doubtful(Blocked, Firewall, Way),
    /// It cannot be told.
    Unknown,
}

/// Why a read does not get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// Only a system-assigned identity passes as a trusted service.
    UserIdentity,
    /// The firewall does not let trusted services through.
    NoBypass,
    /// The perimeter around the vault does not know trusted services.
    Perimeter,
}

/// A way to a vault that is not open to all networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Addresses that the firewall lets through, given by the property.
    Addresses(At<ExpressionId>),
    /// Subnets that the firewall lets through, given by the property.
    Subnets(At<ExpressionId>),
    /// A private endpoint, or a rule of a perimeter.
    Resource(At<ResourceId>),
    /// A module or resource that cannot be seen into gets the vault.
    Unseen,
}

/// The firewall of a vault that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firewall {
    /// The vault.
    pub vault: At<ResourceId>,
    /// How it is on.
    pub kind: FirewallKind,
    /// The value that turns it on.
    pub cause: At<ExpressionId>,
    /// Whether trusted services pass; none where that cannot be told.
    pub bypass: Option<bool>,
    /// The value that says so.
    pub bypass_origin: Option<At<ExpressionId>>,
}

/// How a firewall is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirewallKind {
    /// `networkAcls.defaultAction: 'Deny'`
    SelectedNetworks,
    /// `publicNetworkAccess: 'Disabled'`
    Disabled,
    /// `publicNetworkAccess: 'SecuredByPerimeter'`
    Perimeter,
}

/// Whether a read of this kind, with a user-assigned identity or with the system-assigned one, gets
/// through to the vault of a declaration.
pub fn network(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
    kind: ReadKind,
    is_user: Option<bool>,
) -> Result<Network, Undecided> {
    let firewall = match firewall(evaluator, vault)? {
        Setting::On(firewall) => firewall,
        Setting::Off => return Ok(Network::Open),
        Setting::Unknown => return Ok(Network::Unknown),
    };
    let is_perimeter = firewall.kind == FirewallKind::Perimeter;
    let blocked = match (is_user, firewall.bypass) {
        // It keeps the system-assigned identity out just the same.
        _ if is_perimeter => Blocked::Perimeter,
        (Some(true), _) => Blocked::UserIdentity,
        (_, Some(false)) => Blocked::NoBypass,
        (Some(false), Some(true)) => return Ok(Network::Trusted(firewall)),
        (Some(false) | None, _) => return Ok(Network::Unknown),
    };
    let is_hostname = matches!(
        kind,
        ReadKind::HostnameCertificate | ReadKind::GatewayHostname
    );
    let ways = ways(evaluator, vault, &firewall)?;
    let way = ways.into_iter().find(|way| match (blocked, way) {
        // What reads the certificates of hostnames is no part of the service's own network.
        (_, Way::Addresses(_)) | (Blocked::Perimeter, _) => true,
        _ => !is_hostname,
    });
    Ok(match way {
        Some(way) => Network::Doubtful(blocked, firewall, way),
        None => Network::Blocked(blocked, firewall),
    })
}

/// What the template says of a firewall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// It is on.
    On(Firewall),
    /// All networks get through.
    Off,
    /// It cannot be told.
    Unknown,
}

/// The firewall of a declared vault, or of another resource that has one in the same properties.
pub fn firewall(evaluator: &Evaluator<'_>, vault: At<ResourceId>) -> Result<Setting, Undecided> {
    #[derive(PartialEq, Eq, Hash)]
    struct FirewallOf(At<ResourceId>);
    evaluator.once(FirewallOf(vault), || read_firewall(evaluator, vault))
}

fn read_firewall(evaluator: &Evaluator<'_>, vault: At<ResourceId>) -> Result<Setting, Undecided> {
    if evaluator.program.resource(vault).is_existing || is_declared_again(evaluator, vault)? {
        return Ok(Setting::Unknown);
    }
    let body = evaluator.body(vault)?.value;
    let property = |path: &[&str]| evaluator.property(&body, path);
    let access = property(&["properties", "publicNetworkAccess"])?;
    let action = property(&["properties", "networkAcls", "defaultAction"])?;
    let bypass = property(&["properties", "networkAcls", "bypass"])?;
    let has_value = |property: &Property, value: &str| {
        property
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    let is_sure = |property: &Property, values: &[&str]| match property {
        Property::Absent => true,
        given => values.iter().any(|value| has_value(given, value)),
    };
    let kinds = [
        (&access, "SecuredByPerimeter", FirewallKind::Perimeter),
        (&access, "Disabled", FirewallKind::Disabled),
        (&action, "Deny", FirewallKind::SelectedNetworks),
    ];
    for (property, value, kind) in kinds {
        if let Property::Given(Given { evaluated, .. }) = property
            && has_value(property, value)
        {
            return Ok(Setting::On(Firewall {
                vault,
                kind,
                cause: evaluated.origin,
                bypass: match &bypass {
                    // The default, as the reference of the property has it.
                    Property::Absent => Some(true),
                    given if has_value(given, facts::TRUSTED_SERVICES) => Some(true),
                    given if has_value(given, "None") => Some(false),
                    Property::Given(_) | Property::Unknown => None,
                },
                bypass_origin: bypass.given().map(|given| given.evaluated.origin),
            }));
        }
    }
    let is_off = is_sure(&access, &["Enabled"]) && is_sure(&action, &["Allow"]);
    Ok(if is_off {
        Setting::Off
    } else {
        Setting::Unknown
    })
}

/// Whether the program declares the same resource once more, perhaps with another firewall.
fn is_declared_again(evaluator: &Evaluator<'_>, vault: At<ResourceId>) -> Result<bool, Undecided> {
    let identity = evaluator.identity(vault)?;
    let resource_type = &evaluator.program.resource(vault).resource_type;
    for (other, resource) in evaluator.program.resources_of_type(resource_type) {
        if other != vault
            && !resource.is_existing
            && may_be_deployed(evaluator, other)
            && evaluator
                .same_resource(&*evaluator.identity(other)?, &identity)
                .is_same()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What may let reads through the firewall of a vault, or of another resource.
pub fn ways(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
    firewall: &Firewall,
) -> Result<Vec<Way>, Undecided> {
    let body = evaluator.body(vault)?.value;
    let mut ways = Vec::new();
    match firewall.kind {
        FirewallKind::SelectedNetworks => {
            let rules = |name, way| rules(evaluator, &body, name, way);
            ways.extend(rules("ipRules", Way::Addresses)?);
            ways.extend(rules("virtualNetworkRules", Way::Subnets)?);
        }
        // It overrides the rules of the firewall.
        FirewallKind::Disabled => {}
        FirewallKind::Perimeter => ways.extend(perimeter_rule(evaluator).map(Way::Resource)),
    }
    ways.extend(private_endpoint(evaluator, vault)?.map(Way::Resource));
    let reference = VaultReference::Resource(evaluator.identity(vault)?);
    if ways.is_empty() && may_be_told(evaluator, &reference)? {
        ways.push(Way::Unseen);
    }
    Ok(ways)
}

/// The way that a list of rules opens, if it has some or may have.
fn rules(
    evaluator: &Evaluator<'_>,
    vault: &Value,
    name: &str,
    way: fn(At<ExpressionId>) -> Way,
) -> Result<Option<Way>, Undecided> {
    Ok(
        match evaluator.property(vault, &["properties", "networkAcls", name])? {
            Property::Given(Given { evaluated, .. }) => match &evaluated.value {
                Value::Array(list) if list.items.is_empty() && !list.is_open() => None,
                _ => Some(way(evaluated.origin)),
            },
            Property::Absent => None,
            Property::Unknown => Some(Way::Unseen),
        },
    )
}

fn perimeter_rule(evaluator: &Evaluator<'_>) -> Option<At<ResourceId>> {
    let rules = evaluator
        .program
        .resources_of_type(facts::PERIMETER_RULE_TYPE);
    rules
        .map(|(id, _)| id)
        .find(|id| may_be_deployed(evaluator, *id))
}

/// Whether a vault has a private endpoint in sight, or may have one where the program cannot be seen
/// into.
pub fn may_have_private_endpoint(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
) -> Result<bool, Undecided> {
    let reference = VaultReference::Resource(evaluator.identity(vault)?);
    Ok(private_endpoint(evaluator, vault)?.is_some() || may_be_told(evaluator, &reference)?)
}

/// A private endpoint that leads to a vault, or may.
fn private_endpoint(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
) -> Result<Option<At<ResourceId>>, Undecided> {
    let identity = evaluator.identity(vault)?;
    let endpoints = evaluator
        .program
        .resources_of_type(facts::PRIVATE_ENDPOINT_TYPE);
    for (endpoint, resource) in endpoints {
        if !resource.is_existing
            && may_be_deployed(evaluator, endpoint)
            && leads_to(evaluator, endpoint, &identity)
                .unwrap_or(Sameness::Unknown)
                .may_be_same()
        {
            return Ok(Some(endpoint));
        }
    }
    Ok(None)
}

fn leads_to(
    evaluator: &Evaluator<'_>,
    endpoint: At<ResourceId>,
    vault: &Rc<Identity>,
) -> Result<Sameness, Undecided> {
    let mut answer = Sameness::Different;
    for (_, body) in evaluator.deployed(endpoint)? {
        for list in [
            "privateLinkServiceConnections",
            "manualPrivateLinkServiceConnections",
        ] {
            let connections = match evaluator.property(&body, &["properties", list])? {
                Property::Absent => continue,
                Property::Unknown => return Ok(Sameness::Unknown),
                Property::Given(given) => given.evaluated.value,
            };
            let Value::Array(connections) = connections else {
                return Ok(Sameness::Unknown);
            };
            for connection in &connections.items {
                let connection = evaluator.known(connection)?.value;
                let path = ["properties", "privateLinkServiceId"];
                let target = evaluator.property(&connection, &path)?.given();
                let target = target.and_then(|it| identity_of_value(&it.evaluated.value));
                match target.map(|target| evaluator.same_resource(&target, vault)) {
                    Some(Sameness::Same) => return Ok(Sameness::Same),
                    Some(Sameness::Different) => {}
                    Some(Sameness::Unknown) | None => answer = Sameness::Unknown,
                }
            }
        }
    }
    Ok(answer)
}
