//! What files are called in reports.

use std::collections::HashMap;
use std::env;
use std::path::{Component, Path, PathBuf};

use super::discovery::{Target, shown};

/// The names of files: of one that a person named, or that is in a folder which they named, as they
/// wrote it; of any other, as seen from the current folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    given: HashMap<PathBuf, String>,
    /// None if every path is written from the root.
    current: Option<PathBuf>,
}

impl Names {
    /// The names of the files to check, and of those that they refer to.
    pub(crate) fn new(targets: &[Target]) -> Self {
        let given = targets
            .iter()
            .map(|target| (target.absolute.clone(), shown(&target.path)))
            .collect();
        let is_relative = targets.iter().any(|target| target.path.is_relative());
        let current = is_relative.then(env::current_dir);
        Self {
            given,
            current: current.and_then(Result::ok),
        }
    }

    /// What a file is called.
    pub(crate) fn of(&self, path: &Path) -> String {
        let relative = || {
            let relative = relative(path, self.current.as_deref()?)?;
            Some(shown(&relative))
        };
        match self.given.get(path) {
            Some(given) => given.clone(),
            None => relative().unwrap_or_else(|| shown(path)),
        }
    }
}

/// What a file is called in a diff: a path below the current folder, or else below the root.
pub(crate) fn of_diff(path: &Path) -> String {
    let below = env::current_dir().ok();
    let below = below.and_then(|folder| Some(path.strip_prefix(folder).ok()?.to_owned()));
    let names = below.unwrap_or_else(|| {
        let names = path.components();
        names
            .filter(|component| matches!(component, Component::Normal(_)))
            .collect()
    });
    shown(&names)
}

/// A path as seen from a folder; none where nothing but the root is common to both.
fn relative(path: &Path, folder: &Path) -> Option<PathBuf> {
    let common = path
        .components()
        .zip(folder.components())
        .take_while(|(a, b)| a == b);
    let is_name = |component: &Component<'_>| matches!(component, Component::Normal(_));
    let names = common.clone().filter(|(name, _)| is_name(name)).count();
    let shared = common.count();
    let up = folder
        .components()
        .skip(shared)
        .map(|_| Component::ParentDir);
    (names > 0 || folder.parent().is_none())
        .then(|| up.chain(path.components().skip(shared)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_a_folder() {
        for (path, expected) in [
            ("/w/infra/main.bicep", Some("main.bicep")),
            ("/w/infra/modules/a.bicep", Some("modules/a.bicep")),
            ("/w/shared/a.bicep", Some("../shared/a.bicep")),
            ("/else/a.bicep", None),
        ] {
            let found = relative(Path::new(path), Path::new("/w/infra"));
            assert_eq!(found.as_deref(), expected.map(Path::new));
        }
        let found = relative(Path::new("/w/a.bicep"), Path::new("/"));
        assert_eq!(found.as_deref(), Some(Path::new("w/a.bicep")));
    }
}
