//! What the client tells. Each changes the state before its first `await`, and none has one.

pub(super) mod did_change;
pub(super) mod did_close;
pub(super) mod did_open;
