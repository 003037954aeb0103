//! How an identity that Azure refuses is written as it wants it.

use access::identity::{ServiceIdentity, UserAssigned, service_identity};
use template::edit::{Key, New};
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::At;

use super::{Attached, Problem};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::identity::{
    BOTH, SYSTEM, USER, attach_fixes, insert_kind, replace_dictionary, replace_kind,
    replace_missing_kind, respell_kind, wait_for_identity,
};
use crate::{Applicability, Extent, Fix};

/// The values of `type`, as Azure documents them.
const KINDS: [&str; 4] = ["None", SYSTEM, USER, BOTH];

/// How many letters a value may differ from a documented one to be taken for a slip.
const LARGEST_SLIP: usize = 4;

/// The fixes of a problem that is there in the cases that `when` tells: in all of them where it is empty.
pub(super) fn fixes(
    context: &Context<'_>,
    service: At<ResourceId>,
    problem: &Problem,
    when: &str,
) -> Vec<Fix> {
    let mut fixes = Vec::new();
    match problem {
        Problem::KindMissing {
            place,
            null,
            has_user,
        } => {
            let kind = if *has_user { USER } else { SYSTEM };
            fixes.extend(insert_type(context, *place, *null, kind));
        }
        Problem::KindUnknown {
            place,
            text,
            may_have_user,
        } => fixes.extend(respell(context, *place, text, *may_have_user)),
        Problem::KindOrder(place) => {
            fixes.extend(change_type(context, *place, BOTH, Applicability::Safe));
        }
        Problem::NoneAttached {
            attached,
            identity,
            kind,
            ..
        } => {
            fixes.extend(attach_fixes(context, service));
            // Where there are identities in another case, they are to stay.
            if when.is_empty() {
                fixes.extend(drop_users(context, *identity, *kind, *attached));
            }
        }
        Problem::NotUserAssigned {
            place,
            has_system,
            identity,
            dictionary,
        } => {
            let kind = if *has_system { BOTH } else { USER };
            if always_has_users(context, service, *place) {
                fixes.extend(change_type(context, *place, kind, Applicability::Unsafe));
            }
            if when.is_empty() {
                fixes.extend(drop_dictionary(context, *identity, *dictionary));
            }
        }
        Problem::NoDictionary {
            place,
            may_be_dictionary,
        } => {
            fixes.extend(dictionary(context, *place).filter(|_| *may_be_dictionary));
        }
        Problem::Key { place, of, .. } => {
            fixes.extend(of.and_then(|identity| key(context, service, *place, identity)));
        }
        Problem::Value(place) => fixes.extend(empty(context, *place)),
        Problem::TooMany(..) => {}
    }
    fixes
}

fn insert_type(
    context: &Context<'_>,
    identity: At<ExpressionId>,
    null: Option<At<ExpressionId>>,
    kind: &str,
) -> Option<Fix> {
    let mut repair = Repair::new(context);
    match null {
        Some(null) => replace_missing_kind(&mut repair, null, kind)?,
        None => insert_kind(&mut repair, identity, kind)?,
    }
    repair.fix(
        format!("Insert the type `{kind}`"),
        Applicability::Unsafe,
        Extent::Repair,
    )
}

fn change_type(
    context: &Context<'_>,
    place: At<ExpressionId>,
    kind: &str,
    applicability: Applicability,
) -> Option<Fix> {
    let mut repair = Repair::new(context);
    replace_kind(&mut repair, place, kind)?;
    let title = format!("Change the type to `{kind}`");
    repair.fix(title, applicability, Extent::Repair)
}

fn respell(
    context: &Context<'_>,
    place: At<ExpressionId>,
    text: &str,
    may_have_user: bool,
) -> Option<Fix> {
    let is_possible = |kind: &&str| may_have_user || !kind.ends_with(USER);
    if let Some(kind) = nearest_kind(text) {
        let kind = Some(kind).filter(is_possible)?;
        let mut repair = Repair::new(context);
        respell_kind(&mut repair, place, kind)?;
        let title = format!("Change the type to `{kind}`");
        return repair.fix(title, Applicability::Safe, Extent::Repair);
    }
    let kind = begun_kind(text).filter(is_possible)?;
    change_type(context, place, kind, Applicability::Unsafe)
}

