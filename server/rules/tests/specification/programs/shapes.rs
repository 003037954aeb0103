//! Shapes of programs: cycles, diamonds, long chains, and what is missing.

use std::fmt::Write as _;

use super::{
    ARM_KIND, GRANT, KIND, READ, SERVICE, SYSTEM, VAULT, arm, check, found, linked, module,
    named_value, silent,
};

/// A file that deploys itself has no end. What it certainly lacks may be said, or nothing.
#[test]
fn a_template_that_includes_itself() {
    let wrong = KIND.replace("type: kind", "type: 'System'");
    for main in [
        wrong.clone() + &module("again", "main.bicep", ""),
        wrong.clone() + &module("again", "./main.bicep", "kind: 'None'"),
        wrong.clone() + &module("again", "../w/main.bicep", "kind: kind"),
    ] {
        let all = found(&[("main.bicep", &main)]);
        assert!(all.len() <= 1, "{main}");
        assert!(all.iter().all(|it| it.text == "'System'"), "{main}");
    }
    let arm_main = arm(&format!(
        r#""resources": [ {} ]"#,
        linked("again", "main.json", "")
    ));
    silent(&[("main.json", &arm_main)]);
}

#[test]
fn what_flows_into_a_cycle_may_be_granted_there() {
    let main = SYSTEM.to_owned()
        + "param principal string = ''\n"
        + &module(
            "again",
            "main.bicep",
            "principal: apim.identity.principalId",
        )
        + &named_value("'https://safe.vault.azure.net/secrets/nv'");
    silent(&[("main.bicep", &main)]);
}

/// Nobody outside deploys either of the two: there is no root to judge.
#[test]
fn two_templates_that_include_each_other() {
    let all = found(&[
        (
            "a.bicep",
            &(KIND.replace("type: kind", "type: 'System'") + &module("b", "b.bicep", "")),
        ),
        ("b.bicep", &module("a", "a.bicep", "")),
    ]);
    assert!(all.len() <= 1);
    let all = found(&[
        (
            "a.json",
            &arm(&format!(
                r#""resources": [ {} ]"#,
                linked("b", "b.json", "")
            )),
        ),
        (
            "b.json",
            &arm(&format!(
                r#""resources": [ {} ]"#,
                linked("a", "a.json", "")
            )),
        ),
    ]);
    assert!(all.is_empty());
}

/// The rest of a program is judged though a part of it has no end.
#[test]
fn a_cycle_below_a_root() {
    let main = |kind: &str| {
        module("service", "service.bicep", &format!("kind: '{kind}'")) + &module("a", "a.bicep", "")
    };
    for (kind, expected) in [
        (
            "System",
            &["error identity-invalid @ main.bicep: 'System'"][..],
        ),
        ("SystemAssigned", &[]),
    ] {
        check(
            &[
                ("main.bicep", &main(kind)),
                ("service.bicep", KIND),
                ("a.bicep", &module("b", "b.bicep", "")),
                ("b.bicep", &module("a", "a.bicep", "")),
            ],
            expected,
        );
    }
}

#[test]
fn a_diamond() {
    let side = |name: &str| {
        format!(
            "param kind string\n{}",
            module(
                "service",
                "service.bicep",
                &format!("name: '{name}', kind: kind")
            )
        )
    };
    let main = |left: &str, right: &str| {
        module("left", "left.bicep", &format!("kind: '{left}'"))
            + &module("right", "right.bicep", &format!("kind: '{right}'"))
    };
    let files = |main: &str, service: &str, expected: &[&str]| {
        check(
            &[
                ("main.bicep", main),
                ("left.bicep", &side("left")),
                ("right.bicep", &side("right")),
                ("service.bicep", service),
            ],
            expected,
        );
    };
    files(&main("SystemAssigned", "SystemAssigned"), KIND, &[]);
    files(
        &main("SystemAssigned", "None"),
        KIND,
        &["warning identity-missing @ main.bicep: 'None'"],
    );
    files(
        &main("System", "None"),
        KIND,
        &[
            "error identity-invalid @ main.bicep: 'System'",
            "warning identity-missing @ main.bicep: 'None'",
        ],
    );
    files(
        &main("SystemAssigned", "SystemAssigned"),
        &KIND.replace("type: kind", "type: 'System'"),
        &["error identity-invalid @ service.bicep: 'System'"],
    );
}

