//! What the rules find in both programs.

use std::collections::{BTreeMap, BTreeSet};

use rules::{Finding, Place, check};
use template::program::Program;

use crate::pairing::resource_name;
use crate::{Disagreement, Sides, Verdict};

/// A finding in words that are the same in both languages.
struct Found {
    /// Rule, level and message.
    text: String,
    /// The resources that it may be about: a template that is deployed several times has several at
    /// one place.
    subjects: BTreeSet<String>,
}

/// Compares the findings.
pub(crate) fn compare(sides: &Sides, verdict: &mut Verdict) {
    let bicep = found(&sides.bicep);
    let json = found(&sides.json);
    verdict.findings += bicep.len();
    let is_in = |found: &Found, others: &[Found]| {
        others
            .iter()
            .any(|other| other.text == found.text && !other.subjects.is_disjoint(&found.subjects))
    };
    for (own, others, is_json) in [(&bicep, &json, false), (&json, &bicep, true)] {
        for found in own.iter().filter(|found| !is_in(found, others)) {
            let (here, none) = (found.text.clone(), "no such finding".to_owned());
            verdict.disagreements.push(Disagreement {
                subject: found
                    .subjects
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", "),
                aspect: "finding",
                bicep: if is_json { none.clone() } else { here.clone() },
                json: if is_json { here } else { none },
            });
        }
    }
}

fn found(program: &Program) -> Vec<Found> {
    program.renew_budget();
    let findings = check(program);
    if findings.is_empty() {
        return Vec::new();
    }
    let mut names: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    for (at, resource) in program.resources() {
        let place = program.place(at.instance, resource.label);
        let name = format!("{} {}", resource.resource_type, resource_name(program, at));
        names.entry(place).or_default().insert(name.to_lowercase());
    }
    let found = findings.iter().map(|finding| Found {
        text: text(finding),
        subjects: names.get(&finding.subject).cloned().unwrap_or_default(),
    });
    found.collect()
}

/// A finding without what it quotes from the file.
fn text(finding: &Finding) -> String {
    let mut message = String::new();
    for (number, part) in finding.message.split('`').enumerate() {
        message.push_str(if number % 2 == 0 { part } else { "`" });
    }
    format!("{} {}: {message}", finding.level.name(), finding.rule)
}
