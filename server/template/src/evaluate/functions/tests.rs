//! Functions in both languages. Rows with a single expression are written the same in both.

use syntax::{Document, Language};

use super::super::tests::symbolic;
use crate::cases::judge;
use crate::program::{InstanceId, Program};

/// What an ARM expression is, in a template with a parameter `name` and one `list`.
fn arm(expression: &str) -> String {
    let expression = expression.replace('\\', r"\\").replace('"', "\\\"");
    let text = format!(
        r#"{{
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "parameters": {{ "name": {{ "type": "string" }}, "list": {{ "type": "array" }} }},
          "variables": {{ "v": "[{expression}]" }},
          "resources": []
        }}"#
    );
    let document = Document::new(Language::Json, &text);
    assert!(!document.root().has_error(), "{text}");
    let program = Program::alone("/main.json".as_ref(), document.into()).unwrap();
    let value = InstanceId::ROOT.at(program.template(InstanceId::ROOT).variables[0].value);
    let answers = judge(&program, |evaluator| {
        Ok(evaluator.describe(&evaluator.evaluate(value)?.value))
    });
    let answers = answers.unwrap().into_iter().map(|answer| answer.value);
    answers.collect::<Vec<_>>().join(" | ")
}

fn check_bicep(rows: &[(&str, &str)]) {
    for (expression, expected) in rows {
        assert_eq!(symbolic(expression), *expected, "{expression}");
    }
}

fn check_arm(rows: &[(&str, &str)]) {
    for (expression, expected) in rows {
        assert_eq!(arm(expression), *expected, "{expression}");
    }
}

fn check_both(rows: &[(&str, &str)]) {
    check_bicep(rows);
    check_arm(rows);
}

