//! What the client tells. Each changes the state before its first `await`, and none has one.

pub(super) mod did_change;
pub(super) mod did_change_watched_files;
pub(super) mod did_change_workspace_folders;
pub(super) mod did_close;
pub(super) mod did_open;
pub(super) mod did_save;
pub(super) mod initialized;
