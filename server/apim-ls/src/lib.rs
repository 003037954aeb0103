//! The two faces of the product: the language server and the command line.

pub mod lsp;
