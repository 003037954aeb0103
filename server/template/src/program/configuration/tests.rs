use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Configuration, ProblemKind, RuleLevel};

fn read(text: &str) -> Configuration {
    Configuration::read(Path::new("/p/bicepconfig.json"), text, &|_| None)
}

/// The configuration of `/p/q/r/main.bicep` among some files.
fn among(files: &[(&str, &str)]) -> Configuration {
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
        .collect();
    Configuration::of(Path::new("/p/q/r/main.bicep"), &|path| {
        files.get(path).cloned()
    })
}

/// The registry and path of an alias.
fn alias(configuration: &Configuration, name: &str) -> String {
    match configuration.registry_alias(name) {
        Some(alias) => format!("{:?} {:?}", alias.registry, alias.module_path).replace('"', ""),
        None => "none".to_owned(),
    }
}

fn problem(configuration: &Configuration) -> String {
    match &configuration.problem {
        Some(problem) => format!(
            "{} {:?}: {}",
            problem.file.display(),
            problem.range.as_usize(),
            problem.kind
        ),
        None => "none".to_owned(),
    }
}

const PUBLIC: &str = "Some(mcr.microsoft.com) Some(bicep)";

#[test]
fn the_public_registry_is_built_in() {
    let built_in = Configuration::default();
    assert_eq!(alias(&built_in, "public"), PUBLIC);
    assert_eq!(alias(&built_in, "Public"), "none");
    for text in [
        "{}",
        "\u{feff}{}",
        "{ \"moduleAliases\": null, \"cacheRootDirectory\": null, \"extends\": null }",
        "{ \"moduleAliases\": { \"br\": { \"public\": null }, \"ts\": null } }",
        "{ \"moduleAliases\": { \"br\": { \"public\": { \"registry\": null } } } }",
        "{ \"ModuleAliases\": { \"br\": { \"public\": { \"registry\": \"r\" } } } }",
    ] {
        let configuration = read(text);
        assert_eq!(problem(&configuration), "none", "{text}");
        assert_eq!(alias(&configuration, "public"), PUBLIC, "{text}");
    }
}

#[test]
fn aliases_are_laid_over_what_is_built_in() {
    let configuration = read(
        r#"// comments are fine
        {
          "moduleAliases": {
            "br": {
              "public": { "registry": "mirror.example.com" },
              "own": { "registry": "r\u002eexample.com", "modulePath": "a/b" },
              "empty": { "modulePath": "a" },
            },
            "ts": {
              "specs": { "subscription": "s", "resourceGroup": "größe" }, /* so is a last comma */
            }
          },
          "analyzers": { "core": { "rules": [] } }
        }"#,
    );
    assert_eq!(problem(&configuration), "none");
    assert_eq!(
        alias(&configuration, "public"),
        "Some(mirror.example.com) Some(bicep)"
    );
    assert_eq!(
        alias(&configuration, "own"),
        "Some(r.example.com) Some(a/b)"
    );
    assert_eq!(alias(&configuration, "empty"), "None Some(a)");
    assert_eq!(alias(&configuration, "other"), "none");
    let specs = configuration.template_spec_alias("specs").unwrap();
    assert_eq!(specs.subscription.as_deref(), Some("s"));
    assert_eq!(specs.resource_group.as_deref(), Some("größe"));
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let configuration = read(
        r#"{ "moduleAliases": 1, "moduleAliases": { "br": {
            "a": { "registry": "x" }, "a": { "registry": "y", "registry": "z" } } } }"#,
    );
    assert_eq!(alias(&configuration, "a"), "Some(z) None");
}

#[test]
fn a_broken_file_leaves_what_is_built_in() {
    let own = "\"br\": { \"public\": { \"registry\": \"r\" } }";
    for (text, expected) in [
        (String::new(), "0..0: this is not valid JSON"),
        ("[]".to_owned(), "0..2: `bicepconfig.json` is not an object"),
        ("{} {}".to_owned(), "0..5: this is not valid JSON"),
        (
            format!("{{ \"moduleAliases\": {{ {own}, \"ts\": [] }} }}"),
            "68..70: `moduleAliases.ts` is not an object",
        ),
        (
            format!("{{ \"moduleAliases\": {{ {own} }}, \"cacheRootDirectory\": 1 }}"),
            "86..87: `cacheRootDirectory` is not a string",
        ),
        (
            "{ \"moduleAliases\": { \"br\": { \"a\": { \"registry\": {} } } } }".to_owned(),
            "48..50: `moduleAliases.br.a.registry` is not a string",
        ),
        (
            "{ \"moduleAliases\": { \"br\": { \"a\": \"r\" } } }".to_owned(),
            "34..37: `moduleAliases.br.a` is not an object",
        ),
    ] {
        let configuration = read(&text);
        let expected = format!("/p/bicepconfig.json {expected}");
        assert_eq!(problem(&configuration), expected, "{text}");
        assert_eq!(alias(&configuration, "public"), PUBLIC, "{text}");
    }
}

