//! Complete insertions into ARM JSON.

use syntax::{Language, TextEdit};

use super::{access_policy, edited, new_identity, resource, role_assignment, value};
use crate::Template;
use crate::edit::{Editor, New, NewResource, Placement, merge};
use crate::model::{ExpressionKind, Segment};

const HEAD: &str = r#"{
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
"#;

fn arm(
    template: &str,
    operation: impl FnOnce(&Editor<'_>, &Template) -> Option<Vec<TextEdit>>,
) -> String {
    let text = format!("{HEAD}{template}");
    let result = edited(Language::Json, &text, operation);
    match result.strip_prefix(HEAD) {
        Some(result) => result.to_owned(),
        None => result,
    }
}

const SERVICE_AND_VAULT: &str = r#"    "resources": [
        {
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2023-07-01",
            "name": "kv-1"
        },
        {
            "type": "Microsoft.ApiManagement/service",
            "apiVersion": "2024-05-01",
            "name": "[parameters('apimName')]",
            "location": "[resourceGroup().location]", // here
            "sku": { "name": "Developer", "capacity": 1 }, // the smallest
            "properties": {}
        }
    ]
}
"#;

#[test]
fn an_identity_stands_behind_the_sku() {
    let result = arm(SERVICE_AND_VAULT, |editor, template| {
        let apim = resource(template, "service");
        editor.insert_property(
            template.resource(apim).body,
            "identity",
            &New::object([("type", "SystemAssigned".into())]),
            Placement::Conventional,
        )
    });
    insta::assert_snapshot!(result, @r#"
        "resources": [
            {
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "[parameters('apimName')]",
                "location": "[resourceGroup().location]", // here
                "sku": { "name": "Developer", "capacity": 1 }, // the smallest
                "identity": {
                    "type": "SystemAssigned"
                },
                "properties": {}
            }
        ]
    }
    "#);
}

#[test]
fn a_role_of_the_system_identity() {
    let result = arm(SERVICE_AND_VAULT, |editor, template| {
        let vault = resource(template, "vaults");
        let apim = resource(template, "service");
        let role = role_assignment(editor, vault, apim, "identity.principalId");
        editor.insert_resource(apim, &role)
    });
    insta::assert_snapshot!(result, @r#"
        "resources": [
            {
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "[parameters('apimName')]",
                "location": "[resourceGroup().location]", // here
                "sku": { "name": "Developer", "capacity": 1 }, // the smallest
                "properties": {}
            },
            {
                "type": "Microsoft.Authorization/roleAssignments",
                "apiVersion": "2022-04-01",
                "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '4633458b-17de-408a-b874-0445c86b69e6')]",
                "dependsOn": [
                    "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                    "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]"
                ],
                "properties": {
                    "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                    "principalId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]",
                    "principalType": "ServicePrincipal"
                }
            }
        ]
    }
    "#);
}

