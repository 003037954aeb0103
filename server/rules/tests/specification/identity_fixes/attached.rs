//! `identity-not-attached` and the second choice of `identity-missing`: identities added to those that
//! a service has.

use std::fmt::Write as _;

use super::{SAFE, arm_identity, arm_named_value, identity, named_value};
use crate::programs::{linked, module};
use crate::repaired::repaired;
use crate::twins::{arm, arm_service, service};

const RULE: &str = "identity-not-attached";

/// A service, the identities `one` and `two`, and a named value that is read with `two`.
fn bicep(declarations: &str, properties: &str) -> String {
    format!(
        "{declarations}{}{}{}{}",
        identity("one"),
        identity("two"),
        service(properties),
        named_value("two.properties.clientId")
    )
}

fn arm_template(sections: &str, members: &str) -> String {
    arm(&format!(
        r#"{sections}"resources": [
    {},
    {},
    {},
    {}
  ]"#,
        arm_identity("one"),
        arm_identity("two"),
        arm_service(members),
        arm_named_value(
            "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'two'), '2023-01-31').clientId]"
        )
    ))
}

const ONE: &str = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one')]";

#[test]
fn a_user_assigned_identity() {
    let mut report = String::new();
    let attached = format!(
        r#""identity": {{
        "type": "UserAssigned",
        "userAssignedIdentities": {{
          "{ONE}": {{}}
        }}
      }},
      "dependsOn": [
        "{ONE}"
      ]"#
    );
    let chosen = format!(
        r#""identity": {{ "type": "UserAssigned", "userAssignedIdentities": "[variables('identities')]" }},
      "dependsOn": [ "{ONE}" ]"#
    );
    let variables = format!(r#""variables": {{ "identities": {{ "{ONE}": {{}} }} }},"#);
    for (name, (declarations, properties), (sections, members)) in [
        (
            "beside another",
            (
                "",
                "identity: {\n    type: 'UserAssigned'\n    userAssignedIdentities: {\n      '${one.id}': {}\n    }\n  }",
            ),
            ("", attached.as_str()),
        ),
        (
            "on one line",
            (
                "",
                "identity: { type: 'UserAssigned', userAssignedIdentities: { '${one.id}': {} } }",
            ),
            ("", attached.as_str()),
        ),
        (
            "beside the system-assigned one",
            ("", "identity: {\n    type: 'SystemAssigned'\n  }"),
            ("", r#""identity": { "type": "SystemAssigned" }"#),
        ),
        (
            "where there are none",
            (
                "",
                "identity: { type: 'SystemAssigned', userAssignedIdentities: null }",
            ),
            (
                "",
                r#""identity": { "type": "SystemAssigned", "userAssignedIdentities": null }"#,
            ),
        ),
        (
            "through variables",
            (
                "var identities = { '${one.id}': {} }\n",
                "identity: { type: 'UserAssigned', userAssignedIdentities: identities }",
            ),
            (&variables, chosen.as_str()),
        ),
        (
            "the type is a parameter's default, the dictionary too",
            (
                "param kind string = 'SystemAssigned'\nparam identities object = {}\n",
                "identity: { type: kind, userAssignedIdentities: identities }",
            ),
            (
                r#""parameters": { "kind": { "type": "string", "defaultValue": "SystemAssigned" }, "identities": { "type": "object", "defaultValue": {} } },"#,
                r#""identity": { "type": "[parameters('kind')]", "userAssignedIdentities": "[parameters('identities')]" }"#,
            ),
        ),
        (
            "the type is a parameter's default",
            (
                "param kind string = 'SystemAssigned'\n",
                "identity: { type: kind }",
            ),
            (
                r#""parameters": { "kind": { "type": "string", "defaultValue": "SystemAssigned" } },"#,
                r#""identity": { "type": "[parameters('kind')]" }"#,
            ),
        ),
        (
            "in both cases",
            (
                "param both bool\n",
                "identity: { type: both ? 'SystemAssigned, UserAssigned' : 'UserAssigned', userAssignedIdentities: { '${one.id}': {} } }",
            ),
            (
                r#""parameters": { "both": { "type": "bool" } },"#,
                &attached.replace(
                    r#""UserAssigned""#,
                    r#""[if(parameters('both'), 'SystemAssigned, UserAssigned', 'UserAssigned')]""#,
                ),
            ),
        ),
    ] {
        let _ = writeln!(report, "# {name}");
        report.push_str(&repaired(
            RULE,
            &[("main.bicep", &bicep(declarations, properties))],
        ));
        report.push_str(&repaired(
            RULE,
            &[("main.json", &arm_template(sections, members))],
        ));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn the_system_assigned_identity() {
    let mut report = String::new();
    let reader = |declarations: &str, properties: &str| {
        format!(
            "{declarations}{}{}{}",
            identity("one"),
            service(properties),
            named_value("null")
        )
    };
    let arm_reader = |sections: &str, kind: &str| {
        arm(&format!(
            r#"{sections}"resources": [
    {},
    {},
    {}
  ]"#,
            arm_identity("one"),
            arm_service(&format!(
                r#""identity": {{ "type": "{kind}", "userAssignedIdentities": {{ "{ONE}": {{}} }} }}, "dependsOn": [ "{ONE}" ]"#
            )),
            arm_named_value("").replace(r#", "identityClientId": """#, "")
        ))
    };
    let dictionary = "userAssignedIdentities: { '${one.id}': {} }";
    for (name, declarations, kind, sections, arm_kind) in [
        ("literal", "", "'UserAssigned'", "", "UserAssigned"),
        (
            "variable",
            "var kind = 'userassigned'\n",
            "kind",
            r#""variables": { "kind": "userassigned" },"#,
            "[variables('kind')]",
        ),
        (
            "default",
            "param kind string = 'UserAssigned'\n",
            "kind",
            r#""parameters": { "kind": { "type": "string", "defaultValue": "UserAssigned" } },"#,
            "[parameters('kind')]",
        ),
        (
            "allowed values",
            "@allowed(['UserAssigned', 'SystemAssigned,UserAssigned'])\nparam kind string = 'UserAssigned'\n",
            "kind",
            r#""parameters": { "kind": { "type": "string", "defaultValue": "UserAssigned", "allowedValues": [ "UserAssigned", "SystemAssigned,UserAssigned" ] } },"#,
            "[parameters('kind')]",
        ),
        (
            "arm of a choice",
            "param both bool\n",
            "both ? 'SystemAssigned, UserAssigned' : 'UserAssigned'",
            r#""parameters": { "both": { "type": "bool" } },"#,
            "[if(parameters('both'), 'SystemAssigned, UserAssigned', 'UserAssigned')]",
        ),
    ] {
        let _ = writeln!(report, "# {name}");
        let text = reader(
            declarations,
            &format!("identity: {{ type: {kind}, {dictionary} }}"),
        );
        report.push_str(&repaired(RULE, &[("main.bicep", &text)]));
        let text = arm_reader(sections, arm_kind);
        report.push_str(&repaired(RULE, &[("main.json", &text)]));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn in_a_module() {
    let inner = format!(
        "param identities object\nparam clientId string\nparam kind string = 'UserAssigned'\n{}{}",
        service("identity: {\n    type: kind\n    userAssignedIdentities: identities\n  }"),
        named_value("clientId")
    );
    let main = format!(
        "{}{}module apim 'apim.bicep' = {{
  name: 'apim'
  params: {{
    clientId: two.properties.clientId
    identities: {{
      '${{one.id}}': {{}}
    }}
  }}
}}
",
        identity("one"),
        identity("two")
    );
    let verified = |identities: &str| {
        format!(
            "{}{}module apim 'br/public:avm/res/api-management/service:0.9.1' = {{
  name: 'apim'
  params: {{
    name: 'gateway'
    publisherEmail: 'a@example.org'
    publisherName: 'a'
    managedIdentities: {identities}
    namedValues: [
      {{
        name: 'nv'
        displayName: 'nv'
        secret: true
        keyVault: {{ secretIdentifier: '{SAFE}', identityClientId: two.properties.clientId }}
      }}
    ]
  }}
}}
",
            identity("one"),
            identity("two")
        )
    };
    let mut report = String::new();
    report.push_str(&repaired(
        RULE,
        &[("main.bicep", &main), ("apim.bicep", &inner)],
    ));
    for identities in [
        "{ systemAssigned: true }",
        "{\n      userAssignedResourceIds: [\n        one.id\n      ]\n    }",
        "{ systemAssigned: true, userAssignedResourceIds: null }",
    ] {
        report.push_str(&repaired(RULE, &[("main.bicep", &verified(identities))]));
    }
    let system = verified("{ userAssignedResourceIds: [one.id] }")
        .replace(", identityClientId: two.properties.clientId", "");
    report.push_str(&repaired(RULE, &[("main.bicep", &system)]));
    insta::assert_snapshot!(report);
}

#[test]
fn instead_of_a_missing_one() {
    let mut report = String::new();
    for properties in ["", "identity: null", "identity: { type: 'None' }"] {
        let text = format!("{}{}", service(properties), identity("one"));
        report.push_str(&repaired("identity-missing", &[("main.bicep", &text)]));
        let members = properties.replace("identity", "\"identity\"");
        let members = members
            .replace("type", "\"type\"")
            .replace("'None'", "\"None\"");
        let text = arm(&format!(
            r#""resources": [
    {},
    {}
  ]"#,
            arm_service(&members),
            arm_identity("one")
        ));
        report.push_str(&repaired("identity-missing", &[("main.json", &text)]));
    }
    let waits = format!(
        "{}{}",
        service(""),
        identity("one").replace("'westeurope'", "apim.location")
    );
    report.push_str("# an identity that waits for the service\n");
    report.push_str(&repaired("identity-missing", &[("main.bicep", &waits)]));
    let verified = format!(
        "{}module apim 'br/public:avm/res/api-management/service:0.9.1' = {{
  name: 'apim'
  params: {{
    name: 'gateway'
    publisherEmail: 'a@example.org'
    publisherName: 'a'
  }}
}}
",
        identity("one")
    );
    report.push_str(&repaired("identity-missing", &[("main.bicep", &verified)]));
    let called = [identity("one"), module("apim", "apim.bicep", "")].concat();
    report.push_str("# an identity of another file\n");
    report.push_str(&repaired(
        "identity-missing",
        &[("main.bicep", &called), ("apim.bicep", &service(""))],
    ));
    let nested = arm(&format!(
        r#""resources": [ {} ]"#,
        linked("apim", "apim.json", "")
    ));
    let inner = arm(&format!(r#""resources": [ {} ]"#, arm_service("")));
    report.push_str(&repaired(
        "identity-missing",
        &[("main.json", &nested), ("apim.json", &inner)],
    ));
    insta::assert_snapshot!(report);
}
