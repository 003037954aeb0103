//! Reading with the system-assigned identity instead.

use access::identity::Principal;
use access::reading::{Reading, ReadingIdentity};
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;

use crate::circumstances::Occurrence;
use crate::context::{Context, ReadingPlace};
use crate::repair::Repair;
use crate::repair::access::{Wanted, agreed_plan, read_at};
use crate::repair::identity::give_system_identity;
use crate::rules::vault::blocked::BlockedRead;
use crate::{Applicability, Extent, Fix};

const CLIENT_ID: &str = "identityClientId";

/// The fix that lets the system-assigned identity read in the place of the other.
pub(super) fn fix(context: &Context<'_>, group: &[Occurrence<BlockedRead>]) -> Option<Fix> {
    let first = &group[0].what.place;
    let service = first.service?;
    // What is right in another case is not to be changed.
    if group.iter().any(|read| !read.when.is_empty()) {
        return None;
    }
    let mut repair = Repair::new(context);
    for read in group {
        forget_client_id(&mut repair, &read.what.place)?;
    }
    // It may have one already.
    if lacks_identity(context, service)? {
        give_system_identity(&mut repair, service)?;
    }
    let mut readers: Vec<_> = group.iter().map(|read| read.what.place.reader).collect();
    readers.sort_unstable();
    readers.dedup();
    let mut also = "";
    if needs_grant(context, first, service)? {
        let wanted = || Wanted {
            context,
            holder: service,
            is_system: true,
            readers: readers.clone(),
            instead_of: None,
        };
        let place = (first.reader, first.property);
        let (_, plan) = agreed_plan(context, place, |_| Ok(Some(vec![wanted()])))?;
        let mut kinds = plan.kinds().iter();
        let granted = kinds.find_map(|kind| {
            let mut with_grant = repair.clone();
            wanted().grant(&plan, *kind, &mut with_grant)?;
            Some(with_grant)
        });
        repair = granted?;
        also = ", and grant it access";
    }
    let title = format!(
        "Read with the system-assigned identity of `{}`{also}",
        context.label(service)
    );
    repair.fix(title, Applicability::Unsafe, Extent::Repair)
}

/// Takes the client id away from where something is read.
fn forget_client_id(repair: &mut Repair<'_, '_>, read: &ReadingPlace) -> Option<()> {
    let context = repair.context();
    let instance = read.property.instance;
    let object = context.template(instance).object_of(read.property.id)?;
    let edits = context
        .editor(instance)?
        .remove_property(object, CLIENT_ID)?;
    repair.edit(instance, Some(edits))?;
    Some(())
}

/// Whether the service has no system-assigned identity in some case; none if nobody knows.
fn lacks_identity(context: &Context<'_>, service: At<ResourceId>) -> Option<bool> {
    let wanted = Wanted {
        context,
        holder: service,
        is_system: true,
        readers: Vec::new(),
        instead_of: None,
    };
    let answers = context.judge(|evaluator| wanted.has_identity(evaluator))?;
    Some(answers.iter().any(|answer| !answer.value))
}

/// Whether nothing lets the system-assigned identity read in some case; none if nobody knows.
fn needs_grant(
    context: &Context<'_>,
    place: &ReadingPlace,
    service: At<ResourceId>,
) -> Option<bool> {
    let answers = context.judge(|evaluator| is_ungranted(evaluator, place, service))?;
    Some(answers.iter().any(|answer| answer.value))
}

fn is_ungranted(
    evaluator: &Evaluator<'_>,
    place: &ReadingPlace,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    let Some(reading) = read_at(evaluator, place.reader, place.property)? else {
        return Ok(false);
    };
    let principal = Principal::System(evaluator.identity(service)?);
    let reading = Reading {
        identity: ReadingIdentity::New(principal),
        ..reading
    };
    let access = reading.access(evaluator)?;
    Ok(access.is_some_and(|access| access.is_missing()))
}
