//! Deployments with grants, for the rules on role assignments and access policies: a service `apim`
//! with both kinds of identity, `reader`, which it carries, `stranger`, which it does not, and a
//! vault `safe`.

use crate::twins::{Case, arm, case};

pub const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";
pub const VAULT_READER: &str = "21090545-7ca7-4776-b22c-e363652d74d2";
pub const VAULT_ADMINISTRATOR: &str = "00482a5a-887f-4fb3-b363-3b7fe8e74483";

/// A piece of code in Bicep, and the same in ARM JSON.
pub type Pair<'a> = (&'a str, &'a str);

pub const SAFE: Pair<'_> = ("safe", "[resourceId('Microsoft.KeyVault/vaults', 'safe')]");
/// The scope of all that is deployed: none is written.
pub const GROUP: Pair<'_> = ("", "");
/// A name as it should be.
pub const NAME: Pair<'_> = (
    "guid(safe.id, apim.id, reader.id, 'role')",
    "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), resourceId('Microsoft.ApiManagement/service', 'gateway'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), 'role')]",
);
pub const SYSTEM: Pair<'_> = (
    "apim.identity.principalId",
    "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
);
pub const USER: Pair<'_> = (
    "reader.properties.principalId",
    "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId]",
);
pub const STRANGER: Pair<'_> = (
    "stranger.properties.principalId",
    "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'stranger'), '2023-01-31').principalId]",
);

/// The id of a role definition, in both languages.
pub fn role(id: &str) -> (String, String) {
    let call = format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{id}')");
    (call.clone(), format!("[{call}]"))
}

/// A role assignment `grant`: its name, scope, role definition and principal.
pub fn assignment(
    name: Pair<'_>,
    scope: Pair<'_>,
    definition: Pair<'_>,
    principal: Pair<'_>,
) -> (String, String) {
    let line = |code: &str, key: &str, end: &str| match code {
        "" => String::new(),
        code => format!("{key}{code}{end}"),
    };
    (
        format!(
            "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: {}
  {}
  properties: {{ roleDefinitionId: {}, principalId: {}, principalType: 'ServicePrincipal' }}
}}
",
            name.0,
            line(scope.0, "scope: ", ""),
            definition.0,
            principal.0
        ),
        format!(
            r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "{}", {} "properties": {{ "roleDefinitionId": "{}", "principalId": "{}", "principalType": "ServicePrincipal" }} }}"#,
            name.1,
            line(scope.1, "\"scope\": \"", "\","),
            definition.1,
            principal.1
        ),
    )
}

/// A named value that the system-assigned identity reads from `safe`.
pub const READ: Pair<'_> = (
    "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv' } }
}
",
    r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/nv')]" } } }"#,
);

/// Further resources beside the service, the identities and a vault that goes by roles.
pub fn beside(name: &'static str, expected: &'static str, (bicep, resource): Pair<'_>) -> Case {
    within(
        name,
        expected,
        ("", ""),
        "enableRbacAuthorization: true",
        (bicep, resource),
    )
}

/// The same with parameters and variables, and with what the vault says beside its tenant and SKU.
pub fn within(
    name: &'static str,
    expected: &'static str,
    (declarations, sections): Pair<'_>,
    vault: &str,
    (bicep, resource): Pair<'_>,
) -> Case {
    vaulted(
        name,
        expected,
        (declarations, sections),
        (vault, &json_of(vault)),
        (bicep, resource),
    )
}

/// The same, with the vault's properties in both languages.
pub fn vaulted(
    name: &'static str,
    expected: &'static str,
    (declarations, sections): Pair<'_>,
    (vault, json_vault): Pair<'_>,
    (bicep, resource): Pair<'_>,
) -> Case {
    let vault = match vault {
        "" => String::new(),
        properties => format!(", {properties}"),
    };
    let json_vault = match json_vault {
        "" => String::new(),
        properties => format!(", {properties}"),
    };
    let more = match resource {
        "" => String::new(),
        resource => format!(", {resource}"),
    };
    case(
        name,
        expected,
        format!(
            "{declarations}
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'reader'
  location: 'westeurope'
}}
resource stranger 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'stranger'
  location: 'westeurope'
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned, UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
}}
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'safe'
  location: 'westeurope'
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }}{vault} }}
}}
{bicep}"
        ),
        arm(&format!(
            r#"{sections} "resources": [
  {{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }},
  {{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "stranger", "location": "westeurope" }},
  {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {{ "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": {{}} }} }} }},
  {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "location": "westeurope", "properties": {{ "tenantId": "[tenant().tenantId]", "sku": {{ "family": "A", "name": "standard" }}{json_vault} }} }}{more}
]"#
        )),
    )
}

/// `name: true` as JSON.
fn json_of(property: &str) -> String {
    match property.split_once(':') {
        Some((name, value)) => format!("\"{}\":{value}", name.trim()),
        None => String::new(),
    }
}

/// Resources one behind the other.
pub fn and(a: Pair<'_>, b: Pair<'_>) -> (String, String) {
    (format!("{}{}", a.0, b.0), format!("{}, {}", a.1, b.1))
}

/// A pair by reference.
pub fn pair((a, b): &(String, String)) -> Pair<'_> {
    (a, b)
}
