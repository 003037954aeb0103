//! Templates in pairs: the same deployment in Bicep and in ARM JSON, which must be judged alike.
//!
//! A [`Case`] says what the specification demands (levels and rules, nothing else); [`judge`]
//! holds both languages to it and renders what was found, for a snapshot of the wording.

use std::fmt::Write as _;

use rules::{Finding, check_document};
use syntax::{Document, Language};

use crate::fixes::keep_their_promises;

/// One deployment in both languages, and the findings that it deserves.
pub struct Case {
    name: &'static str,
    /// `level rule`, separated by `;`, in any order.
    expected: &'static str,
    /// The deployment in Bicep.
    pub bicep: String,
    /// The deployment in ARM JSON.
    pub arm: String,
}

/// A deployment and the findings that it deserves, as `level rule; level rule`.
pub fn case(
    name: &'static str,
    expected: &'static str,
    bicep: impl Into<String>,
    arm: impl Into<String>,
) -> Case {
    Case {
        name,
        expected,
        bicep: bicep.into(),
        arm: arm.into(),
    }
}

/// A case of one service: declarations before it and what it carries, in both languages.
pub fn one(
    name: &'static str,
    expected: &'static str,
    (declarations, properties): (&str, &str),
    (sections, members): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!("{declarations}\n{}", service(properties)),
        arm_with_service(sections, members),
    )
}

/// The rules that see best how values flow: tests of evaluation are about them.
pub const FLOW: &[&str] = &[
    "identity-client-id-invalid",
    "identity-invalid",
    "identity-missing",
    "identity-not-attached",
    "identity-principal-unavailable",
    "role-principal-type-missing",
    "secret-uri-versioned",
    "vault-access-missing",
];

/// Every rule.
pub const ALL: &[&str] = &[];

/// Whether a finding counts in a test of these rules.
pub fn is_about(subject: &[&str], finding: &Finding) -> bool {
    subject.is_empty() || subject.contains(&finding.rule.0)
}

/// Checks every case in both languages, panics with all that differ from what they deserve, and
/// renders the findings. Only those of the rules that the test is about count, and of those that a
/// case expects.
pub fn judge(subject: &[&str], cases: &[Case]) -> String {
    let mut report = String::new();
    let mut wrong = String::new();
    for case in cases {
        let bicep = judge_one(
            subject,
            case.name,
            case.expected,
            Language::Bicep,
            &case.bicep,
            &mut wrong,
        );
        let arm = judge_one(
            subject,
            case.name,
            case.expected,
            Language::Json,
            &case.arm,
            &mut wrong,
        );
        report.push_str(case.name);
        report.push('\n');
        for (index, line) in bicep.iter().enumerate() {
            let _ = writeln!(report, "  {line}");
            match arm.get(index) {
                Some(other) if without_names(other) == without_names(line) => {}
                Some(other) => {
                    let _ = writeln!(report, "  ARM {other}");
                }
                None => {}
            }
        }
    }
    proof::tell_totals();
    assert!(wrong.is_empty(), "{wrong}");
    report
}

/// Holds a case that is judged wrongly to what both languages say of it today.
pub fn judge_today(case: &Case, bicep: &str, arm: &str) {
    let mut wrong = String::new();
    for (language, text, today) in [
        (Language::Bicep, &case.bicep, bicep),
        (Language::Json, &case.arm, arm),
    ] {
        judge_one(FLOW, case.name, today, language, text, &mut wrong);
    }
    assert!(wrong.is_empty(), "no longer wrong in this way: {wrong}");
    assert!(
        case.expected != bicep || case.expected != arm,
        "{} is right",
        case.name
    );
}

fn judge_one(
    subject: &[&str],
    name: &str,
    expected: &str,
    language: Language,
    text: &str,
    wrong: &mut String,
) -> Vec<String> {
    let document = Document::new(language, text);
    if document.root().has_error() {
        let _ = writeln!(wrong, "{name}: {language:?} does not parse:\n{text}");
    }
    keep_their_promises(name, language, text, wrong);
    let mut found = check_document(&document);
    found.retain(|it| is_about(subject, it) || expected.contains(it.rule.0));
    let rendered: Vec<_> = found.iter().map(|it| render(&document, it)).collect();
    let mut actual: Vec<_> = found.iter().map(summary).collect();
    let mut expected: Vec<_> = expected
        .split(';')
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .collect();
    actual.sort();
    expected.sort();
    if actual != expected {
        let _ = writeln!(wrong, "{name}: {language:?}: expected {expected:?}, found:");
        for line in &rendered {
            let _ = writeln!(wrong, "    {line}");
        }
    }
    rendered
}

/// The findings of a text that may be unfinished, one a line.
pub fn findings(language: Language, text: &str) -> String {
    let document = Document::new(language, text);
    check_document(&document)
        .iter()
        .filter(|it| is_about(FLOW, it))
        .map(|it| render(&document, it) + "\n")
        .collect()
}

fn summary(finding: &Finding) -> String {
    format!("{} {}", finding.level.name(), finding.rule)
}

fn render(document: &Document, finding: &Finding) -> String {
    let mut line = format!(
        "{} @ {}: {}",
        summary(finding),
        one_line(&document.slice(finding.place.range)),
        finding.message
    );
    for related in &finding.related {
        let _ = write!(
            line,
            "\n      see {}: {}",
            one_line(&document.slice(related.place.range)),
            related.message
        );
    }
    line
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(70) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A rendered finding without the names and source texts in it, which differ between the languages.
fn without_names(rendered: &str) -> String {
    let mut result = String::new();
    for line in rendered.lines() {
        let (head, message) = line.split_once(": ").unwrap_or((line, ""));
        let head = head.trim_start();
        let head = if head.starts_with("see ") {
            "see"
        } else {
            head
        };
        result.push_str(head.split(" @ ").next().unwrap_or(head));
        for (index, part) in message.split(['`', '\'', '"']).enumerate() {
            if index % 2 == 0 {
                result.push_str(part);
            }
        }
    }
    result
}

/// An ARM template of these sections.
pub fn arm(sections: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  {sections}
}}"#
    )
}

/// A service in Bicep with these further properties.
pub fn service(properties: &str) -> String {
    format!(
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  sku: {{ name: 'Developer', capacity: 1 }}
  {properties}
}}
"
    )
}

/// A service as an ARM resource with these further members.
pub fn arm_service(members: &str) -> String {
    let separator = if members.is_empty() { "" } else { "," };
    format!(
        r#"{{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "location": "westeurope",
      "sku": {{ "name": "Developer", "capacity": 1 }}{separator}
      {members}
    }}"#
    )
}

/// An ARM template with one service and, before its resources, these sections.
pub fn arm_with_service(sections: &str, members: &str) -> String {
    arm(&format!(
        r#"{sections}
  "resources": [
    {}
  ]"#,
        arm_service(members)
    ))
}
