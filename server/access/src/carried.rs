//! Which identities a service carries, by everything that a deployment says of it.
//!
//! A service may be declared once to create it and once more to change it, and a module that cannot be
//! seen into may change it too. So that a service lacks an identity is sure only where all agree.

use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;
use template::value::Identity;
use template::{Sameness, identity_of_value};

use crate::grants::{may_be_deployed, may_get_identity};
use crate::identity::{
    IdentityKind, Principal, ServiceIdentity, UserAssigned, service_identity, services,
};

/// What the declarations of a service say of its identity in a case; none where the deployment does
/// not declare it for sure, or may say more of it than can be seen.
pub fn declarations_of(
    evaluator: &Evaluator<'_>,
    service: &Identity,
) -> Result<Vec<(At<ResourceId>, ServiceIdentity)>, Undecided> {
    let mut sure = Vec::new();
    let mut possible = Vec::new();
    for id in services(evaluator.program) {
        match evaluator.same_resource(&*evaluator.identity(id)?, service) {
            Sameness::Same if evaluator.is_deployed(id)? => sure.push(id),
            Sameness::Unknown if may_be_deployed(evaluator, id) => possible.push(id),
            Sameness::Same | Sameness::Unknown | Sameness::Different => {}
        }
    }
    let Some(first) = sure.first().copied() else {
        return Ok(Vec::new());
    };
    // No template declares one service under two names.
    possible.retain(|id| sure.iter().all(|known| known.instance != id.instance));
    sure.extend(possible);
    // Each service of a loop has an identity of its own.
    let is_loop = |id: &At<ResourceId>| evaluator.program.resource(*id).repetition.is_some();
    if sure.iter().any(is_loop) || may_get_identity(evaluator, first)? {
        return Ok(Vec::new());
    }
    let said = sure
        .into_iter()
        .map(|id| Ok((id, service_identity(evaluator, id)?)));
    said.collect()
}

/// Whether a declaration leaves its service without an identity, for sure. Where its block is one that
/// Azure refuses, nobody knows what was meant.
#[must_use]
pub fn lacks(evaluator: &Evaluator<'_>, said: &ServiceIdentity, principal: &Principal) -> bool {
    let block = match said {
        ServiceIdentity::Unknown => return false,
        ServiceIdentity::Absent(_) => return true,
        ServiceIdentity::Present(block) => block,
    };
    let Some(kind) = &block.kind else {
        return false;
    };
    match (kind, principal) {
        (IdentityKind::Missing | IdentityKind::Invalid(_), _) => false,
        (IdentityKind::None, _) => true,
        (kind, Principal::System(_)) => !kind.has_system(),
        (kind, Principal::User(identity)) => match &block.user_assigned {
            UserAssigned::Absent(_) => !kind.has_user(),
            UserAssigned::Dictionary(dictionary, _) => {
                let is_other = |key| {
                    identity_of_value(key).is_some_and(|key| {
                        evaluator.same_resource(&key, identity) == Sameness::Different
                    })
                };
                dictionary.entries.is_empty() != kind.has_user()
                    && !dictionary.is_open()
                    && dictionary.entries.iter().all(|entry| is_other(&entry.key))
            }
            UserAssigned::Unknown | UserAssigned::Other(_) => false,
        },
    }
}

/// Whether a declaration gives its service no identity at all.
#[must_use]
pub const fn is_without(said: &ServiceIdentity) -> bool {
    match said {
        ServiceIdentity::Unknown => false,
        ServiceIdentity::Absent(_) => true,
        ServiceIdentity::Present(block) => matches!(block.kind, Some(IdentityKind::None)),
    }
}
