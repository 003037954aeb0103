//! Where the sight of an analysis ends: modules that deploy each other in a circle, and modules that
//! are kept elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rules::Place;
use template::files::Files;
use template::model::{Link, LinkKind, ModuleId, ModuleSource};
use template::program::{At, Program};

use super::links::{self, line};
use super::names::Names;
use super::report::{Severity, Unread, Unseen};

/// What a program could not be followed into.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Modules that deploy each other: each at the place that names the next one, by their files.
    circles: BTreeMap<Vec<PathBuf>, Place>,
    /// The other modules.
    unseen: BTreeSet<Unseen>,
}

impl Limits {
    /// What a program could not be followed into.
    pub(crate) fn of(program: &Program, files: &Files) -> Self {
        let circles = program.cycles().iter();
        let circles = circles.filter_map(|module| circle(program, files, *module));
        let unseen = program
            .modules()
            .filter(|(module, _)| program.is_opaque(*module))
            .filter_map(|(module, _)| unseen(program, files, module));
        Self {
            circles: circles.collect(),
            unseen: unseen.collect(),
        }
    }

    /// Takes over what another program could not be followed into.
    pub(crate) fn add(&mut self, other: Self) {
        for (files, place) in other.circles {
            self.circles.entry(files).or_insert(place);
        }
        self.unseen.extend(other.unseen);
    }

    /// The modules that could not be seen into, by file and place, each once.
    pub(crate) fn unseen(&self) -> Vec<Unseen> {
        let mut all: Vec<_> = self.unseen.iter().cloned().collect();
        all.dedup_by(|later, first| later.place == first.place);
        all
    }

    /// What a person is told of modules that deploy each other.
    pub(crate) fn circles(&self, files: &Files, names: &Names) -> Vec<Unread> {
        let circles = self.circles.iter();
        circles
            .filter_map(|(circle, place)| {
                let file = files.get(&place.file)?;
                let line = line(&file, place.range);
                let reason = if circle.len() == 1 {
                    format!("line {line}: it deploys itself; what is behind that is not judged")
                } else {
                    let paths: Vec<_> = circle
                        .iter()
                        .chain(circle.first())
                        .map(|path| names.of(path))
                        .collect();
                    format!(
                        "line {line}: modules deploy each other in a circle; what is behind that is \
                         not judged: {}",
                        paths.join(" -> ")
                    )
                };
                Some(Unread {
                    file: names.of(&place.file),
                    reason,
                    severity: Severity::Warning,
                })
            })
            .collect()
    }
}

/// The files that deploy each other, and the place in the first of them that names the next one. A
/// circle has no beginning: it is told from the file whose path is the first.
fn circle(
    program: &Program,
    files: &Files,
    closing: At<ModuleId>,
) -> Option<(Vec<PathBuf>, Place)> {
    let first = links::path(
        files,
        &program.instance(closing.instance).file,
        link(program, closing)?,
    )?;
    let mut steps = Vec::new();
    let mut module = closing;
    loop {
        let file = &program.instance(module.instance).file.path;
        // A nested deployment stays in its file.
        if let Some(link) = link(program, module) {
            steps.push(Place {
                file: file.clone(),
                range: link.range,
            });
        }
        if **file == *first {
            break;
        }
        module = program.caller(module.instance)?;
    }
    steps.reverse();
    let files = steps.iter().map(|step| &step.file);
    let start = files.enumerate().min_by_key(|(_, file)| *file)?.0;
    steps.rotate_left(start);
    let files = steps.iter().map(|step| step.file.to_path_buf());
    Some((files.collect(), steps.first()?.clone()))
}

fn link(program: &Program, module: At<ModuleId>) -> Option<&Link> {
    match &program.module(module).source {
        ModuleSource::Linked(link) => Some(link),
        ModuleSource::Inline { .. } | ModuleSource::Unknown => None,
    }
}

/// Why a module cannot be seen into; none if it is told elsewhere, as of a file that is missing.
fn unseen(program: &Program, files: &Files, module: At<ModuleId>) -> Option<Unseen> {
    let place = program.place(module.instance, program.module(module).label);
    let from = &program.instance(module.instance).file;
    let too_many = "there are too many modules, or too many inside one another";
    let reason = match &program.module(module).source {
        _ if program.cycles().contains(&module) => return None,
        ModuleSource::Unknown => "what it deploys is computed".to_owned(),
        ModuleSource::Inline { .. } => too_many.to_owned(),
        ModuleSource::Linked(link) => match link.kind {
            LinkKind::File | LinkKind::RelativePath => match links::path(files, from, link) {
                Some(path) => is_template(files, &path).then(|| too_many.to_owned())?,
                None => format!("{} is no relative path", link.text),
            },
            LinkKind::RelativeToDeployment => format!("{} is not there", link.text),
            LinkKind::Registry => format!("{} is not in the cache of this machine", link.text),
            LinkKind::Uri => format!("{} is not on this machine", link.text),
            LinkKind::TemplateSpec => "template specs are not on this machine".to_owned(),
        },
    };
    Some(Unseen { place, reason })
}

fn is_template(files: &Files, path: &Path) -> bool {
    files
        .get(path)
        .is_some_and(|file| file.template().is_some())
}
