//! `apim-ls`: language server and command-line checker for Azure API Management templates.

pub mod cli;
mod disk;
pub mod lsp;
mod parallel;
mod sniff;
mod walk;
