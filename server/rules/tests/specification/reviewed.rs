//! What reviewers found wrong, in whole deployments of several files.

use crate::programs::{SERVICE, VAULT, check_of, module, report};

const READS: &str = "param apimName string
param uri string
param cid string = ''
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'k'
  properties: {
    displayName: 'k'
    secret: true
    keyVault: { secretIdentifier: '${uri}secrets/k', identityClientId: empty(cid) ? null : cid }
  }
}
";

#[test]
fn the_client_id_of_an_identity_is_never_empty() {
    let main = "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
}
module reads 'reads.bicep' = {
  name: 'reads'
  params: {
    apimName: apim.name
    uri: 'https://safe.vault.azure.net/'
    cid: CID
  }
}
";
    for (cid, expected) in [
        ("reader.properties.clientId", &[][..]),
        (
            "''",
            &["error identity-not-attached @ reads.bicep: secretIdentifier"][..],
        ),
    ] {
        let main = main.replace("CID", cid);
        check_of(
            &["identity-not-attached"],
            &[("main.bicep", &main), ("reads.bicep", READS)],
            expected,
        );
    }
}

#[test]
fn a_guard_that_the_caller_settles_is_no_first_run() {
    let service = "param hostnames array = []
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { hostnameConfigurations: !empty(hostnames) ? hostnames : null }
}
";
    let given = "hostnames: [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert' } ]";
    let optional = "param hosts array = []\n".to_owned()
        + &module("service", "service.bicep", "hostnames: hosts");
    let files = |main: &str, expected: &[&str]| {
        check_of(
            &["hostname-before-access"],
            &[("main.bicep", main), ("service.bicep", service)],
            expected,
        );
    };
    files(
        &module("service", "service.bicep", given),
        &["error hostname-before-access @ main.bicep: keyVaultId"],
    );
    files(&optional, &[]);
}

#[test]
fn a_grant_that_waits_for_the_read_comes_too_late() {
    let service = SERVICE.to_owned()
        + "param uri string
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${uri}secrets/nv' } }
}
";
    let grant = crate::programs::GRANT;
    let main = module("vault", "vault.bicep", "name: 'safe'")
        + &module("service", "service.bicep", "uri: vault.outputs.uri")
        + &module(
            "grant",
            "grant.bicep",
            "vault: 'safe', principal: service.outputs.principalId",
        );
    let files = [
        ("main.bicep", main.as_str()),
        ("vault.bicep", VAULT),
        ("service.bicep", service.as_str()),
        ("grant.bicep", grant),
    ];
    let report = report(&["vault-access-race"], &files);
    assert!(report.contains("comes only after the read"), "{report}");
}

#[test]
fn a_role_that_reads_nothing_is_not_too_much() {
    let main = |definition: &str| {
        format!(
            "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'safe'
  location: 'westeurope'
  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }}, enableRbacAuthorization: true }}
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned' }}
}}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(safe.id, apim.id, 'role')
  scope: safe
  properties: {{
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{definition}')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }}
}}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: '${{safe.properties.vaultUri}}secrets/nv' }} }}
  dependsOn: [ grant ]
}}
"
        )
    };
    let judged = |definition: &str| report(&[], &[("main.bicep", &main(definition))]);
    let owner = judged("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
    assert!(owner.contains("role-insufficient"), "{owner}");
    assert!(!owner.contains("role-excessive"), "{owner}");
    let name = judged("Key Vault Secrets User");
    assert!(name.contains("error role-definition-invalid"), "{name}");
}
