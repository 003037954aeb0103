//! `identity-invalid`: the identity is written as Azure wants it.

use std::fmt::Write as _;

use super::{arm_identity, identity, twins};
use crate::programs::KIND;
use crate::repaired::repaired;
use crate::twins::{arm, arm_service, service};

const RULE: &str = "identity-invalid";

#[test]
fn the_type() {
    let key = "/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one";
    let bicep_keys = format!("userAssignedIdentities: {{ '{key}': {{}} }}");
    let arm_keys = format!(r#""userAssignedIdentities": {{ "{key}": {{}} }}"#);
    insta::assert_snapshot!(twins(
        RULE,
        &[
            (
                "a slip",
                ("", "identity: { type: 'SystemAsigned' }"),
                ("", r#""identity": { "type": "SystemAsigned" }"#),
            ),
            (
                "a slip in a default",
                (
                    "param kind string = 'System Assigned'",
                    "identity: { type: kind }"
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "System Assigned" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            (
                "a slip that something else uses",
                (
                    "param kind string = 'SystemAsigned'\noutput kind string = kind",
                    "identity: { type: kind }",
                ),
                (
                    r#""parameters": { "kind": { "type": "string", "defaultValue": "SystemAsigned" } }, "outputs": { "kind": { "type": "string", "value": "[parameters('kind')]" } },"#,
                    r#""identity": { "type": "[parameters('kind')]" }"#,
                ),
            ),
            (
                "the beginning",
                ("", "identity: { type: 'System' }"),
                ("", r#""identity": { "type": "System" }"#),
            ),
            ("no type", ("", "identity: {}"), ("", r#""identity": {}"#),),
            (
                "null",
                ("", "identity: { type: null }"),
                ("", r#""identity": { "type": null }"#),
            ),
            (
                "no type beside identities",
                ("", &format!("identity: {{\n    {bicep_keys}\n  }}")),
                ("", &format!(r#""identity": {{ {arm_keys} }}"#)),
            ),
            (
                "identities that the type does not allow",
                (
                    "",
                    &format!("identity: {{\n    type: 'SystemAssigned'\n    {bicep_keys}\n  }}")
                ),
                (
                    "",
                    &format!(r#""identity": {{ "type": "SystemAssigned", {arm_keys} }}"#)
                ),
            ),
            (
                "none, and identities",
                ("", &format!("identity: {{ type: 'None', {bicep_keys} }}")),
                (
                    "",
                    &format!(r#""identity": {{ "type": "None", {arm_keys} }}"#)
                ),
            ),
            (
                "the other order",
                (
                    "",
                    &format!("identity: {{ type: 'UserAssigned,SystemAssigned', {bicep_keys} }}")
                ),
                (
                    "",
                    &format!(
                        r#""identity": {{ "type": "UserAssigned,SystemAssigned", {arm_keys} }}"#
                    )
                ),
            ),
            (
                "no identities",
                (
                    "",
                    "identity: {\n    type: 'UserAssigned'\n    userAssignedIdentities: {}\n  }"
                ),
                (
                    "",
                    r#""identity": { "type": "UserAssigned", "userAssignedIdentities": {} }"#
                ),
            ),
            (
                "no identities in one case",
                (
                    "param ids object = {}\nparam both bool",
                    "identity: { type: both ? 'SystemAssigned, UserAssigned' : 'SystemAssigned' }",
                ),
                (
                    r#""parameters": { "both": { "type": "bool" } },"#,
                    r#""identity": { "type": "[if(parameters('both'), 'SystemAssigned, UserAssigned', 'SystemAssigned')]" }"#,
                ),
            ),
        ],
    ));
}

#[test]
fn the_identities() {
    let id = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one')]";
    let mut report = String::new();
    for (name, properties, members) in [
        (
            "none",
            "identity: { type: 'SystemAssigned, UserAssigned' }",
            r#""identity": { "type": "SystemAssigned, UserAssigned" }"#.to_owned(),
        ),
        (
            "empty",
            "identity: {\n    type: 'UserAssigned'\n    userAssignedIdentities: {}\n  }",
            r#""identity": { "type": "UserAssigned", "userAssignedIdentities": {} }"#.to_owned(),
        ),
        (
            "null",
            "identity: { type: 'UserAssigned', userAssignedIdentities: null }",
            r#""identity": { "type": "UserAssigned", "userAssignedIdentities": null }"#.to_owned(),
        ),
        (
            "list",
            "identity: { type: 'UserAssigned', userAssignedIdentities: [ one.id ] }",
            format!(r#""identity": {{ "type": "UserAssigned", "userAssignedIdentities": [ "{id}" ] }}, "dependsOn": [ "{id}" ]"#),
        ),
        (
            "list on lines",
            "identity: {\n    type: 'UserAssigned'\n    userAssignedIdentities: [\n      one.id\n    ]\n  }",
            format!("\"identity\": {{\n        \"type\": \"UserAssigned\",\n        \"userAssignedIdentities\": [\n          \"{id}\"\n        ]\n      }}, \"dependsOn\": [ \"{id}\" ]"),
        ),
        (
            "id",
            "identity: { type: 'UserAssigned', userAssignedIdentities: one.id }",
            format!(r#""identity": {{ "type": "UserAssigned", "userAssignedIdentities": "{id}" }}, "dependsOn": [ "{id}" ]"#),
        ),
        (
            "client id",
            "identity: { type: 'UserAssigned', userAssignedIdentities: { '${one.properties.clientId}': {} } }",
            r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one'), '2023-01-31').clientId]": {} } }"#.to_owned(),
        ),
        (
            "value",
            "identity: { type: 'UserAssigned', userAssignedIdentities: { '${one.id}': { clientId: 'x' } } }",
            format!(r#""identity": {{ "type": "UserAssigned", "userAssignedIdentities": {{ "{id}": {{ "clientId": "x" }} }} }}, "dependsOn": [ "{id}" ]"#),
        ),
    ] {
        let _ = writeln!(report, "# {name}");
        let bicep = format!("{}{}", identity("one"), service(properties));
        report.push_str(&repaired(RULE, &[("main.bicep", &bicep)]));
        let arm = arm(&format!(
            r#""resources": [
    {},
    {}
  ]"#,
            arm_identity("one"),
            arm_service(&members)
        ));
        report.push_str(&repaired(RULE, &[("main.json", &arm)]));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_parameter_file() {
    let wrong = "using './main.bicep'\nparam kind = 'SystemAsigned'\n";
    insta::assert_snapshot!(repaired(
        RULE,
        &[("main.bicep", KIND), ("main.bicepparam", wrong)]
    ));
}
