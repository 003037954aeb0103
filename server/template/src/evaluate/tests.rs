//! What expressions are, as text: known values as in Bicep, holes as `${...}`, symbols by name.

mod twins;

use syntax::{Document, Language};

use crate::cases::Undecided;
use crate::cases::{Answer, judge};
use crate::evaluate::{Evaluator, Sameness};
use crate::program::{InstanceId, Program};
use crate::value::{Bindings, Lazy};

const PRELUDE: &str = "
param name string
param withDefault string = 'fallback'
param flag bool
@allowed(['dev', 'prod'])
param stage string = 'dev'
param settings object = { sku: 'Premium', nested: { on: true } }
param maybe string?
param maybeFlag bool?
@allowed(['dev', 'prod'])
param maybeStage string?
@allowed(['1', '2', '3'])
param zones array = ['1', '2']
param list array

resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  resource secret 'secrets' = { name: 'x' }
}
resource other 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'other'
  scope: resourceGroup('elsewhere')
}
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = { name: 'apim' }
resource services 'Microsoft.ApiManagement/service@2024-05-01' = [for i in range(0, 2): { name: 's${i}' }]
module m './m.bicep' = { name: 'm' }
func hello(who string) string => 'hello ${who}'
";

/// The program of some variables, and the expressions of these.
fn program(variables: &[String]) -> (Program, Vec<Lazy>) {
    let text = format!("{PRELUDE}{}\n", variables.join("\n"));
    let document = Document::new(Language::Bicep, &text);
    assert!(!document.root().has_error(), "{text}");
    let program = Program::alone("/main.bicep".as_ref(), document.into()).unwrap();
    let values = program
        .template(InstanceId::ROOT)
        .variables
        .iter()
        .map(|variable| Lazy::Expression(variable.value, Bindings::none(InstanceId::ROOT)))
        .collect();
    (program, values)
}

fn answers(
    expression: &str,
    look: impl Fn(&Evaluator<'_>, &Lazy) -> Result<String, Undecided>,
) -> Vec<Answer<String>> {
    let (program, values) = program(&[format!("var v = {expression}")]);
    judge(&program, |evaluator| look(evaluator, &values[0])).unwrap()
}

/// What an expression is, parameters being themselves.
pub(super) fn symbolic(expression: &str) -> String {
    let answers = answers(expression, |evaluator, lazy| {
        Ok(evaluator.describe(&evaluator.force(lazy)?.value))
    });
    answers
        .into_iter()
        .map(|answer| answer.value)
        .collect::<Vec<_>>()
        .join(" | ")
}

/// What an expression is in each case, with the defaults of parameters.
fn known(expression: &str) -> String {
    let answers = answers(expression, |evaluator, lazy| {
        Ok(evaluator.describe(&evaluator.known(lazy)?.value))
    });
    let values: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer.defaults.len() {
            0 => answer.value,
            count => format!("{} by {count} default", answer.value),
        })
        .collect();
    values.join(" | ")
}

