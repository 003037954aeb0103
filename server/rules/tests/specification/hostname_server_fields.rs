//! `hostname-server-fields`: what only Azure says of a hostname.

use crate::twins::{Case, arm, case, judge};

const FOUND: &str = "warning hostname-server-fields";

/// A service of a tier with these hostnames.
fn service(
    name: &'static str,
    expected: &'static str,
    (declarations, tier, hostnames): (&str, &str, &str),
    (sections, json_tier, json_hostnames): (&str, &str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{
  name: 'gateway'
  sku: {{ name: {tier}, capacity: 1 }}
  properties: {{ hostnameConfigurations: {hostnames} }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "gateway", "sku": {{ "name": "{json_tier}", "capacity": 1 }},
      "properties": {{ "hostnameConfigurations": {json_hostnames} }} }} ]"#
        )),
    )
}

/// A service with one hostname that has these further properties.
fn hostname(
    name: &'static str,
    expected: &'static str,
    tier: &str,
    properties: &str,
    members: &str,
) -> Case {
    service(
        name,
        expected,
        (
            "",
            &format!("'{tier}'"),
            &format!("[ {{ type: 'Proxy', hostName: 'a', {properties} }} ]"),
        ),
        (
            "",
            tier,
            &format!(r#"[ {{ "type": "Proxy", "hostName": "a", {members} }} ]"#),
        ),
    )
}

#[test]
fn what_only_azure_fills() {
    let report = judge(
        &["hostname-server-fields"],
        &[
            hostname(
                "status",
                FOUND,
                "Developer",
                "certificateStatus: 'Completed'",
                r#""certificateStatus": "Completed""#,
            ),
            hostname(
                "certificate",
                FOUND,
                "Developer",
                "certificate: { expiry: '2027-01-01T00:00:00Z', subject: 'CN=a', thumbprint: 'AA' }",
                r#""certificate": { "expiry": "2027-01-01T00:00:00Z", "subject": "CN=a", "thumbprint": "AA" }"#,
            ),
            hostname(
                "both",
                "warning hostname-server-fields; warning hostname-server-fields",
                "Developer",
                "certificateStatus: 'Failed', certificate: { subject: 'CN=a' }",
                r#""certificateStatus": "Failed", "certificate": { "subject": "CN=a" }"#,
            ),
            hostname(
                "null",
                "",
                "Developer",
                "certificateStatus: null, certificate: null",
                r#""certificateStatus": null, "certificate": null"#,
            ),
            hostname(
                "what is to be sent",
                "",
                "Developer",
                "certificateSource: 'KeyVault', keyVaultId: 'https://safe.vault.azure.net/secrets/a'",
                r#""certificateSource": "KeyVault", "keyVaultId": "https://safe.vault.azure.net/secrets/a""#,
            ),
            service(
                "variable",
                FOUND,
                (
                    "var hostnames = [ { type: 'Proxy', hostName: 'a', certificateStatus: 'Completed' } ]",
                    "'Developer'",
                    "hostnames",
                ),
                (
                    r#""variables": { "hostnames": [ { "type": "Proxy", "hostName": "a", "certificateStatus": "Completed" } ] },"#,
                    "Developer",
                    r#""[variables('hostnames')]""#,
                ),
            ),
            service(
                "in one of two cases",
                FOUND,
                (
                    "param isNew bool",
                    "'Developer'",
                    "[ { type: 'Proxy', hostName: 'a', certificateStatus: isNew ? null : 'Completed' } ]",
                ),
                (
                    r#""parameters": { "isNew": { "type": "bool" } },"#,
                    "Developer",
                    r#"[ { "type": "Proxy", "hostName": "a", "certificateStatus": "[if(parameters('isNew'), null(), 'Completed')]" } ]"#,
                ),
            ),
            service(
                "who knows",
                "",
                ("param hostnames array", "'Developer'", "hostnames"),
                (
                    r#""parameters": { "hostnames": { "type": "array" } },"#,
                    "Developer",
                    r#""[parameters('hostnames')]""#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @"
    status
      warning hostname-server-fields @ certificateStatus: A hostname of `apim` sends `certificateStatus`, which only Azure sets: sent back, it makes the hostname a request for a free certificate, which Azure refuses
    certificate
      warning hostname-server-fields @ certificate: A hostname of `apim` sends `certificate`, which only Azure sets: it describes the certificate that the service has, and does not provide one
    both
      warning hostname-server-fields @ certificateStatus: A hostname of `apim` sends `certificateStatus`, which only Azure sets: sent back, it makes the hostname a request for a free certificate, which Azure refuses
      warning hostname-server-fields @ certificate: A hostname of `apim` sends `certificate`, which only Azure sets: it describes the certificate that the service has, and does not provide one
    null
    what is to be sent
    variable
      warning hostname-server-fields @ certificateStatus: A hostname of `apim` sends `certificateStatus`, which only Azure sets: sent back, it makes the hostname a request for a free certificate, which Azure refuses
          see apim: `apim` gets it
    in one of two cases
      warning hostname-server-fields @ certificateStatus: A hostname of `apim` sends `certificateStatus` when `isNew` is false, which only Azure sets: sent back, it makes the hostname a request for a free certificate, which Azure refuses
    who knows
    ");
}

#[test]
fn free_certificates() {
    let managed = (
        "certificateSource: 'Managed'",
        r#""certificateSource": "Managed""#,
    );
    let of = |name, expected, tier| hostname(name, expected, tier, managed.0, managed.1);
    let chosen = |name, expected, allowed: &str, json_allowed: &str| {
        service(
            name,
            expected,
            (
                &format!("{allowed}param tier string"),
                "tier",
                "[ { type: 'Proxy', hostName: 'a', certificateSource: 'Managed' } ]",
            ),
            (
                &format!(r#""parameters": {{ "tier": {{ "type": "string"{json_allowed} }} }},"#),
                "[parameters('tier')]",
                r#"[ { "type": "Proxy", "hostName": "a", "certificateSource": "Managed" } ]"#,
            ),
        )
    };
    let report = judge(
        &["hostname-server-fields"],
        &[
            of("second generation", FOUND, "StandardV2"),
            of("small letters", FOUND, "premiumv2"),
            of("first generation", "", "Standard"),
            hostname(
                "other certificates",
                "",
                "BasicV2",
                "certificateSource: 'Custom'",
                r#""certificateSource": "Custom""#,
            ),
            chosen(
                "one of the tiers",
                FOUND,
                "@allowed(['Developer', 'BasicV2'])\n",
                r#", "allowedValues": ["Developer", "BasicV2"]"#,
            ),
            chosen("any tier", "", "", ""),
        ],
    );
    insta::assert_snapshot!(report, @"
    second generation
      warning hostname-server-fields @ 'Managed': A hostname of `apim` asks for a free certificate, which the tier StandardV2 does not have. Bring your own, best from Key Vault
          see 'StandardV2': the tier is chosen here
    small letters
      warning hostname-server-fields @ 'Managed': A hostname of `apim` asks for a free certificate, which the tier PremiumV2 does not have. Bring your own, best from Key Vault
          see 'premiumv2': the tier is chosen here
    first generation
    other certificates
    one of the tiers
      warning hostname-server-fields @ 'Managed': A hostname of `apim` asks for a free certificate when `tier` is 'BasicV2', which the tier BasicV2 does not have. Bring your own, best from Key Vault
          see 'BasicV2': the tier is chosen here
    any tier
    ");
}
