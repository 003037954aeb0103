//! Rules on role assignments and access policies.

pub(super) mod role_principal_type_missing;
