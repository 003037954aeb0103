//! `secret-in-output`

use std::collections::BTreeSet;

use access::secrets::{HandedOn, carries, handed_on};
use syntax::Language;
use template::cases::Undecided;
use template::model::{ExpressionId, ExpressionKind, Output, Reference, ResourceId};
use template::program::At;
use template::value::Lazy;
use template::{Evaluator, Template, Way};

use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Finding, Level, Related, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("secret-in-output"),
    levels: "warning",
    summary: "An output hands out a secret of API Management",
    fix: None,
    documentation: include_str!("secret_in_output.md"),
    is_about_absence: false,
    check,
};

/// An output of an instance, by its position.
type OutputId = At<usize>;

/// An output that hands out a secret.
#[derive(Clone, Copy, PartialEq)]
struct Leak {
    /// The resource that the secret belongs to, where the program declares it.
    of: Option<At<ResourceId>>,
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for instance in context.program.instances() {
        if context.program.instance(instance).file.is_foreign {
            continue;
        }
        let template = context.template(instance);
        for (position, output) in template.outputs.iter().enumerate() {
            if output.may_be_secure || is_reported_by_bicep(template, output) {
                continue;
            }
            let id = instance.at(position);
            let answers = context.judge(|evaluator| Ok(leak(evaluator, id)?.into_iter().collect()));
            for occurrence in occurrences(context, &answers.unwrap_or_default()) {
                findings.push(finding(context, id, occurrence.what, &occurrence.when));
            }
        }
    }
}

fn leak(evaluator: &Evaluator<'_>, id: OutputId) -> Result<Option<Leak>, Undecided> {
    if !evaluator.is_instance_deployed(id.instance)? {
        return Ok(None);
    }
    let expression = evaluator.program.template(id.instance).outputs[id.id].value;
    let lazy = Lazy::Expression(expression, evaluator.bindings(id.instance)?);
    let value = evaluator.force(&lazy)?.value;
    let Some(secret) = handed_on(evaluator, &value)? else {
        return Ok(None);
    };
    if comes_from_another(evaluator, &lazy, &secret)? {
        return Ok(None);
    }
    Ok(Some(Leak { of: secret.of }))
}

/// Whether it is another output of the user's that hands out the secret in the first place.
fn comes_from_another(
    evaluator: &Evaluator<'_>,
    value: &Lazy,
    secret: &HandedOn,
) -> Result<bool, Undecided> {
    for passage in evaluator.passages(value)? {
        if let Way::Output(at) = passage.way
            && !evaluator.program.template(at.instance).outputs[at.id].may_be_secure
            && !evaluator.program.instance(at.instance).file.is_foreign
            && carries(evaluator, &passage.carried.value, &secret.source)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether Bicep's own linter reports an output, or is told not to: where its value names a secure
/// parameter or calls a `list` function, or its name says that it is a password ([linter]).
///
/// [linter]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-outputs-should-not-contain-secrets
fn is_reported_by_bicep(template: &Template, output: &Output) -> bool {
    if template.language != Language::Bicep {
        return false;
    }
    output.name.text.to_ascii_lowercase().contains("password")
        || names_secret(template, output.value)
}

fn names_secret(template: &Template, root: ExpressionId) -> bool {
    let mut seen = BTreeSet::new();
    // What is in a variable counts for parameters only, whose type the variable has.
    let mut pending = vec![(root, false)];
    while let Some((expression, is_in_variable)) = pending.pop() {
        if !seen.insert((expression, is_in_variable)) {
            continue;
        }
        let kind = template.kind(expression);
        match kind {
            ExpressionKind::Call { function, .. } | ExpressionKind::MethodCall { function, .. }
                if !is_in_variable && function.starts_with("list") =>
            {
                return true;
            }
            ExpressionKind::Reference(Reference::Parameter(id)) => {
                let parameter = template.parameter(*id);
                if parameter.is_secure || parameter.may_have_secure_parts {
                    return true;
                }
            }
            ExpressionKind::Reference(Reference::Variable(id)) => {
                pending.push((template.variable(*id).value, true));
            }
            _ => {}
        }
        let parts = kind.parts().into_iter();
        pending.extend(parts.map(|part| (part, is_in_variable)));
    }
    false
}

fn finding(context: &Context<'_>, id: OutputId, leak: Leak, when: &str) -> Finding {
    let output = &context.template(id.instance).outputs[id.id];
    let of = leak.of.filter(|of| {
        let file = &context.program.instance(of.instance).file;
        !file.is_foreign
    });
    let owner = match of {
        Some(of) => format!("of `{}`", context.label(of)),
        None => "of API Management".to_owned(),
    };
    let mut related = Vec::new();
    related.extend(of.map(|of| Related {
        place: context.resource_place(of),
        message: "the secret belongs to it".to_owned(),
    }));
    related.extend(context.callers(id.instance));
    Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: context.place(id.instance.at(output.value)),
        subject: context.program.place(id.instance, output.name.range),
        message: format!(
            "The output `{}` hands out a secret {owner}{when}, which stays readable in the history of \
             deployments: ask API Management for it where it is needed, or make the output secure",
            output.name.text
        ),
        related,
        fixes: Vec::new(),
    }
}
