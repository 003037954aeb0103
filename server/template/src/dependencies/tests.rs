use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syntax::{Document, Language};

use super::{Dependencies, Deployed, Order};
use crate::files::Files;
use crate::model::Template;
use crate::program::{InstanceId, Program};

fn program(language: Language, text: &str) -> Program {
    Program::alone("/main".as_ref(), Document::new(language, text).into()).unwrap()
}

/// What each resource and module waits for itself, by name.
fn direct(language: Language, text: &str) -> Vec<String> {
    let program = program(language, text);
    let template = program.template(InstanceId::ROOT);
    let dependencies = Dependencies::of(&program, InstanceId::ROOT);
    let resources = template.resources().map(|(id, _)| Deployed::Resource(id));
    let modules = template.modules().map(|(id, _)| Deployed::Module(id));
    resources
        .chain(modules)
        .map(|deployed| {
            let mut on: Vec<_> = dependencies
                .direct(deployed)
                .map(|other| name(template, other))
                .collect();
            on.sort();
            format!("{}: {}", name(template, deployed), on.join(" "))
        })
        .collect()
}

fn name(template: &Template, deployed: Deployed) -> String {
    let symbol = match deployed {
        Deployed::Resource(id) => &template.resource(id).symbol,
        Deployed::Module(id) => &template.module(id).symbol,
    };
    match (symbol, deployed) {
        (Some(symbol), _) => symbol.text.to_string(),
        (None, Deployed::Resource(id)) => {
            let kind = &template.resource(id).resource_type;
            kind.rsplit('/').next().unwrap_or_default().to_owned()
        }
        (None, Deployed::Module(_)) => "module".to_owned(),
    }
}

#[test]
fn bicep() {
    let text = "
        var address = vault.properties.vaultUri
        resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
          name: 'kv'
          resource secret 'secrets' = { name: 'x' }
        }
        resource service 'Microsoft.ApiManagement/service@2024-05-01' = if (vault.name != 'x') {
          name: 'apim'
          properties: { uri: '${address}secrets/x' }
          dependsOn: [ vault::secret ]
        }
        resource loop 'Microsoft.Storage/storageAccounts@2023-01-01' = [for n in service.properties.names: { name: n }]
        resource child 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
          parent: service
          name: 'x'
        }
        module deployed './m.bicep' = {
          name: 'm'
          params: { id: map([ 1 ], x => child.id) }
          dependsOn: [ loop ]
        }
        resource last 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
          name: 'r'
          scope: vault
          properties: { principalId: deployed.outputs.principalId }
        }
    ";
    assert_eq!(
        direct(Language::Bicep, text),
        [
            "vault: ",
            "secret: vault",
            "service: secret vault",
            "loop: service",
            "child: service",
            "last: deployed vault",
            "deployed: child loop",
        ]
    );
}

#[test]
fn arm_json() {
    let text = r#"{
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": { "kv": { "type": "string" } },
        "variables": { "vaultId": "[resourceId('Microsoft.KeyVault/vaults', parameters('kv'))]" },
        "resources": [
            { "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "[parameters('kv')]" },
            { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "apim",
              "dependsOn": [ "[variables('vaultId')]" ] },
            { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "st",
              "dependsOn": [ "apim", "[concat('Microsoft.KeyVault/vaults/', parameters('kv'))]" ],
              "tags": { "x": "y" } },
            { "type": "Microsoft.Web/serverfarms", "apiVersion": "2023-01-01", "name": "plan",
              "tags": { "x": "[reference(parameters('kv')).vaultUri]" } },
            { "type": "Microsoft.Web/sites", "apiVersion": "2023-01-01", "name": "site",
              "tags": { "x": "[variables('vaultId')]" } }
        ]
    }"#;
    assert_eq!(
        direct(Language::Json, text),
        [
            "vaults: ",
            "service: vaults",
            "storageAccounts: service vaults",
            "serverfarms: vaults",
            // An id alone is only a text to ARM.
            "sites: ",
        ]
    );
}

