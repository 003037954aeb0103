//! Nested and linked deployments of ARM JSON: what is evaluated where, and what is found by path.

use super::{
    ARM_GRANT, ARM_KIND, ARM_SERVICE, ARM_VAULT, KIND, arm, check, linked, module, only, says,
    silent,
};

/// A nested deployment: its head, such as the scope of its evaluation, and its template.
fn nested(name: &str, head: &str, template: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "{name}",
      "properties": {{ "mode": "Incremental", {head} "template": {template} }}
    }}"#
    )
}

const INNER: &str = r#""expressionEvaluationOptions": { "scope": "inner" },"#;
const OUTER: &str = r#""expressionEvaluationOptions": { "scope": "outer" },"#;

const BY_VARIABLE: &str = r#"{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": { "type": "[variables('kind')]" } }"#;
const BY_PARAMETER: &str = r#"{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": { "type": "[parameters('kind')]" } }"#;

#[test]
fn variables_of_a_nested_template_count_in_inner_scope_only() {
    let main = |head: &str, outer: &str, inner: &str| {
        arm(&format!(
            r#""variables": {{ "kind": "{outer}" }}, "resources": [ {} ]"#,
            nested(
                "service",
                head,
                &arm(&format!(
                    r#""variables": {{ "kind": "{inner}" }}, "resources": [ {BY_VARIABLE} ]"#
                ))
            )
        ))
    };
    let wrong = &["error identity-invalid @ main.json: \"System\""][..];
    for (head, outer, inner, expected) in [
        ("", "System", "SystemAssigned", wrong),
        (OUTER, "System", "SystemAssigned", wrong),
        (INNER, "System", "SystemAssigned", &[]),
        ("", "SystemAssigned", "System", &[]),
        (OUTER, "SystemAssigned", "System", &[]),
        (INNER, "SystemAssigned", "System", wrong),
    ] {
        check(&[("main.json", &main(head, outer, inner))], expected);
    }
}

/// In outer scope the template's expressions see the parameters of the file around it, whatever
/// the deployment passes.
#[test]
fn a_parameter_of_the_same_name_is_the_outer_one_in_outer_scope() {
    let main = |head: &str, outer: &str, inner: &str| {
        arm(&format!(
            r#""parameters": {{ "kind": {{ "type": "string", "allowedValues": [ "{outer}" ] }} }}, "resources": [ {} ]"#,
            nested(
                "service",
                &format!(r#"{head} "parameters": {{ "kind": {{ "value": "{inner}" }} }},"#),
                &arm(&format!(
                    r#""parameters": {{ "kind": {{ "type": "string" }} }}, "resources": [ {BY_PARAMETER} ]"#
                ))
            )
        ))
    };
    let wrong = &["error identity-invalid @ main.json: \"System\""][..];
    for (head, outer, inner, expected) in [
        (OUTER, "System", "SystemAssigned", wrong),
        (OUTER, "SystemAssigned", "System", &[]),
        (INNER, "System", "SystemAssigned", &[]),
        (INNER, "SystemAssigned", "System", wrong),
    ] {
        check(&[("main.json", &main(head, outer, inner))], expected);
    }
}

const SAFE: &str = r#"{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "safe", "location": "westeurope", "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true } }"#;
const GATEWAY: &str = r#"{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "location": "westeurope", "identity": { "type": "SystemAssigned" } }"#;
const NAMED_VALUE: &str = r#"{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "https://safe.vault.azure.net/secrets/nv" } } }"#;
const PRINCIPAL: &str = "reference(resourceId('Microsoft.ApiManagement/service', 'gateway'), '2024-05-01', 'Full').identity.principalId";

fn assignment(vault: &str, principal: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "[guid('gateway', 'reader', 'grant')]", "scope": "[resourceId('Microsoft.KeyVault/vaults', '{vault}')]", "properties": {{ "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]", "principalId": "[{principal}]", "principalType": "ServicePrincipal" }} }}"#
    )
}

const MISSING: &str = "error vault-access-missing @ main.json: \"secretIdentifier\"";

#[test]
fn a_grant_in_a_nested_deployment_is_seen_whole() {
    let main = |vault: &str, inner: bool| {
        let deployment = if inner {
            nested(
                "grant",
                &format!(
                    r#"{INNER} "parameters": {{ "principal": {{ "value": "[{PRINCIPAL}]" }} }},"#
                ),
                &arm(&format!(
                    r#""parameters": {{ "principal": {{ "type": "string" }} }}, "resources": [ {} ]"#,
                    assignment(vault, "parameters('principal')")
                )),
            )
        } else {
            nested(
                "grant",
                "",
                &arm(&format!(
                    r#""resources": [ {} ]"#,
                    assignment(vault, PRINCIPAL)
                )),
            )
        };
        arm(&format!(
            r#""resources": [ {SAFE}, {GATEWAY}, {NAMED_VALUE}, {deployment} ]"#
        ))
    };
    for inner in [false, true] {
        silent(&[("main.json", &main("safe", inner))]);
        check(&[("main.json", &main("another", inner))], &[MISSING]);
    }
}

