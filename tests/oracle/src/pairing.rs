//! Which deployment, resource and module of one language is which of the other.

use std::collections::BTreeMap;

use template::dependencies::Deployed;
use template::facts::DEPLOYMENT_TYPE;
use template::model::{Module, ModuleId, ModuleSource, Parent, Resource, ResourceId};
use template::program::{At, InstanceId, Program};

use crate::cases::Cases;
use crate::facts::each;
use crate::{Disagreement, Sides, Verdict};

/// What is the same in both programs.
#[derive(Default)]
pub(crate) struct Pairing {
    /// Deployments, a caller before what it deploys.
    pub(crate) instances: Vec<(InstanceId, InstanceId)>,
    /// Resources that are not `existing`.
    pub(crate) resources: Vec<(At<ResourceId>, At<ResourceId>)>,
    /// Modules, whether they can be seen into or not.
    pub(crate) modules: Vec<(At<ModuleId>, At<ModuleId>)>,
    /// Everything that is deployed in each pair of instances, in the same order.
    pub(crate) nodes: Vec<Vec<(Node, Node)>>,
    not_compared: Vec<String>,
    disagreements: Vec<Disagreement>,
}

/// A resource or module.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) of: Deployed,
    /// Its type and name.
    pub(crate) label: String,
    name: Cases,
    resource_type: String,
    symbol: Option<String>,
}

impl Pairing {
    pub(crate) fn of(sides: &Sides) -> Self {
        let mut pairing = Self::default();
        let mut pending = vec![(InstanceId::ROOT, InstanceId::ROOT)];
        while let Some((bicep, json)) = pending.pop() {
            let nodes = pairing.pair(sides, bicep, json);
            for (a, b) in &nodes {
                match (a.of, b.of) {
                    (Deployed::Resource(a), Deployed::Resource(b)) => {
                        pairing.resources.push((bicep.at(a), json.at(b)));
                    }
                    (Deployed::Module(module), Deployed::Module(other)) => {
                        let (module, other) = (bicep.at(module), json.at(other));
                        pairing.modules.push((module, other));
                        pending.extend(pairing.deployed(sides, &a.label, module, other));
                    }
                    _ => {}
                }
            }
            pairing.instances.push((bicep, json));
            pairing.nodes.push(nodes);
        }
        pairing
    }

    /// The deployments of a module.
    fn deployed(
        &mut self,
        sides: &Sides,
        label: &str,
        bicep: At<ModuleId>,
        json: At<ModuleId>,
    ) -> Vec<(InstanceId, InstanceId)> {
        let a: Vec<_> = sides.bicep.deployed_instances(bicep).collect();
        let b: Vec<_> = sides.json.deployed_instances(json).collect();
        if a.is_empty() && sides.bicep.is_opaque(bicep)
            || b.is_empty() && sides.json.is_opaque(json)
        {
            self.not_compared.push(written(&sides.bicep, bicep));
        } else if a.len() != b.len() {
            self.disagreements.push(Disagreement {
                subject: label.to_owned(),
                aspect: "loop",
                bicep: a.len().to_string(),
                json: b.len().to_string(),
            });
        }
        a.into_iter().zip(b).collect()
    }

    /// Pairs what two deployments deploy.
    fn pair(&mut self, sides: &Sides, bicep: InstanceId, json: InstanceId) -> Vec<(Node, Node)> {
        let mut others = nodes(&sides.json, json);
        let mut paired = Vec::new();
        let mut left: Vec<Node> = Vec::new();
        for node in nodes(&sides.bicep, bicep) {
            let position = others.iter().position(|other| match &other.symbol {
                Some(symbol) => node.symbol.as_ref() == Some(symbol),
                None => other.label == node.label,
            });
            match position {
                Some(position) => paired.push((node, others.remove(position))),
                None => left.push(node),
            }
        }
        let count = |nodes: &[Node]| {
            let mut counts = BTreeMap::<String, usize>::new();
            for node in nodes {
                *counts.entry(node.resource_type.clone()).or_default() += 1;
            }
            counts
        };
        let (counts, other_counts) = (count(&left), count(&others));
        for node in left {
            // Those of a type are declared in the same order.
            let is_alike = counts.get(&node.resource_type) == other_counts.get(&node.resource_type);
            let mut same_type = others
                .iter()
                .enumerate()
                .filter(|(_, other)| is_alike && other.resource_type == node.resource_type);
            match same_type.next() {
                Some((position, _)) => paired.push((node, others.remove(position))),
                None => self.unmatched(&node.label, "no such resource", false),
            }
        }
        for other in others {
            self.unmatched(&other.label, "no such resource", true);
        }
        paired
    }