#[test]
fn values() {
    for (expression, expected) in [
        ("name", "name"),
        ("'a${name}b${1}${true}'", "'a${name}b1True'"),
        ("'${name}'", "name"),
        ("concat('a', name, 'b')", "'a${name}b'"),
        ("concat(['a'], list)", "['a', ...]"),
        ("format('{0}-{{{1}}}', name, 2)", "'${name}-{2}'"),
        ("toLower('ABC')", "'abc'"),
        ("toLower(name)", "tolower(name)"),
        ("newGuid()", "? Volatile"),
        ("uniqueString(newGuid())", "? Volatile"),
        ("1 + 2 * 3 - 4 / 2 % 3", "5"),
        ("9223372036854775807 + 1", "? Invalid"),
        ("1 / 0", "? Invalid"),
        ("1 < 2 && 'a' == 'a' || name == 'x'", "true"),
        ("name == 'x'", "equals(name, 'x')"),
        ("!(name == 'x')", "not(equals(name, 'x'))"),
        ("!!(name == 'x')", "equals(name, 'x')"),
        ("'pre-${name}' == 'post-${name}'", "false"),
        ("'a${name}' == 'a${name}'", "true"),
        ("'A' =~ 'a'", "true"),
        ("[1, 2, 3][1]", "2"),
        ("[1, 2, 3][^1]", "3"),
        ("[1][?5]", "null"),
        ("[1][5]", "? Invalid"),
        ("{ a: { B: 1 } }.a.b", "1"),
        ("{ a: 1 }.?b", "null"),
        ("{ a: 1 }.b", "? Invalid"),
        ("{ a: 1 }[?kv.id]", "null"),
        ("contains({ a: 1 }, kv.id)", "false"),
        ("contains(kv.id, '/providers/')", "true"),
        ("empty(list ?? []) == empty(list ?? [])", "true"),
        ("{ a: 1, ...{ a: 2 } }.a", "2"),
        ("{ a: 1, ...settings }.a", "{'a': 1, ...}.a"),
        (
            "union({ a: { x: 1, y: 1 } }, { a: { y: 2 } }).a",
            "{'x': 1, 'y': 2}",
        ),
        ("union({ a: 1 }, { b: 2 })", "{'a': 1, 'b': 2}"),
        ("shallowMerge([{ a: 1 }, { a: 2 }]).a", "2"),
        ("map([1, 2], x => x * 2)", "[2, 4]"),
        ("map(['a'], (x, i) => '${x}${i}')", "['a0']"),
        ("map(list, x => 1)", "map(list, lambda)"),
        ("filter([1, 2, 3], x => x > 1)", "[2, 3]"),
        ("filter(['a', name], x => x == 'a')", "['a', ...]"),
        ("reduce([1, 2, 3], 0, (sum, x) => sum + x)", "6"),
        ("sort([2, 3, 1], (a, b) => a < b)", "[1, 2, 3]"),
        ("toObject(['a', 'b'], x => x)", "{'a': 'a', 'b': 'b'}"),
        ("toObject([{ n: 'a', v: 1 }], x => x.n, x => x.v).a", "1"),
        (
            "groupBy(['ab', 'b', 'ac'], x => substring(x, 0, 1))",
            "{'a': ['ab', 'ac'], 'b': ['b']}",
        ),
        ("mapValues({ a: 1 }, v => v + 1)", "{'a': 2}"),
        ("flatten([[1], [2, 3]])", "[1, 2, 3]"),
        ("intersection(['a', 'b'], ['b', 'c'])", "['b']"),
        ("items({ b: 2, a: 1 })[0].key", "'a'"),
        ("items({ b: 2, a: 1 })[1].value", "2"),
        ("objectKeys({ b: 2, A: 1 })", "['A', 'b']"),
        ("take([1, 2, 3], 2)", "[1, 2]"),
        ("skip('abc', 1)", "'bc'"),
        ("split('a;b', ';')", "['a', 'b']"),
        ("join(['a', name], '-')", "'a-${name}'"),
        ("indexOf('aBc', 'b')", "1"),
        ("indexOf(['x', 'y'], 'z')", "-1"),
        ("padLeft(7, 3, '0')", "'007'"),
        ("substring('hello', 1, 3)", "'ell'"),
        ("contains('ABC', 'b')", "false"),
        ("startsWith('ABC', 'a')", "true"),
        ("uri('https://a.b', 'c')", "'https://a.b/c'"),
        ("first('abc')", "'a'"),
        ("int('12') + 1", "13"),
        ("null ?? 'x'", "'x'"),
        ("name ?? 'x'", "coalesce(name, 'x')"),
        ("maybe ?? 'x'", "coalesce(maybe, 'x')"),
        ("empty('')", "true"),
        ("empty('a${name}')", "false"),
        ("empty(name)", "empty(name)"),
        ("contains(['a', 'b'], 'b')", "true"),
        ("contains(['a', name], 'b')", "contains(['a', name], 'b')"),
        ("[for (x, i) in ['a', 'b']: '${x}${i}']", "['a0', 'b1']"),
        ("any(name)", "name"),
        ("[for x in list: x]", "[list[index of list], ...]"),
        ("hello('you')", "'hello you'"),
        ("kv.id", "id vaults<name>"),
        ("kv.name", "name"),
        ("kv.properties.vaultUri", "vaults<name>.properties.vaultUri"),
        ("kv::secret.id", "id secrets<name/'x'>"),
        ("other.id", "id vaults<'other'> in 'elsewhere'"),
        (
            "services[1].identity.principalId",
            "service<'s1'>.identity.principalId",
        ),
        ("services[1].id == services[1].id", "true"),
        ("services[0].id == services[1].id", "false"),
        ("m.outputs.x.y", "module<'m'>.outputs.x.y"),
        ("m.name", "'m'"),
        ("unknown.thing", "? Unresolved"),
        (
            "resourceId('Microsoft.KeyVault/vaults', name)",
            "id vaults<name>",
        ),
        (
            "resourceId('Microsoft.KeyVault/vaults/secrets', name, 'x') == kv::secret.id",
            "true",
        ),
        ("'${kv.id}/secrets/x' == kv::secret.id", "true"),
        (
            "'/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f'",
            "'/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f'",
        ),
        (
            "extensionResourceId(kv.id, 'Microsoft.Authorization/roleAssignments', 'r')",
            "id roleAssignments<'r'> of vaults<name>",
        ),
        (
            "reference(kv.id).vaultUri == kv.properties.vaultUri",
            "true",
        ),
        (
            "reference(apim.id, '2024-05-01', 'Full').identity.principalId == apim.identity.principalId",
            "true",
        ),
        (
            "reference('${apim.id}/providers/Microsoft.ManagedIdentity/Identities/default', '2018-11-30').principalId == apim.identity.principalId",
            "true",
        ),
        (
            "apim.identity.principalId == kv.properties.vaultUri",
            "equals(service<'apim'>.identity.principalId, vaults<name>.properties.vaultUri)",
        ),
    ] {
        assert_eq!(symbolic(expression), expected, "{expression}");
    }
}

