//! `vault-access-missing`: an identity that this deployment creates reads a vault, and nothing in
//! the deployment lets it.

use crate::twins::{Case, arm, case, judge};

const MISSING: &str = "error vault-access-missing";
const UNSEEN: &str = "warning vault-access-missing";

const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

const BICEP_VAULT: &str = "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'safe'
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }
}
";
const ARM_VAULT: &str = r#"{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } },"#;

const BICEP_EXISTING_VAULT: &str =
    "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'safe'\n}\n";

const BICEP_READER: &str =
    "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
";
const ARM_READER: &str = r#"{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" },"#;

const READER_ID: &str = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')";
const VAULT_URI: &str =
    "reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri";

const BICEP_PRINCIPAL: &str = "apim.identity.principalId";
const ARM_PRINCIPAL: &str = "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId";

/// A service, `gateway`, with its system identity.
fn system_service() -> (String, String) {
    (
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
"
        .to_owned(),
        r#"{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": { "type": "SystemAssigned" } },"#.to_owned(),
    )
}

/// A service, `gateway`, that carries the identity `reader`.
fn user_service() -> (String, String) {
    (
        format!(
            "{BICEP_READER}resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
}}
"
        ),
        format!(
            r#"{ARM_READER} {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }}, "dependsOn": [ "[{READER_ID}]" ] }},"#
        ),
    )
}

/// A named value that reads `uri`, with a client id or without.
fn named_value(
    (uri, client): (&str, Option<&str>),
    (json_uri, json_client): (&str, Option<&str>),
) -> (String, String) {
    let client = client.map_or(String::new(), |it| format!(", identityClientId: {it}"));
    let json_client = json_client.map_or(String::new(), |it| {
        format!(r#", "identityClientId": "{it}""#)
    });
    (
        format!(
            "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: {uri}{client} }} }}
}}
"
        ),
        format!(
            r#"{{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'gateway')]" ], "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "{json_uri}"{json_client} }} }} }}"#
        ),
    )
}

/// The named value that all cases about grants share: the system identity reads the vault.
fn system_read() -> (String, String) {
    named_value(
        ("'${safe.properties.vaultUri}secrets/nv'", None),
        (&format!("[format('{{0}}secrets/nv', {VAULT_URI})]"), None),
    )
}

/// A deployment in which the system identity reads the declared vault, and something more.
fn with(name: &'static str, expected: &'static str, more: &str, json_more: &str) -> Case {
    with_sections(name, expected, ("", more), ("", json_more))
}

/// The same with declarations (parameters, variables) before the resources.
fn with_sections(
    name: &'static str,
    expected: &'static str,
    (declarations, more): (&str, &str),
    (sections, json_more): (&str, &str),
) -> Case {
    let (service, arm_service) = system_service();
    let (read, arm_read) = system_read();
    let comma = if json_more.is_empty() { "" } else { "," };
    case(
        name,
        expected,
        format!("{declarations}\n{BICEP_VAULT}{service}{read}{more}"),
        arm(&format!(
            r#"{sections} "resources": [ {ARM_VAULT} {arm_service} {arm_read}{comma} {json_more} ]"#
        )),
    )
}

fn roles(guid: &str) -> String {
    format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{guid}')")
}

/// A role assignment on the vault in Bicep.
fn assignment(head: &str, role: &str, principal: &str) -> String {
    format!(
        "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid('gateway', 'reader', 'grant')
  {head}
  properties: {{ roleDefinitionId: {role}, principalId: {principal}, principalType: 'ServicePrincipal' }}
}}
"
    )
}

/// A role assignment in ARM JSON.
fn arm_assignment(head: &str, role: &str, principal: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", {head} "properties": {{ "roleDefinitionId": "[{role}]", "principalId": "[{principal}]", "principalType": "ServicePrincipal" }} }}"#
    )
}

const ON_VAULT: &str = r#""scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]","#;

