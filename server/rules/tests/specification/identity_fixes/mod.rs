//! How services get identities: what the fixes write, wherever the identity is written.

use std::fmt::Write as _;

use crate::repaired::repaired;
use crate::twins::{arm_with_service, service};

mod attached;
mod client_id;
mod invalid;
mod missing;
mod modules;
mod principal;

/// A deployment in both languages: a name, declarations and properties in Bicep, sections and members
/// in ARM JSON.
type Twin<'t> = (&'t str, (&'t str, &'t str), (&'t str, &'t str));

/// What the fixes of a rule make of services.
#[track_caller]
fn twins(rule: &str, cases: &[Twin<'_>]) -> String {
    let mut report = String::new();
    for (name, (declarations, properties), (sections, members)) in cases {
        let bicep = format!("{declarations}\n{}", service(properties));
        let arm = arm_with_service(sections, members);
        let _ = writeln!(report, "# {name}");
        report.push_str(&repaired(rule, &[("main.bicep", &bicep)]));
        report.push_str(&repaired(rule, &[("main.json", &arm)]));
    }
    report
}

/// The address of a secret.
const SAFE: &str = "https://safe.vault.azure.net/secrets/nv";

/// A user-assigned identity in Bicep.
fn identity(name: &str) -> String {
    format!(
        "resource {name} 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: '{name}'
  location: 'westeurope'
}}
"
    )
}

/// The same as an ARM resource.
fn arm_identity(name: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
      "apiVersion": "2023-01-31",
      "name": "{name}",
      "location": "westeurope"
    }}"#
    )
}

/// A named value of `apim` in Bicep that is read with this client id.
fn named_value(client_id: &str) -> String {
    format!(
        "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  parent: apim
  name: 'nv'
  properties: {{
    displayName: 'nv'
    secret: true
    keyVault: {{ secretIdentifier: '{SAFE}', identityClientId: {client_id} }}
  }}
}}
"
    )
}

/// The same as an ARM resource.
fn arm_named_value(client_id: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "gateway/nv",
      "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', 'gateway')]" ],
      "properties": {{
        "displayName": "nv",
        "secret": true,
        "keyVault": {{ "secretIdentifier": "{SAFE}", "identityClientId": "{client_id}" }}
      }}
    }}"#
    )
}
