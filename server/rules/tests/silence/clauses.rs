//! The clauses, each with a change in which it no more applies.

use crate::{Change, Clause};

/// Every clause.
pub const CLAUSES: &[Clause] = &[
    Clause {
        name: "existing-service",
        mutation: "the service is declared, without an identity",
        bicep: Change {
            file: "main.bicep",
            from: r"resource apim 'Microsoft.ApiManagement/service@2019-12-01' existing = {
  name: apimName
}",
            to: r"resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: resourceGroup().location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: 'Contoso'
  }
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""resources": [
"#,
            to: r#""resources": [
    { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "[parameters('apimName')]", "location": "westeurope", "sku": { "name": "Developer", "capacity": 1 }, "properties": { "publisherEmail": "api@contoso.com", "publisherName": "Contoso" } },
"#,
        }),
        finds: "identity-missing",
    },
    Clause {
        name: "existing-vault",
        mutation: "the vault is declared, with an API version whose defaults differ",
        bicep: Change {
            file: "main.bicep",
            from: r"resource vault 'Microsoft.KeyVault/vaults@2019-09-01' existing = {
  name: vaultName
}",
            to: r"resource vault 'Microsoft.KeyVault/vaults@2019-09-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
  }
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""resources": [
"#,
            to: r#""resources": [
    {"type": "Microsoft.KeyVault/vaults", "apiVersion": "2019-09-01", "name": "[parameters('vaultName')]", "location": "[parameters('location')]", "properties": {"tenantId": "[tenant().tenantId]", "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": true}},
