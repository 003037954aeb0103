// Functions of the user, lambdas and spread.
param stage string = 'dev'

var base = {
  owner: 'api'
  stage: 'none'
}
var secrets = [
  {
    name: 'Orders'
    isUsed: true
  }
  {
    name: 'Stock'
    isUsed: true
  }
  {
    name: 'Old'
    isUsed: false
  }
]
var used = filter(secrets, it => it.isUsed)
var names = map(used, (it, i) => '${i}-${it.name}')
var byName = toObject(used, it => it.name, it => { ...it, stage: stage })
var letters = reduce(names, '', (all, it) => '${all}${it}')

func label(stem string, stage string) string => stage == 'prod' ? stem : '${stem}-${stage}'
func secretOf(vault string, name string) string => 'https://${vault}.vault.azure.net/secrets/${toLower(name)}'

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: label('contoso', stage)
  location: 'westeurope'
  tags: { ...base, stage: stage }
  sku: {
    name: 'Developer'
    capacity: length(used)
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: 'api@contoso.com'
    publisherName: letters
  }
}

resource values 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [for secret in used: {
  parent: apim
  name: toLower(secret.name)
  properties: {
    displayName: byName[secret.name].name
    secret: true
    tags: [...names, stage]
    keyVault: {
      secretIdentifier: secretOf('contoso-vault', secret.name)
    }
  }
}]

output names array = names
output byName object = byName
output first string = values[0].name
