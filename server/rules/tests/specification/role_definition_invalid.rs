//! `role-definition-invalid`: no resource id, or another role than its name says.

use crate::granted::{
    NAME, Pair, SAFE, SECRETS_USER, STRANGER, SYSTEM, VAULT_READER, assignment, beside, pair, role,
    within,
};
use crate::twins::{Case, judge};

const ERROR: &str = "error role-definition-invalid";
const WARNING: &str = "warning role-definition-invalid";

fn is(name: &'static str, expected: &'static str, definition: Pair<'_>) -> Case {
    declared(name, expected, ("", ""), definition)
}

fn declared(
    name: &'static str,
    expected: &'static str,
    declarations: Pair<'_>,
    definition: Pair<'_>,
) -> Case {
    within(
        name,
        expected,
        declarations,
        "enableRbacAuthorization: true",
        pair(&assignment(NAME, SAFE, definition, SYSTEM)),
    )
}

/// A variable of a name that holds the GUID of a role.
fn variable(name: &'static str, expected: &'static str, called: &str, id: &str) -> Case {
    declared(
        name,
        expected,
        (
            &format!("var {called} = '{id}'\n"),
            &format!(r#""variables": {{ "{called}": "{id}" }},"#),
        ),
        (
            &format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', {called})"),
            &format!(
                "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('{called}'))]"
            ),
        ),
    )
}

#[test]
fn no_resource_id() {
    let report = judge(
        &["role-definition-invalid"],
        &[
            is(
                "a GUID",
                ERROR,
                ("'4633458b-17de-408a-b874-0445c86b69e6'", SECRETS_USER),
            ),
            is(
                "a GUID that is not known",
                ERROR,
                (
                    "'5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11'",
                    "5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11",
                ),
            ),
            is(
                "a name",
                ERROR,
                ("'Key Vault Secrets User'", "Key Vault Secrets User"),
            ),
            declared(
                "a GUID in a variable",
                ERROR,
                (
                    "var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'\n",
                    r#""variables": { "secretsUser": "4633458b-17de-408a-b874-0445c86b69e6" },"#,
                ),
                ("secretsUser", "[variables('secretsUser')]"),
            ),
            declared(
                "a GUID by default",
                ERROR,
                (
                    "param id string = '4633458b-17de-408a-b874-0445c86b69e6'\n",
                    r#""parameters": { "id": { "type": "string", "defaultValue": "4633458b-17de-408a-b874-0445c86b69e6" } },"#,
                ),
                ("id", "[parameters('id')]"),
            ),
            declared(
                "a GUID in one case",
                ERROR,
                (
                    "param bare bool\n",
                    r#""parameters": { "bare": { "type": "bool" } },"#,
                ),
                (
                    "bare ? '4633458b-17de-408a-b874-0445c86b69e6' : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')",
                    "[if(parameters('bare'), '4633458b-17de-408a-b874-0445c86b69e6', subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6'))]",
                ),
            ),
            is(
                "what roleDefinitions gives beside the id",
                ERROR,
                (
                    "roleDefinitions('Key Vault Secrets User').roleDefinitionId",
                    SECRETS_USER,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a GUID
      error role-definition-invalid @ '4633458b-17de-408a-b874-0445c86b69e6': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the bare GUID of the role Key Vault Secrets User, where the resource id of the role definition is due
          see apim: this is the identity
    a GUID that is not known
      error role-definition-invalid @ '5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is a bare GUID, where the resource id of the role definition is due
          see apim: this is the identity
    a name
      error role-definition-invalid @ 'Key Vault Secrets User': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the name of the role Key Vault Secrets User, where the resource id of the role definition is due
          see apim: this is the identity
    a GUID in a variable
      error role-definition-invalid @ '4633458b-17de-408a-b874-0445c86b69e6': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the bare GUID of the role Key Vault Secrets User, where the resource id of the role definition is due
          see apim: this is the identity
          see grant: `grant` gets it
    a GUID by default
      error role-definition-invalid @ '4633458b-17de-408a-b874-0445c86b69e6': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the bare GUID of the role Key Vault Secrets User with the default of `id`, where the resource id of the role definition is due
          see apim: this is the identity
          see grant: `grant` gets it
    a GUID in one case
      error role-definition-invalid @ '4633458b-17de-408a-b874-0445c86b69e6': The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the bare GUID of the role Key Vault Secrets User when `bare` is true, where the resource id of the role definition is due
          see apim: this is the identity
    what roleDefinitions gives beside the id
      error role-definition-invalid @ roleDefinitions('Key Vault Secrets User').roleDefinitionId: The `roleDefinitionId` that `grant` gives the system-assigned identity of `apim` is the bare GUID of the role Key Vault Secrets User, where the resource id of the role definition is due
          see apim: this is the identity
    ");
}

#[test]
fn the_name_of_another_role() {
    let report = judge(
        &["role-definition-invalid"],
        &[
            variable("a variable", WARNING, "keyVaultSecretsUser", VAULT_READER),
            variable(
                "a variable with a word more",
                WARNING,
                "keyVaultSecretsUserRoleId",
                VAULT_READER,
            ),
            declared(
                "a key",
                WARNING,
                (
                    "var roles = {\n  'Key Vault Secrets User': '21090545-7ca7-4776-b22c-e363652d74d2'\n}\n",
                    r#""variables": { "roles": { "Key Vault Secrets User": "21090545-7ca7-4776-b22c-e363652d74d2" } },"#,
                ),
                (
                    "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles['Key Vault Secrets User'])",
                    "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('roles')['Key Vault Secrets User'])]",
                ),
            ),
            declared(
                "a parameter",
                WARNING,
                (
                    "param keyVaultSecretsUser string = '/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2'\n",
                    r#""parameters": { "keyVaultSecretsUser": { "type": "string", "defaultValue": "/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776-b22c-e363652d74d2" } },"#,
                ),
                ("keyVaultSecretsUser", "[parameters('keyVaultSecretsUser')]"),
            ),
            declared(
                "the whole id in a variable",
                WARNING,
                (
                    "var keyVaultSecretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '21090545-7ca7-4776-b22c-e363652d74d2')\n",
                    r#""variables": { "keyVaultSecretsUser": "[resourceId('Microsoft.Authorization/roleDefinitions', '21090545-7ca7-4776-b22c-e363652d74d2')]" },"#,
                ),
                ("keyVaultSecretsUser", "[variables('keyVaultSecretsUser')]"),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    a variable
      warning role-definition-invalid @ '21090545-7ca7-4776-b22c-e363652d74d2': `keyVaultSecretsUser` is the role Key Vault Reader, not Key Vault Secrets User as its name says, and `grant` gives it to the system-assigned identity of `apim`
          see apim: this is the identity
          see grant: `grant` gets it
    a variable with a word more
      warning role-definition-invalid @ '21090545-7ca7-4776-b22c-e363652d74d2': `keyVaultSecretsUserRoleId` is the role Key Vault Reader, not Key Vault Secrets User as its name says, and `grant` gives it to the system-assigned identity of `apim`
          see apim: this is the identity
          see grant: `grant` gets it
    a key
      warning role-definition-invalid @ '21090545-7ca7-4776-b22c-e363652d74d2': `Key Vault Secrets User` is the role Key Vault Reader, not Key Vault Secrets User as its name says, and `grant` gives it to the system-assigned identity of `apim`
          see apim: this is the identity
          see grant: `grant` gets it
    a parameter
      warning role-definition-invalid @ '/providers/Microsoft.Authorization/roleDefinitions/21090545-7ca7-4776…: `keyVaultSecretsUser` is the role Key Vault Reader with the default of `keyVaultSecretsUser`, not Key Vault Secrets User as its name says, and `grant` gives it to the system-assigned identity of `apim`
          see apim: this is the identity
          see grant: `grant` gets it
    the whole id in a variable
      warning role-definition-invalid @ '21090545-7ca7-4776-b22c-e363652d74d2': `keyVaultSecretsUser` is the role Key Vault Reader, not Key Vault Secrets User as its name says, and `grant` gives it to the system-assigned identity of `apim`
          see apim: this is the identity
          see grant: `grant` gets it
    ");
}

#[test]
fn what_stays_silent() {
    judge(
        &["role-definition-invalid"],
        &[
            is("subscriptionResourceId", "", pair(&role(SECRETS_USER))),
            is(
                "tenantResourceId",
                "",
                (
                    "tenantResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')",
                    "[tenantResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                ),
            ),
            is(
                "resourceId",
                "",
                (
                    "resourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')",
                    "[resourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                ),
            ),
            is(
                "a text",
                "",
                (
                    "'${subscription().id}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6'",
                    "[concat(subscription().id, '/providers/Microsoft.Authorization/roleDefinitions/', '4633458b-17de-408a-b874-0445c86b69e6')]",
                ),
            ),
            is(
                "by name",
                "",
                (
                    "roleDefinitions('Key Vault Secrets User').id",
                    "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
                ),
            ),
            variable("the right name", "", "keyVaultSecretsUser", SECRETS_USER),
            variable("another name", "", "vaultRole", VAULT_READER),
            variable("a short name", "", "reader", VAULT_READER),
            variable(
                "nearly the name",
                "",
                "keyVaultSecretsUserOld",
                VAULT_READER,
            ),
            variable(
                "a role that is not known",
                "",
                "keyVaultSecretsUser",
                "5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11",
            ),
            declared(
                "not known",
                "",
                (
                    "param id string\n",
                    r#""parameters": { "id": { "type": "string" } },"#,
                ),
                ("id", "[parameters('id')]"),
            ),
            beside(
                "somebody else's",
                "",
                pair(&assignment(
                    NAME,
                    SAFE,
                    ("'4633458b-17de-408a-b874-0445c86b69e6'", SECRETS_USER),
                    STRANGER,
                )),
            ),
        ],
    );
}
