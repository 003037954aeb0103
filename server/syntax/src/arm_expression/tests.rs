use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Expression, Kind, MAXIMUM_DEPTH, Name, Value, parse, unescape};
use crate::TextRange;

/// An expression in ARM's own notation, all of it spelled the same way.
fn print(expression: &Expression, out: &mut String) {
    match &expression.kind {
        Kind::Invalid => out.push_str("<invalid>"),
        Kind::String(text) => write!(out, "{text:?}").unwrap(),
        Kind::Integer(value) => write!(out, "{value}").unwrap(),
        Kind::Call {
            namespace,
            function,
            arguments,
        } => {
            if let Some(namespace) = namespace {
                write!(out, "{}.", namespace.text).unwrap();
            }
            write!(out, "{}(", function.text).unwrap();
            for (index, argument) in arguments.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                print(argument, out);
            }
            out.push(')');
        }
        Kind::Member { object, name } => {
            print(object, out);
            write!(out, ".{}", name.text).unwrap();
        }
        Kind::Index { object, index } => {
            print(object, out);
            out.push('[');
            print(index, out);
            out.push(']');
        }
    }
}

fn printed(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("text {text}"),
        Value::Expression { expression, .. } => {
            let mut out = String::new();
            print(expression, &mut out);
            out
        }
        Value::Malformed => "malformed".to_owned(),
    }
}

#[track_caller]
fn check(raw: &str, expected: &str) {
    assert_eq!(printed(&parse(raw, 0)), expected, "{raw}");
}

#[test]
fn tells_text_from_expressions() {
    check("", "text ");
    check("plain", "text plain");
    check("[", "text [");
    check("[[x]", "text [x]");
    check("[[x", "text [x");
    check("[f()] x", "text [f()] x");
    check(" [f()]", "text  [f()]");
    check("[f()]", "f()");
    check(r"\u005bf()\u005D", "f()");
    check(
        r#"a\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00"#,
        "text a\"\\/\u{8}\u{c}\n\r\té😀",
    );
}

