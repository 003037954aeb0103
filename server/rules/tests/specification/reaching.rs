//! The parts of a deployment that reads a vault, each in Bicep and in ARM JSON.

use std::fmt::Write as _;

use crate::twins::{Case, arm, case};

/// The same text in Bicep and in ARM JSON.
pub type Twin = (String, String);

/// The role that reads secrets.
pub const SECRETS_USER: &str = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')";

/// The id in ARM JSON of what has a symbol in Bicep.
pub fn id(symbol: &str) -> String {
    let (resource_type, name) = match symbol {
        "apim" => ("Microsoft.ApiManagement/service", "'gateway'"),
        "safe" => ("Microsoft.KeyVault/vaults", "'safe'"),
        "secret" => ("Microsoft.KeyVault/vaults/secrets", "'safe', 'nv'"),
        "policies" => ("Microsoft.KeyVault/vaults/accessPolicies", "'safe', 'add'"),
        "reader" => (
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            "'reader'",
        ),
        "grant" => {
            return format!(
                "extensionResourceId({}, 'Microsoft.Authorization/roleAssignments', guid('gateway', 'reader', 'grant'))",
                id("safe")
            );
        }
        name => {
            return format!("resourceId('Microsoft.Resources/deployments', '{name}')");
        }
    };
    format!("resourceId('{resource_type}', {name})")
}

/// An object or a value of literals in JSON, from how it is written in Bicep.
pub fn json(bicep: &str) -> String {
    let mut result = String::new();
    let mut word = String::new();
    let mut is_text = false;
    for letter in bicep.chars() {
        if letter == '\'' {
            is_text = !is_text;
            result.push('"');
        } else if is_text {
            result.push(letter);
        } else if letter.is_alphanumeric() {
            word.push(letter);
        } else {
            let key = std::mem::take(&mut word);
            let _ = match letter {
                ':' => write!(result, "\"{key}\":"),
                _ => write!(result, "{key}{letter}"),
            };
        }
    }
    result + &word
}

fn literal(bicep: &str) -> Twin {
    (bicep.to_owned(), json(bicep))
}

/// The list of what a resource waits for.
fn waits(on: &[&str]) -> Twin {
    let ids: Vec<_> = on
        .iter()
        .map(|symbol| format!("\"[{}]\"", id(symbol)))
        .collect();
    (
        format!("dependsOn: [ {} ]", on.join(", ")),
        format!("\"dependsOn\": [ {} ],", ids.join(", ")),
    )
}

/// A vault, `safe`, with these further properties, literals.
pub fn vault(properties: &str) -> Twin {
    let (bicep, json) = literal(properties);
    vault_with(&bicep, &json)
}

/// A vault, `safe`, with these further properties.
pub fn vault_with(bicep: &str, json: &str) -> Twin {
    let comma = if bicep.is_empty() { "" } else { "," };
    (
        format!(
            "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'safe'
  location: 'westeurope'
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }}, enablePurgeProtection: true{comma} {bicep} }}
}}
"
        ),
        format!(
            r#"{{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": {{ "tenantId": "[tenant().tenantId]", "sku": {{ "family": "A", "name": "standard" }}, "enablePurgeProtection": true{comma} {json} }} }}"#
        ),
    )
}

/// A vault, `safe`, that is there already. ARM JSON has no word for it.
pub fn existing_vault() -> Twin {
    (
        "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {\n  name: 'safe'\n}\n"
            .to_owned(),
        String::new(),
    )
}

/// An identity that reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The system-assigned identity of the service.
    System,
    /// The user-assigned identity `reader`.
    User,
}

/// The user-assigned identity `reader`.
pub fn reader() -> Twin {
    (
        "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
"
        .to_owned(),
        r#"{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }"#.to_owned(),
    )
}

