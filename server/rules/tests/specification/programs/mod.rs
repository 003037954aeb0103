//! Programs: templates that deploy each other, with the values that they are deployed with.
//!
//! A test is a small workspace and what a person deserves to hear about it. Files are named from
//! the workspace's folder; a finding is written `level rule @ file: text at the place`. What no
//! document settles says so in the comment of its test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use proof::Bench;
use rules::Place;
use template::files::Files;
use template::workspace::Workspace;

mod access;
mod bad_input;
mod grants;
mod imports_and_content;
mod nested_and_linked;
mod registry;
mod related_and_messages;
mod roots_and_contexts;
mod scenarios;
mod scopes_and_loops;
mod shapes;
mod silence;

pub use crate::twins::arm;
use crate::twins::{FLOW, is_about};

/// What was found, in words that do not depend on how places are kept.
pub struct Found {
    /// The file of the place.
    pub file: String,
    /// The rule that reports it.
    pub rule: &'static str,
    /// How bad it is.
    pub level: rules::Level,
    /// The source text at the place.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// The other places: file, text and message.
    pub related: Vec<(String, String, String)>,
}

/// A workspace in memory. Paths are like `/w/main.bicep`; files under
/// `/w` are the workspace, others (such as `/home/.bicep/...`, the default cache root is
/// `/home/.bicep`) only exist on disk.
pub fn workspace(files: &[(&str, &str)]) -> Workspace {
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect();
    let mut workspace = Workspace::new(Arc::new(
        Files::new(Box::new(disk)).with_home(Some("/home".into())),
    ));
    for (path, _) in files {
        if path.starts_with("/w/") {
            workspace.add(PathBuf::from(path));
        }
    }
    workspace
}

/// The findings of some rules over such a workspace, whose fixes all keep their promises.
pub fn findings_about(subject: &[&str], files: &[(&str, &str)]) -> Vec<Found> {
    let mut bench = Bench::new(workspace(files));
    bench.prove().assert_held();
    let found = bench.findings();
    let workspace = bench.workspace();
    let text_at = |place: &Place| {
        let file = workspace.files().get(&place.file);
        let file = file.expect("a finding is in a file that was read");
        file.document.slice(place.range).into_owned()
    };
    let path_of = |place: &Place| place.file.display().to_string();
    found
        .into_iter()
        .filter(|found| is_about(subject, found))
        .map(|found| Found {
            file: path_of(&found.place),
            rule: found.rule.0,
            level: found.level,
            text: text_at(&found.place),
            related: found
                .related
                .iter()
                .map(|it| (path_of(&it.place), text_at(&it.place), it.message.clone()))
                .collect(),
            message: found.message,
        })
        .collect()
}

/// The findings over files named from the workspace's folder, or from the root of the disk.
pub fn found(files: &[(&str, &str)]) -> Vec<Found> {
    found_of(FLOW, files)
}

/// The findings of some rules over such files, one after the other.
pub fn report(subject: &[&str], files: &[(&str, &str)]) -> String {
    render(&found_of(subject, files))
}

/// Files named from the workspace's folder, or from the root of the disk, by their paths.
pub fn from_workspace<'t>(files: &[(&str, &'t str)]) -> Vec<(String, &'t str)> {
    let paths = files
        .iter()
        .map(|(path, text)| match path.strip_prefix('/') {
            Some(_) => ((*path).to_owned(), *text),
            None => (format!("/w/{path}"), *text),
        });
    paths.collect()
}

/// The findings of some rules over such files.
pub fn found_of(subject: &[&str], files: &[(&str, &str)]) -> Vec<Found> {
    let files = from_workspace(files);
    let files: Vec<_> = files.iter().map(|it| (it.0.as_str(), it.1)).collect();
    findings_about(subject, &files)
}

/// Holds a workspace to its findings, `level rule @ file: text`, in any order.
#[track_caller]
pub fn check(files: &[(&str, &str)], expected: &[&str]) {
    check_of(FLOW, files, expected);
}

/// Holds a workspace to its findings of these rules, `level rule @ file: text`, in any order.
#[track_caller]
pub fn check_of(subject: &[&str], files: &[(&str, &str)], expected: &[&str]) {
    compare(&found_of(subject, files), expected, |it| {
        format!("{} @ {}: {}", summary(it), in_workspace(&it.file), it.text)
    });
}

/// Holds a workspace to its findings where their place is not the point: `level rule`.
#[track_caller]
pub fn judged(files: &[(&str, &str)], expected: &[&str]) {
    compare(&found(files), expected, summary);
}

/// Holds a workspace to silence.
#[track_caller]
pub fn silent(files: &[(&str, &str)]) {
    check(files, &[]);
}

/// The one finding over a workspace.
#[track_caller]
pub fn only(files: &[(&str, &str)]) -> Found {
    let mut all = found(files);
    assert!(all.len() == 1, "one finding expected:\n{}", render(&all));
    all.remove(0)
}

/// Holds a message to the parts that it must have.
#[track_caller]
pub fn says(found: &Found, parts: &[&str]) {
    for part in parts {
        assert!(
            found.message.contains(part),
            "{part:?} is not in {:?}",
            found.message
        );
    }
}

/// Holds a message to be without these parts.
#[track_caller]
pub fn does_not_say(found: &Found, parts: &[&str]) {
    for part in parts {
        assert!(
            !found.message.contains(part),
            "{part:?} is in {:?}",
            found.message
        );
    }
}

