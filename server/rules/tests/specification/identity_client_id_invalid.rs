//! `identity-client-id-invalid`: another id, or a word, where a client id belongs.

use crate::programs::{check, found, says, silent};
use crate::twins::{Case, arm, case, judge};

const RULE: &[&str] = &["identity-client-id-invalid"];
const INVALID: &str = "error identity-client-id-invalid";

const READER_ID: &str = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')";
const SYSTEM: &str = "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity";
const READER: &str = "reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31')";

const BICEP_READER: &str =
    "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
";
const BICEP_SERVICE: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
}
";
const ARM_READER: &str = r#"{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }"#;

fn arm_service() -> String {
    format!(
        r#"{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }} }}"#
    )
}

/// A child of a service with both kinds of identity.
fn child(
    name: &'static str,
    expected: &'static str,
    kind: &str,
    (declarations, properties): (&str, &str),
    (sections, json_properties): (&str, &str),
) -> Case {
    let service = arm_service();
    case(
        name,
        expected,
        format!(
            "{declarations}\n{BICEP_READER}{BICEP_SERVICE}resource it 'Microsoft.ApiManagement/service/{kind}@2024-05-01' = {{\n  parent: apim\n  name: 'it'\n  properties: {properties}\n}}\n"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {ARM_READER}, {service}, {{ "type": "Microsoft.ApiManagement/service/{kind}", "apiVersion": "2024-05-01", "name": "gateway/it", "properties": {json_properties} }} ]"#
        )),
    )
}

/// A named value that reads a vault with the identity of a client id.
fn named_value(
    name: &'static str,
    expected: &'static str,
    (declarations, client_id): (&str, &str),
    (sections, json_client_id): (&str, &str),
) -> Case {
    child(
        name,
        expected,
        "namedValues",
        (
            declarations,
            &format!(
                "{{ displayName: 'it', secret: true, keyVault: {{ secretIdentifier: 'https://safe.vault.azure.net/secrets/it', identityClientId: {client_id} }} }}"
            ),
        ),
        (
            sections,
            &format!(
                r#"{{ "displayName": "it", "secret": true, "keyVault": {{ "secretIdentifier": "https://safe.vault.azure.net/secrets/it", "identityClientId": {json_client_id} }} }}"#
            ),
        ),
    )
}

fn logger(
    name: &'static str,
    expected: &'static str,
    client_id: &str,
    json_client_id: &str,
) -> Case {
    child(
        name,
        expected,
        "loggers",
        (
            "",
            &format!(
                "{{ loggerType: 'azureEventHub', credentials: {{ name: 'hub', endpointAddress: 'bus.servicebus.windows.net', identityClientId: {client_id} }} }}"
            ),
        ),
        (
            "",
            &format!(
                r#"{{ "loggerType": "azureEventHub", "credentials": {{ "name": "hub", "endpointAddress": "bus.servicebus.windows.net", "identityClientId": {json_client_id} }} }}"#
            ),
        ),
    )
}

fn expression(text: &str) -> String {
    format!("\"[{text}]\"")
}

