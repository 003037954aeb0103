//! What the client can do, resolved once, and what the server offers it.

use syntax::position::PositionEncoding;
use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, HoverProviderCapability, MarkupKind,
    OneOf, PositionEncodingKind, ResourceOperationKind, SaveOptions, ServerCapabilities,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

/// The kind of the action that makes all safe fixes of a document.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.apim-ls");

/// The name of the ability to take snippets in edits, which the framework does not know.
pub(super) const SNIPPET_EDITS: &str = "snippetEditSupport";

/// The abilities of a client that change what it is sent. The default is a client that has
/// declared nothing.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an ability that a client has or lacks, whatever the others are"
)]
pub(super) struct Client {
    /// The unit of characters in positions.
    pub(super) encoding: PositionEncoding,
    /// It takes edits of a certain version of a document.
    pub(super) versioned_edits: bool,
    /// It takes code actions that carry an edit, not only commands.
    pub(super) code_action_literals: bool,
    /// It marks the one action that is most likely wanted.
    pub(super) preferred_actions: bool,
    /// It shows actions that cannot be taken, with the reason.
    pub(super) disabled_actions: bool,
    /// It adds files where an edit says so. Only edits of documents can say so: a client that lists
    /// this takes those, even if it does not list them.
    pub(super) creates_files: bool,
    /// It has stops where a person writes over what an edit brought.
    pub(super) snippet_edits: bool,
    /// It shows the other places of a diagnostic.
    pub(super) related_information: bool,
    /// It links a diagnostic's code to its documentation.
    pub(super) code_description: bool,
    /// It shows Markdown where the mouse rests.
    pub(super) markdown: bool,
    /// It watches files when asked to.
    pub(super) watches_files: bool,
}

impl Client {
    /// Resolves what a client declares.
    pub(super) fn new(declared: &ClientCapabilities) -> Self {
        let general = declared.general.as_ref();
        let text_document = declared.text_document.as_ref();
        let code_action = text_document.and_then(|it| it.code_action.as_ref());
        let diagnostics = text_document.and_then(|it| it.publish_diagnostics.as_ref());
        let hover = text_document.and_then(|it| it.hover.as_ref());
        let formats = hover.and_then(|it| it.content_format.as_deref());
        let workspace = declared.workspace.as_ref();
        let edits = workspace.and_then(|it| it.workspace_edit.as_ref());
        let operations = edits.and_then(|it| it.resource_operations.as_ref());
        let watching = workspace.and_then(|it| it.did_change_watched_files.as_ref());
        Self {
            encoding: general
                .and_then(|it| it.position_encodings.as_ref())
                .and_then(|offered| offered.iter().find_map(encoding))
                .unwrap_or_default(),
            versioned_edits: edits.and_then(|it| it.document_changes) == Some(true),
            code_action_literals: code_action
                .is_some_and(|it| it.code_action_literal_support.is_some()),
            disabled_actions: code_action.and_then(|it| it.disabled_support) == Some(true),
            creates_files: operations.is_some_and(|it| it.contains(&ResourceOperationKind::Create)),
            snippet_edits: declared
                .experimental
                .as_ref()
                .is_some_and(|it| it[SNIPPET_EDITS] == true),
            preferred_actions: code_action.and_then(|it| it.is_preferred_support) == Some(true),
            related_information: diagnostics.and_then(|it| it.related_information) == Some(true),
            code_description: diagnostics.and_then(|it| it.code_description_support) == Some(true),
            // The one that it likes best comes first.
            markdown: formats.and_then(<[_]>::first) == Some(&MarkupKind::Markdown),
            watches_files: watching.and_then(|it| it.dynamic_registration) == Some(true),
        }
    }

    /// What the server offers this client.
    pub(super) fn offer(self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(match self.encoding {
                PositionEncoding::Utf8 => PositionEncodingKind::UTF8,
                PositionEncoding::Utf16 => PositionEncodingKind::UTF16,
                PositionEncoding::Utf32 => PositionEncodingKind::UTF32,
            }),
            text_document_sync: Some(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                        include_text: Some(false),
                    })),
                    ..TextDocumentSyncOptions::default()
                }
                .into(),
            ),
            code_action_provider: Some(
                CodeActionOptions {
                    code_action_kinds: Some(vec![
                        CodeActionKind::QUICKFIX,
                        CodeActionKind::REFACTOR_REWRITE,
                        FIX_ALL,
                    ]),
                    resolve_provider: Some(false),
                    ..CodeActionOptions::default()
                }
                .into(),
            ),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                ..WorkspaceServerCapabilities::default()
            }),
            ..ServerCapabilities::default()
        }
    }
}

fn encoding(kind: &PositionEncodingKind) -> Option<PositionEncoding> {
    match kind.as_str() {
        "utf-8" => Some(PositionEncoding::Utf8),
        "utf-16" => Some(PositionEncoding::Utf16),
        "utf-32" => Some(PositionEncoding::Utf32),
        _ => None,
    }
}
