//! What is known of the thing at a place: who may read what, what becomes of each read, and the
//! commands that would repair a live service.
//!
//! Only what this product knows is said. What a thing is and which properties it has, others show.

mod cause;
mod grants;
mod identity;
mod page;
mod reads;
mod repair;
mod role;
mod secret;
mod service;
mod target;
mod vault;

use std::path::Path;

use syntax::TextRange;
use template::program::Program;

use self::page::Page;
use self::target::{Subject, Target};
use crate::context::Context;

/// How many instances of one file are looked at. A file that is deployed more often than that says
/// hardly anything new.
const MOST_INSTANCES: usize = 8;

/// What is known of the thing at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Where the thing is written.
    pub range: TextRange,
    /// What is known, in Markdown.
    pub markdown: String,
}

impl Hover {
    /// What is known, as text for who does not take Markdown.
    #[must_use]
    pub fn plain_text(&self) -> String {
        page::plain_text(&self.markdown)
    }
}

/// What is known of the thing at a byte of a file, as a program deploys it; none where there is
/// nothing to say.
#[must_use]
pub fn hover(program: &Program, path: &Path, offset: u32) -> Option<Hover> {
    combined(hovers(program, path, offset))
}

/// The same for each instance of the file.
pub(crate) fn hovers(program: &Program, path: &Path, offset: u32) -> Vec<Hover> {
    let is_meant = |id: &_| {
        let file = &program.instance(*id).file;
        *file.path == *path && !file.is_foreign
    };
    let instances: Vec<_> = program.instances().filter(is_meant).collect();
    if instances.is_empty() {
        return Vec::new();
    }
    let context = Context::new(program);
    let instances = instances.into_iter().take(MOST_INSTANCES);
    instances
        .filter_map(|instance| {
            let Target { subject, range } = target::at(&context, instance, offset)?;
            let markdown = page_of(&context, &subject)?.markdown();
            Some(Hover { range, markdown })
        })
        .collect()
}

/// The first of what is known of one thing in several deployments, with a word on the others.
pub(crate) fn combined(hovers: impl IntoIterator<Item = Hover>) -> Option<Hover> {
    let mut hovers = hovers.into_iter();
    let mut first = hovers.next()?;
    let different = hovers
        .filter(|other| other.markdown != first.markdown)
        .count();
    if different > 0 {
        let noun = page::counted(different, "other deployment", "other deployments");
        let note = format!("\n*It is different in {noun} of this file.*\n");
        first.markdown.push_str(&note);
    }
    Some(first)
}

fn page_of(context: &Context<'_>, subject: &Subject) -> Option<Page> {
    match subject {
        Subject::Service(id) => service::page(context, *id),
        Subject::Vault(id) => vault::page(context, *id),
        Subject::Identity(holder) => identity::page(context, *holder),
        Subject::Roles(roles, assignment) => Some(role::page(context, roles, *assignment)),
        Subject::Secrets(properties) => secret::page(context, properties),
    }
}
