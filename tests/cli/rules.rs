//! What the command line says of the rules.

use crate::{Folder, shown};

fn run(arguments: &[&str]) -> String {
    Folder::new(&[]).run(arguments)
}

#[test]
fn explain_shows_a_page() {
    insta::assert_snapshot!(run(&["explain", "secret-uri-versioned"]), @r#"
    secret-uri-versioned

      Level: warning

      Fix: safe: refer to the newest version; unsafe: the same where others use the reference too

      A Key Vault reference is fixed to one version, so that rotation stops.

    What it finds

      A reference to Key Vault with a version: at the end of the URL, or through `secretUriWithVersion`.
      It looks at what API Management reads: certificates of hostnames, named values, certificates,
      credential providers and hostnames of workspace gateways.

    Why it matters

      API Management follows a secret to its newest version by itself, but only where the reference
      names none. A fixed version is kept until somebody deploys again, and an expired certificate stops
      the gateway.

    Example

        resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
          name: 'contoso-apim'
        }

        resource backendKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
          parent: apim
          name: 'backend-key'
          properties: {
            displayName: 'backend-key'
            secret: true
            keyVault: {
              secretIdentifier: 'https://contoso-kv.vault.azure.net/secrets/backend-key/0123456789abcdef0123456789abcdef'
            }
          }
        }

        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.ApiManagement/service/namedValues",
              "apiVersion": "2024-05-01",
              "name": "contoso-apim/backend-key",
              "properties": {
                "displayName": "backend-key",
                "secret": true,
                "keyVault": {
                  "secretIdentifier": "https://contoso-kv.vault.azure.net/secrets/backend-key/0123456789abcdef0123456789abcdef"
                }
              }
            }
          ]
        }

    Fixed

        resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
          name: 'contoso-apim'
        }

        resource backendKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
          parent: apim
          name: 'backend-key'
          properties: {
            displayName: 'backend-key'
            secret: true
            keyVault: {
              secretIdentifier: 'https://contoso-kv.vault.azure.net/secrets/backend-key'
            }
          }
        }

        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.ApiManagement/service/namedValues",
              "apiVersion": "2024-05-01",
              "name": "contoso-apim/backend-key",
              "properties": {
                "displayName": "backend-key",
                "secret": true,
                "keyVault": {
                  "secretIdentifier": "https://contoso-kv.vault.azure.net/secrets/backend-key"
                }
              }
            }
          ]
        }

    Source

      - Use named values in Azure API Management policies
        <https://learn.microsoft.com/azure/api-management/api-management-howto-properties>
      - Configure a custom domain name
        <https://learn.microsoft.com/azure/api-management/configure-custom-domain>

    How to suppress

      A comment silences the line below it. Put it directly above the line that is reported:

        #disable-next-line secret-uri-versioned

        // #disable-next-line secret-uri-versioned

      `#disable-diagnostics secret-uri-versioned` silences what follows, up to `#restore-diagnostics
      secret-uri-versioned` or the end of the file. One comment may name several rules, with blanks
      between them.

      In ARM JSON, the metadata of a resource, or of any other object, silences what is reported in it;
      that of the template, all of the file:

        "metadata": { "apim-ls": { "disable": ["secret-uri-versioned"] } }

      The nearest `bicepconfig.json`, from the folder of a file upward, gives the rule another level in
      all files that it is for: `off`, `info`, `warning` or `error`.

        { "analyzers": { "apim": { "rules": { "secret-uri-versioned": { "level": "off" } } } } }
    --- stderr
    --- exit 0
    "#);
}

