//! `role-principal-type-missing`: a role for an identity that Azure has only just created.

use crate::twins::{Case, arm, case, judge};

const MISSING: &str = "warning role-principal-type-missing";

const READER_ID: &str = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')";
const SYSTEM: &str = "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId";
const USER: &str = "reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId";
const PULL: &str = "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')";

/// A service with both kinds of identity, one that is not its own, and a role assignment with
/// these properties beside `roleDefinitionId`.
fn role(
    name: &'static str,
    expected: &'static str,
    version: &str,
    (declarations, properties): (&str, &str),
    (sections, json_properties): (&str, &str),
) -> Case {
    whole(
        name,
        expected,
        version,
        (
            declarations,
            &format!("{{ roleDefinitionId: {PULL}, {properties} }}"),
        ),
        (
            sections,
            &format!(r#"{{ "roleDefinitionId": "[{PULL}]", {json_properties} }}"#),
        ),
    )
}

/// The same with all of `properties`.
fn whole(
    name: &'static str,
    expected: &'static str,
    version: &str,
    (declarations, properties): (&str, &str),
    (sections, json_properties): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'reader'
  location: 'westeurope'
}}
resource stranger 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'stranger'
  location: 'westeurope'
}}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  location: 'westeurope'
  identity: {{ type: 'SystemAssigned, UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}
}}
resource pull 'Microsoft.Authorization/roleAssignments@{version}' = {{
  name: guid('pull')
  properties: {properties}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [
  {{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }},
  {{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "stranger", "location": "westeurope" }},
  {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }} }},
  {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "{version}", "name": "[guid('pull')]", "properties": {json_properties} }}
]"#
        )),
    )
}

