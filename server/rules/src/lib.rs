//! The rules: what they find and how they repair it.
//!
//! [`check`] is the whole engine: a document in, findings out. A rule is one file under `rules/`
//! and one page of documentation beside it; it sees the model and never the syntax of a language.
//!
//! Invariants: a rule does no I/O; the same text gives the same findings in the same order; a
//! finding never rests on something unknown.

mod circumstances;
mod context;
mod finding;
mod nested;
mod rules;

pub use finding::{Applicability, Edit, Finding, Fix, Level, Related, RuleId};
pub use rules::{RULES, Rule};

use syntax::Document;
use template::{Content, lower};

use self::context::Context;

/// Whether a document is a template that rules apply to.
#[must_use]
pub fn is_template(document: &Document) -> bool {
    matches!(lower(document), Content::Template(_))
}

/// Checks one document by itself. The findings come in the order of their place in the text, then
/// by rule; the same text always gives the same findings.
#[must_use]
pub fn check(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Content::Template(template) = lower(document) {
        let program = nested::Program::new(&template);
        for part in program.parts() {
            let context = Context::new(document, part);
            for rule in RULES {
                (rule.check)(&context, &mut findings);
            }
        }
    }
    findings.sort_by(|a, b| (a.range, a.rule, &a.message).cmp(&(b.range, b.rule, &b.message)));
    // A nested deployment in outer scope repeats the definitions around it.
    findings.dedup();
    findings
}
