//! `vault-subnet-endpoint-missing`: the subnet of a service that reads a vault with a firewall.

use crate::programs::check_of;
use crate::reaching::{
    By, Twin, and, deployment, deployment_with, grant, named_value, plain, private_endpoint,
    reader, service, unseen_module, vault, vault_with, when, with,
};
use crate::repaired::repaired_in;
use crate::twins::judge;
use syntax::Language;

const RULE: &[&str] = &["vault-subnet-endpoint-missing"];
const FOUND: &str = "info vault-subnet-endpoint-missing";

const DENY: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }";
const ENDPOINT: &str =
    "addressPrefix: '10.0.0.0/24', serviceEndpoints: [ { service: 'microsoft.keyvault' } ]";
const OTHER: &str =
    "addressPrefix: '10.0.0.0/24', serviceEndpoints: [ { service: 'Microsoft.Storage' } ]";
const NONE: &str = "addressPrefix: '10.0.0.0/24'";

const SUBNET_ID: &str = "resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'apim')";

/// The service in the subnet `apim` of the network `net`, by an id in Bicep.
fn inside(by: By, kind: &str, id: &str) -> Twin {
    service(
        by,
        (
            &format!(
                "virtualNetworkType: '{kind}'\n    virtualNetworkConfiguration: {{ subnetResourceId: {id} }}"
            ),
            &format!(
                r#""virtualNetworkType": "{kind}", "virtualNetworkConfiguration": {{ "subnetResourceId": "[{SUBNET_ID}]" }}"#
            ),
        ),
        &[],
    )
}

/// A subnet as a resource.
fn subnet(properties: &str) -> Twin {
    plain(
        (
            "subnet",
            "Microsoft.Network/virtualNetworks/subnets",
            "2024-05-01",
            "net/apim",
        ),
        properties,
    )
}

/// A network with a list of subnets.
fn network(subnets: &str) -> Twin {
    plain(
        (
            "net",
            "Microsoft.Network/virtualNetworks",
            "2024-05-01",
            "net",
        ),
        &format!("addressSpace: {{ addressPrefixes: [ '10.0.0.0/16' ] }}{subnets}"),
    )
}

fn list(properties: &str) -> Twin {
    network(&format!(
        ", subnets: [ {{ name: 'other', properties: {{ {ENDPOINT} }} }}, {{ name: 'apim', properties: {{ {properties} }} }} ]"
    ))
}

fn reads(vault: Twin, service: Twin, subnet: Twin) -> Vec<Twin> {
    vec![
        vault,
        service,
        subnet,
        grant(By::System),
        named_value(By::System, &["grant"]),
    ]
}

/// A service in a subnet of these properties, which reads a vault with a firewall.
fn in_subnet(properties: &str) -> Vec<Twin> {
    reads(
        vault(DENY),
        inside(By::System, "Internal", "subnet.id"),
        subnet(properties),
    )
}

const BY_ID: &str = "resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'apim')";

fn in_list(network: Twin) -> Vec<Twin> {
    reads(vault(DENY), inside(By::System, "External", BY_ID), network)
}

fn from(vault: Twin) -> Vec<Twin> {
    reads(
        vault,
        inside(By::System, "Internal", "subnet.id"),
        subnet(NONE),
    )
}

