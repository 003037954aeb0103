//! Vaults.

use access::grants::covers;
use access::network::{FirewallKind, Setting, firewall};
use access::vault::{PermissionModel, VaultReference, permission_model};
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;

use super::grants::{allows, grants, principal};
use super::page::{Page, capital, code, one_line};
use super::reads::{grant_words, reads};
use crate::circumstances::occurrences;
use crate::context::Context;

/// What is known of a vault.
pub(super) fn page(context: &Context<'_>, vault: At<ResourceId>) -> Option<Page> {
    let is_existing = context.resource(vault).is_existing;
    let what = if is_existing {
        "key vault that is there already"
    } else {
        "key vault"
    };
    let mut page = Page::new(&code(&context.label(vault)), what);
    let answers = context.judge(|evaluator| settings(evaluator, vault));
    for setting in occurrences(context, &answers.unwrap_or_default()) {
        let (what, more) = setting.what;
        page.fact(format!("{what}{}{more}", one_line(&setting.when)));
    }
    for grant in grants(context, |evaluator, grant| {
        let reference = VaultReference::Resource(evaluator.identity(vault)?);
        if !covers(evaluator, &grant.target, &reference).is_same() {
            return Ok(None);
        }
        let model = permission_model(evaluator, vault)?;
        Ok(allows(&grant.permission, model).map(|(reads, what)| {
            let who = principal(context, grant.principal.as_ref());
            let by = grant_words(context, grant.at);
            let what = what.map_or_else(String::new, |what| format!(" ({what})"));
            if reads {
                format!("May read secrets: {who}, by {by}{what}")
            } else {
                format!("Does not let read secrets: {by}, for {who}{what}")
            }
        }))
    }) {
        page.fact(grant);
    }
    let told = reads(context, |evaluator, reading| {
        if let Some(own) = reading.vault {
            return Ok(own == vault);
        }
        let identity = evaluator.identity(vault)?;
        let secret = reading.secret.as_ref();
        Ok(secret.is_some_and(|secret| secret.vault.is(evaluator, &identity).is_same()))
    });
    page.reads(context, &told, |read| {
        let service = read.place.service.map_or_else(String::new, |service| {
            format!(" of {}", code(&context.label(service)))
        });
        format!("{}{service}", capital(&read.thing(context)))
    });
    if !page.is_empty() && is_existing {
        page.fact("What it was told before this deployment is not known here");
    }
    (!page.is_empty()).then_some(page)
}

/// How a vault decides who may read, and who gets through to it: words before and behind those that
/// say when it is so.
fn settings(
    evaluator: &Evaluator<'_>,
    vault: At<ResourceId>,
) -> Result<Vec<(&'static str, String)>, Undecided> {
    let mut settings = Vec::new();
    match permission_model(evaluator, vault)? {
        PermissionModel::Roles => settings.push((
            "Goes by role assignments",
            "; access policies have no effect".to_owned(),
        )),
        PermissionModel::AccessPolicies => settings.push((
            "Goes by access policies",
            "; role assignments have no effect".to_owned(),
        )),
        PermissionModel::Unknown => {}
    }
    let firewall = match firewall(evaluator, vault)? {
        Setting::On(firewall) => {
            let by = match firewall.kind {
                FirewallKind::SelectedNetworks => "`networkAcls.defaultAction: 'Deny'`",
                FirewallKind::Disabled => "`publicNetworkAccess: 'Disabled'`",
                FirewallKind::Perimeter => "`publicNetworkAccess: 'SecuredByPerimeter'`",
            };
            let trusted = match (firewall.kind, firewall.bypass) {
                (FirewallKind::Perimeter, _) | (_, Some(false)) => "; trusted services do not pass",
                (_, Some(true)) => "; as a trusted service, only a system-assigned identity passes",
                (_, None) => "",
            };
            format!(": on ({by}){trusted}")
        }
        Setting::Off => ": off, open to all networks".to_owned(),
        Setting::Unknown => return Ok(settings),
    };
    settings.push(("Firewall", firewall));
    Ok(settings)
}
