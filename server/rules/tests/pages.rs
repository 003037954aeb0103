//! The examples of every rule's page: the ones that fail do, the fixed ones have no finding at all,
//! and each fix that a finding offers repairs it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a page that is not laid out as the others fails its test"
)]

use proof::Bench;
use rules::{Edit, Finding, RULES, Rule};
use syntax::{Document, Language};
use template::edit::suppress;

/// A fenced block of a page.
struct Example {
    language: Language,
    text: String,
}

fn examples(page: &str, heading: &str) -> Vec<Example> {
    let (_, section) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("the page has a section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    section
        .split("\n```")
        .skip(1)
        .step_by(2)
        .map(|block| {
            let (language, text) = block.split_once('\n').unwrap();
            Example {
                language: match language {
                    "bicep" => Language::Bicep,
                    "json" => Language::Json,
                    other => panic!("an example in {other}"),
                },
                text: format!("{text}\n"),
            }
        })
        .collect()
}

fn check(example: &Example) -> Vec<Finding> {
    let document = Document::new(example.language, &example.text);
    assert!(
        !document.root().has_error(),
        "an example that does not parse:\n{}",
        example.text
    );
    rules::check_document(&document)
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    result
}

/// The rules about what only the Bicep compiler refuses.
const BICEP_ONLY: [&str; 1] = ["role-scope-mismatch"];

fn each_example(heading: &str, mut visit: impl FnMut(&Rule, &Example)) {
    for rule in RULES {
        let examples = examples(rule.documentation, heading);
        for language in [Language::Bicep, Language::Json] {
            let is_due = language == Language::Bicep || !BICEP_ONLY.contains(&rule.id.0);
            assert!(
                !is_due || examples.iter().any(|example| example.language == language),
                "{} has no {language:?} example",
                rule.id
            );
        }
        for example in &examples {
            visit(rule, example);
        }
    }
}

#[test]
fn failing_examples_fail_with_their_rule_alone() {
    each_example("Example", |rule, example| {
        let findings = check(example);
        assert!(!findings.is_empty(), "{}:\n{}", rule.id, example.text);
        for finding in findings {
            assert_eq!(finding.rule, rule.id, "{}", finding.message);
        }
    });
}

#[test]
fn fixed_examples_have_no_finding() {
    each_example("Fixed", |rule, example| {
        assert_eq!(
            check(example),
            [],
            "the fixed example of {}:\n{}",
            rule.id,
            example.text
        );
    });
}

#[test]
fn every_fix_of_an_example_repairs_it_for_good() {
    each_example("Example", |rule, example| {
        for finding in check(example) {
            for fix in &finding.fixes {
                let repaired = Example {
                    language: example.language,
                    text: apply(&example.text, &fix.edits),
                };
                assert_eq!(
                    check(&repaired),
                    [],
                    "{}: {}\n{}",
                    rule.id,
                    fix.title,
                    repaired.text
                );
            }
        }
    });
}

/// An example in which a finding is silenced.
fn silenced(example: &Example, finding: &Finding) -> Example {
    let document = Document::new(example.language, &example.text);
    let suppression = suppress(&document, finding.rule.0, finding.place.range.start);
    let suppression = suppression.unwrap_or_else(|| {
        panic!("nothing silences {}:\n{}", finding.rule, example.text);
    });
    let mut text = example.text.clone();
    for edit in suppression.edits.iter().rev() {
        text.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    Example {
        language: example.language,
        text,
    }
}

#[test]
fn every_finding_of_an_example_can_be_silenced() {
    each_example("Example", |rule, example| {
        let mut example = Example {
            language: example.language,
            text: example.text.clone(),
        };
        // One after the other, so that what is there already gets one name more.
        let count = check(&example).len();
        for left in (0..count).rev() {
            let findings = check(&example);
            // A comment, or metadata, may silence several at once.
            let Some(finding) = findings.first() else {
                break;
            };
            example = silenced(&example, finding);
            let after = check(&example);
            assert!(after.len() <= left, "{}:\n{}", rule.id, example.text);
        }
        assert_eq!(check(&example), [], "{}:\n{}", rule.id, example.text);
    });
}

#[test]
fn every_fix_of_an_example_keeps_its_promises() {
    each_example("Example", |_, example| {
        let mut bench = Bench::of_text(example.language, &example.text);
        bench.prove().assert_held();
    });
}

#[test]
fn the_preferred_fix_gives_the_fixed_example() {
    each_example("Example", |rule, example| {
        let fixed = examples(rule.documentation, "Fixed")
            .into_iter()
            .find(|fixed| fixed.language == example.language)
            .unwrap();
        let findings = check(example);
        let preferred = findings.first().and_then(|finding| finding.fixes.first());
        // What a person is to write over is not what stands there in the end.
        if let Some(fix) = preferred.filter(|fix| !fix.has_placeholders()) {
            assert_eq!(apply(&example.text, &fix.edits), fixed.text, "{}", rule.id);
        }
    });
}