#[test]
fn subnets() {
    let report = judge(
        RULE,
        &[
            deployment("absent", FOUND, &in_subnet(NONE)),
            deployment("another endpoint", FOUND, &in_subnet(OTHER)),
            deployment("endpoint", "", &in_subnet(ENDPOINT)),
            deployment("in a list", FOUND, &in_list(list(NONE))),
            deployment("endpoint in a list", "", &in_list(list(ENDPOINT))),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    absent
      info vault-subnet-endpoint-missing @ subnet: This subnet of `apim` has no service endpoint `Microsoft.KeyVault`, which Azure asks for where a service in a virtual network reads a vault whose firewall is on, as that of `safe`
          see apim: this service is in the subnet
          see safe: this vault has a firewall
    another endpoint
      info vault-subnet-endpoint-missing @ subnet: This subnet of `apim` has no service endpoint `Microsoft.KeyVault`, which Azure asks for where a service in a virtual network reads a vault whose firewall is on, as that of `safe`
          see apim: this service is in the subnet
          see safe: this vault has a firewall
    endpoint
    in a list
      info vault-subnet-endpoint-missing @ 'apim': This subnet of `apim` has no service endpoint `Microsoft.KeyVault`, which Azure asks for where a service in a virtual network reads a vault whose firewall is on, as that of `safe`
          see apim: this service is in the subnet
          see safe: this vault has a firewall
    endpoint in a list
    "#);
    let endpoints = |bicep: &str, json: &str| {
        let part = with(
            &subnet("serviceEndpoints: []"),
            (
                "serviceEndpoints: []",
                &format!("serviceEndpoints: {bicep}"),
            ),
            (
                "\"serviceEndpoints\": []",
                &format!("\"serviceEndpoints\": \"[{json}]\""),
            ),
        );
        reads(
            vault(DENY),
            inside(By::System, "Internal", "subnet.id"),
            part,
        )
    };
    let all = (
        "var good = [ { service: 'Microsoft.KeyVault' } ]\nvar bad = [ { service: 'Microsoft.Sql' } ]\nparam any array\nparam isShort bool\n",
        r#""variables": { "good": [ { "service": "Microsoft.KeyVault" } ], "bad": [ { "service": "Microsoft.Sql" } ] }, "parameters": { "any": { "type": "array" }, "isShort": { "type": "bool" } },"#,
    );
    judge(
        RULE,
        &[
            deployment_with("variable", "", all, &endpoints("good", "variables('good')")),
            deployment_with(
                "bad variable",
                FOUND,
                all,
                &endpoints("bad", "variables('bad')"),
            ),
            deployment_with("parameter", "", all, &endpoints("any", "parameters('any')")),
            deployment_with(
                "joined",
                "",
                all,
                &endpoints(
                    "concat(bad, any)",
                    "concat(variables('bad'), parameters('any'))",
                ),
            ),
            deployment_with(
                "conditional",
                FOUND,
                all,
                &endpoints(
                    "isShort ? bad : good",
                    "if(parameters('isShort'), variables('bad'), variables('good'))",
                ),
            ),
            deployment(
                "declared twice, once right",
                "",
                &and(in_subnet(NONE), list(ENDPOINT)),
            ),
            deployment("declared twice", FOUND, &and(in_subnet(NONE), list(OTHER))),
            deployment("not in the list", "", &in_list(network(""))),
            deployment(
                "network not deployed",
                "",
                &in_list(when(&list(NONE), "false", "false")),
            ),
        ],
    );
}

#[test]
fn services_and_vaults() {
    let of_tier = |tier: &str| {
        reads(
            vault(DENY),
            with(
                &inside(By::System, "External", "subnet.id"),
                ("'Developer'", &format!("'{tier}'")),
                ("\"Developer\"", &format!("\"{tier}\"")),
            ),
            subnet(NONE),
        )
    };
    let existing: Twin = (
        "resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {\n  name: 'net/apim'\n}\n".to_owned(),
        String::new(),
    );
    judge(
        RULE,
        &[
            deployment("Premium", FOUND, &of_tier("Premium")),
            deployment("Premium of version 2", "", &of_tier("PremiumV2")),
            deployment("Standard of version 2", "", &of_tier("StandardV2")),
            deployment("Consumption", "", &of_tier("Consumption")),
            deployment(
                "in no network",
                "",
                &reads(
                    vault(DENY),
                    inside(By::System, "None", "subnet.id"),
                    subnet(NONE),
                ),
            ),
            deployment(
                "existing subnet",
                "",
                &reads(
                    vault(DENY),
                    inside(By::System, "Internal", "subnet.id"),
                    existing,
                ),
            ),
            deployment(
                "reads nothing",
                "",
                &[
                    vault(DENY),
                    inside(By::System, "Internal", "subnet.id"),
                    subnet(NONE),
                ],
            ),
            // Another rule has the cause.
            deployment(
                "user-assigned identity",
                "",
                &[
                    vault(DENY),
                    reader(),
                    inside(By::User, "Internal", "subnet.id"),
                    subnet(NONE),
                    grant(By::User),
                    named_value(By::User, &["grant"]),
                ],
            ),
            deployment("open", "", &from(vault(""))),
            deployment(
                "disabled",
                "",
                &from(vault(
                    "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny' }",
                )),
            ),
            deployment(
                "bypass absent",
                FOUND,
                &from(vault("networkAcls: { defaultAction: 'Deny' }")),
            ),
            deployment(
                "subnet rule alone",
                FOUND,
                &from(vault(
                    "networkAcls: { defaultAction: 'Deny', bypass: 'None', virtualNetworkRules: [ { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/net/subnets/apim' } ] }",
                )),
            ),
            deployment(
                "no bypass",
                "",
                &from(vault(
                    "networkAcls: { defaultAction: 'Deny', bypass: 'None' }",
                )),
            ),
            deployment_with(
                "perhaps disabled",
                "",
                (
                    "param access string",
                    r#""parameters": { "access": { "type": "string" } },"#,
                ),
                &from(vault_with(
                    "publicNetworkAccess: access, networkAcls: { defaultAction: 'Deny' }",
                    r#""publicNetworkAccess": "[parameters('access')]", "networkAcls": { "defaultAction": "Deny" }"#,
                )),
            ),
            deployment(
                "private endpoint",
                "",
                &and(in_subnet(NONE), private_endpoint()),
            ),
            deployment("unseen", "", &and(in_subnet(NONE), unseen_module())),
        ],
    );
}

#[test]
fn modules() {
    let text = |parts: &[Twin]| -> String { parts.iter().map(|part| part.0.as_str()).collect() };
    let main = text(&[
        vault(DENY),
        inside(By::System, "Internal", "net.outputs.id"),
        grant(By::System),
        named_value(By::System, &["grant"]),
    ]) + "module net 'net.bicep' = {\n  name: 'net'\n}\n";
    let net = |properties| subnet(properties).0 + "output id string = subnet.id\n";
    let found = "info vault-subnet-endpoint-missing @ net.bicep: subnet";
    for (properties, expected) in [(NONE, &[found][..]), (ENDPOINT, &[])] {
        check_of(
            RULE,
            &[("main.bicep", &main), ("net.bicep", &net(properties))],
            expected,
        );
    }
    check_of(RULE, &[("main.bicep", &main)], &[]);
}

/// The fixes of a deployment in both languages.
fn fixes(declarations: (&str, &str), resources: &[Twin]) -> String {
    let case = deployment_with("", "", declarations, resources);
    repaired_in(RULE[0], Language::Bicep, &case.bicep)
        + &repaired_in(RULE[0], Language::Json, &case.arm)
}

/// A subnet laid out as people do, whose properties end with these.
fn tall(bicep: &str, json: &str) -> Twin {
    let bicep = format!(
        "resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {{
  name: 'net/apim'
  properties: {{
    addressPrefix: '10.0.0.0/24' // the first{bicep}
  }}
}}
"
    );
    let json = format!(
        r#"{{
      "type": "Microsoft.Network/virtualNetworks/subnets",
      "apiVersion": "2024-05-01",
      "name": "net/apim",
      "properties": {{
        "addressPrefix": "10.0.0.0/24"{json}
      }}
    }}"#
    );
    (bicep, json)
}