#[test]
fn a_service_in_a_nested_deployment_is_read_by_name() {
    let main = |grant: &str| {
        arm(&format!(
            r#""resources": [ {SAFE}, {}, {NAMED_VALUE} {grant} ]"#,
            nested(
                "service",
                INNER,
                &arm(&format!(
                    r#""resources": [ {GATEWAY} ], "outputs": {{ "principal": {{ "type": "string", "value": "[{PRINCIPAL}]" }} }}"#
                ))
            )
        ))
    };
    check(&[("main.json", &main(""))], &[MISSING]);
    for principal in [
        PRINCIPAL,
        "reference('service').outputs.principal.value",
        "reference('service', '2022-09-01').outputs.principal.value",
        "reference(resourceId('Microsoft.Resources/deployments', 'service'), '2022-09-01').outputs.principal.value",
    ] {
        let grant = format!(", {}", assignment("safe", principal));
        silent(&[("main.json", &main(&grant))]);
    }
}

/// Language version 2.0: resources have symbols, and `reference` takes them.
#[test]
fn deployments_with_symbolic_names() {
    let main = |vault: &str| {
        arm(&format!(
            r#""languageVersion": "2.0", "resources": {{ "safe": {SAFE}, "apim": {}, "nv": {NAMED_VALUE}, "grant": {} }}"#,
            linked("apim-deployment", "service.json", ""),
            linked(
                "grant-deployment",
                "grant.json",
                &format!(
                    r#""vault": {{ "value": "{vault}" }}, "principal": {{ "value": "[reference('apim').outputs.principalId.value]" }}"#
                )
            )
        ))
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.json", main),
                ("service.json", ARM_SERVICE),
                ("grant.json", ARM_GRANT),
            ],
            expected,
        );
    };
    files(&main("safe"), &[]);
    files(&main("another"), &[MISSING]);
}

