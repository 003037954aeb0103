//! `role-principal-invalid`: a grant to what is no principal id.

use crate::granted::{
    NAME, Pair, READ, SAFE, SECRETS_USER, SYSTEM, USER, and, assignment, beside, pair, role, within,
};
use crate::twins::{Case, judge};

const ERROR: &str = "error role-principal-invalid";
const SERVICE_ID: Pair<'_> = (
    "apim.id",
    "[resourceId('Microsoft.ApiManagement/service', 'gateway')]",
);
const USER_ID: Pair<'_> = (
    "reader.id",
    "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]",
);
const CLIENT_ID: Pair<'_> = (
    "reader.properties.clientId",
    "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').clientId]",
);

fn to(name: &'static str, expected: &'static str, by: Pair<'_>) -> Case {
    beside(
        name,
        expected,
        pair(&assignment(NAME, SAFE, pair(&role(SECRETS_USER)), by)),
    )
}

/// An access policy for a principal.
fn policy(name: &'static str, expected: &'static str, by: Pair<'_>) -> Case {
    within(
        name,
        expected,
        ("", ""),
        "enableRbacAuthorization: false",
        (
            &format!(
                "resource access 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {{\n  parent: safe\n  name: 'add'\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {}, permissions: {{ secrets: [ 'get' ] }} }} ] }}\n}}\n",
                by.0
            ),
            &format!(
                r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "safe/add", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "{}", "permissions": {{ "secrets": [ "get" ] }} }} ] }} }}"#,
                by.1
            ),
        ),
    )
}

