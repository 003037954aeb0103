//! The two situations that this product was made for, as `check` shows them: a service without an
//! identity, and one inside a virtual network that reads a firewalled vault.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::Folder;

#[test]
fn the_fixtures_are_named_for_what_they_lack() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let folder = Folder::new(&[]);
    for situation in ["no-identity", "internal-vnet-user-identity"] {
        for file in ["main.bicep", "azuredeploy.json"] {
            let text = std::fs::read(fixtures.join(situation).join(file)).unwrap();
            folder.write(&format!("{situation}/{file}"), text);
        }
    }
    let output = folder
        .command(&["check", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["unread"].as_array().map(Vec::len), Some(0));
    let mut lines = String::new();
    for finding in report["findings"].as_array().unwrap() {
        let start = &finding["range"]["start"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let fixes = finding["fixes"].as_array().unwrap();
        let _ = writeln!(
            lines,
            "{}:{}:{}: {} {} ({})",
            text(&finding["file"]),
            start["line"],
            start["column"],
            text(&finding["level"]),
            text(&finding["rule"]),
            fixes
                .iter()
                .map(|fix| format!("{}: {}", text(&fix["applicability"]), text(&fix["title"])))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    insta::assert_snapshot!(lines, @"
    internal-vnet-user-identity/azuredeploy.json:65:15: warning role-principal-type-missing (safe: Add `principalType: 'ServicePrincipal'`)
    internal-vnet-user-identity/azuredeploy.json:105:13: error vault-firewall-user-identity (unsafe: Read with the system-assigned identity of `parameters('apimName')`, and grant it access)
    internal-vnet-user-identity/azuredeploy.json:105:29: warning secret-uri-versioned (safe: Refer to the newest version)
    internal-vnet-user-identity/main.bicep:38:10: warning role-principal-type-missing (safe: Add `principalType: 'ServicePrincipal'`)
    internal-vnet-user-identity/main.bicep:71:9: error vault-firewall-user-identity (unsafe: Read with the system-assigned identity of `apim`, and grant it access)
    internal-vnet-user-identity/main.bicep:71:21: warning secret-uri-versioned (safe: Refer to the newest version)
    no-identity/azuredeploy.json:26:15: warning identity-missing (safe: Insert a system-assigned identity)
    no-identity/main.bicep:10:10: warning identity-missing (safe: Insert a system-assigned identity)
    ");
}
