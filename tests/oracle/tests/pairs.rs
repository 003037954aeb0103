//! Pairs written for this project: each Bicep file agrees with the ARM JSON beside it.

use std::path::Path;

use oracle::compare;

fn assert_agree(bicep: &Path, json: &Path) {
    let read = |path: &Path| std::fs::read_to_string(path).expect("the pairs are part of the tree");
    let verdict = compare(&read(bicep), &read(json));
    assert!(verdict.resources > 0, "{} has no resource", bicep.display());
    assert!(
        verdict.disagreements.is_empty(),
        "{}: {:#?}",
        bicep.display(),
        verdict.disagreements
    );
}

#[test]
fn the_pairs_agree() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_agree(
        &tests.join("pairs/loops.bicep"),
        &tests.join("pairs/loops.json"),
    );
    for situation in ["no-identity", "internal-vnet-user-identity"] {
        let folder = tests.join("../fixtures").join(situation);
        assert_agree(&folder.join("main.bicep"), &folder.join("azuredeploy.json"));
    }
}

#[test]
fn what_differs_is_found() {
    let bicep = "resource a 'Microsoft.KeyVault/vaults@2023-07-01' = { name: 'x' }\n";
    let json = |version: &str, name: &str| {
        format!(
            r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "resources": [{{"type": "Microsoft.KeyVault/vaults", "apiVersion": "{version}", "name": "{name}"}}]}}"#
        )
    };
    assert!(
        compare(bicep, &json("2023-07-01", "x"))
            .disagreements
            .is_empty()
    );
    let fields = |json: &str| -> Vec<_> {
        let verdict = compare(bicep, json);
        verdict.disagreements.iter().map(|it| it.field).collect()
    };
    assert_eq!(fields(&json("2024-11-01", "x")), ["API version"]);
    assert_eq!(fields(&json("2023-07-01", "y")), ["name"]);
    assert_eq!(fields("{}"), ["template"]);
}
