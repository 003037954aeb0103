//! Modules, parameters, outputs and arguments.

use std::rc::Rc;

use syntax::Language;

use super::{edited, resource};
use crate::dependencies::Deployed;
use crate::edit::{
    Declaration, Editor, New, NewModule, NewOutput, NewParameter, NewResource, NewScope,
    NewTemplate, NewType,
};
use crate::model::{ModuleId, Template};

fn parameter(name: &str, kind: NewType, description: Option<&str>) -> NewParameter {
    NewParameter {
        name: name.to_owned(),
        kind,
        description: description.map(str::to_owned),
        default: None,
    }
}

/// A module that assigns something on a vault of another resource group.
fn grant(editor: &Editor<'_>, template: &Template) -> Rc<NewModule> {
    let apim = resource(template, "service");
    let mut vault = NewResource::new(
        "keyVault",
        "Microsoft.KeyVault/vaults",
        "2023-07-01",
        New::Parameter("keyVaultName".to_owned()),
    );
    vault.is_existing = true;
    let vault = Rc::new(vault);
    let mut role = NewResource::new(
        "secretsUser",
        "Microsoft.Authorization/roleAssignments",
        "2022-04-01",
        New::guid(vec![
            New::id(&vault),
            New::Parameter("principalId".to_owned()),
        ]),
    );
    role.scope = Some((&vault).into());
    let principal = New::Parameter("principalId".to_owned());
    role.properties = vec![(
        "properties".into(),
        New::object([("principalId", principal)]),
    )];
    Rc::new(NewModule {
        name: None,
        symbol: editor.unused_symbol("vaultAccess"),
        path: "vaultAccess.bicep".to_owned(),
        scope: Some(NewScope {
            subscription: None,
            resource_group: "vaults".into(),
        }),
        arguments: vec![
            ("keyVaultName".to_owned(), "kv-1".into()),
            (
                "principalId".to_owned(),
                New::property(apim, "identity.principalId"),
            ),
        ],
        condition_of: vec![apim.into()],
        depends_on: Vec::new(),
        template: NewTemplate {
            parameters: vec![
                parameter("keyVaultName", NewType::String, Some("The vault.")),
                parameter("principalId", NewType::SecureString, None),
            ],
            resources: vec![vault, Rc::new(role)],
        },
    })
}

fn with_grant(language: Language, text: &str) -> String {
    edited(language, text, |editor, template| {
        let apim = resource(template, "service");
        let grant = grant(editor, template);
        editor.insert_declarations(
            Deployed::Resource(apim),
            &[Declaration::Module(Rc::clone(&grant))],
        )
    })
}

const BICEP: &str = "param deploy bool

resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (deploy) {
  name: 'a'
}
output id string = 'x'
";

#[test]
fn a_module_of_bicep_and_its_file() {
    insta::assert_snapshot!(with_grant(Language::Bicep, BICEP), @"
    param deploy bool

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (deploy) {
      name: 'a'
    }

    module vaultAccess 'vaultAccess.bicep' = if (deploy) {
      name: 'vaultAccess'
      scope: resourceGroup('vaults')
      params: {
        keyVaultName: 'kv-1'
        principalId: apim!.identity.principalId
      }
    }

    output id string = 'x'
    ");
    let document = syntax::Document::new(Language::Bicep, BICEP);
    let template = crate::lower(&document).template().expect("a template");
    let editor = Editor::new(&document, &template);
    let file = editor.file(&grant(&editor, &template).template);
    insta::assert_snapshot!(file.flatten().expect("a file"), @"
    @description('The vault.')
    param keyVaultName string

    @secure()
    param principalId string

    resource keyVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
      name: keyVaultName
    }

    resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid(keyVault.id, principalId)
      scope: keyVault
      properties: {
        principalId: principalId
      }
    }
    ");
}

const ARM: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "condition": "[parameters('deploy')]",
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "a"
    }
  ]
}
"#;

#[test]
fn a_nested_deployment_of_arm_json() {
    insta::assert_snapshot!(with_grant(Language::Json, ARM), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "resources": [
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        },
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.Resources/deployments",
          "apiVersion": "2022-09-01",
          "name": "vaultAccess",
          "resourceGroup": "vaults",
          "dependsOn": [
            "[resourceId('Microsoft.ApiManagement/service', 'a')]"
          ],
          "properties": {
            "expressionEvaluationOptions": {
              "scope": "inner"
            },
            "mode": "Incremental",
            "parameters": {
              "keyVaultName": {
                "value": "kv-1"
              },
              "principalId": {
                "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'a'), '2024-05-01', 'Full').identity.principalId]"
              }
            },
            "template": {
              "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "contentVersion": "1.0.0.0",
              "parameters": {
                "keyVaultName": {
                  "type": "string",
                  "metadata": {
                    "description": "The vault."
                  }
                },
                "principalId": {
                  "type": "securestring"
                }
              },
              "resources": [
                {
                  "type": "Microsoft.Authorization/roleAssignments",
                  "apiVersion": "2022-04-01",
                  "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('keyVaultName'))]",
                  "name": "[guid(resourceId('Microsoft.KeyVault/vaults', parameters('keyVaultName')), parameters('principalId'))]",
                  "properties": {
                    "principalId": "[parameters('principalId')]"
                  }
                }
              ]
            }
          }
        }
      ]
    }
    "#);
}

