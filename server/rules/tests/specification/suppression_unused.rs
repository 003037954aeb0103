//! `suppression-unused`: a comment that suppresses nothing, in all programs that its file is part of.

use rules::check_document;
use syntax::{Document, Language};

use crate::programs::findings_about;
use crate::twins::{Case, arm, case, judge};

const UNUSED: &str = "warning suppression-unused";

/// A case of a service with these lines above its name and these behind it.
fn service(
    name: &'static str,
    expected: &'static str,
    (above, below): (&str, &str),
    has_identity: bool,
) -> Case {
    let identity = |written: &'static str| if has_identity { written } else { "" };
    let comments = |lines: &str| {
        let lines = lines.split('\n').map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("// {line}\n"),
        });
        lines.collect::<String>()
    };
    case(
        name,
        expected,
        format!(
            "{above}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  {}
}}
{below}",
            identity("identity: { type: 'SystemAssigned' }")
        ),
        arm(&format!(
            r#""resources": [ {{
{}"name": "gateway",
"type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "location": "westeurope"
{}
{} }} ]"#,
            comments(above),
            identity(r#", "identity": { "type": "SystemAssigned" }"#),
            comments(below)
        )),
    )
}

const NEXT: (&str, &str) = ("#disable-next-line identity-missing", "");
const REGION: (&str, &str) = (
    "#disable-diagnostics identity-missing",
    "#restore-diagnostics identity-missing",
);

#[test]
fn comments() {
    let report = judge(
        &["suppression-unused", "identity-missing"],
        &[
            service("needed", "", NEXT, false),
            service("not needed", UNUSED, NEXT, true),
            service("needed from here on", "", REGION, false),
            service("not needed from here on", UNUSED, REGION, true),
            service(
                "not needed up to the end",
                UNUSED,
                ("#disable-diagnostics identity-missing", ""),
                true,
            ),
            service(
                "names of other tools",
                "",
                (
                    "#disable-next-line BCP037 no-unused-params identity-mising",
                    "",
                ),
                true,
            ),
            service(
                "one of them is needed",
                UNUSED,
                (
                    "#disable-next-line BCP037 identity-invalid identity-missing vault-access-missing",
                    "",
                ),
                false,
            ),
            service(
                "too early",
                "warning suppression-unused; warning identity-missing",
                ("#disable-next-line identity-missing\n", ""),
                false,
            ),
            service(
                "two that would do",
                "",
                (
                    "#disable-diagnostics identity-missing\n#disable-next-line identity-missing",
                    "",
                ),
                false,
            ),
            service(
                "nothing to restore",
                "",
                ("#restore-diagnostics identity-missing", ""),
                true,
            ),
            service(
                "who wants no advice",
                "",
                (
                    "#disable-next-line suppression-unused\n#disable-next-line identity-missing",
                    "",
                ),
                true,
            ),
            service(
                "no advice in the whole file",
                "",
                (
                    "#disable-diagnostics suppression-unused\n#disable-next-line identity-missing",
                    "",
                ),
                true,
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    needed
    not needed
      warning suppression-unused @ identity-missing: `identity-missing` has nothing to report here: this suppression would only hide what goes wrong later
    needed from here on
    not needed from here on
      warning suppression-unused @ identity-missing: `identity-missing` has nothing to report here: this suppression would only hide what goes wrong later
    not needed up to the end
      warning suppression-unused @ identity-missing: `identity-missing` has nothing to report here: this suppression would only hide what goes wrong later
    names of other tools
    one of them is needed
      warning suppression-unused @ identity-invalid: `identity-invalid` and `vault-access-missing` have nothing to report here: this suppression would only hide what goes wrong later
          see vault-access-missing: `vault-access-missing` is suppressed here
    too early
      warning suppression-unused @ identity-missing: `identity-missing` has nothing to report here: this suppression would only hide what goes wrong later
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    two that would do
    nothing to restore
    who wants no advice
    no advice in the whole file
    ");
}

/// What is found in a text, and the text after the fixes.
fn repaired(language: Language, text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let document = Document::new(language, &text);
        let found = check_document(&document);
        let fix = found
            .iter()
            .filter(|it| it.rule.0 == "suppression-unused")
            .find_map(|it| it.fixes.first());
        let Some(fix) = fix else {
            return text;
        };
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.range.as_usize(), &edit.new_text);
        }
    }
}

