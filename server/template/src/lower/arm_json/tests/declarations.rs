use insta::assert_snapshot;

use super::lowered;

#[test]
fn parameters() {
    assert_snapshot!(lowered(r##"
        "definitions": {
            "secret": {"type": "securestring"},
            "sku": {"$ref": "#/definitions/skuName"},
            "skuName": {"type": "string", "allowedValues": ["Basic", "Premium"]},
            "loop": {"$ref": "#/definitions/loop"}
        },
        "Parameters": {
            "a": {"type": "String", "defaultValue": "x", "allowedValues": ["x", "y"]},
            "b": {"type": "secureString"},
            "c": {"type": "secureObject", "defaultValue": {}},
            "d": {"type": "int", "defaultValue": "[add(1, 2)]"},
            "e": {"type": "bool"},
            "f": {"type": "array", "defaultValue": ["[parameters('A')]"]},
            "g": {"$ref": "#/definitions/secret"},
            "h": {"$ref": "#/definitions/sku"},
            "i": {"$ref": "#/definitions/loop"},
            "j": {}
        }
    "##), @r#"
    template ResourceGroup
    parameter a: String allowed ['x' 'y'] = 'x'
    parameter b: String secure
    parameter c: Object secure = {}
    parameter d: Int = (Add 1 2)
    parameter e: Bool
    parameter f: Array = [(param a)]
    parameter g: String secure
    parameter h: String allowed ['Basic' 'Premium']
    parameter i: Other
    parameter j: Other
    "#);
}

#[test]
fn variables_and_functions() {
    assert_snapshot!(lowered(r#"
        "functions": [
            {"namespace": "my", "members": {
                "twice": {
                    "parameters": [{"name": "x", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(parameters('X'), my.twice(parameters('y')))]"}
                }
            }}
        ],
        "parameters": {"y": {"type": "int"}},
        "variables": {
            "a": "[variables('B')]",
            "b": {"c": [1, -2, 1.5, true, null, "[MY.Twice('z')]"]},
            "copy": [
                {"name": "names", "count": "[parameters('y')]", "input": "[concat('n', copyIndex('names', 1))]"},
                {"name": "plain", "count": 2, "input": {"i": "[copyIndex()]"}}
            ],
            "nested": {"copy": [{"name": "disks", "count": 3, "input": "[copyIndex('disks')]"}], "other": 1},
            "d": "[variables('names')[0]]"
        }
    "#), @r#"
    template ResourceGroup
    parameter y: Int
    variable a = (var b)
    variable b = {c: [1 -2 <invalid> true null (user my.twice 'z')]}
    variable names = (for $0 $1 in (call range 0 (param y)) (call concat 'n' (Add $1 1)))
    variable plain = (for $2 $3 in (call range 0 2) {i: $3})
    variable nested = {disks: (for $4 $5 in (call range 0 3) $5), other: 1}
    variable d = (index (var names) 0)
    function my.twice($6) = (call concat $6 (user my.twice (unresolved y)))
    "#);
}

#[test]
fn outputs() {
    assert_snapshot!(lowered(r#"
        "parameters": {"wide": {"type": "bool"}},
        "outputs": {
            "plain": {"type": "int", "value": 1},
            "chosen": {"type": "int", "condition": "[parameters('wide')]", "value": 2},
            "many": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}
        }
    "#), @"
    template ResourceGroup
    parameter wide: Bool
    output plain = 1
    output chosen = (if (param wide) 2 null)
    output many = (for $0 $1 in (call range 0 2) $1)
    ");
}