"#,
        }),
        finds: "api-version-retired",
    },
    Clause {
        name: "false-condition",
        mutation: "the condition is true",
        bicep: Change {
            file: "main.bicep",
            from: "var deployOldGateway = false",
            to: "var deployOldGateway = true",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""deployOldGateway": false"#,
            to: r#""deployOldGateway": true"#,
        }),
        finds: "identity-missing",
    },
    Clause {
        name: "value-from-outside",
        mutation: "the value is written, and is no secret",
        bicep: Change {
            file: "main.bicep",
            from: "secretIdentifier: apiKeyUrl",
            to: "secretIdentifier: 'https://contoso.vault.azure.net/keys/api-key'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""secretIdentifier": "[parameters('apiKeyUrl')]""#,
            to: r#""secretIdentifier": "https://contoso.vault.azure.net/keys/api-key""#,
        }),
        finds: "secret-uri-invalid",
    },
    Clause {
        name: "both-identities-in-any-spelling",
        mutation: "a semicolon is none of the spellings",
        bicep: Change {
            file: "main.bicep",
            from: "systemassigned,userassigned",
            to: "systemassigned;userassigned",
        },
        arm: Some(Change {
            file: "main.json",
            from: "systemassigned,userassigned",
            to: "systemassigned;userassigned",
        }),
        finds: "identity-invalid",
    },
    Clause {
        name: "secure-output",
        mutation: "the output is not secure",
        bicep: Change {
            file: "main.bicep",
            from: r"@secure()
",
            to: "",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""type": "securestring""#,
            to: r#""type": "string""#,
        }),
        finds: "secret-in-output",
    },
    Clause {
        name: "bypass-absent",
        mutation: "the firewall lets nobody pass",
        bicep: Change {
            file: "main.bicep",
            from: "defaultAction: 'Deny'",
            to: r"defaultAction: 'Deny'
      bypass: 'None'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""defaultAction": "Deny""#,
            to: r#""defaultAction": "Deny", "bypass": "None""#,
        }),
        finds: "vault-network-blocked",
    },
    Clause {
        name: "grant-in-a-module",
        mutation: "the module grants a role that reads no secret",
        bicep: Change {
            file: "grant.bicep",
            from: "'Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'",
            to: "'Microsoft.Authorization/roleDefinitions', '21090545-7ca7-4776-b22c-e363652d74d2'",
        },
        arm: Some(Change {
            file: "grant.json",
            from: "'Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'",
            to: "'Microsoft.Authorization/roleDefinitions', '21090545-7ca7-4776-b22c-e363652d74d2'",
        }),
        finds: "role-insufficient",
    },
    Clause {
        name: "grant-in-a-nested-deployment",
        mutation: "the nested deployment is not deployed",
        bicep: Change {
            file: "main.bicep",
            from: "resource nested 'Microsoft.Resources/deployments@2022-09-01' = {",
            to: "resource nested 'Microsoft.Resources/deployments@2022-09-01' = if (false) {",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""type": "Microsoft.Resources/deployments","#,
            to: r#""condition": false, "type": "Microsoft.Resources/deployments","#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "grant-of-the-old-type",
        mutation: "the grant is not deployed",
        bicep: Change {
            file: "main.bicep",
            from: "roleAssignments@2022-04-01' = {",
            to: "roleAssignments@2022-04-01' = if (false) {",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""type": "Microsoft.KeyVault/vaults/providers/roleAssignments","#,
            to: r#""condition": false, "type": "Microsoft.KeyVault/vaults/providers/roleAssignments","#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "grant-by-a-registry-module",
        mutation: "the vault is declared in place of the module",
        bicep: Change {
            file: "main.bicep",
            from: r"module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
    name: vaultName
    location: location
    enablePurgeProtection: true
    roleAssignments: [
      {
        principalId: apim.identity.principalId
        roleDefinitionIdOrName: 'Key Vault Secrets User'
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

resource apiKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'api-key'
  properties: {
    displayName: 'api-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.outputs.uri}secrets/api-key'
    }
  }
}",
            to: r"resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
  }
}

resource apiKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'api-key'
  properties: {
    displayName: 'api-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/api-key'
    }
  }
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#"    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "vault",
      "properties": {
        "mode": "Incremental",
        "templateLink": {
          "uri": "https://templates.contoso.com/key-vault/vault/0.14.0/main.json"
        },
        "parameters": {
          "name": {
            "value": "[parameters('vaultName')]"
          },
          "roleAssignments": {
            "value": [
              {
                "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]",
                "roleDefinitionIdOrName": "Key Vault Secrets User",
                "principalType": "ServicePrincipal"
              }
            ]
          }
        }
      },
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]"
      ]
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "[format('{0}/api-key', parameters('apimName'))]",
      "properties": {
        "displayName": "api-key",
        "secret": true,
        "keyVault": {
          "secretIdentifier": "[format('{0}secrets/api-key', reference(resourceId('Microsoft.Resources/deployments', 'vault')).outputs.uri.value)]"
        }
      },
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]",
        "[resourceId('Microsoft.Resources/deployments', 'vault')]"
      ]
    }"#,
            to: r#"    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "[parameters('vaultName')]",
      "location": "[parameters('location')]",
      "properties": {
        "tenantId": "[tenant().tenantId]",
        "sku": {
          "family": "A",
          "name": "standard"
        },
        "enableRbacAuthorization": true
      }
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "[format('{0}/api-key', parameters('apimName'))]",
      "properties": {
        "displayName": "api-key",
        "secret": true,
        "keyVault": {
          "secretIdentifier": "[format('{0}secrets/api-key', reference(resourceId('Microsoft.KeyVault/vaults', parameters('vaultName')), '2026-02-01').vaultUri)]"
        }
      },
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]",
        "[resourceId('Microsoft.KeyVault/vaults', parameters('vaultName'))]"
      ]
    }"#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "grant-to-a-group",
        mutation: "the service gets what the group got",
        bicep: Change {
            file: "main.bicep",
            from: r"principalId: operatorsGroupId
    principalType: 'Group'",
            to: r"principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""principalId": "[parameters('operatorsGroupId')]",
        "principalType": "Group""#,
            to: r#""principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]",
        "principalType": "ServicePrincipal""#,
        }),
        finds: "role-excessive",
    },
    Clause {
        name: "grant-to-an-identity-from-outside",
        mutation: "it is the identity of the service",
        bicep: Change {
            file: "main.bicep",
            from: r"principalId: pipelinePrincipalId
",
            to: r"principalId: apim.identity.principalId
",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""principalId": "[parameters('pipelinePrincipalId')]""#,
            to: r#""principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]""#,
        }),
        finds: "role-excessive",
    },
    Clause {
        name: "public-access-of-a-new-service",
        mutation: "the service is seen: without an identity it is reported",
        bicep: Change {
            file: "main.bicep",
            from: r"  identity: {
    type: 'SystemAssigned'
  }
",
            to: "",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#"      "identity": {
        "type": "SystemAssigned"
      },
