//! What is told of the thing at a place.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may panic like the tests themselves"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rules::{Analysis, Hover, hover};
use syntax::{Document, Language, TextRange};
use template::files::Files;
use template::program::Program;
use template::workspace::Workspace;

/// The place of `¦` in the first text that is like this one without it.
fn place(text: &str, needle: &str) -> u32 {
    let (before, after) = needle.split_once('¦').expect("a place");
    let at = text.find(&format!("{before}{after}"));
    let at = at.unwrap_or_else(|| panic!("no {needle:?} in {text}"));
    (at + before.len()) as u32
}

fn shown(text: &str, hover: Option<&Hover>) -> String {
    match hover {
        Some(hover) => {
            let TextRange { start, end } = hover.range;
            let at = &text[start as usize..end as usize];
            format!("[{at}]\n{}", hover.markdown)
        }
        None => "nothing\n".to_owned(),
    }
}

fn at(language: Language, text: &str, offset: u32) -> Option<Hover> {
    let path = Path::new("/w/main");
    let program = Program::alone(path, Arc::new(Document::new(language, text)))?;
    hover(&program, path, offset)
}

/// What is told at each place of one file.
fn look(language: Language, text: &str, needles: &[&str]) -> String {
    let mut report = String::new();
    for needle in needles {
        let hover = at(language, text, place(text, needle));
        let _ = writeln!(report, "{}", shown(text, hover.as_ref()));
    }
    report
}

/// What is told at places of a workspace, given by file and text.
fn look_around(files: &[(&str, &str)], places: &[(&str, &str)]) -> String {
    let path = |name: &str| PathBuf::from(format!("/w/{name}"));
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .iter()
        .map(|(name, text)| (path(name), text.as_bytes().to_vec()))
        .collect();
    let mut workspace = Workspace::new(Arc::new(Files::new(Box::new(disk))));
    for (name, _) in files {
        workspace.add(path(name));
    }
    let mut analysis = Analysis::default();
    analysis.findings(&workspace);
    let mut report = String::new();
    for (name, needle) in places {
        let (_, text) = files.iter().find(|(own, _)| own == name).unwrap();
        let hover = analysis.hover(&workspace, &path(name), place(text, needle));
        let _ = writeln!(report, "{}", shown(text, hover.as_ref()));
    }
    report
}

/// A service that reads a named value from a vault, and may read it.
const GRANTED: &str = "
param vaultName string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(kv.id, apim.id)
  scope: kv
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'backend-key'
  dependsOn: [grant]
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key' } }
}
";

/// The same in ARM JSON.
const ARM_GRANTED: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "vaultName": { "type": "string" } },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "contoso-gateway",
      "location": "westeurope",
      "identity": { "type": "SystemAssigned" }
    },
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "[parameters('vaultName')]",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } }
    },
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('vaultName'))]",
      "name": "[guid('grant')]",
      "properties": {
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'contoso-gateway'), '2024-05-01', 'Full').identity.principalId]",
        "principalType": "ServicePrincipal"
      }
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "contoso-gateway/backend-key",
      "properties": {
        "displayName": "nv", "secret": true,
        "keyVault": { "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', parameters('vaultName'))).vaultUri, 'secrets/backend-key')]" }
      },
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', 'contoso-gateway')]",
        "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', parameters('vaultName')), 'Microsoft.Authorization/roleAssignments', guid('grant'))]"
      ]
    }
  ]
}"#;

