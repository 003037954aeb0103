use super::{called, property};

const USER: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";

#[test]
fn a_service_has_the_identities_that_it_is_given() {
    let seen = |identities: &str| {
        let program = called(
            "api-management/service",
            &[("managedIdentities", identities)],
        );
        [
            property(&program, "service", &["identity", "type"]),
            property(&program, "service", &["identity", "userAssignedIdentities"]),
        ]
        .join("; ")
    };
    assert_eq!(seen("null"), "absent; absent");
    assert_eq!(seen("{}"), "absent; absent");
    assert_eq!(seen("{ systemAssigned: false }"), "'None'; null");
    assert_eq!(seen("{ systemAssigned: true }"), "'SystemAssigned'; null");
    assert_eq!(
        seen("{ systemAssigned: true, userAssignedResourceIds: [] }"),
        "'SystemAssigned'; null"
    );
    assert_eq!(
        seen(&format!("{{ userAssignedResourceIds: ['{USER}'] }}")),
        format!("'UserAssigned'; {{'{USER}': {{}}}}")
    );
    assert_eq!(
        seen("{ systemAssigned: true, userAssignedResourceIds: [publisherName] }"),
        "'SystemAssigned,UserAssigned'; {publisherName: {}}"
    );
    assert_eq!(
        seen("{ userAssignedResourceIds: split(publisherName, ',') }"),
        "'None' | 'UserAssigned'; null | toobject(split(publisherName, ','), lambda, lambda)"
    );
}

#[test]
fn a_service_reads_what_it_is_given() {
    let program = called(
        "api-management/service",
        &[
            (
                "hostnameConfigurations",
                "[{ type: 'Proxy', hostName: 'h', keyVaultId: 'k', certificateStatus: 'x' }]",
            ),
            (
                "namedValues",
                "[{ name: 'n', displayName: 'n', keyVault: { secretIdentifier: 'i' } }, { name: 'm', displayName: 'm', value: 'v' }]",
            ),
            (
                "workspaces",
                "[{ name: 'w', namedValues: [{ name: 'n', displayName: 'n', keyVault: { secretIdentifier: 'j' } }] }]",
            ),
            ("policies", "[{ value: '<p/>' }]"),
            (
                "apis",
                "[{ name: 'a', policies: [{ value: '<q/>' }], operations: [{ name: 'o', policies: [{ value: '<r/>' }] }] }, { name: 'b' }]",
            ),
            (
                "loggers",
                "[{ name: 'l', type: 'applicationInsights', credentials: { identityClientId: 'c' } }, { name: 'm', credentials: { identityClientId: 'd' } }]",
            ),
            ("privateEndpoints", "[{ subnetResourceId: 's' }]"),
        ],
    );
    let property = |symbol, path: &[&str]| property(&program, symbol, path);
    assert_eq!(
        property("service", &["properties", "hostnameConfigurations"]),
        "[{'type': 'Proxy', 'hostName': 'h', 'keyVaultId': 'k', 'certificateStatus': 'x', 'certificateStatus': null}]"
    );
    assert_eq!(
        property("service", &["properties", "publicNetworkAccess"]),
        "'Disabled'"
    );
    let identifier: &[_] = &["properties", "keyVault", "secretIdentifier"];
    assert_eq!(property("namedValue", identifier), "'i', absent");
    assert_eq!(
        property("namedValue", &["properties", "value"]),
        "null, 'v'"
    );
    assert_eq!(property("workspaceNamedValue", identifier), "'j'");
    assert_eq!(property("workspaceNamedValue", &["name"]), "'${name}/w/n'");
    assert_eq!(property("policy", &["properties", "value"]), "'<p/>'");
    assert_eq!(property("apiPolicy", &["name"]), "'${name}/a/policy'");
    assert_eq!(property("apiPolicy", &["properties", "value"]), "'<q/>'");
    assert_eq!(
        property("operationPolicy", &["name"]),
        "'${name}/a/o/policy'"
    );
    assert_eq!(
        property("operationPolicy", &["properties", "value"]),
        "'<r/>'"
    );
    assert_eq!(
        property("logger", &["properties", "credentials", "identityClientId"]),
        "'c', absent"
    );
}

#[test]
fn a_workspace_is_deployed_with_premium_only() {
    let seen = |sku| {
        let workspaces =
            "[{ name: 'w', displayName: 'w', namedValues: [{ name: 'n', displayName: 'n' }] }]";
        let program = called(
            "api-management/service",
            &[("workspaces", workspaces), ("sku", sku)],
        );
        property(
            &program,
            "workspaceNamedValue",
            &["properties", "displayName"],
        )
    };
    assert_eq!(seen("'Premium'"), "'n'");
    assert_eq!(seen("'PremiumV2'"), "'n'");
    assert_eq!(seen("'Developer'"), "");
}
