//! Resources that are declared once more, and lists under a condition.

use syntax::Language;

use super::{edited, resource, value};
use crate::dependencies::Deployed;
use crate::edit::{Editor, New, Redeclaration};
use crate::model::{ResourceId, Template};

fn again(resource: ResourceId) -> Redeclaration {
    Redeclaration {
        resource,
        symbol: "again".to_owned(),
        path: "again.bicep".to_owned(),
        depends_on: vec![resource.into()],
    }
}

/// The text after a service is declared again, and the text of the new file.
fn redeclared(language: Language, text: &str) -> String {
    let mut file = None;
    let edited = edited(language, text, |editor, template| {
        let service = resource(template, "service");
        let (edits, new) = editor.redeclare(Deployed::Resource(service), &again(service))?;
        file = new;
        Some(edits)
    });
    let added = edited.strip_prefix(text.trim_end()).unwrap_or(&edited);
    match file {
        Some(file) => format!("{added}---\n{file}"),
        None => added.to_owned(),
    }
}

fn bicep(declarations: &str, body: &str) -> String {
    let service = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' =";
    redeclared(
        Language::Bicep,
        &format!("{declarations}{service} {body}\n"),
    )
}

#[test]
fn parameters_for_what_the_file_has() {
    let declarations = "param a string
param b 'x' | 'y'
param c string?
param d int[]
type own = string
param e own
var f = '${a}-f'
var g = [for i in range(0, 2): i]
var h = empty(a) ? 1 : 2
var i = f
var j = toLower(a)
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}
";
    insta::assert_snapshot!(bicep(declarations, "{\n  name: a\n  p: [b, c, d, e, f, g, h, i, j]\n  '${kv.id}': '${kv.id}${kv.properties.vaultUri}'\n}"), @"


    module again 'again.bicep' = {
      name: 'again'
      params: {
        a: a
        b: b
        c: c
        d: d
        e: e
        f: f
        g: g
        h: h
        i: i
        j: j
        kvId: kv.id
        kvVaultUri: kv.properties.vaultUri
      }
      dependsOn: [
        apim
      ]
    }
    ---
    param a string

    param b 'x' | 'y'

    param c string?

    param d int[]

    param e string

    param f string

    param g array

    param h int

    param i string

    param j string

    param kvId string

    param kvVaultUri string

    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: a
      p: [b, c, d, e, f, g, h, i, j]
      '${kvId}': '${kvId}${kvVaultUri}'
    }
    ");
}

#[test]
fn what_is_left_out_of_the_copy() {
    let body = "if (a) {
  name: 'a'
  dependsOn: [
    other
  ]

  resource child 'apis' = {
    name: 'b'
  }
}";
    let other = "param a bool
resource other 'A.B/c@2024-01-01' = {
  name: 'x'
}
@description('It.')
";
    insta::assert_snapshot!(bicep(other, body), @"


    module again 'again.bicep' = if (a) {
      name: 'again'
      dependsOn: [
        apim
      ]
    }
    ---
    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
      name: 'a'
    }
    ");
    insta::assert_snapshot!(bicep("", "{ name: 'a', tags: {} }"), @"


    module again 'again.bicep' = {
      name: 'again'
      dependsOn: [
        apim
      ]
    }
    ---
    resource apim 'Microsoft.ApiManagement/service@2024-05-01' = { name: 'a', tags: {} }
    ");
}

