//! `vault-subnet-endpoint-missing`

use access::network::{FirewallKind, Network, Way, may_have_private_endpoint};
use access::reading::Reading;
use access::reads::readers;
use access::subnet::{Subnet, subnet_of};
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::{Evaluator, Property};

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-subnet-endpoint-missing"),
    levels: "info",
    summary: "A service in a virtual network reads a Key Vault with a firewall, and its subnet has no \
              endpoint of Key Vault",
    fix: None,
    documentation: include_str!("vault_subnet_endpoint_missing.md"),
    is_about_absence: true,
    check,
};

/// A subnet without the endpoint.
#[derive(Clone, Copy, PartialEq)]
struct Missing {
    subnet: Subnet,
    service: At<ResourceId>,
    vault: At<ResourceId>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Missing> = Vec::new();
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for reading in Reading::all(evaluator, id)? {
                found.extend(missing(evaluator, &reading)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            if !seen.contains(&occurrence.what) {
                seen.push(occurrence.what);
                findings.push(finding(context, &occurrence));
            }
        }
    }
}

fn missing(evaluator: &Evaluator<'_>, reading: &Reading) -> Result<Option<Missing>, Undecided> {
    let Some(service) = reading.service else {
        return Ok(None);
    };
    let (Network::Trusted(firewall) | Network::Doubtful(_, firewall, Way::Subnets(_))) =
        reading.network(evaluator)?
    else {
        return Ok(None);
    };
    let vault = evaluator.body(firewall.vault)?.value;
    let access = evaluator.property(&vault, &["properties", "publicNetworkAccess"])?;
    if firewall.kind != FirewallKind::SelectedNetworks
        // It may be disabled.
        || !matches!(access, Property::Absent) && access.as_str().is_none()
        || may_have_private_endpoint(evaluator, firewall.vault)?
    {
        return Ok(None);
    }
    let subnet = subnet_of(evaluator, service)?;
    Ok(subnet
        .filter(|subnet| subnet.has_vault_endpoint == Some(false))
        .map(|subnet| Missing {
            subnet,
            service,
            vault: firewall.vault,
        }))
}

fn finding(context: &Context<'_>, occurrence: &Occurrence<Missing>) -> Finding {
    let Occurrence { what, when } = occurrence;
    let place = match what.subnet.name {
        Some(name) => context.place(name),
        None => context.resource_place(what.subnet.at),
    };
    let (service, vault) = (context.label(what.service), context.label(what.vault));
    let related = [
        (what.service, "this service is in the subnet"),
        (what.vault, "this vault has a firewall"),
    ];
    let related = related.into_iter().map(|(id, message)| Related {
        place: context.resource_place(id),
        message: message.to_owned(),
    });
    Finding {
        rule: RULE.id,
        level: Level::Info,
        place,
        subject: context.resource_place(what.subnet.at),
        message: format!(
            "This subnet of `{service}` has no service endpoint `Microsoft.KeyVault`{when}, which Azure \
             asks for where a service in a virtual network reads a vault whose firewall is on, as that \
             of `{vault}`",
        ),
        related: related
            .chain(context.callers(what.subnet.at.instance))
            .collect(),
        fixes: Vec::new(),
    }
}
