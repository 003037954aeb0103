use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syntax::TextRange;
use template::files::Files;
use template::workspace::Workspace;

use super::*;
use crate::{Edit, Level, NewFile, Place, RuleId};

const MAIN: &str = "/w/main.bicep";

fn fix(edits: &[(u32, u32, &str)]) -> Fix {
    let edits = edits.iter().map(|(start, end, text)| Edit {
        file: Path::new(MAIN).into(),
        range: TextRange::new(*start, *end),
        new_text: (*text).to_owned(),
        placeholders: Vec::new(),
    });
    Fix {
        title: "Repair it".to_owned(),
        applicability: Applicability::Safe,
        extent: Extent::Repair,
        edits: edits.collect(),
        creates: Vec::new(),
        widened: Vec::new(),
    }
}

fn adding(path: &str, text: &str) -> Fix {
    Fix {
        creates: vec![NewFile {
            path: Path::new(path).into(),
            text: text.to_owned(),
        }],
        ..fix(&[])
    }
}

fn finding(message: &str, at: usize, fixes: Vec<Fix>) -> Finding {
    let place = Place {
        file: Path::new(MAIN).into(),
        range: TextRange::empty(at as u32),
    };
    Finding {
        rule: RuleId("toy"),
        level: Level::Warning,
        place: place.clone(),
        subject: place,
        message: message.to_owned(),
        related: Vec::new(),
        fixes,
    }
}

#[test]
fn fixes_at_the_same_place_are_not_made_at_once() {
    let is_apart = |a: &[(u32, u32, &str)], b: &[(u32, u32, &str)]| {
        let (a, b) = (fix(a), fix(b));
        let both = |first, second| {
            let mut changes = Changes::default();
            changes.add(first) && changes.add(second)
        };
        assert_eq!(both(&a, &b), both(&b, &a));
        both(&a, &b)
    };
    assert!(is_apart(&[(0, 5, "a")], &[(5, 9, "b")]));
    assert!(is_apart(&[(3, 3, "a")], &[(4, 4, "b")]));
    assert!(is_apart(&[(0, 2, "a"), (8, 9, "a")], &[(4, 6, "b")]));
    assert!(!is_apart(&[(0, 5, "a")], &[(4, 9, "b")]));
    assert!(!is_apart(&[(0, 9, "a")], &[(4, 5, "b")]));
    assert!(!is_apart(&[(3, 3, "a")], &[(3, 3, "b")]));
    assert!(!is_apart(&[(3, 3, "a")], &[(3, 5, "b")]));
    assert!(!is_apart(&[(5, 5, "a")], &[(3, 5, "b")]));
    assert!(!is_apart(&[(4, 4, "a")], &[(3, 5, "b")]));
    assert!(!is_apart(&[(0, 5, "a"), (5, 9, "a")], &[(3, 5, "b")]));
    assert!(!is_apart(&[(0, 1, "a"), (7, 9, "a")], &[(8, 9, "b")]));
}

#[test]
fn the_same_fix_is_made_once() {
    let (one, other) = (fix(&[(3, 3, "a")]), fix(&[(3, 3, "a")]));
    let mut changes = Changes::default();
    assert!(changes.add(&one) && changes.add(&other));
    let (_, edits) = changes.edits().next().unwrap();
    assert_eq!(edited("abcdef", edits).unwrap(), "abcadef");
    assert_eq!(changes.fixes().len(), 1);
}

#[test]
fn fixes_that_add_the_same_file_are_not_made_at_once() {
    let (one, other) = (adding("/w/new.bicep", "a"), adding("/w/new.bicep", "b"));
    let third = adding("/w/new2.bicep", "b");
    let mut changes = Changes::default();
    assert!(changes.add(&one) && !changes.add(&other) && changes.add(&third));
    assert_eq!(changes.creates().count(), 2);
    let editing = fix(&[(0, 0, "a")]);
    let in_its_place = adding(MAIN, "");
    let mut changes = Changes::default();
    assert!(changes.add(&editing) && !changes.add(&in_its_place));
    let mut changes = Changes::default();
    assert!(changes.add(&in_its_place) && !changes.add(&editing));
}

