//! Rules on reaching a key vault: identity, network, grant and order.

pub(super) mod vault_access_missing;
