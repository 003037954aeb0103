//! Bicep grammar for tree-sitter.
pub use published::LANGUAGE;
