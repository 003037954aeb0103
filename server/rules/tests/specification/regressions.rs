//! What was once judged wrongly.

use crate::twins::{
    Case, FLOW, arm, arm_service, arm_with_service, case, findings, judge, one, service,
};
use syntax::Language;

const ROLE: &str = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')";
const READER_ID: &str = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')";
const SYSTEM_PRINCIPAL: &str = "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId";

/// A declared vault that the system identity of a declared service reads for a named value, a
/// declared user-assigned identity that the service does not carry, and something more.
pub fn read(
    name: &'static str,
    expected: &'static str,
    more: &str,
    (sections, json_more): (&str, &str),
) -> Case {
    let separator = if json_more.is_empty() { "" } else { "," };
    case(
        name,
        expected,
        format!(
            "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {{
  name: 'safe'
  location: 'westeurope'
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }}, enableRbacAuthorization: true }}
}}
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'reader'
  location: 'westeurope'
}}
{}resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: '${{safe.properties.vaultUri}}secrets/nv' }} }}
}}
{more}",
            service("identity: { type: 'SystemAssigned' }")
        ),
        arm(&format!(
            r#"{sections} "resources": [
  {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": {{ "tenantId": "[tenant().tenantId]", "sku": {{ "family": "A", "name": "standard" }}, "enableRbacAuthorization": true }} }},
  {{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }},
  {},
  {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "[format('{{0}}secrets/nv', reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri)]" }} }} }}{separator}
  {json_more}
]"#,
            arm_service(r#""identity": { "type": "SystemAssigned" }"#)
        )),
    )
}

/// The older spelling of an assignment names the namespace in its name and not in its type.
#[test]
fn an_assignment_in_the_older_spelling_is_a_grant() {
    judge(
        FLOW,
        &[read(
            "type of the vault's own provider",
            "",
            &format!(
                "resource grant 'Microsoft.KeyVault/vaults/providers/roleAssignments@2022-04-01' = {{\n  name: 'safe/Microsoft.Authorization/${{guid('gateway', 'reader', 'grant')}}'\n  properties: {{ roleDefinitionId: {ROLE}, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }}\n}}\n"
            ),
            (
                "",
                &format!(
                    r#"{{ "type": "Microsoft.KeyVault/vaults/providers/roleAssignments", "apiVersion": "2022-04-01", "name": "[concat('safe/Microsoft.Authorization/', guid('gateway', 'reader', 'grant'))]", "properties": {{ "roleDefinitionId": "[{ROLE}]", "principalId": "[{SYSTEM_PRINCIPAL}]", "principalType": "ServicePrincipal" }} }}"#
                ),
            ),
        )],
    );
}

/// What a loop of modules runs over flows into the modules. (ARM has the principal in `parameters`
/// itself, by an index.)
#[test]
fn a_loop_of_modules_over_principals_may_grant() {
    judge(
        FLOW,
        &[read(
            "loop of modules",
            "",
            "module grant './grant.bicep' = [for principal in [apim.identity.principalId]: {\n  name: 'grant'\n  params: { principal: principal }\n}]\n",
            (
                "",
                &format!(
                    r#"{{ "copy": {{ "name": "grant", "count": 1 }}, "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "properties": {{ "mode": "Incremental", "templateLink": {{ "uri": "https://example.org/grant.json" }}, "parameters": {{ "principal": {{ "value": "[createArray({SYSTEM_PRINCIPAL})[copyIndex()]]" }} }} }} }}"#
                ),
            ),
        )],
    );
}

/// A script that is given the principal may grant, as a module may.
#[test]
fn a_script_that_is_given_the_principal_may_grant() {
    judge(
        FLOW,
        &[read(
            "script",
            "",
            "resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {\n  name: 'grant'\n  location: 'westeurope'\n  kind: 'AzureCLI'\n  properties: { azCliVersion: '2.60.0', retentionInterval: 'P1D', scriptContent: 'az keyvault set-policy', environmentVariables: [ { name: 'PRINCIPAL', value: apim.identity.principalId } ] }\n}\n",
            (
                "",
                &format!(
                    r#"{{ "type": "Microsoft.Resources/deploymentScripts", "apiVersion": "2023-08-01", "name": "grant", "location": "westeurope", "kind": "AzureCLI", "properties": {{ "azCliVersion": "2.60.0", "retentionInterval": "P1D", "scriptContent": "az keyvault set-policy", "environmentVariables": [ {{ "name": "PRINCIPAL", "value": "[{SYSTEM_PRINCIPAL}]" }} ] }} }}"#
                ),
            ),
        )],
    );
}

