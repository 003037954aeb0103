//! What is in the files afterwards.

use super::*;

#[test]
fn only_what_is_safe_is_fixed_unless_asked() {
    let folder = Folder::new(&[("main.bicep", "// BAD ODD HMM\n")]);
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    main.bicep
      fixed[bad-word]: Replace `BAD` by `good`
      fixed[bad-word]: Replace `HMM` by `aha`

    Fixed 2 findings in 1 file (0.00 s); 1 left: 1 warning
    1 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- Findings
    ");
    assert_eq!(folder.text("main.bicep"), "// good ODD aha\n");
    insta::assert_snapshot!(folder.fix(&["./", "--unsafe"]), @"
    main.bicep
      fixed[bad-word]: Replace `ODD` by `even`

    Fixed 1 finding in 1 file (0.00 s)
    --- stderr
    --- Clean
    ");
    assert_eq!(folder.text("main.bicep"), "// good even aha\n");
    insta::assert_snapshot!(folder.fix(&["./", "--unsafe"]), @"
    Nothing to fix in 1 file (0.00 s)
    --- stderr
    --- Clean
    ");
}

#[test]
fn only_the_rules_that_are_named_count() {
    let folder = Folder::new(&[("main.bicep", "// BAD NEW\n")]);
    insta::assert_snapshot!(folder.fix(&["./", "--rule", "no-file"]), @"
    main.bicep
      fixed[no-file]: Add a file, with the new file new.bicep

    Fixed 1 finding in 2 files (0.00 s)
    --- stderr
    --- Clean
    ");
    assert_eq!(folder.text("main.bicep"), "// BAD old\n");
    assert_eq!(folder.text("new.bicep"), "var BAD = 1\n");
    folder.write("main.bicep", "// BAD\n");
    folder.fix(&["./", "--rule", "no-file,bad-word"]);
    assert_eq!(folder.text("main.bicep"), "// good\n");
}

#[test]
fn a_file_that_a_fix_adds_is_fixed_too() {
    let folder = Folder::new(&[("main.bicep", "// NEW\n")]);
    insta::assert_snapshot!(folder.fix(&["./main.bicep"]), @"
    main.bicep
      fixed[no-file]: Add a file, with the new file new.bicep
    new.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 2 findings in 2 files (0.00 s)
    --- stderr
    --- Clean
    ");
    assert_eq!(folder.text("main.bicep"), "// old\n");
    assert_eq!(folder.text("new.bicep"), "var good = 1\n");
    assert_eq!(folder.names(), ["main.bicep", "new.bicep"]);
}

#[test]
fn a_fix_of_several_files_changes_them_all() {
    let folder = Folder::new(&[
        ("main.bicep", &deploying("kv.bicep", "BOTH")),
        ("kv.bicep", "// BOTH\n"),
    ]);
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    main.bicep
      fixed[bad-word]: Write `both` everywhere, also in kv.bicep

    Fixed 1 finding in 2 files (0.00 s)
    --- stderr
    --- Clean
    ");
    assert_eq!(folder.text("main.bicep"), deploying("kv.bicep", "both"));
    assert_eq!(folder.text("kv.bicep"), "// both\n");
}

#[test]
fn files_that_nobody_gave_are_left() {
    let folder = Folder::new(&[
        ("infra/main.bicep", &deploying("../kv.bicep", "BOTH")),
        ("kv.bicep", "// BOTH BAD BAD\n"),
    ]);
    insta::assert_snapshot!(folder.fix(&["./infra"]), @"
    Nothing fixed in 2 files (0.00 s); 3 left: 3 errors
    `apim-ls check` shows what is left
    --- stderr
    warning: kv.bicep: 3 fixes left: it is not among the files given
    --- Findings
    ");
    assert_eq!(folder.text("kv.bicep"), "// BOTH BAD BAD\n");
    assert_eq!(
        folder.text("infra/main.bicep"),
        deploying("../kv.bicep", "BOTH")
    );
}

#[test]
fn line_breaks_encodings_and_byte_order_marks_stay() {
    let text = "// BAD é\r\nvar a = 1 // HMM\n\r\n// BAD";
    let expected = "// good é\r\nvar a = 1 // aha\n\r\n// good";
    let marked = |text: &str| format!("\u{FEFF}{text}");
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        marked(text).encode_utf16().flat_map(unit).collect()
    };
    for (before, after) in [
        (text.as_bytes().to_vec(), expected.as_bytes().to_vec()),
        (marked(text).into_bytes(), marked(expected).into_bytes()),
        (
            utf16(text, u16::to_le_bytes),
            utf16(expected, u16::to_le_bytes),
        ),
        (
            utf16(text, u16::to_be_bytes),
            utf16(expected, u16::to_be_bytes),
        ),
    ] {
        let folder = Folder::new(&[]);
        folder.write("main.bicep", before);
        folder.fix(&["./"]);
        assert_eq!(fs::read(folder.path("main.bicep")).unwrap(), after);
    }
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::new(&[("kept/main.bicep", "// BAD\n")]);
    let mode = |name: &str| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    fs::set_permissions(
        folder.path("kept/main.bicep"),
        fs::Permissions::from_mode(0o751),
    )
    .unwrap();
    symlink("kept/main.bicep", folder.path("link.bicep")).unwrap();
    folder.fix(&["./link.bicep"]);
    assert_eq!(folder.text("kept/main.bicep"), "// good\n");
    assert_eq!(mode("kept/main.bicep"), 0o751);
    assert!(
        fs::symlink_metadata(folder.path("link.bicep"))
            .unwrap()
            .is_symlink()
    );
    // What is added is as any other new file of this person.
    folder.write("main.bicep", "// NEW\n");
    folder.fix(&["./main.bicep"]);
    assert_eq!(mode("new.bicep"), mode("main.bicep"));
}

#[test]
fn a_file_without_fixes_is_not_written() {
    let folder = Folder::new(&[("main.bicep", "// ODD\n"), ("bad.bicep", "// BAD\n")]);
    let day = Day {
        replace: at("main.bicep", 1, |_| panic!("there is nothing to write")),
        ..Day::good()
    };
    folder.fix_on(day.dawn(), &["./"]);
    assert_eq!(folder.text("bad.bicep"), "// good\n");
}

#[test]
fn the_exit_code_tells_what_is_left() {
    let exit = |text: &str, line: &[&str]| {
        let folder = Folder::new(&[("main.bicep", text)]);
        let shown = folder.fix(&[&["./"], line].concat());
        shown.rsplit_once("--- ").unwrap().1.to_owned()
    };
    assert_eq!(exit("// BAD", &[]), "Clean");
    assert_eq!(exit("// ODD", &[]), "Findings");
    assert_eq!(exit("// ODD", &["--unsafe"]), "Clean");
    assert_eq!(exit("// ODD", &["--fail-on", "error"]), "Clean");
    assert_eq!(exit("// BAD", &["--diff"]), "Findings");
    assert_eq!(exit("// HMM", &["--diff"]), "Clean");
    assert_eq!(exit("// HMM", &["--diff", "--fail-on", "info"]), "Findings");
    assert_eq!(exit("// BAD", &["--diff", "--fail-on", "never"]), "Clean");
    assert_eq!(exit("// BAD", &["./missing.bicep"]), "Failure");
}
