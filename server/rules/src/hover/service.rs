//! API Management services.

use access::grants::may_get_identity;
use access::identity::{IdentityKind, ServiceIdentity, UserAssigned, service_identity};
use access::reading::{Reading, is_declared_once};
use access::reads::service_identity_of;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::{Evaluator, identity_of_value};

use super::cause::Cause;
use super::page::{Page, capital, code, link, one_line};
use super::reads::{cases_of, reads};
use super::repair::{Repair, commands};
use crate::circumstances::occurrences;
use crate::context::Context;

/// What is known of a service.
pub(super) fn page(context: &Context<'_>, service: At<ResourceId>) -> Option<Page> {
    let mut page = Page::new(&code(&context.label(service)), "API Management service");
    let told = reads(context, |evaluator, reading| {
        is_of(evaluator, reading, service)
    });
    let answers = context.judge(|evaluator| identities(context, evaluator, service));
    let answers = answers.unwrap_or_default();
    for occurrence in occurrences(context, &answers) {
        let when = one_line(&occurrence.when);
        let Some(identities) = &occurrence.what else {
            let rule = Cause::NoIdentity.rule();
            let rule = rule.map_or_else(String::new, |rule| format!(" ({})", link(rule)));
            page.fact(format!("Identity{when}: none{rule}"));
            // What is read says which identity it takes.
            if told.is_empty() {
                let cases = cases_of(&answers, &occurrence.what);
                let carry = Repair::Carry {
                    service,
                    user: None,
                    is_both: false,
                };
                page.commands(commands(context, &[carry], &cases, &when));
            }
            continue;
        };
        page.fact(format!("Identity{when}: {identities}"));
    }
    page.reads(context, &told, |read| {
        format!("{} from {}", capital(&read.thing(context)), read.vault)
    });
    (!page.is_empty()).then_some(page)
}

/// The identities of a service, in words, or that it has none; nothing where it is not deployed, or
/// that cannot be told.
fn identities(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<Vec<Option<String>>, Undecided> {
    if context.resource(service).is_existing || !evaluator.is_deployed(service)? {
        return Ok(Vec::new());
    }
    let block = match service_identity(evaluator, service)? {
        ServiceIdentity::Unknown => return Ok(Vec::new()),
        ServiceIdentity::Absent(_) => return none(evaluator, service),
        ServiceIdentity::Present(block) => block,
    };
    let Some(kind) = block.kind else {
        return Ok(Vec::new());
    };
    if kind == IdentityKind::None {
        return none(evaluator, service);
    }
    let mut words = Vec::new();
    if kind.has_system() {
        words.push("system-assigned".to_owned());
    }
    if kind.has_user() {
        let mut names = Vec::new();
        if let UserAssigned::Dictionary(dictionary, _) = &block.user_assigned {
            for entry in &dictionary.entries {
                let identity = identity_of_value(&entry.key);
                let declaration = identity.as_ref().and_then(|it| it.declaration);
                names.extend(declaration.map(|id| code(&context.label(id))));
            }
        }
        let user = format!("user-assigned {}", names.join(", "));
        words.push(user.trim_end().to_owned());
    }
    if words.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Some(words.join(", and "))])
}

/// That a service has no identity, unless it may get one elsewhere.
fn none(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<Vec<Option<String>>, Undecided> {
    let may_get_one =
        !is_declared_once(evaluator, service)? || may_get_identity(evaluator, service)?;
    Ok(if may_get_one { Vec::new() } else { vec![None] })
}

/// Whether a service makes a read.
fn is_of(
    evaluator: &Evaluator<'_>,
    reading: &Reading,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    if let Some(own) = reading.service {
        return Ok(own == service);
    }
    let Some(own) = service_identity_of(evaluator, reading.read.reader)? else {
        return Ok(false);
    };
    let service = evaluator.identity(service)?;
    Ok(evaluator.same_resource(&own, &service).is_same())
}
