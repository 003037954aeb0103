//! `logger-credentials`: loggers that sign in with a key, or cannot sign in.

use crate::repaired::repaired_in;
use crate::twins::{Case, arm, case, judge};
use syntax::Language;

const RULES: &[&str] = &["logger-credentials"];
const WARNING: &str = "warning logger-credentials";
const ERROR: &str = "error logger-credentials";

/// A logger of a kind, of an API version, with credentials.
fn logger(
    (name, expected): (&'static str, &'static str),
    (kind, version): (&str, &str),
    (declarations, credentials): (&str, &str),
    (sections, json_credentials): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource log 'Microsoft.ApiManagement/service/loggers@{version}' = {{
  name: 'gateway/log'
  properties: {{ loggerType: '{kind}', credentials: {{ {credentials} }} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "{version}", "name": "gateway/log", "properties": {{ "loggerType": "{kind}", "credentials": {{ {json_credentials} }} }} }} ]"#
        )),
    )
}

fn event_hubs(
    name: &'static str,
    expected: &'static str,
    bicep: (&str, &str),
    json: (&str, &str),
) -> Case {
    logger(
        (name, expected),
        ("azureEventHub", "2024-05-01"),
        bicep,
        json,
    )
}

fn endpoint(name: &'static str, expected: &'static str, address: &str) -> Case {
    event_hubs(
        name,
        expected,
        (
            "",
            &format!(
                "endpointAddress: '{address}', identityClientId: 'SystemAssigned', name: 'hub'"
            ),
        ),
        (
            "",
            &format!(
                r#""endpointAddress": "{address}", "identityClientId": "SystemAssigned", "name": "hub""#
            ),
        ),
    )
}

const SECURE: &str = r#""parameters": { "connection": { "type": "securestring" } },"#;

