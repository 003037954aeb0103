//! Rules on secrets and the references to them.

pub(super) mod logger_credentials;
pub(super) mod named_value_name;
pub(super) mod secret_content_type;
pub(super) mod secret_in_named_value;
pub(super) mod secret_in_output;
pub(super) mod secret_in_template;
pub(super) mod secret_uri_invalid;
pub(super) mod secret_uri_versioned;

use access::facts;
use access::reads::ReadKind;
use template::destinations::{Destination, Receiver, destinations};
use template::model::{ExpressionId, ResourceId};
use template::program::{At, Program};

use crate::context::Context;
use crate::{Applicability, Related};

/// The property that reads from a vault as a related place, where the reference is written elsewhere.
fn read_elsewhere(
    context: &Context<'_>,
    kind: ReadKind,
    property: At<ExpressionId>,
    reference: At<ExpressionId>,
) -> Option<Related> {
    (!context.is_beside(property, reference)).then(|| Related {
        place: context.place(property),
        message: format!("the {} is read here", kind.noun()),
    })
}

/// The named values that a program declares.
fn named_values(program: &Program) -> impl Iterator<Item = At<ResourceId>> {
    facts::NAMED_VALUE_TYPES
        .into_iter()
        .flat_map(|named_value| program.resources_of_type(named_value))
        .filter(|(_, resource)| !resource.is_existing)
        .map(|(id, _)| id)
}

/// Whether a reference may be changed where it is written without a person: only if nothing else than
/// references of API Management has it.
fn applicability_at(context: &Context<'_>, origin: At<ExpressionId>) -> Applicability {
    let is_reference = |place: &Destination| {
        let Receiver::Resource(resource) = place.receiver else {
            return false;
        };
        let resource = context.resource(resource);
        let mut names = place.path.iter().rev();
        place.is_value
            && facts::has_prefix(&resource.resource_type, facts::SERVICE_PROVIDER)
            && names.next().is_some_and(|name| {
                ["keyVaultId", "secretIdentifier"]
                    .iter()
                    .any(|it| it.eq_ignore_ascii_case(name))
            })
    };
    let reached = destinations(context.program, origin, &|_| false);
    if reached.places.iter().all(is_reference) {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    }
}
