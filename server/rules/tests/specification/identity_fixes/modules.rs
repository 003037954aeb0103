//! `identity-missing` over several files: the fix goes where the value is written.

use std::fmt::Write as _;

use crate::programs::{ARM_KIND, KIND, linked, module, parameters};
use crate::repaired::repaired;
use crate::twins::arm;

const RULE: &str = "identity-missing";

/// The module, its type of identity being another one by default.
fn by_default(template: &str) -> String {
    template.replace("= 'SystemAssigned'", "= 'None'").replace(
        r#""defaultValue": "SystemAssigned""#,
        r#""defaultValue": "None""#,
    )
}

#[test]
fn a_module_of_the_workspace() {
    let none = by_default(KIND);
    let arm_none = by_default(ARM_KIND);
    let plain = "param name string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
}
";
    let left_out = KIND
        .replace(
            "param kind string = 'SystemAssigned'",
            "param identity object?",
        )
        .replace("{ type: kind }", "identity");
    let twice = [
        module("one", "apim.bicep", "name: 'one'"),
        module("two", "apim.bicep", "name: 'two'"),
    ]
    .concat();
    let mixed = [
        module("one", "apim.bicep", "name: 'one', kind: 'SystemAssigned'"),
        module("two", "apim.bicep", "name: 'two'"),
    ]
    .concat();
    let handed_on = "param kind string = 'None'
