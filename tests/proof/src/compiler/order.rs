//! What waits for itself.

use std::collections::BTreeSet;

use template::dependencies::{Dependencies, Deployed};
use template::program::{InstanceId, Program};

use template::Template;
use template::model::{ExpressionKind, Reference};

use super::{Problems, tell, through_variables};

pub(super) fn problems(program: &Program, instance: InstanceId, found: &mut Problems) {
    let dependencies = Dependencies::of(program, instance);
    let template = program.template(instance);
    let resources = template
        .resources()
        .map(|(id, it)| (Deployed::Resource(id), &it.symbol));
    let modules = template
        .modules()
        .map(|(id, it)| (Deployed::Module(id), &it.symbol));
    for (deployed, symbol) in resources.chain(modules) {
        if waits_for_itself(&dependencies, deployed) || names_itself(template, deployed) {
            let symbol = symbol.as_ref().map_or("a resource", |it| &it.text);
            tell(found, format!("BCP080: `{symbol}` waits for itself"));
        }
    }
}

/// Whether the body of a resource names the resource, which no order of resources shows.
fn names_itself(template: &Template, deployed: Deployed) -> bool {
    let Deployed::Resource(id) = deployed else {
        return false;
    };
    let mut parts = through_variables(template, template.resource(id).body).into_iter();
    parts.any(|part| {
        matches!(template.kind(part), ExpressionKind::Reference(Reference::Resource(it)) if *it == id)
    })
}

fn waits_for_itself(dependencies: &Dependencies, deployed: Deployed) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending: Vec<_> = dependencies.direct(deployed).collect();
    while let Some(next) = pending.pop() {
        if next == deployed {
            return true;
        }
        if seen.insert(next) {
            pending.extend(dependencies.direct(next));
        }
    }
    false
}
