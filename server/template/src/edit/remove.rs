//! Elements taken out of objects and arrays.

use syntax::{TextEdit, TextRange};

use super::collection::Collection;

/// The edits that take an element out, with its comma, and with its lines where it has them alone.
pub(super) fn remove(collection: &Collection<'_>, index: usize) -> Option<Vec<TextEdit>> {
    if !collection.is_sound(index) {
        return None;
    }
    let source = collection.source;
    let element = collection.elements.get(index)?;
    let before = collection.gap(index)?;
    let after = collection.gap(index + 1)?;
    if collection.elements.len() == 1 && before.comments.is_empty() && after.comments.is_empty() {
        return Some(vec![remove_range(collection.start, collection.end)]);
    }
    let tail = source.tail(element.end, collection.gap_end(index + 1));
    let is_last = index + 1 == collection.elements.len();
    // The comma in front of the last element goes with it.
    let stray = (is_last && tail.comma.is_none())
        .then(|| before.commas.first().copied())
        .flatten();
    if source.is_first_on_line(element.start) && tail.ends_line {
        let mut edits: Vec<_> = stray
            .map(|comma| remove_range(comma, comma + 1))
            .into_iter()
            .collect();
        let start = source.line_start(element.start);
        edits.push(remove_range(start, source.next_line(tail.end)));
        return Some(edits);
    }
    if is_last && before.comments.is_empty() && index > 0 {
        // The comma behind it, if any, then is the one behind its predecessor.
        return Some(vec![remove_range(collection.gap_start(index), element.end)]);
    }
    if !is_last && after.comments.is_empty() {
        return Some(vec![remove_range(
            element.start,
            collection.gap_end(index + 1),
        )]);
    }
    let mut edits = Vec::new();
    edits.extend(stray.map(|comma| remove_range(comma, comma + 1)));
    edits.push(remove_range(element.start, element.end));
    let comma = after.commas.first().copied();
    edits.extend(comma.map(|comma| remove_range(comma, comma + 1)));
    Some(edits)
}

/// The edit that takes bytes out.
pub(super) fn remove_range(start: usize, end: usize) -> TextEdit {
    TextEdit::remove(TextRange::new(start as u32, end as u32))
}
