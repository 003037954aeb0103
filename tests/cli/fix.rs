//! `apim-ls fix`: the real rules and their fixes, on files.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::workspace::folder;
use crate::{Folder, shown};

/// A service without an identity that reads a vault, by a version of a secret, in the classic order
/// of a template that grew.
const MAIN: &str = "\
resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'safe'
  location: 'westeurope'
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
  }
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  sku: {
    name: 'Developer'
    capacity: 1
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
  }
}

resource backendKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'backend-key'
  properties: {
    displayName: 'backend-key'
    secret: true
    keyVault: {
      secretIdentifier: '${keyVault.properties.vaultUri}secrets/backend-key/2f1d0c6b7a894e5f8c3b2a1d0e9f8c7b'
    }
  }
}
";

/// The fixtures of this repository, in a folder of their own.
fn fixtures() -> Folder {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let folder = Folder::new(&[]);
    for situation in ["no-identity", "internal-vnet-user-identity"] {
        for file in ["main.bicep", "azuredeploy.json"] {
            let text = fs::read(fixtures.join(situation).join(file)).unwrap();
            folder.write(&format!("{situation}/{file}"), text);
        }
    }
    folder
}

impl Folder {
    fn fix(&self, arguments: &[&str]) -> String {
        self.run(&[&["fix"], arguments].concat())
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path().join(file)).unwrap()
    }

    fn text(&self, file: &str) -> String {
        String::from_utf8(self.read(file)).unwrap()
    }
}

