//! `hostname-before-access`: what the three ways out make of a template.

use crate::repaired::repaired;

const RULE: &str = "hostname-before-access";

const BICEP: &str = "@description('The name of the service.')
param apimName string

@description('Where everything is.')
param location string = resourceGroup().location

param skuName 'Developer' | 'Premium' = 'Developer'

@secure()
@description('The key of the portal.')
param portalKey string

var tags = {
  team: 'gateway'
}

resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: '${apimName}-kv'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enablePurgeProtection: true
  }
}

// The gateway of all teams.
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  tags: tags
  sku: {
    name: skuName
    capacity: 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
    customProperties: {
      key: portalKey
    }
    // Certificates come from the vault.
    hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: 'api.contoso.com'
        keyVaultId: '${keyVault.properties.vaultUri}secrets/api' // renewed each year
      }
      {
        type: 'DeveloperPortal'
        hostName: 'portal.contoso.com'
        certificateSource: 'Managed'
      }
    ]
  }
}

resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
  scope: keyVault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource logger 'Microsoft.ApiManagement/service/groups@2024-05-01' = {
  parent: apim
  name: 'team'
  properties: {
    displayName: 'Team'
  }
}
";

const ARM: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "apimName": {
      "type": "string",
      "metadata": {
        "description": "The name of the service."
      }
    }
  },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "contoso-kv",
      "location": "[resourceGroup().location]",
      "properties": {
        "tenantId": "[tenant().tenantId]",
        "sku": {
          "family": "A",
          "name": "standard"
        },
        "enablePurgeProtection": true
      }
    },
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "[parameters('apimName')]",
      "location": "[resourceGroup().location]",
      "sku": {
        "name": "Developer",
        "capacity": 1
      },
      "identity": {
        "type": "SystemAssigned"
      },
      "dependsOn": [
        "[resourceId('Microsoft.KeyVault/vaults', 'contoso-kv')]"
      ],
      "properties": {
        "publisherEmail": "api@contoso.com",
        "publisherName": "Contoso",
        "hostnameConfigurations": [
          {
            "type": "Proxy", // the gateway
            "hostName": "api.contoso.com",
            "keyVaultId": "https://contoso-kv.vault.azure.net/secrets/api"
          }
        ]
      }
    },
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "scope": "[resourceId('Microsoft.KeyVault/vaults', 'contoso-kv')]",
      "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'contoso-kv'), resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '4633458b-17de-408a-b874-0445c86b69e6')]",
      "dependsOn": [
        "[resourceId('Microsoft.KeyVault/vaults', 'contoso-kv')]",
        "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]"
      ],
      "properties": {
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]",
        "principalType": "ServicePrincipal"
      }
    }
  ]
}
"#;

/// A text with one part of it replaced.
#[track_caller]
fn with(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old} is there once");
    text.replace(old, new)
}

#[track_caller]
fn bicep(text: &str) -> String {
    repaired(RULE, &[("main.bicep", text)])
}

#[track_caller]
fn arm(text: &str) -> String {
    repaired(RULE, &[("main.json", text)])
}

#[test]
fn in_bicep() {
    insta::assert_snapshot!(bicep(BICEP));
}

#[test]
fn in_arm_json() {
    insta::assert_snapshot!(arm(ARM));
}

const LIST: &str = "[
      {
        type: 'Proxy'
        hostName: 'api.contoso.com'
        keyVaultId: '${keyVault.properties.vaultUri}secrets/api' // renewed each year
      }
      {
        type: 'DeveloperPortal'
        hostName: 'portal.contoso.com'
        certificateSource: 'Managed'
      }
    ]";

const JSON_LIST: &str = r#"[
          {
            "type": "Proxy", // the gateway
            "hostName": "api.contoso.com",
            "keyVaultId": "https://contoso-kv.vault.azure.net/secrets/api"
          }
        ]"#;

