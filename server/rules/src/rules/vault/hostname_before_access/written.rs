//! The hostnames of a service, where they are written.

use template::Template;
use template::model::{ExpressionId, ExpressionKind, Member, Reference, VariableId};

/// The list of hostnames in the body of a service, and the object that has it as a property. None where
/// something else may give the service another list.
pub(super) fn hostnames(template: &Template, body: ExpressionId) -> Option<[ExpressionId; 2]> {
    let properties = own_property(template, body, "properties")?;
    let object = match template.kind(properties) {
        ExpressionKind::Reference(Reference::Variable(id)) if is_used_once(template, *id) => {
            template.variable(*id).value
        }
        _ => properties,
    };
    let list = own_property(template, object, "hostnameConfigurations")?;
    Some([object, list])
}

/// The value of a property of an object that nothing behind it overwrites.
pub(super) fn own_property(
    template: &Template,
    object: ExpressionId,
    name: &str,
) -> Option<ExpressionId> {
    let found = template.property(object, name)?;
    let members = template.object(object)?.members.iter();
    let is_overwritten = members.skip_while(
        |member| !matches!(member, Member::Property(property) if property.key == found.key),
    );
    let mut behind = is_overwritten.skip(1);
    (!behind.any(|member| matches!(member, Member::Spread(_)))).then_some(found.value)
}

/// Whether a variable stands in one place only, so that nobody else sees a change of it.
pub(super) fn is_used_once(template: &Template, variable: VariableId) -> bool {
    let declared = template.variable(variable);
    let uses = template.expressions().filter(|(_, expression)| {
        matches!(&expression.kind, ExpressionKind::Reference(Reference::Variable(id)) if *id == variable)
    });
    !declared.is_exported && uses.count() == 1
}
