//! What a person sees, with a toy in place of the rules.

use std::fs;
use std::path::Path;

use rules::{Applicability, Edit, Finding, Fix, Related, RuleId};
use syntax::{Document, TextRange};
use tempfile::TempDir;

use super::*;

/// Reports `BAD`, `ODD` and `HMM` as error, warning and info, with each `SEE` as a related place and
/// a repair; `LONG … LONG` is a warning over several lines; `PANIC` makes it panic.
fn toy(document: &Document) -> Vec<Finding> {
    let text = document.text().to_string();
    assert!(!text.contains("PANIC"), "the toy broke");
    let places = |word: &'static str| {
        text.match_indices(word)
            .map(|(start, _)| TextRange::new(start as u32, (start + word.len()) as u32))
            .collect::<Vec<_>>()
    };
    let related: Vec<Related> = places("SEE")
        .into_iter()
        .map(|range| Related {
            range,
            message: "the vault is declared here".to_owned(),
        })
        .collect();
    let mut findings = Vec::new();
    for (word, level, rule) in [
        ("BAD", Level::Error, "bad-word"),
        ("ODD", Level::Warning, "odd-word"),
        ("HMM", Level::Info, "doubtful-word"),
    ] {
        for range in places(word) {
            findings.push(Finding {
                rule: RuleId(rule),
                level,
                range,
                message: format!("`{word}` cannot be read by API Management"),
                related: related.clone(),
                fixes: vec![Fix {
                    title: format!("Replace `{word}` by `good`"),
                    applicability: Applicability::Safe,
                    edits: vec![Edit {
                        range,
                        new_text: "good".to_owned(),
                    }],
                }],
            });
        }
    }
    if let [start, .., end] = places("LONG").as_slice() {
        findings.push(Finding {
            rule: RuleId("long-thing"),
            level: Level::Warning,
            range: TextRange::new(start.start, end.end),
            message: "this goes on and on".to_owned(),
            related: Vec::new(),
            fixes: Vec::new(),
        });
    }
    findings.sort_by_key(|finding| finding.range);
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
fn run_in(folder: &TempDir, line: &[&str], files: &dyn Files, look: Look) -> Output {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(
        &arguments(folder.path(), line),
        &mut Environment {
            files,
            analysis: &toy,
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
    let root = format!("{}/", folder.path().to_str().unwrap());
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

/// The human report on one file.
fn human(name: &str, content: &[u8]) -> String {
    run_in(&folder(&[(name, content)]), &["./"], &Disk, Look::Plain).shown()
}

#[test]
fn a_finding_with_all_that_belongs_to_it() {
    insta::assert_snapshot!(human(
        "infra/main.bicep",
        b"var kv = 'SEE'\n\nvar a = 'BAD'\n",
    ), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
     --> infra/main.bicep:3:10
      |
    1 | var kv = 'SEE'
      |           --- the vault is declared here
    2 |
    3 | var a = 'BAD'
      |          ^^^
      |
      = help: Replace `BAD` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    1 error in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn related_places_that_are_far_away_have_their_own_excerpt() {
    let text = format!("var v = 'SEE'\n{}  var a = 'ODD' // SEE\n", "\n".repeat(30));
    insta::assert_snapshot!(human("main.bicep", text.as_bytes()), @r#"
    warning[odd-word]: `ODD` cannot be read by API Management
      --> main.bicep:32:12
       |
    32 |   var a = 'ODD' // SEE
       |            ^^^     --- the vault is declared here
       |
      ::: main.bicep:1:10
       |
     1 | var v = 'SEE'
       |          --- the vault is declared here
       |
       = help: Replace `ODD` by `good`
       = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/odd-word.md

    1 warning in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn tabs_line_ends_and_wide_characters() {
    insta::assert_snapshot!(human(
        "main.bicep",
        "var a = 1\r\n\t\tvar b = '\u{1F511}BAD\u{1F511}'\r\n/*\ré漢字HMM */\r\n".as_bytes(),
    ), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
     --> main.bicep:2:14
      |
    2 |         var b = '🔑BAD🔑'
      |                    ^^^
      |
      = help: Replace `BAD` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    info[doubtful-word]: `HMM` cannot be read by API Management
     --> main.bicep:4:4
      |
    4 | é漢字HMM */
      |      ^^^
      |
      = help: Replace `HMM` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/doubtful-word.md

    1 error, 1 info in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn a_byte_order_mark_does_not_shift_columns() {
    insta::assert_snapshot!(human("main.bicep", "\u{FEFF}// BAD".as_bytes()), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
     --> main.bicep:1:4
      |
    1 | // BAD
      |    ^^^
      |
      = help: Replace `BAD` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    1 error in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn ranges_over_several_lines() {
    insta::assert_snapshot!(human(
        "main.bicep",
        b"var a = {/*LONG*/\n  b: 1\n  c: 2\n  d: 3\n  e: 4\n  f: 5\n  g: 6\n} //LONG\n",
    ), @r#"
    warning[long-thing]: this goes on and on
     --> main.bicep:1:12
      |
    1 |   var a = {/*LONG*/
      |  ____________^
    2 | |   b: 1
    3 | |   c: 2
    4 | |   d: 3
    ... |
    7 | |   g: 6
    8 | | } //LONG
      | |________^
      |
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/long-thing.md

    1 warning in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
    let text = format!("var a = [/*LONG*/\n{}] //LONG\n", "  1\n".repeat(100));
    insta::assert_snapshot!(human("main.bicep", text.as_bytes()), @r#"
    warning[long-thing]: this goes on and on
     --> main.bicep:1:12
      |
    1 | var a = [/*LONG*/
      |            ^^^^^^
      |
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/long-thing.md

    1 warning in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn a_minified_template_is_cut_around_the_place() {
    let filler = r#"{"type":"Microsoft.Storage/storageAccounts","name":"x"},"#.repeat(10_000);
    let text = format!(
        r#"{{"$schema":"https://x/deploymentTemplate.json#","resources":[{filler}{{"name":"BAD","kv":"x"}},{filler}{{"name":"SEE"}}]}}"#
    );
    insta::assert_snapshot!(human("main.json", text.as_bytes()), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
     --> main.json:1:560071
      |
    1 | …e/storageAccounts","name":"x"},{"name":"BAD","kv":"x"},{"type":"Microsoft.Storage/storageAccounts","name":"x"},{"type":"…
      |                                          ^^^
      |
     ::: main.json:1:1120095
      |
    1 | …e/storageAccounts","name":"x"},{"name":"SEE"}]}
      |                                          --- the vault is declared here
      |
      = help: Replace `BAD` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    1 error in 1 file (0.00 s)
    --- stderr
    --- Findings
    "#);
}

#[test]
fn control_characters_reach_no_terminal() {
    let output = human(
        "a\u{1b}[31m.bicep",
        b"// \x1bSEE\nvar a = '\x1b[31m\x07BAD'\n",
    );
    assert!(!output.contains(['\u{1b}', '\u{7}', '\u{1}']), "{output:?}");
}

#[test]
fn colours_when_asked_for() {
    let folder = folder(&[("main.bicep", b"// BAD")]);
    let output = run_in(&folder, &["./"], &Disk, Look::Styled);
    assert!(output.out.contains("\u{1b}["), "{}", output.out);
}

#[test]
fn the_summary_counts_levels_and_files() {
    let folder = folder(&[
        ("a.bicep", b"// BAD BAD ODD HMM HMM"),
        ("b.bicep", b"// ODD"),
        ("c.bicep", b"var fine = 1\n"),
    ]);
    let output = run_in(&folder, &["./"], &Disk, Look::Plain);
    insta::assert_snapshot!(output.out.lines().last().unwrap(), @"2 errors, 2 warnings, 2 info in 2 of 3 files (0.00 s)");
}

#[test]
fn the_exit_code_depends_on_the_level_to_fail_on() {
    let folder = folder(&[
        ("bad.bicep", b"// BAD"),
        ("odd.bicep", b"// ODD"),
        ("hmm.bicep", b"// HMM"),
    ]);
    let failing = |line: &[&str]| {
        ["./bad.bicep", "./odd.bicep", "./hmm.bicep"].map(|file| {
            let line = [line, &[file]].concat();
            run_in(&folder, &line, &Disk, Look::Plain).exit == Exit::Findings
        })
    };
    assert_eq!(failing(&[]), [true, true, false]);
    assert_eq!(failing(&["--fail-on", "error"]), [true, false, false]);
    assert_eq!(failing(&["--fail-on", "warning"]), [true, true, false]);
    assert_eq!(failing(&["--fail-on", "info"]), [true, true, true]);
    assert_eq!(failing(&["--fail-on", "never"]), [false, false, false]);
}

#[test]
fn json_counts_from_one_and_in_utf16() {
    let folder = folder(&[
        ("b.bicep", "// SEE\n// \u{1F511} BAD\n".as_bytes()),
        ("a.bicep", b"// ODD"),
    ]);
    fs::write(folder.path().join("c.bicep"), b"\xFF").unwrap();
    let output = run_in(&folder, &["./", "--format", "json"], &Disk, Look::Plain);
    insta::assert_snapshot!(output.shown(), @r#"
    {
      "version": 1,
      "findings": [
        {
          "rule": "odd-word",
          "level": "warning",
          "message": "`ODD` cannot be read by API Management",
          "file": "a.bicep",
          "range": {
            "start": {
              "line": 1,
              "column": 4
            },
            "end": {
              "line": 1,
              "column": 7
            }
          },
          "related": [],
          "fixes": [
            {
              "title": "Replace `ODD` by `good`",
              "applicability": "safe"
            }
          ]
        },
        {
          "rule": "bad-word",
          "level": "error",
          "message": "`BAD` cannot be read by API Management",
          "file": "b.bicep",
          "range": {
            "start": {
              "line": 2,
              "column": 7
            },
            "end": {
              "line": 2,
              "column": 10
            }
          },
          "related": [
            {
              "file": "b.bicep",
              "range": {
                "start": {
                  "line": 1,
                  "column": 4
                },
                "end": {
                  "line": 1,
                  "column": 7
                }
              },
              "message": "the vault is declared here"
            }
          ],
          "fixes": [
            {
              "title": "Replace `BAD` by `good`",
              "applicability": "safe"
            }
          ]
        }
      ],
      "unread": [
        {
          "file": "c.bicep",
          "reason": "line 1: not valid UTF-8 at byte offset 0"
        }
      ]
    }
    --- stderr
    --- Findings
    "#);
}

/// A disk on which some files cannot be read.
struct BadDisk;

impl Files for BadDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read>> {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("locked.bicep") => Err(io::ErrorKind::PermissionDenied.into()),
            Some("vanished.bicep") => Err(io::ErrorKind::NotFound.into()),
            Some("torn.bicep") => Ok(Box::new(io::Read::chain(&b"// BAD"[..], Torn))),
            _ => Disk.open(path),
        }
    }
}

struct Torn;

impl io::Read for Torn {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk gave up"))
    }
}

#[test]
fn files_that_cannot_be_read_do_not_hide_the_others() {
    let folder = folder(&[
        ("locked.bicep", b""),
        ("torn.bicep", b""),
        ("vanished.bicep", b""),
        ("good.bicep", b"// BAD"),
    ]);
    insta::assert_snapshot!(run_in(&folder, &["./"], &BadDisk, Look::Plain).shown(), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
     --> good.bicep:1:4
      |
    1 | // BAD
      |    ^^^
      |
      = help: Replace `BAD` by `good`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    1 error in 1 file (0.00 s); 3 files could not be checked whole
    --- stderr
    warning: locked.bicep: no permission to read it
    warning: torn.bicep: the disk gave up
    warning: vanished.bicep: no such file or folder
    --- Findings
    "#);
    let named = run_in(
        &folder,
        &["./locked.bicep", "./good.bicep"],
        &BadDisk,
        Look::Plain,
    );
    assert_eq!(named.exit, Exit::Failure);
    assert!(named.out.contains("bad-word"), "{}", named.out);
}

#[test]
fn a_panic_costs_its_own_file_alone() {
    let folder = folder(&[
        ("a.bicep", b"// BAD"),
        ("b.bicep", b"// PANIC BAD"),
        ("c.bicep", b"// ODD"),
    ]);
    let output = run_in(&folder, &["./"], &Disk, Look::Plain);
    assert_eq!(output.exit, Exit::Failure);
    assert!(output.out.contains("bad-word") && output.out.contains("odd-word"));
    let expected = "error: b.bicep: internal error, please report it: the toy broke (at ";
    assert!(output.err.contains(expected), "{}", output.err);
    let json = run_in(&folder, &["./", "--format=json"], &Disk, Look::Plain);
    assert_eq!(json.exit, Exit::Failure);
    assert!(json.out.contains("internal error"), "{}", json.out);
    assert!(json.err.contains("internal error"), "{}", json.err);
}

#[test]
fn a_reader_that_leaves_early_changes_nothing() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = folder(&[("a.bicep", b"// BAD")]);
    for format in ["human", "json"] {
        let mut err = Vec::new();
        let exit = run(
            &arguments(folder.path(), &["./", "--format", format]),
            &mut Environment {
                files: &Disk,
                analysis: &toy,
                out: Channel {
                    writer: &mut Gone,
                    look: Look::Plain,
                },
                err: Channel {
                    writer: &mut err,
                    look: Look::Plain,
                },
            },
        );
        assert_eq!(exit.unwrap(), Exit::Findings);
        assert_eq!(String::from_utf8(err).unwrap(), "");
    }
}