#[test]
fn every_kind_of_read() {
    let (service, arm_service) = system_service();
    let (user, arm_user) = user_service();
    let child = |kind: &str,
                 version: &str,
                 keyword: &str,
                 properties: &str,
                 json_properties: &str| {
        (
            format!(
                "resource it 'Microsoft.ApiManagement/service/{kind}@{version}' = {{\n  {keyword}\n  properties: {properties}\n}}\n"
            ),
            format!(
                r#"{{ "type": "Microsoft.ApiManagement/service/{kind}", "apiVersion": "{version}", "name": "{}", "properties": {json_properties} }}"#,
                if kind.contains('/') {
                    "gateway/team/x"
                } else {
                    "gateway/x"
                }
            ),
        )
    };
    let build = |name, expected, services: (&str, &str), read: (String, String)| {
        case(
            name,
            expected,
            format!("{BICEP_VAULT}{}{}", services.0, read.0),
            arm(&format!(
                r#""resources": [ {ARM_VAULT} {} {} ]"#,
                services.1, read.1
            )),
        )
    };
    let system = (service.as_str(), arm_service.as_str());
    let user = (user.as_str(), arm_user.as_str());
    let vault = "{ keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/x' } }";
    let arm_vault = format!(
        r#"{{ "keyVault": {{ "secretIdentifier": "[concat({VAULT_URI}, 'secrets/x')]" }} }}"#
    );
    let by_user = "{ keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/x', identityClientId: reader.properties.clientId } }";
    let arm_by_user = format!(
        r#"{{ "keyVault": {{ "secretIdentifier": "[concat({VAULT_URI}, 'secrets/x')]", "identityClientId": "[reference({READER_ID}, '2023-01-31').clientId]" }} }}"#
    );
    let team = "resource team 'Microsoft.ApiManagement/service/workspaces@2024-05-01' existing = {\n  parent: apim\n  name: 'team'\n}\n";
    let in_team = |(bicep, arm): (String, String)| (format!("{team}{bicep}"), arm);
    let report = judge(&["vault-access-missing"], &[
        build("named value", MISSING, system, child("namedValues", "2024-05-01", "parent: apim\n  name: 'x'", vault, &arm_vault)),
        build("named value, user", MISSING, user, child("namedValues", "2024-05-01", "parent: apim\n  name: 'x'", by_user, &arm_by_user)),
        build("named value, name of the service in its own name", MISSING, system, child("namedValues", "2024-05-01", "name: '${apim.name}/x'", vault, &arm_vault)),
        build("certificate", MISSING, system, child("certificates", "2024-05-01", "parent: apim\n  name: 'x'", vault, &arm_vault)),
        build("certificate, user", MISSING, user, child("certificates", "2024-05-01", "parent: apim\n  name: 'x'", by_user, &arm_by_user)),
        build("workspace named value", MISSING, system, in_team(child("workspaces/namedValues", "2024-05-01", "parent: team\n  name: 'x'", vault, &arm_vault))),
        build("workspace certificate", MISSING, system, in_team(child("workspaces/certificates", "2024-05-01", "parent: team\n  name: 'x'", vault, &arm_vault))),
        build(
            "credential provider",
            MISSING,
            system,
            child(
                "authorizationProviders",
                "2025-03-01-preview",
                "parent: apim\n  name: 'x'",
                &format!("{{ oauth2: {vault} }}"),
                &format!(r#"{{ "oauth2": {arm_vault} }}"#),
            ),
        ),
        build(
            "hostname",
            MISSING,
            (
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: '${safe.properties.vaultUri}secrets/x' } ] }
}
",
                "",
            ),
            (
                String::new(),
                format!(
                    r#"{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "SystemAssigned" }}, "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "[concat({VAULT_URI}, 'secrets/x')]" }} ] }} }}"#
                ),
            ),
        ),
        build(
            "hostname, user, certificate created here",
            MISSING,
            (
                "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: safe
  name: 'x'
  properties: { contentType: 'application/x-pkcs12' }
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
  properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: secret.properties.secretUri, identityClientId: reader.properties.clientId } ] }
}
",
                ARM_READER,
            ),
            (
                String::new(),
                format!(
                    r#"{{ "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2023-07-01", "name": "safe/x", "properties": {{ "contentType": "application/x-pkcs12" }} }}, {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }}, "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'x')).secretUri]", "identityClientId": "[reference({READER_ID}).clientId]" }} ] }} }}"#
                ),
            ),
        ),
    ]);
    insta::assert_snapshot!(report, @r##"
    named value
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    named value, user
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `it` from `safe` with the user-assigned identity `reader`, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see reader: this identity is created by the deployment
          see safe: this is the vault
    named value, name of the service in its own name
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    certificate
      error vault-access-missing @ secretIdentifier: `apim` reads the certificate `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    certificate, user
      error vault-access-missing @ secretIdentifier: `apim` reads the certificate `it` from `safe` with the user-assigned identity `reader`, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see reader: this identity is created by the deployment
          see safe: this is the vault
    workspace named value
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    workspace certificate
      error vault-access-missing @ secretIdentifier: `apim` reads the certificate `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    credential provider
      error vault-access-missing @ secretIdentifier: `apim` reads the credential provider `it` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    hostname
      error vault-access-missing @ keyVaultId: `apim` reads its hostname certificate from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    hostname, user, certificate created here
      error vault-access-missing @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see reader: this identity is created by the deployment
          see safe: this is the vault
    "##);
}

