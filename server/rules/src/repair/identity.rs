//! The identity of a service: what is to be added to it, wherever it is written.
//!
//! What is there is kept. A value is changed where it is written, be that a variable, the default of a
//! parameter, the argument of a caller or a parameter file, and only where nothing else than the
//! identities of services would notice.

mod attach;
mod module;
mod written;

use access::facts;
use access::identity::{IdentityKind, ServiceIdentity, UserAssigned, service_identity};
use template::Template;
use template::edit::{New, Placement};
use template::model::{ExpressionId, ExpressionKind, Member, Resource, ResourceId};
use template::program::At;

pub(crate) use self::attach::{attach_identity, attach_new_identity, may_name, wait_for_identity};
use self::written::Written;
use super::Repair;
use crate::context::Context;
use crate::{Applicability, Extent, Fix};

/// How a service says that it has no system-assigned identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It has no `identity`.
    Absent,
    /// Its `identity` is null, which is written here.
    Null(At<ExpressionId>),
    /// Its `identity`, an object that is written here, has no `type`.
    Untyped {
        /// The object.
        identity: At<ExpressionId>,
        /// Whether it has user-assigned identities.
        has_user: bool,
    },
    /// The `type`, which is written here, is another one.
    Kind(At<ExpressionId>),
}

impl Lack {
    /// What a service says in a case; none where it has such an identity, or nobody knows.
    pub(crate) fn of(said: &ServiceIdentity) -> Option<Self> {
        match said {
            ServiceIdentity::Unknown => None,
            ServiceIdentity::Absent(None) => Some(Self::Absent),
            ServiceIdentity::Absent(Some(origin)) => Some(Self::Null(*origin)),
            ServiceIdentity::Present(block) => match (block.kind.as_ref()?, block.kind_origin) {
                (IdentityKind::None | IdentityKind::UserAssigned, Some(origin)) => {
                    Some(Self::Kind(origin))
                }
                (IdentityKind::Missing, None) => Some(Self::Untyped {
                    identity: block.origin,
                    has_user: match &block.user_assigned {
                        UserAssigned::Absent(_) => false,
                        UserAssigned::Dictionary(dictionary, _) => !dictionary.entries.is_empty(),
                        UserAssigned::Unknown | UserAssigned::Other(_) => return None,
                    },
                }),
                _ => None,
            },
        }
    }
}

/// Gives a service a system-assigned identity in every case in which it is deployed and has none,
/// beside the identities that it has. None where that cannot be done for sure, or nothing is to do.
pub(crate) fn give_system_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
) -> Option<()> {
    let answers = repair.context().judge(|evaluator| {
        Ok(if evaluator.is_deployed(service)? {
            Some(service_identity(evaluator, service)?)
        } else {
            None
        })
    })?;
    let mut lacks = Vec::new();
    for said in answers.iter().filter_map(|answer| answer.value.as_ref()) {
        let lack = Lack::of(said);
        let is_given = matches!(said, ServiceIdentity::Present(block)
            if block.kind.as_ref().is_some_and(IdentityKind::has_system));
        match lack {
            Some(lack) if !lacks.contains(&lack) => lacks.push(lack),
            None if !is_given => return None,
            _ => {}
        }
    }
    add_system_identity(repair, service, &lacks)
}

/// Gives a service a system-assigned identity where it says that it has none, beside the identities
/// that it has. None where that cannot be done for sure, or nothing is to do.
pub(crate) fn add_system_identity(
    repair: &mut Repair<'_, '_>,
    service: At<ResourceId>,
    lacks: &[Lack],
) -> Option<()> {
    let context = repair.context();
    if lacks.is_empty() {
        return None;
    }
    let is_foreign = |at: At<ExpressionId>| context.program.instance(at.instance).file.is_foreign;
    let is_written_outside = |lack: &Lack| match lack {
        Lack::Absent => context.program.instance(service.instance).file.is_foreign,
        Lack::Null(at) | Lack::Kind(at) => is_foreign(*at),
        Lack::Untyped { identity, .. } => is_foreign(*identity),
    };
    if let Some(module) = module::of(context, service)
        && lacks.iter().any(is_written_outside)
    {
        return module::add_system_identity(repair, service, module);
    }
    if !takes(context, service, facts::IDENTITY_SINCE) {
        return None;
    }
    let mut written = Written::new(context);
    for lack in lacks {
        match *lack {
            Lack::Absent => {
                let edits = insert_identity(context, service, &system_identity())?;
                repair.edit(service.instance, Some(edits))?;
            }
            Lack::Null(at) => written.replace_identity(at, system_identity())?,
            Lack::Kind(at) => {
                let kind = with_system(context.template(at.instance).text(at.id)?)?;
                written.replace_kind(at, kind)?;
            }
            Lack::Untyped { identity, has_user } => {
                let kind = if has_user { BOTH } else { SYSTEM };
                insert_kind(repair, identity, kind)?;
            }
        }
    }
    written.apply(repair)
}

/// Gives an identity without a type one.
pub(crate) fn insert_kind(
    repair: &mut Repair<'_, '_>,
    identity: At<ExpressionId>,
    kind: &str,
) -> Option<()> {
    let context = repair.context();
    let reached = Written::new(context).is_of_services(identity, written::IDENTITY)?;
    let mut parameters = reached.parameters.iter();
    if !parameters.all(|parameter| context.program.parameter(*parameter).takes_all_texts()) {
        return None;
    }
    let edits = context.editor(identity.instance)?.insert_property(
        identity.id,
        "type",
        &New::string(kind),
        Placement::First,
    );
    repair.edit(identity.instance, edits)?;
    Some(())
}