#[test]
fn parameters() {
    let added = |text: &str, new: NewParameter| {
        edited(Language::Bicep, text, |editor, _| {
            editor.add_parameter(&new)
        })
    };
    let plain = || parameter("p", NewType::Bool, None);
    insta::assert_snapshot!(added(BICEP, plain()), @"
    param deploy bool
    param p bool

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (deploy) {
      name: 'a'
    }
    output id string = 'x'
    ");
    insta::assert_snapshot!(added("param a string\nvar b = 1\n", plain()), @"
    param a string
    param p bool
    var b = 1
    ");
    insta::assert_snapshot!(added("@secure()\nparam a string\nvar b = 1\n", plain()), @"
    @secure()
    param a string

    param p bool

    var b = 1
    ");
    insta::assert_snapshot!(added("targetScope = 'subscription'\nvar b = 1\n", plain()), @"
    targetScope = 'subscription'

    param p bool

    var b = 1
    ");
    insta::assert_snapshot!(
        added("// Licence\n\n// About b\nvar b = 1\n", parameter("p", NewType::SecureString, Some("It's it."))),
        @r"
    // Licence

    @description('It\'s it.')
    @secure()
    param p string

    // About b
    var b = 1
    "
    );
    let added = |text: &str, new: NewParameter| {
        edited(Language::Json, text, |editor, _| editor.add_parameter(&new))
    };
    insta::assert_snapshot!(added(ARM, parameter("p", NewType::SecureString, Some("It."))), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "parameters": {
        "p": {
          "type": "securestring",
          "metadata": {
            "description": "It."
          }
        }
      },
      "resources": [
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        }
      ]
    }
    "#);
    let text = ARM.replace(
        "  \"resources\"",
        "  \"parameters\": { \"a\": { \"type\": \"int\" } },\n  \"resources\"",
    );
    let mut new = plain();
    new.default = Some(New::Bool(false));
    insta::assert_snapshot!(added(&text, new), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "parameters": { "a": { "type": "int" }, "p": { "type": "bool", "defaultValue": false } },
      "resources": [
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        }
      ]
    }
    "#);
}

#[test]
fn outputs() {
    let output = |language, text: &str| {
        edited(language, text, |editor, template| {
            editor.add_output(&NewOutput {
                name: "o".to_owned(),
                kind: NewType::String,
                value: New::property(resource(template, "service"), "identity.principalId"),
            })
        })
    };
    insta::assert_snapshot!(output(Language::Bicep, BICEP), @"
    param deploy bool

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = if (deploy) {
      name: 'a'
    }
    output id string = 'x'
    output o string = apim!.identity.principalId
    ");
    insta::assert_snapshot!(output(Language::Bicep, "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n}"), @"
    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
    }

    output o string = apim.identity.principalId
    ");
    insta::assert_snapshot!(output(Language::Json, ARM), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "resources": [
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        }
      ],
      "outputs": {
        "o": {
          "type": "string",
          "value": "[reference(resourceId('Microsoft.ApiManagement/service', 'a'), '2024-05-01', 'Full').identity.principalId]"
        }
      }
    }
    "#);
}

#[test]
fn arguments() {
    let argument = |language, text: &str| {
        edited(language, text, |editor, _| {
            editor.add_argument(
                ModuleId(0),
                "b",
                &New::Output {
                    of: ModuleId(0).into(),
                    name: "x".to_owned(),
                },
            )
        })
    };
    insta::assert_snapshot!(argument(Language::Bicep, "module m 'm.bicep' = {\n  name: 'm'\n}\n"), @"
    module m 'm.bicep' = {
      name: 'm'
      params: {
        b: m.outputs.x
      }
    }
    ");
    insta::assert_snapshot!(argument(Language::Bicep, "module m 'm.bicep' = {\n  params: { a: 1 }\n}\n"), @"
    module m 'm.bicep' = {
      params: { a: 1, b: m.outputs.x }
    }
    ");
    let nested = |properties: &str| {
        ARM.replace(
            "\"resources\": [",
            &format!("\"resources\": [ {{ \"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \"name\": \"m\", \"properties\": {{ \"mode\": \"Incremental\", {properties} \"template\": {{ \"resources\": [] }} }} }},"),
        )
    };
    insta::assert_snapshot!(argument(Language::Json, &nested("")), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "resources": [ { "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "m", "properties": {
        "mode": "Incremental",
        "template": { "resources": [] },
        "parameters": {
          "b": {
            "value": "[reference(resourceId('Microsoft.Resources/deployments', 'm')).outputs.x.value]"
          }
        }
      } },
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(argument(Language::Json, &nested("\"parameters\": { \"a\": { \"value\": 1 } },")), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "resources": [ { "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "m", "properties": { "mode": "Incremental", "parameters": {
        "a": { "value": 1 },
        "b": {
          "value": "[reference(resourceId('Microsoft.Resources/deployments', 'm')).outputs.x.value]"
        }
      }, "template": { "resources": [] } } },
        {
          "condition": "[parameters('deploy')]",
          "type": "Microsoft.ApiManagement/service",
          "apiVersion": "2024-05-01",
          "name": "a"
        }
      ]
    }
    "#);
}
