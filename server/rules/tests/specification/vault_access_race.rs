//! `vault-access-race`: access is granted, or the secret created, beside the read and not before it.

use crate::programs::{GRANT, READ, SERVICE, VAULT, check_of, module};
use crate::reaching::{
    By, Twin, child, deployment, deployment_with, existing_vault, grant, id, named_value,
    plain_service, reader, secret, service_with_hostname, vault, when, with,
};
use crate::twins::{ALL, judge};

const RULE: &[&str] = &["vault-access-race"];
const RACE: &str = "warning vault-access-race";

/// An assignment of another name to the same identity.
fn second(grant: &Twin) -> Twin {
    with(
        grant,
        ("resource grant", "resource other"),
        (
            "guid('gateway', 'reader', 'grant')",
            "guid('gateway', 'reader', 'other')",
        ),
    )
}

fn policies() -> Twin {
    (
        "resource policies 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
  parent: safe
  name: 'add'
  properties: { accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get', 'list' ] } } ] }
}
"
        .to_owned(),
        format!(
            r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "safe/add", "dependsOn": [ "[{}]", "[{}]" ], "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "[reference({}, '2024-05-01', 'Full').identity.principalId]", "permissions": {{ "secrets": [ "get", "list" ] }} }} ] }} }}"#,
            id("safe"),
            id("apim"),
            id("apim")
        ),
    )
}

#[test]
fn what_reads_waits() {
    let open = || vault("enableRbacAuthorization: true");
    let system = || plain_service(By::System);
    let user = || plain_service(By::User);
    judge(
        RULE,
        &[
            deployment(
                "named value",
                RACE,
                &[
                    open(),
                    system(),
                    grant(By::System),
                    named_value(By::System, &[]),
                ],
            ),
            deployment(
                "named value that waits",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    named_value(By::System, &["grant"]),
                ],
            ),
            deployment(
                "certificate",
                RACE,
                &[
                    existing_vault(),
                    system(),
                    grant(By::System),
                    child("certificates", "ca", By::System, &[]),
                ],
            ),
            deployment(
                "certificate that waits",
                "",
                &[
                    existing_vault(),
                    system(),
                    grant(By::System),
                    child("certificates", "ca", By::System, &["grant"]),
                ],
            ),
            deployment(
                "hostname, user",
                RACE,
                &[
                    open(),
                    reader(),
                    grant(By::User),
                    service_with_hostname(By::User, &[]),
                ],
            ),
            deployment(
                "hostname, user, waits",
                "",
                &[
                    open(),
                    reader(),
                    grant(By::User),
                    service_with_hostname(By::User, &["grant"]),
                ],
            ),
            deployment(
                "the service waits for its reader's grant, so its children do",
                "",
                &[
                    open(),
                    reader(),
                    grant(By::User),
                    crate::reaching::service(By::User, ("", ""), &["grant"]),
                    named_value(By::User, &[]),
                ],
            ),
            deployment(
                "user",
                RACE,
                &[
                    open(),
                    reader(),
                    grant(By::User),
                    user(),
                    named_value(By::User, &[]),
                ],
            ),
            deployment(
                "access policies",
                RACE,
                &[
                    vault("enableRbacAuthorization: false, accessPolicies: []"),
                    system(),
                    policies(),
                    named_value(By::System, &[]),
                ],
            ),
            deployment(
                "access policies that are waited for",
                "",
                &[
                    vault("enableRbacAuthorization: false, accessPolicies: []"),
                    system(),
                    policies(),
                    named_value(By::System, &["policies"]),
                ],
            ),
            deployment(
                "through another resource",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    named_value(By::System, &["grant"]),
                    with(
                        &child("namedValues", "later", By::System, &["safe"]),
                        ("dependsOn: [ safe ]", "dependsOn: [ nv ]"),
                        (
                            &format!("\"[{}]\" ], \"properties\"", id("safe")),
                            "\"[resourceId('Microsoft.ApiManagement/service/namedValues', 'gateway', 'nv')]\" ], \"properties\"",
                        ),
                    ),
                ],
            ),
            deployment(
                "one grant of two",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    second(&grant(By::System)),
                    named_value(By::System, &["grant"]),
                ],
            ),
            deployment(
                "none of two",
                RACE,
                &[
                    open(),
                    system(),
                    grant(By::System),
                    second(&grant(By::System)),
                    named_value(By::System, &[]),
                ],
            ),
            deployment(
                "no grant at all is another rule's business",
                "error vault-access-missing",
                &[open(), system(), named_value(By::System, &[])],
            ),
        ],
    );
}