#[test]
fn something_else_than_the_principal_id() {
    let report = judge(
        &["role-principal-invalid"],
        &[
            to("the id of the service", ERROR, SERVICE_ID),
            to("the id of the user-assigned identity", ERROR, USER_ID),
            to("its client id", ERROR, CLIENT_ID),
            to("the name of the service", ERROR, ("apim.name", "gateway")),
            policy("a policy for a client id", ERROR, CLIENT_ID),
            policy("a policy for an id", ERROR, SERVICE_ID),
            within(
                "in one case",
                ERROR,
                (
                    "param simple bool\n",
                    r#""parameters": { "simple": { "type": "bool" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    pair(&role(SECRETS_USER)),
                    (
                        "simple ? apim.id : apim.identity.principalId",
                        "[if(parameters('simple'), resourceId('Microsoft.ApiManagement/service', 'gateway'), reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId)]",
                    ),
                )),
            ),
            within(
                "by a variable",
                ERROR,
                (
                    "var who = apim.id\n",
                    r#""variables": { "who": "[resourceId('Microsoft.ApiManagement/service', 'gateway')]" },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    pair(&role(SECRETS_USER)),
                    ("who", "[variables('who')]"),
                )),
            ),
            within(
                "inside the vault",
                ERROR,
                ("", ""),
                "enableRbacAuthorization: false",
                (
                    "resource second 'Microsoft.KeyVault/vaults@2026-02-01' = {\n  name: 'second'\n  location: 'westeurope'\n  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: false, accessPolicies: [ { tenantId: tenant().tenantId, objectId: reader.id, permissions: { secrets: [ 'get' ] } } ] }\n}\n",
                    r#"{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "second", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": false, "accessPolicies": [ { "tenantId": "[tenant().tenantId]", "objectId": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]", "permissions": { "secrets": [ "get" ] } } ] } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    the id of the service
      error role-principal-invalid @ apim.id: The `principalId` of this role assignment is the resource id of `apim`, where the principal id of the system-assigned identity of `apim` is due
          see apim: this is the identity
    the id of the user-assigned identity
      error role-principal-invalid @ reader.id: The `principalId` of this role assignment is the resource id of `reader`, where the principal id of the user-assigned identity `reader` is due
          see reader: this is the identity
    its client id
      error role-principal-invalid @ reader.properties.clientId: The `principalId` of this role assignment is the client id of `reader`, where the principal id of the user-assigned identity `reader` is due. Azure finds nobody by it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see reader: this is the identity
    the name of the service
      error role-principal-invalid @ apim.name: The `principalId` of this role assignment is the name of `apim`, where the principal id of the system-assigned identity of `apim` is due
          see apim: this is the identity
    a policy for a client id
      error role-principal-invalid @ reader.properties.clientId: The `objectId` of this access policy is the client id of `reader`, where the principal id of the user-assigned identity `reader` is due
          see reader: this is the identity
    a policy for an id
      error role-principal-invalid @ apim.id: The `objectId` of this access policy is the resource id of `apim`, where the principal id of the system-assigned identity of `apim` is due
          see apim: this is the identity
    in one case
      error role-principal-invalid @ apim.id: The `principalId` of this role assignment is the resource id of `apim` when `simple` is true, where the principal id of the system-assigned identity of `apim` is due
          see apim: this is the identity
    by a variable
      error role-principal-invalid @ apim.id: The `principalId` of this role assignment is the resource id of `apim`, where the principal id of the system-assigned identity of `apim` is due
          see apim: this is the identity
          see grant: `grant` gets it
    inside the vault
      error role-principal-invalid @ reader.id: The `objectId` of this access policy is the resource id of `reader`, where the principal id of the user-assigned identity `reader` is due
          see reader: this is the identity
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        &["role-principal-invalid"],
        &[
            to("system", "", SYSTEM),
            to("user", "", USER),
            to(
                "somebody else by its id",
                "",
                (
                    "stranger.id",
                    "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'stranger')]",
                ),
            ),
            to(
                "a GUID",
                "",
                (
                    "'5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11'",
                    "5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11",
                ),
            ),
            within(
                "from outside",
                "",
                (
                    "param who string\n",
                    r#""parameters": { "who": { "type": "string" } },"#,
                ),
                "enableRbacAuthorization: true",
                pair(&assignment(
                    NAME,
                    SAFE,
                    pair(&role(SECRETS_USER)),
                    ("who", "[parameters('who')]"),
                )),
            ),
            policy("a right policy", "", SYSTEM),
        ],
    );
}

#[test]
fn it_explains_why_the_read_fails() {
    let grant = assignment(NAME, SAFE, pair(&role(SECRETS_USER)), SERVICE_ID);
    let (bicep, arm) = and(pair(&grant), READ);
    judge(
        &[
            "role-principal-invalid",
            "vault-access-missing",
            "role-insufficient",
            "vault-permission-model",
        ],
        &[beside("one cause", ERROR, (&bicep, &arm))],
    );
}

/// ARM JSON waits only for what it is told to, and nobody may wait for himself.
#[test]
fn what_is_read_is_waited_for() {
    use crate::repaired::repaired;

    let text = |depends_on: &str| {
        format!(
            r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {{
      "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
      "apiVersion": "2023-01-31",
      "name": "uai",{depends_on}
      "location": "westeurope"
    }},
    {{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "apim",
      "location": "westeurope",
      "identity": {{
        "type": "UserAssigned",
        "userAssignedIdentities": {{
          "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai')]": {{}}
        }}
      }},
      "dependsOn": [
        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai')]"
      ]
    }},
    {{
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "name": "[guid(resourceGroup().id, 'uai', '4633458b-17de-408a-b874-0445c86b69e6')]",
      "properties": {{
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai')]",
        "principalType": "ServicePrincipal"
      }}
    }}
  ]
}}
"#
        )
    };
    let fixed = |text: &str| repaired("role-principal-invalid", &[("main.json", text)]);
    insta::assert_snapshot!(fixed(&text("")), @r#"
    Use the principal id of the identity (safe)
    main.json
    +       "dependsOn": [
    +         "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai')]"
    +       ],
    -         "principalId": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai')]",
    +         "principalId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'uai'), '2023-01-31').principalId]",
    "#);
    let assignment = r#"
      "dependsOn": [ "[extensionResourceId(resourceGroup().id, 'Microsoft.Authorization/roleAssignments', guid(resourceGroup().id, 'uai', '4633458b-17de-408a-b874-0445c86b69e6'))]" ],"#;
    assert_eq!(fixed(&text(assignment)), "no fix\n");
}
