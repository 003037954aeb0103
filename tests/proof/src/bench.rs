//! A workspace in which fixes are tried, one after the other.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Analysis, Finding, Fix, RuleId};
use syntax::{Document, Language, TextRange};
use template::files::{File, Files};
use template::workspace::Workspace;
use tree_sitter::Node;

use crate::alike::differences;
use crate::compiler::{Problems, problems, unused};
use crate::form::{applied, complaints, complaints_of_new, edits_of, is_applicable, moved};
use crate::lack::lacking;
use crate::next_step::{counts, is_next_step, is_said_again};
use crate::outcome::{Broken, Proof};
use crate::reformat::reformatted;

/// How many lines of what a fix made are shown around its edits.
const CONTEXT: usize = 3;

/// A workspace in which fixes are tried.
pub struct Bench {
    workspace: Workspace,
    analysis: Analysis,
    /// What a compiler says of files as they are, as far as somebody asked.
    known: BTreeMap<PathBuf, Problems>,
}

/// What a fix does to the files, and how to take it back.
#[derive(Default)]
struct Change {
    /// The files as they were.
    before: BTreeMap<PathBuf, Arc<File>>,
    created: BTreeSet<PathBuf>,
}

impl Change {
    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.before.keys().chain(&self.created)
    }
}

impl Bench {
    /// A workspace as it is.
    #[must_use]
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            analysis: Analysis::default(),
            known: BTreeMap::new(),
        }
    }

    /// A workspace of files in memory, all of them in sight.
    #[must_use]
    pub fn in_memory<'t>(files: impl IntoIterator<Item = (PathBuf, &'t str)>) -> Self {
        let disk: BTreeMap<PathBuf, Vec<u8>> = files
            .into_iter()
            .map(|(path, text)| (path, text.as_bytes().to_vec()))
            .collect();
        let paths: Vec<_> = disk.keys().cloned().collect();
        let mut workspace = Workspace::new(Arc::new(Files::new(Box::new(disk))));
        for path in paths {
            workspace.add(path);
        }
        Self::new(workspace)
    }

    /// A workspace of one template.
    #[must_use]
    pub fn of_text(language: Language, text: &str) -> Self {
        let name = match language {
            Language::Bicep => "/w/main.bicep",
            Language::BicepParameters => "/w/main.bicepparam",
            Language::Json => "/w/main.json",
        };
        Self::in_memory([(PathBuf::from(name), text)])
    }

    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The findings.
    pub fn findings(&mut self) -> Vec<Finding> {
        self.analysis.findings(&self.workspace)
    }

    /// Tries every fix of every finding, each by itself.
    pub fn prove(&mut self) -> Proof {
        self.prove_some(|_| true)
    }

    /// The same for some of the findings.
    pub fn prove_some(&mut self, is_wanted: impl Fn(&Finding) -> bool) -> Proof {
        let before = self.findings();
        let mut proof = Proof::default();
        for finding in before.iter().filter(|it| is_wanted(it)) {
            for fix in &finding.fixes {
                proof.tried.push((finding.rule, fix.title.clone()));
                proof.broken.extend(self.try_fix(&before, finding, fix));
            }
        }
        proof.counted()
    }

    /// Takes things out of the templates, one at a time, and tries the fixes of what is found then.
    pub fn prove_lacking(&mut self) -> Proof {
        let key = |it: &Finding| (it.rule, Arc::clone(&it.subject.file), it.message.clone());
        let before: HashSet<_> = self.findings().iter().map(key).collect();
        let members: Vec<_> = self.workspace.members().map(Path::to_owned).collect();
        let files = Arc::clone(self.workspace.files());
        let mut proof = Proof::default();
        for path in members {
            let Some(file) = files.get(&path) else {
                continue;
            };
            let Some(template) = file.template() else {
                continue;
            };
            for text in lacking(&file.document, template) {
                let document = Document::new(file.document.language(), &text);
                files.set(&path, Arc::new(document));
                self.known.clear();
                proof.add(self.prove_some(|finding| !before.contains(&key(finding))));
            }
            files.set(&path, Arc::clone(&file.document));
            self.known.clear();
        }
        proof
    }

    /// Lays the files with findings out in another way, and tries the fixes of what is found then. What is
    /// found in one layout only is told beside.
    pub fn prove_laid_out(&mut self, seed: u64) -> (Proof, Vec<String>) {
        let before = self.findings();
        let files = Arc::clone(self.workspace.files());
        let paths: BTreeSet<_> = before
            .iter()
            .map(|it| it.place.file.to_path_buf())
            .collect();
        let texts: Vec<_> = paths.iter().filter_map(|path| files.get(path)).collect();
        for file in &texts {
            let language = file.document.language();
            let text = file.document.text().to_string();
            if let Some(text) = reformatted(language, &text, seed) {
                files.set(&file.path, Arc::new(Document::new(language, &text)));
            }
        }
        self.known.clear();
        let differing = differences(&before, &self.findings());
        let proof = self.prove();
        for file in &texts {
            files.set(&file.path, Arc::clone(&file.document));
        }
        self.known.clear();
        (proof, differing)
    }

    /// Applies every fix of every finding, each by itself, and says where one cannot be applied, or where
    /// a text that parsed does not any more. It is what holds even of texts that make no sense.
    pub fn apply_all(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for finding in self.findings() {
            for fix in &finding.fixes {
                let mut complaints = Vec::new();
                let change = self.change(fix, &mut complaints);
                let mut reasons = Vec::new();
                match change {
                    None => reasons.append(&mut complaints),
                    Some(change) => {
                        self.apply(fix, &change);
                        self.unparsable(&change, &mut reasons);
                        if !reasons.is_empty() {
                            reasons.push(self.excerpts(fix, &change));
                        }
                        self.revert(&change);
                    }
                }
                if !reasons.is_empty() {
                    wrong.push(format!(
                        "{}: {}: {}",
                        finding.rule,
                        fix.title,
                        reasons.join("\n")
                    ));
                }
            }
        }
        wrong
    }

    /// What parsed before a change and does not any more.
    fn unparsable(&self, change: &Change, reasons: &mut Vec<String>) {
        for path in change.paths() {
            let before = change.before.get(path);
            let parsed = before.is_none_or(|it| !it.document.has_error());
            let after = self.workspace.files().get(path);
            if parsed && after.is_none_or(|it| it.document.has_error()) {
                reasons.push(format!("{} does not parse any more", path.display()));
            }
        }
    }

    /// What a fix breaks, if anything.
    fn try_fix(&mut self, before: &[Finding], finding: &Finding, fix: &Fix) -> Option<Broken> {
        let files = Arc::clone(self.workspace.files());
        let mut reasons = Vec::new();
        let change = self.change(fix, &mut reasons);
        let mut repaired = String::new();
        if let Some(change) = change {
            // Of the files as they were, before they change.
            for path in change.before.keys() {
                self.problems(path);
            }
            self.apply(fix, &change);
            self.unparsable(&change, &mut reasons);
            if reasons.is_empty() {
                let after = self.findings();
                let counting = |all: &[Finding]| -> Vec<Finding> {
                    let is_changed = |path: &Path| change.paths().any(|it| **it == *path);
                    let all = all.iter();
                    all.filter(|it| counts(finding, it, is_changed))
                        .cloned()
                        .collect()
                };
                let (before, after) = (counting(before), counting(&after));
                reasons.extend(not_gone(&before, &after, finding, fix));
                reasons.extend(new_findings(&before, &after, finding, fix));
                reasons.extend(self.refused(&change));
            }
            if !reasons.is_empty() {
                repaired = self.excerpts(fix, &change);
            }
            self.revert(&change);
        }
        let file = files.get(&finding.place.file);
        let text = file.map_or_else(String::new, |it| it.document.text().to_string());
        let start = (finding.place.range.start as usize).min(text.len());
        (!reasons.is_empty()).then(|| Broken {
            rule: finding.rule,
            title: fix.title.clone(),
            file: finding.place.file.to_path_buf(),
            line: text[..start].matches('\n').count() + 1,
            reasons,
            repaired,
        })
    }

    /// What a fix is about to change; none where that is not possible.
    fn change(&self, fix: &Fix, reasons: &mut Vec<String>) -> Option<Change> {
        let files = self.workspace.files();
        let mut change = Change::default();
        if fix.edits.is_empty() && fix.creates.is_empty() {
            reasons.push("it changes nothing".to_owned());
        }
        let mut last: Option<&Path> = None;
        for edit in &fix.edits {
            let path = &*edit.file;
            if last == Some(path) {
                continue;
            }
            last = Some(path);
            let Some(file) = files.get(path).filter(|it| !it.is_foreign) else {
                reasons.push(format!("{} is not the user's to edit", path.display()));
                return None;
            };
            let text = file.document.text().to_string();
            let edits = edits_of(fix, path);
            if !is_applicable(&text, &edits) {
                let ranges: Vec<_> = edits.iter().map(|edit| edit.range).collect();
                reasons.push(format!("the edits overlap or are out of order: {ranges:?}"));
                return None;
            }
            reasons.extend(complaints(&text, &edits, &comments(&file.document)));
            if change.before.insert(path.to_owned(), file).is_some() {
                reasons.push("the edits are not file by file".to_owned());
            }
        }
        for new in &fix.creates {
            let path = new.path.to_path_buf();
            if files.bytes(&path).is_some() || !change.created.insert(path) {
                reasons.push(format!("{} is there already", new.path.display()));
                return None;
            }
            let texts = change.before.values();
            let others: String = texts.map(|it| it.document.text().to_string()).collect();
            reasons.extend(complaints_of_new(&new.text, &others));
        }
        Some(change)
    }

    fn apply(&mut self, fix: &Fix, change: &Change) {
        for (path, file) in &change.before {
            let text = applied(&file.document.text().to_string(), &edits_of(fix, path));
            let document = Document::new(file.document.language(), &text);
            self.workspace.files().set(path, Arc::new(document));
        }
        for new in &fix.creates {
            if let Some(language) = Language::of_path(&new.path) {
                let document = Document::new(language, &new.text);
                self.workspace.files().set(&new.path, Arc::new(document));
                self.workspace.add(new.path.to_path_buf());
            }
        }
    }

    fn revert(&mut self, change: &Change) {
        for (path, file) in &change.before {
            self.workspace.files().set(path, Arc::clone(&file.document));
        }
        for path in &change.created {
            self.workspace.remove(path);
            self.workspace.files().forget(path);
        }
    }

    /// What a compiler says of the changed files and of those that deploy them, and did not before.
    fn refused(&self, change: &Change) -> Vec<String> {
        let mut found = Vec::new();
        for path in change.paths() {
            let nothing = Problems::default();
            let before = self.known.get(path).unwrap_or(&nothing);
            for (problem, times) in problems(&self.workspace, path) {
                if times > before.get(&problem).copied().unwrap_or_default() {
                    found.push(format!("{}: {problem}", path.display()));
                }
            }
            if let Some(file) = self.workspace.files().get(path) {
                found.extend(unused(change.before.get(path).map(|it| &**it), &file));
            }
        }
        found
    }

    /// Finds out what a compiler says of a file as it is.
    fn problems(&mut self, path: &Path) {
        if !self.known.contains_key(path) {
            let found = problems(&self.workspace, path);
            self.known.insert(path.to_owned(), found);
        }
    }

    /// What a fix made, around its edits, and whole where it is new.
    fn excerpts(&self, fix: &Fix, change: &Change) -> String {
        let mut shown = String::new();
        for path in change.before.keys() {
            let Some(file) = self.workspace.files().get(path) else {
                continue;
            };
            let text = file.document.text().to_string();
            let edits = edits_of(fix, path);
            let mut wanted = BTreeSet::new();
            for edit in &edits {
                let start = moved(&edits, edit.range.end) as usize;
                let end = start.min(text.len());
                let start = start.saturating_sub(edit.new_text.len());
                let line =
                    |offset: usize| text.get(..offset).map_or(0, |it| it.matches('\n').count());
                wanted.extend(line(start).saturating_sub(CONTEXT)..=line(end) + CONTEXT);
            }
            let _ = writeln!(shown, "  --- {}", path.display());
            for (number, line) in text.lines().enumerate() {
                if wanted.contains(&number) {
                    let _ = writeln!(shown, "  {:5} {line}", number + 1);
                }
            }
        }
        for new in &fix.creates {
            let _ = writeln!(shown, "  +++ {}", new.path.display());
            for line in new.text.lines() {
                let _ = writeln!(shown, "        {line}");
            }
        }
        shown
    }
}

