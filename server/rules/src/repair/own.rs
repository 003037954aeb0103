//! Values that a property of one resource has alone, however many names they go through.

use syntax::Language;
use template::model::{
    Arguments, ExpressionId, ExpressionKind, ParameterId, Reference, ResourceId, VariableId,
};
use template::program::{At, InstanceId};

use crate::context::Context;

/// How many names a value may go through.
const MOST_NAMES: u32 = 16;

/// Whether a value, written as an expression, is that of a property of a resource and of nothing
/// else: every variable and parameter on the way to it is used once, and no list of allowed values
/// has it. Such a value can be changed without anybody else noticing.
pub(crate) fn is_own(
    context: &Context<'_>,
    resource: At<ResourceId>,
    path: &[&str],
    value: At<ExpressionId>,
) -> bool {
    let body = resource.instance.at(context.resource(resource).body);
    let way = Way { context, value };
    !context.is_allowed_value(value) && way.leads_to(body, path, MOST_NAMES)
}

/// What to replace where a value becomes a text: the value, or the choice between it and that text.
pub(crate) fn choice_around(
    context: &Context<'_>,
    value: At<ExpressionId>,
    text: &str,
) -> At<ExpressionId> {
    let template = context.template(value.instance);
    let is_text = |id: &ExpressionId| template.text(*id).is_some_and(|it| it == text);
    let mut choices = template.expressions().filter(|(_, expression)| {
        matches!(
            &expression.kind,
            ExpressionKind::Conditional { consequence, alternative, .. }
                if *consequence == value.id && is_text(alternative)
                    || *alternative == value.id && is_text(consequence)
        )
    });
    let choice = choices.next().map_or(value.id, |(id, _)| id);
    value.instance.at(choice)
}

struct Way<'c, 'a> {
    context: &'c Context<'a>,
    value: At<ExpressionId>,
}

impl Way<'_, '_> {
    /// Whether the value at a path in an expression is, in some case, the one that is looked for.
    fn leads_to(&self, from: At<ExpressionId>, path: &[&str], names: u32) -> bool {
        if path.is_empty() && from == self.value {
            return true;
        }
        let at = |id: ExpressionId| from.instance.at(id);
        let template = self.context.template(from.instance);
        match template.kind(from.id) {
            ExpressionKind::Object(_) => match path {
                [name, rest @ ..] => template
                    .property(from.id, name)
                    .is_some_and(|property| self.leads_to(at(property.value), rest, names)),
                [] => false,
            },
            ExpressionKind::Array(items) => items
                .iter()
                .any(|item| self.leads_to(at(item.value), path, names)),
            ExpressionKind::Conditional {
                consequence,
                alternative,
                ..
            } => [consequence, alternative]
                .iter()
                .any(|arm| self.leads_to(at(**arm), path, names)),
            ExpressionKind::Reference(reference) if names > 0 => {
                let next = match reference {
                    Reference::Variable(id) => self.variable(from.instance, *id),
                    Reference::Parameter(id) => self.parameter(from.instance, *id),
                    _ => None,
                };
                next.is_some_and(|next| self.leads_to(next, path, names - 1))
            }
            _ => false,
        }
    }

    fn variable(&self, instance: InstanceId, id: VariableId) -> Option<At<ExpressionId>> {
        let variable = self.context.template(instance).variable(id);
        let is_own = !variable.is_exported
            && self.is_used_once(
                instance,
                &variable.name.text,
                "variables",
                |reference| matches!(reference, Reference::Variable(used) if *used == id),
            );
        is_own.then(|| instance.at(variable.value))
    }

    /// What a caller gives for a parameter, or its default where nobody calls or gives something.
    fn parameter(&self, instance: InstanceId, id: ParameterId) -> Option<At<ExpressionId>> {
        let parameter = self.context.template(instance).parameter(id);
        let is_own = parameter.allowed.is_empty()
            && self.is_used_once(
                instance,
                &parameter.name.text,
                "parameters",
                |reference| matches!(reference, Reference::Parameter(used) if *used == id),
            );
        if !is_own {
            return None;
        }
        let default = parameter.default.map(|default| instance.at(default));
        let Some(caller) = self.context.program.caller(instance) else {
            // Deployed with a parameter file, it is somewhere else.
            return default.filter(|_| self.value.instance == instance);
        };
        let given = match self.context.program.module(caller).arguments {
            Arguments::Given(given) => given,
            Arguments::None => return default,
            Arguments::Unknown => return None,
        };
        let template = self.context.template(caller.instance);
        let Some(argument) = template.property(given, &parameter.name.text) else {
            return default;
        };
        let value = match template.language {
            Language::Json => template.property(argument.value, "value")?.value,
            _ => argument.value,
        };
        Some(caller.instance.at(value))
    }

    /// Whether a name of a template is used once. Nested deployments of ARM JSON may share the names
    /// of the template around them, so that there the text of the file is what counts.
    fn is_used_once(
        &self,
        instance: InstanceId,
        name: &str,
        function: &str,
        is_it: impl Fn(&Reference) -> bool,
    ) -> bool {
        let template = self.context.template(instance);
        if template.language == Language::Json {
            let document = &self.context.program.instance(instance).file.document;
            let text: String = document
                .text()
                .to_string()
                .to_ascii_lowercase()
                .split_whitespace()
                .collect();
            let call = format!("{function}('{}')", name.to_ascii_lowercase());
            return text.matches(&call).count() == 1;
        }
        let uses = template.expressions().filter(|(_, expression)| {
            matches!(&expression.kind, ExpressionKind::Reference(reference) if is_it(reference))
        });
        uses.count() == 1
    }
}
