//! Files, as the layers from here on see them.
//!
//! Nothing from here to the findings reads a disk: files come through a [`FileSystem`], and
//! [`Files`] keeps each of them parsed and lowered.

mod decode;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use syntax::suppression::{Suppression, suppressions};
use syntax::{Document, Language, TextRange};

use crate::lower::{Content, lower};
use crate::model::{ParameterFile, Template};
use crate::program::configuration::Configuration;

pub use decode::{NotText, decode, encode};

/// Where files come from.
pub trait FileSystem: Send + Sync {
    /// The bytes of a file; none if there is no such file, or it cannot be read.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;

    /// Whether two paths lead to the same file; they differ in the case of letters, or by links.
    fn is_same(&self, a: &Path, b: &Path) -> bool {
        a == b
    }
}

/// Files in memory, by their paths.
impl FileSystem for BTreeMap<PathBuf, Vec<u8>> {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        self.get(path).cloned()
    }
}

/// A file, parsed and lowered.
#[derive(Debug)]
pub struct File {
    /// Its path.
    pub path: Arc<Path>,
    /// Its text and tree.
    pub document: Arc<Document>,
    /// What it holds.
    pub content: FileContent,
    /// What it tells rules to be silent about.
    pub suppressions: Vec<Suppression>,
    /// Whether it belongs to somebody else, as a module from a registry does: findings in it are
    /// shown where it is deployed.
    pub is_foreign: bool,
}

/// What a [`File`] holds.
#[derive(Clone, Debug)]
pub enum FileContent {
    /// A template.
    Template(Arc<Template>),
    /// Values for the parameters of one.
    Parameters(Arc<ParameterFile>),
    /// Neither.
    Other,
}

impl File {
    /// A document as the file at a path.
    #[must_use]
    pub fn new(path: &Path, document: Arc<Document>) -> Self {
        let content = match lower(&document) {
            Content::Template(template) => FileContent::Template(Arc::new(template)),
            Content::Parameters(parameters) => FileContent::Parameters(Arc::new(parameters)),
            Content::Other => FileContent::Other,
        };
        // They are looked for while there is a tree.
        let suppressions = match content {
            FileContent::Other => Vec::new(),
            FileContent::Template(_) | FileContent::Parameters(_) => suppressions(&document),
        };
        Self {
            path: path.into(),
            document,
            content,
            suppressions,
            is_foreign: false,
        }
    }

    /// The template that the file is, if it is one.
    #[must_use]
    pub const fn template(&self) -> Option<&Arc<Template>> {
        match &self.content {
            FileContent::Template(template) => Some(template),
            FileContent::Parameters(_) | FileContent::Other => None,
        }
    }

