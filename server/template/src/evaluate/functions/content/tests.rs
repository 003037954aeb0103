//! Texts and files as values.

use std::fmt::Write as _;

use proptest::prelude::*;
use syntax::{Document, Language};

use super::{decode, json, json_path, load, yaml};
use crate::cases::judge;
use crate::model::ExpressionId;
use crate::program::{At, InstanceId, Program};
use crate::value::Value;

/// What is made for the expression of some template, as text.
fn described(make: impl Fn(At<ExpressionId>) -> Option<Value>) -> String {
    let document = Document::new(Language::Bicep, "var v = 1\n");
    let program = Program::alone("/main.bicep".as_ref(), document.into()).unwrap();
    let origin = InstanceId::ROOT.at(program.template(InstanceId::ROOT).variables[0].value);
    let answers = judge(&program, |evaluator| {
        Ok(make(origin).map_or("none".to_owned(), |value| evaluator.describe(&value)))
    });
    answers.unwrap().remove(0).value
}

fn json_text(text: &str) -> String {
    described(|origin| json(text, origin))
}

fn yaml_text(text: &str) -> String {
    described(|origin| yaml(text, origin))
}

fn loaded(function: &str, bytes: &[u8], arguments: &[&str]) -> String {
    let arguments: Vec<Value> = arguments.iter().map(|text| Value::string(text)).collect();
    described(|origin| load(function, bytes, &arguments, origin))
}

