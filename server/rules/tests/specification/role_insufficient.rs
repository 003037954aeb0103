//! `role-insufficient`: a role that does not let API Management read what it reads.

use crate::granted::{
    GROUP, NAME, Pair, READ, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, VAULT_READER, and,
    assignment, beside, pair, role, within,
};
use crate::twins::{Case, judge};

const ERROR: &str = "error role-insufficient";
const MISSING: &str = "error vault-access-missing";
const RULES: &[&str] = &[
    "role-insufficient",
    "vault-access-missing",
    "vault-permission-model",
];
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const ACR_PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";

fn reads(
    name: &'static str,
    expected: &'static str,
    scope: Pair<'_>,
    id: &str,
    by: Pair<'_>,
) -> Case {
    let grant = assignment(NAME, scope, pair(&role(id)), by);
    beside(name, expected, pair(&and(pair(&grant), READ)))
}

#[test]
fn roles_that_do_not_read() {
    let report = judge(
        RULES,
        &[
            reads("vault reader", ERROR, SAFE, VAULT_READER, SYSTEM),
            reads(
                "vault contributor",
                ERROR,
                SAFE,
                "f25e0fa2-a7c8-4377-a976-54943a77a395",
                SYSTEM,
            ),
            reads(
                "crypto user",
                ERROR,
                SAFE,
                "12338af0-0e69-4776-bea7-57ae8d297424",
                SYSTEM,
            ),
            reads("owner", ERROR, SAFE, OWNER, SYSTEM),
            reads("a role on something else", ERROR, SAFE, ACR_PULL, SYSTEM),
            reads(
                "vault reader of the group",
                ERROR,
                GROUP,
                VAULT_READER,
                SYSTEM,
            ),
            reads("reader of the group", ERROR, GROUP, READER, SYSTEM),
            within(
                "in one case",
                ERROR,
                (
                    "param look bool\n",
                    r#""parameters": { "look": { "type": "bool" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&and(
                    pair(&assignment(
                        NAME,
                        SAFE,
                        (
                            "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', look ? '21090545-7ca7-4776-b22c-e363652d74d2' : '4633458b-17de-408a-b874-0445c86b69e6')",
                            "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', if(parameters('look'), '21090545-7ca7-4776-b22c-e363652d74d2', '4633458b-17de-408a-b874-0445c86b69e6'))]",
                        ),
                        SYSTEM,
                    )),
                    READ,
                )),
            ),
            beside(
                "two reads, one finding",
                ERROR,
                pair(&and(
                    pair(&and(
                        pair(&assignment(NAME, SAFE, pair(&role(VAULT_READER)), SYSTEM)),
                        READ,
                    )),
                    (
                        "resource cert 'Microsoft.ApiManagement/service/certificates@2024-05-01' = {\n  parent: apim\n  name: 'cert'\n  properties: { keyVault: { secretIdentifier: '${safe.properties.vaultUri}secrets/cert' } }\n}\n",
                        r#"{ "type": "Microsoft.ApiManagement/service/certificates", "apiVersion": "2024-05-01", "name": "gateway/cert", "properties": { "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/cert" } } }"#,
                    ),
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    vault reader
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '210…: `grant` gives the system-assigned identity of `apim` the role Key Vault Reader on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    vault contributor
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f25…: `grant` gives the system-assigned identity of `apim` the role Key Vault Contributor on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    crypto user
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '123…: `grant` gives the system-assigned identity of `apim` the role Key Vault Crypto User on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    owner
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3…: `grant` gives the system-assigned identity of `apim` the role Owner on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    a role on something else
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f9…: `grant` gives the system-assigned identity of `apim` the role AcrPull on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    vault reader of the group
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '210…: `grant` gives the system-assigned identity of `apim` the role Key Vault Reader on the resource group of `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    reader of the group
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acd…: `grant` gives the system-assigned identity of `apim` the role Reader on the resource group of `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    in one case
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', look…: `grant` gives the system-assigned identity of `apim` the role Key Vault Reader on `safe` when `look` is true, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see apim: this is the identity
          see safe: this is the vault
    two reads, one finding
      error role-insufficient @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '210…: `grant` gives the system-assigned identity of `apim` the role Key Vault Reader on `safe`, which does not let it read secrets, and nothing else in this deployment does, though `apim` reads the named value `nv` there. The deployment will fail: "Failed to access KeyVault Secret … using Managed Service Identity of Api Management service"
          see secretIdentifier: this named value cannot be read
          see secretIdentifier: this certificate cannot be read
          see apim: this is the identity
          see safe: this is the vault
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        RULES,
        &[
            reads("secrets user", "", SAFE, SECRETS_USER, SYSTEM),
            beside(
                "nothing is read",
                "",
                pair(&assignment(NAME, SAFE, pair(&role(VAULT_READER)), SYSTEM)),
            ),
            reads(
                "another identity does not read",
                MISSING,
                SAFE,
                VAULT_READER,
                USER,
            ),
            reads("somebody else", MISSING, SAFE, VAULT_READER, STRANGER),
            reads(
                "a role on something else in the group",
                MISSING,
                GROUP,
                ACR_PULL,
                SYSTEM,
            ),
            beside(
                "the right role beside it",
                "",
                pair(&and(
                    pair(&and(
                        pair(&assignment(NAME, SAFE, pair(&role(VAULT_READER)), SYSTEM)),
                        READ,
                    )),
                    (
                        "resource right 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(safe.id, apim.id)\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                        r#"{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway')]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                    ),
                )),
            ),
            within(
                "a role from outside",
                "",
                (
                    "param role string\n",
                    r#""parameters": { "role": { "type": "string" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&and(
                    pair(&assignment(
                        NAME,
                        SAFE,
                        ("role", "[parameters('role')]"),
                        SYSTEM,
                    )),
                    READ,
                )),
            ),
            within(
                "an assignment that may be made to be right",
                "",
                (
                    "param more bool\n",
                    r#""parameters": { "more": { "type": "bool" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&and(
                    pair(&assignment(
                        NAME,
                        SAFE,
                        ("nowhere.id", "[reference('nowhere').id]"),
                        SYSTEM,
                    )),
                    READ,
                )),
            ),
        ],
    );
}
