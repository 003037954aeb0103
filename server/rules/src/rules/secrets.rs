//! Rules on secrets and the references to them.

pub(super) mod secret_uri_versioned;
