//! Rules that tests can foresee.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use apim_ls::lsp;
use rules::{
    Analysis, Applicability, Edit, Extent, Finding, Fix, Level, NewFile, Place, Related, RuleId,
};
use syntax::{Document, TextRange};
use template::files::File;
use template::workspace::Workspace;

/// Reports words:
/// - `BAD`: a warning with one safe fix, and the first `BAD` as the related place of the others;
/// - `UGLY`: an error with two safe fixes and an unsafe one;
/// - `DULL`: an information without a fix.
///
/// - `WORSE`: a warning, whose safe fix says `UGLY`;
/// - `HOLD`: a warning with a safe fix that leaves two words to write over;
/// - `NEW file`: a warning with a safe refactoring that adds the file.
///
/// - `SEE file`: a warning about another file, where `AIM` stands or else its start is the related
///   place, and a safe fix says something.
///
/// `PANIC` in a text makes it panic, `SLOW` takes its time, `STUCK` more of it.
pub fn words(_: &mut Analysis, workspace: &Workspace, _: &mut dyn FnMut(String)) -> Vec<Finding> {
    each_file(workspace, words_of)
}

/// The findings of every file in sight, in order.
fn each_file(workspace: &Workspace, judge: fn(&Workspace, &File) -> Vec<Finding>) -> Vec<Finding> {
    let files = workspace
        .members()
        .filter_map(|path| workspace.files().get(path));
    files.flat_map(|file| judge(workspace, &file)).collect()
}

/// The rules themselves, but that a program whose root mentions `PANIC` breaks off.
pub fn clumsy(
    analysis: &mut Analysis,
    workspace: &Workspace,
    failed: &mut dyn FnMut(String),
) -> Vec<Finding> {
    for path in workspace.members() {
        let file = workspace.files().get(path).unwrap();
        if file.document.text().to_string().contains("PANIC") {
            failed(format!("{}: PANIC", path.display()));
        }
    }
    lsp::findings(analysis, workspace, failed)
}

fn words_of(workspace: &Workspace, file: &File) -> Vec<Finding> {
    let text = file.document.text().to_string();
    let place = |range| Place {
        file: Arc::clone(&file.path),
        range,
    };
    assert!(!text.contains("PANIC"), "as the text asks");
    if text.contains("SLOW") {
        sleep(Duration::from_millis(200));
    }
    if text.contains("STUCK") {
        sleep(Duration::from_secs(3));
    }
    let places = |word: &'static str| {
        let places = text.match_indices(word);
        places.map(move |(at, _)| TextRange::new(at as u32, (at + word.len()) as u32))
    };
    let first = places("BAD").next();
    let bad = places("BAD").map(|range| Finding {
        rule: RuleId("bad-word"),
        level: Level::Warning,
        place: place(range),
        subject: place(range),
        message: "this is bad".to_owned(),
        related: first
            .filter(|it| *it != range)
            .map(|range| Related {
                place: place(range),
                message: "the first one".to_owned(),
            })
            .into_iter()
            .collect(),
        fixes: vec![replace(place(range), "GOOD", Applicability::Safe)],
    });
    let ugly = places("UGLY").map(|range| Finding {
        rule: RuleId("ugly-word"),
        level: Level::Error,
        place: place(range),
        subject: place(range),
        message: "this is ugly".to_owned(),
        related: Vec::new(),
        fixes: vec![
            replace(place(range), "FINE", Applicability::Safe),
            replace(place(range), "FAIR", Applicability::Safe),
            replace(place(range), "WILD", Applicability::Unsafe),
        ],
    });
    let dull = places("DULL").map(|range| Finding {
        rule: RuleId("dull-word"),
        level: Level::Info,
        place: place(range),
        subject: place(range),
        message: "this is dull".to_owned(),
        related: Vec::new(),
        fixes: Vec::new(),
    });
    let worse = places("WORSE").map(|range| Finding {
        fixes: vec![replace(place(range), "UGLY", Applicability::Safe)],
        ..warning("worse-word", place(range))
    });
    let hold = places("HOLD").map(|range| Finding {
        fixes: vec![hold(place(range))],
        ..warning("hold-word", place(range))
    });
    let new = places("NEW ").map(|range| {
        let name = text[range.end as usize..].split_whitespace().next();
        let added = NewFile {
            path: file.path.with_file_name(name.unwrap()).into(),
            text: "var added = 1\n".to_owned(),
        };
        let fix = Fix {
            extent: Extent::Refactoring,
            creates: vec![added],
            ..replace(place(range), "OLD ", Applicability::Safe)
        };
        Finding {
            fixes: vec![fix],
            ..warning("new-word", place(range))
        }
    });
    let see = places("SEE ").map(|range| {
        let name = text[range.end as usize..].split_whitespace().next();
        let path = file.path.with_file_name(name.unwrap());
        let aim = workspace.files().get(&path).and_then(|file| {
            let at = file.document.text().to_string().find("AIM")? as u32;
            Some(TextRange::new(at, at + 3))
        });
        let there = Place {
            file: path.into(),
            range: aim.unwrap_or(TextRange::new(0, 0)),
        };
        Finding {
            rule: RuleId("see"),
            level: Level::Warning,
            place: place(range),
            subject: place(range),
            message: "look there".to_owned(),
            related: vec![Related {
                place: there.clone(),
                message: "here".to_owned(),
            }],
            fixes: vec![replace(there, "SEEN ", Applicability::Safe)],
        }
    });
    let mut findings: Vec<_> = bad.chain(ugly).chain(dull).chain(see).collect();
    findings.extend(worse.chain(hold).chain(new));
    findings.sort_by_key(|it| it.place.range);
    findings
}