#[test]
fn explain_respects_the_width() {
    let folder = Folder::new(&[]);
    let mut command = folder.command(&["explain", "identity-missing"]);
    let page = shown(command.env("COLUMNS", "40"));
    let (text, _) = page.split_once("Example\n").unwrap();
    insta::assert_snapshot!(text, @"
    identity-missing

      Level: warning; error where the
      deployment itself needs the identity

      Fix: safe: insert a system-assigned
      identity; unsafe: attach a
      user-assigned one that the file
      declares

      An API Management service has no
      managed identity.

    What it finds

      A declared API Management service
      without `identity`, with `identity:
      null`, or with `type: 'None'`, in
      every case in which the service is
      deployed. A service that is only
      referred to as `existing` is not
      judged, and neither is one whose
      identity depends on a parameter that
      callers may leave out.

      Where a document declares services in
      more than one template, one nested in
      the other, the rule keeps silent: the
      second declaration may be a change to
      the first.

      The finding is an error where the same
      deployment needs the identity: a named
      value, certificate or hostname that
      refers to Key Vault, a logger with an
      `identityClientId`, or a policy with
      `authentication-managed-identity`.

    Why it matters

      Without an identity, API Management
      cannot read certificates and secrets
      from Key Vault and cannot sign in to
      the services behind it. What it needs
      then ends up as plain secrets in named
      values and policies. Every tier
      supports managed identities.
    ");
}

#[test]
fn explain_has_colours_where_they_are_seen() {
    let folder = Folder::new(&[]);
    let is_coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(&["explain", "identity-missing"]);
        command.args(arguments).envs(variables.iter().copied());
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(!is_coloured(&[], &[]), "not a terminal");
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    let variables = [("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")];
    assert!(!is_coloured(&[], &variables));
}

#[test]
fn explain_suggests_the_nearest_name() {
    insta::assert_snapshot!(run(&["explain", "identity-mising"]), @"
    --- stderr
    error: there is no rule 'identity-mising'

      tip: a similar rule exists: 'identity-missing'

    `apim-ls rules` lists all rules.
    --- exit 2
    ");
    insta::assert_snapshot!(run(&["explain", "Vault-Access"]), @"
    --- stderr
    error: there is no rule 'Vault-Access'

      tip: a similar rule exists: 'vault-access-race'

    `apim-ls rules` lists all rules.
    --- exit 2
    ");
    insta::assert_snapshot!(run(&["explain", "BCP037"]), @"
    --- stderr
    error: there is no rule 'BCP037'

    `apim-ls rules` lists all rules.
    --- exit 2
    ");
    insta::assert_snapshot!(run(&["explain"]), @"
    --- stderr
    error: the following required arguments were not provided:
      <RULE>

    Usage: apim-ls explain <RULE>

    For more information, try '--help'.
    --- exit 2
    ");
}

#[test]
fn rules_lists_all() {
    let list = run(&["rules"]);
    let (list, end) = list.rsplit_once("\n\n").unwrap();
    let rules: Vec<_> = list.split("\n\n").collect();
    let names = rules.iter().filter_map(|rule| rule.lines().next());
    assert!(names.eq(rules::RULES.iter().map(|rule| rule.id.0)));
    let one = rules
        .iter()
        .find(|rule| rule.starts_with("identity-missing"));
    insta::assert_snapshot!(one.unwrap(), @"
    identity-missing
      An API Management service has no managed identity
      level: warning; error where the deployment itself needs the identity
      fix: safe: insert a system-assigned identity; unsafe: attach a user-assigned one that the file declares
    ");
    insta::assert_snapshot!(end, @"
    `apim-ls explain RULE` shows the page of a rule.
    --- stderr
    --- exit 0
    ");
}

#[test]
fn rules_lists_all_for_programs() {
    let list = run(&["rules", "--format", "json"]);
    let (list, rest) = list.split_once("--- stderr").unwrap();
    assert_eq!(rest, "\n--- exit 0");
    let list: serde_json::Value = serde_json::from_str(list).unwrap();
    assert_eq!(list["version"], 1);
    let names: Vec<_> = rules::RULES.iter().map(|rule| rule.id.0).collect();
    let listed = list["rules"].as_array().unwrap();
    assert!(listed.iter().map(|rule| &rule["rule"]).eq(&names));
    let one = listed
        .iter()
        .find(|rule| rule["rule"] == "identity-missing");
    let expected = serde_json::json!({
        "rule": "identity-missing",
        "levels": "warning; error where the deployment itself needs the identity",
        "summary": "An API Management service has no managed identity",
        "fix": "safe: insert a system-assigned identity; unsafe: attach a user-assigned one that the \
                file declares",
        "documentation": rules::RuleId("identity-missing").documentation_url(),
    });
    assert_eq!(one, Some(&expected));
}

#[test]
fn help_of_explain_and_rules() {
    insta::assert_snapshot!(run(&["explain", "--help"]), @"
    Show the page of a rule: what it finds and why, with an example and its repair

    Usage: apim-ls explain [OPTIONS] <RULE>

    Arguments:
      <RULE>
              The name of the rule, such as identity-missing

    Options:
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
      0  Shown
      2  Not done: wrong arguments, no rule of that name

    `apim-ls rules` lists the names.
    --- stderr
    --- exit 0
    ");
    insta::assert_snapshot!(run(&["rules", "-h"]), @"
    List the rules, with their levels and fixes

    Usage: apim-ls rules [OPTIONS]

    Options:
          --format <FORMAT>  How to write the list [default: human] [possible values: human, json]
          --color <WHEN>     When to use colours [default: auto] [possible values: auto, always, never]
      -h, --help             Print help (see more with '--help')
    --- stderr
    --- exit 0
    ");
}
