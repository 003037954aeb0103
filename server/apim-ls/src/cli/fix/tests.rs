//! Fixes of files in a folder, on good days and bad ones, with a toy in place of the rules.

use std::fs;
use std::sync::Mutex;

use rules::{Edit, Extent, Fix, Level, NewFile, Place};
use syntax::TextRange;
use tempfile::{NamedTempFile, TempDir};
use template::files::File;
use template::program::Program;

use super::*;
use crate::disk::Open;

mod bad_days;
mod looks;
mod writing;

/// What the toy finds: a word, what its fix puts there, and what kind of fix that is.
const WORDS: [(&str, &str, Level, Applicability); 3] = [
    ("BAD", "good", Level::Error, Applicability::Safe),
    ("ODD", "even", Level::Warning, Applicability::Unsafe),
    ("HMM", "aha", Level::Info, Applicability::Safe),
];

/// Reports the words above in all files of a program; `BOTH`, whose fix replaces it wherever it is in
/// the program; and `NEW`, whose fix adds a file. `PANIC` makes it panic.
fn toy(program: &Program) -> Vec<Finding> {
    let mut files: Vec<&Arc<File>> = program
        .instances()
        .map(|it| &program.instance(it).file)
        .collect();
    files.dedup_by_key(|file| &file.path);
    let mut findings = Vec::new();
    for file in &files {
        assert!(places(file, "PANIC").is_empty(), "the toy broke");
        for (word, by, level, applicability) in WORDS {
            for place in places(file, word) {
                let fix = fix(
                    &format!("Replace `{word}` by `{by}`"),
                    applicability,
                    vec![edit(&place, by)],
                );
                findings.push(finding("bad-word", level, word, place, fix));
            }
        }
        for place in places(file, "NEW") {
            let mut fix = fix("Add a file", Applicability::Safe, vec![edit(&place, "old")]);
            fix.creates.push(NewFile {
                path: file.path.with_file_name("new.bicep").into(),
                text: "var BAD = 1\n".to_owned(),
            });
            findings.push(finding("no-file", Level::Warning, "NEW", place, fix));
        }
    }
    let both: Vec<_> = files.iter().flat_map(|file| places(file, "BOTH")).collect();
    if let Some(first) = both.first() {
        let edits = both.iter().map(|place| edit(place, "both")).collect();
        let fix = fix("Write `both` everywhere", Applicability::Safe, edits);
        findings.push(finding(
            "bad-word",
            Level::Error,
            "BOTH",
            first.clone(),
            fix,
        ));
    }
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    findings
}

fn places(file: &File, word: &str) -> Vec<Place> {
    let text = file.document.text().to_string();
    let found = text.match_indices(word).map(|(start, _)| Place {
        file: Arc::clone(&file.path),
        range: TextRange::new(start as u32, (start + word.len()) as u32),
    });
    found.collect()
}

fn edit(place: &Place, by: &str) -> Edit {
    Edit {
        file: Arc::clone(&place.file),
        range: place.range,
        new_text: by.to_owned(),
        placeholders: Vec::new(),
    }
}

fn fix(title: &str, applicability: Applicability, edits: Vec<Edit>) -> Fix {
    Fix {
        title: title.to_owned(),
        applicability,
        extent: Extent::Repair,
        edits,
        creates: Vec::new(),
        widened: Vec::new(),
    }
}

fn finding(rule: &'static str, level: Level, word: &str, place: Place, fix: Fix) -> Finding {
    Finding {
        rule: RuleId(rule),
        level,
        place: place.clone(),
        subject: place,
        message: format!("`{word}` cannot be read by API Management"),
        related: Vec::new(),
        fixes: vec![fix],
    }
}

/// Deploys a module.
fn deploying(module: &str, comment: &str) -> String {
    format!("// {comment}\nmodule m '{module}' = {{\n  name: 'm'\n}}\n")
}

type Hook = Box<dyn Fn(&Path) -> io::Result<()> + Send + Sync>;

/// The disk, and what happens on it before it does what it is asked.
struct Day {
    open: Hook,
    stage: Hook,
    replace: Hook,
    add: Hook,
}

impl Day {
    fn good() -> Self {
        let nothing = || Box::new(|_: &Path| Ok(())) as Hook;
        Self {
            open: nothing(),
            stage: nothing(),
            replace: nothing(),
            add: nothing(),
        }
    }

    fn dawn(self) -> &'static dyn Store {
        Box::leak(Box::new(self))
    }
}

impl Open for Day {
    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read>> {
        (self.open)(path)?;
        Disk.open(path)
    }
}

impl Store for Day {
    fn stage(&self, path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        (self.stage)(path)?;
        Disk.stage(path, bytes)
    }

    fn replace(&self, staged: NamedTempFile, path: &Path) -> io::Result<()> {
        (self.replace)(path)?;
        Disk.replace(staged, path)
    }

    fn add(&self, staged: NamedTempFile, path: &Path) -> io::Result<()> {
        (self.add)(path)?;
        Disk.add(staged, path)
    }
}

/// Does something when a file of a name comes by for a certain time, from 1.
fn at(
    name: &'static str,
    time: usize,
    work: impl Fn(&Path) -> io::Result<()> + Send + Sync + 'static,
) -> Hook {
    let count = Mutex::new(0);
    Box::new(move |path| {
        if !path.ends_with(name) {
            return Ok(());
        }
        let mut count = count.lock().unwrap();
        *count += 1;
        if *count == time { work(path) } else { Ok(()) }
    })
}

/// A folder in which files are fixed.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all that is in the folder, hidden or not.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Everything that a person sees; an argument that starts with `./` is a path in the folder.
    fn fix(&self, line: &[&str]) -> String {
        self.fix_on(&Disk, line)
    }

    fn fix_on(&self, store: &'static dyn Store, line: &[&str]) -> String {
        self.fix_as(store, line, Look::Plain)
    }

    fn fix_as(&self, store: &'static dyn Store, line: &[&str], look: Look) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = run(
            &self.arguments(line),
            &mut Environment {
                store,
                home: None,
                judge: &toy,
                out: Channel {
                    writer: &mut out,
                    look,
                },
                err: Channel {
                    writer: &mut err,
                    look,
                },
            },
        );
        let root = format!("{}/", discovery::shown(self.0.path()));
        let text = |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            ["a", "b"]
                .iter()
                .fold(text, |text, side| {
                    text.replace(&format!("{side}{root}"), &format!("{side}/"))
                })
                .replace(&root, "")
        };
        let (out, err) = (without_time(&text(out)), without_time(&text(err)));
        format!("{out}--- stderr\n{err}--- {:?}", exit.unwrap())
    }

    fn arguments(&self, line: &[&str]) -> Arguments {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        let line = line
            .iter()
            .map(|argument| match argument.strip_prefix("./") {
                Some(path) => self.path(path).into_os_string(),
                None => argument.into(),
            });
        <Line as clap::Parser>::parse_from(std::iter::once("fix".into()).chain(line)).arguments
    }
}

/// The time is the only thing that differs from run to run.
fn without_time(text: &str) -> String {
    match (text.rfind(" ("), text.rfind(" s)")) {
        (Some(start), Some(end)) if text[start + 2..end].parse::<f64>().is_ok() => {
            format!("{} (0.00 s){}", &text[..start], &text[end + 3..])
        }
        _ => text.to_owned(),
    }
}
