//! Failures that people had and told of in public: each is found, and its repair is silent.
//!
//! A folder `fixtures/<number>-<source>` is one failure. Its `wrong` templates are the mistake, its
//! `right` ones the repair, in each language that has the failure; `wrong-network.bicep` is a file
//! beside `wrong.bicep`. The comment at the top of a template says where the failure was told of,
//! which findings it deserves, and what Azure says of it:
//!
//! ```text
//! // https://github.com/...
//! // expect: error identity-invalid
//! // quotes: a part of Azure's message
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be read fails its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proof::{Bench, tell_totals};
use rules::{Analysis, Finding, Rule};
use template::files::Files;
use template::workspace::Workspace;

/// How many failures were collected.
const COUNT: u32 = 50;

/// The failures that await a rule.
const PENDING: &[(u32, &str)] = &[
    (27, "policy-dependency-missing"),
    (28, "policy-dependency-missing"),
    (31, "policy-identity-missing"),
    (32, "policy-identity-missing"),
    (42, "policy-name"),
    (49, "policy-dependency-missing"),
    (50, "policy-dependency-missing"),
];

/// The failures that no template shows.
const OUT_OF_SIGHT: &[(u32, &str)] = &[
    (8, "a private endpoint is as good as a service endpoint"),
    (25, "whether the vault holds a certificate or a secret"),
    (38, "an assignment that somebody made by hand"),
    (43, "the minutes until a role is effective"),
    (46, "what the person at the portal may do"),
    (
        47,
        "a command that is too old for named values from a vault",
    ),
];

/// What others took for wrong, and is not.
const FALSE_ALARMS: &[u32] = &[20, 21];

const LANGUAGES: [&str; 2] = ["bicep", "json"];

/// A failure.
struct Failure {
    number: u32,
    folder: PathBuf,
    files: BTreeMap<String, String>,
}

impl Failure {
    /// The text of a template, if the failure has it.
    fn template(&self, kind: &str, language: &str) -> Option<Template<'_>> {
        let text = self.files.get(&format!("{kind}.{language}"))?;
        Some(Template {
            failure: self,
            kind: kind.to_owned(),
            language: language.to_owned(),
            text,
        })
    }

    fn templates(&self, kind: &str) -> impl Iterator<Item = Template<'_>> {
        LANGUAGES
            .into_iter()
            .filter_map(move |language| self.template(kind, language))
    }
}

/// One of the templates of a failure.
struct Template<'f> {
    failure: &'f Failure,
    kind: String,
    language: String,
    text: &'f str,
}

impl Template<'_> {
    fn name(&self) -> String {
        let folder = self.failure.folder.file_name().unwrap().to_string_lossy();
        format!("{folder}/{}.{}", self.kind, self.language)
    }

    /// The lines of the comment at its top.
    fn header(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map_while(|line| line.strip_prefix("// "))
    }

    /// What the lines of the comment say that begin with a word.
    fn says(&self, word: &str) -> Vec<&str> {
        self.header()
            .filter_map(|line| line.strip_prefix(word)?.strip_prefix(": "))
            .collect()
    }

    /// The template and the files beside it.
    fn workspace(&self) -> Workspace {
        let root = format!("{}.{}", self.kind, self.language);
        let beside = format!("{}-", self.kind);
        let files: BTreeMap<PathBuf, Vec<u8>> = self
            .failure
            .files
            .iter()
            .filter(|(name, _)| {
                **name == root || name.starts_with(&beside) && name.ends_with(&self.language)
            })
            .map(|(name, text)| (Path::new("/w").join(name), text.as_bytes().to_vec()))
            .collect();
        let paths: Vec<_> = files.keys().cloned().collect();
        let mut workspace = Workspace::new(Arc::new(Files::new(Box::new(files))));
        for path in paths {
            let file = workspace.files().get(&path).unwrap();
            assert!(
                !file.document.root().has_error() && file.template().is_some(),
                "{} has an error in {}",
                self.name(),
                path.display()
            );
            workspace.add(path);
        }
        workspace
    }

    fn findings(&self) -> Vec<Finding> {
        Analysis::default().findings(&self.workspace())
    }
}

