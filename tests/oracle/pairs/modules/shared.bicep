var stem = 'contoso'

@export()
var vaultName = '${stem}-vault'

@export()
var roles = {
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
}

@export()
func secretOf(uri string, name string) string => '${uri}secrets/${name}'

@export()
type grantType = {
  principalId: string
  role: string?
}
