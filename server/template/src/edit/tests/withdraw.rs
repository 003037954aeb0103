//! Resources and items taken out, put in place of others, and moved to another scope.

use std::rc::Rc;

use syntax::Language;

use super::{access_policy, edited, resource, value};
use crate::edit::{Declaration, Editor, Target};
use crate::model::{ExpressionKind, Template};

const BICEP: &str = "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv'
}

// Who reads.
@description('A role.')
resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid('a')
  properties: {
    principalId: apim.identity.principalId // its own
  }
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'apim'
  dependsOn: [ kv ]
}
";

const ARM: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "kv"
    },
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "apim",
      "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'kv')]" ]
    },
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "name": "[guid('a')]",
      "properties": {}
    }
  ]
}
"#;

fn removed(editor: &Editor<'_>, template: &Template) -> Option<Vec<syntax::TextEdit>> {
    editor.remove_resource(resource(template, "roleAssignments"))
}

#[test]
fn a_resource_goes_with_what_is_said_of_it() {
    insta::assert_snapshot!(edited(Language::Bicep, BICEP, removed), @"
    resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
      name: 'kv'
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'apim'
      dependsOn: [ kv ]
    }
    ");
    insta::assert_snapshot!(edited(Language::Json, ARM, removed), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "Microsoft.KeyVault/vaults",
          "apiVersion": "2023-07-01",
          "name": "kv"
        },
        {
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "apim",
          "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'kv')]" ]
        }
      ]
    }
    "#);
    let last = BICEP.split("resource apim").next().unwrap_or_default();
    insta::assert_snapshot!(edited(Language::Bicep, last, removed), @"
    resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
      name: 'kv'
    }
    ");
}

#[test]
fn a_resource_makes_room_for_another() {
    let replaced = |editor: &Editor<'_>, template: &Template| {
        let child = access_policy(resource(template, "vaults"), resource(template, "service"));
        let child = Declaration::Resource(Rc::new(child));
        editor.replace_resource(resource(template, "roleAssignments"), &child)
    };
    insta::assert_snapshot!(edited(Language::Bicep, BICEP, replaced), @"
    resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
      name: 'kv'
    }

    // Who reads.
    @description('A role.')
    resource apimVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {
      parent: kv
      name: 'add'
      properties: {
        accessPolicies: [
          {
            tenantId: subscription().tenantId
            objectId: apim.identity.principalId
            permissions: {
              secrets: [
                'get'
                'list'
              ]
            }
          }
        ]
      }
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'apim'
      dependsOn: [ kv ]
    }
    ");
    insta::assert_snapshot!(edited(Language::Json, ARM, replaced), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "Microsoft.KeyVault/vaults",
          "apiVersion": "2023-07-01",
          "name": "kv"
        },
        {
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "apim",
          "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'kv')]" ]
        },
        {
          "type": "Microsoft.KeyVault/vaults/accessPolicies",
          "apiVersion": "2023-07-01",
          "name": "kv/add",
          "dependsOn": [
            "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
            "[resourceId('Microsoft.ApiManagement/service', 'apim')]"
          ],
          "properties": {
            "accessPolicies": [
              {
                "tenantId": "[subscription().tenantId]",
                "objectId": "[reference(resourceId('Microsoft.ApiManagement/service', 'apim'), '2024-05-01', 'Full').identity.principalId]",
                "permissions": {
                  "secrets": [
                    "get",
                    "list"
                  ]
                }
              }
            ]
          }
        }
      ]
    }
    "#);
    let commented = BICEP.replace(
        "  name: guid('a')",
        "  // never another one\n  name: guid('a')",
    );
    assert_eq!(edited(Language::Bicep, &commented, replaced), "(none)");
}

#[test]
fn an_item_leaves_its_list() {
    let shortened = |editor: &Editor<'_>, template: &Template| {
        let body = template.resource(resource(template, "service")).body;
        let list = value(template, body, "dependsOn");
        let ExpressionKind::Array(items) = template.kind(list) else {
            return None;
        };
        editor.remove_item(list, items[0].value)
    };
    let after = edited(Language::Bicep, BICEP, shortened);
    assert!(after.contains("dependsOn: []"), "{after}");
    let after = edited(Language::Json, ARM, shortened);
    assert!(after.contains("\"dependsOn\": []"), "{after}");
}

#[test]
fn a_resource_gets_a_scope() {
    let scoped = |editor: &Editor<'_>, template: &Template| {
        let vault = Target::Declared(resource(template, "vaults"));
        editor.set_scope(resource(template, "roleAssignments"), &vault)
    };
    insta::assert_snapshot!(edited(Language::Bicep, BICEP, scoped), @"
    resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
      name: 'kv'
    }

    // Who reads.
    @description('A role.')
    resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid('a')
      scope: kv
      properties: {
        principalId: apim.identity.principalId // its own
      }
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'apim'
      dependsOn: [ kv ]
    }
    ");
    insta::assert_snapshot!(edited(Language::Json, ARM, scoped), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "Microsoft.KeyVault/vaults",
          "apiVersion": "2023-07-01",
          "name": "kv"
        },
        {
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "apim",
          "dependsOn": [ "[resourceId('Microsoft.KeyVault/vaults', 'kv')]" ]
        },
        {
          "type": "Microsoft.Authorization/roleAssignments",
          "apiVersion": "2022-04-01",
          "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
          "name": "[guid('a')]",
          "dependsOn": [
            "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
          ],
          "properties": {}
        }
      ]
    }
    "#);
    let there = BICEP.replace("guid('a')", "guid('a')\n  scope: resourceGroup()");
    let after = edited(Language::Bicep, &there, scoped);
    assert!(after.contains("  scope: kv\n"), "{after}");
}
