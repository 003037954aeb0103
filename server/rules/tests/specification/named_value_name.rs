//! `named-value-name`: display names that Azure refuses.

use crate::twins::{Case, arm, case, judge};

const RULES: &[&str] = &["named-value-name"];
const REFUSED: &str = "error named-value-name";

/// A named value of a service from elsewhere with a display name.
fn named_value(
    name: &'static str,
    expected: &'static str,
    (declarations, display_name): (&str, &str),
    (sections, json_display_name): (&str, &str),
) -> Case {
    case(
        name,
        expected,
        format!(
            "{declarations}
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/nv'
  properties: {{ displayName: {display_name}, value: 'x' }}
}}
"
        ),
        arm(&format!(
            r#"{sections} "resources": [ {{ "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": {{ "displayName": "{json_display_name}", "value": "x" }} }} ]"#
        )),
    )
}

fn literal(name: &'static str, expected: &'static str, display_name: &str) -> Case {
    named_value(
        name,
        expected,
        ("", &format!("'{display_name}'")),
        ("", display_name),
    )
}

#[test]
fn names_that_azure_refuses() {
    let report = judge(
        RULES,
        &[
            literal("a blank", REFUSED, "backend key"),
            literal("a colon", REFUSED, "Backend:Key"),
            literal("a letter beyond ASCII", REFUSED, "schlüssel"),
            literal("a tab", REFUSED, "backend\\tkey"),
            literal("empty", REFUSED, ""),
            literal("too long", REFUSED, &"a".repeat(257)),
            named_value(
                "a variable",
                REFUSED,
                ("var title = 'backend key'", "title"),
                (
                    r#""variables": { "title": "backend key" },"#,
                    "[variables('title')]",
                ),
            ),
            named_value(
                "the default of a parameter",
                REFUSED,
                ("param title string = 'backend key'", "title"),
                (
                    r#""parameters": { "title": { "type": "string", "defaultValue": "backend key" } },"#,
                    "[parameters('title')]",
                ),
            ),
            named_value(
                "around what is not known",
                REFUSED,
                ("param stage string", "'${stage} key'"),
                (
                    r#""parameters": { "stage": { "type": "string" } },"#,
                    "[concat(parameters('stage'), ' key')]",
                ),
            ),
            named_value(
                "one of the allowed names",
                REFUSED,
                ("@allowed(['key', 'a key'])\nparam title string", "title"),
                (
                    r#""parameters": { "title": { "type": "string", "allowedValues": ["key", "a key"] } },"#,
                    "[parameters('title')]",
                ),
            ),
            named_value(
                "one arm of a ternary",
                REFUSED,
                ("param nice bool", "nice ? 'a key' : 'a-key'"),
                (
                    r#""parameters": { "nice": { "type": "bool" } },"#,
                    "[if(parameters('nice'), 'a key', 'a-key')]",
                ),
            ),
            case(
                "of a workspace, in a loop",
                REFUSED,
                "var titles = [ 'a-key', 'b key' ]
resource nv 'Microsoft.ApiManagement/service/workspaces/namedValues@2024-05-01' = [for (title, i) in titles: {
  name: 'gateway/team/nv${i}'
  properties: { displayName: title, value: 'x' }
}]
",
                arm(
                    r#""variables": { "titles": [ "a-key", "b key" ] },
  "resources": [ { "type": "Microsoft.ApiManagement/service/workspaces/namedValues", "apiVersion": "2024-05-01", "copy": { "name": "nv", "count": "[length(variables('titles'))]" }, "name": "[format('gateway/team/nv{0}', copyIndex())]", "properties": { "displayName": "[variables('titles')[copyIndex()]]", "value": "x" } } ]"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    a blank
      error named-value-name @ 'backend key': The display name of `nv` has a blank in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    a colon
      error named-value-name @ 'Backend:Key': The display name of `nv` has the character `:` in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    a letter beyond ASCII
      error named-value-name @ 'schlüssel': The display name of `nv` has the character `ü` in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    a tab
      error named-value-name @ 'backend\tkey': The display name of `nv` has a control character in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    empty
      error named-value-name @ '': The display name of `nv` is empty: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    too long
      error named-value-name @ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…: The display name of `nv` has more than 256 characters: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    a variable
      error named-value-name @ 'backend key': The display name of `nv` has a blank in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
          see nv: `nv` gets it
    the default of a parameter
      error named-value-name @ 'backend key': The display name of `nv` has a blank in it with the default of `title`: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
          see nv: `nv` gets it
    around what is not known
      error named-value-name @ '${stage} key': The display name of `nv` has a blank in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    one of the allowed names
      error named-value-name @ 'a key': The display name of `nv` has a blank in it when `title` is 'a key': it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
          see nv: `nv` gets it
    one arm of a ternary
      error named-value-name @ 'a key': The display name of `nv` has a blank in it when `nice` is true: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
    of a workspace, in a loop
      error named-value-name @ 'b key': The display name of `nv` has a blank in it: it takes 1 to 256 letters, digits, `-`, `.` and `_`. Azure refuses it: "ValidationError: One or more fields contain incorrect values"
          see nv: `nv` gets it
    "#);
}

#[test]
fn names_that_azure_takes() {
    judge(
        RULES,
        &[
            literal("letters and more", "", "Backend-Key_2.x"),
            literal("as long as it may be", "", &"a".repeat(256)),
            literal("a token", "", "#{name of the key}#"),
            literal("another token", "", "$(Name) key"),
            named_value(
                "a parameter without default",
                "",
                ("param title string", "title"),
                (
                    r#""parameters": { "title": { "type": "string" } },"#,
                    "[parameters('title')]",
                ),
            ),
            named_value(
                "made valid on the way",
                "",
                ("param title string = 'a key'", "replace(title, ' ', '-')"),
                (
                    r#""parameters": { "title": { "type": "string", "defaultValue": "a key" } },"#,
                    "[replace(parameters('title'), ' ', '-')]",
                ),
            ),
            case(
                "the display name of something else",
                "",
                "resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  name: 'gateway/api'
  properties: { displayName: 'An API', path: 'a' }
}
",
                arm(
                    r#""resources": [ { "type": "Microsoft.ApiManagement/service/apis", "apiVersion": "2024-05-01", "name": "gateway/api", "properties": { "displayName": "An API", "path": "a" } } ]"#,
                ),
            ),
            case(
                "one that is not deployed",
                "",
                "resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (false) {
  name: 'gateway/nv'
  properties: { displayName: 'a key', value: 'x' }
}
",
                arm(
                    r#""resources": [ { "condition": false, "type": "Microsoft.ApiManagement/service/namedValues", "apiVersion": "2024-05-01", "name": "gateway/nv", "properties": { "displayName": "a key", "value": "x" } } ]"#,
                ),
            ),
        ],
    );
}

#[test]
fn how_its_fixes_read() {
    use crate::repaired::repaired;

    let bicep = |name: &str| {
        let text = format!(
            "param stage string
resource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/nv'
  properties: {{
    displayName: {name}
    value: 'x'
  }}
}}
"
        );
        repaired("named-value-name", &[("main.bicep", &text)])
    };
    insta::assert_snapshot!(bicep("'backend key' // shown"), @"
    Name it 'backend-key' (safe)
    main.bicep
    -     displayName: 'backend key' // shown
    +     displayName: 'backend-key' // shown
    ");
    insta::assert_snapshot!(bicep("'backend key of ${stage}: ${toLower(stage)}'"), @"
    Put `-` in place of what it may not have (safe)
    main.bicep
    -     displayName: 'backend key of ${stage}: ${toLower(stage)}'
    +     displayName: 'backend-key-of-${stage}--${toLower(stage)}'
    ");
    let json = |name: &str| {
        let text = arm(&format!(
            r#""parameters": {{ "stage": {{ "type": "string" }} }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service/namedValues",
      "apiVersion": "2024-05-01",
      "name": "gateway/nv",
      "properties": {{
        "displayName": "{name}",
        "value": "x"
      }}
    }}
  ]"#
        ));
        repaired("named-value-name", &[("main.json", &text)])
    };
    insta::assert_snapshot!(json("backend key"), @r#"
    Name it 'backend-key' (safe)
    main.json
    -         "displayName": "backend key",
    +         "displayName": "backend-key",
    "#);
    insta::assert_snapshot!(json("[format('backend key of {0}', parameters('stage'))]"), @r#"
    Put `-` in place of what it may not have (safe)
    main.json
    -         "displayName": "[format('backend key of {0}', parameters('stage'))]",
    +         "displayName": "[format('backend-key-of-{0}', parameters('stage'))]",
    "#);
    insta::assert_snapshot!(json("[concat('backend ', 'key-', parameters('stage'))]"), @r#"
    Put `-` in place of what it may not have (safe)
    main.json
    -         "displayName": "[concat('backend ', 'key-', parameters('stage'))]",
    +         "displayName": "[concat('backend-', 'key-', parameters('stage'))]",
    "#);
}

/// No fix that Azure would refuse again: another one has the name, or what is put in is wrong too.
#[test]
fn names_that_a_fix_cannot_repair() {
    use crate::repaired::repaired;

    let main = |first: &str, second: &str| {
        let named_value = |symbol: &str, name: &str| {
            format!(
                "resource {symbol} 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{
  name: 'gateway/{symbol}'
  properties: {{ displayName: {name}, value: 'x' }}
}}
"
            )
        };
        format!(
            "param stage string = 'a stage'\n{}{}",
            named_value("first", first),
            named_value("second", second)
        )
    };
    let fixed = |text: &str| repaired("named-value-name", &[("main.bicep", text)]);
    assert_eq!(fixed(&main("'Backend-Key'", "'backend key'")), "no fix\n");
    assert_eq!(fixed(&main("'other'", "'key of ${stage}'")), "no fix\n");
    let report = fixed(&main("'other'", "'backend key'"));
    assert!(report.contains("'backend-key'"), "{report}");
}
