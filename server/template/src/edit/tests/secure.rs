//! Parameters that become secure.

use syntax::Language;

use super::edited;
use crate::edit::{Editor, New, NewParameter, NewType, merge};
use crate::model::{ParameterId, Template, VariableId};

/// The parameter of a name.
fn parameter(template: &Template, name: &str) -> ParameterId {
    let mut parameters = template.parameters.iter();
    let position = parameters.position(|parameter| &*parameter.name.text == name);
    ParameterId(position.expect("the fixture has the parameter") as u32)
}

/// The text with `secret` secure, without its default if it has one.
fn secured(language: Language, text: &str) -> String {
    edited(language, text, |editor, template| {
        let id = parameter(template, "secret");
        let mut all = vec![editor.make_secure(id)?];
        all.extend(editor.remove_default(id));
        merge(all)
    })
}

#[test]
fn decorators_of_bicep() {
    let secured = |text: &str| secured(Language::Bicep, text);
    insta::assert_snapshot!(secured("param name string\n// The key\nparam secret string = 'abc' // rotate\nvar a = 1\n"), @"
    param name string
    // The key
    @secure()
    param secret string // rotate
    var a = 1
    ");
    insta::assert_snapshot!(secured("@description('It.')\nparam secret object?\n"), @"
    @description('It.')
    @secure()
    param secret object?
    ");
    insta::assert_snapshot!(
        secured("@sys.secure()\n@description('One.')\nparam one string\n\n@description('It.')\n@minLength(3)\nparam secret string\n"),
        @"
    @sys.secure()
    @description('One.')
    param one string

    @sys.secure()
    @description('It.')
    @minLength(3)
    param secret string
    "
    );
    insta::assert_snapshot!(secured("#disable-next-line no-unused-params\nparam secret string\n"), @"
    @secure()
    #disable-next-line no-unused-params
    param secret string
    ");
    insta::assert_snapshot!(secured("@secure()\nparam secret string\n"), @"
    @secure()
    param secret string
    ");
    assert_eq!(
        secured("param a string\r\nparam secret string\r\n"),
        "param a string\r\n@secure()\r\nparam secret string\r\n"
    );
}

#[test]
fn what_cannot_be_secure() {
    for text in [
        "param secret array\n",
        "param secret string[]\n",
        "param secret bool\n",
        "param secret 'a' | 'b'\n",
        "@allowed(['a', 'b'])\nparam secret string\n",
    ] {
        assert_eq!(secured(Language::Bicep, text), "(none)", "{text}");
    }
    for members in [
        r#""type": "array""#,
        r#""type": "string", "allowedValues": [ "a" ]"#,
        r##""$ref": "#/definitions/a""##,
    ] {
        let text = arm(&format!(r#""secret": {{ {members} }}"#));
        assert_eq!(secured(Language::Json, &text), "(none)", "{text}");
    }
}

fn arm(parameters: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "definitions": {{ "a": {{ "type": "string" }} }},
  "parameters": {{
    {parameters}
  }},
  "resources": []
}}
"#
    )
}

#[test]
fn types_of_arm_json() {
    let secured = |parameters: &str| secured(Language::Json, &arm(parameters));
    insta::assert_snapshot!(secured(r#""secret": { "type": "string", "defaultValue": "abc" }"#), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "definitions": { "a": { "type": "string" } },
      "parameters": {
        "secret": { "type": "securestring" }
      },
      "resources": []
    }
    "#);
    insta::assert_snapshot!(
        secured("\"one\": { \"type\": \"secureString\" },\n    \"secret\": {\n      \"defaultValue\": \"abc\",\n      \"type\": \"String\"\n    }"),
        @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "definitions": { "a": { "type": "string" } },
      "parameters": {
        "one": { "type": "secureString" },
        "secret": {
          "type": "secureString"
        }
      },
      "resources": []
    }
    "#
    );
    insta::assert_snapshot!(secured(r#""secret": { "type": "object" }"#), @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "definitions": { "a": { "type": "string" } },
      "parameters": {
        "secret": { "type": "secureObject" }
      },
      "resources": []
    }
    "#);
}

#[test]
fn names_of_new_parameters() {
    let name = |language, text: &str, base: &str| {
        let document = syntax::Document::new(language, text);
        let template = crate::lower(&document).template().expect("a template");
        Editor::new(&document, &template).unused_parameter(base)
    };
    // What only properties are called is no name.
    let bicep = "param a string\nvar key = 1\nmodule m 'm.bicep' = {\n  params: { password: a.secret }\n}\n";
    assert_eq!(name(Language::Bicep, bicep, "password"), "password");
    assert_eq!(name(Language::Bicep, bicep, "secret"), "secret");
    assert_eq!(name(Language::Bicep, bicep, "Key"), "Key2");
    let json = arm(r#""secret": { "type": "string" }, "secret2": { "type": "string" }"#);
    assert_eq!(name(Language::Json, &json, "Secret"), "Secret3");
    assert_eq!(name(Language::Json, &json, "definitions"), "definitions");
}

#[test]
fn a_new_parameter_is_described_where_the_others_are() {
    let described = |language, text: &str| {
        edited(language, text, |editor, _| {
            editor.add_parameter(&NewParameter {
                name: "b".to_owned(),
                kind: NewType::SecureString,
                description: editor.describes_parameters().then(|| "It.".to_owned()),
                default: None,
            })
        })
    };
    insta::assert_snapshot!(described(Language::Bicep, "@description('A.')\nparam a string\n"), @"
    @description('A.')
    param a string

    @description('It.')
    @secure()
    param b string
    ");
    insta::assert_snapshot!(described(Language::Bicep, "param a string\n"), @"
    param a string

    @secure()
    param b string
    ");
    insta::assert_snapshot!(
        described(Language::Json, &arm(r#""a": { "type": "secureString", "metadata": { "description": "A." } }"#)),
        @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "definitions": { "a": { "type": "string" } },
      "parameters": {
        "a": { "type": "secureString", "metadata": { "description": "A." } },
        "b": {
          "type": "secureString",
          "metadata": {
            "description": "It."
          }
        }
      },
      "resources": []
    }
    "#
    );
}

#[test]
fn functions_whose_names_mean_something_else() {
    let text = "param environment string\nparam description string\nparam secure bool\nparam secret string\n";
    insta::assert_snapshot!(secured(Language::Bicep, text), @"
    param environment string
    param description string
    param secure bool
    @sys.secure()
    param secret string
    ");
    let added = edited(Language::Bicep, text, |editor, _| {
        editor.add_parameter(&NewParameter {
            name: "b".to_owned(),
            kind: NewType::SecureString,
            description: Some("It.".to_owned()),
            default: Some(New::Interpolation(vec![
                New::VaultSuffix,
                New::guid(vec![New::TenantId]),
            ])),
        })
    });
    insta::assert_snapshot!(added, @"
    param environment string
    param description string
    param secure bool
    param secret string

    @sys.description('It.')
    @sys.secure()
    param b string = '${az.environment().suffixes.keyvaultDns}${guid(subscription().tenantId)}'
    ");
}

#[test]
fn a_parameter_instead_of_a_variable() {
    let replaced = |language, text: &str| {
        edited(language, text, |editor, _| {
            let parameter = NewParameter {
                name: "v".to_owned(),
                kind: NewType::SecureString,
                description: None,
                default: None,
            };
            merge(vec![
                editor.remove_variable(VariableId(0))?,
                editor.add_parameter(&parameter)?,
            ])
        })
    };
    let bicep = |text: &str| replaced(Language::Bicep, text);
    insta::assert_snapshot!(bicep("var v = 'abc'\n\noutput o string = v\n"), @"
    @secure()
    param v string

    output o string = v
    ");
    insta::assert_snapshot!(bicep("param a string\n\nvar v = 'abc'\nvar w = '${v}x'\n"), @"
    param a string

    @secure()
    param v string

    var w = '${v}x'
    ");
    insta::assert_snapshot!(bicep("// File\n\nvar v = {\n  a: 1\n}\n\nvar w = 1\n"), @"
    // File

    @secure()
    param v string

    var w = 1
    ");
    for text in [
        "// Of v\nvar v = 'abc'\n",
        "var v = 'abc' // of v\n",
        "@description('v')\nvar v = 'abc'\n",
        "#disable-next-line no-unused-vars\nvar v = 'abc'\n",
    ] {
        assert_eq!(bicep(text), "(none)", "{text}");
    }
    let json = arm("").replace(
        "\"resources\"",
        "\"variables\": { \"v\": \"abc\" },\n  \"resources\"",
    );
    assert_eq!(replaced(Language::Json, &json), "(none)");
}
