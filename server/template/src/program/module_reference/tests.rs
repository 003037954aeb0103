use std::path::Path;

use proptest::prelude::*;

use super::ModuleReference;
use crate::program::configuration::Configuration;

const SUBSCRIPTION: &str = "1f6f1a2b-0000-4000-8000-0123456789AB";

fn configuration() -> Configuration {
    let text = r#"{
      "moduleAliases": {
        "br": {
          "own": { "registry": "Own.example.com:5000", "modulePath": "a/b" },
          "bare": { "registry": "own.example.com" },
          "lost": { "modulePath": "a" },
          "odd": { "registry": "own.example.com/x", "modulePath": "../y" },
          "loop": { "registry": "br/loop:x" },
          "no good": { "registry": "own.example.com" }
        },
        "ts": {
          "specs": { "subscription": "1f6f1a2b-0000-4000-8000-0123456789AB", "resourceGroup": "Group" },
          "half": { "subscription": "1f6f1a2b-0000-4000-8000-0123456789AB" }
        }
      },
      "moduleAliasesMock": { "br": { "mapped": { "mapToFilePath": "../modules" }, "bare/": {} } }
    }"#;
    let configuration = Configuration::read(Path::new("/p/q/bicepconfig.json"), text, &|_| None);
    assert_eq!(configuration.problem, None);
    configuration
}

