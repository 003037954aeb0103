//! Rules on the identity of a service.

pub(super) mod identity_client_id_invalid;
pub(super) mod identity_invalid;
pub(super) mod identity_missing;
pub(super) mod identity_not_attached;
pub(super) mod identity_principal_unavailable;

use access::client_id::User;

/// What Azure says of a client id that is not one of the service, as a sentence to append.
fn refusal(by: User) -> String {
    by.refusal().map_or_else(String::new, |text| {
        format!(". Azure refuses it: \"{text}\"")
    })
}
