use insta::assert_snapshot;
use syntax::{Document, Language};

use super::{document, lower, lowered};
use crate::dump::dump_parameters;
use crate::lower::Content;

fn parameters(text: &str) -> String {
    match lower(&Document::new(Language::Json, text)) {
        Content::Parameters(file) => dump_parameters(&file),
        Content::Template(_) => "template\n".to_owned(),
        Content::Other => "other\n".to_owned(),
    }
}

const PARAMETERS: &str = r#"{
    // The values of a test environment.
    "$Schema": "https://schema.management.azure.com/schemas/2019-04-01/DeploymentParameters.json#",
    "contentVersion": "1.0.0.0",
    "PARAMETERS": {
        "text": {"Value": "[parameters('x')]"},
        "escaped": {"value": "[[a\tb\u0041"},
        "number": {"value": 1,},
        "object": {"value": {"a": [true, null, "[x]"], "copy": [{"name": "a", "count": 1, "input": "[copyIndex()]"}], "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": {}}}},
        "secret": {"reference": {"keyVault": {"id": "/subscriptions/x"}, "secretName": "s"}},
        "input": {"expression": "[externalInputs('x')]"},
        "environment": {"value": "${AZURE_ENV_NAME}"},
        "token": {"value": "a-#{token}#"},
        "moustache": {"value": "{{name}}"},
        "null": null
    },
}"#;

