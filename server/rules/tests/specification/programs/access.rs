//! Who may read what, when identity, vault, grant and reader are in different files.

use super::{
    ARM_GRANT, ARM_READ, ARM_SERVICE, ARM_VAULT, GRANT, READ, SERVICE, SYSTEM, VAULT, arm, check,
    judged, linked, module, named_value, silent,
};

const MISSING: &str = "error vault-access-missing @ read.bicep: secretIdentifier";

/// A user-assigned identity and what others need of it.
const READER: &str = "param name string
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: 'westeurope'
}
output id string = reader.id
output clientId string = reader.properties.clientId
output principalId string = reader.properties.principalId
";

/// The files that a root in Bicep calls.
fn with<'a>(main: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        ("main.bicep", main),
        ("vault.bicep", VAULT),
        ("service.bicep", SERVICE),
        ("grant.bicep", GRANT),
        ("read.bicep", READ),
        ("reader.bicep", READER),
    ];
    files.retain(|(name, _)| *name == "main.bicep" || main.contains(name));
    files.extend(more);
    files
}

fn vault() -> String {
    "param vaultName string\n".to_owned() + &module("vault", "vault.bicep", "name: vaultName")
}

fn read() -> String {
    module(
        "read",
        "read.bicep",
        "service: service.outputs.name, uri: vault.outputs.uri",
    )
}

#[test]
fn created_granted_and_read_in_three_modules() {
    let main = |grant: &str| vault() + &module("service", "service.bicep", "") + grant + &read();
    let right = module(
        "grant",
        "grant.bicep",
        "vault: vaultName, principal: service.outputs.principalId",
    );
    silent(&with(&main(&right), &[]));
    check(&with(&main(""), &[]), &[MISSING]);
    // Another identity that the deployment creates is certainly not the reader.
    let stranger = module("stranger", "reader.bicep", "name: 'stranger'")
        + &right.replace("service.outputs", "stranger.outputs");
    check(&with(&main(&stranger), &[]), &[MISSING]);
}

#[test]
fn created_granted_and_read_in_three_linked_templates() {
    let main = |grant: &str| {
        arm(&format!(
            r#""parameters": {{ "vaultName": {{ "type": "string" }} }}, "resources": [ {}, {}, {grant} {} ]"#,
            linked(
                "vault",
                "vault.json",
                r#""name": { "value": "[parameters('vaultName')]" }"#
            ),
            linked("service", "service.json", ""),
            linked(
                "read",
                "read.json",
                r#""service": { "value": "[reference('service').outputs.name.value]" }, "uri": { "value": "[reference('vault').outputs.uri.value]" }"#
            )
        ))
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.json", main),
                ("vault.json", ARM_VAULT),
                ("service.json", ARM_SERVICE),
                ("grant.json", ARM_GRANT),
                ("read.json", ARM_READ),
            ],
            expected,
        );
    };
    let grant = linked(
        "grant",
        "grant.json",
        r#""vault": { "value": "[parameters('vaultName')]" }, "principal": { "value": "[reference(resourceId('Microsoft.Resources/deployments', 'service')).outputs.principalId.value]" }"#,
    ) + ",";
    files(&main(&grant), &[]);
    let other = linked(
        "grant",
        "grant.json",
        r#""vault": { "value": "[concat(parameters('vaultName'), '2')]" }, "principal": { "value": "[reference('service').outputs.principalId.value]" }"#,
    ) + ",";
    files(
        &main(&other),
        &["error vault-access-missing @ read.json: \"secretIdentifier\""],
    );
}

#[test]
fn a_bicep_root_with_modules_in_arm_json() {
    let main = |grant: &str| {
        (vault() + &module("service", "service.json", "") + grant + &read())
            .replace("vault.bicep", "vault.json")
            .replace("read.bicep", "read.json")
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.json", ARM_VAULT),
                ("service.json", ARM_SERVICE),
                ("grant.bicep", GRANT),
                ("read.json", ARM_READ),
            ],
            expected,
        );
    };
    let grant = module(
        "grant",
        "grant.bicep",
        "vault: vault.outputs.name, principal: service.outputs.principalId",
    );
    files(&main(&grant), &[]);
    let other = grant.replace("vault.outputs.name", "'${vaultName}2'");
    files(
        &main(&other),
        &["error vault-access-missing @ read.json: \"secretIdentifier\""],
    );
}

