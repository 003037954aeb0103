//! Rules on reaching a key vault: identity, network, grant and order.

mod blocked;
pub(super) mod gateway_vault_unreachable;
pub(super) mod hostname_before_access;
pub(super) mod vault_access_missing;
pub(super) mod vault_access_race;
pub(super) mod vault_firewall_user_identity;
pub(super) mod vault_network_blocked;
pub(super) mod vault_permission_model;
pub(super) mod vault_subnet_endpoint_missing;