/// The finding is gone, and nobody offers its fix again.
fn not_gone(before: &[Finding], after: &[Finding], finding: &Finding, fix: &Fix) -> Option<String> {
    let edits = edits_of(fix, &finding.subject.file);
    let subject = moved(&edits, finding.subject.range.start);
    let is_same = |other: &&Finding| {
        other.rule == finding.rule
            && other.subject.file == finding.subject.file
            && other.subject.range.start == subject
    };
    let same = after
        .iter()
        .find(|other| is_same(other) && other.fixes.iter().any(|again| is_again(fix, again)));
    if same.is_some() {
        return Some("the same fix is offered again".to_owned());
    }
    // What is left of an error may be worth knowing.
    let alike = |findings: &[Finding]| {
        let is_alike = |it: &&Finding| (it.rule, it.level) == (finding.rule, finding.level);
        findings.iter().filter(is_alike).count()
    };
    let is_fewer = alike(after) < alike(before);
    (!is_fewer).then(|| "the finding is still there".to_owned())
}

fn count(findings: &[Finding], rule: RuleId) -> usize {
    findings.iter().filter(|other| other.rule == rule).count()
}

fn new_findings(
    before: &[Finding],
    after: &[Finding],
    repaired: &Finding,
    fix: &Fix,
) -> Vec<String> {
    let key = |it: &Finding| (it.rule, Arc::clone(&it.place.file), it.message.clone());
    let mut known: Vec<_> = before.iter().map(key).collect();
    let mut found = Vec::new();
    for other in after {
        if let Some(position) = known.iter().position(|it| *it == key(other)) {
            known.swap_remove(position);
            continue;
        }
        // What is told in other words is not new.
        let is_more = count(after, other.rule) > count(before, other.rule);
        let is_known = is_next_step(repaired, other) || is_said_again(before, other, fix);
        if is_more && !is_known {
            let at = other.place.file.display();
            found.push(format!("{} is new in {at}: {}", other.rule, other.message));
        }
    }
    found
}