/// The vault is created in A and granted in B by the same expression of its name; the root reads.
#[test]
fn a_vault_is_known_by_its_name_in_every_file() {
    let main = |name: &str| {
        format!(
            "param stage string\nvar vaultName = 'kv-${{stage}}'\n{SYSTEM}{}{}{}",
            module("vault", "vault.bicep", "name: vaultName"),
            module(
                "grant",
                "grant.bicep",
                &format!("vault: {name}, principal: apim.identity.principalId")
            ),
            named_value("'https://${vaultName}${environment().suffixes.keyvaultDns}/secrets/nv'")
        )
    };
    silent(&with(&main("'kv-${stage}'"), &[]));
    silent(&with(&main("vault.outputs.name"), &[]));
    check(
        &with(&main("'kv-${stage}-logs'"), &[]),
        &["error vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

#[test]
fn a_principal_id_passes_through_the_outputs_of_two_modules() {
    let platform =
        "module inner 'service.bicep' = {}\noutput principal string = inner.outputs.principalId\n";
    let main = |vault: &str| {
        module("platform", "platform.bicep", "")
            + "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n"
            + "module grant 'grant.bicep' = {\n  name: 'grant'\n  scope: resourceGroup('shared')\n  params: { vault: 'VAULT', principal: platform.outputs.principal }\n}\n"
                .replace("VAULT", vault)
                .as_str()
            + "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'safe'\n  scope: resourceGroup('shared')\n}\n"
            + &named_value("'${safe.properties.vaultUri}secrets/nv'")
    };
    let more = [("platform.bicep", platform), ("service.bicep", SERVICE)];
    silent(&with(&main("safe"), &more));
    check(
        &with(&main("another"), &more),
        &["warning vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

/// The named value hangs on an `existing` service, which another module of the program creates.
#[test]
fn an_existing_service_that_the_program_creates_is_new() {
    let main = |grant: &str| {
        format!(
            "param vaultName string\n{}{}{grant}{}",
            module("vault", "vault.bicep", "name: vaultName"),
            module("service", "service.bicep", "name: 'mine'"),
            module(
                "read",
                "read.bicep",
                "service: 'mine', uri: vault.outputs.uri"
            )
        )
    };
    check(&with(&main(""), &[]), &[MISSING]);
    silent(&with(
        &main(&module(
            "grant",
            "grant.bicep",
            "vault: vaultName, principal: service.outputs.principalId",
        )),
        &[],
    ));
    // A service of another name is somebody else's.
    silent(&with(
        &main("").replace("service: 'mine'", "service: 'theirs'"),
        &[],
    ));
}

#[test]
fn a_service_without_identity_is_needed_in_another_file() {
    let service = SERVICE
        .replace("  identity: { type: 'SystemAssigned' }\n", "")
        .replace(
            "output principalId string = apim.identity.principalId\n",
            "",
        );
    let main = module("service", "service.bicep", "")
        + &module(
            "read",
            "read.bicep",
            "service: service.outputs.name, uri: 'https://safe.vault.azure.net/'",
        );
    check(
        &[
            ("main.bicep", &main),
            ("service.bicep", &service),
            ("read.bicep", READ),
        ],
        &["error identity-missing @ service.bicep: apim"],
    );
    let alone = module("service", "service.bicep", "");
    check(
        &[("main.bicep", &alone), ("service.bicep", &service)],
        &["warning identity-missing @ service.bicep: apim"],
    );
}

#[test]
fn a_user_assigned_identity_from_a_module() {
    let service = "param reader string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader}': {} } }
}
output name string = apim.name
";
    let read = READ
        .replace("param uri", "param client string\nparam uri")
        .replace("secrets/nv' }", "secrets/nv', identityClientId: client }");
    let main = |grant: &str| {
        vault()
            + &module("reader", "reader.bicep", "name: 'reader'")
            + &module("service", "service.bicep", "reader: reader.outputs.id")
            + grant
            + &module(
                "read",
                "read.bicep",
                "service: service.outputs.name, client: reader.outputs.clientId, uri: vault.outputs.uri",
            )
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                ("reader.bicep", READER),
                ("service.bicep", service),
                ("read.bicep", &read),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    let grant = module(
        "grant",
        "grant.bicep",
        "vault: vaultName, principal: reader.outputs.principalId",
    );
    // `grant.bicep` is a root of its own where nobody calls it, and has nothing to say.
    files(&main(&grant), &[]);
    files(&main(""), &[MISSING]);
}

#[test]
fn an_access_policy_in_a_module() {
    let policy = "param vault string
param readers string[]
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vault
}
resource policies 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {
  parent: safe
  name: 'add'
  properties: {
    accessPolicies: [for reader in readers: {
      tenantId: tenant().tenantId
      objectId: reader
      permissions: { secrets: [ 'get', 'list' ] }
    }]
  }
}
";
    let by_policy = VAULT.replace(
        "enableRbacAuthorization: true",
        "enableRbacAuthorization: false, accessPolicies: []",
    );
    let main = |readers: &str| {
        vault()
            + &module("service", "service.bicep", "")
            + &module(
                "policy",
                "policy.bicep",
                &format!("vault: vaultName, readers: {readers}"),
            )
            + &read()
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", &by_policy),
                ("service.bicep", SERVICE),
                ("policy.bicep", policy),
                ("read.bicep", READ),
            ],
            expected,
        );
    };
    files(&main("[ service.outputs.principalId ]"), &[]);
    files(&main("[]"), &[MISSING]);
}

#[test]
fn a_vault_module_that_takes_the_readers() {
    let vault = "param name string
param readers array = []
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }
}
resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(safe.id, reader.principalId, 'secrets')
  scope: safe
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: reader.principalId
    principalType: reader.?principalType ?? 'ServicePrincipal'
  }
}]
output uri string = safe.properties.vaultUri
";
    let main = |readers: &str| {
        module("service", "service.bicep", "")
            + &module("vault", "vault.bicep", &format!("name: 'safe'{readers}"))
            + &read()
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", vault),
                ("service.bicep", SERVICE),
                ("read.bicep", READ),
            ],
            expected,
        );
    };
    files(
        &main(", readers: [ { principalId: service.outputs.principalId } ]"),
        &[],
    );
    files(&main(", readers: []"), &[MISSING]);
    files(&main(""), &[MISSING]);
}

