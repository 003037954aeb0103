//! Roots and contexts: what a module is given by each caller, and what it is by itself.

use super::{
    ARM_KIND, KIND, READ, SERVICE, VAULT, arm, check, check_of, does_not_say, linked, module, only,
    says, silent,
};

/// A module that takes the whole identity.
const IDENTITY: &str = "param name string = 'gateway'
param identity object?
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: identity
}
";

#[test]
fn a_module_takes_the_argument_of_its_caller() {
    for (kind, expected) in [
        (
            "SystemAsigned",
            &["error identity-invalid @ main.bicep: 'SystemAsigned'"][..],
        ),
        ("None", &["warning identity-missing @ main.bicep: 'None'"]),
        ("SystemAssigned", &[]),
    ] {
        let main = module("service", "service.bicep", &format!("kind: '{kind}'"));
        check(&[("main.bicep", &main), ("service.bicep", KIND)], expected);
    }
}

#[test]
fn a_linked_template_takes_the_argument_of_its_caller() {
    for (kind, expected) in [
        (
            "SystemAsigned",
            &["error identity-invalid @ main.json: \"SystemAsigned\""][..],
        ),
        ("None", &["warning identity-missing @ main.json: \"None\""]),
        ("SystemAssigned", &[]),
    ] {
        let main = arm(&format!(
            r#""resources": [ {} ]"#,
            linked(
                "service",
                "service.json",
                &format!(r#""kind": {{ "value": "{kind}" }}"#)
            )
        ));
        check(
            &[("main.json", &main), ("service.json", ARM_KIND)],
            expected,
        );
    }
}

#[test]
fn a_bicep_file_deploys_an_arm_template() {
    for (kind, expected) in [
        (
            "SystemAsigned",
            &["error identity-invalid @ main.bicep: 'SystemAsigned'"][..],
        ),
        ("SystemAssigned", &[]),
    ] {
        let main = module("service", "service.json", &format!("kind: '{kind}'"));
        check(
            &[("main.bicep", &main), ("service.json", ARM_KIND)],
            expected,
        );
    }
}

#[test]
fn of_two_calls_only_the_bad_one_is_reported() {
    let main = |second: &str| {
        module(
            "first",
            "service.bicep",
            "name: 'one', kind: 'SystemAssigned'",
        ) + &module(
            "second",
            "service.bicep",
            &format!("name: 'two', kind: '{second}'"),
        )
    };
    check(
        &[("main.bicep", &main("None")), ("service.bicep", KIND)],
        &["warning identity-missing @ main.bicep: 'None'"],
    );
    check(
        &[("main.bicep", &main("User")), ("service.bicep", KIND)],
        &["error identity-invalid @ main.bicep: 'User'"],
    );
    silent(&[
        ("main.bicep", &main("SystemAssigned")),
        ("service.bicep", KIND),
    ]);
}

#[test]
fn of_two_calls_in_arm_only_the_bad_one_is_reported() {
    let main = |second: &str| {
        arm(&format!(
            r#""resources": [ {}, {} ]"#,
            linked(
                "first",
                "service.json",
                r#""name": { "value": "one" }, "kind": { "value": "SystemAssigned" }"#
            ),
            linked(
                "second",
                "service.json",
                &format!(r#""name": {{ "value": "two" }}, "kind": {{ "value": "{second}" }}"#)
            )
        ))
    };
    check(
        &[("main.json", &main("None")), ("service.json", ARM_KIND)],
        &["warning identity-missing @ main.json: \"None\""],
    );
    silent(&[
        ("main.json", &main("SystemAssigned")),
        ("service.json", ARM_KIND),
    ]);
}

#[test]
fn a_default_that_every_caller_replaces_is_nobodys_value() {
    let service = KIND.replace("'SystemAssigned'", "'SystemAsigned'");
    let main = module("service", "service.bicep", "kind: 'SystemAssigned'");
    silent(&[("main.bicep", &main), ("service.bicep", &service)]);
    let service = ARM_KIND.replace("SystemAssigned", "SystemAsigned");
    let main = arm(&format!(
        r#""resources": [ {} ]"#,
        linked(
            "service",
            "service.json",
            r#""kind": { "value": "SystemAssigned" }"#
        )
    ));
    silent(&[("main.json", &main), ("service.json", &service)]);
}

#[test]
fn an_argument_that_is_left_out_is_the_default_for_sure() {
    let service = KIND.replace("'SystemAssigned'", "'None'");
    for params in ["name: 'one'", "name: 'one', kind: null"] {
        let found = only(&[
            ("main.bicep", &module("service", "service.bicep", params)),
            ("service.bicep", &service),
        ]);
        assert_eq!(found.rule, "identity-missing", "{params}");
        assert_eq!(found.file, "/w/service.bicep", "{params}");
        assert_eq!(found.text, "'None'", "{params}");
        does_not_say(&found, &["default of"]);
    }
    silent(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "kind: null"),
        ),
        ("service.bicep", KIND),
    ]);
}