#[test]
fn a_list_in_a_variable() {
    let text = with(BICEP, LIST, "hostnames");
    let hostnames = LIST.replace("\n    ", "\n");
    let text = with(
        &text,
        "var tags",
        &format!("var hostnames = {hostnames}\n\nvar tags"),
    );
    let json = with(ARM, JSON_LIST, "\"[variables('hosts')]\"");
    let hosts = JSON_LIST.replace("\n     ", "\n");
    let json = with(
        &json,
        "  \"resources\"",
        &format!("  \"variables\": {{\n    \"hosts\": {hosts}\n  }},\n  \"resources\""),
    );
    insta::assert_snapshot!(bicep(&text) + &arm(&json));
}

#[test]
fn a_conditional_service() {
    let text = with(
        BICEP,
        "2024-05-01' = {\n  name: apimName",
        "2024-05-01' = if (hasApim) {\n  name: apimName",
    );
    let text = with(&text, "var tags", "param hasApim bool\n\nvar tags");
    let text = with(&text, "2022-04-01' = {", "2022-04-01' = if (hasApim) {");
    let text = with(
        &text,
        "apim.identity.principalId",
        "apim!.identity.principalId",
    );
    let json = with(
        ARM,
        "      \"type\": \"Microsoft.ApiManagement/service\",",
        "      \"condition\": \"[parameters('hasApim')]\",\n      \"type\": \"Microsoft.ApiManagement/service\",",
    );
    let json = with(
        &json,
        "      \"type\": \"Microsoft.Authorization/roleAssignments\",",
        "      \"condition\": \"[parameters('hasApim')]\",\n      \"type\": \"Microsoft.Authorization/roleAssignments\",",
    );
    let json = with(
        &json,
        "\"parameters\": {",
        "\"parameters\": {\n    \"hasApim\": {\n      \"type\": \"bool\"\n    },",
    );
    insta::assert_snapshot!(bicep(&text) + &arm(&json));
}

/// Loops, choices, and what is computed.
#[test]
fn other_lists() {
    let list = |list: &str, json: &str| {
        bicep(&with(BICEP, LIST, list)) + &arm(&with(ARM, JSON_LIST, json))
    };
    let host =
        "type: 'Proxy', hostName: name, keyVaultId: '${keyVault.properties.vaultUri}secrets/api'";
    let json_host = r#""type": "Proxy", "hostName": "a.contoso.com", "keyVaultId": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'contoso-kv'), '2026-02-01').vaultUri, 'secrets/api')]""#;
    let mut report = list(
        &format!("[for name in ['a.contoso.com', 'b.contoso.com']: {{ {host} }}]"),
        &format!("[ {{ {json_host} }} ]"),
    );
    report += &list(
        &format!(
            "startsWith(apimName, 'x') ? [ {{ {} }} ] : concat([], [ {{ {} }} ])",
            host.replace("name", "'a'"),
            host.replace("name", "'b'")
        ),
        &format!("[ {{ {json_host} /* the only one */ }} ]"),
    );
    insta::assert_snapshot!(report);
}

#[test]
fn line_breaks_of_windows_and_one_line() {
    let minified: String = ARM
        .lines()
        .map(|line| line.trim().replace(" // the gateway", ""))
        .collect();
    let windows = bicep(&BICEP.replace('\n', "\r\n"));
    assert_eq!(windows, bicep(BICEP), "but for the line breaks");
    insta::assert_snapshot!(arm(&minified));
}

#[test]
fn names_that_are_taken() {
    let text = with(
        BICEP,
        "param skuName",
        "param vaultAccessGranted bool\nparam apimIdentity string\nparam keyVaultUri string\nparam skuName",
    );
    let taken = "param x string\n";
    insta::assert_snapshot!(repaired(
        RULE,
        &[("main.bicep", &text), ("apimHostnames.bicep", taken)]
    ));
}