#[test]
fn an_unresolvable_module_may_grant_what_flows_into_it() {
    let main =
        |between: &str| vault() + &module("service", "service.bicep", "") + between + &read();
    for between in [
        "module grant 'gone.bicep' = {\n  params: { principal: service.outputs.principalId }\n}\n",
        "module grant 'gone.bicep' = {\n  params: { readers: [ { id: service.outputs.principalId } ] }\n}\n",
        "module grant 'gone.bicep' = {\n  params: { service: service.outputs.id }\n}\n",
        "module grant 'gone.bicep' = {\n  params: { vault: vault.outputs.id }\n}\n",
        "module grant 'gone.bicep' = {\n  params: { vault: vaultName }\n}\n",
        "module grant 'br:contoso.azurecr.io/grant:1.0.0' = {\n  params: { principal: service.outputs.principalId }\n}\n",
        "module grant 'ts:00000000-0000-0000-0000-000000000001/specs/grant:1.0' = {\n  params: { principal: service.outputs.principalId }\n}\n",
    ] {
        silent(&with(&main(between), &[]));
    }
    check(
        &with(
            &main("module grant 'gone.bicep' = {\n  params: { location: 'westeurope' }\n}\n"),
            &[],
        ),
        &[MISSING],
    );
}

#[test]
fn what_comes_out_of_an_unresolvable_module_is_unknown() {
    let main = |principal: &str| {
        vault()
            + &module("service", "service.bicep", "")
            + "module lookup 'gone.bicep' = {\n  params: { location: 'westeurope' }\n}\n"
            + &module(
                "grant",
                "grant.bicep",
                &format!("vault: vaultName, principal: {principal}"),
            )
            + &read()
    };
    silent(&with(&main("lookup.outputs.principalId"), &[]));
    let reads_elsewhere = main("service.outputs.principalId")
        .replace("uri: vault.outputs.uri", "uri: lookup.outputs.uri");
    silent(&with(&reads_elsewhere, &[]));
}

const ASSIGN: &str = "param principal string
param principalType string?
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(principal, 'pull')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: principal
    principalType: principalType
  }
}
";

/// `null` is written in no file here: the parameter is optional and left out.
#[test]
fn a_role_module_that_is_not_told_the_type_of_its_principal() {
    let files = |main: &str, expected: &[&str]| {
        judged(
            &[
                ("main.bicep", main),
                ("service.bicep", SERVICE),
                ("assign.bicep", ASSIGN),
            ],
            expected,
        );
    };
    let main = |params: &str| {
        module("service", "service.bicep", "") + &module("pull", "assign.bicep", params)
    };
    files(
        &main("principal: service.outputs.principalId"),
        &["warning role-principal-type-missing"],
    );
    files(
        &main("principal: service.outputs.principalId, principalType: 'ServicePrincipal'"),
        &[],
    );
    let existing = "resource old 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'old'\n}\n".to_owned();
    files(
        &(existing + &main("principal: old.identity.principalId")),
        &[],
    );
}

