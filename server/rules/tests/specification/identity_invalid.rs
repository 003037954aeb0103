//! `identity-invalid`: an `identity` that Azure refuses.

use std::fmt::Write as _;

use crate::twins::{Case, arm, arm_with_service, case, judge, one, service};

const INVALID: &str = "error identity-invalid";

/// A case of an identity in which both languages differ in nothing but the marks of JSON.
fn plain(name: &'static str, expected: &'static str, kind: &str, ids: Option<&str>) -> Case {
    let (mut bicep, mut json) = (
        format!("identity: {{ type: '{kind}'"),
        format!(r#""identity": {{ "type": "{kind}""#),
    );
    if let Some(ids) = ids {
        let quoted = ids.replace('\'', "\"");
        let _ = write!(bicep, ", userAssignedIdentities: {ids}");
        let _ = write!(json, r#", "userAssignedIdentities": {quoted}"#);
    }
    one(
        name,
        expected,
        ("", &format!("{bicep} }}")),
        ("", &format!("{json} }}")),
    )
}

const READER: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader";

fn ids(count: usize) -> String {
    let entries: Vec<_> = (0..count)
        .map(|index| format!("'{READER}{index}': {{}}"))
        .collect();
    format!("{{ {} }}", entries.join(", "))
}

#[test]
fn a_type_that_azure_does_not_know() {
    let report = judge(
        &["identity-invalid"],
        &[
            plain("misspelled", INVALID, "SystemAsigned", None),
            plain(
                "one word for both",
                INVALID,
                "SystemAndUserAssigned",
                Some(&ids(1)),
            ),
            plain(
                "another separator",
                INVALID,
                "SystemAssigned;UserAssigned",
                Some(&ids(1)),
            ),
            plain("empty", INVALID, "", None),
            plain("short", INVALID, "System", None),
            plain("doubled", INVALID, "SystemAssigned, SystemAssigned", None),
            plain("with none", INVALID, "None, SystemAssigned", None),
            one(
                "by a variable",
                INVALID,
                ("var kind = 'SystemAsigned'", "identity: { type: kind }"),
                (
                    r#""variables": { "kind": "SystemAsigned" },"#,
                    r#""identity": { "type": "[variables('kind')]" }"#,
                ),
            ),
            one(
                "by the default of a parameter",
                INVALID,
                (
                    "param kind string = 'SystemAsigned'",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "SystemAsigned" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "by one of the allowed values",
                INVALID,
                (
                    "@allowed([\n  'SystemAssigned'\n  'SystemAsigned'\n])\nparam kind string",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "SystemAsigned"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "in one arm of a ternary",
                INVALID,
                (
                    "param both bool = false",
                    "identity: { type: both ? 'System' : 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "both": { "type": "bool", "defaultValue": false } },"#,
                    r#""identity": { "type": "[if(parameters('both'), 'System', 'SystemAssigned')]" }"#,
                ),
            ),
            one(
                "by interpolation",
                INVALID,
                (
                    "var prefix = 'System'",
                    "identity: { type: '${prefix}Asigned' }",
                ),
                (
                    r#""variables": { "prefix": "System" },"#,
                    r#""identity": { "type": "[format('{0}Asigned', variables('prefix'))]" }"#,
                ),
            ),
            case(
                "in a loop",
                INVALID,
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [for i in range(0, 3): {\n  name: 'gateway${i}'\n  location: 'westeurope'\n  identity: { type: 'System' }\n}]\n",
                arm_with_service(
                    "",
                    r#""copy": { "name": "gateways", "count": 3 }, "identity": { "type": "System" }"#,
                ),
            ),
            one(
                "under a condition that nobody knows",
                INVALID,
                (
                    "param kind object",
                    "identity: { type: kind.size > 3 ? 'System' : 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "kind": { "type": "object" } },"#,
                    r#""identity": { "type": "[if(greater(parameters('kind').size, 3), 'System', 'SystemAssigned')]" }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    misspelled
      error identity-invalid @ 'SystemAsigned': 'SystemAsigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    one word for both
      error identity-invalid @ 'SystemAndUserAssigned': 'SystemAndUserAssigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    another separator
      error identity-invalid @ 'SystemAssigned;UserAssigned': 'SystemAssigned;UserAssigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    empty
      error identity-invalid @ '': '' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    short
      error identity-invalid @ 'System': 'System' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    doubled
      error identity-invalid @ 'SystemAssigned, SystemAssigned': 'SystemAssigned, SystemAssigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    with none
      error identity-invalid @ 'None, SystemAssigned': 'None, SystemAssigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    by a variable
      error identity-invalid @ 'SystemAsigned': 'SystemAsigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
          see apim: `apim` gets it
    by the default of a parameter
      error identity-invalid @ 'SystemAsigned': 'SystemAsigned' is no type of identity with the default of `kind`: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
          see apim: `apim` gets it
    by one of the allowed values
      error identity-invalid @ 'SystemAsigned': 'SystemAsigned' is no type of identity when `kind` is 'SystemAsigned': API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
          see apim: `apim` gets it
    in one arm of a ternary
      error identity-invalid @ 'System': 'System' is no type of identity when `both` is true: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    by interpolation
      error identity-invalid @ '${prefix}Asigned': 'SystemAsigned' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    in a loop
      error identity-invalid @ 'System': 'System' is no type of identity: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    under a condition that nobody knows
      error identity-invalid @ 'System': 'System' is no type of identity when `kind.size > 3`: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
      ARM error identity-invalid @ 'System': 'System' is no type of identity when `greater(parameters('kind').size, 3)`: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    ");
}

#[test]
fn every_spelling_that_azure_takes_is_silent() {
    let users = ids(1);
    judge(
        &["identity-invalid"],
        &[
            plain(
                "canonical",
                "",
                "SystemAssigned, UserAssigned",
                Some(&users),
            ),
            plain("no blank", "", "SystemAssigned,UserAssigned", Some(&users)),
            plain(
                "blanks",
                "",
                " systemassigned ,  USERASSIGNED ",
                Some(&users),
            ),
            plain("small letters", "", "systemAssigned", None),
            plain("user", "", "userAssigned", Some(&users)),
            plain("ten", "", "UserAssigned", Some(&ids(10))),
            plain(
                "system with an empty dictionary",
                "",
                "SystemAssigned",
                Some("{}"),
            ),
            plain("system with null", "", "SystemAssigned", Some("null")),
            one(
                "unknown",
                "",
                (
                    "param kind string\nparam readers object",
                    "identity: { type: kind, userAssignedIdentities: readers }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string" }, "readers": { "type": "object" } },"#,
                    r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": "[parameters('readers')]" }"#,
                ),
            ),
            one(
                "unknown key",
                "",
                (
                    "param reader string",
                    "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader}': {} } }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[parameters('reader')]": {} } }"#,
                ),
            ),
            one(
                "type and dictionary follow one parameter",
                "",
                (
                    "param reader string\nparam own bool",
                    "identity: { type: own ? 'SystemAssigned' : 'UserAssigned', userAssignedIdentities: own ? null : { '${reader}': {} } }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" }, "own": { "type": "bool" } },"#,
                    r#""identity": { "type": "[if(parameters('own'), 'SystemAssigned', 'UserAssigned')]", "userAssignedIdentities": "[if(parameters('own'), null(), createObject(parameters('reader'), createObject()))]" }"#,
                ),
            ),
            one(
                "type and dictionary follow one list",
                "",
                (
                    "param readers array = []",
                    "identity: { type: empty(readers) ? 'SystemAssigned' : 'SystemAssigned, UserAssigned', userAssignedIdentities: empty(readers) ? null : toObject(readers, it => it, it => {}) }",
                ),
                (
                    r#""parameters": { "readers": { "type": "array", "defaultValue": [] } },"#,
                    r#""identity": { "type": "[if(empty(parameters('readers')), 'SystemAssigned', 'SystemAssigned, UserAssigned')]", "userAssignedIdentities": "[if(empty(parameters('readers')), null(), toObject(parameters('readers'), lambda('it', lambdaVariables('it')), lambda('it', createObject())))]" }"#,
                ),
            ),
            one(
                "type and dictionary follow one allowed value",
                "",
                (
                    "@allowed(['SystemAssigned', 'UserAssigned'])\nparam kind string\nparam reader string",
                    "identity: { type: kind, userAssignedIdentities: kind == 'UserAssigned' ? { '${reader}': {} } : null }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "UserAssigned"] }, "reader": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": "[if(equals(parameters('kind'), 'UserAssigned'), createObject(parameters('reader'), createObject()), null())]" }"#,
                ),
            ),
            one(
                "type follows contains of a list",
                "",
                (
                    "@allowed(['SystemAssigned', 'SystemAssigned, UserAssigned'])\nparam kind string\nparam reader string",
                    "identity: { type: kind, userAssignedIdentities: contains(kind, 'UserAssigned') ? { '${reader}': {} } : null }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "SystemAssigned, UserAssigned"] }, "reader": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": "[if(contains(parameters('kind'), 'UserAssigned'), createObject(parameters('reader'), createObject()), null())]" }"#,
                ),
            ),
            one(
                "null as a value, which Azure takes",
                "",
                (
                    "param reader string",
                    "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader}': null } }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[parameters('reader')]": null } }"#,
                ),
            ),
            case(
                "resources of others",
                "",
                "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n  identity: { type: 'SystemAsigned' }\n}\n",
                arm(
                    r#""resources": [ { "type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "site", "location": "westeurope", "identity": { "type": "SystemAsigned" } } ]"#,
                ),
            ),
            case(
                "a service that is never deployed",
                "",
                "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (false) {\n  name: 'gateway'\n  location: 'westeurope'\n  identity: { type: 'SystemAsigned' }\n}\n",
                arm_with_service(
                    "",
                    r#""condition": false, "identity": { "type": "SystemAsigned" }"#,
                ),
            ),
            case(
                "a type that is wrong only where the service is not deployed",
                "",
                "param wanted bool\nresource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (wanted) {\n  name: 'gateway'\n  location: 'westeurope'\n  identity: { type: wanted ? 'SystemAssigned' : '' }\n}\n",
                arm_with_service(
                    r#""parameters": { "wanted": { "type": "bool" } },"#,
                    r#""condition": "[parameters('wanted')]", "identity": { "type": "[if(parameters('wanted'), 'SystemAssigned', '')]" }"#,
                ),
            ),
        ],
    );
}