#[test]
fn an_identity_that_is_created_here() {
    let new = "2022-04-01";
    let system = ("", "principalId: apim.identity.principalId");
    let json_system = format!(r#""principalId": "[{SYSTEM}]""#);
    let report = judge(
        &["role-principal-type-missing"],
        &[
            role("system", MISSING, new, system, ("", &json_system)),
            role(
                "user",
                MISSING,
                new,
                ("", "principalId: reader.properties.principalId"),
                ("", &format!(r#""principalId": "[{USER}]""#)),
            ),
            role(
                "system, by its own resource id",
                MISSING,
                new,
                system,
                (
                    "",
                    r#""principalId": "[reference(concat(resourceId('Microsoft.ApiManagement/service', 'gateway'), '/providers/Microsoft.ManagedIdentity/Identities/default'), '2018-11-30').principalId]""#,
                ),
            ),
            role(
                "null",
                MISSING,
                new,
                (
                    "",
                    "principalId: apim.identity.principalId, principalType: null",
                ),
                ("", &format!(r#"{json_system}, "principalType": null"#)),
            ),
            role(
                "null in one case",
                MISSING,
                new,
                (
                    "param said bool",
                    "principalId: apim.identity.principalId, principalType: said ? 'ServicePrincipal' : null",
                ),
                (
                    r#""parameters": { "said": { "type": "bool" } },"#,
                    &format!(
                        r#"{json_system}, "principalType": "[if(parameters('said'), 'ServicePrincipal', null())]""#
                    ),
                ),
            ),
            role(
                "first version with the property",
                MISSING,
                "2018-09-01-preview",
                system,
                ("", &json_system),
            ),
            role(
                "a version without it",
                MISSING,
                "2015-07-01",
                system,
                ("", &json_system),
            ),
            role(
                "a version without it, though it is written",
                MISSING,
                "2018-01-01-preview",
                (
                    "",
                    "principalId: apim.identity.principalId, principalType: 'ServicePrincipal'",
                ),
                (
                    "",
                    &format!(r#"{json_system}, "principalType": "ServicePrincipal""#),
                ),
            ),
            whole(
                "properties through a variable",
                MISSING,
                new,
                (
                    &format!(
                        "var properties = {{ roleDefinitionId: {PULL}, principalId: apim.identity.principalId }}"
                    ),
                    "properties",
                ),
                (
                    "",
                    &format!(
                        r#""[createObject('roleDefinitionId', {PULL}, 'principalId', {SYSTEM})]""#
                    ),
                ),
            ),
            whole(
                "properties by union",
                MISSING,
                new,
                (
                    "",
                    &format!(
                        "union({{ roleDefinitionId: {PULL} }}, {{ principalId: apim.identity.principalId }})"
                    ),
                ),
                (
                    "",
                    &format!(
                        r#""[union(createObject('roleDefinitionId', {PULL}), createObject('principalId', {SYSTEM}))]""#
                    ),
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    system
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    user
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `reader`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see reader: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `reader`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "reader": the identity is created here
    system, by its own resource id
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    null
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    null in one case
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType` when `said` is false. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType` when `said` is false. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    first version with the property
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    a version without it
      warning role-principal-type-missing @ 2015-07-01: `pull` assigns a role to the identity of `apim`, which this deployment creates, and uses an API version that has no `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "2015-07-01": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and uses an API version that has no `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    a version without it, though it is written
      warning role-principal-type-missing @ 2018-01-01-preview: `pull` assigns a role to the identity of `apim`, which this deployment creates, and uses an API version that has no `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "2018-01-01-preview": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and uses an API version that has no `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    properties through a variable
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    properties by union
      warning role-principal-type-missing @ pull: `pull` assigns a role to the identity of `apim`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see apim: the identity is created here
      ARM warning role-principal-type-missing @ "[guid('pull')]": `guid('pull')` assigns a role to the identity of `gateway`, which this deployment creates, and does not say `principalType`. Until the identity has been replicated, Azure may refuse it: "PrincipalNotFound: Principal … does not exist in the directory …"
          see "gateway": the identity is created here
    "#);
}

#[test]
fn whatever_is_said_or_is_somebody_elses() {
    let new = "2022-04-01";
    let said = r#""principalType": "ServicePrincipal""#;
    let parameter = r#""parameters": { "given": { "type": "string" } },"#;
    judge(
        &["role-principal-type-missing"],
        &[
            role(
                "said",
                "",
                new,
                (
                    "",
                    "principalId: apim.identity.principalId, principalType: 'ServicePrincipal'",
                ),
                ("", &format!(r#""principalId": "[{SYSTEM}]", {said}"#)),
            ),
            role(
                "said in small letters",
                "",
                new,
                (
                    "",
                    "principalId: apim.identity.principalId, principalType: 'serviceprincipal'",
                ),
                (
                    "",
                    &format!(r#""principalId": "[{SYSTEM}]", "principalType": "serviceprincipal""#),
                ),
            ),
            role(
                "said by a parameter",
                "",
                new,
                (
                    "param given string",
                    "principalId: apim.identity.principalId, principalType: given",
                ),
                (
                    parameter,
                    &format!(
                        r#""principalId": "[{SYSTEM}]", "principalType": "[parameters('given')]""#
                    ),
                ),
            ),
            role(
                "an identity that the service does not carry",
                "",
                new,
                ("", "principalId: stranger.properties.principalId"),
                (
                    "",
                    &format!(
                        r#""principalId": "[{}]""#,
                        USER.replace("reader", "stranger")
                    ),
                ),
            ),
            role(
                "a principal from outside",
                "",
                new,
                ("param given string", "principalId: given"),
                (parameter, r#""principalId": "[parameters('given')]""#),
            ),
            role(
                "a literal principal",
                "",
                new,
                ("", "principalId: '0f0f0f0f-1111-2222-3333-444444444444'"),
                (
                    "",
                    r#""principalId": "0f0f0f0f-1111-2222-3333-444444444444""#,
                ),
            ),
            role(
                "a literal principal on an old version",
                "",
                "2015-07-01",
                ("", "principalId: '0f0f0f0f-1111-2222-3333-444444444444'"),
                (
                    "",
                    r#""principalId": "0f0f0f0f-1111-2222-3333-444444444444""#,
                ),
            ),
            whole(
                "properties from outside",
                "",
                new,
                ("param given object", "given"),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    r#""[parameters('given')]""#,
                ),
            ),
            whole(
                "a union with something from outside",
                "",
                new,
                (
                    "param given object",
                    "union({ principalId: apim.identity.principalId }, given)",
                ),
                (
                    r#""parameters": { "given": { "type": "object" } },"#,
                    &format!(
                        r#""[union(createObject('principalId', {SYSTEM}), parameters('given'))]""#
                    ),
                ),
            ),
            case(
                "existing service",
                "",
                format!(
                    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {{\n  name: 'gateway'\n}}\nresource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid('pull')\n  properties: {{ roleDefinitionId: {PULL}, principalId: apim.identity.principalId }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('pull')]", "properties": {{ "roleDefinitionId": "[{PULL}]", "principalId": "[{SYSTEM}]" }} }} ]"#
                )),
            ),
            case(
                "existing identity",
                "",
                format!(
                    "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {{\n  name: 'reader'\n}}\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  name: 'gateway'\n  location: 'westeurope'\n  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{reader.id}}': {{}} }} }}\n}}\nresource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid('pull')\n  properties: {{ roleDefinitionId: {PULL}, principalId: reader.properties.principalId }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "[{READER_ID}]": {{}} }} }} }}, {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('pull')]", "properties": {{ "roleDefinitionId": "[{PULL}]", "principalId": "[{USER}]" }} }} ]"#
                )),
            ),
            case(
                "another service's identity",
                "",
                format!(
                    "resource site 'Microsoft.Web/sites@2023-12-01' = {{\n  name: 'site'\n  location: 'westeurope'\n  identity: {{ type: 'SystemAssigned' }}\n}}\nresource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid('pull')\n  properties: {{ roleDefinitionId: {PULL}, principalId: site.identity.principalId }}\n}}\n"
                ),
                arm(&format!(
                    r#""resources": [ {{ "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "site", "location": "westeurope", "identity": {{ "type": "SystemAssigned" }} }}, {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('pull')]", "properties": {{ "roleDefinitionId": "[{PULL}]", "principalId": "[reference(resourceId('Microsoft.Web/sites', 'site'), '2023-12-01', 'Full').identity.principalId]" }} }} ]"#
                )),
            ),
        ],
    );
}
