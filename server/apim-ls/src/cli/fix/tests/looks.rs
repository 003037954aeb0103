//! What a person sees.

use super::*;

#[test]
fn nothing_to_fix() {
    let folder = Folder::new(&[("main.bicep", "// fine\n")]);
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    Nothing to fix in 1 file (0.00 s)
    --- stderr
    --- Clean
    ");
    let folder = Folder::new(&[]);
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    Nothing to check: no Bicep file and no ARM template found
    --- stderr
    --- Clean
    ");
}

#[test]
fn the_same_fix_is_told_once() {
    let folder = Folder::new(&[
        ("b.bicep", "// BAD ODD BAD ODD\n"),
        ("a.bicep", "// HMM BAD BAD\n"),
    ]);
    insta::assert_snapshot!(folder.fix(&["./"]), @"
    a.bicep
      fixed[bad-word]: Replace `HMM` by `aha`
      fixed[bad-word]: Replace `BAD` by `good` (2 times)
    b.bicep
      fixed[bad-word]: Replace `BAD` by `good` (2 times)

    Fixed 5 findings in 2 files (0.00 s); 2 left: 2 warnings
    2 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- Findings
    ");
}

#[test]
fn colours() {
    let folder = Folder::new(&[("main.bicep", "// BAD\n")]);
    insta::assert_snapshot!(folder.fix_as(&Disk, &["./", "--diff"], Look::Styled), @"
    [1m--- a/main.bicep[0m
    [1m+++ b/main.bicep[0m
    [36m@@ -1 +1 @@[0m
    [31m-// BAD[0m
    [32m+// good[0m
    --- stderr
    Would fix 1 finding in 1 file (0.00 s)
    --- Findings
    ");
    insta::assert_snapshot!(folder.fix_as(&Disk, &["./"], Look::Styled), @"
    main.bicep
      [1m[92mfixed[bad-word][0m[1m: Replace `BAD` by `good`[0m

    Fixed 1 finding in 1 file (0.00 s)
    --- stderr
    --- Clean
    ");
}

#[test]
fn a_difference() {
    let folder = Folder::new(&[
        (
            "main.bicep",
            "// 1\n// 2\n// 3\n// 4\n// NEW\n// 6\n// 7\n// 8\n// 9\n// 10\n// 11\n// 12\n// BAD",
        ),
        ("odd \"name\".bicep", "// BAD\r\nvar a = 1\n"),
        ("with blank.bicep", "// BAD\u{1b}[31m"),
    ]);
    insta::assert_snapshot!(folder.fix(&["./", "--diff"]), @r#"
    --- a/main.bicep
    +++ b/main.bicep
    @@ -2,7 +2,7 @@
     // 2
     // 3
     // 4
    -// NEW
    +// old
     // 6
     // 7
     // 8
    @@ -10,4 +10,4 @@
     // 10
     // 11
     // 12
    -// BAD
    \ No newline at end of file
    +// good
    \ No newline at end of file
    --- /dev/null
    +++ b/new.bicep
    @@ -0,0 +1 @@
    +var good = 1
    --- "a/odd \"name\".bicep"
    +++ "b/odd \"name\".bicep"
    @@ -1,2 +1,2 @@
    -// BAD
    +// good
     var a = 1
    --- a/with blank.bicep	
    +++ b/with blank.bicep	
    @@ -1 +1 @@
    -// BAD[31m
    \ No newline at end of file
    +// good[31m
    \ No newline at end of file
    --- stderr
    Would fix 5 findings in 4 files (0.00 s)
    --- Findings
    "#);
    assert_eq!(folder.text("odd \"name\".bicep"), "// BAD\r\nvar a = 1\n");
}

#[test]
fn a_difference_of_utf16_cannot_be_applied() {
    let folder = Folder::new(&[]);
    let utf16: Vec<u8> = "\u{FEFF}// BAD\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("main.bicep", utf16);
    insta::assert_snapshot!(folder.fix(&["./", "--diff"]), @"
    --- a/main.bicep
    +++ b/main.bicep
    @@ -1 +1 @@
    -// BAD
    +// good
    --- stderr
    warning: main.bicep: as it is UTF-16, its difference is only to be read, not to be applied
    Would fix 1 finding in 1 file (0.00 s)
    --- Findings
    ");
}