#[test]
fn json_values() {
    for (text, expected) in [
        ("null", "null"),
        (" true ", "true"),
        ("-12", "-12"),
        ("-0", "0"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "? Unsupported"),
        (
            "[1.0, 1e3, -2.5E-1]",
            "[? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (r#""a\n\u00e9\ud83d\ude00\/""#, "'a\né😀/'"),
        (
            r#"{"a": {"b": [1, {"c": null}]}, "d": []}"#,
            "{'a': {'b': [1, {'c': null}]}, 'd': []}",
        ),
        // The engine takes the last of two, and much that is no JSON.
        (r#"{"a": 1, "b": 2, "a": 3}"#, "{'a': 3, 'b': 2}"),
        ("{'a': 'it\"s', b_1: 2,}", "{'a': 'it\"s', 'b_1': 2}"),
        ("/* x */ [1, // y\n 2,] // z", "[1, 2]"),
        // Which one a look-up finds is not known.
        (r#"{"a": 1, "A": 2}"#, "? Unsupported"),
    ] {
        assert_eq!(json_text(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_json_is_not_read() {
    for text in [
        "",
        " ",
        "{",
        "[1",
        "[1,,2]",
        "{\"a\"",
        "{\"a\":",
        "{\"a\": 1",
        "\"abc",
        "\"\\",
        "\"\\u12",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\x\"",
        "nul",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "012",
        "0x1F",
        "1.",
        ".5",
        "1e",
        "1 2",
        "{} x",
        "/* x",
        "{1}",
        "[1 2]",
        "{,}",
        "]",
    ] {
        assert_eq!(json_text(text), "none", "{text}");
    }
}

#[test]
fn yaml_values() {
    for (text, expected) in [
        (
            "a: 1\nb: [x, 'y', \"z\\n\"]\n",
            "{'a': 1, 'b': ['x', 'y', 'z\n']}",
        ),
        ("# c\na:\n- 1 # d\n- b: ~\n", "{'a': [1, {'b': null}]}"),
        (
            "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
            "{'a': 'x\ny\n', 'b': 'x y'}",
        ),
        ("{\"a\": true, \"b\": -3}", "{'a': true, 'b': -3}"),
        (
            "a: &x 10.0.0.0/17\nb: *x\n",
            "{'a': '10.0.0.0/17', 'b': '10.0.0.0/17'}",
        ),
        ("a: &x {k: 1}\nb: *x\n", "{'a': {'k': 1}, 'b': {'k': 1}}"),
        (
            "v: 1.2.3\ng: 4633458b-17de-408a-b874-0445c86b69e6\n",
            "{'v': '1.2.3', 'g': '4633458b-17de-408a-b874-0445c86b69e6'}",
        ),
        ("1: a\n", "{'1': 'a'}"),
        ("!!str 1", "'1'"),
        ("a: 1\n---\nb: 2\n", "{'a': 1}"),
        ("'<<'", "'<<'"),
        ("a: 'no'", "{'a': 'no'}"),
        // Versions and schemas differ.
        (
            "[no, Yes, TRUE, Null, on, y]",
            "[? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (
            "[1.5, 1e3, .inf, .NaN]",
            "[? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (
            "[0o7, 017, 0xF, 1_000, +1]",
            "[? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (
            "[1:30, 2024-01-31, 99999999999999999999]",
            "[? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (
            "[!!int '1', !mine x, !!binary aGk=]",
            "[? Unsupported, ? Unsupported, ? Unsupported]",
        ),
        (
            "[!!set {a: ~}, !!map {a: b}]",
            "[? Unsupported, {'a': 'b'}]",
        ),
        (
            "x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n",
            "{'x': {'a': 1}, 'z': ? Unsupported}",
        ),
        ("? [a]\n: b\n", "? Unsupported"),
        ("a: 1\nA: 2\n", "? Unsupported"),
    ] {
        assert_eq!(yaml_text(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_yaml_is_not_read() {
    for text in [
        "",
        "# nothing\n",
        "a:\n\t- 1\n",
        "a: [1\n",
        "a: *unknown\n",
        "a: &a [*a]\n",
        "a: 1\na: 2\n",
        "a: 1\n---\nb: [\n",
        "a: \"x\n",
        "- 1\n// c\n- 2\n",
    ] {
        assert_eq!(yaml_text(text), "none", "{text}");
    }
}

/// Each line repeats the one before nine times.
#[test]
fn aliases_are_counted_as_often_as_they_stand_there() {
    let mut laughs = "a0: &a0 [lol]\n".to_owned();
    for number in 1..=9 {
        let before = vec![format!("*a{}", number - 1); 9].join(", ");
        writeln!(laughs, "a{number}: &a{number} [{before}]").unwrap();
    }
    assert_eq!(yaml_text(&laughs), "none");
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for number in 1..=80 {
        writeln!(deep, "a{number}: &a{number} [*a{}]", number - 1).unwrap();
    }
    assert_eq!(yaml_text(&deep), "none");
}

#[test]
fn what_is_too_large_is_not_read() {
    for count in [65, 100_000] {
        let nested = format!("{}{}", "[".repeat(count), "]".repeat(count));
        assert_eq!(json_text(&nested), "none");
        assert_eq!(yaml_text(&nested), "none");
        assert_eq!(json_text(&"[".repeat(count)), "none");
        assert_eq!(yaml_text(&"[".repeat(count)), "none");
        assert_eq!(yaml_text(&"{".repeat(count)), "none");
        assert_eq!(yaml_text(&"- ".repeat(count)), "none");
        assert_eq!(yaml_text(&"? ".repeat(count)), "none");
    }
    let nested = format!("{}{}", "[".repeat(64), "]".repeat(64));
    assert_ne!(json_text(&nested), "none");
    assert_ne!(yaml_text(&nested), "none");
    let many = format!("[{}1]", "1,".repeat(20_000));
    assert_eq!(json_text(&many), "none");
    assert_eq!(yaml_text(&many), "none");
    let large = format!("\"{}\"", "a".repeat(1 << 20));
    assert_eq!(json_text(&large), "none");
    assert_eq!(yaml_text(&large), "none");
    assert_eq!(loaded("loadtextcontent", large.as_bytes(), &["f"]), "none");
    assert_eq!(loaded("loadfileasbase64", large.as_bytes(), &["f"]), "none");
}

#[test]
fn encodings() {
    for (bytes, encoding, expected) in [
        (&b"a\xC3\xA9"[..], "utf-8", Some("aé")),
        (b"\xEF\xBB\xBFa", "utf-8", Some("a")),
        (b"\xFF", "utf-8", None),
        (b"a\xC3", "utf-8", None),
        (b"a\0\xE9\0", "utf-16", Some("aé")),
        (b"\0a\0\xE9", "utf-16BE", Some("aé")),
        (b"a\0\xE9", "utf-16", None),
        (b"\0\xD8", "utf-16", None),
        // The mark goes before what is asked for.
        (b"\xFF\xFEa\0", "utf-8", Some("a")),
        (b"\xFE\xFF\0a", "us-ascii", Some("a")),
        (b"\xEF\xBB\xBFa", "utf-16", Some("a")),
        (b"\xFF\xFE\0\0a\0\0\0", "utf-8", None),
        (b"a\xE9", "iso-8859-1", Some("aé")),
        (b"a", "us-ascii", Some("a")),
        (b"a\xE9", "us-ascii", None),
        (b"a", "utf-7", None),
        (b"", "utf-8", Some("")),
    ] {
        assert_eq!(
            decode(bytes, encoding).as_deref(),
            expected,
            "{bytes:?} {encoding}"
        );
    }
}

#[test]
fn paths() {
    let text = r#"{"a": {"b": [{"c d": 1}, 2]}, "x-y": 4, "n": null}"#;
    for (path, expected) in [
        ("$.a.b[1]", "2"),
        ("a.b[0]['c d']", "1"),
        ("$['a']['b'][1]", "2"),
        ("$.x-y", "4"),
        ("$.n", "null"),
        ("['x-y']", "4"),
        ("$.A", "none"),
        ("$.a.c", "none"),
        ("$.a.b[2]", "none"),
        ("$.a.b[-1]", "none"),
        ("$.a.b[*]", "none"),
        ("$.a.b[]", "none"),
        ("$.a.b[0:1]", "none"),
        ("$.a.b[0", "none"),
        ("$.a.b['0']", "none"),
        ("$..b", "none"),
        ("$.*", "none"),
        ("$.a b", "none"),
        ("$a", "none"),
        ("$.a.", "none"),
        ("$.x-y.z", "none"),
        ("$.a.b[?(@.c)]", "none"),
    ] {
        let found = described(|origin| json_path(&json(text, origin).unwrap(), path));
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn files() {
    for (function, bytes, arguments, expected) in [
        ("loadtextcontent", &b"a\r\n"[..], &["f"][..], "'a\r\n'"),
        ("loadtextcontent", b"\xE9", &["f", "iso-8859-1"], "'é'"),
        ("loadtextcontent", b"\xE9", &["f"], "none"),
        ("loadjsoncontent", b"{\"a\": [1]}", &["f"], "{'a': [1]}"),
        ("loadjsoncontent", b"{\"a\": [1]}", &["f", "$.a[0]"], "1"),
        (
            "loadjsoncontent",
            b"\"\xE9\"",
            &["f", "$", "iso-8859-1"],
            "'é'",
        ),
        ("loadjsoncontent", b"{\"a\": ", &["f"], "none"),
        ("loadyamlcontent", b"a:\n- 1\n", &["f", "a"], "[1]"),
        ("loadyamlcontent", b"a: 1", &["f", "b"], "none"),
        ("loadfileasbase64", b"\xFF\x00", &["f"], "'/wA='"),
        ("loaddirectoryfileinfo", b"", &["f"], "none"),
    ] {
        assert_eq!(
            loaded(function, bytes, arguments),
            expected,
            "{function} {arguments:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[\\[\\]{}:,\"'\\\\ \n\t#&*!|>?%0-9a-eué-]{0,40}") {
        let _ = json_text(&text);
        let _ = yaml_text(&text);
        let _ = described(|origin| json_path(&json("{\"a\": [1]}", origin)?, &text));
    }
}
