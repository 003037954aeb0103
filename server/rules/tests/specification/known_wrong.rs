//! What is judged wrongly today. Each `FIXME` says what is right; the case itself holds the right
//! expectation, so that a test which fails here can move to `regressions.rs` as it is.

use crate::regressions::read;
use crate::twins::{Case, case, judge_today};

/// FIXME: `error vault-access-missing`. The services of a loop read as one service does.
#[test]
fn services_in_a_loop_read_nothing() {
    let Case { bicep, arm, .. } = read("base", "", "", ("", ""));
    judge_today(
        &case(
            "loop",
            "error vault-access-missing",
            bicep
                .replace("service@2024-05-01' = {", "service@2024-05-01' = [for i in range(0, 2): {")
                .replace("name: 'gateway'", "name: 'gateway${i}'")
                .replace("identity: { type: 'SystemAssigned' }\n}", "identity: { type: 'SystemAssigned' }\n}]")
                .replace("parent: apim", "parent: apim[0]"),
            arm.replace(
                r#""name": "gateway","#,
                r#""name": "[format('gateway{0}', copyIndex())]", "copy": { "name": "apim", "count": 2 },"#,
            )
            .replace("gateway/nv", "gateway0/nv"),
        ),
        "",
        "",
    );
}

/// An ARM template of these resources and a nested deployment of a template of its own.
fn nested(head: &str, resources: &str, sections: &str, inner: &str) -> String {
    arm(&format!(
        r#""resources": [ {resources} {{ {head} "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner", "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": {{ "kind": {{ "value": "SystemAssigned" }} }}, "template": {} }} }} ]"#,
        arm(&format!(r#"{sections} "resources": [ {inner} ]"#))
    ))
}

/// FIXME: all of these are silent. A nested template is judged as if nothing were around it: its
/// parameters have values, its deployment a condition, and its identities grants outside of it.
#[test]
fn a_nested_template_is_judged_by_itself() {
    let given = r#""parameters": { "kind": { "type": "string", "defaultValue": "None" } },"#;
    let vault_and_grant = format!(
        r#"{{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": {{ "enableRbacAuthorization": true }} }}, {}, {{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('grant')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]", "properties": {{ "roleDefinitionId": "[{ROLE}]", "principalId": "[{SYSTEM_PRINCIPAL}]", "principalType": "ServicePrincipal" }} }},"#,
        arm_service(r#""identity": { "type": "SystemAssigned" }"#)
    );
    for (text, today) in [
        (
            nested(
                "",
                "",
                given,
                &arm_service(r#""identity": { "type": "[parameters('kind')]" }"#),
            ),
            "warning identity-missing",
        ),
        (
            nested(
                "",
                "",
                r#""parameters": { "kind": { "type": "string", "allowedValues": ["SystemAssigned", "System"] } },"#,
                &arm_service(r#""identity": { "type": "[parameters('kind')]" }"#),
            ),
            "error identity-invalid",
        ),
        (
            nested(r#""condition": false,"#, "", "", &arm_service("")),
            "warning identity-missing",
        ),
        (
            nested(
                "",
                &vault_and_grant,
                "",
                &arm_service(
                    r#""identity": { "type": "SystemAssigned" }, "properties": { "hostnameConfigurations": [ { "type": "Proxy", "hostName": "a.example.org", "keyVaultId": "https://safe.vault.azure.net/secrets/x" } ] }"#,
                ),
            ),
            "warning vault-access-missing",
        ),
    ] {
        let found = findings(Language::Json, &text);
        assert!(found.starts_with(today), "{today}: {found}");
    }
}