/// Whether a fix is the one that was applied before.
fn is_again(fix: &Fix, again: &Fix) -> bool {
    fn texts(fix: &Fix) -> Vec<(&Path, &str)> {
        let edits = fix.edits.iter();
        edits.map(|edit| (&*edit.file, &*edit.new_text)).collect()
    }
    fix.title == again.title && texts(fix) == texts(again)
}

/// Where the comments of a document are.
fn comments(document: &Document) -> Vec<TextRange> {
    let mut found = Vec::new();
    visit(document.root(), &mut |node| {
        if matches!(node.kind(), "comment" | "directive") {
            found.push(TextRange::new(
                node.start_byte() as u32,
                node.end_byte() as u32,
            ));
        }
    });
    found
}

/// Visits every node of a tree in the order of the text, however deep it is.
pub(crate) fn visit<'t>(root: Node<'t>, look: &mut impl FnMut(Node<'t>)) {
    let mut cursor = root.walk();
    loop {
        look(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rules::{Applicability, Edit, Extent, NewFile};

    use super::*;

    const TEXT: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
}
";

    /// What is wrong with a change that is offered as the repair of a service without an identity.
    fn reasons(edits: &[(u32, u32, &str)], creates: &[(&str, &str)]) -> Vec<String> {
        let mut bench = Bench::of_text(Language::Bicep, TEXT);
        let findings = bench.findings();
        let [finding] = findings.as_slice() else {
            panic!("one finding: {findings:?}");
        };
        let edits = edits.iter().map(|(start, end, new_text)| Edit {
            file: Arc::clone(&finding.place.file),
            range: TextRange::new(*start, *end),
            new_text: (*new_text).to_owned(),
            placeholders: Vec::new(),
        });
        let creates = creates.iter().map(|(path, text)| NewFile {
            path: Arc::from(Path::new(path)),
            text: (*text).to_owned(),
        });
        let fix = Fix {
            title: "Repair it".to_owned(),
            applicability: Applicability::Safe,
            extent: Extent::Repair,
            edits: edits.collect(),
            creates: creates.collect(),
            widened: Vec::new(),
        };
        let broken = bench.try_fix(&findings, finding, &fix);
        assert_eq!(bench.findings(), findings, "the workspace is as it was");
        broken.map_or_else(Vec::new, |broken| broken.reasons)
    }

    #[test]
    fn a_promise_that_is_broken_is_told() {
        let end = TEXT.find('}').unwrap() as u32;
        let identity = "  identity: { type: 'SystemAssigned' }\n";
        let none: Vec<String> = Vec::new();
        assert_eq!(reasons(&[(end, end, identity)], &[]), none);
        assert_eq!(reasons(&[], &[]), ["it changes nothing"]);
        let twice = [(end, end, identity), (end - 1, end - 1, "\n")];
        assert!(reasons(&twice, &[])[0].starts_with("the edits overlap"));
        let open = [(end, end, "  identity: {\n")];
        assert_eq!(
            reasons(&open, &[]),
            ["/w/main.bicep does not parse any more"]
        );
        let other = [(end, end, "  tags: {}\n")];
        assert_eq!(reasons(&other, &[]), ["the finding is still there"]);
        let kind = [(end, end, "  identity: { type: 'UserAsigned' }\n")];
        let new = reasons(&kind, &[]);
        assert!(new[0].starts_with("identity-invalid is new"), "{new:?}");
        let name = [(end, end, "  identity: { type: kind }\n")];
        let undeclared = reasons(&name, &[]);
        assert_eq!(
            undeclared,
            ["/w/main.bicep: BCP057: nothing declares `kind`"]
        );
        assert_eq!(
            reasons(&[(end, end, identity)], &[("/w/main.bicep", "\n")]),
            ["/w/main.bicep is there already"]
        );
        let new = "param x string\n";
        assert_eq!(
            reasons(&[(end, end, identity)], &[("/w/new.bicep", new)]),
            ["`x` is declared and not used"]
        );
    }
}
