//! Scenarios: what a root is when it is deployed with the parameter files that name it.

use super::{
    ARM_KIND, KIND, arm, check, does_not_say, judged, module, only, parameters, says, silent,
};

/// A root whose default has no identity.
fn none_by_default() -> String {
    KIND.replace("'SystemAssigned'", "'None'")
}

fn using(params: &str) -> String {
    format!("using './main.bicep'\n{params}\n")
}

/// The squiggle sits on the value that is wrong, which the parameter file holds. (No document says
/// it of parameter files; the other tests here leave the place open.)
#[test]
fn a_bicepparam_gives_a_wrong_value() {
    let dev = using("param kind = 'SystemAsigned'");
    let files = [("main.bicep", KIND), ("main.dev.bicepparam", &dev)];
    check(
        &files,
        &["error identity-invalid @ main.dev.bicepparam: 'SystemAsigned'"],
    );
    says(&only(&files), &["main.dev.bicepparam"]);
    silent(&[
        ("main.bicep", KIND),
        (
            "main.dev.bicepparam",
            &using("param kind = 'SystemAssigned'"),
        ),
    ]);
}

/// The squiggle sits on the value that is wrong, which the parameter file holds.
#[test]
fn an_arm_parameter_file_gives_a_wrong_value() {
    let values = |kind: &str| parameters(&format!(r#""kind": {{ "value": "{kind}" }}"#));
    let wrong = values("SystemAsigned");
    for template in [("main.json", ARM_KIND), ("main.bicep", KIND)] {
        let files = [template, ("main.parameters.json", &wrong)];
        check(
            &files,
            &["error identity-invalid @ main.parameters.json: \"SystemAsigned\""],
        );
        says(&only(&files), &["main.parameters.json"]);
        silent(&[
            template,
            ("main.parameters.json", &values("SystemAssigned")),
        ]);
    }
}

#[test]
fn every_name_of_an_arm_parameter_file() {
    let values = parameters(r#""kind": { "value": "SystemAsigned" }"#);
    for name in [
        "main.parameters.json",
        "main.parameters.dev.json",
        "main.dev.parameters.json",
        "azuredeploy.parameters.json",
        "parameters.json",
        "dev.parameters.json",
    ] {
        let found = only(&[("main.json", ARM_KIND), (name, &values)]);
        assert_eq!(found.rule, "identity-invalid", "{name}");
        says(&found, &[name]);
    }
}

#[test]
fn a_parameter_file_of_another_template_is_no_scenario() {
    for values in [
        r#""kind": { "value": "SystemAsigned" }, "size": { "value": 3 }"#,
        r#""size": { "value": 3 }"#,
    ] {
        silent(&[
            ("main.json", ARM_KIND),
            ("other.parameters.json", &parameters(values)),
        ]);
    }
    let found = only(&[
        ("main.bicep", &none_by_default()),
        (
            "other.parameters.json",
            &parameters(r#""kind": { "value": "SystemAssigned" }, "size": { "value": 3 }"#),
        ),
    ]);
    says(&found, &["with the default of `kind`"]);
    silent(&[
        ("main.json", ARM_KIND),
        (
            "elsewhere/main.parameters.json",
            &parameters(r#""kind": { "value": "SystemAsigned" }"#),
        ),
    ]);
}

#[test]
fn of_two_scenarios_only_the_bad_one_is_named() {
    let dev = using("param kind = 'SystemAssigned'");
    let prod = using("param kind = 'None'");
    let found = only(&[
        ("main.bicep", KIND),
        ("main.dev.bicepparam", &dev),
        ("main.prod.bicepparam", &prod),
    ]);
    assert_eq!(found.rule, "identity-missing");
    says(&found, &["when deployed with `main.prod.bicepparam`"]);
    does_not_say(&found, &["main.dev.bicepparam"]);
    silent(&[
        ("main.bicep", KIND),
        ("main.dev.bicepparam", &dev),
        ("main.prod.bicepparam", &dev),
    ]);
}

#[test]
fn of_two_parameter_files_only_the_bad_one_is_named() {
    let values = |kind: &str| parameters(&format!(r#""kind": {{ "value": "{kind}" }}"#));
    let found = only(&[
        ("main.json", ARM_KIND),
        ("main.dev.parameters.json", &values("SystemAssigned")),
        ("main.prod.parameters.json", &values("None")),
    ]);
    assert_eq!(found.rule, "identity-missing");
    says(&found, &["main.prod.parameters.json"]);
    does_not_say(&found, &["main.dev.parameters.json"]);
}

#[test]
fn a_finding_of_every_scenario_names_none() {
    let service = "param name string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
}
";
    let found = only(&[
        ("main.bicep", service),
        ("main.dev.bicepparam", &using("param name = 'dev'")),
        ("main.prod.bicepparam", &using("param name = 'prod'")),
    ]);
    assert_eq!(
        (found.file.as_str(), found.text.as_str()),
        ("/w/main.bicep", "apim")
    );
    does_not_say(&found, &["bicepparam"]);
}

/// A scenario that leaves a parameter out has its default for sure; the others do not.
#[test]
fn a_scenario_that_leaves_a_parameter_out_has_its_default() {
    let found = only(&[
        ("main.bicep", &none_by_default()),
        ("main.dev.bicepparam", &using("param name = 'dev'")),
        (
            "main.prod.bicepparam",
            &using("param name = 'prod'\nparam kind = 'SystemAssigned'"),
        ),
    ]);
    assert_eq!(
        (found.rule, found.file.as_str(), found.text.as_str()),
        ("identity-missing", "/w/main.bicep", "'None'")
    );
    says(&found, &["main.dev.bicepparam"]);
    does_not_say(&found, &["main.prod.bicepparam", "default of"]);
}

#[test]
fn a_scenario_replaces_the_default() {
    silent(&[
        ("main.bicep", &none_by_default()),
        ("main.bicepparam", &using("param kind = 'SystemAssigned'")),
    ]);
    silent(&[
        ("main.json", &ARM_KIND.replace("SystemAssigned", "None")),
        (
            "main.parameters.json",
            &parameters(r#""kind": { "value": "SystemAssigned" }"#),
        ),
    ]);
}

#[test]
fn a_null_in_a_scenario_is_the_default() {
    judged(
        &[
            ("main.json", &ARM_KIND.replace("SystemAssigned", "None")),
            (
                "main.parameters.json",
                &parameters(r#""kind": { "value": null }"#),
            ),
        ],
        &["warning identity-missing"],
    );
    silent(&[
        ("main.json", ARM_KIND),
        (
            "main.parameters.json",
            &parameters(r#""kind": { "value": null }"#),
        ),
    ]);
}

/// A template has cases where nobody says how it is deployed, and none where somebody does.
#[test]
fn a_scenario_decides_a_boolean() {
    let main = "param prod bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: prod ? 'SystemAsigned' : 'SystemAssigned' }
}
";
    let dev = using("param prod = false");
    let prod = using("param prod = true");
    says(&only(&[("main.bicep", main)]), &["when `prod` is true"]);
    silent(&[("main.bicep", main), ("main.dev.bicepparam", &dev)]);
    let found = only(&[
        ("main.bicep", main),
        ("main.dev.bicepparam", &dev),
        ("main.prod.bicepparam", &prod),
    ]);
    assert_eq!(
        (found.file.as_str(), found.text.as_str()),
        ("/w/main.bicep", "'SystemAsigned'")
    );
    says(&found, &["main.prod.bicepparam"]);
    does_not_say(&found, &["main.dev.bicepparam"]);
}

#[test]
fn a_scenario_decides_whether_a_service_exists() {
    let main = format!(
        "param deployApim bool\n{}",
        KIND.replace("01' = {", "01' = if (deployApim) {")
            .replace("'SystemAssigned'", "'None'")
    );
    silent(&[
        ("main.bicep", &main),
        ("main.bicepparam", &using("param deployApim = false")),
    ]);
    judged(
        &[
            ("main.bicep", &main),
            ("main.bicepparam", &using("param deployApim = true")),
        ],
        &["warning identity-missing"],
    );
}

#[test]
fn a_value_from_a_key_vault_is_unknown() {
    silent(&[
        ("main.json", &ARM_KIND.replace("SystemAssigned", "None")),
        (
            "main.parameters.json",
            &parameters(
                r#""kind": { "reference": { "keyVault": { "id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/safe" }, "secretName": "kind" } }"#,
            ),
        ),
    ]);
    silent(&[
        ("main.bicep", &none_by_default()),
        (
            "main.bicepparam",
            &using(
                "param kind = az.getSecret('00000000-0000-0000-0000-000000000001', 'rg', 'safe', 'kind')",
            ),
        ),
    ]);
}

#[test]
fn a_value_from_the_environment_is_unknown() {
    for value in [
        "readEnvironmentVariable('KIND')",
        "readEnvironmentVariable('KIND', 'None')",
        "externalInput('pipeline', 'kind')",
    ] {
        silent(&[
            ("main.bicep", &none_by_default()),
            ("main.bicepparam", &using(&format!("param kind = {value}"))),
        ]);
    }
}

#[test]
fn expressions_of_a_bicepparam_decide_values() {
    let main = "param settings object
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: settings.?identity ?? { type: 'SystemAssigned' }
}
";
    for (params, expected) in [
        ("param settings = {}", &[][..]),
        ("param settings = { identity: null }", &[]),
        (
            "var none = { type: 'None' }\nparam settings = { identity: none }",
            &["warning identity-missing"],
        ),
        (
            "var word = 'System'\nparam settings = { identity: { type: '${word}Asigned' } }",
            &["error identity-invalid"],
        ),
        (
            "var word = 'System'\nparam settings = { identity: { type: '${word}Assigned' } }",
            &[],
        ),
    ] {
        judged(
            &[("main.bicep", main), ("main.bicepparam", &using(params))],
            expected,
        );
    }
}

#[test]
fn a_union_of_defaults_and_what_a_scenario_gives() {
    let main = "param given object = {}
var settings = union({ identity: { type: 'SystemAssigned' } }, given)
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: settings.identity
}
";
    let arm_main = arm(
        r#""parameters": { "given": { "type": "object", "defaultValue": {} } },
  "variables": { "settings": "[union(createObject('identity', createObject('type', 'SystemAssigned')), parameters('given'))]" },
  "resources": [ { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": "[variables('settings').identity]" } ]"#,
    );
    for (given, arm_given, expected) in [
        ("{ sku: 'Basic' }", r#"{ "sku": "Basic" }"#, &[][..]),
        (
            "{ identity: { type: 'None' } }",
            r#"{ "identity": { "type": "None" } }"#,
            &["warning identity-missing"],
        ),
        (
            "{ identity: { type: 'System' } }",
            r#"{ "identity": { "type": "System" } }"#,
            &["error identity-invalid"],
        ),
    ] {
        judged(
            &[
                ("main.bicep", main),
                ("main.bicepparam", &using(&format!("param given = {given}"))),
            ],
            expected,
        );
        judged(
            &[
                ("main.json", &arm_main),
                (
                    "main.parameters.json",
                    &parameters(&format!(r#""given": {{ "value": {arm_given} }}"#)),
                ),
            ],
            expected,
        );
    }
}

#[test]
fn a_bicepparam_extends_another() {
    let shared = "using none\nparam name = 'gateway'\nparam kind = 'None'\n";
    let files = |own: &str, expected: &[&str]| {
        judged(
            &[
                ("main.bicep", KIND),
                ("shared.bicepparam", shared),
                (
                    "main.prod.bicepparam",
                    &format!("using 'main.bicep'\nextends 'shared.bicepparam'\n{own}\n"),
                ),
            ],
            expected,
        );
    };
    files("", &["warning identity-missing"]);
    files("param kind = 'SystemAssigned'", &[]);
    files("param name = 'prod'", &["warning identity-missing"]);
    files("param kind = 'System'", &["error identity-invalid"]);
    files("param name = base.name", &["warning identity-missing"]);
    files("param kind = '${base.kind}d'", &["error identity-invalid"]);
}

#[test]
fn a_scenario_reaches_into_modules() {
    let main = format!(
        "param wanted string = 'SystemAssigned'\n{}",
        module("service", "modules/service.bicep", "kind: wanted")
    );
    let files = |dev: &str, prod: &str| {
        super::found(&[
            ("main.bicep", &main),
            ("modules/service.bicep", KIND),
            (
                "params/dev.bicepparam",
                &format!("using '../main.bicep'\nparam wanted = '{dev}'\n"),
            ),
            (
                "params/prod.bicepparam",
                &format!("using '../main.bicep'\nparam wanted = '{prod}'\n"),
            ),
        ])
    };
    assert_eq!(files("SystemAssigned", "SystemAssigned").len(), 0);
    let wrong = files("SystemAssigned", "None");
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].rule, "identity-missing");
    says(&wrong[0], &["prod.bicepparam"]);
    does_not_say(&wrong[0], &["dev.bicepparam", "default of"]);
}

/// Bicep and ARM parameter files of one template are scenarios alike.
#[test]
fn both_kinds_of_parameter_files_for_one_template() {
    let found = only(&[
        ("main.bicep", KIND),
        ("main.bicepparam", &using("param kind = 'SystemAssigned'")),
        (
            "main.parameters.json",
            &parameters(r#""kind": { "value": "None" }"#),
        ),
    ]);
    says(&found, &["main.parameters.json"]);
    does_not_say(&found, &["main.bicepparam"]);
}

/// A required parameter that a scenario leaves out is a mistake of the scenario, not a value.
#[test]
fn a_required_parameter_that_no_scenario_gives_is_unknown() {
    silent(&[
        ("main.bicep", &KIND.replace(" = 'SystemAssigned'", "")),
        ("main.bicepparam", &using("param name = 'one'")),
    ]);
}