#[test]
fn parameter_files() {
    assert_snapshot!(parameters(PARAMETERS), @r"
    parameters
    assignment text = '[parameters(\'x\')]'
    assignment escaped = '[[a\tbA'
    assignment number = 1
    assignment object = {a: [true null '[x]'], copy: [{name: 'a', count: 1, input: '[copyIndex()]'}], properties: {expressionEvaluationOptions: {scope: 'inner'}, template: {}}}
    assignment secret = <invalid>
    assignment input = <invalid>
    assignment environment = <invalid>
    assignment token = <invalid>
    assignment moustache = <invalid>
    assignment null = <invalid>
    template ResourceGroup
    ");
}

#[test]
fn is_a_parameter_file_by_its_schema_or_shape() {
    let files = [
        r#"{"$schema": "https://x/deploymentParameters.json#"}"#,
        r#"{"$schema": "https://x/subscriptionDeploymentParameters.json", "parameters": {"a": {}}}"#,
        r#"{"$schema": "https://x/deploymentParameters.json#", "parameters": {"a": {"value": 1}, "b""#,
        r#"{"$schema": "https://x/deploymentParameters.json#", "parameters": [{"a": 1}]}"#,
        r#"{"$schema": "https://x/other.json#", "parameters": {"a": {"value": 1}}}"#,
        r#"{"parameters": {"a": {"value": 1}, "b": {"reference": {}}}}"#,
        r#"{"parameters": {"a": {"value": 1}, "b": {"type": "string"}}}"#,
        r#"{"parameters": {"a": {"value": 1}}, "resources": []}"#,
        r#"{"parameters": {"a": {"value": 1}}, "definition": {}}"#,
        r#"{"parameters": {}}"#,
    ];
    assert_snapshot!(files.map(parameters).concat(), @"
    parameters
    template ResourceGroup
    parameters
    assignment a = <invalid>
    template ResourceGroup
    parameters (incomplete)
    template ResourceGroup (incomplete)
    parameters (incomplete)
    template ResourceGroup (incomplete)
    other
    parameters
    assignment a = 1
    assignment b = <invalid>
    template ResourceGroup
    other
    other
    other
    other
    ");
}

#[test]
fn linked_templates() {
    let links = [
        r#""relativePath": "nested/a.json""#,
        r#""relativePath": "/a.json""#,
        r#""relativePath": "[variables('x')]", "uri": "https://x/b.json""#,
        r#""uri": "https://x/b.json", "contentVersion": "1.0.0.0", "queryString": "a=b""#,
        r#""uri": "b.json""#,
        r#""uri": "[uri(deployment().properties.templateLink.uri, 'nested/c.json')]""#,
        r#""uri": "[URI(deployment().Properties.templatelink.uri, 'c.json')]""#,
        r#""uri": "[uri(deployment().properties.templateLink.uri, '/c.json')]""#,
        r#""uri": "[uri(deployment().properties.templateLink.uri, 'https://x/c.json')]""#,
        r#""uri": "[uri(deployment().properties.templateLink.uri, concat('c', '.json'))]""#,
        r#""uri": "[uri(deployment('x').properties.templateLink.uri, 'c.json')]""#,
        r#""uri": "[uri(variables('base'), 'c.json')]""#,
        r#""uri": "[concat(deployment().properties.templateLink.uri, 'c.json')]""#,
        r#""id": "/subscriptions/x/templateSpecs/y/versions/1""#,
        r#""id": "[resourceId('x', 'y')]""#,
    ];
    let sources = links.map(|link| {
        let document = document(&format!(
            r#""resources": [{{"type": "Microsoft.Resources/deployments", "name": "a", "properties": {{"templateLink": {{{link}}}}}}}]"#
        ));
        let template = lower(&document).template().unwrap();
        let found = template.references().first().map_or_else(
            || "?".to_owned(),
            |link| format!("{:?} {}", link.kind, document.slice(link.range)),
        );
        format!("{link}: {found}")
    });
    assert_snapshot!(sources.join("\n"), @r#"
    "relativePath": "nested/a.json": RelativePath nested/a.json
    "relativePath": "/a.json": ?
    "relativePath": "[variables('x')]", "uri": "https://x/b.json": ?
    "uri": "https://x/b.json", "contentVersion": "1.0.0.0", "queryString": "a=b": Uri https://x/b.json
    "uri": "b.json": ?
    "uri": "[uri(deployment().properties.templateLink.uri, 'nested/c.json')]": RelativeToDeployment nested/c.json
    "uri": "[URI(deployment().Properties.templatelink.uri, 'c.json')]": RelativeToDeployment c.json
    "uri": "[uri(deployment().properties.templateLink.uri, '/c.json')]": ?
    "uri": "[uri(deployment().properties.templateLink.uri, 'https://x/c.json')]": ?
    "uri": "[uri(deployment().properties.templateLink.uri, concat('c', '.json'))]": ?
    "uri": "[uri(deployment('x').properties.templateLink.uri, 'c.json')]": ?
    "uri": "[uri(variables('base'), 'c.json')]": ?
    "uri": "[concat(deployment().properties.templateLink.uri, 'c.json')]": ?
    "id": "/subscriptions/x/templateSpecs/y/versions/1": TemplateSpec /subscriptions/x/templateSpecs/y/versions/1
    "id": "[resourceId('x', 'y')]": ?
    "#);
}

#[test]
fn links_of_nested_deployments() {
    let link = r#"{"type": "Microsoft.Resources/deployments", "name": "l", "properties": {"templateLink": {"uri": "[uri(deployment().properties.templateLink.uri, 'c.json')]"}}}"#;
    let nested = |scope: &str, resource: &str| {
        format!(
            r#"{{"type": "Microsoft.Resources/deployments", "name": "n", "properties": {{"expressionEvaluationOptions": {{"scope": "{scope}"}}, "template": {{"resources": [{resource}]}}}}}}"#
        )
    };
    let count = |resource: &str| {
        let template = lower(&document(&format!(r#""resources": [{resource}]"#)));
        template.template().unwrap().references().len()
    };
    let outer = nested("outer", link);
    assert_eq!(count(&outer), 1);
    assert_eq!(count(&nested("outer", &outer)), 1);
    assert_eq!(count(&nested("inner", link)), 0);
    assert_eq!(count(&nested("inner", &outer)), 0);
}

#[test]
fn arguments_and_scopes_of_deployments() {
    assert_snapshot!(lowered(r#"
        "resources": [
            {
                "type": "Microsoft.Resources/deployments",
                "name": "placed",
                "subscriptionId": "s",
                "resourceGroup": "[concat('r', 'g')]",
                "properties": {"templateLink": {"relativePath": "a.json"}, "parametersLink": {"uri": "https://x/y.json"}}
            },
            {
                "type": "Microsoft.Resources/deployments",
                "name": "scoped",
                "Scope": "Microsoft.Management/managementGroups/x",
                "location": "westeurope",
                "properties": {"templateLink": {"relativePath": "a.json"}}
            },
            {"type": "Microsoft.Resources/deployments", "name": "computed", "properties": "[variables('x')]"},
            {"type": "Microsoft.Resources/deployments", "name": "absent"}
        ]
    "#), @"
    template ResourceGroup
    module #0
      arguments: ?
      subscription: 's'
      resource group: (call concat 'r' 'g')
      body: {type: 'Microsoft.Resources/deployments', name: 'placed', subscriptionId: 's', resourceGroup: (call concat 'r' 'g'), properties: {templateLink: {relativePath: 'a.json'}, parametersLink: {uri: 'https://x/y.json'}}}
      from RelativePath a.json
    module #1
      scope: 'Microsoft.Management/managementGroups/x'
      location: 'westeurope'
      body: {type: 'Microsoft.Resources/deployments', name: 'scoped', Scope: 'Microsoft.Management/managementGroups/x', location: 'westeurope', properties: {templateLink: {relativePath: 'a.json'}}}
      from RelativePath a.json
    module #2
      arguments: ?
      body: {type: 'Microsoft.Resources/deployments', name: 'computed', properties: (unresolved x)}
      from ?
    module #3
      arguments: ?
      body: {type: 'Microsoft.Resources/deployments', name: 'absent'}
      from ?
    ");
}

#[test]
fn exports() {
    assert_snapshot!(lowered(r#"
        "metadata": {"__bicep_exported_variables!": [{"name": "a"}, {"name": "looped", "type": {}}, {}, 1]},
        "functions": [
            {
                "namespace": "__bicep",
                "members": {
                    "f": {"parameters": [], "output": {"type": "int", "value": 1}, "metadata": {"__bicep_export!": true}},
                    "g": {"parameters": [], "output": {"type": "int", "value": 1}, "metadata": {"description": "x"}}
                }
            }
        ],
        "variables": {"a": 1, "b": 2, "copy": [{"name": "looped", "count": 1, "input": 1}]}
    "#), @"
    template ResourceGroup
    exported variable a = 1
    variable b = 2
    exported variable looped = (for $0 $1 in (call range 0 1) 1)
    exported function __bicep.f() = 1
    function __bicep.g() = 1
    ");
}

#[test]
fn exports_by_name() {
    let sections = r#"
        "metadata": {"__bicep_exported_variables!": [{"name": "a"}]},
        "functions": [
            {"namespace": "__bicep", "members": {"f": {"metadata": {"__bicep_export!": true}}, "g": {}}},
            {"namespace": "n", "members": {"f": {"metadata": {"__bicep_export!": true}}}}
        ],
        "variables": {"b": 2, "a": 1}
    "#;
    let template = lower(&document(sections)).template().unwrap();
    let function = |name| {
        let id = template.exported_function(name)?;
        Some(&*template.function(id).name.text)
    };
    assert_eq!(function("f"), Some("__bicep.f"));
    assert_eq!(function("n.f"), Some("n.f"));
    assert_eq!(function("g"), None);
    let variable = |name| {
        let id = template.exported_variable(name)?;
        Some(&*template.variable(id).name.text)
    };
    assert_eq!(variable("a"), Some("a"));
    assert_eq!(variable("b"), None);
}

#[test]
fn every_beginning_of_a_parameter_file_is_lowered() {
    for (end, _) in PARAMETERS.char_indices() {
        let content = lower(&Document::new(Language::Json, &PARAMETERS[..end]));
        let is_complete = content.parameters().is_some_and(|file| file.is_complete);
        assert!(!is_complete, "{}", &PARAMETERS[..end]);
    }
}
