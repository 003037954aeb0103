//! `identity-not-attached`: an identity is used that the service does not carry.

use crate::programs::{check, found, says, silent};
use crate::twins::{Case, arm, case, judge};

const RULE: &[&str] = &["identity-not-attached"];
const NOT_ATTACHED: &str = "error identity-not-attached";

const NAMES: [&str; 2] = ["reader", "stranger"];
const TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

const CARRIES_READER: &str =
    "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }";
const ARM_CARRIES_READER: &str = r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": {} } }"#;
const SYSTEM: &str = "identity: { type: 'SystemAssigned' }";
const ARM_SYSTEM: &str = r#""identity": { "type": "SystemAssigned" }"#;

fn client_id(name: &str) -> String {
    format!("reference(resourceId('{TYPE}', '{name}'), '2023-01-31').clientId")
}

fn expression(text: &str) -> String {
    format!("\"[{text}]\"")
}

/// Two identities, a service, and one more resource.
fn whole(
    name: &'static str,
    expected: &'static str,
    (declarations, service, resource): (&str, &str, &str),
    (sections, json_service, json_resource): (&str, &str, &str),
) -> Case {
    let bicep: String = NAMES
        .map(|name| {
            format!("resource {name} '{TYPE}@2023-01-31' = {{\n  name: '{name}'\n  location: 'westeurope'\n}}\n")
        })
        .concat();
    let json: String = NAMES
        .map(|name| {
            format!(r#"{{ "type": "{TYPE}", "apiVersion": "2023-01-31", "name": "{name}", "location": "westeurope" }}, "#)
        })
        .concat();
    let comma = if json_resource.is_empty() { "" } else { "," };
    case(
        name,
        expected,
        format!(
            "{declarations}\n{bicep}resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  {service}\n}}\n{resource}"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {json} {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", {json_service} }}{comma} {json_resource} ]"#
        )),
    )
}

/// A named value that reads with the identity of a client id, or of none.
fn read(client_id: Option<(&str, &str)>) -> (String, String) {
    let (bicep, json) = match client_id {
        Some((bicep, json)) => (
            format!(", identityClientId: {bicep}"),
            format!(r#", "identityClientId": {json}"#),
        ),
        None => Default::default(),
    };
    (
        format!(
            "resource it 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{\n  parent: apim\n  name: 'it'\n  properties: {{ displayName: 'it', secret: true, keyVault: {{ secretIdentifier: 'https://safe.vault.azure.net/secrets/it'{bicep} }} }}\n}}\n"
        ),
        format!(
            r#"{{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/it", "properties": {{ "displayName": "it", "secret": true, "keyVault": {{ "secretIdentifier": "https://safe.vault.azure.net/secrets/it"{json} }} }} }}"#
        ),
    )
}

fn named_value(
    name: &'static str,
    expected: &'static str,
    (declarations, service): (&str, &str),
    (sections, json_service): (&str, &str),
    client_id: Option<(&str, &str)>,
) -> Case {
    let (bicep, json) = read(client_id);
    whole(
        name,
        expected,
        (declarations, service, &bicep),
        (sections, json_service, &json),
    )
}

fn logger(
    name: &'static str,
    expected: &'static str,
    (service, client_id): (&str, &str),
    (json_service, json_client_id): (&str, &str),
) -> Case {
    whole(
        name,
        expected,
        (
            "",
            service,
            &format!(
                "resource hub 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {{\n  parent: apim\n  name: 'hub'\n  properties: {{ loggerType: 'azureEventHub', credentials: {{ name: 'hub', endpointAddress: 'bus.servicebus.windows.net', identityClientId: {client_id} }} }}\n}}\n"
            ),
        ),
        (
            "",
            json_service,
            &format!(
                r#"{{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/hub", "properties": {{ "loggerType": "azureEventHub", "credentials": {{ "name": "hub", "endpointAddress": "bus.servicebus.windows.net", "identityClientId": {json_client_id} }} }} }}"#
            ),
        ),
    )
}

/// A service with a hostname whose certificate is read with this identity.
fn hostname(
    name: &'static str,
    expected: &'static str,
    (service, client_id): (&str, &str),
    (json_service, json_client_id): (&str, &str),
) -> Case {
    whole(
        name,
        expected,
        (
            "",
            &format!(
                "{service}\n  properties: {{ hostnameConfigurations: [ {{ type: 'Proxy', hostName: 'api.contoso.com', keyVaultId: 'https://safe.vault.azure.net/secrets/it', identityClientId: {client_id} }} ] }}"
            ),
            "",
        ),
        (
            "",
            &format!(
                r#"{json_service}, "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "api.contoso.com", "keyVaultId": "https://safe.vault.azure.net/secrets/it", "identityClientId": {json_client_id} }} ] }}"#
            ),
            "",
        ),
    )
}

const KIND: &str = "@allowed(['SystemAssigned', 'UserAssigned'])\nparam kind string";
const ARM_KIND: &str = r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "UserAssigned"] } },"#;

