//! What of the values that decide a rule is not known, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use template::cases::{Undecided, judge};
use template::model::{ModuleId, ModuleSource, Resource, ResourceId};
use template::program::{At, Program};
use template::value::{Bindings, Lazy, Object, Part, Symbol, Value, visit};
use template::{Evaluator, Lookup};

/// Of a loop that has no items unless somebody gives some.
const EMPTY: &str = "an item of a list that is empty by default";
/// How deep arrays and objects are looked into.
const MAXIMUM_DEPTH: u32 = 12;

/// What became of the values that the rules look at.
#[derive(Debug, Default)]
pub struct Unknowns {
    /// How many there are.
    pub values: usize,
    /// How many are the same known value in every case.
    pub known: usize,
    /// How many are a known value in each of several cases.
    pub known_in_cases: usize,
    /// The others by reason: how many, and the first of them.
    pub reasons: BTreeMap<String, (usize, String)>,
}

/// What a rule looks at in resources of a type, or of any type.
struct Looked {
    resource_type: Option<&'static str>,
    path: &'static [&'static str],
    /// Whether it is the names of the properties that count, not their values.
    is_by_name: bool,
}

const fn looked(resource_type: Option<&'static str>, path: &'static [&'static str]) -> Looked {
    Looked {
        resource_type,
        path,
        is_by_name: false,
    }
}

const VAULT: Option<&str> = Some("Microsoft.KeyVault/vaults");
const ROLE_ASSIGNMENT: Option<&str> = Some("Microsoft.Authorization/roleAssignments");

const LOOKED: &[Looked] = &[
    looked(None, &["identity", "type"]),
    Looked {
        resource_type: None,
        path: &["identity", "userAssignedIdentities"],
        is_by_name: true,
    },
    looked(
        Some("Microsoft.ApiManagement/service"),
        &["properties", "hostnameConfigurations"],
    ),
    looked(
        Some("Microsoft.ApiManagement/service/namedValues"),
        &["properties", "keyVault"],
    ),
    looked(
        Some("Microsoft.ApiManagement/service/certificates"),
        &["properties", "keyVault"],
    ),
    looked(VAULT, &["properties", "enableRbacAuthorization"]),
    looked(VAULT, &["properties", "accessPolicies"]),
    looked(VAULT, &["properties", "networkAcls"]),
    looked(ROLE_ASSIGNMENT, &["properties", "principalId"]),
    looked(ROLE_ASSIGNMENT, &["properties", "principalType"]),
    looked(ROLE_ASSIGNMENT, &["properties", "roleDefinitionId"]),
];

impl Unknowns {
    /// Adds what a program has.
    pub fn add(&mut self, program: &Program, path: &Path) {
        for (at, resource) in program.resources().filter(|(_, it)| !it.is_existing) {
            let looked = LOOKED
                .iter()
                .filter(|looked| looked.resource_type.is_none_or(|it| resource.is_type(it)));
            let mut is_looked_at = false;
            for looked in looked {
                let found = reasons(program, |evaluator, reasons| {
                    value_of(evaluator, at, looked, reasons)
                });
                let name = looked.path.join(".");
                is_looked_at |= self.note(found, || place(path, resource, &name));
            }
            if is_looked_at && let Some(condition) = resource.condition {
                let found = reasons(program, |evaluator, reasons| {
                    for bindings in evaluator.iterations(at)? {
                        let lazy = Lazy::Expression(condition, bindings);
                        see(evaluator, &lazy, false, 0, reasons)?;
                    }
                    Ok(true)
                });
                self.note(found, || place(path, resource, "condition"));
            }
            if is_looked_at && resource.scope.is_some() {
                let found = reasons(program, |evaluator, reasons| {
                    let identity = evaluator.identity(at)?;
                    see_value(evaluator, &Value::Id(identity), false, 0, reasons)?;
                    Ok(true)
                });
                self.note(found, || place(path, resource, "scope"));
            }
        }
    }

    /// Counts a value; says whether there is one.
    fn note(&mut self, found: Found, place: impl Fn() -> String) -> bool {
        let (cases, reasons) = match found {
            Found::Absent => return false,
            Found::TooManyCases => (0, BTreeSet::from(["too many cases".to_owned()])),
            Found::Value { cases, reasons } => (cases, reasons),
        };
        self.values += 1;
        if reasons.is_empty() {
            self.known += usize::from(cases == 1);
            self.known_in_cases += usize::from(cases > 1);
        }
        for reason in reasons {
            let (count, _) = self.reasons.entry(reason).or_insert_with(|| (0, place()));
            *count += 1;
        }
        true
    }
}

fn place(path: &Path, resource: &Resource, name: &str) -> String {
    format!("{}: {} {name}", path.display(), resource.resource_type)
}

/// What became of a value.
enum Found {
    Absent,
    TooManyCases,
    Value {
        cases: usize,
        reasons: BTreeSet<String>,
    },
}

/// Looks at a value in every case. The look says whether there is one.
fn reasons<'p>(
    program: &'p Program,
    look: impl Fn(&Evaluator<'p>, &mut BTreeSet<String>) -> Result<bool, Undecided>,
) -> Found {
    program.renew_budget();
    let answers = judge(program, |evaluator| {
        let mut reasons = BTreeSet::new();
        Ok(look(evaluator, &mut reasons)?.then_some(reasons))
    });
    let Some(answers) = answers else {
        return Found::TooManyCases;
    };
    let found: Vec<_> = answers.into_iter().filter_map(|it| it.value).collect();
    if found.is_empty() {
        return Found::Absent;
    }
    Found::Value {
        cases: found.len(),
        reasons: found.into_iter().flatten().collect(),
    }
}

fn value_of(
    evaluator: &Evaluator<'_>,
    at: At<ResourceId>,
    looked: &Looked,
    reasons: &mut BTreeSet<String>,
) -> Result<bool, Undecided> {
    let mut is_there = false;
    for bindings in evaluator.iterations(at)? {
        is_there |= value_in(evaluator, at, &bindings, looked, reasons)?;
    }
    Ok(is_there)
}

fn value_in(
    evaluator: &Evaluator<'_>,
    at: At<ResourceId>,
    bindings: &Bindings,
    looked: &Looked,
    reasons: &mut BTreeSet<String>,
) -> Result<bool, Undecided> {
    let body = evaluator.program.resource(at).body;
    let mut value = evaluator.evaluate_in(body, bindings)?.value;
    for name in looked.path {
        match evaluator.lookup(&value, name) {
            Lookup::Found(entry) => value = evaluator.known(&entry.value)?.value,
            Lookup::Absent => return Ok(false),
            Lookup::Unknown => break,
        }
    }
    if matches!(value, Value::Null) {
        return Ok(false);
    }
    see_value(evaluator, &value, looked.is_by_name, 0, reasons)?;
    Ok(true)
}

fn see(
    evaluator: &Evaluator<'_>,
    lazy: &Lazy,
    is_by_name: bool,
    depth: u32,
    reasons: &mut BTreeSet<String>,
) -> Result<(), Undecided> {
    let value = evaluator.known(lazy)?.value;
    see_value(evaluator, &value, is_by_name, depth, reasons)
}

/// Notes why parts of a value are not known.
fn see_value(
    evaluator: &Evaluator<'_>,
    value: &Value,
    is_by_name: bool,
    depth: u32,
    reasons: &mut BTreeSet<String>,
) -> Result<(), Undecided> {
    if depth > MAXIMUM_DEPTH {
        return Ok(());
    }
    match value {
        Value::Object(object) => {
            for entry in &object.entries {
                see_value(evaluator, &entry.key, false, depth + 1, reasons)?;
                if !is_by_name {
                    see(evaluator, &entry.value, false, depth + 1, reasons)?;
                }
            }
            see_rest(evaluator, object, reasons);
        }
        Value::Array(array) => {
            for item in &array.items {
                see(evaluator, item, false, depth + 1, reasons)?;
            }
            if array.is_open() {
                reasons.extend(array.rest.values().iter().map(|it| reason(evaluator, it)));
                if array.rest.values().is_empty() {
                    reasons.insert("a list of which nobody knows what else is in it".to_owned());
                }
            }
        }
        Value::Symbol(_) | Value::Text(_) => {
            if let Some(reason) = symbolic(evaluator, value) {
                reasons.insert(reason);
            }
        }
        _ => {}
    }
    Ok(())
}

fn see_rest(evaluator: &Evaluator<'_>, object: &Object, reasons: &mut BTreeSet<String>) {
    if !object.is_open() {
        return;
    }
    let rest = object.rest.values();
    reasons.extend(rest.iter().map(|it| reason(evaluator, it)));
    if rest.is_empty() {
        reasons.insert("an object of which nobody knows what else is in it".to_owned());
    }
}

fn reason(evaluator: &Evaluator<'_>, value: &Value) -> String {
    symbolic(evaluator, value).unwrap_or_else(|| "a collection that is not taken apart".to_owned())
}

/// Why a value is not known; none if it is, or if it is a resource or a property of one.
fn symbolic(evaluator: &Evaluator<'_>, value: &Value) -> Option<String> {
    if value.as_property().is_some() {
        return None;
    }
    if let Some(reason) = of_collection(evaluator, value) {
        return Some(reason);
    }
    let mut found = [const { None }; 7];
    visit(value, &mut |part| {
        let symbol = match part {
            Part::Symbol(symbol) => symbol,
            Part::Collection(Value::Array(array)) if array.is_empty() => {
                found[6].get_or_insert(EMPTY.to_owned());
                return;
            }
            Part::Collection(_) | Part::Resource(_) => return,
        };
        let (rank, reason) = match symbol {
            Symbol::Unknown(reason) => (0, format!("unknown: {reason:?}")),
            Symbol::Output { module, .. } => (1, output(evaluator, *module)),
            Symbol::Parameter(id) => {
                let parameter = evaluator.program.parameter(*id);
                let has_default = parameter.default.is_some();
                let kind = if id.instance != template::program::InstanceId::ROOT {
                    "of a module that its caller does not tell"
                } else if has_default {
                    "with a default that a condition contradicts"
                } else {
                    "without a value"
                };
                (2, format!("a parameter {kind}"))
            }
            Symbol::Property { .. } => (3, "a function of a property at run time".to_owned()),
            Symbol::Local(_) => (5, "an item of a list that is not known".to_owned()),
            Symbol::Call { function, .. } => (4, format!("a call of {function}")),
            Symbol::Member { .. } | Symbol::Element { .. } => return,
        };
        found[rank].get_or_insert(reason);
    });
    if found[..4].iter().all(Option::is_none) && found[6].is_some() {
        return found[6].take();
    }
    found.into_iter().flatten().next()
}

/// Why a part of an array or object is not known, if the value is one.
fn of_collection(evaluator: &Evaluator<'_>, value: &Value) -> Option<String> {
    let mut whole = value;
    while let Value::Symbol(symbol) = whole
        && let Symbol::Member { object, .. } | Symbol::Element { object, .. } = &**symbol
    {
        whole = object;
    }
    let rest = match whole {
        Value::Array(array) if array.is_empty() => {
            return Some(EMPTY.to_owned());
        }
        Value::Array(array) => &array.rest,
        Value::Object(object) => &object.rest,
        _ => return None,
    };
    Some(match rest.values().first() {
        Some(value) => reason(evaluator, value),
        None if rest.is_open() => "a part of what nobody knows".to_owned(),
        None => "an item of a known list, nobody knows which".to_owned(),
    })
}

/// What is known of a module whose output is not.
fn output(evaluator: &Evaluator<'_>, module: At<ModuleId>) -> String {
    let program = evaluator.program;
    if !program.is_opaque(module) {
        return "an output of a module of a list that is not known".to_owned();
    }
    match &program.module(module).source {
        ModuleSource::Linked(link) => format!("an output of {}", link.text),
        ModuleSource::Inline { .. } => "an output of a nested template".to_owned(),
        ModuleSource::Unknown => "an output of an unknown module".to_owned(),
    }
}