"#,
            to: "",
        }),
        finds: "identity-missing",
    },
    Clause {
        name: "one-parameter-has-one-case",
        mutation: "the second ternary is on another parameter",
        bicep: Change {
            file: "main.bicep",
            from: "userAssignedIdentities: useOwnIdentity ?",
            to: "userAssignedIdentities: isProduction ?",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""[if(parameters('useOwnIdentity'), createObject("#,
            to: r#""[if(parameters('isProduction'), createObject("#,
        }),
        finds: "identity-invalid",
    },
    Clause {
        name: "unresolved-condition",
        mutation: "the condition is false",
        bicep: Change {
            file: "main.bicep",
            from: "if (environmentName != 'sandbox')",
            to: "if (false)",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""condition": "[not(equals(parameters('environmentName'), 'sandbox'))]""#,
            to: r#""condition": false"#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "default-of-a-condition",
        mutation: "the same text is a variable",
        bicep: Change {
            file: "main.bicep",
            from: r"@description('Resource id of the group that may read, in place of the service alone.')
param readerRole string = ''",
            to: "var readerRole = ''",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""[not(empty(parameters('readerRole')))]""#,
            to: r#""[not(empty(''))]""#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "same-condition-same-case",
        mutation: "the grant is there where the reader is not",
        bicep: Change {
            file: "main.bicep",
            from: "'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withSecrets)",
            to: "'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!withSecrets)",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""condition": "[parameters('withSecrets')]",
      "type": "Microsoft.Authorization/roleAssignments""#,
            to: r#""condition": "[not(parameters('withSecrets'))]",
      "type": "Microsoft.Authorization/roleAssignments""#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "what-callers-may-pass",
        mutation: "the caller passes nothing",
        bicep: Change {
            file: "main.bicep",
            from: r"    identityType: 'SystemAssigned'
",
            to: "",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#",
          "identityType": {
            "value": "SystemAssigned"
          }"#,
            to: "",
        }),
        finds: "identity-missing",
    },
    Clause {
        name: "grant-to-another-service",
        mutation: "API Management is granted the same",
        bicep: Change {
            file: "main.bicep",
            from: "principalId: web.identity.principalId",
            to: "principalId: apim.identity.principalId",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""principalId": "[reference(resourceId('Microsoft.Web/sites', format('{0}-portal', parameters('apimName'))), '2024-04-01', 'Full').identity.principalId]""#,
            to: r#""principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]""#,
        }),
        finds: "role-excessive",
    },
    Clause {
        name: "vault-of-another-service",
        mutation: "API Management reads from that vault",
        bicep: Change {
            file: "main.bicep",
            from: "secretIdentifier: '${vault.properties",
            to: "secretIdentifier: '${otherVault.properties",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""secretIdentifier": "[format('{0}secrets/api-key', reference(resourceId('Microsoft.KeyVault/vaults', parameters('vaultName')), '2026-02-01').vaultUri)]""#,
            to: r#""secretIdentifier": "[format('{0}secrets/api-key', reference(resourceId('Microsoft.KeyVault/vaults', format('{0}-app', parameters('vaultName'))), '2021-10-01').vaultUri)]""#,
        }),
        finds: "vault-network-blocked",
    },
    Clause {
        name: "what-is-no-secret",
        mutation: "the id of the client is a named value with a secret",
        bicep: Change {
            file: "main.bicep",
            from: r"    value: clientId
",
            to: r"    value: clientId
    secret: true
",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""value": "[parameters('clientId')]""#,
            to: r#""secret": true, "value": "[parameters('clientId')]""#,
        }),
        finds: "secret-in-named-value",
    },
    Clause {
        name: "system-identity-of-a-logger",
        mutation: "a named value says the same word",
        bicep: Change {
            file: "main.bicep",
            from: r"secrets/api-key'
",
            to: r"secrets/api-key'
      identityClientId: 'SystemAssigned'
",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""keyVault": {
"#,
            to: r#""keyVault": {
          "identityClientId": "SystemAssigned",
"#,
        }),
        finds: "identity-client-id-invalid",
    },
    Clause {
        name: "access-of-an-existing-service",
        mutation: "the service is new, and so is its identity",
        bicep: Change {
            file: "main.bicep",
            from: r"resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}",
            to: r"resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: location
  sku: {
    name: 'Developer'
    capacity: 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""resources": [
"#,
            to: r#""resources": [
    {"type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "[parameters('apimName')]", "location": "[parameters('location')]", "sku": {"name": "Developer", "capacity": 1}, "identity": {"type": "SystemAssigned"}, "properties": {"publisherEmail": "[parameters('publisherEmail')]", "publisherName": "[parameters('publisherName')]"}},
"#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "access-of-an-identity-from-outside",
        mutation: "the identity is new",
        bicep: Change {
            file: "main.bicep",
            from: r"resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}",
            to: r"resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""resources": [
"#,
            to: r#""resources": [
    {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "[parameters('identityName')]", "location": "[parameters('location')]"},
"#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "identity-passed-to-an-unknown-module",
        mutation: "it is passed another principal id",
        bicep: Change {
            file: "main.bicep",
            from: "principalId: apim.identity.principalId",
            to: "principalId: '0f4c9b6e-0d0a-4c8e-9a55-2d9f6d1f7b21'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""value": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]""#,
            to: r#""value": "0f4c9b6e-0d0a-4c8e-9a55-2d9f6d1f7b21""#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "identity-handed-out",
        mutation: "it hands out the location instead",
        bicep: Change {
            file: "service.bicep",
            from: "output principalId string = apim.identity.principalId",
            to: "output principalId string = location",
        },
        arm: Some(Change {
            file: "service.json",
            from: r#""value": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]""#,
            to: r#""value": "[parameters('location')]""#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "hostname-in-a-second-run",
        mutation: "the other case has them as well",
        bicep: Change {
            file: "main.bicep",
            from: r"@description('Set in all runs but the first.')
param withHostname bool = false",
            to: "var withHostname = true",
        },
        arm: Some(Change {
            file: "main.json",
            from: "if(parameters('withHostname'),",
            to: "if(true(),",
        }),
        finds: "hostname-before-access",
    },
    Clause {
        name: "hostname-in-a-second-declaration",
        mutation: "the first declaration is not deployed",
        bicep: Change {
            file: "service.bicep",
            from: "service@2024-05-01' = {",
            to: "service@2024-05-01' = if (false) {",
        },
        arm: Some(Change {
            file: "service.json",
            from: r#""type": "Microsoft.ApiManagement/service","#,
            to: r#""condition": false, "type": "Microsoft.ApiManagement/service","#,
        }),
        finds: "hostname-before-access",
    },
    Clause {
        name: "private-endpoint-of-the-vault",
        mutation: "the private endpoint is the service's",
        bicep: Change {
            file: "main.bicep",
            from: "privateLinkServiceId: vault.id",
            to: "privateLinkServiceId: apim.id",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""privateLinkServiceId": "[resourceId('Microsoft.KeyVault/vaults', parameters('vaultName'))]""#,
            to: r#""privateLinkServiceId": "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]""#,
        }),
        finds: "vault-subnet-endpoint-missing",
    },
    Clause {
        name: "vault-without-public-access",
        mutation: "the vault has public access",
        bicep: Change {
            file: "main.bicep",
            from: "publicNetworkAccess: 'Disabled'",
            to: "publicNetworkAccess: 'Enabled'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""publicNetworkAccess": "Disabled""#,
            to: r#""publicNetworkAccess": "Enabled""#,
        }),
        finds: "vault-subnet-endpoint-missing",
    },
    Clause {
        name: "principal-id-of-a-parameter-as-seed",
        mutation: "the seed is the name of the deployment",
        bicep: Change {
            file: "grant.bicep",
            from: "guid(vault.id, principalId,",
            to: "guid(vault.id, deployment().name,",
        },
        arm: Some(Change {
            file: "grant.json",
            from: "guid(resourceId('Microsoft.KeyVault/vaults', parameters('vaultName')), parameters('principalId'), ",
            to: "guid(deployment().name, ",
        }),
        finds: "role-name-unstable",
    },
    Clause {
        name: "secret-url-of-another-service",
        mutation: "API Management reads the same URL",
        bicep: Change {
            file: "main.bicep",
            from: "vaultUri}secrets/api-key'",
            to: "vaultUri}certificates/portal'",
        },
        arm: Some(Change {
            file: "main.json",
            from: "{0}secrets/api-key",
            to: "{0}certificates/portal",
        }),
        finds: "secret-uri-invalid",
    },
    Clause {
        name: "certificate-of-an-authority",
        mutation: "the same is the certificate of a hostname, with its key",
        bicep: Change {
            file: "main.bicep",
            from: r"certificates: [
      {
        storeName: 'CertificateAuthority'",
            to: r"hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: 'api.contoso.com'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""certificates": [
          {
            "storeName": "CertificateAuthority""#,
            to: r#""hostnameConfigurations": [
          {
            "type": "Proxy",
            "hostName": "api.contoso.com""#,
        }),
        finds: "secret-in-template",
    },
    Clause {
        name: "parameter-of-a-token-body",
        mutation: "its name makes it a secret",
        bicep: Change {
            file: "main.bicep",
            from: "name: 'resource'",
            to: "name: 'client_secret'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""name": "resource""#,
            to: r#""name": "client_secret""#,
        }),
        finds: "secret-in-template",
    },
    Clause {
        name: "named-value-as-a-secret",
        mutation: "the secret itself is written there",
        bicep: Change {
            file: "main.bicep",
            from: "'{{api-key}}'",
            to: "'R7m2pQx9Lw4tZ8vK'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""{{api-key}}""#,
            to: r#""R7m2pQx9Lw4tZ8vK""#,
        }),
        finds: "secret-in-template",
    },
    Clause {
        name: "secret-output-that-bicep-reports",
        mutation: "the secret comes through a variable, where that linter does not look",
        bicep: Change {
            file: "main.bicep",
            from: r"#disable-next-line outputs-should-not-contain-secrets
output subscriptionKey string = mobile.listSecrets().primaryKey",
            to: r"var keys = mobile.listSecrets()
output subscriptionKey string = keys.primaryKey",
        },
        arm: None,
        finds: "secret-in-output",
    },
    Clause {
        name: "secret-output-passed-on",
        mutation: "the secret comes through a variable, where that linter does not look",
        bicep: Change {
            file: "keys.bicep",
            from: r"#disable-next-line outputs-should-not-contain-secrets
output subscriptionKey string = mobile.listSecrets().primaryKey",
            to: r"var keys = mobile.listSecrets()
output subscriptionKey string = keys.primaryKey",
        },
        arm: None,
        finds: "secret-in-output",
    },
    Clause {
        name: "connection-string-in-a-named-value",
        mutation: "the connection string comes from the namespace",
        bicep: Change {
            file: "main.bicep",
            from: "connectionString: '{{api-key}}'",
            to: "connectionString: listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso', 'send'), '2024-01-01').primaryConnectionString",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""connectionString": "{{api-key}}""#,
            to: r#""connectionString": "[listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso', 'send'), '2024-01-01').primaryConnectionString]""#,
        }),
        finds: "logger-credentials",
    },
    Clause {
        name: "connection-string-beside-an-identity",
        mutation: "the connection string is of a namespace, and stands alone",
        bicep: Change {
            file: "main.bicep",
            from: r"loggerType: 'applicationInsights'
    resourceId: insights.id
    credentials: {
      connectionString: insights.properties.ConnectionString
      identityClientId: 'SystemAssigned'
",
            to: r"loggerType: 'azureEventHub'
    credentials: {
      name: 'requests'
      connectionString: listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso', 'send'), '2024-01-01').primaryConnectionString
",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#"{
        "loggerType": "applicationInsights",
        "resourceId": "[resourceId('Microsoft.Insights/components', format('{0}-insights', parameters('apimName')))]",
        "credentials": {
          "connectionString": "[reference(resourceId('Microsoft.Insights/components', format('{0}-insights', parameters('apimName'))), '2020-02-02').ConnectionString]",
          "identityClientId": "SystemAssigned"
        }
      }"#,
            to: r#"{"loggerType": "azureEventHub", "credentials": {"name": "requests", "connectionString": "[listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso', 'send'), '2024-01-01').primaryConnectionString]"}}"#,
        }),
        finds: "logger-credentials",
    },
    Clause {
        name: "least-version-and-extensions",
        mutation: "the service has such a version",
        bicep: Change {
            file: "main.bicep",
            from: "Microsoft.ApiManagement/service@2024-05-01",
            to: "Microsoft.ApiManagement/service@2019-12-01",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""apiVersion": "2024-05-01""#,
            to: r#""apiVersion": "2019-12-01""#,
        }),
        finds: "api-version-retired",
    },
    Clause {
        name: "vault-passed-to-an-unknown-module",
        mutation: "it is passed another name",
        bicep: Change {
            file: "main.bicep",
            from: "vaultName: vault.name",
            to: "vaultName: 'contoso-other'",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""vaultName": {
            "value": "[parameters('vaultName')]""#,
            to: r#""vaultName": {
            "value": "contoso-other""#,
        }),
        finds: "vault-access-missing",
    },
    Clause {
        name: "identity-in-one-case",
        mutation: "it has none in either case",
        bicep: Change {
            file: "main.bicep",
            from: "? 'SystemAssigned' : 'None'",
            to: "? 'None' : 'None'",
        },
        arm: Some(Change {
            file: "main.json",
            from: "'SystemAssigned', 'None'",
            to: "'None', 'None'",
        }),
        finds: "identity-missing",
    },
    Clause {
        name: "principal-type-of-an-old-identity",
        mutation: "the identity is new",
        bicep: Change {
            file: "main.bicep",
            from: r"resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}",
            to: r"resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#""resources": [
"#,
            to: r#""resources": [
    {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "[parameters('identityName')]", "location": "[parameters('location')]"},
"#,
        }),
        finds: "role-principal-type-missing",
    },
    Clause {
        name: "perimeter-with-an-access-rule",
        mutation: "the perimeter has no rule",
        bicep: Change {
            file: "main.bicep",
            from: r"

    resource gateway 'accessRules' = {
      name: 'gateway'
      properties: {
        direction: 'Inbound'
        subscriptions: [
          {
            id: subscription().id
          }
        ]
      }
    }",
            to: "",
        },
        arm: Some(Change {
            file: "main.json",
            from: r#"    {
      "type": "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules",
      "apiVersion": "2024-07-01",
      "name": "[format('{0}/vaults/gateway', format('{0}-perimeter', parameters('vaultName')))]",
      "properties": {
        "direction": "Inbound",
        "subscriptions": [
          {
            "id": "[subscription().id]"
          }
        ]
      },
      "dependsOn": [
        "[resourceId('Microsoft.Network/networkSecurityPerimeters/profiles', format('{0}-perimeter', parameters('vaultName')), 'vaults')]"
      ]
    },
"#,
            to: "",
        }),
        finds: "vault-network-blocked",
    },
];
