//! `secret-content-type`: secrets that are certificates and do not say so.

use crate::repaired::repaired_in;
use crate::twins::{Case, arm, case, judge};
use syntax::Language;

const RULES: &[&str] = &["secret-content-type"];
const UNTYPED: &str = "warning secret-content-type";

/// A secret with these properties besides its value, which a hostname reads under `reference`.
fn secret(
    name: &'static str,
    expected: &'static str,
    (declarations, properties, reference): (&str, &str, &str),
    (sections, json_properties, json_reference): (&str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
param pfx string
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'safe'
}}
resource certificate 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {{
  parent: safe
  name: 'gateway'
  properties: {{
    value: pfx
    {properties}
  }}
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  properties: {{
    hostnameConfigurations: [ {{ type: 'Proxy', hostName: 'a.contoso.com', keyVaultId: {reference} }} ]
  }}
}}
"
        ),
        arm(&format!(
            r#""parameters": {{ {sections} "pfx": {{ "type": "string" }} }},
  "resources": [
    {{ "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01", "name": "safe/gateway", "properties": {{
      "value": "[parameters('pfx')]"{json_properties}
    }} }},
    {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "a.contoso.com", "keyVaultId": "{json_reference}" }} ] }} }}
  ]"#
        )),
    )
}

const URI: &str = "certificate.properties.secretUri";
const JSON_URI: &str = "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'gateway'), '2026-02-01').secretUri]";

