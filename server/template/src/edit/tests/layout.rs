//! The layout of the author is kept.

use syntax::{Language, TextEdit};

use super::edited;
use crate::edit::{Editor, Key, New, Placement};
use crate::model::{ExpressionId, ExpressionKind};

/// Does something to the object that the fixture is; line breaks and tabs show in the result.
fn each(
    language: Language,
    fixtures: &[&str],
    operation: impl Fn(&Editor<'_>, ExpressionId) -> Option<Vec<TextEdit>>,
) -> String {
    let mut results = Vec::new();
    for fixture in fixtures {
        let (before, after) = match language {
            Language::Json => (
                r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","#.to_owned()
                    + if fixture.contains("\r\n") { "\r\n" } else { "\n" }
                    + r#""variables": { "v": "#,
                " } }",
            ),
            _ => ("var v = ".to_owned(), ""),
        };
        let text = format!("{before}{fixture}{after}");
        let result = edited(language, &text, |editor, template| {
            operation(editor, template.variables[0].value)
        });
        let result = match result.strip_prefix(&before) {
            Some(result) => result.strip_suffix(after).unwrap_or(result),
            None => &result,
        };
        results.push(result.replace('\t', "<tab>").replace('\r', "<cr>"));
    }
    results.join("\n----\n")
}

fn add(
    placement: Placement<'static>,
) -> impl Fn(&Editor<'_>, ExpressionId) -> Option<Vec<TextEdit>> {
    move |editor, object| editor.insert_property(object, "new", &New::Bool(true), placement)
}

fn add_object(
    placement: Placement<'static>,
) -> impl Fn(&Editor<'_>, ExpressionId) -> Option<Vec<TextEdit>> {
    let value = New::object([
        ("list", New::Array(vec!["x".into(), "y".into()])),
        ("none", New::object::<Key>([])),
    ]);
    move |editor, object| editor.insert_property(object, "new", &value, placement)
}

#[test]
fn a_property_behind_the_last_one_of_bicep() {
    let result = each(
        Language::Bicep,
        &[
            "{\n  a: 1\n}",
            "{\n  a: 1 // about a\n}\n",
            "{\n  a: 1 /* about a */ // more\n  // at the end\n}\n",
            "{\r\n\ta: 1\r\n}\r\n",
            "{\n    a: 1,\n    b: 2\n}",
            "{\n    a: 1,\n    b: 2, // about b\n}",
            "{\n    a: 1,\n    b: 2 // about b\n}",
            "{ a: 1 }",
            "{a: 1}",
            "{ a: 1, }",
            "{ a: 1 /* about a */ }",
            "{ a: 1, b: {\n  c: 1\n} }",
            "{}",
            "{ }",
            "{\n}",
            "{\n\n}",
            "{ /* nothing */ }",
            "{ // nothing\n}",
            "{\n    // nothing\n    // yet\n}",
            "{ a: 'a long text that takes some room', b: 'another long text that takes more room', c: 1 }",
        ],
        add(Placement::End),
    );
    insta::assert_snapshot!(result, @r#"
    {
      a: 1
      new: true
    }
    ----
    {
      a: 1 // about a
      new: true
    }

    ----
    {
      a: 1 /* about a */ // more
      new: true
      // at the end
    }

    ----
    {<cr>
    <tab>a: 1<cr>
    <tab>new: true<cr>
    }<cr>

    ----
    {
        a: 1,
        b: 2,
        new: true
    }
    ----
    {
        a: 1,
        b: 2, // about b
        new: true,
    }
    ----
    {
        a: 1,
        b: 2, // about b
        new: true
    }
    ----
    { a: 1, new: true }
    ----
    {a: 1, new: true}
    ----
    { a: 1, new: true, }
    ----
    { a: 1 /* about a */, new: true }
    ----
    { a: 1, b: {
      c: 1
    }, new: true }
    ----
    { new: true }
    ----
    { new: true }
    ----
    {
      new: true
    }
    ----
    {
      new: true
    }
    ----
    { /* nothing */ new: true }
    ----
    { // nothing
      new: true
    }
    ----
    {
        // nothing
        // yet
        new: true
    }
    ----
    {
      a: 'a long text that takes some room'
      b: 'another long text that takes more room'
      c: 1
      new: true
    }
    "#);
}

#[test]
fn a_property_behind_the_last_one_of_json() {
    let result = each(
        Language::Json,
        &[
            "{\n  \"a\": 1\n}",
            "{\n  \"a\": 1 // about a\n}",
            "{\n  \"a\": 1, // about a\n}",
            "{\n  \"a\": 1 /* about a */\n  // at the end\n}",
            "{\r\n\t\"a\": 1\r\n}",
            "{\n    \"a\": 1\n  , \"b\": 2\n}",
            "{ \"a\": 1 }",
            "{\"a\":1}",
            "{ \"a\": 1, }",
            "{ \"a\": 1 /* about a */ }",
            "{ \"a\": {\n  \"b\": 1\n} }",
            "{}",
            "{ }",
            "{\n}",
            "{ /* nothing */ }",
            "{ // nothing\n}",
            "{ \"a\": \"a long text that takes some room\", \"b\": \"another long text that takes more\" }",
        ],
        add(Placement::End),
    );
    insta::assert_snapshot!(result, @r#"
    {
      "a": 1,
      "new": true
    }
    ----
    {
      "a": 1, // about a
      "new": true
    }
    ----
    {
      "a": 1, // about a
      "new": true,
    }
    ----
    {
      "a": 1, /* about a */
      "new": true
      // at the end
    }
    ----
    {<cr>
    <tab>"a": 1,<cr>
    <tab>"new": true<cr>
    }
    ----
    {
        "a": 1
      , "b": 2,
        "new": true
    }
    ----
    { "a": 1, "new": true }
    ----
    {"a":1, "new": true}
    ----
    { "a": 1, "new": true, }
    ----
    { "a": 1 /* about a */, "new": true }
    ----
    { "a": {
      "b": 1
    }, "new": true }
    ----
    { "new": true }
    ----
    { "new": true }
    ----
    {
      "new": true
    }
    ----
    { /* nothing */ "new": true }
    ----
    { // nothing
      "new": true
    }
    ----
    {
      "a": "a long text that takes some room",
      "b": "another long text that takes more",
      "new": true
    }
    "#);
}

#[test]
fn a_property_between_others() {
    let bicep = each(
        Language::Bicep,
        &[
            "{\n  a: 1 // about a\n\n  // about b\n  b: 2\n}",
            "{\n  a: 1, // about a\n  b: 2\n}",
            "{ a: 1, b: 2 }",
            "{ a: 1, /* about b */ b: 2 }",
            "{ a: 'a long text that takes some room', b: 'another long text that takes more room', c: 1 }",
        ],
        add(Placement::After("a")),
    );
    insta::assert_snapshot!(bicep, @r#"
    {
      a: 1 // about a
      new: true

      // about b
      b: 2
    }
    ----
    {
      a: 1, // about a
      new: true,
      b: 2
    }
    ----
    { a: 1, new: true, b: 2 }
    ----
    { a: 1, new: true, /* about b */ b: 2 }
    ----
    {
      a: 'a long text that takes some room'
      new: true
      b: 'another long text that takes more room'
      c: 1
    }
    "#);
    let json = each(
        Language::Json,
        &[
            "{\n  \"a\": 1, // about a\n\n  // about b\n  \"b\": 2\n}",
            "{\n  \"a\": 1 // about a\n  , \"b\": 2\n}",
            "{ \"a\": 1, \"b\": 2 }",
            "{ \"a\": 1, /* about b */ \"b\": 2 }",
            "{ \"a\": \"a long text that takes some room\", \"b\": \"another long text that takes more\" }",
        ],
        add(Placement::After("a")),
    );
    insta::assert_snapshot!(json, @r#"
    {
      "a": 1, // about a
      "new": true,

      // about b
      "b": 2
    }
    ----
    {
      "a": 1, // about a
      "new": true
      , "b": 2
    }
    ----
    { "a": 1, "new": true, "b": 2 }
    ----
    { "a": 1, "new": true, /* about b */ "b": 2 }
    ----
    {
      "a": "a long text that takes some room",
      "new": true,
      "b": "another long text that takes more"
    }
    "#);
}

#[test]
fn an_object_has_the_indentation_of_its_place() {
    let bicep = each(
        Language::Bicep,
        &[
            "{\n    a: 1\n}",
            "{\n\ta: 1\n}",
            "{}",
            "{ a: 1 }",
            "{\n  a: 1\n  }\n\nvar w = {\n   a: 1\n}\n\nvar x = {\n   a: 1\n}\n",
        ],
        add_object(Placement::End),
    );
    insta::assert_snapshot!(bicep, @r#"
    {
        a: 1
        new: {
            list: [
                'x'
                'y'
            ]
            none: {}
        }
    }
    ----
    {
    <tab>a: 1
    <tab>new: {
    <tab><tab>list: [
    <tab><tab><tab>'x'
    <tab><tab><tab>'y'
    <tab><tab>]
    <tab><tab>none: {}
    <tab>}
    }
    ----
    { new: { list: ['x', 'y'], none: {} } }
    ----
    { a: 1, new: { list: ['x', 'y'], none: {} } }
    ----
    {
      a: 1
      new: {
         list: [
            'x'
            'y'
         ]
         none: {}
      }
      }

    var w = {
       a: 1
    }

    var x = {
       a: 1
    }
    "#);
    let json = each(
        Language::Json,
        &[
            "{\n      \"a\": 1\n  }",
            "{\n\t\"a\": 1\n}",
            "{}",
            "{ \"a\": 1 }",
        ],
        add_object(Placement::End),
    );
    insta::assert_snapshot!(json, @r#"
    {
          "a": 1,
          "new": {
              "list": [
                  "x",
                  "y"
              ],
              "none": {}
          }
      }
    ----
    {
    <tab>"a": 1,
    <tab>"new": {
    <tab><tab>"list": [
    <tab><tab><tab>"x",
    <tab><tab><tab>"y"
    <tab><tab>],
    <tab><tab>"none": {}
    <tab>}
    }
    ----
    { "new": { "list": ["x", "y"], "none": {} } }
    ----
    { "a": 1, "new": { "list": ["x", "y"], "none": {} } }
    "#);
}

#[test]
fn several_properties_at_one_place() {
    let operation = |editor: &Editor<'_>, object| {
        let properties = [("x".into(), New::Bool(true)), ("y".into(), New::Null)];
        editor.insert_properties(object, &properties, Placement::After("a"))
    };
    let bicep = each(
        Language::Bicep,
        &["{\n  a: 1\n  b: 2\n}", "{ a: 1, b: 2 }", "{ a: 1 }", "{}"],
        operation,
    );
    insta::assert_snapshot!(bicep, @r#"
    {
      a: 1
      x: true
      y: null
      b: 2
    }
    ----
    { a: 1, x: true, y: null, b: 2 }
    ----
    { a: 1, x: true, y: null }
    ----
    { x: true, y: null }
    "#);
    let json = each(
        Language::Json,
        &[
            "{\n  \"a\": 1,\n  \"b\": 2\n}",
            "{\n  \"a\": 1\n}",
            "{ \"a\": 1 }",
            "{}",
        ],
        operation,
    );
    insta::assert_snapshot!(json, @r#"
    {
      "a": 1,
      "x": true,
      "y": null,
      "b": 2
    }
    ----
    {
      "a": 1,
      "x": true,
      "y": null
    }
    ----
    { "a": 1, "x": true, "y": null }
    ----
    { "x": true, "y": null }
    "#);
}

#[test]
fn a_property_is_removed_with_what_belongs_to_it() {
    let operation = |editor: &Editor<'_>, object| editor.remove_property(object, "b");
    let bicep = each(
        Language::Bicep,
        &[
            "{\n  a: 1\n  b: 2 // about b\n  c: 3\n}",
            "{\n  a: 1\n  b: {\n    d: 2\n  }\n}",
            "{\n  a: 1,\n  b: 2,\n  c: 3\n}",
            "{ a: 1, b: 2, c: 3 }",
            "{ b: 2, c: 3 }",
            "{ a: 1, b: 2 }",
            "{ a: 1, b: 2, }",
            "{ a: 1, /* about b */ b: 2 /* more */ }",
            "{ b: 2 }",
            "{\n  b: 2\n}",
            "{\r\n  a: 1\r\n  b: 2\r\n}\r\n",
            "{ a: 1\n  b: 2 }",
            "{ b: 2\n  c: 3 }",
        ],
        operation,
    );
    insta::assert_snapshot!(bicep, @r#"
    {
      a: 1
      c: 3
    }
    ----
    {
      a: 1
    }
    ----
    {
      a: 1,
      c: 3
    }
    ----
    { a: 1, c: 3 }
    ----
    { c: 3 }
    ----
    { a: 1 }
    ----
    { a: 1, }
    ----
    { a: 1 /* about b */  /* more */ }
    ----
    {}
    ----
    {}
    ----
    {<cr>
      a: 1<cr>
    }<cr>

    ----
    { a: 1 }
    ----
    { c: 3 }
    "#);
    let json = each(
        Language::Json,
        &[
            "{\n  \"a\": 1,\n  \"b\": 2, // about b\n  \"c\": 3\n}",
            "{\n  \"a\": 1, // about a\n  \"b\": 2\n}",
            "{\n  \"a\": 1,\n  \"b\": 2,\n}",
            "{ \"a\": 1, \"b\": 2, \"c\": 3 }",
            "{ \"a\": 1, \"b\": 2 }",
            "{ \"a\": 1, /* about b */ \"b\": 2 /* more */ }",
            "{ \"b\": 2, /* about c */ \"c\": 3 }",
            "{ \"b\": 2 }",
            "{\n  \"a\": 1\n  , \"b\": 2\n}",
        ],
        operation,
    );
    insta::assert_snapshot!(json, @r#"
    {
      "a": 1,
      "c": 3
    }
    ----
    {
      "a": 1 // about a
    }
    ----
    {
      "a": 1,
    }
    ----
    { "a": 1, "c": 3 }
    ----
    { "a": 1 }
    ----
    { "a": 1 /* about b */  /* more */ }
    ----
    {  /* about c */ "c": 3 }
    ----
    {}
    ----
    {
      "a": 1
    }
    "#);
}

#[test]
fn an_item_behind_the_last_one() {
    let operation =
        |editor: &Editor<'_>, array| editor.append_item(array, &New::string("it's ${new}"));
    let bicep = each(
        Language::Bicep,
        &[
            "[\n  'a'\n]",
            "['a']",
            "[ 'a', 'b' ]",
            "[]",
            "[\n]",
            "[\n  'a' // about a\n]",
            "[for x in []: x]",
        ],
        operation,
    );
    insta::assert_snapshot!(bicep, @r#"
    [
      'a'
      'it\'s \${new}'
    ]
    ----
    ['a', 'it\'s \${new}']
    ----
    [ 'a', 'b', 'it\'s \${new}' ]
    ----
    ['it\'s \${new}']
    ----
    [
      'it\'s \${new}'
    ]
    ----
    [
      'a' // about a
      'it\'s \${new}'
    ]
    ----
    (none)
    "#);
    let json = each(
        Language::Json,
        &[
            "[\n  \"a\"\n]",
            "[\"a\"]",
            "[ \"a\", \"b\" ]",
            "[]",
            "[\n  \"a\" // about a\n]",
            "\"[createArray('a')]\"",
        ],
        operation,
    );
    insta::assert_snapshot!(json, @r#"
    [
      "a",
      "it's ${new}"
    ]
    ----
    ["a", "it's ${new}"]
    ----
    [ "a", "b", "it's ${new}" ]
    ----
    ["it's ${new}"]
    ----
    [
      "a", // about a
      "it's ${new}"
    ]
    ----
    (none)
    "#);
}

#[test]
fn a_value_in_place_of_another() {
    let operation = |editor: &Editor<'_>, array| {
        let value = New::object([("a-b", New::string("\\ ' \" [x]"))]);
        editor.replace(array, &value)
    };
    let bicep = each(
        Language::Bicep,
        &["1", "(1)", "{\n    a: 1\n}", "'${'a'}b' // about v"],
        operation,
    );
    insta::assert_snapshot!(bicep, @r#"
    {
      'a-b': '\\ \' " [x]'
    }
    ----
    ({ 'a-b': '\\ \' " [x]' })
    ----
    {
        'a-b': '\\ \' " [x]'
    }
    ----
    {
      'a-b': '\\ \' " [x]'
    } // about v
    "#);
    let json = each(
        Language::Json,
        &["1", "\"[parameters('a')]\"", "\"a\" // about v\n", "[\n]"],
        operation,
    );
    insta::assert_snapshot!(json, @r#"
    { "a-b": "\\ ' \" [x]" }
    ----
    { "a-b": "\\ ' \" [x]" }
    ----
    {
      "a-b": "\\ ' \" [x]"
    } // about v

    ----
    {
      "a-b": "\\ ' \" [x]"
    }
    "#);
}

#[test]
fn what_is_no_object_or_cannot_be_read_is_left_alone() {
    let bicep = each(
        Language::Bicep,
        &[
            "null",
            "[]",
            "union({}, {})",
            "{ new: 1 }",
            "{\n  a: }\n",
            "{\n  a: 1",
        ],
        add(Placement::End),
    );
    insta::assert_snapshot!(bicep, @r#"
    (none)
    ----
    (none)
    ----
    (none)
    ----
    (none)
    ----
    (none)
    ----
    (none)
    "#);
}

/// The step of a file is known from its lines, whatever is written behind an opening bracket.
#[test]
fn a_comment_behind_a_bracket_does_not_hide_the_indentation() {
    for body in [
        "{ // why\n\ta: 1\n}\n",
        "{ /* why */\n\ta: 1\n}\n",
        "{ a: [1\n\t2] }\n",
    ] {
        let text = format!("resource r 'A/b@1' = {body}");
        let result = edited(Language::Bicep, &text, |editor, template| {
            let (id, _) = template.resources().next()?;
            editor.insert_resource(
                id,
                &crate::edit::NewResource::new("s", "A/b", "1", "s".into()),
            )
        });
        assert!(result.ends_with("\n\tname: 's'\n}\n"), "{result}");
    }
}

#[test]
fn a_property_in_front_of_the_first() {
    let first = |editor: &Editor<'_>, object| {
        editor.insert_property(object, "a", &New::Bool(true), Placement::First)
    };
    let bicep = each(
        Language::Bicep,
        &["{}", "{ b: 1 }", "{\n  // about b\n  b: 1\n}"],
        first,
    );
    insta::assert_snapshot!(bicep, @"
    { a: true }
    ----
    { a: true, b: 1 }
    ----
    {
      a: true
      // about b
      b: 1
    }
    ");
    let json = each(
        Language::Json,
        &["{}", r#"{ "b": 1 }"#, "{\n  \"b\": 1\n}"],
        first,
    );
    insta::assert_snapshot!(json, @r#"
    { "a": true }
    ----
    { "a": true, "b": 1 }
    ----
    {
      "a": true,
      "b": 1
    }
    "#);
}

#[test]
fn arguments_behind_the_last() {
    let full = |editor: &Editor<'_>, call| {
        editor.append_arguments(call, &[New::string("2024-05-01"), New::string("Full")])
    };
    let bicep = each(
        Language::Bicep,
        &[
            "reference('x')",
            "reference(\n  'x'\n)",
            "reference('x' /* y */)",
            "reference(('x'))",
            "subscription()",
            "1",
        ],
        full,
    );
    insta::assert_snapshot!(bicep, @"
    reference('x', '2024-05-01', 'Full')
    ----
    reference(
      'x', '2024-05-01', 'Full'
    )
    ----
    (none)
    ----
    (none)
    ----
    (none)
    ----
    (none)
    ");
    let json = each(
        Language::Json,
        &[
            r#""[reference('x')]""#,
            r#""[reference( variables('y') )]""#,
            r#""reference""#,
        ],
        full,
    );
    insta::assert_snapshot!(json, @r#"
    "[reference('x', '2024-05-01', 'Full')]"
    ----
    "[reference( variables('y'), '2024-05-01', 'Full' )]"
    ----
    (none)
    "#);
}

#[test]
fn a_choice_with_its_parentheses() {
    let replaced = |editor: &Editor<'_>, value| {
        let value = match editor.template.kind(value) {
            ExpressionKind::Conditional { .. } => value,
            kind => *kind.parts().last()?,
        };
        editor.replace(value, &New::string("x"))
    };
    let bicep = each(
        Language::Bicep,
        &[
            "(a ? 'b' : 'c')",
            "((a ? 'b' : 'c'))",
            "( /* why */ a ? 'b' : 'c')",
            "(a ? 'b' /* why */ : 'c')",
            "a ? 'b' : 'c' // why",
            "{\n  b: (a\n    ? 'b'\n    : 'c')\n}",
        ],
        replaced,
    );
    insta::assert_snapshot!(bicep, @"
    'x'
    ----
    'x'
    ----
    ( /* why */ 'x')
    ----
    (none)
    ----
    'x' // why
    ----
    {
      b: 'x'
    }
    ");
}