#[test]
fn each_kind_of_thing_in_bicep() {
    let report = look(
        Language::Bicep,
        GRANTED,
        &[
            "resource ap¦im",
            "'Microsoft.ApiManagement/ser¦vice@",
            "identity: { ty¦pe",
            "parent: ap¦im",
            "resource k¦v",
            "scope: k¦v",
            "roleDef¦initionId",
            "subscription¦ResourceId",
            "'46334¦58b",
            "princi¦palId: apim",
            "apim.identity.princ¦ipalId",
            "secretIden¦tifier",
            "secrets/back¦end-key",
            "${k¦v.properties",
            "resource n¦v",
        ],
    );
    insta::assert_snapshot!(report, @"
    [apim]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [Microsoft.ApiManagement/service]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [type]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [apim]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - May read secrets: the system-assigned identity of `apim`, by `grant` (role Key Vault Secrets User)
    - Named value `nv` of `apim`: **works**. `grant` lets the system-assigned identity read `kv`

    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - May read secrets: the system-assigned identity of `apim`, by `grant` (role Key Vault Secrets User)
    - Named value `nv` of `apim`: **works**. `grant` lets the system-assigned identity read `kv`

    [roleDefinitionId]
    **Key Vault Secrets User** · built-in role `4633458b-17de-408a-b874-0445c86b69e6`

    - Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `apim`, on `kv`

    [subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]
    **Key Vault Secrets User** · built-in role `4633458b-17de-408a-b874-0445c86b69e6`

    - Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `apim`, on `kv`

    ['4633458b-17de-408a-b874-0445c86b69e6']
    **Key Vault Secrets User** · built-in role `4633458b-17de-408a-b874-0445c86b69e6`

    - Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `apim`, on `kv`

    [principalId]
    **The identity of `apim`** · system-assigned

    - Has the role Key Vault Secrets User on `kv`, by `grant`
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [apim.identity.principalId]
    **The identity of `apim`** · system-assigned

    - Has the role Key Vault Secrets User on `kv`, by `grant`
    - Named value `nv` from `kv`: **works**. `grant` lets the system-assigned identity read `kv`

    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`

    ['${kv.properties.vaultUri}secrets/backend-key']
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`

    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - May read secrets: the system-assigned identity of `apim`, by `grant` (role Key Vault Secrets User)
    - Named value `nv` of `apim`: **works**. `grant` lets the system-assigned identity read `kv`

    [nv]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`
    ");
}

#[test]
fn each_kind_of_thing_in_arm_json() {
    let report = look(
        Language::Json,
        ARM_GRANTED,
        &[
            "\"name\": \"contoso-gate¦way\"",
            "\"Microsoft.ApiManagement/ser¦vice\",",
            "\"identity\": { \"ty¦pe\"",
            "\"Microsoft.KeyVault/va¦ults\",",
            "\"scope\": \"[resour¦ceId",
            "roleDef¦initionId",
            "'46334¦58b",
            "princi¦palId\": ",
            "secretIden¦tifier",
            "'secrets/back¦end-key",
            "\"[resource¦Id('Microsoft.ApiManagement/service', 'contoso-gateway')]\"",
        ],
    );
    insta::assert_snapshot!(report, @r#"
    ["contoso-gateway"]
    **`contoso-gateway`** · API Management service

    - Identity: system-assigned
    - Named value `contoso-gateway/backend-key` from `parameters('vaultName')`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    [Microsoft.ApiManagement/service]
    **`contoso-gateway`** · API Management service

    - Identity: system-assigned
    - Named value `contoso-gateway/backend-key` from `parameters('vaultName')`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    ["type"]
    **`contoso-gateway`** · API Management service

    - Identity: system-assigned
    - Named value `contoso-gateway/backend-key` from `parameters('vaultName')`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    [Microsoft.KeyVault/vaults]
    **`parameters('vaultName')`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - May read secrets: the system-assigned identity of `contoso-gateway`, by `guid('grant')` (role Key Vault Secrets User)
    - Named value `contoso-gateway/backend-key` of `contoso-gateway`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    [resourceId('Microsoft.KeyVault/vaults', parameters('vaultName'))]
    **`parameters('vaultName')`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - May read secrets: the system-assigned identity of `contoso-gateway`, by `guid('grant')` (role Key Vault Secrets User)
    - Named value `contoso-gateway/backend-key` of `contoso-gateway`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    ["roleDefinitionId"]
    **Key Vault Secrets User** · built-in role `4633458b-17de-408a-b874-0445c86b69e6`

    - Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `contoso-gateway`, on `parameters('vaultName')`

    ['4633458b-17de-408a-b874-0445c86b69e6']
    **Key Vault Secrets User** · built-in role `4633458b-17de-408a-b874-0445c86b69e6`

    - Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `contoso-gateway`, on `parameters('vaultName')`

    ["principalId"]
    **The identity of `contoso-gateway`** · system-assigned

    - Has the role Key Vault Secrets User on `parameters('vaultName')`, by `guid('grant')`
    - Named value `contoso-gateway/backend-key` from `parameters('vaultName')`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    ["secretIdentifier"]
    **Secret `backend-key`** · in `parameters('vaultName')`

    - Named value `contoso-gateway/backend-key` of `contoso-gateway`, read with the system-assigned identity: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    ["secretIdentifier"]
    **Secret `backend-key`** · in `parameters('vaultName')`

    - Named value `contoso-gateway/backend-key` of `contoso-gateway`, read with the system-assigned identity: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`

    [resourceId('Microsoft.ApiManagement/service', 'contoso-gateway')]
    **`contoso-gateway`** · API Management service

    - Identity: system-assigned
    - Named value `contoso-gateway/backend-key` from `parameters('vaultName')`: **works**. `guid('grant')` lets the system-assigned identity read `parameters('vaultName')`
    "#);
}

/// The template above with some text replaced by other.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "no {from:?} in {text}");
        text = text.replace(from, to);
    }
    text
}

