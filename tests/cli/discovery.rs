//! Which files are checked.

use std::fs;

use crate::{Folder, TEMPLATE};

/// The files that a check with these arguments reads, told by making each of them unreadable as text.
#[track_caller]
fn checked(files: &[&str], prepare: impl FnOnce(&Folder), arguments: &[&str]) -> Vec<String> {
    let folder = Folder::new(&[]);
    for file in files {
        let content = if file.contains("json") {
            TEMPLATE.as_bytes().iter().chain(b"\xFF").copied().collect()
        } else {
            vec![0xFF]
        };
        folder.write(file, content);
    }
    prepare(&folder);
    let output = folder
        .command(&[&["check", "--format", "json"], arguments].concat())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| unread["file"].as_str().unwrap().to_owned())
        .collect()
}

fn nothing(_: &Folder) {}

#[test]
fn a_folder_stands_for_the_templates_in_it() {
    assert_eq!(
        checked(
            &[
                "z.bicep",
                "a/b/MAIN.BICEP",
                "a/b.bicepparam",
                "a/deploy.json",
                "a/deploy.jsonc",
                "README.md",
                ".hidden/a.bicep",
            ],
            nothing,
            &[],
        ),
        [
            "a/b/MAIN.BICEP",
            "a/b.bicepparam",
            "a/deploy.json",
            "a/deploy.jsonc",
            "z.bicep"
        ]
    );
}

#[test]
fn a_folder_without_templates_says_so() {
    let folder = Folder::new(&["README.md"]);
    folder.write("package.json", "{}");
    insta::assert_snapshot!(folder.check(&["."]), @r#"
    Nothing to check: no Bicep file and no ARM template found
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn what_git_ignores_is_left_out_unless_named() {
    let ignore = |folder: &Folder| {
        fs::create_dir(folder.path().join(".git")).unwrap();
        folder.write(".gitignore", "out/\n*.skip.bicep\n");
    };
    let files = ["a.bicep", "a.skip.bicep", "out/a.bicep"];
    assert_eq!(checked(&files, ignore, &["."]), ["a.bicep"]);
    assert_eq!(
        checked(&files, ignore, &[".", "a.skip.bicep", "out"]),
        ["a.bicep", "a.skip.bicep", "out/a.bicep"]
    );
}

#[test]
fn a_folder_may_be_called_like_a_template() {
    assert_eq!(
        checked(&["x.bicep/main.bicep"], nothing, &["x.bicep"]),
        ["x.bicep/main.bicep"]
    );
    assert_eq!(
        checked(&["x.bicep/main.bicep"], nothing, &[]),
        ["x.bicep/main.bicep"]
    );
}

#[test]
fn a_file_reached_twice_is_checked_once() {
    let files = ["a/main.bicep", "b.bicep"];
    assert_eq!(
        checked(
            &files,
            nothing,
            &["a", "./a/main.bicep", "a/../a/main.bicep", ".", "b.bicep"]
        ),
        ["a/main.bicep", "b.bicep"]
    );
}

#[test]
fn other_json_in_a_folder_is_passed_over() {
    let folder = Folder::new(&["main.json"]);
    folder.write("package.json", "{}");
    folder.write("broken.json", "{,");
    folder.write("binary.json", b"\0\0");
    folder.write("latin1.json", b"{\"a\": \"\xE9\"}");
    folder.write("empty.json", "");
    folder.write("lock.json", vec![b' '; 12_000_000]);
    folder.write(
        "main.parameters.json",
        TEMPLATE.replace("deploymentTemplate", "deploymentParameters"),
    );
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    ");
}

#[test]
fn a_named_file_is_read_whatever_its_name_says() {
    let folder = Folder::new(&[]);
    folder.write("template.txt", TEMPLATE);
    folder.write(".hidden.json", TEMPLATE);
    insta::assert_snapshot!(folder.check(&["template.txt", ".hidden.json"]), @r#"
    No problems in 2 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn a_named_file_that_is_no_template_gets_a_word() {
    let folder = Folder::new(&["notes.txt", "main.bicep"]);
    folder.write("package.json", "{}");
    insta::assert_snapshot!(folder.check(&["main.bicep", "notes.txt", "package.json"]), @"
    No problems in 1 file (0.00 s); 2 files could not be checked whole
    --- stderr
    warning: notes.txt: neither Bicep by its name nor an ARM template by its $schema
    warning: package.json: neither an ARM template nor a parameter file: it has no $schema that names one
    --- exit 0
    ");
}

#[test]
fn a_named_path_that_does_not_exist_fails_the_run_but_not_the_rest() {
    let folder = Folder::new(&["main.bicep"]);
    insta::assert_snapshot!(folder.check(&["main.bicep", "mian.bicep"]), @r#"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    error: mian.bicep: no such file or folder
    --- exit 2
    "#);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_and_a_loop_ends() {
        let link = |folder: &Folder| {
            let path = |name: &str| folder.path().join(name);
            symlink("b.txt", path("a/link.bicep")).unwrap();
            symlink("..", path("a/loop")).unwrap();
            symlink("loop1", path("loop2")).unwrap();
            symlink("loop2", path("loop1")).unwrap();
            symlink("a/main.bicep", path("z.bicep")).unwrap();
        };
        assert_eq!(
            checked(&["a/main.bicep", "a/b.txt"], link, &[]),
            ["a/link.bicep", "a/main.bicep"]
        );
        // Whoever names the link means the link.
        assert_eq!(
            checked(&["a/main.bicep", "a/b.txt"], link, &[".", "z.bicep"]),
            ["a/link.bicep", "z.bicep"]
        );
    }

    #[test]
    fn a_link_to_nowhere_is_named_if_it_looks_like_a_template() {
        let folder = Folder::new(&["main.bicep"]);
        for name in ["gone.bicep", "gone.txt", "loop.bicep"] {
            let target = if name == "loop.bicep" {
                name
            } else {
                "nowhere"
            };
            symlink(target, folder.path().join(name)).unwrap();
        }
        insta::assert_snapshot!(folder.check(&[]), @r#"
    No problems in 1 file (0.00 s); 2 files could not be checked whole
    --- stderr
    warning: gone.bicep: no such file or folder
    warning: loop.bicep: Too many levels of symbolic links
    --- exit 0
    "#);
    }
}
