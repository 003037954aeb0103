//! `secret-in-named-value`: secrets that API Management holds itself.

use crate::twins::{Case, arm, case, judge};

const RULES: &[&str] = &["secret-in-named-value"];
const HELD: &str = "warning secret-in-named-value";
const INFO: &str = "info secret-in-named-value";

/// A named value with these properties.
fn named_value(
    name: &'static str,
    expected: &'static str,
    (declarations, properties): (&str, &str),
    (sections, json_properties): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/nv'
  properties: {{
    {properties}
  }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ {json_properties} }} }} ]"#
        )),
    )
}

/// A named value that is a secret, or not, with a literal.
fn literal(
    name: &'static str,
    expected: &'static str,
    (display_name, is_secret): (&str, bool),
    value: &str,
) -> Case {
    named_value(
        name,
        expected,
        (
            "",
            &format!(
                "displayName: '{display_name}'\n    secret: {is_secret}\n    value: '{value}'"
            ),
        ),
        (
            "",
            &format!(
                r#""displayName": "{display_name}", "secret": {is_secret}, "value": "{value}""#
            ),
        ),
    )
}

const SECURE: &str = r#""parameters": { "key": { "type": "securestring" } },"#;
const GUID: &str = "11111111-aaaa-4444-bbbb-222222222222";