module apim 'apim.bicep' = {
  name: 'apim'
  params: { kind: kind }
}
";
    let arm_handed_on = arm(&format!(
        r#""parameters": {{ "kind": {{ "type": "string", "defaultValue": "None" }} }},
  "resources": [ {} ]"#,
        linked(
            "apim",
            "apim.json",
            r#""kind": { "value": "[parameters('kind')]" }"#
        )
    ));
    let arm_argument = arm(&format!(
        r#""resources": [ {} ]"#,
        linked("apim", "apim.json", r#""kind": { "value": "None" }"#)
    ));
    let argument = module("service", "apim.bicep", "kind: 'None'");
    let no_argument = "module service 'apim.bicep' = {\n  name: 'service'\n}\n";
    let loop_of_modules = "module service 'apim.bicep' = [for name in ['one', 'two']: {
  name: name
  params: {
    name: name
    kind: 'None'
  }
}]
";
    let mut report = String::new();
    for (name, files) in [
        (
            "in the module",
            [
                ("main.bicep", module("service", "apim.bicep", "name: 'a'")),
                ("apim.bicep", plain.to_owned()),
            ],
        ),
        (
            "default of the module",
            [
                ("main.bicep", no_argument.to_owned()),
                ("apim.bicep", none.clone()),
            ],
        ),
        (
            "default of the module, twice",
            [("main.bicep", twice), ("apim.bicep", none.clone())],
        ),
        (
            "default of the module for one of two",
            [("main.bicep", mixed), ("apim.bicep", none)],
        ),
        (
            "default of the module, ARM JSON",
            [
                (
                    "main.json",
                    arm(&format!(
                        r#""resources": [ {} ]"#,
                        linked("apim", "apim.json", "")
                    )),
                ),
                ("apim.json", arm_none),
            ],
        ),
        (
            "argument",
            [("main.bicep", argument), ("apim.bicep", KIND.to_owned())],
        ),
        (
            "argument, ARM JSON",
            [
                ("main.json", arm_argument),
                ("apim.json", ARM_KIND.to_owned()),
            ],
        ),
        (
            "default of the caller",
            [
                ("main.bicep", handed_on.to_owned()),
                ("apim.bicep", KIND.to_owned()),
            ],
        ),
        (
            "default of the caller, ARM JSON",
            [
                ("main.json", arm_handed_on),
                ("apim.json", ARM_KIND.to_owned()),
            ],
        ),
        (
            "a parameter left out",
            [
                ("main.bicep", no_argument.to_owned()),
                ("apim.bicep", left_out),
            ],
        ),
        (
            "modules of a loop",
            [
                ("main.bicep", loop_of_modules.to_owned()),
                ("apim.bicep", KIND.to_owned()),
            ],
        ),
    ] {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (*path, text.as_str()))
            .collect();
        let _ = writeln!(report, "# {name}");
        report.push_str(&repaired(RULE, &files));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_parameter_file() {
    let dev = "using './main.bicep'\nparam kind = 'None'\n";
    let prod = "using './main.bicep'\nparam kind = 'SystemAssigned'\n";
    let shared =
        "using './main.bicep'\nvar quiet = 'None'\nparam kind = quiet\nparam name = quiet\n";
    let json = parameters(r#""kind": { "value": "None" }"#);
    let mut report = String::new();
    for files in [
        &[
            ("main.bicep", KIND),
            ("main.dev.bicepparam", dev),
            ("main.prod.bicepparam", prod),
        ][..],
        &[("main.bicep", KIND), ("main.bicepparam", shared)],
        &[
            ("main.bicep", KIND),
            ("main.parameters.json", json.as_str()),
        ],
        &[
            ("main.json", ARM_KIND),
            ("main.parameters.json", json.as_str()),
        ],
    ] {
        report.push_str(&repaired(RULE, files));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_nested_deployment() {
    let nested = |scope: &str, kind: &str| {
        arm(&format!(
            r#""parameters": {{ "kind": {{ "type": "string", "defaultValue": "None" }} }},
  "resources": [
    {{
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "nested",
      "properties": {{
        "mode": "Incremental",
        "expressionEvaluationOptions": {{ "scope": "{scope}" }},
        "template": {{
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "parameters": {{ "kind": {{ "type": "string", "defaultValue": "None" }} }},
          "resources": [
            {{
              "type": "Microsoft.ApiManagement/service",
              "apiVersion": "2024-05-01",
              "name": "gateway",
              "location": "westeurope"{kind}
            }}
          ]
        }}
      }}
    }}
  ]"#
        ))
    };
    let mut report = String::new();
    for (scope, kind) in [
        ("inner", ""),
        (
            "inner",
            r#", "identity": { "type": "[parameters('kind')]" }"#,
        ),
        (
            "outer",
            r#", "identity": { "type": "[parameters('kind')]" }"#,
        ),
    ] {
        report.push_str(&repaired(RULE, &[("main.json", &nested(scope, kind))]));
    }
    insta::assert_snapshot!(report);
}

const CACHED: &str = "/home/.bicep/br/contoso.azurecr.io/bicep$modules$apim/1.2.3$/main.json";
const ADDRESS: &str = "br:contoso.azurecr.io/bicep/modules/apim:1.2.3";

#[test]
fn a_module_of_a_registry() {
    let by_default = by_default(ARM_KIND);
    let fixed = ARM_KIND.replace("[parameters('kind')]", "None");
    let no_params = format!("module service '{ADDRESS}' = {{\n  name: 'service'\n}}\n");
    let mut report = String::new();
    for (main, cached) in [
        (module("service", ADDRESS, "name: 'a'"), &by_default),
        (no_params, &by_default),
        (
            module("service", ADDRESS, "name: 'a', kind: 'None'"),
            &by_default,
        ),
        (module("service", ADDRESS, "name: 'a'"), &fixed),
    ] {
        report.push_str(&repaired(RULE, &[("main.bicep", &main), (CACHED, cached)]));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn the_azure_verified_module() {
    let call = |params: &str| {
        format!(
            "module apim 'br/public:avm/res/api-management/service:0.9.1' = {{
  name: 'apim'
  params: {{
    name: 'gateway'
    publisherEmail: 'a@example.org'
    publisherName: 'a'{params}
  }}
}}
"
        )
    };
    let mut report = String::new();
    for (name, before, params) in [
        ("absent", "", ""),
        ("null", "", "\n    managedIdentities: null"),
        ("empty", "", "\n    managedIdentities: {}"),
        (
            "not wanted",
            "",
            "\n    managedIdentities: {\n      systemAssigned: false\n    }",
        ),
        (
            "no ids",
            "",
            "\n    managedIdentities: { userAssignedResourceIds: [] }",
        ),
        (
            "variable",
            "var identities = { systemAssigned: false }\n",
            "\n    managedIdentities: identities",
        ),
        (
            "default",
            "param identities object = {}\n",
            "\n    managedIdentities: identities",
        ),
        (
            "default for more than that",
            "param identities object = {}\n",
            "\n    managedIdentities: identities\n    tags: identities",
        ),
        (
            "parameter that may be left out",
            "param identities object?\n",
            "\n    managedIdentities: identities",
        ),
    ] {
        let main = format!("{before}{}", call(params));
        let _ = writeln!(report, "# {name}");
        report.push_str(&repaired(RULE, &[("main.bicep", &main)]));
    }
    // Through a module of the workspace.
    let inner = format!(
        "param identities object\n{}",
        call("\n    managedIdentities: identities")
    );
    let main = module(
        "service",
        "apim.bicep",
        "identities: { systemAssigned: false }",
    );
    report.push_str("# in a module of the workspace\n");
    report.push_str(&repaired(
        RULE,
        &[("main.bicep", &main), ("apim.bicep", &inner)],
    ));
    insta::assert_snapshot!(report);
}