const USER: &str = "resource uami 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'contoso-id'
  location: 'westeurope'
}
resource apim ";

/// The service carries a user-assigned identity, and reads with it.
const READS_AS_USER: [(&str, &str); 4] = [
    ("resource apim ", USER),
    (
        "{ type: 'SystemAssigned' }",
        "{ type: 'UserAssigned', userAssignedIdentities: { '${uami.id}': {} } }",
    ),
    ("apim.identity.principalId", "uami.properties.principalId"),
    (
        "keyVault: { ",
        "keyVault: { identityClientId: uami.properties.clientId, ",
    ),
];

#[test]
fn a_user_assigned_identity() {
    let report = look(
        Language::Bicep,
        &with(GRANTED, &READS_AS_USER),
        &[
            "resource ua¦mi",
            "{ '${ua¦mi.id}'",
            "identityCl¦ientId",
            "resource ap¦im",
            "secretIden¦tifier",
        ],
    );
    insta::assert_snapshot!(report, @"
    [uami]
    **`uami`** · user-assigned identity

    - Carried by `apim`
    - Has the role Key Vault Secrets User on `kv`, by `grant`
    - Named value `nv` from `kv`: **works**. `grant` lets the user-assigned identity `uami` read `kv`

    [uami]
    **`uami`** · user-assigned identity

    - Carried by `apim`
    - Has the role Key Vault Secrets User on `kv`, by `grant`
    - Named value `nv` from `kv`: **works**. `grant` lets the user-assigned identity `uami` read `kv`

    [identityClientId]
    **`uami`** · user-assigned identity

    - Carried by `apim`
    - Has the role Key Vault Secrets User on `kv`, by `grant`
    - Named value `nv` from `kv`: **works**. `grant` lets the user-assigned identity `uami` read `kv`

    [apim]
    **`apim`** · API Management service

    - Identity: user-assigned `uami`
    - Named value `nv` from `kv`: **works**. `grant` lets the user-assigned identity `uami` read `kv`

    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the user-assigned identity `uami`: **works**. `grant` lets the user-assigned identity `uami` read `kv`
    ");
}

#[test]
fn each_verdict() {
    let firewall = |rest: &str| {
        let acls =
            format!("properties: {{ networkAcls: {{ defaultAction: 'Deny'{rest} }}, tenantId");
        with(GRANTED, &[("properties: { tenantId", &acls)])
    };
    let no_grant: Vec<_> = GRANTED.split("resource grant").collect();
    let no_grant = format!(
        "{}resource nv{}",
        no_grant[0],
        GRANTED.split("resource nv").nth(1).unwrap()
    );
    let no_grant = no_grant.replace("  dependsOn: [grant]\n", "");
    let hostname = with(
        GRANTED,
        &[(
            "identity: { type: 'SystemAssigned' }",
            "identity: { type: 'SystemAssigned' }
  properties: { hostnameConfigurations: [{ hostName: 'api.contoso.com', type: 'Proxy', keyVaultId: 'https://contoso.vault.azure.net/secrets/tls' }] }",
        )],
    );
    let user = with(GRANTED, &READS_AS_USER);
    let cases = [
        ("works", GRANTED.to_owned(), "secretIden¦tifier"),
        (
            "race with the grant",
            with(GRANTED, &[("  dependsOn: [grant]\n", "")]),
            "secretIden¦tifier",
        ),
        (
            "nothing grants, roles",
            no_grant.clone(),
            "secretIden¦tifier",
        ),
        (
            "nothing grants, policies",
            with(&no_grant, &[("vaults@2026-02-01", "vaults@2023-07-01")]),
            "secretIden¦tifier",
        ),
        (
            "a role that does not do",
            with(
                GRANTED,
                &[(
                    "4633458b-17de-408a-b874-0445c86b69e6",
                    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
                )],
            ),
            "secretIden¦tifier",
        ),
        (
            "a role where policies count",
            with(GRANTED, &[("vaults@2026-02-01", "vaults@2023-07-01")]),
            "secretIden¦tifier",
        ),
        ("not in time", hostname, "keyVa¦ultId"),
        (
            "the system-assigned identity is not there",
            with(
                &user,
                &[("identityClientId: uami.properties.clientId, ", "")],
            ),
            "secretIden¦tifier",
        ),
        (
            "the user-assigned identity is not carried",
            with(
                &user,
                &[(
                    "{ type: 'UserAssigned', userAssignedIdentities: { '${uami.id}': {} } }",
                    "{ type: 'SystemAssigned' }",
                )],
            ),
            "secretIden¦tifier",
        ),
        (
            "firewall, user-assigned identity",
            with(
                &user,
                &[(
                    "properties: { tenantId",
                    "properties: { publicNetworkAccess: 'Disabled', tenantId",
                )],
            ),
            "secretIden¦tifier",
        ),
        (
            "firewall without bypass",
            firewall(", bypass: 'None'"),
            "secretIden¦tifier",
        ),
        (
            "firewall with bypass",
            firewall(", bypass: 'AzureServices'"),
            "secretIden¦tifier",
        ),
        (
            "firewall without bypass, but an address",
            firewall(", bypass: 'None', ipRules: [{ value: '1.2.3.4' }]"),
            "secretIden¦tifier",
        ),
        (
            "perimeter",
            with(
                GRANTED,
                &[(
                    "properties: { tenantId",
                    "properties: { publicNetworkAccess: 'SecuredByPerimeter', tenantId",
                )],
            ),
            "secretIden¦tifier",
        ),
        (
            "a vault that is there already",
            with(
                GRANTED,
                &[
                    ("vaults@2026-02-01' = {", "vaults@2026-02-01' existing = {"),
                    (
                        "  location: 'westeurope'\n  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }\n",
                        "",
                    ),
                ],
            ),
            "secretIden¦tifier",
        ),
        (
            "only a URL names the vault",
            with(
                &no_grant,
                &[(
                    "${kv.properties.vaultUri}",
                    "https://${vaultName}.vault.azure.net/",
                )],
            ),
            "secretIden¦tifier",
        ),
        (
            "the identity is not known",
            with(
                GRANTED,
                &[("keyVault: { ", "keyVault: { identityClientId: vaultName, ")],
            ),
            "secretIden¦tifier",
        ),
    ];
    let mut report = String::new();
    for (name, text, needle) in &cases {
        let _ = writeln!(report, "== {name}");
        report.push_str(&look(Language::Bicep, text, &[needle]));
    }
    insta::assert_snapshot!(report, @r#"
    == works
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`

    == race with the grant
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works or fails by chance**. It does not wait until `grant` lets the system-assigned identity read `kv` ([vault-access-race](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-race.md))

    == nothing grants, roles
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name <vaultName> --query id --output tsv)"
    ```

    == nothing grants, policies
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az keyvault set-policy --name <vaultName> --object-id "$principalId" --secret-permissions get list
    ```

    == a role that does not do
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv`; `grant` does not: the role Reader does not read secrets ([role-insufficient](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/role-insufficient.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name <vaultName> --query id --output tsv)"
    ```

    == a role where policies count
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv`; `grant` does not: `kv` decides in another way who may read ([vault-permission-model](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-permission-model.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az keyvault set-policy --name <vaultName> --object-id "$principalId" --secret-permissions get list
    ```

    == not in time
    [keyVaultId]
    **Secret `tls`** · in `contoso`

    - Hostname certificate, read with the system-assigned identity: **fails**. The system-assigned identity comes to be with the service itself, and nothing can have let it read `contoso` by then ([hostname-before-access](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/hostname-before-access.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    # if the vault goes by roles
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso --query id --output tsv)"
    # if it goes by access policies
    az keyvault set-policy --name contoso --object-id "$principalId" --secret-permissions get list
    ```

    == the system-assigned identity is not there
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. `apim` has no system-assigned identity ([identity-not-attached](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-not-attached.md))

    To repair what is deployed:

    ```sh
    az apim update --name contoso-gateway --resource-group <resource-group> --enable-managed-identity true --set identity.type="SystemAssigned, UserAssigned"
    ```

    == the user-assigned identity is not carried
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the user-assigned identity `uami`: **fails**. `apim` does not carry the user-assigned identity `uami` ([identity-not-attached](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-not-attached.md))

    To repair what is deployed:

    ```sh
    serviceId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query id --output tsv)
    identityId=$(az identity show --name contoso-id --resource-group <resource-group> --query id --output tsv)
    az rest --method patch --url "$serviceId?api-version=2024-05-01" --body "{\"identity\":{\"type\":\"SystemAssigned, UserAssigned\",\"userAssignedIdentities\":{\"$identityId\":{}}}}"
    ```

    == firewall, user-assigned identity
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the user-assigned identity `uami`: **fails**. The firewall of `kv` is on, and only a system-assigned identity passes it ([vault-firewall-user-identity](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-firewall-user-identity.md))

    To repair what is deployed:

    ```sh
    az apim update --name contoso-gateway --resource-group <resource-group> --enable-managed-identity true --set identity.type="SystemAssigned, UserAssigned"
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name <vaultName> --query id --output tsv)"
    # then deploy the read without identityClientId
    ```

    == firewall without bypass
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. The firewall of `kv` is on, and shuts trusted services out ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))

    To repair what is deployed:

    ```sh
    az keyvault update --name <vaultName> --bypass AzureServices
    ```

    == firewall with bypass
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`

    == firewall without bypass, but an address
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **cannot be told**. The firewall of `kv` is on, and shuts trusted services out, unless one of the addresses that it lets through is a way for API Management ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))

    == perimeter
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. A network security perimeter is around `kv`, and it knows no trusted services ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))

    == a vault that is there already
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **cannot be told**. `grant` lets the system-assigned identity read `kv`, but the firewall of `kv` is not known here

    == only a URL names the vault
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name <vaultName> --query id --output tsv)"
    ```

    == the identity is not known
    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with an identity that is not known here: **cannot be told**. The identity that reads is not known here
    "#);
}

#[test]
fn a_vault_says_who_may_read_and_who_gets_through() {
    let text = with(
        GRANTED,
        &[(
            "properties: { tenantId",
            "properties: {
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }
    accessPolicies: [{ tenantId: tenant().tenantId, objectId: vaultName, permissions: { secrets: ['get'] } }]
    tenantId",
        )],
    );
    let report = look(Language::Bicep, &text, &["resource k¦v"]);
    insta::assert_snapshot!(report, @"
    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: on (`networkAcls.defaultAction: 'Deny'`); as a trusted service, only a system-assigned identity passes
    - Does not let read secrets: an access policy of `kv`, for `vaultName` (the vault goes by roles)
    - May read secrets: the system-assigned identity of `apim`, by `grant` (role Key Vault Secrets User)
    - Named value `nv` of `apim`: **works**. `grant` lets the system-assigned identity read `kv`
    ");
}

#[test]
fn what_differs_by_case_says_when() {
    let text = with(
        GRANTED,
        &[
            (
                "param vaultName string",
                "param vaultName string\nparam isLocked bool",
            ),
            (
                "properties: { tenantId",
                "properties: { networkAcls: { defaultAction: isLocked ? 'Deny' : 'Allow', bypass: 'None' }, tenantId",
            ),
        ],
    );
    let report = look(
        Language::Bicep,
        &text,
        &["resource ap¦im", "resource k¦v", "secretIden¦tifier"],
    );
    insta::assert_snapshot!(report, @"
    [apim]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **fails** when `isLocked` is true. The firewall of `kv` is on, and shuts trusted services out ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))
    - Named value `nv` from `kv`: **works** when `isLocked` is false. `grant` lets the system-assigned identity read `kv`

    To repair what is deployed:

    ```sh
    # when `isLocked` is true
    az keyvault update --name <vaultName> --bypass AzureServices
    ```

    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall when `isLocked` is true: on (`networkAcls.defaultAction: 'Deny'`); trusted services do not pass
    - Firewall when `isLocked` is false: off, open to all networks
    - May read secrets: the system-assigned identity of `apim`, by `grant` (role Key Vault Secrets User)
    - Named value `nv` of `apim`: **fails** when `isLocked` is true. The firewall of `kv` is on, and shuts trusted services out ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))
    - Named value `nv` of `apim`: **works** when `isLocked` is false. `grant` lets the system-assigned identity read `kv`

    To repair what is deployed:

    ```sh
    # when `isLocked` is true
    az keyvault update --name <vaultName> --bypass AzureServices
    ```

    [secretIdentifier]
    **Secret `backend-key`** · in `kv`

    - Named value `nv` of `apim`, read with the system-assigned identity: **fails** when `isLocked` is true. The firewall of `kv` is on, and shuts trusted services out ([vault-network-blocked](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md))
    - Named value `nv` of `apim`, read with the system-assigned identity: **works** when `isLocked` is false. `grant` lets the system-assigned identity read `kv`

    To repair what is deployed:

    ```sh
    # when `isLocked` is true
    az keyvault update --name <vaultName> --bypass AzureServices
    ```
    ");
}