#[test]
fn cases() {
    for (expression, expected) in [
        ("withDefault", "'fallback' by 1 default"),
        ("settings.sku", "'Premium' by 1 default"),
        ("settings.nested.on ? 'a' : 'b'", "'a' by 1 default"),
        ("{ a: 1, ...settings }.sku", "'Premium' by 1 default"),
        (
            "union({ sku: 'Basic' }, settings).sku",
            "'Premium' by 1 default",
        ),
        ("length(concat(['a'], zones))", "3 by 1 default"),
        ("name", "name"),
        ("stage", "'dev' | 'prod'"),
        ("'${stage}-${stage}'", "'dev-dev' | 'prod-prod'"),
        ("stage == 'prod' ? 'big' : 'small'", "'small' | 'big'"),
        ("flag ? 1 : 2", "1 | 2"),
        ("flag ? (flag ? 1 : 2) : 3", "1 | 3"),
        ("flag && stage == 'prod' ? 1 : 2", "2 | 1 | 2"),
        ("flag || !flag ? 1 : 2", "1 | 1"),
        ("empty(name) ? 1 : 2", "1 | 2"),
        ("empty(name) ? 1 : (!empty(name) ? 2 : 3)", "1 | 2"),
        ("empty(withDefault) ? 1 : 2", "2 by 1 default"),
        ("maybe ?? 'x'", "'x' by 1 default"),
        ("maybe == null ? 1 : 2", "1 by 1 default"),
        ("maybeFlag", "true | false | null"),
        ("maybeFlag ?? true ? 1 : 2", "1 | 2 | 1"),
        ("maybeStage == null ? 1 : 2", "2 | 2 | 1"),
        // The allowed values of an array are those of its elements.
        ("length(zones)", "2 by 1 default"),
        ("contains(['prod'], stage) ? 1 : 2", "2 | 1"),
        ("toUpper(stage)", "'DEV' | 'PROD'"),
    ] {
        assert_eq!(known(expression), expected, "{expression}");
    }
}

#[test]
fn sameness_has_three_answers() {
    let (program, values) = program(&[
        "var a = kv.id".to_owned(),
        "var b = resourceId('microsoft.keyvault/VAULTS', name)".to_owned(),
        "var c = other.id".to_owned(),
        "var d = resourceId('Microsoft.KeyVault/vaults', withDefault)".to_owned(),
        "var e = resourceId('sub', 'rg', 'Microsoft.KeyVault/vaults', name)".to_owned(),
        "var f = resourceId('Microsoft.Storage/storageAccounts', name)".to_owned(),
    ]);
    let found = judge(&program, |evaluator| {
        let mut found = Vec::new();
        for value in &values[1..] {
            let (a, b) = (evaluator.force(&values[0])?, evaluator.force(value)?);
            found.push(evaluator.same(&a.value, &b.value));
        }
        Ok(found)
    })
    .unwrap();
    assert_eq!(
        found[0].value,
        [
            Sameness::Same,
            // The name is a parameter: it may be 'other'.
            Sameness::Unknown,
            Sameness::Unknown,
            // Names of vaults are unique in all of Azure.
            Sameness::Same,
            Sameness::Different,
        ]
    );
}

#[test]
fn what_is_too_large_is_no_answer() {
    let mut variables: Vec<_> = (0..40)
        .map(|n| format!("var v{n} = '${{v{0}}}${{v{0}}}'", n + 1))
        .collect();
    variables.push("var v40 = 'x'".to_owned());
    variables.push("var loop1 = loop2".to_owned());
    variables.push("var loop2 = loop1".to_owned());
    let (program, values) = program(&variables);
    for value in [&values[0], &values[41]] {
        // Either no answer or an unknown one; what counts is that it comes.
        let answers = judge(&program, |evaluator| {
            Ok(evaluator.force(value)?.value.as_str().map(str::len))
        });
        assert!(answers.is_none_or(|answers| answers.iter().all(|a| a.value.is_none())));
    }
    let flags: Vec<_> = (0..12).map(|n| format!("param f{n} bool")).collect();
    let sum: Vec<_> = (0..12).map(|n| format!("(f{n} ? 1 : 0)")).collect();
    let text = format!("{}\nvar v = {}\n", flags.join("\n"), sum.join(" + "));
    let document = Document::new(Language::Bicep, &text);
    let program = Program::alone("/main.bicep".as_ref(), document.into()).unwrap();
    let value = InstanceId::ROOT.at(program.template(InstanceId::ROOT).variables[0].value);
    assert!(judge(&program, |evaluator| Ok(evaluator.evaluate(value)?.origin)).is_none());
}
