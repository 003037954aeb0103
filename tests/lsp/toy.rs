//! Rules that tests can foresee.

use std::thread::sleep;
use std::time::Duration;

use rules::{Applicability, Edit, Finding, Fix, Level, Related, RuleId};
use syntax::{Document, TextRange};

/// Reports words:
/// - `BAD`: a warning with one safe fix, and the first `BAD` as the related place of the others;
/// - `UGLY`: an error with two safe fixes and an unsafe one;
/// - `DULL`: an information without a fix.
///
/// `PANIC` in the text makes it panic, `SLOW` takes its time, `STUCK` more of it.
pub fn words(document: &Document) -> Vec<Finding> {
    let text = document.text().to_string();
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
        range,
        message: "this is bad".to_owned(),
        related: first
            .filter(|it| *it != range)
            .map(|range| Related {
                range,
                message: "the first one".to_owned(),
            })
            .into_iter()
            .collect(),
        fixes: vec![replace(range, "GOOD", Applicability::Safe)],
    });
    let ugly = places("UGLY").map(|range| Finding {
        rule: RuleId("ugly-word"),
        level: Level::Error,
        range,
        message: "this is ugly".to_owned(),
        related: Vec::new(),
        fixes: vec![
            replace(range, "FINE", Applicability::Safe),
            replace(range, "FAIR", Applicability::Safe),
            replace(range, "WILD", Applicability::Unsafe),
        ],
    });
    let dull = places("DULL").map(|range| Finding {
        rule: RuleId("dull-word"),
        level: Level::Info,
        range,
        message: "this is dull".to_owned(),
        related: Vec::new(),
        fixes: Vec::new(),
    });
    let mut findings: Vec<_> = bad.chain(ugly).chain(dull).collect();
    findings.sort_by_key(|it| it.range);
    findings
}

/// Reports the whole text, as its message.
pub fn echo(document: &Document) -> Vec<Finding> {
    let text = document.text().to_string();
    // The tree has to fit the text as well, whatever the edits were.
    let fresh = Document::new(document.language(), &text);
    assert_eq!(document.root().to_sexp(), fresh.root().to_sexp());
    vec![Finding {
        rule: RuleId("whole-text"),
        level: Level::Info,
        range: TextRange::new(0, text.len() as u32),
        message: text,
        related: Vec::new(),
        fixes: Vec::new(),
    }]
}

fn replace(range: TextRange, word: &str, applicability: Applicability) -> Fix {
    Fix {
        title: format!("Say {word}"),
        applicability,
        edits: vec![Edit {
            range,
            new_text: word.to_owned(),
        }],
    }
}