#[test]
fn several_roles_and_an_address_in_a_variable() {
    let text = with(
        GRANTED,
        &[
            (
                "param vaultName string",
                "param vaultName string\nparam isOfficer bool
var url = 'https://contoso.vault.azure.net/secrets/other'
var user = '4633458b-17de-408a-b874-0445c86b69e6'
var role = isOfficer ? 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' : user",
            ),
            ("'4633458b-17de-408a-b874-0445c86b69e6')", "role)"),
            ("'${kv.properties.vaultUri}secrets/backend-key'", "url"),
        ],
    );
    let report = look(
        Language::Bicep,
        &text,
        &[
            "roleDef¦initionId",
            ", ro¦le)",
            "'b86¦a8fe4",
            "'https://contoso.vault¦.azure",
            "secretIdentifier: u¦rl",
        ],
    );
    insta::assert_snapshot!(report, @"
    [roleDefinitionId]
    **Key Vault Secrets Officer or Key Vault Secrets User** · built-in roles

    - Key Vault Secrets Officer: Reads the secrets of a key vault
    - Key Vault Secrets User: Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `apim`, on `kv`

    [role]
    **Key Vault Secrets Officer or Key Vault Secrets User** · built-in roles

    - Key Vault Secrets Officer: Reads the secrets of a key vault
    - Key Vault Secrets User: Reads the secrets of a key vault
    - Assigned here to the system-assigned identity of `apim`, on `kv`

    ['b86a8fe4-44ce-4948-aee5-eccb2c155cd7']
    **Key Vault Secrets Officer** · built-in role `b86a8fe4-44ce-4948-aee5-eccb2c155cd7`

    - Reads the secrets of a key vault

    ['https://contoso.vault.azure.net/secrets/other']
    **Secret `other`** · in `contoso`

    - Named value `nv` of `apim`, read with the system-assigned identity: **cannot be told**. The firewall of `contoso` is not known here

    [secretIdentifier]
    **Secret `other`** · in `contoso`

    - Named value `nv` of `apim`, read with the system-assigned identity: **cannot be told**. The firewall of `contoso` is not known here
    ");
}

#[test]
fn nothing_where_nothing_is_known() {
    let text = "// apim
param location string = 'westeurope'
resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'plan'
  location: location // '4633458b-17de-408a-b874-0445c86b69e6'
}
resource uami 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id'
  location: location
}
output url string = 'https://contoso.vault.azure.net/secrets/other'
output guid string = '00000000-0000-0000-0000-000000000000'
";
    for needle in [
        "// ap¦im",
        "param loc¦ation",
        "resource pl¦an",
        "Microsoft.Web/serv¦erfarms",
        "name: 'pl¦an'",
        "location: loc¦ation //",
        "// '46334¦58b",
        "¦  location",
        "resource ua¦mi",
        "'https://con¦toso",
        "'0000¦0000",
    ] {
        let report = look(Language::Bicep, text, &[needle]);
        assert_eq!(report, "nothing\n\n", "{needle}");
    }
}

