//! What a template takes out of other files: imported variables and functions, and loaded content.

use super::{KIND, check, judged, module, silent};

/// A service whose identity is this expression, after these lines.
fn service(lines: &str, identity: &str) -> String {
    format!(
        "{lines}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {identity}
}}
"
    )
}

#[test]
fn an_imported_variable() {
    for (import, expression) in [
        ("import { kind } from 'shared.bicep'", "kind"),
        ("import { kind as word } from './shared.bicep'", "word"),
        ("import * as shared from 'shared.bicep'", "shared.kind"),
        ("import { all } from 'shared.bicep'", "all.kind"),
    ] {
        let main = service(import, &format!("{{ type: {expression} }}"));
        let shared = |kind: &str| {
            format!("@export()\nvar kind = '{kind}'\n@export()\nvar all = {{ kind: kind }}\n")
        };
        check(
            &[("main.bicep", &main), ("shared.bicep", &shared("System"))],
            &["error identity-invalid @ shared.bicep: 'System'"],
        );
        check(
            &[("main.bicep", &main), ("shared.bicep", &shared("None"))],
            &["warning identity-missing @ shared.bicep: 'None'"],
        );
        silent(&[
            ("main.bicep", &main),
            ("shared.bicep", &shared("SystemAssigned")),
        ]);
    }
}

#[test]
fn an_imported_function() {
    for (import, call) in [
        ("import { identityOf } from 'shared.bicep'", "identityOf"),
        (
            "import * as shared from 'shared.bicep'",
            "shared.identityOf",
        ),
    ] {
        let shared = "var suffix = 'Assigned'
func word(owner string) string => '${owner}${suffix}'
@export()
func identityOf(owner string) object => { type: word(owner) }
";
        let files = |owner: &str, expected: &[&str]| {
            judged(
                &[
                    (
                        "main.bicep",
                        &service(import, &format!("{call}('{owner}')")),
                    ),
                    ("shared.bicep", shared),
                ],
                expected,
            );
        };
        files("System", &[]);
        files("Sytem", &["error identity-invalid"]);
    }
}

#[test]
fn imports_of_imports() {
    let main = service("import { kind } from 'a/middle.bicep'", "{ type: kind }");
    let middle =
        "import { word } from '../b/base.bicep'\n@export()\nvar kind = '${word}Assigned'\n";
    let files = |word: &str, expected: &[&str]| {
        judged(
            &[
                ("main.bicep", &main),
                ("a/middle.bicep", middle),
                ("b/base.bicep", &format!("@export()\nvar word = '{word}'\n")),
            ],
            expected,
        );
    };
    files("System", &[]);
    files("Sys", &["error identity-invalid"]);
}

/// The compiler notes in `metadata` what a template exports.
#[test]
fn a_variable_of_an_arm_template() {
    let main = service("import { kind } from 'shared.json'", "{ type: kind }");
    let shared = |kind: &str| {
        format!(
            r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "languageVersion": "2.0",
  "metadata": {{ "__bicep_exported_variables!": [ {{ "name": "kind" }} ] }},
  "variables": {{ "kind": "{kind}" }},
  "resources": {{}}
}}"#
        )
    };
    judged(
        &[("main.bicep", &main), ("shared.json", &shared("System"))],
        &["error identity-invalid"],
    );
    silent(&[
        ("main.bicep", &main),
        ("shared.json", &shared("SystemAssigned")),
    ]);
}

/// To import from a file is not to deploy it.
#[test]
fn a_file_that_is_only_imported_is_a_root() {
    let shared = service("@export()\nvar kind = 'SystemAssigned'", "{ type: 'None' }");
    let main = service("import { kind } from 'shared.bicep'", "{ type: kind }");
    check(
        &[("main.bicep", &main), ("shared.bicep", &shared)],
        &["warning identity-missing @ shared.bicep: 'None'"],
    );
}

