//! Files that cannot be written, or that others write meanwhile: nothing is half done.

use super::*;

fn forbidden(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::PermissionDenied.into())
}

/// Two files with a fix of both, and one beside them.
fn together() -> Folder {
    Folder::new(&[
        ("main.bicep", &deploying("kv.bicep", "BOTH")),
        ("kv.bicep", "// BOTH BAD\n"),
        ("other.bicep", "// BAD\n"),
    ])
}

/// The two are as they were, the one beside them is fixed, and nothing else is in the folder.
fn assert_nothing_half_done(folder: &Folder) {
    assert_eq!(folder.text("main.bicep"), deploying("kv.bicep", "BOTH"));
    assert_eq!(folder.text("kv.bicep"), "// BOTH BAD\n");
    assert_eq!(folder.text("other.bicep"), "// good\n");
    assert_eq!(folder.names(), ["kv.bicep", "main.bicep", "other.bicep"]);
}

#[test]
fn a_read_only_file() {
    let folder = together();
    let path = folder.path("kv.bicep");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    other.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 1 finding in 1 file (0.00 s); 2 left: 2 errors
    `apim-ls check` shows what is left
    --- stderr
    error: kv.bicep: 2 fixes left: it is read-only
    --- Failure
    ");
    assert_nothing_half_done(&folder);
    // What is not written may be read-only.
    insta::assert_snapshot!(folder.fix(&["./kv.bicep", "--diff"]), @"
    --- a/kv.bicep
    +++ b/kv.bicep
    @@ -1 +1 @@
    -// BOTH BAD
    +// both good
    --- stderr
    Would fix 2 findings in 1 file (0.00 s)
    --- Findings
    ");
}

#[test]
fn a_file_that_changes_before_it_is_written() {
    // The first opening is the reading, the second one that before it is written.
    for time in [2, 3] {
        let folder = together();
        let day = Day {
            open: at("kv.bicep", time, |path| fs::write(path, "// mine\n")),
            ..Day::good()
        };
        let shown = folder.fix_on(day.dawn(), &["./"]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown, @"
            other.bicep
              fixed[bad-word]: Replace `BAD` by `good`

            Fixed 1 finding in 1 file (0.00 s); 2 fixes could not be made
            --- stderr
            error: kv.bicep: not fixed: it changed since it was read
            error: main.bicep: not fixed: its fixes belong together with those in kv.bicep
            --- Failure
            ");
        }
        assert_eq!(folder.text("kv.bicep"), "// mine\n");
        folder.write("kv.bicep", "// BOTH BAD\n");
        assert_nothing_half_done(&folder);
    }
}

#[test]
fn a_file_that_changes_before_its_difference_is_shown() {
    let folder = together();
    let day = Day {
        open: at("kv.bicep", 2, |path| fs::write(path, "// mine\n")),
        ..Day::good()
    };
    insta::assert_snapshot!(folder.fix_on(day.dawn(), &["./", "--diff"]), @"
    --- a/other.bicep
    +++ b/other.bicep
    @@ -1 +1 @@
    -// BAD
    +// good
    --- stderr
    error: kv.bicep: not fixed: it changed since it was read
    error: main.bicep: not fixed: its fixes belong together with those in kv.bicep
    Would fix 1 finding in 1 file (0.00 s); 2 fixes could not be made
    --- Failure
    ");
}

#[test]
fn a_file_that_is_gone() {
    let folder = together();
    let day = Day {
        open: at("kv.bicep", 2, |path| fs::remove_file(path)),
        ..Day::good()
    };
    let shown = folder.fix_on(day.dawn(), &["./"]);
    insta::assert_snapshot!(shown, @"
    other.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 1 finding in 1 file (0.00 s); 2 fixes could not be made
    --- stderr
    error: kv.bicep: not fixed: no such file or folder
    error: main.bicep: not fixed: its fixes belong together with those in kv.bicep
    --- Failure
    ");
    folder.write("kv.bicep", "// BOTH BAD\n");
    assert_nothing_half_done(&folder);
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = together();
    let day = Day {
        stage: at("kv.bicep", 1, forbidden),
        ..Day::good()
    };
    insta::assert_snapshot!(folder.fix_on(day.dawn(), &["./"]), @"
    other.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 1 finding in 1 file (0.00 s); 2 fixes could not be made
    --- stderr
    error: kv.bicep: not fixed: no permission to write into its folder
    error: main.bicep: not fixed: its fixes belong together with those in kv.bicep
    --- Failure
    ");
    assert_nothing_half_done(&folder);
}

#[test]
fn a_disk_that_is_full() {
    let folder = together();
    let day = Day {
        stage: at("main.bicep", 1, |_| {
            Err(io::Error::other("no space left on device (os error 28)"))
        }),
        ..Day::good()
    };
    insta::assert_snapshot!(folder.fix_on(day.dawn(), &["./"]), @"
    other.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 1 finding in 1 file (0.00 s); 2 fixes could not be made
    --- stderr
    error: main.bicep: not fixed: no space left on device
    error: kv.bicep: not fixed: its fixes belong together with those in main.bicep
    --- Failure
    ");
    assert_nothing_half_done(&folder);
}

#[test]
fn a_file_that_others_add_meanwhile() {
    let mine = |path: &Path| fs::write(path.with_file_name("new.bicep"), "// mine\n");
    for day in [
        Day {
            stage: at("main.bicep", 1, mine),
            ..Day::good()
        },
        Day {
            add: at("new.bicep", 1, mine),
            ..Day::good()
        },
    ] {
        let folder = Folder::new(&[("main.bicep", "// NEW\n")]);
        let shown = folder.fix_on(day.dawn(), &["./"]);
        assert_eq!(folder.text("main.bicep"), "// NEW\n");
        assert_eq!(folder.text("new.bicep"), "// mine\n");
        assert_eq!(folder.names(), ["main.bicep", "new.bicep"]);
        let refused = "new.bicep: not fixed: there is such a file meanwhile\n";
        assert!(
            shown.contains(refused) && shown.ends_with("Failure"),
            "{shown}"
        );
    }
}

#[test]
fn what_was_written_before_it_went_wrong_is_said() {
    let folder = Folder::new(&[
        ("main.bicep", &deploying("kv.bicep", "BOTH NEW")),
        ("kv.bicep", "// BOTH\n"),
    ]);
    let day = Day {
        replace: at("kv.bicep", 1, forbidden),
        ..Day::good()
    };
    insta::assert_snapshot!(folder.fix_on(day.dawn(), &["./"]), @"
    new.bicep
      fixed[bad-word]: Replace `BAD` by `good`

    Fixed 1 finding in 1 file (0.00 s); 2 fixes could not be made
    --- stderr
    error: kv.bicep: not fixed: no permission to write it; what belongs to it was written already: new.bicep
    error: main.bicep: not written, as what belongs to it could not be
    --- Failure
    ");
    assert_eq!(folder.text("kv.bicep"), "// BOTH\n");
    assert_eq!(folder.text("main.bicep"), deploying("kv.bicep", "BOTH NEW"));
    assert_eq!(folder.names(), ["kv.bicep", "main.bicep", "new.bicep"]);
}

#[test]
fn a_program_that_cannot_be_judged() {
    let folder = Folder::new(&[("main.bicep", "// PANIC\n"), ("other.bicep", "// BAD\n")]);
    let shown = folder.fix(&["./"]);
    assert!(
        shown.contains("error: main.bicep: internal error, please report it: the toy broke"),
        "{shown}"
    );
    assert!(shown.ends_with("Failure"), "{shown}");
    assert_eq!(folder.text("other.bicep"), "// good\n");
}
