//! `role-excessive`: more than reading needs.

use crate::granted::{
    GROUP, NAME, Pair, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, VAULT_ADMINISTRATOR, assignment,
    beside, pair, role, within,
};
use crate::twins::{Case, case, judge};

const WARNING: &str = "warning role-excessive";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

fn held(
    name: &'static str,
    expected: &'static str,
    scope: Pair<'_>,
    id: &str,
    by: Pair<'_>,
) -> Case {
    beside(
        name,
        expected,
        pair(&assignment(NAME, scope, pair(&role(id)), by)),
    )
}

#[test]
fn more_than_reading_needs() {
    let report = judge(
        &["role-excessive"],
        &[
            held("administrator", WARNING, SAFE, VAULT_ADMINISTRATOR, SYSTEM),
            held(
                "secrets officer, of the user-assigned identity",
                WARNING,
                SAFE,
                "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
                USER,
            ),
            held(
                "certificates officer",
                WARNING,
                SAFE,
                "a4417e6f-fecd-4de8-b567-7b0420556985",
                SYSTEM,
            ),
            held(
                "crypto officer",
                WARNING,
                SAFE,
                "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
                SYSTEM,
            ),
            held("owner", WARNING, SAFE, OWNER, SYSTEM),
            held("contributor", WARNING, SAFE, CONTRIBUTOR, SYSTEM),
            held(
                "user access administrator",
                WARNING,
                SAFE,
                "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
                SYSTEM,
            ),
            held(
                "administrator of the group",
                WARNING,
                GROUP,
                VAULT_ADMINISTRATOR,
                SYSTEM,
            ),
            held(
                "owner of the group that the vault is in",
                WARNING,
                GROUP,
                OWNER,
                SYSTEM,
            ),
            beside(
                "by its name",
                WARNING,
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(safe.id, apim.id)\n  scope: safe\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Administrator').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "type": "Microsoft.KeyVault/vaults/providers/roleAssignments", "apiVersion": "2022-04-01", "name": "[concat('safe/Microsoft.Authorization/', guid('safe', 'gateway'))]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/00482a5a-887f-4fb3-b363-3b7fe8e74483", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
            within(
                "in one case",
                WARNING,
                (
                    "param admin bool\nvar id = admin ? '00482a5a-887f-4fb3-b363-3b7fe8e74483' : '4633458b-17de-408a-b874-0445c86b69e6'\n",
                    r#""parameters": { "admin": { "type": "bool" } }, "variables": { "id": "[if(parameters('admin'), '00482a5a-887f-4fb3-b363-3b7fe8e74483', '4633458b-17de-408a-b874-0445c86b69e6')]" },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    (
                        "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)",
                        "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('id'))]",
                    ),
                    SYSTEM,
                )),
            ),
            within(
                "of one of @allowed, which is the default",
                WARNING,
                (
                    "@allowed([ '00482a5a-887f-4fb3-b363-3b7fe8e74483', '4633458b-17de-408a-b874-0445c86b69e6' ])\nparam id string = '4633458b-17de-408a-b874-0445c86b69e6'\n",
                    r#""parameters": { "id": { "type": "string", "defaultValue": "4633458b-17de-408a-b874-0445c86b69e6", "allowedValues": [ "00482a5a-887f-4fb3-b363-3b7fe8e74483", "4633458b-17de-408a-b874-0445c86b69e6" ] } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    (
                        "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)",
                        "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', parameters('id'))]",
                    ),
                    SYSTEM,
                )),
            ),
            beside(
                "of a list",
                WARNING,
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for id in [ '00482a5a-887f-4fb3-b363-3b7fe8e74483', '4633458b-17de-408a-b874-0445c86b69e6' ]: {\n  name: guid(safe.id, apim.id, id)\n  scope: safe\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}]\n",
                    r#"{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "copy": { "name": "roles", "count": 2 }, "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "name": "[guid('safe', 'gateway', createArray('00482a5a-887f-4fb3-b363-3b7fe8e74483', '4633458b-17de-408a-b874-0445c86b69e6')[copyIndex()])]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', createArray('00482a5a-887f-4fb3-b363-3b7fe8e74483', '4633458b-17de-408a-b874-0445c86b69e6')[copyIndex()])]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    administrator
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '004…: `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    secrets officer, of the user-assigned identity
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b86…: `grant` gives the user-assigned identity `reader` the role Key Vault Secrets Officer on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see reader: this is the identity
          see safe: this is the vault
    certificates officer
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'a44…: `grant` gives the system-assigned identity of `apim` the role Key Vault Certificates Officer on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    crypto officer
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '14b…: `grant` gives the system-assigned identity of `apim` the role Key Vault Crypto Officer on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    owner
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3…: `grant` gives the system-assigned identity of `apim` the role Owner on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    contributor
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24…: `grant` gives the system-assigned identity of `apim` the role Contributor on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    user access administrator
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '18d…: `grant` gives the system-assigned identity of `apim` the role User Access Administrator on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    administrator of the group
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '004…: `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on the whole resource group, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
    owner of the group that the vault is in
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8e3…: `grant` gives the system-assigned identity of `apim` the role Owner on the whole resource group, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
    by its name
      warning role-excessive @ roleDefinitions('Key Vault Administrator').id: `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
      ARM warning role-excessive @ "/providers/Microsoft.Authorization/roleDefinitions/00482a5a-887f-4fb3…: `Microsoft.KeyVault/vaults/providers/roleAssignments` gives the system-assigned identity of `gateway` the role Key Vault Administrator on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see "gateway": this is the identity
    in one case
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id): `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on `safe` when `admin` is true, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    of one of @allowed, which is the default
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id): `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on `safe` when `id` is '00482a5a-887f-4fb3-b363-3b7fe8e74483', though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    of a list
      warning role-excessive @ subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id): `grant` gives the system-assigned identity of `apim` the role Key Vault Administrator on `safe`, though Key Vault Secrets User is enough to read secrets: whoever edits policies can use what it allows
          see apim: this is the identity
          see safe: this is the vault
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        &["role-excessive"],
        &[
            held("secrets user", "", SAFE, SECRETS_USER, SYSTEM),
            held(
                "vault reader",
                "",
                SAFE,
                "21090545-7ca7-4776-b22c-e363652d74d2",
                SYSTEM,
            ),
            held("somebody else", "", SAFE, VAULT_ADMINISTRATOR, STRANGER),
            within(
                "a principal from outside",
                "",
                (
                    "param who string\n",
                    r#""parameters": { "who": { "type": "string" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    pair(&role(OWNER)),
                    ("who", "[parameters('who')]"),
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
                pair(&assignment(
                    NAME,
                    SAFE,
                    ("role", "[parameters('role')]"),
                    SYSTEM,
                )),
            ),
            beside(
                "on another resource",
                "",
                (
                    "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {\n  name: 'store'\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(store.id, apim.id)\n  scope: store\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "scope": "[resourceId('Microsoft.Storage/storageAccounts', 'store')]", "name": "[guid('store', 'gateway')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
            case(
                "contributor of a group without a vault in sight",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\nresource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(apim.id)\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                crate::twins::arm_with_service(
                    "",
                    r#""identity": { "type": "SystemAssigned" } }, { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" }"#,
                ),
            ),
            within(
                "of an assignment that is never made",
                "",
                ("", ""),
                "enableRbacAuthorization: true",
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (false) {\n  name: guid(safe.id, apim.id)\n  scope: safe\n  properties: { roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '00482a5a-887f-4fb3-b363-3b7fe8e74483'), principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "condition": false, "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "name": "[guid('safe', 'gateway')]", "properties": { "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '00482a5a-887f-4fb3-b363-3b7fe8e74483')]", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
        ],
    );
}