#[test]
fn an_access_policy() {
    let result = arm(SERVICE_AND_VAULT, |editor, template| {
        let vault = resource(template, "vaults");
        editor.insert_resource(vault, &access_policy(vault, resource(template, "service")))
    });
    insta::assert_snapshot!(result, @r#"
        "resources": [
            {
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            {
                "type": "Microsoft.KeyVault/vaults/accessPolicies",
                "apiVersion": "2023-07-01",
                "name": "kv-1/add",
                "dependsOn": [
                    "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                    "[resourceId('Microsoft.ApiManagement/service', parameters('apimName'))]"
                ],
                "properties": {
                    "accessPolicies": [
                        {
                            "tenantId": "[subscription().tenantId]",
                            "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('apimName')), '2024-05-01', 'Full').identity.principalId]",
                            "permissions": {
                                "secrets": [
                                    "get",
                                    "list"
                                ]
                            }
                        }
                    ]
                }
            },
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "[parameters('apimName')]",
                "location": "[resourceGroup().location]", // here
                "sku": { "name": "Developer", "capacity": 1 }, // the smallest
                "properties": {}
            }
        ]
    }
    "#);
    let text = SERVICE_AND_VAULT.replace("kv-1", "[parameters('kv')]");
    let result = arm(&text, |editor, template| {
        let vault = resource(template, "vaults");
        editor.insert_resource(vault, &access_policy(vault, resource(template, "service")))
    });
    let names = result.lines().filter(|line| line.contains("\"name\": "));
    insta::assert_snapshot!(names.collect::<Vec<_>>().join("\n"), @r#"
    "name": "[parameters('kv')]"
    "name": "[format('{0}/{1}', parameters('kv'), 'add')]",
    "name": "[parameters('apimName')]",
    "sku": { "name": "Developer", "capacity": 1 }, // the smallest
    "#);
}

#[test]
fn a_new_identity_and_what_waits_for_its_role() {
    insta::assert_snapshot!(arm(SERVICE_AND_VAULT, new_identity), @r#"
        "resources": [
            {
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            {
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
                "apiVersion": "2023-01-31",
                "name": "[concat(parameters('apimName'), '-identity')]",
                "location": "[resourceGroup().location]"
            },
            {
                "type": "Microsoft.Authorization/roleAssignments",
                "apiVersion": "2022-04-01",
                "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', concat(parameters('apimName'), '-identity')), '4633458b-17de-408a-b874-0445c86b69e6')]",
                "dependsOn": [
                    "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                    "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', concat(parameters('apimName'), '-identity'))]"
                ],
                "properties": {
                    "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                    "principalId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', concat(parameters('apimName'), '-identity')), '2023-01-31').principalId]",
                    "principalType": "ServicePrincipal"
                }
            },
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "[parameters('apimName')]",
                "location": "[resourceGroup().location]", // here
                "sku": { "name": "Developer", "capacity": 1 }, // the smallest
                "identity": {
                    "type": "UserAssigned",
                    "userAssignedIdentities": {
                        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', concat(parameters('apimName'), '-identity'))]": {}
                    }
                },
                "dependsOn": [
                    "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), 'Microsoft.Authorization/roleAssignments', guid(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', concat(parameters('apimName'), '-identity')), '4633458b-17de-408a-b874-0445c86b69e6'))]"
                ],
                "properties": {}
            }
        ]
    }
    "#);
}

const SYMBOLIC: &str = r#"    "languageVersion": "2.0",
    "resources": {
        "kv": {
            "existing": true,
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2023-07-01",
            "name": "kv-1"
        },
        "apim": {
            "condition": "[parameters('deploy')]",
            "type": "Microsoft.ApiManagement/service",
            "apiVersion": "2024-05-01",
            "name": "apim",
            "location": "westeurope",
            "dependsOn": []
        }
    }
}"#;

#[test]
fn symbolic_names() {
    insta::assert_snapshot!(arm(SYMBOLIC, new_identity), @r#"
        "languageVersion": "2.0",
        "resources": {
            "kv": {
                "existing": true,
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            "identity": {
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
                "apiVersion": "2023-01-31",
                "name": "apim-identity",
                "location": "westeurope"
            },
            "secretsUser": {
                "type": "Microsoft.Authorization/roleAssignments",
                "apiVersion": "2022-04-01",
                "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'apim-identity'), '4633458b-17de-408a-b874-0445c86b69e6')]",
                "dependsOn": [
                    "identity"
                ],
                "properties": {
                    "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                    "principalId": "[reference('identity').principalId]",
                    "principalType": "ServicePrincipal"
                }
            },
            "apim": {
                "condition": "[parameters('deploy')]",
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "apim",
                "location": "westeurope",
                "identity": {
                    "type": "UserAssigned",
                    "userAssignedIdentities": {
                        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'apim-identity')]": {}
                    }
                },
                "dependsOn": ["secretsUser"]
            }
        }
    }
    "#);
    let result = arm(SYMBOLIC, |editor, template| {
        let vault = resource(template, "vaults");
        let apim = resource(template, "service");
        let mut role = role_assignment(editor, vault, apim, "identity.principalId");
        role.properties
            .push(("vault".into(), New::property(vault, "properties.vaultUri")));
        editor.insert_resource(apim, &role)
    });
    insta::assert_snapshot!(result, @r#"
        "languageVersion": "2.0",
        "resources": {
            "kv": {
                "existing": true,
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2023-07-01",
                "name": "kv-1"
            },
            "apim": {
                "condition": "[parameters('deploy')]",
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2024-05-01",
                "name": "apim",
                "location": "westeurope",
                "dependsOn": []
            },
            "secretsUser": {
                "condition": "[parameters('deploy')]",
                "type": "Microsoft.Authorization/roleAssignments",
                "apiVersion": "2022-04-01",
                "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]",
                "name": "[guid(resourceId('Microsoft.KeyVault/vaults', 'kv-1'), resourceId('Microsoft.ApiManagement/service', 'apim'), '4633458b-17de-408a-b874-0445c86b69e6')]",
                "dependsOn": [
                    "apim"
                ],
                "properties": {
                    "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
                    "principalId": "[reference('apim', '2024-05-01', 'Full').identity.principalId]",
                    "principalType": "ServicePrincipal"
                },
                "vault": "[reference('kv').vaultUri]"
            }
        }
    }
    "#);
}