    /// The parameters that the file gives, if it does.
    #[must_use]
    pub const fn parameters(&self) -> Option<&Arc<ParameterFile>> {
        match &self.content {
            FileContent::Parameters(parameters) => Some(parameters),
            FileContent::Template(_) | FileContent::Other => None,
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file's path.
    pub file: Arc<Path>,
    /// The place in its text, in bytes.
    pub range: TextRange,
}

type Configured = (Arc<Configuration>, Arc<[PathBuf]>);

/// What came of asking for a file.
#[derive(Clone, Default)]
enum Asked {
    #[default]
    NotYet,
    Absent,
    Present(Arc<File>),
}

impl Asked {
    fn present(self) -> Option<Arc<File>> {
        match self {
            Self::Present(file) => Some(file),
            Self::NotYet | Self::Absent => None,
        }
    }
}

impl From<Option<Arc<File>>> for Asked {
    fn from(file: Option<Arc<File>>) -> Self {
        file.map_or(Self::Absent, Self::Present)
    }
}

/// What is known of the file at a path.
#[derive(Clone, Default)]
struct Known {
    file: Asked,
    /// The revision at which it last changed.
    changed: u64,
}

/// The files of a file system, each parsed and lowered once, with those that an editor has open in
/// their stead.
pub struct Files {
    system: Box<dyn FileSystem>,
    /// Whoever takes something out clones it and lets go: no entry is held across another look-up.
    known: DashMap<PathBuf, Known>,
    /// Where the person's own files are.
    home: Option<PathBuf>,
    /// The configuration for the files of a folder, and the paths that it was looked for at.
    configurations: Mutex<HashMap<PathBuf, Configured>>,
    /// The paths of files that are in sight, by the paths that may lead to them, in lower case.
    expected: Mutex<HashMap<String, PathBuf>>,
    /// How often any file changed.
    revision: AtomicU64,
    keeps_trees: bool,
    /// How many files were lowered so far.
    lowered: AtomicUsize,
}

impl Files {
    /// The files of a file system.
    #[must_use]
    pub fn new(system: Box<dyn FileSystem>) -> Self {
        Self {
            system,
            known: DashMap::new(),
            home: None,
            configurations: Mutex::default(),
            expected: Mutex::default(),
            revision: AtomicU64::new(0),
            keeps_trees: true,
            lowered: AtomicUsize::new(0),
        }
    }

    /// The same, with the cache of the Bicep CLI in a person's home folder.
    #[must_use]
    pub fn with_home(mut self, home: Option<PathBuf>) -> Self {
        self.home = home;
        self
    }

    /// The same without the trees of files that nobody else keeps: only edits and fixes need them.
    #[must_use]
    pub fn without_trees(mut self) -> Self {
        self.keeps_trees = false;
        self
    }

    pub(crate) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The configuration for a file, and the paths that it was looked for at.
    #[must_use]
    pub fn configuration(&self, file: &Path) -> (Arc<Configuration>, Arc<[PathBuf]>) {
        let folder = file.parent().unwrap_or(file);
        if let Some(known) = lock(&self.configurations).get(folder) {
            return known.clone();
        }
        let looked = RefCell::new(Vec::new());
        let configuration = Configuration::of(file, &|path| {
            looked.borrow_mut().push(path.to_owned());
            self.text(path)
        });
        let configured: Configured = (Arc::new(configuration), looked.into_inner().into());
        lock(&self.configurations).insert(folder.to_owned(), configured.clone());
        configured
    }

    fn asked(&self, path: &Path) -> Asked {
        let known = self.known.get(path);
        known.map_or(Asked::NotYet, |it| it.file.clone())
    }

    /// The text of a file, as an editor has it, or as it is on disk.
    pub(crate) fn text(&self, path: &Path) -> Option<String> {
        Some(decode(&self.bytes(path)?).ok()?.into_owned())
    }

    /// A file of somebody else's that is nowhere on disk.
    pub(crate) fn foreign(&self, path: &Path, text: &str) -> Arc<File> {
        self.asked(path).present().unwrap_or_else(|| {
            let mut file = File::new(path, Arc::new(Document::new(Language::Bicep, text)));
            file.is_foreign = true;
            let file = Arc::new(file);
            let mut known = self.known.entry(path.to_owned()).or_default();
            known.file = Asked::Present(Arc::clone(&file));
            drop(known);
            file
        })
    }

    /// The file at a path, if there is one that can be read as text.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<Arc<File>> {
        self.find(path, false)
    }

    /// A file that belongs to somebody else.
    #[must_use]
    pub fn get_foreign(&self, path: &Path) -> Option<Arc<File>> {
        self.find(path, true)
    }

    fn find(&self, path: &Path, is_foreign: bool) -> Option<Arc<File>> {
        let path = &self.known_as(path);
        loop {
            let known = self.known.get(path).map(|known| known.clone());
            let known = known.unwrap_or_default();
            match known.file {
                Asked::NotYet => {}
                asked => return asked.present(),
            }
            let loaded = self.load(path, is_foreign);
            let mut now = self.known.entry(path.clone()).or_default();
            // What changed meanwhile is read again. Of two threads that load it at the same time, the
            // first one's is the file for both.
            if now.changed == known.changed {
                if matches!(now.file, Asked::NotYet) {
                    now.file = loaded.into();
                }
                return now.file.clone().present();
            }
        }
    }

    /// The bytes of a file, as an editor has it, or as they are on disk.
    #[must_use]
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        match self.asked(path).present() {
            Some(file) => Some(file.document.text().to_string().into_bytes()),
            None => self.system.read(path),
        }
    }

