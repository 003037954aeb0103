//! The actions that keep a rule from reporting: here, or wherever a configuration counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Finding, RuleId};
use syntax::{Document, Language, TextEdit};
use template::edit::{Silenced, new_object, set_member, suppress};
use template::files::{FileSystem, decode};
use template::program::configuration::{Configuration, FILE_NAME, RuleLevel, path_of_level};
use tower_lsp::ls_types::CodeActionKind;

use super::{Action, Request};
use crate::lsp::change::Change;
use crate::lsp::convert::diagnostic;
use crate::lsp::disk::Absolute;
use crate::lsp::outcome::Seen;
use crate::lsp::paths::uri_of;
use crate::lsp::session::Session;

/// First the actions that silence some findings where they are, then those that turn rules off.
pub(super) fn actions(session: &Session, request: &Request, findings: &[Finding]) -> Vec<Action> {
    let mut changes: Vec<(String, Change, Vec<&Finding>)> = Vec::new();
    let mut add = |(title, change), finding| {
        let is_it = |it: &&mut (String, Change, _)| it.0 == title && it.1 == change;
        match changes.iter_mut().find(is_it) {
            Some((_, _, about)) => about.push(finding),
            None => changes.push((title, change, vec![finding])),
        }
    };
    for finding in findings {
        if let Some(change) = suppression(request, finding) {
            add(change, finding);
        }
    }
    for finding in findings {
        if let Some(change) = turned_off(session, request, finding.rule) {
            add(change, finding);
        }
    }
    let actions = changes.into_iter().filter_map(|(title, change, about)| {
        let mut action = Action::new(request, title, CodeActionKind::QUICKFIX, &change)?;
        let about = about.into_iter();
        let shown = about.filter_map(|it| diagnostic(it, &request.outcome, request.client));
        action.diagnostics = shown.collect();
        Some(action)
    });
    actions.collect()
}

fn suppression(request: &Request, finding: &Finding) -> Option<(String, Change)> {
    let seen = request.seen()?;
    let rule = finding.rule;
    let suppression = suppress(&seen.document, rule.0, finding.place.range.start)?;
    let silenced = match suppression.silenced {
        Silenced::Line => "on this line",
        Silenced::Lines => "on these lines",
        Silenced::Resource => "in this resource",
        Silenced::Declaration => "in this declaration",
        Silenced::File => "in this file",
    };
    let change = Change::of_file(seen, suppression.edits);
    Some((format!("Suppress `{rule}` {silenced}"), change))
}

/// Turns a rule off in the configuration that counts for a document; where there is none, in a new one
/// in the folder that the client has open. None where that would have no effect.
fn turned_off(session: &Session, request: &Request, rule: RuleId) -> Option<(String, Change)> {
    let path = &request.path;
    let beside = path.parent().filter(|_| path.is_absolute())?;
    let member = path_of_level(rule.0);
    let root = session.folder_of(path);
    let mut folders = beside.ancestors().map(|folder| folder.join(FILE_NAME));
    let found = folders.find_map(|path| configuration(session, &path).map(|seen| (path, seen)));
    let Some((file, seen)) = found else {
        let file = root.as_deref().unwrap_or(beside).join(FILE_NAME);
        // What is there and cannot be read is not for us to replace.
        if fs::symlink_metadata(&file).is_ok() {
            return None;
        }
        let change = Change::of_new_file(uri_of(&file)?, new_object(&member, "off"));
        return Some((format!("Turn `{rule}` off in a new {FILE_NAME}"), change));
    };
    let edits = set_member(&seen.document, &member, "off")?;
    let text = TextEdit::applied(&edits, &seen.document.text().to_string());
    let read = |path: &Path| Some(configuration(session, path)?.document.text().to_string());
    let configured = Configuration::read(&file, &text, &read);
    if configured.rule_level(rule.0) != Some(RuleLevel::Off) {
        return None;
    }
    let inside = root.and_then(|root| file.strip_prefix(root).ok().map(PathBuf::from));
    let shown = inside.unwrap_or(file);
    let title = format!("Turn `{rule}` off in {}", shown.display());
    Some((title, Change::of_file(&seen, edits)))
}

/// A file of configuration, as the client has it open or as it is on disk.
fn configuration(session: &Session, path: &Path) -> Option<Seen> {
    if let Some(open) = session.desk.document(&path.to_owned()) {
        return Some(Seen {
            uri: open.uri.clone(),
            document: Arc::clone(open.snapshot.document()),
            open: Some(open),
        });
    }
    let bytes = Absolute.read(path)?;
    let text = decode(&bytes).ok()?;
    Some(Seen {
        uri: uri_of(path)?,
        document: Arc::new(Document::new(Language::Json, &text)),
        open: None,
    })
}
