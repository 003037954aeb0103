//! Rules on the identity of a service.

pub(super) mod identity_invalid;
pub(super) mod identity_missing;
