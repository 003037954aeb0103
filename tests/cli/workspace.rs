//! Templates that deploy each other, and the parameters that they are deployed with.

use std::fmt::Write as _;

use serde_json::Value;

use crate::Folder;

/// A module that declares a service whose type of identity is the parameter `kind`.
const SERVICE: &str = "param kind string = 'SystemAssigned'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind }
}
";

/// One without an identity.
const WITHOUT: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
}
";

/// The declaration of a module with `params`.
pub fn module(symbol: &str, path: &str, params: &str) -> String {
    format!("module {symbol} '{path}' = {{\n  name: '{symbol}'\n  params: {{ {params} }}\n}}\n")
}

pub fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(&[]);
    for (name, text) in files {
        folder.write(name, text);
    }
    folder
}

/// The findings of a check, `file:line rule`, with the places that belong to them.
pub fn found(folder: &Folder, arguments: &[&str]) -> String {
    let arguments = [&["check", "--format", "json"], arguments].concat();
    let output = folder.command(&arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut lines = String::new();
    let place = |it: &Value| {
        let line = &it["range"]["start"]["line"];
        format!("{}:{line}", it["file"].as_str().unwrap())
    };
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let level = finding["level"].as_str().unwrap();
        let _ = writeln!(lines, "{} {level} {rule}", place(finding));
        for related in finding["related"].as_array().unwrap() {
            let message = related["message"].as_str().unwrap();
            let _ = writeln!(lines, "  {} {message}", place(related));
        }
    }
    for unread in report["unread"].as_array().unwrap() {
        let reason = unread["reason"].as_str().unwrap();
        let _ = writeln!(lines, "{}: {reason}", unread["file"].as_str().unwrap());
    }
    lines
}

