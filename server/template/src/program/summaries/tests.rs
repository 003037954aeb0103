mod service;

use syntax::{Document, Language};

use super::{SUMMARIES, find};
use crate::cases::judge;
use crate::lower;
use crate::model::{ExpressionKind, Reference, ResourceId, Template};
use crate::program::{InstanceId, Program};
use crate::{Evaluator, Lookup};

fn lowered(text: &str) -> Template {
    let document = Document::new(Language::Bicep, text);
    assert!(!document.root().has_error(), "{text}");
    lower(&document).template().unwrap()
}

/// What a summary deploys where it is called with some arguments: every parameter that is given or
/// may be left out is a variable.
fn called(module: &str, arguments: &[(&str, &str)]) -> Program {
    let summary = SUMMARIES
        .iter()
        .find(|summary| summary.module.ends_with(module))
        .unwrap();
    let lines = summary.text.lines().filter(|line| !line.starts_with('@'));
    let lines: Vec<_> = lines
        .map(|line| {
            let Some(rest) = line.strip_prefix("param ") else {
                return line.to_owned();
            };
            let name = rest.split(' ').next().unwrap();
            let given = arguments.iter().find(|(given, _)| *given == name);
            let default = line.split_once(" = ").map(|(_, value)| value);
            let null = line.ends_with('?').then_some("null");
            match given.map(|(_, value)| *value).or(default).or(null) {
                Some(value) => format!("var {name} = {value}"),
                None => line.to_owned(),
            }
        })
        .collect();
    let document = Document::new(Language::Bicep, &lines.join("\n"));
    Program::alone("/main.bicep".as_ref(), document.into()).unwrap()
}

/// The resource of a symbolic name.
fn resource(template: &Template, symbol: &str) -> ResourceId {
    template
        .resources()
        .find(|(_, resource)| {
            let name = resource.symbol.as_ref();
            name.is_some_and(|name| &*name.text == symbol)
        })
        .unwrap()
        .0
}

/// A property of a resource in each case, or of each resource of a loop.
fn property(program: &Program, symbol: &str, path: &[&str]) -> String {
    let id = InstanceId::ROOT.at(resource(program.template(InstanceId::ROOT), symbol));
    let look = |evaluator: &Evaluator<'_>| {
        let mut seen = Vec::new();
        let resource = program.resource(id);
        for bindings in evaluator.iterations(id)? {
            if let Some(condition) = resource.condition
                && !evaluator.holds(condition, &bindings)?
            {
                continue;
            }
            let body = evaluator.evaluate_in(resource.body, &bindings)?.value;
            seen.push(match evaluator.lookup_path(&body, path)? {
                Lookup::Found(entry) => evaluator.describe(&evaluator.known(&entry.value)?.value),
                Lookup::Absent => "absent".to_owned(),
                Lookup::Unknown => "unknown".to_owned(),
            });
        }
        Ok(seen.join(", "))
    };
    let answers = judge(program, look).unwrap();
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.value).collect();
    answers.join(" | ")
}

#[test]
fn every_summary_can_be_read() {
    for summary in &SUMMARIES {
        let template = lowered(summary.text);
        assert!(template.is_complete, "{}", summary.module);
        for (_, resource) in template.resources() {
            assert!(template.object(resource.body).unwrap().is_complete);
        }
        for expression in &template.expressions {
            if let ExpressionKind::Invalid | ExpressionKind::Reference(Reference::Unresolved(_)) =
                expression.kind
            {
                panic!("{}: {expression:?}", summary.module);
            }
        }
    }
}

const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

#[test]
fn a_version_outside_of_the_range_has_no_summary() {
    let module = "avm/res/key-vault/vault";
    for inside in ["0.6.0", "0.6.1", "0.9.0", "0.10.2", "0.14.0"] {
        assert!(find(module, inside).is_some(), "{inside}");
    }
    for outside in [
        "0.5.1",
        "0.14.1",
        "0.100.0",
        "1.0.0",
        "",
        "0",
        "0.9",
        "0.9.0.0",
        "0.9.0-preview",
        "v0.9.0",
        "latest",
        "00.9.0",
        "0.+9.0",
        "0.9.99999999999",
        " 0.9.0",
        "0.９.0",
    ] {
        assert!(find(module, outside).is_none(), "{outside}");
    }
    for other in [
        "avm/res/key-vault",
        "avm/res/Key-Vault/vault",
        "bicep/avm/res/key-vault/vault",
    ] {
        assert!(find(other, "0.9.0").is_none(), "{other}");
    }
    for summary in &SUMMARIES {
        let version = |[a, b, c]: [u32; 3]| format!("{a}.{b}.{c}");
        let [major, minor, patch] = summary.to;
        assert!(find(summary.module, &version(summary.from)).is_some());
        assert!(find(summary.module, &version(summary.to)).is_some());
        assert!(find(summary.module, &version([major, minor, patch + 1])).is_none());
    }
}

#[test]
fn the_interface_is_that_of_the_module() {
    let names = |module| {
        let program = called(module, &[]);
        let template = program.template(InstanceId::ROOT);
        let outputs = template.outputs.iter().map(|output| &*output.name.text);
        let required = template
            .parameters
            .iter()
            .map(|parameter| &*parameter.name.text);
        let of = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(" ");
        (of(&mut { required }), of(&mut { outputs }))
    };
    for (module, required, outputs) in [
        (
            "api-management/service",
            "name publisherEmail publisherName",
            "name resourceId resourceGroupName systemAssignedMIPrincipalId location privateEndpoints",
        ),
        (
            "key-vault/vault",
            "name",
            "resourceId resourceGroupName name uri location privateEndpoints secrets keys",
        ),
        (
            "user-assigned-identity",
            "name",
            "name resourceId principalId clientId resourceGroupName location",
        ),
        (
            "rg-scope",
            "roleDefinitionIdOrName principalId",
            "name resourceId resourceGroupName scope",
        ),
        (
            "sub-scope",
            "roleDefinitionIdOrName principalId",
            "name resourceId subscriptionName scope",
        ),
        (
            "mg-scope",
            "roleDefinitionIdOrName principalId",
            "name resourceId scope",
        ),
        (
            "resource-role-assignment",
            "resourceId roleDefinitionId principalId",
            "name roleName resourceId resourceGroupName",
        ),
        (
            "ptn/authorization/role-assignment",
            "roleDefinitionIdOrName principalId",
            "name resourceId scope",
        ),
    ] {
        assert_eq!(names(module), (required.to_owned(), outputs.to_owned()));
    }
}

