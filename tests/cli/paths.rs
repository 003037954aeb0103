//! By which paths files name each other, and what they are called in reports.

use crate::workspace::{folder, found, module};

/// A service without an identity.
const SERVICE: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
}
";

#[test]
fn folders_that_are_named_are_one_workspace() {
    let folder = folder(&[
        (
            "apps/main.bicep",
            &module("gateway", "../shared/service.bicep", ""),
        ),
        ("shared/service.bicep", SERVICE),
        ("shared/other.bicep", "var a = 1\n"),
    ]);
    insta::assert_snapshot!(found(&folder, &["apps", "shared"]), @"
    shared/service.bicep:1 warning identity-missing
      apps/main.bicep:1 it is deployed here
    ");
    insta::assert_snapshot!(found(&folder, &["shared", "./apps/../apps"]), @"
    shared/service.bicep:1 warning identity-missing
      apps/../apps/main.bicep:1 it is deployed here
    ");
    // A module that is named alone is a root.
    insta::assert_snapshot!(found(&folder, &["shared/service.bicep"]), @"shared/service.bicep:1 warning identity-missing");
}

#[test]
fn modules_outside_of_the_named_folders_are_judged_too() {
    let folder = folder(&[
        (
            "infra/apps/main.bicep",
            &module("gateway", "../../shared/service.bicep", ""),
        ),
        ("shared/service.bicep", SERVICE),
    ]);
    insta::assert_snapshot!(found(&folder, &["infra"]), @"
    shared/service.bicep:1 warning identity-missing
      infra/apps/main.bicep:1 it is deployed here
    ");
    insta::assert_snapshot!(folder.check_from("infra", &["apps"]), @"
    warning[identity-missing]: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
     --> ../shared/service.bicep:1:10
      |
    1 | resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      |          ^^^^
      |
     ::: apps/main.bicep:1:8
      |
    1 | module gateway '../../shared/service.bicep' = {
      |        ------- it is deployed here
      |
      = help: Insert a system-assigned identity
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md

    1 warning in 1 of 2 files (0.00 s)
    --- stderr
    --- exit 1
    ");
    let absolute = folder.path().canonicalize().unwrap();
    let output = folder.check(&[absolute.join("infra").to_str().unwrap()]);
    let expected = absolute.join("shared").join("service.bicep");
    assert!(output.contains(expected.to_str().unwrap()), "{output}");
}

#[cfg(target_os = "linux")]
#[test]
fn letters_of_another_case_are_another_file() {
    let folder = folder(&[
        ("main.bicep", &module("gateway", "Service.bicep", "")),
        ("service.bicep", SERVICE),
    ]);
    insta::assert_snapshot!(found(&folder, &[]), @"
    service.bicep:1 warning identity-missing
    main.bicep: line 1: cannot read Service.bicep: no such file or folder
    ");
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_to_a_folder_leads_to_the_same_files() {
        let folder = folder(&[
            ("main.bicep", &module("gateway", "zlink/service.bicep", "")),
            (
                "other.bicep",
                &module("gateway", "modules/service.bicep", ""),
            ),
            ("modules/service.bicep", SERVICE),
        ]);
        for link in ["alink", "zlink"] {
            symlink("modules", folder.path().join(link)).unwrap();
        }
        insta::assert_snapshot!(found(&folder, &[]), @"
        modules/service.bicep:1 warning identity-missing
          main.bicep:1 it is deployed here
          other.bicep:1 it is deployed here
        ");
        // Whoever names the link means the link.
        insta::assert_snapshot!(found(&folder, &[".", "zlink/service.bicep"]), @"
        zlink/service.bicep:1 warning identity-missing
          main.bicep:1 it is deployed here
          other.bicep:1 it is deployed here
        ");
    }

    #[test]
    fn a_module_behind_a_link_is_named_as_it_is_referred_to() {
        let folder = folder(&[
            (
                "infra/main.bicep",
                &module("gateway", "link/service.bicep", ""),
            ),
            ("modules/service.bicep", SERVICE),
        ]);
        symlink("../modules", folder.path().join("infra/link")).unwrap();
        insta::assert_snapshot!(found(&folder, &["infra/main.bicep"]), @"
        infra/link/service.bicep:1 warning identity-missing
          infra/main.bicep:1 it is deployed here
        ");
    }

    #[test]
    fn a_module_that_may_not_be_read() {
        let folder = folder(&[
            ("main.bicep", &module("gateway", "locked/service.bicep", "")),
            ("locked/service.bicep", SERVICE),
        ]);
        let locked = folder.path().join("locked/service.bicep");
        fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
        if fs::read(&locked).is_ok() {
            // Nothing is locked for the superuser.
            return;
        }
        insta::assert_snapshot!(
            found(&folder, &["main.bicep"]),
            @"main.bicep: line 1: cannot read locked/service.bicep: no permission to read it"
        );
    }
}