#[test]
fn what_is_no_client_id() {
    let report = judge(
        RULE,
        &[
            named_value(
                "principal id of the system identity",
                INVALID,
                ("", "apim.identity.principalId"),
                ("", &expression(&format!("{SYSTEM}.principalId"))),
            ),
            named_value(
                "principal id of a user-assigned identity",
                INVALID,
                ("", "reader.properties.principalId"),
                ("", &expression(&format!("{READER}.principalId"))),
            ),
            named_value(
                "the same as the service shows it",
                INVALID,
                (
                    "",
                    "apim.identity.userAssignedIdentities[reader.id].principalId",
                ),
                (
                    "",
                    &expression(&format!(
                        "{SYSTEM}.userAssignedIdentities[{READER_ID}].principalId"
                    )),
                ),
            ),
            named_value(
                "principal id of something else",
                INVALID,
                (
                    "resource site 'Microsoft.Web/sites@2023-12-01' existing = {\n  name: 'site'\n}",
                    "site.identity.principalId",
                ),
                (
                    "",
                    &expression(
                        "reference(resourceId('Microsoft.Web/sites', 'site'), '2023-12-01', 'Full').identity.principalId",
                    ),
                ),
            ),
            named_value(
                "resource id",
                INVALID,
                ("", "reader.id"),
                ("", &expression(READER_ID)),
            ),
            named_value(
                "resource id as a text",
                INVALID,
                (
                    "",
                    "'/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other'",
                ),
                (
                    "",
                    r#""/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other""#,
                ),
            ),
            named_value(
                "the word",
                INVALID,
                ("", "'SystemAssigned'"),
                ("", r#""SystemAssigned""#),
            ),
            named_value(
                "the word in other letters, through a variable",
                INVALID,
                ("var identity = 'systemassigned'", "identity"),
                (
                    r#""variables": { "identity": "systemassigned" },"#,
                    r#""[variables('identity')]""#,
                ),
            ),
            named_value(
                "the default of a parameter",
                INVALID,
                (
                    "param identity string = 'SystemAssigned'",
                    "identity",
                ),
                (
                    r#""parameters": { "identity": { "type": "string", "defaultValue": "SystemAssigned" } },"#,
                    r#""[parameters('identity')]""#,
                ),
            ),
            named_value(
                "one arm of a ternary",
                INVALID,
                (
                    "param own bool",
                    "own ? apim.identity.principalId : reader.properties.clientId",
                ),
                (
                    r#""parameters": { "own": { "type": "bool" } },"#,
                    &expression(&format!(
                        "if(parameters('own'), {SYSTEM}.principalId, {READER}.clientId)"
                    )),
                ),
            ),
            named_value(
                "one of the allowed values",
                INVALID,
                (
                    "@allowed(['SystemAssigned', '11111111-2222-3333-4444-555555555555'])\nparam identity string",
                    "identity",
                ),
                (
                    r#""parameters": { "identity": { "type": "string", "allowedValues": ["SystemAssigned", "11111111-2222-3333-4444-555555555555"] } },"#,
                    r#""[parameters('identity')]""#,
                ),
            ),
            child(
                "certificate",
                INVALID,
                "certificates",
                (
                    "",
                    "{ keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/it', identityClientId: 'SystemAssigned' } }",
                ),
                (
                    "",
                    r#"{ "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/it", "identityClientId": "SystemAssigned" } }"#,
                ),
            ),
            logger(
                "logger with the principal id of the service",
                INVALID,
                "apim.identity.principalId",
                &expression(&format!("{SYSTEM}.principalId")),
            ),
            logger(
                "logger with a resource id",
                INVALID,
                "reader.id",
                &expression(READER_ID),
            ),
            case(
                "hostname, and what is read in a loop",
                "error identity-client-id-invalid; error identity-client-id-invalid",
                format!(
                    "{BICEP_READER}resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
  properties: {{
    hostnameConfigurations: [
      {{ type: 'Proxy', hostName: 'api.contoso.com', keyVaultId: 'https://safe.vault.azure.net/secrets/it', identityClientId: reader.properties.principalId }}
    ]
  }}
}}
resource many 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [for name in ['a', 'b']: {{
  parent: apim
  name: name
  properties: {{ displayName: name, secret: true, keyVault: {{ secretIdentifier: 'https://safe.vault.azure.net/secrets/${{name}}', identityClientId: reader.id }} }}
}}]
"
                ),
                arm(&format!(
                    r#""variables": {{ "names": ["a", "b"] }}, "resources": [ {ARM_READER}, {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }}, "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "api.contoso.com", "keyVaultId": "https://safe.vault.azure.net/secrets/it", "identityClientId": "[{READER}.principalId]" }} ] }} }},
  {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "copy": {{ "name": "many", "count": 2 }}, "name": "[format('gateway/{{0}}', variables('names')[copyIndex()])]", "properties": {{ "displayName": "[variables('names')[copyIndex()]]", "secret": true, "keyVault": {{ "secretIdentifier": "[format('https://safe.vault.azure.net/secrets/{{0}}', variables('names')[copyIndex()])]", "identityClientId": "[{READER_ID}]" }} }} }} ]"#
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    principal id of the system identity
      error identity-client-id-invalid @ apim.identity.principalId: `identityClientId` of the named value `it` is the principal id of the system-assigned identity of `apim`: leave the property out to use that identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    principal id of a user-assigned identity
      error identity-client-id-invalid @ reader.properties.principalId: `identityClientId` of the named value `it` is the principal id of `reader`, but has to be its client id. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    the same as the service shows it
      error identity-client-id-invalid @ apim.identity.userAssignedIdentities[reader.id].principalId: `identityClientId` of the named value `it` is the principal id of `reader`, but has to be its client id. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    principal id of something else
      error identity-client-id-invalid @ site.identity.principalId: `identityClientId` of the named value `it` is a principal id, but has to be the client id of an identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    resource id
      error identity-client-id-invalid @ reader.id: `identityClientId` of the named value `it` is the resource id of `reader`, but has to be its client id. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    resource id as a text
      error identity-client-id-invalid @ '/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity…: `identityClientId` of the named value `it` is a resource id, but has to be the client id of an identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    the word
      error identity-client-id-invalid @ 'SystemAssigned': `identityClientId` of the named value `it` is 'SystemAssigned': only loggers understand that word, leave the property out to use the system-assigned identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    the word in other letters, through a variable
      error identity-client-id-invalid @ 'systemassigned': `identityClientId` of the named value `it` is 'systemassigned': only loggers understand that word, leave the property out to use the system-assigned identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see identityClientId: the named value gets it
    the default of a parameter
      error identity-client-id-invalid @ 'SystemAssigned': `identityClientId` of the named value `it` is 'SystemAssigned' with the default of `identity`: only loggers understand that word, leave the property out to use the system-assigned identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see identityClientId: the named value gets it
    one arm of a ternary
      error identity-client-id-invalid @ apim.identity.principalId: `identityClientId` of the named value `it` is the principal id of the system-assigned identity of `apim` when `own` is true: leave the property out to use that identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    one of the allowed values
      error identity-client-id-invalid @ 'SystemAssigned': `identityClientId` of the named value `it` is 'SystemAssigned' when `identity` is 'SystemAssigned': only loggers understand that word, leave the property out to use the system-assigned identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see identityClientId: the named value gets it
    certificate
      error identity-client-id-invalid @ 'SystemAssigned': `identityClientId` of the certificate `it` is 'SystemAssigned': only loggers understand that word, leave the property out to use the system-assigned identity. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    logger with the principal id of the service
      error identity-client-id-invalid @ apim.identity.principalId: `identityClientId` of the logger `it` is the principal id of the system-assigned identity of `apim`: a logger names that identity as 'SystemAssigned'
    logger with a resource id
      error identity-client-id-invalid @ reader.id: `identityClientId` of the logger `it` is the resource id of `reader`, but has to be its client id
    hostname, and what is read in a loop
      error identity-client-id-invalid @ reader.properties.principalId: `identityClientId` of a hostname certificate of `apim` is the principal id of `reader`, but has to be its client id
      error identity-client-id-invalid @ reader.id: `identityClientId` of the named value `many` is the resource id of `reader`, but has to be its client id. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
    "#);
}

#[test]
fn what_may_be_a_client_id() {
    judge(
        RULE,
        &[
            named_value(
                "client id",
                "",
                ("", "reader.properties.clientId"),
                ("", &expression(&format!("{READER}.clientId"))),
            ),
            named_value(
                "client id as the service shows it",
                "",
                (
                    "",
                    "apim.identity.userAssignedIdentities[reader.id].clientId",
                ),
                (
                    "",
                    &expression(&format!(
                        "{SYSTEM}.userAssignedIdentities[{READER_ID}].clientId"
                    )),
                ),
            ),
            named_value("null", "", ("", "null"), ("", "null")),
            named_value("empty", "", ("", "''"), ("", r#""""#)),
            named_value(
                "guid",
                "",
                ("", "'11111111-2222-3333-4444-555555555555'"),
                ("", r#""11111111-2222-3333-4444-555555555555""#),
            ),
            named_value(
                "from outside",
                "",
                ("param identity string", "identity"),
                (
                    r#""parameters": { "identity": { "type": "string" } },"#,
                    r#""[parameters('identity')]""#,
                ),
            ),
            named_value(
                "token of another tool",
                "",
                ("", "'#{CLIENT_ID}#'"),
                ("", r##""#{CLIENT_ID}#""##),
            ),
            named_value(
                "a choice at run time",
                "",
                (
                    "param identity string?",
                    "identity ?? reader.properties.clientId",
                ),
                (
                    r#""parameters": { "identity": { "type": "string", "nullable": true } },"#,
                    &expression(&format!(
                        "coalesce(parameters('identity'), {READER}.clientId)"
                    )),
                ),
            ),
            logger(
                "logger with the word",
                "",
                "'systemAssigned'",
                r#""systemAssigned""#,
            ),
            logger(
                "logger with a named value",
                "",
                "'{{client-id}}'",
                r#""{{client-id}}""#,
            ),
            child(
                "a client id without a vault",
                "",
                "namedValues",
                (
                    "",
                    "{ displayName: 'it', value: 'x', keyVault: { identityClientId: 'SystemAssigned' } }",
                ),
                (
                    "",
                    r#"{ "displayName": "it", "value": "x", "keyVault": { "identityClientId": "SystemAssigned" } }"#,
                ),
            ),
            case(
                "a condition that is false",
                "",
                "resource it 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (false) {\n  name: 'gateway/it'\n  properties: { displayName: 'it', keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/it', identityClientId: 'SystemAssigned' } }\n}\n",
                arm(
                    r#""resources": [ { "condition": false, "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/it", "properties": { "displayName": "it", "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/it", "identityClientId": "SystemAssigned" } } } ]"#,
                ),
            ),
        ],
    );
}

const MODULE: &str = "param apimName string
param clientId string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}
resource it 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'it'
  properties: { displayName: 'it', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/it', identityClientId: clientId } }
}
";

#[test]
fn an_argument_of_a_module_is_wrong_where_it_is_passed() {
    let main = format!(
        "{BICEP_READER}module value 'value.bicep' = {{\n  name: 'value'\n  params: {{ apimName: 'gateway', clientId: reader.properties.principalId }}\n}}\n"
    );
    let files = [("main.bicep", main.as_str()), ("value.bicep", MODULE)];
    check(
        &files,
        &["error identity-client-id-invalid @ main.bicep: reader.properties.principalId"],
    );
    says(&found(&files)[0], &["named value `it`", "`reader`"]);
}

#[test]
fn an_output_of_a_module_is_followed() {
    let identity = format!("{BICEP_READER}output clientId string = reader.properties.clientId\n");
    let main = "module identity 'identity.bicep' = {
  name: 'identity'
}
module value 'value.bicep' = {
  name: 'value'
  params: { apimName: 'gateway', clientId: identity.outputs.clientId }
}
";
    silent(&[
        ("main.bicep", main),
        ("value.bicep", MODULE),
        ("identity.bicep", &identity),
    ]);
}