#[test]
fn every_way_to_name_the_vault() {
    let (service, arm_service) = system_service();
    let read = |name, expected, (vault, uri): (&str, &str), (arm_vault, json_uri): (&str, &str)| {
        let (bicep, json) = named_value((uri, None), (json_uri, None));
        case(
            name,
            expected,
            format!("{vault}\n{service}{bicep}"),
            arm(&format!(
                r#""resources": [ {arm_vault} {arm_service} {json} ]"#
            )),
        )
    };
    let suffix = "'https://safe${environment().suffixes.keyvaultDns}/secrets/nv'";
    let arm_suffix = "[format('https://safe{0}/secrets/nv', environment().suffixes.keyvaultDns)]";
    let report = judge(
        &["vault-access-missing"],
        &[
            read(
                "existing",
                UNSEEN,
                (
                    BICEP_EXISTING_VAULT,
                    "'${safe.properties.vaultUri}secrets/nv'",
                ),
                ("", &format!("[concat({VAULT_URI}, 'secrets/nv')]")),
            ),
            read(
                "existing, elsewhere",
                UNSEEN,
                (
                    "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'safe'\n  scope: resourceGroup('shared')\n}\n",
                    "'${safe.properties.vaultUri}secrets/nv'",
                ),
                (
                    "",
                    "[concat(reference(resourceId('shared', 'Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri, 'secrets/nv')]",
                ),
            ),
            read(
                "declared, by its name and the suffix",
                MISSING,
                (BICEP_VAULT, suffix),
                (ARM_VAULT, arm_suffix),
            ),
            read(
                "declared, by the name of the resource",
                MISSING,
                (
                    BICEP_VAULT,
                    "'https://${safe.name}${environment().suffixes.keyvaultDns}/secrets/nv'",
                ),
                (ARM_VAULT, arm_suffix),
            ),
            read(
                "declared, by a literal URL",
                MISSING,
                (BICEP_VAULT, "'https://safe.vault.azure.net/secrets/nv'"),
                (ARM_VAULT, "https://safe.vault.azure.net/secrets/nv"),
            ),
            read(
                "declared, by a literal URL in capitals",
                MISSING,
                (BICEP_VAULT, "'https://SAFE.vault.azure.net/secrets/nv'"),
                (ARM_VAULT, "https://SAFE.vault.azure.net/secrets/nv"),
            ),
            read(
                "nothing but a URL",
                UNSEEN,
                ("", "'https://safe.vault.azure.net/secrets/nv'"),
                ("", "https://safe.vault.azure.net/secrets/nv"),
            ),
            read(
                "a URL from outside",
                "",
                ("param uri string", "uri"),
                ("", "[parameters('uri')]"),
            ),
            read(
                "another vault by its URL",
                UNSEEN,
                (BICEP_VAULT, "'https://other.vault.azure.net/secrets/nv'"),
                (ARM_VAULT, "https://other.vault.azure.net/secrets/nv"),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    existing
      warning vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
      ARM warning vault-access-missing @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from the key vault `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "gateway": this identity is created by the deployment
    existing, elsewhere
      warning vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
      ARM warning vault-access-missing @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from the key vault `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "gateway": this identity is created by the deployment
    declared, by its name and the suffix
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    declared, by the name of the resource
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    declared, by a literal URL
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    declared, by a literal URL in capitals
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    nothing but a URL
      warning vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from the key vault `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
    a URL from outside
    another vault by its URL
      warning vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from the key vault `other` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. Unless access was granted before, the deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
    "#);
}

#[test]
fn every_way_to_grant_is_a_grant() {
    let user_role = roles(SECRETS_USER);
    judge(&["vault-access-missing"], &[
        with(
            "role on the vault",
            "",
            &assignment("scope: safe", &user_role, BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &user_role, ARM_PRINCIPAL),
        ),
        with(
            "scope as format",
            "",
            &assignment("scope: safe", &user_role, BICEP_PRINCIPAL),
            &arm_assignment(r#""scope": "[format('Microsoft.KeyVault/vaults/{0}', 'safe')]","#, &user_role, ARM_PRINCIPAL),
        ),
        with(
            "scope as text",
            "",
            &assignment("scope: safe", &user_role, BICEP_PRINCIPAL),
            &arm_assignment(r#""scope": "Microsoft.KeyVault/vaults/safe","#, &user_role, ARM_PRINCIPAL),
        ),
        with(
            "identity of the service by its own resource id",
            "",
            &assignment("scope: safe", &user_role, BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &user_role, "reference(concat(resourceId('Microsoft.ApiManagement/service', 'gateway'), '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30').principalId"),
        ),
        with(
            "role on the resource group",
            "",
            &assignment("", &user_role, BICEP_PRINCIPAL),
            &arm_assignment("", &user_role, ARM_PRINCIPAL),
        ),
        with(
            "role on the resource group by name",
            "",
            &assignment("scope: resourceGroup()", &user_role, BICEP_PRINCIPAL),
            &arm_assignment(r#""scope": "[resourceGroup().id]","#, &user_role, ARM_PRINCIPAL),
        ),
        with(
            "role on the secret",
            "",
            &format!("resource nvSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' existing = {{\n  parent: safe\n  name: 'nv'\n}}\n{}", assignment("scope: nvSecret", &user_role, BICEP_PRINCIPAL)),
            &arm_assignment(r#""scope": "[resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'nv')]","#, &user_role, ARM_PRINCIPAL),
        ),
        with(
            "definition by its id",
            "",
            &assignment("scope: safe", &format!("'/subscriptions/${{subscription().subscriptionId}}/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}'"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &format!("concat('/subscriptions/', subscription().subscriptionId, '/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}')"), ARM_PRINCIPAL),
        ),
        with(
            "Certificate User",
            "",
            &assignment("scope: safe", &roles("db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &roles("db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"), ARM_PRINCIPAL),
        ),
        with(
            "Administrator, in capitals",
            "",
            &assignment("scope: safe", &roles("00482A5A-887F-4FB3-B363-3B7FE8E74483"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &roles("00482A5A-887F-4FB3-B363-3B7FE8E74483"), ARM_PRINCIPAL),
        ),
        with(
            "Reader of vaults, another rule's subject",
            "",
            &assignment("scope: safe", &roles("21090545-7ca7-4776-b22c-e363652d74d2"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &roles("21090545-7ca7-4776-b22c-e363652d74d2"), ARM_PRINCIPAL),
        ),
        with(
            "Owner, another rule's subject",
            "",
            &assignment("scope: safe", &roles("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &roles("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), ARM_PRINCIPAL),
        ),
        with(
            "a role that nobody knows",
            "",
            &assignment("scope: safe", &roles("12121212-3434-5656-7878-909090909090"), BICEP_PRINCIPAL),
            &arm_assignment(ON_VAULT, &roles("12121212-3434-5656-7878-909090909090"), ARM_PRINCIPAL),
        ),
        with_sections(
            "a role from outside",
            "",
            ("param role string", &assignment("scope: safe", "role", BICEP_PRINCIPAL)),
            (r#""parameters": { "role": { "type": "string" } },"#, &arm_assignment(ON_VAULT, "parameters('role')", ARM_PRINCIPAL)),
        ),
        with_sections(
            "a principal from outside",
            "",
            ("param principal string", &assignment("scope: safe", &user_role, "principal")),
            (r#""parameters": { "principal": { "type": "string" } },"#, &arm_assignment(ON_VAULT, &user_role, "parameters('principal')")),
        ),
        with(
            "a literal principal, perhaps of an earlier run",
            "",
            &assignment("scope: safe", &user_role, "'0f0f0f0f-1111-2222-3333-444444444444'"),
            &arm_assignment(ON_VAULT, &user_role, "'0f0f0f0f-1111-2222-3333-444444444444'"),
        ),
        with_sections(
            "a grant under a boolean",
            "",
            ("param grants bool", &assignment("scope: safe", &user_role, BICEP_PRINCIPAL).replace("= {", "= if (grants) {")),
            (r#""parameters": { "grants": { "type": "bool" } },"#, &arm_assignment(&format!(r#""condition": "[parameters('grants')]", {ON_VAULT}"#), &user_role, ARM_PRINCIPAL)),
        ),
        with_sections(
            "a loop over principals",
            "",
            ("", &assignment("scope: safe", &user_role, "principal").replace("= {", &format!("= [for (principal, i) in [{BICEP_PRINCIPAL}, '0f0f0f0f-1111-2222-3333-444444444444']: {{")).replace("guid('gateway', 'reader', 'grant')", "guid('grant', string(i))").replacen("\n}\n", "\n}]\n", 1)),
            ("", &arm_assignment(&format!(r#""copy": {{ "name": "grants", "count": 2 }}, {ON_VAULT}"#), &user_role, &format!("createArray({ARM_PRINCIPAL}, '0f0f0f0f-1111-2222-3333-444444444444')[copyIndex()]"))),
        ),
        with_sections(
            "a loop over principals from outside",
            "",
            ("param principals array", &assignment("scope: safe", &user_role, "principal").replace("= {", "= [for principal in principals: {").replace("guid('gateway', 'reader', 'grant')", "guid('grant', principal)").replacen("\n}\n", "\n}]\n", 1)),
            (r#""parameters": { "principals": { "type": "array" } },"#, &arm_assignment(&format!(r#""copy": {{ "name": "grants", "count": "[length(parameters('principals'))]" }}, {ON_VAULT}"#), &user_role, "parameters('principals')[copyIndex()]")),
        ),
        with(
            "child policy",
            "",
            &format!("resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {{\n  parent: safe\n  name: 'add'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {BICEP_PRINCIPAL}, permissions: {{ secrets: [ 'Get' ] }} }} ] }}\n}}\n"),
            &format!(r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2023-07-01", "name": "safe/add", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[{ARM_PRINCIPAL}]", "permissions": {{ "secrets": [ "Get" ] }} }} ] }} }}"#),
        ),
        with(
            "child policy by name, everything allowed",
            "",
            &format!("resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {{\n  name: '${{safe.name}}/add'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {BICEP_PRINCIPAL}, permissions: {{ secrets: [ 'all' ] }} }} ] }}\n}}\n"),
            &format!(r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2023-07-01", "name": "[concat('safe', '/add')]", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[{ARM_PRINCIPAL}]", "permissions": {{ "secrets": [ "all" ] }} }} ] }} }}"#),
        ),
        with_sections(
            "permissions from outside",
            "",
            ("param rights array", &format!("resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {{\n  parent: safe\n  name: 'add'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {BICEP_PRINCIPAL}, permissions: {{ secrets: rights }} }} ] }}\n}}\n")),
            (r#""parameters": { "rights": { "type": "array" } },"#, &format!(r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2023-07-01", "name": "safe/add", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[{ARM_PRINCIPAL}]", "permissions": {{ "secrets": "[parameters('rights')]" }} }} ] }} }}"#)),
        ),
        with_sections(
            "an output hands out the principal",
            "",
            ("", &format!("output principal string = {BICEP_PRINCIPAL}\n")),
            (&format!(r#""outputs": {{ "principal": {{ "type": "string", "value": "[{ARM_PRINCIPAL}]" }} }},"#), ""),
        ),
        with_sections(
            "a module of unknown content takes the principal",
            "",
            ("", &format!("module grant 'br/public:some/grant:1.0.0' = {{\n  name: 'grant'\n  params: {{ principal: {BICEP_PRINCIPAL} }}\n}}\n")),
            ("", &format!(r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "properties": {{ "mode": "Incremental", "templateLink": {{ "uri": "https://example.org/grant.json" }}, "parameters": {{ "principal": {{ "value": "[{ARM_PRINCIPAL}]" }} }} }} }}"#)),
        ),
        with_sections(
            "a module of unknown content takes the name of the vault",
            "",
            ("", "module grant './missing.bicep' = {\n  name: 'grant'\n  params: { vault: safe.name }\n}\n"),
            ("", r#"{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'safe')]" ], "properties": { "mode": "Incremental", "templateLink": { "uri": "https://example.org/grant.json" }, "parameters": { "vault": { "value": "safe" } } } }"#),
        ),
    ]);
}

#[test]
fn a_grant_to_someone_else_or_of_something_else_is_none() {
    let user_role = roles(SECRETS_USER);
    let policy = |rights: &str| {
        (
            format!(
                "resource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {{\n  parent: safe\n  name: 'add'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {BICEP_PRINCIPAL}, permissions: {rights} }} ] }}\n}}\n"
            ),
            format!(
                r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2023-07-01", "name": "safe/add", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[{ARM_PRINCIPAL}]", "permissions": {} }} ] }} }}"#,
                rights
                    .replace("keys:", "\"keys\":")
                    .replace("secrets:", "\"secrets\":")
                    .replace("certificates:", "\"certificates\":")
                    .replace('\'', "\"")
            ),
        )
    };
    let no_get = policy("{ secrets: [ 'list' ] }");
    let keys = policy("{ keys: [ 'get' ], certificates: [ 'get', 'list' ] }");
    let report = judge(
        &["vault-access-missing"],
        &[
            with("nothing", MISSING, "", ""),
            with(
                "never deployed",
                MISSING,
                &assignment("scope: safe", &user_role, BICEP_PRINCIPAL)
                    .replace("= {", "= if (false) {"),
                &arm_assignment(
                    &format!(r#""condition": false, {ON_VAULT}"#),
                    &user_role,
                    ARM_PRINCIPAL,
                ),
            ),
            with(
                "another vault",
                MISSING,
                &format!(
                    "resource other 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{\n  name: 'other'\n}}\n{}",
                    assignment("scope: other", &user_role, BICEP_PRINCIPAL)
                ),
                &arm_assignment(
                    r#""scope": "[resourceId('Microsoft.KeyVault/vaults', 'other')]","#,
                    &user_role,
                    ARM_PRINCIPAL,
                ),
            ),
            with(
                "another resource",
                MISSING,
                &format!(
                    "resource blobs 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {{\n  name: 'blobs'\n}}\n{}",
                    assignment("scope: blobs", &user_role, BICEP_PRINCIPAL)
                ),
                &arm_assignment(
                    r#""scope": "[resourceId('Microsoft.Storage/storageAccounts', 'blobs')]","#,
                    &user_role,
                    ARM_PRINCIPAL,
                ),
            ),
            with(
                "unrelated role",
                MISSING,
                &assignment(
                    "",
                    &roles("7f951dda-4ed3-4680-a7ca-43fe172d538d"),
                    BICEP_PRINCIPAL,
                ),
                &arm_assignment(
                    "",
                    &roles("7f951dda-4ed3-4680-a7ca-43fe172d538d"),
                    ARM_PRINCIPAL,
                ),
            ),
            with("policy without get", MISSING, &no_get.0, &no_get.1),
            with(
                "policy for keys and certificates",
                MISSING,
                &keys.0,
                &keys.1,
            ),
            with(
                "an output that hands out something else",
                MISSING,
                "output address string = safe.properties.vaultUri\n",
                "",
            ),
            with(
                "a module that takes nothing of it",
                MISSING,
                "module rest './missing.bicep' = {\n  name: 'rest'\n  params: { place: 'westeurope' }\n}\n",
                r#"{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "rest", "properties": { "mode": "Incremental", "templateLink": { "uri": "https://example.org/rest.json" }, "parameters": { "place": { "value": "westeurope" } } } }"#,
            ),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    nothing
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    never deployed
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    another vault
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    another resource
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    unrelated role
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    policy without get
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    policy for keys and certificates
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    an output that hands out something else
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    a module that takes nothing of it
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
    "##);
}

#[test]
fn inline_policies_of_the_vault() {
    let build = |name, expected, rights: &str| {
        let (user, arm_user) = user_service();
        let (read, arm_read) = named_value(
            (
                "'${safe.properties.vaultUri}secrets/nv'",
                Some("reader.properties.clientId"),
            ),
            (
                &format!("[format('{{0}}secrets/nv', {VAULT_URI})]"),
                Some(&format!("[reference({READER_ID}, '2023-01-31').clientId]")),
            ),
        );
        let principal = "reader.properties.principalId";
        case(
            name,
            expected,
            format!(
                "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {{\n  name: 'safe'\n  location: 'westeurope'\n  properties: {{ tenantId: tenant().tenantId, sku: {{ family: 'A', name: 'standard' }}, accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {principal}, permissions: {{ secrets: [ '{rights}' ] }} }} ] }}\n}}\n{user}{read}"
            ),
            arm(&format!(
                r#""resources": [ {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": {{ "tenantId": "[tenant().tenantId]", "sku": {{ "family": "A", "name": "standard" }}, "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[reference({READER_ID}, '2023-01-31').principalId]", "permissions": {{ "secrets": [ "{rights}" ] }} }} ] }} }}, {arm_user} {arm_read} ]"#
            )),
        )
    };
    let report = judge(
        &["vault-access-missing"],
        &[
            build("get", "", "get"),
            build("all", "", "All"),
            build("list", MISSING, "list"),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    get
    all
    list
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see reader: this identity is created by the deployment
          see safe: this is the vault
    "##);
}

#[test]
fn identities_that_this_deployment_does_not_create_are_not_its_business() {
    let (bicep_read, arm_read) = system_read();
    let by_client = |client: &str, json_client: &str| {
        named_value(
            ("'${safe.properties.vaultUri}secrets/nv'", Some(client)),
            (
                &format!("[format('{{0}}secrets/nv', {VAULT_URI})]"),
                Some(json_client),
            ),
        )
    };
    let from_outside = by_client("client", "[parameters('client')]");
    let foreign = by_client(
        "'0f0f0f0f-1111-2222-3333-444444444444'",
        "0f0f0f0f-1111-2222-3333-444444444444",
    );
    let by_existing = by_client(
        "reader.properties.clientId",
        &format!("[reference({READER_ID}, '2023-01-31').clientId]"),
    );
    let carries = |bicep: &str, json: &str| {
        (
            format!(
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{{bicep}}}': {{}} }} }}\n}}\n"
            ),
            format!(
                r#"{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[{json}]": {{}} }} }} }},"#
            ),
        )
    };
    let by_parameter = carries("readerId", "parameters('readerId')");
    let by_reader = carries("reader.id", READER_ID);
    judge(
        &["vault-access-missing"],
        &[
            case(
                "existing service",
                "",
                format!(
                    "{BICEP_VAULT}resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{\n  name: 'gateway'\n}}\n{bicep_read}"
                ),
                arm(&format!(r#""resources": [ {ARM_VAULT} {arm_read} ]"#)),
            ),
            case(
                "identity from outside",
                "",
                format!(
                    "param readerId string\nparam client string\n{BICEP_VAULT}{}{}",
                    by_parameter.0, from_outside.0
                ),
                arm(&format!(
                    r#""parameters": {{ "readerId": {{ "type": "string" }}, "client": {{ "type": "string" }} }}, "resources": [ {ARM_VAULT} {} {} ]"#,
                    by_parameter.1, from_outside.1
                )),
            ),
            case(
                "literal client id",
                "",
                format!(
                    "param readerId string\n{BICEP_VAULT}{}{}",
                    by_parameter.0, foreign.0
                ),
                arm(&format!(
                    r#""parameters": {{ "readerId": {{ "type": "string" }} }}, "resources": [ {ARM_VAULT} {} {} ]"#,
                    by_parameter.1, foreign.1
                )),
            ),
            case(
                "existing identity",
                "",
                format!(
                    "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {{\n  name: 'reader'\n}}\n{BICEP_VAULT}{}{}",
                    by_reader.0, by_existing.0
                ),
                arm(&format!(
                    r#""resources": [ {ARM_VAULT} {} {} ]"#,
                    by_reader.1, by_existing.1
                )),
            ),
            case(
                "the read is never deployed",
                "",
                format!(
                    "{BICEP_VAULT}{}{}",
                    system_service().0,
                    bicep_read.replace("= {", "= if (false) {")
                ),
                arm(&format!(
                    r#""resources": [ {ARM_VAULT} {} {} ]"#,
                    system_service().1,
                    arm_read.replacen('{', r#"{ "condition": false,"#, 1)
                )),
            ),
        ],
    );
}

#[test]
fn one_cause_one_finding() {
    let (read, arm_read) = system_read();
    let (user, arm_user) = user_service();
    let second = |text: &str| text.replace("nv", "second");
    let without = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n  name: 'gateway'\n  location: 'westeurope'\n}\n";
    let arm_without = r#"{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope" },"#;
    let by_user = named_value(
        (
            "'${safe.properties.vaultUri}secrets/nv'",
            Some("reader.properties.clientId"),
        ),
        (
            &format!("[format('{{0}}secrets/nv', {VAULT_URI})]"),
            Some(&format!("[reference({READER_ID}, '2023-01-31').clientId]")),
        ),
    );
    let both = |text: &str| {
        text.replace(
            "type: 'UserAssigned'",
            "type: 'SystemAssigned, UserAssigned'",
        )
        .replace(
            r#""type": "UserAssigned""#,
            r#""type": "SystemAssigned, UserAssigned""#,
        )
    };
    let report = judge(
        &["vault-access-missing"],
        &[
            case(
                "no identity at all",
                "error identity-missing",
                format!("{BICEP_VAULT}{without}{read}"),
                arm(&format!(
                    r#""resources": [ {ARM_VAULT} {arm_without} {arm_read} ]"#
                )),
            ),
            case(
                "two reads of one vault",
                MISSING,
                format!("{BICEP_VAULT}{}{read}{}", system_service().0, second(&read)),
                arm(&format!(
                    r#""resources": [ {ARM_VAULT} {} {arm_read}, {} ]"#,
                    system_service().1,
                    second(&arm_read)
                )),
            ),
            case(
                "two identities read one vault",
                "error vault-access-missing; error vault-access-missing",
                format!("{BICEP_VAULT}{}{read}{}", both(&user), second(&by_user.0)),
                arm(&format!(
                    r#""resources": [ {ARM_VAULT} {} {arm_read}, {} ]"#,
                    both(&arm_user),
                    second(&by_user.1)
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    no identity at all
      error identity-missing @ apim: `apim` has no managed identity, but the named value `nv` in Key Vault needs one
          see secretIdentifier: needs an identity of the service
    two reads of one vault
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
          see secretIdentifier: the named value is read the same way
    two identities read one vault
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `nv` from `safe` with its system-assigned identity, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see apim: this identity is created by the deployment
          see safe: this is the vault
      error vault-access-missing @ secretIdentifier: `apim` reads the named value `second` from `safe` with the user-assigned identity `reader`, but nothing in this deployment lets that identity read secrets there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see reader: this identity is created by the deployment
          see safe: this is the vault
    "#);
}
