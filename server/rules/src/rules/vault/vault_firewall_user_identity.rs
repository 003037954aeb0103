//! `vault-firewall-user-identity`

mod repair;

use access::network::Blocked;

use super::blocked::{BlockedRead, blocked_reads};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-firewall-user-identity"),
    levels: "error; warning where the vault lets addresses, subnets or a private endpoint through",
    summary: "A user-assigned identity reads a Key Vault whose firewall lets only the \
              system-assigned identity through",
    fix: Some("unsafe: read with the system-assigned identity, and grant it access"),
    documentation: include_str!("vault_firewall_user_identity.md"),
    is_about_absence: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let groups = blocked_reads(context, |blocked| blocked == Blocked::UserIdentity);
    findings.extend(groups.iter().map(|group| finding(context, group)));
}

fn finding(context: &Context<'_>, group: &[Occurrence<BlockedRead>]) -> Finding {
    let Occurrence { what, when } = &group[0];
    let identity = what.identity.as_ref().map_or("its identity", |it| &it.0);
    let vault = context.label(what.firewall.vault);
    let (level, consequence) = match what.way {
        None => (Level::Error, "The deployment will fail"),
        Some(_) => (
            Level::Warning,
            "This is not supported even where another way through the firewall leads to the vault, and \
             the deployment may fail",
        ),
    };
    let bypass = match what.firewall.bypass {
        Some(true) => "",
        Some(false) | None => " and `bypass: 'AzureServices'`",
    };
    let order = if what.is_hostname() {
        ", granted access before the hostname is added"
    } else {
        ""
    };
    Finding {
        rule: RULE.id,
        level,
        place: context.place(what.place.property),
        subject: context.resource_place(what.place.reader),
        message: format!(
            "{} from `{vault}` with {identity}{when}, but the firewall of `{vault}` is on ({}), and \
             only a system-assigned identity passes it as a trusted service. {consequence}: \"Failed \
             to access KeyVault Secret … using Managed Service Identity of Api Management service. \
             Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the \
             KeyVault Access Policies\", whatever its permissions are. Read with the system-assigned \
             identity (without `identityClientId`){bypass}{order}; or leave the vault's firewall off",
            context.read_sentence(&what.place),
            what.setting(),
        ),
        related: BlockedRead::related(context, group),
        fixes: repair::fix(context, group).into_iter().collect(),
    }
}