#[test]
fn an_argument_that_is_left_out_of_a_linked_template_is_the_default_for_sure() {
    let service = ARM_KIND.replace("SystemAssigned", "None");
    for arguments in ["", r#""kind": { "value": null }"#] {
        let main = arm(&format!(
            r#""resources": [ {} ]"#,
            linked("service", "service.json", arguments)
        ));
        let found = only(&[("main.json", &main), ("service.json", &service)]);
        assert_eq!(found.rule, "identity-missing", "{arguments}");
        assert_eq!(found.file, "/w/service.json", "{arguments}");
        assert_eq!(found.text, "\"None\"", "{arguments}");
        does_not_say(&found, &["default of"]);
    }
}

#[test]
fn the_default_of_a_root_is_said_though_a_module_takes_it() {
    let main = format!(
        "param wanted string = 'SystemAsigned'\n{}",
        module("service", "service.bicep", "kind: wanted")
    );
    let found = only(&[("main.bicep", &main), ("service.bicep", KIND)]);
    assert_eq!(
        (found.file.as_str(), found.text.as_str()),
        ("/w/main.bicep", "'SystemAsigned'")
    );
    says(&found, &["with the default of `wanted`"]);
    does_not_say(&found, &["default of `kind`"]);
}

#[test]
fn a_parameter_of_a_root_without_default_is_unknown_in_its_modules() {
    let main = format!(
        "param wanted string\n{}",
        module("service", "service.bicep", "kind: wanted")
    );
    silent(&[("main.bicep", &main), ("service.bicep", KIND)]);
}

#[test]
fn a_required_parameter_that_nobody_gives_is_unknown() {
    let service = KIND.replace(" = 'SystemAssigned'", "");
    silent(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "name: 'one'"),
        ),
        ("service.bicep", &service),
    ]);
}

#[test]
fn the_same_finding_from_several_callers_is_one() {
    let service = KIND.replace("type: kind", "type: 'SystemAsigned'");
    let call = |name| module("service", "service.bicep", &format!("name: '{name}'"));
    check(
        &[
            ("a.bicep", &call("one")),
            ("b.bicep", &call("two")),
            (
                "c.bicep",
                &(call("three") + &call("four").replace("service ", "again ")),
            ),
            ("service.bicep", &service),
        ],
        &["error identity-invalid @ service.bicep: 'SystemAsigned'"],
    );
}

#[test]
fn each_of_two_roots_is_judged_with_its_own_arguments() {
    check(
        &[
            (
                "good.bicep",
                &module("service", "service.bicep", "kind: 'SystemAssigned'"),
            ),
            (
                "bad.bicep",
                &module("service", "service.bicep", "kind: 'None'"),
            ),
            ("service.bicep", KIND),
        ],
        &["warning identity-missing @ bad.bicep: 'None'"],
    );
}

#[test]
fn a_module_in_another_folder_is_found_from_the_file_that_calls_it() {
    for kind in ["None", "SystemAssigned"] {
        let middle = "param kind string\nmodule inner './inner/service.bicep' = {\n  params: { kind: kind }\n}\n";
        check(
            &[
                (
                    "deploy/main.bicep",
                    &module(
                        "platform",
                        "../modules/platform.bicep",
                        &format!("kind: '{kind}'"),
                    ),
                ),
                ("modules/platform.bicep", middle),
                ("modules/inner/service.bicep", KIND),
                (
                    "inner/service.bicep",
                    &KIND.replace("type: kind", "type: 'System'"),
                ),
            ],
            match kind {
                "None" => &[
                    "warning identity-missing @ deploy/main.bicep: 'None'",
                    "error identity-invalid @ inner/service.bicep: 'System'",
                ][..],
                _ => &["error identity-invalid @ inner/service.bicep: 'System'"],
            },
        );
    }
}

