//! The report for a person.

use std::sync::Arc;

use rules::{Finding, Related, RuleId};
use syntax::Document;

use super::*;
use crate::cli::report::{Text, Texts};

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
fn related_places_in_other_files_have_their_own_excerpts() {
    let folder = folder(&[
        (
            "infra/main.bicep",
            b"module a '../shared/vault.bicep' = {}\nvar a = 'BAD'\n".as_slice(),
        ),
        (
            "shared/vault.bicep",
            format!("// SEE\n\n// SEE\n{}// SEE\n", "\n".repeat(30)).as_bytes(),
        ),
    ]);
    insta::assert_snapshot!(run_in(&folder, &["./infra"], &Disk, Look::Plain).shown(), @r#"
    error[bad-word]: `BAD` cannot be read by API Management
      --> infra/main.bicep:2:10
       |
     2 | var a = 'BAD'
       |          ^^^
       |
      ::: shared/vault.bicep:1:4
       |
     1 | // SEE
       |    --- the vault is declared here
     2 |
     3 | // SEE
       |    --- the vault is declared here
       |
      ::: shared/vault.bicep:34:4
       |
    34 | // SEE
       |    --- the vault is declared here
       |
       = help: Replace `BAD` by `good`
       = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/bad-word.md

    1 error in 1 of 2 files (0.00 s)
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
fn a_thousand_findings_in_one_line_stay_readable() {
    let item = format!(r#"{{"name":"BAD","filler":"{}"}},"#, "x".repeat(1000));
    let text = format!(
        r#"{{"$schema":"https://x/deploymentTemplate.json#","resources":[{}0]}}"#,
        item.repeat(1000)
    );
    let output = human("main.json", text.as_bytes());
    assert_eq!(output.matches("error[bad-word]").count(), 1000);
    assert!(output.lines().all(|line| line.chars().count() < 140));
}

#[test]
fn control_characters_reach_no_terminal() {
    // Windows has no such file names.
    let name = if cfg!(windows) {
        "a.bicep"
    } else {
        "a\u{1b}[31m.bicep"
    };
    let output = human(name, b"// \x1bSEE\nvar a = '\x1b[31m\x07BAD'\n");
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

proptest::proptest! {
    /// Rendering is outside the fence round each file's analysis: no text and no ranges may break it.
    #[test]
    fn any_text_with_any_places_is_shown(
        text in "(?s)([a-c{} ]{0,60}|[\\r\\n\\t\u{b}\u{c}\u{85}\u{2028}]|\u{1F468}\u{200D}\u{1F469}|\u{301}|\u{202E}|漢|\\PC|.){0,40}",
        ranges in proptest::collection::vec((0..600_u32, 0..600_u32), 1..5),
    ) {
        let names = ["main.bicep", "module.bicep"].map(|name| Arc::from(Path::new(name)));
        let document = Arc::new(Document::new(syntax::Language::Bicep, &text));
        let mut files = Texts::default();
        for name in &names {
            files.add(name, || Text {
                name: name.display().to_string(),
                document: document.clone(),
            });
        }
        let mut places = ranges.iter().enumerate().map(|(index, &(start, length))| Place {
            file: names[index % 2].clone(),
            range: TextRange::new(start, start + length),
        });
        let primary = places.next().unwrap();
        let finding = Finding {
            rule: RuleId("any"),
            level: Level::Error,
            place: primary.clone(),
            subject: primary,
            message: "here".to_owned(),
            related: places
                .map(|place| Related {
                    place,
                    message: "there".to_owned(),
                })
                .collect(),
            fixes: Vec::new(),
        };
        let report = Report {
            checked: 2,
            findings: vec![finding],
            files,
            ..Report::default()
        };
        let mut out = Vec::new();
        human::write_findings(&report, Look::Styled, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        proptest::prop_assert!(shown.contains("main.bicep:"), "{shown}");
        proptest::prop_assert!(!shown.contains('\u{1}'), "{shown}");
    }
}
