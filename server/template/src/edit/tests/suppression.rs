//! Names taken out of comments and metadata, and put there.

use syntax::suppression::suppressions;
use syntax::{Document, Language};

use super::applied;
use crate::edit::{Silenced, new_object, remove_names, set_member, suppress};

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

/// The text in which a rule is silent about what starts at `§`.
#[track_caller]
fn silenced(language: Language, text: &str, silenced: Silenced, expected: &str) {
    let offset = text.find('§').expect("the fixture says where");
    let text = text.replace('§', "");
    let document = Document::new(language, &text);
    let found = suppress(&document, "rule", offset as u32).expect("it can be silenced");
    let result = applied(&text, &found.edits);
    assert_eq!(result, expected, "{text}");
    assert_eq!(found.silenced, silenced, "{text}");
    let after = Document::new(language, &result);
    assert_eq!(after.has_error(), document.has_error(), "{result}");
}

#[test]
fn a_directive_above_a_line() {
    let line = |text, expected| silenced(Language::Bicep, text, Silenced::Line, expected);
    line("var §a = 1", "#disable-next-line rule\nvar a = 1");
    line(
        "var a = {\r\n\tb: [\r\n\t\t§1\r\n\t]\r\n}\r\n",
        "var a = {\r\n\tb: [\r\n\t\t#disable-next-line rule\r\n\t\t1\r\n\t]\r\n}\r\n",
    );
    line(
        "@description('x')\n@secure()\nparam §a string\n",
        "@description('x')\n@secure()\n#disable-next-line rule\nparam a string\n",
    );
    line(
        "@allowed([\n  §'x'\n])\nparam a string\n",
        "@allowed([\n  #disable-next-line rule\n  'x'\n])\nparam a string\n",
    );
    // A comment stays above what it speaks of.
    line(
        "// why\nvar §a = 1\n",
        "// why\n#disable-next-line rule\nvar a = 1\n",
    );
    // Text of several lines is in the way only where it goes on.
    line(
        "var a = '''\nx\n'''\nvar §b = 1\n",
        "var a = '''\nx\n'''\n#disable-next-line rule\nvar b = 1\n",
    );
    line(
        "var a = §'''\nx\n'''\n",
        "#disable-next-line rule\nvar a = '''\nx\n'''\n",
    );
    // What cannot be read elsewhere is no reason.
    line(
        "var §a = 1\nvar b = [\n",
        "#disable-next-line rule\nvar a = 1\nvar b = [\n",
    );
    silenced(
        Language::BicepParameters,
        "using 'main.bicep'\nparam a = §1\n",
        Silenced::Line,
        "using 'main.bicep'\n#disable-next-line rule\nparam a = 1\n",
    );
}

#[test]
fn a_directive_that_is_there_gets_one_name_more() {
    let line = |text, expected| silenced(Language::Bicep, text, Silenced::Line, expected);
    line(
        "  #disable-next-line other // why\nvar §a = 1\n",
        "  #disable-next-line other rule // why\nvar a = 1\n",
    );
    line(
        "#disable-next-line a  b\r\nvar §a = 1\n",
        "#disable-next-line a  b rule\r\nvar a = 1\n",
    );
    // One that speaks of another line is left alone.
    line(
        "#disable-next-line a\nvar a = 1\nvar §b = 1\n",
        "#disable-next-line a\nvar a = 1\n#disable-next-line rule\nvar b = 1\n",
    );
    line(
        "#disable-diagnostics a\nvar §a = 1\n",
        "#disable-diagnostics a\n#disable-next-line rule\nvar a = 1\n",
    );
    silenced(
        Language::Json,
        "{\n  //#disable-next-line a: why\n  \"a\": §1\n}",
        Silenced::Line,
        "{\n  //#disable-next-line a rule: why\n  \"a\": 1\n}",
    );
}

#[test]
fn around_text_of_several_lines() {
    silenced(
        Language::Bicep,
        "var o = {\n  a: $'''\n  x ${§b} y\n'''\n  c: 1\n}\n",
        Silenced::Lines,
        "var o = {\n  #disable-diagnostics rule\n  a: $'''\n  x ${b} y\n'''\n  \
         #restore-diagnostics rule\n  c: 1\n}\n",
    );
    silenced(
        Language::Bicep,
        "var a = '''\n§x\n'''",
        Silenced::Lines,
        "#disable-diagnostics rule\nvar a = '''\nx\n'''\n#restore-diagnostics rule",
    );
    silenced(
        Language::Json,
        "{\n  // because\n  \"a\": \"[concat(\n    §'x')]\",\n  \"b\": 1\n}",
        Silenced::Lines,
        "{\n  // because\n  // #disable-diagnostics rule\n  \"a\": \"[concat(\n    'x')]\",\n  \
         // #restore-diagnostics rule\n  \"b\": 1\n}",
    );
}

/// Wherever a line begins, what is on it can be silenced, and nothing else breaks.
#[test]
fn at_every_line_of_bicep() {
    let text = "\
param a string
var b = a == 'x'
  ? 'y'
  : a == 'z'
    ? 'u'
    : 'v'
var c = concat(
  a,
  b
)
var d = [
  a, b
  c
]
var e = [for i in range(0, 3): {
  f: i
}]
func g(
  h string,
  j int
) string => '${h}${j}'
type k = {
  l: 'm'
    | 'n'
  *: string
}
resource r 'Microsoft.ApiManagement/service@2024-05-01' = if (a == 'x') {
  name: a

  resource s 'namedValues' = {
    name: 'x'
    /* about
       this */
    dependsOn: [
      r
    ]
  }
}
";
    let document = Document::new(Language::Bicep, text);
    assert!(!document.has_error(), "{}", document.root().to_sexp());
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset + line.len() - line.trim_start().len();
        offset += line.len();
        if !line.trim().is_empty() {
            let found = suppress(&document, "rule", start as u32);
            let result = found.map(|found| applied(text, &found.edits));
            let result = result.unwrap_or_else(|| panic!("nothing silences {line:?}"));
            assert!(!Document::new(Language::Bicep, &result).has_error());
        }
    }
}

