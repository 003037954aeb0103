//! The actions that repair.

use rules::{Applicability, Extent, Finding, Fix, RuleId};
use tower_lsp::ls_types::CodeActionKind;

use super::{Action, Request};
use crate::lsp::capabilities::FIX_ALL;
use crate::lsp::change::Change;
use crate::lsp::convert::diagnostic;

/// The fixes of some findings. One that several of them share is one action.
pub(super) fn fixes(
    request: &Request,
    findings: &[Finding],
    is_current: impl Fn(&Fix) -> bool,
) -> Vec<Action> {
    let Request {
        outcome, client, ..
    } = request;
    let mut actions: Vec<(&Fix, Action)> = Vec::new();
    for finding in findings {
        let Some(diagnostic) = diagnostic(finding, outcome, *client) else {
            continue;
        };
        for fix in finding.fixes.iter().filter(|fix| is_current(fix)) {
            let known = actions.iter().position(|(other, _)| *other == fix);
            let index = match known {
                Some(index) => index,
                None => {
                    let Some(action) = action(request, fix) else {
                        continue;
                    };
                    actions.push((fix, action));
                    actions.len() - 1
                }
            };
            let (_, action) = &mut actions[index];
            action.diagnostics.push(diagnostic.clone());
            if is_only_safe_repair(fix, finding) {
                action.prefer(request);
            }
        }
    }
    actions.into_iter().map(|(_, action)| action).collect()
}

fn action(request: &Request, fix: &Fix) -> Option<Action> {
    let kind = match fix.extent {
        Extent::Repair => CodeActionKind::QUICKFIX,
        Extent::Refactoring => CodeActionKind::REFACTOR_REWRITE,
    };
    let change = Change::of_fix(fix, &request.outcome)?;
    Action::new(request, fix.title.clone(), kind, &change)
}

fn is_only_safe_repair(fix: &Fix, finding: &Finding) -> bool {
    let is_safe = |it: &Fix| it.applicability == Applicability::Safe && it.extent == Extent::Repair;
    is_safe(fix) && finding.fixes.iter().filter(|it| is_safe(it)).count() == 1
}

/// The action that makes all safe fixes of a document, which gives it a text.
pub(super) fn fix_all(request: &Request, text: &str) -> Option<Action> {
    let change = Change::of_text(request.seen()?, text);
    let title = "Fix all that is safe to fix in this file".to_owned();
    Action::new(request, title, FIX_ALL, &change)
}

/// The action that makes all safe fixes of one rule, of which some findings are at hand. Those that
/// are not safe want to be looked at one by one.
pub(super) fn fix_all_of_rule(
    request: &Request,
    rule: RuleId,
    findings: &[Finding],
    text: &str,
) -> Option<Action> {
    let change = Change::of_text(request.seen()?, text);
    let title = format!("Fix all `{rule}` problems in this file");
    let mut action = Action::new(request, title, CodeActionKind::QUICKFIX, &change)?;
    let findings = findings.iter().filter(|it| it.rule == rule);
    let shown = findings.filter_map(|it| diagnostic(it, &request.outcome, request.client));
    action.diagnostics = shown.collect();
    Some(action)
}
