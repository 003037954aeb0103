//! `textDocument/codeAction`
//!
//! A fix is found by place and rule in the findings of the newest text, never by something that
//! was stored in the diagnostic: some editors send only its range, code and message back. Every
//! action carries its whole edit, for clients that resolve nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Applicability, Finding, Fix};
use template::files::{FileSystem, decode};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionParams, CodeActionResponse,
    DocumentChanges, NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use crate::lsp::capabilities::Client;
use crate::lsp::convert::{Converter, diagnostic};
use crate::lsp::desk::Asked;
use crate::lsp::disk::Absolute;
use crate::lsp::outcome::{Outcome, Seen};
use crate::lsp::paths::path_of;
use crate::lsp::session::Session;

/// Answers with the fixes of the findings at a place.
pub(in crate::lsp) async fn handle(
    session: &Arc<Session>,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>> {
    let path = path_of(&params.text_document.uri);
    let Some(document) = session.desk.document(&path) else {
        return Ok(None);
    };
    let client = session.client();
    // A client that takes commands only could not carry a fix out: the edit would have to come in
    // a request of ours, which such clients do not list either.
    if !client.code_action_literals || !wants_quick_fixes(&params.context) {
        return Ok(Some(Vec::new()));
    }
    // The analysis goes before its questions only where the session ends.
    let answer = session
        .desk
        .ask(path, document.clone(), Asked::Findings)
        .await;
    let Ok(Ok(outcome)) = answer else {
        return Err(Error::internal_error());
    };
    let Some(path) = outcome.path_of(&document).map(Path::to_owned) else {
        return Err(Error::internal_error());
    };
    let converter = Converter::new(document.snapshot.text(), client.encoding);
    let chosen: Vec<_> = outcome
        .findings_in(&path)
        .filter(|it| is_asked_for(it, &params, converter))
        .cloned()
        .collect();
    let outdated = outdated(session, &outcome, &chosen).await?;
    let is_current = |fix: &Fix| !fix.edits.iter().any(|edit| outdated.contains(&*edit.file));
    let actions = actions(&chosen, is_current, &outcome, client);
    Ok(Some(actions.into_iter().map(Into::into).collect()))
}

/// The files that fixes would edit but that are not any more what they were when they were judged.
/// They are judged anew.
async fn outdated(
    session: &Session,
    outcome: &Arc<Outcome>,
    findings: &[Finding],
) -> Result<BTreeSet<PathBuf>> {
    let edits = findings.iter().flat_map(|it| &it.fixes);
    let paths: BTreeSet<_> = edits
        .flat_map(|fix| &fix.edits)
        .map(|edit| edit.file.to_path_buf())
        .filter(|path| outcome.file(path).is_none_or(|seen| seen.open.is_none()))
        .collect();
    if paths.is_empty() {
        return Ok(paths);
    }
    let outcome = Arc::clone(outcome);
    let looked = tokio::task::spawn_blocking(move || {
        let is_outdated =
            |path: &PathBuf| !outcome.file(path).is_some_and(|it| is_as_seen(path, it));
        paths
            .into_iter()
            .filter(is_outdated)
            .collect::<BTreeSet<_>>()
    });
    let outdated = looked.await.map_err(|_| Error::internal_error())?;
    if !outdated.is_empty() {
        session.check(outdated.iter().cloned().collect());
    }
    Ok(outdated)
}

fn is_as_seen(path: &Path, seen: &Seen) -> bool {
    let bytes = Absolute.read(path).unwrap_or_default();
    decode(&bytes).is_ok_and(|text| *seen.document.text() == *text)
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
    let touches = |range| finding.place.range.touches(converter.text_range(range));
    touches(params.range)
        || params.context.diagnostics.iter().any(|shown| {
            matches!(&shown.code, Some(NumberOrString::String(code)) if code == finding.rule.0)
                && touches(shown.range)
        })
}

/// The actions for some findings. A fix that several of them share is one action.
fn actions(
    findings: &[Finding],
    is_current: impl Fn(&Fix) -> bool,
    outcome: &Outcome,
    client: Client,
) -> Vec<CodeAction> {
    let mut actions: Vec<(&Fix, CodeAction)> = Vec::new();
    for finding in findings {
        let Some(diagnostic) = diagnostic(finding, outcome, client) else {
            continue;
        };
        for fix in finding.fixes.iter().filter(|fix| is_current(fix)) {
            let preferred = client.preferred_actions && is_only_safe_fix(fix, finding);
            if let Some((_, action)) = actions.iter_mut().find(|(other, _)| *other == fix) {
                let fixed = action.diagnostics.get_or_insert_default();
                fixed.push(diagnostic.clone());
                action.is_preferred = action.is_preferred.or(preferred.then_some(true));
                continue;
            }
            let Some(edit) = workspace_edit(fix, outcome, client) else {
                continue;
            };
            let action = CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(edit),
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

/// The edits of a fix; none if one of its files has no name that the client would know.
fn workspace_edit(fix: &Fix, outcome: &Outcome, client: Client) -> Option<WorkspaceEdit> {
    let mut by_file: BTreeMap<&Path, (&Seen, Vec<TextEdit>)> = BTreeMap::new();
    for edit in &fix.edits {
        let seen = outcome.file(&edit.file)?;
        let range = Converter::new(seen.document.text(), client.encoding).range(edit.range);
        let (_, edits) = by_file
            .entry(&edit.file)
            .or_insert_with(|| (seen, Vec::new()));
        edits.push(TextEdit::new(range, edit.new_text.clone()));
    }
    let files = by_file.into_values();
    if client.versioned_edits {
        let edits = files.map(|(seen, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: seen.uri.clone(),
                version: seen.version(),
            },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        return Some(WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(edits.collect())),
            ..WorkspaceEdit::default()
        });
    }
    let changes = files.map(|(seen, edits)| (seen.uri.clone(), edits));
    Some(WorkspaceEdit {
        changes: Some(changes.collect::<HashMap<_, _>>()),
        ..WorkspaceEdit::default()
    })
}
