//! `hostname-before-access`

use access::reading::{Reading, Turn, is_declared_once};
use access::reads::ReadKind;
use template::Evaluator;
use template::cases::{Answer, Undecided, judge};
use template::model::{Arguments, ExpressionId, ExpressionKind, Member, Reference, ResourceId};
use template::program::{At, Program};

use crate::circumstances::{Occurrence, occurrences};
use crate::context::{Context, ReadingPlace};
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("hostname-before-access"),
    levels: "error",
    summary: "The certificate of a hostname is read with an identity that the same resource creates, \
              so that it cannot have access yet",
    fix: None,
    documentation: include_str!("hostname_before_access.md"),
    is_about_absence: false,
    check,
};

/// How long a chain of names may be that leads to the hostnames.
const MAXIMUM_DEPTH: u32 = 32;

/// Certificates that are read too early.
#[derive(Clone, PartialEq)]
struct TooEarly {
    place: ReadingPlace,
    vault: Option<At<ResourceId>>,
    grants: Vec<At<ResourceId>>,
    others: Vec<At<ExpressionId>>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in access::identity::services(context.program) {
        let answers = judge(context.program, |evaluator| {
            let is_deployed = evaluator.is_deployed(id)?;
            Ok((is_deployed, too_early(context, evaluator, id)?))
        });
        let answers = answers.unwrap_or_default();
        // A case without the hostnames is a way to deploy in two runs.
        let has_first_run = answers
            .iter()
            .any(|Answer { value, .. }| value.0 && value.1.is_empty());
        let answers: Vec<_> = answers.into_iter().map(without_state).collect();
        if has_first_run || is_optional(context.program, id) {
            continue;
        }
        for occurrence in occurrences(context, &answers) {
            findings.push(finding(context, &occurrence));
        }
    }
}

fn without_state<S, T>(answer: Answer<(S, T)>) -> Answer<T> {
    Answer {
        case: answer.case,
        defaults: answer.defaults,
        value: answer.value.1,
    }
}

fn too_early(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
) -> Result<Vec<TooEarly>, Undecided> {
    let mut found: Option<TooEarly> = None;
    for reading in Reading::all(evaluator, id)? {
        if reading.read.kind != ReadKind::HostnameCertificate
            || reading.turn(evaluator, &context.order, None)? != Turn::BeforeAccess
        {
            continue;
        }
        if let Some(found) = &mut found {
            found.others.push(reading.read.property);
            continue;
        }
        // A second declaration of the service is the cure.
        if !is_declared_once(evaluator, id)? {
            break;
        }
        let access = reading.access(evaluator)?;
        found = Some(TooEarly {
            place: (&reading).into(),
            vault: reading.vault,
            grants: access.map_or_else(Vec::new, |access| access.granted),
            others: Vec::new(),
        });
    }
    Ok(found.into_iter().collect())
}

/// Whether the hostnames of a service are written so that there is another case than with them.
fn is_optional(program: &Program, service: At<ResourceId>) -> bool {
    let body = service.instance.at(program.resource(service).body);
    depends(
        program,
        body,
        &["properties", "hostnameConfigurations"],
        MAXIMUM_DEPTH,
    )
}

/// Whether what is at a path of an expression hangs on a condition, or on a parameter that is empty by
/// default.
fn depends(program: &Program, at: At<ExpressionId>, path: &[&str], depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    let template = program.template(at.instance);
    let inner = |id: ExpressionId, path: &[&str]| depends(program, at.instance.at(id), path, depth);
    match template.kind(at.id) {
        ExpressionKind::Conditional { .. } | ExpressionKind::Null => true,
        ExpressionKind::Object(object) => object.members.iter().any(|member| match member {
            Member::Spread(spread) => inner(*spread, path),
            Member::Property(property) => {
                let [first, rest @ ..] = path else {
                    return false;
                };
                let is_it = template
                    .text(property.key)
                    .is_some_and(|key| key.eq_ignore_ascii_case(first));
                is_it && inner(property.value, rest)
            }
        }),
        ExpressionKind::Array(items) => {
            let items = items.iter();
            path.is_empty() && (items.len() == 0 || items.clone().all(|it| inner(it.value, path)))
        }
        ExpressionKind::Reference(Reference::Variable(id)) => {
            inner(template.variable(*id).value, path)
        }
        ExpressionKind::Reference(Reference::Parameter(id)) => {
            let parameter = template.parameter(*id);
            match argument(program, at.instance.at(&*parameter.name.text)) {
                Some(argument) => depends(program, argument, path, depth),
                None => parameter
                    .default
                    .is_some_and(|default| inner(default, path)),
            }
        }
        ExpressionKind::Member { object, name, .. } => {
            let mut longer = vec![&*name.text];
            longer.extend(path);
            inner(*object, &longer)
        }
        ExpressionKind::Call { arguments, .. } | ExpressionKind::UserCall { arguments, .. } => {
            arguments.iter().any(|argument| inner(*argument, path))
        }
        ExpressionKind::Binary { left, right, .. } => inner(*left, path) || inner(*right, path),
        ExpressionKind::For { repetition, .. } => inner(repetition.iterable, &[]),
        _ => false,
    }
}

/// What the caller of an instance gives for a parameter of a name.
fn argument(program: &Program, name: At<&str>) -> Option<At<ExpressionId>> {
    let caller = program.caller(name.instance)?;
    let Arguments::Given(arguments) = program.module(caller).arguments else {
        return None;
    };
    let template = program.template(caller.instance);
    let property = template.property(arguments, name.id)?;
    Some(caller.instance.at(property.value))
}

fn finding(context: &Context<'_>, occurrence: &Occurrence<TooEarly>) -> Finding {
    let Occurrence { what, when } = occurrence;
    let vault = match what.vault {
        Some(vault) => format!("`{}`", context.label(vault)),
        None => "its key vault".to_owned(),
    };
    let mut related = vec![Related {
        place: context.resource_place(what.place.reader),
        message: "the identity comes to be here, and the certificate is read at once".to_owned(),
    }];
    related.extend(what.grants.iter().map(|grant| Related {
        place: context.resource_place(*grant),
        message: "this grants access, but only afterwards".to_owned(),
    }));
    related.extend(what.others.iter().map(|property| Related {
        place: context.place(*property),
        message: "this certificate is read the same way".to_owned(),
    }));
    related.extend(context.callers(what.place.reader.instance));
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.place.property),
        subject: context.resource_place(what.place.reader),
        message: format!(
            "{} from {vault} with the system-assigned identity that this same deployment step \
             creates{when}, so that nothing can have let it read yet. The first deployment will fail: \
             \"Failed to access KeyVault Secret … using Managed Service Identity of Api Management \
             service\". Deploy without `hostnameConfigurations` first and grant access, then add them: \
             in a second run, or in a module that declares the service again and waits for the grant",
            context.read_sentence(&what.place),
        ),
        related,
        fixes: Vec::new(),
    }
}
