param apimName string

resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource mobile 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' existing = {
  parent: apim
  name: 'mobile'
}

#disable-next-line outputs-should-not-contain-secrets
output subscriptionKey string = mobile.listSecrets().primaryKey
