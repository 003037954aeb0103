//! Modules from registries: the cache of Bicep on disk, aliases, and what is built in.
//!
//! The cache keeps a module as ARM JSON, under `br/<registry>/<repository, / as $>/<tag>$` and
//! `ts/<subscription>/<group>/<name>/<version>`. What is found inside is said where it is called.

use super::{
    ARM_GRANT, ARM_KIND, ARM_SERVICE, GRANT, READ, SYSTEM, VAULT, arm, check, judged, module,
    named_value, only, says, silent,
};

const CACHED: &str = "/home/.bicep/br/contoso.azurecr.io/bicep$modules$apim/1.2.3$/main.json";
const ADDRESS: &str = "br:contoso.azurecr.io/bicep/modules/apim:1.2.3";

/// The module in the cache, with a type of identity of its own.
fn cached(kind: &str) -> String {
    ARM_KIND.replace("[parameters('kind')]", kind)
}

#[test]
fn what_is_wrong_in_a_cached_module_is_said_where_it_is_called() {
    let main = module("service", ADDRESS, "name: 'one'");
    for (kind, expected) in [
        (
            "System",
            &["error identity-invalid @ main.bicep: service"][..],
        ),
        ("None", &["warning identity-missing @ main.bicep: service"]),
        ("SystemAssigned", &[]),
    ] {
        check(&[("main.bicep", &main), (CACHED, &cached(kind))], expected);
    }
}

#[test]
fn an_argument_of_a_cached_module_is_wrong_where_it_is_written() {
    for (kind, expected) in [
        (
            "System",
            &["error identity-invalid @ main.bicep: 'System'"][..],
        ),
        ("SystemAssigned", &[]),
    ] {
        let main = module("service", ADDRESS, &format!("kind: '{kind}'"));
        check(&[("main.bicep", &main), (CACHED, ARM_KIND)], expected);
    }
}

const ALIASES: &str = r#"{
  // of the team
  "moduleAliases": {
    "br": { "contoso": { "registry": "contoso.azurecr.io", "modulePath": "bicep/modules" }, "bare": { "registry": "contoso.azurecr.io" } },
    "ts": { "specs": { "subscription": "00000000-0000-0000-0000-00000000000A", "resourceGroup": "Specs" } }
  }
}"#;

#[test]
fn every_address_of_a_module() {
    let spec = "/home/.bicep/ts/00000000-0000-0000-0000-00000000000a/specs/apim/1.2.3/main.json";
    for (address, path) in [
        (ADDRESS, CACHED),
        ("br:CONTOSO.azurecr.io/bicep/modules/apim:1.2.3", CACHED),
        ("br/contoso:apim:1.2.3", CACHED),
        ("br/bare:bicep/modules/apim:1.2.3", CACHED),
        (
            "br/contoso:apim:V1.0-RC",
            "/home/.bicep/br/contoso.azurecr.io/bicep$modules$apim/V1.0-RC$61/main.json",
        ),
        (
            "br:localhost:5000/apim:1",
            "/home/.bicep/br/localhost$5000/apim/1$/main.json",
        ),
        (
            "br:contoso.azurecr.io/apim@sha256:e207a69d02b3de40d48ede9fd208d80441a9e590a83a0bc915d46244c03310d4",
            "/home/.bicep/br/contoso.azurecr.io/apim/sha256#e207a69d02b3de40d48ede9fd208d80441a9e590a83a0bc915d46244c03310d4/main.json",
        ),
        (
            "br/public:platform/apim:1.2.3",
            "/home/.bicep/br/mcr.microsoft.com/bicep$platform$apim/1.2.3$/main.json",
        ),
        (
            "ts:00000000-0000-0000-0000-00000000000A/Specs/apim:1.2.3",
            spec,
        ),
        ("ts/specs:apim:1.2.3", spec),
    ] {
        let main = module("service", address, "");
        let found = only(&[
            ("main.bicep", &main),
            ("bicepconfig.json", ALIASES),
            (path, &cached("None")),
        ]);
        assert_eq!(
            (found.rule, found.file.as_str(), found.text.as_str()),
            ("identity-missing", "/w/main.bicep", "service"),
            "{address}"
        );
    }
}

