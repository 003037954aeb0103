//! `secret-in-template`

mod repair;

use access::secrets::{
    Handed, InVault, Source, Written, carries, handed_by, is_named_value, is_open, source_of,
    visit_contents,
};
use syntax::Language;
use template::cases::Undecided;
use template::model::{ExpressionId, ExpressionKind, ParameterId, ParameterKind, ResourceId};
use template::program::{At, InstanceId};
use template::{Evaluator, Way};

use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-in-template"),
    levels: "warning; info for a visible placeholder",
    summary: "A secret of API Management is written in the template, or comes through a parameter that \
              is not secure",
    fix: Some("unsafe: take it from a secure parameter; refer to a secret in Key Vault"),
    documentation: include_str!("secret_in_template.md"),
    is_about_absence: false,
    check,
};

/// A secret that can be read where it should not.
#[derive(Clone, PartialEq)]
struct Leak {
    noun: &'static str,
    in_vault: Option<InVault>,
    property: Option<At<ExpressionId>>,
    how: How,
    /// The parameters that the value comes through, the farthest one first.
    through: Vec<At<ParameterId>>,
}

#[derive(Clone, PartialEq)]
enum How {
    /// It is written in the template.
    Written {
        origin: At<ExpressionId>,
        secret: Written,
    },
    /// It is in a file that becomes part of the template.
    Loaded(At<ExpressionId>),
    /// A parameter that is not secure gives it.
    Given(At<ParameterId>),
    /// A parameter that is not secure passes it on.
    PassedOn(At<ParameterId>),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut leaks = Vec::new();
    for (id, resource) in context.program.resources() {
        if resource.is_existing {
            continue;
        }
        let answers = context.judge(|evaluator| {
            let mut leaks = Vec::new();
            for handed in handed_by(evaluator, id)? {
                leaks.extend(leak(evaluator, &handed)?);
            }
            Ok(leaks)
        });
        let found = occurrences(context, &answers.unwrap_or_default());
        leaks.extend(found.into_iter().map(|occurrence| (id, occurrence)));
    }
    let mut own: Vec<_> = leaks
        .iter()
        .map(|(id, leak)| finding(context, *id, &leak.what, &leak.when))
        .collect();
    for (index, (id, leak)) in leaks.iter().enumerate() {
        // What is said of several values at one place is repaired for all of them.
        let alike = leaks.iter().zip(&own);
        let alike = alike.filter(|(_, finding)| finding.key() == own[index].key());
        let alike: Vec<_> = alike.map(|((id, leak), _)| (*id, &leak.what)).collect();
        own[index].fixes = repair::fixes(context, *id, &leak.what, &alike);
    }
    findings.extend(own);
}

fn leak(evaluator: &Evaluator<'_>, handed: &Handed) -> Result<Option<Leak>, Undecided> {
    let program = evaluator.program;
    let value = evaluator.force(&handed.value)?;
    let Some(source) = source_of(program, &value.value, handed.kind) else {
        return Ok(None);
    };
    let through = ways(evaluator, handed, &source)?;
    let how = match &source {
        Source::Loaded => Some(How::Loaded(value.origin)),
        Source::Guarded(_) => passed_on(evaluator, &through),
        Source::Parameter(id) => from(evaluator, handed, *id, &through)?,
        Source::Written(written) => match home(evaluator, value.origin, &through) {
            Home::Parameter(id) => from(evaluator, handed, id, &through)?,
            Home::Template if is_loaded(evaluator, value.origin) => Some(How::Loaded(value.origin)),
            Home::Template => Some(How::Written {
                origin: value.origin,
                secret: written.clone(),
            }),
            Home::Elsewhere => None,
        },
    };
    Ok(how.map(|how| Leak {
        noun: handed.noun,
        in_vault: handed.in_vault,
        property: handed.property,
        how,
        through,
    }))
}

/// The parameters that a secret comes through, the farthest one first.
fn ways(
    evaluator: &Evaluator<'_>,
    handed: &Handed,
    source: &Source,
) -> Result<Vec<At<ParameterId>>, Undecided> {
    let mut ways = Vec::new();
    for passage in evaluator.passages(&handed.value)? {
        if let Way::Parameter(id) = passage.way
            && carries(evaluator, &passage.carried.value, source)?
        {
            ways.push(id);
        }
    }
    Ok(ways)
}

/// What a written value belongs to.
enum Home {
    /// A parameter: it is its default, one of its allowed values, or what a parameter file gives it.
    Parameter(At<ParameterId>),
    /// A template.
    Template,
    /// A parameter file, for a parameter that cannot be told.
    Elsewhere,
}

fn home(evaluator: &Evaluator<'_>, origin: At<ExpressionId>, through: &[At<ParameterId>]) -> Home {
    let program = evaluator.program;
    let instance = program.instance(origin.instance);
    if let Some(id) = instance.template.parameter_around(program.range(origin)) {
        return Home::Parameter(origin.instance.at(id));
    }
    if instance.file.parameters().is_none() {
        return Home::Template;
    }
    match through.first() {
        Some(id) if id.instance == InstanceId::ROOT => Home::Parameter(*id),
        _ => Home::Elsewhere,
    }
}

