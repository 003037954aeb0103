//! What must stay silent: a deployment for every clause of the specification that says so, in Bicep
//! and in ARM JSON, in the folder that the clause is named after.
//!
//! No rule finds anything in it. One change, in which the clause no more applies, makes a finding: so
//! that none is silent for another reason.

mod clauses;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proof::Bench;
use rules::Analysis;
use template::files::Files;
use template::workspace::Workspace;

use self::clauses::CLAUSES;

/// A clause, and the change in which it no more applies.
struct Clause {
    /// The folder.
    name: &'static str,
    /// What changes.
    mutation: &'static str,
    /// The change in Bicep.
    bicep: Change,
    /// The change in ARM JSON; none where the clause is about Bicep alone.
    arm: Option<Change>,
    /// The rule that finds something then.
    finds: &'static str,
}

/// A text of a file, which is there once, becomes another.
struct Change {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

type Texts = BTreeMap<PathBuf, Vec<u8>>;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/silence"))
}

/// The files of a clause in a language.
fn files(clause: &Clause, extension: &str) -> Texts {
    let folder = folder().join(clause.name);
    let entries = fs::read_dir(&folder).expect("every clause has a folder");
    entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| {
            let name = path.file_name().expect("it is a file");
            let text = fs::read(&path).expect("the file can be read");
            (Path::new("/w").join(name), text)
        })
        .collect()
}

/// What is found in some files: rules and messages, one a line.
fn findings(files: &Texts) -> Vec<(&'static str, String)> {
    let mut workspace = Workspace::new(Arc::new(Files::new(Box::new(files.clone()))));
    for path in files.keys() {
        workspace.add(path.clone());
        let file = workspace.files().get(path).expect("the file is there");
        assert!(
            !file.document.has_error(),
            "{} does not parse",
            path.display()
        );
    }
    let found = Analysis::default().findings(&workspace);
    Bench::new(workspace).prove().assert_held();
    let found = found.into_iter().map(|it| {
        let line = format!("{} {}: {}", it.level.name(), it.rule, it.message);
        (it.rule.0, line)
    });
    found.collect()
}

/// The changes of a clause, by the extension of the files that they are in.
fn changes(clause: &Clause) -> impl Iterator<Item = (&'static str, &Change)> {
    let arm = clause.arm.as_ref().map(|change| ("json", change));
    [("bicep", &clause.bicep)].into_iter().chain(arm)
}

#[test]
fn nothing_is_found() {
    let mut wrong = String::new();
    for clause in CLAUSES {
        for (extension, _) in changes(clause) {
            for (_, line) in findings(&files(clause, extension)) {
                let _ = writeln!(wrong, "{} in {extension}: {line}", clause.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_change_makes_a_finding() {
    let mut wrong = String::new();
    for clause in CLAUSES {
        for (extension, change) in changes(clause) {
            let mut files = files(clause, extension);
            let path = Path::new("/w").join(change.file);
            let text = files
                .get_mut(&path)
                .expect("the change is in a file of the clause");
            let before = String::from_utf8(text.clone()).expect("the file is text");
            let place = format!("{}/{}", clause.name, change.file);
            assert_eq!(
                before.matches(change.from).count(),
                1,
                "{place}: {}",
                change.from
            );
            *text = before.replace(change.from, change.to).into_bytes();
            let found = findings(&files);
            if found.iter().all(|(rule, _)| *rule != clause.finds) {
                let found: Vec<_> = found.iter().map(|(_, line)| line.as_str()).collect();
                let _ = writeln!(
                    wrong,
                    "{place}: {}, and there is no {} but {found:?}",
                    clause.mutation, clause.finds
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_folder_is_a_clause() {
    let entries = fs::read_dir(folder()).expect("the folders are part of the tree");
    let paths = entries.map(|entry| entry.expect("the folders can be listed").path());
    let mut there: Vec<_> = paths
        .filter(|path| path.is_dir())
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    there.sort();
    let mut names: Vec<_> = CLAUSES.iter().map(|clause| clause.name).collect();
    names.sort_unstable();
    assert_eq!(there, names);
}
