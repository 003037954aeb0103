//! Modules of registries: the ARM JSON has them inline, as the cache of the Bicep CLI would.

use std::path::{Path, PathBuf};

use template::files::FileSystem;
use template::model::{ModuleId, ModuleSource};
use template::program::configuration::Configuration;
use template::program::module_reference::ModuleReference;
use template::program::{At, Program};

use crate::Sides;
use crate::disk::Disk;
use crate::pairing::Pairing;

/// The home folder of the cache.
pub(crate) const HOME: &str = "home of the oracle";

/// Puts the modules of registries that only the ARM JSON holds into the cache. Gives the paths of
/// new ones.
pub(crate) fn restore(sides: &Sides, pairing: &Pairing, disk: &Disk) -> Vec<PathBuf> {
    let missing = pairing.modules.iter().filter_map(|(bicep, json)| {
        let path = cached_file(&sides.bicep, *bicep, disk)?;
        let text = inline_text(&sides.json, *json)?;
        disk.put(&path, &text).then_some(path)
    });
    missing.collect()
}

/// Where the cache has a module that cannot be seen into.
fn cached_file(program: &Program, at: At<ModuleId>, disk: &Disk) -> Option<PathBuf> {
    let ModuleSource::Linked(link) = &program.module(at).source else {
        return None;
    };
    let file = &program.instance(at.instance).file;
    let read = |path: &Path| String::from_utf8(disk.read(path)?).ok();
    let configuration = Configuration::of(&file.path, &read);
    let home = Path::new(HOME);
    let root = configuration.cache_root(Some(home), Some(&home.join(".bicep")))?;
    ModuleReference::parse(&link.text, &configuration).cached_file(&root)
}

/// The text of the template inside a nested deployment.
fn inline_text(program: &Program, at: At<ModuleId>) -> Option<String> {
    let template = program.template(at.instance);
    let properties = template.property(program.module(at).body, "properties")?;
    let inline = template.property(properties.value, "template")?;
    let file = &program.instance(at.instance).file;
    // The template is not an expression of the model: with its name, it is a property.
    let text = file.document.slice(inline.range);
    Some(text[text.find('{')?..].to_owned())
}