#[test]
fn a_truncated_file_is_broken() {
    let text = r#"{ "moduleAliases": { "br": { "public": { "registry": "é" } } } }"#;
    assert_eq!(alias(&read(text), "public"), "Some(é) Some(bicep)");
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let configuration = read(&text[..end]);
        assert!(configuration.problem.is_some(), "{}", &text[..end]);
        assert_eq!(alias(&configuration, "public"), PUBLIC, "{}", &text[..end]);
    }
}

#[test]
fn the_nearest_file_counts() {
    let naming = |registry| {
        format!(
            "{{ \"moduleAliases\": {{ \"br\": {{ \"a\": {{ \"registry\": \"{registry}\" }} }} }} }}"
        )
    };
    let (near, far) = (naming("near"), naming("far"));
    let configuration = among(&[
        ("/p/q/bicepconfig.json", &near),
        ("/bicepconfig.json", &far),
        ("/p/q/r/s/bicepconfig.json", &far),
    ]);
    assert_eq!(alias(&configuration, "a"), "Some(near) None");
    assert_eq!(configuration.files, [Path::new("/p/q/bicepconfig.json")]);
    // A broken one hides those above it.
    let configuration = among(&[("/p/q/bicepconfig.json", "{"), ("/bicepconfig.json", &far)]);
    assert!(configuration.problem.is_some());
    assert_eq!(alias(&configuration, "a"), "none");
    assert_eq!(among(&[]), Configuration::default());
    let beside = Configuration::of(Path::new("main.bicep"), &|path| {
        (path == Path::new("bicepconfig.json")).then(|| near.clone())
    });
    assert_eq!(alias(&beside, "a"), "Some(near) None");
}

#[test]
fn a_file_extends_others() {
    let configuration = among(&[
        (
            "/p/q/bicepconfig.json",
            r#"{ "extends": "../base/one.json", "moduleAliases": { "br": { "a": { "registry": "near" } } } }"#,
        ),
        (
            "/p/base/one.json",
            r#"{ "extends": "./two.json", "cacheRootDirectory": "/one",
                 "moduleAliases": { "br": { "a": { "registry": "one", "modulePath": "one" } } } }"#,
        ),
        (
            "/p/base/two.json",
            r#"{ "extends": " ", "cacheRootDirectory": "/two",
                 "moduleAliases": { "br": { "a": { "modulePath": "two" }, "b": { "registry": "two" } } } }"#,
        ),
    ]);
    assert_eq!(problem(&configuration), "none");
    assert_eq!(alias(&configuration, "a"), "Some(near) Some(one)");
    assert_eq!(alias(&configuration, "b"), "Some(two) None");
    assert_eq!(alias(&configuration, "public"), PUBLIC);
    assert_eq!(configuration.cache_root(None, None), Some("/one".into()));
    assert_eq!(
        configuration.files,
        [
            "/p/q/bicepconfig.json",
            "/p/base/one.json",
            "/p/base/two.json"
        ]
        .map(PathBuf::from)
    );
}

#[test]
fn what_is_extended_may_be_wrong() {
    let extending = |path: &str| format!("{{ \"extends\": \"{path}\" }}");
    let kind = |files: &[(&str, &str)]| among(files).problem.map(|problem| problem.kind);
    let near = "/p/q/bicepconfig.json";
    for absolute in ["/p/base.json", "c:/base.json", "\\\\\\\\host\\\\base.json"] {
        assert_eq!(
            kind(&[(near, &extending(absolute)), ("/p/base.json", "{}")]),
            Some(ProblemKind::ExtendsAbsolute)
        );
    }
    assert_eq!(
        kind(&[(near, &extending("../../../../base.json"))]),
        Some(ProblemKind::ExtendsMissing("/base.json".into()))
    );
    assert_eq!(
        kind(&[(near, &extending("bicepconfig.json"))]),
        Some(ProblemKind::ExtendsCycle(near.into()))
    );
    let configuration = among(&[
        (near, &extending("../a.json")),
        ("/p/a.json", &extending("q/../b.json")),
        ("/p/b.json", &extending("./a.json")),
    ]);
    let back = "/p/b.json 13..23: `extends` leads back to /p/a.json";
    assert_eq!(problem(&configuration), back);
    assert_eq!(
        kind(&[
            (near, &extending("a.json")),
            ("/p/q/a.json", "{ \"extends\": 1 }")
        ]),
        Some(ProblemKind::NoString("extends".to_owned()))
    );
    let endless = Configuration::of(Path::new("/main.bicep"), &|path| {
        let number: u32 = path.file_stem()?.to_str()?.parse().unwrap_or(0);
        Some(extending(&format!("{}.json", number + 1)))
    });
    assert_eq!(endless.problem.unwrap().kind, ProblemKind::ExtendsTooDeep);
}

