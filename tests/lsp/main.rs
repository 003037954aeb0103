//! End-to-end tests of the language server, by a client that speaks the protocol.
//!
//! What depends on findings runs against the whole server in this process, over a pipe in memory,
//! with toy rules; what is about the process runs against the binary.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may panic like the tests themselves"
)]

mod actions;
mod client;
mod diagnostics;
mod documents;
mod editors;
mod edits;
mod folder;
mod hovers;
mod lifecycle;
mod malformed;
mod menu;
mod neighbours;
mod pressure;
mod process;
mod toy;
mod workspace;
