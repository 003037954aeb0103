//! What must stay silent: what is half typed, what cannot be seen, and what is right.

use std::fmt::Write as _;

use crate::twins::{ALL, arm, case, findings, judge, service};
use syntax::Language;

/// A deployment without a fault: service, vault, grant and read.
const RIGHT: &str = "param pinned bool = false
@allowed(['SystemAssigned', 'SystemAssigned, UserAssigned'])
param kind string = 'SystemAssigned'
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'safe'
  location: 'westeurope'
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: {
    type: kind
    userAssignedIdentities: kind == 'SystemAssigned' ? null : {
      '${reader.id}': {}
    }
  }
  properties: {
    publisherName: 'team'
  }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(safe.id, apim.id, 'secrets')
  scope: safe
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: {
    displayName: 'nv'
    secret: true
    keyVault: {
      secretIdentifier: '${safe.properties.vaultUri}secrets/nv'
    }
  }
  dependsOn: [ grant ]
}
";

/// The same in ARM JSON.
fn right_arm() -> String {
    arm(r#""parameters": {
    "kind": { "type": "string", "defaultValue": "SystemAssigned", "allowedValues": ["SystemAssigned", "SystemAssigned, UserAssigned"] }
  },
  "resources": [
    { "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" },
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "safe",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true }
    },
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "location": "westeurope",
      "identity": {
        "type": "[parameters('kind')]",
        "userAssignedIdentities": "[if(equals(parameters('kind'), 'SystemAssigned'), null(), createObject(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), createObject()))]"
      },
      "properties": { "publisherName": "team" }
    },
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "name": "[guid('safe', 'gateway', 'secrets')]",
      "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]",
      "properties": {
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
        "principalType": "ServicePrincipal"
      }
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "gateway/nv",
      "dependsOn": [ "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'safe'), 'Microsoft.Authorization/roleAssignments', guid('safe', 'gateway', 'secrets'))]" ],
      "properties": {
        "displayName": "nv",
        "secret": true,
        "keyVault": { "secretIdentifier": "[format('{0}secrets/nv', reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri)]" }
      }
    }
  ]"#)
}

#[test]
fn a_deployment_that_is_right() {
    judge(ALL, &[case("right", "", RIGHT, right_arm())]);
}

