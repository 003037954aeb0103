//! The rules: what they find and how they repair it.
//!
//! [`check`] judges one program, [`Analysis`] a workspace. A rule is one file under `rules/` and one
//! page of documentation beside it; it sees the model and never the syntax of a language.
//!
//! Invariants: a rule does no I/O; the same files give the same findings in the same order; a
//! finding never rests on something unknown.

mod analysis;
pub mod apply;
mod circumstances;
mod configuration;
mod context;
mod finding;
mod hover;
mod page;
mod repair;
mod rules;
mod suppression;

pub use analysis::{Analysis, Job, Judged};
pub use finding::{
    Applicability, Edit, Extent, Finding, Fix, Level, NewFile, Place, Related, RuleId,
};
pub use hover::{Hover, hover};
pub use rules::{RULES, Rule};

use std::path::Path;
use std::sync::Arc;

use syntax::Document;
use template::program::Program;

use self::context::{Context, DEPLOYED_HERE};
use self::suppression::{Silenced, Suppressions};

/// Judges a program. The findings come in the order of their place, then by rule; the same files
/// always give the same findings. What a file tells rules to be silent about is among them: that is
/// for who knows all programs, an [`Analysis`] or [`check_document`].
#[must_use]
pub fn check(program: &Program) -> Vec<Finding> {
    let context = Context::new(program);
    let mut findings = Vec::new();
    for rule in RULES {
        program.begin(rule.id.0);
        (rule.check)(&context, &mut findings);
    }
    merged(causes(findings))
}

/// Rules of which the first says of a place all that the second would.
const PRECEDENCE: [(&str, &str); 1] = [("role-insufficient", "role-excessive")];

/// The findings without those that another one at the same place explains: one cause, one finding.
fn causes(findings: Vec<Finding>) -> Vec<Finding> {
    let is_explained = |finding: &Finding| {
        PRECEDENCE.iter().any(|(first, second)| {
            let explains = |other: &Finding| other.rule.0 == *first && other.place == finding.place;
            finding.rule.0 == *second && findings.iter().any(explains)
        })
    };
    let explained: Vec<_> = findings.iter().map(is_explained).collect();
    let told = findings.into_iter().zip(explained);
    told.filter_map(|(finding, is_explained)| (!is_explained).then_some(finding))
        .collect()
}

/// Judges a document by itself, all other files being out of sight; nothing where it is no template.
#[must_use]
pub fn check_document(document: &Document) -> Vec<Finding> {
    let program = Program::alone(Path::new("document"), Arc::new(document.clone()));
    program.as_ref().map_or_else(Vec::new, |program| {
        let findings = check(program);
        let Silenced { mut told, unused } = Suppressions::of(program).apply(findings, Vec::new());
        told.extend(unused);
        merged(told)
    })
}

/// How many of the modules that deploy a template are shown with what is wrong in it.
const MOST_CALLERS: usize = 3;

/// Findings in order, each once: a template that is deployed several times is found wrong several
/// times.
fn merged(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    findings.dedup_by(|later, kept| {
        let is_same = later.key() == kept.key();
        if is_same {
            for related in later.related.drain(..) {
                let is_room =
                    related.message != DEPLOYED_HERE || kept.callers().count() < MOST_CALLERS;
                if is_room && !kept.related.contains(&related) {
                    kept.related.push(related);
                }
            }
        }
        is_same
    });
    findings
}
