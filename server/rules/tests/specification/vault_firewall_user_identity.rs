//! `vault-firewall-user-identity`: a user-assigned identity before a firewall that is on.

use crate::programs::check_of;
use crate::reaching::{
    By, Twin, and, child, deployment, deployment_with, existing_vault, grant, hostname_from, id,
    named_value, named_value_from, plain_service, private_endpoint, reader, unseen_module, vault,
    vault_with, when, with,
};
use crate::repaired::repaired_in;
use crate::twins::{ALL, judge};
use syntax::Language;

const RULE: &[&str] = &["vault-firewall-user-identity", "vault-network-blocked"];
const FAILS: &str = "error vault-firewall-user-identity";
const DOUBTFUL: &str = "warning vault-firewall-user-identity";

const DENY: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }";

fn user(vault: Twin) -> Vec<Twin> {
    named_value_from(vault, By::User)
}

#[test]
fn the_firewall_is_on() {
    let report = judge(
        RULE,
        &[
            deployment("selected networks", FAILS, &user(vault(DENY))),
            deployment(
                "no bypass",
                FAILS,
                &user(vault(
                    "networkAcls: { defaultAction: 'Deny', bypass: 'None' }",
                )),
            ),
            deployment(
                "bypass absent",
                FAILS,
                &user(vault("networkAcls: { defaultAction: 'deny' }")),
            ),
            deployment(
                "disabled",
                FAILS,
                &user(vault("publicNetworkAccess: 'disabled'")),
            ),
            deployment("hostname", FAILS, &hostname_from(vault(DENY))),
            deployment(
                "hostname, no bypass",
                FAILS,
                &hostname_from(vault(
                    "networkAcls: { defaultAction: 'Deny', bypass: 'None' }",
                )),
            ),
            deployment(
                "certificate and named value",
                FAILS,
                &and(
                    user(vault(DENY)),
                    child("certificates", "ca", By::User, &["grant"]),
                ),
            ),
            deployment(
                "open",
                "",
                &user(vault(
                    "networkAcls: { defaultAction: 'Allow', bypass: 'None' }",
                )),
            ),
            deployment("nothing said", "", &user(vault(""))),
            deployment("public", "", &user(vault("publicNetworkAccess: 'Enabled'"))),
            deployment(
                "the system's",
                "",
                &named_value_from(vault(DENY), By::System),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    selected networks
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    no bypass
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`) and `bypass: 'AzureServices'`; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    bypass absent
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'deny': this turns the firewall of the vault on
          see reader: this is the identity
    disabled
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`publicNetworkAccess: 'Disabled'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'disabled': this turns the firewall of the vault on
          see reader: this is the identity
    hostname
      error vault-firewall-user-identity @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`), granted access before the hostname is added; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    hostname, no bypass
      error vault-firewall-user-identity @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`) and `bypass: 'AzureServices'`, granted access before the hostname is added; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    certificate and named value
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see secretIdentifier: the certificate is read the same way
    open
    nothing said
    public
    the system's
    "#);
}

#[test]
fn another_way_through() {
    const SUBNET: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', virtualNetworkRules: [ { id: '/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s' } ] }";
    const ADDRESS: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [ { value: '203.0.113.7' } ] }";
    const NONE: &str = "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [], virtualNetworkRules: [] }";
    const OVERRIDDEN: &str = "publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [ { value: '203.0.113.7' } ] }";
    let by_parameter = || {
        vault_with(
            "networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: addresses }",
            r#""networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices", "ipRules": "[parameters('addresses')]" }"#,
        )
    };
    let declared = |default: &str| {
        (
            format!(
                "param addresses array{}",
                if default.is_empty() { "" } else { " = []" }
            ),
            format!(r#""parameters": {{ "addresses": {{ "type": "array"{default} }} }},"#),
        )
    };
    let must = declared("");
    let empty = declared(r#", "defaultValue": []"#);
    let report = judge(
        RULE,
        &[
            deployment("subnet", DOUBTFUL, &user(vault(SUBNET))),
            deployment("hostname, subnet", FAILS, &hostname_from(vault(SUBNET))),
            deployment("address", DOUBTFUL, &user(vault(ADDRESS))),
            deployment(
                "hostname, address",
                DOUBTFUL,
                &hostname_from(vault(ADDRESS)),
            ),
            deployment("lists that are empty", FAILS, &user(vault(NONE))),
            deployment("overridden", FAILS, &user(vault(OVERRIDDEN))),
            deployment(
                "private endpoint",
                DOUBTFUL,
                &and(user(vault(DENY)), private_endpoint()),
            ),
            deployment(
                "private endpoint of a vault without public access",
                DOUBTFUL,
                &and(
                    user(vault("publicNetworkAccess: 'Disabled'")),
                    private_endpoint(),
                ),
            ),
            deployment(
                "hostname, private endpoint",
                FAILS,
                &and(hostname_from(vault(DENY)), private_endpoint()),
            ),
            deployment(
                "a private endpoint that is never deployed",
                FAILS,
                &and(
                    user(vault(DENY)),
                    when(&private_endpoint(), "false", "false"),
                ),
            ),
            deployment(
                "the private endpoint of something else",
                FAILS,
                &and(
                    user(vault(DENY)),
                    with(
                        &private_endpoint(),
                        (
                            "safe.id",
                            "resourceId('Microsoft.KeyVault/vaults', 'other')",
                        ),
                        (
                            &format!("\"privateLinkServiceId\": \"[{}]\"", id("safe")),
                            "\"privateLinkServiceId\": \"[resourceId('Microsoft.KeyVault/vaults', 'other')]\"",
                        ),
                    ),
                ),
            ),
            deployment(
                "a module gets the vault",
                DOUBTFUL,
                &and(user(vault(DENY)), unseen_module()),
            ),
            deployment_with(
                "addresses that cannot be told",
                DOUBTFUL,
                (&must.0, &must.1),
                &user(by_parameter()),
            ),
            deployment_with(
                "no addresses by default",
                FAILS,
                (&empty.0, &empty.1),
                &user(by_parameter()),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    subnet
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see [ { id: '/subscriptions/x/resourceGroups/g/providers/Microsoft.Network…: the subnets that pass
    hostname, subnet
      error vault-firewall-user-identity @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`), granted access before the hostname is added; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    address
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see [ { value: '203.0.113.7' } ]: the addresses that pass
    hostname, address
      warning vault-firewall-user-identity @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`), granted access before the hostname is added; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see [ { value: '203.0.113.7' } ]: the addresses that pass
    lists that are empty
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    overridden
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`publicNetworkAccess: 'Disabled'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Disabled': this turns the firewall of the vault on
          see reader: this is the identity
    private endpoint
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see endpoint: this may be a way
    private endpoint of a vault without public access
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`publicNetworkAccess: 'Disabled'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Disabled': this turns the firewall of the vault on
          see reader: this is the identity
          see endpoint: this may be a way
    hostname, private endpoint
      error vault-firewall-user-identity @ keyVaultId: `apim` reads its hostname certificate from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`), granted access before the hostname is added; or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    a private endpoint that is never deployed
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    the private endpoint of something else
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    a module gets the vault
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    addresses that cannot be told
      warning vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. This is not supported even where another way through the firewall leads to the vault, and the deployment may fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
          see addresses: the addresses that pass
    no addresses by default
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader` with the default of `addresses`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    "#);
}

#[test]
fn what_cannot_be_told_is_silent() {
    let parameter = |name: &str, kind: &str| {
        (
            format!("param {name} {kind}"),
            format!(r#""parameters": {{ "{name}": {{ "type": "{kind}" }} }},"#),
        )
    };
    let action = parameter("action", "string");
    let acls = parameter("acls", "object");
    let access = parameter("access", "string");
    let client = parameter("client", "string");
    judge(
        RULE,
        &[
            deployment(
                "an existing vault",
                "",
                &[
                    existing_vault(),
                    reader(),
                    plain_service(By::User),
                    with(&grant(By::User), ("grant", "grant"), ("grant", "grant")),
                    named_value(By::User, &["grant"]),
                ],
            ),
            deployment_with(
                "default action",
                "",
                (&action.0, &action.1),
                &user(vault_with(
                    "networkAcls: { defaultAction: action }",
                    r#""networkAcls": { "defaultAction": "[parameters('action')]" }"#,
                )),
            ),
            deployment_with(
                "the whole",
                "",
                (&acls.0, &acls.1),
                &user(vault_with(
                    "networkAcls: acls",
                    r#""networkAcls": "[parameters('acls')]""#,
                )),
            ),
            deployment_with(
                "public access",
                "",
                (&access.0, &access.1),
                &user(vault_with(
                    "publicNetworkAccess: access",
                    r#""publicNetworkAccess": "[parameters('access')]""#,
                )),
            ),
            deployment(
                "a placeholder of another tool",
                "",
                &user(vault(
                    "publicNetworkAccess: '#{Access}#', networkAcls: { defaultAction: '$(Action)' }",
                )),
            ),
            deployment_with(
                "the identity",
                "",
                (&client.0, &client.1),
                &[
                    vault(DENY),
                    reader(),
                    plain_service(By::User),
                    grant(By::User),
                    with(
                        &named_value(By::User, &["grant"]),
                        ("reader.properties.clientId", "client"),
                        (
                            &format!("[reference({}, '2023-01-31').clientId]", id("reader")),
                            "[parameters('client')]",
                        ),
                    ),
                ],
            ),
            deployment(
                "never read",
                "",
                &[
                    vault(DENY),
                    reader(),
                    plain_service(By::User),
                    grant(By::User),
                    when(&named_value(By::User, &["grant"]), "false", "false"),
                ],
            ),
            deployment(
                "not carried, which is another mistake",
                "",
                &[
                    vault(DENY),
                    reader(),
                    plain_service(By::System),
                    grant(By::User),
                    named_value(By::User, &["grant"]),
                ],
            ),
        ],
    );
}

#[test]
fn cases() {
    let by = |bicep: &str, json: &str| {
        vault_with(
            &format!("networkAcls: {{ defaultAction: {bicep}, bypass: 'AzureServices' }}"),
            &format!(
                r#""networkAcls": {{ "defaultAction": "{json}", "bypass": "AzureServices" }}"#
            ),
        )
    };
    let report = judge(
        RULE,
        &[
            deployment_with(
                "boolean",
                FAILS,
                (
                    "param locked bool",
                    r#""parameters": { "locked": { "type": "bool" } },"#,
                ),
                &user(by(
                    "locked ? 'Deny' : 'Allow'",
                    "[if(parameters('locked'), 'Deny', 'Allow')]",
                )),
            ),
            deployment_with(
                "allowed environments",
                FAILS,
                (
                    "@allowed([ 'dev', 'test', 'prod' ])\nparam env string",
                    r#""parameters": { "env": { "type": "string", "allowedValues": [ "dev", "test", "prod" ] } },"#,
                ),
                &user(by(
                    "env == 'prod' ? 'Deny' : 'Allow'",
                    "[if(equals(parameters('env'), 'prod'), 'Deny', 'Allow')]",
                )),
            ),
            deployment_with(
                "allowed values",
                FAILS,
                (
                    "@allowed([ 'Allow', 'Deny' ])\nparam action string",
                    r#""parameters": { "action": { "type": "string", "allowedValues": [ "Allow", "Deny" ] } },"#,
                ),
                &user(by("action", "[parameters('action')]")),
            ),
            deployment_with(
                "default",
                FAILS,
                (
                    "param action string = 'Deny'",
                    r#""parameters": { "action": { "type": "string", "defaultValue": "Deny" } },"#,
                ),
                &user(by("action", "[parameters('action')]")),
            ),
            deployment_with(
                "the identity of the case in which the vault is open",
                "",
                (
                    "param locked bool",
                    r#""parameters": { "locked": { "type": "bool" } },"#,
                ),
                &[
                    by(
                        "locked ? 'Deny' : 'Allow'",
                        "[if(parameters('locked'), 'Deny', 'Allow')]",
                    ),
                    reader(),
                    plain_service(By::User),
                    grant(By::User),
                    when(
                        &named_value(By::User, &["grant"]),
                        "!locked",
                        "\"[not(parameters('locked'))]\"",
                    ),
                ],
            ),
            deployment_with(
                "variable",
                FAILS,
                (
                    "var acls = { defaultAction: 'Deny', bypass: 'AzureServices' }",
                    r#""variables": { "acls": { "defaultAction": "Deny", "bypass": "AzureServices" } },"#,
                ),
                &user(vault_with(
                    "networkAcls: acls",
                    r#""networkAcls": "[variables('acls')]""#,
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    boolean
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader` when `locked` is true, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    allowed environments
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader` when `env` is 'prod', but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    allowed values
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader` when `action` is 'Deny', but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    default
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader` with the default of `action`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    the identity of the case in which the vault is open
    variable
      error vault-firewall-user-identity @ secretIdentifier: `apim` reads the named value `nv` from `safe` with the user-assigned identity `reader`, but the firewall of `safe` is on (`networkAcls.defaultAction: 'Deny'`), and only a system-assigned identity passes it as a trusted service. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service. Check if Managed Identity of Type: UserAssigned … has GET permissions on secrets in the KeyVault Access Policies", whatever its permissions are. Read with the system-assigned identity (without `identityClientId`); or leave the vault's firewall off
          see 'Deny': this turns the firewall of the vault on
          see reader: this is the identity
    "#);
}

const VAULT_FILE: &str = "@allowed([ 'Allow', 'Deny' ])
param action string = 'Allow'
resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'safe'
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, networkAcls: { defaultAction: action, bypass: 'AzureServices' } }
}
output name string = safe.name
output uri string = safe.properties.vaultUri
";

#[test]
fn through_modules() {
    let main = |action: &str| {
        format!(
            "module keys 'vault.bicep' = {{\n  name: 'keys'\n  params: {{ action: '{action}' }}\n}}\n{}{}{}",
            reader().0,
            plain_service(By::User).0,
            named_value(By::User, &[])
                .0
                .replace("${safe.properties.vaultUri}", "${keys.outputs.uri}")
        )
    };
    let files = |action: &str, expected: &[&str]| {
        let main = main(action);
        check_of(
            RULE,
            &[("main.bicep", main.as_str()), ("vault.bicep", VAULT_FILE)],
            expected,
        );
    };
    files(
        "Deny",
        &["error vault-firewall-user-identity @ main.bicep: secretIdentifier"],
    );
    files("Allow", &[]);
}

/// What the parameters of a module allow, and nobody in sight makes use of.
#[test]
fn contracts() {
    let module = format!(
        "@allowed([ 'Allow', 'Deny' ])\nparam action string\n{}",
        [
            vault_with(
                "networkAcls: { defaultAction: action, bypass: 'AzureServices' }",
                ""
            ),
            reader(),
            plain_service(By::User),
            grant(By::User),
            named_value(By::User, &["grant"]),
        ]
        .map(|part| part.0)
        .concat()
    );
    let main = "module it 'it.bicep' = {\n  name: 'it'\n  params: { action: 'Allow' }\n}\n";
    check_of(
        RULE,
        &[("main.bicep", main), ("it.bicep", &module)],
        &["warning vault-firewall-user-identity @ it.bicep: secretIdentifier"],
    );
    check_of(
        RULE,
        &[
            ("main.bicep", &main.replace("Allow", "Deny")),
            ("it.bicep", &module),
        ],
        &["error vault-firewall-user-identity @ it.bicep: secretIdentifier"],
    );
}

#[test]
fn nothing_else_is_said() {
    judge(
        ALL,
        &[deployment("firewall alone", FAILS, &user(vault(DENY)))],
    );
}

/// The fix, in both languages.
fn repairs(parts: &[Twin]) -> String {
    let case = deployment("", "", parts);
    let of = |language, text: &str| repaired_in("vault-firewall-user-identity", language, text);
    of(Language::Bicep, &case.bicep) + &of(Language::Json, &case.arm)
}

#[test]
fn the_system_assigned_identity_reads_instead() {
    insta::assert_snapshot!(repairs(&user(vault(DENY))));
    insta::assert_snapshot!(repairs(&hostname_from(vault(DENY))));
    insta::assert_snapshot!(repairs(&and(
        user(vault(DENY)),
        child("certificates", "ca", By::User, &["grant"]),
    )));
}