#[test]
fn certificates_that_do_not_say_so() {
    let report = judge(
        RULES,
        &[
            secret("none", UNTYPED, ("", "", URI), ("", "", JSON_URI)),
            secret(
                "read by its address",
                UNTYPED,
                ("", "", "'${safe.properties.vaultUri}secrets/Gateway'"),
                (
                    "",
                    "",
                    "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'secrets/Gateway')]",
                ),
            ),
            secret(
                "read by a literal with a version",
                UNTYPED,
                (
                    "",
                    "",
                    "'https://safe.vault.azure.net/secrets/gateway/0123456789abcdef0123456789abcdef'",
                ),
                (
                    "",
                    "",
                    "https://safe.vault.azure.net/secrets/gateway/0123456789abcdef0123456789abcdef",
                ),
            ),
            secret(
                "null",
                UNTYPED,
                ("", "contentType: null", URI),
                ("", r#", "contentType": null"#, JSON_URI),
            ),
            secret(
                "another",
                UNTYPED,
                ("", "contentType: 'application/x-pem-file'", URI),
                ("", r#", "contentType": "application/x-pem-file""#, JSON_URI),
            ),
            secret(
                "one of the allowed ones",
                UNTYPED,
                (
                    "@allowed(['application/x-pkcs12', 'text/plain'])\nparam kind string",
                    "contentType: kind",
                    URI,
                ),
                (
                    r#""kind": { "type": "string", "allowedValues": ["application/x-pkcs12", "text/plain"] },"#,
                    r#", "contentType": "[parameters('kind')]""#,
                    JSON_URI,
                ),
            ),
            secret(
                "in one case",
                UNTYPED,
                (
                    "param typed bool",
                    "contentType: typed ? 'application/x-pkcs12' : null",
                    URI,
                ),
                (
                    r#""typed": { "type": "bool" },"#,
                    r#", "contentType": "[if(parameters('typed'), 'application/x-pkcs12', null())]""#,
                    JSON_URI,
                ),
            ),
            case(
                "one of a loop",
                UNTYPED,
                "param pfx string
var secrets = [ { name: 'a', type: 'application/x-pkcs12' }, { name: 'b', type: 'text/plain' } ]
resource stored 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = [for secret in secrets: {
  name: 'safe/${secret.name}'
  properties: { value: pfx, contentType: secret.type }
}]
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  properties: {
    hostnameConfigurations: [for secret in secrets: { type: 'Proxy', hostName: '${secret.name}.contoso.com', keyVaultId: 'https://safe.vault.azure.net/secrets/${secret.name}' }]
  }
}
",
                arm(
                    r#""parameters": { "pfx": { "type": "string" } },
  "variables": { "secrets": [ { "name": "a", "type": "application/x-pkcs12" }, { "name": "b", "type": "text/plain" } ] },
  "resources": [
    { "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01", "copy": { "name": "stored", "count": "[length(variables('secrets'))]" }, "name": "[format('safe/{0}', variables('secrets')[copyIndex()].name)]", "properties": { "value": "[parameters('pfx')]", "contentType": "[variables('secrets')[copyIndex()].type]" } },
    { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "properties": { "copy": [ { "name": "hostnameConfigurations", "count": "[length(variables('secrets'))]", "input": { "type": "Proxy", "hostName": "[format('{0}.contoso.com', variables('secrets')[copyIndex('hostnameConfigurations')].name)]", "keyVaultId": "[format('https://safe.vault.azure.net/secrets/{0}', variables('secrets')[copyIndex('hostnameConfigurations')].name)]" } } ] } }
  ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    none
      warning secret-content-type @ certificate: `certificate` is the certificate of a hostname and has no `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    read by its address
      warning secret-content-type @ certificate: `certificate` is the certificate of a hostname and has no `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    read by a literal with a version
      warning secret-content-type @ certificate: `certificate` is the certificate of a hostname and has no `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    null
      warning secret-content-type @ certificate: `certificate` is the certificate of a hostname and has no `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    another
      warning secret-content-type @ 'application/x-pem-file': `certificate` is the certificate of a hostname and has another `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    one of the allowed ones
      warning secret-content-type @ 'text/plain': `certificate` is the certificate of a hostname and has another `contentType` when `kind` is 'text/plain': API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    in one case
      warning secret-content-type @ certificate: `certificate` is the certificate of a hostname and has no `contentType` when `typed` is false: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    one of a loop
      warning secret-content-type @ 'text/plain': `stored` is the certificate of a hostname and has another `contentType`: API Management expects `application/x-pkcs12`, a certificate with its private key
          see keyVaultId: the hostname reads it here
    ");
}

#[test]
fn what_is_no_matter() {
    judge(
        RULES,
        &[
            secret(
                "the right one",
                "",
                ("", "contentType: 'application/x-pkcs12'", URI),
                ("", r#", "contentType": "application/x-pkcs12""#, JSON_URI),
            ),
            secret(
                "not known",
                "",
                ("param kind string", "contentType: kind", URI),
                (
                    r#""kind": { "type": "string" },"#,
                    r#", "contentType": "[parameters('kind')]""#,
                    JSON_URI,
                ),
            ),
            secret(
                "filled in later",
                "",
                ("", "contentType: '#{type}#'", URI),
                ("", r##", "contentType": "#{type}#""##, JSON_URI),
            ),
            secret(
                "another secret is read",
                "",
                ("", "", "'https://safe.vault.azure.net/secrets/other'"),
                ("", "", "https://safe.vault.azure.net/secrets/other"),
            ),
            secret(
                "that of another vault is read",
                "",
                ("", "", "'https://other.vault.azure.net/secrets/gateway'"),
                ("", "", "https://other.vault.azure.net/secrets/gateway"),
            ),
            secret(
                "it cannot be told what is read",
                "",
                ("param uri string", "", "uri"),
                (r#""uri": { "type": "string" },"#, "", "[parameters('uri')]"),
            ),
            case(
                "a named value reads it",
                "",
                "param key string
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  name: 'safe/key'
  properties: { value: key }
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  name: 'gateway/key'
  properties: { displayName: 'key', secret: true, keyVault: { secretIdentifier: secret.properties.secretUri } }
}
",
                arm(
                    r#""parameters": { "key": { "type": "string" } },
  "resources": [
    { "type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01", "name": "safe/key", "properties": { "value": "[parameters('key')]" } },
    { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/key", "properties": { "displayName": "key", "secret": true, "keyVault": { "secretIdentifier": "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'key'), '2026-02-01').secretUri]" } } }
  ]"#,
                ),
            ),
        ],
    );
}

#[test]
fn the_fix_is_made_where_the_type_is_written() {
    let fixes = |bicep: (&str, &str, &str), json: (&str, &str, &str)| {
        let case = secret("", "", bicep, json);
        repaired_in(RULES[0], Language::Bicep, &case.bicep)
            + &repaired_in(RULES[0], Language::Json, &case.arm)
    };
    let named = fixes(
        ("param kind string = 'text/plain'", "contentType: kind", URI),
        (
            r#""kind": { "type": "string", "defaultValue": "text/plain" },"#,
            r#", "contentType": "[parameters('kind')]""#,
            JSON_URI,
        ),
    );
    insta::assert_snapshot!(named, @r#"
    Set `contentType` to 'application/x-pkcs12' (safe)
    main.bicep
    - param kind string = 'text/plain'
    + param kind string = 'application/x-pkcs12'
    Set `contentType` to 'application/x-pkcs12' (safe)
    main.json
    -   "parameters": { "kind": { "type": "string", "defaultValue": "text/plain" }, "pfx": { "type": "string" } },
    +   "parameters": { "kind": { "type": "string", "defaultValue": "application/x-pkcs12" }, "pfx": { "type": "string" } },
    "#);
    let null = fixes(
        ("", "contentType: null", URI),
        ("", r#", "contentType": null"#, JSON_URI),
    );
    insta::assert_snapshot!(null, @r#"
    Set `contentType` to 'application/x-pkcs12' (safe)
    main.bicep
    -     contentType: null
    +     contentType: 'application/x-pkcs12'
    Set `contentType` to 'application/x-pkcs12' (safe)
    main.json
    -       "value": "[parameters('pfx')]", "contentType": null
    +       "value": "[parameters('pfx')]", "contentType": "application/x-pkcs12"
    "#);
}
