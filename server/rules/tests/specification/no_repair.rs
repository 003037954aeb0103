//! Findings that are right, and that no edit at their place can repair.

use rules::{Finding, check_document};
use syntax::{Document, Language};

use crate::twins::{arm_service, service};

/// The finding of a rule in a text, which has one.
fn finding_of(rule: &str, language: Language, text: &str) -> Finding {
    let findings = check_document(&Document::new(language, text));
    let mut of_rule = findings.into_iter().filter(|it| it.rule.0 == rule);
    match (of_rule.next(), of_rule.next()) {
        (Some(finding), None) => finding,
        found => panic!("not one {rule}: {found:?}\n{text}"),
    }
}

/// The default would no longer be among the allowed values.
#[test]
fn an_allowed_value() {
    let parameter = "@allowed(['SystemAsigned', 'None'])\nparam kind string = 'SystemAsigned'\n";
    let text = format!("{parameter}{}", service("identity: { type: kind }"));
    let finding = finding_of("identity-invalid", Language::Bicep, &text);
    assert_eq!(finding.fixes, []);

    let certificate = "properties: { hostnameConfigurations: [{ type: 'Proxy', hostName: 'x', keyVaultId: url }] }";
    let url = "'https://safe.vault.azure.net/secrets/x/0123'";
    let text = format!(
        "@allowed([{url}])\nparam url string = {url}\n{}",
        service(certificate)
    );
    let finding = finding_of("secret-uri-versioned", Language::Bicep, &text);
    assert_eq!(finding.fixes, []);
}

/// The version is not where the text of the reference ends.
#[test]
fn a_version_that_cannot_be_cut_out() {
    let url = r"https:\/\/safe.vault.azure.net\/secrets\/x\/0123";
    let service = arm_service(&format!(
        r#""properties": {{ "hostnameConfigurations": [{{ "type": "Proxy", "hostName": "x", "keyVaultId": "{url}" }}] }}"#
    ));
    let text = crate::twins::arm(&format!(r#""resources": [{service}]"#));
    let finding = finding_of("secret-uri-versioned", Language::Json, &text);
    assert_eq!(finding.fixes, []);
}
