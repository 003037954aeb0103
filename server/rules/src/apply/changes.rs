//! Fixes that can be made at once.

use std::collections::BTreeMap;
use std::path::Path;

use syntax::TextRange;

use crate::{Edit, Fix, NewFile};

/// Fixes that are made at once: none is in another's way.
#[derive(Debug, Default)]
pub struct Changes<'f> {
    fixes: Vec<&'f Fix>,
    edits: BTreeMap<&'f Path, Vec<&'f Edit>>,
    creates: BTreeMap<&'f Path, &'f NewFile>,
}

impl<'f> Changes<'f> {
    /// Takes a fix in; tells whether it could. What changes a place that another fix changes, or
    /// inserts where another one does, has to wait, as has what adds a file that another one adds or
    /// edits. The very same fix is made once for all that it repairs.
    pub fn add(&mut self, fix: &'f Fix) -> bool {
        if self.fixes.contains(&fix) {
            return true;
        }
        if self.is_in_the_way_of(fix) {
            return false;
        }
        for edit in &fix.edits {
            let edits = self.edits.entry(&edit.file).or_default();
            let index = edits.partition_point(|other| other.range.start <= edit.range.start);
            edits.insert(index, edit);
        }
        for file in &fix.creates {
            self.creates.insert(&file.path, file);
        }
        self.fixes.push(fix);
        true
    }

    fn is_in_the_way_of(&self, fix: &Fix) -> bool {
        let is_added = |path: &Path| self.creates.contains_key(path);
        let mut edits = fix.edits.iter();
        let mut creates = fix.creates.iter();
        edits.any(|edit| is_added(&edit.file) || self.is_taken(edit))
            || creates.any(|file| is_added(&file.path) || self.edits.contains_key(&*file.path))
    }

    fn is_taken(&self, edit: &Edit) -> bool {
        let Some(edits) = self.edits.get(&*edit.file) else {
            return false;
        };
        // They do not overlap one another, so that their ends are in order too.
        let behind = edits.partition_point(|other| other.range.start <= edit.range.end);
        let before = edits[..behind].iter().rev();
        before
            .take_while(|other| other.range.end >= edit.range.start)
            .any(|other| is_same_place(other.range, edit.range))
    }

    /// The fixes, in the order in which they came.
    #[must_use]
    pub fn fixes(&self) -> &[&'f Fix] {
        &self.fixes
    }

    /// The edits, file by file, in the order of each file's text.
    pub fn edits(&self) -> impl Iterator<Item = (&'f Path, &[&'f Edit])> {
        let edits = self.edits.iter();
        edits.map(|(path, edits)| (*path, edits.as_slice()))
    }

    /// The files that are added, by path.
    pub fn creates(&self) -> impl Iterator<Item = &'f NewFile> {
        self.creates.values().copied()
    }
}

/// Whether two ranges share a byte, or one is an insertion inside or at an end of the other.
fn is_same_place(a: TextRange, b: TextRange) -> bool {
    if a.is_empty() || b.is_empty() {
        a.touches(b)
    } else {
        a.start < b.end && b.start < a.end
    }
}

/// A text with edits of it made, which are in its order and do not overlap; none where they are not
/// edits of this text.
#[must_use]
pub fn edited(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.range.as_usize();
        result.push_str(text.get(done..range.start)?);
        text.get(range.clone())?;
        result.push_str(&edit.new_text);
        done = range.end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}
