//! The fixes of `vault-permission-model`: another model, or another grant.

use access::grants::{Permission, covers, grants_of, held};
use access::identity::Principal;
use access::reading::Reading;
use access::reads::readers;
use access::vault::VaultReference;
use template::Evaluator;
use template::cases::Undecided;
use template::dependencies::Deployed;
use template::edit::{New, Placement, Target};
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::At;

use super::{Ignored, MODEL};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::access::{Kind, KnownVault, Plan, Wanted, policies};
use crate::repair::own::is_own;
use crate::repair::references::{Wait, is_only_waited_for, waits_for};
use crate::rules::grants::Holder;
use crate::{Applicability, Extent, Fix};

/// Roles first: they are what Azure recommends.
pub(super) fn fixes(context: &Context<'_>, occurrence: &Occurrence<Ignored>) -> Vec<Fix> {
    let Occurrence { what, when } = occurrence;
    let model = other_model(context, what);
    // Another grant would be the wrong one in the other cases.
    let grant = if when.is_empty() {
        other_grant(context, what)
    } else {
        None
    };
    let all = match what.role {
        Some(_) => [model, grant],
        None => [grant, model],
    };
    all.into_iter().flatten().collect()
}

/// The fix that lets the vault go by the kind of grant that there is, where there are no others that
/// would count for nothing then.
fn other_model(context: &Context<'_>, what: &Ignored) -> Option<Fix> {
    let (vault, is_role) = (what.vault, what.role.is_some());
    // Without a list of its own a vault that goes by access policies is refused.
    if !is_role && what.grant != vault || !is_alone(context, what)? {
        return None;
    }
    let (instance, edits) = match what.model {
        Some(written) => {
            let is_literal = matches!(
                context.template(written.instance).kind(written.id),
                ExpressionKind::Bool(_)
            );
            if !is_literal
                || !is_own(context, vault, &MODEL, written)
                || is_chosen(context, written)
            {
                return None;
            }
            let editor = context.editor(written.instance)?;
            (
                written.instance,
                editor.replace(written.id, &New::Bool(is_role)),
            )
        }
        None => {
            let template = context.template(vault.instance);
            let properties = template.property(context.resource(vault).body, MODEL[0])?;
            let value = New::Bool(is_role);
            let editor = context.editor(vault.instance)?;
            let place = Placement::After("sku");
            let edits = match template.property(properties.value, MODEL[1]) {
                Some(null) => editor.replace(null.value, &value),
                None => editor.insert_property(properties.value, MODEL[1], &value, place),
            };
            (vault.instance, edits)
        }
    };
    let label = context.label(vault);
    let title = if is_role {
        format!("Let `{label}` go by roles instead of access policies")
    } else {
        format!("Let `{label}` go by access policies instead of roles")
    };
    context.fix(instance, title, Applicability::Unsafe, edits)
}

/// Whether a value is one of several that a condition chooses from.
fn is_chosen(context: &Context<'_>, value: At<ExpressionId>) -> bool {
    let template = context.template(value.instance);
    let range = template.range(value.id);
    template.expressions().any(|(_, expression)| {
        matches!(expression.kind, ExpressionKind::Conditional { .. })
            && expression.range.contains_range(range)
    })
}