#[test]
fn nothing_that_another_file_does_not_have() {
    let declarations = "func f(a string) string => a
param object { a: string }
param any own
param other object
var fromElsewhere = unknown
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv'
}
";
    for value in [
        "f('a')",
        "kv",
        "kv.properties.sku",
        "kv.listKeys().id",
        "any",
        "fromElsewhere",
        "other[kv.id].?x",
        "deployment().name",
        "undeclared",
    ] {
        let result = bicep(declarations, &format!("{{\n  name: 'a'\n  p: {value}\n}}"));
        let is_none = result == "(none)";
        assert_eq!(is_none, value != "other[kv.id].?x", "{value}: {result}");
    }
    let none = |declaration: &str| {
        let text = format!("param names array\n{declaration}");
        assert_eq!(redeclared(Language::Bicep, &text), "(none)", "{text}");
    };
    let service = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' =";
    none(&format!(
        "{service} [for name in names: {{\n  name: name\n}}]\n"
    ));
    none(&format!("{service} existing = {{\n  name: 'a'\n}}\n").replace("= existing", "existing"));
    none(&format!("@batchSize(1)\n{service} {{\n  name: 'a'\n}}\n"));
    none(&format!(
        "targetScope = 'subscription'\n{service} {{\n  name: 'a'\n}}\n"
    ));
}

const ARM: &str = r#"{
	"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
	"contentVersion": "1.0.0.0",
	"parameters": { "x": { "type": "bool" } },
	"variables": { "v": [] },
	"resources": [
		{
			"condition": "[parameters('x')]",
			"type": "Microsoft.ApiManagement/service",
			"apiVersion": "2024-05-01",
			"name": "a", // the name
			"properties": {
				"p": "[variables('v')]"
			},
			"resources": [
				{ "type": "groups", "apiVersion": "2024-05-01", "name": "g" }
			],
			"dependsOn": [
				"other"
			]
		}
	]
}
"#;

