//! Compares a Bicep template with the ARM JSON that the Bicep compiler made of it.

use syntax::{Document, Language};
use template::cases::{Undecided, judge};
use template::model::{Resource, ResourceId};
use template::value::{Bindings, Identity, Scope};
use template::{Evaluator, Lookup, Template, lower};

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many resources were compared.
    pub resources: usize,
    /// How many values were compared.
    pub values: usize,
    /// Why values are unknown in both languages.
    pub unknown: Vec<String>,
    /// What differs.
    pub disagreements: Vec<Disagreement>,
}

/// Something that the two templates do not agree on.
#[derive(Debug)]
pub struct Disagreement {
    /// The resource, by its type and name.
    pub resource: String,
    /// What of it.
    pub field: &'static str,
    /// What it is in Bicep.
    pub bicep: String,
    /// What it is in ARM JSON.
    pub json: String,
}

/// Where the rules look.
const PATHS: &[(&str, &[&str])] = &[
    ("identity", &["identity"]),
    (
        "hostnameConfigurations",
        &["properties", "hostnameConfigurations"],
    ),
    ("keyVault", &["properties", "keyVault"]),
    ("principalId", &["properties", "principalId"]),
    ("principalType", &["properties", "principalType"]),
    ("roleDefinitionId", &["properties", "roleDefinitionId"]),
    (
        "enableRbacAuthorization",
        &["properties", "enableRbacAuthorization"],
    ),
    ("accessPolicies", &["properties", "accessPolicies"]),
    ("networkAcls", &["properties", "networkAcls"]),
    (
        "publicNetworkAccess",
        &["properties", "publicNetworkAccess"],
    ),
];

/// Compares two templates that mean the same.
#[must_use]
pub fn compare(bicep: &str, json: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let bicep = lower(&Document::new(Language::Bicep, bicep)).template();
    let json = lower(&Document::new(Language::Json, json)).template();
    let (Some(bicep), Some(json)) = (bicep, json) else {
        verdict.disagreements.push(Disagreement {
            resource: String::new(),
            field: "template",
            bicep: "a template".to_owned(),
            json: "not a template".to_owned(),
        });
        return verdict;
    };
    let mut others = facts(&json);
    for fact in facts(&bicep) {
        verdict.resources += 1;
        let resource = format!("{} {}", fact.resource_type, fact.name);
        let position = others
            .iter()
            .position(|other| other.resource_type == fact.resource_type && other.name == fact.name)
            .or_else(|| {
                // Of a type that occurs once the names are compared too.
                let mut same_type = others
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| other.resource_type == fact.resource_type);
                same_type
                    .next()
                    .filter(|_| same_type.next().is_none())
                    .map(|(position, _)| position)
            });
        let Some(position) = position else {
            verdict.disagreements.push(Disagreement {
                resource,
                field: "resource",
                bicep: fact.name,
                json: "no such resource".to_owned(),
            });
            continue;
        };
        let other = others.remove(position);
        if fact.name != other.name {
            verdict.disagreements.push(Disagreement {
                resource: resource.clone(),
                field: "name",
                bicep: fact.name.clone(),
                json: other.name.clone(),
            });
        }
        for ((field, a), (_, b)) in fact.fields.into_iter().zip(other.fields) {
            verdict.values += 1;
            if a != b {
                verdict.disagreements.push(Disagreement {
                    resource: resource.clone(),
                    field,
                    bicep: a,
                    json: b,
                });
            } else if let Some(at) = a.find("? ") {
                let reason = a[at + 2..].split([',', ')', '}', ']', '\'']).next();
                verdict.unknown.push(reason.unwrap_or_default().to_owned());
            }
        }
    }
    for other in others {
        verdict.disagreements.push(Disagreement {
            resource: format!("{} {}", other.resource_type, other.name),
            field: "resource",
            bicep: "no such resource".to_owned(),
            json: other.name,
        });
    }
    verdict
}

/// What a template says of a resource.
struct Fact {
    resource_type: String,
    name: String,
    fields: Vec<(&'static str, String)>,
}

fn facts(template: &Template) -> Vec<Fact> {
    template
        .resources()
        // In ARM JSON a deployment is a module; in Bicep it can be written as a resource too.
        .filter(|(_, resource)| {
            !resource.is_existing && !resource.is_type("Microsoft.Resources/deployments")
        })
        .map(|(id, resource)| fact(template, id, resource))
        .collect()
}

fn fact(template: &Template, id: ResourceId, resource: &Resource) -> Fact {
    let of = |look: &dyn Fn(&Evaluator<'_>) -> Result<String, Undecided>| {
        let answers = judge(template, |evaluator| look(evaluator));
        match answers {
            Some(answers) => {
                let mut values: Vec<_> = answers.into_iter().map(|answer| answer.value).collect();
                values.sort();
                values.dedup();
                values.join(" | ")
            }
            None => "? TooComplex".to_owned(),
        }
    };
    let mut fields = vec![
        (
            "API version",
            of(&|evaluator| match resource.api_version {
                Some(version) => Ok(evaluator.describe(&evaluator.evaluate(version)?.value)),
                None => Ok(String::new()),
            }),
        ),
        (
            "scope",
            of(&|evaluator| Ok(scope(evaluator, &*evaluator.identity(id)?))),
        ),
        (
            "condition",
            of(&|evaluator| {
                Ok(match resource.condition {
                    Some(condition) => evaluator
                        .holds(condition, &Bindings::default())?
                        .to_string(),
                    None => "true".to_owned(),
                })
            }),
        ),
    ];
    for (field, path) in PATHS {
        fields.push((
            field,
            of(&|evaluator| {
                let body = evaluator.evaluate(resource.body)?.value;
                Ok(match evaluator.lookup_path(&body, path)? {
                    Lookup::Found(entry) => {
                        evaluator.describe(&evaluator.force(&entry.value)?.value)
                    }
                    Lookup::Absent => "absent".to_owned(),
                    Lookup::Unknown => "? open".to_owned(),
                })
            }),
        ));
    }
    Fact {
        resource_type: resource.resource_type.to_ascii_lowercase(),
        name: of(&|evaluator| {
            let identity = evaluator.identity(id)?;
            let names: Vec<_> = identity
                .names
                .iter()
                .map(|name| evaluator.describe(name))
                .collect();
            Ok(names.join("/"))
        }),
        fields,
    }
}

fn scope(evaluator: &Evaluator<'_>, identity: &Identity) -> String {
    match &identity.scope {
        Scope::Deployment => "deployment".to_owned(),
        Scope::Extension(of) => {
            let names: Vec<_> = of
                .names
                .iter()
                .map(|name| evaluator.describe(name))
                .collect();
            format!(
                "{} {}",
                of.resource_type.to_ascii_lowercase(),
                names.join("/")
            )
        }
        Scope::ResourceGroup { group, .. } => evaluator.describe(group),
        Scope::Subscription(_) => "subscription".to_owned(),
        Scope::Elsewhere(value) => evaluator.describe(value),
    }
}