/// Rows of the compiler's own tests, where it asks the engine, and of the documentation.
#[test]
fn published_examples() {
    check_both(&[
        ("base64(' Fizz ')", "'IEZpenog'"),
        ("base64ToString('IEZpenog')", "' Fizz '"),
        (
            "dataUri(' Fizz ')",
            "'data:text/plain;charset=utf-8;base64,IEZpenog'",
        ),
        (
            "dataUriToString('data:text/plain;charset=utf-8;base64,IEZpenog')",
            "' Fizz '",
        ),
        (
            "dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')",
            "'Hello, World!'",
        ),
        ("uriComponent(' Fizz ')", "'%20Fizz%20'"),
        ("uriComponentToString('%20Fizz%20')", "' Fizz '"),
        (
            "guid('foo', 'bar', 'baz')",
            "'2ed86837-7c7c-5eaa-9864-dd077fd19b0d'",
        ),
        ("replace('foot', 't', 'd')", "'food'"),
        ("format('{0}/{1}/{2}/{3}', 1, 2, 3, 4)", "'1/2/3/4'"),
        (
            "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)",
            "'Hello, User. Formatted number: 8,175,133'",
        ),
        ("padLeft('00', 5, ' ')", "'   00'"),
        (
            "uri('https://github.com/another/repo', '/Azure/bicep')",
            "'https://github.com/Azure/bicep'",
        ),
        (
            "uri('http://contoso.org/firstpath/', 'myscript.sh')",
            "'http://contoso.org/firstpath/myscript.sh'",
        ),
        (
            "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')",
            "'http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json'",
        ),
        ("lastIndexOf('food', 'o')", "2"),
        ("min(10, 4, 1, 6)", "1"),
        ("max(10, 4, 1, 6)", "10"),
    ]);
    check_bicep(&[
        ("min([10, 4, 1, 6])", "1"),
        ("join(['abc', 123, true], '/')", "'abc/123/True'"),
        ("lastIndexOf(['fizz', 'buzz', 'pop', 'fizz'], 'fizz')", "3"),
        (
            "split('one;two,three', [',', ';'])",
            "['one', 'two', 'three']",
        ),
        (
            r"base64ToJson(base64('{\'one\': \'a\', \'two\': \'b\'}'))",
            "{'one': 'a', 'two': 'b'}",
        ),
        (
            "string({ valueA: 10, valueB: 'Example Text' })",
            r#"'{"valueA":10,"valueB":"Example Text"}'"#,
        ),
        ("string(['a', 'b', 'c'])", r#"'["a","b","c"]'"#),
        (
            "intersection({ one: 'a', two: 'b', three: 'c' }, { one: 'a', two: 'z', three: 'c' })",
            "{'one': 'a', 'three': 'c'}",
        ),
        (
            "intersection([1, 2, 3, 4], [3, 2, 1], [4, 1, 3, 2])",
            "[1, 2, 3]",
        ),
        (
            "union(['one', 'two', 'three'], ['three', 'four', 'two'])",
            "['one', 'two', 'three', 'four']",
        ),
        ("indexOf([['one'], [4, 5]], [4, 5])", "1"),
        ("array({ a: 'b' })", "[{'a': 'b'}]"),
        ("array('efgh')", "['efgh']"),
    ]);
}

#[test]
fn texts() {
    check_both(&[
        (
            "format('{0:D3}|{1,5}|{1,-5}|', 7, 'ab')",
            "'007|   ab|ab   |'",
        ),
        ("format('{0:000}{0:X2}{0,4:D2}', 10)", "'0100A  10'"),
        ("format('{0:C}', 7)", "format('{0:C}', 7)"),
        ("format('{0:D3}', 'x')", "format('{0:D3}', 'x')"),
        (
            "format('{0,99999999999}', 'x')",
            "format('{0,99999999999}', 'x')",
        ),
        ("format('{0', 'x')", "format('{0', 'x')"),
        ("base64ToString('!')", "base64tostring('!')"),
        ("base64ToString('/w==')", "base64tostring('/w==')"),
        ("base64ToJson('bm8=')", "base64tojson('bm8=')"),
        ("base64(uniqueString('x'))", "base64(uniquestring('x'))"),
        (
            "dataUriToString('data:text/plain,x')",
            "datauritostring('data:text/plain,x')",
        ),
        ("uriComponentToString('%4')", "uricomponenttostring('%4')"),
        ("uriComponentToString('%FF')", "uricomponenttostring('%FF')"),
        ("uriComponent('é~')", "'%C3%A9~'"),
        ("uri('https://a.b/c', 'd')", "'https://a.b/d'"),
        ("uri('https://a.b', 'c?d=1')", "'https://a.b/c?d=1'"),
        ("uri('https://a.b', '//c')", "uri('https://a.b', '//c')"),
        ("uri('https://a.b/', '../c')", "uri('https://a.b/', '../c')"),
        ("uri('https://A.b/', 'c')", "uri('https://A.b/', 'c')"),
        (
            "guid('x', uniqueString('y'))",
            "guid('x', uniquestring('y'))",
        ),
        ("uniqueString('x')", "uniquestring('x')"),
        ("toUpper('straße')", "toupper('straße')"),
        ("toLower('ÄΣ')", "'äσ'"),
        ("indexOf('😀ab', 'B')", "3"),
        ("lastIndexOf('abab', 'AB')", "2"),
        ("lastIndexOf('ab', '')", "lastindexof('ab', '')"),
        ("first('😀')", "first('😀')"),
        ("padLeft('a', 3, 'xy')", "padleft('a', 3, 'xy')"),
        ("startsWith('ÄB', 'ä')", "true"),
        ("toLower('\u{212a}')", "tolower('\u{212a}')"),
        ("json('null')", "null"),
        ("length('😀')", "2"),
        ("fail('no')", "fail('no')"),
        (
            "cidrSubnet('10.0.0.0/16', 24, 0)",
            "cidrsubnet('10.0.0.0/16', 24, 0)",
        ),
        (
            "dateTimeAdd('2020-04-07', 'P3Y')",
            "datetimeadd('2020-04-07', 'P3Y')",
        ),
        ("dateTimeAdd(utcNow(), 'P3Y')", "? Volatile"),
    ]);
    check_bicep(&[
        ("like('Hello', 'h*L*o')", "true"),
        ("like('Hello', 'h*x*o')", "false"),
        ("like('aba', 'ab*ba')", "false"),
        ("like('x', '?')", "like('x', '?')"),
        ("replace('aXa', 'a', '')", "'X'"),
        (
            "string({ a: [null, true, -1, { b: 'q\"\\\\\\n' }] })",
            r#"'{"a":[null,true,-1,{"b":"q\"\\\n"}]}'"#,
        ),
        ("string({ a: name })", "string({'a': name})"),
        ("json(string({ a: [1] })).a[0]", "1"),
    ]);
}

#[test]
fn collections() {
    check_bicep(&[
        ("min(1, name)", "min(1, name)"),
        ("min([])", "min([])"),
        ("union(['a'], ['a', 'b'], ['b'])", "['a', 'b']"),
        ("union([name], ['a'])", "[name, 'a', ...]"),
        ("union([name], [name])", "[name]"),
        ("union(['a'], list)", "['a', ...]"),
        (
            "union([{ a: 1 }], [{ a: 1 }, { a: 2 }])",
            "[{'a': 1}, {'a': 2}]",
        ),
        ("distinct(['a', 'A', 'a'])", "['a', 'A']"),
        (
            "intersection(['a', 'a'], ['a'])",
            "intersection(['a', 'a'], ['a'])",
        ),
        (
            "intersection({ a: { b: 1 } }, { a: { b: 2 } })",
            "intersection({'a': {'b': 1}}, {'a': {'b': 2}})",
        ),
        ("intersection({ a: name }, { a: name })", "{'a': name}"),
        (
            "intersection({ a: name }, { a: 'x' })",
            "intersection({'a': name}, {'a': 'x'})",
        ),
        ("contains([{ a: 1 }], { a: 1 })", "true"),
        ("contains([{ a: 1 }], { a: 1, b: 2 })", "false"),
        (
            "contains([{ a: 1 }], { A: 1 })",
            "contains([{'a': 1}], {'A': 1})",
        ),
        ("lastIndexOf([1, 2], 3)", "-1"),
        ("lastIndexOf([1, name, 1], 1)", "2"),
        ("indexOf([name, 1], 1)", "indexof([name, 1], 1)"),
        ("{ a: [1] } == { a: [1] }", "true"),
        ("{ a: [1] } != { a: [2] }", "true"),
        (
            "{ a: name } == { a: 'x' }",
            "equals({'a': name}, {'a': 'x'})",
        ),
        ("length(shallowMerge([{ a: 1 }, { a: 2 }]))", "1"),
        ("length({})", "0"),
        ("empty(null)", "true"),
        ("empty({ a: 1, ...settings })", "false"),
        ("split('a;', [';', name])", "split('a;', [';', name])"),
        ("range(0, 3)", "[0, 1, 2]"),
    ]);
    check_arm(&[
        ("coalesce(null(), null(), 'x')", "'x'"),
        ("coalesce('x')", "'x'"),
        (
            "createObject('a', 1, 'b', createArray(2))",
            "{'a': 1, 'b': [2]}",
        ),
        ("string(createObject('a', 1))", r#"'{"a":1}'"#),
        ("tryGet(createObject('a', 1), 'b', 'c')", "null"),
        ("tryGet(createArray(1), 5)", "null"),
        ("tryIndexFromEnd(createArray(1, 2), 1)", "2"),
        ("tryIndexFromEnd(createArray(1, 2), 3)", "null"),
        ("createArray(1)[5]", "? Invalid"),
        ("if(and(true(), not(equals(1, 2))), 'a', 'b')", "'a'"),
        ("less(1, 2)", "true"),
        ("mod(sub(mul(3, 4), 1), div(7, 2))", "2"),
        ("equals(createArray(1), createArray(1))", "true"),
        ("union(createArray(1, 1), createArray(2))", "[1, 2]"),
        ("max(createArray(1, 2))", "2"),
        ("first(json('[1]'))", "1"),
        ("json(concat('{\"a\": \"', 'x', '\"}')).a", "'x'"),
        ("bool('True')", "true"),
        ("int('x')", "int('x')"),
        ("string(true())", "'True'"),
    ]);
}

#[test]
fn names() {
    check_bicep(&[
        ("nameof(name)", "'name'"),
        ("nameof(settings.nested.on)", "'on'"),
        ("nameof(settings['nested'])", "'nested'"),
        ("nameof(kv)", "'kv'"),
        ("nameof(kv::secret)", "'secret'"),
        ("nameof(services[1].properties.x)", "'x'"),
        ("nameof(m.outputs.x)", "'x'"),
        ("map([1], x => nameof(x))", "[? Unsupported]"),
        ("nameof(list[0])", "? Unsupported"),
    ]);
}

#[test]
fn what_would_be_too_large_is_not_computed() {
    let long = "a".repeat(2000);
    let text = symbolic(&format!("replace('{long}', 'a', '{long}')"));
    assert!(text.starts_with("replace("));
    let longer = long.repeat(10);
    let joined = format!("join(map(range(0, 60), i => '{long}'), '{longer}')");
    assert!(symbolic(&joined).starts_with("join("));
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert!(symbolic(&format!("json('{nested}')")).starts_with("json("));
}
