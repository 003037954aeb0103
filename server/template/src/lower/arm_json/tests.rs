use insta::assert_snapshot;
use syntax::{Document, Language, TextRange};

use super::lower;
use crate::dump::dump;
use crate::model::ExpressionKind;

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn document(sections: &str) -> Document {
    let text = format!("{{\"$schema\": \"{SCHEMA}\", {sections}}}");
    Document::new(Language::Json, &text)
}

/// The dump of a template with some sections.
fn lowered(sections: &str) -> String {
    dump(&lower(&document(sections)).unwrap())
}

/// What the value of the only output becomes, in a template with some parameters and variables.
fn value(json: &str) -> String {
    let text = lowered(&format!(
        r#""parameters": {{"p": {{"type": "string"}}, "q": {{"type": "string"}}}},
        "variables": {{"v": 1}},
        "outputs": {{"o": {{"type": "string", "value": {json}}}}}"#
    ));
    text.rsplit_once("output o = ")
        .unwrap()
        .1
        .trim_end()
        .to_owned()
}

#[test]
fn is_a_template_by_its_schema() {
    let scope = |json: &str| {
        let template = lower(&Document::new(Language::Json, json));
        template.map(|template| format!("{:?}", template.target_scope))
    };
    let of_schema = |schema: &str| scope(&format!(r#"{{"$schema": "{schema}"}}"#));
    let found = [
        of_schema("https://x/deploymentTemplate.json#"),
        of_schema("https://x/2018-05-01/SUBSCRIPTIONdeploymenttemplate.json"),
        of_schema("https://x/managementGroupDeploymentTemplate.json#"),
        of_schema("https://x/tenantDeploymentTemplate.json#"),
        of_schema("https://x/deploymentParameters.json#"),
        of_schema("https://x/notdeploymentTemplate.json#"),
        scope("{}"),
        scope("[]"),
        scope(""),
        scope(r#"{"$schema": 1}"#),
        scope(
            r#"// comment
            {/* comment */ "$Schema": "a/deploymentTemplate.json#"}"#,
        ),
    ];
    assert_snapshot!(found.map(|scope| scope.unwrap_or("-".into())).join(" "), @r#"ResourceGroup Subscription ManagementGroup Tenant - - - - - - ResourceGroup"#);
}

#[test]
fn parameters() {
    assert_snapshot!(lowered(r##"
        "definitions": {
            "secret": {"type": "securestring"},
            "sku": {"$ref": "#/definitions/skuName"},
            "skuName": {"type": "string", "allowedValues": ["Basic", "Premium"]},
            "loop": {"$ref": "#/definitions/loop"}
        },
        "Parameters": {
            "a": {"type": "String", "defaultValue": "x", "allowedValues": ["x", "y"]},
            "b": {"type": "secureString"},
            "c": {"type": "secureObject", "defaultValue": {}},
            "d": {"type": "int", "defaultValue": "[add(1, 2)]"},
            "e": {"type": "bool"},
            "f": {"type": "array", "defaultValue": ["[parameters('A')]"]},
            "g": {"$ref": "#/definitions/secret"},
            "h": {"$ref": "#/definitions/sku"},
            "i": {"$ref": "#/definitions/loop"},
            "j": {}
        }
    "##), @r#"
    template ResourceGroup
    parameter a: String allowed ['x' 'y'] = 'x'
    parameter b: String secure
    parameter c: Object secure = {}
    parameter d: Int = (Add 1 2)
    parameter e: Bool
    parameter f: Array = [(param a)]
    parameter g: String secure
    parameter h: String allowed ['Basic' 'Premium']
    parameter i: Other
    parameter j: Other
    "#);
}

#[test]
fn variables_and_functions() {
    assert_snapshot!(lowered(r#"
        "functions": [
            {"namespace": "my", "members": {
                "twice": {
                    "parameters": [{"name": "x", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(parameters('X'), my.twice(parameters('y')))]"}
                }
            }}
        ],
        "parameters": {"y": {"type": "int"}},
        "variables": {
            "a": "[variables('B')]",
            "b": {"c": [1, -2, 1.5, true, null, "[MY.Twice('z')]"]},
            "copy": [
                {"name": "names", "count": "[parameters('y')]", "input": "[concat('n', copyIndex('names', 1))]"},
                {"name": "plain", "count": 2, "input": {"i": "[copyIndex()]"}}
            ],
            "nested": {"copy": [{"name": "disks", "count": 3, "input": "[copyIndex('disks')]"}], "other": 1},
            "d": "[variables('names')[0]]"
        }
    "#), @r#"
    template ResourceGroup
    parameter y: Int
    variable a = (var b)
    variable b = {c: [1 -2 <invalid> true null (user my.twice 'z')]}
    variable names = (for $0 $1 in (call range 0 (param y)) (call concat 'n' (Add $1 1)))
    variable plain = (for $2 $3 in (call range 0 2) {i: $3})
    variable nested = {disks: (for $4 $5 in (call range 0 3) $5), other: 1}
    variable d = (index (var names) 0)
    function my.twice($6) = (call concat $6 (user my.twice (unresolved y)))
    "#);
}

#[test]
fn expressions() {
    let values = [
        "\"[parameters('P')]\"",
        "\"[parameters('none')]\"",
        "\"[parameters(parameters('p'))]\"",
        "\"[Variables('V').a['b'][0]]\"",
        "\"[if(equals(parameters('p'), 'x'), true(), null())]\"",
        "\"[and(true(), false(), not(or(1, 2, 3, 4)))]\"",
        "\"[coalesce(tryGet(parameters('p'), 'a', 0, variables('v')), 1)]\"",
        "\"[less(sub(mul(div(mod(5, 4), 3), 2), 1), 0)]\"",
        "\"[format('a{0}{{b}}{1}', 1, parameters('p'))]\"",
        "\"[format('{0:N2}', 1)]\"",
        "\"[format('{1}', 1)]\"",
        "\"[format('plain')]\"",
        "\"[format(parameters('p'), 1)]\"",
        "\"[createObject('a', createArray(1, 2), format('{0}', 'k'), 3)]\"",
        "\"[createObject('a')]\"",
        "\"[map(createArray(1), lambda('x', map(createArray(2), lambda('y', 'i', concat(lambdaVariables('X'), lambdaVariables('i'), lambdaVariables('z'))))))]\"",
        "\"[indexFromEnd(createArray(1), tryIndexFromEnd(createArray(2), 1))]\"",
        "\"[if(1)]\"",
        "\"[equals(1, 2, 3)]\"",
        "\"[and(1)]\"",
        "\"[ResourceId('a', 'b')]\"",
        "\"[unknown.call(1)]\"",
        "\"[copyIndex()]\"",
        "\"[concat('a']\"",
        "\"[[not an expression]\"",
        "\"caf\\u00e9 \\\"quoted\\\"\"",
        "{\"[resourceId('t', 'n')]\": {}}",
        "\"\\q\"",
    ];
    let lines = values.map(|json| format!("{json}\n    {}", value(json)));
    assert_snapshot!(lines.join("\n"), @r#"
    "[parameters('P')]"
        (param p)
    "[parameters('none')]"
        (unresolved none)
    "[parameters(parameters('p'))]"
        (call parameters (param p))
    "[Variables('V').a['b'][0]]"
        (index (index (get (var v) a) 'b') 0)
    "[if(equals(parameters('p'), 'x'), true(), null())]"
        (if (Equal (param p) 'x') true null)
    "[and(true(), false(), not(or(1, 2, 3, 4)))]"
        (And (And true false) (Not (Or (Or 1 2) (Or 3 4))))
    "[coalesce(tryGet(parameters('p'), 'a', 0, variables('v')), 1)]"
        (Coalesce (index? (index? (get? (param p) a) 0) (var v)) 1)
    "[less(sub(mul(div(mod(5, 4), 3), 2), 1), 0)]"
        (Less (Subtract (Multiply (Divide (Modulo 5 4) 3) 2) 1) 0)
    "[format('a{0}{{b}}{1}', 1, parameters('p'))]"
        "a${1}{b}${(param p)}"
    "[format('{0:N2}', 1)]"
        (call format '{0:N2}' 1)
    "[format('{1}', 1)]"
        (call format '{1}' 1)
    "[format('plain')]"
        'plain'
    "[format(parameters('p'), 1)]"
        (call format (param p) 1)
    "[createObject('a', createArray(1, 2), format('{0}', 'k'), 3)]"
        {a: [1 2], "${'k'}": 3}
    "[createObject('a')]"
        (call createobject 'a')
    "[map(createArray(1), lambda('x', map(createArray(2), lambda('y', 'i', concat(lambdaVariables('X'), lambdaVariables('i'), lambdaVariables('z'))))))]"
        (call map [1] (lambda ($0) (call map [2] (lambda ($1 $2) (call concat $0 $2 (unresolved z))))))
    "[indexFromEnd(createArray(1), tryIndexFromEnd(createArray(2), 1))]"
        (index^ [1] (index?^ [2] 1))
    "[if(1)]"
        (call if 1)
    "[equals(1, 2, 3)]"
        (call equals 1 2 3)
    "[and(1)]"
        (call and 1)
    "[ResourceId('a', 'b')]"
        (call resourceid 'a' 'b')
    "[unknown.call(1)]"
        (call unknown.call 1)
    "[copyIndex()]"
        (call copyindex)
    "[concat('a']"
        <invalid>
    "[[not an expression]"
        '[not an expression]'
    "caf\u00e9 \"quoted\""
        'café "quoted"'
    {"[resourceId('t', 'n')]": {}}
        {(call resourceid 't' 'n'): {}}
    "\q"
        <invalid>
    "#);
}

#[test]
fn resources_with_nested_ones() {
    assert_snapshot!(lowered(r#"
        "parameters": {"n": {"type": "int"}},
        "resources": [
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2022-08-01",
                "name": "apim",
                "condition": "[equals(1, 1)]",
                "copy": {"name": "services", "count": "[parameters('n')]"},
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {"[resourceId('x', copyIndex())]": {}}},
                "properties": {
                    "copy": [
                        {
                            "name": "hostnameConfigurations",
                            "count": 2,
                            "input": {
                                "hostName": "[concat(copyIndex('hostnameConfigurations'), copyIndex(1), copyIndex('services'))]",
                                "copy": [{"name": "inner", "count": 1, "input": "[copyIndex('inner')]"}]
                            }
                        }
                    ]
                },
                "resources": [
                    {
                        "type": "namedValues",
                        "apiVersion": "2022-08-01",
                        "name": "secret",
                        "dependsOn": ["apim"],
                        "properties": {"value": "[copyIndex('services')]"},
                        "resources": [{"type": "deeper", "name": "d"}]
                    },
                    {"type": "Microsoft.ApiManagement/service/apis", "name": "apim/api"}
                ]
            },
            {"type": "[concat('a', 'b')]", "name": "x", "scope": "[resourceGroup().id]"}
        ],
        "outputs": {
            "all": {"type": "array", "copy": {"count": "[parameters('n')]", "input": "[copyIndex()]"}}
        }
    "#), @r#"
    template ResourceGroup
    parameter n: Int
    resource #0 Microsoft.ApiManagement/service
      api version: '2022-08-01'
      name: 'apim'
      condition: (Equal 1 1)
      for $0 $1 in (call range 0 (param n))
      body: {type: 'Microsoft.ApiManagement/service', apiVersion: '2022-08-01', name: 'apim', condition: (Equal 1 1), copy: {name: 'services', count: (param n)}, identity: {type: 'UserAssigned', userAssignedIdentities: {(call resourceid 'x' $1): {}}}, properties: {hostnameConfigurations: (for $2 $3 in (call range 0 2) {hostName: (call concat $3 (Add $1 1) $1), inner: (for $4 $5 in (call range 0 1) $5)})}}
    resource #1 Microsoft.ApiManagement/service/namedValues
      api version: '2022-08-01'
      name: 'secret'
      within #0
      depends on: ['apim']
      body: {type: 'namedValues', apiVersion: '2022-08-01', name: 'secret', dependsOn: ['apim'], properties: {value: $1}}
    resource #2 Microsoft.ApiManagement/service/namedValues/deeper
      name: 'd'
      within #1
      body: {type: 'deeper', name: 'd'}
    resource #3 Microsoft.ApiManagement/service/apis
      name: 'apim/api'
      body: {type: 'Microsoft.ApiManagement/service/apis', name: 'apim/api'}
    resource #4 ?
      name: 'x'
      scope: (get (call resourcegroup) id)
      body: {type: (call concat 'a' 'b'), name: 'x', scope: (get (call resourcegroup) id)}
    output all = (for $6 $7 in (call range 0 (param n)) $7)
    "#);
}

#[test]
fn symbolic_names() {
    assert_snapshot!(lowered(r#"
        "languageVersion": "2.0",
        "resources": {
            "secret": {
                "type": "Microsoft.KeyVault/vaults/secrets",
                "apiVersion": "2022-07-01",
                "name": "[format('{0}/{1}', 'kv', 's')]",
                "dependsOn": ["KV", "[format('sites[{0}]', 0)]", "sites[1]", "other", "[resourceId('x', 'y')]"]
            },
            "kv": {
                "existing": true,
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2022-07-01",
                "name": "kv",
                "resources": {"child": {"type": "keys", "apiVersion": "2022-07-01", "name": "k"}}
            },
            "sites": {
                "copy": {"name": "sites", "count": 2},
                "type": "Microsoft.Web/sites",
                "apiVersion": "2022-07-01",
                "name": "[format('site{0}', copyIndex())]"
            },
            "deployment": {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": "2022-09-01",
                "name": "d",
                "properties": {"templateLink": {"relativePath": "nested/main.json"}, "parameters": {"a": {"value": "[reference('sites[0]').x]"}}},
                "dependsOn": ["kv"]
            }
        },
        "outputs": {
            "uri": {"type": "string", "value": "[reference('kv', '2022-07-01', 'full').properties.vaultUri]"},
            "name": {"type": "string", "value": "[resourceInfo('kv').name]"},
            "site": {"type": "string", "value": "[reference(format('sites[{0}]', 1)).x]"},
            "module": {"type": "string", "value": "[reference('deployment').outputs.x.value]"},
            "keys": {"type": "string", "value": "[listKeys('child', '2022-07-01').a]"},
            "plain": {"type": "string", "value": "[concat('kv')]"}
        }
    "#), @r#"
    template ResourceGroup
    resource secret Microsoft.KeyVault/vaults/secrets
      api version: '2022-07-01'
      name: "${'kv'}/${'s'}"
      depends on: [(resource kv) (index (resource sites) 0) (index (resource sites) 1) 'other' (call resourceid 'x' 'y')]
      body: {type: 'Microsoft.KeyVault/vaults/secrets', apiVersion: '2022-07-01', name: "${'kv'}/${'s'}", dependsOn: [(resource kv) (index (resource sites) 0) (index (resource sites) 1) 'other' (call resourceid 'x' 'y')]}
    resource kv Microsoft.KeyVault/vaults existing
      api version: '2022-07-01'
      name: 'kv'
      body: {existing: true, type: 'Microsoft.KeyVault/vaults', apiVersion: '2022-07-01', name: 'kv'}
    resource child Microsoft.KeyVault/vaults/keys
      api version: '2022-07-01'
      name: 'k'
      within kv
      body: {type: 'keys', apiVersion: '2022-07-01', name: 'k'}
    resource sites Microsoft.Web/sites
      api version: '2022-07-01'
      name: "site${$0}"
      for $1 $0 in (call range 0 2)
      body: {copy: {name: 'sites', count: 2}, type: 'Microsoft.Web/sites', apiVersion: '2022-07-01', name: "site${$0}"}
    module deployment
      arguments: {a: {value: (get (call reference (index (resource sites) 0)) x)}}
      body: {type: 'Microsoft.Resources/deployments', apiVersion: '2022-09-01', name: 'd', properties: {templateLink: {relativePath: 'nested/main.json'}, parameters: {a: {value: (get (call reference (index (resource sites) 0)) x)}}}, dependsOn: [(resource kv)]}
      from nested/main.json
    output uri = (get (get (call reference (resource kv) '2022-07-01' 'full') properties) vaultUri)
    output name = (get (call resourceinfo (resource kv)) name)
    output site = (get (call reference (index (resource sites) 1)) x)
    output module = (get (get (get (call reference (module deployment)) outputs) x) value)
    output keys = (get (call listkeys (resource child) '2022-07-01') a)
    output plain = (call concat 'kv')
    "#);
}

#[test]
fn nested_deployments() {
    assert_snapshot!(lowered(r#"
        "parameters": {"p": {"type": "string"}, "outer": {"type": "string"}},
        "variables": {"v": "x"},
        "resources": [
            {
                "type": "Microsoft.Resources/deployments",
                "name": "inner",
                "resourceGroup": "rg",
                "copy": {"name": "loop", "count": 2},
                "properties": {
                    "expressionEvaluationOptions": {"scope": "Inner"},
                    "parameters": {"p": {"value": "[parameters('outer')]"}},
                    "template": {
                        "$schema": "https://x/subscriptionDeploymentTemplate.json#",
                        "parameters": {"p": {"type": "securestring"}},
                        "resources": [{"type": "a/b", "name": "[concat(parameters('p'), parameters('outer'), copyIndex())]"}]
                    }
                }
            },
            {
                "type": "microsoft.resources/DEPLOYMENTS",
                "name": "outer",
                "condition": false,
                "copy": {"name": "loop", "count": 2},
                "properties": {
                    "template": {
                        "$schema": "https://x/deploymentTemplate.json#",
                        "resources": [
                            {
                                "type": "c/d",
                                "name": "[concat(parameters('outer'), variables('v'), copyIndex('loop'), copyIndex('own'), copyIndex())]",
                                "copy": {"name": "own", "count": 3}
                            }
                        ]
                    }
                }
            },
            {"type": "Microsoft.Resources/deployments", "name": "linked", "properties": {"templateLink": {"uri": "https://x/y.json"}}},
            {"type": "Microsoft.Resources/deployments", "name": "computed", "properties": {"templateLink": {"uri": "[parameters('p')]"}}}
        ]
    "#), @r#"
    template ResourceGroup
    parameter p: String
    parameter outer: String
    variable v = 'x'
    module #0
      arguments: {p: {value: (param outer)}}
      for $0 $1 in (call range 0 2)
      body: {type: 'Microsoft.Resources/deployments', name: 'inner', resourceGroup: 'rg', copy: {name: 'loop', count: 2}, properties: {expressionEvaluationOptions: {scope: 'Inner'}, parameters: {p: {value: (param outer)}}, template: <invalid>}}
      inner scope
      template Subscription
      parameter p: String secure
      resource #0 a/b
        name: (call concat (param p) (unresolved outer) (call copyindex))
        body: {type: 'a/b', name: (call concat (param p) (unresolved outer) (call copyindex))}
    module #1
      condition: false
      for $2 $3 in (call range 0 2)
      body: {type: 'microsoft.resources/DEPLOYMENTS', name: 'outer', condition: false, copy: {name: 'loop', count: 2}, properties: {template: {$schema: 'https://x/deploymentTemplate.json#', resources: [{type: 'c/d', name: (call concat (param outer) (var v) $3 $4 $4), copy: {name: 'own', count: 3}}]}}}
      outer scope
      template ResourceGroup
      parameter p: String
      parameter outer: String
      variable v = 'x'
      resource #0 c/d
        name: (call concat (param outer) (var v) $0 $1 $1)
        for $2 $1 in (call range 0 3)
        body: {type: 'c/d', name: (call concat (param outer) (var v) $0 $1 $1), copy: {name: 'own', count: 3}}
    module #2
      body: {type: 'Microsoft.Resources/deployments', name: 'linked', properties: {templateLink: {uri: 'https://x/y.json'}}}
      from https://x/y.json
    module #3
      body: {type: 'Microsoft.Resources/deployments', name: 'computed', properties: {templateLink: {uri: (param p)}}}
      from ?
    "#);
}

#[test]
fn places() {
    let document = document(
        r#""resources": [{"type": "a/b", "name": "[concat('x', 'y').z]", "tags": {"k": "v"}}]"#,
    );
    let template = lower(&document).unwrap();
    let mut lines = vec![
        document
            .slice(template.resources[0].type_range)
            .into_owned(),
        document.slice(template.resources[0].label).into_owned(),
    ];
    for expression in &template.expressions {
        if !matches!(expression.kind, ExpressionKind::Object(_)) {
            lines.push(document.slice(expression.range).into_owned());
        }
    }
    assert_snapshot!(lines.join("\n"), @r#"
    a/b
    "[concat('x', 'y').z]"
    "type"
    "a/b"
    "name"
    'x'
    'y'
    concat('x', 'y')
    concat('x', 'y').z
    "tags"
    "k"
    "v"
    "#);
}

#[test]
fn damaged_text_is_not_complete() {
    let damaged = [
        r#""resources": [{"type": "a/b", "name": "x", "properties": {"a": }}]"#,
        r#""resources": [{"type": "a/b", "name": "x", "tags": {"a" , "b": 1}}]"#,
        r#""resources": [{"type": "a/b", "name": "x", "tags": {"a": [1, , 2], "b": "\q"}}]"#,
        r#""resources": [{"type": "a/b", "name": "x"}, 1]"#,
        r#""resources": 1"#,
        r#""parameters": [], "variables": {"a": 1,}, "resources": [{"type": "a/b", "name": "x",},]"#,
        r#""variables": {"a": 1,,}, "outputs": {"b": {}}"#,
        "\"variables\": {\"a\": \"[concat('x',\n  'y')]\"}",
    ];
    let lines = damaged.map(|sections| format!("{sections}\n{}", lowered(sections)));
    assert_snapshot!(lines.join("\n"), @r#"
    "resources": [{"type": "a/b", "name": "x", "properties": {"a": }}]
    template ResourceGroup
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', properties: {a: <invalid>}}

    "resources": [{"type": "a/b", "name": "x", "tags": {"a" , "b": 1}}]
    template ResourceGroup (incomplete)
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', tags: {b: 1, <incomplete>}}

    "resources": [{"type": "a/b", "name": "x", "tags": {"a": [1, , 2], "b": "\q"}}]
    template ResourceGroup
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', tags: {a: [1 2], b: <invalid>}}

    "resources": [{"type": "a/b", "name": "x"}, 1]
    template ResourceGroup (incomplete)
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x'}

    "resources": 1
    template ResourceGroup (incomplete)

    "parameters": [], "variables": {"a": 1,}, "resources": [{"type": "a/b", "name": "x",},]
    template ResourceGroup (incomplete)
    variable a = 1
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x'}

    "variables": {"a": 1,,}, "outputs": {"b": {}}
    template ResourceGroup
    variable a = 1
    output b = <invalid>

    "variables": {"a": "[concat('x',
      'y')]"}
    template ResourceGroup
    variable a = (call concat 'x' 'y')
    "#);
}

#[test]
fn deep_nesting_is_bounded() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let deployment =
        r#"{"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": ["#;
    for sections in [
        format!(r#""variables": {{"a": {}}}"#, deep("[", "]")),
        format!(r#""variables": {{"a": {}}}"#, deep("{\"a\":", "}")),
        format!(r#""variables": {{"a": "[{}]"}}"#, deep("f(", ")")),
        format!(r#""variables": {{"a": "[f(){}]"}}"#, ".a".repeat(100_000)),
        format!(
            r#""variables": {{"a": "[and(true(){})]"}}"#,
            ", true()".repeat(100_000)
        ),
        format!(
            r#""resources": {}"#,
            deep("[{\"type\":\"a\",\"resources\":", "}]")
        ),
        format!(r#""resources": {}"#, deep("[", "]")),
        format!(r#""resources": [{}]"#, deep(deployment, "]}}}")),
    ] {
        let document = document(&sections);
        assert!(!document.root().has_error());
        let template = lower(&document).unwrap();
        assert_eq!(
            TextRange::from(document.root()).end as usize,
            document.text().len_bytes()
        );
        drop(dump(&template));
    }
}
