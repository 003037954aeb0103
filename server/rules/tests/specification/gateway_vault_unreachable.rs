//! `gateway-vault-unreachable`: policies that call what has a firewall.

use crate::programs::check_of;
use crate::reaching::{
    Twin, and, deployment, deployment_with, existing_vault, id, perimeter_rule, plain, policy,
    policy_with, private_endpoint, resource, unseen_module, vault, vault_with, when,
};
use crate::twins::judge;

const RULE: &[&str] = &["gateway-vault-unreachable"];
const FOUND: &str = "info gateway-vault-unreachable";

const DENY: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }";
const DISABLED: &str = "publicNetworkAccess: 'Disabled'";

/// A document that sends a request to an address.
fn sending(address: &str) -> String {
    format!(
        r#"<policies><inbound><send-request mode="new" response-variable-name="r"><set-url>{address}</set-url><set-method>GET</set-method></send-request></inbound></policies>"#
    )
}

/// A policy that asks the vault `safe`, by its literal address.
fn asks() -> Twin {
    policy(&sending("https://safe.vault.azure.net/secrets/a"))
}

/// A policy that asks an address which is an interpolation in Bicep, and arguments of `concat` in ARM JSON.
fn asks_at(bicep: &str, json: &str) -> Twin {
    policy_with(
        &format!("'{}'", sending(bicep)),
        &format!(
            "[concat('{}', {json}, '</set-url></send-request></inbound></policies>')]",
            r#"<policies><inbound><send-request mode=\"new\"><set-url>"#
        ),
    )
}

fn storage(properties: &str) -> Twin {
    plain(
        (
            "store",
            "Microsoft.Storage/storageAccounts",
            "2023-05-01",
            "store",
        ),
        properties,
    )
}

fn namespace(kind: &str, properties: &str) -> Twin {
    plain(
        (
            "bus",
            &format!("Microsoft.{kind}/namespaces"),
            "2024-01-01",
            "bus",
        ),
        properties,
    )
}