#[test]
fn a_dictionary_that_does_not_fit_the_type() {
    let users = ids(1);
    let report = judge(
        &["identity-invalid"],
        &[
            plain("user without dictionary", INVALID, "UserAssigned", None),
            plain(
                "both without dictionary",
                INVALID,
                "SystemAssigned, UserAssigned",
                None,
            ),
            plain("user with null", INVALID, "UserAssigned", Some("null")),
            plain(
                "user with nothing in it",
                INVALID,
                "UserAssigned",
                Some("{}"),
            ),
            plain(
                "system with a dictionary",
                INVALID,
                "SystemAssigned",
                Some(&users),
            ),
            plain(
                "none with a dictionary",
                "error identity-invalid; warning identity-missing",
                "None",
                Some(&users),
            ),
            plain("eleven", INVALID, "UserAssigned", Some(&ids(11))),
            one(
                "user, and null in one case",
                INVALID,
                (
                    "param reader string\nparam own bool",
                    "identity: { type: 'UserAssigned', userAssignedIdentities: own ? null : { '${reader}': {} } }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" }, "own": { "type": "bool" } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": "[if(parameters('own'), null(), createObject(parameters('reader'), createObject()))]" }"#,
                ),
            ),
            one(
                "an allowed value that needs a dictionary",
                INVALID,
                (
                    "@allowed(['SystemAssigned', 'UserAssigned'])\nparam kind string = 'SystemAssigned'",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "SystemAssigned", "allowedValues": ["SystemAssigned", "UserAssigned"] } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            one(
                "an allowed value that must not have one",
                INVALID,
                (
                    "@allowed(['SystemAssigned', 'UserAssigned'])\nparam kind string\nparam reader string",
                    "identity: { type: kind, userAssignedIdentities: { '${reader}': {} } }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "UserAssigned"] }, "reader": { "type": "string" } },"#,
                    r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": { "[parameters('reader')]": {} } }"#,
                ),
            ),
            one(
                "type and dictionary the wrong way round",
                "error identity-invalid; error identity-invalid",
                (
                    "param reader string\nparam own bool",
                    "identity: { type: own ? 'SystemAssigned' : 'UserAssigned', userAssignedIdentities: own ? { '${reader}': {} } : null }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" }, "own": { "type": "bool" } },"#,
                    r#""identity": { "type": "[if(parameters('own'), 'SystemAssigned', 'UserAssigned')]", "userAssignedIdentities": "[if(parameters('own'), createObject(parameters('reader'), createObject()), null())]" }"#,
                ),
            ),
            one(
                "empty by default",
                INVALID,
                (
                    "param readers object = {}",
                    "identity: { type: 'UserAssigned', userAssignedIdentities: readers }",
                ),
                (
                    r#""parameters": { "readers": { "type": "object", "defaultValue": {} } },"#,
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": "[parameters('readers')]" }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    user without dictionary
      error identity-invalid @ 'UserAssigned': The identity of `apim` is `UserAssigned` but has no `userAssignedIdentities`: at least one identity is needed
    both without dictionary
      error identity-invalid @ 'SystemAssigned, UserAssigned': The identity of `apim` is `UserAssigned` but has no `userAssignedIdentities`: at least one identity is needed
    user with null
      error identity-invalid @ null: The identity of `apim` is `UserAssigned` but sets `userAssignedIdentities` to null: at least one identity is needed
    user with nothing in it
      error identity-invalid @ {}: The identity of `apim` is `UserAssigned` but has no entry in `userAssignedIdentities`: at least one identity is needed
    system with a dictionary
      error identity-invalid @ 'SystemAssigned': The identity of `apim` lists user-assigned identities but its type is `SystemAssigned`. Azure refuses it: "a non-UserAssigned identity type should not contain: userAssignedIdentities"
    none with a dictionary
      error identity-invalid @ 'None': The identity of `apim` lists user-assigned identities but its type is `None`. Azure refuses it: "a non-UserAssigned identity type should not contain: userAssignedIdentities"
      warning identity-missing @ 'None': `apim` has no managed identity, so it can read no certificate or secret from Key Vault and has to keep credentials of its backends itself
    eleven
      error identity-invalid @ { '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/…: `apim` carries 11 user-assigned identities, but a service may carry 10 at most
    user, and null in one case
      error identity-invalid @ null: The identity of `apim` is `UserAssigned` but sets `userAssignedIdentities` to null when `own` is true: at least one identity is needed
    an allowed value that needs a dictionary
      error identity-invalid @ 'UserAssigned': The identity of `apim` is `UserAssigned` but has no `userAssignedIdentities` when `kind` is 'UserAssigned': at least one identity is needed
          see apim: `apim` gets it
    an allowed value that must not have one
      error identity-invalid @ 'SystemAssigned': The identity of `apim` lists user-assigned identities but its type is `SystemAssigned` when `kind` is 'SystemAssigned'. Azure refuses it: "a non-UserAssigned identity type should not contain: userAssignedIdentities"
          see apim: `apim` gets it
    type and dictionary the wrong way round
      error identity-invalid @ 'SystemAssigned': The identity of `apim` lists user-assigned identities but its type is `SystemAssigned` when `own` is true. Azure refuses it: "a non-UserAssigned identity type should not contain: userAssignedIdentities"
      error identity-invalid @ null: The identity of `apim` is `UserAssigned` but sets `userAssignedIdentities` to null when `own` is false: at least one identity is needed
    empty by default
      error identity-invalid @ {}: The identity of `apim` is `UserAssigned` but has no entry in `userAssignedIdentities` with the default of `readers`: at least one identity is needed
          see apim: `apim` gets it
    "#);
}

const BICEP_READER: &str = "resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {\n  name: 'reader'\n  location: 'westeurope'\n}\n";
const ARM_READER: &str = r#"{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "reader", "location": "westeurope" }"#;

/// A case of one declared user-assigned identity and a service.
fn with_reader(name: &'static str, expected: &'static str, bicep: &str, json: &str) -> Case {
    case(
        name,
        expected,
        format!("{BICEP_READER}{}", service(bicep)),
        arm(&format!(
            r#""resources": [ {ARM_READER}, {} ]"#,
            crate::twins::arm_service(json)
        )),
    )
}

#[test]
fn a_dictionary_of_the_wrong_shape() {
    let report = judge(
        &["identity-invalid"],
        &[
            with_reader(
                "right",
                "",
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": {} } }"#,
            ),
            with_reader(
                "right, by format",
                "",
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': {} } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[format('{0}', resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'))]": {} } }"#,
            ),
            with_reader(
                "an array",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: [ reader.id ] }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": [ "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]" ] }"#,
            ),
            with_reader(
                "an array of nothing",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: [] }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": [] }"#,
            ),
            with_reader(
                "values that say what Azure knows",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': { principalId: reader.properties.principalId } } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": { "principalId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId]" } } }"#,
            ),
            with_reader(
                "literal ids as values",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.id}': { clientId: '0f0f0f0f-1111-2222-3333-444444444444' } } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')]": { "clientId": "0f0f0f0f-1111-2222-3333-444444444444" } } }"#,
            ),
            with_reader(
                "client id as key",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.properties.clientId}': {} } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').clientId]": {} } }"#,
            ),
            with_reader(
                "principal id as key",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${reader.properties.principalId}': {} } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), '2023-01-31').principalId]": {} } }"#,
            ),
            with_reader(
                "guid as key",
                INVALID,
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '0f0f0f0f-1111-2222-3333-444444444444': {} } }",
                r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "0f0f0f0f-1111-2222-3333-444444444444": {} } }"#,
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    right
    right, by format
    an array
      error identity-invalid @ [ reader.id ]: `userAssignedIdentities` is an object whose keys are resource ids and whose values are empty objects; this is none
    an array of nothing
      error identity-invalid @ []: `userAssignedIdentities` is an object whose keys are resource ids and whose values are empty objects; this is none
    values that say what Azure knows
      error identity-invalid @ { principalId: reader.properties.principalId }: The values of `userAssignedIdentities` are empty objects. Azure refuses others: "InvalidIdentityValues: … The 'UserAssignedIdentities' property keys should only be empty json objects, null or the resource exisiting property."
      ARM error identity-invalid @ { "principalId": "[reference(resourceId('Microsoft.ManagedIdentity/use…: The values of `userAssignedIdentities` are empty objects. Azure refuses others: "InvalidIdentityValues: … The 'UserAssignedIdentities' property keys should only be empty json objects, null or the resource exisiting property."
    literal ids as values
      error identity-invalid @ { clientId: '0f0f0f0f-1111-2222-3333-444444444444' }: The values of `userAssignedIdentities` are empty objects. Azure refuses others: "InvalidIdentityValues: … The 'UserAssignedIdentities' property keys should only be empty json objects, null or the resource exisiting property."
    client id as key
      error identity-invalid @ '${reader.properties.clientId}': A key of `userAssignedIdentities` is the resource id of the identity, not a client id
    principal id as key
      error identity-invalid @ '${reader.properties.principalId}': A key of `userAssignedIdentities` is the resource id of the identity, not a principal id
    guid as key
      error identity-invalid @ '0f0f0f0f-1111-2222-3333-444444444444': A key of `userAssignedIdentities` is the resource id of the identity, not a GUID
    "#);
}

