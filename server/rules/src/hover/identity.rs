//! Identities.

use access::grants::{Grant, Permission, Target, is_principal};
use access::identity::{Principal, carried_identities};
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;

use super::grants::grants;
use super::page::{Page, capital, code, one_line};
use super::reads::{grant_words, reads};
use super::target::Holder;
use crate::circumstances::occurrences;
use crate::context::Context;

/// What is known of an identity.
pub(super) fn page(context: &Context<'_>, holder: Holder) -> Option<Page> {
    let (id, mut page) = match holder {
        Holder::System(id) => {
            let name = format!("the identity of {}", code(&context.label(id)));
            (id, Page::new(&capital(&name), "system-assigned"))
        }
        Holder::User(id) => {
            let name = code(&context.label(id));
            (id, Page::new(&name, "user-assigned identity"))
        }
    };
    if let Holder::User(_) = holder {
        let answers =
            context.judge(|evaluator| carriers(evaluator, &principal(evaluator, holder)?));
        for carrier in occurrences(context, &answers.unwrap_or_default()) {
            let service = code(&context.label(carrier.what));
            page.fact(format!("Carried by {service}{}", one_line(&carrier.when)));
        }
    }
    for grant in grants(context, |evaluator, grant| {
        let own = principal(evaluator, holder)?;
        let given = grant.principal.as_ref().map(|it| &it.evaluated.value);
        let is_own = given.is_some_and(|value| is_principal(evaluator, value, &own).is_same());
        Ok(is_own.then(|| granted(context, grant)).flatten())
    }) {
        page.fact(grant);
    }
    let told = reads(context, |evaluator, reading| {
        let own = principal(evaluator, holder)?;
        let reader = reading.identity.principal();
        Ok(reader.is_some_and(|reader| is_same(evaluator, reader, &own)))
    });
    page.reads(context, &told, |read| {
        format!("{} from {}", capital(&read.thing(context)), read.vault)
    });
    let is_carried = !page.is_empty() || context.resource(id).is_type(access::facts::SERVICE_TYPE);
    if is_carried && told.is_empty() {
        page.fact("Nothing in sight is read from a vault with it");
    }
    is_carried.then_some(page)
}

fn principal(evaluator: &Evaluator<'_>, holder: Holder) -> Result<Principal, Undecided> {
    Ok(match holder {
        Holder::System(id) => Principal::System(evaluator.identity(id)?),
        Holder::User(id) => Principal::User(evaluator.identity(id)?),
    })
}

fn is_same(evaluator: &Evaluator<'_>, a: &Principal, b: &Principal) -> bool {
    matches!(a, Principal::System(_)) == matches!(b, Principal::System(_))
        && evaluator
            .same_resource(a.resource(), b.resource())
            .is_same()
}

/// The services that carry an identity.
fn carriers(
    evaluator: &Evaluator<'_>,
    principal: &Principal,
) -> Result<Vec<At<ResourceId>>, Undecided> {
    let carried = carried_identities(evaluator)?.into_iter();
    let own = carried.filter(|it| is_same(evaluator, &it.principal, principal));
    Ok(own.map(|it| it.service).collect())
}

/// What a grant gives, in words; nothing where that cannot be told.
fn granted(context: &Context<'_>, grant: &Grant) -> Option<String> {
    let by = grant_words(context, grant.at);
    let on = match &grant.target {
        Target::Resource(of) => match of.declaration {
            Some(id) => format!(" on {}", code(&context.label(id))),
            None => String::new(),
        },
        Target::Wide(_) => " on all that is in its scope".to_owned(),
        Target::Unknown => String::new(),
    };
    match &grant.permission {
        Permission::Role {
            role: Some(role), ..
        } => Some(format!("Has the role {}{on}, by {by}", role.name)),
        Permission::Role { role: None, .. } => None,
        Permission::Policy { reads_secrets, .. } => {
            let may = if (*reads_secrets)? { "May" } else { "May not" };
            Some(format!("{may} read secrets{on}, by {by}"))
        }
    }
}
