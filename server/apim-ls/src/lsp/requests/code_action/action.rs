//! A code action.

use serde::Serialize;
use serde_json::Value;
use tower_lsp::ls_types::{CodeActionDisabled, CodeActionKind, Diagnostic};

use super::Request;
use crate::lsp::change::Change;

/// The protocol's `CodeAction`, with an edit that may hold snippets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct Action {
    title: String,
    /// Its kind.
    pub(super) kind: CodeActionKind,
    /// The diagnostics that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) diagnostics: Vec<Diagnostic>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_preferred: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<CodeActionDisabled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<Value>,
}

impl Action {
    /// An action that makes a change; where the client cannot make it, one that says so; none where
    /// the client does not show such.
    pub(super) fn new(
        request: &Request,
        title: String,
        kind: CodeActionKind,
        change: &Change,
    ) -> Option<Self> {
        let Request {
            client, document, ..
        } = request;
        let obstacle = change.obstacle(*client);
        if obstacle.is_some() && !client.disabled_actions {
            return None;
        }
        let edit = match obstacle {
            Some(_) => None,
            None => Some(change.workspace_edit(*client, &document.uri)),
        };
        Some(Self {
            title,
            kind,
            diagnostics: Vec::new(),
            is_preferred: false,
            disabled: obstacle.map(|reason| CodeActionDisabled { reason }),
            edit,
        })
    }

    /// Marks the action as the one that is most likely wanted, where the client shows that.
    pub(super) fn prefer(&mut self, request: &Request) {
        self.is_preferred = request.client.preferred_actions && self.disabled.is_none();
    }
}
