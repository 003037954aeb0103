//! Names of rules put into what tells them to be silent, and taken out of it.

mod insertion;

use std::collections::BTreeMap;

use syntax::{Document, TextEdit, TextRange};
use tree_sitter::Node;

use super::collection::Collection;
use super::merge;
use super::remove::{remove, remove_range};
use super::source::Source;
pub use insertion::{Silenced, Suppression, suppress};

/// Takes names of rules out of the comments and metadata that tell them to be silent
/// ([`syntax::suppression`]), each at the range that it has there. What names nothing any more goes
/// too, with its line where it has it alone.
#[must_use]
pub fn remove_names(document: &Document, names: &[TextRange]) -> Option<Vec<TextEdit>> {
    let source = Source::new(document);
    let mut lists: BTreeMap<usize, (Node<'_>, Vec<TextRange>)> = BTreeMap::new();
    for name in names {
        let list = list_of(document, *name)?;
        let (_, names) = lists
            .entry(list.start_byte())
            .or_insert_with(|| (list, Vec::new()));
        names.push(*name);
    }
    let operations = lists.into_values().map(|(list, mut names)| {
        names.sort();
        match list.kind() {
            "array" => from_metadata(&source, list, &names),
            _ => Some(from_comment(&source, list, &names)),
        }
    });
    merge(operations.collect::<Option<_>>()?)
}

/// The comment or array that a name is in.
fn list_of(document: &Document, name: TextRange) -> Option<Node<'_>> {
    let (start, end) = (name.start as usize, name.end as usize);
    let mut node = document.root().descendant_for_byte_range(start, end)?;
    while !matches!(node.kind(), "array" | "comment" | "directive") {
        node = node.parent()?;
    }
    Some(node)
}

fn from_comment(source: &Source<'_>, comment: Node<'_>, names: &[TextRange]) -> Vec<TextEdit> {
    let (start, end) = (comment.start_byte(), comment.end_byte());
    let is_blank = |text: &str| text.trim().is_empty();
    // Between the keyword and the first name, between the names, and behind them.
    let keyword = source.slice(start, end).find('#').unwrap_or_default() + start;
    let keyword = keyword
        + source
            .slice(keyword, end)
            .find([' ', '\t'])
            .unwrap_or_default();
    let starts = std::iter::once(keyword).chain(names.iter().map(|name| name.end as usize));
    let ends = names.iter().map(|name| name.start as usize).chain([end]);
    let mut rest = starts.zip(ends);
    if !rest.all(|(start, end)| is_blank(source.slice(start, end))) {
        let with_blanks = names.iter().map(|name| {
            let before = source.slice(0, name.start as usize);
            let start = before.trim_end_matches([' ', '\t']).len();
            remove_range(start, name.end as usize)
        });
        return with_blanks.collect();
    }
    let line_end = source.line_end(end);
    let behind = source.slice(end, line_end);
    if is_blank(behind) {
        return vec![remove_range(
            source.line_start(start),
            source.next_line(end),
        )];
    }
    let blanks = behind.len() - behind.trim_start().len();
    vec![remove_range(start, end + blanks)]
}

fn from_metadata(
    source: &Source<'_>,
    list: Node<'_>,
    names: &[TextRange],
) -> Option<Vec<TextEdit>> {
    let array = Collection::of(source, list)?;
    if array.elements.len() > names.len() {
        let each = names.iter().map(|name| {
            let index = array.position_at(name.start as usize)?;
            remove(&array, index)
        });
        return merge(each.collect::<Option<_>>()?);
    }
    // `disable`, what is ours, and the metadata themselves, as far as nothing else is in them.
    let mut member = list.parent()?;
    for _ in 0..2 {
        let object = member.parent()?;
        let collection = Collection::of(source, object)?;
        let is_alone = collection.elements.len() == 1
            && (0..=1).all(|gap| {
                let gap = collection.gap(gap);
                gap.is_some_and(|gap| gap.comments.is_empty())
            });
        if !is_alone {
            break;
        }
        member = object.parent()?;
    }
    let around = Collection::of(source, member.parent()?)?;
    remove(&around, around.position_at(member.start_byte())?)
}