#[test]
fn the_fix_leaves_what_is_of_use() {
    let text = "#disable-diagnostics identity-missing role-principal-type-missing
#disable-next-line vault-access-missing no-hardcoded-location // for both
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  // #disable-next-line identity-missing is no comment of this kind
  location: 'westeurope'
}
#restore-diagnostics role-principal-type-missing
#disable-next-line identity-missing
param a string
";
    insta::assert_snapshot!(repaired(Language::Bicep, text), @"
    #disable-diagnostics identity-missing
    #disable-next-line no-hardcoded-location // for both
    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'gateway'
      // #disable-next-line identity-missing is no comment of this kind
      location: 'westeurope'
    }
    param a string
    ");
    let text = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "metadata": { "apim-ls": { "disable": ["secret-uri-versioned", "identity-missing"] } },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "metadata": {
        "apim-ls": {
          "disable": ["identity-invalid"]
        }
      }
    }
  ]
}
"#;
    insta::assert_snapshot!(repaired(Language::Json, text), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "metadata": { "apim-ls": { "disable": ["identity-missing"] } },
      "resources": [
        {
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "gateway"
        }
      ]
    }
    "#);
}

/// Holds a workspace to what it is told of suppressions, as `file: text at the place`.
#[track_caller]
fn unused(files: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| match path.strip_prefix('/') {
            Some(_) => ((*path).to_owned(), *text),
            None => (format!("/w/{path}"), *text),
        })
        .collect();
    let files: Vec<_> = files.iter().map(|it| (it.0.as_str(), it.1)).collect();
    let found = findings_about(&["suppression-unused"], &files);
    let found = found.iter().map(|it| {
        let file = it.file.strip_prefix("/w/").unwrap_or(&it.file);
        format!("{file}: {}", it.text)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// A module whose comment is needed by whoever deploys it without an identity.
const MODULE: &str = "#disable-diagnostics identity-missing identity-invalid
param withIdentity bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: withIdentity ? { type: 'SystemAssigned' } : null
}
";

fn root(with_identity: &str) -> String {
    format!(
        "module gateway 'service.bicep' = {{
  name: 'gateway'
  params: {{
    withIdentity: {with_identity}
  }}
}}
"
    )
}

#[test]
fn all_who_deploy_a_module_count() {
    let (with, without) = (root("true"), root("false"));
    unused(
        &[("a.bicep", &with), ("service.bicep", MODULE)],
        &["service.bicep: identity-missing"],
    );
    unused(
        &[
            ("a.bicep", &with),
            ("b.bicep", &without),
            ("service.bicep", MODULE),
        ],
        &["service.bicep: identity-invalid"],
    );
}

#[test]
fn what_the_parameters_of_a_module_allow_counts() {
    let module = "#disable-diagnostics identity-invalid
@allowed(['SystemAssigned', 'System'])
param kind string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind }
}
";
    let root = |kind: &str| root("true").replace("withIdentity: true", &format!("kind: '{kind}'"));
    unused(
        &[
            ("a.bicep", &root("SystemAssigned")),
            ("service.bicep", module),
        ],
        &[],
    );
    // What is known from a root is not told of the contract; it would be if the root were right.
    unused(
        &[("a.bicep", &root("System")), ("service.bicep", module)],
        &[],
    );
    let right = module.replace("'System'", "'None'");
    unused(
        &[
            ("a.bicep", &root("SystemAssigned")),
            ("service.bicep", &right),
        ],
        &["service.bicep: identity-invalid"],
    );
}

#[test]
fn parameters_and_what_is_imported() {
    let service = "import { kind } from 'shared.bicep'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind }
}
";
    let comment = "#disable-next-line identity-missing";
    let shared = |kind: &str| format!("@export()\n{comment}\nvar kind = '{kind}'\n");
    let imported = |kind: &str, expected: &[&str]| {
        unused(
            &[("main.bicep", service), ("shared.bicep", &shared(kind))],
            expected,
        );
    };
    imported("SystemAssigned", &["shared.bicep: identity-missing"]);
    imported("None", &[]);
    let service = service.replace("import { kind } from 'shared.bicep'", "param kind string");
    let given = |kind: &str, expected: &[&str]| {
        let parameters = format!("using 'main.bicep'\n{comment}\nparam kind = '{kind}'\n");
        unused(
            &[("main.bicep", &service), ("main.bicepparam", &parameters)],
            expected,
        );
    };
    given("SystemAssigned", &["main.bicepparam: identity-missing"]);
    given("None", &[]);
}

#[test]
fn what_is_out_of_sight_may_need_it() {
    let root = root("true");
    let with = |more: &str| {
        unused(
            &[
                ("main.bicep", &format!("{root}{more}")),
                ("service.bicep", MODULE),
            ],
            &[],
        );
    };
    with("module other 'br:contoso.azurecr.io/other:1.0' = { name: 'other' }\n");
    with("module other 'missing.bicep' = { name: 'other' }\n");
    with(
        "module other 'br/public:avm/res/key-vault/vault:0.13.0' = { name: 'other', params: { name: 'a' } }\n",
    );
    with("import { a } from 'missing.bicep'\n");
    with("param\n");
    unused(
        &[
            ("main.bicep", &root),
            ("service.bicep", &format!("{MODULE})\n")),
        ],
        &[],
    );
}
