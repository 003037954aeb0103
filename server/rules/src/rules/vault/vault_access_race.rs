//! `vault-access-race`

use access::grants::grants_of;
use access::reading::{Reading, Turn};
use access::reads::readers;
use template::Evaluator;
use template::cases::Undecided;
use template::dependencies::Deployed;
use template::model::ResourceId;
use template::program::At;

use crate::circumstances::{Occurrence, occurrences};
use crate::context::{Context, ReadingPlace};
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-access-race"),
    levels: "warning",
    summary: "API Management reads a Key Vault without waiting for the grant, or for the secret, that \
              the same deployment creates",
    fix: Some("safe: add `dependsOn`"),
    documentation: include_str!("vault_access_race.md"),
    is_about_absence: false,
    check,
};

/// A read that is not in order.
#[derive(Clone, PartialEq)]
struct Race {
    place: ReadingPlace,
    /// What it ought to wait for: any of these.
    other: Vec<At<ResourceId>>,
    is_grant: bool,
    vault: Option<At<ResourceId>>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| races(context, evaluator, id));
        let mut seen: Vec<Vec<At<ResourceId>>> = Vec::new();
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            // A resource waits once, however much it reads.
            if !seen.contains(&occurrence.what.other) {
                seen.push(occurrence.what.other.clone());
                findings.push(finding(context, &occurrence));
            }
        }
    }
}

fn races(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
) -> Result<Vec<Race>, Undecided> {
    let mut races = Vec::new();
    for reading in Reading::all(evaluator, id)?.iter() {
        let access = reading.access(evaluator)?;
        // A grant of some cases is beside the read in these.
        for grant in access.iter().flat_map(|access| &access.undecided) {
            grants_of(evaluator, *grant)?;
        }
        let turn = reading.turn(evaluator, &context.order, access.as_ref())?;
        let Turn::Beside { grants, secret } = turn else {
            continue;
        };
        let others = [(grants, true), (secret.into_iter().collect(), false)];
        let others = others.into_iter().filter(|(other, _)| !other.is_empty());
        races.extend(others.map(|(other, is_grant)| Race {
            place: reading.into(),
            other,
            is_grant,
            vault: reading.vault,
        }));
    }
    Ok(races)
}

fn finding(context: &Context<'_>, occurrence: &Occurrence<Race>) -> Finding {
    let Occurrence { what, when } = occurrence;
    let other = context.label(what.other[0]);
    let vault = match what.vault {
        Some(vault) => format!("`{}`", context.label(vault)),
        None => "the key vault".to_owned(),
    };
    let (cause, error, note) = if what.is_grant {
        (
            format!("but does not wait for `{other}`, which lets its identity read there"),
            ": \"Failed to access KeyVault Secret … using Managed Service Identity of Api Management \
             service\"",
            "this grants access",
        )
    } else {
        (
            format!("but does not wait for `{other}`, which creates the secret"),
            "",
            "this creates the secret",
        )
    };
    let comes_first = |other: &At<ResourceId>| context.order.may_wait(*other, what.place.reader);
    let consequence = if what.other.iter().all(comes_first) {
        format!("`{other}` itself comes only after the read, so that the first deployment fails")
    } else {
        "Azure deploys both at the same time, and the deployment fails whenever the read comes first"
            .to_owned()
    };
    let others = what.other.iter().map(|id| (*id, note));
    let vault_place = what.vault.map(|id| (id, "this is the vault"));
    let related = others.chain(vault_place).map(|(id, note)| Related {
        place: context.resource_place(id),
        message: note.to_owned(),
    });
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(what.place.property),
        subject: context.resource_place(what.place.reader),
        message: format!(
            "{} from {vault}{when}, {cause}. {consequence}{error}",
            context.read_sentence(&what.place),
        ),
        related: related
            .chain(context.callers(what.place.reader.instance))
            .collect(),
        fixes: wait(context, what).into_iter().collect(),
    }
}

/// Lets the reader wait for the grant, or for the module that makes it, if that is in the reader's
/// file and closes no cycle.
fn wait(context: &Context<'_>, what: &Race) -> Option<Fix> {
    let reader = what.place.reader;
    let deployed = what
        .other
        .iter()
        .find_map(|other| context.beside(reader.instance, *other))?;
    let dependencies = context.dependencies(reader.instance);
    let from = Deployed::Resource(reader.id);
    if dependencies.may_reach(deployed, from) {
        return None;
    }
    let name = match deployed {
        Deployed::Resource(id) => context.label(reader.instance.at(id)),
        Deployed::Module(id) => context.module_label(reader.instance.at(id)),
    };
    let editor = context.editor(reader.instance)?;
    context.fix(
        reader.instance,
        format!("Wait for `{name}`"),
        Applicability::Safe,
        editor.add_depends_on(reader.id, &deployed.into()),
    )
}
