//! Places in other files, and messages that name the case or the scenario.

use super::{
    ARM_GRANT, ARM_READ, ARM_SERVICE, ARM_VAULT, Found, KIND, READ, SERVICE, VAULT, arm,
    does_not_say, in_workspace, linked, module, only, says,
};

/// Holds a finding to one of its other places, `file: text`.
#[track_caller]
fn shows(found: &Found, place: &str) {
    let places: Vec<_> = found
        .related
        .iter()
        .map(|(file, text, message)| {
            assert!(!message.is_empty(), "{file}: {text}");
            format!("{}: {text}", in_workspace(file))
        })
        .collect();
    assert!(places.iter().any(|it| it == place), "{places:?}");
}

#[test]
fn a_wrong_argument_shows_the_service_that_gets_it() {
    let found = only(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "kind: 'System'"),
        ),
        ("service.bicep", KIND),
    ]);
    assert_eq!(
        (in_workspace(&found.file), found.text.as_str()),
        ("main.bicep", "'System'")
    );
    shows(&found, "service.bicep: apim");
}

#[test]
fn a_wrong_argument_of_a_module_in_a_registry_shows_nothing_outside_the_workspace() {
    let found = only(&[
        (
            "main.bicep",
            &module(
                "service",
                "br:contoso.azurecr.io/apim:1.2.3",
                "kind: 'System'",
            ),
        ),
        (
            "/home/.bicep/br/contoso.azurecr.io/apim/1.2.3$/main.json",
            super::ARM_KIND,
        ),
    ]);
    assert_eq!(found.text, "'System'");
    for (file, ..) in &found.related {
        assert_eq!(in_workspace(file), "main.bicep");
    }
}

#[test]
fn missing_access_shows_identity_and_vault_in_their_files() {
    let main = module("vault", "vault.bicep", "name: 'safe'")
        + &module("service", "service.bicep", "")
        + &module(
            "read",
            "read.bicep",
            "service: service.outputs.name, uri: vault.outputs.uri",
        );
    let found = only(&[
        ("main.bicep", &main),
        ("vault.bicep", VAULT),
        ("service.bicep", SERVICE),
        ("read.bicep", READ),
    ]);
    assert_eq!(
        (found.rule, in_workspace(&found.file), found.text.as_str()),
        ("vault-access-missing", "read.bicep", "secretIdentifier")
    );
    shows(&found, "service.bicep: apim");
    shows(&found, "vault.bicep: safe");
    says(&found, &["`nv`", "Failed to access KeyVault Secret"]);
}

#[test]
fn missing_access_in_linked_templates_shows_identity_and_vault() {
    let main = arm(&format!(
        r#""resources": [ {}, {}, {} ]"#,
        linked("vault", "vault.json", r#""name": { "value": "safe" }"#),
        linked("service", "service.json", ""),
        linked(
            "read",
            "read.json",
            r#""service": { "value": "[reference('service').outputs.name.value]" }, "uri": { "value": "[reference('vault').outputs.uri.value]" }"#
        )
    ));
    let found = only(&[
        ("main.json", &main),
        ("vault.json", ARM_VAULT),
        ("service.json", ARM_SERVICE),
        ("read.json", ARM_READ),
        ("unrelated/grant.json", ARM_GRANT),
    ]);
    assert_eq!(
        (found.rule, in_workspace(&found.file), found.text.as_str()),
        ("vault-access-missing", "read.json", "\"secretIdentifier\"")
    );
    let files: Vec<_> = found.related.iter().map(|it| in_workspace(&it.0)).collect();
    assert!(files.contains(&"service.json"), "{files:?}");
    assert!(files.contains(&"vault.json"), "{files:?}");
}

#[test]
fn a_missing_identity_shows_what_needs_it_in_its_file() {
    let service = KIND.replace("  identity: { type: kind }\n", "");
    let main = module("service", "service.bicep", "")
        + &module(
            "read",
            "read.bicep",
            "service: 'gateway', uri: 'https://safe.vault.azure.net/'",
        );
    let found = only(&[
        ("main.bicep", &main),
        ("service.bicep", &service),
        ("read.bicep", READ),
    ]);
    assert_eq!(
        (found.rule, found.level),
        ("identity-missing", rules::Level::Error)
    );
    shows(&found, "read.bicep: secretIdentifier");
    says(&found, &["`apim`", "`nv`"]);
}

#[test]
fn a_role_without_the_type_of_its_principal_shows_the_identity_in_its_file() {
    let assign = "param principal string
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(principal, 'pull')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: principal
  }
}
";
    let main = module("service", "service.bicep", "")
        + &module(
            "pull",
            "assign.bicep",
            "principal: service.outputs.principalId",
        );
    let found = only(&[
        ("main.bicep", &main),
        ("service.bicep", SERVICE),
        ("assign.bicep", assign),
    ]);
    assert_eq!(
        (found.rule, in_workspace(&found.file), found.text.as_str()),
        ("role-principal-type-missing", "assign.bicep", "pull")
    );
    shows(&found, "service.bicep: apim");
}

