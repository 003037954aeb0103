//! `secret-uri-invalid`: what API Management is to read from a vault and cannot, because it is no
//! secret.

use crate::twins::{Case, arm, case, judge, one};

const RULES: &[&str] = &["secret-uri-invalid"];
const INVALID: &str = "error secret-uri-invalid";

/// A certificate of a service from elsewhere that reads `uri`.
fn certificate(
    name: &'static str,
    expected: &'static str,
    (declarations, uri): (&str, &str),
    (sections, json_uri): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{
  name: 'gateway'
}}
resource client 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {{
  parent: apim
  name: 'client'
  properties: {{ keyVault: {{ secretIdentifier: {uri} }} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/certificates", "apiVersion": "2024-05-01", "name": "gateway/client", "properties": {{ "keyVault": {{ "secretIdentifier": "{json_uri}" }} }} }} ]"#
        )),
    )
}

fn literal(name: &'static str, expected: &'static str, uri: &str) -> Case {
    certificate(name, expected, ("", &format!("'{uri}'")), ("", uri))
}

const VAULT: &str = "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: 'safe'
  resource secret 'secrets' existing = {
    name: 'client'
  }
  resource key 'keys' existing = {
    name: 'client'
  }
}";

#[test]
fn what_is_no_secret() {
    let report = judge(
        RULES,
        &[
            literal(
                "a certificate",
                INVALID,
                "https://safe.vault.azure.net/certificates/client",
            ),
            literal(
                "a key, in capitals",
                INVALID,
                "HTTPS://SAFE.VAULT.AZURE.NET/KEYS/CLIENT",
            ),
            literal("no URL", INVALID, "client"),
            literal("no scheme", INVALID, "safe.vault.azure.net/secrets/client"),
            literal("the vault alone", INVALID, "https://safe.vault.azure.net/"),
            literal(
                "no collection",
                INVALID,
                "https://safe.vault.azure.net/client",
            ),
            literal("no name", INVALID, "https://safe.vault.azure.net/secrets/"),
            literal(
                "a name that no secret has",
                INVALID,
                "https://safe.vault.azure.net/secrets/client_key",
            ),
            literal(
                "a resource id",
                INVALID,
                "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/safe/secrets/client",
            ),
            certificate(
                "the id of a secret",
                INVALID,
                (VAULT, "safe::secret.id"),
                (
                    "",
                    "[resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client')]",
                ),
            ),
            certificate(
                "the address of a vault",
                INVALID,
                (VAULT, "safe.properties.vaultUri"),
                (
                    "",
                    "[reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri]",
                ),
            ),
            certificate(
                "behind the address of a vault, a certificate",
                INVALID,
                (VAULT, "'${safe.properties.vaultUri}certificates/client'"),
                (
                    "",
                    "[format('{0}certificates/client', reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri)]",
                ),
            ),
            certificate(
                "behind the address of a vault, a name",
                INVALID,
                (VAULT, "'${safe.properties.vaultUri}client'"),
                (
                    "",
                    "[concat(reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2026-02-01').vaultUri, 'client')]",
                ),
            ),
            certificate(
                "the URI of a key",
                INVALID,
                (VAULT, "safe::key.properties.keyUriWithVersion"),
                (
                    "",
                    "[reference(resourceId('Microsoft.KeyVault/vaults/keys', 'safe', 'client'), '2026-02-01').keyUriWithVersion]",
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    a certificate
      error secret-uri-invalid @ 'https://safe.vault.azure.net/certificates/client': This is the URL of a certificate of the vault: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    a key, in capitals
      error secret-uri-invalid @ 'HTTPS://SAFE.VAULT.AZURE.NET/KEYS/CLIENT': This is the URL of a key of the vault: the certificate needs that of a secret. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    no URL
      error secret-uri-invalid @ 'client': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    no scheme
      error secret-uri-invalid @ 'safe.vault.azure.net/secrets/client': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    the vault alone
      error secret-uri-invalid @ 'https://safe.vault.azure.net/': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    no collection
      error secret-uri-invalid @ 'https://safe.vault.azure.net/client': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    no name
      error secret-uri-invalid @ 'https://safe.vault.azure.net/secrets/': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    a name that no secret has
      error secret-uri-invalid @ 'https://safe.vault.azure.net/secrets/client_key': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    a resource id
      error secret-uri-invalid @ '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg…: This is a resource id: the certificate needs the URL of a secret, `https://{vault}.vault.azure.net/secrets/{name}`
    the id of a secret
      error secret-uri-invalid @ safe::secret.id: This is a resource id: the certificate needs the URL of a secret, `https://{vault}.vault.azure.net/secrets/{name}`
    the address of a vault
      error secret-uri-invalid @ safe.properties.vaultUri: This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    behind the address of a vault, a certificate
      error secret-uri-invalid @ '${safe.properties.vaultUri}certificates/client': This is the URL of a certificate of the vault: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    behind the address of a vault, a name
      error secret-uri-invalid @ '${safe.properties.vaultUri}client': This is not the URL of a secret: the certificate needs `https://{vault}.vault.azure.net/secrets/{name}`
    the URI of a key
      error secret-uri-invalid @ safe::key.properties.keyUriWithVersion: This is the URL of a key of the vault: the certificate needs that of a secret. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    "#);
}

#[test]
fn wherever_the_text_comes_from() {
    let report = judge(
        RULES,
        &[
            certificate(
                "a variable",
                INVALID,
                (
                    "var uri = 'https://safe.vault.azure.net/certificates/client'",
                    "uri",
                ),
                (
                    r#""variables": { "uri": "https://safe.vault.azure.net/certificates/client" },"#,
                    "[variables('uri')]",
                ),
            ),
            certificate(
                "the default of a parameter",
                INVALID,
                (
                    "param uri string = 'https://safe.vault.azure.net/certificates/client'",
                    "uri",
                ),
                (
                    r#""parameters": { "uri": { "type": "string", "defaultValue": "https://safe.vault.azure.net/certificates/client" } },"#,
                    "[parameters('uri')]",
                ),
            ),
            certificate(
                "one of the allowed collections",
                INVALID,
                (
                    "@allowed(['secrets', 'certificates'])\nparam collection string",
                    "'https://safe.vault.azure.net/${collection}/client'",
                ),
                (
                    r#""parameters": { "collection": { "type": "string", "allowedValues": ["secrets", "certificates"] } },"#,
                    "[format('https://safe.vault.azure.net/{0}/client', parameters('collection'))]",
                ),
            ),
            certificate(
                "one arm of a ternary",
                INVALID,
                (
                    "param own bool\nparam host string",
                    "own ? 'https://${host}/certificates/client' : 'https://${host}/secrets/client'",
                ),
                (
                    r#""parameters": { "own": { "type": "bool" }, "host": { "type": "string" } },"#,
                    "[if(parameters('own'), format('https://{0}/certificates/client', parameters('host')), format('https://{0}/secrets/client', parameters('host')))]",
                ),
            ),
            one(
                "the certificate of a hostname",
                INVALID,
                (
                    "",
                    "identity: { type: 'SystemAssigned' }
  properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'api.contoso.com', keyVaultId: 'https://safe.vault.azure.net/certificates/api' } ] }",
                ),
                (
                    "",
                    r#""identity": { "type": "SystemAssigned" }, "properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "api.contoso.com", "keyVaultId": "https://safe.vault.azure.net/certificates/api" } ] }"#,
                ),
            ),
            case(
                "named values of a loop, one of them wrong",
                INVALID,
                "var values = [
  { name: 'a', uri: 'https://safe.vault.azure.net/secrets/a' }
  { name: 'b', uri: 'https://safe.vault.azure.net/keys/b' }
]
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [for value in values: {
  parent: apim
  name: value.name
  properties: { displayName: value.name, secret: true, keyVault: { secretIdentifier: value.uri } }
}]
",
                arm(
                    r#""variables": { "values": [ { "name": "a", "uri": "https://safe.vault.azure.net/secrets/a" }, { "name": "b", "uri": "https://safe.vault.azure.net/keys/b" } ] },
  "resources": [ { "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "copy": { "name": "values", "count": "[length(variables('values'))]" }, "name": "[concat('gateway/', variables('values')[copyIndex()].name)]", "properties": { "displayName": "[variables('values')[copyIndex()].name]", "secret": true, "keyVault": { "secretIdentifier": "[variables('values')[copyIndex()].uri]" } } } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    a variable
      error secret-uri-invalid @ 'https://safe.vault.azure.net/certificates/client': This is the URL of a certificate of the vault: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
          see secretIdentifier: the certificate is read here
    the default of a parameter
      error secret-uri-invalid @ 'https://safe.vault.azure.net/certificates/client': This is the URL of a certificate of the vault with the default of `uri`: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
          see secretIdentifier: the certificate is read here
    one of the allowed collections
      error secret-uri-invalid @ 'https://safe.vault.azure.net/${collection}/client': This is the URL of a certificate of the vault when `collection` is 'certificates': the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    one arm of a ternary
      error secret-uri-invalid @ 'https://${host}/certificates/client': This is the URL of a certificate of the vault when `own` is true: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
      ARM error secret-uri-invalid @ format('https://{0}/certificates/client', parameters('host')): This is the URL of a certificate of the vault when `own` is true: the certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
          see "secretIdentifier": the certificate is read here
    the certificate of a hostname
      error secret-uri-invalid @ 'https://safe.vault.azure.net/certificates/api': This is the URL of a certificate of the vault: the hostname certificate needs that of the secret of the same name, under `/secrets/`, which has the private key. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
    named values of a loop, one of them wrong
      error secret-uri-invalid @ 'https://safe.vault.azure.net/keys/b': This is the URL of a key of the vault: the named value needs that of a secret. Azure refuses this one: "ApiManagement service only accepts KeyVault Secrets type"
          see secretIdentifier: the named value is read here
    "#);
}

#[test]
fn what_may_be_a_secret() {
    judge(
        RULES,
        &[
            literal("a secret", "", "https://safe.vault.azure.net/secrets/client"),
            literal("capitals", "", "https://safe.vault.azure.net/Secrets/Client/"),
            literal(
                "a vault of a cloud that is not known",
                "",
                "https://safe.vault.contoso.local/secrets/client",
            ),
            literal(
                "an empty part, which Azure may overlook",
                "",
                "https://safe.vault.azure.net//secrets/client",
            ),
            literal("a token in place of all", "", "#{certificate}#"),
            literal("a token in place of the path", "", "https://$(vault)/$(path)"),
            literal("a placeholder", "", "<url of the secret>"),
            literal("nothing", "", ""),
            certificate(
                "a parameter without default",
                "",
                ("param uri string", "uri"),
                (
                    r#""parameters": { "uri": { "type": "string" } },"#,
                    "[parameters('uri')]",
                ),
            ),
            certificate(
                "a path that is not known",
                "",
                (
                    "param path string",
                    "'https://safe.vault.azure.net/${path}'",
                ),
                (
                    r#""parameters": { "path": { "type": "string" } },"#,
                    "[format('https://safe.vault.azure.net/{0}', parameters('path'))]",
                ),
            ),
            certificate(
                "a name that is not known",
                "",
                (
                    "param secret string",
                    "'https://safe.vault.azure.net/secrets/${secret}'",
                ),
                (
                    r#""parameters": { "secret": { "type": "string" } },"#,
                    "[format('https://safe.vault.azure.net/secrets/{0}', parameters('secret'))]",
                ),
            ),
            certificate(
                "the URI of a secret",
                "",
                (VAULT, "safe::secret.properties.secretUri"),
                (
                    "",
                    "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client'), '2026-02-01').secretUri]",
                ),
            ),
            case(
                "a resource that is not deployed",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
resource client 'Microsoft.ApiManagement/service/certificates@2024-05-01' = if (false) {
  parent: apim
  name: 'client'
  properties: { keyVault: { secretIdentifier: 'https://safe.vault.azure.net/certificates/client' } }
}
",
                arm(
                    r#""resources": [ { "condition": false, "type": "Microsoft.ApiManagement/service/certificates", "apiVersion": "2024-05-01", "name": "gateway/client", "properties": { "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/certificates/client" } } } ]"#,
                ),
            ),
            case(
                "what other services read",
                "",
                "resource gateway 'Microsoft.Network/applicationGateways@2023-11-01' = {
  name: 'gateway'
  properties: { sslCertificates: [ { name: 'a', properties: { keyVaultSecretId: 'https://safe.vault.azure.net/certificates/client' } } ] }
}
",
                arm(
                    r#""resources": [ { "type": "Microsoft.Network/applicationGateways", "apiVersion": "2023-11-01", "name": "gateway", "properties": { "sslCertificates": [ { "name": "a", "properties": { "keyVaultSecretId": "https://safe.vault.azure.net/certificates/client" } } ] } } ]"#,
                ),
            ),
        ],
    );
}

#[test]
fn how_its_fixes_read() {
    use crate::repaired::repaired;

    let bicep = |uri: &str| {
        let text = format!(
            "{VAULT}
resource client 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {{
  name: 'gateway/client'
  properties: {{
    keyVault: {{
      secretIdentifier: {uri}
    }}
  }}
}}
"
        );
        repaired("secret-uri-invalid", &[("main.bicep", &text)])
    };
    insta::assert_snapshot!(bicep("safe::secret.id // read"), @"
    Take the URL of the secret (safe)
    main.bicep
    -       secretIdentifier: safe::secret.id // read
    +       secretIdentifier: safe::secret.properties.secretUri // read
    ");
    insta::assert_snapshot!(bicep("'${safe.properties.vaultUri}certificates/client'"), @"
    Refer to the secret of the certificate (safe)
    main.bicep
    -       secretIdentifier: '${safe.properties.vaultUri}certificates/client'
    +       secretIdentifier: '${safe.properties.vaultUri}secrets/client'
    ");
    assert_eq!(bicep("safe.id"), "no fix\n");
    assert_eq!(bicep("safe::key.properties.keyUri"), "no fix\n");
    let json = |uri: &str| {
        let text = arm(&format!(
            r#""resources": [
    {{
      "type": "Microsoft.KeyVault/vaults/secrets",
      "apiVersion": "2026-02-01",
      "name": "safe/client",
      "properties": {{
        "value": "[uniqueString('x')]"
      }}
    }},
    {{
      "type": "Microsoft.ApiManagement/service/certificates",
      "apiVersion": "2024-05-01",
      "name": "gateway/client",
      "properties": {{
        "keyVault": {{
          "secretIdentifier": "{uri}"
        }}
      }}
    }}
  ]"#
        ));
        repaired("secret-uri-invalid", &[("main.json", &text)])
    };
    insta::assert_snapshot!(json("[resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client')]"), @r#"
    Take the URL of the secret (safe)
    main.json
    +       "dependsOn": [
    +         "[resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client')]"
    +       ],
    -           "secretIdentifier": "[resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client')]"
    +           "secretIdentifier": "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'client'), '2026-02-01').secretUri]"
    "#);
    insta::assert_snapshot!(json("https://safe.vault.azure.net/certificates/client"), @r#"
    Refer to the secret of the certificate (safe)
    main.json
    -           "secretIdentifier": "https://safe.vault.azure.net/certificates/client"
    +           "secretIdentifier": "https://safe.vault.azure.net/secrets/client"
    "#);
}
