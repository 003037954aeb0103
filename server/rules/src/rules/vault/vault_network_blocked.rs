//! `vault-network-blocked`

use access::facts;
use access::network::Blocked;
use template::edit::New;
use template::model::{ExpressionId, ExpressionKind, Reference, ResourceId};
use template::program::At;

use super::blocked::{BlockedRead, blocked_reads};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::repair::own::{choice_around, is_own};
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-network-blocked"),
    levels: "error for certificates of hostnames; warning where addresses pass the firewall, and for \
             named values and certificates",
    summary: "The firewall of a Key Vault lets no trusted services through, and API Management reads \
              the vault",
    fix: Some("unsafe: let trusted services through the firewall"),
    documentation: include_str!("vault_network_blocked.md"),
    is_about_absence: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let groups = blocked_reads(context, |blocked| blocked != Blocked::UserIdentity);
    for group in &groups {
        // A rule of the perimeter may be the one that lets API Management in, and callers may have one.
        let is_let_in = group[0].what.blocked == Blocked::Perimeter
            && (group[0].what.way.is_some() || context.program.is_contract());
        if !is_let_in {
            findings.push(finding(context, group));
        }
    }
}

fn finding(context: &Context<'_>, group: &[Occurrence<BlockedRead>]) -> Finding {
    let Occurrence { what, when } = &group[0];
    let vault = context.label(what.firewall.vault);
    let level = if what.is_hostname() && what.way.is_none() {
        Level::Error
    } else {
        Level::Warning
    };
    let (cause, fails, next) = match what.blocked {
        Blocked::Perimeter => (
            "no access rule of a network security perimeter is in sight",
            "Unless there is one that lets API Management in, the deployment will fail",
            "Add an access rule to the perimeter, or take the vault out of it",
        ),
        Blocked::NoBypass | Blocked::UserIdentity => (
            "`bypass: 'None'` shuts trusted services out",
            match what.way {
                Some(_) => {
                    "Unless another way through the firewall leads from API Management to the \
                     vault, the deployment will fail"
                }
                None => "The deployment will fail",
            },
            "Set `bypass: 'AzureServices'`",
        ),
    };
    Finding {
        rule: RULE.id,
        level,
        place: context.place(what.place.property),
        subject: context.resource_place(what.place.reader),
        message: format!(
            "{} from `{vault}`{when}, but the firewall of `{vault}` is on ({}), and {cause}. \
             {fails}: \"Failed to access KeyVault Secret … using Managed Service Identity of Api \
             Management service\". {next}",
            context.read_sentence(&what.place),
            what.setting(),
        ),
        related: BlockedRead::related(context, group),
        fixes: let_trusted_through(context, what).into_iter().collect(),
    }
}

/// The fix of a firewall that shuts trusted services out. A perimeter has none: what lets API
/// Management in is a rule of a profile that nobody but its owner knows.
fn let_trusted_through(context: &Context<'_>, read: &BlockedRead) -> Option<Fix> {
    const PATH: [&str; 3] = ["properties", "networkAcls", "bypass"];
    let origin = read
        .firewall
        .bypass_origin
        .filter(|_| read.blocked == Blocked::NoBypass)?;
    let vault = read.firewall.vault;
    let value = if is_own(context, vault, &PATH, origin) {
        choice_around(context, origin, facts::TRUSTED_SERVICES)
    } else {
        shared(context, vault, &PATH)?
    };
    context.fix(
        value.instance,
        format!(
            "Let trusted services through the firewall of `{}`",
            context.label(vault)
        ),
        Applicability::Unsafe,
        context
            .editor(value.instance)?
            .replace(value.id, &New::string(facts::TRUSTED_SERVICES)),
    )
}

/// The value of a property where it is a variable that others use as well: then the vault has a value
/// of its own instead. A parameter stays what it is for.
fn shared(context: &Context<'_>, vault: At<ResourceId>, path: &[&str]) -> Option<At<ExpressionId>> {
    let template = context.template(vault.instance);
    let mut value = context.resource(vault).body;
    for name in path {
        value = template.property(value, name)?.value;
    }
    matches!(
        template.kind(value),
        ExpressionKind::Reference(Reference::Variable(_) | Reference::Imported { .. })
    )
    .then(|| vault.instance.at(value))
}
