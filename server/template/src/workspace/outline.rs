//! What of a file decides which programs there are.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::files::{FileContent, Files, resolve};
use crate::model::{LinkKind, Template};

/// What of a file decides which programs there are. As long as it stays the same, so do they.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outline {
    Template {
        /// The files that it deploys.
        deploys: Vec<PathBuf>,
        /// Its parameters, in lower case.
        parameters: Vec<String>,
    },
    Parameters {
        deploys: Deploys,
        /// The parameters that it gives, in lower case.
        parameters: Vec<String>,
    },
    Other,
}

/// The template that a parameter file belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deploys {
    /// The one that it says; none if it says that there is none.
    Said(Option<PathBuf>),
    /// The one that its name says.
    ByName,
}

impl Outline {
    /// The outline of the file at a path.
    pub(super) fn of(files: &Files, path: &Path) -> Self {
        let Some(file) = files.get(path) else {
            return Self::Other;
        };
        match &file.content {
            FileContent::Template(template) => Self::Template {
                deploys: deployed_by(template, path)
                    .map(|path| files.known_as(&path))
                    .collect(),
                parameters: template
                    .parameters
                    .iter()
                    .map(|parameter| parameter.name.text.to_lowercase())
                    .collect(),
            },
            FileContent::Parameters(parameters) => Self::Parameters {
                deploys: match &parameters.using {
                    None if is_json(path) => Deploys::ByName,
                    using => Deploys::Said(
                        using
                            .as_ref()
                            .and_then(|using| resolve(path, &using.text))
                            .map(|path| files.known_as(&path)),
                    ),
                },
                parameters: parameters
                    .assignments
                    .iter()
                    .map(|assignment| assignment.name.text.to_lowercase())
                    .collect(),
            },
            FileContent::Other => Self::Other,
        }
    }

    /// The files that a template deploys; none if it is no template.
    pub(super) fn deploys(&self) -> Option<&[PathBuf]> {
        match self {
            Self::Template { deploys, .. } => Some(deploys),
            Self::Parameters { .. } | Self::Other => None,
        }
    }

    fn parameters_of_template(&self) -> Option<&[String]> {
        match self {
            Self::Template { parameters, .. } => Some(parameters),
            Self::Parameters { .. } | Self::Other => None,
        }
    }
}

/// The paths of the files that a template deploys.
fn deployed_by<'t>(template: &'t Template, path: &'t Path) -> impl Iterator<Item = PathBuf> + 't {
    let links = template.deployed().into_iter();
    links
        .filter(|link| {
            matches!(
                link.kind,
                LinkKind::File | LinkKind::RelativePath | LinkKind::RelativeToDeployment
            )
        })
        .filter_map(|link| resolve(path, &link.text))
}

/// The templates of a folder, with their parameters.
type Siblings<'f> = Vec<(&'f Path, &'f [String])>;

/// The parameter files of each template: those that say so, and the JSON files beside it whose name
/// says so.
pub(super) fn scenarios(files: &BTreeMap<PathBuf, Outline>) -> BTreeMap<&Path, Vec<PathBuf>> {
    let mut found: BTreeMap<&Path, Vec<PathBuf>> = BTreeMap::new();
    let mut by_folder: BTreeMap<&Path, Siblings<'_>> = BTreeMap::new();
    for (path, outline) in files {
        if let (Some(folder), Some(parameters)) = (path.parent(), outline.parameters_of_template())
        {
            by_folder
                .entry(folder)
                .or_default()
                .push((path, parameters));
        }
    }
    for (path, outline) in files {
        let Outline::Parameters {
            deploys,
            parameters,
        } = outline
        else {
            continue;
        };
        let targets = match deploys {
            Deploys::Said(target) => target.as_deref().into_iter().collect(),
            Deploys::ByName => path
                .parent()
                .and_then(|folder| by_folder.get(folder))
                .map_or_else(Vec::new, |siblings| {
                    deployed_with(path, parameters, siblings)
                }),
        };
        for target in targets {
            if let Some((target, Outline::Template { .. })) = files.get_key_value(target) {
                found.entry(target).or_default().push(path.clone());
            }
        }
    }
    found
}

fn is_json(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// The templates that a JSON parameter file [belongs to by its name][convention]: `main.parameters.json`
/// and `main.dev.parameters.json` to `main.bicep` and `main.json` in the same folder. A name that says
/// nothing (`parameters.json`, `dev.parameters.json`) means the only template there that has all of its
/// parameters.
///
/// [convention]: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files#file-name
fn deployed_with<'f>(path: &Path, parameters: &[String], siblings: &Siblings<'f>) -> Vec<&'f Path> {
    let lower = |name: Option<&OsStr>| name.and_then(OsStr::to_str).map(str::to_lowercase);
    let stem = |path: &Path| lower(path.file_stem());
    let Some(own) = lower(path.file_name()) else {
        return Vec::new();
    };
    let named: Vec<_> = siblings
        .iter()
        .filter_map(|(path, _)| {
            let stem = stem(path)?;
            let rest = own.strip_prefix(&*stem)?.strip_prefix('.')?;
            rest.contains("param").then_some((stem.len(), *path))
        })
        .collect();
    if let Some(longest) = named.iter().map(|(length, _)| *length).max() {
        let nearest = named.iter().filter(|(length, _)| *length == longest);
        return nearest.map(|(_, path)| *path).collect();
    }
    if !own.contains("param") {
        return Vec::new();
    }
    let fitting: Vec<_> = siblings
        .iter()
        .filter(|(_, declared)| parameters.iter().all(|name| declared.contains(name)))
        .map(|(path, _)| *path)
        .collect();
    let stems: BTreeSet<_> = fitting.iter().filter_map(|path| stem(path)).collect();
    if stems.len() == 1 {
        fitting
    } else {
        Vec::new()
    }
}
