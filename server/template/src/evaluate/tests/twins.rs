//! What the Bicep compiler writes in another way than it was written evaluates to the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cases::judge;
use crate::files::Files;
use crate::program::{InstanceId, Program};

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn program(files: &[(&str, &str)]) -> Program {
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect();
    let in_memory = Arc::new(Files::new(Box::new(disk)));
    let root = in_memory.get(Path::new(files[0].0)).unwrap();
    assert!(!root.document.root().has_error(), "{}", files[0].1);
    Program::new(&in_memory, &root, &[]).unwrap()
}

/// What the output `o` of a program is, in each case.
fn output(program: &Program) -> String {
    let outputs = &program.template(InstanceId::ROOT).outputs;
    let output = outputs.iter().find(|it| &*it.name.text == "o").unwrap();
    let value = InstanceId::ROOT.at(output.value);
    let answers = judge(program, |evaluator| {
        evaluator.describe_decided(&evaluator.evaluate(value)?.value)
    });
    let mut values: Vec<_> = answers.unwrap().into_iter().map(|it| it.value).collect();
    values.dedup();
    values.join(" | ")
}

/// Holds both spellings of an output to what it is. The first file of Bicep is the root; of ARM JSON
/// only what is in the braces of the template is given.
#[track_caller]
fn twins(bicep: &[(&str, &str)], json: &str, expected: &str) {
    assert_eq!(output(&program(bicep)), expected);
    let json = format!(r#"{{ "$schema": "{SCHEMA}", {json} }}"#);
    assert_eq!(output(&program(&[("/main.json", &json)])), expected);
}

/// A module that gives back its parameter, and one that it has by default.
const GIVES: &str = "
param p string
param q string?
output v string = p
output w string = q ?? 'none'
";
const GIVES_JSON: &str = r##""properties": {
  "expressionEvaluationOptions": { "scope": "inner" },
  "parameters": { "p": { "value": "x" } },
  "template": {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "languageVersion": "2.0",
    "definitions": { "maybe": { "type": "string", "nullable": true } },
    "parameters": { "p": { "type": "string" }, "q": { "$ref": "#/definitions/maybe" } },
    "resources": {},
    "outputs": {
      "v": { "type": "string", "value": "[parameters('p')]" },
      "w": { "type": "string", "value": "[coalesce(parameters('q'), 'none')]" }
    }
  }
}"##;

#[test]
fn a_deployment_is_found_by_its_id_in_another_group() {
    let bicep = "
        module here 'm.bicep' = { name: 'm', params: { p: 'other' } }
        module there 'm.bicep' = { name: 'm', scope: resourceGroup('g'), params: { p: 'x' } }
        output o string = '${there.outputs.v}-${there.outputs.w}'";
    let id = "extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', \
              subscription().subscriptionId, 'g'), 'Microsoft.Resources/deployments', 'm')";
    let json = format!(
        r#""resources": [
          {{ "type": "Microsoft.Resources/deployments", "name": "m",
             "properties": {{ "template": {{ "$schema": "{SCHEMA}", "resources": [] }} }} }},
          {{ "type": "Microsoft.Resources/deployments", "name": "m", "resourceGroup": "g", {GIVES_JSON} }}
        ],
        "outputs": {{ "o": {{ "type": "string", "value":
          "[format('{{0}}-{{1}}', reference({id}, '1').outputs.v.value, reference({id}, '1').outputs.w.value)]" }} }}"#
    );
    twins(
        &[("/main.bicep", bicep), ("/m.bicep", GIVES)],
        &json,
        "'x-none'",
    );
}

#[test]
fn outputs_of_one_of_many_modules() {
    let bicep = "
        param list array
        module m 'm.bicep' = [for (x, i) in list: { name: 'm-${i}', params: { p: 'x' } }]
        output o array = [for i in range(0, length(list)): { v: m[i].outputs.v, name: m[i].name }]";
    let name = "format('m-{0}', range(0, length(parameters('list')))[copyIndex()])";
    let json = format!(
        r#""parameters": {{ "list": {{ "type": "array" }} }},
        "resources": [
          {{ "copy": {{ "name": "m", "count": "[length(parameters('list'))]" }},
             "type": "Microsoft.Resources/deployments", "name": "[format('m-{{0}}', copyIndex())]", {GIVES_JSON} }}
        ],
        "outputs": {{ "o": {{ "type": "array", "copy": {{
          "count": "[length(range(0, length(parameters('list'))))]",
          "input": {{
            "v": "[reference(resourceId('Microsoft.Resources/deployments', {name}), '1').outputs.v.value]",
            "name": "[{name}]"
          }} }} }} }}"#
    );
    twins(
        &[("/main.bicep", bicep), ("/m.bicep", GIVES)],
        &json,
        "[{'name': 'm-${range(0, length(list))[index of list]}', \
          'v': module<'m-${index of list}'>[range(0, length(list))[index of list]].outputs.v}, ...]",
    );
}

