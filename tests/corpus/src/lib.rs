//! Findings in public repositories, and the lists of those that a person read.
//!
//! A list is a text of groups, each of a rule, a level, and the reason why its findings are true:
//!
//! ```text
//! identity-missing warning: The sample has no identity, and nothing in it needs one.
//!   samples/gateway.bicep: apim: apim
//! ```
//!
//! A finding is told from others by its file, its subject and what stands at its place, not by its
//! line: a text that moves is the same finding. What has the same words twice stands there twice.
//! Lines that start with `#` are for people.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use apim_ls::cli::Survey;
use rules::{Level, Place, RULES};

/// How much of what stands at a place tells a finding from others.
const MAXIMUM_TEXT: usize = 80;

/// What a folder has.
#[derive(Debug)]
pub struct Found {
    /// Number of templates and parameter files.
    pub files: usize,
    /// The findings, in the order of lists.
    pub findings: Vec<Finding>,
}

/// A finding, as lists have it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The level's name.
    pub level: String,
    /// The file, the subject, and what stands at the place.
    pub what: String,
    /// What is wrong; nothing for a finding of a list.
    pub message: Option<String>,
}

impl Finding {
    /// What tells a finding from others.
    fn key(&self) -> (&str, &str, &str) {
        (&self.rule, &self.level, &self.what)
    }
}

impl Found {
    /// What `check` finds in a folder.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let root = std::path::absolute(folder)?;
        ensure!(root.is_dir(), "{} is no folder", folder.display());
        let survey = Survey::of(&root)?;
        let name = |place: &Place| {
            let path = place.file.strip_prefix(&root).unwrap_or(&place.file);
            path.to_string_lossy().replace('\\', "/")
        };
        let text = |place: &Place| {
            let text = survey.text(place);
            let words: Vec<_> = text.split_whitespace().collect();
            words.join(" ").chars().take(MAXIMUM_TEXT).collect()
        };
        let mut findings: Vec<_> = survey
            .findings()
            .iter()
            .map(|finding| {
                let words: [String; 3] = [
                    name(&finding.place),
                    text(&finding.subject),
                    text(&finding.place),
                ];
                Finding {
                    rule: finding.rule.to_string(),
                    level: finding.level.name().to_owned(),
                    what: words.join(": ").trim_end().to_owned(),
                    message: Some(finding.message.clone()),
                }
            })
            .collect();
        findings.sort();
        if let Some((file, reason)) = survey.failures().next() {
            bail!("{file} was not judged: {reason}");
        }
        Ok(Self {
            files: survey.checked(),
            findings,
        })
    }

    /// How many findings there are of a rule and level.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<(&str, &str), usize> {
        let mut totals = BTreeMap::new();
        for finding in &self.findings {
            *totals
                .entry((finding.rule.as_str(), finding.level.as_str()))
                .or_default() += 1;
        }
        totals
    }
}

/// The findings of a repository that a person read.
#[derive(Debug)]
pub struct List {
    findings: Vec<Finding>,
}

impl List {
    /// Reads a list. It must give a reason for every finding.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut findings = Vec::new();
        let mut group = None;
        for (number, line) in text.lines().enumerate() {
            let context = || format!("line {}", number + 1);
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let Some(what) = line.strip_prefix("  ") else {
                group = Some(group_of(line).with_context(context)?);
                continue;
            };
            let (rule, level) = group
                .clone()
                .context("a finding before any rule")
                .with_context(context)?;
            findings.push(Finding {
                rule,
                level,
                what: what.trim_end().to_owned(),
                message: None,
            });
        }
        findings.sort();
        Ok(Self { findings })
    }

    /// What differs between the list and what was found.
    #[must_use]
    pub fn compare(&self, found: &[Finding]) -> Comparison {
        let mut listed = count(&self.findings);
        let mut new = Vec::new();
        for finding in found {
            match listed.get_mut(&finding.key()) {
                Some(times) if *times > 0 => *times -= 1,
                _ => new.push(finding.clone()),
            }
        }
        let mut there = count(found);
        let mut gone = Vec::new();
        for finding in &self.findings {
            match there.get_mut(&finding.key()) {
                Some(times) if *times > 0 => *times -= 1,
                _ => gone.push(finding.clone()),
            }
        }
        Comparison { new, gone }
    }
}

/// How often each finding is there.
fn count(findings: &[Finding]) -> BTreeMap<(&str, &str, &str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.key()).or_default() += 1;
    }
    counts
}

/// The rule and the level of a group.
fn group_of(line: &str) -> anyhow::Result<(String, String)> {
    let (name, reason) = line
        .split_once(':')
        .context("neither a rule nor a finding")?;
    let (rule, level) = name.split_once(' ').context("no level")?;
    ensure!(!reason.trim().is_empty(), "no reason why {rule} is right");
    if RULES.iter().all(|known| known.id.0 != rule) {
        bail!("there is no rule {rule}");
    }
    let levels = [Level::Info, Level::Warning, Level::Error];
    if levels.iter().all(|known| known.name() != level) {
        bail!("there is no level {level}");
    }
    Ok((rule.to_owned(), level.to_owned()))
}

/// What differs between a list and what was found.
#[derive(Debug)]
pub struct Comparison {
    /// Found, and not listed.
    pub new: Vec<Finding>,
    /// Listed, and not found.
    pub gone: Vec<Finding>,
}

impl Comparison {
    /// Whether nothing differs.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty()
    }
}
