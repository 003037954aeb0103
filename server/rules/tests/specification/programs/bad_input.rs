//! Bad input: a finding in the right place or silence, never a fall, never half a truth.

use super::{
    ARM_KIND, GRANT, KIND, READ, SERVICE, SYSTEM, VAULT, arm, check, found, judged, linked, module,
    named_value, only, parameters, silent,
};

#[test]
fn a_parameter_file_for_a_template_that_is_gone() {
    silent(&[(
        "main.dev.bicepparam",
        "using 'main.bicep'\nparam kind = 'None'\n",
    )]);
    silent(&[(
        "main.parameters.json",
        &parameters(r#""kind": { "value": "None" }"#),
    )]);
    silent(&[
        ("other.bicep", KIND),
        (
            "main.dev.bicepparam",
            "using 'main.bicep'\nparam kind = 'None'\n",
        ),
    ]);
}

#[test]
fn a_bicepparam_that_nobody_can_use() {
    for text in [
        "",
        "using",
        "using ''",
        "using 'main.bicep",
        "using none\nparam kind = 'None'",
        "using 'br:contoso.azurecr.io/main:1'\nparam kind = 'None'",
        "param kind = 'None'",
        "using 'main.bicep'\nparam kind =",
        "using 'main.bicep'\nparam kind = 'No",
        "using 'main.bicep'\nparam other = 'None'",
        "using 'main.bicep'\nextends 'gone.bicepparam'",
        "using 'main.bicep'\nextends 'main.bicepparam'",
        "using 'main.bicep'\nextends",
        "using 'main.bicep'\nparam kind = kind",
        "using 'main.bicep'\nvar a = b\nvar b = a\nparam kind = a",
    ] {
        silent(&[("main.bicep", KIND), ("main.bicepparam", text)]);
    }
}

/// A scenario of which a part cannot be read gives nobody knows what. The default may be named as
/// a possibility, as without scenarios, but not as a certainty.
#[test]
fn half_a_scenario_is_none() {
    let main = KIND.replace("'SystemAssigned'", "'None'");
    for (name, text) in [
        (
            "main.bicepparam",
            "using 'main.bicep'\nparam kind = \n".to_owned(),
        ),
        (
            "main.bicepparam",
            "using 'main.bicep'\nextends 'gone.bicepparam'\n".to_owned(),
        ),
        (
            "main.parameters.json",
            parameters(r#""name": { "value": "one" }, "kind": { "#),
        ),
        (
            "main.parameters.json",
            r#"{ "parameters": { "name": { "value": "one" },"#.to_owned(),
        ),
    ] {
        for it in found(&[("main.bicep", &main), (name, &text)]) {
            assert!(
                it.message.contains("with the default of `kind`"),
                "{name}: {}",
                it.message
            );
        }
    }
}

#[test]
fn a_parameter_file_that_is_none() {
    for text in [
        "",
        "[]",
        "null",
        "{",
        r#"{ "parameters": [] }"#,
        r#"{ "parameters": null }"#,
        r#"{ "parameters": { "kind": "None" } }"#,
        r#"{ "parameters": { "kind": { "value": "#,
        r#"{ "parameters": { "kind": {} } }"#,
    ] {
        silent(&[("main.json", ARM_KIND), ("main.parameters.json", text)]);
    }
}

#[test]
fn a_parameter_file_may_have_a_mark_comments_and_other_line_ends() {
    let text = "\u{feff}{\r\n  // for development\r\n  \"parameters\": {\r\n    \"KIND\": { \"value\": \"System\" }, /* not yet */\r\n  }\r\n}\r\n";
    judged(
        &[("main.json", ARM_KIND), ("main.parameters.json", text)],
        &["error identity-invalid"],
    );
    let text = "\u{feff}using 'main.bicep'\r\n\r\nparam kind = 'System' // for development\r\n";
    judged(
        &[("main.bicep", KIND), ("main.bicepparam", text)],
        &["error identity-invalid"],
    );
}

const CACHED: &str = "/home/.bicep/br/contoso.azurecr.io/grant/1.0.0$/main.json";

#[test]
fn a_cached_module_that_is_cut_off_is_out_of_sight() {
    let main = SYSTEM.to_owned()
        + &module(
            "grant",
            "br:contoso.azurecr.io/grant:1.0.0",
            "vault: 'safe', principal: apim.identity.principalId",
        )
        + &named_value("'https://safe.vault.azure.net/secrets/nv'");
    let whole = super::ARM_GRANT.replace("parameters('vault')", "concat(parameters('vault'), '2')");
    // Whole, it is a grant on another vault.
    check(
        &[("main.bicep", &main), (CACHED, &whole)],
        &["warning vault-access-missing @ main.bicep: secretIdentifier"],
    );
    for end in (0..whole.len()).step_by(7) {
        silent(&[("main.bicep", &main), (CACHED, &whole[..end])]);
    }
}

#[test]
fn a_cached_service_that_is_cut_off_lacks_nothing() {
    let main = module("service", "br:contoso.azurecr.io/grant:1.0.0", "");
    for end in (0..ARM_KIND.len()).step_by(7) {
        silent(&[("main.bicep", &main), (CACHED, &ARM_KIND[..end])]);
    }
}

#[test]
fn a_module_that_is_cut_off_grants_or_not() {
    let main = SYSTEM.to_owned()
        + &module(
            "grant",
            "grant.bicep",
            "vault: 'safe', principal: apim.identity.principalId",
        )
        + &named_value("'https://safe.vault.azure.net/secrets/nv'");
    let inside =
        |end: usize| GRANT[..end].matches('{').count() != GRANT[..end].matches('}').count();
    for end in (0..GRANT.len()).filter(|end| inside(*end)) {
        silent(&[("main.bicep", &main), ("grant.bicep", &GRANT[..end])]);
    }
}

#[test]
fn an_alias_that_does_not_exist() {
    for config in [
        "",
        "{",
        "{}",
        "[]",
        r#"{ "moduleAliases": null }"#,
        r#"{ "moduleAliases": { "br": { "other": { "registry": "contoso.azurecr.io" } } } }"#,
        r#"{ "moduleAliases": { "br": { "team": {} } } }"#,
        r#"{ "moduleAliases": { "br": { "team": "contoso.azurecr.io" } } }"#,
        r#"{ "cacheRootDirectory": 7 }"#,
    ] {
        for address in ["br/team:grant:1.0.0", "ts/team:grant:1.0.0"] {
            let main = SYSTEM.to_owned()
                + &module("grant", address, "principal: apim.identity.principalId")
                + &named_value("'https://safe.vault.azure.net/secrets/nv'");
            silent(&[("main.bicep", &main), ("bicepconfig.json", config)]);
        }
    }
}

/// Some disks know one file where others know two. The caller means this file or none.
#[test]
fn a_path_in_other_letter_case() {
    let main = |path: &str| {
        SYSTEM.to_owned()
            + &module(
                "grant",
                path,
                "vault: 'safe', principal: apim.identity.principalId",
            )
            + &named_value("'https://safe.vault.azure.net/secrets/nv'")
    };
    silent(&[("main.bicep", &main("Grant.bicep")), ("grant.bicep", GRANT)]);
    silent(&[
        ("main.bicep", &main("./GRANT.BICEP")),
        ("grant.bicep", GRANT),
    ]);
}

#[test]
fn two_modules_with_one_path_in_two_letter_cases() {
    let wrong = KIND.replace("type: kind", "type: 'System'");
    let main = module("one", "service.bicep", "name: 'one'")
        + &module("two", "Service.bicep", "name: 'two'");
    let one_file = found(&[("main.bicep", &main), ("service.bicep", &wrong)]);
    assert_eq!(one_file.len(), 1);
    check(
        &[
            ("main.bicep", &main),
            ("service.bicep", &wrong),
            ("Service.bicep", KIND),
        ],
        &["error identity-invalid @ service.bicep: 'System'"],
    );
}

#[test]
fn an_argument_that_the_module_does_not_know() {
    silent(&[
        (
            "main.bicep",
            &module("service", "service.bicep", "type: 'System', kinds: 'None'"),
        ),
        ("service.bicep", KIND),
    ]);
}

#[test]
fn an_output_that_the_module_does_not_have() {
    let main = |output: &str| {
        module("vault", "vault.bicep", "name: 'safe'")
            + &module("service", "service.bicep", "")
            + &module(
                "grant",
                "grant.bicep",
                &format!("vault: 'safe', principal: service.outputs.{output}"),
            )
            + &module(
                "read",
                "read.bicep",
                "service: service.outputs.name, uri: vault.outputs.uri",
            )
    };
    for output in ["nothing", "principalId.nothing", ""] {
        silent(&[
            ("main.bicep", &main(output)),
            ("vault.bicep", VAULT),
            ("service.bicep", SERVICE),
            ("grant.bicep", GRANT),
            ("read.bicep", READ),
        ]);
    }
}

#[test]
fn modules_that_wait_for_each_other() {
    let main = "module a 'service.bicep' = {
  params: { name: b.outputs.name }
}
module b 'service.bicep' = {
  params: { name: a.outputs.name }
}
";
    silent(&[("main.bicep", main), ("service.bicep", SERVICE)]);
    let main = "module a 'service.bicep' = {\n  params: { name: a.outputs.name }\n}\n";
    silent(&[("main.bicep", main), ("service.bicep", SERVICE)]);
}

#[test]
fn files_that_import_from_each_other() {
    let text = |mine: &str, theirs: &str, file: &str| {
        format!("import {{ {theirs} }} from '{file}.bicep'\n@export()\nvar {mine} = {theirs}\n")
    };
    let main = "import { a } from 'a.bicep'\n".to_owned() + &KIND.replace("type: kind", "type: a");
    silent(&[
        ("main.bicep", &main),
        ("a.bicep", &text("a", "b", "b")),
        ("b.bicep", &text("b", "a", "a")),
    ]);
    let own = "import { a } from 'main.bicep'\n@export()\nvar a = a\n".to_owned()
        + &KIND.replace("type: kind", "type: a");
    silent(&[("main.bicep", &own)]);
}

#[test]
fn modules_that_are_no_templates() {
    for text in ["", "[]", "null", "7", "{}", "{ \"resources\": 7 }", "\u{0}"] {
        let main = SYSTEM.to_owned()
            + &module(
                "grant",
                "grant.json",
                "principal: apim.identity.principalId",
            )
            + &named_value("'https://safe.vault.azure.net/secrets/nv'");
        silent(&[("main.bicep", &main), ("grant.json", text)]);
    }
    // A parameter file is none either.
    let main = module("service", "main.parameters.json", "");
    silent(&[
        ("main.bicep", &main),
        (
            "main.parameters.json",
            &parameters(r#""kind": { "value": "None" }"#),
        ),
    ]);
}

/// The module has a hole, but its argument is known and its use is whole.
#[test]
fn what_is_certain_beside_a_hole_is_said() {
    let main = module("service", "service.bicep", "kind: 'System'") + "param more string =\n";
    check(
        &[("main.bicep", &main), ("service.bicep", KIND)],
        &["error identity-invalid @ main.bicep: 'System'"],
    );
}

#[test]
fn linked_deployments_that_say_nothing() {
    for properties in [
        r#"{ "mode": "Incremental" }"#,
        r#"{ "mode": "Incremental", "templateLink": {} }"#,
        r#"{ "mode": "Incremental", "templateLink": { "relativePath": "" } }"#,
        r#"{ "mode": "Incremental", "templateLink": { "relativePath": 7 } }"#,
        r#"{ "mode": "Incremental", "templateLink": null, "template": null }"#,
        r#"{ "mode": "Incremental", "template": [] }"#,
        r#"{ "mode": "Incremental", "templateLink": { "relativePath": "service.json" }, "parameters": [] }"#,
        r#"{ "mode": "Incremental", "templateLink": { "relativePath": "service.json" }, "parameters": { "kind": "None" } }"#,
        r#""[variables('all')]""#,
    ] {
        let main = arm(&format!(
            r#""resources": [ {{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "it", "properties": {properties} }} ]"#
        ));
        silent(&[("main.json", &main), ("service.json", ARM_KIND)]);
    }
}

/// The fault stands once, whichever of the files is first in hand.
#[test]
fn the_order_of_files_changes_nothing() {
    let main = module("service", "service.bicep", "kind: 'None'");
    let wrong = KIND.replace("type: kind", "type: 'System'");
    let arm_main = arm(&format!(
        r#""resources": [ {} ]"#,
        linked("it", "service.json", r#""kind": { "value": "System" }"#)
    ));
    let mut files = vec![
        ("a/main.bicep", main.as_str()),
        ("a/service.bicep", KIND),
        ("b/service.bicep", wrong.as_str()),
        ("c/main.json", arm_main.as_str()),
        ("c/service.json", ARM_KIND),
        (
            "a/main.dev.bicepparam",
            "using 'main.bicep'\nparam kind = 'System'\n",
        ),
    ];
    let render = |files: &[(&str, &str)]| super::render(&found(files));
    let first = render(&files);
    assert_eq!(
        first
            .lines()
            .filter(|it| !it.starts_with("    see"))
            .count(),
        3
    );
    files.reverse();
    assert_eq!(render(&files), first);
    files.rotate_left(2);
    assert_eq!(render(&files), first);
}

/// A place must be in the text that it names, also behind letters of several bytes.
#[test]
fn places_behind_letters_of_several_bytes() {
    let main = format!(
        "// Grüße 🌍\n{}",
        module(
            "service",
            "módulos/service.bicep",
            "name: 'ü', kind: 'System'"
        )
    );
    let found = only(&[
        ("main.bicep", &main),
        ("módulos/service.bicep", &format!("// 🌍🌍\n{KIND}")),
    ]);
    assert_eq!(found.text, "'System'");
}
