//! Rules on services, vaults and API versions.

pub(super) mod api_version_retired;
pub(super) mod api_version_too_old;
pub(super) mod hostname_server_fields;
pub(super) mod vault_purge_protection;
pub(super) mod vault_soft_delete;
pub(super) mod workspace_vault_unsupported;

use access::reads::{Read, ReadKind, readers, reads_from};
use template::cases::{Answer, Undecided};
use template::edit::{New, merge};
use template::model::{ExpressionId, ExpressionKind, Reference, ResourceId};
use template::program::At;
use template::value::{Bindings, Evaluated, Lazy, Value};
use template::{Evaluator, Template};

use crate::circumstances::{Occurrence, occurrences};
use crate::context::Context;
use crate::{Applicability, Fix, Related};

/// What is so of a resource in the cases that deploy it. That it is deployed at all is no
/// circumstance then.
fn of_deployed<T: PartialEq + Clone>(
    context: &Context<'_>,
    id: At<ResourceId>,
    find: impl Fn(&Evaluator<'_>, &Bindings, &Value) -> Result<Vec<T>, Undecided>,
) -> Vec<Occurrence<T>> {
    let answers = context.judge(|evaluator| {
        let deployed = evaluator.deployed(id)?;
        let mut found = Vec::new();
        for (bindings, body) in &deployed {
            found.extend(find(evaluator, bindings, body)?);
        }
        Ok((!deployed.is_empty()).then_some(found))
    });
    let answers: Vec<_> = answers
        .unwrap_or_default()
        .into_iter()
        .filter_map(|answer| {
            Some(Answer {
                case: answer.case,
                defaults: answer.defaults,
                value: answer.value?,
            })
        })
        .collect();
    occurrences(context, &answers)
}

/// Where a property of a vault is false.
fn set_to_false(
    context: &Context<'_>,
    vault: At<ResourceId>,
    name: &str,
) -> Vec<Occurrence<At<ExpressionId>>> {
    of_deployed(context, vault, |evaluator, _, body| {
        let property = evaluator.property(body, &["properties", name])?;
        let evaluated = property.given().map(|given| given.evaluated);
        let is_false = |it: &Evaluated| matches!(it.value, Value::Bool(false));
        Ok(evaluated
            .filter(is_false)
            .map(|it| it.origin)
            .into_iter()
            .collect())
    })
}

/// The `properties` of a resource, if it is there that a property is given a value which is written
/// as an expression: it can be changed without anybody else noticing.
fn properties_with(
    context: &Context<'_>,
    id: At<ResourceId>,
    name: &str,
    value: At<ExpressionId>,
) -> Option<ExpressionId> {
    let template = context.template(id.instance);
    let properties = template.property(context.resource(id).body, "properties")?;
    let written = template.property(properties.value, name)?;
    let is_there = id.instance.at(written.value) == value
        && matches!(template.kind(value.id), ExpressionKind::Bool(_));
    is_there.then_some(properties.value)
}

/// What is read from a vault, and when.
struct Reading {
    reader: At<ResourceId>,
    property: At<ExpressionId>,
    when: String,
}

impl Reading {
    /// Where it is read, for a finding about the vault.
    fn related(&self, context: &Context<'_>) -> Related {
        Related {
            place: context.place(self.property),
            message: format!("`{}` reads from it", context.label(self.reader)),
        }
    }
}

/// What API Management reads from a vault that the program declares, where that is sure: rather what
/// it reads in any case than what it reads in some.
fn reading(
    context: &Context<'_>,
    vault: At<ResourceId>,
    is_meant: impl Fn(ReadKind) -> bool,
) -> Option<Reading> {
    let mut first = None;
    for reader in readers(context.program) {
        let answers = context.judge(|evaluator| {
            if !evaluator.is_deployed(vault)? {
                return Ok(Vec::new());
            }
            let identity = evaluator.identity(vault)?;
            let reads = reads_from(evaluator, reader, &identity)?;
            let meant = reads.iter().filter(|read| is_meant(read.kind));
            Ok(meant.map(|Read { property, .. }| *property).collect())
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            let reading = Reading {
                reader,
                property: occurrence.what,
                when: occurrence.when,
            };
            if reading.when.is_empty() {
                return Some(reading);
            }
            first.get_or_insert(reading);
        }
    }
    first
}

/// An API version of a resource.
#[derive(Clone, PartialEq)]
struct Version {
    text: String,
    origin: At<ExpressionId>,
}

impl Version {
    fn of(
        evaluator: &Evaluator<'_>,
        written: At<ExpressionId>,
        bindings: &Bindings,
    ) -> Result<Option<Self>, Undecided> {
        let lazy = Lazy::Expression(written.id, bindings.clone());
        let Evaluated { value, origin } = evaluator.known(&lazy)?;
        Ok(value.as_str().map(|text| Self {
            text: text.to_owned(),
            origin,
        }))
    }

    /// Where it is written, if that is not where the resource has it.
    fn related(&self, context: &Context<'_>, written: At<ExpressionId>) -> Option<Related> {
        (self.origin != written).then(|| Related {
            place: context.place(self.origin),
            message: "the API version is written here".to_owned(),
        })
    }
}

/// The text of an API version: as it is written, or that of a variable which is nothing else than the API
/// version of resources of one provider.
fn version_text(template: &Template, written: ExpressionId) -> Option<ExpressionId> {
    let ExpressionKind::Reference(Reference::Variable(id)) = template.kind(written) else {
        return template.text(written).map(|_| written);
    };
    let value = template.variable(*id).value;
    let is_use = |kind: &ExpressionKind| matches!(kind, ExpressionKind::Reference(Reference::Variable(used)) if used == id);
    let uses = template
        .expressions()
        .filter(|(_, expression)| is_use(&expression.kind));
    let resources: Vec<_> = template
        .resources
        .iter()
        .filter(|it| it.api_version.is_some_and(|at| is_use(template.kind(at))))
        .collect();
    let mut providers: Vec<_> = resources
        .iter()
        .filter_map(|it| it.resource_type.split('/').next())
        .map(str::to_ascii_lowercase)
        .collect();
    providers.sort_unstable();
    providers.dedup();
    // A nested template may use it too.
    let is_alone =
        template.modules.is_empty() && providers.len() == 1 && uses.count() == resources.len();
    template.text(value).filter(|_| is_alone).map(|_| value)
}

/// The fix that puts another API version in place of one, wherever that is written with a resource.
fn use_version(context: &Context<'_>, written: &[At<ExpressionId>], version: &str) -> Option<Fix> {
    let instance = written.first()?.instance;
    let (template, editor) = (context.template(instance), context.editor(instance)?);
    let replaced = written.iter().map(|at| {
        let value = version_text(template, at.id).filter(|_| at.instance == instance)?;
        editor.replace(value, &New::string(version))
    });
    context.fix(
        instance,
        format!("Use API version {version}"),
        Applicability::Unsafe,
        merge(replaced.collect::<Option<Vec<_>>>()?),
    )
}
