mod files;

use insta::assert_snapshot;
use syntax::{Document, Language};

use super::lower;
use crate::dump::dump;

fn lowered(text: &str) -> String {
    dump(&lower(&Document::new(Language::Bicep, text)))
}

#[test]
fn parameters() {
    assert_snapshot!(lowered(
        "
        @secure()
        @description('x')
        param password string
        @allowed(['a', 'b'])
        param kind string = 'a'
        param union 'x' | 'y'
        param maybe string?
        param maybeUnion ('x' | 'y')?
        type alias = 'p' | 'q'
        param aliased alias
        param flag bool = true
        param list string[] = []
        param shape { a: string } = { a: 'b' }
        param stored resource 'Microsoft.Storage/storageAccounts@2023-01-01'
        "
    ), @"
    template ResourceGroup
    parameter password: String secure
    parameter kind: String allowed ['a' 'b'] = 'a'
    parameter union: String allowed ['x' 'y']
    parameter maybe: String = null
    parameter maybeUnion: String allowed ['x' 'y' null] = null
    parameter aliased: String allowed ['p' 'q']
    parameter flag: Bool = true
    parameter list: Array = []
    parameter shape: Object = {a: 'b'}
    parameter stored: Other
    ");
}

#[test]
fn resources() {
    assert_snapshot!(lowered(
        "
        param names array
        resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
          name: 'kv'
          scope: resourceGroup('other')

          resource key 'secrets' = if (length(names) > 1) {
            name: 'key'
            properties: { value: vault.properties.vaultUri }
          }
        }
        resource services 'Microsoft.ApiManagement/service@2024-05-01' = [for (name, i) in names: if (i != 0) {
          name: '${name}-${i}'
          dependsOn: [ vault::key ]
        }]
        resource named 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
          parent: services[0]
          name: 'x'
        }
        module grant 'br/public:avm/x:1.0' = {
          name: 'grant'
          scope: subscription()
          params: { id: services[0].identity.principalId }
        }
        output id string = vault::key.id
        "
    ), @r#"
    template ResourceGroup
    parameter names: Array
    resource vault Microsoft.KeyVault/vaults existing
      api version: '2023-07-01'
      name: 'kv'
      scope: (call resourcegroup 'other')
      body: {name: 'kv', scope: (call resourcegroup 'other')}
    resource key Microsoft.KeyVault/vaults/secrets
      api version: '2023-07-01'
      name: 'key'
      within vault
      condition: (Greater (call length (param names)) 1)
      body: {name: 'key', properties: {value: (get (get (resource vault) properties) vaultUri)}}
    resource services Microsoft.ApiManagement/service
      api version: '2024-05-01'
      name: "${$0}-${$1}"
      condition: (NotEqual $1 0)
      for $0 $1 in (param names)
      depends on: [(resource key)]
      body: {name: "${$0}-${$1}", dependsOn: [(resource key)]}
    resource named Microsoft.ApiManagement/service/namedValues
      api version: '2024-05-01'
      name: 'x'
      parent: (index (resource services) 0)
      body: {parent: (index (resource services) 0), name: 'x'}
    module grant
      arguments: {id: (get (get (index (resource services) 0) identity) principalId)}
      scope: (call subscription)
      body: {name: 'grant', scope: (call subscription), params: {id: (get (get (index (resource services) 0) identity) principalId)}}
      from Registry br/public:avm/x:1.0
    output id = (get (resource key) id)
    "#);
}

#[test]
fn expressions() {
    assert_snapshot!(lowered(
        "
        import { shared as imported } from 'x.bicep'
        import * as all from 'y.bicep'
        func greet(name string) string => 'hello ${name}'
        var a = 1 + 2 * -3 == 4 ? !true : null ?? 'x'
        var b = [for x in range(0, 2): x]
        var c = { '${a}': b[0], ...b[^1], 'quoted key': b[?2].?d.e! }
        var d = map(b, item => greet(item))
        var e = az.resourceGroup().id
        var f = '''
a ${b}
'''
        var g = $'''a ${b}'''
        var h = 'tab\\tquote\\'dollar\\${x}\\u{1F980}'
        var i = imported('x')
        var j = all.thing
        var k = unknownName
        var l = sys.concat('a', imported)
        "
    ), @r#"
    template ResourceGroup
    import File x.bicep
    import File y.bicep
    variable a = (if (Equal (Add 1 (Multiply 2 (Minus 3))) 4) (Not true) (Coalesce null 'x'))
    variable b = (for $0 $1 in (call range 0 2) $0)
    variable c = {"${(var a)}": (index (var b) 0), ...(index^ (var b) 1), quoted key: (! (get (get? (index? (var b) 2) d) e))}
    variable d = (call map (var b) (lambda ($2) (user greet $2)))
    variable e = (get (call resourcegroup) id)
    variable f = 'a ${b}\n'
    variable g = "a ${(var b)}"
    variable h = 'tab\tquote\'dollar${x}🦀'
    variable i = (imported x.bicep shared 'x')
    variable j = (imported y.bicep thing)
    variable k = (unresolved unknownName)
    variable l = (call concat 'a' (imported x.bicep shared))
    function greet($3) = "hello ${$3}"
    "#);
}

#[test]
fn half_typed_code_is_incomplete_where_it_is_half_typed() {
    assert_snapshot!(lowered(
        "
        resource a 'x/y@2020-01-01' = {
          name: 'a'
          properties: {
            b:
          }
        }
        resource b 'x/y@2020-01-01' = {
          name:
          tags: {}
        }
        var c =
        resource d
        param e
        output f string = c
        "
    ), @"
    template ResourceGroup (incomplete)
    parameter e: Other
    variable c = <invalid>
    resource a x/y
      api version: '2020-01-01'
      name: 'a'
      body: {name: 'a', properties: {<incomplete>}}
    resource b x/y
      api version: '2020-01-01'
      body: {tags: {}, <incomplete>}
    output f = (var c)
    ");
}

#[test]
fn depth_is_bounded() {
    for text in [
        format!("var a = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("var a = {}", "{b: ".repeat(100_000)),
        format!("var a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("var a = {}1", "!".repeat(100_000)),
        format!("var a = {}b", "b.".repeat(100_000)),
        format!("var a = 1{}", " + 1".repeat(100_000)),
        format!("var a = {}b{}", "'${".repeat(10_000), "}'".repeat(10_000)),
        "resource a 'b/c@1' = {\n".repeat(10_000),
    ] {
        lower(&Document::new(Language::Bicep, &text));
    }
}
