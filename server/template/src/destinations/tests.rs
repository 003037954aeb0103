use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Receiver, destinations};
use crate::files::Files;
use crate::model::{ExpressionKind, ParameterId};
use crate::program::{Assigned, InstanceId, Program};

/// Where the string `'here'` of a program gets to, one place a line.
fn reached(files: &[(&str, &str)]) -> String {
    let disk: BTreeMap<PathBuf, Vec<u8>> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect();
    let all = Arc::new(Files::new(Box::new(disk)));
    let get = |path: &str| all.get(path.as_ref()).expect("the fixture has the file");
    let scenarios = files.iter().filter(|(path, _)| path.contains("parameters"));
    let scenarios: Vec<_> = scenarios.map(|(path, _)| get(path)).collect();
    let program = Program::new(&all, &get(files[0].0), &scenarios).expect("it is a template");
    let of_scenario = program.scenarios().next().and_then(|scenario| {
        let first = InstanceId::ROOT.at(ParameterId(0));
        match program.assignment(scenario, first) {
            Some(Assigned::Value(value)) => Some(value),
            _ => None,
        }
    });
    let template = program.template(InstanceId::ROOT);
    let origin = of_scenario.unwrap_or_else(|| {
        let mut expressions = template.expressions();
        let found = expressions.find(|(_, expression)| {
            matches!(&expression.kind, ExpressionKind::String(text) if &**text == "here")
        });
        InstanceId::ROOT.at(found.expect("the fixture has the string").0)
    });
    let found = destinations(&program, origin, &|_| false);
    let mut report = String::new();
    for place in &found.places {
        let receiver = match place.receiver {
            Receiver::Resource(id) => program.resource(id).resource_type.to_string(),
            Receiver::Module(id) => format!("module {:?}", program.module(id).label),
            Receiver::Other => "other".to_owned(),
        };
        let file = &program.instance(place.place.instance).file;
        let range = program.range(place.place);
        let _ = writeln!(
            report,
            "{receiver} {}{} as {}",
            place.path.join("."),
            if place.is_value { "" } else { " (decides)" },
            file.document.slice(range)
        );
    }
    for parameter in &found.parameters {
        let _ = writeln!(
            report,
            "through {}",
            program.parameter(*parameter).name.text
        );
    }
    report
}

fn in_one(text: &str) -> String {
    reached(&[("/main.bicep", text)])
}

const RESOURCE: &str = "resource r 'A.B/c@2024-01-01' = { name: 'r', ";

#[test]
fn through_names_and_paths() {
    insta::assert_snapshot!(in_one(&format!("{RESOURCE} a: {{ b: 'here' }} }}")), @"A.B/c a.b as 'here'");
    insta::assert_snapshot!(in_one(&format!(
        "var v = {{ a: {{ b: 'here' }}, c: 1 }}\nvar w = v.a\n{RESOURCE} x: w.b, y: v.c, z: w, ...v.a }}"
    )), @"
    A.B/c b as v.a
    A.B/c z.b as w
    A.B/c x as w.b
    ");
    insta::assert_snapshot!(in_one(&format!(
        "param p string = 'here'\n{RESOURCE} x: p, y: p == 'x' ? 1 : 2, z: flag ? p : 'q' }}\noutput o string = p"
    )), @"
    other  as p
    A.B/c z as p
    A.B/c  (decides) as p
    A.B/c x as p
    through p
    ");
    insta::assert_snapshot!(in_one(&format!(
        "var list = [ 'here' ]\n{RESOURCE} x: list, y: list[0], z: [for it in list: it] }}"
    )), @"
    A.B/c  (decides) as list
    A.B/c  (decides) as list
    A.B/c x.[] as list
    ");
}

#[test]
fn through_modules_and_parameter_files() {
    let inner = format!("param p string\nparam o object = {{}}\n{RESOURCE} x: p, y: o }}");
    let call = |arguments: &str| {
        format!("module m 'inner.bicep' = {{ name: 'm', params: {{ {arguments} }} }}")
    };
    insta::assert_snapshot!(reached(&[
        ("/main.bicep", &call("p: 'here'")),
        ("/inner.bicep", &inner),
    ]), @"
    A.B/c x as p
    through p
    ");
    insta::assert_snapshot!(reached(&[
        ("/main.bicep", &call("p: 'x', o: { k: 'here' }")),
        ("/inner.bicep", &inner),
    ]), @"
    A.B/c y.k as o
    through o
    ");
    insta::assert_snapshot!(reached(&[("/main.bicep", &call("p: 'here'"))]), @"module TextRange { start: 7, end: 8 } p as 'here'");
    insta::assert_snapshot!(reached(&[
        ("/main.bicep", &inner),
        (
            "/main.parameters.json",
            r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": { "p": { "value": "here" } } }"#
        ),
    ]), @"
    A.B/c x as p
    through p
    ");
}
