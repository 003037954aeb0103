//! Fixes that several programs have to agree on.
//!
//! A program sees who deploys its templates, but not those who do so in other programs. Where a fix
//! gives a template a parameter that has to be given, the others' part of it is in their own fix of
//! the same finding. Where it writes into a template what one program knows, the others have to come
//! to the very same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{Judged, Key};
use crate::{Edit, Finding, Fix};

/// The findings of all deployments, with those of their fixes that are whole.
pub(super) fn findings(judged: &BTreeMap<Key, Judged>) -> Vec<Cow<'_, Finding>> {
    let roots: Vec<_> = judged.iter().filter(|(key, _)| !key.is_contract).collect();
    let mut found = Vec::new();
    for (key, own) in &roots {
        for finding in &own.findings {
            if finding.fixes.iter().all(|fix| fix.widened.is_empty()) {
                found.push(Cow::Borrowed(finding));
                continue;
            }
            let others = roots.iter().filter(|(other, _)| other != key);
            let others: Vec<_> = others.map(|(_, judged)| *judged).collect();
            let fixes = finding.fixes.iter();
            let fixes = fixes.filter_map(|fix| whole(fix, finding, &others));
            found.push(Cow::Owned(Finding {
                fixes: fixes.collect(),
                ..finding.clone()
            }));
        }
    }
    found
}

/// A fix with what other programs add to it; none if one of them that has to does not.
fn whole(fix: &Fix, finding: &Finding, others: &[&Judged]) -> Option<Fix> {
    let mut whole = fix.clone();
    for other in others {
        let mut widened = fix.widened.iter();
        if widened.any(|path| other.inputs.contains(&**path)) {
            let mut findings = other.findings.iter();
            let same = findings.find(|it| it.key() == finding.key())?;
            let same = same.fixes.iter().find(|it| it.title == fix.title)?;
            whole = joined(whole, same)?;
        }
    }
    Some(whole)
}

/// Both fixes as one; none if they are in each other's way.
fn joined(mut one: Fix, other: &Fix) -> Option<Fix> {
    let mut files: BTreeMap<Arc<Path>, Vec<Edit>> = BTreeMap::new();
    for edit in one.edits.drain(..).chain(other.edits.iter().cloned()) {
        let edits = files.entry(Arc::clone(&edit.file)).or_default();
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    for edits in files.values_mut() {
        edits.sort_by_key(|edit| edit.range);
        let is_apart = |pair: &[Edit]| match pair {
            [first, second] => first.range.end <= second.range.start && first.range != second.range,
            _ => true,
        };
        if !edits.windows(2).all(is_apart) {
            return None;
        }
    }
    one.edits = files.into_values().flatten().collect();
    add_new(&mut one.creates, &other.creates);
    add_new(&mut one.widened, &other.widened);
    Some(one)
}

fn add_new<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}
