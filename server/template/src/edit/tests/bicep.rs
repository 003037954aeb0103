//! Complete insertions into Bicep.

use syntax::{Language, TextEdit};

use super::{access_policy, edited, new_identity, resource, role_assignment, value};
use crate::Template;
use crate::edit::{Editor, New, NewResource, Placement, merge};

fn bicep(
    text: &str,
    operation: impl FnOnce(&Editor<'_>, &Template) -> Option<Vec<TextEdit>>,
) -> String {
    edited(Language::Bicep, text, operation)
}

const SERVICE_AND_VAULT: &str = "\
param apimName string

resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: apimName
  location: resourceGroup().location // here
  sku: { name: 'Developer', capacity: 1 } // the smallest
  properties: {}
}
output id string = apim.id
";

#[test]
fn an_identity_stands_behind_the_sku() {
    let result = bicep(SERVICE_AND_VAULT, |editor, template| {
        let apim = resource(template, "service");
        editor.insert_property(
            template.resource(apim).body,
            "identity",
            &New::object([("type", "SystemAssigned".into())]),
            Placement::Conventional,
        )
    });
    insta::assert_snapshot!(result, @r#"
    param apimName string

    resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
      name: 'kv'
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: apimName
      location: resourceGroup().location // here
      sku: { name: 'Developer', capacity: 1 } // the smallest
      identity: {
        type: 'SystemAssigned'
      }
      properties: {}
    }
    output id string = apim.id
    "#);
}

#[test]
fn a_property_comes_first_where_nothing_precedes_it_by_convention() {
    let text = "\
resource child 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  // about the name
  name: 'kv/a'

  resource inner 'x' = {
    name: 'b'
  }
}
";
    let insert = |key: &'static str| {
        bicep(text, |editor, template| {
            let body = template.resources[0].body;
            editor.insert_property(body, key, &New::Bool(true), Placement::Conventional)
        })
    };
    insta::assert_snapshot!(insert("scope"), @r#"
    resource child 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
      scope: true
      // about the name
      name: 'kv/a'

      resource inner 'x' = {
        name: 'b'
      }
    }
    "#);
    insta::assert_snapshot!(insert("properties"), @r#"
    resource child 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
      // about the name
      name: 'kv/a'
      properties: true

      resource inner 'x' = {
        name: 'b'
      }
    }
    "#);
    insta::assert_snapshot!(insert("unknown"), @r#"
    resource child 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
      // about the name
      name: 'kv/a'
      unknown: true

      resource inner 'x' = {
        name: 'b'
      }
    }
    "#);
}

#[test]
fn a_role_of_the_system_identity() {
    let result = bicep(SERVICE_AND_VAULT, |editor, template| {
        let vault = resource(template, "vaults");
        let apim = resource(template, "service");
        editor.insert_resource(
            apim,
            &role_assignment(editor, vault, apim, "identity.principalId"),
        )
    });
    insta::assert_snapshot!(result, @r#"
    param apimName string

    resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
      name: 'kv'
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: apimName
      location: resourceGroup().location // here
      sku: { name: 'Developer', capacity: 1 } // the smallest
      properties: {}
    }

    resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid(keyVault.id, apim.id, '4633458b-17de-408a-b874-0445c86b69e6')
      scope: keyVault
      properties: {
        roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
        principalId: apim.identity.principalId
        principalType: 'ServicePrincipal'
      }
    }

    output id string = apim.id
    "#);
}

#[test]
fn a_role_of_a_user_assigned_identity_under_conditions() {
    let text = "\
param a bool
param b bool
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = if (a || b) {
  name: 'kv'
}
resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = if (a) {
  name: 'id'
}";
    let result = bicep(text, |editor, template| {
        let vault = resource(template, "vaults");
        let identity = resource(template, "userAssignedIdentities");
        editor.insert_resource(
            identity,
            &role_assignment(editor, vault, identity, "properties.principalId"),
        )
    });
    insta::assert_snapshot!(result, @r#"
    param a bool
    param b bool
    resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = if (a || b) {
      name: 'kv'
    }
    resource id 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = if (a) {
      name: 'id'
    }

    resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = if ((a || b) && a) {
      name: guid(kv.id, id.id, '4633458b-17de-408a-b874-0445c86b69e6')
      scope: kv
      properties: {
        roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
        principalId: id!.properties.principalId
        principalType: 'ServicePrincipal'
      }
    }
    "#);
    let result = bicep(
        &text
            .replace("31' = if (a)", "31' = [for i in [1]: if (a)")
            .replace("'id'\n}", "'id'\n}]"),
        |editor, template| {
            let vault = resource(template, "vaults");
            let identity = resource(template, "userAssignedIdentities");
            editor.insert_resource(
                identity,
                &role_assignment(editor, vault, identity, "properties.principalId"),
            )
        },
    );
    insta::assert_snapshot!(result, @r#"(none)"#);
}

#[test]
fn an_access_policy() {
    let result = bicep(SERVICE_AND_VAULT, |editor, template| {
        let vault = resource(template, "vaults");
        let apim = resource(template, "service");
        editor.insert_resource(apim, &access_policy(vault, apim))
    });
    insta::assert_snapshot!(result, @r#"
    param apimName string

    resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
      name: 'kv'
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: apimName
      location: resourceGroup().location // here
      sku: { name: 'Developer', capacity: 1 } // the smallest
      properties: {}
    }

    resource apimVaultAccess 'Microsoft.KeyVault/vaults/accessPolicies@2023-07-01' = {
      parent: keyVault
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

    output id string = apim.id
    "#);
}

#[test]
fn a_new_identity_and_what_waits_for_its_role() {
    let result = bicep(SERVICE_AND_VAULT, |editor, template| {
        new_identity(editor, template)
    });
    insta::assert_snapshot!(result, @r#"
    param apimName string

    resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
      name: 'kv'
    }

    resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
      name: '${apimName}-identity'
      location: resourceGroup().location
    }

    resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid(keyVault.id, identity.id, '4633458b-17de-408a-b874-0445c86b69e6')
      scope: keyVault
      properties: {
        roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6') // Key Vault Secrets User
        principalId: identity.properties.principalId
        principalType: 'ServicePrincipal'
      }
    }

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: apimName
      location: resourceGroup().location // here
      sku: { name: 'Developer', capacity: 1 } // the smallest
      identity: {
        type: 'UserAssigned'
        userAssignedIdentities: {
          '${identity.id}': {}
        }
      }
      dependsOn: [
        secretsUser
      ]
      properties: {}
    }
    output id string = apim.id
    "#);
}