#[test]
fn the_secret_that_the_deployment_creates() {
    let open = || vault("enableRbacAuthorization: true");
    let system = || plain_service(By::System);
    let all = |on: &[&str]| {
        vec![
            open(),
            system(),
            grant(By::System),
            secret(),
            named_value(By::System, on),
        ]
    };
    let by_uri = with(
        &named_value(By::System, &["grant"]),
        (
            "'${safe.properties.vaultUri}secrets/nv'",
            "secret.properties.secretUri",
        ),
        (
            &format!(
                "[concat(reference({}, '2026-02-01').vaultUri, 'secrets/nv')]",
                id("safe")
            ),
            "[reference('nv-secret').secretUri]",
        ),
    );
    let in_loop = with(
        &secret(),
        ("= {", "= [for name in [ 'nv' ]: {"),
        (
            "\"safe/nv\"",
            "\"[concat('safe/', createArray('nv')[copyIndex()])]\", \"copy\": { \"name\": \"secrets\", \"count\": 1 }",
        ),
    );
    let in_loop = (in_loop.0.trim_end().to_owned() + "]\n", in_loop.1);
    let report = judge(
        RULE,
        &[
            deployment("not waited for", RACE, &all(&["grant"])),
            deployment("waited for", "", &all(&["grant", "secret"])),
            deployment(
                "neither grant nor secret",
                "warning vault-access-race; warning vault-access-race",
                &all(&[]),
            ),
            deployment("secret, not the grant", RACE, &all(&["secret"])),
            deployment(
                "by its own address",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    secret(),
                    // ARM JSON: the symbolic name of a `reference()` implies the order.
                    (by_uri.0, named_value(By::System, &["grant", "secret"]).1),
                ],
            ),
            deployment(
                "another secret",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    with(
                        &secret(),
                        ("name: 'nv'", "name: 'x'"),
                        ("safe/nv", "safe/x"),
                    ),
                    named_value(By::System, &["grant"]),
                ],
            ),
            deployment_with(
                "a secret that may not be created",
                "",
                (
                    "param names array",
                    r#""parameters": { "names": { "type": "array" } },"#,
                ),
                &[
                    open(),
                    system(),
                    grant(By::System),
                    when(
                        &secret(),
                        "length(names) == 3",
                        "\"[equals(length(parameters('names')), 3)]\"",
                    ),
                    named_value(By::System, &["grant", "secret"]),
                ],
            ),
            deployment(
                "a secret that a loop may create",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    in_loop,
                    named_value(By::System, &["grant"]),
                ],
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    not waited for
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but does not wait for `secret`, which creates the secret. Azure deploys both at the same time, and the deployment fails whenever the read comes first
          see secret: this creates the secret
          see safe: this is the vault
    waited for
    neither grant nor secret
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but does not wait for `grant`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see grant: this grants access
          see safe: this is the vault
      ARM warning vault-access-race @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from `safe`, but does not wait for `guid('gateway', 'reader', 'grant')`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "[guid('gateway', 'reader', 'grant')]": this grants access
          see "safe": this is the vault
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but does not wait for `secret`, which creates the secret. Azure deploys both at the same time, and the deployment fails whenever the read comes first
          see secret: this creates the secret
          see safe: this is the vault
    secret, not the grant
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe`, but does not wait for `grant`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see grant: this grants access
          see safe: this is the vault
      ARM warning vault-access-race @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from `safe`, but does not wait for `guid('gateway', 'reader', 'grant')`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "[guid('gateway', 'reader', 'grant')]": this grants access
          see "safe": this is the vault
    by its own address
    another secret
    a secret that may not be created
    a secret that a loop may create
    "#);
}

#[test]
fn what_cannot_be_told_is_silent() {
    let open = || vault("enableRbacAuthorization: true");
    let system = || plain_service(By::System);
    let depends = |bicep: &str, json: &str| {
        with(
            &named_value(By::System, &["grant"]),
            ("dependsOn: [ grant ]", &format!("dependsOn: {bicep}")),
            (
                &format!("[ \"[{}]\", \"[{}]\" ]", id("apim"), id("grant")),
                json,
            ),
        )
    };
    judge(
        RULE,
        &[
            deployment_with(
                "dependsOn is a parameter",
                "",
                ("param waits array", r#""parameters": { "waits": { "type": "array" } },"#),
                &[open(), system(), grant(By::System), depends("waits", "\"[parameters('waits')]\"")],
            ),
            deployment_with(
                "dependsOn has a name that cannot be told",
                "",
                ("param x string", r#""parameters": { "x": { "type": "string" } },"#),
                &[open(), system(), grant(By::System), depends("[ x ]", "[ \"[parameters('x')]\" ]")],
            ),
            deployment_with(
                "dependsOn is a variable",
                "",
                (
                    "var waits = [ grant ]",
                    &format!(r#""variables": {{ "waits": [ "[{}]" ] }},"#, id("grant")),
                ),
                &[open(), system(), grant(By::System), depends("waits", "\"[variables('waits')]\"")],
            ),
            deployment(
                "a module that cannot be seen into gets the vault and the service",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    named_value(By::System, &[]),
                    (
                        "module more './nowhere.bicep' = {\n  name: 'more'\n  params: { vault: safe.name, principal: apim.identity.principalId }\n}\n".to_owned(),
                        format!(
                            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "more", "properties": {{ "mode": "Incremental", "templateLink": {{ "uri": "https://example.org/x.json" }}, "parameters": {{ "vault": {{ "value": "safe" }}, "principal": {{ "value": "[reference({}, '2024-05-01', 'Full').identity.principalId]" }} }} }} }}"#,
                            id("apim")
                        ),
                    ),
                ],
            ),
            deployment(
                "the identity is from before",
                "",
                &[
                    open(),
                    (
                        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n".to_owned(),
                        String::new(),
                    ),
                    with(&grant(By::System), ("grant", "grant"), (&format!("\"dependsOn\": [ \"[{}]\" ],", id("apim")), "")),
                    with(&named_value(By::System, &["grant"]), ("grant", "grant"), (&format!("\"[{}]\",", id("apim")), "")),
                ],
            ),
            deployment(
                "the read is never deployed",
                "",
                &[
                    open(),
                    system(),
                    grant(By::System),
                    when(&named_value(By::System, &[]), "false", "false"),
                ],
            ),
        ],
    );
}

#[test]
fn cases() {
    let open = || vault("enableRbacAuthorization: true");
    let system = || plain_service(By::System);
    let user = || plain_service(By::User);
    let flag = (
        "param early bool",
        r#""parameters": { "early": { "type": "bool" } },"#,
    );
    let by_case = with(
        &named_value(By::User, &["grant"]),
        (
            "reader.properties.clientId",
            "early ? reader.properties.clientId : null",
        ),
        (
            &format!("[reference({}, '2023-01-31').clientId]", id("reader")),
            &format!(
                "[if(parameters('early'), reference({}, '2023-01-31').clientId, null())]",
                id("reader")
            ),
        ),
    );
    let users = with(
        &grant(By::User),
        ("resource grant", "resource users"),
        ("guid('gateway', 'reader', 'grant')", "guid('users')"),
    );
    let report = judge(
        RULE,
        &[
            deployment_with(
                "the grant of one case is waited for",
                RACE,
                flag,
                &[
                    open(),
                    reader(),
                    user(),
                    grant(By::System),
                    users.clone(),
                    by_case,
                ],
            ),
            deployment_with(
                "grant and read under one condition",
                RACE,
                flag,
                &[
                    open(),
                    system(),
                    when(&grant(By::System), "early", "\"[parameters('early')]\""),
                    when(
                        &named_value(By::System, &[]),
                        "early",
                        "\"[parameters('early')]\"",
                    ),
                ],
            ),
            deployment_with(
                "grants by environment, one is waited for",
                RACE,
                (
                    "@allowed([ 'dev', 'prod' ])\nparam env string",
                    r#""parameters": { "env": { "type": "string", "allowedValues": [ "dev", "prod" ] } },"#,
                ),
                &[
                    open(),
                    system(),
                    when(
                        &grant(By::System),
                        "env == 'dev'",
                        "\"[equals(parameters('env'), 'dev')]\"",
                    ),
                    when(
                        &second(&grant(By::System)),
                        "env == 'prod'",
                        "\"[equals(parameters('env'), 'prod')]\"",
                    ),
                    named_value(By::System, &["grant"]),
                ],
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    the grant of one case is waited for
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe` when `early` is true, but does not wait for `users`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see users: this grants access
          see safe: this is the vault
      ARM warning vault-access-race @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from `safe` when `early` is true, but does not wait for `guid('users')`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "[guid('users')]": this grants access
          see "safe": this is the vault
    grant and read under one condition
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe` when `early` is true, but does not wait for `grant`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see grant: this grants access
          see safe: this is the vault
      ARM warning vault-access-race @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from `safe` when `early` is true, but does not wait for `guid('gateway', 'reader', 'grant')`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "[guid('gateway', 'reader', 'grant')]": this grants access
          see "safe": this is the vault
    grants by environment, one is waited for
      warning vault-access-race @ secretIdentifier: `apim` reads the named value `nv` from `safe` when `env` is 'prod', but does not wait for `other`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see other: this grants access
          see safe: this is the vault
      ARM warning vault-access-race @ "secretIdentifier": `gateway` reads the named value `gateway/nv` from `safe` when `env` is 'prod', but does not wait for `guid('gateway', 'reader', 'other')`, which lets its identity read there. Azure deploys both at the same time, and the deployment fails whenever the read comes first: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see "[guid('gateway', 'reader', 'other')]": this grants access
          see "safe": this is the vault
    "#);
}

#[test]
fn loops_of_named_values() {
    let looped = |on: &[&str]| {
        let (bicep, json) = named_value(By::System, on);
        (
            bicep
                .replacen("= {", "= [for name in [ 'a', 'b' ]: {", 1)
                .replace("name: 'nv'", "name: name")
                .trim_end()
                .to_owned()
                + "]\n",
            json.replace(
                "\"gateway/nv\"",
                "\"[concat('gateway/', createArray('a', 'b')[copyIndex()])]\", \"copy\": { \"name\": \"nvs\", \"count\": 2 }",
            ),
        )
    };
    let all = |on: &[&str]| {
        vec![
            vault("enableRbacAuthorization: true"),
            plain_service(By::System),
            grant(By::System),
            looped(on),
        ]
    };
    judge(
        RULE,
        &[
            deployment("loop", RACE, &all(&[])),
            deployment("loop that waits", "", &all(&["grant"])),
        ],
    );
}

#[test]
fn grants_in_modules() {
    let main = |read: &str| {
        format!(
            "param vaultName string\n{}{}{}{read}",
            module("vault", "vault.bicep", "name: vaultName"),
            module("service", "service.bicep", ""),
            module(
                "grant",
                "grant.bicep",
                "vault: vault.outputs.name, principal: service.outputs.principalId"
            ),
        )
    };
    let read = module(
        "read",
        "read.bicep",
        "service: service.outputs.name, uri: vault.outputs.uri",
    );
    let waiting = read.replace("params:", "dependsOn: [ grant ]\n  params:");
    let direct = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${vault.outputs.uri}secrets/nv' } }
  dependsOn: [ service ]
}
";
    let files = |main: &str, expected: &[&str]| {
        check_of(
            RULE,
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                ("service.bicep", SERVICE),
                ("grant.bicep", GRANT),
                ("read.bicep", READ),
            ],
            expected,
        );
    };
    files(
        &main(&read),
        &["warning vault-access-race @ read.bicep: secretIdentifier"],
    );
    files(&main(&waiting), &[]);
    files(
        &main(direct),
        &["warning vault-access-race @ main.bicep: secretIdentifier"],
    );
    files(
        &main(&direct.replace("[ service ]", "[ service, grant ]")),
        &[],
    );
    // What the module hands out implies the order.
    files(
        &main(&read).replace(
            "service: service.outputs.name",
            "service: last(split(grant.name, '-'))",
        ),
        &[],
    );
}

/// A template that nobody deploys is judged with its own parameters, and one that somebody does too.
#[test]
fn the_parameters_of_a_module_allow_it() {
    let module = "param early bool
param vaultName string
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: vaultName }
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'reader', location: 'westeurope' }
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid('gateway', 'reader', 'grant')
  scope: safe
  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: reader.properties.principalId, principalType: 'ServicePrincipal' }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (early) {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv', identityClientId: reader.properties.clientId } }
}
";
    let main = "module it 'it.bicep' = {\n  name: 'it'\n  params: { early: false, vaultName: 'safe' }\n}\n";
    check_of(
        RULE,
        &[("main.bicep", main), ("it.bicep", module)],
        &["info vault-access-race @ it.bicep: secretIdentifier"],
    );
    check_of(
        RULE,
        &[
            ("main.bicep", &main.replace("false", "true")),
            ("it.bicep", module),
        ],
        &["warning vault-access-race @ it.bicep: secretIdentifier"],
    );
}

#[test]
fn nested_deployments() {
    let nested = |name: &str, on: &str, resource: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "{name}", "dependsOn": [ {on} ], "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "outer" }}, "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {resource} ] }} }} }}"#
        )
    };
    let undone = |text: &str| {
        // Inside of a nested deployment nothing outside of it can be waited for.
        text.replace(&format!("\"dependsOn\": [ \"[{}]\" ],", id("apim")), "")
    };
    let wait = |symbols: &[&str]| {
        let ids: Vec<_> = symbols
            .iter()
            .map(|it| format!("\"[{}]\"", id(it)))
            .collect();
        ids.join(", ")
    };
    let all = |on: &[&str]| {
        crate::programs::arm(&format!(
            r#""resources": [ {}, {}, {}, {} ]"#,
            vault("enableRbacAuthorization: true").1,
            plain_service(By::System).1,
            nested(
                "granting",
                &wait(&["apim", "safe"]),
                &undone(&grant(By::System).1)
            ),
            nested(
                "reading",
                &wait(on),
                &undone(&named_value(By::System, &[]).1)
            ),
        ))
    };
    check_of(
        RULE,
        &[("main.json", &all(&["apim"]))],
        &["warning vault-access-race @ main.json: \"secretIdentifier\""],
    );
    check_of(RULE, &[("main.json", &all(&["apim", "granting"]))], &[]);
}

/// All is right but the order, for every other rule.
#[test]
fn nothing_else_is_said() {
    let all = |on: &[&str]| {
        vec![
            vault("enableRbacAuthorization: true"),
            plain_service(By::System),
            grant(By::System),
            named_value(By::System, on),
        ]
    };
    judge(
        ALL,
        &[
            deployment("race alone", RACE, &all(&[])),
            deployment("right", "", &all(&["grant"])),
        ],
    );
}