#[test]
fn the_cache_is_where_the_configuration_says() {
    let home = Path::new("/home/me");
    let root = |value: &str| {
        let text = format!("{{ \"cacheRootDirectory\": \"{value}\" }}");
        let root = read(&text).cache_root(Some(home), Some(Path::new("/default")));
        root.map_or("none".to_owned(), |root| root.display().to_string())
    };
    assert_eq!(root(""), "/default");
    assert_eq!(root(" "), "/default");
    assert_eq!(root("/cache"), "/cache");
    assert_eq!(root("~"), "/home/me");
    assert_eq!(root("~/"), "/home/me");
    assert_eq!(root("~/x/y"), "/home/me/x/y");
    assert_eq!(root("~\\\\x"), "/home/me/x");
    assert_eq!(root("C:\\\\cache"), "C:\\cache");
    for relative in ["cache", "./cache", "~other/x", "$HOME/x", "%USERPROFILE%"] {
        assert_eq!(root(relative), "none");
    }
    assert_eq!(Configuration::default().cache_root(None, None), None);
    assert_eq!(
        read(r#"{ "cacheRootDirectory": "~" }"#).cache_root(None, Some(home)),
        None
    );
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "[\\PC\\n\"{}\\[\\],:]{0,60}") {
        let configuration = read(&text);
        if configuration.problem.is_some() {
            prop_assert_eq!(alias(&configuration, "public"), PUBLIC);
        }
    }
}

#[test]
fn levels_of_rules() {
    let configuration = read(
        r#"{
          // what Bicep itself reads is beside it
          "analyzers": {
            "core": { "rules": { "a": { "level": "error" } } },
            "apim": {
              "rules": {
                "a": { "level": "off" },
                "b": { "level": "Warning" },
                "c": { "level": "info" },
                "d": { "level": "error", "more": 1 },
                "unknown": { "level": "loud" },
                "number": { "level": 1 },
                "none": {},
                "flat": "off",
              }
            }
          }
        }"#,
    );
    assert_eq!(problem(&configuration), "none");
    for (rule, expected) in [
        ("a", Some(RuleLevel::Off)),
        ("b", Some(RuleLevel::Warning)),
        ("c", Some(RuleLevel::Info)),
        ("d", Some(RuleLevel::Error)),
        ("A", None),
        ("unknown", None),
        ("number", None),
        ("none", None),
        ("flat", None),
        ("e", None),
    ] {
        assert_eq!(configuration.rule_level(rule), expected, "{rule}");
    }
}

#[test]
fn what_is_no_configuration_of_rules_is_no_problem() {
    for text in [
        r#"{ "analyzers": [] }"#,
        r#"{ "analyzers": { "apim": 1 } }"#,
        r#"{ "analyzers": { "apim": { "rules": [], "enabled": "no" } } }"#,
        r#"{ "analyzers": { "apim": null } }"#,
    ] {
        let configuration = read(text);
        assert_eq!(problem(&configuration), "none", "{text}");
        assert_eq!(configuration.rule_level("a"), None, "{text}");
    }
}

#[test]
fn all_rules_at_once() {
    let off = r#"{ "analyzers": { "apim": { "enabled": false, "rules": { "a": { "level": "error" } } } } }"#;
    assert_eq!(read(off).rule_level("a"), Some(RuleLevel::Off));
    assert_eq!(read(off).rule_level("b"), Some(RuleLevel::Off));
    let on = among(&[
        (
            "/p/q/bicepconfig.json",
            r#"{ "extends": "../base.json", "analyzers": { "apim": { "enabled": true, "rules": { "a": { "level": "info" } } } } }"#,
        ),
        (
            "/p/base.json",
            r#"{ "analyzers": { "apim": { "enabled": false, "rules": { "a": { "level": "off" }, "b": { "level": "off" } } } } }"#,
        ),
    ]);
    assert_eq!(on.rule_level("a"), Some(RuleLevel::Info));
    assert_eq!(on.rule_level("b"), Some(RuleLevel::Off));
    assert_eq!(on.rule_level("c"), None);
}