#[test]
fn chains_and_cycles() {
    let text = "
        resource a 'x/y@2020-01-01' = { name: b.name }
        resource b 'x/y@2020-01-01' = { name: c.name }
        resource c 'x/y@2020-01-01' = { name: b.name }
        resource d 'x/y@2020-01-01' = { name: d.name }
    ";
    let program = program(Language::Bicep, text);
    let dependencies = Dependencies::of(&program, InstanceId::ROOT);
    let ids: Vec<_> = program
        .template(InstanceId::ROOT)
        .resources()
        .map(|(id, _)| id)
        .collect();
    assert!(dependencies.reaches(ids[0], ids[2]));
    assert!(dependencies.reaches(ids[1], ids[1]));
    assert!(!dependencies.reaches(ids[1], ids[0]));
    assert!(!dependencies.reaches(ids[3], ids[0]));
}

/// Loops are named by their loop, by one of their resources, or at the index of another loop; names
/// may depend on conditions.
#[test]
fn loops_and_names_in_cases() {
    let text = r#"{
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "parameters": { "list": { "type": "array" }, "flag": { "type": "bool" } },
      "variables": { "name": "[if(parameters('flag'), 'a', 'b')]" },
      "resources": [
        { "type": "A.B/c", "name": "[format('c-{0}', parameters('list')[copyIndex()].name)]",
          "copy": { "name": "cs", "count": "[length(parameters('list'))]" } },
        { "type": "A.B/d", "name": "[format('d-{0}', range(0, 2)[copyIndex()])]",
          "copy": { "name": "ds", "count": 2 } },
        { "type": "A.B/e", "name": "[variables('name')]" },
        { "type": "A.B/f", "name": "f", "dependsOn": ["cs", "[resourceId('A.B/d', 'd-1')]"] },
        { "type": "A.B/g", "name": "[format('g-{0}', copyIndex())]",
          "copy": { "name": "gs", "count": "[length(parameters('list'))]" },
          "dependsOn": [ "[resourceId('A.B/c', format('c-{0}', parameters('list')[copyIndex()].name))]" ] },
        { "type": "A.B/h", "name": "h", "dependsOn": [
          "[resourceId('A.B/e', variables('name'))]", "[resourceId('A.B/d', 'other')]" ] }
      ]
    }"#;
    assert_eq!(
        direct(Language::Json, text),
        ["c: ", "d: ", "e: ", "f: c d", "g: c", "h: e"]
    );
}

/// Whether resources may wait for each other across the templates of a program, each of them found by
/// the last segment of its type: `waiting -> other`.
fn may_wait(files: &[(&str, &str)], questions: &[&str]) -> Vec<bool> {
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect();
    let files_in_sight = Arc::new(Files::new(Box::new(disk)));
    let root = files_in_sight.get(Path::new(files[0].0)).unwrap();
    let program = Program::new(&files_in_sight, &root, &[]).unwrap();
    let order = Order::of(&program);
    let find = |name: &str| {
        let found = program
            .resources()
            .find(|(_, resource)| resource.resource_type.ends_with(&format!("/{name}")));
        found.unwrap_or_else(|| panic!("{name} is declared")).0
    };
    questions
        .iter()
        .map(|question| {
            let (waiting, other) = question.split_once(" -> ").unwrap();
            order.may_wait(find(waiting), find(other))
        })
        .collect()
}

const GRANT: &str = "
    param id string = ''
    resource scope 'A.B/scope@2020-01-01' = { name: 'scope', tags: { id: id } }
    resource grant 'A.B/grant@2020-01-01' = { name: 'grant' }
    output id string = grant.id
";

const READ: &str = "
    param id string = ''
    resource read 'A.B/read@2020-01-01' = { name: 'read', tags: { id: id } }
";

#[test]
fn who_waits_for_a_module_waits_for_all_in_it() {
    let wait = |main: &str| {
        let files = [
            ("/main.bicep", main),
            ("/grant.bicep", GRANT),
            ("/read.bicep", READ),
        ];
        may_wait(&files, &["read -> grant", "read -> scope", "grant -> read"])
    };
    let grant = "module granting 'grant.bicep' = { name: 'granting' }\n";
    let read = |more: &str| {
        format!("{grant}module reading 'read.bicep' = {{\n  name: 'reading'\n  {more}\n}}\n")
    };
    let no = [false, false, false];
    let yes = [true, true, false];
    assert_eq!(wait(&read("")), no);
    assert_eq!(wait(&read("dependsOn: [ granting ]")), yes);
    assert_eq!(wait(&read("params: { id: granting.outputs.id }")), yes);
    // Through something else.
    let between = "resource between 'A.B/between@2020-01-01' = { name: granting.name }\n";
    assert_eq!(
        wait(&format!("{between}{}", read("dependsOn: [ between ]"))),
        yes
    );
    // A resource beside the module.
    let beside = |more: &str| {
        format!("{grant}resource read 'A.B/read@2020-01-01' = {{\n  name: 'read'\n  {more}\n}}\n")
    };
    assert_eq!(wait(&beside("")), no);
    assert_eq!(wait(&beside("dependsOn: [ granting ]")), yes);
    assert_eq!(wait(&beside("dependsOn: [ granting, granting ]")), yes);
    // One module waits for a resource, another one has it.
    let apart = format!(
        "{grant}resource other 'A.B/other@2020-01-01' = {{ name: 'other' }}
        module reading 'read.bicep' = {{ name: 'reading', dependsOn: [ other ] }}"
    );
    assert_eq!(wait(&apart), no);
}

