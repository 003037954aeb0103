use insta::assert_snapshot;

use super::lowered;

/// What the value of the only output becomes, in a template with some parameters and variables.
fn value(json: &str) -> String {
    let text = lowered(&format!(
        r#""parameters": {{"p": {{"type": "string"}}, "q": {{"type": "string"}}}},
        "variables": {{"v": 1}},
        "outputs": {{"o": {{"type": "string", "value": {json}}}}}"#
    ));
    text.rsplit_once("output o = ")
        .unwrap()
        .1
        .trim_end()
        .to_owned()
}

#[test]
fn expressions() {
    let values = [
        "\"[parameters('P')]\"",
        "\"[parameters('none')]\"",
        "\"[parameters(parameters('p'))]\"",
        "\"[Variables('V').a['b'][0]]\"",
        "\"[if(equals(parameters('p'), 'x'), true(), null())]\"",
        "\"[and(true(), false(), not(or(1, 2, 3, 4)))]\"",
        "\"[coalesce(tryGet(parameters('p'), 'a', 0, variables('v')), 1)]\"",
        "\"[less(sub(mul(div(mod(5, 4), 3), 2), 1), 0)]\"",
        "\"[format('a{0}{{b}}{1}', 1, parameters('p'))]\"",
        "\"[format('{0:N2}', 1)]\"",
        "\"[format('{1}', 1)]\"",
        "\"[format('plain')]\"",
        "\"[format(parameters('p'), 1)]\"",
        "\"[createObject('a', createArray(1, 2), format('{0}', 'k'), 3)]\"",
        "\"[createObject('a')]\"",
        "\"[map(createArray(1), lambda('x', map(createArray(2), lambda('y', 'i', concat(lambdaVariables('X'), lambdaVariables('i'), lambdaVariables('z'))))))]\"",
        "\"[indexFromEnd(createArray(1), tryIndexFromEnd(createArray(2), 1))]\"",
        "\"[if(1)]\"",
        "\"[equals(1, 2, 3)]\"",
        "\"[and(1)]\"",
        "\"[ResourceId('a', 'b')]\"",
        "\"[unknown.call(1)]\"",
        "\"[copyIndex()]\"",
        "\"[concat('a']\"",
        "\"[[not an expression]\"",
        "\"caf\\u00e9 \\\"quoted\\\"\"",
        "{\"[resourceId('t', 'n')]\": {}}",
        "\"\\q\"",
    ];
    let lines = values.map(|json| format!("{json}\n    {}", value(json)));
    assert_snapshot!(lines.join("\n"), @r#"
    "[parameters('P')]"
        (param p)
    "[parameters('none')]"
        (unresolved none)
    "[parameters(parameters('p'))]"
        (call parameters (param p))
    "[Variables('V').a['b'][0]]"
        (index (index (get (var v) a) 'b') 0)
    "[if(equals(parameters('p'), 'x'), true(), null())]"
        (if (Equal (param p) 'x') true null)
    "[and(true(), false(), not(or(1, 2, 3, 4)))]"
        (And (And true false) (Not (Or (Or 1 2) (Or 3 4))))
    "[coalesce(tryGet(parameters('p'), 'a', 0, variables('v')), 1)]"
        (Coalesce (index? (index? (get? (param p) a) 0) (var v)) 1)
    "[less(sub(mul(div(mod(5, 4), 3), 2), 1), 0)]"
        (Less (Subtract (Multiply (Divide (Modulo 5 4) 3) 2) 1) 0)
    "[format('a{0}{{b}}{1}', 1, parameters('p'))]"
        "a${1}{b}${(param p)}"
    "[format('{0:N2}', 1)]"
        (call format '{0:N2}' 1)
    "[format('{1}', 1)]"
        (call format '{1}' 1)
    "[format('plain')]"
        'plain'
    "[format(parameters('p'), 1)]"
        (call format (param p) 1)
    "[createObject('a', createArray(1, 2), format('{0}', 'k'), 3)]"
        {a: [1 2], "${'k'}": 3}
    "[createObject('a')]"
        (call createobject 'a')
    "[map(createArray(1), lambda('x', map(createArray(2), lambda('y', 'i', concat(lambdaVariables('X'), lambdaVariables('i'), lambdaVariables('z'))))))]"
        (call map [1] (lambda ($0) (call map [2] (lambda ($1 $2) (call concat $0 $2 (unresolved z))))))
    "[indexFromEnd(createArray(1), tryIndexFromEnd(createArray(2), 1))]"
        (index^ [1] (index?^ [2] 1))
    "[if(1)]"
        (call if 1)
    "[equals(1, 2, 3)]"
        (call equals 1 2 3)
    "[and(1)]"
        (call and 1)
    "[ResourceId('a', 'b')]"
        (call resourceid 'a' 'b')
    "[unknown.call(1)]"
        (call unknown.call 1)
    "[copyIndex()]"
        (call copyindex)
    "[concat('a']"
        <invalid>
    "[[not an expression]"
        '[not an expression]'
    "caf\u00e9 \"quoted\""
        'café "quoted"'
    {"[resourceId('t', 'n')]": {}}
        {(call resourceid 't' 'n'): {}}
    "\q"
        <invalid>
    "#);
}