    fn unmatched(&mut self, label: &str, none: &str, is_json: bool) {
        let (here, none) = (label.to_owned(), none.to_owned());
        self.disagreements.push(Disagreement {
            subject: here.clone(),
            aspect: "resource",
            bicep: if is_json { none.clone() } else { here.clone() },
            json: if is_json { here } else { none },
        });
    }

    /// Hands over what was counted and found while pairing.
    pub(crate) fn report(&self, sides: &Sides, verdict: &mut Verdict) {
        verdict.instances += self.instances.len();
        verdict.resources += self.resources.len();
        verdict
            .not_compared
            .extend(self.not_compared.iter().cloned());
        for found in &self.disagreements {
            verdict.disagreements.push(Disagreement {
                subject: found.subject.clone(),
                aspect: found.aspect,
                bicep: found.bicep.clone(),
                json: found.json.clone(),
            });
        }
        for (nodes, (bicep, json)) in self.nodes.iter().zip(&self.instances) {
            for (a, b) in nodes {
                let condition = |program, instance: InstanceId, node: &Node| match node.of {
                    Deployed::Module(id) => module_condition(program, instance.at(id)),
                    Deployed::Resource(id) => resource_condition(program, instance.at(id)),
                };
                verdict.compare_cases(&a.label, "name", &a.name, &b.name);
                let bicep = condition(&sides.bicep, *bicep, a);
                let json = condition(&sides.json, *json, b);
                verdict.compare_cases(&a.label, "condition", &bicep, &json);
            }
        }
    }
}

fn module_condition(program: &Program, at: At<ModuleId>) -> Cases {
    let condition = program.module(at).condition;
    Cases::of(program, |evaluator| match condition {
        Some(condition) => {
            let bindings = evaluator.bindings(at.instance)?;
            Ok(evaluator.holds(condition, &bindings)?.to_string())
        }
        None => Ok("true".to_owned()),
    })
}

fn resource_condition(program: &Program, at: At<ResourceId>) -> Cases {
    Cases::of(program, |evaluator| {
        let mut all = Vec::new();
        for bindings in each(evaluator, at)? {
            all.push(evaluator.is_chosen(at, &bindings)?.to_string());
        }
        all.dedup();
        Ok(all.join(", "))
    })
}

/// What an instance deploys.
fn nodes(program: &Program, instance: InstanceId) -> Vec<Node> {
    let template = program.template(instance);
    let resources = template
        .resources()
        .filter(|(_, resource)| !resource.is_existing)
        .map(|(id, resource)| resource_node(program, instance.at(id), resource));
    let modules = template
        .modules()
        .map(|(id, module)| module_node(program, instance.at(id), module));
    resources.chain(modules).collect()
}

fn resource_node(program: &Program, at: At<ResourceId>, resource: &Resource) -> Node {
    let resource_type = resource.resource_type.to_ascii_lowercase();
    let name = resource_name(program, at);
    Node {
        of: Deployed::Resource(at.id),
        label: format!("{resource_type} {name}"),
        name,
        resource_type,
        symbol: qualified(program, at),
    }
}

/// The names of a resource, in every case.
pub(crate) fn resource_name(program: &Program, at: At<ResourceId>) -> Cases {
    Cases::of(program, |evaluator| {
        let identity = evaluator.identity(at)?;
        let names = identity.names.iter();
        let names: Result<Vec<_>, _> = names.map(|it| evaluator.describe_decided(it)).collect();
        Ok(names?.join("/"))
    })
}

/// The symbolic name with those of the resources around it, as the compiler writes it.
fn qualified(program: &Program, at: At<ResourceId>) -> Option<String> {
    let resource = program.resource(at);
    let own = &resource.symbol.as_ref()?.text;
    match resource.parent {
        Some(Parent::Enclosing(parent)) if !own.contains("::") => {
            let parent = qualified(program, at.instance.at(parent))?;
            Some(format!("{parent}::{own}"))
        }
        _ => Some(own.to_string()),
    }
}

fn module_node(program: &Program, at: At<ModuleId>, module: &Module) -> Node {
    let name = Cases::of(program, |evaluator| {
        match evaluator.module_name(at, None)? {
            Some(name) => evaluator.describe_decided(&name),
            None => Ok("without name".to_owned()),
        }
    });
    let resource_type = DEPLOYMENT_TYPE.to_ascii_lowercase();
    Node {
        of: Deployed::Module(at.id),
        label: format!("{resource_type} {name}"),
        name,
        resource_type,
        symbol: module.symbol.as_ref().map(|symbol| symbol.text.to_string()),
    }
}

/// What a module names as its source.
fn written(program: &Program, at: At<ModuleId>) -> String {
    match &program.module(at).source {
        ModuleSource::Linked(link) => link.text.to_string(),
        ModuleSource::Inline { .. } => "a nested template".to_owned(),
        ModuleSource::Unknown => "unknown".to_owned(),
    }
}
