// Names of symbols, a loaded file and functions on text.
param vaultName string = 'unused'
param stage string = 'Dev'

var config = loadJsonContent('modules/names.json')
var name = toLower(config.vault)
var short = take(replace(name, '-', ''), 7)
var keys = [for key in config.secrets: replace(key, ' ', '-')]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: 'westeurope'
  tags: {
    '${nameof(vaultName)}': vaultName
    symbol: nameof(vault)
    property: nameof(config.sku)
  }
  properties: {
    tenantId: subscription().tenantId
    enableRbacAuthorization: true
    publicNetworkAccess: startsWith(name, 'contoso') ? 'Enabled' : 'Disabled'
    sku: {
      family: 'A'
      name: 'standard'
    }
  }
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: join([short, toLower(stage), padLeft('7', 3, '0')], '-')
  location: 'westeurope'
  sku: config.sku
  identity: {
    type: concat('System', 'Assigned')
  }
  properties: {
    publisherEmail: 'api@${split(name, '-')[0]}.com'
    publisherName: trim(' It\'s ${toUpper(first(short))}${substring(short, 1)} ')
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, apim.id)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: apim.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource values 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [for (key, i) in keys: {
  parent: apim
  name: key
  properties: {
    displayName: '${key}-${i}'
    secret: true
    keyVault: {
      secretIdentifier: uri(vault.properties.vaultUri, 'secrets/${key}')
    }
  }
}]

output keys array = keys
output last string = last(keys)
output position int = indexOf(name, 'vault')