/// The `identity` of a service.
pub fn identity(by: By) -> Twin {
    match by {
        By::System => literal("identity: { type: 'SystemAssigned' }"),
        By::User => (
            "identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }".to_owned(),
            format!(
                r#""identity": {{ "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {{ "[{}]": {{}} }} }}"#,
                id("reader")
            ),
        ),
    }
}

/// A service, `apim`, with these further properties and what it waits for.
pub fn service(by: By, (bicep, json): (&str, &str), on: &[&str]) -> Twin {
    let (block, json_block) = identity(by);
    let mut all = on.to_vec();
    all.extend((by == By::User).then_some("reader"));
    let (wait, json_wait) = (waits(on).0, waits(&all).1);
    (
        format!(
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  sku: {{ name: 'Developer', capacity: 1 }}
  {block}
  properties: {{ publisherEmail: 'a@b.c'
    publisherName: 'b'
    {bicep} }}
  {wait}
}}
"
        ),
        format!(
            r#"{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "sku": {{ "name": "Developer", "capacity": 1 }}, {json_block}, {json_wait} "properties": {{ {json}{} "publisherEmail": "a@b.c", "publisherName": "b" }} }}"#,
            if json.is_empty() { "" } else { "," }
        ),
    )
}

/// A service without hostnames.
pub fn plain_service(by: By) -> Twin {
    service(by, ("", ""), &[])
}

/// A list with one hostname, whose certificate an identity reads.
pub fn hostnames(by: By) -> Twin {
    let (uri, json_uri) = secret_uri("cert");
    let (client, json_client) = client(by);
    (
        format!("[ {{ type: 'Proxy', hostName: 'a.example.org', keyVaultId: {uri}{client} }} ]"),
        format!(
            r#"[ {{ "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "{json_uri}"{json_client} }} ]"#
        ),
    )
}

/// A service with a hostname.
pub fn service_with_hostname(by: By, on: &[&str]) -> Twin {
    let (list, json_list) = hostnames(by);
    service(
        by,
        (
            &format!("hostnameConfigurations: {list}"),
            &format!("\"hostnameConfigurations\": {json_list}"),
        ),
        on,
    )
}

/// The address of a secret in the vault.
fn secret_uri(name: &str) -> Twin {
    (
        format!("'${{safe.properties.vaultUri}}secrets/{name}'"),
        format!(
            "[concat(reference({}, '2026-02-01').vaultUri, 'secrets/{name}')]",
            id("safe")
        ),
    )
}

fn client(by: By) -> Twin {
    match by {
        By::System => (String::new(), String::new()),
        By::User => (
            ", identityClientId: reader.properties.clientId".to_owned(),
            format!(
                r#", "identityClientId": "[reference({}, '2023-01-31').clientId]""#,
                id("reader")
            ),
        ),
    }
}

/// A child of the service that reads the secret of its own name.
pub fn child(kind: &str, name: &str, by: By, on: &[&str]) -> Twin {
    let (uri, json_uri) = secret_uri(name);
    let (client, json_client) = client(by);
    let (display, json_display) = match kind {
        "namedValues" => (
            format!("displayName: '{name}', secret: true, "),
            format!(r#""displayName": "{name}", "secret": true, "#),
        ),
        _ => Twin::default(),
    };
    let mut all = vec!["apim"];
    all.extend(on);
    let (wait, json_wait) = (waits(on).0, waits(&all).1);
    (
        format!(
            "resource {name} 'Microsoft.ApiManagement/service/{kind}@2024-05-01' = {{
  parent: apim
  name: '{name}'
  properties: {{ {display}keyVault: {{ secretIdentifier: {uri}{client} }} }}
  {wait}
}}
"
        ),
        format!(
            r#"{{ "type": "Microsoft.ApiManagement/service/{kind}", "apiVersion": "2024-05-01", "name": "gateway/{name}", {json_wait} "properties": {{ {json_display}"keyVault": {{ "secretIdentifier": "{json_uri}"{json_client} }} }} }}"#
        ),
    )
}

