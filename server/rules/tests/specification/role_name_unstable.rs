//! `role-name-unstable`: a name that is not one of the assignment's own for good.

use crate::granted::{
    GROUP, NAME, Pair, SAFE, SECRETS_USER, STRANGER, SYSTEM, USER, and, assignment, beside, pair,
    role, within,
};
use crate::twins::{Case, judge};

const ERROR: &str = "error role-name-unstable";
const WARNING: &str = "warning role-name-unstable";
const RULES: &[&str] = &["role-name-unstable"];

fn named(name: &'static str, expected: &'static str, as_: Pair<'_>) -> Case {
    to(name, expected, ("", ""), as_, SYSTEM)
}

fn declared(
    name: &'static str,
    expected: &'static str,
    declarations: Pair<'_>,
    as_: Pair<'_>,
) -> Case {
    to(name, expected, declarations, as_, SYSTEM)
}

fn to(
    name: &'static str,
    expected: &'static str,
    declarations: Pair<'_>,
    as_: Pair<'_>,
    by: Pair<'_>,
) -> Case {
    within(
        name,
        expected,
        declarations,
        "enableRbacAuthorization: true",
        pair(&assignment(as_, SAFE, pair(&role(SECRETS_USER)), by)),
    )
}

/// A second assignment, `other`.
fn other(as_: Pair<'_>, scope: Pair<'_>, by: Pair<'_>) -> (String, String) {
    let (bicep, arm) = assignment(as_, scope, pair(&role(SECRETS_USER)), by);
    (bicep.replace("resource grant", "resource other"), arm)
}