/// Nothing grants access yet, and the vault is there already.
#[test]
fn without_a_grant() {
    let grant =
        &BICEP[BICEP.find("resource secretsUser").unwrap()..BICEP.find("resource logger").unwrap()];
    let text = with(BICEP, grant, "");
    let vault =
        &text[text.find("resource keyVault").unwrap()..text.find("// The gateway").unwrap()];
    let existing = "resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {\n  name: 'contoso-kv'\n}\n\n";
    let start = ARM
        .find(",\n    {\n      \"type\": \"Microsoft.Authorization")
        .unwrap();
    let end = ARM.find("\n  ]\n}").unwrap();
    insta::assert_snapshot!(
        bicep(&with(&text, vault, existing))
            + &bicep(&text)
            + &arm(&with(ARM, &ARM[start..end], ""))
    );
}

/// The service carries an identity that the file declares: with a grant of its own, and without.
#[test]
fn an_identity_that_is_there() {
    let text = with(
        BICEP,
        "    type: 'SystemAssigned'\n",
        "    type: 'SystemAssigned, UserAssigned'\n    userAssignedIdentities: {\n      '${reader.id}': {}\n    }\n",
    );
    let reader = "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: location
}

";
    let text = with(&text, "// The gateway", &format!("{reader}// The gateway"));
    let grant =
        &BICEP[BICEP.find("resource secretsUser").unwrap()..BICEP.find("resource logger").unwrap()];
    let own = grant
        .replace("secretsUser", "readerSecretsUser")
        .replace("apim.id,", "reader.id,")
        .replace("apim.identity", "reader.properties");
    let granted = with(&text, grant, &format!("{grant}{own}"));
    let only = |text: &str| {
        let all = bicep(text);
        all[all.find("Read the").unwrap()..].to_owned()
    };
    insta::assert_snapshot!(only(&text) + &only(&granted));
}

/// The identity of the service is written elsewhere.
#[test]
fn an_identity_in_a_variable() {
    let text = with(
        BICEP,
        "identity: {\n    type: 'SystemAssigned'\n  }",
        "identity: identity",
    );
    let text = with(
        &text,
        "var tags",
        "var identity = {\n  type: kind\n}\n\nvar kind = 'SystemAssigned'\n\nvar tags",
    );
    let all = bicep(&text);
    insta::assert_snapshot!(&all[all.find("Read the").unwrap()..]);
}

const GRANT: &str = "param vaultName string
param principalId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
";

/// The grant is in a module, and so is the service, which somebody deploys.
#[test]
fn modules() {
    let grant =
        &BICEP[BICEP.find("resource secretsUser").unwrap()..BICEP.find("resource logger").unwrap()];
    let module = "module access 'grant.bicep' = {
  params: {
    vaultName: keyVault.name
    principalId: apim.identity.principalId
  }
}

";
    let service = with(BICEP, grant, module);
    let main = "module gateway 'modules/gateway.bicep' = {
  params: {
    apimName: 'contoso'
    portalKey: 'x'
  }
}
";
    insta::assert_snapshot!(repaired(
        RULE,
        &[
            ("main.bicep", main),
            ("modules/gateway.bicep", &service),
            ("modules/grant.bicep", GRANT),
        ],
    ));
}

/// What a second declaration needs not, or says otherwise.
#[test]
fn what_moves_and_what_does_not() {
    let text = with(
        BICEP,
        "    capacity: 1\n  }\n",
        "    capacity: 1\n  }\n\n  resource team 'groups' = {\n    name: 'team'\n    properties: {\n      displayName: 'Team'\n    }\n  }\n\n",
    );
    let text = with(
        &text,
        "// The gateway of all teams.\n",
        "// The gateway of all teams.\n@description('The gateway.')\n",
    );
    let text = with(
        &text,
        "  tags: tags\n",
        "  tags: union(tags, { vnet: network.outputs.subnetIds[0].id, ip: address!.properties.ipAddress })\n  dependsOn: [\n    network\n  ]\n",
    );
    let text = with(
        &text,
        "var tags",
        "module network 'network.bicep' = {}

resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = if (!empty(portalKey)) {
  name: 'address'
}

var tags",
    );
    let text = with(&text, "team: 'gateway'", "team: portalKey");
    let text = with(
        &text,
        "param skuName 'Developer' | 'Premium' = 'Developer'",
        "type sku = 'Developer' | 'Premium'\n\n@allowed([ 1, 2 ])\nparam capacity int\n\nparam skuName sku = 'Developer'",
    );
    let text = with(&text, "    capacity: 1", "    capacity: capacity");
    let all = repaired(
        RULE,
        &[
            ("main.bicep", &text),
            ("network.bicep", "output subnetIds array = []\n"),
        ],
    );
    let start = all.find("Add the hostnames in the same run").unwrap();
    let end = all.find("Read the").unwrap();
    insta::assert_snapshot!(&all[start..end]);
}

