//! What API Management keeps secret, where a template hands it over, and where it gets it back.

mod places;
mod source;

use std::rc::Rc;

use template::cases::Undecided;
use template::model::{ExpressionId, ParameterId, ResourceId};
use template::program::At;
use template::value::{Lazy, Symbol, Value};
use template::{Evaluator, Lookup};

use self::places::is_name_of_secret;
pub use self::places::{InVault, Kind};
use self::places::{Place, Step, places_of};
pub use self::source::{Source, Written, is_named_value, is_open, source_of};

/// How deep arrays and objects are looked into.
const DEEPEST: u32 = 6;

/// A value that a resource hands to API Management as a secret.
#[derive(Clone, Debug)]
pub struct Handed {
    /// What kind of secret it is.
    pub kind: Kind,
    /// What it is called.
    pub noun: &'static str,
    /// What the resource may have instead, to refer to a key vault.
    pub in_vault: Option<InVault>,
    /// The expression that is the name of the property that takes it, where it is written.
    pub property: Option<At<ExpressionId>>,
    /// The value.
    pub value: Lazy,
}

/// What a resource hands to API Management as secrets in a case; nothing where its condition does
/// not hold. Named values are not among them.
pub fn handed_by(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Handed>, Undecided> {
    let mut handed = Vec::new();
    let resource_type = &evaluator.program.resource(id).resource_type;
    let places: Vec<_> = places_of(resource_type).collect();
    if places.is_empty() {
        return Ok(handed);
    }
    for (_, body) in evaluator.deployed(id)? {
        for place in &places {
            if let Some((path, text)) = place.only_if
                && evaluator
                    .property(&body, path)?
                    .as_str()
                    .is_none_or(|it| !it.eq_ignore_ascii_case(text))
            {
                continue;
            }
            follow(evaluator, place, place.path, &body, None, &mut handed)?;
        }
    }
    Ok(handed)
}

fn follow(
    evaluator: &Evaluator<'_>,
    place: &Place,
    path: &[Step],
    value: &Value,
    property: Option<At<ExpressionId>>,
    handed: &mut Vec<Handed>,
) -> Result<(), Undecided> {
    let Some((step, rest)) = path.split_first() else {
        return Ok(());
    };
    for (property, value) in steps(evaluator, *step, value, property)? {
        if rest.is_empty() {
            handed.push(Handed {
                kind: place.kind,
                noun: place.noun,
                in_vault: place.in_vault,
                property,
                value,
            });
            continue;
        }
        let value = evaluator.known(&value)?.value;
        follow(evaluator, place, rest, &value, property, handed)?;
    }
    Ok(())
}

/// A value, and the name of the property that it is the value of or an element in.
type Slot = (Option<At<ExpressionId>>, Lazy);

/// Where a step leads to.
fn steps(
    evaluator: &Evaluator<'_>,
    step: Step,
    value: &Value,
    property: Option<At<ExpressionId>>,
) -> Result<Vec<Slot>, Undecided> {
    Ok(match (step, value) {
        (Step::Property(name), value) => match evaluator.lookup(value, name) {
            Lookup::Found(entry) => vec![(entry.key_expression, entry.value)],
            Lookup::Absent | Lookup::Unknown => Vec::new(),
        },
        (Step::SecretProperties, Value::Object(object)) if !object.is_open() => {
            let entries = object.entries.iter();
            entries
                .filter(|entry| entry.key.as_str().is_some_and(is_name_of_secret))
                .map(|entry| (entry.key_expression, entry.value.clone()))
                .collect()
        }
        (Step::Items, Value::Array(array)) => {
            let items = array.items.iter();
            items.map(|item| (property, item.clone())).collect()
        }
        (Step::SecretItems, Value::Array(array)) => {
            let mut found = Vec::new();
            for item in &array.items {
                let object = evaluator.known(item)?.value;
                if evaluator
                    .property(&object, &["name"])?
                    .as_str()
                    .is_some_and(is_name_of_secret)
                {
                    found.push((property, item.clone()));
                }
            }
            found
        }
        _ => Vec::new(),
    })
}

/// Calls `see` for each value that a value hands on as it is or in another spelling: parts of texts,
/// of arrays and objects, arguments of functions that only rewrite.
pub fn visit_contents(
    evaluator: &Evaluator<'_>,
    value: &Value,
    see: &mut impl FnMut(&Value),
) -> Result<(), Undecided> {
    contents(evaluator, value, DEEPEST, see)
}

fn contents(
    evaluator: &Evaluator<'_>,
    value: &Value,
    deepest: u32,
    see: &mut impl FnMut(&Value),
) -> Result<(), Undecided> {
    see(value);
    let Some(deepest) = deepest.checked_sub(1) else {
        return Ok(());
    };
    match value {
        Value::Text(text) => {
            for hole in source::holes(text) {
                contents(evaluator, hole, deepest, see)?;
            }
        }
        Value::Array(array) => {
            for item in &array.items {
                contents(evaluator, &evaluator.force(item)?.value, deepest, see)?;
            }
        }
        Value::Object(object) => {
            for entry in &object.entries {
                contents(
                    evaluator,
                    &evaluator.force(&entry.value)?.value,
                    deepest,
                    see,
                )?;
            }
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Member { object, .. } | Symbol::Element { object, .. } => {
                contents(evaluator, object, deepest, see)?;
            }
            Symbol::Call {
                function,
                arguments,
            } if source::rewrites(function) => {
                for argument in arguments {
                    contents(evaluator, argument, deepest, see)?;
                }
            }
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

/// Whether a value hands on what a source gives.
pub fn carries(
    evaluator: &Evaluator<'_>,
    value: &Value,
    source: &Source,
) -> Result<bool, Undecided> {
    let mut found = false;
    visit_contents(evaluator, value, &mut |part| {
        found |= match (source, part) {
            (Source::Written(written), Value::Text(text)) => {
                source::literals(text).any(|literal| literal.contains(&*written.text))
            }
            (Source::Parameter(id), Value::Symbol(symbol)) => {
                matches!(&**symbol, Symbol::Parameter(own) if own == id)
            }
            (Source::Guarded(guarded), part) => evaluator.same(part, guarded).is_same(),
            _ => false,
        };
    })?;
    Ok(found)
}

/// A secret of API Management that a value hands on.
#[derive(Clone, Debug)]
pub struct HandedOn {
    /// Where it comes from.
    pub source: Source,
    /// The resource that it belongs to, where the program declares it.
    pub of: Option<At<ResourceId>>,
}

/// A secret of API Management that a value hands on: one that a function gives back, or a secure
/// parameter that a resource takes its secret from.
pub fn handed_on(evaluator: &Evaluator<'_>, value: &Value) -> Result<Option<HandedOn>, Undecided> {
    let mut listed: Vec<(Value, Option<Rc<str>>)> = Vec::new();
    let mut secure = Vec::new();
    visit_contents(evaluator, value, &mut |part| {
        let Value::Symbol(symbol) = part else {
            return;
        };
        match &**symbol {
            Symbol::Call { .. } => listed.push((part.clone(), None)),
            Symbol::Member { object, name } => listed.push((object.clone(), Some(name.clone()))),
            Symbol::Parameter(id) if evaluator.program.parameter(*id).is_secure => secure.push(*id),
            _ => {}
        }
    })?;
    // A member is seen before what it is a member of.
    let mut seen: Vec<Value> = Vec::new();
    for (value, member) in listed {
        if member.is_none() && seen.iter().any(|it| evaluator.same(it, &value).is_same()) {
            continue;
        }
        if let Some((function, of)) = places::listed(&value)
            && places::is_listed_secret(evaluator, function, of, member.as_deref())?
        {
            let of = of.declaration;
            return Ok(Some(HandedOn {
                source: Source::Guarded(value),
                of,
            }));
        }
        seen.push(value);
    }
    if secure.is_empty() {
        return Ok(None);
    }
    taken_from(evaluator, &secure)
}

/// The secure parameter of some that a resource of API Management takes its secret from.
fn taken_from(
    evaluator: &Evaluator<'_>,
    secure: &[At<ParameterId>],
) -> Result<Option<HandedOn>, Undecided> {
    for (id, resource) in evaluator.program.resources() {
        if resource.is_existing {
            continue;
        }
        for handed in handed_by(evaluator, id)? {
            let value = evaluator.force(&handed.value)?.value;
            if let Some(Source::Parameter(parameter)) =
                source_of(evaluator.program, &value, handed.kind)
                && secure.contains(&parameter)
            {
                return Ok(Some(HandedOn {
                    source: Source::Parameter(parameter),
                    of: Some(id),
                }));
            }
        }
    }
    Ok(None)
}