#[test]
fn the_cache_may_be_elsewhere() {
    let main = module("service", ADDRESS, "");
    let elsewhere = CACHED.replace("/home/.bicep", "/cache");
    let config = r#"{ "cacheRootDirectory": "/cache" }"#;
    check(
        &[
            ("main.bicep", &main),
            ("bicepconfig.json", config),
            (&elsewhere, &cached("None")),
        ],
        &["warning identity-missing @ main.bicep: service"],
    );
    silent(&[
        ("main.bicep", &main),
        ("bicepconfig.json", config),
        (CACHED, &cached("None")),
    ]);
    silent(&[("main.bicep", &main), (&elsewhere, &cached("None"))]);
}

/// Bicep takes the nearest `bicepconfig.json` and no other.
#[test]
fn the_nearest_configuration_counts() {
    let main = module("service", "br/contoso:apim:1.2.3", "");
    let other =
        r#"{ "moduleAliases": { "br": { "contoso": { "registry": "other.azurecr.io" } } } }"#;
    let files = |near: &str, expected: &[&str]| {
        check(
            &[
                ("bicepconfig.json", ALIASES),
                ("app/bicepconfig.json", near),
                ("app/main.bicep", &main),
                (CACHED, &cached("None")),
            ],
            expected,
        );
    };
    files(
        ALIASES,
        &["warning identity-missing @ app/main.bicep: service"],
    );
    files(other, &[]);
    files("{}", &[]);
    check(
        &[
            ("bicepconfig.json", ALIASES),
            ("app/main.bicep", &main),
            (CACHED, &cached("None")),
        ],
        &["warning identity-missing @ app/main.bicep: service"],
    );
}

#[test]
fn a_module_that_is_not_cached_is_out_of_sight() {
    let main = |params: &str| {
        SYSTEM.to_owned()
            + &module("grant", ADDRESS, params)
            + &named_value("'https://safe.vault.azure.net/secrets/nv'")
    };
    silent(&[("main.bicep", &main("principal: apim.identity.principalId"))]);
    silent(&[("main.bicep", &main("vault: 'safe'"))]);
    check(
        &[("main.bicep", &main("location: 'westeurope'"))],
        &["warning vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

#[test]
fn a_cached_module_grants() {
    let main = |vault: &str| {
        SYSTEM.to_owned()
            + &module("vault", "vault.bicep", "name: 'safe'")
            + &module(
                "grant",
                ADDRESS,
                &format!("vault: '{vault}', principal: apim.identity.principalId"),
            )
            + &named_value("'${vault.outputs.uri}secrets/nv'")
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                (CACHED, ARM_GRANT),
            ],
            expected,
        );
    };
    files(&main("safe"), &[]);
    files(
        &main("another"),
        &["error vault-access-missing @ main.bicep: secretIdentifier"],
    );
}

#[test]
fn a_cached_service_is_granted_through_its_output() {
    let main = |grant: &str| {
        module("vault", "vault.bicep", "name: 'safe'")
            + &module("service", ADDRESS, "")
            + grant
            + &module(
                "read",
                "read.bicep",
                "service: service.outputs.name, uri: vault.outputs.uri",
            )
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("vault.bicep", VAULT),
                ("grant.bicep", GRANT),
                ("read.bicep", READ),
                (CACHED, ARM_SERVICE),
            ],
            expected,
        );
    };
    files(
        &main(&module(
            "grant",
            "grant.bicep",
            "vault: 'safe', principal: service.outputs.principalId",
        )),
        &[],
    );
    files(
        &main(""),
        &["error vault-access-missing @ read.bicep: secretIdentifier"],
    );
}

/// A module of the workspace calls the registry: the place is in the file that holds the call.
#[test]
fn a_cached_module_is_called_by_a_module() {
    let middle = module("service", ADDRESS, "");
    let main = module("middle", "middle.bicep", "");
    check(
        &[
            ("main.bicep", &main),
            ("middle.bicep", &middle),
            (CACHED, &cached("System")),
        ],
        &["error identity-invalid @ middle.bicep: service"],
    );
}