/// Reports the whole text, as its message.
pub fn echo(_: &mut Analysis, workspace: &Workspace, _: &mut dyn FnMut(String)) -> Vec<Finding> {
    each_file(workspace, echo_of)
}

fn echo_of(_: &Workspace, file: &File) -> Vec<Finding> {
    let document = &file.document;
    let text = document.text().to_string();
    let place = Place {
        file: Arc::clone(&file.path),
        range: TextRange::new(0, text.len() as u32),
    };
    // The tree has to fit the text as well, whatever the edits were.
    let fresh = Document::new(document.language(), &text);
    assert_eq!(document.root().to_sexp(), fresh.root().to_sexp());
    vec![Finding {
        rule: RuleId("whole-text"),
        level: Level::Info,
        place: place.clone(),
        subject: place,
        message: text,
        related: Vec::new(),
        fixes: Vec::new(),
    }]
}

fn warning(rule: &'static str, place: Place) -> Finding {
    Finding {
        rule: RuleId(rule),
        level: Level::Warning,
        place: place.clone(),
        subject: place,
        message: "this is no word".to_owned(),
        related: Vec::new(),
        fixes: Vec::new(),
    }
}

/// A fix of several lines with `NAME` and `VALUE` to write over.
fn hold(place: Place) -> Fix {
    let text = "{\n    NAME: '\\${VALUE}'\n  }";
    let placeholders = ["NAME", "VALUE"].map(|word| {
        let at = text.find(word).unwrap() as u32;
        TextRange::new(at, at + word.len() as u32)
    });
    let mut fix = replace(place, text, Applicability::Safe);
    "Hold".clone_into(&mut fix.title);
    fix.edits[0].placeholders = placeholders.to_vec();
    fix
}

fn replace(place: Place, word: &str, applicability: Applicability) -> Fix {
    Fix {
        title: format!("Say {word}"),
        applicability,
        extent: Extent::Repair,
        creates: Vec::new(),
        widened: Vec::new(),
        edits: vec![Edit {
            file: place.file,
            range: place.range,
            new_text: word.to_owned(),
            placeholders: Vec::new(),
        }],
    }
}