/// A reference in words: its file in the cache, else what it is.
fn seen(text: &str) -> String {
    let reference = ModuleReference::parse(text, &configuration());
    if let Some(path) = reference.cached_file(Path::new("")) {
        return path.to_str().unwrap().replace('\\', "/");
    }
    match reference {
        ModuleReference::Local(path) => format!("local {path}"),
        ModuleReference::Mapped(path) => format!("mapped {}", path.display()),
        ModuleReference::Invalid(why) => why.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn local_paths() {
    for path in [
        "main.bicep",
        "./main.bicep",
        "../../a b/main.json",
        "größe/ж.bicep",
        "br/public",
        "a..b",
        "~/x.bicep",
    ] {
        assert_eq!(seen(path), format!("local {path}"));
    }
    assert_eq!(seen(""), "the path is empty");
    assert_eq!(seen("/main.bicep"), "the path is not relative");
    assert_eq!(
        seen("a\\b.bicep"),
        "paths are written with `/`, not with `\\`"
    );
    for bad in [
        "..", "a/..", "a ", "a?b", "a*", "<a>", "a|b", "\"a\"", "a\nb", "a\u{1f}",
    ] {
        assert!(seen(bad).contains("in the wrong place"), "{bad}");
    }
    assert_eq!(seen("c:/main.bicep"), "`c` is neither `br` nor `ts`");
    assert_eq!(
        seen("https://example.com/x"),
        "`https` is neither `br` nor `ts`"
    );
}

#[test]
fn registry_modules() {
    let hash = "0123456789abcdef".repeat(4);
    for (text, expected) in [
        ("br:own.example.com/a:v1", "own.example.com/a/v1$"),
        (
            "br:OWN.example.com:5000/a/b-c/d_e.f:1.0.0",
            "own.example.com$5000/a$b-c$d_e.f/1.0.0$",
        ),
        ("br:[::1]:5000/a:v1", "[$$1]$5000/a/v1$"),
        ("br:localhost/a:_x.y-z", "localhost/a/_x.y-z$"),
        (
            &format!("br:own.example.com/a/b@sha256:{hash}"),
            &format!("own.example.com/a$b/sha256#{hash}"),
        ),
        (
            "br/public:avm/res/key-vault/vault:0.13.0",
            "mcr.microsoft.com/bicep$avm$res$key-vault$vault/0.13.0$",
        ),
        ("br/own:c/d:v1", "own.example.com$5000/a$b$c$d/v1$"),
        ("br/bare:c:v1", "own.example.com/c/v1$"),
        (
            &format!("br/bare:c@sha256:{hash}"),
            &format!("own.example.com/c/sha256#{hash}"),
        ),
    ] {
        assert_eq!(seen(text), format!("br/{expected}/main.json"));
    }
}

#[test]
fn capitals_of_a_tag_are_in_its_file_name() {
    let long = format!("{}A", "a".repeat(127));
    for (tag, expected) in [
        ("v1", "v1$".to_owned()),
        ("V1", "V1$1".to_owned()),
        ("aBcD", "aBcD$a".to_owned()),
        (&long, format!("{long}$80000000000000000000000000000000")),
    ] {
        assert_eq!(
            seen(&format!("br:own.example.com/a:{tag}")),
            format!("br/own.example.com/a/{expected}/main.json")
        );
    }
}

#[test]
fn bad_registry_modules() {
    let (long, hash) = ("a".repeat(256), "A".repeat(64));
    for (text, expected) in [
        ("br:", "parts of the reference are missing, or too many"),
        (
            "br:own.example.com",
            "parts of the reference are missing, or too many",
        ),
        (
            "br:own.example.com:v1",
            "parts of the reference are missing, or too many",
        ),
        ("br:own.example.com/a", "the version is missing"),
        ("br:own.example.com/a:", "the version is missing"),
        ("br:own.example.com/a@", "the version is missing"),
        (
            "br:own.example.com/a/",
            "`` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com//a:v1",
            "`` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/A:v1",
            "`A` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/a/../b:v1",
            "`..` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/a--b:v1",
            "`a--b` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/größe:v1",
            "`größe` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/a%2fb:v1",
            "`a%2fb` cannot be part of the path of a module",
        ),
        (
            "br:own.example.com/a:b/c:v1",
            "`a:b` cannot be part of the path of a module",
        ),
        ("br:../..", "`..` is not the host of a registry"),
        ("br:../../a:v1", "`..` is not the host of a registry"),
        ("br:/a:v1", "`` is not the host of a registry"),
        (
            "br:me@own.example.com/a:v1",
            "`me@own.example.com` is not the host of a registry",
        ),
        (
            "br:own.example.com:99999/a:v1",
            "`own.example.com:99999` is not the host of a registry",
        ),
        (
            "br:own.example.com:+80/a:v1",
            "`own.example.com:+80` is not the host of a registry",
        ),
        ("br:[]/a:v1", "`[]` is not the host of a registry"),
        (
            "br:größe.example.com/a:v1",
            "`größe.example.com` is not the host of a registry",
        ),
        ("br:own.example.com/a:.v1", "`.v1` is not a tag"),
        ("br:own.example.com/a:-v1", "`-v1` is not a tag"),
        ("br:own.example.com/a:v 1", "`v 1` is not a tag"),
        ("br:own.example.com/a:ⅴ1", "`ⅴ1` is not a tag"),
        ("br:own.example.com/a:v1:v2", "`v1:v2` is not a tag"),
        ("br:own.example.com/a:v1?x", "`v1?x` is not a tag"),
        (
            "br:own.example.com/a@sha256:12",
            "`sha256:12` is not a digest",
        ),
        ("br:own.example.com/a@v1", "`v1` is not a digest"),
        ("BR:own.example.com/a:v1", "`BR` is neither `br` nor `ts`"),
        (":own.example.com/a:v1", "`` is neither `br` nor `ts`"),
        ("br/:a:v1", "no alias may be called ``"),
        ("br/no good:a:v1", "no alias may be called `no good`"),
        ("br/bare/c:a:v1", "no alias may be called `bare/c`"),
        ("br/größe:a:v1", "no alias may be called `größe`"),
        ("br/Public:a:v1", "the alias `Public` is not configured"),
        ("br/specs:a:v1", "the alias `specs` is not configured"),
        (
            "br/lost:a:v1",
            "the alias `lost` is configured without what it needs",
        ),
        ("br/odd:a:v1", "`..` cannot be part of the path of a module"),
        // What an alias stands for is no reference, so that nothing leads in a circle.
        (
            "br/loop:a:v1",
            "`loop:x` cannot be part of the path of a module",
        ),
    ] {
        assert_eq!(seen(text), expected, "{text}");
    }
    for too_long in [
        format!("br:{long}/a:v1"),
        format!("br:own.example.com/{long}:v1"),
        format!("br:own.example.com/a:{}", "a".repeat(129)),
    ] {
        assert!(seen(&too_long).ends_with("is too long"));
    }
    assert!(seen(&format!("br:own.example.com/a@sha256:{hash}")).ends_with("is not a digest"));
}

#[test]
fn a_folder_may_stand_for_an_alias() {
    for text in ["br/mapped:a/b:v1", "br/mapped:a/b", "br/mapped:a/b@x"] {
        assert_eq!(seen(text), "mapped /p/modules/a/b.bicep");
    }
    assert_eq!(seen("br/mapped::v1"), "the path is empty");
    assert_eq!(
        seen("br/mapped:../x:v1"),
        "`..` cannot be part of the path of a module"
    );
}

#[test]
fn template_specs() {
    let lower = SUBSCRIPTION.to_lowercase();
    let bare = SUBSCRIPTION.replace('-', "");
    for (text, expected) in [
        (
            format!("ts:{SUBSCRIPTION}/Group.x/Spec(1):V1.0"),
            format!("{lower}/group.x/spec(1)/v1.0"),
        ),
        (
            format!("ts:{bare}/g/s:1"),
            format!("{}/g/s/1", bare.to_lowercase()),
        ),
        (
            format!("ts:{SUBSCRIPTION}/Größe/s:1"),
            format!("{lower}/größe/s/1"),
        ),
        (
            "ts/specs:Spec:V1".to_owned(),
            format!("{lower}/group/spec/v1"),
        ),
    ] {
        assert_eq!(seen(&text), format!("ts/{expected}/main.json"));
    }
}

#[test]
fn bad_template_specs() {
    for (text, expected) in [
        (
            "ts:".to_owned(),
            "parts of the reference are missing, or too many",
        ),
        (
            "ts:a/b".to_owned(),
            "parts of the reference are missing, or too many",
        ),
        (
            format!("ts:{SUBSCRIPTION}/g/x/s:1"),
            "parts of the reference are missing, or too many",
        ),
        (format!("ts:{SUBSCRIPTION}/g/s"), "the version is missing"),
        (
            "ts:me/g/s:1".to_owned(),
            "`me` is not the id of a subscription",
        ),
        (
            "ts:../../x:1".to_owned(),
            "`..` is not the id of a subscription",
        ),
        (format!("ts:{SUBSCRIPTION}/../s:1"), "`..` is not the name"),
        (format!("ts:{SUBSCRIPTION}//s:1"), "`` is not the name"),
        (format!("ts:{SUBSCRIPTION}/g/..:1"), "`..` is not the name"),
        (format!("ts:{SUBSCRIPTION}/g/s:"), "`` is not the name"),
        (
            format!("ts:{SUBSCRIPTION}/g/s:1:2"),
            "`1:2` is not the name",
        ),
        (format!("ts:{SUBSCRIPTION}/g/{}:1", "s".repeat(91)), "`sss"),
        (
            "ts/other:s:1".to_owned(),
            "the alias `other` is not configured",
        ),
        (
            "ts/half:s:1".to_owned(),
            "the alias `half` is configured without what it needs",
        ),
        ("ts/a b:s:1".to_owned(), "no alias may be called `a b`"),
    ] {
        assert!(seen(&text).starts_with(expected), "{text}: {}", seen(&text));
    }
}

#[test]
fn a_public_module_is_known_by_its_path() {
    let public = |text: &str| match ModuleReference::parse(text, &configuration()) {
        ModuleReference::Registry(module) => module
            .public_module()
            .map(|(path, tag)| format!("{path} {tag}")),
        _ => None,
    };
    let expected = Some("avm/res/key-vault/vault 0.13.0".to_owned());
    assert_eq!(public("br/public:avm/res/key-vault/vault:0.13.0"), expected);
    assert_eq!(
        public("br:MCR.microsoft.com/bicep/avm/res/key-vault/vault:0.13.0"),
        expected
    );
    assert_eq!(
        public("br:mcr.microsoft.com/avm/res/key-vault/vault:0.13.0"),
        None
    );
    assert_eq!(public("br/bare:bicep/avm/res/key-vault/vault:0.13.0"), None);
}

proptest! {
    #[test]
    fn no_reference_leaves_the_cache(text in "(br|ts)(/public|/own|/odd|/specs)?:[\\PC./:@$]{0,40}") {
        let reference = ModuleReference::parse(&text, &configuration());
        if let Some(path) = reference.cached_file(Path::new("/cache")) {
            prop_assert!(path.starts_with("/cache"));
            prop_assert_eq!(super::super::configuration::normal(&path), path);
        }
    }
}