#[test]
fn a_relative_path_starts_at_the_file_that_names_it() {
    let root = |kind: &str| {
        arm(&format!(
            r#""resources": [ {} ]"#,
            linked(
                "platform",
                "../modules/platform.json",
                &format!(r#""kind": {{ "value": "{kind}" }}"#)
            )
        ))
    };
    let platform = arm(&format!(
        r#""parameters": {{ "kind": {{ "type": "string" }} }}, "resources": [ {} ]"#,
        linked(
            "service",
            "inner/service.json",
            r#""kind": { "value": "[parameters('kind')]" }"#
        )
    ));
    let files = |kind: &str, expected: &[&str]| {
        check(
            &[
                ("deploy/main.json", &root(kind)),
                ("modules/platform.json", &platform),
                ("modules/inner/service.json", ARM_KIND),
            ],
            expected,
        );
    };
    files("SystemAssigned", &[]);
    files(
        "System",
        &["error identity-invalid @ deploy/main.json: \"System\""],
    );
}

/// An address or a template spec is out of sight: what flows into it may be granted there.
#[test]
fn a_linked_template_by_address_is_out_of_sight() {
    for link in [
        r#""uri": "https://example.org/grant.json""#,
        r#""uri": "[uri(deployment().properties.templateLink.uri, 'grant.json')]""#,
        r#""id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/specs/providers/Microsoft.Resources/templateSpecs/grant/versions/1.0""#,
        r#""relativePath": "gone.json""#,
        r#""relativePath": "[concat('gr', 'one.json')]""#,
    ] {
        let grant = linked(
            "grant",
            "PATH",
            &format!(r#""principal": {{ "value": "[{PRINCIPAL}]" }}"#),
        )
        .replace(r#""relativePath": "PATH""#, link);
        silent(&[(
            "main.json",
            &arm(&format!(
                r#""resources": [ {SAFE}, {GATEWAY}, {NAMED_VALUE}, {grant} ]"#
            )),
        )]);
    }
}

/// The values are in a file that Azure fetches at deployment; nothing here is known.
#[test]
fn parameters_by_link_are_unknown() {
    let service = linked("service", "service.json", "").replace(
        r#""parameters": {  }"#,
        r#""parametersLink": { "uri": "https://example.org/service.parameters.json" }"#,
    );
    let main = arm(&format!(r#""resources": [ {service} ]"#));
    silent(&[
        ("main.json", &main),
        ("service.json", &ARM_KIND.replace("SystemAssigned", "None")),
    ]);
}

#[test]
fn an_output_in_outer_scope_and_a_default_in_a_linked_template() {
    let main = |principal: &str| {
        arm(&format!(
            r#""resources": [ {}, {GATEWAY}, {NAMED_VALUE}, {} ]"#,
            linked("vault", "vault.json", r#""name": { "value": "safe" }"#),
            linked(
                "grant",
                "grant.json",
                &format!(
                    r#""vault": {{ "value": "[reference('vault').outputs.name.value]" }}, "principal": {{ "value": "[{principal}]" }}"#
                )
            )
        ))
    };
    let files = |main: &str, expected: &[&str]| {
        check(
            &[
                ("main.json", main),
                ("vault.json", ARM_VAULT),
                ("grant.json", ARM_GRANT),
            ],
            expected,
        );
    };
    files(&main(PRINCIPAL), &[]);
    let other = PRINCIPAL.replace("'gateway'", "'other'");
    let with_other = main(&other).replacen(
        GATEWAY,
        &format!("{GATEWAY}, {}", GATEWAY.replace("gateway", "other")),
        1,
    );
    files(&with_other, &[MISSING]);
}

/// Nobody knows which of the two is deployed; each is a root and has its own finding.
///
/// Not settled: one might also take the ARM template for the output of the compiler.
#[test]
fn a_bicep_file_beside_its_arm_twin() {
    silent(&[("main.bicep", KIND), ("main.json", ARM_KIND)]);
    check(
        &[
            ("main.bicep", &KIND.replace("'SystemAssigned'", "'System'")),
            ("main.json", &ARM_KIND.replace("SystemAssigned", "System")),
        ],
        &[
            "error identity-invalid @ main.bicep: 'System'",
            "error identity-invalid @ main.json: \"System\"",
        ],
    );
}

#[test]
fn a_module_beside_its_arm_twin_is_the_one_that_is_named() {
    for (path, expected) in [
        (
            "service.bicep",
            "error identity-invalid @ service.bicep: 'System'",
        ),
        (
            "service.json",
            "error identity-invalid @ service.json: \"System\"",
        ),
    ] {
        let (bicep, json) = if path == "service.bicep" {
            (
                KIND.replace("type: kind", "type: 'System'"),
                ARM_KIND.to_owned(),
            )
        } else {
            (
                KIND.to_owned(),
                ARM_KIND.replace("[parameters('kind')]", "System"),
            )
        };
        check(
            &[
                ("main.bicep", &module("service", path, "name: 'one'")),
                ("service.bicep", &bicep),
                ("service.json", &json),
            ],
            &[expected],
        );
    }
}

#[test]
fn a_condition_on_a_linked_deployment() {
    let main = |condition: &str| {
        arm(&format!(
            r#""parameters": {{ "deployApim": {{ "type": "bool" }} }}, "resources": [ {} ]"#,
            linked("service", "service.json", r#""kind": { "value": "None" }"#).replacen(
                '{',
                &format!(r#"{{ "condition": {condition},"#),
                1
            )
        ))
    };
    silent(&[("main.json", &main("false")), ("service.json", ARM_KIND)]);
    let found = only(&[
        ("main.json", &main(r#""[parameters('deployApim')]""#)),
        ("service.json", ARM_KIND),
    ]);
    assert_eq!(found.rule, "identity-missing");
    says(&found, &["when `deployApim` is true"]);
}

#[test]
fn a_nested_deployment_inside_a_linked_template() {
    let service = |kind: &str| {
        arm(&format!(
            r#""parameters": {{ "kind": {{ "type": "string" }} }}, "variables": {{ "word": "{kind}" }}, "resources": [ {} ]"#,
            nested(
                "inner",
                &format!(
                    r#"{INNER} "parameters": {{ "kind": {{ "value": "[concat(parameters('kind'), variables('word'))]" }} }},"#
                ),
                &arm(&format!(
                    r#""parameters": {{ "kind": {{ "type": "string" }} }}, "resources": [ {BY_PARAMETER} ]"#
                ))
            )
        ))
    };
    let main = arm(&format!(
        r#""resources": [ {} ]"#,
        linked(
            "service",
            "service.json",
            r#""kind": { "value": "System" }"#
        )
    ));
    silent(&[("main.json", &main), ("service.json", &service("Assigned"))]);
    super::judged(
        &[("main.json", &main), ("service.json", &service("Asigned"))],
        &["error identity-invalid"],
    );
}

#[test]
fn a_nested_deployment_in_another_resource_group() {
    let main = |group: &str| {
        let deployment = nested(
            "grant",
            &format!(r#"{INNER} "parameters": {{ "principal": {{ "value": "[{PRINCIPAL}]" }} }},"#),
            &arm(&format!(
                r#""parameters": {{ "principal": {{ "type": "string" }} }}, "resources": [ {} ]"#,
                assignment("safe", "parameters('principal')").replace(
                    r#""scope": "[resourceId('Microsoft.KeyVault/vaults', 'safe')]","#,
                    ""
                )
            )),
        )
        .replacen(
            r#""name": "grant","#,
            &format!(r#""name": "grant", "resourceGroup": "{group}","#),
            1,
        );
        let read = NAMED_VALUE.replace(
            "https://safe.vault.azure.net/secrets/nv",
            "[concat(reference(resourceId('vaults', 'Microsoft.KeyVault/vaults', 'safe'), '2023-07-01').vaultUri, 'secrets/nv')]",
        );
        arm(&format!(
            r#""resources": [ {GATEWAY}, {read}, {deployment} ]"#
        ))
    };
    silent(&[("main.json", &main("vaults"))]);
    check(
        &[("main.json", &main("services"))],
        &["warning vault-access-missing @ main.json: \"secretIdentifier\""],
    );
}
