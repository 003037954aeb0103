//! Elements put into objects and arrays.
//!
//! What stands on a line stays on it: an insertion never separates an element from the comment
//! behind it, nor a comment from the element below it.

use syntax::{Language, TextEdit, TextRange};

use super::code::{Entry, Style, inline_list};
use super::collection::Collection;
use super::source::Tail;

/// Where elements are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    First,
    Behind(usize),
}

impl Position {
    pub(super) fn behind(index: Option<usize>) -> Self {
        index.map_or(Self::First, Self::Behind)
    }

    /// The number of elements in front.
    const fn index(self) -> usize {
        match self {
            Self::First => 0,
            Self::Behind(index) => index + 1,
        }
    }
}

/// The edits that put `entries` at a position of a collection.
pub(super) fn insert(
    collection: &Collection<'_>,
    position: Position,
    entries: &[Entry],
) -> Option<Vec<TextEdit>> {
    if entries.is_empty() {
        return Some(Vec::new());
    }
    if let Position::Behind(index) = position
        && !collection.is_sound(index)
    {
        return None;
    }
    // Nothing but separators and comments may be around, or the text is not what it seems.
    collection.gap(position.index())?;
    let insertion = Insertion {
        collection,
        entries,
        position,
        unit: collection.unit(),
        newline: collection.source.newline(collection.start),
    };
    Some(match position {
        _ if collection.elements.is_empty() => insertion.between_brackets()?,
        Position::First => insertion.first(),
        Position::Behind(index) => insertion.behind(index),
    })
}

struct Insertion<'c, 'a> {
    collection: &'c Collection<'a>,
    entries: &'c [Entry],
    position: Position,
    unit: String,
    newline: &'static str,
}