#[test]
fn keys_of_event_hubs() {
    let report = judge(
        RULES,
        &[
            event_hubs(
                "a secure parameter",
                WARNING,
                (
                    "@secure()\nparam connection string",
                    "name: 'hub', connectionString: connection",
                ),
                (
                    SECURE,
                    r#""name": "hub", "connectionString": "[parameters('connection')]""#,
                ),
            ),
            event_hubs(
                "the keys of a rule",
                WARNING,
                (
                    "resource send 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' existing = {
  name: 'events/send'
}",
                    "name: 'hub', connectionString: send.listKeys().primaryConnectionString",
                ),
                (
                    "",
                    r#""name": "hub", "connectionString": "[listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'events', 'send'), '2024-01-01').primaryConnectionString]""#,
                ),
            ),
            event_hubs(
                "a literal in a variable",
                WARNING,
                (
                    "var connection = 'Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0'",
                    "name: 'hub', connectionString: connection",
                ),
                (
                    r#""variables": { "connection": "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0" },"#,
                    r#""name": "hub", "connectionString": "[variables('connection')]""#,
                ),
            ),
            event_hubs(
                "in one case",
                WARNING,
                (
                    "@secure()\nparam connection string\nparam keyless bool",
                    "name: 'hub', connectionString: keyless ? null : connection, endpointAddress: keyless ? 'a.servicebus.windows.net' : null, identityClientId: keyless ? 'SystemAssigned' : null",
                ),
                (
                    r#""parameters": { "connection": { "type": "securestring" }, "keyless": { "type": "bool" } },"#,
                    r#""name": "hub", "connectionString": "[if(parameters('keyless'), null(), parameters('connection'))]", "endpointAddress": "[if(parameters('keyless'), 'a.servicebus.windows.net', null())]", "identityClientId": "[if(parameters('keyless'), 'SystemAssigned', null())]""#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a secure parameter
      warning logger-credentials @ connectionString: `log` signs in to Event Hubs with a connection string, a key that everybody can use who gets hold of it: with `endpointAddress` and `identityClientId` it uses an identity of API Management
    the keys of a rule
      warning logger-credentials @ connectionString: `log` signs in to Event Hubs with a connection string, a key that everybody can use who gets hold of it: with `endpointAddress` and `identityClientId` it uses an identity of API Management
    a literal in a variable
      warning logger-credentials @ connectionString: `log` signs in to Event Hubs with a connection string, a key that everybody can use who gets hold of it: with `endpointAddress` and `identityClientId` it uses an identity of API Management
    in one case
      warning logger-credentials @ connectionString: `log` signs in to Event Hubs with a connection string when `keyless` is false, a key that everybody can use who gets hold of it: with `endpointAddress` and `identityClientId` it uses an identity of API Management
    ");
}

#[test]
fn endpoints_that_cannot_work() {
    let report = judge(
        RULES,
        &[
            endpoint("a path", ERROR, "a.servicebus.windows.net/hub"),
            endpoint(
                "a path behind a scheme",
                ERROR,
                "sb://a.servicebus.windows.net/hub/",
            ),
            endpoint("a name", ERROR, "contoso-events"),
            endpoint(
                "a connection string",
                ERROR,
                "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send",
            ),
            event_hubs(
                "a path behind what is not known",
                ERROR,
                (
                    "param host string",
                    "endpointAddress: '${host}/hub', identityClientId: 'SystemAssigned', name: 'hub'",
                ),
                (
                    r#""parameters": { "host": { "type": "string" } },"#,
                    r#""endpointAddress": "[concat(parameters('host'), '/hub')]", "identityClientId": "SystemAssigned", "name": "hub""#,
                ),
            ),
            event_hubs(
                "no identity",
                ERROR,
                (
                    "",
                    "endpointAddress: 'a.servicebus.windows.net', name: 'hub'",
                ),
                (
                    "",
                    r#""endpointAddress": "a.servicebus.windows.net", "name": "hub""#,
                ),
            ),
            logger(
                ("an old API version", ERROR),
                ("azureEventHub", "2021-08-01"),
                (
                    "",
                    "endpointAddress: 'a.servicebus.windows.net', identityClientId: 'SystemAssigned', name: 'hub'",
                ),
                (
                    "",
                    r#""endpointAddress": "a.servicebus.windows.net", "identityClientId": "SystemAssigned", "name": "hub""#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a path
      error logger-credentials @ 'a.servicebus.windows.net/hub': The endpoint of `log` has a path behind the host: it is the host of the namespace alone, `{namespace}.servicebus.windows.net`, and `name` says which event hub
    a path behind a scheme
      error logger-credentials @ 'sb://a.servicebus.windows.net/hub/': The endpoint of `log` has a path behind the host: it is the host of the namespace alone, `{namespace}.servicebus.windows.net`, and `name` says which event hub
    a name
      error logger-credentials @ 'contoso-events': The endpoint of `log` is no host name: it is the host of the namespace alone, `{namespace}.servicebus.windows.net`, and `name` says which event hub
    a connection string
      error logger-credentials @ 'Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send': The endpoint of `log` is a connection string: it is the host of the namespace alone, `{namespace}.servicebus.windows.net`, and `name` says which event hub
    a path behind what is not known
      error logger-credentials @ '${host}/hub': The endpoint of `log` has a path behind the host: it is the host of the namespace alone, `{namespace}.servicebus.windows.net`, and `name` says which event hub
    no identity
      error logger-credentials @ log: `log` has an endpoint of Event Hubs and nothing to sign in with: it needs `identityClientId`, which is 'SystemAssigned' or the client id of a user-assigned identity
          see endpointAddress: the endpoint is given here
    an old API version
      error logger-credentials @ 2021-08-01: `log` signs in to Event Hubs with an identity, which loggers do not do before API version `2022-04-01-preview`
    ");
}

const COMPONENT: &str = "resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'insights'
  location: 'westeurope'
  kind: 'web'
  properties: { Application_Type: 'web', DisableLocalAuth: KEYLESS }
}";

/// A logger with a component that has local authentication off, or not.
fn insights(
    (name, expected): (&'static str, &'static str),
    (declarations, keyless, credentials): (&str, &str, &str),
    (sections, json_keyless, json_credentials): (&str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
{}
resource log 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {{
  name: 'gateway/log'
  properties: {{ loggerType: 'applicationInsights', credentials: {{ {credentials} }} }}
}}
",
            COMPONENT.replace("KEYLESS", keyless)
        ),
        arm(&format!(
            r#"{sections} "resources": [
    {{ "type": "Microsoft.Insights/components", "apiVersion": "2020-02-02", "name": "insights", "location": "westeurope", "kind": "web", "properties": {{ "Application_Type": "web", "DisableLocalAuth": {json_keyless} }} }},
    {{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": {{ "loggerType": "applicationInsights", "credentials": {{ {json_credentials} }} }} }}
  ]"#
        )),
    )
}

const JSON_KEY: &str = r#""instrumentationKey": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').InstrumentationKey]""#;

#[test]
fn components_that_take_no_keys() {
    let report = judge(
        RULES,
        &[
            insights(
                ("its key", ERROR),
                (
                    "",
                    "true",
                    "instrumentationKey: insights.properties.InstrumentationKey",
                ),
                ("", "true", JSON_KEY),
            ),
            insights(
                ("its connection string, in one case", ERROR),
                (
                    "param keyless bool",
                    "keyless",
                    "connectionString: insights.properties.ConnectionString",
                ),
                (
                    r#""parameters": { "keyless": { "type": "bool" } },"#,
                    r#""[parameters('keyless')]""#,
                    r#""connectionString": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').ConnectionString]""#,
                ),
            ),
            insights(
                ("an identity beside it", ""),
                (
                    "",
                    "true",
                    "connectionString: insights.properties.ConnectionString, identityClientId: 'SystemAssigned'",
                ),
                (
                    "",
                    "true",
                    r#""connectionString": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').ConnectionString]", "identityClientId": "SystemAssigned""#,
                ),
            ),
            insights(
                ("a component that takes keys", ""),
                (
                    "",
                    "false",
                    "instrumentationKey: insights.properties.InstrumentationKey",
                ),
                ("", "false", JSON_KEY),
            ),
            insights(
                ("not known whether it takes keys", ""),
                (
                    "param settings object",
                    "settings.keyless",
                    "instrumentationKey: insights.properties.InstrumentationKey",
                ),
                (
                    r#""parameters": { "settings": { "type": "object" } },"#,
                    r#""[parameters('settings').keyless]""#,
                    JSON_KEY,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    its key
      error logger-credentials @ log: `log` has a key of `insights`, which takes no keys, and no identity: with local authentication off the logger needs an `identityClientId` beside the connection string
          see DisableLocalAuth: local authentication is off here
    its connection string, in one case
      error logger-credentials @ log: `log` has a key of `insights`, which takes no keys, and no identity when `keyless` is true: with local authentication off the logger needs an `identityClientId` beside the connection string
          see DisableLocalAuth: local authentication is off here
    an identity beside it
    a component that takes keys
    not known whether it takes keys
    ");
}

#[test]
fn loggers_that_are_well() {
    judge(
        RULES,
        &[
            endpoint("a host", "", "a.servicebus.windows.net"),
            endpoint(
                "with a scheme and a slash",
                "",
                "sb://a.servicebus.windows.net/",
            ),
            endpoint("a token", "", "#{namespace}#"),
            endpoint("a named value", "", "{{events-host}}"),
            event_hubs(
                "a named value",
                "",
                ("", "name: 'hub', connectionString: '{{events}}'"),
                ("", r#""name": "hub", "connectionString": "{{events}}""#),
            ),
            event_hubs(
                "a parameter that may be the name of a named value",
                "",
                (
                    "param connection string",
                    "name: 'hub', connectionString: connection",
                ),
                (
                    r#""parameters": { "connection": { "type": "string" } },"#,
                    r#""name": "hub", "connectionString": "[parameters('connection')]""#,
                ),
            ),
            event_hubs(
                "an identity beside the connection string",
                "",
                (
                    "@secure()\nparam connection string",
                    "name: 'hub', connectionString: connection, identityClientId: 'SystemAssigned'",
                ),
                (
                    SECURE,
                    r#""name": "hub", "connectionString": "[parameters('connection')]", "identityClientId": "SystemAssigned""#,
                ),
            ),
            event_hubs(
                "credentials that are not known",
                "",
                (
                    "param more object",
                    "name: 'hub', endpointAddress: 'a.servicebus.windows.net', ...more",
                ),
                (
                    r#""parameters": { "more": { "type": "object" } }, "variables": { "own": { "name": "hub", "endpointAddress": "a.servicebus.windows.net" } },"#,
                    r#""[parameters('more').key]": "x", "name": "hub", "endpointAddress": "a.servicebus.windows.net""#,
                ),
            ),
            logger(
                ("a key of Application Insights", ""),
                ("applicationInsights", "2024-05-01"),
                ("param key string", "instrumentationKey: key"),
                (
                    r#""parameters": { "key": { "type": "string" } },"#,
                    r#""instrumentationKey": "[parameters('key')]""#,
                ),
            ),
            logger(
                ("a secure connection string of Application Insights", ""),
                ("applicationInsights", "2024-05-01"),
                (
                    "@secure()\nparam connection string",
                    "connectionString: connection",
                ),
                (
                    SECURE,
                    r#""connectionString": "[parameters('connection')]""#,
                ),
            ),
            logger(
                ("a preview that has identities", ""),
                ("azureEventHub", "2022-04-01-preview"),
                (
                    "",
                    "endpointAddress: 'a.servicebus.windows.net', identityClientId: 'SystemAssigned', name: 'hub'",
                ),
                (
                    "",
                    r#""endpointAddress": "a.servicebus.windows.net", "identityClientId": "SystemAssigned", "name": "hub""#,
                ),
            ),
        ],
    );
}

/// A logger that refers to `{{n}}`, beside a named value whose resource has that name, in a service or
/// in a workspace of it.
fn reference(
    name: &'static str,
    expected: &'static str,
    reference: &str,
    (display, json_display): (&str, &str),
    (of, json_of): (&str, &str),
) -> Case {
    let credentials = "endpointAddress: 'a.servicebus.windows.net', name: 'hub', identityClientId";
    case(
        name,
        expected,
        format!(
            "param other string
resource log 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {{
  name: 'gateway/log'
  properties: {{ loggerType: 'azureEventHub', credentials: {{ {credentials}: '{reference}' }} }}
}}
resource nv 'Microsoft.ApiManagement/service/{of}namedValues@2024-05-01' = {{
  name: '{json_of}/n'
  properties: {{ displayName: {display}, value: 'x' }}
}}
"
        ),
        arm(&format!(
            r#""parameters": {{ "other": {{ "type": "string" }} }}, "resources": [
  {{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": {{ "loggerType": "azureEventHub", "credentials": {{ "endpointAddress": "a.servicebus.windows.net", "name": "hub", "identityClientId": "{reference}" }} }} }},
  {{ "type": "Microsoft.ApiManagement/service/{of}namedValues", "apiVersion": "2024-05-01", "name": "{json_of}/n", "properties": {{ "displayName": "{json_display}", "value": "x" }} }} ]"#
        )),
    )
}

#[test]
fn named_values_by_the_name_of_the_resource() {
    const HERE: (&str, &str) = ("", "gateway");
    let (shown, same, unknown) = (
        ("'shown'", "shown"),
        ("'N'", "N"),
        ("other", "[parameters('other')]"),
    );
    let report = judge(
        RULES,
        &[
            reference("by the name", WARNING, "{{n}}", shown, HERE),
            reference("with blanks", WARNING, "{{ n }}", shown, HERE),
            reference("by the display name", "", "{{shown}}", shown, HERE),
            reference("both are the same", "", "{{n}}", same, HERE),
            reference("a name that is not known", "", "{{n}}", unknown, HERE),
            reference("one from elsewhere", "", "{{m}}", shown, HERE),
            reference("of another service", "", "{{n}}", shown, ("", "other")),
            reference(
                "of a workspace",
                "",
                "{{n}}",
                shown,
                ("workspaces/", "gateway/team"),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    by the name
      warning logger-credentials @ '{{n}}': `log` refers to the named value `nv` by the name of the resource, but a reference takes the display name. Unless another one has this display name, Azure refuses it: "One or more Properties ['{0}'] specified are missing."
          see nv: this is the named value
    with blanks
      warning logger-credentials @ '{{ n }}': `log` refers to the named value `nv` by the name of the resource, but a reference takes the display name. Unless another one has this display name, Azure refuses it: "One or more Properties ['{0}'] specified are missing."
          see nv: this is the named value
    by the display name
    both are the same
    a name that is not known
    one from elsewhere
    of another service
    of a workspace
    "#);
}

/// The fixes in both languages.
fn fixes(case: &Case) -> String {
    repaired_in(RULES[0], Language::Bicep, &case.bicep)
        + &repaired_in(RULES[0], Language::Json, &case.arm)
}

/// A service with an identity, what else there is, and a logger with credentials.
fn signing((resources, kind, credentials): (&str, &str, &str), json: (&str, &str)) -> Case {
    case(
        "",
        "",
        format!(
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned' }}
}}

{resources}
resource log 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {{
  parent: apim
  name: 'log'
  properties: {{
    loggerType: '{kind}'
    credentials: {{
      {credentials}
    }}
  }}
}}
"
        ),
        arm(&format!(
            r#""resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "gateway",
      "location": "westeurope",
      "identity": {{ "type": "SystemAssigned" }}
    }},
    {},
    {{
      "type": "Microsoft.ApiManagement/service/loggers",
      "apiVersion": "2024-05-01",
      "name": "gateway/log",
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
      ],
      "properties": {{
        "loggerType": "{kind}",
        "credentials": {{
          {}
        }}
      }}
    }}
  ]"#,
            json.0, json.1
        )),
    )
}

#[test]
fn a_key_of_a_declared_event_hub_becomes_an_identity() {
    let case = signing(
        (
            "resource events 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: 'contoso-events'
  location: 'westeurope'

  resource calls 'eventhubs' = {
    name: 'calls'
  }

  resource send 'authorizationRules' = {
    name: 'send'
    properties: { rights: [ 'Send' ] }
  }
}
",
            "azureEventHub",
            "name: 'calls'
      connectionString: events::send.listKeys().primaryConnectionString // until later",
        ),
        (
            r#"{
      "type": "Microsoft.EventHub/namespaces",
      "apiVersion": "2024-01-01",
      "name": "contoso-events",
      "location": "westeurope"
    },
    {
      "type": "Microsoft.EventHub/namespaces/eventhubs",
      "apiVersion": "2024-01-01",
      "name": "contoso-events/calls",
      "dependsOn": [ "[resourceId('Microsoft.EventHub/namespaces', 'contoso-events')]" ]
    }"#,
            r#""name": "calls",
          "connectionString": "[listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso-events', 'send'), '2024-01-01').primaryConnectionString]""#,
        ),
    );
    insta::assert_snapshot!(fixes(&case), @r#"
    Let the logger sign in with the system-assigned identity: assign the role Azure Event Hubs Data Sender on `calls` (unsafe)
    main.bicep
    + resource apimEventHubsDataSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(events::calls.id, apim.id, '2b629674-e913-4c01-ae53-ef4638d8f975')
    +   scope: events::calls
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2b629674-e913-4c01-ae53-ef4638d8f975') // Azure Event Hubs Data Sender
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimEventHubsDataSender
    +   ]
    -       connectionString: events::send.listKeys().primaryConnectionString // until later
    +       endpointAddress: '${events.name}.servicebus.windows.net' // until later
    +       identityClientId: 'SystemAssigned'
    Let the logger sign in with the system-assigned identity: assign the role Azure Event Hubs Data Sender on `contoso-events/calls` (unsafe)
    main.json
    +       "type": "Microsoft.Authorization/roleAssignments",
    +       "apiVersion": "2022-04-01",
    +       "scope": "[resourceId('Microsoft.EventHub/namespaces/eventhubs', 'contoso-events', 'calls')]",
    +       "name": "[guid(resourceId('Microsoft.EventHub/namespaces/eventhubs', 'contoso-events', 'calls'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '2b629674-e913-4c01-ae53-ef4638d8f975')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.EventHub/namespaces/eventhubs', 'contoso-events', 'calls')]",
    +         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +       ],
    +       "properties": {
    +         "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2b629674-e913-4c01-ae53-ef4638d8f975')]",
    +         "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
    +         "principalType": "ServicePrincipal"
    +       }
    +     },
    +     {
    -         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
    +         "[extensionResourceId(resourceId('Microsoft.EventHub/namespaces/eventhubs', 'contoso-events', 'calls'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.EventHub/namespaces/eventhubs', 'contoso-events', 'calls'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '2b629674-e913-4c01-ae53-ef4638d8f975'))]"
    -           "connectionString": "[listKeys(resourceId('Microsoft.EventHub/namespaces/authorizationRules', 'contoso-events', 'send'), '2024-01-01').primaryConnectionString]"
    +           "endpointAddress": "contoso-events.servicebus.windows.net",
    +           "identityClientId": "SystemAssigned"
    "#);
}

#[test]
fn a_key_from_elsewhere_leaves_the_host_to_be_written() {
    let case = event_hubs(
        "",
        "",
        (
            "@secure()\nparam connection string",
            "name: 'hub', connectionString: connection",
        ),
        (
            SECURE,
            r#""name": "hub", "connectionString": "[parameters('connection')]""#,
        ),
    );
    insta::assert_snapshot!(fixes(&case), @r#"
    Let the logger sign in with the system-assigned identity, which needs the role Azure Event Hubs Data Sender (unsafe)
    main.bicep
    -   properties: { loggerType: 'azureEventHub', credentials: { name: 'hub', connectionString: connection } }
    +   properties: { loggerType: 'azureEventHub', credentials: {
    +     name: 'hub'
    +     endpointAddress: '<namespace>.servicebus.windows.net'
    +     identityClientId: 'SystemAssigned'
    +   } }
    Let the logger sign in with the system-assigned identity, which needs the role Azure Event Hubs Data Sender (unsafe)
    main.json
    -   "parameters": { "connection": { "type": "securestring" } }, "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "name": "hub", "connectionString": "[parameters('connection')]" } } } ]
    +   "parameters": { "connection": { "type": "securestring" } }, "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": {
    +     "name": "hub",
    +     "endpointAddress": "<namespace>.servicebus.windows.net",
    +     "identityClientId": "SystemAssigned"
    +   } } } ]
    "#);
}

#[test]
fn a_component_without_keys_gets_an_identity() {
    let component = COMPONENT.replace("KEYLESS", "true");
    let json = r#"{ "type": "Microsoft.Insights/components", "apiVersion": "2020-02-02", "name": "insights", "location": "westeurope", "kind": "web", "properties": { "Application_Type": "web", "DisableLocalAuth": true } }"#;
    let key = signing(
        (
            &component,
            "applicationInsights",
            "instrumentationKey: insights.properties.InstrumentationKey",
        ),
        (json, JSON_KEY),
    );
    insta::assert_snapshot!(fixes(&key), @r#"
    Let the logger sign in with the system-assigned identity: assign the role Monitoring Metrics Publisher on `insights` (unsafe)
    main.bicep
    + 
    + resource apimMonitoringMetricsPublisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    +   name: guid(insights.id, apim.id, '3913510d-42f4-4e42-8a64-420c390055eb')
    +   scope: insights
    +   properties: {
    +     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb') // Monitoring Metrics Publisher
    +     principalId: apim.identity.principalId
    +     principalType: 'ServicePrincipal'
    +   }
    + }
    + 
    +   dependsOn: [
    +     apimMonitoringMetricsPublisher
    +   ]
    -       instrumentationKey: insights.properties.InstrumentationKey
    +       connectionString: insights.properties.ConnectionString
    +       identityClientId: 'SystemAssigned'
    Let the logger sign in with the system-assigned identity: assign the role Monitoring Metrics Publisher on `insights` (unsafe)
    main.json
    +       "type": "Microsoft.Authorization/roleAssignments",
    +       "apiVersion": "2022-04-01",
    +       "scope": "[resourceId('Microsoft.Insights/components', 'insights')]",
    +       "name": "[guid(resourceId('Microsoft.Insights/components', 'insights'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '3913510d-42f4-4e42-8a64-420c390055eb')]",
    +       "dependsOn": [
    +         "[resourceId('Microsoft.Insights/components', 'insights')]",
    +         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +       ],
    +       "properties": {
    +         "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')]",
    +         "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]",
    +         "principalType": "ServicePrincipal"
    +       }
    +     },
    +     {
    -         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]"
    +         "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
    +         "[extensionResourceId(resourceId('Microsoft.Insights/components', 'insights'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.Insights/components', 'insights'), resourceId('Microsoft.ApiManagement/service', 'gateway'), '3913510d-42f4-4e42-8a64-420c390055eb'))]"
    -           "instrumentationKey": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').InstrumentationKey]"
    +           "connectionString": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').ConnectionString]",
    +           "identityClientId": "SystemAssigned"
    "#);
}

#[test]
fn an_endpoint_becomes_a_host() {
    let repaired = [
        "sb://a.servicebus.windows.net/hub/",
        "contoso-events",
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send",
        "no host",
    ]
    .map(|address| fixes(&endpoint("", "", address)))
    .concat();
    insta::assert_snapshot!(repaired, @r#"
    Use the host `a.servicebus.windows.net` (unsafe)
    main.bicep
    -   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'sb://a.servicebus.windows.net/hub/', identityClientId: 'SystemAssigned', name: 'hub' } }
    +   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'a.servicebus.windows.net', identityClientId: 'SystemAssigned', name: 'hub' } }
    Use the host `a.servicebus.windows.net` (unsafe)
    main.json
    -    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "sb://a.servicebus.windows.net/hub/", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    +    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "a.servicebus.windows.net", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    Use the host `contoso-events.servicebus.windows.net` (unsafe)
    main.bicep
    -   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'contoso-events', identityClientId: 'SystemAssigned', name: 'hub' } }
    +   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'contoso-events.servicebus.windows.net', identityClientId: 'SystemAssigned', name: 'hub' } }
    Use the host `contoso-events.servicebus.windows.net` (unsafe)
    main.json
    -    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "contoso-events", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    +    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "contoso-events.servicebus.windows.net", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    Use the host `a.servicebus.windows.net` (unsafe)
    main.bicep
    -   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send', identityClientId: 'SystemAssigned', name: 'hub' } }
    +   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'a.servicebus.windows.net', identityClientId: 'SystemAssigned', name: 'hub' } }
    Use the host `a.servicebus.windows.net` (unsafe)
    main.json
    -    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    +    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "a.servicebus.windows.net", "identityClientId": "SystemAssigned", "name": "hub" } } } ]
    no fix
    no fix
    "#);
    let missing = event_hubs(
        "",
        "",
        (
            "",
            "endpointAddress: 'a.servicebus.windows.net', name: 'hub'",
        ),
        (
            "",
            r#""endpointAddress": "a.servicebus.windows.net", "name": "hub""#,
        ),
    );
    insta::assert_snapshot!(fixes(&missing), @r#"
    Let the logger sign in with the system-assigned identity, which needs the role Azure Event Hubs Data Sender (unsafe)
    main.bicep
    -   properties: { loggerType: 'azureEventHub', credentials: { endpointAddress: 'a.servicebus.windows.net', name: 'hub' } }
    +   properties: { loggerType: 'azureEventHub', credentials: {
    +     endpointAddress: 'a.servicebus.windows.net'
    +     identityClientId: 'SystemAssigned'
    +     name: 'hub'
    +   } }
    Let the logger sign in with the system-assigned identity, which needs the role Azure Event Hubs Data Sender (unsafe)
    main.json
    -    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": { "endpointAddress": "a.servicebus.windows.net", "name": "hub" } } } ]
    +    "resources": [ { "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2024-05-01", "name": "gateway/log", "properties": { "loggerType": "azureEventHub", "credentials": {
    +      "endpointAddress": "a.servicebus.windows.net",
    +      "identityClientId": "SystemAssigned",
    +      "name": "hub"
    +    } } } ]
    "#);
}
