//! Looks at the disk, on a thread of its own, so that neither messages nor findings wait for it.
//!
//! A folder stands for the same files as on the command line; of JSON files only those that look like
//! a template or a parameter file are taken.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use ignore::DirEntry;
use syntax::Language;
use template::files::{FileSystem, Files};
use tower_lsp::ls_types::MessageType;

use super::desk::Desk;
use super::outbox::Outbox;
use crate::disk::Disk;
use crate::parallel;
use crate::sniff::is_arm;
use crate::walk::{Identities, walk};

/// How many files of a folder are looked at.
const LIMIT: usize = 20_000;

/// What there is to look at.
#[derive(Debug)]
pub(super) enum Job {
    /// A folder that is in sight from now on.
    Enter(PathBuf),
    /// A folder that is not any more.
    Leave(PathBuf),
    /// Files and folders that may have appeared, changed or vanished.
    Check(Vec<PathBuf>),
}

/// What became known of the disk.
#[derive(Debug)]
pub(super) enum News {
    /// A folder was walked.
    Walked {
        /// The folder.
        folder: PathBuf,
        /// The templates and parameter files in it.
        files: BTreeSet<PathBuf>,
        /// Other paths that lead to some of them, by links.
        links: Vec<(PathBuf, PathBuf)>,
    },
    /// A folder is out of sight.
    Left {
        /// The folder.
        folder: PathBuf,
    },
    /// Files changed.
    Changed {
        /// Those that are there.
        changed: Vec<PathBuf>,
        /// Files and folders that are not there any more.
        gone: Vec<PathBuf>,
        /// Which of the changed ones are templates or parameter files, by the folder they are in.
        found: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    },
}

/// Starts a scout, which works off the jobs one after the other.
pub(super) fn start(
    desk: Arc<Desk>,
    files: Arc<Files>,
    outbox: Arc<Outbox>,
) -> io::Result<Sender<Job>> {
    let (sender, jobs) = channel();
    let scout = Scout {
        desk,
        files,
        outbox,
        folders: BTreeSet::new(),
    };
    thread::Builder::new()
        .name("scout".to_owned())
        .stack_size(super::STACK)
        .spawn(move || scout.run(&jobs))?;
    Ok(sender)
}

struct Scout {
    desk: Arc<Desk>,
    files: Arc<Files>,
    outbox: Arc<Outbox>,
    folders: BTreeSet<PathBuf>,
}

impl Scout {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            if self.desk.has_ended() {
                return;
            }
            let news = match job {
                Job::Enter(folder) => {
                    let Listing { files, links, .. } = self.walk(&folder);
                    self.folders.insert(folder.clone());
                    News::Walked {
                        folder,
                        files,
                        links,
                    }
                }
                Job::Leave(folder) => {
                    self.folders.remove(&folder);
                    News::Left { folder }
                }
                Job::Check(paths) => self.check(paths),
            };
            self.desk.report(news);
        }
    }

    fn walk(&self, folder: &Path) -> Listing {
        let mut listing = list(folder, None, || self.desk.has_ended());
        if listing.is_cut {
            let message = format!(
                "{} has more than {LIMIT} Bicep and JSON files: the others are not looked at",
                folder.display()
            );
            self.outbox.report(MessageType::WARNING, &message);
        }
        self.load(&mut listing.files);
        listing
    }

    /// Reads and parses files, so that they cost the analysis little. A file that breaks it by a bug
    /// is left out of sight.
    fn load(&self, files: &mut BTreeSet<PathBuf>) {
        let paths: Vec<_> = files.iter().cloned().collect();
        let loaded = parallel::each(&paths, |path| {
            let load = AssertUnwindSafe(|| drop(self.files.get(path)));
            self.desk.has_ended() || catch_unwind(load).is_ok()
        });
        // Without threads they are loaded by whoever needs them.
        for (path, is_sound) in paths.iter().zip(loaded.unwrap_or_default()) {
            if !is_sound {
                let message = format!("reading {} failed by a bug", path.display());
                self.outbox.report(MessageType::ERROR, &message);
                files.remove(path);
            }
        }
    }

    fn check(&self, paths: Vec<PathBuf>) -> News {
        // What happened to a file says less than what is there now: an editor that saves may delete
        // a file and write it anew.
        let (changed, gone): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| fs::symlink_metadata(path).is_ok());
        let mut found = BTreeMap::new();
        for folder in &self.folders {
            let inside = changed
                .iter()
                .filter(|path| path.starts_with(folder) && Language::of_path(path).is_some());
            let ancestors = inside.flat_map(|path| path.ancestors());
            let wanted: HashSet<_> = ancestors.map(Path::to_owned).collect();
            if !wanted.is_empty() {
                let listing = list(folder, Some(wanted), || self.desk.has_ended());
                found.insert(folder.clone(), listing.files);
            }
        }
        News::Changed {
            changed,
            gone,
            found,
        }
    }
}

/// What a folder holds.
#[derive(Default)]
struct Listing {
    /// The templates and parameter files in it, each under the first of its paths.
    files: BTreeSet<PathBuf>,
    /// The others of its paths, with the first.
    links: Vec<(PathBuf, PathBuf)>,
    /// Whether there are more files than anybody looks at.
    is_cut: bool,
}

/// Lists the templates and parameter files in a folder. Where some are wanted only, so are the
/// folders that they are in.
fn list(folder: &Path, wanted: Option<HashSet<PathBuf>>, has_ended: impl Fn() -> bool) -> Listing {
    let mut walk = walk(folder);
    if let Some(wanted) = wanted {
        walk.filter_entry(move |entry| wanted.contains(entry.path()));
    }
    let mut listing = Listing::default();
    let mut entries = Vec::new();
    for entry in walk.build() {
        if has_ended() {
            return listing;
        }
        match entry {
            Ok(entry) if is_file(&entry) => entries.push(entry),
            Ok(_) => {}
            Err(error) => tracing::info!(%error, "not listed"),
        }
        if entries.len() > LIMIT {
            entries.pop();
            listing.is_cut = true;
            break;
        }
    }
    entries.sort_by(|a, b| a.path().cmp(b.path()));
    let mut met = Met::default();
    for entry in entries {
        if has_ended() {
            return listing;
        }
        match met.first(&entry) {
            Some(first) if listing.files.contains(first) => {
                let first = first.to_owned();
                listing.links.push((entry.into_path(), first));
            }
            None if is_ours(entry.path()) => drop(listing.files.insert(entry.into_path())),
            _ => {}
        }
    }
    listing
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
        && Language::of_path(entry.path()).is_some()
}

/// Whether a file is a template or a parameter file.
fn is_ours(path: &Path) -> bool {
    Language::of_path(path) != Some(Language::Json)
        || Disk.read(path).is_some_and(|text| is_arm(&text))
}

/// The files met so far, by what tells them from others.
#[derive(Default)]
struct Met {
    identities: Identities,
    met: HashMap<PathBuf, PathBuf>,
}

impl Met {
    /// The path under which a file was met before, if it was.
    fn first(&mut self, entry: &DirEntry) -> Option<&Path> {
        let path = entry.path();
        let identity = self.identities.of(path, entry.path_is_symlink());
        match self.met.entry(identity) {
            Entry::Occupied(met) => Some(met.into_mut()),
            Entry::Vacant(new) => {
                new.insert(path.to_owned());
                None
            }
        }
    }
}
