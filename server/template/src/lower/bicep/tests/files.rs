use insta::assert_snapshot;
use syntax::{Document, Language};

use super::{lower, lowered};
use crate::dump::dump_parameters;
use crate::lower::bicep::lower_parameters;

fn parameters(text: &str) -> String {
    dump_parameters(&lower_parameters(&Document::new(
        Language::BicepParameters,
        text,
    )))
}

#[test]
fn imports() {
    assert_snapshot!(lowered(
        "
        import { a, greet as hello, aType, 'not-a-name' as quoted } from './x.bicep'
        import * as all from 'br/public:y:1.0'
        @description('x')
        import {
          b
        } from '../z.bicep'
        import { c, ownF } from '${a}.bicep'
        import { aVariable } from 'w.json'
        extension kubernetes with { kubeConfig: a } as k8s
        import 'az@1.0.0' as azure

        param typed aType = a
        param other all.someType
        var aVariable = 'of this file'
        func ownF(x string) string => '${x}${all.v}'
        func shadowing(all object) string => all.v
        var values = [a, greet, quoted, b, c, all, all.v, all.v.w, all['v'], aVariable, k8s]
        var calls = [a('x'), greet(), hello(a), all.f(all.v, 1), all.v.f(), ownF('x'), c('x'), concat(a)]
        var lambdas = [map(values, all => all.v), map(values, a => a), map(values, all => all.f())]
        "
    ), @r#"
    template ResourceGroup
    import File ./x.bicep
    import Registry br/public:y:1.0
    import File ../z.bicep
    import File w.json
    parameter typed: Other = (imported ./x.bicep a)
    parameter other: Other
    variable aVariable = 'of this file'
    variable values = [(imported ./x.bicep a) (unresolved greet) (imported ./x.bicep not-a-name) (imported ../z.bicep b) (unresolved c) (unresolved all) (imported br/public:y:1.0 v) (get (imported br/public:y:1.0 v) w) (index (unresolved all) 'v') (var aVariable) (unresolved k8s)]
    variable calls = [(imported ./x.bicep a 'x') (call greet) (imported ./x.bicep greet (imported ./x.bicep a)) (imported br/public:y:1.0 f (imported br/public:y:1.0 v) 1) (method (imported br/public:y:1.0 v) f) (user ownF 'x') <invalid> (call concat (imported ./x.bicep a))]
    variable lambdas = [(call map (var values) (lambda ($0) (get $0 v))) (call map (var values) (lambda ($1) $1)) (call map (var values) (lambda ($2) (method $2 f)))]
    function ownF($3) = "${$3}${(imported br/public:y:1.0 v)}"
    function shadowing($4) = (get $4 v)
    "#);
}

#[test]
fn exports() {
    assert_snapshot!(lowered(
        "
        @export()
        var a = 1
        @description('x')
        @sys.export()
        func f() string => 'x'
        @exported()
        var b = 2
        func g() string => f()
        "
    ), @"
    template ResourceGroup
    exported variable a = 1
    variable b = 2
    exported function f() = 'x'
    function g() = (user f)
    ");
}

#[test]
fn parameter_files() {
    assert_snapshot!(parameters(
        "
        using './main.bicep'
        extends '../shared.bicepparam'

        import { region } from 'regions.bicep'
        import * as names from './names.bicep'

        var prefix = 'x'
        @description('x')
        param name = '${prefix}-${names.service(region)}'
        param tags = { ...base.tags, name: name, owner: base.?owner, all: base }
        param secret = az.getSecret('sub', 'rg', 'vault', 'name')
        param fromBase = map([], base => base.x)
        param fromEnvironment = readEnvironmentVariable('X', prefix)
        "
    ), @r#"
    parameters
    using File ./main.bicep
    extends File ../shared.bicepparam
    assignment name = "${(var prefix)}-${(imported ./names.bicep service (imported regions.bicep region))}"
    assignment tags = {...(base tags), name: (var name), owner: (base owner), all: (unresolved base)}
    assignment secret = (call getsecret 'sub' 'rg' 'vault' 'name')
    assignment fromBase = (call map [] (lambda ($0) (get $0 x)))
    assignment fromEnvironment = (call readenvironmentvariable 'X' (var prefix))
    template ResourceGroup
    import File regions.bicep
    import File ./names.bicep
    variable prefix = 'x'
    variable name = "${(var prefix)}-${(imported ./names.bicep service (imported regions.bicep region))}"
    variable tags = {...(base tags), name: (var name), owner: (base owner), all: (unresolved base)}
    variable secret = (call getsecret 'sub' 'rg' 'vault' 'name')
    variable fromBase = (call map [] (lambda ($0) (get $0 x)))
    variable fromEnvironment = (call readenvironmentvariable 'X' (var prefix))
    "#);
}

#[test]
fn templates_of_parameter_files() {
    let files = [
        "using none",
        "using ''",
        "using './main.bicep' with { mode: 'deployment', scope: resourceGroup('rg') }",
        "using 'br:registry.io/x/y:v1'",
        "using 'ts/alias:x:v1'",
        "using '${x}.bicep'\nparam base = base.x",
        "extends 'a.bicepparam'\nextends 'b.bicepparam'\nvar base = {}\nparam x = base.y",
        "using './main.bicep'\nparam x =\nparam = 1\nparam y = [",
    ];
    assert_snapshot!(files.map(parameters).concat(), @"
    parameters
    template ResourceGroup
    parameters
    template ResourceGroup
    parameters
    using File ./main.bicep
    template ResourceGroup
    parameters
    using Registry br:registry.io/x/y:v1
    template ResourceGroup
    parameters
    using Registry ts/alias:x:v1
    template ResourceGroup
    parameters
    assignment base = (get (var base) x)
    template ResourceGroup
    variable base = (get (var base) x)
    parameters
    extends File a.bicepparam
    extends File b.bicepparam
    assignment x = (get (var base) y)
    template ResourceGroup
    variable base = {}
    variable x = (get (var base) y)
    parameters (incomplete)
    using File ./main.bicep
    assignment x = <invalid>
    assignment y = []
    template ResourceGroup (incomplete)
    variable x = <invalid>
    variable y = []
    ");
}

#[test]
fn references() {
    let text = "
        import { a } from 'a.bicep'
        module m 'm.bicep' = { name: 'm', params: { x: 1 } }
        module n 'br/public:n:1' = { name: 'n' }
        module o '${a}.bicep' = { ...a }
        ";
    let template = lower(&Document::new(Language::Bicep, text));
    let found = template.references().into_iter().map(|link| &*link.text);
    assert_eq!(
        found.collect::<Vec<_>>(),
        ["a.bicep", "m.bicep", "br/public:n:1"]
    );
    let places = template.references().into_iter();
    let places: Vec<_> = places.map(|link| &text[link.range.as_usize()]).collect();
    assert_eq!(places, ["a.bicep", "m.bicep", "br/public:n:1"]);

    let text = "using 'm.bicep'\nextends 'e.bicepparam'\nimport * as a from 'a.bicep'\n";
    let file = lower_parameters(&Document::new(Language::BicepParameters, text));
    let places = file.references().into_iter();
    let places: Vec<_> = places.map(|link| &text[link.range.as_usize()]).collect();
    assert_eq!(places, ["m.bicep", "e.bicepparam", "a.bicep"]);
}

#[test]
fn arguments_of_modules() {
    assert_snapshot!(lowered(
        "
        param x object
        module given 'm.bicep' = { params: { a: 1 } }
        module spread 'm.bicep' = { params: { ...x } }
        module none 'm.bicep' = { name: 'none' }
        module unknown 'm.bicep' = { ...x }
        module damaged 'm.bicep' = { name: }
        "
    ), @"
    template ResourceGroup
    parameter x: Object
    module given
      arguments: {a: 1}
      body: {params: {a: 1}}
      from File m.bicep
    module spread
      arguments: {...(param x)}
      body: {params: {...(param x)}}
      from File m.bicep
    module none
      body: {name: 'none'}
      from File m.bicep
    module unknown
      arguments: ?
      body: {...(param x)}
      from File m.bicep
    module damaged
      arguments: ?
      body: {<incomplete>}
      from File m.bicep
    ");
}

#[test]
fn every_beginning_of_a_file_is_lowered() {
    let template = "
        @export()
        func f(x string) string => all.g('${x}')
        import { a, 'b-c' as d } from './x.bicep'
        import * as all from 'br/public:y:1.0'
        module m 'm.bicep' = [for i in range(0, 2): if (a) { name: 'x', params: { y: all.v[i] } }]
        ";
    let parameters = "
        using './main.bicep' with { a: 1 }
        extends './base.bicepparam'
        import { a } from 'x.bicep'
        param x = { ...base.x, y: '${a}' }
        ";
    for (language, text) in [
        (Language::Bicep, template),
        (Language::BicepParameters, parameters),
    ] {
        for end in 0..=text.len() {
            let content = crate::lower(&Document::new(language, &text[..end]));
            assert!(!matches!(content, crate::Content::Other));
        }
    }
}