/// The finding rests on an optional parameter left out.
#[test]
fn an_optional_parameter_left_out_says_nothing() {
    for case in [
        one(
            "by itself",
            "",
            ("param given object?", "identity: given"),
            (
                r#""parameters": { "given": { "type": "object", "nullable": true } },"#,
                r#""identity": "[parameters('given')]""#,
            ),
        ),
        one(
            "asked for",
            "",
            (
                "param kind string?",
                "identity: kind == null ? null : { type: kind! }",
            ),
            (
                r#""parameters": { "kind": { "type": "string", "nullable": true } },"#,
                r#""identity": "[if(equals(parameters('kind'), null()), null(), createObject('type', parameters('kind')))]""#,
            ),
        ),
    ] {
        judge(FLOW, &[case]);
    }
}

/// The expression is not finished: its last bracket is missing.
#[test]
fn an_arm_expression_that_is_not_finished_is_unknown() {
    let text = arm_with_service("", r#""identity": { "type": "[parameters('kind')" }"#);
    assert_eq!(findings(Language::Json, &text), "");
}

/// Nothing that grants the vault to an identity which the service does not carry would help.
#[test]
fn an_identity_that_the_service_does_not_carry_is_another_rule_s() {
    let of = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        text.replace(from, to)
    };
    let Case { bicep, arm, .. } = read("base", "", "", ("", ""));
    let other = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other";
    let bicep = of(
        &bicep,
        "type: 'SystemAssigned'",
        &format!("type: 'UserAssigned', userAssignedIdentities: {{ '{other}': {{}} }}"),
    );
    let arm = of(
        &arm,
        r#""type": "SystemAssigned""#,
        &format!(r#""type": "UserAssigned", "userAssignedIdentities": {{ "{other}": {{}} }}"#),
    );
    judge(
        FLOW,
        &[case(
            "not carried",
            "error identity-not-attached",
            of(
                &bicep,
                "secrets/nv'",
                "secrets/nv', identityClientId: reader.properties.clientId",
            ),
            of(
                &arm,
                r#"'2023-07-01').vaultUri)]""#,
                &format!(
                    r#"'2023-07-01').vaultUri)]", "identityClientId": "[reference({READER_ID}, '2023-01-31').clientId]""#
                ),
            ),
        )],
    );
}

/// The principal of a system identity is never that of a user-assigned one.
#[test]
fn a_grant_to_the_other_kind_of_identity_is_none() {
    judge(
        FLOW,
        &[read(
            "another declared principal",
            "error vault-access-missing",
            &format!(
                "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid('gateway', 'reader', 'grant')\n  scope: safe\n  properties: {{ roleDefinitionId: {ROLE}, principalId: reader.properties.principalId, principalType: 'ServicePrincipal' }}\n}}\n"
            ),
            (
                "",
                &format!(
                    r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": {{ "roleDefinitionId": "[{ROLE}]", "principalId": "[reference({READER_ID}, '2023-01-31').principalId]", "principalType": "ServicePrincipal" }} }}"#
                ),
            ),
        )],
    );
}

/// The address of the gateway hands out no principal.
#[test]
fn an_output_of_the_address_hands_out_no_principal() {
    judge(
        FLOW,
        &[read(
            "address",
            "error vault-access-missing",
            "output address string = apim.properties.gatewayUrl\n",
            (
                r#""outputs": { "address": { "type": "string", "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway')).gatewayUrl]" } },"#,
                "",
            ),
        )],
    );
}

/// `remove` takes access away.
#[test]
fn a_policy_that_is_removed_grants_nothing() {
    judge(
        FLOW,
        &[read(
            "remove",
            "error vault-access-missing",
            "resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {\n  parent: safe\n  name: 'remove'\n  properties: { accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ] }\n}\n",
            (
                "",
                &format!(
                    r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2023-07-01", "name": "safe/remove", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[{SYSTEM_PRINCIPAL}]", "permissions": {{ "secrets": [ "get" ] }} }} ] }} }}"#
                ),
            ),
        )],
    );
}

