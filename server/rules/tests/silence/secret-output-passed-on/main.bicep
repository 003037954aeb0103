// Nor is the output of a root that passes such an output on.
param apimName string

module keys 'keys.bicep' = {
  name: 'keys'
  params: {
    apimName: apimName
  }
}

output subscriptionKey string = keys.outputs.subscriptionKey
