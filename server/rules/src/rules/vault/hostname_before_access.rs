//! `hostname-before-access`

mod one_run;
mod two_runs;
mod user_identity;
mod written;

use std::collections::BTreeSet;

use access::reading::{Reading, Turn};
use access::reads::{ReadKind, reads_of};
use syntax::Language;
use template::Evaluator;
use template::cases::{Answer, Undecided};
use template::model::{
    Arguments, BinaryOperator, ExpressionId, ExpressionKind, Member, Reference, ResourceId,
};
use template::program::{At, Program};
use template::value::Value;

use crate::circumstances::{occurrences, when};
use crate::context::{Context, ReadingPlace};
use crate::rules::Rule;
use crate::{Finding, Fix, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("hostname-before-access"),
    levels: "error",
    summary: "The certificate of a hostname is read with an identity that the same resource creates, \
              so that it cannot have access yet",
    fix: Some(
        "unsafe: add the hostnames in a second run, or in the same run by declaring the service again, or \
         read with a user-assigned identity",
    ),
    documentation: include_str!("hostname_before_access.md"),
    // A template that others deploy may declare again what another one created before.
    is_about_absence: true,
    check,
};

/// How long a chain of names may be that leads to the hostnames.
const MAXIMUM_DEPTH: u32 = 32;

/// A certificate that is read too early.
#[derive(Clone, PartialEq)]
struct TooEarly {
    place: ReadingPlace,
    vault: Option<At<ResourceId>>,
    grants: Vec<At<ResourceId>>,
    /// Whether something that cannot be seen into may grant access.
    may_be_granted: bool,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in access::identity::services(context.program) {
        let answers = context.judge(|evaluator| {
            Ok((
                evaluator.is_deployed(id)? && !has_hostnames(evaluator, id)?,
                too_early(context, evaluator, id)?,
            ))
        });
        let answers = answers.unwrap_or_default();
        // A case without the hostnames is a way to deploy in two runs.
        let has_first_run = answers.iter().any(|answer| answer.value.0);
        let answers: Vec<_> = answers.into_iter().map(findings_alone).collect();
        let found = occurrences(context, &answers);
        if found.is_empty() || has_first_run || is_optional(context, id) {
            continue;
        }
        let when = when(context, &answers, |answer| !answer.value.is_empty());
        let found: Vec<_> = found.into_iter().map(|it| it.what).collect();
        findings.push(finding(context, &found, &when));
    }
}

fn findings_alone<S, T>(answer: Answer<(S, T)>) -> Answer<T> {
    Answer {
        case: answer.case,
        defaults: answer.defaults,
        value: answer.value.1,
    }
}