#[test]
fn secure_outputs_and_modules_without_name() {
    let bicep = "
        module m 'm.bicep' = { params: { p: 'x' } }
        output o string = '${m.outputs.v}${m.name}'";
    let name = "format('m-{0}', uniqueString('m', deployment().name))";
    let json = format!(
        r#""languageVersion": "2.0", "resources": {{ "m": {{
          "type": "Microsoft.Resources/deployments", "name": "[{name}]", {GIVES_JSON} }} }},
        "outputs": {{ "o": {{ "type": "string",
          "value": "[format('{{0}}{{1}}', listOutputsWithSecureValues('m', '1').v, {name})]" }} }}"#
    );
    twins(
        &[("/main.bicep", bicep), ("/m.bicep", GIVES)],
        &json,
        "'xm-${uniquestring('m', deployment().name)}'",
    );
}

#[test]
fn an_existing_resource_elsewhere() {
    let bicep = "
        param id string
        resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {
          name: last(split(id, '/'))
          scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
        }
        output o object = {
          key: store.listKeys().keys[0].value
          version: store.apiVersion
          at: store.properties.x
        }";
    let json = r#""languageVersion": "2.0", "parameters": { "id": { "type": "string" } },
        "resources": { "store": {
          "existing": true, "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01",
          "subscriptionId": "[split(parameters('id'), '/')[2]]",
          "resourceGroup": "[split(parameters('id'), '/')[4]]",
          "name": "[last(split(parameters('id'), '/'))]" } },
        "outputs": { "o": { "type": "object", "value": {
          "key": "[listKeys('store', '2023-01-01').keys[0].value]",
          "version": "2023-01-01",
          "at": "[reference('store').x]" } } }"#;
    let account = "storageaccounts<last(split(id, '/'))> in split(id, '/')[2]/split(id, '/')[4]";
    twins(
        &[("/main.bicep", bicep)],
        json,
        &format!(
            "{{'at': {account}.properties.x, 'key': listkeys(id {account}).keys[0].value, \
              'version': '2023-01-01'}}"
        ),
    );
}

#[test]
fn what_is_not_deployed_is_null_behind_a_question_mark() {
    let bicep = "
        param flag bool
        resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = if (flag) { name: 'n' }
        output o string? = id.?properties.principalId";
    let json = r#""languageVersion": "2.0", "parameters": { "flag": { "type": "bool" } },
        "resources": { "id": {
          "condition": "[parameters('flag')]", "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
          "apiVersion": "2023-01-31", "name": "n" } },
        "outputs": { "o": { "type": "string", "nullable": true,
          "value": "[if(parameters('flag'), tryGet(reference('id', '2023-01-31', 'full'), 'properties', 'principalId'), null())]" } }"#;
    twins(
        &[("/main.bicep", bicep)],
        json,
        "userassignedidentities<'n'>.properties.principalId | null",
    );
}

#[test]
fn comparisons_without_regard_to_case() {
    twins(
        &[(
            "/main.bicep",
            "param a string\noutput o array = [a =~ 'X', 'x' !~ 'X']",
        )],
        r#""parameters": { "a": { "type": "string" } }, "resources": [],
           "outputs": { "o": { "type": "array", "value": [
             "[equals(toLower(parameters('a')), toLower('X'))]",
             "[not(equals(toLower('x'), toLower('X')))]" ] } }"#,
        "[equals(tolower(a), 'x'), false]",
    );
}

#[test]
fn counting_from_the_end_and_names_in_parts() {
    twins(
        &[(
            "/main.bicep",
            "param a string
             resource r 'A.B/c/d@1' existing = { name: '${a}/e' }
             output o array = [{ x: ['f', 'g'] }.?x[^1], r.id]",
        )],
        r#""parameters": { "a": { "type": "string" } }, "resources": [],
           "outputs": { "o": { "type": "array", "value": [
             "[tryGet(createObject('x', createArray('f', 'g')), 'x', createObject('value', 1, 'fromEnd', true()))]",
             "[resourceId('A.B/c/d', split(format('{0}/e', parameters('a')), '/')[0], split(format('{0}/e', parameters('a')), '/')[1])]"
           ] } }"#,
        "['g', id d<a/'e'>]",
    );
}

