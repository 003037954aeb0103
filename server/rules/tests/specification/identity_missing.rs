//! `identity-missing`: a service that nobody gave an identity.

use crate::twins::{arm, arm_service, arm_with_service, case, judge, one, service};

const MISSING: &str = "warning identity-missing";

#[test]
fn a_service_without_identity_is_reported_however_it_is_written() {
    let report = judge(
        &["identity-missing"],
        &[
            one("absent", MISSING, ("", ""), ("", "")),
            one(
                "null",
                MISSING,
                ("", "identity: null"),
                ("", r#""identity": null"#),
            ),
            one(
                "none",
                MISSING,
                ("", "identity: { type: 'None' }"),
                ("", r#""identity": { "type": "None" }"#),
            ),
            one(
                "none in small letters",
                MISSING,
                ("", "identity: { type: 'none' }"),
                ("", r#""identity": { "type": "none" }"#),
            ),
            one(
                "none with blanks",
                MISSING,
                ("", "identity: { type: ' NONE ' }"),
                ("", r#""identity": { "type": " NONE " }"#),
            ),
            one(
                "every arm of a ternary",
                MISSING,
                (
                    "param open bool",
                    "identity: open ? null : { type: 'None' }",
                ),
                (
                    r#""parameters": { "open": { "type": "bool" } },"#,
                    r#""identity": "[if(parameters('open'), null(), createObject('type', 'None'))]""#,
                ),
            ),
            one(
                "variable",
                MISSING,
                ("var kind = 'None'", "identity: { type: kind }"),
                (
                    r#""variables": { "kind": "None" },"#,
                    r#""identity": { "type": "[variables('kind')]" }"#,
                ),
            ),
            one(
                "variable of a variable",
                MISSING,
                (
                    "var choices = { quiet: { type: 'None' }, loud: { type: 'SystemAssigned' } }\nvar chosen = choices.quiet",
                    "identity: chosen",
                ),
                (
                    r#""variables": { "choices": { "quiet": { "type": "None" }, "loud": { "type": "SystemAssigned" } }, "chosen": "[variables('choices').quiet]" },"#,
                    r#""identity": "[variables('chosen')]""#,
                ),
            ),
            one(
                "index by a string",
                MISSING,
                (
                    "var choices = { quiet: { type: 'None' } }",
                    "identity: { type: choices['quiet'].type }",
                ),
                (
                    r#""variables": { "choices": { "quiet": { "type": "None" } } },"#,
                    r#""identity": { "type": "[variables('choices')['quiet'].type]" }"#,
                ),
            ),
            one(
                "default of a parameter",
                MISSING,
                ("param kind string = 'None'", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "the only allowed value",
                MISSING,
                (
                    "@allowed(['None'])\nparam kind string",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "allowedValues": ["None"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "member of an object parameter's default",
                MISSING,
                (
                    "param settings object = { identity: { type: 'None' } }",
                    "identity: settings.identity",
                ),
                (
                    r#""parameters": { "settings": { "type": "object", "defaultValue": { "identity": { "type": "None" } } } },"#,
                    r#""identity": "[parameters('settings').identity]""#,
                ),
            ),
            one(
                "union",
                MISSING,
                (
                    "",
                    "identity: union({ type: 'SystemAssigned' }, { type: 'None' })",
                ),
                (
                    "",
                    r#""identity": "[union(createObject('type', 'SystemAssigned'), createObject('type', 'None'))]""#,
                ),
            ),
            one(
                "identity in the wrong place",
                MISSING,
                ("", "properties: { identity: { type: 'SystemAssigned' } }"),
                (
                    "",
                    r#""properties": { "identity": { "type": "SystemAssigned" } }"#,
                ),
            ),
            one(
                "an empty object chosen against",
                MISSING,
                (
                    "param given object = {}",
                    "identity: empty(given) ? null : given",
                ),
                (
                    r#""parameters": { "given": { "type": "object", "defaultValue": {} } },"#,
                    r#""identity": "[if(empty(parameters('given')), null(), parameters('given'))]""#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    absent
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    null
      warning identity-missing @ null: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    none
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    none in small letters
      warning identity-missing @ 'none': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    none with blanks
      warning identity-missing @ ' NONE ': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    every arm of a ternary
      warning identity-missing @ null: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    variable
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    variable of a variable
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    index by a string
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    default of a parameter
      warning identity-missing @ 'None': `apim` has no managed identity with the default of `kind`, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    the only allowed value
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    member of an object parameter's default
      warning identity-missing @ 'None': `apim` has no managed identity with the default of `settings`, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
          see apim: `apim` gets it
    union
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    identity in the wrong place
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    an empty object chosen against
      warning identity-missing @ null: `apim` has no managed identity with the default of `given`, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    ");
}

#[test]
fn one_case_with_an_identity_is_enough_to_be_silent() {
    let system = "{ type: 'SystemAssigned' }";
    judge(
        &["identity-missing"],
        &[
            one(
                "system",
                "",
                ("", &format!("identity: {system}")),
                ("", r#""identity": { "type": "SystemAssigned" }"#),
            ),
            one(
                "one arm of a ternary on a boolean",
                "",
                (
                    "param open bool",
                    "identity: open ? null : { type: 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "open": { "type": "bool" } },"#,
                    r#""identity": "[if(parameters('open'), null(), createObject('type', 'SystemAssigned'))]""#,
                ),
            ),
            one(
                "one arm of a ternary on a boolean whose default takes the other",
                "",
                (
                    "param open bool = true",
                    "identity: open ? null : { type: 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "open": { "type": "bool", "defaultValue": true } },"#,
                    r#""identity": "[if(parameters('open'), null(), createObject('type', 'SystemAssigned'))]""#,
                ),
            ),
            one(
                "one of the allowed values",
                "",
                (
                    "@allowed(['None', 'SystemAssigned'])\nparam kind string = 'None'",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None", "allowedValues": ["None", "SystemAssigned"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "a union of literal types is a list of allowed values",
                "",
                (
                    "param kind 'None' | 'SystemAssigned' = 'None'",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None", "allowedValues": ["None", "SystemAssigned"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "comparison with an allowed value",
                "",
                (
                    "@allowed(['dev', 'prod'])\nparam stage string = 'dev'",
                    "identity: stage == 'prod' ? { type: 'SystemAssigned' } : { type: 'None' }",
                ),
                (
                    r#""parameters": { "stage": { "type": "string", "defaultValue": "dev", "allowedValues": ["dev", "prod"] } },"#,
                    r#""identity": "[if(equals(parameters('stage'), 'prod'), createObject('type', 'SystemAssigned'), createObject('type', 'None'))]""#,
                ),
            ),
            one(
                "unknown parameter",
                "",
                ("param kind string", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "unknown object",
                "",
                ("param given object", "identity: given"),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    r#""identity": "[parameters('given')]""#,
                ),
            ),
            one(
                "union with an unknown",
                "",
                (
                    "param given object",
                    "identity: union({ type: 'None' }, given)",
                ),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    r#""identity": "[union(createObject('type', 'None'), parameters('given'))]""#,
                ),
            ),
            one(
                "optional parameter left out, replaced",
                "",
                (
                    "param kind string?",
                    "identity: { type: kind ?? 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "nullable": true } },"#,
                    r#""identity": { "type": "[coalesce(parameters('kind'), 'SystemAssigned')]" }"#,
                ),
            ),
        ],
    );
}

#[test]
fn the_case_in_which_the_service_exists_is_the_one_that_counts() {
    let conditional = |condition: &str, identity: &str| {
        format!(
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if ({condition}) {{\n  name: 'gateway'\n  location: 'westeurope'\n  {identity}\n}}\n"
        )
    };
    let bool_parameter = r#""parameters": { "wanted": { "type": "bool" } },"#;
    let report = judge(
        &["identity-missing"],
        &[
            case(
                "never deployed",
                "",
                conditional("false", ""),
                arm_with_service("", r#""condition": false"#),
            ),
            case(
                "never deployed, by a variable",
                "",
                format!("var wanted = false\n{}", conditional("wanted", "")),
                arm_with_service(
                    r#""variables": { "wanted": false },"#,
                    r#""condition": "[variables('wanted')]""#,
                ),
            ),
            case(
                "deployed or not",
                MISSING,
                format!("param wanted bool\n{}", conditional("wanted", "")),
                arm_with_service(bool_parameter, r#""condition": "[parameters('wanted')]""#),
            ),
            case(
                "deployed or not, nobody knows when",
                MISSING,
                format!(
                    "param size int\n{}",
                    conditional("size > 3", "identity: { type: 'None' }")
                ),
                arm_with_service(
                    r#""parameters": { "size": { "type": "int" } },"#,
                    r#""condition": "[greater(parameters('size'), 3)]", "identity": { "type": "None" }"#,
                ),
            ),
            case(
                "none whenever it is deployed",
                MISSING,
                format!(
                    "param wanted bool\n{}",
                    conditional(
                        "wanted",
                        "identity: wanted ? null : { type: 'SystemAssigned' }"
                    )
                ),
                arm_with_service(
                    bool_parameter,
                    r#""condition": "[parameters('wanted')]", "identity": "[if(parameters('wanted'), null(), createObject('type', 'SystemAssigned'))]""#,
                ),
            ),
            case(
                "always one when it is deployed",
                "",
                format!(
                    "param wanted bool\n{}",
                    conditional(
                        "wanted",
                        "identity: wanted ? { type: 'SystemAssigned' } : null"
                    )
                ),
                arm_with_service(
                    bool_parameter,
                    r#""condition": "[parameters('wanted')]", "identity": "[if(parameters('wanted'), createObject('type', 'SystemAssigned'), null())]""#,
                ),
            ),
            case(
                "none whenever it is deployed, by negation",
                MISSING,
                format!(
                    "param wanted bool\n{}",
                    conditional(
                        "!wanted",
                        "identity: wanted ? { type: 'SystemAssigned' } : null"
                    )
                ),
                arm_with_service(
                    bool_parameter,
                    r#""condition": "[not(parameters('wanted'))]", "identity": "[if(parameters('wanted'), createObject('type', 'SystemAssigned'), null())]""#,
                ),
            ),
            case(
                "loop",
                MISSING,
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [for i in range(0, 2): {\n  name: 'gateway${i}'\n  location: 'westeurope'\n}]\n",
                arm_with_service("", r#""copy": { "name": "gateways", "count": 2 }"#),
            ),
            case(
                "loop over a list that says it",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [for kind in ['SystemAssigned', 'None']: {\n  name: 'gateway${kind}'\n  location: 'westeurope'\n  identity: { type: kind }\n}]\n",
                arm_with_service(
                    r#""variables": { "kinds": ["SystemAssigned", "None"] },"#,
                    r#""copy": { "name": "gateways", "count": "[length(variables('kinds'))]" }, "identity": { "type": "[variables('kinds')[copyIndex()]]" }"#,
                ),
            ),
            case(
                "existing",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n",
                arm(
                    r#""languageVersion": "2.0", "resources": { "apim": { "existing": true, "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway" } }"#,
                ),
            ),
            case(
                "type in other letters",
                MISSING,
                "resource apim 'microsoft.apimanagement/SERVICE@2024-05-01' = {\n  name: 'gateway'\n  location: 'westeurope'\n}\n",
                arm(
                    r#""resources": [ { "type": "microsoft.apimanagement/SERVICE", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope" } ]"#,
                ),
            ),
            case(
                "symbolic names in ARM",
                MISSING,
                service(""),
                arm(&format!(
                    r#""languageVersion": "2.0", "resources": {{ "apim": {} }}"#,
                    arm_service("")
                )),
            ),
            case(
                "other resources need none",
                "",
                "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n}\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "site", "location": "westeurope" } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    never deployed
    never deployed, by a variable
    deployed or not
      warning identity-missing @ apim: `apim` has no managed identity when `wanted` is true, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    deployed or not, nobody knows when
      warning identity-missing @ 'None': `apim` has no managed identity when `size > 3`, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
      ARM warning identity-missing @ "None": `gateway` has no managed identity when `greater(parameters('size'), 3)`, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    none whenever it is deployed
      warning identity-missing @ null: `apim` has no managed identity when `wanted` is true, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    always one when it is deployed
    none whenever it is deployed, by negation
      warning identity-missing @ null: `apim` has no managed identity when `wanted` is false, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    loop
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    loop over a list that says it
    existing
    type in other letters
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    symbolic names in ARM
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    other resources need none
    "##);
}

#[test]
fn a_use_of_the_identity_makes_it_an_error() {
    const NEEDED: &str = "error identity-missing";
    let with = |resource: &str| format!("{}{resource}", service(""));
    let arm_with = |resource: &str| {
        arm(&format!(
            r#""resources": [ {}, {resource} ]"#,
            arm_service("")
        ))
    };
    let report = judge(
        &["identity-missing"],
        &[
            case(
                "hostname",
                NEEDED,
                service(
                    "properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert' } ] }",
                ),
                arm_with_service(
                    "",
                    r#""properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/cert" } ] }"#,
                ),
            ),
            case(
                "named value",
                NEEDED,
                with(
                    "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {\n  parent: apim\n  name: 'nv'\n  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' } }\n}\n",
                ),
                arm_with(
                    r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "dependsOn": ["[resourceId('Microsoft.ApiManagement/service', 'gateway')]"], "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#,
                ),
            ),
            case(
                "named value of another service",
                MISSING,
                with(
                    "resource other 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'elsewhere'\n}\nresource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {\n  parent: other\n  name: 'nv'\n  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' } }\n}\n",
                ),
                arm_with(
                    r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "elsewhere/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#,
                ),
            ),
            case(
                "named value that is never deployed",
                MISSING,
                with(
                    "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (false) {\n  parent: apim\n  name: 'nv'\n  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' } }\n}\n",
                ),
                arm_with(
                    r#"{ "condition": false, "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "dependsOn": ["[resourceId('Microsoft.ApiManagement/service', 'gateway')]"], "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#,
                ),
            ),
            case(
                "named value without a vault",
                MISSING,
                with(
                    "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {\n  parent: apim\n  name: 'nv'\n  properties: { displayName: 'nv', value: 'plain', keyVault: null }\n}\n",
                ),
                arm_with(
                    r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "dependsOn": ["[resourceId('Microsoft.ApiManagement/service', 'gateway')]"], "properties": { "displayName": "nv", "value": "plain", "keyVault": null } }"#,
                ),
            ),
            case(
                "certificate nested in the service",
                NEEDED,
                service(
                    "resource cert 'certificates' = {\n    name: 'cert'\n    properties: { keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/cert' } }\n  }",
                ),
                arm_with_service(
                    "",
                    r#""resources": [ { "type": "certificates", "apiVersion": "2024-05-01", "name": "cert", "dependsOn": ["gateway"], "properties": { "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/cert" } } } ]"#,
                ),
            ),
            case(
                "workspace named value",
                NEEDED,
                with(
                    "resource team 'Microsoft.ApiManagement/service/workspaces@2024-05-01' = {\n  parent: apim\n  name: 'team'\n  properties: { displayName: 'team' }\n}\nresource nv 'Microsoft.ApiManagement/service/workspaces/namedValues@2024-05-01' = {\n  parent: team\n  name: 'nv'\n  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' } }\n}\n",
                ),
                arm_with(
                    r#"{ "type": "Microsoft.ApiManagement/service/workspaces", "apiVersion": "2024-05-01", "name": "gateway/team", "properties": { "displayName": "team" } }, { "type": "Microsoft.ApiManagement/service/workspaces/namedValues", "apiVersion": "2024-05-01", "name": "gateway/team/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#,
                ),
            ),
            case(
                "credential provider",
                NEEDED,
                with(
                    "resource login 'Microsoft.ApiManagement/service/authorizationProviders@2025-03-01-preview' = {\n  parent: apim\n  name: 'login'\n  properties: { displayName: 'login', identityProvider: 'oauth2', oauth2: { keyVault: { secretIdentifier: 'https://safe.vault.azure.net/secrets/login' } } }\n}\n",
                ),
                arm_with(
                    r#"{ "type": "Microsoft.ApiManagement/service/authorizationProviders", "apiVersion": "2025-03-01-preview", "name": "gateway/login", "properties": { "displayName": "login", "identityProvider": "oauth2", "oauth2": { "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/login" } } } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    hostname
      error identity-missing @ apim: `apim` has no managed identity, but its hostname certificate in Key Vault needs one
          see keyVaultId: needs an identity of the service
    named value
      error identity-missing @ apim: `apim` has no managed identity, but the named value `nv` in Key Vault needs one
          see secretIdentifier: needs an identity of the service
    named value of another service
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    named value that is never deployed
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    named value without a vault
      warning identity-missing @ apim: `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    certificate nested in the service
      error identity-missing @ apim: `apim` has no managed identity, but the certificate `cert` in Key Vault needs one
          see secretIdentifier: needs an identity of the service
    workspace named value
      error identity-missing @ apim: `apim` has no managed identity, but the named value `nv` in Key Vault needs one
          see secretIdentifier: needs an identity of the service
    credential provider
      error identity-missing @ apim: `apim` has no managed identity, but the credential provider `login` in Key Vault needs one
          see secretIdentifier: needs an identity of the service
    ");
}
