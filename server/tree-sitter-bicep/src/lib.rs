//! Bicep grammar for tree-sitter: `.bicep` and `.bicepparam`.
//!
//! The rules are in `grammar.js`; `cargo xtask grammar` regenerates the parser from them.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn apim_ls_tree_sitter_bicep() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: the generated function takes nothing and returns a static `TSLanguage`.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(apim_ls_tree_sitter_bicep) };

/// The kinds of nodes with their fields and children, as tree-sitter's `node-types.json`.
pub const NODE_TYPES: &str = include_str!("node-types.json");

/// The query that colours a file.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../queries/highlights.scm");
