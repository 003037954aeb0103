//! `vault-subnet-endpoint-missing`

use access::facts::VAULT_ENDPOINT;
use access::network::{FirewallKind, Network, Way, may_have_private_endpoint};
use access::reading::Reading;
use access::reads::readers;
use access::subnet::{Subnet, subnets_of};
use syntax::TextEdit;
use template::cases::Undecided;
use template::edit::{New, Placement};
use template::model::{ExpressionKind, Reference, ResourceId};
use template::program::{At, InstanceId};
use template::{Evaluator, Property};

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::own::is_own;
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-subnet-endpoint-missing"),
    levels: "info",
    summary: "A service in a virtual network reads a Key Vault with a firewall, and its subnet has no \
              endpoint of Key Vault",
    fix: Some("unsafe: add the endpoint"),
    documentation: include_str!("vault_subnet_endpoint_missing.md"),
    is_about_absence: true,
    check,
};

/// A subnet without the endpoint.
#[derive(Clone, PartialEq)]
struct Missing {
    /// Its declarations, never none.
    subnets: Vec<Subnet>,
    service: At<ResourceId>,
    vault: At<ResourceId>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Missing> = Vec::new();
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for reading in Reading::all(evaluator, id)?.iter() {
                found.extend(missing(evaluator, reading)?);
            }
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            if !seen.contains(&occurrence.what) {
                seen.push(occurrence.what.clone());
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
    let subnets = subnets_of(evaluator, service)?;
    let is_missing = subnets
        .first()
        .is_some_and(|subnet| subnet.has_vault_endpoint == Some(false));
    Ok(is_missing.then_some(Missing {
        subnets,
        service,
        vault: firewall.vault,
    }))
}

fn finding(context: &Context<'_>, occurrence: &Occurrence<Missing>) -> Finding {
    let Occurrence { what, when } = occurrence;
    let subnet = what.subnets[0];
    let place = match subnet.name {
        Some(name) => context.place(name),
        None => context.resource_place(subnet.at),
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
        subject: context.resource_place(subnet.at),
        message: format!(
            "This subnet of `{service}` has no service endpoint `Microsoft.KeyVault`{when}, which Azure \
             asks for where a service in a virtual network reads a vault whose firewall is on, as that \
             of `{vault}`",
        ),
        related: related.chain(context.callers(subnet.at.instance)).collect(),
        fixes: repair(context, &what.subnets).into_iter().collect(),
    }
}

/// The fix that adds the endpoint to every declaration of a subnet, whichever of them wins.
fn repair(context: &Context<'_>, subnets: &[Subnet]) -> Option<Fix> {
    let mut repair = Repair::new(context);
    for subnet in subnets {
        let added = added(context, subnet)?;
        repair.edit(added.0, Some(added.1))?;
    }
    repair.fix(
        format!("Add the service endpoint {VAULT_ENDPOINT} to the subnet"),
        Applicability::Unsafe,
        Extent::Repair,
    )
}

/// The edits that add the endpoint to a declaration, and the instance whose file they are of.
fn added(context: &Context<'_>, subnet: &Subnet) -> Option<(InstanceId, Vec<TextEdit>)> {
    const LIST: [&str; 2] = ["properties", "subnets"];
    const ENDPOINTS: &str = "serviceEndpoints";
    if subnet.name.is_some() && !is_own(context, subnet.at, &LIST, subnet.body) {
        return None;
    }
    let endpoint = New::object([("service", New::string(VAULT_ENDPOINT))]);
    let list = New::Array(vec![endpoint.clone()]);
    let instance = subnet.body.instance;
    let template = context.template(instance);
    let editor = context.editor(instance)?;
    let Some(properties) = template.property(subnet.body.id, "properties") else {
        let properties = New::object([(ENDPOINTS, list)]);
        let edits =
            editor.insert_property(subnet.body.id, "properties", &properties, Placement::End);
        return Some((instance, edits?));
    };
    let Some(written) = template.property(properties.value, ENDPOINTS) else {
        let edits = editor.insert_property(properties.value, ENDPOINTS, &list, Placement::End);
        return Some((instance, edits?));
    };
    let edits = match template.kind(written.value) {
        ExpressionKind::Array(_) => editor.append_item(written.value, &endpoint),
        ExpressionKind::Null => editor.replace(written.value, &list),
        ExpressionKind::Reference(Reference::Variable(id)) => {
            let variable = template.variable(*id).value;
            let path: &[&str] = match subnet.name {
                Some(_) => &["properties", "subnets", "properties", ENDPOINTS],
                None => &["properties", ENDPOINTS],
            };
            let is_list = matches!(template.kind(variable), ExpressionKind::Array(_));
            if is_list && is_own(context, subnet.at, path, instance.at(variable)) {
                editor.append_item(variable, &endpoint)
            } else {
                let all = vec![New::Copy(written.value), list];
                editor.replace(written.value, &New::Call("concat", all))
            }
        }
        _ => None,
    };
    Some((instance, edits?))
}