#[test]
fn reads_expressions() {
    check(
        "[ concat ( 'a' , parameters('b') ) ]",
        r#"concat("a", parameters("b"))"#,
    );
    check("[f('it''s', '', '''')]", r#"f("it's", "", "'")"#);
    check(
        "[f(-1, 0, 9223372036854775807)]",
        "f(-1, 0, 9223372036854775807)",
    );
    check("[my.func(1)]", "my.func(1)");
    check(
        "[reference(resourceId('a', 'b')) . x [ 0 ]['y'].z]",
        r#"reference(resourceId("a", "b")).x[0]["y"].z"#,
    );
    check("['text']", r#""text""#);
    check("[\n  f(\n 1,\r\n\t2)\n]", "f(1, 2)");
    check(r"[\n f(\n 1) ]", "f(1)");
    check(
        r#"[json('{\"a\": \"b\\\\c\"}')]"#,
        r#"json("{\"a\": \"b\\\\c\"}")"#,
    );
}

#[test]
fn refuses_what_it_cannot_read() {
    for raw in [
        "[]",
        "[ ]",
        "[f(]",
        "[f(1 2)]",
        "[f()) ]",
        "[f() g()]",
        "[name]",
        "[f().]",
        "[f()[0]",
        "[f('a)]",
        "[f()é]",
        "[a.b.c()]",
        "[1.]x]",
    ] {
        check(raw, "<invalid>");
    }
    check("[f(1, , 2)]", "f(1, <invalid>, 2)");
    check("[f(1,)]", "f(1, <invalid>)");
    check(
        "[f(1.5, 99999999999999999999, 1x)]",
        "f(<invalid>, <invalid>, <invalid>)",
    );
    check(r"\q", "malformed");
    check(r"\", "malformed");
    check(r"\u12", "malformed");
    check(r"\u+123", "malformed");
    check(r"\ud83dx", "text \u{fffd}x");
    check(r"\ud83d\u0041", "text \u{fffd}A");
}

#[test]
fn unescapes() {
    assert_eq!(unescape("[[a]").as_deref(), Some("[[a]"));
    assert_eq!(unescape(r"a\tb").as_deref(), Some("a\tb"));
    assert_eq!(unescape(r"\x"), None);
}

#[test]
fn ranges_are_places_in_the_document() {
    let document = r#"{"k": "[concat('\té\u00e9', f('\ud83d\ude00x', 'y').name)]"}"#;
    let start = document.find('[').unwrap();
    let end = document.rfind(']').unwrap() + 1;
    let value = parse(&document[start..end], start as u32);
    let mut written = Vec::new();
    visit(&value, &mut |range| {
        written.push(&document[range.as_usize()]);
    });
    assert_eq!(
        written,
        [
            r"concat('\té\u00e9', f('\ud83d\ude00x', 'y').name)",
            "concat",
            r"'\té\u00e9'",
            r"f('\ud83d\ude00x', 'y').name",
            "name",
            r"f('\ud83d\ude00x', 'y')",
            "f",
            r"'\ud83d\ude00x'",
            "'y'",
        ]
    );
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("[{}1{}]", "f(".repeat(depth), ")".repeat(depth));
    let chained = |length: usize| format!("[f(){}]", ".a".repeat(length));
    let limit = MAXIMUM_DEPTH as usize;
    for (raw, is_readable) in [
        (nested(limit - 1), true),
        (nested(limit), false),
        (chained(limit - 1), true),
        (chained(limit), false),
        (
            format!("[f({})]", &chained(limit - 2)[1..][..2 * limit - 1]),
            true,
        ),
        (nested(100_000), false),
        (chained(100_000), false),
        ("[".repeat(100_000) + &"]".repeat(100_000), false),
        (format!("[{}]", "f(".repeat(100_000)), false),
        (format!("[f(){}]", "[f()".repeat(100_000)), false),
    ] {
        let is_invalid = match parse(&raw, 0) {
            Value::Expression { expression, height } => {
                assert!(height <= MAXIMUM_DEPTH);
                matches!(expression.kind, Kind::Invalid)
            }
            Value::Text(_) | Value::Malformed => true,
        };
        assert_eq!(is_invalid, !is_readable, "{}", &raw[..20]);
    }
}

/// Calls `visitor` with every range in a value.
fn visit(value: &Value, visitor: &mut dyn FnMut(TextRange)) {
    fn names<'a>(names: impl IntoIterator<Item = &'a Name>, visitor: &mut dyn FnMut(TextRange)) {
        for name in names {
            visitor(name.range);
        }
    }
    fn walk(expression: &Expression, visitor: &mut dyn FnMut(TextRange)) {
        visitor(expression.range);
        match &expression.kind {
            Kind::Invalid | Kind::String(_) | Kind::Integer(_) => {}
            Kind::Call {
                namespace,
                function,
                arguments,
            } => {
                names(namespace, visitor);
                names([function], visitor);
                for argument in arguments {
                    walk(argument, visitor);
                }
            }
            Kind::Member { object, name } => {
                names([name], visitor);
                walk(object, visitor);
            }
            Kind::Index { object, index } => {
                walk(object, visitor);
                walk(index, visitor);
            }
        }
    }
    if let Value::Expression { expression, .. } = value {
        walk(expression, visitor);
    }
}

proptest! {
    #[test]
    fn any_string_is_read(
        raw in prop_oneof![
            ".*",
            r#"\[([a-z(),.\[\]' 0-9é-]|\\["\\/bfnrtu]|\\u[0-9a-fA-F]{4}|f\(|'x'){0,60}\]"#,
        ],
        start in 0u32..100,
    ) {
        let value = parse(&raw, start);
        let mut is_inside = true;
        visit(&value, &mut |range| {
            let inside = range.start >= start
                && raw.get((range.start - start) as usize..(range.end - start) as usize).is_some();
            is_inside &= inside;
        });
        prop_assert!(is_inside);
    }
}