#[test]
fn what_cannot_be_imported_is_unknown() {
    for (main, shared) in [
        (
            service("import { kind } from 'gone.bicep'", "{ type: kind }"),
            "",
        ),
        (
            service("import { other } from 'shared.bicep'", "{ type: other }"),
            "@export()\nvar kind = 'System'\n",
        ),
        (
            service(
                "import * as shared from 'shared.bicep'",
                "{ type: shared.other }",
            ),
            "@export()\nvar kind = 'System'\n",
        ),
        (
            service("import { kind } from 'shared.bicep'", "{ type: kind }"),
            "@export()\nvar kind = uniqueString('a'\n",
        ),
        (
            service(
                "import { kind } from 'br:contoso.azurecr.io/shared:1'",
                "{ type: kind }",
            ),
            "",
        ),
    ] {
        silent(&[("main.bicep", &main), ("shared.bicep", shared)]);
    }
}

#[test]
fn an_import_in_a_bicepparam() {
    let shared = |kind: &str| format!("@export()\nvar kinds = {{ prod: '{kind}' }}\n");
    let params =
        "using 'main.bicep'\nimport { kinds } from 'shared.bicep'\nparam kind = kinds.prod\n";
    judged(
        &[
            ("main.bicep", KIND),
            ("main.prod.bicepparam", params),
            ("shared.bicep", &shared("None")),
        ],
        &["warning identity-missing"],
    );
    silent(&[
        ("main.bicep", KIND),
        ("main.prod.bicepparam", params),
        ("shared.bicep", &shared("SystemAssigned")),
    ]);
}

/// Where it is reported is open: at the call that loads, or in the file that is loaded.
#[test]
fn json_decides_values() {
    for (expression, json) in [
        ("loadJsonContent('settings.json')", r#"{ "type": "KIND" }"#),
        (
            "loadJsonContent('settings.json').identity",
            r#"{ "identity": { "type": "KIND" } }"#,
        ),
        (
            "loadJsonContent('settings.json', '$.apim.identity')",
            r#"{ "apim": { "identity": { "type": "KIND" } } }"#,
        ),
        (
            "loadJsonContent('settings.json', 'apim.identity')",
            r#"{ /* the gateway */ "apim": { "identity": { "type": "KIND" } } }"#,
        ),
        (
            "loadJsonContent('./settings.json', '$.identities[1]', 'utf-8')",
            r#"{ "identities": [ {}, { "type": "KIND" } ] }"#,
        ),
        (
            "union({ type: 'SystemAssigned' }, loadJsonContent('settings.json'))",
            r#"{ "type": "KIND" }"#,
        ),
    ] {
        let main = service("", expression);
        for (kind, expected) in [
            ("System", &["error identity-invalid"][..]),
            ("None", &["warning identity-missing"]),
            ("SystemAssigned", &[]),
        ] {
            judged(
                &[
                    ("main.bicep", &main),
                    ("settings.json", &json.replace("KIND", kind)),
                ],
                expected,
            );
        }
    }
}

#[test]
fn yaml_decides_values() {
    for (expression, yaml) in [
        ("loadYamlContent('settings.yaml')", "type: KIND\n"),
        (
            "loadYamlContent('settings.yaml').identity",
            "# the gateway\nidentity:\n  type: \"KIND\"\n",
        ),
        (
            "loadYamlContent('settings.yaml', '$.apim.identity')",
            "apim:\n  name: gateway\n  identity: { type: KIND }\n",
        ),
    ] {
        let main = service("", expression);
        for (kind, expected) in [
            ("System", &["error identity-invalid"][..]),
            ("None", &["warning identity-missing"]),
            ("SystemAssigned", &[]),
        ] {
            judged(
                &[
                    ("main.bicep", &main),
                    ("settings.yaml", &yaml.replace("KIND", kind)),
                ],
                expected,
            );
        }
    }
}

#[test]
fn text_decides_values() {
    for (kind, expected) in [
        ("System", &["error identity-invalid"][..]),
        ("None", &["warning identity-missing"]),
        ("SystemAssigned", &[]),
    ] {
        judged(
            &[
                (
                    "main.bicep",
                    &service("", "{ type: loadTextContent('kind.txt') }"),
                ),
                ("kind.txt", kind),
            ],
            expected,
        );
        judged(
            &[
                (
                    "main.bicep",
                    &service("", "{ type: trim(loadTextContent('kind.txt')) }"),
                ),
                ("kind.txt", &format!("{kind}\r\n")),
            ],
            expected,
        );
    }
}

#[test]
fn a_policy_from_a_file_needs_the_identity() {
    let main = service("", "null")
        + "resource policy 'Microsoft.ApiManagement/service/policies@2024-05-01' = {
  parent: apim
  name: 'policy'
  properties: { format: 'rawxml', value: loadTextContent('policy.xml') }
}
";
    let policy = |inbound: &str| {
        format!("<policies>\n  <inbound>\n    <base />\n    {inbound}\n  </inbound>\n</policies>\n")
    };
    check(
        &[
            ("main.bicep", &main),
            (
                "policy.xml",
                &policy("<authentication-managed-identity resource=\"https://vault.azure.net\" />"),
            ),
        ],
        &["error identity-missing @ main.bicep: null"],
    );
    check(
        &[
            ("main.bicep", &main),
            (
                "policy.xml",
                &policy("<rate-limit calls=\"5\" renewal-period=\"60\" />"),
            ),
        ],
        &["warning identity-missing @ main.bicep: null"],
    );
}