#[track_caller]
fn titles(all: &str) -> Vec<&str> {
    let titles = all.lines().filter(|line| line.ends_with("(unsafe)"));
    titles
        .map(|line| line.split([':', ',']).next().unwrap_or(line))
        .collect()
}

const IN_TWO_RUNS: &str = "Add the hostnames in a second run";
const IN_ONE_RUN: &str = "Add the hostnames in the same run";
const BY_USER: &str = "Read the certificates with the new user-assigned identity `apimIdentity`";

/// Where one way out is not sure, it is not offered.
#[test]
fn what_is_not_sure() {
    let check = |text: &str, expected: &[&str]| {
        let all = bicep(text);
        assert_eq!(titles(&all), expected, "{text}");
    };
    let all = [IN_TWO_RUNS, IN_ONE_RUN, BY_USER];
    check(BICEP, &all);
    // The body speaks of what another file does not have.
    for value in [
        "deployment().name",
        "tagOf(apimName)",
        "keyVault",
        "keyVault.properties.sku",
    ] {
        let text = with(
            BICEP,
            "  tags: tags\n",
            &format!("  tags: {{ of: {value} }}\n"),
        );
        let text = format!("func tagOf(name string) string => name\n\n{text}");
        let text = with(&text, "var tags", "output tags object = tags\n\nvar tags");
        check(&text, &[IN_TWO_RUNS, BY_USER]);
    }
    // Somebody else may have the list too, or give the service another one.
    let spread = with(
        BICEP,
        "    hostnameConfigurations: [\n",
        "    hostnameConfigurations: list\n    ...more\n    x: [\n",
    );
    let spread = format!(
        "{spread}\nvar more = {{ y: 1 }}\nvar list = {}\n",
        LIST.replace("\n    ", "\n")
    );
    check(&spread, &[BY_USER]);
    // The firewall is on, or may be, or the vault is only referred to.
    let firewall = with(
        BICEP,
        "    enablePurgeProtection: true\n",
        "    enablePurgeProtection: true\n    networkAcls: {\n      defaultAction: 'Deny'\n    }\n",
    );
    check(&firewall, &all[..2]);
    check(
        &firewall
            .replace("'Deny'", "closed ? 'Deny' : 'Allow'")
            .replace("var tags", "param closed bool\nvar tags"),
        &all[..2],
    );
    // The hostname names an identity already, or the service waits for itself in the end.
    let named = with(
        BICEP,
        "// renewed each year",
        "\n        identityClientId: ''",
    );
    check(&named, &all[..2]);
    let cycle = with(
        BICEP,
        "    enablePurgeProtection: true\n",
        "    enablePurgeProtection: true\n    accessPolicies: [ { tenantId: tenant().tenantId, objectId: apim.identity.principalId, permissions: { secrets: [ 'get' ] } } ]\n",
    );
    let cycle = with(&cycle, "secrets/api'", "secrets/api'").replace(
        "'${keyVault.properties.vaultUri}secrets/api'",
        "'https://${apimName}-kv.vault.azure.net/secrets/api'",
    );
    check(&cycle, &all[..2]);
    // Identities of another API version.
    let old = with(BICEP, "service@2024-05-01' =", "service@2019-12-01' =");
    let old = with(
        &old,
        "certificateSource: 'Managed'",
        "encodedCertificate: portalKey",
    );
    check(&old, &all[..2]);
}