#[test]
fn what_one_module_deploys_is_in_the_order_of_that_module() {
    let both = "
        resource grant 'A.B/grant@2020-01-01' = { name: 'grant' }
        resource scope 'A.B/scope@2020-01-01' = { name: 'scope', dependsOn: [ grant ] }
        resource read 'A.B/read@2020-01-01' = { name: 'read', dependsOn: [ scope ] }
    ";
    let questions = ["read -> grant", "grant -> read", "scope -> read"];
    let files = [
        ("/main.bicep", "module both 'both.bicep' = { name: 'both' }"),
        ("/both.bicep", both),
    ];
    assert_eq!(may_wait(&files, &questions), [true, false, false]);
    // Deeper inside: the module on the way waits.
    let outer = "
        module granting 'grant.bicep' = { name: 'granting' }
        module reading 'read.bicep' = { name: 'reading', dependsOn: [ granting ] }
    ";
    let files = [
        (
            "/main.bicep",
            "module outer 'outer.bicep' = { name: 'outer' }",
        ),
        ("/outer.bicep", outer),
        ("/grant.bicep", GRANT),
        ("/read.bicep", READ),
    ];
    assert_eq!(
        may_wait(&files, &["read -> grant", "grant -> read"]),
        [true, false]
    );
}

/// The turns of a loop of modules say nothing of each other: what waits in one of them may.
#[test]
fn loops_of_modules() {
    let grant =
        "module granting 'grant.bicep' = [for i in range(0, 2): { name: 'granting${i}' }]\n";
    let wait = |read: &str| {
        let main = format!("{grant}{read}");
        let files = [
            ("/main.bicep", main.as_str()),
            ("/grant.bicep", GRANT),
            ("/read.bicep", READ),
        ];
        may_wait(&files, &["read -> grant", "grant -> read"])
    };
    assert_eq!(
        wait("module reading 'read.bicep' = { name: 'reading' }"),
        [false, false]
    );
    assert_eq!(
        wait("module reading 'read.bicep' = { name: 'reading', dependsOn: [ granting ] }"),
        [true, false]
    );
    assert_eq!(
        wait(
            "module reading 'read.bicep' = { name: 'reading', params: { id: granting[1].outputs.id } }"
        ),
        [true, false]
    );
    let turns = "
        resource a 'A.B/a@2020-01-01' = { name: 'a' }
        resource b 'A.B/b@2020-01-01' = { name: 'b' }
    ";
    let files = [
        (
            "/main.bicep",
            "module both 'both.bicep' = [for i in range(0, 2): { name: 'both${i}' }]",
        ),
        ("/both.bicep", turns),
    ];
    assert_eq!(may_wait(&files, &["a -> b"]), [false]);
}

