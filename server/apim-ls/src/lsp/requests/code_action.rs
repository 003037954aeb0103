//! `textDocument/codeAction`
//!
//! A fix is found by place and rule in the findings of the newest text, never by something that
//! was stored in the diagnostic: some editors send only its range, code and message back. Every
//! action carries its whole edit, for clients that resolve nothing.
//!
//! What repairs comes first, then what repairs all of a rule, then what silences a rule at this place
//! or everywhere. The source action is offered only to who asks for that kind: it is made for saving
//! and for menus of its own, and editors without such a filter would show it at every finding.

mod action;
mod fixes;
mod kinds;
mod silence;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Finding, Fix, RuleId};
use template::files::{FileSystem, decode};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{CodeActionKind, CodeActionParams, NumberOrString};

pub(in crate::lsp) use self::action::Action;
use self::fixes::{fix_all, fix_all_of_rule, fixes};
use self::kinds::Kinds;
use crate::lsp::capabilities::{Client, FIX_ALL};
use crate::lsp::convert::Converter;
use crate::lsp::desk::{Asked, Open};
use crate::lsp::disk::Absolute;
use crate::lsp::outcome::{Outcome, Seen};
use crate::lsp::paths::path_of;
use crate::lsp::session::Session;
use crate::lsp::world::safe_fix;

/// Of how many findings somebody may ask and still be offered to silence their rules: who selects
/// more wants repairs, and no menu of everything else.
const MOST_TO_SILENCE: usize = 8;

/// What is asked, of the findings of which text.
#[derive(Clone)]
struct Request {
    client: Client,
    outcome: Arc<Outcome>,
    /// The path under which the document was judged.
    path: PathBuf,
    document: Open,
}

impl Request {
    fn seen(&self) -> Option<&Seen> {
        self.outcome.file(&self.path)
    }
}

/// Answers with the actions at a place.
pub(in crate::lsp) async fn handle(
    session: &Arc<Session>,
    params: CodeActionParams,
) -> Result<Option<Vec<Action>>> {
    let path = path_of(&params.text_document.uri);
    let Some(document) = session.desk.document(&path) else {
        return Ok(None);
    };
    let client = session.client();
    let kinds = Kinds::new(&params.context);
    // A client that takes commands only could not carry a fix out: the edit would have to come in
    // a request of ours, which such clients do not list either.
    if !client.code_action_literals || !kinds.include_any() {
        return Ok(Some(Vec::new()));
    }
    let asked = session.desk.ask(path, document.clone(), Asked::Findings);
    // The analysis goes before its questions only where the session ends.
    let Ok(Ok(outcome)) = asked.await else {
        return Err(Error::internal_error());
    };
    let Some(path) = outcome.path_of(&document).map(Path::to_owned) else {
        return Err(Error::internal_error());
    };
    let request = Request {
        client,
        outcome,
        path,
        document,
    };
    let mut actions = Vec::new();
    if kinds.include(&CodeActionKind::QUICKFIX) || kinds.include(&CodeActionKind::REFACTOR_REWRITE)
    {
        actions = at_place(session, request.clone(), &params).await?;
        actions.retain(|action| kinds.include(&action.kind));
    }
    if kinds.ask_for(&FIX_ALL) {
        let text = fixed(session, &request, None).await?;
        actions.extend(text.and_then(|text| fix_all(&request, &text)));
    }
    Ok(Some(actions))
}

