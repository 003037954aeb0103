//! The templates that this repository has in files: in whatever layout, cut off or damaged, every fix
//! of every finding keeps its promises. `PROOF_LAYOUTS` says how many layouts of each are tried.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be read fails its test"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proof::{Bench, Random, damaged, differences, layouts, reformatted, with_room};
use syntax::Language;

/// Files that are deployed together, by their paths.
type Texts = BTreeMap<PathBuf, String>;

/// The folders with fixtures in them.
const FOLDERS: [&str; 3] = [
    "tests/fixtures",
    "server/rules/tests/failures/fixtures",
    "server/rules/tests/silence",
];

/// The templates of every folder, those of one language that belong together as one.
fn fixtures() -> Vec<(String, Texts)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found: BTreeMap<String, Texts> = BTreeMap::new();
    for folder in FOLDERS
        .iter()
        .flat_map(|folder| entries(&root.join(folder)))
    {
        for path in entries(&folder) {
            if Language::of_path(&path).is_none() {
                continue;
            }
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            let file = name(&path);
            // `wrong-network.bicep` is a file beside `wrong.bicep`.
            let kind = file.split(['-', '.']).next().unwrap();
            let kind = if ["right", "wrong"].contains(&kind) {
                kind
            } else {
                "main"
            };
            let extension = path.extension().unwrap().to_string_lossy();
            let group = format!("{} {kind} {extension}", name(&folder));
            let text = std::fs::read_to_string(&path).unwrap();
            let texts = found.entry(group).or_default();
            texts.insert(Path::new("/w").join(file), text);
        }
    }
    found.into_iter().collect()
}

/// What is in a folder; nothing if it is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn bench(texts: &Texts) -> Bench {
    Bench::in_memory(
        texts
            .iter()
            .map(|(path, text)| (path.clone(), text.as_str())),
    )
}

/// The texts with each changed in some way.
fn changed(texts: &Texts, mut change: impl FnMut(Language, &str) -> Option<String>) -> Texts {
    let changed = texts.iter().map(|(path, text)| {
        let language = Language::of_path(path).unwrap();
        let changed = change(language, text).unwrap_or_else(|| text.clone());
        (path.clone(), changed)
    });
    changed.collect()
}

#[test]
fn in_any_layout_the_same_is_found_and_repaired() {
    let mut wrong = String::new();
    for (name, texts) in fixtures() {
        let mut original = bench(&texts);
        wrong.push_str(&original.prove().report());
        let before = original.findings();
        for seed in layouts() {
            let other = changed(&texts, |language, text| reformatted(language, text, seed));
            let mut bench = bench(&other);
            for difference in differences(&before, &bench.findings()) {
                let _ = writeln!(wrong, "{name}, layout {seed}: {difference}\n{other:?}");
            }
            let broken = bench.prove().report();
            if !broken.is_empty() {
                let _ = writeln!(wrong, "{name}, layout {seed}:\n{broken}");
            }
        }
    }
    proof::tell_totals();
    assert!(wrong.is_empty(), "{wrong}");
}

/// The findings may be wrong then, but no fix does damage.
#[test]
fn a_damaged_text_is_not_damaged_further() {
    let mut wrong = String::new();
    for (name, texts) in fixtures() {
        for seed in layouts() {
            let mut random = Random::of(seed, &name);
            let other = changed(&texts, |_, text| Some(damaged(text, &mut random)));
            for broken in with_room(|| bench(&other).apply_all()) {
                let _ = writeln!(wrong, "{name}, damage {seed}: {broken}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
