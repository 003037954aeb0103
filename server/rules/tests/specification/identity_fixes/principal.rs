//! `identity-principal-unavailable`: what is read comes to be there.

use super::twins;

const RULE: &str = "identity-principal-unavailable";

#[test]
fn there_is_one_to_read() {
    let arm = |identity: &str, version: &str| {
        format!(
            r#""outputs": {{ "id": {{ "type": "string", "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'gateway'){version}).identity.principalId]" }} }},{identity}"#
        )
    };
    let full = arm("", ", '2024-05-01', 'Full'");
    let without = arm("", ", '2024-05-01'");
    let short = arm("", "");
    let output = "output id string = apim.identity.principalId";
    let dictionary = "userAssignedIdentities: { '/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one': {} }";
    let both = format!("identity: {{ type: 'UserAssigned', {dictionary} }}");
    let arm_both = r#""identity": { "type": "UserAssigned", "userAssignedIdentities": { "/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one": {} } }"#;
    let system = r#""identity": { "type": "SystemAssigned" }"#;
    insta::assert_snapshot!(twins(
        RULE,
        &[
            ("absent", (output, ""), (&full, "")),
            ("user-assigned", (output, &both), (&full, arm_both)),
            (
                "in one case",
                (
                    &format!("param flag bool\n{output}"),
                    "identity: flag ? { type: 'SystemAssigned' } : null"
                ),
                (
                    &format!(r#""parameters": {{ "flag": {{ "type": "bool" }} }},{full}"#),
                    r#""identity": "[if(parameters('flag'), createObject('type', 'SystemAssigned'), null())]""#
                )
            ),
            (
                "type of one case",
                (
                    &format!("param flag bool\n{output}"),
                    "identity: {\n    type: flag ? 'SystemAssigned' : 'None'\n  }"
                ),
                (
                    &format!(r#""parameters": {{ "flag": {{ "type": "bool" }} }},{full}"#),
                    r#""identity": { "type": "[if(parameters('flag'), 'SystemAssigned', 'None')]" }"#
                )
            ),
            (
                "full",
                (output, "identity: { type: 'None' }"),
                (&without, system)
            ),
            (
                "full, without a version",
                (output, "identity: null"),
                (&short, system)
            ),
            (
                "full, and an identity",
                (output, "identity: null"),
                (&without, "")
            ),
        ],
    ));
}
