// A connection string or key of Application Insights is no secret, nor is the id of a client, tenant or subscription.
param location string = resourceGroup().location
param apimName string
param publisherEmail string
param publisherName string
param clientId string

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${apimName}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
  }
}

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
  }
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: apim
  name: 'insights'
  properties: {
    loggerType: 'applicationInsights'
    resourceId: insights.id
    credentials: {
      connectionString: insights.properties.ConnectionString
    }
  }
}

resource oldLogger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: apim
  name: 'insights-key'
  properties: {
    loggerType: 'applicationInsights'
    credentials: {
      instrumentationKey: insights.properties.InstrumentationKey
    }
  }
}

resource clientIdValue 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'client-id'
  properties: {
    displayName: 'client-id'
    value: clientId
  }
}

resource tenantIdValue 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'tenant-id'
  properties: {
    displayName: 'tenant-id'
    value: tenant().tenantId
  }
}

resource subscriptionIdValue 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'subscription-id'
  properties: {
    displayName: 'subscription-id'
    value: subscription().subscriptionId
  }
}
