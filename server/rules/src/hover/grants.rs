//! Who is granted what, in words.

use access::facts::{self, OnSecrets};
use access::grants::{Grant, Permission, grants_of, is_access_policies, is_role_assignment};
use access::vault::PermissionModel;
use template::cases::Undecided;
use template::model::{Resource, ResourceId};
use template::program::At;
use template::{Evaluator, Given};

use super::page::{code, one_line};
use super::reads::parameter;
use crate::circumstances::occurrences;
use crate::context::Context;

/// What is said of the grants of a program, with the cases in which it is so.
pub(super) fn grants(
    context: &Context<'_>,
    say: impl Fn(&Evaluator<'_>, &Grant) -> Result<Option<String>, Undecided>,
) -> Vec<String> {
    let is_grant = |resource: &Resource| {
        !resource.is_existing && (is_role_assignment(resource) || is_access_policies(resource))
    };
    let mut all = Vec::new();
    for (id, resource) in context.program.resources() {
        if is_grant(resource) {
            all.extend(grants_by(context, id, &say));
        }
    }
    all
}

/// The same of one resource.
pub(super) fn grants_by(
    context: &Context<'_>,
    id: At<ResourceId>,
    say: &impl Fn(&Evaluator<'_>, &Grant) -> Result<Option<String>, Undecided>,
) -> Vec<String> {
    let answers = context.judge(|evaluator| {
        let mut said = Vec::new();
        for grant in grants_of(evaluator, id)? {
            said.extend(say(evaluator, &grant)?);
        }
        Ok(said)
    });
    let occurrences = occurrences(context, &answers.unwrap_or_default());
    occurrences
        .into_iter()
        .map(|said| format!("{}{}", said.what, one_line(&said.when)))
        .collect()
}

/// Who a grant is for, in words.
pub(super) fn principal(context: &Context<'_>, given: Option<&Given>) -> String {
    let Some(given) = given else {
        return "somebody who cannot be told".to_owned();
    };
    let value = &given.evaluated.value;
    if let Some(id) = parameter(value) {
        return code(&context.program.parameter(id).name.text);
    }
    if let Some(text) = value.as_str() {
        return code(text);
    }
    if let Some((identity, path)) = value.as_property()
        && let Some(declaration) = identity.declaration
    {
        let label = code(&context.label(declaration));
        if identity.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE) {
            return format!("the user-assigned identity {label}");
        }
        if path
            .first()
            .is_some_and(|name| name.eq_ignore_ascii_case("identity"))
        {
            return format!("the system-assigned identity of {label}");
        }
    }
    code(&context.excerpt(given.evaluated.origin))
}

/// What a grant allows in a vault that decides in some way: whether it lets read secrets, and by
/// what or why not. Nothing where it is about something else, or cannot be told.
pub(super) fn allows(
    permission: &Permission,
    model: PermissionModel,
) -> Option<(bool, Option<String>)> {
    match permission {
        Permission::Role {
            role: Some(role), ..
        } => {
            let what = format!("role {}", role.name);
            match role.on_secrets {
                OnSecrets::Unrelated => None,
                OnSecrets::Reads if model == PermissionModel::AccessPolicies => Some((
                    false,
                    Some(format!("{what}, but the vault goes by access policies")),
                )),
                OnSecrets::Reads => Some((true, Some(what))),
                OnSecrets::Insufficient => Some((false, Some(what))),
            }
        }
        Permission::Role { role: None, .. } => None,
        Permission::Policy { reads_secrets, .. } => {
            if model == PermissionModel::Roles {
                return Some((false, Some("the vault goes by roles".to_owned())));
            }
            Some(((*reads_secrets)?, None))
        }
    }
}