#[test]
fn the_reversed_order_is_no_error_for_nobody_knows_whether_azure_takes_it() {
    let report = judge(
        &["identity-invalid"],
        &[plain(
            "reversed",
            "info identity-invalid",
            "UserAssigned, SystemAssigned",
            Some(&ids(1)),
        )],
    );
    insta::assert_snapshot!(report, @r##"
    reversed
      info identity-invalid @ 'UserAssigned, SystemAssigned': The documented order of the words is `SystemAssigned, UserAssigned`; whether Azure takes another order is not documented
    "##);
}

#[test]
fn an_identity_without_a_type() {
    let report = judge(
        &["identity-invalid"],
        &[
            one(
                "nothing in it",
                INVALID,
                ("", "identity: {}"),
                ("", r#""identity": {}"#),
            ),
            one(
                "only a dictionary",
                INVALID,
                (
                    "param reader string",
                    "identity: { userAssignedIdentities: { '${reader}': {} } }",
                ),
                (
                    r#""parameters": { "reader": { "type": "string" } },"#,
                    r#""identity": { "userAssignedIdentities": { "[parameters('reader')]": {} } }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r##"
    nothing in it
      error identity-invalid @ {}: The identity of `apim` has no `type`
    only a dictionary
      error identity-invalid @ { userAssignedIdentities: { '${reader}': {} } }: The identity of `apim` has no `type`
      ARM error identity-invalid @ { "userAssignedIdentities": { "[parameters('reader')]": {} } }: The identity of `gateway` has no `type`
    "##);
}
