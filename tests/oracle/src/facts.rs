//! What both programs say of a resource, and what their deployments give back.

use template::cases::Undecided;
use template::model::{Member, Resource, ResourceId};
use template::program::{At, InstanceId, Program};
use template::value::{Bindings, Scope, Value};
use template::{Evaluator, Lookup};

use crate::cases::Cases;
use crate::pairing::{Pairing, resource_name};
use crate::{Sides, Verdict};

/// Where the rules look.
const PATHS: &[(&str, &[&str])] = &[
    ("identity", &["identity"]),
    (
        "hostnameConfigurations",
        &["properties", "hostnameConfigurations"],
    ),
    ("Key Vault reference", &["properties", "keyVault"]),
    ("principalId", &["properties", "principalId"]),
    ("principalType", &["properties", "principalType"]),
    ("roleDefinitionId", &["properties", "roleDefinitionId"]),
    ("vault", &["properties", "enableRbacAuthorization"]),
    ("vault", &["properties", "accessPolicies"]),
    ("vault", &["properties", "networkAcls"]),
    ("vault", &["properties", "publicNetworkAccess"]),
];

/// Compares resources and outputs.
pub(crate) fn compare(sides: &Sides, pairing: &Pairing, verdict: &mut Verdict) {
    for (bicep, json) in &pairing.resources {
        resource(sides, *bicep, *json, verdict);
    }
    for (bicep, json) in &pairing.instances {
        outputs(sides, *bicep, *json, verdict);
    }
}

fn resource(sides: &Sides, bicep: At<ResourceId>, json: At<ResourceId>, verdict: &mut Verdict) {
    let (a, b) = (sides.bicep.resource(bicep), sides.json.resource(json));
    let subject = format!("{} {}", a.resource_type, resource_name(&sides.bicep, bicep));
    verdict.compare(
        &subject,
        "type",
        &a.resource_type.to_ascii_lowercase(),
        &b.resource_type.to_ascii_lowercase(),
    );
    verdict.compare_cases(
        &subject,
        "API version",
        &api_version(&sides.bicep, bicep, a),
        &api_version(&sides.json, json, b),
    );
    verdict.compare_cases(
        &subject,
        "scope",
        &scope_of(&sides.bicep, bicep),
        &scope_of(&sides.json, json),
    );
    for (aspect, path) in PATHS {
        verdict.compare_cases(
            &subject,
            aspect,
            &value_at(&sides.bicep, bicep, path),
            &value_at(&sides.json, json, path),
        );
    }
    for name in other_properties(&sides.bicep, bicep) {
        let path = ["properties", &name];
        verdict.compare_cases(
            &subject,
            "other properties",
            &value_at(&sides.bicep, bicep, &path),
            &value_at(&sides.json, json, &path),
        );
    }
}

/// The properties that no rule looks at.
fn other_properties(program: &Program, at: At<ResourceId>) -> Vec<String> {
    let template = program.template(at.instance);
    let properties = template.property(program.resource(at).body, "properties");
    let object = properties.and_then(|properties| template.object(properties.value));
    let members = object.into_iter().flat_map(|object| &object.members);
    let names = members.filter_map(|member| match member {
        Member::Property(property) => template.text(property.key),
        Member::Spread(_) => None,
    });
    let is_other = |name: &&str| !PATHS.iter().any(|(_, path)| path.last() == Some(name));
    names.filter(is_other).map(str::to_owned).collect()
}

fn api_version(program: &Program, at: At<ResourceId>, resource: &Resource) -> Cases {
    Cases::of(program, |evaluator| match resource.api_version {
        Some(version) => {
            let version = evaluator.evaluate(at.instance.at(version))?;
            evaluator.describe_decided(&version.value)
        }
        None => Ok(String::new()),
    })
}

fn scope_of(program: &Program, at: At<ResourceId>) -> Cases {
    Cases::of(program, |evaluator| {
        let identity = evaluator.identity(at)?;
        match &identity.scope {
            Scope::Extension(of) => evaluator.describe_decided(&Value::Id(of.clone())),
            _ => evaluator.describe_decided(&Value::Id(identity)),
        }
    })
}

/// What is at a path of a resource's body, of each resource of its loop.
fn value_at(program: &Program, at: At<ResourceId>, path: &[&str]) -> Cases {
    Cases::of(program, |evaluator| {
        let mut all = Vec::new();
        for bindings in each(evaluator, at)? {
            all.push(value_in(evaluator, at, &bindings, path)?);
        }
        all.dedup();
        Ok(all.join(", "))
    })
}

/// What the names of a resource's loop are bound to, one by one where its list does not depend on
/// parameters.
pub(crate) fn each(
    evaluator: &Evaluator<'_>,
    at: At<ResourceId>,
) -> Result<Vec<Bindings>, Undecided> {
    let around = evaluator.bindings(at.instance)?;
    let Some(repetition) = evaluator.program.resource(at).repetition else {
        return Ok(vec![around]);
    };
    let list = evaluator.evaluate_in(repetition.iterable, &around)?;
    match list.value {
        Value::Array(list) if !list.is_open() => evaluator.iterations(at),
        _ => Ok(vec![around]),
    }
}

fn value_in(
    evaluator: &Evaluator<'_>,
    at: At<ResourceId>,
    bindings: &Bindings,
    path: &[&str],
) -> Result<String, Undecided> {
    let body = evaluator.program.resource(at).body;
    let body = evaluator.evaluate_in(body, bindings)?.value;
    match evaluator.lookup_path(&body, path)? {
        Lookup::Found(entry) => evaluator.describe_decided(&evaluator.force(&entry.value)?.value),
        Lookup::Absent => Ok("absent".to_owned()),
        Lookup::Unknown => Ok("? open".to_owned()),
    }
}

fn outputs(sides: &Sides, bicep: InstanceId, json: InstanceId, verdict: &mut Verdict) {
    let others = &sides.json.template(json).outputs;
    for output in &sides.bicep.template(bicep).outputs {
        let name = &*output.name.text;
        let value = |program: &Program, instance: InstanceId, expression| {
            Cases::of(program, |evaluator| {
                let value = evaluator.evaluate(instance.at(expression))?;
                evaluator.describe_decided(&value.value)
            })
        };
        let other = others.iter().find(|other| &*other.name.text == name);
        let subject = format!("output {name}");
        let own = value(&sides.bicep, bicep, output.value);
        match other {
            Some(other) => {
                let other = value(&sides.json, json, other.value);
                verdict.compare_cases(&subject, "output", &own, &other);
            }
            None => verdict.disagree(&subject, "output", &own.to_string(), "no such output"),
        }
    }
}
