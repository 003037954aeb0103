//! `identity-missing`: the system-assigned identity is inserted where the service says that it has none.

use super::twins;
use crate::repaired::repaired;

const RULE: &str = "identity-missing";

#[test]
fn in_the_service() {
    insta::assert_snapshot!(twins(
        RULE,
        &[
            ("absent", ("", ""), ("", "")),
            (
                "in front of the properties",
                ("", "tags: { a: 'b' }\n  properties: { publisherName: 'a' }"),
                (
                    "",
                    r#""tags": { "a": "b" },
      "properties": { "publisherName": "a" }"#
                ),
            ),
            ("null", ("", "identity: null"), ("", r#""identity": null"#)),
            (
                "none",
                ("", "identity: { type: 'None' }"),
                ("", r#""identity": { "type": "None" }"#),
            ),
            (
                "both arms of a choice",
                (
                    "param open bool",
                    "identity: open ? null : { type: 'None' }"
                ),
                (
                    r#""parameters": { "open": { "type": "bool" } },"#,
                    r#""identity": "[if(parameters('open'), null(), createObject('type', 'None'))]""#,
                ),
            ),
            (
                "the types of both arms",
                (
                    "param open bool",
                    "identity: { type: (open ? 'None' : ' none') }",
                ),
                (
                    r#""parameters": { "open": { "type": "bool" } },"#,
                    r#""identity": { "type": "[if(parameters('open'), 'None', ' none')]" }"#,
                ),
            ),
            (
                "an empty list chosen against",
                (
                    "param ids object = {}",
                    "identity: empty(ids) ? null : { type: 'UserAssigned', userAssignedIdentities: ids }",
                ),
                (
                    r#""parameters": { "ids": { "type": "object", "defaultValue": {} } },"#,
                    r#""identity": "[if(empty(parameters('ids')), null(), createObject('type', 'UserAssigned', 'userAssignedIdentities', parameters('ids')))]""#,
                ),
            ),
            (
                "spread",
                ("var base = { tags: { a: 'b' } }", "...base"),
                (
                    r#""variables": { "base": { "type": "None" } },"#,
                    r#""identity": "[union(variables('base'), createObject('type', 'None'))]""#,
                ),
            ),
        ],
    ));
}

#[test]
fn through_names() {
    insta::assert_snapshot!(twins(
        RULE,
        &[
            (
                "variable",
                ("var kind = 'None'", "identity: { type: kind }"),
                (
                    r#""variables": { "kind": "None" },"#,
                    r#""identity": { "type": "[variables('kind')]" }"#,
                ),
            ),
            (
                "variable of a variable, with more in it",
                (
                    "var settings = {\n  identity: { type: 'None' }\n  tags: { type: 'None' }\n}\nvar chosen = settings.identity",
                    "identity: chosen\n  tags: settings.tags",
                ),
                (
                    r#""variables": {
    "settings": {
      "identity": { "type": "None" },
      "tags": { "type": "None" }
    },
    "chosen": "[variables('settings').identity]"
  },"#,
                    r#""identity": "[variables('chosen')]", "tags": "[variables('settings').tags]""#,
                ),
            ),
            (
                "variable that something else uses",
                (
                    "var kind = 'None'",
                    "identity: { type: kind }\n  tags: { kind: kind }",
                ),
                (
                    r#""variables": { "kind": "None" },"#,
                    r#""identity": { "type": "[variables('kind')]" }, "tags": { "kind": "[variables('kind')]" }"#,
                ),
            ),
            (
                "default of a parameter",
                ("param kind string = 'None'", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            (
                "default that decides more than the type",
                (
                    "param kind string = 'None'",
                    "identity: { type: kind, userAssignedIdentities: kind == 'None' ? null : {} }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#,
                    r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": "[if(equals(parameters('kind'), 'None'), null(), createObject())]" }"#,
                ),
            ),
            (
                "default, an object",
                (
                    "param identity object = {\n  type: 'None'\n}",
                    "identity: identity",
                ),
                (
                    r#""parameters": { "identity": { "type": "object", "defaultValue": { "type": "None" } } },"#,
                    r#""identity": "[parameters('identity')]""#,
                ),
            ),
            (
                "the only allowed value",
                (
                    "@allowed(['None'])\nparam kind string = 'None'",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None", "allowedValues": ["None"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            (
                "an output tells it",
                (
                    "param kind string = 'None'\noutput kind string = kind",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } }, "outputs": { "kind": { "type": "string", "value": "[parameters('kind')]" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            (
                "a function that others call",
                (
                    "func identity() object => { type: 'None' }",
                    "identity: identity()",
                ),
                (
                    r#""functions": [ { "namespace": "own", "members": { "identity": { "parameters": [], "output": { "type": "object", "value": { "type": "None" } } } } } ],"#,
                    r#""identity": "[own.identity()]""#,
                ),
            ),
        ],
    ));
}

#[test]
fn in_conditions_and_loops() {
    let conditional = "param deploy bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (deploy) {
  name: 'gateway'
  location: 'westeurope'
}
";
    let repeated = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [
  for region in ['westeurope', 'northeurope']: {
    name: 'gateway-${region}'
    location: region
    sku: {
      name: 'Developer'
      capacity: 1
    }
    properties: {}
  }
]
";
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", conditional)]));
    insta::assert_snapshot!(repaired(RULE, &[("main.bicep", repeated)]));
    insta::assert_snapshot!(twins(
        RULE,
        &[(
            "copy and condition",
            ("", ""),
            (
                r#""parameters": { "deploy": { "type": "bool" } },"#,
                r#""condition": "[parameters('deploy')]",
      "copy": { "name": "gateways", "count": 2 }"#,
            ),
        )],
    ));
}

/// A type that refuses the identity keeps its parameter as it is.
#[test]
fn a_parameter_of_a_type_that_names_its_values() {
    let fixed = |declared: &str, identity: &str| {
        let main = format!(
            "{declared}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'apim'
  location: 'westeurope'
  sku: {{ name: 'Developer', capacity: 1 }}
  identity: {identity}
  properties: {{ publisherEmail: 'a@contoso.com', publisherName: 'a' }}
}}
"
        );
        let types = "@export()\ntype kinds = 'None' | 'UserAssigned'\n";
        repaired(
            "identity-missing",
            &[("main.bicep", &main), ("types.bicep", types)],
        )
    };
    let refusing = [
        "param own { type: 'None' } = { type: 'None' }",
        "type kind = 'None' | 'UserAssigned'\nparam own { type: kind } = { type: 'None' }",
        "import { kinds } from 'types.bicep'\nparam own { type: kinds } = { type: 'None' }",
        "@discriminator('type')
param own { type: 'None' } | { type: 'SystemAssigned', since: string } = { type: 'None' }",
        "type short = {\n  @maxLength(4)\n  type: string\n}\nparam own short = { type: 'None' }",
    ];
    for declared in refusing {
        assert_eq!(fixed(declared, "own"), "no fix\n", "{declared}");
    }
    let taking = [
        "param own object = { type: 'None' }",
        "param own { type: string, ids: object? } = { type: 'None' }",
        "type kind = 'None' | 'SystemAssigned'\nparam own { type: kind } = { type: 'None' }",
        "param own resourceInput<'Microsoft.ApiManagement/service@2024-05-01'>.identity = { type: 'None' }",
    ];
    for declared in taking {
        let report = fixed(declared, "own");
        assert!(report.contains("= { type: 'SystemAssigned' }"), "{report}");
    }
    let aliased = "import { kinds } from 'types.bicep'\nparam kind kinds = 'None'";
    assert_eq!(fixed(aliased, "{ type: kind }"), "no fix\n");
}

#[test]
fn a_parameter_of_a_type_that_names_its_values_in_arm_json() {
    let fixed = |kind: &str| {
        let main = format!(
            r##"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "languageVersion": "2.0",
  "definitions": {{
    "own": {{ "type": "object", "properties": {{ "type": {kind} }} }}
  }},
  "parameters": {{
    "own": {{ "$ref": "#/definitions/own", "defaultValue": {{ "type": "None" }} }}
  }},
  "resources": {{
    "apim": {{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "apim",
      "location": "westeurope",
      "sku": {{ "name": "Developer", "capacity": 1 }},
      "identity": "[parameters('own')]",
      "properties": {{ "publisherEmail": "a@contoso.com", "publisherName": "a" }}
    }}
  }}
}}
"##
        );
        repaired("identity-missing", &[("main.json", &main)])
    };
    assert_eq!(
        fixed(r#"{ "type": "string", "allowedValues": [ "None" ] }"#),
        "no fix\n"
    );
    assert_eq!(fixed(r#"{ "type": "string", "maxLength": 4 }"#), "no fix\n");
    let report = fixed(r#"{ "type": "string" }"#);
    assert!(
        report.contains(r#""defaultValue": { "type": "SystemAssigned" }"#),
        "{report}"
    );
}