#[track_caller]
fn compare(found: &[Found], expected: &[&str], write: impl Fn(&Found) -> String) {
    let mut actual: Vec<_> = found.iter().map(write).collect();
    actual.sort();
    let mut expected: Vec<_> = expected.iter().map(|it| (*it).to_owned()).collect();
    expected.sort();
    assert!(
        actual == expected,
        "expected {expected:#?}, found\n{}",
        render(found)
    );
}

fn summary(found: &Found) -> String {
    format!("{} {}", found.level.name(), found.rule)
}

/// A file's name from the workspace's folder.
pub fn in_workspace(file: &str) -> &str {
    file.strip_prefix("/w/").unwrap_or(file)
}

fn render(all: &[Found]) -> String {
    let mut text = String::new();
    for it in all {
        let _ = writeln!(
            text,
            "{} @ {}: {}: {}",
            summary(it),
            in_workspace(&it.file),
            it.text,
            it.message
        );
        for (file, place, message) in &it.related {
            let _ = writeln!(text, "    see {}: {place}: {message}", in_workspace(file));
        }
    }
    text
}

/// A module that declares a service whose type of identity is the parameter `kind`.
pub const KIND: &str = "param name string = 'gateway'
param kind string = 'SystemAssigned'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: { type: kind }
}
";

/// The same in ARM JSON.
pub const ARM_KIND: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "name": { "type": "string", "defaultValue": "gateway" },
    "kind": { "type": "string", "defaultValue": "SystemAssigned" }
  },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "[parameters('name')]",
      "location": "westeurope",
      "identity": { "type": "[parameters('kind')]" }
    }
  ]
}"#;

/// A module that declares a service with a system identity and hands out what others need of it.
pub const SERVICE: &str = "param name string = 'gateway'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
output id string = apim.id
output name string = apim.name
output principalId string = apim.identity.principalId
";

/// The same in ARM JSON.
pub const ARM_SERVICE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string", "defaultValue": "gateway" } },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "[parameters('name')]",
      "location": "westeurope",
      "identity": { "type": "SystemAssigned" }
    }
  ],
  "outputs": {
    "id": { "type": "string", "value": "[resourceId('Microsoft.ApiManagement/service', parameters('name'))]" },
    "name": { "type": "string", "value": "[parameters('name')]" },
    "principalId": { "type": "string", "value": "[reference(resourceId('Microsoft.ApiManagement/service', parameters('name')), '2024-05-01', 'Full').identity.principalId]" }
  }
}"#;

/// A module that declares a vault.
pub const VAULT: &str = "param name string
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }
}
output id string = safe.id
output name string = safe.name
output uri string = safe.properties.vaultUri
";

/// The same in ARM JSON.
pub const ARM_VAULT: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" } },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "[parameters('name')]",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "sku": { "family": "A", "name": "standard" }, "enableRbacAuthorization": true }
    }
  ],
  "outputs": {
    "name": { "type": "string", "value": "[parameters('name')]" },
    "uri": { "type": "string", "value": "[reference(resourceId('Microsoft.KeyVault/vaults', parameters('name')), '2023-07-01').vaultUri]" }
  }
}"#;

/// A module that lets `principal` read the secrets of the vault of a name.
pub const GRANT: &str = "param vault string
param principal string
resource safe 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vault
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(safe.id, principal, 'secrets')
  scope: safe
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: principal
    principalType: 'ServicePrincipal'
  }
}
";

/// The same in ARM JSON.
pub const ARM_GRANT: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "vault": { "type": "string" }, "principal": { "type": "string" } },
  "resources": [
    {
      "type": "Microsoft.Authorization/roleAssignments",
      "apiVersion": "2022-04-01",
      "scope": "[resourceId('Microsoft.KeyVault/vaults', parameters('vault'))]",
      "name": "[guid(parameters('vault'), parameters('principal'), 'secrets')]",
      "properties": {
        "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')]",
        "principalId": "[parameters('principal')]",
        "principalType": "ServicePrincipal"
      }
    }
  ]
}"#;

/// A module that adds a named value to the service of a name.
pub const READ: &str = "param service string
param uri string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: service
}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'nv'
  properties: { displayName: 'nv', secret: true, keyVault: { secretIdentifier: '${uri}secrets/nv' } }
}
";

/// The same in ARM JSON.
pub const ARM_READ: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "service": { "type": "string" }, "uri": { "type": "string" } },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "[format('{0}/nv', parameters('service'))]",
      "properties": { "displayName": "nv", "secret": true, "keyVault": { "secretIdentifier": "[format('{0}secrets/nv', parameters('uri'))]" } }
    }
  ]
}"#;

/// A service with a system identity, for a file that declares more.
pub const SYSTEM: &str = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'gateway'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
}
";

/// A named value of `apim` that reads this address, an expression.
pub fn named_value(uri: &str) -> String {
    format!(
        "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{ displayName: 'nv', secret: true, keyVault: {{ secretIdentifier: {uri} }} }}
}}
"
    )
}

/// A module declaration: its symbol, its path and its `params` in Bicep.
pub fn module(symbol: &str, path: &str, params: &str) -> String {
    format!("module {symbol} '{path}' = {{\n  name: '{symbol}'\n  params: {{ {params} }}\n}}\n")
}

/// A linked deployment in ARM JSON: its name, its path and its `parameters`.
pub fn linked(name: &str, path: &str, parameters: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "{name}",
      "properties": {{
        "mode": "Incremental",
        "templateLink": {{ "relativePath": "{path}" }},
        "parameters": {{ {parameters} }}
      }}
    }}"#
    )
}

/// An ARM parameter file with these values.
pub fn parameters(values: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ {values} }}
}}"#
    )
}