#[test]
fn a_dependency_is_added_once() {
    let text = |list: &str| {
        format!(
            "\
resource a 'A/b@1' = {{
  name: 'a'

  resource inner 'c' = {{
    name: 'c'
  }}
}}
resource d 'D/e@1' = {{
  name: 'd'
{list}  properties: {{}}
}}
"
        )
    };
    let results: Vec<_> = [
        "",
        "  dependsOn: []\n",
        "  dependsOn: [\n    a\n  ]\n",
        "  dependsOn: [ a::inner ]\n",
        "  dependsOn: union([], [])\n",
    ]
    .into_iter()
    .map(|list| {
        let result = bicep(&text(list), |editor, template| {
            let inner = resource(template, "A/b/c");
            editor.add_depends_on(resource(template, "D/e"), &inner.into())
        });
        match result.split_once("name: 'd'\n") {
            Some((_, list)) => list.to_owned(),
            None => result,
        }
    })
    .collect();
    insta::assert_snapshot!(results.join("----\n"), @r#"
      dependsOn: [
        a::inner
      ]
      properties: {}
    }
    ----
      dependsOn: [a::inner]
      properties: {}
    }
    ----
      dependsOn: [
        a
        a::inner
      ]
      properties: {}
    }
    ----
      dependsOn: [ a::inner ]
      properties: {}
    }
    ----
    (none)
    "#);
}

#[test]
fn what_a_value_speaks_of_is_waited_for_anyway() {
    let result = bicep(SERVICE_AND_VAULT, |editor, template| {
        let apim = resource(template, "service");
        editor.add_dependencies_of(apim, &New::id(resource(template, "vaults")))
    });
    assert_eq!(result, SERVICE_AND_VAULT);
}

#[test]
fn a_resource_stands_behind_the_outermost_declaration() {
    let text = "\
@description('x')
resource a 'A/b@1' = {
    name: 'a'

    resource inner 'c' = {
        name: 'c'
    }
} // about a
// about the rest
var v = 1
";
    let result = bicep(text, |editor, template| {
        let inner = resource(template, "A/b/c");
        let mut new = NewResource::new("d", "D/e", "1", New::Name(inner.into()));
        new.depends_on = vec![inner.into(), resource(template, "A/b").into()];
        new.properties = vec![("tags".into(), New::object([("a", New::Null)]))];
        editor.insert_resource(inner, &new)
    });
    insta::assert_snapshot!(result, @r#"
    @description('x')
    resource a 'A/b@1' = {
        name: 'a'

        resource inner 'c' = {
            name: 'c'
        }
    } // about a

    resource d 'D/e@1' = {
        name: a::inner.name
        dependsOn: [
            a
        ]
        tags: {
            a: null
        }
    }

    // about the rest
    var v = 1
    "#);
}

#[test]
fn parts_of_strings_and_names_of_properties_are_replaced() {
    let text = "resource a 'A/b@2020-01-01' = {\n  name: 'a'\n  wrong: 'x${a.name}y'\n}\n";
    let result = bicep(text, |editor, template| {
        let resource = &template.resources[0];
        let key = template.property(resource.body, "wrong")?.key;
        merge(vec![
            editor.replace(resource.api_version?, &"2024-05-01".into())?,
            editor.replace(key, &"not-wrong".into())?,
        ])
    });
    insta::assert_snapshot!(result, @r#"
    resource a 'A/b@2024-05-01' = {
      name: 'a'
      'not-wrong': 'x${a.name}y'
    }
    "#);
}

#[test]
fn a_symbol_that_nothing_has() {
    let text = "param role string\nvar x = Role2\nvar y = { role3: x.role3 }\n// role3\n";
    edited(Language::Bicep, text, |editor, _| {
        assert_eq!(editor.unused_symbol("role"), "role3");
        assert_eq!(editor.unused_symbol("rol"), "rol");
        None
    });
}

#[test]
fn edits_that_overlap_do_not_merge() {
    bicep("var v = {\n  a: 1\n  b: 2\n}\n", |editor, template| {
        let object = template.variables[0].value;
        let a = value(template, object, "a");
        let replace = editor.replace(a, &New::Null)?;
        let remove = editor.remove_property(object, "a")?;
        assert_eq!(merge(vec![replace.clone(), remove]), None);
        let insert = editor.insert_property(object, "c", &New::Null, Placement::After("a"))?;
        assert!(merge(vec![insert, replace]).is_some());
        None
    });
}