#[test]
fn nothing_is_deployed_for_what_is_left_out() {
    for (module, symbols) in [
        (
            "api-management/service",
            "namedValue workspace workspaceNamedValue policy api apiPolicy operationPolicy logger endpoint role",
        ),
        (
            "key-vault/vault",
            "secret key endpoint vaultRole secretRole keyRole",
        ),
        ("user-assigned-identity", "role"),
    ] {
        let program = called(module, &[]);
        for symbol in symbols.split(' ') {
            assert_eq!(
                property(&program, symbol, &["name"]),
                "",
                "{module} {symbol}"
            );
        }
    }
}

#[test]
fn a_vault_has_roles_unless_it_is_told_otherwise() {
    let seen = |arguments: &[_]| {
        let program = called("key-vault/vault", arguments);
        [
            "enableRbacAuthorization",
            "accessPolicies",
            "networkAcls",
            "publicNetworkAccess",
        ]
        .map(|name| property(&program, "vault", &["properties", name]))
        .join("; ")
    };
    assert_eq!(seen(&[]), "true; []; null; null");
    assert_eq!(
        seen(&[
            ("enableRbacAuthorization", "false"),
            (
                "accessPolicies",
                "[{ objectId: 'o', permissions: { secrets: ['get'] } }]"
            ),
            ("networkAcls", "{ defaultAction: 'Deny' }"),
            ("privateEndpoints", "[{ subnetResourceId: 's' }]"),
        ]),
        "false; [{'objectId': 'o', 'applicationId': '', 'tenantId': tenant().tenantId, 'permissions': {'secrets': ['get']}}]; {'bypass': null, 'defaultAction': 'Deny', 'ipRules': [], 'virtualNetworkRules': []}; null"
    );
    assert_eq!(
        seen(&[("privateEndpoints", "[{ subnetResourceId: 's' }]")]),
        "true; []; null; 'Disabled'"
    );
    assert_eq!(
        seen(&[("publicNetworkAccess", "'Enabled'")]),
        "true; []; null; 'Enabled'"
    );
}

#[test]
fn a_role_is_found_by_name_or_id() {
    let assignments = format!(
        "[
          {{ principalId: 'p', roleDefinitionIdOrName: 'Key Vault Secrets User' }}
          {{ principalId: 'p', roleDefinitionIdOrName: '{SECRETS_USER}' }}
          {{ principalId: 'p', roleDefinitionIdOrName: '/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}' }}
        ]"
    );
    let program = called("key-vault/vault", &[("roleAssignments", &assignments)]);
    let id = format!("id roleDefinitions<'{SECRETS_USER}'> in the subscription");
    assert_eq!(
        property(&program, "vaultRole", &["properties", "roleDefinitionId"]),
        format!("{id}, {id}, '/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}'")
    );
    for module in ["rg-scope", "sub-scope"] {
        let program = called(
            module,
            &[("roleDefinitionIdOrName", &format!("'{SECRETS_USER}'"))],
        );
        // In the subscription that it goes to, which is where the root goes to or is in.
        let written = property(&program, "assignment", &["properties", "roleDefinitionId"]);
        let here = id.trim_end_matches(" in the subscription");
        assert!(written == id || written == here, "{written}");
        assert_eq!(
            property(&program, "assignment", &["properties", "principalType"]),
            "null"
        );
    }
}

#[test]
fn a_secret_has_roles_of_its_own() {
    let secrets = "[
      { name: 's', value: 'x' }
      { name: 't', value: 'x', roleAssignments: [{ principalId: 'p', roleDefinitionIdOrName: 'Reader' }] }
    ]";
    let program = called("key-vault/vault", &[("secrets", secrets)]);
    assert_eq!(
        property(&program, "secretRole", &["scope"]),
        "secrets<name/'t'>"
    );
    assert_eq!(
        property(&program, "secretRole", &["properties", "principalId"]),
        "'p'"
    );
}

#[test]
fn a_role_is_assigned_where_the_arguments_say() {
    let seen = |arguments: &[_]| {
        let program = called("ptn/authorization/role-assignment", arguments);
        ["atGroup", "atSubscription", "atManagementGroup"]
            .map(|symbol| property(&program, symbol, &["scope"]))
            .join("; ")
    };
    let (subscription, group) = (("subscriptionId", "'s'"), ("resourceGroupName", "'g'"));
    assert_eq!(seen(&[]), "; ; managementgroup(managementgroup().name)");
    assert_eq!(seen(&[subscription]), "; subscription('s'); ");
    assert_eq!(seen(&[subscription, group]), "resourcegroup('s', 'g'); ; ");
    assert_eq!(seen(&[group]), "; ; ");

    let vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    let arguments = [
        ("resourceId", &*format!("'{vault}'")),
        ("roleDefinitionId", &*format!("'{SECRETS_USER}'")),
    ];
    let program = called("resource-role-assignment", &arguments);
    assert_eq!(
        property(&program, "assignment", &["scope"]),
        format!("'{vault}'")
    );
}