#[test]
fn what_a_value_speaks_of_is_waited_for() {
    let result = arm(SERVICE_AND_VAULT, |editor, template| {
        let vault = resource(template, "vaults");
        let uri = New::property(vault, "properties.vaultUri");
        editor.add_dependencies_of(resource(template, "service"), &New::Array(vec![uri]))
    });
    let (_, added) = result.split_once("// the smallest\n").expect("the sku");
    insta::assert_snapshot!(added, @r#"
                "dependsOn": [
                    "[resourceId('Microsoft.KeyVault/vaults', 'kv-1')]"
                ],
                "properties": {}
            }
        ]
    }
    "#);
    let existing = arm(SYMBOLIC, |editor, template| {
        let vault = resource(template, "vaults");
        editor.add_dependencies_of(resource(template, "service"), &New::id(vault))
    });
    assert_eq!(existing, SYMBOLIC);
    let written = result.replace(", 'kv-1'", ",'kv-1'");
    let again = arm(&written, |editor, template| {
        editor.add_depends_on(
            resource(template, "service"),
            &resource(template, "vaults").into(),
        )
    });
    assert_eq!(again, written);
}

#[test]
fn conditions_are_joined() {
    let text = r#"    "resources": [
        {
            "condition": "[parameters('a')]",
            "type": "A/b",
            "name": "b"
        }, {
            "condition": "[equals(parameters('b'),
                'x')]",
            "type": "A/c",
            "name": "c"
        }, {
            "condition": true,
            "type": "A/d",
            "name": "d"
        }
    ]
}"#;
    let with = |types: &'static [&'static str]| {
        let result = arm(text, |editor, template| {
            let mut new = NewResource::new("e", "A/e", "1", "e".into());
            let targets = types.iter().map(|name| resource(template, name).into());
            new.condition_of = targets.collect();
            editor.insert_resource(resource(template, "A/b"), &new)
        });
        let (before, _) = result.split_once("\"A/e\"").expect("the new resource");
        let line = before.lines().rev().nth(1).expect("a line");
        line.trim().to_owned()
    };
    insta::assert_snapshot!(with(&["A/b"]), @r#""condition": "[parameters('a')]","#);
    insta::assert_snapshot!(with(&["A/b", "A/b", "A/c"]), @r#""condition": "[and(parameters('a'), equals(parameters('b'), 'x'))]","#);
    insta::assert_snapshot!(with(&["A/d"]), @r#""condition": true,"#);
    insta::assert_snapshot!(with(&["A/c", "A/d"]), @r#""condition": "[and(equals(parameters('b'), 'x'), true())]","#);
    insta::assert_snapshot!(with(&[]), @r#"}, {"#);
}

#[test]
fn ids_and_names() {
    let text = |resource: &str| {
        format!(r#""resources": [{{ "type": "X/y", "name": "y", "v": 1 }}, {resource}] }}"#)
    };
    let results: Vec<_> = [
        r#"{ "type": "A/b", "name": "it's" }"#,
        r#"{ "type": "A/b", "name": "[parameters('b')]" }"#,
        r#"{ "type": "A/b", "name": "[concat('a', parameters('b'))]" }"#,
        r#"{ "type": "A/b/c", "name": "b/c" }"#,
        r#"{ "type": "A/b/c", "name": "[concat(parameters('b'), '/', 'c')]" }"#,
        r#"{ "type": "A/b/c", "name": "[format('{0}/x{1}', parameters('b'), 1)]" }"#,
        r#"{ "type": "A/b/c", "name": "[parameters('bc')]" }"#,
        r#"{ "type": "A/b", "name": "b", "copy": { "name": "n", "count": 2 } }"#,
        r#"{ "type": "A/b", "name": "b", "scope": "[resourceId('X/y', 'y')]" }"#,
        r#"{ "type": "A/b", "name": "b", "scope": "X/y/y" }"#,
        r#"{ "type": "A/z", "name": "z", "resources": [{ "type": "A/z/b", "name": "[concat('z/', 'b')]" }] }"#,
        r#"{ "type": "A/z", "name": "z", "resources": [{ "type": "b", "name": "b" }] }"#,
        r#"{ "type": "A/b" }"#,
    ]
    .into_iter()
    .map(|written| {
        let result = arm(&text(written), |editor, template| {
            let (target, _) = template
                .resources()
                .filter(|(_, resource)| resource.resource_type.starts_with("A/"))
                .last()?;
            let v = value(template, template.resource(resource(template, "X/y")).body, "v");
            editor.replace(v, &New::id(target))
        });
        match result.split_once("\"v\": ") {
            Some((_, value)) => value.split(" }").next().unwrap_or_default().to_owned(),
            None => result,
        }
    })
    .collect();
    insta::assert_snapshot!(results.join("\n"), @r#"
    "[resourceId('A/b', 'it''s')]"
    "[resourceId('A/b', parameters('b'))]"
    "[resourceId('A/b', concat('a', parameters('b')))]"
    "[resourceId('A/b/c', 'b', 'c')]"
    "[resourceId('A/b/c', parameters('b'), 'c')]"
    "[resourceId('A/b/c', parameters('b'), concat('x', 1))]"
    (none)
    (none)
    "[extensionResourceId(resourceId('X/y', 'y'), 'A/b', 'b')]"
    (none)
    (none)
    "[resourceId('A/z/b', 'z', 'b')]"
    (none)
    "#);
}

#[test]
fn a_resource_goes_behind_the_outermost_one() {
    let text = r#"    "resources": [
        {
            "type": "A/b",
            "name": "b",
            "resources": [
                {
                    "type": "c",
                    "name": "c"
                }
            ]
        }
    ]
}"#;
    let result = arm(text, |editor, template| {
        let new = NewResource::new("d", "A/d", "1", "d".into());
        editor.insert_resource(resource(template, "A/b/c"), &new)
    });
    insta::assert_snapshot!(result, @r#"
        "resources": [
            {
                "type": "A/b",
                "name": "b",
                "resources": [
                    {
                        "type": "c",
                        "name": "c"
                    }
                ]
            },
            {
                "type": "A/d",
                "apiVersion": "1",
                "name": "d"
            }
        ]
    }
    "#);
}

#[test]
fn parts_of_expressions_are_replaced() {
    let text = r#""variables": {
        "whole": "[ parameters('a') ]",
        "part": "[concat(parameters('a'), 'b')]",
        "format": "[format('{0}-b', parameters('a'))]"
    },
    "parameters": { "a": { "type": "string" } }
}"#;
    let replace = |new: New| {
        let result = arm(text, move |editor, template| {
            let mut edits = vec![editor.replace(template.variables[0].value, &new)?];
            for variable in &template.variables[1..] {
                let parameter = match template.kind(variable.value) {
                    ExpressionKind::Call { arguments, .. } => arguments[0],
                    ExpressionKind::Interpolation(segments) => match segments[0] {
                        Segment::Hole(hole) => hole,
                        Segment::Text(_) => return None,
                    },
                    _ => return None,
                };
                edits.push(editor.replace(parameter, &new)?);
            }
            merge(edits)
        });
        let (variables, _) = result
            .split_once("    },\n    \"parameters")
            .expect("the end");
        variables.to_owned()
    };
    insta::assert_snapshot!(replace("it's \"[x]\"".into()), @r#"
    "variables": {
            "whole": "it's \"[x]\"",
            "part": "[concat('it''s \"[x]\"', 'b')]",
            "format": "[format('{0}-b', 'it''s \"[x]\"')]"
    "#);
    insta::assert_snapshot!(replace(New::Array(vec![New::Null, New::Bool(true)])), @r#"
    "variables": {
            "whole": [
                null,
                true
            ],
            "part": "[concat(createArray(null(), true()), 'b')]",
            "format": "[format('{0}-b', createArray(null(), true()))]"
    "#);
    insta::assert_snapshot!(replace(New::object([("a", New::TenantId)])), @r#"
    "variables": {
            "whole": {
                "a": "[subscription().tenantId]"
            },
            "part": "[concat(createObject('a', subscription().tenantId), 'b')]",
            "format": "[format('{0}-b', createObject('a', subscription().tenantId))]"
    "#);
}

#[test]
fn a_template_on_one_line_stays_on_one() {
    let text = r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[{"type":"A/b","name":"b","properties":{}}]}"#;
    let result = edited(Language::Json, text, |editor, template| {
        let body = template.resources[0].body;
        let tags = New::object([("a", New::string("[b]"))]);
        let new = NewResource::new("c", "A/c", "1", "c".into());
        merge(vec![
            editor.insert_property(body, "tags", &tags, Placement::Conventional)?,
            editor.insert_resource(resource(template, "A/b"), &new)?,
        ])
    });
    insta::assert_snapshot!(result, @r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[{"type":"A/b","name":"b", "tags": { "a": "[[b]" },"properties":{}}, { "type": "A/c", "apiVersion": "1", "name": "c" }]}"#);
}
