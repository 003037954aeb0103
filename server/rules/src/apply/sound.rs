//! Whether what became of a text is as good a template as before.

use std::collections::BTreeSet;

use syntax::Language;
use template::files::File;
use template::model::{ModuleSource, Name, Template};

/// Whether a file is read as well as before, and declares nothing twice that was not declared twice
/// before. Two fixes may each choose a name that is free, and the same.
pub(super) fn is_sound(before: &File, after: &File) -> bool {
    (before.document.has_error() || !after.document.has_error())
        && before.template().is_some() == after.template().is_some()
        && twice(after).is_subset(&twice(before))
}

/// Whether a file that is added can be read.
pub(super) fn is_readable(file: &File) -> bool {
    !file.document.has_error()
}

/// The kind of a name, where each kind has names of its own, and the name.
type Declared = (usize, &'static str, String);

/// The names that are declared more than once.
fn twice(file: &File) -> BTreeSet<Declared> {
    let mut names = Vec::new();
    if let Some(template) = file.template() {
        declared(template, &mut 0, &mut names);
    }
    names.sort();
    names
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0].clone())
        .collect()
}

/// The names that a template declares, and those that are nested in it do. `count` tells the
/// templates of a file apart.
fn declared(template: &Template, count: &mut usize, names: &mut Vec<Declared>) {
    let number = *count;
    let mut add = |kind: &'static str, name: &Name| {
        // In Bicep nearly everything shares one set of names; ARM JSON takes letters of different
        // case for the same.
        let declared = match (template.language, kind) {
            (Language::Json, _) => (number, kind, name.text.to_ascii_lowercase()),
            (_, "output") => (number, kind, name.text.to_string()),
            _ => (number, "symbol", name.text.to_string()),
        };
        names.push(declared);
    };
    let resources = template.resources.iter().map(|it| &it.symbol);
    let modules = template.modules.iter().map(|it| &it.symbol);
    resources
        .chain(modules)
        .flatten()
        .for_each(|name| add("resource", name));
    template
        .parameters
        .iter()
        .for_each(|it| add("parameter", &it.name));
    template
        .variables
        .iter()
        .for_each(|it| add("variable", &it.name));
    template
        .functions
        .iter()
        .for_each(|it| add("function", &it.name));
    template
        .outputs
        .iter()
        .for_each(|it| add("output", &it.name));
    for module in &template.modules {
        if let ModuleSource::Inline { template, .. } = &module.source {
            *count += 1;
            declared(template, count, names);
        }
    }
}
