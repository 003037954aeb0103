//! The files in sight, and the programs that they make.

mod outline;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use self::outline::Outline;
use crate::files::Files;
use crate::program::Program;

/// The files in sight.
pub struct Workspace {
    files: Arc<Files>,
    members: BTreeSet<PathBuf>,
    /// What the files made when it was last asked for.
    known: Mutex<Option<Known>>,
}

/// What the files in sight made, and what that rests on.
struct Known {
    /// The [revision](Files::revision) of the files.
    revision: u64,
    outlines: BTreeMap<PathBuf, Outline>,
    programs: Arc<Programs>,
}

/// A template that nobody in sight deploys, or that has parameter files of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The template.
    pub path: PathBuf,
    /// The parameter files that it is deployed with.
    pub scenarios: Vec<PathBuf>,
}

/// What the files in sight make.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    /// The roots, in the order of their paths.
    pub roots: Vec<Root>,
    /// The templates that others deploy, in the same order.
    pub modules: Vec<PathBuf>,
}

impl Workspace {
    /// A workspace without any file in sight.
    #[must_use]
    pub const fn new(files: Arc<Files>) -> Self {
        Self {
            files,
            members: BTreeSet::new(),
            known: Mutex::new(None),
        }
    }

    /// The files, in sight or not.
    #[must_use]
    pub const fn files(&self) -> &Arc<Files> {
        &self.files
    }

    /// Takes a file into sight.
    pub fn add(&mut self, path: PathBuf) {
        self.files.expect(&path, &path);
        if self.members.insert(path) {
            self.known = Mutex::new(None);
        }
    }

    /// Notes that another path leads to a file in sight, as through a link to its folder.
    pub fn link(&mut self, other: &Path, path: &Path) {
        self.files.expect(other, path);
        self.known = Mutex::new(None);
    }

    /// Takes a file out of sight.
    pub fn remove(&mut self, path: &Path) {
        if self.members.remove(path) {
            self.known = Mutex::new(None);
        }
    }

    /// Whether a file is in sight.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        self.members.contains(path)
    }

    /// The paths of the files in sight, in order.
    pub fn members(&self) -> impl Iterator<Item = &Path> {
        self.members.iter().map(PathBuf::as_path)
    }

    /// The programs that the files in sight make. Every template is in one: of templates that only
    /// deploy one another, the first one is taken for the root.
    #[must_use]
    pub fn programs(&self) -> Arc<Programs> {
        // What is kept is replaced in one piece.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = self.files.revision();
        let outlines = match known.take() {
            None => self.outlines(self.members()),
            Some(mut before) => {
                let changed = self.files.changed_since(before.revision);
                let changed = changed.iter().filter(|path| self.contains(path));
                let changed = self.outlines(changed.map(PathBuf::as_path));
                let is_same = changed
                    .iter()
                    .all(|(path, outline)| before.outlines.get(path) == Some(outline));
                if is_same {
                    before.revision = revision;
                    return Arc::clone(&known.insert(before).programs);
                }
                before.outlines.extend(changed);
                before.outlines
            }
        };
        let programs = Arc::new(programs(&outlines));
        *known = Some(Known {
            revision,
            outlines,
            programs: Arc::clone(&programs),
        });
        programs
    }

    fn outlines<'p>(&self, paths: impl Iterator<Item = &'p Path>) -> BTreeMap<PathBuf, Outline> {
        paths
            .map(|path| (path.to_owned(), Outline::of(&self.files, path)))
            .collect()
    }

    /// The program of a root; none if the file is no template any more.
    #[must_use]
    pub fn program(&self, root: &Root) -> Option<Program> {
        let file = self.files.get(&root.path)?;
        let scenarios = root.scenarios.iter();
        let scenarios: Vec<_> = scenarios.filter_map(|path| self.files.get(path)).collect();
        Program::new(&self.files, &file, &scenarios)
    }

    /// A template that others deploy, by itself: for any arguments that its parameters allow.
    #[must_use]
    pub fn contract(&self, module: &Path) -> Option<Program> {
        Program::contract(&self.files, &self.files.get(module)?)
    }
}

/// The programs that files make.
fn programs(files: &BTreeMap<PathBuf, Outline>) -> Programs {
    let templates: BTreeMap<&Path, &[PathBuf]> = files
        .iter()
        .filter_map(|(path, outline)| Some((&**path, outline.deploys()?)))
        .collect();
    let deployed: BTreeSet<&Path> = templates
        .iter()
        .flat_map(|(from, paths)| paths.iter().map(move |path| (*from, &**path)))
        .filter(|(from, path)| from != path)
        .map(|(_, path)| path)
        .collect();
    let scenarios = outline::scenarios(files);
    let mut roots: BTreeSet<&Path> = templates
        .keys()
        .copied()
        .filter(|path| !deployed.contains(path) || scenarios.contains_key(path))
        .collect();
    let mut reached = BTreeSet::new();
    for root in &roots {
        reach(root, &templates, &mut reached);
    }
    for path in templates.keys() {
        if !reached.contains(path) {
            roots.insert(path);
            reach(path, &templates, &mut reached);
        }
    }
    let modules = templates.keys().filter(|path| !roots.contains(*path));
    Programs {
        modules: modules.map(|path| path.to_path_buf()).collect(),
        roots: roots
            .into_iter()
            .map(|path| Root {
                path: path.to_owned(),
                scenarios: scenarios.get(path).cloned().unwrap_or_default(),
            })
            .collect(),
    }
}

/// Adds a template and all that it deploys.
fn reach<'f>(
    root: &'f Path,
    templates: &BTreeMap<&'f Path, &'f [PathBuf]>,
    reached: &mut BTreeSet<&'f Path>,
) {
    let mut pending = vec![root];
    while let Some(path) = pending.pop() {
        if let Some(deployed) = templates.get(path)
            && reached.insert(path)
        {
            pending.extend(deployed.iter().map(PathBuf::as_path));
        }
    }
}
