//! `apim-ls`: language server and command-line checker for Azure API Management templates.

pub mod cli;
pub mod lsp;