/// The slash at the end hides the version.
#[test]
fn a_slash_behind_the_version() {
    let url = "https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789abcdef/";
    judge(
        FLOW,
        &[case(
            "trailing slash",
            "warning secret-uri-versioned",
            format!(
                "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{\n  name: 'gateway/nv'\n  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: '{url}' }} }}\n}}\n"
            ),
            arm(&format!(
                r#""resources": [ {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "{url}" }} }} }} ]"#
            )),
        )],
    );
}

/// An index by a parameter is a case for each of its values; a table by the name of the environment is the usual way to write differences between them.
#[test]
fn a_table_by_an_allowed_value() {
    judge(
        FLOW,
        &[one(
            "one case of many is wrong",
            "error identity-invalid",
            (
                "@allowed(['dev', 'prod'])\nparam stage string\nvar kinds = { dev: 'SystemAsigned', prod: 'SystemAssigned' }",
                "identity: { type: kinds[stage] }",
            ),
            (
                r#""parameters": { "stage": { "type": "string", "allowedValues": ["dev", "prod"] } }, "variables": { "kinds": { "dev": "SystemAsigned", "prod": "SystemAssigned" } },"#,
                r#""identity": { "type": "[variables('kinds')[parameters('stage')]]" }"#,
            ),
        )],
    );
}

/// A dictionary is neither text nor an id.
#[test]
fn an_id_in_place_of_a_dictionary() {
    judge(
        FLOW,
        &[one(
            "the id by itself",
            "error identity-invalid",
            (
                "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {\n  name: 'reader'\n}",
                "identity: { type: 'UserAssigned', userAssignedIdentities: reader.id }",
            ),
            (
                "",
                &format!(
                    r#""identity": {{ "type": "UserAssigned", "userAssignedIdentities": "[{READER_ID}]" }}"#
                ),
            ),
        )],
    );
}

/// In ARM JSON a spread is `shallowMerge` of an array.
#[test]
fn a_spread_in_arm() {
    judge(
        FLOW,
        &[one(
            "spread",
            "warning identity-missing",
            (
                "var base = { type: 'SystemAssigned' }",
                "identity: {\n    ...base\n    type: 'None'\n  }",
            ),
            (
                r#""variables": { "base": { "type": "SystemAssigned" } },"#,
                r#""identity": "[shallowMerge(createArray(variables('base'), createObject('type', 'None')))]""#,
            ),
        )],
    );
}

/// `contains` heeds the case of letters in a text, though not in the keys of an object.
#[test]
fn contains_heeds_the_case_of_letters() {
    judge(
        FLOW,
        &[one(
            "contains",
            "warning identity-missing",
            (
                "",
                "identity: contains('SystemAssigned', 'systemassigned') ? { type: 'SystemAssigned' } : null",
            ),
            (
                "",
                r#""identity": "[if(contains('SystemAssigned', 'systemassigned'), createObject('type', 'SystemAssigned'), null())]""#,
            ),
        )],
    );
}

