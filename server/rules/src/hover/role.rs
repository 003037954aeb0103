//! Built-in roles.

use access::facts::{OnSecrets, Role};
use access::grants::{Grant, Target};
use template::model::ResourceId;
use template::program::At;

use super::grants::{grants_by, principal};
use super::page::{Page, code};
use crate::context::Context;

/// What is known of the roles that a value may mean, and of the assignment that it stands in.
pub(super) fn page(
    context: &Context<'_>,
    roles: &[&'static Role],
    assignment: Option<At<ResourceId>>,
) -> Page {
    let names: Vec<_> = roles.iter().map(|role| role.name).collect();
    let what = match roles {
        [role] => format!("built-in role {}", code(role.id)),
        _ => "built-in roles".to_owned(),
    };
    let mut page = Page::new(&names.join(" or "), &what);
    for role in roles {
        let reads = match role.on_secrets {
            OnSecrets::Reads => "Reads the secrets of a key vault",
            OnSecrets::Insufficient => "Does not read the secrets of a key vault",
            OnSecrets::Unrelated => "Is not about key vaults",
        };
        page.fact(match roles {
            [_] => reads.to_owned(),
            _ => format!("{}: {reads}", role.name),
        });
    }
    if let Some(assignment) = assignment {
        let given = grants_by(context, assignment, &|_, grant| {
            Ok(Some(assigned(context, grant)))
        });
        for it in given {
            page.fact(it);
        }
    }
    page
}

/// To whom an assignment gives its role, and on what.
fn assigned(context: &Context<'_>, grant: &Grant) -> String {
    let who = principal(context, grant.principal.as_ref());
    let on = match &grant.target {
        Target::Resource(of) => match of.declaration {
            Some(id) => format!(", on {}", code(&context.label(id))),
            None => String::new(),
        },
        Target::Wide(_) => ", on all that is in the scope of the deployment".to_owned(),
        Target::Unknown => String::new(),
    };
    format!("Assigned here to {who}{on}")
}
