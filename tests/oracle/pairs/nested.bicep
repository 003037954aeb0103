// Resources inside of resources, and parameters that may be null.
type settingsType = {
  capacity: int?
  tags: {
    owner: string
  }
}

param settings settingsType?
param vaultName string?

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'contoso-apim'
  location: 'westeurope'
  sku: {
    name: 'Developer'
    capacity: settings.?capacity ?? 1
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: settings.?tags.owner ?? 'Contoso'
  }

  resource api 'apis' = {
    name: 'orders'
    properties: {
      displayName: 'Orders'
      path: 'orders'
    }

    resource policy 'policies' = {
      name: 'policy'
      properties: {
        format: 'xml'
        value: '<policies />'
      }
    }
  }

  resource key 'namedValues' = {
    name: 'key'
    properties: {
      displayName: 'key'
      secret: true
      keyVault: {
        secretIdentifier: '${vault.properties.vaultUri}secrets/key'
      }
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName ?? 'contoso-vault'
}

resource operation 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = {
  parent: apim::api
  name: 'list'
  properties: {
    displayName: apim::key.properties.displayName
    method: 'GET'
    urlTemplate: '/'
  }
}

output policy string = apim::api::policy.id
output operation string = operation.name