#[test]
fn nothing_is_said_of_a_right_deployment_while_it_is_typed() {
    let mut wrong = String::new();
    for (language, text) in [
        (Language::Bicep, RIGHT.to_owned()),
        (Language::Json, right_arm()),
    ] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let found = findings(language, &text[..end]);
            let false_ones: Vec<_> = found
                .lines()
                .filter(|line| !line.trim_start().starts_with("see "))
                .filter(|line| !is_true_of_a_prefix(&text[..end], line))
                .collect();
            if !false_ones.is_empty() {
                let tail: String = text[..end]
                    .lines()
                    .rev()
                    .take(3)
                    .collect::<Vec<_>>()
                    .join(" / ");
                let _ = writeln!(
                    wrong,
                    "{language:?} {end} ...{tail}: {}",
                    false_ones.join(" ")
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", &wrong[..wrong.len().min(6000)]);
}

/// A prefix that ends between two declarations is a whole template, and may deserve its findings.
fn is_true_of_a_prefix(prefix: &str, _finding: &str) -> bool {
    prefix.trim_end().ends_with('}') && prefix.ends_with('\n')
}

#[test]
fn nothing_is_said_of_a_right_deployment_that_lacks_one_character() {
    let mut wrong = String::new();
    for (language, text) in [
        (Language::Bicep, RIGHT.to_owned()),
        (Language::Json, right_arm()),
    ] {
        for at in text
            .match_indices(['{', '}', '[', ']', '\'', '"', ':', '(', ')', ',', '='])
            .map(|(at, _)| at)
            .filter(|at| !is_inside_a_string(&text, *at))
        {
            let broken = format!("{}{}", &text[..at], &text[at + 1..]);
            let found = findings(language, &broken);
            if !found.is_empty() {
                let line = text[..at].matches('\n').count() + 1;
                let _ = write!(
                    wrong,
                    "{language:?} line {line} without {:?}: {found}",
                    &text[at..=at]
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", &wrong[..wrong.len().min(8000)]);
}

/// Whether a character is one of those inside strings whose loss makes another whole text.
fn is_inside_a_string(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    rest.starts_with(", UserAssigned")
        || rest.starts_with("[parameters(")
        || rest.starts_with("]\"")
}

#[test]
fn a_value_that_is_not_written_yet() {
    for line in [
        "identity:",
        "identity: {",
        "identity: { type: }",
        "identity: { type: '",
        "identity: { type: 'User",
        "identity: { type: 'UserAssigned', userAssignedIdentities: }",
        "identity: { type: 'UserAssigned', userAssignedIdentities: {",
        "identity: { type: 'UserAssigned'\n    userAssignedIdentities: { '${reader.id}'",
        "ident",
        "identity",
        "identity: pinned ?",
        "identity: pinned ? null :",
        "identity: union(",
    ] {
        let text = format!(
            "param pinned bool\nresource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{\n  name: 'reader'\n  location: 'westeurope'\n}}\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  {line}\n}}\n"
        );
        assert_eq!(findings(Language::Bicep, &text), "", "{line}");
    }
    for member in [
        r#""identity""#,
        r#""identity": "#,
        r#""identity": {"#,
        r#""identity": { "type" }"#,
        r#""identity": { "type": }"#,
        r#""identity": { "type": "User"#,
        r#""identity": { "type": "UserAssigned", "userAssignedIdentities": }"#,
        r#""identity": { "type": "UserAssigned", "userAssignedIdentities": {"#,
        r#""identity": "[parameters("#,
        r#""identity": "[if(parameters('x'), null(), )]""#,
    ] {
        let text = arm(&format!(
            r#""resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", {member} }} ]"#
        ));
        assert_eq!(findings(Language::Json, &text), "", "{member}");
    }
}

#[test]
fn a_finding_elsewhere_survives_a_line_that_is_not_finished() {
    let text = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAsigned' }
}

var unfinished =
";
    assert!(findings(Language::Bicep, text).contains("error identity-invalid @ 'SystemAsigned'"));
}

#[test]
fn grants_in_further_spellings() {
    let base = "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'safe'
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/nv' } }
}
";
    let mut wrong = String::new();
    for (name, grant) in [
        (
            "a module in another resource group",
            "module grant './grant.bicep' = {\n  scope: resourceGroup('shared')\n  params: { vaultName: 'safe', principalId: apim.identity.principalId }\n}\n",
        ),
        (
            "a module that is given the service by name",
            "module grant './grant.bicep' = {\n  params: { service: 'gateway' }\n}\n",
        ),
        (
            "a module that is given the id of the service",
            "module grant './grant.bicep' = {\n  params: { service: apim.id }\n}\n",
        ),
        (
            "a module that is given the service itself in an object",
            "module grant './grant.bicep' = {\n  params: { settings: { readers: [ { principal: apim.identity.principalId } ] } }\n}\n",
        ),
        (
            "a module of the vault with role assignments",
            "module vault 'br/public:avm/res/key-vault/vault:0.9.0' = {\n  params: { name: 'safe', roleAssignments: [ { principalId: apim.identity.principalId, principalType: 'ServicePrincipal', roleDefinitionIdOrName: 'Key Vault Secrets User' } ] }\n}\n",
        ),
        (
            "a role for a group that the identity is put into",
            "extension microsoftGraphV1\nresource team 'Microsoft.Graph/groups@v1.0' = {\n  displayName: 'readers'\n  mailEnabled: false\n  mailNickname: 'readers'\n  securityEnabled: true\n  uniqueName: 'readers'\n  members: [ apim.identity.principalId ]\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('gateway', 'reader', 'grant')\n  scope: safe\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: team.id, principalType: 'Group' }\n}\n",
        ),
        (
            "policies from a list of principals",
            "param others array\nresource grant 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {\n  parent: safe\n  name: 'add'\n  properties: {\n    accessPolicies: [for principal in concat(others, [ apim.identity.principalId ]): {\n      tenantId: tenant().tenantId\n      objectId: principal\n      permissions: { secrets: [ 'get' ] }\n    }]\n  }\n}\n",
        ),
        (
            "a role by name",
            "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('gateway', 'reader', 'grant')\n  scope: safe\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
        ),
        (
            "a definition that is declared existing",
            "resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {\n  scope: subscription()\n  name: '4633458b-17de-408a-b874-0445c86b69e6'\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('gateway', 'reader', 'grant')\n  scope: safe\n  properties: { roleDefinitionId: role.id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
        ),
        (
            "a table of roles",
            "var roles = { reader: '4633458b-17de-408a-b874-0445c86b69e6', acr: '7f951dda-4ed3-4680-a7ca-43fe172d538d' }\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in items(roles): {\n  name: guid('grant', role.key)\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}]\n",
        ),
        (
            "a vault of the same name, declared twice",
            "resource again 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'SAFE'\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('gateway', 'reader', 'grant')\n  scope: again\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
        ),
        (
            "a service of the same name, declared twice",
            "resource again 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('gateway', 'reader', 'grant')\n  scope: safe\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: again.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
        ),
        (
            "an output of the whole identity",
            "output identity object = apim.identity\n",
        ),
        (
            "an output of the whole service in an object",
            "output all object = { service: { id: apim.id } }\n",
        ),
        (
            "a conditional module",
            "param grants bool\nmodule grant './grant.bicep' = if (grants) {\n  params: { principal: apim.identity.principalId }\n}\n",
        ),
    ] {
        let text = format!("{base}{grant}");
        let found = findings(Language::Bicep, &text);
        if !found.is_empty() {
            writeln!(wrong, "{name}: {found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn grants_among_loops_and_conditions() {
    const ROLE: &str = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')";
    let vault = "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'safe'
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }
}
";
    let vaults = vault
        .replace("= {\n", "= [for i in range(0, 2): {\n")
        .replace("'safe'", "'safe${i}'")
        .replace("}\n}\n", "}\n}]\n");
    let services =
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [for i in range(0, 2): {
  name: 'gateway${i}'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}]
";
    let readers = "resource readers 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [for i in range(0, 2): {
  name: 'reader${i}'
  location: 'westeurope'
}]
";
    let system = service("identity: { type: 'SystemAssigned' }");
    let user = service(
        "identity: { type: 'UserAssigned', userAssignedIdentities: { '${readers[0].id}': {} } }",
    );
    let read = |service: &str, uri: &str, client: &str| {
        format!(
            "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: {service}
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: '${{{uri}}}secrets/nv'{client} }} }}
}}
"
        )
    };
    let by_reader = ", identityClientId: readers[0].properties.clientId";
    let grant = |scope: &str, principal: &str| {
        format!(
            "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid('gateway', 'reader', 'grant')
  scope: {scope}
  properties: {{ roleDefinitionId: {ROLE}, principalId: {principal}, principalType: 'ServicePrincipal' }}
}}
"
        )
    };
    let grants = |scope: &str, principal: &str| {
        grant(scope, principal)
            .replace("= {\n", "= [for i in range(0, 2): {\n")
            .replace(
                "guid('gateway', 'reader', 'grant')",
                "guid('grant', string(i))",
            )
            .replace("}\n}\n", "}\n}]\n")
    };
    let uri = "safe.properties.vaultUri";
    for (name, text) in [
        (
            "one service of a loop",
            format!(
                "{vault}{services}{}{}",
                read("apim[0]", uri, ""),
                grant("safe", "apim[0].identity.principalId")
            ),
        ),
        (
            "all services of a loop",
            format!(
                "{vault}{services}{}{}",
                read("apim[0]", uri, ""),
                grants("safe", "apim[i].identity.principalId")
            ),
        ),
        (
            "one identity of a loop",
            format!(
                "{vault}{readers}{user}{}{}",
                read("apim", uri, by_reader),
                grant("safe", "readers[0].properties.principalId")
            ),
        ),
        (
            "all identities of a loop",
            format!(
                "{vault}{readers}{user}{}{}",
                read("apim", uri, by_reader),
                grants("safe", "readers[i].properties.principalId")
            ),
        ),
        (
            "all vaults of a loop",
            format!(
                "{vaults}{system}{}{}",
                read("apim", "safe[0].properties.vaultUri", ""),
                grants("safe[i]", "apim.identity.principalId")
            ),
        ),
        (
            "a vault that is created or exists",
            format!(
                "param fresh bool\n{}resource old 'Microsoft.KeyVault/vaults@2023-07-01' existing = if (!fresh) {{\n  name: 'safe'\n}}\n{system}{}{}",
                vault.replace("= {\n", "= if (fresh) {\n"),
                read(
                    "apim",
                    "fresh ? safe.properties.vaultUri : old.properties.vaultUri",
                    ""
                ),
                grant("safe", "apim.identity.principalId")
            ),
        ),
        (
            "a grant exactly when there is a read",
            format!(
                "param wanted bool\n{vault}{system}{}{}",
                read("apim", uri, "").replace("= {\n", "= if (wanted) {\n"),
                grant("safe", "apim.identity.principalId").replace("= {\n", "= if (wanted) {\n")
            ),
        ),
        (
            "a vault that may be the same",
            format!(
                "param one string\nparam other string\n{}resource again 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{\n  name: other\n}}\n{system}{}{}",
                vault.replace("'safe'", "one"),
                read("apim", uri, ""),
                grant("again", "apim.identity.principalId")
            ),
        ),
        (
            "no read at all",
            format!(
                "{vault}{system}{}",
                read("apim", uri, "")
                    .replace("= {\n", "= [for it in []: {\n")
                    .replace("}\n}\n", "}\n}]\n")
            ),
        ),
    ] {
        assert_eq!(findings(Language::Bicep, &text), "", "{name}");
    }
}