impl Insertion<'_, '_> {
    fn style(&self) -> Style<'_> {
        Style {
            language: self.collection.source.language,
            newline: self.newline,
            unit: &self.unit,
        }
    }

    fn is_json(&self) -> bool {
        self.collection.source.language == Language::Json
    }

    /// What stands between elements on lines of their own.
    fn separator(&self) -> &'static str {
        if self.collection.has_commas() {
            ","
        } else {
            ""
        }
    }

    /// The elements on lines of their own, each behind a line break; `last` goes behind the last.
    fn lines(&self, indentation: &str, separator: &str, last: &str) -> String {
        let mut out = String::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let is_last = index + 1 == self.entries.len();
            let separator = if is_last { last } else { separator };
            out.push_str(self.newline);
            out.push_str(indentation);
            out.push_str(&entry.block(self.style(), indentation, separator));
        }
        out
    }

    /// The lines among elements that have lines of their own.
    fn lines_among(&self, last: &str) -> String {
        let indentation = self.collection.inner_indentation(self.position.index());
        self.lines(&indentation, self.separator(), last)
    }

    /// Whether a text fits on the line of a collection on one line.
    fn fits(&self, text: &str) -> bool {
        let growth = text.chars().count();
        let source = self.collection.source;
        !text.contains('\n') && source.has_room(self.collection.start, growth)
    }

    fn between_brackets(&self) -> Option<Vec<TextEdit>> {
        let collection = self.collection;
        let gap = collection.gap(0)?;
        let inline = inline_list(self.entries);
        if let Some(comment) = gap.comments.last() {
            let text = if gap.has_newline {
                self.lines_among("")
            } else {
                format!(" {inline}")
            };
            return Some(vec![TextEdit::insert(comment.end as u32, text)]);
        }
        let range = TextRange::new(collection.start as u32, collection.end as u32);
        if !gap.has_newline {
            let inline = if collection.is_object() {
                format!(" {inline} ")
            } else {
                inline
            };
            if self.fits(&inline) {
                return Some(vec![TextEdit::replace(range, inline)]);
            }
        }
        let close = collection.source.indentation(collection.end);
        let text = format!("{}{}{close}", self.lines_among(""), self.newline);
        Some(vec![TextEdit::replace(range, text)])
    }

    fn first(&self) -> Vec<TextEdit> {
        let collection = self.collection;
        let first = collection.gap_end(0);
        let tail = collection.source.tail(collection.start, first);
        if tail.ends_line {
            let text = self.lines_among(self.separator());
            return vec![TextEdit::insert(tail.end as u32, text)];
        }
        let inline = format!("{}, ", inline_list(self.entries));
        self.opened_up(&inline)
            .unwrap_or_else(|| vec![TextEdit::insert(first as u32, inline)])
    }

    fn behind(&self, index: usize) -> Vec<TextEdit> {
        let collection = self.collection;
        let source = collection.source;
        let element = &collection.elements[index];
        let tail = source.tail(element.end, collection.gap_end(index + 1));
        if tail.ends_line {
            return self.below(index, &tail);
        }
        let with_comma = |list: &str| match tail.comma {
            Some(_) => format!(" {list},"),
            None => format!(", {list}"),
        };
        let inline = with_comma(&inline_list(self.entries));
        if let Some(edits) = self.opened_up(&inline) {
            return edits;
        }
        // Next to something tall: `}, {`.
        let is_tall = source.slice(element.start, element.end).contains('\n');
        let text = if is_tall {
            let indentation = source.indentation(element.start);
            let blocks = self.entries.iter();
            let blocks = blocks.map(|entry| entry.tall(self.style(), indentation));
            with_comma(&blocks.collect::<Vec<_>>().join(", "))
        } else {
            inline
        };
        // A comment behind the comma may speak of the next element.
        let at = tail.comma.map_or(tail.end, |comma| comma + 1);
        vec![TextEdit::insert(at as u32, text)]
    }

    /// Below an element that ends its line.
    fn below(&self, index: usize, tail: &Tail) -> Vec<TextEdit> {
        let collection = self.collection;
        let end = collection.elements[index].end;
        let separator = self.separator();
        let is_last = index + 1 == collection.elements.len();
        if tail.comma.is_some() {
            let text = self.lines_among(separator);
            return vec![TextEdit::insert(tail.end as u32, text)];
        }
        if separator.is_empty() || !(is_last || self.is_json()) {
            let text = self.lines_among("");
            return vec![TextEdit::insert(tail.end as u32, text)];
        }
        // One edit from the comma to the lines: two insertions here then collide, where the same
        // comma would come twice.
        let comments = collection.source.slice(end, tail.end);
        let text = format!(",{comments}{}", self.lines_among(""));
        let range = TextRange::new(end as u32, tail.end as u32);
        vec![TextEdit::replace(range, text)]
    }

    /// The edits that give every element of a collection on one line its own, where `inline` has no
    /// room on it.
    fn opened_up(&self, inline: &str) -> Option<Vec<TextEdit>> {
        let collection = self.collection;
        if !collection.is_one_line() || self.fits(inline) {
            return None;
        }
        let count = collection.elements.len();
        let separator = if self.is_json() { "," } else { "" };
        let outer = collection.outer_indentation();
        let inner = format!("{outer}{}", self.unit);
        let mut edits = Vec::new();
        for index in 0..=count {
            if !collection.gap(index)?.comments.is_empty() {
                return None;
            }
            let is_place = index == self.position.index();
            let is_end = index == count;
            let mut text = String::new();
            if index > 0 && (is_place || !is_end) {
                text.push_str(separator);
            }
            if is_place {
                let last = if is_end { "" } else { separator };
                text.push_str(&self.lines(&inner, separator, last));
            }
            text.push_str(self.newline);
            text.push_str(if is_end { outer } else { &inner });
            let range = TextRange::new(
                collection.gap_start(index) as u32,
                collection.gap_end(index) as u32,
            );
            edits.push(TextEdit::replace(range, text));
        }
        Some(edits)
    }
}