#[test]
fn edits_of_another_text_are_refused() {
    let made = |text, edits: &[(u32, u32, &str)]| {
        let fix = fix(edits);
        edited(text, &fix.edits.iter().collect::<Vec<_>>())
    };
    assert_eq!(
        made("one two", &[(0, 0, "<"), (0, 3, "1"), (7, 7, ">")]).unwrap(),
        "<1 two>"
    );
    assert_eq!(made("one", &[(0, 4, "")]), None);
    assert_eq!(made("é", &[(1, 1, "x")]), None);
    assert_eq!(made("one", &[(2, 3, ""), (0, 1, "")]), None);
}

#[test]
fn a_fix_is_chosen_that_nobody_has_to_look_at() {
    let safe = fix(&[]);
    let risky = Fix {
        applicability: Applicability::Unsafe,
        ..fix(&[])
    };
    let large = Fix {
        extent: Extent::Refactoring,
        ..risky.clone()
    };
    let mut marked = fix(&[(0, 0, "name")]);
    marked.edits[0].placeholders.push(TextRange::new(0, 4));
    let index = |fixes: &[&Fix], most| {
        let fixes: Vec<_> = fixes.iter().map(|fix| (*fix).clone()).collect();
        let finding = finding("it is wrong", 0, fixes);
        let chosen = chosen(&finding, most);
        chosen.and_then(|chosen| {
            finding
                .fixes
                .iter()
                .position(|fix| std::ptr::eq(fix, chosen))
        })
    };
    for (fixes, by_default, at_most) in [
        (&[][..], None, None),
        (&[&risky, &safe, &safe], Some(1), Some(1)),
        (&[&risky, &risky], None, Some(0)),
        (&[&large, &risky], None, Some(1)),
        (&[&large], None, Some(0)),
        (&[&large, &large], None, None),
        (&[&marked], None, None),
        (&[&marked, &safe], Some(1), Some(1)),
        // A person may well know what to write.
        (&[&marked, &large], None, None),
    ] {
        assert_eq!(index(fixes, Applicability::Safe), by_default, "{fixes:#?}");
        assert_eq!(index(fixes, Applicability::Unsafe), at_most, "{fixes:#?}");
    }
}

/// A file in memory, and rounds of fixes in it.
struct Bench {
    workspace: Workspace,
    rounds: Rounds,
}

impl Bench {
    fn new(text: &str) -> Self {
        let disk = BTreeMap::from([(PathBuf::from(MAIN), text.as_bytes().to_vec())]);
        let files = Files::new(Box::new(disk));
        let mut workspace = Workspace::new(Arc::new(files));
        workspace.add(MAIN.into());
        Self {
            workspace,
            rounds: Rounds::default(),
        }
    }

    fn text_of(&self, path: &str) -> String {
        let file = self.workspace.files().get(Path::new(path)).unwrap();
        file.document.text().to_string()
    }

    fn step(&mut self, find: impl Fn(&str) -> Vec<Finding>) -> bool {
        let findings = find(&self.text_of(MAIN));
        let choose = |finding| chosen(finding, Applicability::Safe);
        self.rounds.step(&mut self.workspace, &findings, choose)
    }

    /// Makes rounds until nothing is left, and gives what became of the file.
    fn run(&mut self, find: impl Fn(&str) -> Vec<Finding>) -> String {
        while self.step(&find) {}
        self.text_of(MAIN)
    }
}

/// Finds a word wherever it is, to be replaced by another.
fn word(text: &str, word: &str, by: &str) -> Vec<Finding> {
    let found = text.match_indices(word).map(|(at, _)| {
        let fix = fix(&[(at as u32, (at + word.len()) as u32, by)]);
        finding(&format!("`{word}` is wrong"), at, vec![fix])
    });
    found.collect()
}

#[test]
fn what_is_in_the_way_waits_for_the_next_round() {
    let mut bench = Bench::new("// aba ab\n");
    let find = |text: &str| {
        let mut found = word(text, "aba", "ab");
        found.extend(word(text, "ab", "c"));
        found
    };
    assert!(bench.step(find));
    assert_eq!(bench.text_of(MAIN), "// ab c\n");
    assert_eq!(bench.run(find), "// c c\n");
    assert_eq!(bench.rounds.count(), 2);
    assert_eq!(bench.rounds.applied().len(), 3);
    assert!(!bench.rounds.is_cut_short());
}