#[test]
fn in_arm_json() {
    insta::assert_snapshot!(redeclared(Language::Json, ARM), @r#"
    {
    	"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    	"contentVersion": "1.0.0.0",
    	"parameters": { "x": { "type": "bool" } },
    	"variables": { "v": [] },
    	"resources": [
    		{
    			"condition": "[parameters('x')]",
    			"type": "Microsoft.ApiManagement/service",
    			"apiVersion": "2024-05-01",
    			"name": "a", // the name
    			"properties": {
    				"p": "[variables('v')]"
    			},
    			"resources": [
    				{ "type": "groups", "apiVersion": "2024-05-01", "name": "g" }
    			],
    			"dependsOn": [
    				"other"
    			]
    		},
    		{
    			"condition": "[parameters('x')]",
    			"type": "Microsoft.Resources/deployments",
    			"apiVersion": "2022-09-01",
    			"name": "again",
    			"dependsOn": [
    				"[resourceId('Microsoft.ApiManagement/service', 'a')]"
    			],
    			"properties": {
    				"mode": "Incremental",
    				"template": {
    					"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    					"contentVersion": "1.0.0.0",
    					"resources": [
    						{
    							"type": "Microsoft.ApiManagement/service",
    							"apiVersion": "2024-05-01",
    							"name": "a", // the name
    							"properties": {
    								"p": "[variables('v')]"
    							}
    						}
    					]
    				}
    			}
    		}
    	]
    }
    "#);
    let one_line: String = ARM.replace(" // the name", "").split_whitespace().collect();
    insta::assert_snapshot!(redeclared(Language::Json, &one_line), @r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","parameters":{"x":{"type":"bool"}},"variables":{"v":[]},"resources":[{"condition":"[parameters('x')]","type":"Microsoft.ApiManagement/service","apiVersion":"2024-05-01","name":"a","properties":{"p":"[variables('v')]"},"resources":[{"type":"groups","apiVersion":"2024-05-01","name":"g"}],"dependsOn":["other"]}, { "condition": "[parameters('x')]", "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "again", "dependsOn": ["[resourceId('Microsoft.ApiManagement/service', 'a')]"], "properties": { "mode": "Incremental", "template": { "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [{"type":"Microsoft.ApiManagement/service","apiVersion":"2024-05-01","name":"a","properties":{"p":"[variables('v')]"}}] } } }]}"#);
    for other in ["[deployment().name]", "line\nbreak"] {
        let text = ARM.replace("[variables('v')]", other);
        assert_eq!(redeclared(Language::Json, &text), "(none)", "{other}");
    }
}

/// The text with a list under a condition.
fn guarded(language: Language, text: &str, path: &str) -> String {
    edited(
        language,
        text,
        |editor: &Editor<'_>, template: &Template| {
            let body = template.resource(resource(template, "service")).body;
            let condition = New::Parameter("p".to_owned());
            editor.empty_unless(value(template, body, path), &condition, "moved")
        },
    )
}

#[test]
fn lists_under_a_condition() {
    let bicep = |list: &str| {
        let text = format!(
            "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {{\n  l: {list} // it\n}}\n"
        );
        let result = guarded(Language::Bicep, &text, "l");
        result.lines().nth(1).unwrap_or(&result).trim().to_owned()
    };
    assert_eq!(bicep("[1]"), "l: p ? [1] : [] // it");
    assert_eq!(bicep("a ? b : c"), "l: p ? (a ? b : c) : [] // it");
    assert_eq!(bicep("(a ? b : c)"), "l: p ? (a ? b : c) : [] // it");
    assert_eq!(
        bicep("[for a in b: a]"),
        "l: [for a in (p ? b : []): a] // it"
    );
    assert_eq!(
        bicep("[for a in (b): a]"),
        "l: [for a in (p ? b : []): a] // it"
    );
    let json = |list: &str| {
        let text = ARM.replace("\"[variables('v')]\"", list);
        let result = guarded(Language::Json, &text, "properties.p");
        let line = result.lines().find(|line| line.contains("\"p\""));
        line.unwrap_or(&result).trim().to_owned()
    };
    assert_eq!(
        json("\"[variables('a')]\""),
        "\"p\": \"[if(parameters('p'), variables('a'), createArray())]\""
    );
    assert_eq!(
        json("[\"a'b\", null, true, 1, {\"c\": \"[reference('x').y]\"}]"),
        "\"p\": \"[if(parameters('p'), createArray('a''b', null(), true(), 1, createObject('c', reference('x').y)), createArray())]\""
    );
    assert_eq!(json("[\"[reference('x')]\" /* it */]"), "(none)");
    insta::assert_snapshot!(guarded(Language::Json, &ARM.replace("\"[variables('v')]\"", "[\n\t\t\t\t\t1 // one\n\t\t\t\t]"), "properties.p"), @r#"
    {
    	"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    	"contentVersion": "1.0.0.0",
    	"parameters": { "x": { "type": "bool" } },
    	"variables": {
    		"v": [],
    		"moved": [
    			1 // one
    		]
    	},
    	"resources": [
    		{
    			"condition": "[parameters('x')]",
    			"type": "Microsoft.ApiManagement/service",
    			"apiVersion": "2024-05-01",
    			"name": "a", // the name
    			"properties": {
    				"p": "[if(parameters('p'), variables('moved'), createArray())]"
    			},
    			"resources": [
    				{ "type": "groups", "apiVersion": "2024-05-01", "name": "g" }
    			],
    			"dependsOn": [
    				"other"
    			]
    		}
    	]
    }
    "#);
}

#[test]
fn a_property_and_its_comments() {
    let taken = |language, text: &str| {
        edited(language, text, |editor, template| {
            let body = template.resource(resource(template, "service")).body;
            editor.take_property(body, "l")
        })
    };
    let head = "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n";
    assert_eq!(
        taken(
            Language::Bicep,
            &format!("{head}  // of it\n  l: 1\n  // of m\n  m: 2\n}}\n")
        ),
        format!("{head}  // of m\n  m: 2\n}}\n")
    );
    assert_eq!(
        taken(
            Language::Bicep,
            &format!(
                "{head}  m: 2 // of m\n\n  // of it\n  #disable-next-line x\n  l: 1 // of it\n}}\n"
            )
        ),
        format!("{head}  m: 2 // of m\n}}\n")
    );
    assert_eq!(
        taken(Language::Bicep, &format!("{head}  m: 2, l: 1\n}}\n")),
        format!("{head}  m: 2\n}}\n")
    );
}