/// Changes the type of an identity, where it is written.
pub(crate) fn replace_kind(
    repair: &mut Repair<'_, '_>,
    at: At<ExpressionId>,
    kind: &str,
) -> Option<()> {
    let mut written = Written::new(repair.context());
    written.replace_kind(at, kind)?;
    written.apply(repair)
}

/// Writes the type of an identity in another way, where it is written.
pub(crate) fn respell_kind(
    repair: &mut Repair<'_, '_>,
    at: At<ExpressionId>,
    kind: &str,
) -> Option<()> {
    let mut written = Written::new(repair.context());
    written.respell_kind(at, kind)?;
    written.apply(repair)
}

/// Gives an identity whose type is null one.
pub(crate) fn replace_missing_kind(
    repair: &mut Repair<'_, '_>,
    null: At<ExpressionId>,
    kind: &str,
) -> Option<()> {
    let mut written = Written::new(repair.context());
    written.replace_null(null, written::KIND, New::string(kind))?;
    written.apply(repair)
}

/// Puts a dictionary in the place of something else that is there instead of user-assigned identities.
pub(crate) fn replace_dictionary(
    repair: &mut Repair<'_, '_>,
    at: At<ExpressionId>,
    dictionary: New,
) -> Option<()> {
    let mut written = Written::new(repair.context());
    written.replace_dictionary(at, dictionary)?;
    written.apply(repair)
}

/// The user-assigned identities that the file declares, or refers to, in which a service is deployed:
/// what may be attached to it. Of one in a loop nobody knows which.
pub(crate) fn attachable(
    context: &Context<'_>,
    service: At<ResourceId>,
) -> impl Iterator<Item = At<ResourceId>> {
    let caller = context.program.shown_at(service.instance);
    let instance = caller.map_or(service.instance, |module| module.instance);
    let resources = context.template(instance).resources();
    let identities = resources.filter(|(_, resource)| {
        resource.is_type(facts::USER_ASSIGNED_IDENTITY_TYPE) && resource.is_always_there()
    });
    identities.map(move |(id, _)| instance.at(id))
}

/// The fixes that attach one of the user-assigned identities at hand each.
pub(crate) fn attach_fixes(context: &Context<'_>, service: At<ResourceId>) -> Vec<Fix> {
    let fixes = attachable(context, service).filter_map(|identity| {
        let mut repair = Repair::new(context);
        attach_identity(&mut repair, service, identity)?;
        let title = format!(
            "Attach the user-assigned identity `{}`",
            context.label(identity)
        );
        repair.fix(title, Applicability::Unsafe, Extent::Repair)
    });
    fixes.take(MOST_CHOICES).collect()
}

/// How many identities are offered to choose from.
const MOST_CHOICES: usize = 3;

/// The types of identities, as the template reference writes them.
pub(crate) const SYSTEM: &str = "SystemAssigned";
/// See [`SYSTEM`].
pub(crate) const USER: &str = "UserAssigned";
/// See [`SYSTEM`].
pub(crate) const BOTH: &str = "SystemAssigned, UserAssigned";

fn system_identity() -> New {
    New::object([("type", New::string(SYSTEM))])
}

/// The type with the system-assigned identity that keeps what another one has.
fn with_system(kind: &str) -> Option<&'static str> {
    match IdentityKind::parse(kind) {
        IdentityKind::None => Some(SYSTEM),
        IdentityKind::UserAssigned => Some(BOTH),
        _ => None,
    }
}

/// Puts an identity into the body of a service that has none in any case.
fn insert_identity(
    context: &Context<'_>,
    service: At<ResourceId>,
    identity: &New,
) -> Option<Vec<syntax::TextEdit>> {
    let body = context.resource(service).body;
    let ExpressionKind::Object(object) = context.template(service.instance).kind(body) else {
        return None;
    };
    // What is spread may bring one in another case.
    let has_spread = object
        .members
        .iter()
        .any(|member| matches!(member, Member::Spread(_)));
    if has_spread && !is_absent_in_every_case(context, service) {
        return None;
    }
    context.editor(service.instance)?.insert_property(
        body,
        "identity",
        identity,
        Placement::Conventional,
    )
}

fn is_absent_in_every_case(context: &Context<'_>, service: At<ResourceId>) -> bool {
    let answers = context.judge(|evaluator| {
        Ok(!evaluator.is_deployed(service)?
            || matches!(
                service_identity(evaluator, service)?,
                ServiceIdentity::Absent(None)
            ))
    });
    answers.is_some_and(|answers| answers.iter().all(|answer| answer.value))
}

/// Whether the API version of a service is not known to be older than a date.
pub(crate) fn takes(context: &Context<'_>, service: At<ResourceId>, since: &str) -> bool {
    is_since(
        context.template(service.instance),
        context.resource(service),
        since,
    )
}

fn is_since(template: &Template, resource: &Resource, since: &str) -> bool {
    let version = resource.api_version.and_then(|it| template.text(it));
    let date = version.and_then(facts::api_version_date);
    date.is_none_or(|date| date >= since)
}
