//! `secret-uri-versioned`: a certificate or secret that API Management never renews.

use crate::twins::{Case, arm, case, judge};

const VERSIONED: &str = "warning secret-uri-versioned";
const VERSION: &str = "0123456789abcdef0123456789ABCDEF";

/// A service with a system identity from elsewhere and a named value that reads `uri`.
fn named_value(
    name: &'static str,
    expected: &'static str,
    (declarations, uri): (&str, &str),
    (sections, json_uri): (&str, &str),
) -> Case {
    let version = |text: &str| text.replace("VERSION", VERSION);
    case(
        name,
        expected,
        version(&format!(
            "{declarations}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{
  name: 'gateway'
}}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: {uri} }} }}
}}
"
        )),
        version(&arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "nv", "secret": true, "keyVault": {{ "secretIdentifier": "{json_uri}" }} }} }} ]"#
        ))),
    )
}

const SECRET: &str = "resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'safe'
  resource secret 'secrets' existing = {
    name: 'nv'
  }
}";

#[test]
fn a_version_in_every_spelling() {
    let literal = |name, expected, url: &str| {
        named_value(name, expected, ("", &format!("'{url}'")), ("", url))
    };
    let report = judge(
        &["secret-uri-versioned"],
        &[
            literal(
                "literal",
                VERSIONED,
                "https://safe.vault.azure.net/secrets/nv/VERSION",
            ),
            literal(
                "capitals",
                VERSIONED,
                "HTTPS://Safe.Vault.Azure.Net/Secrets/nv/VERSION",
            ),
            literal(
                "port",
                VERSIONED,
                "https://safe.vault.azure.net:443/secrets/nv/VERSION",
            ),
            literal(
                "China",
                VERSIONED,
                "https://safe.vault.azure.cn/secrets/nv/VERSION",
            ),
            literal(
                "US government",
                VERSIONED,
                "https://safe.vault.usgovcloudapi.net/secrets/nv/VERSION",
            ),
            named_value(
                "variable",
                VERSIONED,
                (
                    "var uri = 'https://safe.vault.azure.net/secrets/nv/VERSION'",
                    "uri",
                ),
                (
                    r#""variables": { "uri": "https://safe.vault.azure.net/secrets/nv/VERSION" },"#,
                    "[variables('uri')]",
                ),
            ),
            named_value(
                "default of a parameter",
                VERSIONED,
                (
                    "param uri string = 'https://safe.vault.azure.net/secrets/nv/VERSION'",
                    "uri",
                ),
                (
                    r#""parameters": { "uri": { "type": "string", "defaultValue": "https://safe.vault.azure.net/secrets/nv/VERSION" } },"#,
                    "[parameters('uri')]",
                ),
            ),
            named_value(
                "behind the address of a vault",
                VERSIONED,
                (SECRET, "'${safe.properties.vaultUri}secrets/nv/VERSION'"),
                (
                    "",
                    "[format('{0}secrets/nv/VERSION', reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri)]",
                ),
            ),
            named_value(
                "concat",
                VERSIONED,
                (
                    "param host string",
                    "concat('https://', host, '/secrets/nv/', 'VERSION')",
                ),
                (
                    r#""parameters": { "host": { "type": "string" } },"#,
                    "[concat('https://', parameters('host'), '/secrets/nv/', 'VERSION')]",
                ),
            ),
            named_value(
                "name unknown, version known",
                VERSIONED,
                (
                    "param secret string",
                    "'https://safe.vault.azure.net/secrets/${secret}/VERSION'",
                ),
                (
                    r#""parameters": { "secret": { "type": "string" } },"#,
                    "[format('https://safe.vault.azure.net/secrets/{0}/VERSION', parameters('secret'))]",
                ),
            ),
            named_value(
                "environment suffix",
                VERSIONED,
                (
                    "",
                    "'https://safe${environment().suffixes.keyvaultDns}/secrets/nv/VERSION'",
                ),
                (
                    "",
                    "[format('https://safe{0}/secrets/nv/VERSION', environment().suffixes.keyvaultDns)]",
                ),
            ),
            named_value(
                "secretUriWithVersion",
                VERSIONED,
                (SECRET, "safe::secret.properties.secretUriWithVersion"),
                (
                    "",
                    "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'nv'), '2023-07-01').secretUriWithVersion]",
                ),
            ),
            named_value(
                "one arm of a ternary",
                VERSIONED,
                (
                    "param pinned bool",
                    "pinned ? 'https://safe.vault.azure.net/secrets/nv/VERSION' : 'https://safe.vault.azure.net/secrets/nv'",
                ),
                (
                    r#""parameters": { "pinned": { "type": "bool" } },"#,
                    "[if(parameters('pinned'), 'https://safe.vault.azure.net/secrets/nv/VERSION', 'https://safe.vault.azure.net/secrets/nv')]",
                ),
            ),
            named_value(
                "one of the allowed versions",
                VERSIONED,
                (
                    "@allowed(['', '/VERSION'])\nparam version string",
                    "'https://safe.vault.azure.net/secrets/nv${version}'",
                ),
                (
                    r#""parameters": { "version": { "type": "string", "allowedValues": ["", "/VERSION"] } },"#,
                    "[concat('https://safe.vault.azure.net/secrets/nv', parameters('version'))]",
                ),
            ),
            named_value(
                "object parameter",
                VERSIONED,
                (
                    "param secrets object = { nv: { uri: 'https://safe.vault.azure.net/secrets/nv/VERSION' } }",
                    "secrets.nv.uri",
                ),
                (
                    r#""parameters": { "secrets": { "type": "object", "defaultValue": { "nv": { "uri": "https://safe.vault.azure.net/secrets/nv/VERSION" } } } },"#,
                    "[parameters('secrets').nv.uri]",
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    literal
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    capitals
      warning secret-uri-versioned @ 'HTTPS://Safe.Vault.Azure.Net/Secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    port
      warning secret-uri-versioned @ 'https://safe.vault.azure.net:443/secrets/nv/0123456789abcdef012345678…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    China
      warning secret-uri-versioned @ 'https://safe.vault.azure.cn/secrets/nv/0123456789abcdef0123456789ABCD…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    US government
      warning secret-uri-versioned @ 'https://safe.vault.usgovcloudapi.net/secrets/nv/0123456789abcdef01234…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    variable
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
          see secretIdentifier: the named value is read here
    default of a parameter
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret with the default of `uri`: API Management keeps that version when the secret is rotated
          see secretIdentifier: the named value is read here
    behind the address of a vault
      warning secret-uri-versioned @ '${safe.properties.vaultUri}secrets/nv/0123456789abcdef0123456789ABCDE…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    concat
      warning secret-uri-versioned @ concat('https://', host, '/secrets/nv/', '0123456789abcdef0123456789AB…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    name unknown, version known
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/${secret}/0123456789abcdef012345…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    environment suffix
      warning secret-uri-versioned @ 'https://safe${environment().suffixes.keyvaultDns}/secrets/nv/01234567…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    secretUriWithVersion
      warning secret-uri-versioned @ safe::secret.properties.secretUriWithVersion: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    one arm of a ternary
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret when `pinned` is true: API Management keeps that version when the secret is rotated
          see secretIdentifier: the named value is read here
    one of the allowed versions
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv${version}': This reference fixes the named value to one version of the secret when `version` is '/0123456789abcdef0123456789ABCDEF': API Management keeps that version when the secret is rotated
    object parameter
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/nv/0123456789abcdef0123456789ABC…: This reference fixes the named value to one version of the secret with the default of `secrets`: API Management keeps that version when the secret is rotated
          see secretIdentifier: the named value is read here
    "##);
}

#[test]
fn without_a_version_there_is_nothing_to_say() {
    let literal = |name, url: &str| named_value(name, "", ("", &format!("'{url}'")), ("", url));
    judge(
        &["secret-uri-versioned"],
        &[
            literal("literal", "https://safe.vault.azure.net/secrets/nv"),
            literal("trailing slash", "https://safe.vault.azure.net/secrets/nv/"),
            literal(
                "a name that looks like a version",
                "https://safe.vault.azure.net/secrets/VERSION",
            ),
            named_value(
                "unknown",
                "",
                ("param uri string", "uri"),
                (
                    r#""parameters": { "uri": { "type": "string" } },"#,
                    "[parameters('uri')]",
                ),
            ),
            named_value(
                "behind the address of a vault",
                "",
                (SECRET, "'${safe.properties.vaultUri}secrets/nv'"),
                (
                    "",
                    "[format('{0}secrets/nv', reference(resourceId('Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri)]",
                ),
            ),
            named_value(
                "secretUri",
                "",
                (SECRET, "safe::secret.properties.secretUri"),
                (
                    "",
                    "[reference(resourceId('Microsoft.KeyVault/vaults/secrets', 'safe', 'nv'), '2023-07-01').secretUri]",
                ),
            ),
            named_value(
                "a version that is empty by default",
                "",
                (
                    "param version string = ''",
                    "'https://safe.vault.azure.net/secrets/nv/${version}'",
                ),
                (
                    r#""parameters": { "version": { "type": "string", "defaultValue": "" } },"#,
                    "[format('https://safe.vault.azure.net/secrets/nv/{0}', parameters('version'))]",
                ),
            ),
            named_value(
                "a version that is empty as far as anyone knows",
                "",
                (
                    "param version string",
                    "'https://safe.vault.azure.net/secrets/nv/${version}'",
                ),
                (
                    r#""parameters": { "version": { "type": "string" } },"#,
                    "[format('https://safe.vault.azure.net/secrets/nv/{0}', parameters('version'))]",
                ),
            ),
            named_value(
                "a name behind an unknown path",
                "",
                ("param base string", "'${base}/VERSION'"),
                (
                    r#""parameters": { "base": { "type": "string" } },"#,
                    "[format('{0}/VERSION', parameters('base'))]",
                ),
            ),
        ],
    );
}

#[test]
fn every_kind_of_read_counts_and_no_other() {
    let url = format!("https://safe.vault.azure.net/secrets/x/{VERSION}");
    let child = |kind: &str, version: &str, properties: &str| {
        let parts = kind.split('/').count() + 1;
        let path = vec!["x"; parts - 2].join("/");
        let slash = if path.is_empty() { "" } else { "/" };
        (
            format!(
                "resource it 'Microsoft.ApiManagement/service/{kind}@{version}' = {{\n  name: 'gateway/x{slash}{path}'\n  properties: {properties}\n}}\n"
            ),
            arm(&format!(
                r#""resources": [ {{ "type": "Microsoft.ApiManagement/service/{kind}", "apiVersion": "{version}", "name": "gateway/x{slash}{path}", "properties": {} }} ]"#,
                json(properties)
            )),
        )
    };
    let of = |name, expected, (bicep, arm): (String, String)| case(name, expected, bicep, arm);
    let vault = format!("{{ keyVault: {{ secretIdentifier: '{url}' }} }}");
    let report = judge(
        &["secret-uri-versioned"],
        &[
            of(
                "certificate",
                VERSIONED,
                child("certificates", "2024-05-01", &vault),
            ),
            of(
                "workspace named value",
                VERSIONED,
                child("workspaces/namedValues", "2024-05-01", &vault),
            ),
            of(
                "workspace certificate",
                VERSIONED,
                child("workspaces/certificates", "2024-05-01", &vault),
            ),
            of(
                "credential provider",
                VERSIONED,
                child(
                    "authorizationProviders",
                    "2025-03-01-preview",
                    &format!("{{ oauth2: {vault} }}"),
                ),
            ),
            of(
                "backend",
                "",
                child("backends", "2024-05-01", &format!("{{ url: '{url}' }}")),
            ),
            case(
                "hostname",
                VERSIONED,
                format!(
                    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{resourceId('shared', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')}}': {{}} }} }}\n  properties: {{ hostnameConfigurations: [ {{ type: 'Proxy', hostName: 'a.example.org', keyVaultId: '{url}', identityClientId: '0f0f0f0f-1111-2222-3333-444444444444' }} ] }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[resourceId('shared', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": {{}} }} }}, "properties": {{ "hostnameConfigurations": [ {{ "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "{url}", "identityClientId": "0f0f0f0f-1111-2222-3333-444444444444" }} ] }} }} ]"#
                )),
            ),
            case(
                "hostname in a variable",
                VERSIONED,
                format!(
                    "var hosts = [ {{ type: 'Proxy', hostName: 'a.example.org', keyVaultId: '{url}', identityClientId: '0f0f0f0f-1111-2222-3333-444444444444' }} ]\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{resourceId('shared', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')}}': {{}} }} }}\n  properties: {{ hostnameConfigurations: hosts }}\n}}\n"
                ),
                arm(&format!(
                    r#""variables": {{ "hosts": [ {{ "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "{url}", "identityClientId": "0f0f0f0f-1111-2222-3333-444444444444" }} ] }}, "resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[resourceId('shared', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": {{}} }} }}, "properties": {{ "hostnameConfigurations": "[variables('hosts')]" }} }} ]"#
                )),
            ),
            case(
                "workspace gateway",
                VERSIONED,
                format!(
                    "resource it 'Microsoft.ApiManagement/gateways/hostnameBindings@2025-03-01-preview' = {{\n  name: 'edge/x'\n  properties: {{ hostname: 'a.example.org', keyVault: {{ secretId: '{url}' }} }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.ApiManagement/gateways/hostnameBindings", "apiVersion": "2025-03-01-preview", "name": "edge/x", "properties": {{ "hostname": "a.example.org", "keyVault": {{ "secretId": "{url}" }} }} }} ]"#
                )),
            ),
            case(
                "application gateway",
                "",
                format!(
                    "resource it 'Microsoft.Network/applicationGateways@2023-11-01' = {{\n  name: 'edge'\n  properties: {{ sslCertificates: [ {{ name: 'x', properties: {{ keyVaultSecretId: '{url}' }} }} ] }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.Network/applicationGateways", "apiVersion": "2023-11-01", "name": "edge", "properties": {{ "sslCertificates": [ {{ "name": "x", "properties": {{ "keyVaultSecretId": "{url}" }} }} ] }} }} ]"#
                )),
            ),
            case(
                "never deployed",
                "",
                format!(
                    "resource it 'Microsoft.ApiManagement/service/certificates@2024-05-01' = if (false) {{\n  name: 'gateway/x'\n  properties: {vault}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "condition": false, "type": "Microsoft.ApiManagement/service/certificates", "apiVersion": "2024-05-01", "name": "gateway/x", "properties": {} }} ]"#,
                    json(&vault)
                )),
            ),
            case(
                "a loop over known certificates",
                VERSIONED,
                format!(
                    "var uris = [ 'https://safe.vault.azure.net/secrets/y', '{url}' ]\nresource it 'Microsoft.ApiManagement/service/certificates@2024-05-01' = [for (uri, i) in uris: {{\n  name: 'gateway/x${{i}}'\n  properties: {{ keyVault: {{ secretIdentifier: uri }} }}\n}}]\n"
                ),
                arm(&format!(
                    r#""variables": {{ "uris": [ "https://safe.vault.azure.net/secrets/y", "{url}" ] }}, "resources": [ {{ "copy": {{ "name": "it", "count": "[length(variables('uris'))]" }}, "type": "Microsoft.ApiManagement/service/certificates", "apiVersion": "2024-05-01", "name": "[format('gateway/x{{0}}', copyIndex())]", "properties": {{ "keyVault": {{ "secretIdentifier": "[variables('uris')[copyIndex()]]" }} }} }} ]"#
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    certificate
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the certificate to one version of the secret: API Management keeps that version when the secret is rotated
    workspace named value
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the named value to one version of the secret: API Management keeps that version when the secret is rotated
    workspace certificate
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the certificate to one version of the secret: API Management keeps that version when the secret is rotated
    credential provider
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the credential provider to one version of the secret: API Management keeps that version when the secret is rotated
    backend
    hostname
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the hostname certificate to one version of the secret: API Management keeps that version when the secret is rotated. The portal warns of it: "Hostname keyvault certificate version, this prevents certificate from being refreshed when its update in keyvault"
    hostname in a variable
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the hostname certificate to one version of the secret: API Management keeps that version when the secret is rotated. The portal warns of it: "Hostname keyvault certificate version, this prevents certificate from being refreshed when its update in keyvault"
    workspace gateway
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the hostname certificate to one version of the secret: API Management keeps that version when the secret is rotated
    application gateway
    never deployed
    a loop over known certificates
      warning secret-uri-versioned @ 'https://safe.vault.azure.net/secrets/x/0123456789abcdef0123456789ABCD…: This reference fixes the certificate to one version of the secret: API Management keeps that version when the secret is rotated
          see secretIdentifier: the certificate is read here
    "##);
}

/// A plain Bicep object in JSON: keys and strings in double quotes.
fn json(object: &str) -> String {
    object
        .split(' ')
        .map(|word| match word.strip_suffix(':') {
            Some(key) => format!("\"{key}\":"),
            None => word.replace('\'', "\""),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn how_its_fixes_read() {
    use crate::repaired::repaired;

    const SECRET: &str = "0123456789abcdef0123456789ABCDEF";
    let bicep = |uri: &str| {
        let text = format!(
            "param name string
param version string = '{SECRET}'
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {{
  name: 'safe'
  resource secret 'secrets' existing = {{
    name: 'client'
  }}
}}
resource client 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {{
  name: 'gateway/client'
  properties: {{
    keyVault: {{
      secretIdentifier: {uri} // read
    }}
  }}
}}
"
        );
        repaired("secret-uri-versioned", &[("main.bicep", &text)])
    };
    insta::assert_snapshot!(bicep("safe::secret.properties.secretUriWithVersion"), @"
    Refer to the newest version (safe)
    main.bicep
    -       secretIdentifier: safe::secret.properties.secretUriWithVersion // read
    +       secretIdentifier: safe::secret.properties.secretUri // read
    ");
    insta::assert_snapshot!(bicep(&format!("'https://safe.vault.azure.net/secrets/${{name}}/{SECRET}'")), @"
    Refer to the newest version (safe)
    main.bicep
    -       secretIdentifier: 'https://safe.vault.azure.net/secrets/${name}/0123456789abcdef0123456789ABCDEF' // read
    +       secretIdentifier: 'https://safe.vault.azure.net/secrets/${name}' // read
    ");
    insta::assert_snapshot!(bicep("'${safe.properties.vaultUri}secrets/${name}/${version}'"), @"
    Refer to the newest version (safe)
    main.bicep
    -       secretIdentifier: '${safe.properties.vaultUri}secrets/${name}/${version}' // read
    +       secretIdentifier: '${safe.properties.vaultUri}secrets/${name}' // read
    ");
    let json = |uri: &str| {
        let text = arm(&format!(
            r#""parameters": {{
    "name": {{ "type": "string" }},
    "version": {{ "type": "string", "defaultValue": "{SECRET}" }}
  }},
  "resources": [
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
        repaired("secret-uri-versioned", &[("main.json", &text)])
    };
    insta::assert_snapshot!(json(&format!("[format('https://safe.vault.azure.net/secrets/{{0}}/{SECRET}', parameters('name'))]")), @r#"
    Refer to the newest version (safe)
    main.json
    -           "secretIdentifier": "[format('https://safe.vault.azure.net/secrets/{0}/0123456789abcdef0123456789ABCDEF', parameters('name'))]"
    +           "secretIdentifier": "[format('https://safe.vault.azure.net/secrets/{0}', parameters('name'))]"
    "#);
    insta::assert_snapshot!(json("[format('https://safe.vault.azure.net/secrets/{0}/{1}', parameters('name'), parameters('version'))]"), @r#"
    Refer to the newest version (safe)
    main.json
    -           "secretIdentifier": "[format('https://safe.vault.azure.net/secrets/{0}/{1}', parameters('name'), parameters('version'))]"
    +           "secretIdentifier": "[format('https://safe.vault.azure.net/secrets/{0}', parameters('name'))]"
    "#);
    insta::assert_snapshot!(json(&format!("[concat('https://safe.vault.azure.net/secrets/', parameters('name'), '/{SECRET}')]")), @r#"
    Refer to the newest version (safe)
    main.json
    -           "secretIdentifier": "[concat('https://safe.vault.azure.net/secrets/', parameters('name'), '/0123456789abcdef0123456789ABCDEF')]"
    +           "secretIdentifier": "[concat('https://safe.vault.azure.net/secrets/', parameters('name'))]"
    "#);
}

/// What something else pins on purpose is not changed without a person.
#[test]
fn a_reference_that_others_use() {
    use crate::repaired::repaired;

    let text = |other: &str| {
        format!(
            "var uri = 'https://safe.vault.azure.net/secrets/key/0123456789abcdef0123456789ABCDEF'
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: uri }} }}
}}
{other}
"
        )
    };
    let fixed = |other: &str| repaired("secret-uri-versioned", &[("main.bicep", &text(other))]);
    let report = fixed("");
    assert!(report.contains("newest version (safe)"), "{report}");
    let report = fixed(
        "resource certificate 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {
  name: 'gateway/c'
  properties: { keyVault: { secretIdentifier: uri } }
}",
    );
    assert!(report.contains("newest version (safe)"), "{report}");
    let report = fixed(
        "resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'site'
  location: 'westeurope'
  properties: {
    siteConfig: { appSettings: [ { name: 'key', value: '@Microsoft.KeyVault(SecretUri=${uri})' } ] }
  }
}",
    );
    assert!(report.contains("newest version (unsafe)"), "{report}");
    let report = fixed("output used string = uri");
    assert!(report.contains("newest version (unsafe)"), "{report}");
}
