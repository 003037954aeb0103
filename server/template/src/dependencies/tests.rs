use syntax::{Document, Language};

use super::{Dependencies, Deployed};
use crate::model::Template;
use crate::program::{InstanceId, Program};

fn program(language: Language, text: &str) -> Program {
    Program::alone("/main".as_ref(), Document::new(language, text).into()).unwrap()
}

/// What each resource and module waits for itself, by name.
fn direct(language: Language, text: &str) -> Vec<String> {
    let program = program(language, text);
    let template = program.template(InstanceId::ROOT);
    let dependencies = Dependencies::of(&program, InstanceId::ROOT);
    let resources = template.resources().map(|(id, _)| Deployed::Resource(id));
    let modules = template.modules().map(|(id, _)| Deployed::Module(id));
    resources
        .chain(modules)
        .map(|deployed| {
            let mut on: Vec<_> = dependencies
                .direct(deployed)
                .map(|other| name(template, other))
                .collect();
            on.sort();
            format!("{}: {}", name(template, deployed), on.join(" "))
        })
        .collect()
}

fn name(template: &Template, deployed: Deployed) -> String {
    let symbol = match deployed {
        Deployed::Resource(id) => &template.resource(id).symbol,
        Deployed::Module(id) => &template.module(id).symbol,
    };
    match (symbol, deployed) {
        (Some(symbol), _) => symbol.text.to_string(),
        (None, Deployed::Resource(id)) => {
            let kind = &template.resource(id).resource_type;
            kind.rsplit('/').next().unwrap_or_default().to_owned()
        }
        (None, Deployed::Module(_)) => "module".to_owned(),
    }
}

#[test]
fn bicep() {
    let text = "
        var address = vault.properties.vaultUri
        resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
          name: 'kv'
          resource secret 'secrets' = { name: 'x' }
        }
        resource service 'Microsoft.ApiManagement/service@2024-05-01' = if (vault.name != 'x') {
          name: 'apim'
          properties: { uri: '${address}secrets/x' }
          dependsOn: [ vault::secret ]
        }
        resource loop 'Microsoft.Storage/storageAccounts@2023-01-01' = [for n in service.properties.names: { name: n }]
        resource child 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
          parent: service
          name: 'x'
        }
        module deployed './m.bicep' = {
          name: 'm'
          params: { id: map([ 1 ], x => child.id) }
          dependsOn: [ loop ]
        }
        resource last 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
          name: 'r'
          scope: vault
          properties: { principalId: deployed.outputs.principalId }
        }
    ";
    assert_eq!(
        direct(Language::Bicep, text),
        [
            "vault: ",
            "secret: vault",
            "service: secret vault",
            "loop: service",
            "child: service",
            "last: deployed vault",
            "deployed: child loop",
        ]
    );
}

#[test]
fn arm_json() {
    let text = r#"{
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": { "kv": { "type": "string" } },
        "variables": { "vaultId": "[resourceId('Microsoft.KeyVault/vaults', parameters('kv'))]" },
        "resources": [
            { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('kv')]" },
            { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "apim",
              "dependsOn": [ "[variables('vaultId')]" ] },
            { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "st",
              "dependsOn": [ "apim", "[concat('Microsoft.KeyVault/vaults/', parameters('kv'))]" ],
              "tags": { "x": "y" } },
            { "type": "Microsoft.Web/serverfarms", "apiVersion": "2023-01-01", "name": "plan",
              "tags": { "x": "[reference(parameters('kv')).vaultUri]" } },
            { "type": "Microsoft.Web/sites", "apiVersion": "2023-01-01", "name": "site",
              "tags": { "x": "[variables('vaultId')]" } }
        ]
    }"#;
    assert_eq!(
        direct(Language::Json, text),
        [
            "vaults: ",
            "service: vaults",
            "storageAccounts: service vaults",
            "serverfarms: vaults",
            // An id alone is only a text to ARM.
            "sites: ",
        ]
    );
}

#[test]
fn chains_and_cycles() {
    let text = "
        resource a 'x/y@2020-01-01' = { name: b.name }
        resource b 'x/y@2020-01-01' = { name: c.name }
        resource c 'x/y@2020-01-01' = { name: b.name }
        resource d 'x/y@2020-01-01' = { name: d.name }
    ";
    let program = program(Language::Bicep, text);
    let dependencies = Dependencies::of(&program, InstanceId::ROOT);
    let ids: Vec<_> = program
        .template(InstanceId::ROOT)
        .resources()
        .map(|(id, _)| id)
        .collect();
    assert!(dependencies.reaches(ids[0], ids[2]));
    assert!(dependencies.reaches(ids[1], ids[1]));
    assert!(!dependencies.reaches(ids[1], ids[0]));
    assert!(!dependencies.reaches(ids[3], ids[0]));
}

/// Loops are named by their loop, by one of their resources, or at the index of another loop; names
/// may depend on conditions.
#[test]
fn loops_and_names_in_cases() {
    let text = r#"{
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "parameters": { "list": { "type": "array" }, "flag": { "type": "bool" } },
      "variables": { "name": "[if(parameters('flag'), 'a', 'b')]" },
      "resources": [
        { "type": "A.B/c", "name": "[format('c-{0}', parameters('list')[copyIndex()].name)]",
          "copy": { "name": "cs", "count": "[length(parameters('list'))]" } },
        { "type": "A.B/d", "name": "[format('d-{0}', range(0, 2)[copyIndex()])]",
          "copy": { "name": "ds", "count": 2 } },
        { "type": "A.B/e", "name": "[variables('name')]" },
        { "type": "A.B/f", "name": "f", "dependsOn": ["cs", "[resourceId('A.B/d', 'd-1')]"] },
        { "type": "A.B/g", "name": "[format('g-{0}', copyIndex())]",
          "copy": { "name": "gs", "count": "[length(parameters('list'))]" },
          "dependsOn": [ "[resourceId('A.B/c', format('c-{0}', parameters('list')[copyIndex()].name))]" ] },
        { "type": "A.B/h", "name": "h", "dependsOn": [
          "[resourceId('A.B/e', variables('name'))]", "[resourceId('A.B/d', 'other')]" ] }
      ]
    }"#;
    assert_eq!(
        direct(Language::Json, text),
        ["c: ", "d: ", "e: ", "f: c d", "g: c", "h: e"]
    );
}