/// ARM JSON with symbolic names, and inside a nested deployment.
#[test]
fn other_shapes_of_arm_json() {
    let resources = &ARM[ARM.find("  \"resources\": [").unwrap()..];
    let symbols = ["keyVault", "apim", "secretsUser"];
    let mut text = ARM.replace(
        "  \"parameters\"",
        "  \"languageVersion\": \"2.0\",\n  \"parameters\"",
    );
    text = text
        .replace("\"resources\": [", "\"resources\": {")
        .replace("\n  ]\n}", "\n  }\n}");
    for symbol in symbols {
        text = text.replacen("\n    {\n", &format!("\n    \"{symbol}\": {{\n"), 1);
    }
    for (id, symbol) in [
        (
            "\"[resourceId('Microsoft.KeyVault/vaults', 'contoso-kv')]\"",
            "\"keyVault\"",
        ),
        (
            "\"[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]\"",
            "\"apim\"",
        ),
    ] {
        text = text.replace(&format!("        {id}"), &format!("        {symbol}"));
    }
    let nested = |scope: &str| {
        let inner = resources
            .trim_end()
            .trim_end_matches('}')
            .replace('\n', "\n        ");
        let deployment = format!(
            "  \"resources\": [
    {{
      \"type\": \"Microsoft.Resources/deployments\",
      \"apiVersion\": \"2022-09-01\",
      \"name\": \"gateway\",
      \"properties\": {{
        \"mode\": \"Incremental\",
        \"expressionEvaluationOptions\": {{ \"scope\": \"{scope}\" }},
        \"parameters\": {{ \"apimName\": {{ \"value\": \"[parameters('apimName')]\" }} }},
        \"template\": {{
          \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",
          \"contentVersion\": \"1.0.0.0\",
          \"parameters\": {{ \"apimName\": {{ \"type\": \"string\" }} }},
        {}
        }}
      }}
    }}
  ]
}}
",
            inner.trim_end()
        );
        ARM.replace(resources, &deployment)
    };
    let outer = arm(&nested("outer"));
    assert_eq!(outer, "no fix\n");
    insta::assert_snapshot!(arm(&text) + &arm(&nested("inner")));
}

/// A nested deployment is deployed by its own file, which has to be told too.
#[test]
fn a_nested_deployment_is_given_the_parameter() {
    let text = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "gateway",
      "properties": {
        "expressionEvaluationOptions": { "scope": "inner" },
        "mode": "Incremental",
        "template": {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.ApiManagement/service",
              "apiVersion": "2024-05-01",
              "name": "apim",
              "location": "westeurope",
              "sku": { "name": "Developer", "capacity": 1 },
              "identity": { "type": "SystemAssigned" },
              "properties": {
                "publisherEmail": "api@contoso.com",
                "publisherName": "Contoso",
                "hostnameConfigurations": [
                  {
                    "type": "Proxy",
                    "hostName": "api.contoso.com",
                    "keyVaultId": "https://kv-1.vault.azure.net/secrets/tls"
                  }
                ]
              }
            }
          ]
        }
      }
    }
  ]
}
"#;
    let report = repaired(RULE, &[("main.json", text)]);
    let first = report.split("Add the hostnames in the same run").next();
    insta::assert_snapshot!(first.unwrap_or_default());
}

/// What is added below what is added stands one blank line apart.
#[test]
fn two_new_declarations_have_one_blank_line_between_them() {
    let text = "param location string
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: 'kv-1'
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'apim'
  location: location
  sku: { name: 'Developer', capacity: 1 }
  identity: { type: 'SystemAssigned' }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
    hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: 'api.contoso.com'
        keyVaultId: '${kv.properties.vaultUri}secrets/tls'
      }
    ]
  }
}
output gateway string = apim.properties.gatewayUrl
";
    let report = repaired(RULE, &[("main.bicep", text)]);
    assert!(
        report.contains("+ }\n+ \n+ module apimHostnames"),
        "{report}"
    );
    assert!(!report.contains("+ \n+ \n"), "{report}");
}