#[test]
fn help() {
    insta::assert_snapshot!(Folder::new(&[]).fix(&["--help"]), @"
    Fix what is found, as far as that can be done without a person

    Usage: apim-ls fix [OPTIONS] [PATH]...

    Arguments:
      [PATH]...
              Files and folders to fix
              
              They are judged as `check` judges them, together with the modules that they deploy. Only
              files that are named here, or found in a folder named here, are changed; new files come
              beside them.
              
              [default: .]

    Options:
          --unsafe
              Make fixes too that may change what already works
              
              Of several fixes of a finding the first one is made, a safe one before any other. What
              changes the shape of a deployment is made only if the finding has no other fix; what
              leaves a value for you to fill in is never made here, but offered in an editor.

          --rule <ID>
              Fix what this rule finds, and nothing else; may be given several times

          --diff
              Show what would change, and write nothing
              
              The difference goes to standard output, for `git apply` or `patch -p1`, everything else to
              standard error.

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
      0  Nothing is left at the level of --fail-on or above
      1  Something is left; with --diff, where nothing is written, also what it would fix
      2  Not done: wrong arguments, a named path that is missing or cannot be read, a file that cannot
         be written or changed meanwhile, an internal error

    With --rule, only what these rules find counts.

    A file is replaced in one piece. If one of the files that a fix changes cannot be written, none of
    them is.
    --- stderr
    --- exit 0
    ");
}

#[test]
fn the_fixtures_are_fixed_as_far_as_that_is_safe() {
    let folder = fixtures();
    insta::assert_snapshot!(folder.fix(&[]), @"
    internal-vnet-user-identity/azuredeploy.json
      fixed[role-principal-type-missing]: Add `principalType: 'ServicePrincipal'`
      fixed[secret-uri-versioned]: Refer to the newest version
    internal-vnet-user-identity/main.bicep
      fixed[role-principal-type-missing]: Add `principalType: 'ServicePrincipal'`
      fixed[secret-uri-versioned]: Refer to the newest version
    no-identity/azuredeploy.json
      fixed[identity-missing]: Insert a system-assigned identity
    no-identity/main.bicep
      fixed[identity-missing]: Insert a system-assigned identity

    Fixed 6 findings in 4 files (0.00 s); 2 left: 2 errors
    2 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- exit 1
    ");
    let before = folder.text("no-identity/main.bicep");
    insta::assert_snapshot!(folder.fix(&["no-identity"]), @"
    Nothing to fix in 2 files (0.00 s)
    --- stderr
    --- exit 0
    ");
    assert_eq!(folder.text("no-identity/main.bicep"), before);
}

#[test]
fn one_fix_brings_the_next_to_light() {
    let folder = folder(&[("main.bicep", MAIN)]);
    insta::assert_snapshot!(folder.fix(&[]), @"
    main.bicep
      fixed[identity-missing]: Insert a system-assigned identity
      fixed[secret-uri-versioned]: Refer to the newest version

    Fixed 2 findings in 1 file (0.00 s); 2 left: 1 error, 1 info
    2 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- exit 1
    ");
    insta::assert_snapshot!(folder.fix(&["--unsafe"]), @"
    main.bicep
      fixed[api-version-retired]: Use API version 2026-02-01
      fixed[vault-access-missing]: Let the identity read `keyVault`: assign the role Key Vault Secrets User

    Fixed 2 findings in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    let at_once = crate::workspace::folder(&[("main.bicep", MAIN)]);
    at_once.fix(&["--unsafe"]);
    assert_eq!(at_once.text("main.bicep"), folder.text("main.bicep"));
    insta::assert_snapshot!(folder.text("main.bicep"), @"
    resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' = {
      name: 'safe'
      location: 'westeurope'
      properties: {
        tenantId: tenant().tenantId
        sku: {
          family: 'A'
          name: 'standard'
        }
        enableRbacAuthorization: true
        enablePurgeProtection: true
      }
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'gateway'
      location: 'westeurope'
      sku: {
        name: 'Developer'
        capacity: 1
      }
      identity: {
        type: 'SystemAssigned'
      }
      properties: {
        publisherEmail: 'api@contoso.com'
        publisherName: 'Contoso'
      }
    }

    resource apimKeyVaultSecretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
      scope: keyVault
      properties: {
        roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
        principalId: apim.identity.principalId
        principalType: 'ServicePrincipal'
      }
    }

    resource backendKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
      parent: apim
      name: 'backend-key'
      dependsOn: [
        apimKeyVaultSecretsUser
      ]
      properties: {
        displayName: 'backend-key'
        secret: true
        keyVault: {
          secretIdentifier: '${keyVault.properties.vaultUri}secrets/backend-key'
        }
      }
    }
    ");
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
}

#[test]
fn the_difference_applied_is_the_fix() {
    for (tool, line) in [
        ("git", &["apply", "../fix.diff"][..]),
        ("patch", &["-s", "-p1", "--binary", "-i", "../fix.diff"]),
    ] {
        let folder = Folder::new(&[]);
        let marked = format!("\u{FEFF}{MAIN}");
        let windows = MAIN.replace('\n', "\r\n");
        for (name, text) in [
            ("main.bicep", MAIN),
            ("windows.bicep", &windows),
            ("with a blank/marked.bicep", &marked),
            ("open end.bicep", MAIN.trim_end()),
            ("é.bicep", MAIN),
        ] {
            folder.write(&format!("fixed/{name}"), text);
            folder.write(&format!("applied/{name}"), text);
        }
        let mut command = folder.command(&["fix", "--unsafe", "--diff"]);
        let diff = command
            .current_dir(folder.path().join("applied"))
            .output()
            .unwrap();
        assert_eq!(diff.status.code(), Some(1));
        folder.write("fix.diff", diff.stdout);
        assert_eq!(folder.text("applied/main.bicep"), MAIN);
        let mut command = Command::new(tool);
        command
            .args(line)
            .current_dir(folder.path().join("applied"));
        // Nobody's own settings, and no repository around.
        command
            .env("GIT_CONFIG_GLOBAL", folder.path().join("none"))
            .env("GIT_CEILING_DIRECTORIES", folder.path());
        let Ok(applied) = command.stdin(Stdio::null()).output() else {
            // It is not installed here.
            continue;
        };
        assert!(applied.status.success(), "{tool}: {applied:?}");
        let mut command = folder.command(&["fix", "--unsafe"]);
        shown(command.current_dir(folder.path().join("fixed")));
        for name in [
            "main.bicep",
            "windows.bicep",
            "with a blank/marked.bicep",
            "open end.bicep",
            "é.bicep",
        ] {
            let (fixed, applied) = (format!("fixed/{name}"), format!("applied/{name}"));
            assert_eq!(folder.text(&fixed), folder.text(&applied), "{tool}: {name}");
            assert!(folder.text(&fixed).contains("SystemAssigned"));
        }
    }
}

#[test]
fn the_difference_of_files_elsewhere_is_seen_from_the_root() {
    let folder = folder(&[("infra/main.bicep", MAIN), ("here/a.bicep", "")]);
    let mut command = folder.command(&["fix", "--diff", "../infra"]);
    let output = shown(command.current_dir(folder.path().join("here")));
    let below_root = folder
        .path()
        .canonicalize()
        .unwrap()
        .join("infra/main.bicep");
    let below_root = below_root
        .strip_prefix("/")
        .unwrap_or(&below_root)
        .display()
        .to_string();
    assert!(
        output.contains(&format!("+++ b/{below_root}\n")),
        "{output}"
    );
}

#[test]
fn fixes_of_one_rule_alone() {
    let folder = folder(&[("main.bicep", MAIN)]);
    insta::assert_snapshot!(folder.fix(&["--rule", "secret-uri-versioned"]), @"
    main.bicep
      fixed[secret-uri-versioned]: Refer to the newest version

    Fixed 1 finding in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    assert!(!folder.text("main.bicep").contains("SystemAssigned"));
    insta::assert_snapshot!(folder.fix(&["--rule", "secret-uri-version"]), @"
    --- stderr
    error: there is no rule 'secret-uri-version'

      tip: a similar rule exists: 'secret-uri-versioned'

    `apim-ls rules` lists all rules.
    --- exit 2
    ");
}

#[test]
fn what_is_silenced_is_not_fixed() {
    let silenced = MAIN.replace(
        "resource apim",
        "#disable-next-line identity-missing\nresource apim",
    );
    let folder = folder(&[("main.bicep", &silenced)]);
    insta::assert_snapshot!(folder.fix(&["--rule", "identity-missing"]), @"
    Nothing to fix in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    assert_eq!(folder.text("main.bicep"), silenced);
    let unused = "#disable-next-line identity-missing\nvar a = 1\n";
    folder.write("main.bicep", unused);
    insta::assert_snapshot!(folder.fix(&[]), @"
    main.bicep
      fixed[suppression-unused]: Remove what suppresses nothing

    Fixed 1 finding in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    assert_eq!(folder.text("main.bicep"), "var a = 1\n");
}

#[test]
fn text_in_utf16_stays_so() {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = "\u{FEFF}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let folder = folder(&[("plain.bicep", MAIN)]);
    folder.write("utf16.bicep", utf16(MAIN));
    folder.fix(&[]);
    let fixed = folder.text("plain.bicep");
    assert_ne!(fixed, MAIN);
    assert_eq!(folder.read("utf16.bicep"), utf16(&fixed));
}

#[test]
fn a_read_only_file_is_refused() {
    let folder = folder(&[("main.bicep", MAIN), ("other.bicep", MAIN)]);
    let path = folder.path().join("main.bicep");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    insta::assert_snapshot!(folder.fix(&[]), @"
    other.bicep
      fixed[identity-missing]: Insert a system-assigned identity
      fixed[secret-uri-versioned]: Refer to the newest version

    Fixed 2 findings in 1 file (0.00 s); 5 left: 2 errors, 1 warning, 2 info
    3 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    error: main.bicep: 2 fixes left: it is read-only
    --- exit 2
    ");
    assert_eq!(folder.text("main.bicep"), MAIN);
    assert_ne!(folder.text("other.bicep"), MAIN);
}

#[cfg(unix)]
#[test]
fn a_link_stays_one() {
    let folder = folder(&[("shared/main.bicep", MAIN)]);
    fs::create_dir(folder.path().join("infra")).unwrap();
    std::os::unix::fs::symlink(
        "../shared/main.bicep",
        folder.path().join("infra/main.bicep"),
    )
    .unwrap();
    insta::assert_snapshot!(folder.fix(&["infra"]), @"
    infra/main.bicep
      fixed[identity-missing]: Insert a system-assigned identity
      fixed[secret-uri-versioned]: Refer to the newest version

    Fixed 2 findings in 1 file (0.00 s); 2 left: 1 error, 1 info
    2 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- exit 1
    ");
    let link = fs::symlink_metadata(folder.path().join("infra/main.bicep")).unwrap();
    assert!(link.is_symlink());
    assert!(folder.text("shared/main.bicep").contains("SystemAssigned"));
}

#[test]
fn modules_beside_the_files_that_are_given() {
    let main = "module kv '../shared/apim.bicep' = {\n  name: 'apim'\n}\n";
    let folder = folder(&[("infra/main.bicep", main), ("shared/apim.bicep", MAIN)]);
    insta::assert_snapshot!(folder.fix(&["infra"]), @"
    Nothing fixed in 2 files (0.00 s); 3 left: 1 error, 1 warning, 1 info
    1 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    warning: shared/apim.bicep: 2 fixes left: it is not among the files given
    --- exit 1
    ");
    assert_eq!(folder.text("shared/apim.bicep"), MAIN);
    insta::assert_snapshot!(folder.fix(&["infra", "shared"]), @"
    shared/apim.bicep
      fixed[identity-missing]: Insert a system-assigned identity
      fixed[secret-uri-versioned]: Refer to the newest version

    Fixed 2 findings in 1 file (0.00 s); 2 left: 1 error, 1 info
    2 more with --unsafe
    `apim-ls check` shows what is left
    --- stderr
    --- exit 1
    ");
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(Folder::new(&["main.bicep"]).fix(&[]), @"
    Nothing to fix in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    insta::assert_snapshot!(Folder::new(&["main.bicep"]).fix(&["--diff"]), @"
    --- stderr
    Nothing to fix in 1 file (0.00 s)
    --- exit 0
    ");
    insta::assert_snapshot!(Folder::new(&[]).fix(&["missing"]), @"
    Nothing could be checked in 1 file
    --- stderr
    error: missing: no such file or folder
    --- exit 2
    ");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_does_not_change_what_is_done() {
    let folder = fixtures();
    let mut child = folder
        .command(&["fix"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(
        folder
            .text("no-identity/main.bicep")
            .contains("SystemAssigned")
    );
}
