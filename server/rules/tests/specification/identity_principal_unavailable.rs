//! `identity-principal-unavailable`: the ids of a system-assigned identity, where there is none.

use crate::programs::{check, found, says, silent};
use crate::twins::{Case, arm, case, judge};

const RULE: &[&str] = &["identity-principal-unavailable"];
const UNAVAILABLE: &str = "error identity-principal-unavailable";

const USER: &str = "identity: { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader': {} } }";
const ARM_USER: &str = r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader": {} } },"#;
const SYSTEM: &str = "identity: { type: 'SystemAssigned' }";
const ARM_SYSTEM: &str = r#""identity": { "type": "SystemAssigned" },"#;

const ID: &str = "resourceId('Microsoft.ApiManagement/service', 'gateway')";
const FULL: &str =
    "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full')";

/// A service, and what is behind it in Bicep; in ARM JSON more resources and outputs.
fn whole(
    name: &'static str,
    expected: &'static str,
    (declarations, service, rest): (&str, &str, &str),
    (sections, json_service, (resources, outputs)): (&str, &str, (&str, &str)),
) -> Case {
    let comma = if resources.is_empty() { "" } else { "," };
    case(
        name,
        expected,
        format!(
            "{declarations}\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  {service}\n  location: 'westeurope'\n}}\n{rest}\n"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", {json_service} "location": "westeurope" }}{comma} {resources} ], "outputs": {{ {outputs} }}"#
        )),
    )
}