#[test]
fn an_identity_goes_through_three_files() {
    let middle = "param identity object\nmodule service 'service.bicep' = {\n  params: { identity: identity }\n}\n";
    for (identity, expected) in [
        (
            "{ type: 'UserAssigned' }",
            &["error identity-invalid @ main.bicep: 'UserAssigned'"][..],
        ),
        (
            "{ type: 'None' }",
            &["warning identity-missing @ main.bicep: 'None'"],
        ),
        ("{ type: 'SystemAssigned' }", &[]),
    ] {
        check(
            &[
                (
                    "main.bicep",
                    &module("middle", "middle.bicep", &format!("identity: {identity}")),
                ),
                ("middle.bicep", middle),
                ("service.bicep", IDENTITY),
            ],
            expected,
        );
    }
}

/// The place is the module's parameter or the value of the identity: nobody wrote a value that is
/// wrong. Only the rule is held.
#[test]
fn an_optional_identity_that_the_caller_leaves_out_is_none() {
    super::judged(
        &[
            (
                "main.bicep",
                &module("service", "service.bicep", "name: 'one'"),
            ),
            ("service.bicep", IDENTITY),
        ],
        &["warning identity-missing"],
    );
    silent(&[
        (
            "main.bicep",
            &module(
                "service",
                "service.bicep",
                "identity: { type: 'SystemAssigned' }",
            ),
        ),
        ("service.bicep", IDENTITY),
    ]);
}

/// The type and the dictionary are separate arguments that follow one parameter of the root.
#[test]
fn two_arguments_never_take_contradictory_arms() {
    let service = "param kind string
param readers object?
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind, userAssignedIdentities: readers }
}
";
    let reader = "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {\n  name: 'reader'\n}\n";
    let main = |readers: &str| {
        format!(
            "param prod bool\n{reader}{}",
            module(
                "service",
                "service.bicep",
                &format!("kind: prod ? 'UserAssigned' : 'SystemAssigned', readers: {readers}")
            )
        )
    };
    silent(&[
        ("main.bicep", &main("prod ? { '${reader.id}': {} } : null")),
        ("service.bicep", service),
    ]);
    let found = only(&[("main.bicep", &main("null")), ("service.bicep", service)]);
    assert_eq!(found.rule, "identity-invalid");
    says(&found, &["when `prod` is true"]);
}

#[test]
fn the_arms_of_a_module_and_of_its_caller_follow_one_parameter() {
    let service = "param prod bool
param kind string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: prod ? kind : 'SystemAssigned' }
}
";
    let main = |kind: &str| {
        format!(
            "param isProduction bool\n{}",
            module(
                "service",
                "service.bicep",
                &format!("prod: isProduction, kind: {kind}")
            )
        )
    };
    silent(&[
        (
            "main.bicep",
            &main("isProduction ? 'SystemAssigned' : 'whatever'"),
        ),
        ("service.bicep", service),
    ]);
    let found = only(&[
        (
            "main.bicep",
            &main("isProduction ? 'whatever' : 'SystemAssigned'"),
        ),
        ("service.bicep", service),
    ]);
    says(&found, &["when `isProduction` is true"]);
}

#[test]
fn a_case_that_no_caller_uses_is_one_level_lower() {
    let service = format!("@allowed(['SystemAssigned', 'SystemAsigned'])\n{KIND}")
        .replacen("param name string = 'gateway'\n", "", 1)
        .replace("name: name", "name: 'gateway'");
    let main = module("service", "service.bicep", "kind: 'SystemAssigned'");
    let found = only(&[("main.bicep", &main), ("service.bicep", &service)]);
    assert_eq!(
        (found.level, found.rule),
        (rules::Level::Warning, "identity-invalid")
    );
    assert_eq!(
        (found.file.as_str(), found.text.as_str()),
        ("/w/service.bicep", "'SystemAsigned'")
    );
    says(&found, &["when `kind` is 'SystemAsigned'"]);
}

/// The case is broken where it is written, in the list of the module, and a caller uses it: one
/// cause, one finding, at its own level.
///
/// Where it stands is open: at the argument, or in the list.
#[test]
fn a_case_that_a_caller_uses_is_reported_once() {
    let service = format!("@allowed(['SystemAssigned', 'SystemAsigned'])\n{KIND}")
        .replacen("param name string = 'gateway'\n", "", 1)
        .replace("name: name", "name: 'gateway'");
    let main = module("service", "service.bicep", "kind: 'SystemAsigned'");
    super::judged(
        &[("main.bicep", &main), ("service.bicep", &service)],
        &["error identity-invalid"],
    );
}

