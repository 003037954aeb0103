//! What the simulated deployment costs: a program of 20 files and 200 resources, beside loading and
//! lowering the same files.
//!
//! `cargo bench -p access`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::reading::{Verdict, simulate};
use divan::Bencher;
use template::files::Files;
use template::program::Program;
use template::workspace::{Root, Workspace};

/// How many modules read secrets, and how many each.
const MODULES: usize = 17;
const READS: usize = 11;

fn main() {
    divan::main();
}

const SERVICE: &str = "param name string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
}
output name string = apim.name
output principalId string = apim.identity.principalId
";

const GRANT: &str = "param vaultName string
param principalId string
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: resourceGroup().location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }
  }
}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, '4633458b-17de-408a-b874-0445c86b69e6')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
output uri string = vault.properties.vaultUri
";

/// A root, a service, a vault with its grant, and modules of named values.
fn files() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut root = "param name string
module service 'service.bicep' = {
  name: 'service'
  params: { name: name }
}
module vault 'vault.bicep' = {
  name: 'vault'
  params: { vaultName: '${name}-kv', principalId: service.outputs.principalId }
}
"
    .to_owned();
    let mut files = BTreeMap::new();
    for module in 0..MODULES {
        let _ = write!(
            root,
            "module values{module} 'values{module}.bicep' = {{
  name: 'values{module}'
  params: {{ service: service.outputs.name, uri: vault.outputs.uri }}
}}
"
        );
        let mut text = "param service string
param uri string
resource apim 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: service
}
"
        .to_owned();
        for read in 0..READS {
            let _ = write!(
                text,
                "resource value{read} 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'value-{module}-{read}'
  properties: {{
    displayName: 'value-{module}-{read}'
    secret: true
    keyVault: {{ secretIdentifier: '${{uri}}secrets/value-{module}-{read}' }}
  }}
}}
"
            );
        }
        files.insert(format!("/w/values{module}.bicep").into(), text.into_bytes());
    }
    files.insert("/w/main.bicep".into(), root.into_bytes());
    files.insert("/w/service.bicep".into(), SERVICE.into());
    files.insert("/w/vault.bicep".into(), GRANT.into());
    files
}

fn program() -> Program {
    let files = files();
    assert_eq!(files.len(), 20);
    let mut workspace = Workspace::new(Arc::new(Files::new(Box::new(files.clone()))));
    for path in files.into_keys() {
        workspace.add(path);
    }
    let root = Root {
        path: Path::new("/w/main.bicep").to_owned(),
        scenarios: Vec::new(),
    };
    workspace.program(&root).expect("the root is a template")
}

/// From texts to a program: parsing, lowering and linking.
#[divan::bench]
fn load(bencher: Bencher<'_, '_>) {
    bencher.bench_local(program);
}

/// From a program to the verdict of every read.
#[divan::bench]
fn simulation(bencher: Bencher<'_, '_>) {
    let program = program();
    let resources = program.resources().count();
    assert!(resources >= 200, "{resources} resources");
    let verdicts: Vec<_> = simulate(&program)
        .into_iter()
        .flat_map(|it| it.answers.expect("there are few cases"))
        .flat_map(|it| it.value)
        .map(|(_, verdict)| verdict)
        .collect();
    assert_eq!(verdicts.len(), MODULES * READS);
    assert!(verdicts.iter().all(|it| *it == Verdict::Works));
    bencher.bench_local(|| simulate(&program));
}