#[test]
fn secrets_and_defaults_that_change() {
    let bicep = "
        param seed string = newGuid()
        resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kv' }
        module m 'm.bicep' = { name: 'm', params: { p: kv.getSecret('s') } }
        output o array = [m.outputs.v, 'a${seed}' == 'a${seed}']";
    let secret = r#""reference": {
        "keyVault": { "id": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]" },
        "secretName": "s" }"#;
    let json = format!(
        r#""parameters": {{ "seed": {{ "type": "string", "defaultValue": "[newGuid()]" }} }},
        "resources": [ {{ "type": "Microsoft.Resources/deployments", "name": "m", {} }} ],
        "outputs": {{ "o": {{ "type": "array", "value": [
          "[reference(resourceId('Microsoft.Resources/deployments', 'm'), '1').outputs.v.value]",
          "[equals(format('a{{0}}', parameters('seed')), format('a{{0}}', parameters('seed')))]" ] }} }}"#,
        GIVES_JSON.replace(r#""value": "x""#, secret)
    );
    twins(
        &[("/main.bicep", bicep), ("/m.bicep", GIVES)],
        &json,
        "[getsecret(vaults<'kv'>, 's'), true]",
    );
}

#[test]
fn identities_by_names_that_are_not_known() {
    twins(
        &[(
            "/main.bicep",
            "param id string
             var all = reduce(map([id, 'x'], it => { '${it}': {} }), {}, (a, b) => union(a, b))
             output o object = empty(all) ? {} : all",
        )],
        r#""parameters": { "id": { "type": "string" } }, "resources": [],
           "variables": { "all": "[reduce(map(createArray(parameters('id'), 'x'), lambda('it', createObject(format('{0}', lambdaVariables('it')), createObject()))), createObject(), lambda('a', 'b', union(lambdaVariables('a'), lambdaVariables('b'))))]" },
           "outputs": { "o": { "type": "object", "value": "[if(empty(variables('all')), createObject(), variables('all'))]" } }"#,
        "{'x': {}, id: {}}",
    );
}

/// A condition that cannot be compared by its value is asked once, and not until there are too many
/// cases.
#[test]
fn a_condition_on_what_is_not_known_is_asked_once() {
    twins(
        &[(
            "/main.bicep",
            "param list array
             var all = reduce(list, {}, (a, b) => union(a, { '${b}': {} }))
             var one = empty(all) ? {} : all
             output o object = empty(all) ? one : (empty(all) ? 'never' : one)",
        )],
        r#""parameters": { "list": { "type": "array" } }, "resources": [],
           "variables": {
             "all": "[reduce(parameters('list'), createObject(), lambda('a', 'b', union(lambdaVariables('a'), createObject(format('{0}', lambdaVariables('b')), createObject()))))]",
             "one": "[if(empty(variables('all')), createObject(), variables('all'))]" },
           "outputs": { "o": { "type": "object", "value": "[if(empty(variables('all')), variables('one'), if(empty(variables('all')), 'never', variables('one')))]" } }"#,
        "{} | reduce(list, {}, lambda)",
    );
}

#[test]
fn a_resource_inside_another_shares_its_condition_in_bicep_alone() {
    let deployed = |program: &Program| {
        let child = program.resources().nth(1).unwrap().0;
        let answers = judge(program, |evaluator| evaluator.is_deployed(child)).unwrap();
        answers.iter().map(|it| it.value).collect::<Vec<_>>()
    };
    let bicep = "
        param flag bool
        resource a 'A.B/c@1' = if (flag) { name: 'a', resource b 'd' = { name: 'b' } }";
    assert_eq!(deployed(&program(&[("/main.bicep", bicep)])), [true, false]);
    let json = format!(
        r#"{{ "$schema": "{SCHEMA}", "parameters": {{ "flag": {{ "type": "bool" }} }}, "resources": [ {{
          "type": "A.B/c", "name": "a", "condition": "[parameters('flag')]",
          "resources": [ {{ "type": "d", "name": "b" }} ] }} ] }}"#
    );
    assert_eq!(deployed(&program(&[("/main.json", &json)])), [true]);
}