fn failures() -> Vec<Failure> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failures/fixtures");
    let mut failures: Vec<_> = fs::read_dir(fixtures)
        .unwrap()
        .map(|entry| failure(&entry.unwrap().path()))
        .collect();
    failures.sort_by_key(|failure| failure.number);
    failures
}

fn failure(folder: &Path) -> Failure {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let (number, _) = name.split_once('-').unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    Failure {
        number: number.parse().unwrap(),
        folder: folder.to_owned(),
        files: files.collect(),
    }
}

fn summary(finding: &Finding) -> String {
    format!("{} {}", finding.level.name(), finding.rule)
}

fn report(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut report, finding| {
        let _ = writeln!(report, "    {}: {}", summary(finding), finding.message);
        report
    })
}

/// Runs a check on templates, and panics with all complaints that it has.
fn hold(kind: &str, check: impl Fn(&Template<'_>) -> Result<(), String>) {
    let failures = failures();
    let wrong: Vec<_> = failures
        .iter()
        .flat_map(|failure| failure.templates(kind))
        .filter_map(|template| {
            let complaint = check(&template).err()?;
            Some(format!("{}: {complaint}", template.name()))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_failure_is_accounted_for() {
    let mut numbers: Vec<_> = failures().iter().map(|failure| failure.number).collect();
    numbers.extend(PENDING.iter().chain(OUT_OF_SIGHT).map(|(number, _)| number));
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=COUNT).collect::<Vec<_>>());
}

#[test]
fn every_failure_has_its_mistake_and_its_repair() {
    for failure in failures() {
        let name = failure.folder.display();
        let languages = |kind| -> BTreeSet<_> {
            let templates = failure.templates(kind);
            templates.map(|template| template.language).collect()
        };
        assert!(!languages("right").is_empty(), "{name} has no repair");
        if FALSE_ALARMS.contains(&failure.number) {
            assert!(languages("wrong").is_empty(), "{name} has a mistake");
        } else {
            assert_eq!(languages("wrong"), languages("right"), "{name}");
        }
    }
}

#[test]
fn every_template_names_where_the_failure_was_told_of() {
    for kind in ["wrong", "right"] {
        hold(kind, |template| {
            let names_it = template
                .header()
                .next()
                .is_some_and(|line| line.starts_with("https://"));
            names_it.then_some(()).ok_or("no source".to_owned())
        });
    }
}

#[test]
fn pending_rules_do_not_exist_yet() {
    for (number, rule) in PENDING {
        assert!(
            Rule::named(rule).is_none(),
            "failure {number} can have its fixture: there is {rule}"
        );
    }
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    hold("wrong", |template| {
        let findings = template.findings();
        let mut found: Vec<_> = findings.iter().map(summary).collect();
        let mut expected = template.says("expect");
        found.sort();
        expected.sort_unstable();
        if expected.is_empty() || found != expected {
            return Err(format!(
                "expected {expected:?}, found\n{}",
                report(&findings)
            ));
        }
        for quote in template.says("quotes") {
            if !findings.iter().any(|it| it.message.contains(quote)) {
                return Err(format!("nobody says {quote:?}:\n{}", report(&findings)));
            }
        }
        Ok(())
    });
}

#[test]
fn every_repair_is_silent() {
    hold("right", |template| {
        let findings = template.findings();
        if findings.is_empty() {
            Ok(())
        } else {
            Err(format!("found\n{}", report(&findings)))
        }
    });
}

#[test]
fn every_fix_of_a_mistake_keeps_its_promises() {
    hold("wrong", |template| {
        let proof = Bench::new(template.workspace()).prove();
        tell_totals();
        if proof.broken.is_empty() {
            Ok(())
        } else {
            Err(proof.report())
        }
    });
}
