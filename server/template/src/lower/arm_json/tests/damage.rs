use insta::assert_snapshot;
use syntax::{Document, Language, TextRange};

use super::{document, lower, lowered};
use crate::dump::dump;
use crate::model::ModuleSource;

const FIXTURE: &str = r#"{"$schema": "a/deploymentTemplate.json#", // c
"parameters": {"p": {"type": "string", "allowedValues": ["é"]}},
"variables": {"copy": [{"name": "v", "count": 2, "input": "[copyIndex('v')]"}]},
"functions": [{"namespace": "n", "members": {"f": {"output": {"value": "\u00e9"}}}}],
"resources": {"s": {"type": "a.b/c", "copy": {"count": 1}, "dependsOn": ["s[0]"], "resources":
[{"type": "d", "name": "[format('{0}', n.f(parameters('p'))).x[0]]"}]},
"m": {"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": []}}}},
"outputs": {"o": {"copy": {"count": 1, "input": -1}}}}"#;

/// Every template that is the fixture with one thing wrong is lowered, and speaks of places in the
/// text only.
#[test]
fn any_damage_is_survived() {
    assert!(
        lower(&Document::new(Language::Json, FIXTURE))
            .template()
            .unwrap()
            .is_complete
    );
    let boundaries = FIXTURE.char_indices().map(|(offset, _)| offset);
    for offset in boundaries.chain([FIXTURE.len()]) {
        let (before, after) = FIXTURE.split_at(offset);
        let mut deleted = after.chars();
        deleted.next();
        for (middle, after) in [
            ("", ""),
            ("", deleted.as_str()),
            ("\"", after),
            ("{", after),
            ("]", after),
            (",\n", after),
        ] {
            check_places(&format!("{before}{middle}{after}"));
        }
    }
}

fn check_places(text: &str) {
    let Some(template) = lower(&Document::new(Language::Json, text)).template() else {
        return;
    };
    let check = |range: TextRange| {
        assert!(text.get(range.as_usize()).is_some(), "{range:?} in {text}");
    };
    for expression in &template.expressions {
        check(expression.range);
    }
    for resource in &template.resources {
        check(resource.label);
        check(resource.type_range);
    }
    for module in &template.modules {
        check(module.label);
    }
    for parameter in &template.parameters {
        check(parameter.name.range);
    }
    drop(dump(&template));
}

#[test]
fn an_unfinished_template_keeps_its_sections() {
    let text = r#"{"$schema": "a/deploymentTemplate.json#",
        "parameters": {"p": {"type": "string"}},
        "resources": [{"type": "a/b", "name": "x", "variables": {"v": 1}, "properties": {"a": "#;
    let template = lower(&Document::new(Language::Json, text))
        .template()
        .unwrap();
    assert_snapshot!(dump(&template), @r#"
    template ResourceGroup (incomplete)
    parameter p: String
    "#);
}

#[test]
fn copies_into_nested_deployments_are_bounded() {
    let variables = "\"v\": [1, 2, 3, 4, 5, 6, 7, 8, 9],".repeat(2000);
    let deployment =
        r#"{"type": "Microsoft.Resources/deployments", "properties": {"template": {}}},"#;
    let template = lower(&document(&format!(
        r#""variables": {{{variables}}}, "resources": [{}]"#,
        deployment.repeat(2000)
    )));
    let sources = template
        .template()
        .unwrap()
        .modules
        .into_iter()
        .map(|module| module.source);
    let inline = sources.filter(|source| matches!(source, ModuleSource::Inline { .. }));
    let count = inline.count();
    assert!((1..100).contains(&count), "{count}");
}

#[test]
fn damaged_text_is_not_complete() {
    let damaged = [
        r#""resources": [{"type": "a/b", "name": "x", "properties": {"a": }}]"#,
        r#""resources": [{"type": "a/b", "name": "x", "tags": {"a" , "b": 1}}]"#,
        r#""resources": [{"type": "a/b", "name": "x", "tags": {"a": [1, , 2], "b": "\q"}}]"#,
        r#""resources": [{"type": "a/b", "name": "x"}, 1]"#,
        r#""resources": 1"#,
        r#""parameters": [], "variables": {"a": 1,}, "resources": [{"type": "a/b", "name": "x",},]"#,
        r#""variables": {"a": 1,,}, "outputs": {"b": {}}"#,
        "\"variables\": {\"a\": \"[concat('x',\n  'y')]\"}",
    ];
    let lines = damaged.map(|sections| format!("{sections}\n{}", lowered(sections)));
    assert_snapshot!(lines.join("\n"), @r#"
    "resources": [{"type": "a/b", "name": "x", "properties": {"a": }}]
    template ResourceGroup
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', properties: {a: <invalid>}}

    "resources": [{"type": "a/b", "name": "x", "tags": {"a" , "b": 1}}]
    template ResourceGroup (incomplete)
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', tags: {b: 1, <incomplete>}}

    "resources": [{"type": "a/b", "name": "x", "tags": {"a": [1, , 2], "b": "\q"}}]
    template ResourceGroup
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x', tags: {a: [1 2], b: <invalid>}}

    "resources": [{"type": "a/b", "name": "x"}, 1]
    template ResourceGroup (incomplete)
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x'}

    "resources": 1
    template ResourceGroup (incomplete)

    "parameters": [], "variables": {"a": 1,}, "resources": [{"type": "a/b", "name": "x",},]
    template ResourceGroup (incomplete)
    variable a = 1
    resource #0 a/b
      name: 'x'
      body: {type: 'a/b', name: 'x'}

    "variables": {"a": 1,,}, "outputs": {"b": {}}
    template ResourceGroup
    variable a = 1
    output b = <invalid>

    "variables": {"a": "[concat('x',
      'y')]"}
    template ResourceGroup
    variable a = (call concat 'x' 'y')
    "#);
}

#[test]
fn deep_nesting_is_bounded() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let deployment =
        r#"{"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": ["#;
    for sections in [
        format!(r#""variables": {{"a": {}}}"#, deep("[", "]")),
        format!(r#""variables": {{"a": {}}}"#, deep("{\"a\":", "}")),
        format!(r#""variables": {{"a": "[{}]"}}"#, deep("f(", ")")),
        format!(r#""variables": {{"a": "[f(){}]"}}"#, ".a".repeat(100_000)),
        format!(
            r#""variables": {{"a": "[and(true(){})]"}}"#,
            ", true()".repeat(100_000)
        ),
        format!(
            r#""resources": {}"#,
            deep("[{\"type\":\"a\",\"resources\":", "}]")
        ),
        format!(r#""resources": {}"#, deep("[", "]")),
        format!(r#""resources": [{}]"#, deep(deployment, "]}}}")),
    ] {
        let document = document(&sections);
        assert!(!document.root().has_error());
        let template = lower(&document).template().unwrap();
        assert_eq!(
            TextRange::from(document.root()).end as usize,
            document.text().len_bytes()
        );
        drop(dump(&template));
    }
}
