//! What every fix promises, whatever the template: the result parses, the finding is gone, nothing
//! new appears, a second run changes nothing, and no byte outside of the edits is another one.

use std::fmt::Write as _;

use rules::{Edit, Finding, Fix, RuleId, check_document};
use syntax::{Document, Language};

/// Applies every fix of every finding of a text, and writes down what breaks a promise.
pub fn keep_their_promises(name: &str, language: Language, text: &str, wrong: &mut String) {
    let document = Document::new(language, text);
    let before = check_document(&document);
    for finding in &before {
        for fix in &finding.fixes {
            for broken in broken_promises(language, text, &before, finding, fix) {
                let _ = writeln!(
                    wrong,
                    "{name}: {language:?}: {}: \"{}\": {broken}",
                    finding.rule, fix.title
                );
            }
        }
    }
}

fn broken_promises(
    language: Language,
    text: &str,
    before: &[Finding],
    finding: &Finding,
    fix: &Fix,
) -> Vec<String> {
    let mut broken = Vec::new();
    let in_order = fix
        .edits
        .windows(2)
        .all(|pair| pair[0].range.end <= pair[1].range.start);
    if !in_order {
        broken.push("edits overlap or are out of order".to_owned());
        return broken;
    }
    let repaired = apply(text, &fix.edits);
    let document = Document::new(language, &repaired);
    if document.root().has_error() {
        broken.push(format!("the result does not parse:\n{repaired}"));
        return broken;
    }
    let after = check_document(&document);
    let count = |findings: &[Finding], rule: RuleId| {
        findings.iter().filter(|other| other.rule == rule).count()
    };
    if count(&after, finding.rule) >= count(before, finding.rule) {
        broken.push(format!("the finding is still there:\n{repaired}"));
    }
    for other in &after {
        if count(&after, other.rule) > count(before, other.rule) && !is_next_step(finding, other) {
            broken.push(format!(
                "{} is new: {}\n{repaired}",
                other.rule, other.message
            ));
        }
    }
    broken
}

/// The rules that say why a grant has no effect. With the effect, the next thing is whether the read
/// waits for it, and gets through.
const GRANTS: [&str; 4] = [
    "role-definition-invalid",
    "role-excessive",
    "role-insufficient",
    "role-principal-invalid",
];

/// With an identity in place it shows what the identity is to read and cannot: what was hidden behind
/// the cause, not new.
fn is_next_step(repaired: &Finding, other: &Finding) -> bool {
    let is_about_reading =
        other.rule.0.starts_with("vault-") || other.rule.0 == "hostname-before-access";
    repaired.rule.0.starts_with("identity-") && is_about_reading
        || (repaired.rule.0, other.rule.0) == ("identity-missing", "identity-not-attached")
        || repaired.rule.0 == "identity-invalid"
        || GRANTS.contains(&repaired.rule.0) && other.rule.0.starts_with("vault-")
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    result
}
