//! From the paths that a person names to the files to check.
//!
//! A folder stands for the templates in it: what `.gitignore` names and what is hidden is left
//! out, symbolic links are followed. A file that is named is always taken. However a file is
//! reached, it comes once; the order is that of the paths.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use syntax::Language;

use super::files::reason;
use super::report::{Severity, Unread};

/// A file to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where it is; as given, or below a folder as given.
    pub path: PathBuf,
    /// Whether a person named the file itself.
    pub named: bool,
}

/// What the named paths lead to.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The files to check, by path.
    pub targets: Vec<Target>,
    /// Named paths that do not exist, and folders that could not be listed.
    pub unread: Vec<Unread>,
}

/// Lists the files that `paths` stand for.
pub(crate) fn list(paths: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    let mut targets = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, &mut targets, &mut listing.unread),
            // Anything else is for the reading to refuse, with its reason.
            Ok(_) => targets.push(Target {
                path: plain(path),
                named: true,
            }),
            Err(error) => listing.unread.push(Unread {
                file: shown(path),
                reason: reason(&error),
                severity: Severity::Error,
            }),
        }
    }
    listing.targets = once_each(targets);
    listing
}

/// A path as reports show it: with `/` between its parts, and without a leading `./`.
pub(crate) fn shown(path: &Path) -> String {
    let plain = plain(path);
    let text = plain.to_string_lossy();
    if MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(MAIN_SEPARATOR, "/")
    }
}

fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path
        .components()
        .filter(|component| *component != Component::CurDir)
        .collect();
    if plain.as_os_str().is_empty() {
        path.to_owned()
    } else {
        plain
    }
}

fn walk(folder: &Path, targets: &mut Vec<Target>, unread: &mut Vec<Unread>) {
    for entry in WalkBuilder::new(folder).follow_links(true).build() {
        match entry {
            Ok(entry) => targets.extend(target(&entry)),
            Err(error) => unread.extend(unlisted(folder, &error)),
        }
    }
}

/// The entry as a file to check, if its name is that of one. What is neither a file nor a folder
/// is taken too: a named pipe that looks like a template deserves a word.
fn target(entry: &DirEntry) -> Option<Target> {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    (!is_folder && Language::of_path(entry.path()).is_some()).then(|| Target {
        path: plain(entry.path()),
        named: false,
    })
}

/// An error of the walk as a person should hear of it, if at all.
fn unlisted(folder: &Path, error: &ignore::Error) -> Option<Unread> {
    // A loop of links leads to nothing that is not reached without it.
    let (path, error) = parts(error)?;
    let path = path.unwrap_or(folder);
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link && Language::of_path(path).is_none() {
        // A dangling link to something that is not ours.
        return None;
    }
    Some(Unread {
        file: shown(path),
        reason: reason(error),
        severity: if path == folder {
            Severity::Error
        } else {
            Severity::Warning
        },
    })
}

fn parts(error: &ignore::Error) -> Option<(Option<&Path>, &io::Error)> {
    match error {
        ignore::Error::WithPath { path, err } => {
            let (inner, reason) = parts(err)?;
            Some((Some(inner.unwrap_or(path)), reason))
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            parts(err)
        }
        ignore::Error::Io(reason) => Some((None, reason)),
        _ => None,
    }
}

/// The targets by path, each file once: under the name that a person gave it first, else under the
/// first by order.
fn once_each(mut targets: Vec<Target>) -> Vec<Target> {
    targets.sort_by(|a, b| match (a.named, b.named) {
        (true, true) => Ordering::Equal,
        (false, false) => a.path.cmp(&b.path),
        _ => b.named.cmp(&a.named),
    });
    let mut identities = Identities::default();
    targets.retain(|target| identities.is_new(target));
    targets.sort_by(|a, b| a.path.cmp(&b.path));
    targets
}

/// The files met so far. Those of a walk are told apart by their folder and name alone; the file
/// system is asked once a folder, once a link, and for every name that a person spelled.
#[derive(Default)]
struct Identities {
    folders: HashMap<PathBuf, PathBuf>,
    met: HashSet<PathBuf>,
}

impl Identities {
    fn is_new(&mut self, target: &Target) -> bool {
        let identity = self.identity(target);
        self.met.insert(identity)
    }

    fn identity(&mut self, Target { path, named }: &Target) -> PathBuf {
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        match path.file_name() {
            Some(name) if !is_link && !named => self
                .folder(path.parent().unwrap_or(Path::new("")))
                .join(name),
            _ => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
        }
    }

    fn folder(&mut self, folder: &Path) -> &Path {
        self.folders
            .entry(folder.to_owned())
            .or_insert_with_key(|folder| {
                let folder = if folder.as_os_str() == OsStr::new("") {
                    Path::new(".")
                } else {
                    folder
                };
                fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_plainly() {
        for (path, expected) in [
            ("./a/./b.bicep", "a/b.bicep"),
            ("a//b.bicep", "a/b.bicep"),
            ("../b.bicep", "../b.bicep"),
            ("/a/b.bicep", "/a/b.bicep"),
            (".", "."),
        ] {
            assert_eq!(shown(Path::new(path)), expected);
        }
    }
}
