//! A service that is declared once more, with its hostnames, behind the grant.

use access::reading::Reading;
use template::Evaluator;
use template::cases::Undecided;
use template::dependencies::Deployed;
use template::edit::{Redeclaration, Target};
use template::model::ResourceId;
use template::program::At;

use super::{TooEarly, written};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::access::{Kind, KnownVault, Plan, Wanted};
use crate::{Applicability, Extent, Fix};

/// Takes the hostnames out of the service and declares it again with them, in a module that waits for
/// the grants. A grant that is missing is added, of each kind that may do.
pub(super) fn fixes(
    context: &Context<'_>,
    service: At<ResourceId>,
    found: &[TooEarly],
) -> Vec<Fix> {
    let again = Again {
        context,
        service,
        found,
    };
    if found.iter().all(|it| !it.grants.is_empty()) {
        return again.fix(None).into_iter().collect();
    }
    let wanted = Wanted {
        context,
        holder: service,
        is_system: true,
        readers: Vec::new(),
        instead_of: None,
    };
    let Some(plan) = again.plan(&wanted) else {
        return Vec::new();
    };
    let kinds = plan.kinds().iter();
    kinds
        .filter_map(|kind| again.fix(Some((&wanted, &plan, *kind))))
        .collect()
}

struct Again<'c, 'a> {
    context: &'c Context<'a>,
    service: At<ResourceId>,
    found: &'c [TooEarly],
}

impl<'a> Again<'_, 'a> {
    /// The place for the grant that is missing, if all that is missing is one.
    fn plan(&self, wanted: &Wanted<'_, 'a>) -> Option<Plan> {
        let mut missing = self.found.iter().filter(|it| it.grants.is_empty());
        if missing.any(|it| it.may_be_granted) {
            return None;
        }
        let plans = self
            .context
            .agreed(|evaluator| self.plans(evaluator, wanted))?;
        match <[_; 1]>::try_from(plans) {
            Ok([plan]) => plan.filter(|plan| plan.is_in(self.service.instance)),
            Err(_) => None,
        }
    }

    /// The places for the grants that the reads of a case lack; none in a case without such reads.
    fn plans(
        &self,
        evaluator: &Evaluator<'_>,
        wanted: &Wanted<'_, 'a>,
    ) -> Result<Option<Vec<Option<Plan>>>, Undecided> {
        let mut plans = Vec::new();
        for reading in Reading::all(evaluator, self.service)?.iter() {
            let mut missing = self.found.iter().filter(|it| it.grants.is_empty());
            if missing.all(|it| it.place.property != reading.read.property) {
                continue;
            }
            let vault = match &reading.secret {
                Some(secret) => KnownVault::of(evaluator, &secret.vault, reading.vault)?,
                None => None,
            };
            plans.push(match vault {
                Some(vault) => wanted.plan(evaluator, &vault)?,
                None => None,
            });
        }
        plans.dedup();
        Ok((!plans.is_empty()).then_some(plans))
    }

    fn fix(&self, missing: Option<(&Wanted<'_, 'a>, &Plan, Kind)>) -> Option<Fix> {
        let (context, instance) = (self.context, self.service.instance);
        let template = context.template(instance);
        let [properties, _] = written::hostnames(context, self.service)?;
        let is_outside = !context
            .resource(self.service)
            .range
            .contains_range(template.range(properties));
        if is_outside || context.program.shares_names(instance) {
            return None;
        }
        let editor = context.editor(instance)?;
        let mut repair = Repair::new(context);
        let mut waits = self.granted()?;
        let mut depends_on: Vec<_> = waits.iter().map(|it| Target::from(*it)).collect();
        if let Some((wanted, plan, kind)) = missing {
            depends_on.push(wanted.grant(plan, kind, &mut repair)?);
        } else {
            let dependencies = context.dependencies(instance);
            let service = Deployed::Resource(self.service.id);
            if !waits.iter().all(|it| dependencies.may_reach(*it, service)) {
                depends_on.insert(0, service.into());
            }
        }
        waits.push(self.service.id.into());
        waits.extend(missing.and_then(|(_, plan, _)| plan.vault().map(Deployed::Resource)));
        let after = *waits.iter().max_by_key(|it| it.range(template).end)?;
        let symbol = match &context.resource(self.service).symbol {
            Some(symbol) => format!("{}Hostnames", symbol.text),
            None => "apimHostnames".to_owned(),
        };
        let symbol = editor.unused_symbol(&symbol);
        let path = context.unused_file(instance, &symbol, "bicep");
        let new = Redeclaration {
            resource: self.service.id,
            symbol,
            path: path.file_name()?.to_str()?.to_owned(),
            depends_on,
        };
        let (edits, file) = editor.redeclare(after, &new)?;
        repair.edit(instance, Some(edits))?;
        let removed = editor.take_property(properties, "hostnameConfigurations");
        repair.edit(instance, removed)?;
        if let Some(text) = file {
            repair.create(path, text);
        }
        let grant = match missing {
            Some((_, _, Kind::Role)) => ", after a new role assignment",
            Some((_, _, Kind::Policy)) => ", after a new access policy",
            None => "",
        };
        repair.fix(
            format!(
                "Add the hostnames in the same run: declare `{}` again with them{grant}; each later run \
                 takes them off until then",
                context.label(self.service)
            ),
            Applicability::Unsafe,
            Extent::Refactoring,
        )
    }

    /// What makes the grants that are there, in the file of the service; none if one is elsewhere.
    fn granted(&self) -> Option<Vec<Deployed>> {
        let mut waits = Vec::new();
        for grants in self.found.iter().map(|it| &it.grants) {
            let beside = grants
                .iter()
                .filter_map(|grant| self.context.beside(self.service.instance, *grant));
            let beside: Vec<_> = beside.collect();
            if beside.is_empty() && !grants.is_empty() {
                return None;
            }
            waits.extend(beside);
        }
        waits.sort_unstable();
        waits.dedup();
        Some(waits)
    }
}