/// Whether the program has no grant on the vault of the kind that it goes by now.
fn is_alone(context: &Context<'_>, what: &Ignored) -> Option<bool> {
    let answers = context.judge(|evaluator| {
        let vault = VaultReference::Resource(evaluator.identity(what.vault)?);
        for (id, _) in context.program.resources() {
            for grant in grants_of(evaluator, id)? {
                let is_role = matches!(grant.permission, Permission::Role { .. });
                // A list of the vault's own is taken for what other resources add to it.
                let counts = match what.role {
                    Some(_) => !is_role,
                    None => {
                        is_role && !grant.permission.is_unrelated() || !is_role && id != what.vault
                    }
                };
                if counts && covers(evaluator, &grant.target, &vault).may_be_same() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    })?;
    Some(answers.iter().all(|answer| answer.value))
}

/// The fix that gives the identity a grant of the kind that the vault goes by, and takes the other
/// one away where it was on this vault alone.
fn other_grant(context: &Context<'_>, what: &Ignored) -> Option<Fix> {
    if !what.reads_secrets || is_granted(context, what)? {
        return None;
    }
    let kind = match what.role {
        Some(_) => Kind::Policy,
        None => Kind::Role,
    };
    let holder = what.holder.declaration()?;
    let old = old_grant(context, what)?;
    let mut wanted = Wanted {
        context,
        holder,
        is_system: matches!(what.holder, Holder::System(_)),
        readers: reading(context, what)?,
        instead_of: match old {
            Old::Resource => Some(what.grant),
            Old::Policy(..) | Old::Around => None,
        },
    };
    let plan = agreed_plan(&wanted, what)?;
    let mut waits = Vec::new();
    if matches!(old, Old::Resource) {
        waits = waits_for(context, what.grant)?;
        if !is_only_waited_for(context, what.grant, &waits) {
            return None;
        }
        // Who waits for the old grant waits for the new one in its place.
        wanted.readers.retain(|reader| {
            let mut waits = waits.iter();
            reader.instance != what.grant.instance
                || !waits.any(|wait| wait.of == Deployed::Resource(reader.id))
        });
    }
    let mut repair = Repair::new(context);
    let grant = wanted.grant(&plan, kind, &mut repair)?;
    let editor = context.editor(what.grant.instance)?;
    match old {
        Old::Resource => instead(context, what.grant, &waits, &grant, &mut repair)?,
        Old::Policy(list, policy) => {
            repair.edit(what.grant.instance, editor.remove_item(list, policy))?;
        }
        Old::Around => {}
    }
    let vault = context.label(what.vault);
    let title = match (kind, what.is_on_vault) {
        (Kind::Role, _) => {
            format!("Give the identity a role on `{vault}` instead of the access policy")
        }
        (Kind::Policy, true) => {
            format!("Give the identity an access policy of `{vault}` instead of the role")
        }
        (Kind::Policy, false) => format!("Give the identity an access policy of `{vault}`"),
    };
    repair.fix(title, Applicability::Unsafe, Extent::Repair)
}

/// Whether the identity has a grant of the other kind on the vault already.
fn is_granted(context: &Context<'_>, what: &Ignored) -> Option<bool> {
    let answers = context.judge(|evaluator| {
        let vault = VaultReference::Resource(evaluator.identity(what.vault)?);
        for (id, _) in context.program.resources() {
            for held in held(evaluator, id)? {
                let is_role = matches!(held.grant.permission, Permission::Role { .. });
                if is_role != what.role.is_some()
                    && Holder::of(evaluator, &held.by) == what.holder
                    && covers(evaluator, &held.grant.target, &vault).may_be_same()
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    })?;
    Some(answers.iter().any(|answer| answer.value))
}

/// What becomes of the grant that the vault does not heed.
#[derive(Clone, Copy)]
enum Old {
    /// Its resource makes room for another one.
    Resource,
    /// It leaves its list, where there are others or the list is the vault's own.
    Policy(ExpressionId, ExpressionId),
    /// It stays: it is for all around the vault.
    Around,
}

fn old_grant(context: &Context<'_>, what: &Ignored) -> Option<Old> {
    let resource = context.resource(what.grant);
    if !what.is_on_vault {
        return Some(Old::Around);
    }
    if resource.repetition.is_some() {
        return None;
    }
    if what.role.is_none() {
        let (list, policy) = policy_of(context, what)?;
        let kind = context.template(what.grant.instance).kind(list);
        let is_one = matches!(kind, ExpressionKind::Array(items) if items.len() == 1);
        if what.grant == what.vault || !is_one {
            return Some(Old::Policy(list, policy));
        }
    }
    resource.condition.is_none().then_some(Old::Resource)
}

/// Lets a grant stand where an old one was named, and takes that away where it still is.
fn instead(
    context: &Context<'_>,
    old: At<ResourceId>,
    waits: &[Wait],
    grant: &Target,
    repair: &mut Repair<'_, '_>,
) -> Option<()> {
    let editor = context.editor(old.instance)?;
    let dependencies = context.dependencies(old.instance);
    for wait in waits {
        let is_waited_for = match grant {
            Target::Declared(id) => dependencies.direct(wait.of).any(|it| it == (*id).into()),
            _ => false,
        };
        let template = context.template(old.instance);
        let is_last =
            matches!(template.kind(wait.list), ExpressionKind::Array(items) if items.len() == 1);
        let edits = if is_waited_for && is_last {
            editor.remove_property(wait.of.body(template), "dependsOn")
        } else if is_waited_for {
            editor.remove_item(wait.list, wait.item)
        } else {
            editor.replace(wait.item, &New::Symbol(grant.clone()))
        };
        repair.edit(old.instance, edits)?;
    }
    // A policy in the vault's own list leaves no place for it.
    if matches!(grant, Target::Declared(_)) {
        repair.edit(old.instance, editor.remove_resource(old.id))?;
    }
    Some(())
}

/// The access policy, and the list that it is in.
fn policy_of(context: &Context<'_>, what: &Ignored) -> Option<(ExpressionId, ExpressionId)> {
    let instance = what.grant.instance;
    let template = context.template(instance);
    let list = policies(template, what.grant.id)?;
    let ExpressionKind::Array(items) = template.kind(list) else {
        return None;
    };
    let name = what.principal.filter(|name| name.instance == instance)?;
    let policy = template.object_of(name.id)?;
    items
        .iter()
        .any(|item| item.value == policy)
        .then_some((list, policy))
}

/// Who reads from the vault with the identity.
fn reading(context: &Context<'_>, what: &Ignored) -> Option<Vec<At<ResourceId>>> {
    let mut found = Vec::new();
    for reader in readers(context.program) {
        let answers = context.judge(|evaluator| {
            for reading in Reading::all(evaluator, reader)?.iter() {
                let is_it = reading.vault == Some(what.vault)
                    && is_held(evaluator, reading.identity.principal(), &what.holder)?;
                if is_it {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if answers.iter().any(|answer| answer.value) {
            found.push(reader);
        }
    }
    Some(found)
}

fn is_held(
    evaluator: &Evaluator<'_>,
    principal: Option<&Principal>,
    holder: &Holder,
) -> Result<bool, Undecided> {
    let (Some(principal), Some(declaration)) = (principal, holder.declaration()) else {
        return Ok(false);
    };
    let is_same_kind =
        matches!(principal, Principal::System(_)) == matches!(holder, Holder::System(_));
    let identity = evaluator.identity(declaration)?;
    Ok(is_same_kind
        && evaluator
            .same_resource(principal.resource(), &identity)
            .is_same())
}

/// The place for the grant, if it is the same in every case.
fn agreed_plan(wanted: &Wanted<'_, '_>, what: &Ignored) -> Option<Plan> {
    wanted.context.agreed(|evaluator| {
        if !evaluator.is_deployed(what.vault)? {
            return Ok(None);
        }
        if !wanted.has_identity(evaluator)? {
            return Ok(Some(None));
        }
        let reference = VaultReference::Resource(evaluator.identity(what.vault)?);
        let vault = KnownVault::of(evaluator, &reference, Some(what.vault))?;
        Ok(Some(match vault {
            Some(vault) => wanted.plan(evaluator, &vault)?,
            None => None,
        }))
    })?
}
