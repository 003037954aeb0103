//! What fixes make of a workspace, for a person to judge how it reads.

use std::fmt::Write as _;

use proof::Bench;
use rules::Fix;
use rules::apply::{Changes, edited};
use similar::TextDiff;
use syntax::Language;

use crate::programs::{from_workspace, in_workspace, workspace};

/// The fixes of a rule in a workspace, each once, with the lines that it changes in each file: `-` before and
/// `+` after. Paths are named from the workspace's folder, or from the root of the disk. Panics where
/// a fix breaks a promise.
#[track_caller]
pub fn repaired(rule: &str, files: &[(&str, &str)]) -> String {
    let files = from_workspace(files);
    let files: Vec<_> = files.iter().map(|it| (it.0.as_str(), it.1)).collect();
    let mut bench = Bench::new(workspace(&files));
    bench
        .prove_some(|finding| finding.rule.0 == rule)
        .assert_held();
    let findings = bench.findings();
    let mut seen: Vec<&Fix> = Vec::new();
    let mut report = String::new();
    for finding in findings.iter().filter(|it| it.rule.0 == rule) {
        if finding.fixes.is_empty() {
            report.push_str("no fix\n");
        }
        for fix in &finding.fixes {
            if seen.contains(&fix) {
                continue;
            }
            seen.push(fix);
            let mut changes = Changes::default();
            assert!(changes.add(fix), "{}: the edits overlap", fix.title);
            let _ = writeln!(report, "{} ({})", fix.title, fix.applicability.name());
            let mut show = |path: &std::path::Path, before: &str, after: &str| {
                let path = path.display().to_string();
                let _ = writeln!(report, "{}", in_workspace(&path));
                report.push_str(&changed_lines(before, after));
            };
            for (path, edits) in changes.edits() {
                let file = bench.workspace().files().get(path);
                let before = file
                    .expect("an edited file is there")
                    .document
                    .text()
                    .to_string();
                let after = edited(&before, edits).expect("the edits fit");
                show(path, &before, &after);
            }
            for new in changes.creates() {
                show(&new.path, "", &new.text);
            }
        }
    }
    report
}

/// The same of a template by itself.
#[track_caller]
pub fn repaired_in(rule: &str, language: Language, text: &str) -> String {
    let path = match language {
        Language::Json => "main.json",
        _ => "main.bicep",
    };
    repaired(rule, &[(path, text)])
}

/// The lines that differ.
fn changed_lines(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let changes = diff.iter_all_changes();
    let lines = changes.filter_map(|change| match change.tag() {
        similar::ChangeTag::Equal => None,
        similar::ChangeTag::Delete => Some(format!("- {}\n", change.value().trim_end())),
        similar::ChangeTag::Insert => Some(format!("+ {}\n", change.value().trim_end())),
    });
    lines.collect()
}
