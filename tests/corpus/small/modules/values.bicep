param serviceName string

resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName

  resource first 'namedValues' = {
    name: 'first'
    properties: { displayName: 'first', secret: true, value: 'one' }
  }

  resource second 'namedValues' = {
    name: 'second'
    properties: { displayName: 'not a name', value: 'two' }
  }
}
