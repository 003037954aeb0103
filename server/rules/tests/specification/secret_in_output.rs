//! `secret-in-output`: a secret of API Management that stays in the history of deployments.

use std::fmt::Write as _;

use crate::programs::report;
use crate::twins::{Case, arm, case, judge};

const RULES: &[&str] = &["secret-in-output"];
const LEAK: &str = "warning secret-in-output";

/// An output of what a function gives for an existing part of a service, through a variable.
fn listed(
    name: &'static str,
    expected: &'static str,
    resource_type: &str,
    function: &str,
    member: &str,
) -> Case {
    case(
        name,
        expected,
        format!(
            "resource part 'Microsoft.ApiManagement/service/{resource_type}@2024-05-01' existing = {{
  name: 'gateway/part'
}}
var listed = part.{function}()
output value string = listed{member}
"
        ),
        arm(&format!(
            r#""resources": [], "outputs": {{ "value": {{ "type": "string", "value": "[{function}(resourceId('Microsoft.ApiManagement/service/{resource_type}', 'gateway', 'part'), '2024-05-01'){member}]" }} }}"#
        )),
    )
}

const STORE: &str = "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {\n  name: 'store'\n}\nvar listed = store.listKeys()\n";

#[test]
fn what_is_a_secret_of_api_management() {
    let named_value = |name, expected, secret: &str| {
        case(
            name,
            expected,
            format!(
                "resource part 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/part'
  properties: {{ displayName: 'part', secret: {secret}, value: 'x' }}
}}
var listed = part.listValue()
output value string = listed.value
"
            ),
            arm(&format!(
                r#""resources": [ {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/part", "properties": {{ "displayName": "part", "secret": {secret}, "value": "x" }} }} ], "outputs": {{ "value": {{ "type": "string", "value": "[listValue(resourceId('Microsoft.ApiManagement/service/namedValues', 'gateway', 'part'), '2024-05-01').value]" }} }}"#
            )),
        )
    };
    let report = judge(
        RULES,
        &[
            listed(
                "subscription",
                LEAK,
                "subscriptions",
                "listSecrets",
                ".primaryKey",
            ),
            listed("both keys", LEAK, "subscriptions", "listSecrets", ""),
            listed("gateway", LEAK, "gateways", "listKeys", ".secondary"),
            listed("tenant", LEAK, "tenant", "listSecrets", ".primaryKey"),
            listed("not the key", "", "tenant", "listSecrets", ".enabled"),
            listed(
                "identity provider",
                LEAK,
                "identityProviders",
                "listSecrets",
                ".clientSecret",
            ),
            listed("named value", LEAK, "namedValues", "listValue", ".value"),
            named_value("secret named value", LEAK, "true"),
            named_value("plain named value", "", "false"),
            case(
                "another service's keys",
                "",
                format!("{STORE}output value string = listed.keys[0].value\n"),
                arm(
                    r#""resources": [], "outputs": { "value": { "type": "string", "value": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2023-01-01').keys[0].value]" } }"#,
                ),
            ),
            case(
                "only whether there is one",
                "",
                "resource part 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' existing = {\n  name: 'gateway/part'\n}\nvar listed = part.listSecrets()\noutput value bool = empty(listed.primaryKey)\n",
                arm(
                    r#""resources": [], "outputs": { "value": { "type": "bool", "value": "[empty(listSecrets(resourceId('Microsoft.ApiManagement/service/subscriptions', 'gateway', 'part'), '2024-05-01').primaryKey)]" } }"#,
                ),
            ),
            case(
                "secure output",
                "",
                "resource part 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' existing = {\n  name: 'gateway/part'\n}\nvar listed = part.listSecrets()\n@secure()\noutput value string = listed.primaryKey\n",
                arm(
                    r#""resources": [], "outputs": { "value": { "type": "securestring", "value": "[listSecrets(resourceId('Microsoft.ApiManagement/service/subscriptions', 'gateway', 'part'), '2024-05-01').primaryKey]" } }"#,
                ),
            ),
            case(
                "in a text in an object, in one case",
                LEAK,
                "param show bool\nresource part 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' existing = {\n  name: 'gateway/part'\n}\nvar listed = part.listSecrets()\noutput value object = { header: show ? 'key ${listed.primaryKey}' : '' }\n",
                arm(
                    r#""parameters": { "show": { "type": "bool" } }, "resources": [], "outputs": { "value": { "type": "object", "value": { "header": "[if(parameters('show'), format('key {0}', listSecrets(resourceId('Microsoft.ApiManagement/service/subscriptions', 'gateway', 'part'), '2024-05-01').primaryKey), '')]" } } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report);
}

const SUBSCRIPTION: &str =
    "resource part 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' existing = {
  name: 'gateway/part'
}
";

#[test]
fn what_the_linter_of_bicep_reports_itself() {
    let silent = |text: &str| {
        let found = report(RULES, &[("main.bicep", text)]);
        assert_eq!(found, "", "{text}");
    };
    silent(&format!(
        "{SUBSCRIPTION}output value string = part.listSecrets().primaryKey\n"
    ));
    silent(&format!(
        "{SUBSCRIPTION}output value string = listSecrets(part.id, '2024-05-01').primaryKey\n"
    ));
    silent(&format!(
        "{SUBSCRIPTION}#disable-next-line outputs-should-not-contain-secrets\noutput value string = part.listSecrets().primaryKey\n"
    ));
    silent(&format!(
        "{SUBSCRIPTION}var listed = part.listSecrets()\noutput password string = listed.primaryKey\n"
    ));
    silent(
        "@secure()
param key string
resource part 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' = {
  name: 'gateway/part'
  properties: { displayName: 'part', scope: '/apis', primaryKey: key }
}
output value string = key
",
    );
}

#[test]
fn secure_parameters_in_arm_json() {
    let template = |properties: &str| {
        arm(&format!(
            r#""parameters": {{ "given": {{ "type": "securestring" }} }}, "resources": [ {{ "type": "Microsoft.ApiManagement/service/subscriptions", "apiVersion": "2024-05-01", "name": "gateway/part", "properties": {{ {properties} }} }} ], "outputs": {{ "value": {{ "type": "string", "value": "[parameters('given')]" }} }}"#
        ))
    };
    let used = template(r#""primaryKey": "[parameters('given')]""#);
    let unused = template(r#""displayName": "part""#);
    insta::assert_snapshot!(report(RULES, &[("main.json", &used)]));
    assert_eq!(report(RULES, &[("main.json", &unused)]), "");
}

#[test]
fn once_at_the_innermost_output() {
    let inner = |output: &str| format!("{SUBSCRIPTION}var listed = part.listSecrets()\n{output}\n");
    let leaking = inner("output value string = listed.primaryKey");
    let secure = inner("@secure()\noutput value string = listed.primaryKey");
    let linted = format!("{SUBSCRIPTION}output value string = part.listSecrets().primaryKey\n");
    let main = "module inner 'inner.bicep' = {\n}\noutput value string = inner.outputs.value\n";
    let mut all = String::new();
    for (name, inner) in [
        ("the inner one", &leaking),
        ("the outer one", &secure),
        ("neither", &linted),
    ] {
        let found = report(RULES, &[("main.bicep", main), ("inner.bicep", inner)]);
        let _ = write!(all, "{name}\n{found}");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_module_that_is_never_deployed_hands_out_nothing() {
    let inner = arm(
        r#""resources": [], "outputs": { "value": { "type": "string", "value": "[listSecrets(resourceId('Microsoft.ApiManagement/service/subscriptions', 'gateway', 'part'), '2024-05-01').primaryKey]" } }"#,
    );
    let main = arm(&format!(
        r#""resources": [ {{ "condition": false, "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "nested", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "template": {inner} }} }} ]"#
    ));
    assert_eq!(report(RULES, &[("main.json", &main)]), "");
    let deployed = main.replace(r#""condition": false, "#, "");
    insta::assert_snapshot!(report(RULES, &[("main.json", &deployed)]));
}