/// What a module of a registry nests is still inside it.
#[test]
fn a_nested_deployment_inside_a_cached_module() {
    let whole = arm(&format!(
        r#""resources": [ {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "template": {} }} }} ]"#,
        cached("System")
    ));
    check(
        &[
            ("main.bicep", &module("service", ADDRESS, "")),
            (CACHED, &whole),
        ],
        &["error identity-invalid @ main.bicep: service"],
    );
}

const AVM_SERVICE: &str = "br/public:avm/res/api-management/service:0.15.0";
const AVM_VAULT: &str = "br/public:avm/res/key-vault/vault:0.14.0";
const AVM_READER: &str = "br/public:avm/res/managed-identity/user-assigned-identity:0.6.0";

#[test]
fn the_verified_service_has_the_identity_that_it_is_given() {
    let main = |more: &str| {
        module(
            "apim",
            AVM_SERVICE,
            &format!("name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b'{more}"),
        )
    };
    for identity in [
        "",
        ", managedIdentities: {}",
        ", managedIdentities: null",
        ", managedIdentities: { systemAssigned: false }",
    ] {
        check(
            &[("main.bicep", &main(identity))],
            &["warning identity-missing @ main.bicep: apim"],
        );
    }
    silent(&[(
        "main.bicep",
        &main(", managedIdentities: { systemAssigned: true }"),
    )]);
    let reader = "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {\n  name: 'reader'\n}\n".to_owned();
    silent(&[(
        "main.bicep",
        &(reader + &main(", managedIdentities: { userAssignedResourceIds: [ reader.id ] }")),
    )]);
    let unknown = "param identities object\n".to_owned() + &main(", managedIdentities: identities");
    silent(&[("main.bicep", &unknown)]);
}

#[test]
fn the_verified_service_needs_an_identity_for_what_is_added_to_it() {
    let main = |more: &str| {
        module(
            "service",
            AVM_SERVICE,
            &format!("name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b'{more}"),
        ) + &module(
            "read",
            "read.bicep",
            "service: service.outputs.name, uri: 'https://safe.vault.azure.net/'",
        )
    };
    check(
        &[("main.bicep", &main("")), ("read.bicep", READ)],
        &["error identity-missing @ main.bicep: service"],
    );
    check(
        &[
            (
                "main.bicep",
                &main(", managedIdentities: { systemAssigned: true }"),
            ),
            ("read.bicep", READ),
        ],
        &["warning vault-access-missing @ read.bicep: secretIdentifier"],
    );
}

#[test]
fn the_verified_vault_grants_what_it_is_given() {
    let main = |more: &str| {
        SYSTEM.to_owned()
            + &module("vault", AVM_VAULT, &format!("name: 'safe'{more}"))
            + &named_value("'${vault.outputs.uri}secrets/nv'")
    };
    let missing = &["error vault-access-missing @ main.bicep: secretIdentifier"][..];
    for (more, expected) in [
        (
            ", roleAssignments: [ { principalId: apim.identity.principalId, roleDefinitionIdOrName: 'Key Vault Secrets User', principalType: 'ServicePrincipal' } ]",
            &[][..],
        ),
        (
            ", roleAssignments: [ { principalId: apim.identity.principalId, roleDefinitionIdOrName: '4633458b-17de-408a-b874-0445c86b69e6', principalType: 'ServicePrincipal' } ]",
            &[],
        ),
        (
            ", enableRbacAuthorization: false, accessPolicies: [ { objectId: apim.identity.principalId, permissions: { secrets: [ 'get', 'list' ] } } ]",
            &[],
        ),
        ("", missing),
        (", roleAssignments: []", missing),
        (", roleAssignments: null", missing),
        (", tags: { team: 'b' }", missing),
    ] {
        check(&[("main.bicep", &main(more))], expected);
    }
    let from_outside =
        "param assignments array\n".to_owned() + &main(", roleAssignments: assignments");
    silent(&[("main.bicep", &from_outside)]);
}

