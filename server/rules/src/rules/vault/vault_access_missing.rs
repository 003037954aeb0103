//! `vault-access-missing`

mod repair;

use access::grants::Why;
use access::identity::Principal;
use access::reading::{Reading, ReadingIdentity};
use access::reads::{ReadKind, readers};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use crate::circumstances::{Occurrence, join, occurrences};
use crate::context::{Context, ReadingPlace};
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("vault-access-missing"),
    levels: "warning; error where the deployment creates the vault",
    summary: "A new identity reads a Key Vault, and nothing in the deployment lets it",
    fix: Some("unsafe: insert the role assignment or access policy, where need be in a module"),
    documentation: include_str!("vault_access_missing.md"),
    is_about_absence: true,
    check,
};

/// A read that nothing allows.
#[derive(Clone, PartialEq)]
struct Missing {
    reader: At<ResourceId>,
    kind: ReadKind,
    property: At<ExpressionId>,
    service: At<ResourceId>,
    identity: Identity,
    vault: Vault,
}

/// The identity that reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    /// The system-assigned identity of the service.
    System,
    /// A user-assigned identity.
    User(At<ResourceId>),
}

/// The vault that is read.
#[derive(Clone, PartialEq)]
enum Vault {
    Declared(At<ResourceId>),
    /// Only a URL names it: its name, as far as it is known.
    Named(String),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<Occurrence<Missing>>> = Vec::new();
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| missing(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            join(&mut groups, occurrence, |a, b| {
                is_one_cause(&a.what, &b.what)
            });
        }
    }
    findings.extend(groups.iter().map(|group| finding(context, group)));
}

/// Whether one grant would allow both reads.
fn is_one_cause(a: &Missing, b: &Missing) -> bool {
    a.vault == b.vault && a.service == b.service && a.identity == b.identity
}

fn missing(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Missing>, Undecided> {
    let mut found = Vec::new();
    for reading in Reading::all(evaluator, id)?.iter() {
        found.extend(missing_access(evaluator, reading)?);
    }
    Ok(found)
}

fn missing_access(
    evaluator: &Evaluator<'_>,
    reading: &Reading,
) -> Result<Option<Missing>, Undecided> {
    let (Some(service), ReadingIdentity::New(principal)) = (reading.service, &reading.identity)
    else {
        return Ok(None);
    };
    let Some(access) = reading.access(evaluator)? else {
        return Ok(None);
    };
    // Other rules say what is wrong with a grant.
    let is_explained = access
        .ineffective
        .iter()
        .any(|grant| grant.why != Why::Permissions);
    if !access.is_missing() || is_explained {
        return Ok(None);
    }
    let name = reading.secret.as_ref().and_then(|it| it.vault.name());
    Ok(Some(Missing {
        reader: reading.read.reader,
        kind: reading.read.kind,
        property: reading.read.property,
        service,
        identity: match principal {
            Principal::System(_) => Identity::System,
            Principal::User(identity) => match identity.declaration {
                Some(declaration) => Identity::User(declaration),
                None => return Ok(None),
            },
        },
        vault: match reading.vault {
            Some(id) => Vault::Declared(id),
            None => Vault::Named(name.map_or_else(String::new, |name| evaluator.describe(name))),
        },
    }))
}

fn finding(context: &Context<'_>, group: &[Occurrence<Missing>]) -> Finding {
    let Occurrence { what: first, when } = &group[0];
    let thing = context.read_sentence(&ReadingPlace {
        reader: first.reader,
        service: Some(first.service),
        kind: first.kind,
        property: first.property,
    });
    let (identity, identity_label) = match first.identity {
        Identity::System => (
            "its system-assigned identity".to_owned(),
            context.resource_place(first.service),
        ),
        Identity::User(id) => (
            format!("the user-assigned identity `{}`", context.label(id)),
            context.resource_place(id),
        ),
    };
    let mut related = vec![Related {
        place: identity_label,
        message: "this identity is created by the deployment".to_owned(),
    }];
    let (vault, is_created) = match &first.vault {
        Vault::Declared(id) => {
            let resource = context.resource(*id);
            related.push(Related {
                place: context.resource_place(*id),
                message: "this is the vault".to_owned(),
            });
            (format!("`{}`", context.label(*id)), !resource.is_existing)
        }
        Vault::Named(name) => (
            format!("the key vault `{}`", name.trim_matches('\'')),
            false,
        ),
    };
    related.extend(group[1..].iter().map(|other| Related {
        place: context.place(other.what.property),
        message: format!("the {} is read the same way", other.what.kind.noun()),
    }));
    related.extend(context.callers(first.reader.instance));
    let consequence = if is_created {
        "The deployment will fail"
    } else {
        "Unless access was granted before, the deployment will fail"
    };
    Finding {
        rule: RULE.id,
        level: if is_created {
            Level::Error
        } else {
            Level::Warning
        },
        place: context.place(first.property),
        subject: context.resource_place(first.reader),
        message: format!(
            "{thing} from {vault} with {identity}{when}, but nothing in this deployment lets that \
             identity read secrets there. {consequence}: \"Failed to access KeyVault Secret … using \
             Managed Service Identity of Api Management service\""
        ),
        related,
        fixes: repair::fixes(context, group),
    }
}
