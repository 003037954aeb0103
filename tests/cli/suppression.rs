//! What comments silence is in no report, nor what configuration turns off.

use crate::Folder;
use crate::workspace::{folder, found};

fn service(comment: &str) -> String {
    format!(
        "{comment}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
}}
"
    )
}

fn with(comment: &str) -> Folder {
    folder(&[("main.bicep", &service(comment))])
}

#[test]
fn what_is_suppressed_is_not_reported() {
    insta::assert_snapshot!(with("").check(&["--format", "human"]), @"
    warning[identity-missing]: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
     --> main.bicep:2:10
      |
    2 | resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      |          ^^^^
      |
      = help: Insert a system-assigned identity
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md

    1 warning in 1 file (0.00 s)
    --- stderr
    --- exit 1
    ");
    let silent = with("#disable-next-line identity-missing");
    insta::assert_snapshot!(silent.check(&["--fail-on", "info"]), @"
    No problems in 1 file (0.00 s)
    --- stderr
    --- exit 0
    ");
    insta::assert_snapshot!(silent.check(&["--format", "json"]), @r#"
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
fn what_suppresses_nothing_is_reported() {
    let folder = with("#disable-next-line identity-missing vault-access-missing");
    insta::assert_snapshot!(folder.check(&[]), @"
    warning[suppression-unused]: `vault-access-missing` has nothing to report here: this suppression would only hide what goes wrong later
     --> main.bicep:1:37
      |
    1 | #disable-next-line identity-missing vault-access-missing
      |                                     ^^^^^^^^^^^^^^^^^^^^
      |
      = help: Remove what suppresses nothing
      = note: see https://github.com/apim-ls/apim-ls/blob/main/docs/rules/suppression-unused.md

    1 warning in 1 file (0.00 s)
    --- stderr
    --- exit 1
    ");
}

#[test]
fn levels_are_those_of_the_configuration() {
    let level = |level: &str| {
        let text = format!(
            r#"{{ "analyzers": {{ "apim": {{ "rules": {{ "identity-missing": {{ "level": "{level}" }} }} }} }} }}"#
        );
        let folder = folder(&[
            ("infra/main.bicep", &service("")),
            ("bicepconfig.json", &text),
        ]);
        let found = found(&folder, &[]);
        let code = folder.command(&["check"]).output().unwrap().status.code();
        (found, code)
    };
    let line = |level: &str| format!("infra/main.bicep:2 {level} identity-missing\n");
    assert_eq!(level("error"), (line("error"), Some(1)));
    assert_eq!(level("info"), (line("info"), Some(0)));
    assert_eq!(level("off"), (String::new(), Some(0)));
    // What is no level changes nothing.
    assert_eq!(level("none"), (line("warning"), Some(1)));
}
