//! Files that are not what they should be: each gets a clear line, and costs nothing else.

use crate::{Folder, TEMPLATE};

/// The report on a folder with this file and a good one.
fn beside_a_good_one(name: &str, content: impl AsRef<[u8]>) -> String {
    let folder = Folder::new(&["good.bicep"]);
    folder.write(name, content);
    folder.check(&[])
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!(beside_a_good_one("a.bicep", ""), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
    let folder = Folder::new(&[]);
    folder.write("a.json", "");
    insta::assert_snapshot!(folder.check(&["a.json"]), @"
    Nothing could be checked in 1 file
    --- stderr
    warning: a.json: neither an ARM template nor a parameter file: it has no $schema that names one
    --- exit 0
    ");
}

#[test]
fn a_mountain_of_zeros() {
    insta::assert_snapshot!(beside_a_good_one("a.bicep", vec![0; 50_000_000]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: larger than 10 MB, too large for a template
    --- exit 0
    "#);
    insta::assert_snapshot!(beside_a_good_one("a.bicep", vec![0; 1_000_000]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: not a text file: a zero byte at offset 0
    --- exit 0
    "#);
}

#[test]
fn a_template_that_is_too_large() {
    let text = format!("{TEMPLATE}{}", " ".repeat(10_000_000));
    insta::assert_snapshot!(beside_a_good_one("a.json", text), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.json: larger than 10 MB, too large for a template
    --- exit 0
    "#);
}

#[test]
fn a_file_that_is_not_utf8() {
    insta::assert_snapshot!(beside_a_good_one("a.bicep", b"var a = 1\n// caf\xE9\n"), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: line 2: not valid UTF-8 at byte offset 16
    --- exit 0
    "#);
    let folder = Folder::new(&["good.bicep"]);
    folder.write("a.bicep", b"// caf\xE9\n");
    insta::assert_snapshot!(folder.check(&["a.bicep", "good.bicep"]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    error: a.bicep: line 1: not valid UTF-8 at byte offset 6
    --- exit 2
    "#);
}

#[test]
fn a_file_in_utf16_is_read() {
    let utf16: Vec<u8> = "\u{FEFF}var a = 1\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    insta::assert_snapshot!(beside_a_good_one("a.bicep", &utf16), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
    insta::assert_snapshot!(beside_a_good_one("a.bicep", &utf16[..utf16.len() - 1]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: not valid UTF-16, which its byte order mark announces
    --- exit 0
    "#);
}

#[test]
fn a_file_with_a_syntax_error_is_checked_as_far_as_it_can_be_read() {
    insta::assert_snapshot!(beside_a_good_one("a.bicep", "var a = 1\n\n)\nvar b = 2\n"), @r#"
    No problems in 2 files (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: line 3: not valid Bicep from here; the rest of the file was checked
    --- exit 0
    "#);
    let text = TEMPLATE.replace("\"1.0.0.0\"", "");
    insta::assert_snapshot!(beside_a_good_one("a.json", text), @r#"
    No problems in 2 files (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.json: line 3: not valid JSON from here; the rest of the file was checked
    --- exit 0
    "#);
}

#[test]
fn nesting_without_end() {
    let deep = |open: &str, close: &str| {
        let (open, close) = (open.repeat(100_000), close.repeat(100_000));
        format!("{open}1{close}")
    };
    let json = TEMPLATE.replace("[]", &deep("[", "]"));
    insta::assert_snapshot!(beside_a_good_one("a.json", json), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
    let expression = format!("\"[{}]\"", deep("concat(", ")"));
    insta::assert_snapshot!(beside_a_good_one("a.json", TEMPLATE.replace("[]", &expression)), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
    insta::assert_snapshot!(beside_a_good_one("a.bicep", format!("var a = {}\n", deep("(", ")"))), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_does_not_stop_it() {
    let folder = Folder::new(&["good.bicep"]);
    let status = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.bicep"))
        .status()
        .unwrap();
    assert!(status.success());
    insta::assert_snapshot!(folder.check(&[]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: pipe.bicep: not a regular file
    --- exit 0
    "#);
    insta::assert_snapshot!(folder.check(&["pipe.bicep"]), @r#"
    Nothing could be checked in 1 file
    --- stderr
    error: pipe.bicep: not a regular file
    --- exit 2
    "#);
}