#[test]
fn no_text_breaks_it() {
    let broken = [
        (Language::Bicep, ""),
        (Language::Json, ""),
        (Language::Json, "{}"),
        (Language::Json, "[1, 2"),
        (
            Language::Bicep,
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {",
        ),
        (
            Language::Bicep,
            "resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {\n  name: \n}\nresource apim",
        ),
    ];
    for (language, text) in broken {
        for offset in (0..=text.len() as u32 + 3).chain([u32::MAX]) {
            at(language, text, offset);
        }
    }
    for (language, text) in [(Language::Bicep, GRANTED), (Language::Json, ARM_GRANTED)] {
        // Cut off anywhere, and looked at there and before.
        for end in (0..text.len()).step_by(97) {
            let cut = &text[..end];
            for offset in [0, end / 2, end.saturating_sub(1), end, end + 1] {
                at(language, cut, offset as u32);
            }
        }
        for offset in (0..text.len()).step_by(41) {
            at(language, text, offset as u32);
        }
    }
}

/// A module that reads what it is told to.
const READ: &str = "param service string
param uri string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: service
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${uri}secrets/nv' } }
}
";

/// A template that deploys it with a vault of its own.
fn caller(kind: &str) -> String {
    format!(
        "resource service 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'contoso-gateway'
  location: 'westeurope'
  identity: {{ type: '{kind}' }}
}}
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'contoso-vault'
  location: 'westeurope'
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }} }}
}}
module read 'read.bicep' = {{
  name: 'read'
  params: {{ service: service.name, uri: kv.properties.vaultUri }}
}}
"
    )
}

