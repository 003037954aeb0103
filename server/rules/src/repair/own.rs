//! Values that a property of one resource has alone, however many names they go through.

use template::destinations::{Destination, Receiver, destinations};
use template::model::{ExpressionId, ExpressionKind, ResourceId};
use template::program::At;

use crate::context::Context;

/// Whether a value, written as an expression, is that of a property of a resource, or an element of
/// that, and gets nowhere else; and no list of allowed values has it, nor limits a parameter on the
/// way. Such a value can be changed without anybody else noticing.
pub(crate) fn is_own(
    context: &Context<'_>,
    resource: At<ResourceId>,
    path: &[&str],
    value: At<ExpressionId>,
) -> bool {
    let program = context.program;
    let is_in_template = program.instance(value.instance).file.parameters().is_none();
    if !is_in_template || context.is_allowed_value(value) {
        return false;
    }
    let declaration = context.resource(resource);
    // The template of several instances declares it once.
    let is_it = |place: &Destination| {
        matches!(place.receiver, Receiver::Resource(other)
            if std::ptr::eq(context.resource(other), declaration))
            && place.is_value
            && place.is_within(path)
    };
    let reached = destinations(program, value, &|_| false);
    let mut parameters = reached.parameters.iter();
    !reached.places.is_empty()
        && reached.places.iter().all(is_it)
        && parameters.all(|parameter| {
            let parameter = program.parameter(*parameter);
            parameter.allowed.is_empty() && parameter.takes_all_texts()
        })
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
