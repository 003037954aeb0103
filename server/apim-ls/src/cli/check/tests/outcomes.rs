//! The report for programs, exit codes, and what happens on a bad day.

use super::*;

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
      ],
      "unseen": []
    }
    --- stderr
    --- Findings
    "#);
}

/// A disk on which some files cannot be read.
struct BadDisk;

impl Open for BadDisk {
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
                source: Source {
                    disk: &Disk,
                    home: None,
                },
                judge: &toy,
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

#[test]
fn the_order_is_that_of_the_paths_whichever_thread_is_faster() {
    let names: Vec<String> = (0..60).map(|index| format!("{index:02}.bicep")).collect();
    let folder = folder(&[]);
    for (index, name) in names.iter().enumerate() {
        // The first ones take longest.
        let text = format!("// BAD\n{}", "var a = 1\n".repeat(60 * (60 - index)));
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = run_in(&folder, &["./", "--format=json"], &Disk, Look::Plain);
    let report: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    let files: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, names);
}