#[test]
fn a_module_is_told_of_as_it_is_deployed() {
    let (system, none) = (caller("SystemAssigned"), caller("None"));
    let one = look_around(
        &[("main.bicep", &system), ("read.bicep", READ)],
        &[
            ("read.bicep", "secretIden¦tifier"),
            ("read.bicep", "resource ap¦im"),
            ("main.bicep", "resource k¦v"),
            ("main.bicep", "service: serv¦ice.name"),
        ],
    );
    insta::assert_snapshot!(one, @r#"
    [secretIdentifier]
    **Secret `nv`** · in `kv`

    - Named value `nv` of `service`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```

    [apim]
    **`service`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```

    [kv]
    **`kv`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks
    - Named value `nv` of `service`: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```

    [service]
    **`service`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```
    "#);
    let two = look_around(
        &[
            ("main.bicep", &system),
            ("other.bicep", &none),
            ("read.bicep", READ),
        ],
        &[("read.bicep", "secretIden¦tifier")],
    );
    insta::assert_snapshot!(two, @r#"
    [secretIdentifier]
    **Secret `nv`** · in `kv`

    - Named value `nv` of `service`, read with the system-assigned identity: **fails**. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name contoso-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```

    *It is different in 1 other deployment of this file.*
    "#);
    let alone = look_around(
        &[("read.bicep", READ)],
        &[("read.bicep", "secretIden¦tifier")],
    );
    insta::assert_snapshot!(alone, @"
    [secretIdentifier]
    **Secret `nv`** · in a vault that is not known here

    - Named value `nv`, read with the system-assigned identity: **cannot be told**. The vault is not known here
    ");
}

#[test]
fn names_come_from_the_parameter_file_of_the_case() {
    let main = with(
        &caller("None"),
        &[
            (
                "resource service",
                "param kind string\nparam gateway string\nresource service",
            ),
            ("'contoso-gateway'", "gateway"),
            ("'None'", "kind"),
        ],
    );
    let parameters = |gateway: &str, kind: &str| {
        format!("using 'main.bicep'\nparam gateway = '{gateway}'\nparam kind = '{kind}'\n")
    };
    let files = [
        ("main.bicep", main.as_str()),
        ("main.dev.bicepparam", &parameters("dev-gateway", "None")),
        (
            "main.prod.bicepparam",
            &parameters("prod-gateway", "SystemAssigned"),
        ),
        ("read.bicep", READ),
    ];
    let report = look_around(
        &files,
        &[
            ("main.bicep", "resource serv¦ice"),
            ("main.dev.bicepparam", "gate¦way"),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    [service]
    **`service`** · API Management service

    - Identity when deployed with `main.dev.bicepparam`: none ([identity-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md))
    - Identity when deployed with `main.prod.bicepparam`: system-assigned
    - Named value `nv` from `kv`: **fails** when deployed with `main.dev.bicepparam`. `service` has no identity ([identity-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md))
    - Named value `nv` from `kv`: **fails** when deployed with `main.prod.bicepparam`. Nothing in this deployment lets the system-assigned identity read `kv` ([vault-access-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-access-missing.md))

    To repair what is deployed:

    ```sh
    # when deployed with `main.dev.bicepparam`
    az apim update --name dev-gateway --resource-group <resource-group> --enable-managed-identity true --set identity.type=SystemAssigned
    # when deployed with `main.prod.bicepparam`
    principalId=$(az apim show --name prod-gateway --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name contoso-vault --query id --output tsv)"
    ```

    nothing
    "#);
}

#[test]
fn a_nested_deployment_in_arm_json() {
    let nested = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "nested",
      "properties": {
        "mode": "Incremental",
        "expressionEvaluationOptions": { "scope": "inner" },
        "template": {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.KeyVault/vaults",
              "apiVersion": "2026-02-01",
              "name": "contoso",
              "location": "westeurope",
              "properties": { "tenantId": "x", "sku": { "family": "A", "name": "standard" } }
            }
          ]
        }
      }
    }
  ]
}"#;
    let report = look(Language::Json, nested, &["\"cont¦oso\"", "\"nes¦ted\""]);
    insta::assert_snapshot!(report, @r#"
    ["contoso"]
    **`contoso`** · key vault

    - Goes by role assignments; access policies have no effect
    - Firewall: off, open to all networks

    nothing
    "#);
}

#[test]
fn names_that_a_shell_or_markdown_would_misread() {
    let text = with(
        GRANTED,
        &[
            ("'contoso-gateway'", "'x`$(reboot)`'"),
            ("  dependsOn: [grant]\n", ""),
            (
                "4633458b-17de-408a-b874-0445c86b69e6",
                "acdd72a7-3385-48ef-bd42-f606fba81ae7",
            ),
        ],
    );
    let report = look(Language::Bicep, &text, &["resource ap¦im"]);
    insta::assert_snapshot!(report, @r#"
    [apim]
    **`apim`** · API Management service

    - Identity: system-assigned
    - Named value `nv` from `kv`: **fails**. Nothing in this deployment lets the system-assigned identity read `kv`; `grant` does not: the role Reader does not read secrets ([role-insufficient](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/role-insufficient.md))

    To repair what is deployed:

    ```sh
    principalId=$(az apim show --name <apim-name> --resource-group <resource-group> --query identity.principalId --output tsv)
    az role assignment create --role "Key Vault Secrets User" --assignee-object-id "$principalId" --assignee-principal-type ServicePrincipal --scope "$(az keyvault show --name <vaultName> --query id --output tsv)"
    ```
    "#);
}

#[test]
fn a_service_without_an_identity() {
    let text = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-gateway'
  location: 'westeurope'
}
";
    let report = look(Language::Bicep, text, &["resource ap¦im"]);
    insta::assert_snapshot!(report, @"
    [apim]
    **`apim`** · API Management service

    - Identity: none ([identity-missing](https://github.com/apim-ls/apim-ls/blob/main/docs/rules/identity-missing.md))

    To repair what is deployed:

    ```sh
    az apim update --name contoso-gateway --resource-group <resource-group> --enable-managed-identity true --set identity.type=SystemAssigned
    ```
    ");
}

#[test]
fn a_loop_reads_several_secrets() {
    let text = with(
        GRANTED,
        &[
            (
                "namedValues@2024-05-01' = {",
                "namedValues@2024-05-01' = [for name in ['a', 'b']: {",
            ),
            ("  name: 'backend-key'\n", "  name: name\n"),
            ("secrets/backend-key' } }\n}", "secrets/${name}' } }\n}]"),
        ],
    );
    let report = look(Language::Bicep, &text, &["secretIden¦tifier", "/${na¦me}'"]);
    insta::assert_snapshot!(report, @"
    [secretIdentifier]
    **Secrets** · in `kv`

    - Named value `nv` of `apim`, secret `a`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`
    - Named value `nv` of `apim`, secret `b`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`

    ['${kv.properties.vaultUri}secrets/${name}']
    **Secrets** · in `kv`

    - Named value `nv` of `apim`, secret `a`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`
    - Named value `nv` of `apim`, secret `b`, read with the system-assigned identity: **works**. `grant` lets the system-assigned identity read `kv`
    ");
}

#[test]
fn many_reads_are_counted() {
    let mut text = GRANTED.to_owned();
    for number in 0..12 {
        let (_, named_value) = GRANTED.split_once("resource nv").unwrap();
        let _ = write!(text, "resource nv{number}{named_value}");
    }
    let report = look(Language::Bicep, &text, &["resource ap¦im"]);
    assert_eq!(report.matches("Named value").count(), 10);
    assert!(report.ends_with("- and 3 other reads\n\n"), "{report}");
}

#[test]
fn plain_text_has_no_marks() {
    let text = with(
        GRANTED,
        &[(
            "properties: { tenantId",
            "properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None' }, tenantId",
        )],
    );
    let hover = at(Language::Bicep, &text, place(&text, "resource ap¦im")).unwrap();
    insta::assert_snapshot!(hover.plain_text(), @"
    apim · API Management service

    - Identity: system-assigned
    - Named value nv from kv: fails. The firewall of kv is on, and shuts trusted services out (vault-network-blocked: https://github.com/apim-ls/apim-ls/blob/main/docs/rules/vault-network-blocked.md)

    To repair what is deployed:

        az keyvault update --name <vaultName> --bypass AzureServices
    ");
}