#[test]
fn names_that_fail() {
    let first = assignment(NAME, SAFE, pair(&role(SECRETS_USER)), SYSTEM);
    let report = judge(
        RULES,
        &[
            named(
                "a principal id",
                ERROR,
                (
                    "guid(safe.id, apim.identity.principalId, 'role')",
                    "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId, 'role')]",
                ),
            ),
            declared(
                "a principal id in a variable",
                ERROR,
                (
                    "var who = reader.properties.principalId\n",
                    r#""variables": { "nothing": "" },"#,
                ),
                (
                    "guid(safe.id, who)",
                    "[guid(reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId)]",
                ),
            ),
            named(
                "a principal id, by the function for it",
                ERROR,
                (
                    "getRoleAssignmentName({ scope: safe.id, principalId: apim.identity.principalId, roleDefinitionId: roleDefinitions('Key Vault Secrets User').id })",
                    "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId, 'role')]",
                ),
            ),
            named("no GUID", ERROR, ("'apim-reads'", "apim-reads")),
            named(
                "no GUID, put together",
                ERROR,
                ("'${apim.name}-reads'", "[concat('gateway', '-reads')]"),
            ),
            declared(
                "no GUID by default",
                ERROR,
                (
                    "param as string = 'reads'\n",
                    r#""parameters": { "as": { "type": "string", "defaultValue": "reads" } },"#,
                ),
                ("as", "[parameters('as')]"),
            ),
            beside(
                "two principals",
                ERROR,
                pair(&and(pair(&first), pair(&other(NAME, SAFE, USER)))),
            ),
            beside(
                "two scopes",
                ERROR,
                pair(&and(pair(&first), pair(&other(NAME, GROUP, SYSTEM)))),
            ),
            beside(
                "somebody else's name",
                ERROR,
                pair(&and(pair(&first), pair(&other(NAME, SAFE, STRANGER)))),
            ),
            beside(
                "a loop",
                ERROR,
                (
                    "resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in [ 'system', 'user' ]: {\n  name: guid(safe.id, apim.id, reader.id)\n  scope: safe\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: who == 'user' ? reader.properties.principalId : apim.identity.principalId, principalType: 'ServicePrincipal' }\n}]\n",
                    r#"{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "copy": { "name": "all", "count": 2 }, "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "name": "[guid('safe', 'gateway', 'reader')]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6", "principalId": "[if(equals(copyIndex(), 1), reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId, reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId)]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    a principal id
      error role-name-unstable @ apim.identity.principalId: The name of `grant`, a role for the system-assigned identity of `apim`, is made of `apim.identity.principalId`, which is only known while the deployment runs. Bicep refuses it: "BCP120: This expression is being used in an assignment to the "name" property of the "Microsoft.Authorization/roleAssignments" type, which requires a value that can be calculated at the start of the deployment."
          see apim: this is the identity
      ARM error role-name-unstable @ reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2…: The name of `Microsoft.Authorization/roleAssignments`, a role for the system-assigned identity of `gateway`, is made of `reference(resourceId('Microsoft.ApiManagement/service', 'gat…`, which is only known while the deployment runs
          see "gateway": this is the identity
    a principal id in a variable
      error role-name-unstable @ reader.properties.principalId: The name of `grant`, a role for the system-assigned identity of `apim`, is made of `reader.properties.principalId`, which is only known while the deployment runs. Bicep refuses it: "BCP120: This expression is being used in an assignment to the "name" property of the "Microsoft.Authorization/roleAssignments" type, which requires a value that can be calculated at the start of the deployment."
          see apim: this is the identity
          see grant: `grant` gets it
      ARM error role-name-unstable @ reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities…: The name of `Microsoft.Authorization/roleAssignments`, a role for the system-assigned identity of `gateway`, is made of `reference(resourceId('Microsoft.ManagedIdentity/userAssigned…`, which is only known while the deployment runs
          see "gateway": this is the identity
    a principal id, by the function for it
      error role-name-unstable @ apim.identity.principalId: The name of `grant`, a role for the system-assigned identity of `apim`, is made of `apim.identity.principalId`, which is only known while the deployment runs. Bicep refuses it: "BCP120: This expression is being used in an assignment to the "name" property of the "Microsoft.Authorization/roleAssignments" type, which requires a value that can be calculated at the start of the deployment."
          see apim: this is the identity
      ARM error role-name-unstable @ reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2…: The name of `Microsoft.Authorization/roleAssignments`, a role for the system-assigned identity of `gateway`, is made of `reference(resourceId('Microsoft.ApiManagement/service', 'gat…`, which is only known while the deployment runs
          see "gateway": this is the identity
    no GUID
      error role-name-unstable @ 'apim-reads': The name of `grant`, a role for the system-assigned identity of `apim`, is no GUID. Azure refuses it: "InvalidRoleAssignmentId: The role assignment ID '…' is not valid. The role assignment ID must be a GUID."
          see apim: this is the identity
    no GUID, put together
      error role-name-unstable @ '${apim.name}-reads': The name of `grant`, a role for the system-assigned identity of `apim`, is no GUID. Azure refuses it: "InvalidRoleAssignmentId: The role assignment ID '…' is not valid. The role assignment ID must be a GUID."
          see apim: this is the identity
      ARM error role-name-unstable @ concat('gateway', '-reads'): The name of `concat('gateway', '-reads')`, a role for the system-assigned identity of `gateway`, is no GUID. Azure refuses it: "InvalidRoleAssignmentId: The role assignment ID '…' is not valid. The role assignment ID must be a GUID."
          see "gateway": this is the identity
    no GUID by default
      error role-name-unstable @ 'reads': The name of `grant`, a role for the system-assigned identity of `apim`, is no GUID with the default of `as`. Azure refuses it: "InvalidRoleAssignmentId: The role assignment ID '…' is not valid. The role assignment ID must be a GUID."
          see apim: this is the identity
          see grant: `grant` gets it
      ARM error role-name-unstable @ "reads": The name of `parameters('as')`, a role for the system-assigned identity of `gateway`, is no GUID with the default of `as`. Azure refuses it: "InvalidRoleAssignmentId: The role assignment ID '…' is not valid. The role assignment ID must be a GUID."
          see "gateway": this is the identity
          see "[parameters('as')]": `parameters('as')` gets it
    two principals
      error role-name-unstable @ guid(safe.id, apim.id, reader.id, 'role'): The name of `other`, a role for the user-assigned identity `reader`, is also that of `grant`, to another principal, but names are unique in the tenant. Azure refuses it: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see grant: this one has the same name
          see reader: this is the identity
    two scopes
      error role-name-unstable @ guid(safe.id, apim.id, reader.id, 'role'): The name of `other`, a role for the system-assigned identity of `apim`, is also that of `grant`, on another scope, but names are unique in the tenant. Azure refuses it: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see grant: this one has the same name
          see apim: this is the identity
    somebody else's name
      error role-name-unstable @ guid(safe.id, apim.id, reader.id, 'role'): The name of `grant`, a role for the system-assigned identity of `apim`, is also that of `other`, to another principal, but names are unique in the tenant. Azure refuses it: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see other: this one has the same name
          see apim: this is the identity
    a loop
      error role-name-unstable @ guid(safe.id, apim.id, reader.id): The name of `grant`, a role for the system-assigned identity of `apim`, is also that of another assignment of its loop, to another principal, but names are unique in the tenant. Azure refuses it: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
      ARM error role-name-unstable @ guid('safe', 'gateway', 'reader'): The name of `guid('safe', 'gateway', 'reader')`, a role for the system-assigned identity of `gateway`, is also that of another assignment of its loop, to another principal, but names are unique in the tenant. Azure refuses it: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see "gateway": this is the identity
    "#);
}

#[test]
fn names_that_fail_the_next_time() {
    let report = judge(
        RULES,
        &[
            declared(
                "newGuid",
                WARNING,
                (
                    "param as string = newGuid()\n",
                    r#""parameters": { "as": { "type": "string", "defaultValue": "[newGuid()]" } },"#,
                ),
                ("as", "[parameters('as')]"),
            ),
            declared(
                "newGuid among others",
                WARNING,
                (
                    "param salt string = newGuid()\n",
                    r#""parameters": { "salt": { "type": "string", "defaultValue": "[newGuid()]" } },"#,
                ),
                (
                    "guid(safe.id, apim.id, salt)",
                    "[guid('safe', 'gateway', parameters('salt'))]",
                ),
            ),
            named(
                "a GUID",
                WARNING,
                (
                    "'5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11'",
                    "5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11",
                ),
            ),
            named("text", WARNING, ("guid('reads')", "[guid('reads')]")),
            named(
                "the vault and the role",
                WARNING,
                (
                    "guid(safe.id, '4633458b-17de-408a-b874-0445c86b69e6')",
                    "[guid(resourceId('Microsoft.KeyVault/vaults', 'safe'), '4633458b-17de-408a-b874-0445c86b69e6')]",
                ),
            ),
            named(
                "the group",
                WARNING,
                (
                    "guid(resourceGroup().id, subscription().subscriptionId)",
                    "[guid(resourceGroup().id, subscription().subscriptionId)]",
                ),
            ),
            named(
                "the deployment",
                WARNING,
                (
                    "guid(deployment().name, safe.id)",
                    "[guid(deployment().name, 'safe')]",
                ),
            ),
            to(
                "the service, for the user-assigned identity",
                WARNING,
                ("", ""),
                ("guid(safe.id, apim.id)", "[guid('safe', 'gateway')]"),
                USER,
            ),
            declared(
                "a default",
                WARNING,
                (
                    "param seed string = 'reads'\n",
                    r#""parameters": { "seed": { "type": "string", "defaultValue": "reads" } },"#,
                ),
                ("guid(seed)", "[guid(parameters('seed'))]"),
            ),
            declared(
                "in one case",
                WARNING,
                (
                    "param own bool\n",
                    r#""parameters": { "own": { "type": "bool" } },"#,
                ),
                (
                    "own ? guid(safe.id, apim.id) : guid(safe.id)",
                    "[if(parameters('own'), guid('safe', 'gateway'), guid('safe'))]",
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    newGuid
      warning role-name-unstable @ as: The name of `grant`, a role for the system-assigned identity of `apim`, is another one in every deployment with the default of `as`, so that the next one is refused: "RoleAssignmentExists: The role assignment already exists."
          see apim: this is the identity
      ARM warning role-name-unstable @ parameters('as'): The name of `parameters('as')`, a role for the system-assigned identity of `gateway`, is another one in every deployment with the default of `as`, so that the next one is refused: "RoleAssignmentExists: The role assignment already exists."
          see "gateway": this is the identity
    newGuid among others
      warning role-name-unstable @ guid(safe.id, apim.id, salt): The name of `grant`, a role for the system-assigned identity of `apim`, is another one in every deployment with the default of `salt`, so that the next one is refused: "RoleAssignmentExists: The role assignment already exists."
          see apim: this is the identity
    a GUID
      warning role-name-unstable @ '5d1e9a7c-0c4e-4b34-9d8e-3f5b7f7d2a11': The name of `grant`, a role for the system-assigned identity of `apim`, is a fixed GUID, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
    text
      warning role-name-unstable @ guid('reads'): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
      ARM warning role-name-unstable @ guid('reads'): The name of `guid('reads')`, a role for the system-assigned identity of `gateway`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see "gateway": this is the identity
    the vault and the role
      warning role-name-unstable @ guid(safe.id, '4633458b-17de-408a-b874-0445c86b69e6'): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
    the group
      warning role-name-unstable @ guid(resourceGroup().id, subscription().subscriptionId): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
    the deployment
      warning role-name-unstable @ guid(deployment().name, safe.id): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
      ARM warning role-name-unstable @ guid(deployment().name, 'safe'): The name of `guid(deployment().name, 'safe')`, a role for the system-assigned identity of `gateway`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see "gateway": this is the identity
    the service, for the user-assigned identity
      warning role-name-unstable @ guid(safe.id, apim.id): The name of `grant`, a role for the user-assigned identity `reader`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see reader: this is the identity
      ARM warning role-name-unstable @ guid('safe', 'gateway'): The name of `guid('safe', 'gateway')`, a role for the user-assigned identity `reader`, is not made of that identity, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see "reader": this is the identity
    a default
      warning role-name-unstable @ guid(seed): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity with the default of `seed`, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
      ARM warning role-name-unstable @ guid(parameters('seed')): The name of `guid(parameters('seed'))`, a role for the system-assigned identity of `gateway`, is not made of that identity with the default of `seed`, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see "gateway": this is the identity
    in one case
      warning role-name-unstable @ guid(safe.id): The name of `grant`, a role for the system-assigned identity of `apim`, is not made of that identity when `own` is false, so that a new identity in its place is refused: "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
          see apim: this is the identity
    "#);
}

#[test]
fn what_stays_silent() {
    let first = assignment(NAME, SAFE, pair(&role(SECRETS_USER)), SYSTEM);
    let own = ("guid(safe.id, reader.id)", "[guid('safe', 'reader')]");
    judge(
        RULES,
        &[
            named("by id", "", NAME),
            named(
                "by name",
                "",
                ("guid(safe.name, apim.name)", "[guid('safe', 'gateway')]"),
            ),
            named(
                "by symbol",
                "",
                (
                    "guid(safe.id, 'apim-role')",
                    "[guid('safe', 'gateway-role')]",
                ),
            ),
            named(
                "by the function for it",
                "",
                (
                    "getRoleAssignmentName({ scope: safe.id, principalId: apim.id, roleDefinitionId: roleDefinitions('Key Vault Secrets User').id })",
                    "[guid('safe', resourceId('Microsoft.ApiManagement/service', 'gateway'), 'role')]",
                ),
            ),
            to("the user-assigned identity", "", ("", ""), own, USER),
            declared(
                "from outside",
                "",
                (
                    "param as string\n",
                    r#""parameters": { "as": { "type": "string" } },"#,
                ),
                ("as", "[parameters('as')]"),
            ),
            declared(
                "made of what comes from outside",
                "",
                (
                    "param seed string\n",
                    r#""parameters": { "seed": { "type": "string" } },"#,
                ),
                ("guid(safe.id, seed)", "[guid('safe', parameters('seed'))]"),
            ),
            named("a token of another tool", "", ("'#{name}#'", "#{name}#")),
            named(
                "a token between underscores",
                "",
                ("'__name__'", "__name__"),
            ),
            to(
                "somebody else's",
                "",
                ("", ""),
                ("'reads'", "reads"),
                STRANGER,
            ),
            beside(
                "two names",
                "",
                pair(&and(pair(&first), pair(&other(own, SAFE, USER)))),
            ),
            declared(
                "by a variable",
                "",
                (
                    "var as = guid(safe.id, apim.id)\n",
                    r#""variables": { "as": "[guid('safe', 'gateway')]" },"#,
                ),
                ("as", "[variables('as')]"),
            ),
            within(
                "in the older spelling",
                "",
                ("", ""),
                "enableRbacAuthorization: true",
                (
                    "resource grant 'Microsoft.KeyVault/vaults/providers/roleAssignments@2022-04-01' = {\n  name: 'safe/Microsoft.Authorization/${guid('safe', apim.name)}'\n  properties: { roleDefinitionId: roleDefinitions('Key Vault Secrets User').id, principalId: apim.identity.principalId, principalType: 'ServicePrincipal' }\n}\n",
                    r#"{ "type": "Microsoft.KeyVault/vaults/providers/roleAssignments", "apiVersion": "2022-04-01", "name": "[concat('safe/Microsoft.Authorization/', guid('safe', 'gateway'))]", "properties": { "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6", "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]", "principalType": "ServicePrincipal" } }"#,
                ),
            ),
        ],
    );
}