#[test]
fn a_finding_shows_the_places_in_other_files() {
    let folder = folder(&[
        (
            "main.bicep",
            &module("gateway", "modules/service.bicep", "kind: 'System'"),
        ),
        ("modules/service.bicep", SERVICE),
    ]);
    insta::assert_snapshot!(folder.check(&[]), @"
    error[identity-invalid]: 'System' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
     --> main.bicep:3:19
      |
    1 | module gateway 'modules/service.bicep' = {
      |        ------- it is deployed here
    2 |   name: 'gateway'
    3 |   params: { kind: 'System' }
      |                   ^^^^^^^^
      |
     ::: modules/service.bicep:2:10
      |
    2 | resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      |          ---- `apim` gets it
      |
      = help: Change the type to `SystemAssigned`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-invalid.md

    1 error in 1 of 2 files (0.00 s)
    --- stderr
    --- exit 1
    ");
}

#[test]
fn json_names_the_file_of_every_place() {
    let folder = folder(&[
        (
            "main.bicep",
            &module("gateway", "modules/service.bicep", ""),
        ),
        ("modules/service.bicep", WITHOUT),
    ]);
    insta::assert_snapshot!(folder.check(&["--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [
        {
          "rule": "identity-missing",
          "level": "warning",
          "message": "`apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself",
          "file": "modules/service.bicep",
          "range": {
            "start": {
              "line": 1,
              "column": 10
            },
            "end": {
              "line": 1,
              "column": 14
            }
          },
          "related": [
            {
              "file": "main.bicep",
              "range": {
                "start": {
                  "line": 1,
                  "column": 8
                },
                "end": {
                  "line": 1,
                  "column": 15
                }
              },
              "message": "it is deployed here"
            }
          ],
          "fixes": [
            {
              "title": "Insert a system-assigned identity",
              "applicability": "safe"
            }
          ]
        }
      ],
      "unread": [],
      "unseen": []
    }
    --- stderr
    --- exit 1
    "#);
}

#[test]
fn a_finding_names_the_parameter_file_that_it_rests_on() {
    let folder = folder(&[
        ("main.bicep", SERVICE),
        (
            "main.dev.bicepparam",
            "using 'main.bicep'\nparam kind = 'System'\n",
        ),
        (
            "main.prod.bicepparam",
            "using 'main.bicep'\nparam kind = 'SystemAssigned'\n",
        ),
    ]);
    insta::assert_snapshot!(folder.check(&[]), @"
    error[identity-invalid]: 'System' is no type of identity when deployed with `main.dev.bicepparam`: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
     --> main.dev.bicepparam:2:14
      |
    2 | param kind = 'System'
      |              ^^^^^^^^
      |
     ::: main.bicep:2:10
      |
    2 | resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      |          ---- `apim` gets it
      |
      = help: Change the type to `SystemAssigned`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-invalid.md

    1 error in 1 of 3 files (0.00 s)
    --- stderr
    --- exit 1
    ");
}

#[test]
fn json_parameters_belong_to_the_template_of_their_name() {
    let values = r#"{ "parameters": { "kind": { "value": "System" } } }"#;
    let folder = folder(&[("main.bicep", SERVICE), ("main.parameters.json", values)]);
    insta::assert_snapshot!(found(&folder, &[]), @"
    main.parameters.json:1 error identity-invalid
      main.bicep:2 `apim` gets it
    ");
    insta::assert_snapshot!(folder.check(&["main.parameters.json"]), @"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: main.parameters.json: no template in sight is deployed with it
    --- exit 0
    ");
}

#[test]
fn whoever_names_parameters_means_their_template() {
    let folder = folder(&[
        (
            "infra/main.bicep",
            &(String::from("param kind string\n")
                + &module("gateway", "service.bicep", "kind: kind")),
        ),
        ("infra/service.bicep", SERVICE),
        (
            "dev.bicepparam",
            "using 'infra/main.bicep'\nparam kind = 'System'\n",
        ),
    ]);
    insta::assert_snapshot!(folder.check(&["dev.bicepparam"]), @"
    error[identity-invalid]: 'System' is no type of identity when deployed with `dev.bicepparam`: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
     --> dev.bicepparam:2:14
      |
    2 | param kind = 'System'
      |              ^^^^^^^^
      |
     ::: infra/service.bicep:2:10
      |
    2 | resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      |          ---- `apim` gets it
      |
     ::: infra/main.bicep:2:8
      |
    2 | module gateway 'service.bicep' = {
      |        ------- it is deployed here
      |
      = help: Change the type to `SystemAssigned`
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-invalid.md

    1 error in 1 of 3 files (0.00 s)
    --- stderr
    --- exit 1
    ");
}

#[test]
fn parameters_without_their_template() {
    let folder = folder(&[
        ("main.bicep", "var a = 1\n"),
        (
            "gone.bicepparam",
            "using 'gone.bicep'\nparam kind = 'System'\n",
        ),
    ]);
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 2 files (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: gone.bicepparam: line 1: cannot read gone.bicep: no such file or folder
    --- exit 0
    ");
}

#[test]
fn the_same_from_two_callers_comes_once() {
    let folder = folder(&[
        ("a.bicep", &module("gateway", "service.bicep", "")),
        ("b.bicep", &module("gateway", "service.bicep", "")),
        ("service.bicep", WITHOUT),
    ]);
    insta::assert_snapshot!(found(&folder, &[]), @"
    service.bicep:1 warning identity-missing
      a.bicep:1 it is deployed here
      b.bicep:1 it is deployed here
    ");
}

#[test]
fn a_module_that_is_missing() {
    let folder = folder(&[(
        "main.bicep",
        &format!(
            "{}{}import {{ a }} from 'shared.bicep'\n",
            module("network", "modules/network.bicep", ""),
            module("again", "modules/network.bicep", "")
        ),
    )]);
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 1 file (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: main.bicep: line 1: cannot read modules/network.bicep: no such file or folder
    warning: main.bicep: line 9: cannot read shared.bicep: no such file or folder
    --- exit 0
    ");
    insta::assert_snapshot!(folder.check(&["--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [
        {
          "file": "main.bicep",
          "reason": "line 1: cannot read modules/network.bicep: no such file or folder"
        },
        {
          "file": "main.bicep",
          "reason": "line 9: cannot read shared.bicep: no such file or folder"
        }
      ],
      "unseen": []
    }
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn modules_that_cannot_be_read() {
    let folder = folder(&[
        (
            "infra/main.bicep",
            &[
                "folder.bicep",
                "huge.bicep",
                "binary.json",
                "other.json",
                "broken.bicep",
            ]
            .map(|path| {
                module(
                    path.split('.').next().unwrap(),
                    &format!("../modules/{path}"),
                    "",
                )
            })
            .concat(),
        ),
        ("modules/folder.bicep/a.txt", ""),
        ("modules/huge.bicep", &" ".repeat(10_000_001)),
        ("modules/binary.json", "{\0"),
        ("modules/other.json", "{}"),
        ("modules/broken.bicep", "var a = 1\n)\n"),
    ]);
    insta::assert_snapshot!(folder.check(&["infra"]), @"
    No problems in 2 files (0.00 s); 2 files could not be checked whole
    --- stderr
    warning: infra/main.bicep: line 1: cannot read modules/folder.bicep: not a regular file
    warning: infra/main.bicep: line 5: cannot read modules/huge.bicep: larger than 10 MB, too large for a template
    warning: infra/main.bicep: line 9: cannot read modules/binary.json: not a text file: a zero byte at offset 1
    warning: infra/main.bicep: line 13: cannot read modules/other.json: not a template
    warning: modules/broken.bicep: line 2: not valid Bicep from here; the rest of the file was checked
    --- exit 0
    ");
    // What is in sight is told once.
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 2 files (0.00 s); 3 files could not be checked whole
    --- stderr
    warning: infra/main.bicep: line 1: cannot read modules/folder.bicep: not a regular file
    warning: infra/main.bicep: line 9: cannot read modules/binary.json: not a text file: a zero byte at offset 1
    warning: infra/main.bicep: line 13: cannot read modules/other.json: not a template
    warning: modules/broken.bicep: line 2: not valid Bicep from here; the rest of the file was checked
    warning: modules/huge.bicep: larger than 10 MB, too large for a template
    --- exit 0
    ");
}

#[test]
fn modules_that_deploy_each_other() {
    let folder = folder(&[
        ("a.bicep", &module("b", "b/b.bicep", "")),
        ("b/b.bicep", &format!("\n{}", module("c", "../c.bicep", ""))),
        ("c.bicep", &module("a", "a.bicep", "")),
        ("main.bicep", &module("b", "b/b.bicep", "")),
        ("self.bicep", &module("again", "./self.bicep", "")),
    ]);
    insta::assert_snapshot!(folder.check(&[]), @"
    No problems in 5 files (0.00 s); 2 files could not be checked whole
    --- stderr
    warning: a.bicep: line 1: modules deploy each other in a circle; what is behind that is not judged: a.bicep -> b/b.bicep -> c.bicep -> a.bicep
    warning: self.bicep: line 1: it deploys itself; what is behind that is not judged
    --- exit 0
    ");
    insta::assert_snapshot!(folder.check(&["main.bicep"]), @"
    No problems in 4 files (0.00 s); 1 file could not be checked whole
    --- stderr
    warning: a.bicep: line 1: modules deploy each other in a circle; what is behind that is not judged: a.bicep -> b/b.bicep -> c.bicep -> a.bicep
    --- exit 0
    ");
}

#[test]
fn modules_that_are_kept_elsewhere_are_counted() {
    let folder = folder(&[
        (
            "main.bicep",
            &(module("one", "br:contoso.azurecr.io/one:1.0", "")
                + &module("two", "ts:0-0/group/two:1.0", "")
                + &module("cached", "br:contoso.azurecr.io/cached:1.0", "")),
        ),
        (
            "home/.bicep/br/contoso.azurecr.io/cached/1.0$/main.json",
            crate::TEMPLATE,
        ),
    ]);
    insta::assert_snapshot!(folder.check(&["main.bicep"]), @"
    No problems in 1 file (0.00 s); 2 modules could not be seen into
    --- stderr
    --- exit 0
    ");
    insta::assert_snapshot!(folder.check(&["main.bicep", "--format", "json"]), @r#"
    {
      "version": 1,
      "findings": [],
      "unread": [],
      "unseen": [
        {
          "file": "main.bicep",
          "range": {
            "start": {
              "line": 1,
              "column": 8
            },
            "end": {
              "line": 1,
              "column": 11
            }
          },
          "reason": "br:contoso.azurecr.io/one:1.0 is not in the cache of this machine"
        },
        {
          "file": "main.bicep",
          "range": {
            "start": {
              "line": 5,
              "column": 8
            },
            "end": {
              "line": 5,
              "column": 11
            }
          },
          "reason": "ts:0-0/group/two:1.0 is not in the cache of this machine"
        }
      ]
    }
    --- stderr
    --- exit 0
    "#);
}