#[test]
fn secrets_in_the_service() {
    let report = judge(
        RULES,
        &[
            literal("a literal", HELD, ("key", true), "hunter2"),
            literal("a GUID that may be a key", HELD, ("key", true), GUID),
            named_value(
                "a secure parameter",
                HELD,
                (
                    "@secure()\nparam key string",
                    "displayName: 'key', secret: true, value: key",
                ),
                (
                    SECURE,
                    r#""displayName": "key", "secret": true, "value": "[parameters('key')]""#,
                ),
            ),
            named_value(
                "a plain parameter with a default",
                HELD,
                (
                    "param key string = ''",
                    "displayName: 'key', secret: true, value: key",
                ),
                (
                    r#""parameters": { "key": { "type": "string", "defaultValue": "" } },"#,
                    r#""displayName": "key", "secret": true, "value": "[parameters('key')]""#,
                ),
            ),
            named_value(
                "the keys of a storage account",
                HELD,
                (
                    "resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: 'store'
}",
                    "displayName: 'key', secret: true, value: store.listKeys().keys[0].value",
                ),
                (
                    "",
                    r#""displayName": "key", "secret": true, "value": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2023-05-01').keys[0].value]""#,
                ),
            ),
            named_value(
                "a variable",
                HELD,
                (
                    "var key = 'hunter2'",
                    "displayName: 'key', secret: true, value: key",
                ),
                (
                    r#""variables": { "key": "hunter2" },"#,
                    r#""displayName": "key", "secret": true, "value": "[variables('key')]""#,
                ),
            ),
            named_value(
                "a secret in one case",
                HELD,
                (
                    "param isSecret bool",
                    "displayName: 'key', secret: isSecret, value: 'hunter2'",
                ),
                (
                    r#""parameters": { "isSecret": { "type": "bool" } },"#,
                    r#""displayName": "key", "secret": "[parameters('isSecret')]", "value": "hunter2""#,
                ),
            ),
            named_value(
                "in the vault in one case",
                HELD,
                (
                    "@secure()\nparam key string\n@allowed(['vault', 'own'])\nparam store string",
                    "displayName: 'key', secret: true, value: store == 'vault' ? null : key, keyVault: store == 'vault' ? { secretIdentifier: 'https://safe.vault.azure.net/secrets/key' } : null",
                ),
                (
                    r#""parameters": { "key": { "type": "securestring" }, "store": { "type": "string", "allowedValues": ["vault", "own"] } },"#,
                    r#""displayName": "key", "secret": true, "value": "[if(equals(parameters('store'), 'vault'), null(), parameters('key'))]", "keyVault": "[if(equals(parameters('store'), 'vault'), createObject('secretIdentifier', 'https://safe.vault.azure.net/secrets/key'), null())]""#,
                ),
            ),
            case(
                "one of a loop, of a workspace",
                HELD,
                "var values = [ { name: 'a', secret: false }, { name: 'b', secret: true } ]
resource nv 'Microsoft.ApiManagement/service/workspaces/namedValues@2024-05-01' = [for value in values: {
  name: 'gateway/team/${value.name}'
  properties: { displayName: value.name, secret: value.secret, value: 'x1' }
}]
",
                arm(
                    r#""variables": { "values": [ { "name": "a", "secret": false }, { "name": "b", "secret": true } ] },
  "resources": [ { "type": "Microsoft.ApiManagement/service/workspaces/namedValues", "apiVersion": "2024-05-01", "copy": { "name": "nv", "count": "[length(variables('values'))]" }, "name": "[format('gateway/team/{0}', variables('values')[copyIndex()].name)]", "properties": { "displayName": "[variables('values')[copyIndex()].name]", "secret": "[variables('values')[copyIndex()].secret]", "value": "x1" } } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a literal
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
    a GUID that may be a key
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
    a secure parameter
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
          see key: it is the value of `key`
    a plain parameter with a default
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
          see key: it is the value of `key`
    the keys of a storage account
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
    a variable
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
          see 'hunter2': the value is written here
    a secret in one case
      warning secret-in-named-value @ value: `nv` holds its secret itself when `isSecret` is true: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
    in the vault in one case
      warning secret-in-named-value @ value: `nv` holds its secret itself when `store` is 'own': with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
          see key: it is the value of `key`
    one of a loop, of a workspace
      warning secret-in-named-value @ value: `nv` holds its secret itself: with a `keyVault` reference in place of `value` the secret stays in Key Vault, which guards, logs and renews it
    ");
}

#[test]
fn what_is_worth_knowing_only() {
    let report = judge(
        RULES,
        &[
            literal("a placeholder", INFO, ("key", true), "<put the key here>"),
            literal("another placeholder", INFO, ("key", true), "changeme"),
            literal("the id of a client", INFO, ("client-id", true), GUID),
            named_value(
                "the tenant",
                INFO,
                (
                    "",
                    "displayName: 'tenant', secret: true, value: tenant().tenantId",
                ),
                (
                    "",
                    r#""displayName": "tenant", "secret": true, "value": "[tenant().tenantId]""#,
                ),
            ),
            named_value(
                "the client id of an identity",
                INFO,
                (
                    "resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'id'
}",
                    "displayName: 'id', secret: true, value: id.properties.clientId",
                ),
                (
                    "",
                    r#""displayName": "id", "secret": true, "value": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id'), '2023-01-31').clientId]""#,
                ),
            ),
            named_value(
                "a parameter that is a subscription id",
                INFO,
                (
                    "param subscriptionId string",
                    "displayName: 'sub', secret: true, value: subscriptionId",
                ),
                (
                    r#""parameters": { "subscriptionId": { "type": "string" } },"#,
                    r#""displayName": "sub", "secret": true, "value": "[parameters('subscriptionId')]""#,
                ),
            ),
            named_value(
                "the key of Application Insights",
                INFO,
                (
                    "resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: 'insights'
}",
                    "displayName: 'logger', secret: true, value: insights.properties.InstrumentationKey",
                ),
                (
                    "",
                    r#""displayName": "logger", "secret": true, "value": "[reference(resourceId('Microsoft.Insights/components', 'insights'), '2020-02-02').InstrumentationKey]""#,
                ),
            ),
            literal(
                "a connection string that is not marked",
                INFO,
                ("events", false),
                "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0",
            ),
            named_value(
                "the default of a parameter that is not marked",
                INFO,
                (
                    "param store string = 'AccountName=a;AccountKey=c2VjcmV0'",
                    "displayName: 'store', value: store",
                ),
                (
                    r#""parameters": { "store": { "type": "string", "defaultValue": "AccountName=a;AccountKey=c2VjcmV0" } },"#,
                    r#""displayName": "store", "value": "[parameters('store')]""#,
                ),
            ),
            named_value(
                "keys that are not marked",
                INFO,
                (
                    "resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: 'store'
}",
                    "displayName: 'key', value: 'SharedKey ${store.listKeys().keys[0].value}'",
                ),
                (
                    "",
                    r#""displayName": "key", "value": "[format('SharedKey {0}', listKeys(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2023-05-01').keys[0].value)]""#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a placeholder
      info secret-in-named-value @ value: `nv` is to hold a secret itself, in place of this placeholder: with a `keyVault` reference the secret never has to be in a template
    another placeholder
      info secret-in-named-value @ value: `nv` is to hold a secret itself, in place of this placeholder: with a `keyVault` reference the secret never has to be in a template
    the id of a client
      info secret-in-named-value @ value: `nv` is marked as a secret, but what it holds is visibly none, the id of a client, tenant or subscription or of Application Insights: `secret: false` says so and keeps it readable
    the tenant
      info secret-in-named-value @ value: `nv` is marked as a secret, but what it holds is visibly none, the id of a client, tenant or subscription or of Application Insights: `secret: false` says so and keeps it readable
    the client id of an identity
      info secret-in-named-value @ value: `nv` is marked as a secret, but what it holds is visibly none, the id of a client, tenant or subscription or of Application Insights: `secret: false` says so and keeps it readable
    a parameter that is a subscription id
      info secret-in-named-value @ value: `nv` is marked as a secret, but what it holds is visibly none, the id of a client, tenant or subscription or of Application Insights: `secret: false` says so and keeps it readable
          see subscriptionId: it is the value of `subscriptionId`
    the key of Application Insights
      info secret-in-named-value @ value: `nv` is marked as a secret, but what it holds is visibly none, the id of a client, tenant or subscription or of Application Insights: `secret: false` says so and keeps it readable
    a connection string that is not marked
      info secret-in-named-value @ value: `nv` holds what looks like a credential and is not marked as a secret: everybody who may read the service can read it; a `keyVault` reference keeps it in Key Vault
    the default of a parameter that is not marked
      info secret-in-named-value @ value: `nv` holds what looks like a credential and is not marked as a secret with the default of `store`: everybody who may read the service can read it; a `keyVault` reference keeps it in Key Vault
          see store: it is the value of `store`
    keys that are not marked
      info secret-in-named-value @ value: `nv` holds what looks like a credential and is not marked as a secret: everybody who may read the service can read it; a `keyVault` reference keeps it in Key Vault
    ");
}

#[test]
fn what_is_well() {
    judge(
        RULES,
        &[
            literal("no secret", "", ("region", false), "westeurope"),
            literal("an id", "", ("client-id", false), GUID),
            literal("nothing", "", ("key", true), ""),
            named_value(
                "a secure parameter that may have secrets for others",
                "",
                (
                    "@secure()\nparam value string",
                    "displayName: 'key', value: value",
                ),
                (
                    r#""parameters": { "value": { "type": "securestring" } },"#,
                    r#""displayName": "key", "value": "[parameters('value')]""#,
                ),
            ),
            named_value(
                "a reference",
                "",
                (
                    "",
                    "displayName: 'key', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/key' }",
                ),
                (
                    "",
                    r#""displayName": "key", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/key" }"#,
                ),
            ),
            named_value(
                "a reference that is not known",
                "",
                (
                    "param vault object\n@secure()\nparam key string",
                    "displayName: 'key', secret: true, value: key, keyVault: vault",
                ),
                (
                    r#""parameters": { "vault": { "type": "object" }, "key": { "type": "securestring" } },"#,
                    r#""displayName": "key", "secret": true, "value": "[parameters('key')]", "keyVault": "[parameters('vault')]""#,
                ),
            ),
            named_value(
                "not known whether it is a secret",
                "",
                (
                    "param settings object",
                    "displayName: 'key', secret: settings.secret, value: 'hunter2'",
                ),
                (
                    r#""parameters": { "settings": { "type": "object" } },"#,
                    r#""displayName": "key", "secret": "[parameters('settings').secret]", "value": "hunter2""#,
                ),
            ),
            named_value(
                "properties that are not known",
                "",
                ("param more object", "displayName: 'key', secret: true, value: 'x1', ...more"),
                (
                    r#""parameters": { "name": { "type": "string" } },"#,
                    r#""[parameters('name')]": {}, "displayName": "key", "secret": true, "value": "x1""#,
                ),
            ),
            case(
                "one that is not deployed",
                "",
                "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (false) {
  name: 'gateway/nv'
  properties: { displayName: 'key', secret: true, value: 'hunter2' }
}
",
                arm(
                    r#""resources": [ { "condition": false, "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "key", "secret": true, "value": "hunter2" } } ]"#,
                ),
            ),
        ],
    );
}

/// How its fixes read.
mod repairs {
    use super::arm;
    use crate::repaired::repaired;

    fn bicep(text: &str) -> String {
        repaired("secret-in-named-value", &[("main.bicep", text)])
    }

    fn json(text: &str) -> String {
        repaired("secret-in-named-value", &[("main.json", text)])
    }

    const APIM: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
";
    const VAULT: &str = "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}
";

    fn named_value(properties: &str) -> String {
        format!(
            "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'backend-key'
  properties: {{
    {properties}
  }}
}}
"
        )
    }

    #[test]
    fn a_secret_of_the_vault_in_sight() {
        let key = "@secure()\nparam key string\n";
        let properties = "displayName: 'backend-key'
    secret: true
    value: key // of the backend";
        let all = format!("{key}{VAULT}{APIM}{}", named_value(properties));
        insta::assert_snapshot!(bicep(&all), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     value: key // of the backend
        +     keyVault: {
        +       secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key'
        +     } // of the backend
        ");
        let one_line = format!(
            "param environment string\n{key}{APIM}{}",
            named_value("displayName: 'k', secret: true, value: key")
                .replace("\n    ", " ")
                .replace("\n  }", " }")
        );
        insta::assert_snapshot!(bicep(&one_line), @"
        Refer to a secret in Key Vault instead (unsafe)
        main.bicep
        -   properties: { displayName: 'k', secret: true, value: key }
        +   properties: {
        +     displayName: 'k'
        +     secret: true
        +     keyVault: {
        +       secretIdentifier: 'https://<vault>${az.environment().suffixes.keyvaultDns}/secrets/backend-key'
        +     }
        +   }
        ");
        let unmarked = "displayName: 'store'
    tags: ['auto']
    value: 'AccountName=a;AccountKey=c2VjcmV0'";
        let marked = unmarked.replace("tags: ['auto']", "secret: false");
        insta::assert_snapshot!(bicep(&format!("{VAULT}{APIM}{}", named_value(unmarked))), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     value: 'AccountName=a;AccountKey=c2VjcmV0'
        +     secret: true
        +     keyVault: {
        +       secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key'
        +     }
        ");
        insta::assert_snapshot!(bicep(&format!("{VAULT}{APIM}{}", named_value(&marked))), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     secret: false
        -     value: 'AccountName=a;AccountKey=c2VjcmV0'
        +     secret: true
        +     keyVault: {
        +       secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key'
        +     }
        ");
    }

    #[test]
    fn in_arm_json() {
        let template = |vault: &str, properties: &str| {
            arm(&format!(
                r#""resources": [{vault}
    {{
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "gateway/backend-key",
      "properties": {{
        "displayName": "backend-key",
        {properties}
      }}
    }}
  ]"#
            ))
        };
        let vault = r#"
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "kv",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } }
    },"#;
        let secret = "\"secret\": true,\n        \"value\": \"abc\"";
        insta::assert_snapshot!(json(&template(vault, secret)), @r#"
        Refer to a secret of `kv` instead (unsafe)
        main.json
        +       "dependsOn": [
        +         "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
        +       ],
        -         "value": "abc"
        +         "keyVault": {
        +           "secretIdentifier": "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'kv'), '2023-07-01').vaultUri, 'secrets/backend-key')]"
        +         }
        "#);
        insta::assert_snapshot!(json(&template("", secret)), @r#"
        Refer to a secret in Key Vault instead (unsafe)
        main.json
        -         "value": "abc"
        +         "keyVault": {
        +           "secretIdentifier": "[concat('https://<vault>', environment().suffixes.keyvaultDns, '/secrets/backend-key')]"
        +         }
        "#);
    }

    #[test]
    fn a_reference_that_says_nothing_of_a_secret() {
        let with = |reference: &str| {
            let properties = format!(
                "displayName: 'k'\n    keyVault: {reference}\n    secret: true\n    value: 'abc'"
            );
            let value = named_value(&properties);
            bicep(&format!("{VAULT}{APIM}{value}"))
        };
        insta::assert_snapshot!(with("{}"), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     keyVault: {}
        +     keyVault: { secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key' }
        -     value: 'abc'
        ");
        insta::assert_snapshot!(with("{ identityClientId: '11111111-aaaa-4444-bbbb-222222222222' }"), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     keyVault: { identityClientId: '11111111-aaaa-4444-bbbb-222222222222' }
        +     keyVault: {
        +       identityClientId: '11111111-aaaa-4444-bbbb-222222222222'
        +       secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key'
        +     }
        -     value: 'abc'
        ");
    }

    #[test]
    fn with_the_only_identity_of_the_service() {
        let service =
            "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'reader'
  location: 'westeurope'
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }
}
";
        let properties = "displayName: 'k'\n    secret: true\n    value: 'abc'";
        let one = format!("{VAULT}{service}{}", named_value(properties));
        insta::assert_snapshot!(bicep(&one), @"
        Refer to a secret of `kv` instead (unsafe)
        main.bicep
        -     value: 'abc'
        +     keyVault: {
        +       secretIdentifier: '${kv.properties.vaultUri}secrets/backend-key'
        +       identityClientId: reader.properties.clientId
        +     }
        ");
        let two = one.replace("'${reader.id}': {}", "'${reader.id}': {}, other: {}");
        assert_eq!(bicep(&two), "no fix\n");
    }

    #[test]
    fn where_it_would_not_be_one_secret() {
        let value = "displayName: 'k'\n    secret: true\n    value: 'abc'";
        let loop_over = format!("{APIM}{}", named_value(value))
            .replace(
                "2024-05-01' = {\n  parent",
                "2024-05-01' = [for n in ['a', 'b']: {\n  parent",
            )
            .replace("'backend-key'", "n")
            + "]\n";
        let workspace = named_value(value)
            .replace("service/named", "service/workspaces/named")
            .replace("  parent: apim\n", "")
            .replace("'backend-key'", "'gateway/team/k'");
        let either = format!(
            "param own bool\n{APIM}{}",
            named_value("displayName: 'k'\n    secret: true\n    value: own ? 'abc' : ''")
        );
        let marked = format!(
            "param isSecret bool\n{APIM}{}",
            named_value("displayName: 'k'\n    secret: isSecret\n    value: 'abc'")
        );
        for text in [loop_over, workspace, either, marked] {
            assert_eq!(bicep(&text), "no fix\n", "{text}");
        }
    }

    #[test]
    fn a_vault_that_waits_for_the_named_value_is_not_waited_for() {
        let vault = VAULT
            .replace(" existing", "")
            .replace("'kv'", "'kv'\n  tags: { of: nv.id }");
        let value = named_value("displayName: 'k'\n    secret: true\n    value: 'abc'");
        let repaired = bicep(&format!("{vault}{APIM}{value}"));
        assert!(repaired.contains("https://<vault>"), "{repaired}");
    }
}
