//! Names that nothing declares, and resources that are there twice.

use std::collections::{BTreeMap, BTreeSet};

use syntax::Document;
use template::Template;
use template::model::{ExpressionId, ExpressionKind, Parent, Reference, Resource};

use super::{Problems, tell};

pub(super) fn problems(template: &Template, document: &Document, found: &mut Problems) {
    let nested = nested_templates(template);
    for (id, expression) in template.expressions() {
        match &expression.kind {
            ExpressionKind::Reference(Reference::Unresolved(name)) => {
                tell(found, format!("BCP057: nothing declares `{name}`"));
            }
            ExpressionKind::Invalid if !nested.contains(&id) => {
                tell(found, "an expression cannot be read".to_owned());
            }
            _ => {}
        }
    }
    resources(template, document, found);
    for resource in template.resources.iter().filter(|it| !it.is_existing) {
        if let Some(list) = resource.depends_on {
            targets(template, list, found);
        }
    }
    for module in &template.modules {
        if let Some(list) = template.property(module.body, "dependsOn") {
            targets(template, list.value, found);
        }
    }
    for parameter in &template.parameters {
        let allowed: Vec<_> = parameter
            .allowed
            .iter()
            .filter_map(|it| template.text(*it))
            .collect();
        let default = parameter.default.and_then(|it| template.text(it));
        let is_out = default.is_some_and(|it| !allowed.contains(&it));
        if is_out && !allowed.is_empty() && allowed.len() == parameter.allowed.len() {
            let name = &parameter.name.text;
            tell(
                found,
                format!("the default of `{name}` is not among its allowed values"),
            );
        }
    }
}

/// The templates that are written inside of a template, which are no expressions of it.
fn nested_templates(template: &Template) -> BTreeSet<ExpressionId> {
    let modules = template.modules.iter();
    let nested = modules.filter_map(|module| {
        let properties = template.property(module.body, "properties")?;
        Some(template.property(properties.value, "template")?.value)
    });
    nested.collect()
}

/// The parameters and variables of a template, by whether something in it uses them.
pub(super) fn declared(template: &Template) -> BTreeMap<String, bool> {
    let mut used = BTreeSet::new();
    for (_, expression) in template.expressions() {
        used.extend(match &expression.kind {
            ExpressionKind::Reference(Reference::Parameter(id)) => {
                Some(template.parameter(*id).range)
            }
            ExpressionKind::Reference(Reference::Variable(id)) => {
                Some(template.variable(*id).range)
            }
            _ => None,
        });
    }
    let parameters = template.parameters.iter().map(|it| (&it.name, it.range));
    let variables = template.variables.iter().map(|it| (&it.name, it.range));
    let all = parameters.chain(variables);
    all.map(|(name, range)| (name.text.to_string(), used.contains(&range)))
        .collect()
}

/// Resources of the same type and name.
fn resources(template: &Template, document: &Document, found: &mut Problems) {
    let text = |id: Option<ExpressionId>| {
        let text = id.map(|id| document.slice(template.range(id)));
        text.map(|text| text.split_whitespace().collect::<String>())
    };
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for resource in template.resources.iter().filter(|it| !it.is_existing) {
        let Resource {
            resource_type,
            name,
            scope,
            condition,
            parent,
            ..
        } = resource;
        let parent = match parent {
            Some(Parent::Property(parent)) => text(Some(*parent)),
            Some(Parent::Enclosing(parent)) => Some(format!("{parent:?}")),
            None => None,
        };
        let key = (
            resource_type.to_ascii_lowercase(),
            text(*name),
            text(*scope),
            text(*condition),
            parent,
        );
        if name.is_some() {
            *seen.entry(key).or_default() += 1;
        }
    }
    for ((resource_type, name, ..), times) in seen {
        if times > 1 {
            let name = name.unwrap_or_default();
            tell(
                found,
                format!("BCP121: {resource_type} {name} is there {times} times"),
            );
        }
    }
}

/// What `dependsOn` of ARM JSON names and the template does not deploy.
fn targets(template: &Template, list: ExpressionId, found: &mut Problems) {
    let ExpressionKind::Array(items) = template.kind(list) else {
        return;
    };
    for item in items {
        match template.kind(item.value) {
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if function.ends_with("resourceid") => {
                let mut texts = arguments.iter().filter_map(|it| template.text(*it));
                if let Some(resource_type) = texts.find(|it| it.contains('/'))
                    && !has_type(template, resource_type)
                {
                    tell(
                        found,
                        format!("`dependsOn` names {resource_type}, which nothing is"),
                    );
                }
            }
            ExpressionKind::String(text) if !text.contains('/') && !is_known(template, text) => {
                tell(found, format!("`dependsOn` names {text}, which nothing is"));
            }
            _ => {}
        }
    }
}

fn has_type(template: &Template, resource_type: &str) -> bool {
    let is_deployment = resource_type.eq_ignore_ascii_case("Microsoft.Resources/deployments");
    let of_type = |it: &Resource| {
        // A resource on another one is written with the other's type in front, or by itself.
        let written = it.resource_type.to_ascii_lowercase();
        it.is_type(resource_type)
            || written.ends_with(&format!("/providers/{}", last_two(resource_type)))
    };
    is_deployment && !template.modules.is_empty() || template.resources.iter().any(of_type)
}

/// The provider and the name of a type.
fn last_two(resource_type: &str) -> String {
    let parts: Vec<_> = resource_type.rsplitn(3, '/').take(2).collect();
    format!("{}/{}", parts[1.min(parts.len() - 1)], parts[0]).to_ascii_lowercase()
}

/// Whether a text is the symbol, the name or the loop of something that is deployed.
fn is_known(template: &Template, text: &str) -> bool {
    let is_text = |id: Option<ExpressionId>| {
        id.and_then(|id| template.text(id))
            .is_some_and(|it| it.eq_ignore_ascii_case(text))
    };
    let copy = |body| {
        let copy = template.property(body, "copy")?;
        Some(template.property(copy.value, "name")?.value)
    };
    let mut bodies = template.resources.iter().map(|it| (&it.symbol, it.body));
    let mut modules = template.modules.iter().map(|it| (&it.symbol, it.body));
    let is_meant = |(symbol, body): (&Option<template::model::Name>, ExpressionId)| {
        let name = template.property(body, "name").map(|it| it.value);
        let name = name.filter(|it| template.text(*it).is_some());
        symbol
            .as_ref()
            .is_some_and(|it| it.text.eq_ignore_ascii_case(text))
            || is_text(name)
            || is_text(copy(body))
    };
    bodies.any(is_meant) || modules.any(is_meant)
}
