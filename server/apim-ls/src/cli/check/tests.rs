//! What a person sees, with a toy in place of the rules.

use std::fs;
use std::path::Path;

use rules::{Applicability, Edit, Extent, Finding, Fix, Level, Place, Related, RuleId};
use syntax::TextRange;
use tempfile::TempDir;
use template::files::File;
use template::program::{InstanceId, Program};

use super::*;
use crate::disk::Open;

mod looks;
mod outcomes;

/// Reports `BAD`, `ODD` and `HMM` in a root as error, warning and info, with each `SEE` in the
/// program as a related place and a repair; `LONG … LONG` is a warning over several lines; `PANIC`
/// makes it panic.
fn toy(program: &Program) -> Vec<Finding> {
    let places = |file: &File, word: &str| {
        let text = file.document.text().to_string();
        text.match_indices(word)
            .map(|(start, _)| Place {
                file: file.path.clone(),
                range: TextRange::new(start as u32, (start + word.len()) as u32),
            })
            .collect::<Vec<_>>()
    };
    let root = &program.instance(InstanceId::ROOT).file;
    assert!(places(root, "PANIC").is_empty(), "the toy broke");
    let related: Vec<Related> = program
        .instances()
        .flat_map(|instance| places(&program.instance(instance).file, "SEE"))
        .map(|place| Related {
            place,
            message: "the vault is declared here".to_owned(),
        })
        .collect();
    let mut findings = Vec::new();
    for (word, level, rule) in [
        ("BAD", Level::Error, "bad-word"),
        ("ODD", Level::Warning, "odd-word"),
        ("HMM", Level::Info, "doubtful-word"),
    ] {
        for place in places(root, word) {
            findings.push(Finding {
                rule: RuleId(rule),
                level,
                place: place.clone(),
                subject: place.clone(),
                message: format!("`{word}` cannot be read by API Management"),
                related: related.clone(),
                fixes: vec![Fix {
                    title: format!("Replace `{word}` by `good`"),
                    applicability: Applicability::Safe,
                    edits: vec![Edit {
                        file: place.file,
                        range: place.range,
                        new_text: "good".to_owned(),
                        placeholders: Vec::new(),
                    }],
                    extent: Extent::Repair,
                    creates: Vec::new(),
                    widened: Vec::new(),
                }],
            });
        }
    }
    if let [start, .., end] = places(root, "LONG").as_slice() {
        let place = Place {
            file: root.path.clone(),
            range: TextRange::new(start.range.start, end.range.end),
        };
        findings.push(Finding {
            rule: RuleId("long-thing"),
            level: Level::Warning,
            place: place.clone(),
            subject: place,
            message: "this goes on and on".to_owned(),
            related: Vec::new(),
            fixes: Vec::new(),
        });
    }
    findings.sort_by_key(|finding| finding.place.range);
    findings
}

/// What came out of a run.
struct Output {
    exit: Exit,
    out: String,
    err: String,
}

impl Output {
    /// Everything that a person sees, in one text.
    fn shown(&self) -> String {
        format!("{}--- stderr\n{}--- {:?}", self.out, self.err, self.exit)
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn arguments(folder: &Path, arguments: &[&str]) -> Arguments {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }
    let line = arguments
        .iter()
        .map(|argument| match argument.strip_prefix("./") {
            Some(path) => folder.join(path).into_os_string(),
            None => argument.into(),
        });
    <Line as clap::Parser>::parse_from(std::iter::once("check".into()).chain(line)).arguments
}

/// Runs on a folder; an argument that starts with `./` is a path in it.
fn run_in(folder: &TempDir, line: &[&str], disk: &'static dyn Open, look: Look) -> Output {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(
        &arguments(folder.path(), line),
        &mut Environment {
            source: Source { disk, home: None },
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
    )
    .unwrap();
    let root = format!("{}/", discovery::shown(folder.path()));
    let text = |bytes| {
        String::from_utf8(bytes)
            .unwrap()
            .replace(&root, "")
            .lines()
            .map(|line| without_time(line) + "\n")
            .collect()
    };
    Output {
        exit,
        out: text(out),
        err: text(err),
    }
}

/// The summary's time is the only thing that differs from run to run.
fn without_time(line: &str) -> String {
    match (line.find(" ("), line.find(" s)")) {
        (Some(start), Some(end)) if line[start + 2..end].parse::<f64>().is_ok() => {
            format!("{} (0.00 s){}", &line[..start], &line[end + 3..])
        }
        _ => line.trim_end().to_owned(),
    }
}