#[test]
fn an_identity_that_is_not_carried() {
    let stranger = expression(&client_id("stranger"));
    let stranger = Some(("stranger.properties.clientId", stranger.as_str()));
    let reader = expression(&client_id("reader"));
    let reader = Some(("reader.properties.clientId", reader.as_str()));
    let report = judge(
        RULE,
        &[
            named_value(
                "another user-assigned identity",
                NOT_ATTACHED,
                ("", CARRIES_READER),
                ("", ARM_CARRIES_READER),
                stranger,
            ),
            named_value(
                "a user-assigned identity beside the system identity",
                NOT_ATTACHED,
                ("", SYSTEM),
                ("", ARM_SYSTEM),
                reader,
            ),
            named_value(
                "the system identity by absence",
                NOT_ATTACHED,
                ("", CARRIES_READER),
                ("", ARM_CARRIES_READER),
                None,
            ),
            named_value(
                "the system identity by null",
                NOT_ATTACHED,
                ("", CARRIES_READER),
                ("", ARM_CARRIES_READER),
                Some(("null", "null")),
            ),
            named_value(
                "one of the allowed types",
                NOT_ATTACHED,
                (
                    KIND,
                    "identity: { type: kind, userAssignedIdentities: kind == 'UserAssigned' ? { '${reader.id}': {} } : null }",
                ),
                (
                    ARM_KIND,
                    &format!(
                        r#""identity": {{ "type": "[parameters('kind')]", "userAssignedIdentities": "[if(equals(parameters('kind'), 'UserAssigned'), createObject(resourceId('{TYPE}', 'reader'), createObject()), null())]" }}"#
                    ),
                ),
                None,
            ),
            named_value(
                "the type by the default of a parameter",
                NOT_ATTACHED,
                (
                    "param kind string = 'UserAssigned'",
                    "identity: { type: kind, userAssignedIdentities: { '${reader.id}': {} } }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "UserAssigned" } },"#,
                    &ARM_CARRIES_READER.replace("\"UserAssigned\"", "\"[parameters('kind')]\""),
                ),
                None,
            ),
            named_value(
                "only in one case",
                NOT_ATTACHED,
                ("param own bool", CARRIES_READER),
                (
                    r#""parameters": { "own": { "type": "bool" } },"#,
                    ARM_CARRIES_READER,
                ),
                Some((
                    "own ? null : reader.properties.clientId",
                    &expression(&format!(
                        "if(parameters('own'), null(), {})",
                        client_id("reader")
                    )),
                )),
            ),
            logger(
                "a logger with the word",
                NOT_ATTACHED,
                (CARRIES_READER, "'systemAssigned'"),
                (ARM_CARRIES_READER, r#""systemAssigned""#),
            ),
            logger(
                "a logger with another identity",
                NOT_ATTACHED,
                (CARRIES_READER, "stranger.properties.clientId"),
                (ARM_CARRIES_READER, &expression(&client_id("stranger"))),
            ),
            hostname(
                "a hostname with another identity",
                NOT_ATTACHED,
                (CARRIES_READER, "stranger.properties.clientId"),
                (ARM_CARRIES_READER, &expression(&client_id("stranger"))),
            ),
            hostname(
                "a hostname with the system identity",
                NOT_ATTACHED,
                (CARRIES_READER, "null"),
                (ARM_CARRIES_READER, "null"),
            ),
            whole(
                "several of one cause",
                NOT_ATTACHED,
                (
                    "",
                    CARRIES_READER,
                    &format!(
                        "{}{}",
                        read(None).0,
                        read(None)
                            .0
                            .replace("it'", "that'")
                            .replace("resource it", "resource that")
                    ),
                ),
                (
                    "",
                    ARM_CARRIES_READER,
                    &format!(
                        "{}, {}",
                        read(None).1,
                        read(None).1.replace("gateway/it", "gateway/that")
                    ),
                ),
            ),
            case(
                "an existing identity",
                NOT_ATTACHED,
                format!(
                    "resource stranger '{TYPE}@2023-01-31' existing = {{\n  name: 'stranger'\n}}\nresource reader '{TYPE}@2023-01-31' existing = {{\n  name: 'reader'\n}}\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  {CARRIES_READER}\n}}\n{}",
                    read(Some(("stranger.properties.clientId", ""))).0
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", {ARM_CARRIES_READER} }}, {} ]"#,
                    read(Some(("", &expression(&client_id("stranger"))))).1
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    another user-assigned identity
      error identity-not-attached @ stranger.properties.clientId: The named value `it` is read with the user-assigned identity `stranger`, but `apim` does not carry it: list its id in `userAssignedIdentities`. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see 'UserAssigned': this is the identity of `apim`
          see stranger: this is the identity that is used
    a user-assigned identity beside the system identity
      error identity-not-attached @ reader.properties.clientId: The named value `it` is read with the user-assigned identity `reader`, but `apim` does not carry it: list its id in `userAssignedIdentities`. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see 'SystemAssigned': this is the identity of `apim`
          see reader: this is the identity that is used
    the system identity by absence
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    the system identity by null
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    one of the allowed types
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim` when `kind` is 'UserAssigned', but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    the type by the default of a parameter
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim` with the default of `kind`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    only in one case
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim` when `own` is true, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    a logger with the word
      error identity-not-attached @ 'systemAssigned': The logger `hub` signs in with the system-assigned identity of `apim`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    a logger with another identity
      error identity-not-attached @ stranger.properties.clientId: The logger `hub` signs in with the user-assigned identity `stranger`, but `apim` does not carry it: list its id in `userAssignedIdentities`
          see 'UserAssigned': this is the identity of `apim`
          see stranger: this is the identity that is used
    a hostname with another identity
      error identity-not-attached @ stranger.properties.clientId: A hostname certificate is read with the user-assigned identity `stranger`, but `apim` does not carry it: list its id in `userAssignedIdentities`
          see 'UserAssigned': this is the identity of `apim`
          see stranger: this is the identity that is used
    a hostname with the system identity
      error identity-not-attached @ keyVaultId: A hostname certificate is read with the system-assigned identity of `apim`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
    several of one cause
      error identity-not-attached @ secretIdentifier: The named value `it` is read with the system-assigned identity of `apim`, but `apim` has only user-assigned ones: name one of them in `identityClientId`, or add `SystemAssigned` to the type
          see 'UserAssigned': this is the identity of `apim`
          see secretIdentifier: the named value uses the same identity
    an existing identity
      error identity-not-attached @ stranger.properties.clientId: The named value `it` is read with the user-assigned identity `stranger`, but `apim` does not carry it: list its id in `userAssignedIdentities`. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see 'UserAssigned': this is the identity of `apim`
          see stranger: this is the identity that is used
      ARM error identity-not-attached @ reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities…: The named value `gateway/it` is read with the user-assigned identity 'stranger', but `gateway` does not carry it: list its id in `userAssignedIdentities`. Azure refuses it: "Can not find Managed Identity with provided IdentityClientId"
          see "UserAssigned": this is the identity of `gateway`
    "#);
}

#[test]
fn an_identity_that_is_or_may_be_carried() {
    let reader = expression(&client_id("reader"));
    let reader = Some(("reader.properties.clientId", reader.as_str()));
    let stranger = expression(&client_id("stranger"));
    let stranger = Some(("stranger.properties.clientId", stranger.as_str()));
    let both = CARRIES_READER.replace("'UserAssigned'", "'SystemAssigned, UserAssigned'");
    let arm_both =
        ARM_CARRIES_READER.replace("\"UserAssigned\"", "\"SystemAssigned,UserAssigned\"");
    judge(
        RULE,
        &[
            named_value("the one it carries", "", ("", CARRIES_READER), ("", ARM_CARRIES_READER), reader),
            named_value("the system identity", "", ("", SYSTEM), ("", ARM_SYSTEM), None),
            named_value("both kinds, the system identity", "", ("", &both), ("", &arm_both), None),
            named_value("both kinds, the other", "", ("", &both), ("", &arm_both), reader),
            named_value(
                "no identity is another rule's",
                "error identity-missing",
                ("", "identity: { type: 'None' }"),
                ("", r#""identity": { "type": "None" }"#),
                None,
            ),
            named_value(
                "no identity, and one is named",
                "error identity-missing",
                ("", "identity: null"),
                ("", r#""identity": null"#),
                reader,
            ),
            named_value(
                "a dictionary that Azure refuses is another rule's",
                "error identity-invalid",
                ("", "identity: { type: 'UserAssigned' }"),
                ("", r#""identity": { "type": "UserAssigned" }"#),
                reader,
            ),
            named_value(
                "a type that Azure refuses is another rule's",
                "error identity-invalid",
                ("", "identity: { type: 'UserAsigned', userAssignedIdentities: { '${reader.id}': {} } }"),
                ("", &ARM_CARRIES_READER.replace("\"UserAssigned\"", "\"UserAsigned\"")),
                None,
            ),
            named_value(
                "a dictionary from outside",
                "",
                ("param identities object", "identity: { type: 'UserAssigned', userAssignedIdentities: identities }"),
                (
                    r#""parameters": { "identities": { "type": "object" } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": "[parameters('identities')]" }"#,
                ),
                stranger,
            ),
            named_value(
                "a key from outside",
                "",
                ("param identity string", "identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity}': {} } }"),
                (
                    r#""parameters": { "identity": { "type": "string" } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[parameters('identity')]": {} } }"#,
                ),
                stranger,
            ),
            named_value(
                "a name from outside",
                "",
                (
                    "param name string",
                    &format!("identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{resourceId('{TYPE}', name)}}': {{}} }} }}"),
                ),
                (
                    r#""parameters": { "name": { "type": "string" } },"#,
                    &ARM_CARRIES_READER.replace("'reader'", "parameters('name')"),
                ),
                stranger,
            ),
            named_value(
                "a type from outside",
                "",
                ("param kind string", "identity: { type: kind, userAssignedIdentities: { '${reader.id}': {} } }"),
                (
                    r#""parameters": { "kind": { "type": "string" } },"#,
                    &ARM_CARRIES_READER.replace("\"UserAssigned\"", "\"[parameters('kind')]\""),
                ),
                None,
            ),
            named_value(
                "a client id from outside",
                "",
                ("param id string", CARRIES_READER),
                (r#""parameters": { "id": { "type": "string" } },"#, ARM_CARRIES_READER),
                Some(("id", r#""[parameters('id')]""#)),
            ),
            named_value(
                "a client id that callers may leave out",
                "",
                ("param id string?", CARRIES_READER),
                (r#""parameters": { "id": { "type": "string", "nullable": true } },"#, ARM_CARRIES_READER),
                Some(("id", r#""[parameters('id')]""#)),
            ),
            named_value(
                "cases that go together",
                "",
                (
                    "param own bool",
                    "identity: own ? { type: 'SystemAssigned' } : { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }",
                ),
                (
                    r#""parameters": { "own": { "type": "bool" } },"#,
                    &format!(
                        r#""identity": "[if(parameters('own'), createObject('type', 'SystemAssigned'), createObject('type', 'UserAssigned', 'userAssignedIdentities', createObject(resourceId('{TYPE}', 'reader'), createObject())))]""#
                    ),
                ),
                Some((
                    "own ? null : reader.properties.clientId",
                    &expression(&format!("if(parameters('own'), null(), {})", client_id("reader"))),
                )),
            ),
            logger(
                "a logger with a named value",
                "",
                (CARRIES_READER, "'{{client-id}}'"),
                (ARM_CARRIES_READER, r#""{{client-id}}""#),
            ),
            logger(
                "a logger without an identity",
                "",
                (CARRIES_READER, "null"),
                (ARM_CARRIES_READER, "null"),
            ),
            case(
                "an existing service",
                "",
                format!(
                    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{\n  name: 'gateway'\n}}\n{}",
                    read(None).0
                ),
                arm(&format!(r#""resources": [ {} ]"#, read(None).1)),
            ),
            case(
                "a service of a loop",
                "",
                "var gateways = [{ name: 'one', own: true }]
resource many 'Microsoft.ApiManagement/service@2024-05-01' = [for it in gateways: {
  name: it.name
  identity: it.own ? { type: 'SystemAssigned' } : { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader': {} } }
  properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'api.contoso.com', keyVaultId: 'https://safe.vault.azure.net/secrets/it' } ] }
}]
",
                arm(
                    r#""variables": { "gateways": [ { "name": "one", "own": true } ] }, "resources": [ { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "copy": { "name": "many", "count": 1 }, "name": "[variables('gateways')[copyIndex()].name]", "identity": "[if(variables('gateways')[copyIndex()].own, createObject('type', 'SystemAssigned'), createObject('type', 'UserAssigned', 'userAssignedIdentities', createObject('/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader', createObject())))]", "properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "api.contoso.com", "keyVaultId": "https://safe.vault.azure.net/secrets/it" } ] } } ]"#,
                ),
            ),
        ],
    );
}

const READER: &str =
    "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
";

/// A service in a file of its own, that carries what it is given.
const SERVICE: &str = "param kind string
param identities object
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind, userAssignedIdentities: identities }
}
output name string = apim.name
";

const VALUE: &str = "param apimName string
param clientId string?
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}
resource it 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'it'
  properties: { displayName: 'it', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/it', identityClientId: clientId } }
}
";

/// A workspace of these files.
fn files(main: &str) -> [(&str, &str); 3] {
    [
        ("main.bicep", main),
        ("service.bicep", SERVICE),
        ("value.bicep", VALUE),
    ]
}

#[test]
fn service_and_reader_in_files_of_their_own() {
    let main = format!(
        "{READER}module service 'service.bicep' = {{
  name: 'service'
  params: {{ kind: 'UserAssigned', identities: {{ '${{reader.id}}': {{}} }} }}
}}
module value 'value.bicep' = {{
  name: 'value'
  params: {{ apimName: service.outputs.name, clientId: null }}
}}
"
    );
    check(
        &files(&main),
        &["error identity-not-attached @ value.bicep: secretIdentifier"],
    );
    says(&found(&files(&main))[0], &["named value `it`", "`apim`"]);
    check(
        &files(&main.replace(", clientId: null", "")),
        &["error identity-not-attached @ value.bicep: secretIdentifier"],
    );
    check(
        &files(&main.replace("clientId: null", "clientId: reader.properties.clientId")),
        &["warning vault-access-missing @ value.bicep: secretIdentifier"],
    );
}

#[test]
fn a_service_that_is_declared_again() {
    let first = format!(
        "{READER}resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
}}
module again 'again.bicep' = {{
  name: 'again'
  dependsOn: [apim]
}}
"
    );
    let again = |kind: &str| {
        format!(
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: '{kind}', userAssignedIdentities: {{ '${{resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')}}': {{}} }} }}
  properties: {{ hostnameConfigurations: [ {{ type: 'Proxy', hostName: 'api.contoso.com', keyVaultId: 'https://safe.vault.azure.net/secrets/it' }} ] }}
}}
"
        )
    };
    check(
        &[
            ("main.bicep", &first),
            ("again.bicep", &again("SystemAssigned, UserAssigned")),
        ],
        &["warning vault-access-missing @ again.bicep: keyVaultId"],
    );
    check(
        &[
            ("main.bicep", &first),
            ("again.bicep", &again("UserAssigned")),
        ],
        &["error identity-not-attached @ again.bicep: keyVaultId"],
    );
}

#[test]
fn a_module_out_of_sight_may_add_an_identity() {
    let main = format!(
        "{READER}resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
}}
module more 'elsewhere.bicep' = {{
  name: 'more'
  params: {{ apimName: apim.name, identityType: 'SystemAssigned, UserAssigned' }}
}}
module value 'value.bicep' = {{
  name: 'value'
  params: {{ apimName: apim.name, clientId: null }}
}}
"
    );
    silent(&[("main.bicep", &main), ("value.bicep", VALUE)]);
}
