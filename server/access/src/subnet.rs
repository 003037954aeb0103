//! The subnet of a service in a virtual network.

use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::{Identity, Value};
use template::{Evaluator, Property, identity_of_value};

use crate::facts;
use crate::grants::may_be_deployed;

/// A declaration of the subnet of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The subnet, or the network that has it in its list.
    pub at: At<ResourceId>,
    /// Its name in that list.
    pub name: Option<At<ExpressionId>>,
    /// What is said of it: the body of the resource, or the item of the list.
    pub body: At<ExpressionId>,
    /// Whether it has an endpoint of Key Vault; none where that cannot be told.
    pub has_vault_endpoint: Option<bool>,
}

/// The declarations of the subnet that a service of a classic tier is injected into ([reference]); none
/// where it is in no network, or the subnet cannot be told. It may be declared as a resource and in the
/// list of its network: either may win, and all of them have the answer for both.
///
/// [reference]: https://learn.microsoft.com/azure/api-management/virtual-network-reference
pub fn subnets_of(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<Vec<Subnet>, Undecided> {
    let body = evaluator.body(service)?.value;
    let tier = evaluator.property(&body, &["sku", "name"])?;
    let network = evaluator.property(&body, &["properties", "virtualNetworkType"])?;
    let is_any = |property: &Property, names: &[&str]| {
        let text = property.as_str();
        text.is_some_and(|text| names.iter().any(|name| text.eq_ignore_ascii_case(name)))
    };
    if !is_any(&tier, &facts::INJECTED_TIERS) || !is_any(&network, &["External", "Internal"]) {
        return Ok(Vec::new());
    }
    let path = [
        "properties",
        "virtualNetworkConfiguration",
        "subnetResourceId",
    ];
    let id = evaluator.property(&body, &path)?.given();
    let Some(id) = id.and_then(|id| identity_of_value(&id.evaluated.value)) else {
        return Ok(Vec::new());
    };
    if !id.is_type(facts::SUBNET_TYPE) {
        return Ok(Vec::new());
    }
    let mut declared = declared(evaluator, &id)?;
    declared.extend(listed(evaluator, &id)?);
    let answers: Vec<_> = declared.iter().map(|it| it.has_vault_endpoint).collect();
    let answer = match answers.as_slice() {
        answers if answers.contains(&Some(true)) => Some(true),
        answers if answers.contains(&None) => None,
        _ => Some(false),
    };
    for subnet in &mut declared {
        subnet.has_vault_endpoint = answer;
    }
    Ok(declared)
}

/// The declarations of a subnet that are resources of their own.
fn declared(evaluator: &Evaluator<'_>, id: &Identity) -> Result<Vec<Subnet>, Undecided> {
    let mut subnets = Vec::new();
    for (at, resource) in evaluator.program.resources_of_type(facts::SUBNET_TYPE) {
        if resource.is_existing || !may_be_deployed(evaluator, at) {
            continue;
        }
        let is_loop = resource.repetition.is_some();
        let same = evaluator.same_resource(&*evaluator.identity(at)?, id);
        if !(same.is_same() || is_loop && same.may_be_same()) {
            continue;
        }
        let body = evaluator.body(at)?;
        subnets.push(Subnet {
            at,
            name: None,
            body: body.origin,
            has_vault_endpoint: if is_loop {
                None
            } else {
                has_vault_endpoint(evaluator, &body.value)?
            },
        });
    }
    Ok(subnets)
}

/// The declarations of a subnet in lists of its network.
fn listed(evaluator: &Evaluator<'_>, id: &Identity) -> Result<Vec<Subnet>, Undecided> {
    let mut subnets = Vec::new();
    let [network, name] = id.names.as_slice() else {
        return Ok(subnets);
    };
    for (at, resource) in evaluator.program.resources_of_type(facts::NETWORK_TYPE) {
        let identity = evaluator.identity(at)?;
        let is_network = identity
            .name()
            .is_some_and(|own| evaluator.same_name(own, network).is_same())
            && evaluator.same_scope(&identity.scope, &id.scope).is_same();
        if !is_network
            || resource.is_existing
            || resource.repetition.is_some()
            || !may_be_deployed(evaluator, at)
        {
            continue;
        }
        let body = evaluator.body(at)?.value;
        let list = evaluator
            .property(&body, &["properties", "subnets"])?
            .given();
        let Some(Value::Array(list)) = list.map(|list| list.evaluated.value) else {
            continue;
        };
        for subnet in &list.items {
            let subnet = evaluator.known(subnet)?;
            let own = evaluator.property(&subnet.value, &["name"])?.given();
            let Some(own) = own.map(|own| own.evaluated) else {
                continue;
            };
            if evaluator.same_name(&own.value, name).is_same() {
                subnets.push(Subnet {
                    at,
                    name: Some(own.origin),
                    body: subnet.origin,
                    has_vault_endpoint: has_vault_endpoint(evaluator, &subnet.value)?,
                });
            }
        }
    }
    Ok(subnets)
}

fn has_vault_endpoint(
    evaluator: &Evaluator<'_>,
    subnet: &Value,
) -> Result<Option<bool>, Undecided> {
    let list = match evaluator.property(subnet, &["properties", "serviceEndpoints"])? {
        Property::Absent => return Ok(Some(false)),
        Property::Unknown => return Ok(None),
        Property::Given(given) => given.evaluated.value,
    };
    let Value::Array(list) = list else {
        return Ok(None);
    };
    let mut answer = (!list.is_open()).then_some(false);
    for endpoint in &list.items {
        let endpoint = evaluator.known(endpoint)?.value;
        match evaluator.property(&endpoint, &["service"])?.as_str() {
            Some(service) if service.eq_ignore_ascii_case(facts::VAULT_ENDPOINT) => {
                return Ok(Some(true));
            }
            Some(_) => {}
            None => answer = None,
        }
    }
    Ok(answer)
}
