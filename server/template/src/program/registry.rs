//! Modules that are kept in a registry: as the Bicep CLI has them in its cache, or else as one of the
//! built-in summaries.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::module_reference::ModuleReference;
use super::summaries;
use crate::files::{File, Files};

/// The folder of the cache in a person's home ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config#cache-root-directory
const CACHE: &str = ".bicep";

/// Where summaries are; no file has a path that is not absolute.
const SUMMARIES: &str = "summary";

/// The file that a reference leads to. `look` is called with each path that decides it.
pub(super) fn file(
    files: &Files,
    from: &Path,
    reference: &str,
    look: &mut dyn FnMut(&Path),
) -> Option<Arc<File>> {
    let (configuration, looked) = files.configuration(from);
    for path in &*looked {
        look(path);
    }
    let module = ModuleReference::parse(reference, &configuration);
    if let ModuleReference::Mapped(path) = &module {
        look(path);
        return files.get(path);
    }
    let home = files.home();
    let default = home.map(|home| home.join(CACHE));
    let root = configuration.cache_root(home, default.as_deref());
    if let Some(path) = root.and_then(|root| module.cached_file(&root)) {
        look(&path);
        // Of a file that is cut off nobody knows what it leaves out.
        let cached = files.get_foreign(&path).filter(|file| is_whole(file));
        if cached.is_some() {
            return cached;
        }
    }
    let ModuleReference::Registry(module) = module else {
        return None;
    };
    let (name, version) = module.public_module()?;
    let summary = summaries::find(name, version)?;
    let path = PathBuf::from(format!("{SUMMARIES}/{name}/{version}/main.bicep"));
    Some(files.foreign(&path, summary))
}

/// Whether a file stands for a module that is not in the cache.
pub(super) fn is_summary(file: &File) -> bool {
    file.is_foreign && file.path.starts_with(SUMMARIES)
}

fn is_whole(file: &File) -> bool {
    !file.document.has_error() && file.template().is_some_and(|it| it.is_complete)
}