/// Whether a known text is that of a file.
fn is_loaded(evaluator: &Evaluator<'_>, origin: At<ExpressionId>) -> bool {
    let template = evaluator.program.template(origin.instance);
    matches!(
        template.kind(origin.id),
        ExpressionKind::Call { function, .. } if function.starts_with("load")
    )
}

/// What is wrong with a secret that a parameter gives.
fn from(
    evaluator: &Evaluator<'_>,
    handed: &Handed,
    id: At<ParameterId>,
    through: &[At<ParameterId>],
) -> Result<Option<How>, Undecided> {
    let parameter = evaluator.program.parameter(id);
    if parameter.is_secure {
        return Ok(passed_on(evaluator, through));
    }
    if !is_culprit(evaluator, id) {
        return Ok(None);
    }
    // A parameter for a reference to a named value is not meant for the secret itself.
    let mut is_reference = false;
    if let Some(default) = parameter.default {
        let default = evaluator.evaluate(id.instance.at(default))?.value;
        visit_contents(evaluator, &default, &mut |part| {
            is_reference |= part.as_str().is_some_and(is_named_value);
        })?;
    }
    // Neither is one that parameter files give such a reference.
    let given = evaluator.decided(&handed.value)?.value;
    let is_secret = source_of(evaluator.program, &given, handed.kind).is_some();
    Ok((is_secret && !is_reference).then_some(How::Given(id)))
}

/// How a secret that was safe is passed on through the first parameter that is not secure.
fn passed_on(evaluator: &Evaluator<'_>, through: &[At<ParameterId>]) -> Option<How> {
    let mut ways = through.iter().copied();
    ways.find(|id| is_culprit(evaluator, *id))
        .map(How::PassedOn)
}

/// Whether a parameter is not secure, in a file that a person can change.
fn is_culprit(evaluator: &Evaluator<'_>, id: At<ParameterId>) -> bool {
    is_open(evaluator.program, id) && !evaluator.program.instance(id.instance).file.is_foreign
}

fn finding(context: &Context<'_>, id: At<ResourceId>, leak: &Leak, when: &str) -> Finding {
    let (label, noun) = (context.label(id), leak.noun);
    let vault = if leak.in_vault.is_some() {
        ", or refer to a secret in Key Vault"
    } else {
        ""
    };
    let through = |verb: &str, parameter: At<ParameterId>| {
        format!(
            "The {noun} of `{label}` {verb} the parameter `{}`{when}; it is not `{}`, and its value \
             stays readable in the history of deployments",
            context.program.parameter(parameter).name.text,
            secure_word(context, parameter),
        )
    };
    let message = match leak.how {
        How::Written { ref secret, .. } if secret.is_placeholder => format!(
            "The {noun} of `{label}` is a placeholder in the template{when}: what replaces it does not \
             belong there either; take it from a secure parameter{vault}"
        ),
        How::Written { .. } => format!(
            "The {noun} of `{label}` is written in the template{when}, where everybody who reads the \
             template or its deployments finds it: take it from a secure parameter{vault}"
        ),
        How::Loaded(_) => format!(
            "The {noun} of `{label}` is loaded from a file into the template{when}, where everybody \
             who reads its deployments finds it: take it from a secure parameter{vault}"
        ),
        How::Given(parameter) => through("comes from", parameter),
        How::PassedOn(parameter) => through("passes through", parameter),
    };
    Finding {
        rule: RULE.id,
        level: match &leak.how {
            How::Written { secret, .. } if secret.is_placeholder => Level::Info,
            _ => Level::Warning,
        },
        place: match leak.property {
            Some(property) => context.place(property),
            None => context.resource_place(id),
        },
        subject: context.resource_place(id),
        message,
        related: related(context, id, leak),
        fixes: Vec::new(),
    }
}

/// How the language of a parameter's file says that it is secure.
fn secure_word(context: &Context<'_>, id: At<ParameterId>) -> &'static str {
    match context.template(id.instance).language {
        Language::Json => match context.program.parameter(id).kind {
            ParameterKind::Object | ParameterKind::Array => "secureObject",
            _ => "securestring",
        },
        Language::Bicep | Language::BicepParameters => "@secure()",
    }
}

fn related(context: &Context<'_>, id: At<ResourceId>, leak: &Leak) -> Vec<Related> {
    let mut related = Vec::new();
    if let How::Written { origin, .. } = leak.how {
        let body = context.resource(id).body;
        let is_inside = origin.instance == id.instance
            && context
                .program
                .range(id.instance.at(body))
                .contains_range(context.program.range(origin));
        let is_beside = leak
            .property
            .is_some_and(|property| context.is_beside(property, origin));
        if !is_inside && !is_beside {
            related.push(Related {
                place: context.place(origin),
                message: "it is written here".to_owned(),
            });
        }
    }
    let given = match leak.how {
        How::Given(id) => Some(id),
        _ => None,
    };
    let given = given.filter(|id| !leak.through.contains(id));
    for parameter in given.into_iter().chain(leak.through.iter().copied()) {
        let name = &context.program.parameter(parameter).name;
        related.push(Related {
            place: context.program.place(parameter.instance, name.range),
            message: format!("it comes through `{}`", name.text),
        });
    }
    related.extend(context.callers(id.instance));
    related
}
