//! Arguments, help, streams and colours.

use std::io::Read as _;
use std::process::Stdio;

use crate::Folder;

#[test]
fn without_arguments_it_shows_help() {
    insta::assert_snapshot!(Folder::new(&[]).run(&[]), @"
    --- stderr
    Finds the API Management deployments that cannot read their Key Vault, before Azure does

    Usage: apim-ls <COMMAND>

    Commands:
      check    Check templates, and report what Azure would reject and what is insecure
      fix      Fix what is found, as far as that can be done without a person
      explain  Show the page of a rule: what it finds and why, with an example and its repair
      rules    List the rules, with their levels and fixes
      server   Talk to an editor, over standard input and output, by the Language Server Protocol
      help     Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version
    --- exit 2
    ");
}

#[test]
fn help_of_check() {
    insta::assert_snapshot!(Folder::new(&[]).check(&["--help"]), @"
    Check templates, and report what Azure would reject and what is insecure

    Usage: apim-ls check [OPTIONS] [PATH]...

    Arguments:
      [PATH]...
              Files and folders to check
              
              In a folder, all Bicep files, ARM templates and parameter files are checked, except what
              .gitignore names and what is hidden. A file named here is always read. Modules that they
              deploy are judged too, wherever they are.
              
              [default: .]

    Options:
          --format <FORMAT>
              How to write the report

              Possible values:
              - human: Excerpts of the source, and a summary
              - json:  One JSON object, indented; lines and columns from 1, columns in UTF-16
              
              [default: human]

          --fail-on <LEVEL>
              The lowest level that makes the exit code 1

              Possible values:
              - error:   What Azure rejects
              - warning: Also what is insecure, fragile or without effect
              - info:    Anything found
              - never:   Findings never change the exit code
              
              [default: warning]

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless the environment says otherwise
              - always: Always
              - never:  Never
              
              [default: auto]

      -h, --help
              Print help (see a summary with '-h')

    Exit code:
      0  Nothing found at the level of --fail-on or above
      1  Something found
      2  Not done: wrong arguments, a named path that is missing or cannot be read, an internal error

    Findings go to standard output; what could not be read goes to standard error, and in JSON into the
    report.
    --- stderr
    --- exit 0
    ");
}

#[test]
fn it_tells_its_version() {
    let expected = format!(
        "apim-ls {}\n--- stderr\n--- exit 0",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(Folder::new(&[]).run(&["--version"]), expected);
}

#[test]
fn an_unknown_argument_is_refused() {
    insta::assert_snapshot!(Folder::new(&[]).check(&["--fromat", "json"]), @r#"
    --- stderr
    error: unexpected argument '--fromat' found

      tip: a similar argument exists: '--format'

    Usage: apim-ls check --format <FORMAT> [PATH]...

    For more information, try '--help'.
    --- exit 2
    "#);
}

#[test]
fn all_is_well() {
    let folder = Folder::new(&["main.bicep", "main.bicepparam", "azuredeploy.json"]);
    insta::assert_snapshot!(folder.check(&[]), @r#"
    No problems in 3 files (0.00 s)
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn json_of_nothing() {
    insta::assert_snapshot!(Folder::new(&["main.bicep"]).check(&["--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [],
      "unseen": []
    }
    --- stderr
    --- exit 0
    "#);
    insta::assert_snapshot!(Folder::new(&[]).check(&["--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [],
      "unseen": []
    }
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn json_keeps_standard_error_for_failures() {
    let folder = Folder::new(&[]);
    folder.write("a.bicep", b"\xFF");
    insta::assert_snapshot!(folder.check(&[".", "--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [
        {
          "file": "a.bicep",
          "reason": "line 1: not valid UTF-8 at byte offset 0"
        }
      ],
      "unseen": []
    }
    --- stderr
    --- exit 0
    "#);
    insta::assert_snapshot!(folder.check(&["a.bicep", "--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [
        {
          "file": "a.bicep",
          "reason": "line 1: not valid UTF-8 at byte offset 0"
        }
      ],
      "unseen": []
    }
    --- stderr
    error: a.bicep: line 1: not valid UTF-8 at byte offset 0
    --- exit 2
    "#);
}

#[test]
fn colours_obey_the_argument_and_the_environment() {
    let folder = Folder::new(&[]);
    folder.write("a.bicep", b"\xFF");
    let is_coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let arguments = [&["check"], arguments].concat();
        let output = folder
            .command(&arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        output.stderr.contains(&0x1b)
    };
    assert!(!is_coloured(&[], &[]), "not a terminal");
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(
        &[],
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]
    ));
    assert!(!is_coloured(
        &["--color", "never"],
        &[("CLICOLOR_FORCE", "1")]
    ));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let folder = Folder::new(&[]);
    for index in 0..2000 {
        folder.write(&format!("{index:0100}.bicep"), b"\xFF");
    }
    let mut child = folder
        .command(&["check", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More is written than a pipe holds, so the writer meets the closed end.
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(errors, "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