    /// Takes a document for the file at a path.
    pub fn set(&self, path: &Path, document: Arc<Document>) -> Arc<File> {
        let file = Arc::new(self.lower(path, document));
        self.change(path, Asked::Present(Arc::clone(&file)));
        file
    }

    /// Forgets what was known of a file: it is read again when somebody asks for it.
    pub fn forget(&self, path: &Path) {
        self.change(path, Asked::NotYet);
    }

    fn change(&self, path: &Path, file: Asked) {
        // A configuration may extend files of any name.
        lock(&self.configurations).retain(|_, (_, looked)| looked.iter().all(|it| it != path));
        let mut known = self.known.entry(path.to_owned()).or_default();
        known.file = file;
        known.changed = self.revision.fetch_add(1, Ordering::Relaxed) + 1;
    }

    /// How often any file changed so far.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// The paths of the files that changed after a revision, in order.
    #[must_use]
    pub fn changed_since(&self, revision: u64) -> BTreeSet<PathBuf> {
        self.known
            .iter()
            .filter(|known| known.changed > revision)
            .map(|known| known.key().clone())
            .collect()
    }

    /// Notes that `other` may be the file that is in sight as `path`.
    pub(crate) fn expect(&self, other: &Path, path: &Path) {
        if let Some(text) = other.to_str() {
            lock(&self.expected).insert(text.to_lowercase(), path.to_owned());
        }
    }

    /// The path under which a file is in sight: where the file system does not tell letters of
    /// different case apart, a file may be referred to by other letters than its own, and through a
    /// link by another path.
    #[must_use]
    pub fn known_as(&self, path: &Path) -> PathBuf {
        let expected = path
            .to_str()
            .and_then(|text| lock(&self.expected).get(&text.to_lowercase()).cloned());
        match expected {
            Some(expected) if expected != path && self.system.is_same(path, &expected) => expected,
            _ => path.to_owned(),
        }
    }

    /// How many files were lowered so far; for tests of what a change costs.
    #[must_use]
    pub fn lowered(&self) -> usize {
        self.lowered.load(Ordering::Relaxed)
    }

    fn load(&self, path: &Path, is_foreign: bool) -> Option<Arc<File>> {
        let language = Language::of_path(path)?;
        let bytes = self.system.read(path)?;
        let text = decode(&bytes).ok()?;
        let mut file = self.lower(path, Arc::new(Document::new(language, &text)));
        file.is_foreign = is_foreign;
        Some(Arc::new(file))
    }

    fn lower(&self, path: &Path, document: Arc<Document>) -> File {
        self.lowered.fetch_add(1, Ordering::Relaxed);
        // Whoever has the document open keeps its tree for the next edit.
        let is_shared = Arc::strong_count(&document) > 1;
        let mut file = File::new(path, document);
        if !self.keeps_trees && !is_shared {
            file.document = Arc::new(file.document.without_tree());
        }
        file
    }
}

/// What is kept is right even if a thread died while it looked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path that a file means by a relative one, which has `/` between its parts whatever the
/// system; none if it is absolute.
#[must_use]
pub fn resolve(file: &Path, relative: &str) -> Option<PathBuf> {
    if relative.is_empty() || relative.starts_with('/') || relative.contains('\\') {
        return None;
    }
    let mut path = file.parent()?.to_owned();
    for component in Path::new(relative).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}