#[test]
fn comments_where_json_has_comments() {
    silenced(
        Language::Json,
        "{\n  /* why */\n  \"a\": {\n    \"b\": §1\n  }\n}",
        Silenced::Line,
        "{\n  /* why */\n  \"a\": {\n    // #disable-next-line rule\n    \"b\": 1\n  }\n}",
    );
    // There is nothing that may have metadata.
    silenced(
        Language::Json,
        "{\"parameters\": {\n  \"b\": {\"value\": §1}\n}}",
        Silenced::Line,
        "{\"parameters\": {\n  // #disable-next-line rule\n  \"b\": {\"value\": 1}\n}}",
    );
}

#[test]
fn metadata_where_json_has_no_comments() {
    let resource = |members: &str| {
        format!(
            "{{\n  \"resources\": [\n    {{\n      \"type\": \"a\",\n      \"apiVersion\": \"b\",\n      \
             \"name\": §\"https://c\"{members}\n    }}\n  ]\n}}\n"
        )
    };
    let check = |members: &str, expected: &str| {
        let expected = resource(expected).replace('§', "");
        silenced(
            Language::Json,
            &resource(members),
            Silenced::Resource,
            &expected,
        );
    };
    let new = ",\n      \"metadata\": {\n        \"apim-ls\": {\n          \"disable\": [\n            \
               \"rule\"\n          ]\n        }\n      }";
    check("", new);
    check(
        ",\n      \"properties\": {}",
        &format!("{new},\n      \"properties\": {{}}"),
    );
    let metadata = |ours: &str| format!(",\n      \"metadata\": {{ {ours} }}");
    check(
        &metadata(r#""x": 1"#),
        &metadata(r#""x": 1, "apim-ls": { "disable": ["rule"] }"#),
    );
    check(
        &metadata(r#""apim-ls": { "disable": ["other"] }"#),
        &metadata(r#""apim-ls": { "disable": ["other", "rule"] }"#),
    );
}

#[test]
fn metadata_of_what_is_no_resource() {
    silenced(
        Language::Json,
        r#"{"parameters":{"a":{"type":"string","defaultValue":§1}}}"#,
        Silenced::Declaration,
        r#"{"parameters":{"a":{"type":"string","defaultValue":1, "metadata": { "apim-ls": { "disable": ["rule"] } }}}}"#,
    );
    silenced(
        Language::Json,
        r#"{ "$schema": "https://x/deploymentTemplate.json#", "contentVersion": "1",
  "variables": { "a": §1 } }"#,
        Silenced::File,
        r#"{ "$schema": "https://x/deploymentTemplate.json#", "contentVersion": "1",
  "metadata": {
    "apim-ls": {
      "disable": [
        "rule"
      ]
    }
  },
  "variables": { "a": 1 } }"#,
    );
    // Metadata that is something else stays what it is.
    silenced(
        Language::Json,
        "{\n\"type\": \"a\", \"apiVersion\": \"b\",\n\"metadata\": \"x\",\n\"c\": §1\n}",
        Silenced::Line,
        "{\n\"type\": \"a\", \"apiVersion\": \"b\",\n\"metadata\": \"x\",\n\
         // #disable-next-line rule\n\"c\": 1\n}",
    );
}

#[track_caller]
fn set(text: &str, expected: &str) {
    let document = Document::new(Language::Json, text);
    let edits = set_member(&document, &["a", "b", "level"], "off");
    let result = edits.map_or_else(|| "(none)".to_owned(), |edits| applied(text, &edits));
    assert_eq!(result, expected, "{text}");
}

#[test]
fn members_of_other_json() {
    let new = "{\n  \"a\": {\n    \"b\": {\n      \"level\": \"off\"\n    }\n  }\n}\n";
    assert_eq!(new_object(&["a", "b", "level"], "off"), new);
    set("", new);
    set(" \n", new);
    set("{}", r#"{ "a": { "b": { "level": "off" } } }"#);
    set(
        "{\r\n\t// why\r\n\t\"c\": 1 // last\r\n}\r\n",
        "{\r\n\t// why\r\n\t\"c\": 1, // last\r\n\t\"a\": {\r\n\t\t\"b\": {\r\n\t\t\t\"level\": \"off\"\r\n\
         \t\t}\r\n\t}\r\n}\r\n",
    );
    set(
        r#"{ "a": { "B": { "level": "x" }, "b": { "level": /* was */ "error" } } }"#,
        r#"{ "a": { "B": { "level": "x" }, "b": { "level": /* was */ "off" } } }"#,
    );
    set(
        r#"{ "a": { "b": { "level": 1 }, "b": { "more": 1 } } }"#,
        r#"{ "a": { "b": { "level": 1 }, "b": { "more": 1, "level": "off" } } }"#,
    );
    for text in ["[]", "{", r#"{ "a": null }"#, r#"{ "a": { "b": [] } }"#] {
        set(text, "(none)");
    }
}
