//! `hostname-before-access`: the certificate of a hostname is read before its reader can have access.

use crate::programs::{check_of, linked};
use crate::reaching::{
    By, Twin, deployment, deployment_with, existing_vault, grant, hostnames, id, plain_service,
    reader, service, service_with_hostname, vault, when, with,
};
use crate::twins::{ALL, arm, judge};

const RULE: &[&str] = &["hostname-before-access"];
const EARLY: &str = "error hostname-before-access";

fn open() -> Twin {
    vault("enableRbacAuthorization: true")
}

/// A service with this as its hostnames.
fn with_list(bicep: &str, json: &str) -> Twin {
    service(
        By::System,
        (
            &format!("hostnameConfigurations: {bicep}"),
            &format!("\"hostnameConfigurations\": {json}"),
        ),
        &[],
    )
}

/// The list with one hostname as an expression of ARM JSON.
const JSON_LIST: &str = "createArray(createObject('type', 'Proxy', 'hostName', 'a.example.org', 'keyVaultId', 'https://safe.vault.azure.net/secrets/cert'))";

fn list() -> String {
    hostnames(By::System).0
}

#[test]
fn the_service_creates_its_reader() {
    let report = judge(
        RULE,
        &[
            deployment(
                "system",
                EARLY,
                &[open(), service_with_hostname(By::System, &[]), grant(By::System)],
            ),
            deployment(
                "system, no grant in sight",
                EARLY,
                &[existing_vault(), service_with_hostname(By::System, &[])],
            ),
            deployment(
                "user",
                "",
                &[
                    open(),
                    reader(),
                    grant(By::User),
                    service_with_hostname(By::User, &["grant"]),
                ],
            ),
            deployment(
                "two certificates",
                EARLY,
                &[
                    existing_vault(),
                    with_list(
                        &format!("[{}", list().trim_start_matches('[')).replace(
                            " ]",
                            " \n    { type: 'Portal', hostName: 'b.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/other' } ]",
                        ),
                        &hostnames(By::System).1.replace(
                            "} ]",
                            r#"}, { "type": "Portal", "hostName": "b.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/other" } ]"#,
                        ),
                    ),
                ],
            ),
            deployment(
                "a certificate that is no reference",
                "",
                &[with_list(
                    "[ { type: 'Proxy', hostName: 'a.example.org', certificateSource: 'Managed' } ]",
                    r#"[ { "type": "Proxy", "hostName": "a.example.org", "certificateSource": "Managed" } ]"#,
                )],
            ),
            deployment(
                "no identity at all",
                "error identity-missing",
                &[with(
                    &with_list(
                        "[ { type: 'Proxy', hostName: 'a', keyVaultId: 'https://safe.vault.azure.net/secrets/c' } ]",
                        r#"[ { "type": "Proxy", "hostName": "a", "keyVaultId": "https://safe.vault.azure.net/secrets/c" } ]"#,
                    ),
                    ("identity: { type: 'SystemAssigned' }", ""),
                    (r#""identity": { "type": "SystemAssigned" },"#, ""),
                )],
            ),
            deployment(
                "never deployed",
                "",
                &[
                    existing_vault(),
                    when(&service_with_hostname(By::System, &[]), "false", "false"),
                ],
            ),
            deployment(
                "a placeholder of another tool",
                "",
                &[with_list(
                    "[ { type: 'Proxy', hostName: 'a', keyVaultId: '#{CertificateUrl}#' } ]",
                    r##"[ { "type": "Proxy", "hostName": "a", "keyVaultId": "#{CertificateUrl}#" } ]"##,
                )],
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    system
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
    system, no grant in sight
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
      ARM error hostname-before-access @ "keyVaultId": `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
    user
    two certificates
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see keyVaultId: this certificate is read the same way
      ARM error hostname-before-access @ "keyVaultId": `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "keyVaultId": this certificate is read the same way
    a certificate that is no reference
    no identity at all
      error identity-missing @ apim: `apim` has no managed identity, but its hostname certificate in Key Vault needs one
          see keyVaultId: needs an identity of the service
    never deployed
    a placeholder of another tool
    "#);
}

#[test]
fn hostnames_that_may_be_left_out() {
    let array = "createArray()";
    let case = |name, expected, declarations: (&str, &str), bicep: &str, json: &str| {
        deployment_with(
            name,
            expected,
            declarations,
            &[existing_vault(), with_list(bicep, json), grant(By::System)],
        )
    };
    let flag = (
        "param hasAccess bool = false",
        r#""parameters": { "hasAccess": { "type": "bool", "defaultValue": false } },"#,
    );
    let stage = (
        "param stage string = 'second'",
        r#""parameters": { "stage": { "type": "string", "defaultValue": "second" } },"#,
    );
    let given = (
        "param hosts array = [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert' } ]",
        r#""parameters": { "hosts": { "type": "array", "defaultValue": [ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/cert" } ] } },"#,
    );
    let report = judge(
        RULE,
        &[
            case(
                "a boolean parameter",
                "",
                flag,
                &format!("hasAccess ? {} : []", list()),
                &format!("\"[if(parameters('hasAccess'), {JSON_LIST}, {array})]\""),
            ),
            case(
                "a boolean parameter, null",
                "",
                flag,
                &format!("hasAccess ? {} : null", list()),
                &format!("\"[if(parameters('hasAccess'), {JSON_LIST}, null())]\""),
            ),
            case(
                "a boolean parameter, hostnames in both arms",
                EARLY,
                flag,
                &format!(
                    "hasAccess ? {} : {}",
                    list(),
                    list().replace("a.ex", "b.ex")
                ),
                &format!(
                    "\"[if(parameters('hasAccess'), {JSON_LIST}, {})]\"",
                    JSON_LIST.replace("a.ex", "b.ex")
                ),
            ),
            case(
                "a boolean parameter, one hostname of two",
                EARLY,
                flag,
                &format!(
                    "concat({}, hasAccess ? {} : [])",
                    list(),
                    list().replace("a.ex", "b.ex")
                ),
                &format!(
                    "\"[concat({JSON_LIST}, if(parameters('hasAccess'), {}, {array}))]\"",
                    JSON_LIST.replace("a.ex", "b.ex")
                ),
            ),
            case(
                "a condition that is no boolean parameter",
                "",
                stage,
                &format!("stage == 'second' ? {} : []", list()),
                &format!("\"[if(equals(parameters('stage'), 'second'), {JSON_LIST}, {array})]\""),
            ),
            case(
                "such a condition, hostnames in both arms",
                EARLY,
                stage,
                &format!(
                    "stage == 'second' ? {} : {}",
                    list(),
                    list().replace("a.ex", "b.ex")
                ),
                &format!(
                    "\"[if(equals(parameters('stage'), 'second'), {JSON_LIST}, {})]\"",
                    JSON_LIST.replace("a.ex", "b.ex")
                ),
            ),
            case(
                "a list that is empty by default",
                "",
                (
                    "param hosts array = []",
                    r#""parameters": { "hosts": { "type": "array", "defaultValue": [] } },"#,
                ),
                "hosts",
                "\"[parameters('hosts')]\"",
            ),
            case(
                "a list that is not empty by default",
                EARLY,
                given,
                "hosts",
                "\"[parameters('hosts')]\"",
            ),
            case(
                "a list that must be given",
                "",
                (
                    "param hosts array",
                    r#""parameters": { "hosts": { "type": "array" } },"#,
                ),
                "hosts",
                "\"[parameters('hosts')]\"",
            ),
            case(
                "an address that is empty by default",
                "",
                (
                    "param url string = ''",
                    r#""parameters": { "url": { "type": "string", "defaultValue": "" } },"#,
                ),
                "[ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: url } ]",
                r#"[ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "[parameters('url')]" } ]"#,
            ),
            case(
                "through a variable",
                EARLY,
                (
                    "var hosts = [ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert' } ]",
                    r#""variables": { "hosts": [ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/cert" } ] },"#,
                ),
                "hosts",
                "\"[variables('hosts')]\"",
            ),
            case(
                "allowed environments, one without",
                "",
                (
                    "@allowed([ 'dev', 'prod' ])\nparam env string",
                    r#""parameters": { "env": { "type": "string", "allowedValues": [ "dev", "prod" ] } },"#,
                ),
                &format!("env == 'prod' ? {} : []", list()),
                &format!("\"[if(equals(parameters('env'), 'prod'), {JSON_LIST}, {array})]\""),
            ),
            case(
                "a user-assigned identity in one case",
                EARLY,
                (
                    "param client string\nparam asUser bool",
                    r#""parameters": { "client": { "type": "string" }, "asUser": { "type": "bool" } },"#,
                ),
                "[ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert', identityClientId: asUser ? client : null } ]",
                r#"[ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/cert", "identityClientId": "[if(parameters('asUser'), parameters('client'), null())]" } ]"#,
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    a boolean parameter
    a boolean parameter, null
    a boolean parameter, hostnames in both arms
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
          see keyVaultId: this certificate is read the same way
      ARM error hostname-before-access @ 'keyVaultId': `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
          see 'keyVaultId': this certificate is read the same way
    a boolean parameter, one hostname of two
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
          see keyVaultId: this certificate is read the same way
      ARM error hostname-before-access @ 'keyVaultId': `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
          see 'keyVaultId': this certificate is read the same way
    a condition that is no boolean parameter
    such a condition, hostnames in both arms
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates with the default of `stage`, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
      ARM error hostname-before-access @ 'keyVaultId': `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates with the default of `stage`, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
    a list that is empty by default
    a list that is not empty by default
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates with the default of `hosts`, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
      ARM error hostname-before-access @ "keyVaultId": `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates with the default of `hosts`, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
    a list that must be given
    an address that is empty by default
    through a variable
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
      ARM error hostname-before-access @ "keyVaultId": `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
    allowed environments, one without
    a user-assigned identity in one case
      error hostname-before-access @ keyVaultId: `apim` reads its hostname certificate from `safe` with the system-assigned identity that this same deployment step creates when `asUser` is false, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see apim: the identity comes to be here, and the certificate is read at once
          see grant: this grants access, but only afterwards
      ARM error hostname-before-access @ "keyVaultId": `gateway` reads its hostname certificate from its key vault with the system-assigned identity that this same deployment step creates when `asUser` is false, so that nothing can have let it read yet. The first deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service". Deploy without `hostnameConfigurations` first and grant access, then add them: in a second run, or in a module that declares the service again and waits for the grant
          see "gateway": the identity comes to be here, and the certificate is read at once
          see "[guid('gateway', 'reader', 'grant')]": this grants access, but only afterwards
    "#);
}

const VAULT: &str =
    "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: 'safe' }\n";

const GRANT: &str = "param principal string
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: 'safe' }
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(safe.id, principal)
  scope: safe
  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'), principalId: principal, principalType: 'ServicePrincipal' }
}
";

fn service_file(parameter: &str, hosts: &str) -> String {
    format!(
        "{parameter}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned' }}
  properties: {{ publisherEmail: 'a@b.c', publisherName: 'b', hostnameConfigurations: {hosts} }}
}}
output principalId string = apim.identity.principalId
"
    )
}

const HOST: &str = "[ { type: 'Proxy', hostName: 'a.example.org', keyVaultId: 'https://safe.vault.azure.net/secrets/cert' } ]";

const SUBJECT: &[&str] = &["hostname-before-access", "vault-access-race"];

/// The cure in one run, and what may be wrong with it.
#[test]
fn a_service_that_is_declared_again() {
    let service = service_file("param hosts array = []", "hosts");
    let call = |name: &str, on: &str, params: &str| {
        format!(
            "module {name} 'service.bicep' = {{\n  name: '{name}'\n  dependsOn: [ {on} ]\n  params: {{ {params} }}\n}}\n"
        )
    };
    let grant = "module granting 'grant.bicep' = {\n  name: 'granting'\n  params: { principal: first.outputs.principalId }\n}\n";
    let files = |main: &str, expected: &[&str]| {
        check_of(
            SUBJECT,
            &[
                ("main.bicep", main),
                ("service.bicep", &service),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    let hosts = format!("hosts: {HOST}");
    let first = call("first", "", "");
    files(
        &format!("{first}{grant}{}", call("second", "granting", &hosts)),
        &[],
    );
    // The second one does not wait for the grant.
    files(
        &format!("{first}{grant}{}", call("second", "first", &hosts)),
        &["warning vault-access-race @ main.bicep: keyVaultId"],
    );
    // Nobody knows which of them comes first.
    files(
        &format!("{first}{grant}{}", call("second", "", &hosts)),
        &["warning vault-access-race @ main.bicep: keyVaultId"],
    );
    // The first one has the hostnames already.
    files(
        &format!(
            "{}{grant}{}",
            call("first", "", &hosts),
            call("second", "granting", &hosts)
        ),
        &["error hostname-before-access @ main.bicep: keyVaultId"],
    );
    // It is declared once, by a module that always gets the hostnames.
    files(
        &format!("{}{grant}", call("first", "", &hosts)),
        &["error hostname-before-access @ main.bicep: keyVaultId"],
    );
}

/// What the second declaration has is no fault of the file by itself.
#[test]
fn a_module_of_hostnames() {
    let plain = service_file("", "[]");
    let again = service_file("", HOST);
    let main = |on: &str| {
        format!(
            "module first 'plain.bicep' = {{\n  name: 'first'\n}}
module granting 'grant.bicep' = {{\n  name: 'granting'\n  params: {{ principal: first.outputs.principalId }}\n}}
module second 'again.bicep' = {{\n  name: 'second'\n  dependsOn: [ {on} ]\n}}\n"
        )
    };
    let files = |main: &str, expected: &[&str]| {
        check_of(
            SUBJECT,
            &[
                ("main.bicep", main),
                ("plain.bicep", &plain),
                ("again.bicep", &again),
                ("grant.bicep", GRANT),
            ],
            expected,
        );
    };
    files(&main("granting"), &[]);
    files(
        &main("first"),
        &["warning vault-access-race @ again.bicep: keyVaultId"],
    );
}

#[test]
fn a_module_whose_caller_decides() {
    let service = service_file("param hasAccess bool", &format!("hasAccess ? {HOST} : []"));
    let main = |value: &str| {
        format!(
            "param ready bool = false\nmodule it 'service.bicep' = {{\n  name: 'it'\n  params: {{ hasAccess: {value} }}\n}}\n"
        )
    };
    let files = |value: &str, expected: &[&str]| {
        let main = main(value);
        check_of(
            RULE,
            &[("main.bicep", main.as_str()), ("service.bicep", &service)],
            expected,
        );
    };
    files("ready", &[]);
    files("false", &[]);
    files(
        "true",
        &["error hostname-before-access @ service.bicep: keyVaultId"],
    );
}

/// The last run's parameters do not hide that there was a first one.
#[test]
fn parameter_files_of_a_later_run() {
    let service = format!(
        "{VAULT}{}",
        service_file(
            "param hasAccess bool = false",
            &format!("hasAccess ? {HOST} : []")
        )
    );
    check_of(
        RULE,
        &[
            ("main.bicep", &service),
            (
                "main.bicepparam",
                "using 'main.bicep'\nparam hasAccess = true\n",
            ),
        ],
        &[],
    );
    let service = service_file("param hosts array = []", "hosts");
    check_of(
        RULE,
        &[
            ("main.bicep", &service),
            (
                "main.bicepparam",
                &format!("using 'main.bicep'\nparam hosts = {HOST}\n"),
            ),
        ],
        &[],
    );
    let service = service_file("", HOST);
    check_of(
        RULE,
        &[
            ("main.bicep", &service),
            ("main.bicepparam", "using 'main.bicep'\n"),
        ],
        &["error hostname-before-access @ main.bicep: keyVaultId"],
    );
}

#[test]
fn a_linked_template_whose_caller_decides() {
    let service = arm(&format!(
        r#""parameters": {{ "hasAccess": {{ "type": "bool" }} }}, "resources": [ {} ]"#,
        with_list(
            "",
            &format!("\"[if(parameters('hasAccess'), {JSON_LIST}, createArray())]\"")
        )
        .1
    ));
    let main = |value: &str| {
        arm(&format!(
            r#""parameters": {{ "ready": {{ "type": "bool" }} }}, "resources": [ {} ]"#,
            linked(
                "it",
                "service.json",
                &format!(r#""hasAccess": {{ "value": {value} }}"#)
            )
        ))
    };
    let files = |value: &str, expected: &[&str]| {
        let main = main(value);
        check_of(
            RULE,
            &[("main.json", main.as_str()), ("service.json", &service)],
            expected,
        );
    };
    files("\"[parameters('ready')]\"", &[]);
    files("false", &[]);
    files(
        "true",
        &["error hostname-before-access @ service.json: 'keyVaultId'"],
    );
}

#[test]
fn nested_deployments() {
    let nested = |on: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "again", "dependsOn": [ {on} ], "properties": {{ "mode": "Incremental", "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {} ] }} }} }}"#,
            service_with_hostname(By::System, &[]).1
        )
    };
    let all = |on: &[&str]| {
        let ids: Vec<_> = on.iter().map(|it| format!("\"[{}]\"", id(it))).collect();
        arm(&format!(
            r#""resources": [ {}, {}, {}, {} ]"#,
            open().1,
            plain_service(By::System).1,
            grant(By::System).1,
            nested(&ids.join(", ")),
        ))
    };
    check_of(SUBJECT, &[("main.json", &all(&["grant"]))], &[]);
    check_of(
        SUBJECT,
        &[("main.json", &all(&["apim"]))],
        &["warning vault-access-race @ main.json: \"keyVaultId\""],
    );
}

/// All is right but the order, for every other rule.
#[test]
fn nothing_else_is_said() {
    judge(
        ALL,
        &[deployment(
            "hostname alone",
            EARLY,
            &[
                existing_vault(),
                service_with_hostname(By::System, &[]),
                grant(By::System),
            ],
        )],
    );
}
