//! Walking folders: what is left out, and which files are the same.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// A walk of a folder: what `.gitignore` names and what is hidden is left out, symbolic links are
/// followed.
pub(crate) fn walk(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.follow_links(true);
    walk
}

/// What tells files from one another; links may lead to one file by several paths. The file system is
/// asked once a folder, and once a link.
#[derive(Default)]
pub(crate) struct Identities(HashMap<PathBuf, PathBuf>);

impl Identities {
    /// The identity of a file, which may be a link itself.
    pub(crate) fn of(&mut self, path: &Path, is_link: bool) -> PathBuf {
        match path.file_name() {
            Some(name) if !is_link => self.folder(folder(path)).join(name),
            _ => canonical(path),
        }
    }

    /// A folder without links.
    pub(crate) fn folder(&mut self, folder: &Path) -> &Path {
        self.0
            .entry(folder.to_owned())
            .or_insert_with_key(|folder| canonical(folder))
    }
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str() != OsStr::new("") => folder,
        _ => Path::new("."),
    }
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
