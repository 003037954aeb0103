//! The harness over a folder of a few lines, and the lists of the repositories themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use corpus::{Found, List};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The list of the small folder.
fn small() -> String {
    fs::read_to_string(here().join("small/list.txt")).expect("the list is part of the tree")
}

/// What is new and what is gone, when the small folder is compared with a list.
fn compare(list: &str) -> (Vec<String>, Vec<String>) {
    compare_folder(&here().join("small"), list)
}

fn compare_folder(folder: &Path, list: &str) -> (Vec<String>, Vec<String>) {
    let found = Found::in_folder(folder).expect("the folder can be checked");
    let list = List::parse(list).expect("it is a list");
    let comparison = list.compare(&found.findings);
    let new = comparison.new.iter().map(|it| it.what.clone());
    let gone = comparison.gone.iter().map(|it| it.what.clone());
    (new.collect(), gone.collect())
}

/// A copy of the small folder, with another text in its module.
fn changed(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::create_dir(folder.path().join("modules")).expect("it is not there yet");
    for name in ["main.bicep", "modules/values.bicep"] {
        let text = fs::read_to_string(here().join("small").join(name)).expect("it is there");
        let text = if name == "main.bicep" {
            text
        } else {
            change(text)
        };
        fs::write(folder.path().join(name), text).expect("there is room for a file");
    }
    folder
}

const NONE: (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());

#[test]
fn the_small_folder_is_as_listed() {
    assert_eq!(compare(&small()), NONE);
}

#[test]
fn the_order_of_a_list_is_for_people() {
    let small = small();
    let mut groups: Vec<_> = small.split("\n\n").collect();
    groups.reverse();
    assert_eq!(compare(&groups.join("\n\n")), NONE);
}

#[test]
fn what_is_not_listed_is_new() {
    let list = small().replace("  modules/values.bicep: first: value\n", "");
    let (new, gone) = compare(&list);
    assert_eq!(new, ["modules/values.bicep: first: value"]);
    assert_eq!(gone, [""; 0]);
}

#[test]
fn what_is_not_found_is_gone() {
    let (new, gone) = compare(&small().replace("first: value\n", "third: value\n"));
    assert_eq!(new, ["modules/values.bicep: first: value"]);
    assert_eq!(gone, ["modules/values.bicep: third: value"]);
}

#[test]
fn another_level_is_another_finding() {
    let list = small().replace("named-value-name error", "named-value-name warning");
    let (new, gone) = compare(&list);
    assert_eq!((new.len(), gone.len()), (1, 1));
}

#[test]
fn what_is_listed_twice_is_there_twice() {
    let line = "  modules/values.bicep: first: value\n";
    let (new, gone) = compare(&small().replace(line, &line.repeat(2)));
    assert_eq!(new, [""; 0]);
    assert_eq!(gone, [line.trim()]);
}

#[test]
fn text_that_moves_is_the_same_finding() {
    let folder = changed(|text| format!("// A line more.\n\n{}", text.replace("    ", "        ")));
    assert_eq!(compare_folder(folder.path(), &small()), NONE);
    let folder = changed(|text| text.replace("'not a name'", "'no name'"));
    let (new, gone) = compare_folder(folder.path(), &small());
    assert_eq!(new, ["modules/values.bicep: second: 'no name'"]);
    assert_eq!(gone, ["modules/values.bicep: second: 'not a name'"]);
}

#[test]
fn a_list_says_why() {
    let refusal = |text: &str| {
        let error = List::parse(text).expect_err("it is no list");
        format!("{error:#}")
    };
    let finding = "\n  main.bicep: apim: apim\n";
    for (group, reason) in [
        ("identity-missing warning:", "no reason"),
        ("identity-missing:", "no level"),
        ("identity-missing grave: Because.", "no level grave"),
        (
            "identity-mising warning: Because.",
            "no rule identity-mising",
        ),
        ("Because.", "neither a rule nor a finding"),
    ] {
        let refusal = refusal(&format!("# Head.\n{group}{finding}"));
        assert!(refusal.contains(reason), "{group}: {refusal}");
        assert!(refusal.contains("line 2"), "{group}: {refusal}");
    }
    assert!(refusal(finding).contains("before any rule"));
}

#[test]
fn the_exit_code_tells() {
    let run = |list: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corpus"));
        command.arg(here().join("small")).arg(list);
        let output = command.output().expect("the harness runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), text)
    };
    let (code, text) = run(&here().join("small/list.txt"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("3 findings: 3 as listed, 0 new, 0 gone"));
    assert!(text.contains("1 error named-value-name"));

    let folder = tempfile::tempdir().expect("there is room for a folder");
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, "# Nothing.\n").expect("there is room for a file");
    let (code, text) = run(&empty);
    assert_eq!(code, Some(1), "{text}");
    // What is new is printed as a list has it, but for the reason, which nobody can print.
    assert!(
        text.contains("\nnamed-value-name error:\n  modules/values.bicep: second: 'not a name'\n")
    );

    let (code, _) = run(&folder.path().join("missing.txt"));
    assert_eq!(code, Some(1));
}

/// The lists of repositories.
fn lists() -> Vec<PathBuf> {
    let entries = fs::read_dir(here()).expect("the lists are part of the tree");
    let mut lists: Vec<_> = entries
        .map(|entry| entry.expect("the lists can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    lists.sort();
    lists
}

#[test]
fn the_lists_say_what_they_are_about() {
    let lists = lists();
    assert!(!lists.is_empty(), "there are no lists");
    for path in lists {
        let text = fs::read_to_string(&path).expect("the list can be read");
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(head.contains("https://github.com/"), "{}", path.display());
        assert!(head.contains("at commit"), "{}", path.display());
        let list = List::parse(&text);
        assert!(list.is_ok(), "{}: {list:#?}", path.display());
    }
}