/// A logger and a policy need the identity as much as a vault.
#[test]
fn loggers_and_policies_use_the_identity() {
    let with = |name, bicep: &str, json: &str| {
        case(
            name,
            "error identity-missing",
            format!("{}{bicep}", service("")),
            arm(&format!(r#""resources": [ {}, {json} ]"#, arm_service(""))),
        )
    };
    for case in [
        with(
            "logger",
            "resource log 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\n  parent: apim\n  name: 'log'\n  properties: { loggerType: 'azureEventHub', credentials: { name: 'hub', endpointAddress: 'space.servicebus.windows.net', identityClientId: 'SystemAssigned' } }\n}\n",
            r#"{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "name": "hub", "endpointAddress": "space.servicebus.windows.net", "identityClientId": "SystemAssigned" } } }"#,
        ),
        with(
            "managed-identity policy",
            "resource policy 'Microsoft.ApiManagement/service/policies@2024-05-01' = {\n  parent: apim\n  name: 'policy'\n  properties: { format: 'rawxml', value: '<policies><inbound><authentication-managed-identity resource=\"https://vault.azure.net\" /></inbound></policies>' }\n}\n",
            r#"{ "type": "Microsoft.ApiManagement/service/policies", "apiVersion": "2024-05-01", "name": "gateway/policy", "properties": { "format": "rawxml", "value": "<policies><inbound><authentication-managed-identity resource=\"https://vault.azure.net\" /></inbound></policies>" } }"#,
        ),
    ] {
        judge(FLOW, &[case]);
    }
}

/// An ARM template of these resources and a nested deployment of a template of its own.
fn nested(head: &str, resources: &str, sections: &str, inner: &str) -> String {
    arm(&format!(
        r#""resources": [ {resources} {{ {head} "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": {{ "kind": {{ "value": "SystemAssigned" }} }}, "template": {} }} }} ]"#,
        arm(&format!(r#"{sections} "resources": [ {inner} ]"#))
    ))
}

/// The parameters of a nested template have values, its deployment a condition, and its identities
/// grants outside of it.
#[test]
fn a_nested_template_has_something_around_it() {
    let given = r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#;
    let vault_and_grant = format!(
        r#"{{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": {{ "enableRbacAuthorization": true }} }}, {}, {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": {{ "roleDefinitionId": "[{ROLE}]", "principalId": "[{SYSTEM_PRINCIPAL}]", "principalType": "ServicePrincipal" }} }},"#,
        arm_service(r#""identity": { "type": "SystemAssigned" }"#)
    );
    for text in [
        nested(
            "",
            "",
            given,
            &arm_service(r#""identity": { "type": "[parameters('kind')]" }"#),
        ),
        nested(
            "",
            "",
            r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "System"] } },"#,
            &arm_service(r#""identity": { "type": "[parameters('kind')]" }"#),
        ),
        nested(r#""condition": false,"#, "", "", &arm_service("")),
        nested(
            "",
            &vault_and_grant,
            "",
            &arm_service(
                r#""identity": { "type": "SystemAssigned" }, "properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/x" } ] }"#,
            ),
        ),
    ] {
        assert_eq!(findings(Language::Json, &text), "");
    }
}

/// A service or vault, and a named value that reads the one with the other, under conditions.
fn conditional(
    name: &'static str,
    expected: &'static str,
    [service, vault, reader]: [&str; 3],
) -> Case {
    let bicep_if = |flag: &str| match flag {
        "" => String::new(),
        flag => format!("if ({}) ", flag.replace("not ", "!")),
    };
    let arm_if = |flag: &str| match flag.strip_prefix("not ") {
        _ if flag.is_empty() => String::new(),
        Some(flag) => format!(r#""condition": "[not(parameters('{flag}'))]", "#),
        None => format!(r#""condition": "[parameters('{flag}')]", "#),
    };
    case(
        name,
        expected,
        format!(
            "param new bool
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {}{{
  name: 'gateway'
  identity: {{ type: 'SystemAssigned' }}
}}
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {}{{
  name: 'safe'
  properties: {{ enableRbacAuthorization: true }}
}}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {}{{
  name: 'gateway/nv'
  properties: {{ keyVault: {{ secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' }} }}
}}
",
            bicep_if(service),
            bicep_if(vault),
            bicep_if(reader)
        ),
        arm(&format!(
            r#""parameters": {{ "new": {{ "type": "bool" }} }}, "resources": [
  {{ {}"type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "identity": {{ "type": "SystemAssigned" }} }},
  {{ {}"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "properties": {{ "enableRbacAuthorization": true }} }},
  {{ {}"type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "keyVault": {{ "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" }} }} }}
]"#,
            arm_if(service),
            arm_if(vault),
            arm_if(reader)
        )),
    )
}

/// What one case creates exists in the other, where nobody says who may read what.
#[test]
fn a_read_in_the_case_that_does_not_create() {
    judge(
        FLOW,
        &[
            conditional(
                "both created",
                "error vault-access-missing",
                ["new", "new", "new"],
            ),
            conditional("the service exists", "", ["new", "", "not new"]),
            conditional(
                "the vault exists",
                "warning vault-access-missing",
                ["", "new", "not new"],
            ),
        ],
    );
}

/// A sentence names a few alternatives, and counts the others.
#[test]
fn many_alternatives() {
    let flags: Vec<_> = (0..5).map(|flag| format!("param f{flag} bool\n")).collect();
    let pairs: Vec<_> = (0..4).map(|at| format!("(f{at} == f{})", at + 1)).collect();
    let text = format!(
        "{}{}",
        flags.concat(),
        service(&format!(
            "identity: {{ type: {} ? 'Both' : 'None' }}",
            pairs.join(" || ")
        ))
    );
    let found = findings(Language::Bicep, &text);
    assert!(
        found.contains(", or in 6 other cases: API Management takes"),
        "{found}"
    );
}