/// The named value `nv`.
pub fn named_value(by: By, on: &[&str]) -> Twin {
    child("namedValues", "nv", by, on)
}

/// The principal id of an identity.
pub fn principal(by: By) -> Twin {
    match by {
        By::System => (
            "apim.identity.principalId".to_owned(),
            format!(
                "reference({}, '2024-05-01', 'Full').identity.principalId",
                id("apim")
            ),
        ),
        By::User => (
            "reader.properties.principalId".to_owned(),
            format!("reference({}, '2023-01-31').principalId", id("reader")),
        ),
    }
}

/// The assignment `grant` of the role that reads secrets.
pub fn grant(by: By) -> Twin {
    let (principal, json_principal) = principal(by);
    let owner = if by == By::System { "apim" } else { "reader" };
    (
        format!(
            "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid('gateway', 'reader', 'grant')
  scope: safe
  properties: {{ roleDefinitionId: {SECRETS_USER}, principalId: {principal}, principalType: 'ServicePrincipal' }}
}}
"
        ),
        format!(
            r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", "scope": "[{}]", "dependsOn": [ "[{}]" ], "properties": {{ "roleDefinitionId": "[{SECRETS_USER}]", "principalId": "[{json_principal}]", "principalType": "ServicePrincipal" }} }}"#,
            id("safe"),
            id(owner)
        ),
    )
}

/// The secret `nv` in the vault.
pub fn secret() -> Twin {
    (
        "resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: safe
  name: 'nv'
  properties: { value: newGuidText }
}
"
        .replace("newGuidText", "uniqueString(resourceGroup().id)"),
        format!(
            r#"{{ "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01", "name": "safe/nv", "dependsOn": [ "[{}]" ], "properties": {{ "value": "[uniqueString(resourceGroup().id)]" }} }}"#,
            id("safe")
        ),
    )
}

/// A deployment of these resources.
pub fn deployment(name: &'static str, expected: &'static str, resources: &[Twin]) -> Case {
    deployment_with(name, expected, ("", ""), resources)
}

/// A deployment of these resources, with declarations (parameters, variables) before them.
pub fn deployment_with(
    name: &'static str,
    expected: &'static str,
    (declarations, sections): (&str, &str),
    resources: &[Twin],
) -> Case {
    let bicep: String = resources.iter().map(|it| it.0.as_str()).collect();
    let json: Vec<_> = resources
        .iter()
        .map(|it| it.1.as_str())
        .filter(|text| !text.is_empty())
        .collect();
    case(
        name,
        expected,
        format!("{declarations}\n{bicep}"),
        arm(&format!(
            "{sections}\n  \"resources\": [\n    {}\n  ]",
            json.join(",\n    ")
        )),
    )
}

/// A part with one text in it replaced, in Bicep and in ARM JSON.
pub fn with(part: &Twin, bicep: (&str, &str), json: (&str, &str)) -> Twin {
    assert!(part.0.contains(bicep.0), "{} is not in {}", bicep.0, part.0);
    assert!(part.1.contains(json.0), "{} is not in {}", json.0, part.1);
    (
        part.0.replacen(bicep.0, bicep.1, 1),
        part.1.replacen(json.0, json.1, 1),
    )
}

