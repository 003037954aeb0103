//! The hostnames of a service, where they are written.

use template::Template;
use template::model::{ExpressionId, ExpressionKind, Member, Reference, ResourceId};
use template::program::At;

use crate::context::Context;
use crate::repair::own::is_own;

/// Where a service has its hostnames.
pub(super) const HOSTNAMES: [&str; 2] = ["properties", "hostnameConfigurations"];

/// The list of hostnames in the body of a service, and the object that has it as a property. None where
/// something else may give the service another list.
pub(super) fn hostnames(
    context: &Context<'_>,
    service: At<ResourceId>,
) -> Option<[ExpressionId; 2]> {
    let [properties, hostnames] = HOSTNAMES;
    let template = context.template(service.instance);
    let mut object = own_property(template, context.resource(service).body, properties)?;
    if let ExpressionKind::Reference(Reference::Variable(id)) = template.kind(object) {
        let value = template.variable(*id).value;
        if is_own(context, service, &[properties], service.instance.at(value)) {
            object = value;
        }
    }
    let list = own_property(template, object, hostnames)?;
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
