//! Names taken out of comments and metadata.

use syntax::suppression::suppressions;
use syntax::{Document, Language};

use super::applied;
use crate::edit::remove_names;

/// The text without the names that begin with `x`.
fn without(language: Language, text: &str) -> String {
    let document = Document::new(language, text);
    let found = suppressions(&document);
    let found = found.iter().filter(|it| it.rule.starts_with('x'));
    let names: Vec<_> = found
        .flat_map(|it| [Some(it.name), it.restored])
        .flatten()
        .collect();
    assert!(!names.is_empty(), "{text}");
    let Some(edits) = remove_names(&document, &names) else {
        return "(none)".to_owned();
    };
    let result = applied(text, &edits);
    assert!(!Document::new(language, &result).has_error(), "{result}");
    result
}

#[track_caller]
fn check(language: Language, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(without(language, text), *expected, "{text}");
    }
}

#[test]
fn comments() {
    check(
        Language::Bicep,
        &[
            ("#disable-next-line x\nvar a = 1\n", "var a = 1\n"),
            (
                "var o = {\r\n  #disable-next-line x \r\n  a: 1\r\n}\r\n",
                "var o = {\r\n  a: 1\r\n}\r\n",
            ),
            ("var a = 1\n\t#disable-next-line x", "var a = 1\n"),
            (
                "#disable-next-line x // why\nvar a = 1\n",
                "// why\nvar a = 1\n",
            ),
            (
                "#disable-next-line a  x1 x2 b\nvar a = 1\n",
                "#disable-next-line a b\nvar a = 1\n",
            ),
            (
                "#disable-next-line x a x\nvar a = 1\n",
                "#disable-next-line a\nvar a = 1\n",
            ),
            ("#disable-next-line x1 x2\nvar a = 1\n", "var a = 1\n"),
            (
                "#disable-diagnostics x a\nvar a = 1\n#restore-diagnostics x\nvar b = 1\n\
                 #disable-diagnostics x\n",
                "#disable-diagnostics a\nvar a = 1\nvar b = 1\n",
            ),
        ],
    );
    check(
        Language::Json,
        &[
            (
                "{\n  // #disable-next-line x\n  \"a\": 1\n}",
                "{\n  \"a\": 1\n}",
            ),
            (
                "{\n  //#disable-next-line x a\n  \"a\": 1\n}",
                "{\n  //#disable-next-line a\n  \"a\": 1\n}",
            ),
            (
                "{\n  // #disable-next-line x: why\n  \"a\": 1\n}",
                "{\n  // #disable-next-line: why\n  \"a\": 1\n}",
            ),
        ],
    );
}

#[test]
fn metadata() {
    let ours = r#""apim-ls": { "disable": ["x"] }"#;
    let object = |metadata: &str| format!("{{\n  \"a\": 1,\n  \"metadata\": {metadata}\n}}");
    let keeps = |metadata: &str, expected: &str| {
        check(Language::Json, &[(&object(metadata), &object(expected))]);
    };
    check(
        Language::Json,
        &[
            (&object(&format!("{{ {ours} }}")), "{\n  \"a\": 1\n}"),
            (&format!("{{ \"metadata\": {{ {ours} }} }}"), "{}"),
            (
                &format!("{{ \"metadata\": {{ {ours} }}, \"a\": 1 }}"),
                "{ \"a\": 1 }",
            ),
        ],
    );
    keeps(&format!(r#"{{ "d": "e", {ours} }}"#), r#"{ "d": "e" }"#);
    keeps(
        r#"{ "apim-ls": { "disable": ["x1", "x2"], "more": 1 } }"#,
        r#"{ "apim-ls": { "more": 1 } }"#,
    );
    keeps(
        "{ // kept\n    \"apim-ls\": { \"disable\": [\"x\"] }\n  }",
        "{ // kept\n  }",
    );
    for (list, expected) in [
        (r#""a", "x""#, r#""a""#),
        (r#""x", "a""#, r#""a""#),
        (r#""x1", "a", "x2""#, r#""a""#),
        (
            "\n      \"x1\",\n      \"x2\",\n      \"a\"\n    ",
            "\n      \"a\"\n    ",
        ),
    ] {
        let ours = |list: &str| format!("{{ \"apim-ls\": {{ \"disable\": [{list}] }} }}");
        keeps(&ours(list), &ours(expected));
    }
}
