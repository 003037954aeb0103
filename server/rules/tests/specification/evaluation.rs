//! How values are judged: case by case, together, and never without end.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::twins::{FLOW, arm_with_service, case, findings, judge, service};
use syntax::Language;

#[test]
fn a_parameter_has_one_case_everywhere() {
    let two_bools = r#""parameters": { "a": { "type": "bool" }, "b": { "type": "bool" } },"#;
    let report = judge(
        FLOW,
        &[
            case(
                "two ternaries on one boolean",
                "",
                format!(
                    "param a bool\nparam b string\nvar kind = a ? 'UserAssigned' : 'SystemAssigned'\nvar users = a ? {{ '${{b}}': {{}} }} : null\n{}",
                    service("identity: { type: kind, userAssignedIdentities: users }")
                ),
                arm_with_service(
                    r#""parameters": { "a": { "type": "bool" }, "b": { "type": "string" } }, "variables": { "kind": "[if(parameters('a'), 'UserAssigned', 'SystemAssigned')]", "users": "[if(parameters('a'), createObject(parameters('b'), createObject()), null())]" },"#,
                    r#""identity": { "type": "[variables('kind')]", "userAssignedIdentities": "[variables('users')]" }"#,
                ),
            ),
            case(
                "two ternaries on two booleans",
                "error identity-invalid; error identity-invalid",
                format!(
                    "param a bool\nparam b bool\n{}",
                    service(
                        "identity: { type: a ? 'UserAssigned' : 'SystemAssigned', userAssignedIdentities: b ? { '${resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader')}': {} } : null }"
                    )
                ),
                arm_with_service(
                    two_bools,
                    r#""identity": { "type": "[if(parameters('a'), 'UserAssigned', 'SystemAssigned')]", "userAssignedIdentities": "[if(parameters('b'), createObject(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'reader'), createObject()), null())]" }"#,
                ),
            ),
            case(
                "negation and equality say the same",
                "",
                format!(
                    "param a bool\nparam b string\n{}",
                    service(
                        "identity: { type: !a ? 'SystemAssigned' : 'UserAssigned', userAssignedIdentities: a == true ? { '${b}': {} } : null }"
                    )
                ),
                arm_with_service(
                    r#""parameters": { "a": { "type": "bool" }, "b": { "type": "string" } },"#,
                    r#""identity": { "type": "[if(not(parameters('a')), 'SystemAssigned', 'UserAssigned')]", "userAssignedIdentities": "[if(equals(parameters('a'), true()), createObject(parameters('b'), createObject()), null())]" }"#,
                ),
            ),
            case(
                "both conditions at once",
                "error identity-invalid",
                format!(
                    "param a bool\nparam b bool\n{}",
                    service("identity: { type: a && b ? 'Wrong' : 'SystemAssigned' }")
                ),
                arm_with_service(
                    two_bools,
                    r#""identity": { "type": "[if(and(parameters('a'), parameters('b')), 'Wrong', 'SystemAssigned')]" }"#,
                ),
            ),
            case(
                "both conditions never at once",
                "",
                format!(
                    "param a bool\n{}",
                    service("identity: { type: a && !a ? 'Wrong' : 'SystemAssigned' }")
                ),
                arm_with_service(
                    two_bools,
                    r#""identity": { "type": "[if(and(parameters('a'), not(parameters('a'))), 'Wrong', 'SystemAssigned')]" }"#,
                ),
            ),
            case(
                "an allowed value that is none of the compared ones",
                "",
                format!(
                    "@allowed(['dev', 'prod'])\nparam stage string\n{}",
                    service("identity: { type: stage == 'test' ? 'Wrong' : 'SystemAssigned' }")
                ),
                arm_with_service(
                    r#""parameters": { "stage": { "type": "string", "allowedValues": ["dev", "prod"] } },"#,
                    r#""identity": { "type": "[if(equals(parameters('stage'), 'test'), 'Wrong', 'SystemAssigned')]" }"#,
                ),
            ),
            case(
                "case of letters in what decides",
                "",
                format!(
                    "@allowed(['Dev', 'Prod'])\nparam stage string\n{}",
                    service(
                        "identity: { type: toLower(stage) =~ 'DEV' || toUpper(stage) == 'PROD' ? 'SystemAssigned' : 'Wrong' }"
                    )
                ),
                arm_with_service(
                    r#""parameters": { "stage": { "type": "string", "allowedValues": ["Dev", "Prod"] } },"#,
                    r#""identity": { "type": "[if(or(equals(toLower(parameters('stage')), toLower('DEV')), equals(toUpper(parameters('stage')), 'PROD')), 'SystemAssigned', 'Wrong')]" }"#,
                ),
            ),
            case(
                "a value nobody knows decides nothing",
                "",
                format!(
                    "param a string\n{}",
                    service("identity: a == 'x' ? null : { type: 'SystemAssigned' }")
                ),
                arm_with_service(
                    r#""parameters": { "a": { "type": "string" } },"#,
                    r#""identity": "[if(equals(parameters('a'), 'x'), null(), createObject('type', 'SystemAssigned'))]""#,
                ),
            ),
            case(
                "run-time values decide nothing",
                "",
                format!(
                    "resource other 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {{\n  name: 'other'\n}}\n{}",
                    service(
                        "identity: { type: other.properties.x == 'y' ? 'SystemAssigned' : other.properties.z }"
                    )
                ),
                arm_with_service(
                    "",
                    r#""identity": { "type": "[if(equals(reference(resourceId('Microsoft.Storage/storageAccounts', 'other'), '2023-01-01').x, 'y'), 'SystemAssigned', reference(resourceId('Microsoft.Storage/storageAccounts', 'other'), '2023-01-01').z)]" }"#,
                ),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    two ternaries on one boolean
    two ternaries on two booleans
      error identity-invalid @ 'SystemAssigned': The identity of `apim` lists user-assigned identities but its type is `SystemAssigned` when `a` is false and `b` is true. Azure refuses it: "a non-UserAssigned identity type should not contain: userAssignedIdentities"
      error identity-invalid @ null: The identity of `apim` is `UserAssigned` but sets `userAssignedIdentities` to null when `a` is true and `b` is false: at least one identity is needed
    negation and equality say the same
    both conditions at once
      error identity-invalid @ 'Wrong': 'Wrong' is no type of identity when `a` is true and `b` is true: API Management takes `None`, `SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`
    both conditions never at once
    an allowed value that is none of the compared ones
    case of letters in what decides
    a value nobody knows decides nothing
    run-time values decide nothing
    "#);
}

/// What is not computed yet is unknown, and nothing is said of it.
#[test]
fn functions_that_decide() {
    for (declarations, kind) in [
        ("", "first([ 'Wrong' ])"),
        ("", "last(split('a,Wrong', ','))"),
        ("", "join([ 'Wr', 'ong' ], '')"),
        ("", "replace('Xong', 'X', 'Wr')"),
        ("", "concat('Wr', 'ong')"),
        ("", "toLower('WRONG')"),
        ("", "format('{0}{1}', 'Wr', 'ong')"),
        ("", "string('Wrong')"),
        ("", "trim('  Wrong ')"),
        ("", "substring('xWrong', 1)"),
        ("", "[ 'a', 'Wrong' ][1]"),
        ("", "null ?? 'Wrong'"),
        ("var x = { y: 'Wrong' }", "x.?y ?? 'SystemAssigned'"),
        ("var x = {}", "x.?y ?? 'Wrong'"),
        ("", "empty('') ? 'Wrong' : 'SystemAssigned'"),
        ("", "contains([ 'a' ], 'a') ? 'Wrong' : 'SystemAssigned'"),
        ("", "length([ 1, 2 ]) == 2 ? 'Wrong' : 'SystemAssigned'"),
        ("", "1 < 2 ? 'Wrong' : 'SystemAssigned'"),
        ("", "startsWith('abc', 'ab') ? 'Wrong' : 'SystemAssigned'"),
        ("", "'Wrong' =~ 'wrong' ? 'Wrong' : 'SystemAssigned'"),
        (
            "",
            "filter([ 'SystemAssigned', 'Wrong' ], it => it != 'SystemAssigned')[0]",
        ),
        ("", "map([ 'ong' ], it => 'Wr${it}')[0]"),
        ("func kind() string => 'Wrong'", "kind()"),
        ("func kind(x string) string => 'Wr${x}'", "kind('ong')"),
        ("", "union({ a: 'b' }, { a: 'Wrong' }).a"),
        ("", "shallowMerge([ { a: 'b' }, { a: 'Wrong' } ]).a"),
        ("", "{ ...{ a: 'b' }, ...{ a: 'Wrong' } }.a"),
        ("", "items({ a: 'Wrong' })[0].value"),
        ("", "toObject([ 'Wrong' ], it => 'k').k"),
        ("", "json('{ \"a\": \"Wrong\" }').a"),
        ("", "true || false ? 'Wrong' : 'SystemAssigned'"),
        ("", "coalesce(null, 'Wrong')"),
        ("", "'''Wrong'''"),
        ("", "tryGet({ a: 'Wrong' }, 'a') ?? 'SystemAssigned'"),
    ] {
        let text = format!(
            "{declarations}\n{}",
            service(&format!("identity: {{ type: {kind} }}"))
        );
        let found = findings(Language::Bicep, &text);
        let mut own = found.lines().filter(|line| !line.starts_with(' '));
        let is_judged = own
            .next()
            .is_some_and(|line| line.starts_with("error identity-invalid"))
            && own.next().is_none();
        assert!(is_judged || found.is_empty(), "{kind}: {found}");
    }
}

/// Judges a text that is meant to exhaust the evaluation; it must give up in good time.
fn survives(name: &str, language: Language, text: &str) {
    let start = Instant::now();
    findings(language, text);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "{name} took {took:?}");
}

#[test]
fn variables_that_need_each_other() {
    for declarations in [
        "var kind = kind",
        "var kind = '${kind}x'",
        "var a = b\nvar b = kind\nvar kind = a",
        "var kind = union({ a: kind }, {}).a",
        "param kind string = kind",
        "param kind string = other\nparam other string = kind",
        "func f(x string) string => f(x)\nvar kind = f('a')",
        "func f(x string) string => g(x)\nfunc g(x string) string => f(x)\nvar kind = f('a')",
        "var kind = map([1], i => kind)[0]",
        "var kind = [for i in range(0, 3): kind][0]",
    ] {
        let text = format!(
            "{declarations}\n{}",
            service("identity: { type: kind, userAssignedIdentities: { '${kind}': {} } }")
        );
        survives(declarations, Language::Bicep, &text);
    }
    for text in [
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n  name: apim.name\n  identity: apim.identity\n}\n",
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {\n  parent: apim\n  name: 'x'\n  scope: apim\n}\n",
        "resource a 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: b.name\n  scope: b\n}\nresource b 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: a.name\n  scope: a\n}\n",
        "resource apim 'Microsoft.ApiManagement/service@2024-05-01' = [for x in apim: {\n  name: 'x'\n}]\n",
    ] {
        survives(text, Language::Bicep, text);
    }
    let json = arm_with_service(
        r#""variables": { "a": "[variables('b')]", "b": "[variables('a')]", "copy": [ { "name": "c", "count": "[length(variables('c'))]", "input": "[variables('c')[copyIndex('c')]]" } ] }, "parameters": { "p": { "type": "string", "defaultValue": "[parameters('p')]" } },"#,
        r#""identity": { "type": "[concat(variables('a'), parameters('p'), variables('c')[0])]" }"#,
    );
    survives("ARM", Language::Json, &json);
}

#[test]
fn sixty_booleans() {
    let mut text = String::new();
    for index in 0..60 {
        writeln!(text, "param p{index} bool").unwrap();
    }
    let each = |expression: &dyn Fn(usize) -> String, separator: &str| {
        (0..60).map(expression).collect::<Vec<_>>().join(separator)
    };
    let entries = each(&|i| format!("'${{p{i}}}': p{i} ? {{}} : null"), ", ");
    let sum = each(&|i| format!("${{p{i} ? 'a' : 'b'}}"), "");
    let all = each(&|i| format!("p{i}"), " && ");
    let union = each(&|i| format!("p{i} ? {{ k{i}: 1 }} : {{}}"), ", ");
    for identity in [
        format!("identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ {entries} }} }}"),
        format!("identity: {{ type: '{sum}' }}"),
        format!("identity: {all} ? null : {{ type: 'None' }}"),
        format!("identity: {{ type: 'UserAssigned', userAssignedIdentities: union({union}) }}"),
    ] {
        survives(
            &identity[..60],
            Language::Bicep,
            &format!("{text}{}", service(&identity)),
        );
    }
    let mut reads = service("identity: { type: 'SystemAssigned' }");
    for index in 0..60 {
        writeln!(
            reads,
            "resource nv{index} 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (p{index}) {{\n  parent: apim\n  name: 'nv{index}'\n  properties: {{ displayName: 'nv', keyVault: {{ secretIdentifier: p{index} ? 'https://${{p{} ? 'a' : 'b'}}.vault.azure.net/secrets/nv' : '' }} }}\n}}",
            59 - index
        )
        .unwrap();
    }
    survives("sixty reads", Language::Bicep, &format!("{text}{reads}"));
}

#[test]
fn deep_and_wide_values() {
    let bool_parameter = "param p bool\nparam n int\n";
    let nest = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    for (name, value) in [
        ("ternaries", nest("(p ? 'a' : ", "'b'", ")", 500)),
        (
            "unknown ternaries",
            nest("(n > 1 ? 'a' : ", "'b'", ")", 500),
        ),
        ("parentheses", nest("(", "'b'", ")", 2000)),
        ("negations", format!("{}p ? 'a' : 'b'", "!".repeat(2000))),
        (
            "arrays",
            format!("{}{}", nest("[", "'b'", "]", 1000), "[0]".repeat(1000)),
        ),
        (
            "objects",
            format!("{}{}", nest("{ a: ", "'b'", " }", 1000), ".a".repeat(1000)),
        ),
        ("calls", nest("concat('a', ", "'b'", ")", 1000)),
        ("interpolations", nest("'${", "'b'", "}'", 500)),
        (
            "unions",
            format!("union({}).a", vec!["{ a: 'x' }"; 500].join(", ")),
        ),
        (
            "range",
            "map(range(0, 10000), i => string(i))[9999]".to_owned(),
        ),
        (
            "range of ranges",
            "flatten(map(range(0, 10000), i => range(0, 10000)))[0]".to_owned(),
        ),
        (
            "reduce",
            "reduce(range(0, 10000), '', (a, b) => '${a}${a}x')".to_owned(),
        ),
        ("padLeft", "padLeft('a', 2000000000, 'b')".to_owned()),
        ("negative range", "string(range(-5, -1)[0])".to_owned()),
        (
            "substring out of range",
            "substring('abc', 5, 99)".to_owned(),
        ),
        ("substring in a letter", "substring('äöü', 1, 1)".to_owned()),
        ("huge integer", "string(9223372036854775807 + 1)".to_owned()),
        ("division by zero", "string(1 / 0)".to_owned()),
        ("remainder by zero", "string(1 % 0)".to_owned()),
        (
            "least by minus one",
            "string((-9223372036854775807 - 1) / -1)".to_owned(),
        ),
        ("index out of range", "[ 'a' ][7]".to_owned()),
        ("negative index", "[ 'a' ][-1]".to_owned()),
        ("index from the end", "[ 'a' ][^9]".to_owned()),
        (
            "format without argument",
            "format('{0}{7}{', 'a')".to_owned(),
        ),
        ("split by nothing", "split('abc', '')[0]".to_owned()),
        ("take less than none", "take('abc', -4)".to_owned()),
        ("skip more than all", "skip('abc', 44)".to_owned()),
        ("json that is none", "json('{').a".to_owned()),
        ("first of nothing", "first([])".to_owned()),
        (
            "wrong number of arguments",
            "concat() == union() ? split('a') : first()".to_owned(),
        ),
    ] {
        let text = format!(
            "{bool_parameter}{}",
            service(&format!("identity: {{ type: {value} }}"))
        );
        survives(name, Language::Bicep, &text);
    }
}

#[test]
fn doubling_variables() {
    let mut text = "var v0 = 'x'\nvar o0 = { a: 'x' }\nvar l0 = [ 'x' ]\n".to_owned();
    for index in 1..60 {
        let before = index - 1;
        writeln!(text, "var v{index} = '${{v{before}}}${{v{before}}}'").unwrap();
        writeln!(text, "var o{index} = {{ a: o{before}, b: o{before} }}").unwrap();
        writeln!(text, "var l{index} = concat(l{before}, l{before})").unwrap();
    }
    for value in [
        "v59",
        "string(o59)",
        "string(l59)",
        "length(l59) > 3 ? 'a' : 'b'",
        "contains(o59, 'c') ? 'a' : 'b'",
    ] {
        survives(
            value,
            Language::Bicep,
            &format!(
                "{text}{}",
                service(&format!("identity: {{ type: {value} }}"))
            ),
        );
    }
    survives(
        "as dictionary",
        Language::Bicep,
        &format!(
            "{text}{}\nmodule m './m.bicep' = {{\n  params: {{ o: o59, l: l59, v: v59 }}\n}}\noutput o object = o59\noutput l array = l59\nresource nv 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {{\n  parent: apim\n  name: 'nv'\n  properties: {{ displayName: 'nv', keyVault: {{ secretIdentifier: 'https://safe.vault.azure.net/secrets/nv' }} }}\n}}\n",
            service("identity: { type: 'SystemAssigned' , userAssignedIdentities: o59 }")
        ),
    );
}

#[test]
fn ternaries_in_a_chain_of_variables() {
    let mut text = String::new();
    for index in 0..40 {
        writeln!(text, "param p{index} bool").unwrap();
    }
    writeln!(text, "var v0 = 'x'").unwrap();
    for index in 1..40 {
        let before = index - 1;
        writeln!(text, "var v{index} = p{index} ? '${{v{before}}}a' : v{before} == 'x' ? v{before} : '${{v{before}}}b'").unwrap();
    }
    survives(
        "chain",
        Language::Bicep,
        &format!("{text}{}", service("identity: { type: v39 }")),
    );
}

#[test]
fn a_parameter_of_ten_thousand_values() {
    let values: Vec<_> = (0..10_000).map(|index| format!("'v{index}'")).collect();
    let text = format!(
        "@allowed([{}])\nparam a string\n@allowed([{}])\nparam b string\n{}",
        values.join(", "),
        values.join(", "),
        service("identity: { type: a == b ? 'None' : '${a}${b}' }")
    );
    survives("allowed", Language::Bicep, &text);
}
