//! `identity-client-id-invalid`: the client id, or nothing, where the wrong value is written.

use std::fmt::Write as _;

use super::{arm_identity, arm_named_value, identity, named_value};
use crate::programs::module;
use crate::repaired::repaired;
use crate::twins::{arm, arm_service, service};

const RULE: &str = "identity-client-id-invalid";

#[test]
fn where_it_is_written() {
    let one = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one')";
    let mut report = String::new();
    for (name, declarations, value, sections, arm_value) in [
        ("resource id", "", "one.id", "", format!("[{one}]")),
        (
            "principal id",
            "",
            "one.properties.principalId",
            "",
            format!("[reference({one}, '2023-01-31').principalId]"),
        ),
        ("word", "", "'SystemAssigned'", "", "SystemAssigned".to_owned()),
        (
            "principal id of the service",
            "",
            "apim.identity.principalId",
            "",
            "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId]".to_owned(),
        ),
        (
            "variable",
            "var id = one.id\n",
            "id",
            r#""variables": { "id": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one')]" },"#,
            "[variables('id')]".to_owned(),
        ),
        (
            "variable that something else uses",
            "var id = one.id\noutput id string = id\n",
            "id",
            r#""variables": { "id": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'one')]" }, "outputs": { "id": { "type": "string", "value": "[variables('id')]" } },"#,
            "[variables('id')]".to_owned(),
        ),
        (
            "arm of a choice",
            "param user bool\n",
            "user ? one.properties.clientId : 'SystemAssigned'",
            r#""parameters": { "user": { "type": "bool" } },"#,
            format!("[if(parameters('user'), reference({one}, '2023-01-31').clientId, 'SystemAssigned')]"),
        ),
        (
            "default",
            "param id string = 'SystemAssigned'\n",
            "id",
            r#""parameters": { "id": { "type": "string", "defaultValue": "SystemAssigned" } },"#,
            "[parameters('id')]".to_owned(),
        ),
    ] {
        let _ = writeln!(report, "# {name}");
        let bicep = format!(
            "{declarations}{}{}{}",
            identity("one"),
            service(
                "identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '${one.id}': {} } }"
            ),
            named_value(value)
        );
        report.push_str(&repaired(RULE, &[("main.bicep", &bicep)]));
        let members = format!(
            r#""identity": {{ "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {{ "[{one}]": {{}} }} }}, "dependsOn": [ "[{one}]" ]"#
        );
        let arm = arm(&format!(
            r#"{sections}
  "resources": [
    {},
    {},
    {}
  ]"#,
            arm_identity("one"),
            arm_service(&members),
            arm_named_value(&arm_value)
        ));
        report.push_str(&repaired(RULE, &[("main.json", &arm)]));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn in_the_argument_of_a_module() {
    let inner = format!(
        "param clientId string\n{}{}",
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'gateway'\n}\n",
        named_value("clientId")
    );
    let main = format!(
        "{}{}",
        identity("one"),
        module("nv", "nv.bicep", "clientId: one.properties.principalId")
    );
    insta::assert_snapshot!(repaired(
        RULE,
        &[("main.bicep", &main), ("nv.bicep", &inner)]
    ));
}
