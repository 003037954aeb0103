// The certificate of an authority is public.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
@description('Certificate of the authority, in Base64.')
param issuerCertificate string

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
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
    certificates: [
      {
        storeName: 'CertificateAuthority'
        encodedCertificate: issuerCertificate
      }
    ]
  }
}