#[test]
fn a_boolean_case_that_no_caller_uses_is_one_level_lower() {
    let read = "param pinned bool = false
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: {
    displayName: 'nv'
    secret: true
    keyVault: { secretIdentifier: pinned ? 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789abcdef' : 'https://safe.vault.azure.net/secrets/nv' }
  }
}
";
    let versioned = "'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789abcdef'";
    let main = |pinned| module("read", "read.bicep", &format!("pinned: {pinned}"));
    check(
        &[("main.bicep", &main(false)), ("read.bicep", read)],
        &[&format!(
            "info secret-uri-versioned @ read.bicep: {versioned}"
        )],
    );
    check(
        &[("main.bicep", &main(true)), ("read.bicep", read)],
        &[&format!(
            "warning secret-uri-versioned @ read.bicep: {versioned}"
        )],
    );
}

#[test]
fn a_case_that_no_caller_uses_is_never_an_absence() {
    let service = "param managed bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: managed ? { type: 'SystemAssigned' } : null
}
";
    let main = |managed| module("service", "service.bicep", &format!("managed: {managed}"));
    silent(&[("main.bicep", &main(true)), ("service.bicep", service)]);
    check(
        &[("main.bicep", &main(false)), ("service.bicep", service)],
        &["warning identity-missing @ service.bicep: null"],
    );
    let only_none = format!("@allowed(['None', 'SystemAssigned'])\n{KIND}")
        .replacen("param name string = 'gateway'\n", "", 1)
        .replace("name: name", "name: 'gateway'");
    silent(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "kind: 'SystemAssigned'"),
        ),
        ("service.bicep", &only_none),
    ]);
}

/// Alone, a module that reads what its callers grant would be wrong in one of its cases.
#[test]
fn a_module_with_a_case_without_grant_is_not_judged_for_it() {
    let all = "param granted bool
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'safe'
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (granted) {
  name: guid('gateway', 'reader', 'grant')
  scope: safe
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv' } }
}
";
    let main = |granted| module("all", "all.bicep", &format!("granted: {granted}"));
    silent(&[("main.bicep", &main(true)), ("all.bicep", all)]);
    check(
        &[("main.bicep", &main(false)), ("all.bicep", all)],
        &["warning vault-access-missing @ all.bicep: secretIdentifier"],
    );
}

/// A file that others deploy is no root: what its outputs hand out, its callers have, and a
/// caller that does nothing with it grants nothing. A root's outputs leave what can be seen.
#[test]
fn an_output_of_a_module_leaves_the_program_only_through_the_root() {
    let main = |output: &str| {
        module("vault", "vault.bicep", "name: 'safe'")
            + &module("service", "service.bicep", "")
            + &module(
                "read",
                "read.bicep",
                "service: service.outputs.name, uri: vault.outputs.uri",
            )
            + output
    };
    let files = |main: &str| {
        super::found(&[
            ("main.bicep", main),
            ("vault.bicep", VAULT),
            ("service.bicep", SERVICE),
            ("read.bicep", READ),
        ])
        .len()
    };
    assert_eq!(files(&main("")), 1);
    assert_eq!(
        files(&main(
            "output principalId string = service.outputs.principalId\n"
        )),
        0
    );
}

/// Whether the service is deployed depends on more parameters than can be told apart. What no deployment
/// comes to is not known then.
#[test]
fn a_deployment_with_too_many_cases_says_nothing_of_its_modules() {
    let service = "param name string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: { type: 'SystemAsigned' }
}
";
    let main = |switches: usize| {
        let declared = (0..switches).fold(String::new(), |text, number| {
            text + &format!("param with{number} bool\n")
        });
        let counted: Vec<_> = (0..switches)
            .map(|number| format!("with{number} ? [{number}] : []"))
            .collect();
        format!(
            "{declared}module service 'service.bicep' = if (length(concat({})) == 2) {{
  name: 'service'
  params: {{ name: 'gateway' }}
}}
",
            counted.join(", ")
        )
    };
    let expected = "error identity-invalid @ service.bicep: 'SystemAsigned'";
    for (switches, expected) in [(3, &[expected][..]), (7, &[])] {
        check_of(
            &["identity-invalid"],
            &[("main.bicep", &main(switches)), ("service.bicep", service)],
            expected,
        );
    }
}