fn rule_set(kind: &str, properties: &str) -> Twin {
    let (bicep, json) = plain(
        (
            "rules",
            &format!("Microsoft.{kind}/namespaces/networkRuleSets"),
            "2024-01-01",
            "bus/default",
        ),
        properties,
    );
    (
        bicep.replace("location: 'westeurope'", ""),
        json.replace(r#""location": "westeurope","#, ""),
    )
}

const STORE_ID: &str = "resourceId('Microsoft.Storage/storageAccounts', 'store')";

#[test]
fn vaults() {
    let report = judge(
        RULE,
        &[
            deployment("selected networks", FOUND, &[vault(DENY), asks()]),
            deployment("disabled", FOUND, &[vault(DISABLED), asks()]),
            deployment(
                "perimeter",
                FOUND,
                &[vault("publicNetworkAccess: 'SecuredByPerimeter'"), asks()],
            ),
            deployment(
                "run-time address",
                FOUND,
                &[
                    vault(DENY),
                    asks_at(
                        "${safe.properties.vaultUri}secrets/a",
                        &format!(
                            "reference({}, '2026-02-01').vaultUri, 'secrets/a'",
                            id("safe")
                        ),
                    ),
                ],
            ),
            deployment(
                "name and suffix",
                FOUND,
                &[
                    vault(DENY),
                    asks_at(
                        "https://${safe.name}${environment().suffixes.keyvaultDns}/secrets/a",
                        "'https://', 'safe', environment().suffixes.keyvaultDns, '/secrets/a'",
                    ),
                ],
            ),
            deployment(
                "backend",
                FOUND,
                &[
                    vault(DENY),
                    policy(
                        r#"<policies><inbound><set-backend-service base-url="https://SAFE.vault.azure.net" /></inbound></policies>"#,
                    ),
                ],
            ),
            deployment(
                "policy expression",
                FOUND,
                &[
                    vault(DENY),
                    policy(&sending(
                        r#"@("https://safe.vault.azure.net/secrets/" + context.Api.Id)"#,
                    )),
                ],
            ),
            deployment_with(
                "conditional firewall",
                FOUND,
                (
                    "param isShut bool",
                    r#""parameters": { "isShut": { "type": "bool" } },"#,
                ),
                &[
                    vault_with(
                        "networkAcls: { defaultAction: isShut ? 'Deny' : 'Allow' }",
                        r#""networkAcls": { "defaultAction": "[if(parameters('isShut'), 'Deny', 'Allow')]" }"#,
                    ),
                    asks(),
                ],
            ),
            deployment_with(
                "conditional vault",
                FOUND,
                (
                    "param isNew bool",
                    r#""parameters": { "isNew": { "type": "bool" } },"#,
                ),
                &[
                    when(&vault(DENY), "isNew", "\"[parameters('isNew')]\""),
                    asks(),
                ],
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    selected networks
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    disabled
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a private endpoint or a network security perimeter
          see 'Disabled': this turns the firewall on
    perimeter
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a private endpoint or a network security perimeter
          see 'SecuredByPerimeter': this turns the firewall on
    run-time address
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    name and suffix
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    backend
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    policy expression
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    conditional firewall
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on when `isShut` is true, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    conditional vault
      info gateway-vault-unreachable @ value: The policy `policy` calls `safe` at run time, but the firewall of `safe` is on when `isNew` is true, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    "#);
}

#[test]
fn ways_to_a_vault() {
    judge(
        RULE,
        &[
            deployment("open", "", &[vault(""), asks()]),
            deployment(
                "allowed",
                "",
                &[vault("networkAcls: { defaultAction: 'Allow' }"), asks()],
            ),
            deployment(
                "subnet",
                "",
                &[
                    vault(
                        "networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [ { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/apim' } ] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "address",
                "",
                &[
                    vault(
                        "networkAcls: { defaultAction: 'Deny', ipRules: [ { value: '203.0.113.7' } ] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "empty lists",
                FOUND,
                &[
                    vault(
                        "networkAcls: { defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "disabled overrides rules",
                FOUND,
                &[
                    vault(
                        "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny', ipRules: [ { value: '203.0.113.7' } ] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "private endpoint",
                "",
                &[vault(DISABLED), private_endpoint(), asks()],
            ),
            deployment(
                "perimeter's rule",
                "",
                &[
                    vault("publicNetworkAccess: 'SecuredByPerimeter'"),
                    perimeter_rule(),
                    asks(),
                ],
            ),
            deployment(
                "perimeter out of sight",
                "",
                &[
                    vault("publicNetworkAccess: 'SecuredByPerimeter'"),
                    resource(
                        (
                            "inside",
                            "Microsoft.Network/networkSecurityPerimeters/resourceAssociations",
                            "2024-07-01",
                            "perimeter/vault",
                        ),
                        (
                            "properties: { privateLinkResource: { id: safe.id } }",
                            &format!(
                                r#""properties": {{ "privateLinkResource": {{ "id": "[{}]" }} }}"#,
                                id("safe")
                            ),
                        ),
                    ),
                    asks(),
                ],
            ),
            deployment("unseen", "", &[vault(DENY), unseen_module(), asks()]),
            deployment("existing", "", &[existing_vault(), asks()]),
            deployment(
                "another vault",
                "",
                &and(
                    vec![vault(DENY)],
                    policy(&sending("https://other.vault.azure.net/secrets/a")),
                ),
            ),
            deployment(
                "not deployed",
                "",
                &[when(&vault(DENY), "false", "false"), asks()],
            ),
            deployment(
                "policy not deployed",
                "",
                &[vault(DENY), when(&asks(), "false", "false")],
            ),
            deployment_with(
                "unknown",
                "",
                (
                    "param action string",
                    r#""parameters": { "action": { "type": "string" } },"#,
                ),
                &[
                    vault_with(
                        "networkAcls: { defaultAction: action }",
                        r#""networkAcls": { "defaultAction": "[parameters('action')]" }"#,
                    ),
                    asks(),
                ],
            ),
            deployment_with(
                "unknown addresses",
                "",
                (
                    "param addresses array",
                    r#""parameters": { "addresses": { "type": "array" } },"#,
                ),
                &[
                    vault_with(
                        "networkAcls: { defaultAction: 'Deny', ipRules: addresses }",
                        r#""networkAcls": { "defaultAction": "Deny", "ipRules": "[parameters('addresses')]" }"#,
                    ),
                    asks(),
                ],
            ),
        ],
    );
}

/// An address that a document merely has is no call.
#[test]
fn what_is_no_call() {
    let inbound = |text: &str| policy(&format!("<policies><inbound>{text}</inbound></policies>"));
    let silent = [
        (
            "comment",
            inbound("<!-- <set-url>https://safe.vault.azure.net/</set-url> -->"),
        ),
        (
            "redirect",
            inbound(
                r#"<return-response><set-header name="Location"><value>https://safe.vault.azure.net/</value></set-header></return-response>"#,
            ),
        ),
        (
            "origin",
            inbound(
                "<cors><allowed-origins><origin>https://safe.vault.azure.net</origin></allowed-origins></cors>",
            ),
        ),
        (
            "token",
            inbound(r#"<authentication-managed-identity resource="https://vault.azure.net" />"#),
        ),
        (
            "query",
            policy(&sending(
                "https://proxy.example.org/?to=https://safe.vault.azure.net/",
            )),
        ),
        (
            "compared",
            policy(&sending(
                r#"@(context.Request.Url.Host == "https://safe.vault.azure.net" ? "https://a.example.org" : "https://b.example.org")"#,
            )),
        ),
        (
            "appended",
            policy(&sending(
                r#"@("https://a.example.org/?u=" + "https://safe.vault.azure.net")"#,
            )),
        ),
        (
            "named value before",
            policy(&sending("https://{{stage}}safe.vault.azure.net/")),
        ),
        (
            "named value",
            policy(&sending("https://{{vault}}.vault.azure.net/")),
        ),
        (
            "placeholder",
            policy(&sending("https://__stage__safe.vault.azure.net/")),
        ),
        (
            "longer name",
            policy(&sending("https://very-safe.vault.azure.net/")),
        ),
        (
            "label before",
            policy(&sending("https://safe.privatelink.vault.azure.net/")),
        ),
        (
            "longer host",
            policy(&sending("https://safe.vault.azure.net.example.org/")),
        ),
        (
            "link",
            policy("https://safe.vault.azure.net/secrets/policy"),
        ),
    ];
    let cases: Vec<_> = silent
        .into_iter()
        .map(|(name, policy)| deployment(name, "", &[vault(DENY), policy]))
        .collect();
    judge(RULE, &cases);
    let with = |name, expected, bicep: &str, json: &str| {
        let (before, after) = (
            "var short = 'safe'\nparam stage string\n",
            r#""variables": { "short": "safe" }, "parameters": { "stage": { "type": "string" } },"#,
        );
        deployment_with(
            name,
            expected,
            (before, after),
            &[vault(DENY), asks_at(bicep, json)],
        )
    };
    judge(
        RULE,
        &[
            with(
                "a variable",
                FOUND,
                "https://${short}.vault.azure.net/",
                "'https://', variables('short'), '.vault.azure.net/'",
            ),
            with(
                "a part of the name",
                "",
                "https://${stage}safe.vault.azure.net/",
                "'https://', parameters('stage'), 'safe.vault.azure.net/'",
            ),
            with(
                "another part",
                "",
                "https://${stage}-${short}.vault.azure.net/",
                "'https://', parameters('stage'), '-', variables('short'), '.vault.azure.net/'",
            ),
            with(
                "not the name",
                "",
                "https://${short}{{name}}.vault.azure.net/",
                "'https://', variables('short'), '{{name}}.vault.azure.net/'",
            ),
        ],
    );
}

/// The name of a vault that only the deployment knows.
#[test]
fn unknown_names() {
    let declarations = (
        "param name string\nparam other string\n",
        r#""parameters": { "name": { "type": "string" }, "other": { "type": "string" } },"#,
    );
    let named = |bicep: &str, json: &str| {
        let (own, own_json) = vault(DENY);
        (
            own.replacen("name: 'safe'", &format!("name: {bicep}"), 1),
            own_json.replacen(r#""name": "safe""#, &format!(r#""name": "[{json}]""#), 1),
        )
    };
    let case = |name, expected, vault: Twin, bicep: &str, json: &str| {
        deployment_with(name, expected, declarations, &[vault, asks_at(bicep, json)])
    };
    judge(
        RULE,
        &[
            case(
                "the same parameter",
                FOUND,
                named("name", "parameters('name')"),
                "https://${name}.vault.azure.net/",
                "'https://', parameters('name'), '.vault.azure.net/'",
            ),
            case(
                "built alike",
                FOUND,
                named("'kv-${name}'", "concat('kv-', parameters('name'))"),
                "https://kv-${name}.vault.azure.net/",
                "'https://kv-', parameters('name'), '.vault.azure.net/'",
            ),
            case(
                "another parameter",
                "",
                named("name", "parameters('name')"),
                "https://${other}.vault.azure.net/",
                "'https://', parameters('other'), '.vault.azure.net/'",
            ),
            case(
                "the parameter is a part of another name",
                "",
                named("name", "parameters('name')"),
                "https://kv-${name}.vault.azure.net/",
                "'https://kv-', parameters('name'), '.vault.azure.net/'",
            ),
        ],
    );
}

#[test]
fn documents() {
    let of = |bicep: &str, json: &str| [vault(DENY), policy_with(bicep, json)];
    judge(
        RULE,
        &[
            deployment(
                "format",
                FOUND,
                &of(
                    "format('<policies><inbound><set-url>{0}secrets</set-url></inbound></policies>', safe.properties.vaultUri)",
                    &format!(
                        "[format('<policies><inbound><set-url>{{0}}secrets</set-url></inbound></policies>', reference({}, '2026-02-01').vaultUri)]",
                        id("safe")
                    ),
                ),
            ),
            deployment(
                "replace",
                FOUND,
                &of(
                    "replace('<policies><inbound><set-url>__uri__secrets</set-url></inbound></policies>', '__uri__', safe.properties.vaultUri)",
                    &format!(
                        "[replace('<policies><inbound><set-url>__uri__secrets</set-url></inbound></policies>', '__uri__', reference({}, '2026-02-01').vaultUri)]",
                        id("safe")
                    ),
                ),
            ),
            deployment(
                "lines",
                FOUND,
                &of(
                    "'''\n<policies>\n  <inbound>\n    <set-url>\n      https://safe.vault.azure.net/\n    </set-url>\n  </inbound>\n</policies>\n'''",
                    r"<policies>\n  <inbound>\n    <set-url>\n      https://safe.vault.azure.net/\n    </set-url>\n  </inbound>\n</policies>",
                ),
            ),
            deployment_with(
                "unknown",
                "",
                (
                    "param document string",
                    r#""parameters": { "document": { "type": "string" } },"#,
                ),
                &of("document", "[parameters('document')]"),
            ),
        ],
    );
    let at = |path: &str, name: &str| {
        let (bicep, json) = asks();
        let change = |text: String| {
            text.replace("service/policies", &format!("service/{path}"))
                .replace("gateway/policy", name)
        };
        [vault(DENY), (change(bicep), change(json))]
    };
    judge(
        RULE,
        &[
            deployment("api", FOUND, &at("apis/policies", "gateway/a/policy")),
            deployment(
                "operation",
                FOUND,
                &at("apis/operations/policies", "gateway/a/o/policy"),
            ),
            deployment(
                "product",
                FOUND,
                &at("products/policies", "gateway/p/policy"),
            ),
            deployment("fragment", FOUND, &at("policyFragments", "gateway/f")),
            deployment(
                "workspace",
                FOUND,
                &at("workspaces/policies", "gateway/w/policy"),
            ),
            deployment(
                "workspace fragment",
                FOUND,
                &at("workspaces/policyFragments", "gateway/w/f"),
            ),
            deployment("restriction", "", &at("policyRestrictions", "gateway/r")),
        ],
    );
}

#[test]
fn storage_accounts() {
    let asks = || policy(&sending("https://store.blob.core.windows.net/c/b"));
    let endpoint = || {
        let (bicep, json) = private_endpoint();
        (
            bicep.replace("safe.id", "store.id"),
            json.replace(&id("safe"), STORE_ID),
        )
    };
    let report = judge(
        RULE,
        &[
            deployment("selected networks", FOUND, &[storage(DENY), asks()]),
            deployment("disabled", FOUND, &[storage(DISABLED), asks()]),
            deployment(
                "open",
                "",
                &[storage("allowBlobPublicAccess: false"), asks()],
            ),
            deployment(
                "endpoints",
                FOUND,
                &[
                    storage(DENY),
                    asks_at(
                        "${store.properties.primaryEndpoints.blob}c/b",
                        &format!(
                            "reference({STORE_ID}, '2023-05-01').primaryEndpoints.blob, 'c/b'"
                        ),
                    ),
                ],
            ),
            deployment(
                "name and suffix",
                FOUND,
                &[
                    storage(DENY),
                    asks_at(
                        "https://${store.name}.queue.${environment().suffixes.storage}/q",
                        "'https://store.queue.', environment().suffixes.storage, '/q'",
                    ),
                ],
            ),
            deployment(
                "web site",
                "",
                &[
                    storage(DENY),
                    asks_at(
                        "${store.properties.primaryEndpoints.web}index.html",
                        &format!(
                            "reference({STORE_ID}, '2023-05-01').primaryEndpoints.web, 'index.html'"
                        ),
                    ),
                ],
            ),
            deployment(
                "another property",
                "",
                &[
                    storage(DENY),
                    asks_at(
                        "https://a.example.org/?from=${store.properties.primaryEndpoints.blob}",
                        &format!(
                            "'https://a.example.org/?from=', reference({STORE_ID}, '2023-05-01').primaryEndpoints.blob"
                        ),
                    ),
                ],
            ),
            deployment(
                "address",
                "",
                &[
                    storage(
                        "networkAcls: { defaultAction: 'Deny', ipRules: [ { value: '203.0.113.7' } ] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "the service itself",
                "",
                &[
                    storage(
                        "networkAcls: { defaultAction: 'Deny', resourceAccessRules: [ { resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/gateway' } ] }",
                    ),
                    asks(),
                ],
            ),
            deployment(
                "private endpoint",
                "",
                &[storage(DISABLED), endpoint(), asks()],
            ),
            deployment(
                "private endpoint of another",
                FOUND,
                &[vault(""), storage(DISABLED), private_endpoint(), asks()],
            ),
            deployment(
                "unseen",
                "",
                &[
                    storage(DENY),
                    (
                        unseen_module().0.replace("safe.id", "store.id"),
                        unseen_module().1.replace(&id("safe"), STORE_ID),
                    ),
                    asks(),
                ],
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    selected networks
      info gateway-vault-unreachable @ value: The policy `policy` calls `store` at run time, but the firewall of `store` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    disabled
      info gateway-vault-unreachable @ value: The policy `policy` calls `store` at run time, but the firewall of `store` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a private endpoint or a network security perimeter
          see 'Disabled': this turns the firewall on
    open
    endpoints
      info gateway-vault-unreachable @ value: The policy `policy` calls `store` at run time, but the firewall of `store` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    name and suffix
      info gateway-vault-unreachable @ value: The policy `policy` calls `store` at run time, but the firewall of `store` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a subnet or address rule, a private endpoint or a network security perimeter
          see 'Deny': this turns the firewall on
    web site
    another property
    address
    the service itself
    private endpoint
    private endpoint of another
      info gateway-vault-unreachable @ value: The policy `policy` calls `store` at run time, but the firewall of `store` is on, and this deployment shows no way through it for the gateway: since March 2026 gateways are no trusted services. Let it in by a private endpoint or a network security perimeter
          see 'Disabled': this turns the firewall on
    unseen
    "#);
}

#[test]
fn namespaces() {
    let sends = || {
        policy(
            r#"<policies><inbound><send-service-bus-message queue-name="q" namespace="bus.servicebus.windows.net"><payload>a</payload></send-service-bus-message></inbound></policies>"#,
        )
    };
    let asks = || policy(&sending("https://bus.servicebus.windows.net/q/messages"));
    let mut cases = Vec::new();
    for kind in ["ServiceBus", "EventHub"] {
        cases.extend([
            deployment("open", "", &[namespace(kind, "zoneRedundant: true"), asks()]),
            deployment("disabled", FOUND, &[namespace(kind, DISABLED), asks()]),
            deployment("message", FOUND, &[namespace(kind, DISABLED), sends()]),
            deployment(
                "run-time address",
                FOUND,
                &[
                    namespace(kind, DISABLED),
                    asks_at(
                        "${bus.properties.serviceBusEndpoint}q/messages",
                        &format!("reference(resourceId('Microsoft.{kind}/namespaces', 'bus'), '2024-01-01').serviceBusEndpoint, 'q/messages'"),
                    ),
                ],
            ),
            // The firewall of a namespace is a child of it.
            deployment("no such property", "", &[namespace(kind, DENY), asks()]),
            deployment(
                "rules",
                "",
                &[
                    namespace(kind, ""),
                    rule_set(kind, "defaultAction: 'Deny', ipRules: [ { ipMask: '203.0.113.7', action: 'Allow' } ]"),
                    asks(),
                ],
            ),
            deployment(
                "disabled with rules",
                "",
                &[
                    namespace(kind, DISABLED),
                    rule_set(kind, "publicNetworkAccess: 'Enabled', defaultAction: 'Deny'"),
                    asks(),
                ],
            ),
        ]);
    }
    judge(RULE, &cases);
}

/// The policy is in another file, or its document is.
#[test]
fn files() {
    let (safe, _) = vault(DENY);
    let document = sending("https://safe.vault.azure.net/secrets/a");
    let (loads, _) = policy_with("loadTextContent('policy.xml')", "");
    check_of(
        RULE,
        &[
            ("main.bicep", &format!("{safe}{loads}")),
            ("policy.xml", &document),
        ],
        &["info gateway-vault-unreachable @ main.bicep: value"],
    );
    let (fills, _) = policy_with(
        "replace(loadTextContent('policy.xml'), '{uri}', safe.properties.vaultUri)",
        "",
    );
    check_of(
        RULE,
        &[
            ("main.bicep", &format!("{safe}{fills}")),
            ("policy.xml", &sending("{uri}secrets/a")),
        ],
        &["info gateway-vault-unreachable @ main.bicep: value"],
    );
    check_of(RULE, &[("main.bicep", &format!("{safe}{loads}"))], &[]);
    let (asks, _) = policy_with(&format!("'{}'", sending("${uri}secrets/a")), "");
    let module = format!("param uri string\n{asks}");
    let main = "module keep 'keep.bicep' = {\n  name: 'keep'\n}\nmodule it 'it.bicep' = {\n  name: 'it'\n  params: { uri: keep.outputs.uri }\n}\n";
    let keep = |vault: &str| format!("{vault}output uri string = safe.properties.vaultUri\n");
    check_of(
        RULE,
        &[
            ("main.bicep", main),
            ("keep.bicep", &keep(&safe)),
            ("it.bicep", &module),
        ],
        &["info gateway-vault-unreachable @ it.bicep: value"],
    );
    let existing = existing_vault().0;
    check_of(
        RULE,
        &[
            ("main.bicep", main),
            ("keep.bicep", &keep(&existing)),
            ("it.bicep", &module),
        ],
        &[],
    );
}