/// Whether there are user-assigned identities in every case that has a type.
fn always_has_users(
    context: &Context<'_>,
    service: At<ResourceId>,
    kind: At<ExpressionId>,
) -> bool {
    let answers = context.judge(|evaluator| {
        if !evaluator.is_deployed(service)? {
            return Ok(true);
        }
        Ok(match service_identity(evaluator, service)? {
            ServiceIdentity::Present(block) if block.kind_origin == Some(kind) => {
                matches!(&block.user_assigned, UserAssigned::Dictionary(dictionary, _)
                    if !dictionary.entries.is_empty())
            }
            _ => true,
        })
    });
    answers.is_some_and(|answers| answers.iter().all(|answer| answer.value))
}

/// Takes away that there are user-assigned identities, of which there are none.
fn drop_users(
    context: &Context<'_>,
    identity: At<ExpressionId>,
    kind: At<ExpressionId>,
    attached: Attached,
) -> Option<Fix> {
    let mut repair = Repair::new(context);
    replace_kind(&mut repair, kind, SYSTEM)?;
    if attached != Attached::Missing {
        let editor = context.editor(identity.instance)?;
        let edits = editor.remove_property(identity.id, "userAssignedIdentities");
        repair.edit(identity.instance, edits)?;
    }
    repair.fix(
        format!("Change the type to `{SYSTEM}`"),
        Applicability::Unsafe,
        Extent::Repair,
    )
}

/// Takes the identities away that the type does not allow.
fn drop_dictionary(
    context: &Context<'_>,
    identity: At<ExpressionId>,
    dictionary: At<ExpressionId>,
) -> Option<Fix> {
    // Who uses a dictionary that is written elsewhere may need it.
    let template = context.template(identity.instance);
    let property = template.property(identity.id, "userAssignedIdentities")?;
    if identity.instance.at(property.value) != dictionary {
        return None;
    }
    let editor = context.editor(identity.instance)?;
    context.fix(
        identity.instance,
        "Remove the user-assigned identities",
        Applicability::Unsafe,
        editor.remove_property(identity.id, "userAssignedIdentities"),
    )
}

/// A dictionary with the ids of a list as its keys.
fn dictionary(context: &Context<'_>, list: At<ExpressionId>) -> Option<Fix> {
    let template = context.template(list.instance);
    let ids = match template.kind(list.id) {
        ExpressionKind::Array(items) if items.iter().all(|item| !item.is_spread) => {
            items.iter().map(|item| item.value).collect()
        }
        ExpressionKind::Array(_) => return None,
        _ => vec![list.id],
    };
    let entries = ids.into_iter().map(|id| {
        let key = match template.text(id) {
            Some(text) => Key::Name(text.to_owned()),
            None => Key::Value(Box::new(New::Copy(id))),
        };
        (key, New::Object(Vec::new()))
    });
    let mut repair = Repair::new(context);
    replace_dictionary(&mut repair, list, New::Object(entries.collect()))?;
    repair.fix(
        "Write an object whose keys are the ids",
        Applicability::Unsafe,
        Extent::Repair,
    )
}

/// The id of an identity instead of another property of it.
fn key(
    context: &Context<'_>,
    service: At<ResourceId>,
    key: At<ExpressionId>,
    identity: At<ResourceId>,
) -> Option<Fix> {
    if key.instance != identity.instance {
        return None;
    }
    let editor = context.editor(key.instance)?;
    let mut repair = Repair::new(context);
    repair.edit(key.instance, editor.replace(key.id, &New::id(identity.id)))?;
    if key.instance == service.instance {
        wait_for_identity(&mut repair, service, identity)?;
    }
    repair.fix(
        format!("Take the id of `{}`", context.label(identity)),
        Applicability::Unsafe,
        Extent::Repair,
    )
}

fn empty(context: &Context<'_>, value: At<ExpressionId>) -> Option<Fix> {
    context.fix(
        value.instance,
        "Empty the value",
        Applicability::Safe,
        context
            .editor(value.instance)?
            .replace(value.id, &New::Object(Vec::new())),
    )
}

/// The documented value that a wrong one is a slip of.
fn nearest_kind(text: &str) -> Option<&'static str> {
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let text = letters(text);
    KINDS
        .into_iter()
        .map(|kind| (strsim::damerau_levenshtein(&letters(kind), &text), kind))
        .filter(|(slip, kind)| *slip <= LARGEST_SLIP && *slip * 3 <= kind.len())
        .min()
        .map(|(_, kind)| kind)
}

/// The documented value that begins as a wrong one does, where there is one such value.
fn begun_kind(text: &str) -> Option<&'static str> {
    [SYSTEM, USER].into_iter().find(|kind| {
        let beginning = kind.trim_end_matches("Assigned");
        text.trim().eq_ignore_ascii_case(beginning)
    })
}