/// The actions about the findings at a place.
async fn at_place(
    session: &Arc<Session>,
    request: Request,
    params: &CodeActionParams,
) -> Result<Vec<Action>> {
    let text = request.document.snapshot.text();
    let converter = Converter::new(text, request.client.encoding);
    let findings = request.outcome.findings_in(&request.path);
    let chosen: Vec<_> = findings
        .filter(|it| is_asked_for(it, params, converter))
        .cloned()
        .collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let outdated = outdated(session, &request, &chosen).await?;
    let is_current = |fix: &Fix| paths_of(fix).all(|path| !outdated.contains(path));
    let mut actions = fixes(&request, &chosen, is_current);
    for rule in repeated(&request, &chosen) {
        let text = fixed(session, &request, Some(rule)).await?;
        actions.extend(text.and_then(|text| fix_all_of_rule(&request, rule, &chosen, &text)));
    }
    if chosen.len() <= MOST_TO_SILENCE {
        let session = Arc::clone(session);
        // It parses, and reads files.
        let silence =
            tokio::task::spawn_blocking(move || silence::actions(&session, &request, &chosen));
        actions.extend(silence.await.map_err(|_| Error::internal_error())?);
    }
    Ok(actions)
}

/// The rules of some findings that have several findings in the file to be fixed at once.
fn repeated(request: &Request, chosen: &[Finding]) -> Vec<RuleId> {
    let Request { outcome, path, .. } = request;
    let rules: BTreeSet<_> = chosen
        .iter()
        .filter(|it| safe_fix(it, path).is_some())
        .map(|it| it.rule)
        .collect();
    let has_several = |rule: &RuleId| {
        let findings = outcome.findings_in(path);
        let mut findings = findings.filter(|it| it.rule == *rule && safe_fix(it, path).is_some());
        findings.nth(1).is_some()
    };
    rules.into_iter().filter(has_several).collect()
}

/// The document with its safe fixes made, of one rule or of all.
async fn fixed(
    session: &Session,
    request: &Request,
    rule: Option<RuleId>,
) -> Result<Option<String>> {
    let asked = |reply| Asked::Fixed(rule, reply);
    let (path, document) = (request.path.clone(), request.document.clone());
    match session.desk.ask(path, document, asked).await {
        Ok(Ok(text)) => Ok(text),
        _ => Err(Error::internal_error()),
    }
}

/// The paths of the files that a fix changes or adds.
fn paths_of(fix: &Fix) -> impl Iterator<Item = &Path> {
    let edited = fix.edits.iter().map(|edit| &*edit.file);
    edited.chain(fix.creates.iter().map(|file| &*file.path))
}

/// The files that fixes would change but that are not any more what they were when they were judged,
/// and those that they would add but that are there by now. They are judged anew. The document that
/// is asked about is not among them: who asked knows of which version it is.
async fn outdated(
    session: &Arc<Session>,
    request: &Request,
    findings: &[Finding],
) -> Result<BTreeSet<PathBuf>> {
    let fixes = findings.iter().flat_map(|it| &it.fixes);
    let paths = fixes.flat_map(paths_of).map(Path::to_owned);
    let mut paths: BTreeSet<_> = paths.filter(|path| *path != request.path).collect();
    if paths.is_empty() {
        return Ok(paths);
    }
    let (session, outcome) = (Arc::clone(session), Arc::clone(&request.outcome));
    let looked = tokio::task::spawn_blocking(move || {
        paths.retain(|path| !is_as_seen(&session, path, outcome.file(path)));
        if !paths.is_empty() {
            session.check(paths.iter().cloned().collect());
        }
        paths
    });
    looked.await.map_err(|_| Error::internal_error())
}

/// Whether a file is what it was when it was judged; `seen` is none if it was not there.
fn is_as_seen(session: &Session, path: &Path, seen: Option<&Seen>) -> bool {
    let document = |path| session.desk.document(&path);
    let Some(seen) = seen else {
        return document(path.to_owned()).is_none() && fs::symlink_metadata(path).is_err();
    };
    match (&seen.open, document(path_of(&seen.uri))) {
        (Some(open), now) => now.is_some_and(|now| now.is(open)),
        (None, Some(_)) => false,
        (None, None) => {
            let bytes = Absolute.read(path).unwrap_or_default();
            decode(&bytes).is_ok_and(|text| *seen.document.text() == *text)
        }
    }
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