/// A part under a condition.
pub fn when(part: &Twin, bicep: &str, json: &str) -> Twin {
    (
        part.0.replacen("= {", &format!("= if ({bicep}) {{"), 1),
        part.1
            .replacen('{', &format!(r#"{{ "condition": {json},"#), 1),
    )
}

/// A private endpoint of the vault.
pub fn private_endpoint() -> Twin {
    (
        "resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'endpoint'
  location: 'westeurope'
  properties: { privateLinkServiceConnections: [ { name: 'vault', properties: { privateLinkServiceId: safe.id, groupIds: [ 'vault' ] } } ] }
}
"
        .to_owned(),
        format!(
            r#"{{ "type": "Microsoft.Network/privateEndpoints", "apiVersion": "2024-05-01", "name": "endpoint", "location": "westeurope", "dependsOn": [ "[{0}]" ], "properties": {{ "privateLinkServiceConnections": [ {{ "name": "vault", "properties": {{ "privateLinkServiceId": "[{0}]", "groupIds": [ "vault" ] }} }} ] }} }}"#,
            id("safe")
        ),
    )
}

/// A rule of a perimeter.
pub fn perimeter_rule() -> Twin {
    (
        "resource rule 'Microsoft.Network/networkSecurityPerimeters/profiles/accessRules@2024-07-01' = {
  name: 'perimeter/profile/rule'
  properties: { direction: 'Inbound', addressPrefixes: [ '203.0.113.0/24' ] }
}
"
        .to_owned(),
        r#"{ "type": "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules", "apiVersion": "2024-07-01", "name": "perimeter/profile/rule", "properties": { "direction": "Inbound", "addressPrefixes": [ "203.0.113.0/24" ] } }"#.to_owned(),
    )
}

/// A module that cannot be seen into and gets the vault.
pub fn unseen_module() -> Twin {
    (
        "module unseen './nowhere.bicep' = {\n  name: 'unseen'\n  params: { vaultId: safe.id }\n}\n"
            .to_owned(),
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "unseen", "properties": {{ "mode": "Incremental", "templateLink": {{ "uri": "https://example.org/x.json" }}, "parameters": {{ "vaultId": {{ "value": "[{}]" }} }} }} }}"#,
            id("safe")
        ),
    )
}

/// Service, grant and a named value that all is right with but the network of this vault.
pub fn named_value_from(vault: Twin, by: By) -> Vec<Twin> {
    let mut all = vec![
        vault,
        plain_service(by),
        grant(by),
        named_value(by, &["grant"]),
    ];
    all.extend((by == By::User).then(reader));
    all
}

/// The same for the certificate of a hostname, read with the user-assigned identity.
pub fn hostname_from(vault: Twin) -> Vec<Twin> {
    vec![
        vault,
        reader(),
        grant(By::User),
        service_with_hostname(By::User, &["grant"]),
    ]
}

/// These parts and one more.
pub fn and(mut parts: Vec<Twin>, more: Twin) -> Vec<Twin> {
    parts.push(more);
    parts
}

/// A declaration of a resource, `symbol`, and its further members.
pub fn resource(
    (symbol, kind, version, name): (&str, &str, &str, &str),
    (bicep, json): (&str, &str),
) -> Twin {
    (
        format!("resource {symbol} '{kind}@{version}' = {{\n  name: '{name}'\n  {bicep}\n}}\n"),
        format!(r#"{{ "type": "{kind}", "apiVersion": "{version}", "name": "{name}", {json} }}"#),
    )
}

/// The same with properties that are literals.
pub fn plain(head: (&str, &str, &str, &str), properties: &str) -> Twin {
    let (bicep, json) = literal(&format!(
        "location: 'westeurope', properties: {{ {properties} }}"
    ));
    resource(
        head,
        (&bicep.replace(", properties", "\n  properties"), &json),
    )
}

/// A policy of the service `gateway`, with its document as an expression.
pub fn policy_with(bicep: &str, json: &str) -> Twin {
    resource(
        (
            "policy",
            "Microsoft.ApiManagement/service/policies",
            "2024-05-01",
            "gateway/policy",
        ),
        (
            &format!("properties: {{ format: 'rawxml', value: {bicep} }}"),
            &format!(r#""properties": {{ "format": "rawxml", "value": "{json}" }}"#),
        ),
    )
}

/// The same with a document that is a literal.
pub fn policy(document: &str) -> Twin {
    policy_with(
        &format!("'{}'", document.replace('\\', "\\\\").replace('\'', "\\'")),
        &document.replace('\\', "\\\\").replace('"', "\\\""),
    )
}