#[test]
fn a_role_module_without_the_type_is_judged_by_who_calls_it() {
    let assign = ASSIGN
        .replace("param principalType string?\n", "")
        .replace("    principalType: principalType\n", "");
    let call = |symbol: &str, principal: &str| {
        module(symbol, "assign.bicep", &format!("principal: {principal}"))
    };
    let files = |main: &str, expected: &[&str]| {
        check(&[("main.bicep", main), ("assign.bicep", &assign)], expected);
    };
    let group = call("people", "'0f0f0f0f-1111-2222-3333-444444444444'");
    files(&(SYSTEM.to_owned() + &group), &[]);
    files(
        &(SYSTEM.to_owned() + &group + &call("service", "apim.identity.principalId")),
        &["warning role-principal-type-missing @ assign.bicep: pull"],
    );
}

/// A service that is declared again, with hostnames, once access exists, is one service.
///
/// Where the missing access is reported is open: at the key in the argument, as here, or in the
/// service that takes it.
#[test]
fn a_service_declared_twice_through_one_module_has_its_identity() {
    let service = "param hostnames array = []
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { publisherEmail: 'a@b.c', publisherName: 'b', hostnameConfigurations: hostnames }
}
output principalId string = apim.identity.principalId
";
    let main = |principal: &str| {
        format!(
            "{}{}{}module second 'service.bicep' = {{
  name: 'second'
  dependsOn: [ grant ]
  params: {{ hostnames: [ {{ type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/c' }} ] }}
}}
",
            module("vault", "vault.bicep", "name: 'safe'"),
            module("first", "service.bicep", ""),
            module("grant", "grant.bicep", &format!("vault: 'safe', principal: {principal}")),
        )
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                ("service.bicep", service),
                ("grant.bicep", GRANT),
                ("reader.bicep", READER),
            ],
            expected,
        );
    };
    files(&main("first.outputs.principalId"), &[]);
    let stranger = module("stranger", "reader.bicep", "name: 'stranger'")
        + &main("stranger.outputs.principalId");
    files(
        &stranger,
        &["error vault-access-missing @ main.bicep: keyVaultId"],
    );
}

#[test]
fn a_versioned_address_goes_through_modules() {
    const URL: &str = "https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789abcdef";
    let read = READ.replace("'${uri}secrets/nv'", "uri");
    let main = |url: &str| {
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n"
            .to_owned()
            + &module("read", "read.bicep", &format!("service: apim.name, uri: '{url}'"))
    };
    check(
        &[("main.bicep", &main(URL)), ("read.bicep", &read)],
        &[&format!(
            "warning secret-uri-versioned @ main.bicep: '{URL}'"
        )],
    );
    silent(&[
        ("main.bicep", &main(&URL[..URL.len() - 33])),
        ("read.bicep", &read),
    ]);
    let arm_read = ARM_READ.replace(
        "[format('{0}secrets/nv', parameters('uri'))]",
        "[parameters('uri')]",
    );
    let arm_main = |url: &str| {
        arm(&format!(
            r#""resources": [ {} ]"#,
            linked(
                "read",
                "read.json",
                &format!(r#""service": {{ "value": "gateway" }}, "uri": {{ "value": "{url}" }}"#)
            )
        ))
    };
    check(
        &[("main.json", &arm_main(URL)), ("read.json", &arm_read)],
        &[&format!(
            "warning secret-uri-versioned @ main.json: \"{URL}\""
        )],
    );
    silent(&[
        ("main.json", &arm_main(&URL[..URL.len() - 33])),
        ("read.json", &arm_read),
    ]);
}

/// Where it is reported is open: at the output that chooses the version, or at the argument.
#[test]
fn a_versioned_address_comes_out_of_a_module() {
    let secret = |property: &str| {
        format!(
            "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{
  name: 'safe'
}}
resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {{
  parent: safe
  name: 'nv'
  properties: {{ contentType: 'text/plain' }}
}}
output address string = secret.properties.{property}
"
        )
    };
    let main = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n"
        .to_owned()
        + &module("secret", "secret.bicep", "")
        + &named_value("secret.outputs.address");
    judged(
        &[
            ("main.bicep", &main),
            ("secret.bicep", &secret("secretUriWithVersion")),
        ],
        &["warning secret-uri-versioned"],
    );
    silent(&[
        ("main.bicep", &main),
        ("secret.bicep", &secret("secretUri")),
    ]);
}
