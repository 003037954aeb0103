//! Pairs written for this project: each Bicep file agrees with the ARM JSON beside it.

use std::path::{Path, PathBuf};

use oracle::{Disk, Verdict, compare};

fn assert_agree(bicep: &Path, json: &Path) -> Verdict {
    let verdict = compare(Disk::default(), bicep, json);
    assert!(verdict.resources > 0, "{} has no resource", bicep.display());
    assert!(
        verdict.disagreements.is_empty(),
        "{}: {:#?}",
        bicep.display(),
        verdict.disagreements
    );
    assert!(
        verdict.not_compared.is_empty(),
        "{}: {:?} not compared",
        bicep.display(),
        verdict.not_compared
    );
    verdict
}

/// The Bicep files of the pairs; their modules are in folders of their own.
fn pairs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pairs");
    let entries = std::fs::read_dir(folder).expect("the pairs are part of the tree");
    let mut pairs: Vec<_> = entries
        .map(|entry| entry.expect("the pairs can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "bicep"))
        .collect();
    pairs.sort();
    pairs
}

#[test]
fn the_pairs_agree() {
    let pairs = pairs();
    assert!(!pairs.is_empty(), "there are no pairs");
    for bicep in pairs {
        assert_agree(&bicep, &bicep.with_extension("json"));
    }
}

#[test]
fn the_fixtures_agree() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for situation in ["no-identity", "internal-vnet-user-identity"] {
        let folder = tests.join("../fixtures").join(situation);
        assert_agree(&folder.join("main.bicep"), &folder.join("azuredeploy.json"));
    }
}

#[test]
fn findings_are_where_they_are_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pairs");
    let findings = |name: &str| {
        let bicep = folder.join(name).with_extension("bicep");
        assert_agree(&bicep, &bicep.with_extension("json")).findings
    };
    assert_eq!(findings("granted"), 0);
    assert!(findings("missing") > 0);
}

const SERVICE: &str =
    "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'apim'
  location: 'westeurope'
  sku: { name: 'Developer', capacity: 1 }
  identity: { type: 'SystemAssigned' }
  properties: { publisherEmail: 'a@contoso.com', publisherName: 'Contoso' }
}
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'vault'
  location: 'westeurope'
  properties: { tenantId: tenant().tenantId, enableRbacAuthorization: true, sku: { family: 'A', name: 'standard' } }
}
resource value 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: apim
  name: 'value'
  properties: {
    displayName: 'value'
    secret: true
    keyVault: { secretIdentifier: '${vault.properties.vaultUri}secrets/value' }
  }
}
module told 'told.bicep' = {
  name: 'told'
}
";

const TOLD: &str = "output told string = 'yes'\n";

/// What the compiler makes of `SERVICE`.
const SERVICE_JSON: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2024-05-01",
      "name": "apim",
      "location": "westeurope",
      "sku": { "name": "Developer", "capacity": 1 },
      "identity": { "type": "SystemAssigned" },
      "properties": { "publisherEmail": "a@contoso.com", "publisherName": "Contoso" }
    },
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "vault",
      "location": "westeurope",
      "properties": { "tenantId": "[tenant().tenantId]", "enableRbacAuthorization": true, "sku": { "family": "A", "name": "standard" } }
    },
    {
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "[format('{0}/{1}', 'apim', 'value')]",
      "properties": {
        "displayName": "value",
        "secret": true,
        "keyVault": { "secretIdentifier": "[format('{0}secrets/value', reference(resourceId('Microsoft.KeyVault/vaults', 'vault'), '2026-02-01').vaultUri)]" }
      },
      "dependsOn": [
        "[resourceId('Microsoft.ApiManagement/service', 'apim')]",
        "[resourceId('Microsoft.KeyVault/vaults', 'vault')]"
      ]
    },
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2025-04-01",
      "name": "told",
      "properties": {
        "expressionEvaluationOptions": { "scope": "inner" },
        "mode": "Incremental",
        "template": {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [],
          "outputs": { "told": { "type": "string", "value": "yes" } }
        }
      }
    }
  ]
}"#;

/// What differs if one text of the JSON is another.
fn aspects(own: &str, other: &str) -> Vec<&'static str> {
    assert!(SERVICE_JSON.contains(own), "the JSON has no {own}");
    let json = SERVICE_JSON.replace(own, other);
    let disk = Disk::memory();
    for (name, text) in [
        ("/main.bicep", SERVICE),
        ("/told.bicep", TOLD),
        ("/main.json", &json),
    ] {
        assert!(disk.put(Path::new(name), text), "{name} is there twice");
    }
    let verdict = compare(disk, Path::new("/main.bicep"), Path::new("/main.json"));
    let found = verdict.disagreements.iter();
    found.map(|it| it.aspect).collect()
}

#[test]
fn what_differs_is_found() {
    assert_eq!(aspects("apim", "apim"), [""; 0]);
    let version = r#""apiVersion": "2026-02-01""#;
    assert_eq!(
        aspects(version, r#""apiVersion": "2026-03-01-preview""#),
        ["API version"]
    );
    assert!(aspects("\"name\": \"vault\"", "\"name\": \"safe\"").contains(&"name"));
    assert!(aspects("\"enableRbacAuthorization\": true", "\"x\": 1").contains(&"vault"));
    // What is left out: a dependency, an identity, a module's output, a resource.
    let vault = ",\n        \"[resourceId('Microsoft.KeyVault/vaults', 'vault')]\"";
    assert!(aspects(vault, "").contains(&"dependencies"));
    let identity = r#""type": "SystemAssigned""#;
    assert!(aspects(identity, r#""type": "UserAssigned""#).contains(&"identity"));
    assert_eq!(aspects(r#""value": "yes""#, r#""value": "no""#), ["output"]);
    assert_eq!(aspects(r#""told": {"#, r#""untold": {"#), ["output"]);
    assert!(aspects(SERVICE_JSON, "{}").contains(&"template"));
}

#[test]
fn a_finding_of_one_side_is_found() {
    // Without an identity nobody lacks access.
    let found = aspects(r#""type": "SystemAssigned""#, r#""type": "None""#);
    assert!(found.contains(&"finding"), "{found:?}");
    assert!(found.contains(&"identity"), "{found:?}");
}
