//! What the client asks.

pub(super) mod code_action;
pub(super) mod hover;
pub(super) mod initialize;