#[test]
fn it_ends_where_fixes_undo_each_other() {
    let mut bench = Bench::new("// one\n");
    let text = bench.run(|text| {
        let mut found = word(text, "one", "two");
        found.extend(word(text, "two", "one"));
        found
    });
    assert_eq!(text, "// one\n");
    assert_eq!(bench.rounds.count(), 2);
    assert_eq!(bench.rounds.changed().count(), 0);
}

#[test]
fn what_a_fix_did_not_repair_is_not_repaired_again() {
    let mut bench = Bench::new("// one one\n");
    let text = bench.run(|text| word(text, "one", "one!"));
    assert_eq!(text, "// one! one!\n");
    assert_eq!(bench.rounds.count(), 1);
}

#[test]
fn there_is_an_end_to_the_rounds() {
    let mut bench = Bench::new("// 1\n");
    let text = bench.run(|text| {
        let number: usize = text[3..].trim().parse().unwrap();
        word(text, &number.to_string(), &(number + 1).to_string())
    });
    assert_eq!(text, format!("// {}\n", MOST_ROUNDS + 1));
    assert_eq!(bench.rounds.count(), MOST_ROUNDS);
    assert!(bench.rounds.is_cut_short());
}

#[test]
fn a_name_that_two_fixes_choose_is_declared_once() {
    let text = "// first\n// second\n";
    let mut bench = Bench::new(text);
    let declare = |text: &str, below: &str| {
        let name = if text.contains("var kv =") {
            "kv2"
        } else {
            "kv"
        };
        let at = text.find(below).unwrap() + below.len();
        let fix = fix(&[(at as u32, at as u32, &format!("\nvar {name} = 1"))]);
        let is_done = text[at..].starts_with("\nvar");
        (!is_done).then(|| finding(&format!("nothing below {below}"), at, vec![fix]))
    };
    let text = bench.run(|text| {
        let found = ["first", "second"].map(|below| declare(text, below));
        found.into_iter().flatten().collect()
    });
    assert_eq!(text, "// first\nvar kv = 1\n// second\nvar kv2 = 1\n");
    assert_eq!(bench.rounds.count(), 2);
    assert_eq!(bench.rounds.unsound(), 0);
}

#[test]
fn a_fix_that_breaks_the_template_is_not_made() {
    let mut bench = Bench::new("var a = 1 // one\nvar b = 2 // two\n");
    let text = bench.run(|text| {
        let mut found = word(text, "= 1", "= )");
        found.extend(word(text, "two", "zwei"));
        found
    });
    assert_eq!(text, "var a = 1 // one\nvar b = 2 // zwei\n");
    assert_eq!(bench.rounds.unsound(), 1);
    assert_eq!(bench.rounds.applied().len(), 1);
}

#[test]
fn files_are_added_and_judged() {
    const NEW: &str = "/w/new.bicep";
    let mut bench = Bench::new("// here\n");
    let text = bench.run(|text| {
        let mut found = word(text, "here", "there");
        for finding in &mut found {
            let added = adding(NEW, "var a = 1\n");
            finding.fixes[0].creates = added.creates;
        }
        found
    });
    assert_eq!(text, "// there\n");
    assert_eq!(bench.text_of(NEW), "var a = 1\n");
    assert!(bench.workspace.contains(Path::new(NEW)));
    let changed: Vec<_> = bench.rounds.changed().collect();
    let was_there =
        |(path, change): &(&Arc<Path>, &Change)| (path.to_path_buf(), change.before.is_some());
    assert_eq!(
        changed.iter().map(was_there).collect::<Vec<_>>(),
        [(MAIN.into(), true), (NEW.into(), false)]
    );
    let [applied] = bench.rounds.applied() else {
        panic!("one fix was made");
    };
    assert_eq!(
        applied.files,
        [Path::new(MAIN).into(), Path::new(NEW).into()]
    );
}

#[test]
fn a_file_that_is_there_is_not_added() {
    let mut bench = Bench::new("// here\n");
    let find = |_: &str| {
        vec![finding(
            "no such module",
            0,
            vec![adding(MAIN, "var a = 1\n")],
        )]
    };
    assert_eq!(bench.run(find), "// here\n");
    assert_eq!(bench.rounds.applied().len(), 0);
}
