//! The files that others refer to: those that nobody named, and those that are not there.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use syntax::position::{PositionEncoding, position_at};
use syntax::{Language, TextRange};
use template::files::{File, FileContent, Files, decode, resolve};
use template::model::{Link, LinkKind};
use template::workspace::Workspace;

use super::load::internal;
use super::names::Names;
use super::report::{Severity, Unread};
use super::{crash, syntax_errors};
use crate::disk::{self, Open};
use crate::parallel;

/// What the files in sight lead to.
#[derive(Default)]
pub(crate) struct Followed {
    /// The number of templates and parameter files that are not in sight themselves.
    pub outside: usize,
    /// What could not be read of them, or not whole.
    pub unread: Vec<Unread>,
}

/// Reads what the files of a workspace refer to, on and on. What is `told` already is left out.
pub(crate) fn follow(
    workspace: &Workspace,
    disk: &dyn Open,
    names: &Names,
    told: &HashSet<PathBuf>,
) -> io::Result<Followed> {
    let files = workspace.files();
    let mut followed = Followed::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut from: Vec<_> = workspace
        .members()
        .filter_map(|path| files.get(path))
        .collect();
    while !from.is_empty() {
        let links: Vec<_> = from.iter().flat_map(|file| links(files, file)).collect();
        let mut new: Vec<_> = links.iter().map(|link| &link.path).collect();
        new.retain(|path| !workspace.contains(path) && seen.insert((*path).clone()));
        let read = parallel::each(&new, |path| crash::catch(|| files.get(path)))?;
        let mut next = Vec::new();
        for (path, read) in new.iter().zip(read) {
            match read {
                Ok(Some(file)) if !matches!(file.content, FileContent::Other) => next.push(file),
                Ok(_) => {}
                Err(message) => followed.unread.push(Unread {
                    file: names.of(path),
                    reason: internal(&message),
                    severity: Severity::Error,
                }),
            }
        }
        for link in links.iter().filter(|link| !told.contains(&link.path)) {
            followed.unread.extend(unreadable(link, files, disk, names));
        }
        for file in &next {
            followed.outside += 1;
            let reason = syntax_errors::describe(&file.document);
            followed.unread.extend(reason.map(|reason| Unread {
                file: names.of(&file.path),
                reason,
                severity: Severity::Warning,
            }));
        }
        from = next;
    }
    Ok(followed)
}

/// A file that another one refers to.
struct Reference {
    from: Arc<File>,
    range: TextRange,
    path: PathBuf,
}

/// The files that a file refers to, each once.
fn links(files: &Files, file: &Arc<File>) -> Vec<Reference> {
    let mut links = match &file.content {
        FileContent::Template(template) => template.references(),
        FileContent::Parameters(parameters) => parameters.references(),
        FileContent::Other => Vec::new(),
    };
    links.sort_by_key(|link| link.range);
    let mut seen = HashSet::new();
    links
        .into_iter()
        .filter_map(|link| {
            let path = path(files, file, link)?;
            seen.insert(path.clone()).then(|| Reference {
                from: Arc::clone(file),
                range: link.range,
                path,
            })
        })
        .collect()
}

/// The path of a file that is expected beside the one that refers to it. What is named from where
/// the deployment starts may well be put there later.
pub(crate) fn path(files: &Files, from: &File, link: &Link) -> Option<PathBuf> {
    match link.kind {
        LinkKind::File | LinkKind::RelativePath => {
            let path = resolve(&from.path, &link.text)?;
            Some(files.known_as(&path))
        }
        LinkKind::RelativeToDeployment
        | LinkKind::Registry
        | LinkKind::Uri
        | LinkKind::TemplateSpec => None,
    }
}

/// What a person is told of a file that is referred to and cannot be read.
fn unreadable(link: &Reference, files: &Files, disk: &dyn Open, names: &Names) -> Option<Unread> {
    let file = crash::catch(|| files.get(&link.path)).ok()?;
    let reason = match file {
        Some(file) if matches!(file.content, FileContent::Other) => "not a template".to_owned(),
        Some(_) => return None,
        None if Language::of_path(&link.path).is_none() => {
            "neither Bicep nor JSON by its name".to_owned()
        }
        None => match disk::read(disk, &link.path) {
            Err(error) => error.to_string(),
            Ok(bytes) => decode(&bytes).err()?.to_string(),
        },
    };
    let path = names.of(&link.path);
    Some(Unread {
        file: names.of(&link.from.path),
        reason: format!(
            "line {}: cannot read {path}: {reason}",
            line(&link.from, link.range)
        ),
        severity: Severity::Warning,
    })
}

/// The line that a range of a file begins in, from 1.
pub(crate) fn line(file: &File, range: TextRange) -> u32 {
    position_at(file.document.text(), range.start, PositionEncoding::Utf16).line + 1
}