#[test]
fn grants_in_older_arm_templates() {
    let principal = "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]";
    let role = "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]";
    let build = |in_vault: &str, beside: &str| {
        arm(&format!(
            r#""variables": {{ "vault": "safe" }}, "resources": [
  {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[variables('vault')]", "location": "westeurope", "properties": {{ "tenantId": "[tenant().tenantId]", "sku": {{ "family": "A", "name": "standard" }}, "accessPolicies": [] }}, "resources": [ {in_vault} ] }},
  {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "SystemAssigned" }} }},
  {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "[concat('https://', variables('vault'), '.vault.azure.net/secrets/nv')]" }} }} }}{}{beside}
]"#,
            if beside.is_empty() { "" } else { "," }
        ))
    };
    let properties = format!(
        r#"{{ "roleDefinitionId": "{role}", "principalId": "{principal}", "principalType": "ServicePrincipal" }}"#
    );
    let policies = format!(
        r#"{{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "{principal}", "permissions": {{ "secrets": [ "get" ] }} }} ] }}"#
    );
    let grant = format!(
        r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": {properties} }}"#
    );
    assert!(findings(Language::Json, &build("", "")).contains("error vault-access-missing"));
    for (name, text) in [
        (
            "child policy nested in the vault",
            build(
                &format!(
                    r#"{{ "type": "accessPolicies", "apiVersion": "2023-07-01", "name": "add", "properties": {policies} }}"#
                ),
                "",
            ),
        ),
        (
            "policy in a nested deployment, outer scope",
            build(
                "",
                &format!(
                    r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "properties": {{ "mode": "Incremental", "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {grant} ] }} }} }}"#
                ),
            ),
        ),
        (
            "policy in a nested deployment, inner scope",
            build(
                "",
                &format!(
                    r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": {{ "principal": {{ "value": "{principal}" }} }}, "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "parameters": {{ "principal": {{ "type": "string" }} }}, "resources": [ {} ] }} }} }}"#,
                    grant.replace(principal, "[parameters('principal')]")
                ),
            ),
        ),
        (
            "a linked template in a variable",
            build(
                "",
                &format!(
                    r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "grant", "properties": {{ "mode": "Incremental", "templateLink": {{ "relativePath": "grant.json" }}, "parameters": {{ "principal": {{ "value": "{principal}" }} }} }} }}"#
                ),
            ),
        ),
    ] {
        assert_eq!(findings(Language::Json, &text), "", "{name}");
    }
}

/// What stands behind the bracket that then closes too much may be what seems to be absent.
#[test]
fn a_block_without_its_first_line_takes_nothing_away() {
    for (language, text) in [
        (Language::Bicep, RIGHT.to_owned()),
        (Language::Json, right_arm()),
    ] {
        let lines: Vec<_> = text.split('\n').collect();
        let opens_block =
            |line: &&str| line.ends_with('{') && !line.contains("resource ") && line.trim() != "{";
        for (at, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| opens_block(line))
        {
            let without = [&lines[..at], &lines[at + 1..]].concat().join("\n");
            assert_eq!(
                findings(language, &without),
                "",
                "{language:?} without {line}"
            );
        }
    }
}