/// The person who deploys knows the parameters of the root, not those of its modules.
#[test]
fn the_case_is_named_by_the_parameter_of_the_root() {
    let service = "param system bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: system ? 'SystemAssigned' : 'System' }
}
";
    let main = "param development bool\n".to_owned()
        + &module("service", "service.bicep", "system: !development");
    let found = only(&[("main.bicep", &main), ("service.bicep", service)]);
    assert_eq!(
        (in_workspace(&found.file), found.text.as_str()),
        ("service.bicep", "'System'")
    );
    assert_eq!(found.level, rules::Level::Error);
    says(&found, &["when `development` is true"]);
    does_not_say(&found, &["`system`"]);
}

#[test]
fn the_case_of_an_allowed_value_is_named_through_modules() {
    let main = "@allowed([ 'dev', 'prod' ])\nparam stage string\n".to_owned()
        + &module(
            "service",
            "service.bicep",
            "kind: stage == 'prod' ? 'SystemAssigned' : 'System'",
        );
    let found = only(&[("main.bicep", &main), ("service.bicep", KIND)]);
    says(&found, &["when `stage` is 'dev'"]);
    let arm_main = arm(&format!(
        r#""parameters": {{ "stage": {{ "type": "string", "allowedValues": [ "dev", "prod" ] }} }}, "resources": [ {} ]"#,
        linked(
            "service",
            "service.json",
            r#""kind": { "value": "[if(equals(parameters('stage'), 'prod'), 'SystemAssigned', 'System')]" }"#
        )
    ));
    let found = only(&[("main.json", &arm_main), ("service.json", super::ARM_KIND)]);
    assert_eq!(in_workspace(&found.file), "main.json");
    says(&found, &["when `stage` is 'dev'"]);
}

/// One scenario leaves a module's case to its root: the message names what it rests on.
#[test]
fn the_scenario_is_named_for_a_fault_inside_a_module() {
    let service = "param system bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: system ? 'SystemAssigned' : 'System' }
}
";
    let main = "param development bool\n".to_owned()
        + &module("service", "service.bicep", "system: !development");
    let found = only(&[
        ("main.bicep", &main),
        ("service.bicep", service),
        (
            "main.dev.bicepparam",
            "using 'main.bicep'\nparam development = true\n",
        ),
        (
            "main.prod.bicepparam",
            "using 'main.bicep'\nparam development = false\n",
        ),
    ]);
    assert_eq!(
        (in_workspace(&found.file), found.text.as_str()),
        ("service.bicep", "'System'")
    );
    says(&found, &["when deployed with `main.dev.bicepparam`"]);
    does_not_say(&found, &["main.prod.bicepparam"]);
}

/// Two scenarios that fail of three are both named.
#[test]
fn all_scenarios_that_fail_are_named() {
    let main = "param managed bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: managed ? { type: 'SystemAssigned' } : null
}
";
    let params = |managed| format!("using 'main.bicep'\nparam managed = {managed}\n");
    let found = only(&[
        ("main.bicep", main),
        ("main.dev.bicepparam", &params(false)),
        ("main.test.bicepparam", &params(false)),
        ("main.prod.bicepparam", &params(true)),
    ]);
    assert_eq!(
        (found.rule, found.text.as_str()),
        ("identity-missing", "null")
    );
    says(&found, &["`main.dev.bicepparam`", "`main.test.bicepparam`"]);
    does_not_say(&found, &["main.prod.bicepparam"]);
}

/// The level of a finding follows the scenario in which the deployment needs the identity.
///
/// One finding or one for each level: both are right, but the error must be there.
#[test]
fn the_worst_scenario_gives_the_level() {
    let main = "param secret bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (secret) {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' } }
}
";
    let all = super::found(&[
        ("main.bicep", main),
        (
            "main.dev.bicepparam",
            "using 'main.bicep'\nparam secret = false\n",
        ),
        (
            "main.prod.bicepparam",
            "using 'main.bicep'\nparam secret = true\n",
        ),
    ]);
    assert!(
        all.iter()
            .all(|it| it.rule == "identity-missing" && it.text == "apim")
    );
    assert!(all.iter().any(|it| it.level == rules::Level::Error));
}

/// The second view says that it is one.
///
/// The words are not settled; that the module is called otherwise must be among them.
#[test]
fn a_case_that_no_caller_uses_says_so() {
    let service = "param open bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: open ? 'System' : 'SystemAssigned' }
}
";
    let alone = only(&[("service.bicep", service)]);
    let called = only(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "open: false"),
        ),
        ("service.bicep", service),
    ]);
    assert_eq!(alone.level, rules::Level::Error);
    assert_eq!(called.level, rules::Level::Warning);
    says(&called, &["when `open` is true"]);
    assert_ne!(alone.message, called.message);
}
