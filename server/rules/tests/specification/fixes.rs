//! Every fix of every case keeps what fixes promise, in whatever layout the case is written.

use std::fmt::Write as _;

use proof::{Bench, differences, layouts, reformatted};
use syntax::Language;

/// Applies every fix of every finding of a text, and writes down what breaks a promise; the same for
/// the text in other layouts, in which the same must be found.
pub fn keep_their_promises(name: &str, language: Language, text: &str, wrong: &mut String) {
    let mut bench = Bench::of_text(language, text);
    for broken in bench.prove().broken {
        let _ = writeln!(wrong, "{name}: {broken}");
    }
    let before = bench.findings();
    if before.iter().all(|finding| finding.fixes.is_empty()) {
        return;
    }
    for seed in layouts() {
        let Some(other) = reformatted(language, text, seed) else {
            continue;
        };
        let mut bench = Bench::of_text(language, &other);
        for difference in differences(&before, &bench.findings()) {
            let _ = writeln!(wrong, "{name}: layout {seed}: {difference}\n{other}");
        }
        for broken in bench.prove().broken {
            let _ = writeln!(wrong, "{name}: layout {seed}: {broken}");
        }
    }
}
