//! `identity-not-attached`

use access::carried::{declarations_of, is_without, lacks};
use access::client_id::{Meaning, User, named_by};
use access::identity::{Principal, ServiceIdentity};
use access::reads::{ReadKind, service_of};
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ResourceId};
use template::program::At;
use template::value::Value;

use super::refusal;
use crate::circumstances::{Occurrence, join, occurrences, rests_on_left_out};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::identity::{Lack, add_system_identity, attach_identity};
use crate::rules::Rule;
use crate::{Applicability, Extent, Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identity-not-attached"),
    levels: "error",
    summary: "Something uses an identity that the API Management service does not carry",
    fix: Some(
        "unsafe: attach the identity, or add the system-assigned one to those that are there",
    ),
    documentation: include_str!("identity_not_attached.md"),
    is_about_absence: false,
    check,
};

/// The use of an identity that its service does not carry.
#[derive(Clone, PartialEq)]
struct Unattached {
    user: At<ResourceId>,
    by: User,
    /// The client id, or the property that needs the identity where none is given.
    place: At<ExpressionId>,
    service: At<ResourceId>,
    wanted: Wanted,
    /// What the service carries instead, where it is written.
    carries: At<ExpressionId>,
    /// How the service says that it has no system-assigned identity, if it has none.
    lack: Option<Lack>,
}

/// The identity that is used.
#[derive(Clone, PartialEq)]
enum Wanted {
    System,
    User {
        declaration: Option<At<ResourceId>>,
        name: Option<String>,
    },
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<Occurrence<Unattached>>> = Vec::new();
    for (id, resource) in context.program.resources() {
        if resource.is_existing {
            continue;
        }
        let mut answers = context
            .judge(|evaluator| unattached(evaluator, id))
            .unwrap_or_default();
        for answer in &mut answers {
            if rests_on_left_out(context, answer) {
                answer.value.clear();
            }
        }
        for occurrence in occurrences(context, &answers) {
            join(&mut groups, occurrence, is_one_cause);
        }
    }
    findings.extend(groups.iter().map(|group| finding(context, group)));
}

/// Whether one more identity of the service would do for both.
fn is_one_cause(a: &Occurrence<Unattached>, b: &Occurrence<Unattached>) -> bool {
    a.what.service == b.what.service && a.what.wanted == b.what.wanted && a.when == b.when
}

fn unattached(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Unattached>, Undecided> {
    let mut named = named_by(evaluator, id)?;
    // A gateway has an identity of its own.
    named.retain(|named| named.by != User::Read(ReadKind::GatewayHostname));
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let Some(service) = service_of(evaluator, id)? else {
        return Ok(Vec::new());
    };
    let service = evaluator.identity(service)?;
    let declarations = declarations_of(evaluator, &service)?;
    let Some((declaration, said @ ServiceIdentity::Present(block))) = declarations.first() else {
        return Ok(Vec::new());
    };
    // No identity at all is another cause, and another rule's.
    if declarations.iter().any(|(_, said)| is_without(said)) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for named in &named {
        let (principal, wanted) = match named.meaning() {
            Meaning::System => (Principal::System(service.clone()), Wanted::System),
            Meaning::User(identity) => {
                let name = identity.name().and_then(Value::as_str).map(str::to_owned);
                let declaration = identity.declaration;
                (
                    Principal::User(identity),
                    Wanted::User { declaration, name },
                )
            }
            _ => continue,
        };
        if declarations
            .iter()
            .all(|(_, said)| lacks(evaluator, said, &principal))
        {
            let client_id = named.client_id.as_ref();
            found.push(Unattached {
                user: id,
                by: named.by,
                place: client_id.map_or(named.property, |it| it.origin),
                service: *declaration,
                wanted,
                carries: block.kind_origin.unwrap_or(block.origin),
                lack: Lack::of(said),
            });
        }
    }
    Ok(found)
}

fn finding(context: &Context<'_>, group: &[Occurrence<Unattached>]) -> Finding {
    let Occurrence { what: first, when } = &group[0];
    let (service, label) = (context.label(first.service), context.label(first.user));
    let noun = first.by.noun();
    let used = match first.by {
        User::Logger => format!("The logger `{label}` signs in"),
        User::Read(ReadKind::HostnameCertificate) => format!("A {noun} is read"),
        User::Read(_) => format!("The {noun} `{label}` is read"),
    };
    let mut related = vec![Related {
        place: context.place(first.carries),
        message: format!("this is the identity of `{service}`"),
    }];
    let message = match &first.wanted {
        Wanted::System => format!(
            "{used} with the system-assigned identity of `{service}`{when}, but `{service}` has only \
             user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to \
             the type"
        ),
        Wanted::User { declaration, name } => {
            let identity = match (declaration, name) {
                (Some(declaration), _) => format!(" `{}`", context.label(*declaration)),
                (None, Some(name)) => format!(" '{name}'"),
                (None, None) => String::new(),
            };
            related.extend(declaration.map(|declaration| Related {
                place: context.resource_place(declaration),
                message: "this is the identity that is used".to_owned(),
            }));
            format!(
                "{used} with the user-assigned identity{identity}{when}, but `{service}` does not \
                 carry it: list its id in `userAssignedIdentities`{}",
                refusal(first.by)
            )
        }
    };
    related.extend(group[1..].iter().map(|other| Related {
        place: context.place(other.what.place),
        message: format!("the {} uses the same identity", other.what.by.noun()),
    }));
    related.extend(context.callers(first.user.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(first.place),
        subject: context.resource_place(first.user),
        message,
        related,
        fixes: fix(context, first).into_iter().collect(),
    }
}

fn fix(context: &Context<'_>, what: &Unattached) -> Option<Fix> {
    let mut repair = Repair::new(context);
    let service = context.label(what.service);
    let title = match &what.wanted {
        Wanted::System => {
            add_system_identity(&mut repair, what.service, &[what.lack?])?;
            format!("Add the system-assigned identity to `{service}`")
        }
        Wanted::User { declaration, .. } => {
            let identity = (*declaration)?;
            attach_identity(&mut repair, what.service, identity)?;
            format!(
                "Attach the user-assigned identity `{}` to `{service}`",
                context.label(identity)
            )
        }
    };
    repair.fix(title, Applicability::Unsafe, Extent::Repair)
}