#[test]
fn a_diamond_of_linked_templates() {
    let side = |name: &str| {
        arm(&format!(
            r#""parameters": {{ "kind": {{ "type": "string" }} }}, "resources": [ {} ]"#,
            linked(
                "service",
                "service.json",
                &format!(
                    r#""name": {{ "value": "{name}" }}, "kind": {{ "value": "[parameters('kind')]" }}"#
                )
            )
        ))
    };
    let main = |right: &str| {
        arm(&format!(
            r#""resources": [ {}, {} ]"#,
            linked(
                "left",
                "left.json",
                r#""kind": { "value": "SystemAssigned" }"#
            ),
            linked(
                "right",
                "right.json",
                &format!(r#""kind": {{ "value": "{right}" }}"#)
            )
        ))
    };
    let files = |right: &str, expected: &[&str]| {
        check(
            &[
                ("main.json", &main(right)),
                ("left.json", &side("left")),
                ("right.json", &side("right")),
                ("service.json", ARM_KIND),
            ],
            expected,
        );
    };
    files("SystemAssigned", &[]);
    files("None", &["warning identity-missing @ main.json: \"None\""]);
}

/// A service at the end of a chain: its kind of identity goes down, its principal id comes up.
fn chain(length: usize, kind: &str, granted: bool) -> Vec<(String, String)> {
    let service = SERVICE
        .replace(
            "param name string = 'gateway'",
            "param kind string\nparam name string = 'gateway'",
        )
        .replace("type: 'SystemAssigned'", "type: kind");
    let mut files = vec![
        ("service.bicep".to_owned(), service),
        ("vault.bicep".to_owned(), VAULT.to_owned()),
        ("grant.bicep".to_owned(), GRANT.to_owned()),
        ("read.bicep".to_owned(), READ.to_owned()),
    ];
    for index in 1..=length {
        let next = if index == length {
            "service.bicep".to_owned()
        } else {
            format!("step{}.bicep", index + 1)
        };
        files.push((
            format!("step{index}.bicep"),
            format!(
                "param kind string\n{}output principalId string = next.outputs.principalId\noutput name string = next.outputs.name\n",
                module("next", &next, "kind: kind")
            ),
        ));
    }
    let grant = module(
        "grant",
        "grant.bicep",
        "vault: 'safe', principal: first.outputs.principalId",
    );
    files.push((
        "main.bicep".to_owned(),
        module("vault", "vault.bicep", "name: 'safe'")
            + &module("first", "step1.bicep", &format!("kind: '{kind}'"))
            + if granted { &grant } else { "" }
            + &module(
                "read",
                "read.bicep",
                "service: first.outputs.name, uri: vault.outputs.uri",
            ),
    ));
    files
}

#[test]
fn a_chain_of_fifty() {
    let files = |kind: &str, granted: bool, expected: &[&str]| {
        let files = chain(50, kind, granted);
        let files: Vec<_> = files
            .iter()
            .map(|it| (it.0.as_str(), it.1.as_str()))
            .collect();
        check(&files, expected);
    };
    files("SystemAssigned", true, &[]);
    files(
        "SystemAssigned",
        false,
        &["error vault-access-missing @ read.bicep: secretIdentifier"],
    );
    files(
        "None",
        false,
        &[
            "error identity-missing @ main.bicep: 'None'",
            "error identity-principal-unavailable @ service.bicep: apim.identity.principalId",
        ],
    );
    files(
        "System",
        true,
        &["error identity-invalid @ main.bicep: 'System'"],
    );
}

#[test]
fn a_chain_of_fifty_linked_templates() {
    let step = |next: &str| {
        arm(&format!(
            r#""parameters": {{ "kind": {{ "type": "string" }} }}, "resources": [ {} ]"#,
            linked(
                "next",
                next,
                r#""kind": { "value": "[parameters('kind')]" }"#
            )
        ))
    };
    for (kind, expected) in [
        ("SystemAssigned", &[][..]),
        (
            "System",
            &["error identity-invalid @ main.json: \"System\""],
        ),
    ] {
        let mut files = vec![
            (
                "main.json".to_owned(),
                arm(&format!(
                    r#""resources": [ {} ]"#,
                    linked(
                        "first",
                        "step1.json",
                        &format!(r#""kind": {{ "value": "{kind}" }}"#)
                    )
                )),
            ),
            ("step50.json".to_owned(), ARM_KIND.to_owned()),
        ];
        for index in 1..50 {
            files.push((
                format!("step{index}.json"),
                step(&format!("step{}.json", index + 1)),
            ));
        }
        let files: Vec<_> = files
            .iter()
            .map(|it| (it.0.as_str(), it.1.as_str()))
            .collect();
        check(&files, expected);
    }
}

/// Nobody writes a chain of five thousand by hand; the stack must bear one.
#[test]
fn a_chain_far_too_long_ends() {
    let mut files: Vec<_> = (0..5000)
        .map(|index| {
            (
                format!("step{index}.bicep"),
                module("next", &format!("step{}.bicep", index + 1), ""),
            )
        })
        .collect();
    files.push(("step5000.bicep".to_owned(), KIND.to_owned()));
    let files: Vec<_> = files
        .iter()
        .map(|it| (it.0.as_str(), it.1.as_str()))
        .collect();
    silent(&files);
}

/// Twenty-four layers, each of which calls the next one twice: sixteen million paths to one
/// fault, which is the same on each of them.
///
/// Not settled: to give up and be silent would not be wrong, to run for hours would.
#[test]
fn diamonds_upon_diamonds_end() {
    let mut files = Vec::new();
    for layer in 0..24 {
        let mut text = String::new();
        for side in ["left", "right"] {
            let _ = write!(
                text,
                "{}",
                module(side, &format!("layer{}.bicep", layer + 1), "")
            );
        }
        files.push((format!("layer{layer}.bicep"), text));
    }
    files.push((
        "layer24.bicep".to_owned(),
        KIND.replace("type: kind", "type: 'System'"),
    ));
    let files: Vec<_> = files
        .iter()
        .map(|it| (it.0.as_str(), it.1.as_str()))
        .collect();
    check(
        &files,
        &["error identity-invalid @ layer24.bicep: 'System'"],
    );
}

/// Every output of a layer is made of two of the next.
#[test]
fn outputs_that_double_end() {
    let mut files = Vec::new();
    for layer in 0..12 {
        let next = format!("layer{}.bicep", layer + 1);
        let both = "output x string = '${left.outputs.x}${right.outputs.x}'\n";
        let text = module("left", &next, "") + &module("right", &next, "") + both;
        files.push((format!("layer{layer}.bicep"), text));
    }
    let last = KIND.replace("type: kind", "type: 'None'") + "output x string = apim.name\n";
    files.push(("layer12.bicep".to_owned(), last));
    let files: Vec<_> = files
        .iter()
        .map(|it| (it.0.as_str(), it.1.as_str()))
        .collect();
    assert!(found(&files).len() <= 1);
}

/// What is certain beside a missing module is still said.
#[test]
fn a_missing_module_hides_only_what_flows_into_it() {
    let main = |kind: &str| {
        module("service", "service.bicep", &format!("kind: '{kind}'"))
            + &module("gone", "gone.bicep", "location: 'westeurope'")
    };
    check(
        &[("main.bicep", &main("System")), ("service.bicep", KIND)],
        &["error identity-invalid @ main.bicep: 'System'"],
    );
    silent(&[
        ("main.bicep", &main("SystemAssigned")),
        ("service.bicep", KIND),
    ]);
}

/// The type of identity comes from a module that nobody finds.
#[test]
fn a_missing_module_between_a_value_and_its_use() {
    let main = module("settings", "gone.bicep", "")
        + &module("service", "service.bicep", "kind: settings.outputs.kind");
    silent(&[("main.bicep", &main), ("service.bicep", KIND)]);
    let middle = "param kind string\n".to_owned() + &module("inner", "gone.bicep", "kind: kind");
    silent(&[
        (
            "main.bicep",
            &module("middle", "middle.bicep", "kind: 'None'"),
        ),
        ("middle.bicep", &middle),
    ]);
}

/// A file that is missing today may be written tomorrow, as `.json` or elsewhere: paths that lead
/// nowhere are no reason to fall.
#[test]
fn paths_that_lead_nowhere() {
    for path in [
        "",
        ".",
        "..",
        "/",
        "/service.bicep",
        "../../../../service.bicep",
        ".\\service.bicep",
        "service",
        "service.bicep/",
        "${'service'}.bicep",
        "br:",
        "br/:",
        "ts:",
        "br/public:",
        "br:contoso.azurecr.io/apim",
        "br:contoso.azurecr.io/apim:",
        "br:contoso.azurecr.io/apim@",
        "https://example.org/service.bicep",
    ] {
        let main = SYSTEM.to_owned()
            + &module("it", path, "principal: apim.identity.principalId")
            + &named_value("'https://safe.vault.azure.net/secrets/nv'");
        silent(&[("main.bicep", &main), ("sub/service.bicep", GRANT)]);
    }
}
