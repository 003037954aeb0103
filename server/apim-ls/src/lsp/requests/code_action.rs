//! `textDocument/codeAction`
//!
//! A fix is found by place and rule in the findings of the newest text, never by something that
//! was stored in the diagnostic: some editors send only its range, code and message back. Every
//! action carries its whole edit, for clients that resolve nothing.

use std::collections::HashMap;
use std::sync::Arc;

use rules::{Applicability, Finding, Fix};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionParams, CodeActionResponse,
    DocumentChanges, NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, Uri, WorkspaceEdit,
};

use crate::lsp::analysis;
use crate::lsp::capabilities::Client;
use crate::lsp::convert::Converter;
use crate::lsp::document::{OpenDocument, Snapshot};
use crate::lsp::session::Session;

/// Answers with the fixes of the findings at a place.
pub(in crate::lsp) async fn handle(
    session: &Arc<Session>,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>> {
    let Some(document) = session.document(&params.text_document.uri) else {
        return Ok(None);
    };
    let snapshot = document.snapshot();
    let client = session.client();
    // A client that takes commands only could not carry a fix out: the edit would have to come in
    // a request of ours, which such clients do not list either.
    if !client.code_action_literals || !wants_quick_fixes(&params.context) {
        return Ok(Some(Vec::new()));
    }
    let findings = findings(session, &document, &snapshot).await?;
    let converter = Converter::new(snapshot.text(), client.encoding);
    let chosen = findings
        .iter()
        .filter(|it| is_asked_for(it, &params, converter));
    let actions = actions(chosen, document.uri(), &snapshot, converter, client);
    Ok(Some(actions.into_iter().map(Into::into).collect()))
}

/// The findings of a snapshot, from the analysis that publishes them or a new one.
async fn findings(
    session: &Arc<Session>,
    document: &Arc<OpenDocument>,
    snapshot: &Arc<Snapshot>,
) -> Result<Arc<[Finding]>> {
    if let Some(known) = snapshot.known_findings() {
        return Ok(known);
    }
    let permit = session.permits.clone().acquire_owned().await;
    let (analyse, snapshot) = (session.analyse, snapshot.clone());
    let computed = tokio::task::spawn_blocking(move || {
        let findings = snapshot.findings(analyse);
        drop(permit);
        findings
    });
    match computed.await {
        Ok(Ok(findings)) => Ok(findings),
        Ok(Err(panicked)) => {
            analysis::report_panic(session, document, &panicked);
            Err(Error::internal_error())
        }
        Err(_) => Err(Error::internal_error()),
    }
}

/// Whether the client's filter lets quick fixes through. An empty kind, as vim-lsp sends it,
/// filters nothing.
fn wants_quick_fixes(context: &CodeActionContext) -> bool {
    let offered = CodeActionKind::QUICKFIX;
    let is_within = |kind: &str| {
        offered
            .as_str()
            .strip_prefix(kind)
            .is_some_and(|rest| kind.is_empty() || rest.is_empty() || rest.starts_with('.'))
    };
    context
        .only
        .as_ref()
        .is_none_or(|only| only.is_empty() || only.iter().any(|kind| is_within(kind.as_str())))
}

/// Whether a finding lies where the client asks, or is one that it shows there. Some editors ask
/// at the cursor and name the diagnostics of the whole line.
fn is_asked_for(finding: &Finding, params: &CodeActionParams, converter: Converter<'_>) -> bool {
    let touches = |range| finding.range.touches(converter.text_range(range));
    touches(params.range)
        || params.context.diagnostics.iter().any(|shown| {
            matches!(&shown.code, Some(NumberOrString::String(code)) if code == finding.rule.0)
                && touches(shown.range)
        })
}

/// The actions for some findings. A fix that several of them share is one action.
fn actions<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    uri: &Uri,
    snapshot: &Snapshot,
    converter: Converter<'_>,
    client: Client,
) -> Vec<CodeAction> {
    let mut actions: Vec<(&Fix, CodeAction)> = Vec::new();
    for finding in findings {
        let diagnostic = converter.diagnostic(finding, uri, client);
        for fix in &finding.fixes {
            let preferred = client.preferred_actions && is_only_safe_fix(fix, finding);
            if let Some((_, action)) = actions.iter_mut().find(|(other, _)| *other == fix) {
                let fixed = action.diagnostics.get_or_insert_default();
                fixed.push(diagnostic.clone());
                action.is_preferred = action.is_preferred.or(preferred.then_some(true));
                continue;
            }
            let action = CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(workspace_edit(fix, uri, snapshot, converter, client)),
                is_preferred: preferred.then_some(true),
                ..CodeAction::default()
            };
            actions.push((fix, action));
        }
    }
    actions.into_iter().map(|(_, action)| action).collect()
}

fn is_only_safe_fix(fix: &Fix, finding: &Finding) -> bool {
    let is_safe = |it: &Fix| it.applicability == Applicability::Safe;
    is_safe(fix) && finding.fixes.iter().filter(|it| is_safe(it)).count() == 1
}

fn workspace_edit(
    fix: &Fix,
    uri: &Uri,
    snapshot: &Snapshot,
    converter: Converter<'_>,
    client: Client,
) -> WorkspaceEdit {
    let edits = fix.edits.iter().map(|edit| converter.text_edit(edit));
    if client.versioned_edits {
        let edit = TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: uri.clone(),
                version: Some(snapshot.version()),
            },
            edits: edits.map(OneOf::Left).collect(),
        };
        return WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![edit])),
            ..WorkspaceEdit::default()
        };
    }
    WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits.collect())])),
        ..WorkspaceEdit::default()
    }
}