/// The path starts at the file that loads, also where it is a module.
#[test]
fn content_is_found_from_the_file_that_loads_it() {
    let inner = service("", "loadJsonContent('identity.json')");
    let main = module("service", "modules/service.bicep", "");
    let identity = |kind: &str| format!(r#"{{ "type": "{kind}" }}"#);
    silent(&[
        ("main.bicep", &main),
        ("modules/service.bicep", &inner),
        ("modules/identity.json", &identity("SystemAssigned")),
        ("identity.json", &identity("System")),
    ]);
    judged(
        &[
            ("main.bicep", &main),
            ("modules/service.bicep", &inner),
            ("modules/identity.json", &identity("System")),
            ("identity.json", &identity("SystemAssigned")),
        ],
        &["error identity-invalid"],
    );
}

#[test]
fn content_that_cannot_be_read_is_unknown() {
    for (expression, path, text) in [
        ("loadJsonContent('gone.json')", "other.json", "{}"),
        (
            "loadJsonContent('cut.json')",
            "cut.json",
            r#"{ "type": "No"#,
        ),
        (
            "loadJsonContent('cut.json')",
            "cut.json",
            r#"{ "type": "None""#,
        ),
        ("loadJsonContent('cut.json')", "cut.json", ""),
        (
            "loadJsonContent('it.json', '$.other')",
            "it.json",
            r#"{ "type": "None" }"#,
        ),
        (
            "loadJsonContent('it.json', '$..[')",
            "it.json",
            r#"{ "type": "None" }"#,
        ),
        ("loadYamlContent('cut.yaml')", "cut.yaml", "type: [None\n"),
        ("{ type: loadTextContent('gone.txt') }", "other.txt", "None"),
        ("loadJsonContent('')", "it.json", r#"{ "type": "None" }"#),
    ] {
        silent(&[("main.bicep", &service("", expression)), (path, text)]);
    }
}

/// A list from a file decides a loop of modules.
#[test]
fn content_decides_a_loop() {
    let main = "var services = loadJsonContent('services.json')
module service 'service.bicep' = [for it in services: {
  name: 'service-${it.name}'
  params: { name: it.name, kind: it.kind }
}]
";
    let list = |kind: &str| {
        format!(
            r#"[ {{ "name": "one", "kind": "SystemAssigned" }}, {{ "name": "two", "kind": "{kind}" }} ]"#
        )
    };
    judged(
        &[
            ("main.bicep", main),
            ("service.bicep", KIND),
            ("services.json", &list("System")),
        ],
        &["error identity-invalid"],
    );
    silent(&[
        ("main.bicep", main),
        ("service.bicep", KIND),
        ("services.json", &list("SystemAssigned")),
    ]);
}
