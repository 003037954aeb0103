//! From the paths that a person names to the files to check.
//!
//! A folder stands for the templates in it: what `.gitignore` names and what is hidden is left
//! out, symbolic links are followed. A file that is named is always taken. However a file is
//! reached, it comes once; the order is that of the paths.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::io;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use ignore::DirEntry;
use syntax::Language;

use super::report::{Severity, Unread};
use crate::disk::reason;
use crate::walk::{self, Identities, folder};

/// A file to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where it is; as given, or below a folder as given.
    pub path: PathBuf,
    /// Whether a person named the file itself.
    pub named: bool,
    /// Where it is from the root of the file system, as other files may refer to it.
    pub absolute: PathBuf,
    /// Other paths that lead to it, through links to folders.
    pub links: Vec<PathBuf>,
}

impl Target {
    fn new(path: &Path, named: bool) -> Self {
        Self {
            path: plain(path),
            named,
            absolute: PathBuf::new(),
            links: Vec::new(),
        }
    }
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
            Ok(_) => targets.push(Target::new(path, true)),
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
    for entry in walk::walk(folder).build() {
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
    (!is_folder && Language::of_path(entry.path()).is_some())
        .then(|| Target::new(entry.path(), false))
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

/// The targets by path, each file once: under the name that a person gave it first, else under its
/// own name rather than one that leads through a link, else under the first by order.
fn once_each(targets: Vec<Target>) -> Vec<Target> {
    let mut identities = Identities::default();
    let mut found: Vec<_> = targets
        .into_iter()
        .map(|mut target| {
            target.absolute = absolute(&mut identities, &target.path);
            let identity = identity(&mut identities, &target);
            (target, identity)
        })
        .collect();
    found.sort_by(|(a, own_a), (b, own_b)| match (a.named, b.named) {
        (true, true) => Ordering::Equal,
        (false, false) => {
            let is_link = |target: &Target, own: &PathBuf| target.absolute != *own;
            let links = is_link(a, own_a).cmp(&is_link(b, own_b));
            links.then_with(|| a.path.cmp(&b.path))
        }
        _ => b.named.cmp(&a.named),
    });
    let mut met: HashMap<PathBuf, usize> = HashMap::new();
    let mut kept: Vec<Target> = Vec::new();
    for (target, identity) in found {
        match met.entry(identity) {
            Entry::Vacant(entry) => {
                entry.insert(kept.len());
                kept.push(target);
            }
            // What is in a file that is a link means the files beside the link.
            Entry::Occupied(_) if is_link(&target.path) => {}
            Entry::Occupied(entry) => {
                let first = &mut kept[*entry.get()];
                if !is_link(&first.path) && first.absolute != target.absolute {
                    first.links.push(target.absolute);
                }
            }
        }
    }
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    kept
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// What tells a file from others. Files of a walk are told apart by their folder and name; a name that
/// a person spelled may be another one of the same file.
fn identity(identities: &mut Identities, Target { path, named, .. }: &Target) -> PathBuf {
    identities.of(path, *named || is_link(path))
}

/// The path from the root of the file system. Links in it stay, as they do for the compiler; but what
/// `..` means behind a link only the system knows.
fn absolute(identities: &mut Identities, path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let is_plain = !absolute
        .components()
        .any(|component| component == Component::ParentDir);
    match path.file_name() {
        Some(name) if !is_plain => identities.folder(folder(path)).join(name),
        _ => absolute,
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
