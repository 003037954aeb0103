//! What has to be known when the deployment starts, and where resources may go.

use syntax::Language;
use template::Template;
use template::model::{ExpressionId, ExpressionKind, Parent, Reference, ResourceId};

use super::{Problems, tell, through_variables};

/// The properties of a resource that are known before it is deployed.
const KNOWN: [&str; 4] = ["id", "name", "type", "apiversion"];

pub(super) fn problems(template: &Template, found: &mut Problems) {
    for resource in &template.resources {
        let iterable = resource.repetition.map(|it| it.iterable);
        let symbol = resource.symbol.as_ref().map_or("", |it| &it.text);
        let values = [resource.name, resource.scope, resource.condition, iterable];
        known_at_start(template, symbol, &values, found);
        if !resource.is_existing && template.language == Language::Bicep {
            scope(template, symbol, resource.scope, resource.parent, found);
        }
    }
    for module in &template.modules {
        let iterable = module.repetition.map(|it| it.iterable);
        let symbol = module.symbol.as_ref().map_or("", |it| &it.text);
        let name = template.property(module.body, "name").map(|it| it.value);
        let values = [name, module.scope, module.condition, iterable];
        known_at_start(template, symbol, &values, found);
    }
}

fn known_at_start(
    template: &Template,
    symbol: &str,
    values: &[Option<ExpressionId>],
    found: &mut Problems,
) {
    for value in values.iter().flatten() {
        let mut parts = through_variables(template, *value).into_iter();
        if parts.any(|part| is_of_run_time(template, part)) {
            tell(
                found,
                format!("BCP120: `{symbol}` rests on what is not known at the start"),
            );
        }
    }
}

/// Whether an expression itself is known only once something is deployed.
fn is_of_run_time(template: &Template, expression: ExpressionId) -> bool {
    match template.kind(expression) {
        ExpressionKind::Member { object, name, .. } => match subject(template, *object) {
            Some(Reference::Resource(_)) => !KNOWN
                .iter()
                .any(|known| name.text.eq_ignore_ascii_case(known)),
            Some(Reference::Module(_)) => &*name.text == "outputs",
            _ => false,
        },
        ExpressionKind::Call { function, .. } => {
            &**function == "reference" || function.starts_with("list")
        }
        ExpressionKind::MethodCall { function, .. } => function.starts_with("list"),
        _ => false,
    }
}

/// What a name stands for, with `!` behind it or an index of a loop.
fn subject(template: &Template, expression: ExpressionId) -> Option<&Reference> {
    match template.kind(expression) {
        ExpressionKind::Reference(reference) => Some(reference),
        ExpressionKind::NonNull(operand) => subject(template, *operand),
        ExpressionKind::Index { object, .. } => subject(template, *object),
        _ => None,
    }
}

/// A resource goes to where the template goes; what is elsewhere is for a module.
fn scope(
    template: &Template,
    symbol: &str,
    scope: Option<ExpressionId>,
    parent: Option<Parent>,
    found: &mut Problems,
) {
    let is_elsewhere = |id: &ResourceId| {
        let scope = template.resource(*id).scope;
        scope.is_some_and(|scope| is_other_scope(template, scope))
    };
    if let Some(scope) = scope {
        let is_other = match subject(template, scope) {
            Some(Reference::Resource(id)) => is_elsewhere(id),
            _ => is_other_scope(template, scope),
        };
        if is_other {
            tell(
                found,
                format!("BCP139: `{symbol}` goes to where the file does not go"),
            );
        }
    }
    if let Some(Parent::Property(parent)) = parent
        && let Some(Reference::Resource(id)) = subject(template, parent)
        && is_elsewhere(id)
    {
        tell(
            found,
            format!("BCP165: the parent of `{symbol}` is elsewhere"),
        );
    }
}

/// Whether a scope is another resource group or subscription than that of the file.
fn is_other_scope(template: &Template, scope: ExpressionId) -> bool {
    match template.kind(scope) {
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } => match &**function {
            "resourcegroup" | "subscription" => !arguments.is_empty(),
            _ => false,
        },
        _ => false,
    }
}
