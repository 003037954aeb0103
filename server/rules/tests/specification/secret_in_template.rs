//! `secret-in-template`: a secret that can be read in the template or in the history of deployments.

use std::fmt::Write as _;

use crate::programs::report;
use crate::twins::{Case, arm, case, judge};

const RULES: &[&str] = &["secret-in-template"];
const LEAK: &str = "warning secret-in-template";
const HINT: &str = "info secret-in-template";

/// A part of a service: declarations before it and its properties, in both languages.
fn part(
    name: &'static str,
    expected: &'static str,
    resource_type: &str,
    (declarations, properties): (&str, &str),
    (sections, members): (&str, &str),
) -> Case {
    let names = vec!["part"; resource_type.matches('/').count() + 1].join("/");
    case(
        name,
        expected,
        format!(
            "{declarations}
resource part 'Microsoft.ApiManagement/service/{resource_type}@2024-05-01' = {{
  name: 'gateway/{names}'
  properties: {{ {properties} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/{resource_type}", "apiVersion": "2024-05-01", "name": "gateway/{names}", "properties": {{ {members} }} }} ]"#
        )),
    )
}

/// The client secret of a provider.
fn client_secret(
    name: &'static str,
    expected: &'static str,
    (declarations, value): (&str, &str),
    (sections, json): (&str, &str),
) -> Case {
    part(
        name,
        expected,
        "openidConnectProviders",
        (declarations, &format!("clientSecret: {value}")),
        (sections, &format!(r#""clientSecret": {json}"#)),
    )
}

/// A literal in a property.
fn literal(
    name: &'static str,
    expected: &'static str,
    resource_type: &str,
    properties: &str,
    members: &str,
) -> Case {
    part(
        name,
        expected,
        resource_type,
        ("", properties),
        ("", members),
    )
}

const OPEN: (&str, &str) = (
    "param given string",
    r#""parameters": { "given": { "type": "string" } },"#,
);
const SECURE: (&str, &str) = (
    "@secure()\nparam given string",
    r#""parameters": { "given": { "type": "securestring" } },"#,
);

#[test]
fn every_property_that_takes_a_secret() {
    let report = judge(
        RULES,
        &[
            literal(
                "certificate",
                LEAK,
                "certificates",
                "data: 'MIIabc'",
                r#""data": "MIIabc""#,
            ),
            literal(
                "certificate password",
                LEAK,
                "certificates",
                "password: 'abc'",
                r#""password": "abc""#,
            ),
            literal(
                "certificate of a workspace",
                LEAK,
                "workspaces/certificates",
                "data: 'MIIabc'",
                r#""data": "MIIabc""#,
            ),
            literal(
                "backend",
                LEAK,
                "backends",
                "credentials: { authorization: { scheme: 'Basic', parameter: 'abc' } }",
                r#""credentials": { "authorization": { "scheme": "Basic", "parameter": "abc" } }"#,
            ),
            literal(
                "backend header",
                LEAK,
                "backends",
                "credentials: { header: { 'x-functions-key': [ 'abc' ] } }",
                r#""credentials": { "header": { "x-functions-key": [ "abc" ] } }"#,
            ),
            literal(
                "backend query",
                LEAK,
                "workspaces/backends",
                "credentials: { query: { code: [ 'abc' ] } }",
                r#""credentials": { "query": { "code": [ "abc" ] } }"#,
            ),
            literal(
                "proxy",
                LEAK,
                "backends",
                "proxy: { url: 'u', username: 'n', password: 'abc' }",
                r#""proxy": { "url": "u", "username": "n", "password": "abc" }"#,
            ),
            literal(
                "authorization server",
                "warning secret-in-template; warning secret-in-template; warning secret-in-template",
                "authorizationServers",
                "clientSecret: 'abc', resourceOwnerPassword: 'def', tokenBodyParameters: [ { name: 'client_secret', value: 'ghi' }, { name: 'resource', value: 'jkl' } ]",
                r#""clientSecret": "abc", "resourceOwnerPassword": "def", "tokenBodyParameters": [ { "name": "client_secret", "value": "ghi" }, { "name": "resource", "value": "jkl" } ]"#,
            ),
            literal(
                "identity provider",
                LEAK,
                "identityProviders",
                "clientId: 'c', clientSecret: 'abc'",
                r#""clientId": "c", "clientSecret": "abc""#,
            ),
            literal(
                "credential provider",
                "warning secret-in-template; warning secret-in-template",
                "authorizationProviders",
                "oauth2: { grantTypes: { authorizationCode: { clientId: 'c', clientSecret: 'abc', scopes: 's' }, clientCredentials: { clientSecret: 'def' } } }",
                r#""oauth2": { "grantTypes": { "authorizationCode": { "clientId": "c", "clientSecret": "abc", "scopes": "s" }, "clientCredentials": { "clientSecret": "def" } } }"#,
            ),
            literal(
                "authorization",
                LEAK,
                "authorizationProviders/authorizations",
                "parameters: { clientId: 'c', clientSecret: 'abc' }",
                r#""parameters": { "clientId": "c", "clientSecret": "abc" }"#,
            ),
            literal(
                "subscription",
                "warning secret-in-template; warning secret-in-template",
                "subscriptions",
                "displayName: 'd', primaryKey: 'abc', secondaryKey: 'def'",
                r#""displayName": "d", "primaryKey": "abc", "secondaryKey": "def""#,
            ),
            literal(
                "user",
                LEAK,
                "users",
                "password: 'abc'",
                r#""password": "abc""#,
            ),
            literal(
                "tenant",
                LEAK,
                "tenant",
                "primaryKey: 'abc'",
                r#""primaryKey": "abc""#,
            ),
            literal(
                "delegation",
                LEAK,
                "portalsettings",
                "url: 'u', validationKey: 'abc'",
                r#""url": "u", "validationKey": "abc""#,
            ),
            literal(
                "portal",
                LEAK,
                "portalconfigs",
                "delegation: { validationKey: 'abc' }",
                r#""delegation": { "validationKey": "abc" }"#,
            ),
            literal(
                "cache",
                LEAK,
                "caches",
                "connectionString: 'redis:6380,password=abc,ssl=True'",
                r#""connectionString": "redis:6380,password=abc,ssl=True""#,
            ),
            literal(
                "event hub",
                LEAK,
                "loggers",
                "loggerType: 'azureEventHub', credentials: { name: 'n', connectionString: 'Endpoint=sb://n/;SharedAccessKeyName=k;SharedAccessKey=abc' }",
                r#""loggerType": "azureEventHub", "credentials": { "name": "n", "connectionString": "Endpoint=sb://n/;SharedAccessKeyName=k;SharedAccessKey=abc" }"#,
            ),
            crate::twins::one(
                "hostname",
                "warning secret-in-template; warning secret-in-template",
                (
                    "",
                    "properties: { hostnameConfigurations: [ { type: 'Proxy', hostName: 'h', encodedCertificate: 'MIIabc', certificatePassword: 'abc' } ] }",
                ),
                (
                    "",
                    r#""properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "h", "encodedCertificate": "MIIabc", "certificatePassword": "abc" } ] }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report);
}

#[test]
fn what_is_no_secret() {
    judge(
        RULES,
        &[
            literal(
                "nothing",
                "",
                "subscriptions",
                "primaryKey: '', secondaryKey: null",
                r#""primaryKey": "", "secondaryKey": null"#,
            ),
            literal(
                "named value",
                "",
                "backends",
                "credentials: { authorization: { scheme: 'Bearer', parameter: '{{token}}' }, header: { Authorization: [ 'Basic {{token}}' ] } }",
                r#""credentials": { "authorization": { "scheme": "Bearer", "parameter": "{{token}}" }, "header": { "Authorization": [ "Basic {{token}}" ] } }"#,
            ),
            literal(
                "headers that are no secrets",
                "",
                "backends",
                "credentials: { header: { Accept: [ 'text/plain' ], 'x-tenant-id': [ 'abc' ] }, query: { 'api-version': [ '2024-05-01' ] } }",
                r#""credentials": { "header": { "Accept": [ "text/plain" ], "x-tenant-id": [ "abc" ] }, "query": { "api-version": [ "2024-05-01" ] } }"#,
            ),
            literal(
                "tokens of tools",
                "",
                "users",
                "password: '#{password}#'",
                r##""password": "#{password}#""##,
            ),
            literal(
                "tokens between underscores",
                "",
                "users",
                "password: '__Password__'",
                r#""password": "__Password__""#,
            ),
            literal(
                "cache without a credential",
                "",
                "caches",
                "connectionString: 'redis:6380,ssl=True'",
                r#""connectionString": "redis:6380,ssl=True""#,
            ),
            literal(
                "Application Insights",
                "",
                "loggers",
                "loggerType: 'applicationInsights', credentials: { instrumentationKey: '0f0f0f0f-1111-2222-3333-444444444444', connectionString: 'InstrumentationKey=abc' }",
                r#""loggerType": "applicationInsights", "credentials": { "instrumentationKey": "0f0f0f0f-1111-2222-3333-444444444444", "connectionString": "InstrumentationKey=abc" }"#,
            ),
            literal(
                "named values are judged elsewhere",
                "",
                "namedValues",
                "displayName: 'n', secret: true, value: 'abc'",
                r#""displayName": "n", "secret": true, "value": "abc""#,
            ),
            crate::twins::one(
                "CA certificates",
                "",
                (
                    "",
                    "properties: { certificates: [ { storeName: 'Root', encodedCertificate: 'MIIabc' } ] }",
                ),
                (
                    "",
                    r#""properties": { "certificates": [ { "storeName": "Root", "encodedCertificate": "MIIabc" } ] }"#,
                ),
            ),
            part(
                "parameter of Application Insights",
                "",
                "loggers",
                (
                    OPEN.0,
                    "loggerType: 'applicationInsights', credentials: { connectionString: given }",
                ),
                (
                    OPEN.1,
                    r#""loggerType": "applicationInsights", "credentials": { "connectionString": "[parameters('given')]" }"#,
                ),
            ),
            part(
                "logger of unknown type",
                "",
                "loggers",
                (
                    "param given string\nparam kind string",
                    "loggerType: kind, credentials: { connectionString: given }",
                ),
                (
                    r#""parameters": { "given": { "type": "string" }, "kind": { "type": "string" } },"#,
                    r#""loggerType": "[parameters('kind')]", "credentials": { "connectionString": "[parameters('given')]" }"#,
                ),
            ),
            part(
                "properties from outside",
                "",
                "backends",
                ("param given object", "credentials: given"),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    r#""credentials": "[parameters('given')]""#,
                ),
            ),
        ],
    );
}

#[test]
fn where_the_value_comes_from() {
    let report = judge(
        RULES,
        &[
            client_secret(
                "secure parameter",
                "",
                (SECURE.0, "given"),
                (SECURE.1, r#""[parameters('given')]""#),
            ),
            client_secret(
                "secure parameter with a default",
                "",
                ("@secure()\nparam given string = 'abc'", "given"),
                (
                    r#""parameters": { "given": { "type": "securestring", "defaultValue": "abc" } },"#,
                    r#""[parameters('given')]""#,
                ),
            ),
            client_secret(
                "secure object",
                "",
                ("@secure()\nparam given object", "given.secret"),
                (
                    r#""parameters": { "given": { "type": "secureObject" } },"#,
                    r#""[parameters('given').secret]""#,
                ),
            ),
            client_secret(
                "parameter",
                LEAK,
                (OPEN.0, "given"),
                (OPEN.1, r#""[parameters('given')]""#),
            ),
            client_secret(
                "parameter with a default",
                LEAK,
                ("param given string = 'abc'", "given"),
                (
                    r#""parameters": { "given": { "type": "string", "defaultValue": "abc" } },"#,
                    r#""[parameters('given')]""#,
                ),
            ),
            client_secret(
                "parameter for a named value",
                "",
                ("param given string = '{{secret}}'", "given"),
                (
                    r#""parameters": { "given": { "type": "string", "defaultValue": "{{secret}}" } },"#,
                    r#""[parameters('given')]""#,
                ),
            ),
            client_secret(
                "object parameter",
                LEAK,
                ("param given object", "given.secret"),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    r#""[parameters('given').secret]""#,
                ),
            ),
            client_secret(
                "object with a default",
                LEAK,
                ("param given object = { secret: 'abc' }", "given.secret"),
                (
                    r#""parameters": { "given": { "type": "object", "defaultValue": { "secret": "abc" } } },"#,
                    r#""[parameters('given').secret]""#,
                ),
            ),
            client_secret(
                "typed object",
                LEAK,
                ("param given { secret: string }", "given.secret"),
                (
                    r#""parameters": { "given": { "type": "object", "properties": { "secret": { "type": "string" } } } },"#,
                    r#""[parameters('given').secret]""#,
                ),
            ),
            client_secret(
                "object with a secure part",
                "",
                ("param given { @secure()\n secret: string }", "given.secret"),
                (
                    r#""parameters": { "given": { "type": "object", "properties": { "secret": { "type": "securestring" } } } },"#,
                    r#""[parameters('given').secret]""#,
                ),
            ),
            client_secret(
                "secure type",
                "",
                ("@secure()\ntype safe = string\nparam given safe", "given"),
                (
                    r##""definitions": { "safe": { "type": "securestring" } }, "parameters": { "given": { "$ref": "#/definitions/safe" } },"##,
                    r#""[parameters('given')]""#,
                ),
            ),
            client_secret(
                "object of a type with a secure part",
                "",
                (
                    "type safe = { @secure()\n secret: string? }\nparam given safe[]",
                    "given[0].?secret",
                ),
                (
                    r##""definitions": { "safe": { "type": "object", "properties": { "secret": { "type": "securestring", "nullable": true } } } }, "parameters": { "given": { "type": "array", "items": { "$ref": "#/definitions/safe" } } },"##,
                    r#""[parameters('given')[0].secret]""#,
                ),
            ),
            client_secret(
                "variable",
                LEAK,
                ("var given = 'abc'", "given"),
                (
                    r#""variables": { "given": "abc" },"#,
                    r#""[variables('given')]""#,
                ),
            ),
            client_secret(
                "rewritten",
                LEAK,
                (OPEN.0, "base64(given)"),
                (OPEN.1, r#""[base64(parameters('given'))]""#),
            ),
            client_secret(
                "keys",
                "",
                (
                    "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {\n  name: 'store'\n}",
                    "store.listKeys().keys[0].value",
                ),
                (
                    "",
                    r#""[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2023-01-01').keys[0].value]""#,
                ),
            ),
            client_secret(
                "run time",
                "",
                (
                    "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {\n  name: 'store'\n}",
                    "store.properties.primaryEndpoints.blob",
                ),
                (
                    "",
                    r#""[reference(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2023-01-01').primaryEndpoints.blob]""#,
                ),
            ),
            client_secret(
                "one of two",
                LEAK,
                (
                    "param real bool\n@secure()\nparam given string",
                    "real ? given : 'abc'",
                ),
                (
                    r#""parameters": { "real": { "type": "bool" }, "given": { "type": "securestring" } },"#,
                    r#""[if(parameters('real'), parameters('given'), 'abc')]""#,
                ),
            ),
            client_secret(
                "placeholder",
                HINT,
                ("", "'<client secret>'"),
                ("", r#""<client secret>""#),
            ),
            client_secret(
                "placeholder in words",
                HINT,
                ("", "'change-me'"),
                ("", r#""change-me""#),
            ),
        ],
    );
    insta::assert_snapshot!(report);
}

#[test]
fn credentials_inside_of_a_text() {
    let connection =
        |name, expected, (declarations, value): (&str, &str), (sections, json): (&str, &str)| {
            part(
                name,
                expected,
                "caches",
                (declarations, &format!("connectionString: {value}")),
                (sections, &format!(r#""connectionString": "{json}""#)),
            )
        };
    let report = judge(
        RULES,
        &[
            connection(
                "behind a mark",
                LEAK,
                (
                    "param host string\nparam phrase string",
                    "'${host}:6380,password=${phrase},ssl=True'",
                ),
                (
                    r#""parameters": { "host": { "type": "string" }, "phrase": { "type": "string" } },"#,
                    "[format('{0}:6380,password={1},ssl=True', parameters('host'), parameters('phrase'))]",
                ),
            ),
            connection(
                "secure behind a mark",
                "",
                (
                    "param host string\n@secure()\nparam phrase string",
                    "'${host}:6380,password=${phrase},ssl=True'",
                ),
                (
                    r#""parameters": { "host": { "type": "string" }, "phrase": { "type": "securestring" } },"#,
                    "[format('{0}:6380,password={1},ssl=True', parameters('host'), parameters('phrase'))]",
                ),
            ),
            connection(
                "keys behind a mark",
                "",
                (
                    "param host string\nresource redis 'Microsoft.Cache/redis@2023-08-01' existing = {\n  name: 'redis'\n}",
                    "'${host}:6380,password=${redis.listKeys().primaryKey},ssl=True'",
                ),
                (
                    r#""parameters": { "host": { "type": "string" } },"#,
                    "[format('{0}:6380,password={1},ssl=True', parameters('host'), listKeys(resourceId('Microsoft.Cache/redis', 'redis'), '2023-08-01').primaryKey)]",
                ),
            ),
            connection(
                "literal behind a mark",
                LEAK,
                ("param host string", "'${host}:6380,password=abc,ssl=True'"),
                (
                    r#""parameters": { "host": { "type": "string" } },"#,
                    "[format('{0}:6380,password=abc,ssl=True', parameters('host'))]",
                ),
            ),
            connection(
                "by its name",
                LEAK,
                (
                    "param host string\nparam redisKey string",
                    "'${host} ${redisKey}'",
                ),
                (
                    r#""parameters": { "host": { "type": "string" }, "redisKey": { "type": "string" } },"#,
                    "[format('{0} {1}', parameters('host'), parameters('redisKey'))]",
                ),
            ),
            connection(
                "nothing says which",
                "",
                ("param host string\nparam port string", "'${host}:${port}'"),
                (
                    r#""parameters": { "host": { "type": "string" }, "port": { "type": "string" } },"#,
                    "[format('{0}:{1}', parameters('host'), parameters('port'))]",
                ),
            ),
            connection(
                "whole",
                LEAK,
                (OPEN.0, "given"),
                (OPEN.1, "[parameters('given')]"),
            ),
        ],
    );
    insta::assert_snapshot!(report);
}

#[test]
fn conditions_and_loops() {
    let report = judge(
        RULES,
        &[
            case(
                "never deployed",
                "",
                "resource part 'Microsoft.ApiManagement/service/users@2024-05-01' = if (false) {\n  name: 'gateway/part'\n  properties: { password: 'abc' }\n}\n",
                arm(
                    r#""resources": [ { "condition": false, "type": "Microsoft.ApiManagement/service/users", "apiVersion": "2024-05-01", "name": "gateway/part", "properties": { "password": "abc" } } ]"#,
                ),
            ),
            case(
                "loop over a parameter",
                LEAK,
                "param users array\nresource part 'Microsoft.ApiManagement/service/users@2024-05-01' = [for user in users: {\n  name: 'gateway/${user.name}'\n  properties: { password: user.password }\n}]\n",
                arm(
                    r#""parameters": { "users": { "type": "array" } }, "resources": [ { "copy": { "name": "part", "count": "[length(parameters('users'))]" }, "type": "Microsoft.ApiManagement/service/users", "apiVersion": "2024-05-01", "name": "[format('gateway/{0}', parameters('users')[copyIndex()].name)]", "properties": { "password": "[parameters('users')[copyIndex()].password]" } } ]"#,
                ),
            ),
            case(
                "loop over nothing",
                "",
                "param users array = []\nresource part 'Microsoft.ApiManagement/service/users@2024-05-01' = [for user in users: {\n  name: 'gateway/${user.name}'\n  properties: { password: user.password }\n}]\n",
                arm(
                    r#""parameters": { "users": { "type": "array", "defaultValue": [] } }, "resources": [ { "copy": { "name": "part", "count": "[length(parameters('users'))]" }, "type": "Microsoft.ApiManagement/service/users", "apiVersion": "2024-05-01", "name": "[format('gateway/{0}', parameters('users')[copyIndex()].name)]", "properties": { "password": "[parameters('users')[copyIndex()].password]" } } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report);
}

/// A module with a user whose password is a parameter.
const USER: &str = "@secure()
param password string
resource user 'Microsoft.ApiManagement/service/users@2024-05-01' = {
  name: 'gateway/user'
  properties: { password: password }
}
";

fn main(declarations: &str, argument: &str) -> String {
    format!(
        "{declarations}\nmodule user 'user.bicep' = {{\n  params: {{ password: {argument} }}\n}}\n"
    )
}

#[test]
fn through_modules() {
    let open = USER.replace("@secure()\n", "");
    let vault =
        "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = {\n  name: 'safe'\n}";
    let secure = "@secure()\nparam secret string";
    let mut all = String::new();
    for (name, main, module) in [
        ("secure all the way", main(secure, "secret"), USER),
        (
            "secret of a vault",
            main(vault, "safe.getSecret('x')"),
            USER,
        ),
        ("literal", main("", "'abc'"), USER),
        ("variable", main("var secret = 'abc'", "secret"), USER),
        (
            "open parameter",
            main("param secret string", "secret"),
            USER,
        ),
        ("through an open parameter", main(secure, "secret"), &open),
        ("through a text", main(secure, "'x${secret}'"), &open),
        (
            "open all the way",
            main("param secret string", "secret"),
            &open,
        ),
        (
            "keys through an open parameter",
            main(
                "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {\n  name: 'store'\n}",
                "store.listKeys().keys[0].value",
            ),
            &open,
        ),
    ] {
        let found = report(RULES, &[("main.bicep", &main), ("user.bicep", module)]);
        let _ = write!(all, "{name}\n{found}");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn through_nested_deployments() {
    let nested = |kind: &str, argument: &str, parameters: &str| {
        arm(&format!(
            r#"{parameters} "resources": [ {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "nested", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": {{ "password": {argument} }}, "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "parameters": {{ "password": {{ "type": "{kind}" }} }}, "resources": [ {{ "type": "Microsoft.ApiManagement/service/users", "apiVersion": "2024-05-01", "name": "gateway/user", "properties": {{ "password": "[parameters('password')]" }} }} ] }} }} }} ]"#
        ))
    };
    let vault = r#"{ "reference": { "keyVault": { "id": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]" }, "secretName": "x" } }"#;
    let given = r#"{ "value": "[parameters('given')]" }"#;
    let mut all = String::new();
    for (name, text) in [
        ("secret of a vault", nested("securestring", vault, "")),
        (
            "secret of a vault through an open parameter",
            nested("string", vault, ""),
        ),
        (
            "secure all the way",
            nested("securestring", given, SECURE.1),
        ),
        (
            "through an open parameter",
            nested("string", given, SECURE.1),
        ),
        ("open parameter", nested("securestring", given, OPEN.1)),
    ] {
        let found = report(RULES, &[("main.json", &text)]);
        let _ = write!(all, "{name}\n{found}");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn with_parameter_files() {
    let file = "using 'user.bicep'\nparam password = 'abc'\n";
    let mut all = String::new();
    for (name, module) in [
        ("secure", USER.to_owned()),
        ("open", USER.replace("@secure()\n", "")),
        (
            "secure and looked at",
            USER.replace(
                "password: password",
                "password: empty(password) ? null : password",
            ),
        ),
    ] {
        let found = report(RULES, &[("user.bicep", &module), ("user.bicepparam", file)]);
        let _ = write!(all, "{name}\n{found}");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_module_by_itself_is_judged_one_level_lower() {
    let module = "param password string = ''
resource user 'Microsoft.ApiManagement/service/users@2024-05-01' = {
  name: 'gateway/user'
  properties: { password: password }
}
";
    let main = "module user 'user.bicep' = {\n}\n";
    insta::assert_snapshot!(report(
        RULES,
        &[("main.bicep", main), ("user.bicep", module)]
    ));
}

/// How its fixes read.
mod repairs {
    use std::fmt::Write as _;

    use super::{OPEN, USER, arm, main};
    use crate::repaired::repaired;

    const RULE: &str = "secret-in-template";

    fn bicep(text: &str) -> String {
        repaired(RULE, &[("main.bicep", text)])
    }

    fn json(text: &str) -> String {
        repaired(RULE, &[("main.json", text)])
    }

    const PROVIDER: &str = "
resource entra 'Microsoft.ApiManagement/service/identityProviders@2024-05-01' = {
  parent: apim
  name: 'aad'
  properties: {
    clientId: '11111111-2222-3333-4444-555555555555'
    clientSecret: SECRET // rotate
  }
}
";
    const APIM: &str = "
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: 'gateway'
}
";

    fn provider(parameters: &str, secret: &str) -> String {
        format!("{parameters}{APIM}{}", PROVIDER.replace("SECRET", secret))
    }

    fn json_provider(parameters: &str, secret: &str) -> String {
        arm(&format!(
            r#"{parameters}
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service/identityProviders",
      "apiVersion": "2024-05-01",
      "name": "gateway/aad",
      "properties": {{
        "clientId": "11111111-2222-3333-4444-555555555555",
        "clientSecret": {secret}
      }}
    }}
  ]"#
        ))
    }

    #[test]
    fn a_parameter_becomes_secure() {
        insta::assert_snapshot!(bicep(&provider(
            "param name string\n\n@description('The secret.')\nparam secret string = 'abc'\n",
            "secret"
        )));
        insta::assert_snapshot!(json(&json_provider(
            r#""parameters": {
    "name": {
      "type": "string"
    },
    "secret": {
      "type": "string",
      "defaultValue": "abc"
    }
  },"#,
            r#""[parameters('secret')]""#
        )));
        insta::assert_snapshot!(bicep(&provider("param secret string = ''\n", "secret")));
        insta::assert_snapshot!(json(&json_provider(OPEN.1, r#""[parameters('given')]""#)));
    }

    #[test]
    fn a_literal_becomes_a_parameter() {
        insta::assert_snapshot!(bicep(&provider(
            "@description('The name.')\nparam name string\n",
            "'abc'"
        )));
        insta::assert_snapshot!(bicep(&provider("", "'abc'")));
        insta::assert_snapshot!(json(&json_provider("", r#""abc""#)));
        insta::assert_snapshot!(json(&json_provider(
            r#""parameters": {
    "name": {
      "type": "secureString",
      "metadata": {
        "description": "The name."
      }
    }
  },"#,
            r#""abc""#
        )));
        insta::assert_snapshot!(bicep(&provider("var secret = 'abc'\n", "secret")));
        insta::assert_snapshot!(bicep(&provider(
            "param real bool\n@secure()\nparam secret string\n",
            "real ? secret : 'abc'"
        )));
    }

    #[test]
    fn a_part_of_a_text_becomes_a_parameter() {
        let cache = |connection: &str| {
            format!(
                "param host string
resource redis 'Microsoft.ApiManagement/service/caches@2024-05-01' = {{
  name: 'gateway/redis'
  properties: {{
    connectionString: {connection}
    useFromLocation: 'default'
  }}
}}
"
            )
        };
        insta::assert_snapshot!(bicep(&cache("'${host}:6380,password=abc,ssl=True'")));
        insta::assert_snapshot!(bicep(&cache("'redis:6380,password=abc,ssl=True'")));
        let cache = |connection: &str| {
            arm(&format!(
                r#""parameters": {{
    "host": {{
      "type": "string"
    }}
  }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service/caches",
      "apiVersion": "2024-05-01",
      "name": "gateway/redis",
      "properties": {{
        "connectionString": "{connection}",
        "useFromLocation": "default"
      }}
    }}
  ]"#
            ))
        };
        insta::assert_snapshot!(json(&cache(
            "[format('{0}:6380,password=abc,ssl=True', parameters('host'))]"
        )));
        insta::assert_snapshot!(json(&cache(
            "[concat(parameters('host'), ':6380,password=abc', ',ssl=True')]"
        )));
    }

    const CERTIFICATE: &str = "
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}

resource client 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {
  parent: apim
  name: 'client.cert'
  properties: {
    data: 'MIIabc'
    password: 'abc'
  }
}
";

    #[test]
    fn a_certificate_comes_from_the_vault() {
        insta::assert_snapshot!(bicep(&format!("{APIM}{CERTIFICATE}")));
        insta::assert_snapshot!(bicep(
            &format!("{APIM}{CERTIFICATE}").replace("    password: 'abc'\n", "").replace(
                "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'kv'\n}\n",
                ""
            )
        ));
        insta::assert_snapshot!(json(&arm(r#""resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "kv",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" } }
    },
    {
      "type": "Microsoft.ApiManagement/service/certificates",
      "apiVersion": "2024-05-01",
      "name": "gateway/client",
      "properties": {
        "data": "[loadTextContent('x')]",
        "password": "abc"
      }
    }
  ]"#)));
    }

    #[test]
    fn a_hostname_comes_from_the_vault() {
        insta::assert_snapshot!(bicep(
            "resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id'
  location: 'westeurope'
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  sku: { name: 'Developer', capacity: 1 }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${id.id}': {} } }
  properties: {
    publisherName: 'p'
    publisherEmail: 'p@contoso.com'
    hostnameConfigurations: [
      {
        type: 'Proxy'
        hostName: 'api.contoso.com'
        encodedCertificate: loadFileAsBase64('api.pfx')
        certificatePassword: 'abc'
      }
    ]
  }
}
"
        ));
    }

    #[test]
    fn through_modules() {
        let open = USER.replace("@secure()\n", "");
        let mut all = String::new();
        for (name, main, module) in [
            ("literal", main("", "'abc'"), USER),
            (
                "literal through an open parameter",
                main("", "'abc'"),
                &open,
            ),
            (
                "open all the way",
                main("param secret string = 'abc'", "secret"),
                &open,
            ),
            (
                "through an open parameter",
                main("@secure()\nparam secret string", "secret"),
                &open,
            ),
            (
                "literal in the module",
                "module user 'user.bicep' = {\n}\n".to_owned(),
                &USER
                    .replace("@secure()\nparam password string\n", "")
                    .replace("password: password", "password: 'abc'"),
            ),
            (
                "default of the module",
                "param password string\nmodule user 'user.bicep' = {\n}\n".to_owned(),
                &open.replace("string", "string = 'abc'"),
            ),
        ] {
            let repaired = repaired(RULE, &[("main.bicep", &main), ("user.bicep", module)]);
            let _ = write!(all, "##### {name}\n{repaired}");
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_deployment_of_a_module_passes_the_secret() {
        let user = USER
            .replace("@secure()\nparam password string\n", "")
            .replace("password: password", "password: 'abc'");
        let twice = "@description('The name.')
param name string
module one 'user.bicep' = {
  name: 'one'
}
module two 'user.bicep' = {
  name: 'two'
  params: {}
}
";
        let middle = "module user 'user.bicep' = {\n  name: 'user'\n}\n";
        let json = arm(r#""resources": [
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "middle",
      "properties": {
        "mode": "Incremental",
        "templateLink": {
          "relativePath": "user.json"
        }
      }
    }
  ]"#);
        let json_user = arm(r#""resources": [
    {
      "type": "Microsoft.ApiManagement/service/users",
      "apiVersion": "2024-05-01",
      "name": "gateway/user",
      "properties": {
        "password": "abc"
      }
    }
  ]"#);
        insta::assert_snapshot!(repaired(
            RULE,
            &[("main.bicep", twice), ("user.bicep", &user)]
        ));
        insta::assert_snapshot!(repaired(
            RULE,
            &[
                ("main.bicep", "module middle 'middle.bicep' = {\n}\n"),
                ("middle.bicep", middle),
                ("user.bicep", &user)
            ]
        ));
        // Two programs have to agree.
        insta::assert_snapshot!(repaired(
            RULE,
            &[
                ("one.bicep", "module user 'user.bicep' = {\n}\n"),
                ("two.bicep", "module user 'user.bicep' = {\n}\n"),
                ("user.bicep", &user)
            ]
        ));
        insta::assert_snapshot!(repaired(
            RULE,
            &[("main.json", &json), ("user.json", &json_user)]
        ));
    }

    #[test]
    fn where_not_all_who_deploy_it_can_be_changed() {
        let user = USER
            .replace("@secure()\nparam password string\n", "")
            .replace("password: password", "password: 'abc'");
        let plain = "module user 'user.bicep' = {\n}\n";
        let never = "module user 'user.bicep' = if (false) {\n}\n";
        let spread = "param more object\nmodule user 'user.bicep' = {\n  params: more\n}\n";
        for other in [never, spread] {
            let files = [
                ("one.bicep", plain),
                ("two.bicep", other),
                ("user.bicep", &user),
            ];
            assert_eq!(repaired(RULE, &files), "no fix\n", "{other}");
        }
    }

    #[test]
    fn several_secrets_at_one_place() {
        let main = "module one 'user.bicep' = {
  name: 'one'
  params: { password: 'abc' }
}
module two 'user.bicep' = {
  name: 'two'
  params: { password: 'def' }
}
";
        insta::assert_snapshot!(repaired(
            RULE,
            &[("main.bicep", main), ("user.bicep", USER)]
        ));
        let users = "var users = [
  { name: 'a', password: 'abc' }
  { name: 'b', password: 'def' }
]

resource user 'Microsoft.ApiManagement/service/users@2024-05-01' = [for user in users: {
  name: 'gateway/${user.name}'
  properties: { password: user.password }
}]
";
        insta::assert_snapshot!(bicep(users));
    }

    #[test]
    fn with_a_parameter_file() {
        let open = USER.replace("@secure()\n", "");
        insta::assert_snapshot!(repaired(
            RULE,
            &[
                ("user.bicep", &open),
                (
                    "user.bicepparam",
                    "using 'user.bicep'\nparam password = 'abc'\n"
                )
            ]
        ));
    }

    #[test]
    fn in_nested_deployments() {
        let nested = |scope: &str, parameters: &str, password: &str| {
            arm(&format!(
                r#""resources": [
    {{
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "nested",
      "properties": {{
        "mode": "Incremental",
        "expressionEvaluationOptions": {{
          "scope": "{scope}"
        }},
        {parameters}
        "template": {{
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {{
              "type": "Microsoft.ApiManagement/service/users",
              "apiVersion": "2024-05-01",
              "name": "gateway/user",
              "properties": {{
                "password": {password}
              }}
            }}
          ]
        }}
      }}
    }}
  ]"#
            ))
        };
        insta::assert_snapshot!(json(&nested("inner", "", r#""abc""#)));
        insta::assert_snapshot!(json(&nested("outer", "", r#""abc""#)));
    }
}
