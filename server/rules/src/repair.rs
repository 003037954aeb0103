//! What a repair changes: places in several files, and files that it adds.

pub(crate) mod access;
pub(crate) mod grant;
pub(crate) mod identity;
pub(crate) mod own;
pub(crate) mod references;
pub(crate) mod secure;
pub(crate) mod spelling;
pub(crate) mod vault_reference;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syntax::{Language, TextEdit};
use template::dependencies::Dependencies;
use template::edit::{merge, unmarked};
use template::files::File;
use template::model::ResourceId;
use template::program::{At, InstanceId};

use crate::context::Context;
use crate::{Applicability, Edit, Extent, Fix, NewFile};

/// Changes that belong together. All of them are possible, or there is no fix.
#[derive(Clone)]
pub(crate) struct Repair<'c, 'a> {
    context: &'c Context<'a>,
    edits: BTreeMap<Arc<Path>, Vec<Vec<TextEdit>>>,
    creates: Vec<NewFile>,
    widened: Vec<Arc<Path>>,
}

impl<'c, 'a> Repair<'c, 'a> {
    /// No change yet.
    pub(crate) const fn new(context: &'c Context<'a>) -> Self {
        Self {
            context,
            edits: BTreeMap::new(),
            creates: Vec::new(),
            widened: Vec::new(),
        }
    }

    /// What the rules see.
    pub(crate) const fn context(&self) -> &'c Context<'a> {
        self.context
    }

    /// Edits the file of an instance; none if the edits are, or the file is not the user's.
    pub(crate) fn edit(
        &mut self,
        instance: InstanceId,
        edits: Option<Vec<TextEdit>>,
    ) -> Option<&mut Self> {
        let file = &self.context.program.instance(instance).file;
        let edits = edits.filter(|_| !file.is_foreign)?;
        let all = self.edits.entry(Arc::clone(&file.path)).or_default();
        // The template of several instances is edited once.
        if !all.contains(&edits) {
            all.push(edits);
        }
        Some(self)
    }

    /// Adds a file.
    pub(crate) fn create(&mut self, path: PathBuf, text: String) -> &mut Self {
        let path = path.into();
        self.creates.push(NewFile { path, text });
        self
    }

    /// Notes that the template of an instance gets a parameter which has to be given, or says what
    /// this program knows: the fix is whole only where other programs that deploy it agree.
    pub(crate) fn widen(&mut self, instance: InstanceId) -> &mut Self {
        let path = &self.context.program.instance(instance).file.path;
        if !self.widened.contains(path) {
            self.widened.push(Arc::clone(path));
        }
        self
    }

    /// Lets a resource wait for another one of its file, of which it is to read something: Bicep does
    /// that by itself, ARM JSON does not. None where that closes a cycle.
    pub(crate) fn wait_for(
        &mut self,
        reader: At<ResourceId>,
        read: At<ResourceId>,
    ) -> Option<&mut Self> {
        let instance = reader.instance;
        let dependencies = Dependencies::of(self.context.program, instance);
        if dependencies.reaches(read.id, reader.id) {
            return None;
        }
        let is_said = self.context.template(instance).language != Language::Json
            || dependencies.reaches(reader.id, read.id);
        if !is_said {
            let editor = self.context.editor(instance)?;
            let edits = editor.add_depends_on(reader.id, &read.id.into())?;
            if !edits.is_empty() {
                self.edit(instance, Some(edits))?;
            }
        }
        Some(self)
    }

    /// The fix that makes these changes; none if they overlap or change nothing.
    pub(crate) fn fix(
        self,
        title: impl Into<String>,
        applicability: Applicability,
        extent: Extent,
    ) -> Option<Fix> {
        let mut edits = Vec::new();
        for (path, operations) in self.edits {
            edits.extend(edits_of(&path, merge(operations)?));
        }
        let is_change = !edits.is_empty() || !self.creates.is_empty();
        is_change.then(|| Fix {
            title: title.into(),
            applicability,
            extent,
            edits,
            creates: self.creates,
            widened: self.widened,
        })
    }
}

/// A small fix in one file, if its edits are possible.
pub(crate) fn fix(
    file: &File,
    title: impl Into<String>,
    applicability: Applicability,
    edits: Option<Vec<TextEdit>>,
) -> Option<Fix> {
    let edits = edits.filter(|edits| !edits.is_empty() && !file.is_foreign)?;
    Some(Fix {
        title: title.into(),
        applicability,
        extent: Extent::Repair,
        edits: edits_of(&file.path, edits),
        creates: Vec::new(),
        widened: Vec::new(),
    })
}

fn edits_of(path: &Arc<Path>, edits: Vec<TextEdit>) -> Vec<Edit> {
    let edits = edits.into_iter().map(|edit| {
        let (new_text, placeholders) = unmarked(&edit.new_text);
        Edit {
            file: Arc::clone(path),
            range: edit.range,
            new_text,
            placeholders,
        }
    });
    edits.collect()
}