/// An output of a value, in both languages.
fn output(
    name: &'static str,
    expected: &'static str,
    (declarations, service, value): (&str, &str, &str),
    (sections, json_service, json_value): (&str, &str, &str),
) -> Case {
    whole(
        name,
        expected,
        (
            declarations,
            service,
            &format!("output id string = {value}"),
        ),
        (
            sections,
            json_service,
            (
                "",
                &format!(r#""id": {{ "type": "string", "value": "[{json_value}]" }}"#),
            ),
        ),
    )
}

/// An output of the principal id of a service with this identity.
fn of(
    name: &'static str,
    expected: &'static str,
    (declarations, service): (&str, &str),
    (sections, json_service): (&str, &str),
) -> Case {
    output(
        name,
        expected,
        (declarations, service, "apim.identity.principalId"),
        (
            sections,
            json_service,
            &format!("{FULL}.identity.principalId"),
        ),
    )
}

/// A role assignment with a name, a condition and the id of a principal.
fn role(condition: &str, principal: &str) -> String {
    format!(
        "resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' ={condition} {{\n  name: guid('gateway', 'reader', 'role')\n  properties: {{ roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d'), principalType: 'ServicePrincipal', principalId: {principal} }}\n}}"
    )
}

fn arm_role(condition: &str, principal: &str) -> String {
    format!(
        r#"{{ {condition} "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'role')]", "properties": {{ "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')]", "principalType": "ServicePrincipal", "principalId": "[{principal}]" }} }}"#
    )
}

const OWN: &str = "param own bool";
const ARM_OWN: &str = r#""parameters": { "own": { "type": "bool" } },"#;
const OWN_OR_NONE: &str = "identity: { type: own ? 'SystemAssigned' : 'None' }";
const ARM_OWN_OR_NONE: &str =
    r#""identity": { "type": "[if(parameters('own'), 'SystemAssigned', 'None')]" },"#;

#[test]
fn an_id_that_is_not_there() {
    let principal = format!("{FULL}.identity.principalId");
    let report = judge(
        RULE,
        &[
            of("no identity", UNAVAILABLE, ("", ""), ("", "")),
            of(
                "null",
                UNAVAILABLE,
                ("", "identity: null"),
                ("", r#""identity": null,"#),
            ),
            of(
                "none",
                UNAVAILABLE,
                ("", "identity: { type: 'None' }"),
                ("", r#""identity": { "type": "None" },"#),
            ),
            of(
                "only user-assigned",
                UNAVAILABLE,
                ("", USER),
                ("", ARM_USER),
            ),
            of(
                "one case of two",
                UNAVAILABLE,
                (OWN, OWN_OR_NONE),
                (ARM_OWN, ARM_OWN_OR_NONE),
            ),
            of(
                "the default of a parameter",
                UNAVAILABLE,
                ("param kind string = 'None'", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" },"#,
                ),
            ),
            output(
                "the tenant",
                UNAVAILABLE,
                ("", USER, "apim.identity.tenantId"),
                ("", ARM_USER, &format!("{FULL}.identity.tenantId")),
            ),
            output(
                "inside of a text",
                UNAVAILABLE,
                ("", USER, "'id ${apim.identity.principalId}'"),
                ("", ARM_USER, &format!("format('id {{0}}', {principal})")),
            ),
            output(
                "by name in brackets",
                UNAVAILABLE,
                ("", USER, "apim.identity['principalId']"),
                ("", ARM_USER, &format!("{FULL}.identity['principalId']")),
            ),
            output(
                "as an extension of the service",
                UNAVAILABLE,
                (
                    "",
                    USER,
                    "reference('${apim.id}/providers/Microsoft.ManagedIdentity/Identities/default', '2018-11-30').principalId",
                ),
                (
                    "",
                    ARM_USER,
                    &format!(
                        "reference(concat({ID}, '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30').principalId"
                    ),
                ),
            ),
            output(
                "the wrong arm",
                UNAVAILABLE,
                (OWN, OWN_OR_NONE, "own ? '' : apim.identity.principalId"),
                (
                    ARM_OWN,
                    ARM_OWN_OR_NONE,
                    &format!("if(parameters('own'), '', {principal})"),
                ),
            ),
            whole(
                "role assignment",
                UNAVAILABLE,
                ("", USER, &role("", "apim.identity.principalId")),
                ("", ARM_USER, (&arm_role("", &principal), "")),
            ),
            whole(
                "the property of a variable",
                UNAVAILABLE,
                (
                    "",
                    USER,
                    "var ids = { own: apim.identity.principalId }\noutput id string = ids.own",
                ),
                (
                    "",
                    ARM_USER,
                    (
                        "",
                        &format!(
                            r#""id": {{ "type": "string", "value": "[createObject('own', {principal}).own]" }}"#
                        ),
                    ),
                ),
            ),
            whole(
                "in a loop",
                UNAVAILABLE,
                (
                    "",
                    USER,
                    "output ids array = [for it in ['a', 'b']: '${it}${apim.identity.principalId}']",
                ),
                (
                    r#""variables": { "its": ["a", "b"] },"#,
                    ARM_USER,
                    (
                        "",
                        &format!(
                            r#""ids": {{ "type": "array", "copy": {{ "count": 2, "input": "[format('{{0}}{{1}}', variables('its')[copyIndex()], {principal})]" }} }}"#
                        ),
                    ),
                ),
            ),
            output(
                "among the properties",
                UNAVAILABLE,
                (
                    "",
                    SYSTEM,
                    "reference(apim.id, '2024-05-01').identity.principalId",
                ),
                (
                    "",
                    ARM_SYSTEM,
                    &format!("reference({ID}, '2024-05-01').identity.principalId"),
                ),
            ),
            case(
                "among the properties of an existing service",
                UNAVAILABLE,
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\noutput id string = reference(apim.id, '2024-05-01').identity.principalId\n",
                arm(&format!(
                    r#""resources": [], "outputs": {{ "id": {{ "type": "string", "value": "[reference({ID}, '2024-05-01').identity.principalId]" }} }}"#
                )),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    no identity
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see apim: it is declared without an identity
    null
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see null: this is the identity of `apim`
    none
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see 'None': this is the identity of `apim`
    only user-assigned
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    one case of two
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity when `own` is false, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see 'None': this is the identity of `apim`
    the default of a parameter
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity with the default of `kind`, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see 'None': this is the identity of `apim`
    the tenant
      error identity-principal-unavailable @ apim.identity.tenantId: `apim` has only user-assigned identities, and so no `identity.tenantId`: read `properties.tenantId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    inside of a text
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    by name in brackets
      error identity-principal-unavailable @ apim.identity['principalId']: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    as an extension of the service
      error identity-principal-unavailable @ reference('${apim.id}/providers/Microsoft.ManagedIdentity/Identities/d…: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    the wrong arm
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has no identity when `own` is false, and so no `identity.principalId`. The deployment will fail: "The language expression property 'identity' doesn't exist"
          see 'None': this is the identity of `apim`
    role assignment
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    the property of a variable
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    in a loop
      error identity-principal-unavailable @ apim.identity.principalId: `apim` has only user-assigned identities, and so no `identity.principalId`: read `properties.principalId` of the identity that is meant
          see 'UserAssigned': this is the identity of `apim`
    among the properties
      error identity-principal-unavailable @ reference(apim.id, '2024-05-01').identity.principalId: The identity of a service is not among its `properties`: `reference()` gives all of a service only with `'Full'` as its third argument. The deployment will fail: "The language expression property 'identity' doesn't exist"
    among the properties of an existing service
      error identity-principal-unavailable @ reference(apim.id, '2024-05-01').identity.principalId: The identity of a service is not among its `properties`: `reference()` gives all of a service only with `'Full'` as its third argument. The deployment will fail: "The language expression property 'identity' doesn't exist"
    "#);
}

#[test]
fn an_id_that_is_or_may_be_there() {
    let principal = format!("{FULL}.identity.principalId");
    judge(
        RULE,
        &[
            of("system-assigned", "", ("", SYSTEM), ("", ARM_SYSTEM)),
            of(
                "both kinds",
                "",
                (
                    "",
                    &USER.replace("'UserAssigned'", "'SystemAssigned, UserAssigned'"),
                ),
                (
                    "",
                    &ARM_USER.replace("\"UserAssigned\"", "\"SystemAssigned,UserAssigned\""),
                ),
            ),
            of(
                "a type from outside",
                "",
                ("param kind string", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" },"#,
                ),
            ),
            of(
                "an identity that callers may leave out",
                "",
                ("param identity object?", "identity: identity"),
                (
                    r#""parameters": { "identity": { "type": "object", "nullable": true } },"#,
                    r#""identity": "[parameters('identity')]","#,
                ),
            ),
            of(
                "a type that Azure refuses is another rule's",
                "error identity-invalid",
                ("", "identity: { type: 'SystemAsigned' }"),
                ("", r#""identity": { "type": "SystemAsigned" },"#),
            ),
            output(
                "the arm that goes with it",
                "",
                (OWN, OWN_OR_NONE, "own ? apim.identity.principalId : ''"),
                (
                    ARM_OWN,
                    ARM_OWN_OR_NONE,
                    &format!("if(parameters('own'), {principal}, '')"),
                ),
            ),
            output(
                "both conditions hold",
                "",
                (
                    OWN,
                    OWN_OR_NONE,
                    "own && contains(apim.identity, 'principalId') ? apim.identity.principalId : ''",
                ),
                (
                    ARM_OWN,
                    ARM_OWN_OR_NONE,
                    &format!(
                        "if(and(parameters('own'), contains({FULL}.identity, 'principalId')), {principal}, '')"
                    ),
                ),
            ),
            output(
                "only if it is there",
                "",
                (
                    "",
                    USER,
                    "contains(apim.identity, 'principalId') ? apim.identity.principalId : ''",
                ),
                (
                    "",
                    ARM_USER,
                    &format!("if(contains({FULL}.identity, 'principalId'), {principal}, '')"),
                ),
            ),
            output(
                "allowed to be absent",
                "",
                ("", USER, "apim.?identity.principalId ?? ''"),
                (
                    "",
                    ARM_USER,
                    &format!("coalesce(tryGet({FULL}, 'identity', 'principalId'), '')"),
                ),
            ),
            output(
                "allowed to be absent at the end",
                "",
                ("", USER, "apim.identity.?principalId ?? ''"),
                (
                    "",
                    ARM_USER,
                    &format!("coalesce(tryGet({FULL}.identity, 'principalId'), '')"),
                ),
            ),
            output(
                "a name without a value",
                "",
                ("", USER, "nameof(apim.identity.principalId)"),
                ("", ARM_USER, "'principalId'"),
            ),
            output(
                "the user-assigned one",
                "",
                (
                    "",
                    USER,
                    "apim.identity.userAssignedIdentities['x'].principalId",
                ),
                (
                    "",
                    ARM_USER,
                    &format!("{FULL}.identity.userAssignedIdentities['x'].principalId"),
                ),
            ),
            whole(
                "a condition that excludes it",
                "",
                (
                    OWN,
                    OWN_OR_NONE,
                    &role(" if (own)", "apim.identity.principalId"),
                ),
                (
                    ARM_OWN,
                    ARM_OWN_OR_NONE,
                    (
                        &arm_role(r#""condition": "[parameters('own')]","#, &principal),
                        "",
                    ),
                ),
            ),
            whole(
                "a condition that is false",
                "",
                ("", USER, &role(" if (false)", "apim.identity.principalId")),
                (
                    "",
                    ARM_USER,
                    (&arm_role(r#""condition": false,"#, &principal), ""),
                ),
            ),
            whole(
                "a variable that nobody uses",
                "",
                ("", USER, "var id = apim.identity.principalId"),
                ("", ARM_USER, ("", "")),
            ),
            whole(
                "an output under a condition",
                "",
                (
                    OWN,
                    OWN_OR_NONE,
                    "output id string? = own ? apim.identity.principalId : null",
                ),
                (
                    ARM_OWN,
                    ARM_OWN_OR_NONE,
                    (
                        "",
                        &format!(
                            r#""id": {{ "type": "string", "condition": "[parameters('own')]", "value": "[{principal}]" }}"#
                        ),
                    ),
                ),
            ),
            case(
                "an existing service",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\noutput id string = apim.identity.principalId\n",
                arm(&format!(
                    r#""resources": [], "outputs": {{ "id": {{ "type": "string", "value": "[{principal}]" }} }}"#
                )),
            ),
            case(
                "a service that the case does not create",
                "",
                "param create bool\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (create) {\n  name: 'gateway'\n}\noutput id string = create ? '' : apim.identity.principalId\n",
                arm(&format!(
                    r#""parameters": {{ "create": {{ "type": "bool" }} }}, "resources": [ {{ "condition": "[parameters('create')]", "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway" }} ], "outputs": {{ "id": {{ "type": "string", "value": "[if(parameters('create'), '', {principal})]" }} }}"#
                )),
            ),
            case(
                "something else without identity",
                "",
                "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n}\noutput id string = site.identity.principalId\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "site", "location": "westeurope" } ], "outputs": { "id": { "type": "string", "value": "[reference(resourceId('Microsoft.Web/sites', 'site'), '2023-12-01', 'Full').identity.principalId]" } }"#,
                ),
            ),
        ],
    );
}

const SERVICE: &str = "param kind string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: kind }
}
output name string = apim.name
output principalId string = kind == 'None' ? '' : apim.identity.principalId
";

const ROLE: &str = "param apimName string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}
output principalId string = apim.identity.principalId
";

#[test]
fn what_a_caller_decides() {
    let files = |kind: &str| {
        format!(
            "module service 'service.bicep' = {{
  name: 'service'
  params: {{ kind: '{kind}' }}
}}
module role 'role.bicep' = {{
  name: 'role'
  params: {{ apimName: service.outputs.name }}
}}
"
        )
    };
    let (none, system) = (files("None"), files("SystemAssigned"));
    let with = |main| {
        [
            ("main.bicep", main),
            ("service.bicep", SERVICE),
            ("role.bicep", ROLE),
        ]
    };
    check(
        &with(none.as_str()),
        &[
            "error identity-principal-unavailable @ role.bicep: apim.identity.principalId",
            "warning identity-missing @ main.bicep: 'None'",
        ],
    );
    let found = found(&with(none.as_str()));
    let unavailable = found.iter().find(|it| it.file == "/w/role.bicep");
    says(
        unavailable.expect("it is found"),
        &["`apim` has no identity"],
    );
    silent(&with(system.as_str()));
}

#[test]
fn what_a_module_is_given() {
    let main = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'None' }
}
module grant 'elsewhere.bicep' = {
  name: 'grant'
  params: { principal: apim.identity.principalId }
}
";
    check(
        &[("main.bicep", main)],
        &[
            "error identity-principal-unavailable @ main.bicep: apim.identity.principalId",
            "warning identity-missing @ main.bicep: 'None'",
        ],
    );
}

#[test]
fn a_service_that_is_given_its_identity_later() {
    let main = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
}
module again 'again.bicep' = {
  name: 'again'
  dependsOn: [apim]
}
";
    let again = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
output principalId string = apim.identity.principalId
";
    silent(&[("main.bicep", main), ("again.bicep", again)]);
}

/// A vault that lets the identity read, which it finds by the identity's own id.
fn vault(name: &'static str, expected: &'static str, waits: (&str, &str)) -> Case {
    vault_beside(name, expected, waits, ("", SYSTEM), ("", ARM_SYSTEM))
}

/// The same with declarations before the service.
fn vault_beside(
    name: &'static str,
    expected: &'static str,
    (waits, json_waits): (&str, &str),
    service: (&str, &str),
    json_service: (&str, &str),
) -> Case {
    let id = "reference('${resourceId('Microsoft.ApiManagement/service', 'gateway')}/providers/Microsoft.ManagedIdentity/Identities/default', '2018-11-30')";
    let json_id = format!(
        "reference(concat({ID}, '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30')"
    );
    whole(
        name,
        expected,
        (
            service.0,
            service.1,
            &format!(
                "resource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {{
  name: 'safe'
  {waits}
  properties: {{ accessPolicies: [{{ objectId: {id}.principalId, permissions: {{ secrets: ['get'] }} }}] }}
}}"
            ),
        ),
        (
            json_service.0,
            json_service.1,
            (
                &format!(
                    r#"{{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", {json_waits} "properties": {{ "accessPolicies": [ {{ "objectId": "[{json_id}.principalId]", "permissions": {{ "secrets": ["get"] }} }} ] }} }}"#
                ),
                "",
            ),
        ),
    )
}

#[test]
fn an_id_that_is_read_before_there_is_the_service() {
    let on = format!(r#""dependsOn": [ "[{ID}]" ],"#);
    let report = judge(
        RULE,
        &[
            vault("does not wait", UNAVAILABLE, ("", "")),
            vault("waits", "", ("dependsOn: [apim]", &on)),
            vault(
                "waits for something else",
                UNAVAILABLE,
                ("dependsOn: []", r#""dependsOn": [],"#),
            ),
            vault_beside(
                "may wait",
                "",
                (
                    "dependsOn: others",
                    r#""dependsOn": "[parameters('others')]","#,
                ),
                ("param others array", SYSTEM),
                (
                    r#""parameters": { "others": { "type": "array" } },"#,
                    ARM_SYSTEM,
                ),
            ),
            vault_beside(
                "an identity that is not known",
                UNAVAILABLE,
                ("", ""),
                ("param kind string", "identity: { type: kind }"),
                (
                    r#""parameters": { "kind": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" },"#,
                ),
            ),
            case(
                "a service of another deployment",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\nresource safe 'Microsoft.KeyVault/vaults@2026-02-01' = {\n  name: 'safe'\n  properties: { accessPolicies: [{ objectId: reference('${apim.id}/providers/Microsoft.ManagedIdentity/Identities/default', '2018-11-30').principalId }] }\n}\n",
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2026-02-01", "name": "safe", "properties": {{ "accessPolicies": [ {{ "objectId": "[reference(concat({ID}, '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30').principalId]" }} ] }} }} ]"#
                )),
            ),
            output(
                "an output",
                "",
                (
                    "",
                    SYSTEM,
                    "reference('${apim.id}/providers/Microsoft.ManagedIdentity/Identities/default', '2018-11-30').principalId",
                ),
                (
                    "",
                    ARM_SYSTEM,
                    &format!(
                        "reference(concat({ID}, '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30').principalId"
                    ),
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    does not wait
      error identity-principal-unavailable @ reference('${resourceId('Microsoft.ApiManagement/service', 'gateway')}…: The identity of `apim` is read without waiting for `apim`: an id in `reference()` implies no dependency, so add `dependsOn`. The first deployment will fail: "Microsoft.ManagedIdentity/Identities Not found"
          see apim: the identity comes to be here
    waits
    waits for something else
      error identity-principal-unavailable @ reference('${resourceId('Microsoft.ApiManagement/service', 'gateway')}…: The identity of `apim` is read without waiting for `apim`: an id in `reference()` implies no dependency, so add `dependsOn`. The first deployment will fail: "Microsoft.ManagedIdentity/Identities Not found"
          see apim: the identity comes to be here
    may wait
    an identity that is not known
      error identity-principal-unavailable @ reference('${resourceId('Microsoft.ApiManagement/service', 'gateway')}…: The identity of `apim` is read without waiting for `apim`: an id in `reference()` implies no dependency, so add `dependsOn`. The first deployment will fail: "Microsoft.ManagedIdentity/Identities Not found"
          see apim: the identity comes to be here
    a service of another deployment
    an output
    "#);
}