#[test]
fn nested_deployments() {
    let nested = |name: &str, on: &str, kind: &str, resource: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "{name}", "dependsOn": {on}, "properties": {{ "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "{kind}" }}, "template": {{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [ {resource} ] }} }} }}"#
        )
    };
    let wait = |on: &str, kind: &str| {
        let main = format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "parameters": {{ "names": {{ "type": "array" }}, "name": {{ "type": "string" }} }}, "resources": [ {}, {}, {{ "type": "A.B/beside", "apiVersion": "2020-01-01", "name": "beside", "dependsOn": {on} }} ] }}"#,
            nested(
                "granting",
                "[]",
                kind,
                r#"{ "type": "A.B/grant", "apiVersion": "2020-01-01", "name": "grant" }"#
            ),
            nested(
                "reading",
                on,
                kind,
                r#"{ "type": "A.B/read", "apiVersion": "2020-01-01", "name": "read" }"#
            ),
        );
        let questions = ["read -> grant", "beside -> grant", "grant -> read"];
        may_wait(&[("/main.json", &main)], &questions)
    };
    for kind in ["inner", "outer"] {
        assert_eq!(wait("[]", kind), [false, false, false]);
        assert_eq!(wait(r#"[ "granting" ]"#, kind), [true, true, false]);
        let id = r#"[ "[resourceId('Microsoft.Resources/deployments', 'granting')]" ]"#;
        assert_eq!(wait(id, kind), [true, true, false]);
        let concat = r#"[ "[concat('Microsoft.Resources/deployments/', 'granting')]" ]"#;
        assert_eq!(wait(concat, kind), [true, true, false]);
        // What cannot be read may be anything.
        assert_eq!(
            wait(r#""[parameters('names')]""#, kind),
            [true, true, false]
        );
        assert_eq!(
            wait(r#"[ "[parameters('name')]" ]"#, kind),
            [true, true, false]
        );
        // What is not there is nothing.
        assert_eq!(wait(r#"[ "elsewhere" ]"#, kind), [false, false, false]);
    }
}

/// A list that cannot be read is unclear wherever it is on the way.
#[test]
fn unclear_waits() {
    let wait = |main: &str| {
        let files = [
            ("/main.bicep", main),
            ("/grant.bicep", GRANT),
            ("/read.bicep", READ),
        ];
        may_wait(&files, &["read -> grant", "grant -> read"])
    };
    let grant = "module granting 'grant.bicep' = { name: 'granting' }\n";
    let read = |more: &str| {
        format!("{grant}module reading 'read.bicep' = {{ name: 'reading', dependsOn: {more} }}\n")
    };
    assert_eq!(wait(&read("null")), [false, false]);
    assert_eq!(wait(&read("[]")), [false, false]);
    assert_eq!(
        wait(&format!("param on array\n{}", read("on"))),
        [true, false]
    );
    assert_eq!(
        wait(&format!("param on array\n{}", read("[ ...on ]"))),
        [true, false]
    );
    assert_eq!(
        wait(&format!("var on = [ granting ]\n{}", read("on"))),
        [true, false]
    );
    // Through what has such a list.
    let between = format!(
        "param on array\nresource between 'A.B/between@2020-01-01' = {{ name: 'x', dependsOn: on }}\n{}",
        read("[ between ]")
    );
    assert_eq!(wait(&between), [true, false]);
    // A list in the module itself says nothing of what is outside of it.
    let inside = "
        param on array = []
        resource read 'A.B/read@2020-01-01' = { name: 'read', dependsOn: on }
    ";
    let files = [
        (
            "/main.bicep",
            "module granting 'grant.bicep' = { name: 'granting' }\nmodule reading 'read.bicep' = { name: 'reading' }",
        ),
        ("/grant.bicep", GRANT),
        ("/read.bicep", inside),
    ];
    assert_eq!(may_wait(&files, &["read -> grant"]), [false]);
}

/// A role assignment is waited for by either spelling of its type.
#[test]
fn extensions_in_two_spellings() {
    let text = |kind: &str, name: &str, scope: &str, on: &str| {
        format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [
              {{ "type": "{kind}", "apiVersion": "2022-04-01", "name": "{name}" {scope} }},
              {{ "type": "A.B/read", "apiVersion": "2020-01-01", "name": "read", "dependsOn": [ "[{on}]" ] }}
            ] }}"#
        )
    };
    let older = (
        "A.B/c/providers/roleAssignments",
        "x/Microsoft.Authorization/r",
        "",
    );
    let newer = (
        "Microsoft.Authorization/roleAssignments",
        "r",
        r#", "scope": "[resourceId('A.B/c', 'x')]""#,
    );
    for (kind, name, scope) in [older, newer] {
        for on in [
            "resourceId('A.B/c/providers/roleAssignments', 'x', 'Microsoft.Authorization', 'r')",
            "extensionResourceId(resourceId('A.B/c', 'x'), 'Microsoft.Authorization/roleAssignments', 'r')",
        ] {
            let text = text(kind, name, scope, on);
            let answer = may_wait(&[("/main.json", &text)], &["read -> roleAssignments"]);
            assert_eq!(answer, [true], "{kind} by {on}");
        }
    }
}
