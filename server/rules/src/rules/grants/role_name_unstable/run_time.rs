//! What of a name is only known while the deployment runs.

use std::collections::BTreeSet;

use template::Template;
use template::model::{ExpressionId, ExpressionKind, Reference};

/// The properties of a resource that are known at the start of a deployment ([list]).
///
/// [list]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/diagnostics/bcp120
const KNOWN_AT_START: [&str; 4] = ["id", "name", "type", "apiVersion"];

/// The part of an expression that is only known while the deployment runs. What a parameter is given
/// is known when its template is deployed, whatever it is.
pub(super) fn at_run_time(template: &Template, root: ExpressionId) -> Option<ExpressionId> {
    // Of `resource.identity.principalId`, all of it is reported, not `resource.identity`.
    let mut pending = vec![(root, root)];
    let mut seen = BTreeSet::new();
    while let Some((expression, whole)) = pending.pop() {
        if !seen.insert(expression) {
            continue;
        }
        match template.kind(expression) {
            ExpressionKind::Member { object, name, .. } => match subject(template, *object) {
                Some(Reference::Resource(_)) => {
                    let mut known = KNOWN_AT_START.iter();
                    if !known.any(|known| name.text.eq_ignore_ascii_case(known)) {
                        return Some(whole);
                    }
                }
                Some(Reference::Module(_)) => {
                    if !name.text.eq_ignore_ascii_case("name") {
                        return Some(whole);
                    }
                }
                _ => pending.push((*object, whole)),
            },
            ExpressionKind::Index { object, index, .. } => {
                pending.extend([(*object, whole), (*index, *index)]);
            }
            ExpressionKind::NonNull(operand) => pending.push((*operand, whole)),
            ExpressionKind::Call { function, .. } | ExpressionKind::MethodCall { function, .. }
                if is_at_run_time(function) =>
            {
                return Some(whole);
            }
            ExpressionKind::Reference(Reference::Variable(id)) => {
                let value = template.variable(*id).value;
                pending.push((value, value));
            }
            kind => pending.extend(kind.parts().into_iter().map(|part| (part, part))),
        }
    }
    None
}

/// Whether a function asks for what is deployed.
fn is_at_run_time(function: &str) -> bool {
    matches!(function, "reference" | "getsecret") || function.starts_with("list")
}

/// The resource or module that an expression names, one of a loop included.
fn subject(template: &Template, expression: ExpressionId) -> Option<&Reference> {
    match template.kind(expression) {
        ExpressionKind::Reference(reference) => Some(reference),
        ExpressionKind::Index { object, .. } => subject(template, *object),
        ExpressionKind::NonNull(operand) => subject(template, *operand),
        _ => None,
    }
}