#[test]
fn verified_modules_hand_out_what_others_need() {
    let main = |principal: &str| {
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n".to_owned()
            + &module("reader", AVM_READER, "name: 'reader'")
            + &module(
                "service",
                AVM_SERVICE,
                "name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b', managedIdentities: { systemAssigned: true, userAssignedResourceIds: [ reader.outputs.resourceId ] }",
            )
            + &module(
                "vault",
                AVM_VAULT,
                &format!("name: 'safe', roleAssignments: [ {{ principalId: {principal}, roleDefinitionIdOrName: 'Key Vault Secrets User', principalType: 'ServicePrincipal' }} ]"),
            )
    };
    let system = named_value("'${vault.outputs.uri}secrets/nv'");
    let user = system.replace(
        "secrets/nv'",
        "secrets/nv', identityClientId: reader.outputs.clientId",
    );
    let missing = &["error vault-access-missing @ main.bicep: secretIdentifier"][..];
    for (principal, read, expected) in [
        (
            "service.outputs.systemAssignedMIPrincipalId!",
            &system,
            &[][..],
        ),
        (
            "service.outputs.?systemAssignedMIPrincipalId ?? ''",
            &system,
            &[],
        ),
        ("reader.outputs.principalId", &user, &[]),
        ("reader.outputs.principalId", &system, missing),
        (
            "service.outputs.systemAssignedMIPrincipalId!",
            &user,
            missing,
        ),
    ] {
        check(&[("main.bicep", &(main(principal) + read))], expected);
    }
}

#[test]
fn the_verified_role_assignment_grants() {
    let main = SYSTEM.to_owned()
        + &module("vault", AVM_VAULT, "name: 'safe'")
        + &module(
            "grant",
            "br/public:avm/ptn/authorization/resource-role-assignment:0.1.2",
            "resourceId: vault.outputs.resourceId, principalId: apim.identity.principalId, roleDefinitionId: '4633458b-17de-408a-b874-0445c86b69e6', principalType: 'ServicePrincipal'",
        )
        + &named_value("'${vault.outputs.uri}secrets/nv'");
    silent(&[("main.bicep", &main)]);
}

/// By its whole address a verified module is the same module.
#[test]
fn a_verified_module_by_its_whole_address() {
    let main = module(
        "apim",
        "br:mcr.microsoft.com/bicep/avm/res/api-management/service:0.15.0",
        "name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b'",
    );
    check(
        &[("main.bicep", &main)],
        &["warning identity-missing @ main.bicep: apim"],
    );
}

/// A version that nobody has seen may do anything; neither may a module of that name elsewhere be
/// taken for the verified one.
#[test]
fn another_version_of_a_verified_module_is_out_of_sight() {
    for address in [
        "br/public:avm/res/api-management/service:99.0.0",
        "br/public:avm/res/api-management/service:latest",
        "br:contoso.azurecr.io/bicep/avm/res/api-management/service:0.15.0",
    ] {
        let main = module(
            "apim",
            address,
            "name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b'",
        );
        silent(&[("main.bicep", &main)]);
    }
}

#[test]
fn the_cache_wins_over_what_is_built_in() {
    let main = module(
        "apim",
        AVM_SERVICE,
        "name: 'gateway', publisherEmail: 'a@b.c', publisherName: 'b'",
    );
    let path =
        "/home/.bicep/br/mcr.microsoft.com/bicep$avm$res$api-management$service/0.15.0$/main.json";
    silent(&[("main.bicep", &main), (path, &cached("SystemAssigned"))]);
    judged(
        &[("main.bicep", &main), (path, &cached("System"))],
        &["error identity-invalid"],
    );
}

#[test]
fn a_scenario_of_a_root_that_calls_a_registry() {
    let main = "param kind string\n".to_owned() + &module("service", ADDRESS, "kind: kind");
    let found = only(&[
        ("main.bicep", &main),
        (
            "main.dev.bicepparam",
            "using 'main.bicep'\nparam kind = 'SystemAssigned'\n",
        ),
        (
            "main.prod.bicepparam",
            "using 'main.bicep'\nparam kind = 'None'\n",
        ),
        (CACHED, ARM_KIND),
    ]);
    assert_eq!(found.rule, "identity-missing");
    says(&found, &["main.prod.bicepparam"]);
}
