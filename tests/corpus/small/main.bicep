@description('A service as it was declared years ago.')
resource apim 'Microsoft.ApiManagement/service@2019-12-01' = {
  name: 'apim-small'
  location: resourceGroup().location
  sku: { name: 'Developer', capacity: 1 }
  identity: { type: 'SystemAssigned' }
  properties: { publisherEmail: 'a@contoso.com', publisherName: 'Contoso' }
}

module values 'modules/values.bicep' = {
  name: 'values'
  params: { serviceName: apim.name }
}
