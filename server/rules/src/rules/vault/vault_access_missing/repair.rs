//! The grants that `vault-access-missing` inserts.

use access::carried::declarations_of;
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;

use super::{Identity, Missing, Vault};
use crate::circumstances::Occurrence;
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::access::{Kind, Wanted, agreed_plan};
use crate::{Applicability, Extent, Fix};

/// The grants that let the identity read; both kinds where the vault's permission model is not known.
pub(super) fn fixes(context: &Context<'_>, group: &[Occurrence<Missing>]) -> Vec<Fix> {
    let first = &group[0].what;
    let mut readers: Vec<At<ResourceId>> = group.iter().map(|read| read.what.reader).collect();
    readers.sort_unstable();
    readers.dedup();
    let place = (first.reader, first.property);
    let plan = agreed_plan(context, place, |evaluator| {
        candidates(evaluator, context, first, &readers)
    });
    let Some((holder, plan)) = plan else {
        return Vec::new();
    };
    let wanted = wanted(context, first, holder, &readers);
    let vault = match &first.vault {
        Vault::Declared(vault) => context.label(*vault),
        Vault::Named(name) => name.trim_matches('\'').to_owned(),
    };
    let fix = |kind: &Kind| {
        let mut repair = Repair::new(context);
        wanted.grant(&plan, *kind, &mut repair)?;
        repair.fix(
            plan.title(*kind, &vault),
            Applicability::Unsafe,
            Extent::Repair,
        )
    };
    plan.kinds().iter().filter_map(fix).collect()
}

fn wanted<'c, 'a>(
    context: &'c Context<'a>,
    missing: &Missing,
    holder: At<ResourceId>,
    readers: &[At<ResourceId>],
) -> Wanted<'c, 'a> {
    Wanted {
        context,
        holder,
        is_system: missing.identity == Identity::System,
        readers: readers.to_vec(),
        instead_of: None,
    }
}

/// The resources that may get access, and for whom; none in a case in which one of them has no such
/// identity.
fn candidates<'c, 'a>(
    evaluator: &Evaluator<'_>,
    context: &'c Context<'a>,
    missing: &Missing,
    readers: &[At<ResourceId>],
) -> Result<Option<Vec<Wanted<'c, 'a>>>, Undecided> {
    let holders = holders(evaluator, missing, readers)?;
    let mut candidates = Vec::new();
    for holder in holders {
        let wanted = wanted(context, missing, holder, readers);
        if !wanted.has_identity(evaluator)? {
            return Ok(None);
        }
        candidates.push(wanted);
    }
    Ok(Some(candidates))
}

/// The resources that have or are the identity. A service may be declared once to create it, and once
/// more to read with what it has been granted meanwhile: whoever reads comes last.
fn holders(
    evaluator: &Evaluator<'_>,
    missing: &Missing,
    readers: &[At<ResourceId>],
) -> Result<Vec<At<ResourceId>>, Undecided> {
    if let Identity::User(identity) = missing.identity {
        return Ok(vec![identity]);
    }
    let service = evaluator.identity(missing.service)?;
    let declarations = declarations_of(evaluator, &service)?.into_iter();
    let mut holders: Vec<_> = declarations.map(|(id, _)| id).collect();
    if !holders.contains(&missing.service) {
        holders.push(missing.service);
    }
    let is_reader = |holder: &At<ResourceId>| readers.contains(holder);
    if !holders.iter().all(is_reader) {
        holders.retain(|holder| !is_reader(holder));
    }
    Ok(holders)
}
