//! Properties in place of others.

use syntax::Language;

use super::{edited, value};
use crate::edit::New;

/// The text with `b` and `d` of the first object exchanged for a `new` object and a `flag`.
fn exchanged(language: Language, text: &str) -> String {
    edited(language, text, |editor, template| {
        let object = match language {
            Language::Json => value(template, template.resources[0].body, "properties"),
            _ => template.variables[0].value,
        };
        let new = New::object([("long", New::string("x".repeat(40)))]);
        let added = [("new".into(), new), ("flag".into(), New::Bool(true))];
        editor.exchange_properties(object, &["b", "d"], &added)
    })
}

#[test]
fn in_bicep() {
    let exchanged = |text: &str| exchanged(Language::Bicep, text);
    insta::assert_snapshot!(exchanged("var o = {\n  a: 1\n  b: 2 // two\n  c: 3\n  d: 4 // four\n}\n"), @"
    var o = {
      a: 1
      new: {
        long: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
      }
      flag: true // two
      c: 3
    }
    ");
    insta::assert_snapshot!(exchanged("var o = {\n  a: 1,\n  d: 4,\n  c: 3\n}\n"), @"
    var o = {
      a: 1,
      new: {
        long: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
      },
      flag: true,
      c: 3
    }
    ");
    insta::assert_snapshot!(exchanged("var o = { a: 1, b: 2, c: 3, d: 4 }\n"), @"var o = { a: 1, new: { long: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }, flag: true, c: 3 }");
    insta::assert_snapshot!(exchanged("var o = { b: 2 }\n"), @"var o = { new: { long: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }, flag: true }");
    let long = "a".repeat(60);
    insta::assert_snapshot!(exchanged(&format!("  var o = {{ a: '{long}', b: 2, c: 3, d: 4 }}\n")), @"
    var o = {
      a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
      new: {
        long: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
      }
      flag: true
      c: 3
    }
    ");
    assert_eq!(
        exchanged(&format!("var o = {{ a: '{long}', /* why */ b: 2 }}\n")),
        "(none)"
    );
    assert_eq!(exchanged("var o = { a: 1 }\n"), "(none)");
}

#[test]
fn in_arm_json() {
    let exchanged = |properties: &str| {
        let text = format!(
            r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "resources": [
    {{
      "type": "A.B/c",
      "apiVersion": "2024-05-01",
      "name": "c",
      "properties": {properties}
    }}
  ]
}}
"#
        );
        exchanged(Language::Json, &text)
    };
    insta::assert_snapshot!(exchanged("{\n        \"a\": 1,\n        \"b\": 2,\n        \"d\": 4\n      }"), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "A.B/c",
          "apiVersion": "2024-05-01",
          "name": "c",
          "properties": {
            "a": 1,
            "new": {
              "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            },
            "flag": true
          }
        }
      ]
    }
    "#);
    insta::assert_snapshot!(exchanged("{ \"d\": 4, \"c\": 3, \"b\": 2 }"), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "A.B/c",
          "apiVersion": "2024-05-01",
          "name": "c",
          "properties": {
            "new": {
              "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            },
            "flag": true,
            "c": 3
          }
        }
      ]
    }
    "#);
    let long = "a".repeat(60);
    insta::assert_snapshot!(exchanged(&format!("{{ \"a\": \"{long}\", \"b\": 2 }}")), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "resources": [
        {
          "type": "A.B/c",
          "apiVersion": "2024-05-01",
          "name": "c",
          "properties": {
            "a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "new": {
              "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            },
            "flag": true
          }
        }
      ]
    }
    "#);
}