/// Whether a service reads the certificate of any hostname.
fn has_hostnames(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<bool, Undecided> {
    let reads = reads_of(evaluator, id)?;
    Ok(reads
        .iter()
        .any(|read| read.kind == ReadKind::HostnameCertificate))
}

fn too_early(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    id: At<ResourceId>,
) -> Result<Vec<TooEarly>, Undecided> {
    let mut found = Vec::new();
    for reading in Reading::all(evaluator, id)?.iter() {
        // Another text is a mistake of its own, or a place that a tool fills in.
        let is_other = reading.secret.is_none() && reading.read.reference.value.as_str().is_some();
        if is_other || reading.turn(evaluator, &context.order, None)? != Turn::BeforeAccess {
            continue;
        }
        let access = reading.access(evaluator)?;
        found.push(TooEarly {
            place: reading.into(),
            vault: reading.vault,
            may_be_granted: access.as_ref().is_none_or(|access| access.may_be_granted),
            grants: access.map_or_else(Vec::new, |access| access.granted),
        });
    }
    Ok(found)
}

/// Whether the hostnames of a service are written so that whoever deploys it may leave them out.
fn is_optional(context: &Context<'_>, service: At<ResourceId>) -> bool {
    let search = Search {
        context,
        element: Some("keyVaultId"),
    };
    let body = service.instance.at(context.resource(service).body);
    let path = ["properties", "hostnameConfigurations"];
    search.may_be_without(body, &path, MAXIMUM_DEPTH)
}

/// Looks for a way to leave out what is at a path.
struct Search<'c, 'p> {
    context: &'c Context<'p>,
    /// The property that makes an element of a list count.
    element: Option<&'static str>,
}

impl Search<'_, '_> {
    /// Whether what is at a path of an expression may be absent or empty: in an arm of a condition, or
    /// by the default of a parameter.
    fn may_be_without(&self, at: At<ExpressionId>, path: &[&str], depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return true;
        };
        let template = self.context.program.template(at.instance);
        let inner =
            |id: ExpressionId, path: &[&str]| self.may_be_without(at.instance.at(id), path, depth);
        match template.kind(at.id) {
            ExpressionKind::Null => true,
            // Which element it is may depend on a parameter, but not in a loop that takes all.
            ExpressionKind::Index { index, .. } => !matches!(
                template.kind(*index),
                ExpressionKind::Reference(Reference::Local(_))
            ),
            ExpressionKind::String(text) => text.is_empty(),
            ExpressionKind::Conditional {
                condition,
                consequence,
                alternative,
            } => match settled(self.context, at.instance.at(*condition)) {
                Some(true) => inner(*consequence, path),
                Some(false) => inner(*alternative, path),
                None => inner(*consequence, path) || inner(*alternative, path),
            },
            ExpressionKind::Object(object) => {
                let Some((first, rest)) = path.split_first() else {
                    return false;
                };
                object.members.iter().all(|member| match member {
                    Member::Spread(spread) => inner(*spread, path),
                    Member::Property(property) => {
                        let key = template.text(property.key);
                        let is_it = key.is_some_and(|key| key.eq_ignore_ascii_case(first));
                        !is_it || inner(property.value, rest)
                    }
                })
            }
            ExpressionKind::Array(items) => items.iter().all(|item| match self.element {
                _ if item.is_spread => inner(item.value, path),
                Some(element) => inner(item.value, &[element]),
                None => false,
            }),
            ExpressionKind::Reference(Reference::Variable(id)) => {
                inner(template.variable(*id).value, path)
            }
            ExpressionKind::Reference(Reference::Parameter(id)) => {
                let parameter = template.parameter(*id);
                match argument(self.context.program, at.instance.at(&*parameter.name.text)) {
                    Some(argument) => self.may_be_without(argument, path, depth),
                    None => parameter
                        .default
                        .is_some_and(|default| inner(default, path)),
                }
            }
            ExpressionKind::Member { object, name, .. } => {
                let longer: Vec<_> = std::iter::once(&*name.text)
                    .chain(path.iter().copied())
                    .collect();
                inner(*object, &longer)
            }
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if ["concat", "union", "createarray"].contains(&&**function) => {
                arguments.iter().all(|argument| inner(*argument, path))
            }
            ExpressionKind::Call { arguments, .. } | ExpressionKind::UserCall { arguments, .. } => {
                arguments.iter().any(|argument| inner(*argument, path))
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Coalesce,
                right,
                ..
            } => inner(*right, path),
            ExpressionKind::NonNull(operand) => inner(*operand, path),
            ExpressionKind::For { repetition, body } => {
                let list = Search {
                    context: self.context,
                    element: None,
                };
                let iterable = at.instance.at(repetition.iterable);
                list.may_be_without(iterable, &[], depth)
                    || self.element.is_some_and(|element| inner(*body, &[element]))
            }
            _ => false,
        }
    }
}

/// The truth of a condition, where neither a case nor a default has a part in it: it is written, or
/// follows from what is.
fn settled(context: &Context<'_>, condition: At<ExpressionId>) -> Option<bool> {
    let answers = context.judge(|evaluator| Ok(evaluator.evaluate(condition)?.value))?;
    match answers.as_slice() {
        [
            Answer {
                value: Value::Bool(value),
                defaults,
                ..
            },
        ] if defaults.is_empty() => Some(*value),
        _ => None,
    }
}

/// What the caller of an instance gives for a parameter of a name.
fn argument(program: &Program, name: At<&str>) -> Option<At<ExpressionId>> {
    let caller = program.caller(name.instance)?;
    let Arguments::Given(arguments) = program.module(caller).arguments else {
        return None;
    };
    let template = program.template(caller.instance);
    let mut property = template.property(arguments, name.id)?;
    if template.language == Language::Json {
        property = template.property(property.value, "value")?;
    }
    Some(caller.instance.at(property.value))
}

/// What is wrong with a service: of all that it reads too early, in the cases in which it does.
fn finding(context: &Context<'_>, found: &[TooEarly], when: &str) -> Finding {
    let what = &found[0];
    let vault = match what.vault {
        Some(vault) => format!("`{}`", context.label(vault)),
        None => "its key vault".to_owned(),
    };
    let mut related = vec![Related {
        place: context.resource_place(what.place.reader),
        message: "the identity comes to be here, and the certificate is read at once".to_owned(),
    }];
    let grants: BTreeSet<_> = found.iter().flat_map(|it| &it.grants).collect();
    related.extend(grants.into_iter().map(|grant| Related {
        place: context.resource_place(*grant),
        message: "this grants access, but only afterwards".to_owned(),
    }));
    related.extend(found[1..].iter().map(|other| Related {
        place: context.place(other.place.property),
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
        fixes: fixes(context, found),
    }
}

/// The ways out: the hostnames come later, or the identity comes earlier.
fn fixes(context: &Context<'_>, found: &[TooEarly]) -> Vec<Fix> {
    let service = found[0].place.reader;
    let two_runs = two_runs::fix(context, service);
    let mut fixes: Vec<_> = two_runs.into_iter().collect();
    fixes.extend(one_run::fixes(context, service, found));
    fixes.extend(user_identity::fix(context, service, found));
    fixes
}
