//! Which kinds of actions a client asks for.

use tower_lsp::ls_types::{CodeActionContext, CodeActionKind};

use crate::lsp::capabilities::FIX_ALL;

/// The kinds that a client asks for. A kind stands for all that begin with it; the empty kind, as
/// vim-lsp sends it, and an empty list stand for no filter.
pub(super) struct Kinds<'a>(Vec<&'a str>);

impl<'a> Kinds<'a> {
    pub(super) fn new(context: &'a CodeActionContext) -> Self {
        let only: Vec<_> = context.only.iter().flatten().collect();
        let only: Vec<_> = only.into_iter().map(CodeActionKind::as_str).collect();
        Self(if only.contains(&"") { Vec::new() } else { only })
    }

    /// Whether there is an action of a kind among those asked for.
    pub(super) fn include(&self, kind: &CodeActionKind) -> bool {
        self.0.is_empty() || self.ask_for(kind)
    }

    /// Whether a kind is asked for, by its name or by one that stands for it.
    pub(super) fn ask_for(&self, kind: &CodeActionKind) -> bool {
        let is_within = |asked: &&str| {
            kind.as_str()
                .strip_prefix(asked)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.iter().any(is_within)
    }

    /// Whether there may be an action at all.
    pub(super) fn include_any(&self) -> bool {
        [
            CodeActionKind::QUICKFIX,
            CodeActionKind::REFACTOR_REWRITE,
            FIX_ALL,
        ]
        .iter()
        .any(|kind| self.include(kind))
    }
}