fn repaired(declarations: (&str, &str), subnet: Twin) -> String {
    let service = inside(By::System, "Internal", BY_ID);
    fixes(declarations, &reads(vault(DENY), service, subnet))
}

#[test]
fn the_fix_adds_the_endpoint() {
    insta::assert_snapshot!(repaired(("", ""), tall("", "")), @r#"
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.bicep
    +     serviceEndpoints: [
    +       {
    +         service: 'Microsoft.KeyVault'
    +       }
    +     ]
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.json
    -         "addressPrefix": "10.0.0.0/24"
    +         "addressPrefix": "10.0.0.0/24",
    +         "serviceEndpoints": [
    +           {
    +             "service": "Microsoft.KeyVault"
    +           }
    +         ]
    "#);
    let list = tall(
        "
    serviceEndpoints: [
      {
        service: 'Microsoft.Storage'
      }
    ]",
        r#",
        "serviceEndpoints": [
          {
            "service": "Microsoft.Storage"
          }
        ]"#,
    );
    insta::assert_snapshot!(repaired(("", ""), list), @r#"
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.bicep
    +       {
    +         service: 'Microsoft.KeyVault'
    +       }
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.json
    +           },
    +           {
    +             "service": "Microsoft.KeyVault"
    "#);
}

#[test]
fn the_fix_goes_where_the_list_is_written() {
    let named = |output: &str, outputs: &str| {
        repaired(
            (
                &format!("var endpoints = [\n  {{ service: 'Microsoft.Sql' }}\n]\n{output}"),
                &format!(
                    r#""variables": {{ "endpoints": [ {{ "service": "Microsoft.Sql" }} ] }},{outputs}"#
                ),
            ),
            tall(
                "\n    serviceEndpoints: endpoints",
                ",\n        \"serviceEndpoints\": \"[variables('endpoints')]\"",
            ),
        )
    };
    insta::assert_snapshot!(named("", ""), @r#"
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.bicep
    +   {
    +     service: 'Microsoft.KeyVault'
    +   }
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.json
    -   "variables": { "endpoints": [ { "service": "Microsoft.Sql" } ] },
    +   "variables": { "endpoints": [
    +     { "service": "Microsoft.Sql" },
    +     {
    +       "service": "Microsoft.KeyVault"
    +     }
    +   ] },
    "#);
    let shared = named(
        "output all array = endpoints\n",
        r#" "outputs": { "all": { "type": "array", "value": "[variables('endpoints')]" } },"#,
    );
    insta::assert_snapshot!(shared, @r#"
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.bicep
    -     serviceEndpoints: endpoints
    +     serviceEndpoints: concat(endpoints, [{ service: 'Microsoft.KeyVault' }])
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.json
    -         "serviceEndpoints": "[variables('endpoints')]"
    +         "serviceEndpoints": "[concat(variables('endpoints'), createArray(createObject('service', 'Microsoft.KeyVault')))]"
    "#);
}

#[test]
fn the_fix_repairs_both_declarations() {
    let mut both = in_list(list(NONE));
    both.push(tall("", ""));
    insta::assert_snapshot!(fixes(("", ""), &both), @r#"
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.bicep
    -   properties: { addressPrefix: '10.0.0.0/24' } } ] }
    +   properties: {
    +     addressPrefix: '10.0.0.0/24'
    +     serviceEndpoints: [
    +       {
    +         service: 'Microsoft.KeyVault'
    +       }
    +     ]
    +   } } ] }
    +     serviceEndpoints: [
    +       {
    +         service: 'Microsoft.KeyVault'
    +       }
    +     ]
    Add the service endpoint Microsoft.KeyVault to the subnet (unsafe)
    main.json
    -     { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "net", "location": "westeurope", "properties": { "addressSpace": { "addressPrefixes": [ "10.0.0.0/16" ] }, "subnets": [ { "name": "other", "properties": { "addressPrefix": "10.0.0.0/24", "serviceEndpoints": [ { "service": "microsoft.keyvault" } ] } }, { "name": "apim", "properties": { "addressPrefix": "10.0.0.0/24" } } ] } },
    +     { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "net", "location": "westeurope", "properties": { "addressSpace": { "addressPrefixes": [ "10.0.0.0/16" ] }, "subnets": [ { "name": "other", "properties": { "addressPrefix": "10.0.0.0/24", "serviceEndpoints": [ { "service": "microsoft.keyvault" } ] } }, { "name": "apim", "properties": {
    +       "addressPrefix": "10.0.0.0/24",
    +       "serviceEndpoints": [
    +         {
    +           "service": "Microsoft.KeyVault"
    +         }
    +       ]
    +     } } ] } },
    -         "addressPrefix": "10.0.0.0/24"
    +         "addressPrefix": "10.0.0.0/24",
    +         "serviceEndpoints": [
    +           {
    +             "service": "Microsoft.KeyVault"
    +           }
    +         ]
    "#);
}
