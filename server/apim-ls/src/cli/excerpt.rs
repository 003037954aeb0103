//! The lines that a finding is about, of one or of several files, cut to what fits a screen.
//!
//! A minified template is one line of a megabyte, and a report of a thousand findings in it must
//! neither print nor copy a gigabyte. So an excerpt holds only the lines between its marks, and of
//! a long line only the surroundings of its mark.

use std::fmt::Write as _;
use std::ops::Range;

use ropey::Rope;
use rules::Finding;
use syntax::position::{Position, PositionEncoding, position_at};

use super::report::{Text, Texts};

/// Longest line that is shown whole, and most that is shown of a longer one, in characters.
const WIDTH: usize = 120;

/// What is shown before a mark in a long line, in characters.
const LEAD: usize = 40;

/// Most lines that one excerpt spans. Of a longer range only the start is marked.
const HEIGHT: usize = 60;

/// How far a place may be from another one, in lines, to be shown in the same excerpt.
const NEAR: usize = 8;

/// A part of a file with marks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt<'a> {
    /// What the file is called.
    pub file: &'a str,
    /// Where the first mark begins in the file.
    pub position: Position,
    /// The number of the first line, from 1.
    pub first_line: usize,
    /// The lines, with `\n` between them and `…` where a line was cut.
    pub text: String,
    /// The marks as ranges in `text`, with their labels.
    pub marks: Vec<Mark<'a>>,
}

/// A marked place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark<'a> {
    /// Bytes of the excerpt's text.
    pub range: Range<usize>,
    /// What is there; the finding's own place has its message as title instead.
    pub label: Option<&'a str>,
}

/// The excerpts for a finding: the first holds its place, and the related ones that are near; the
/// others hold the related places that are further away, or in other files.
pub(crate) fn of_finding<'a>(files: &'a Texts, finding: &'a Finding) -> Vec<Excerpt<'a>> {
    let mut groups = vec![vec![Place::new(files, &finding.place, None)]];
    for related in &finding.related {
        let place = Place::new(files, &related.place, Some(&related.message));
        match groups.iter_mut().find(|group| place.is_near(&group[0])) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups.iter().map(|group| excerpt(group)).collect()
}

/// A place in a file by lines, and characters within them.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    file: &'a Text,
    position: Position,
    start: (usize, usize),
    end: (usize, usize),
    label: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn new(files: &'a Texts, place: &rules::Place, label: Option<&'a str>) -> Self {
        let (file, range) = (files.of(place), place.range);
        let text = file.document.text();
        let locate = |offset: u32| {
            let offset = (offset as usize).min(text.len_bytes());
            let character = text.byte_to_char(offset);
            let line = text.char_to_line(character);
            let column = character - text.line_to_char(line);
            (line, column.min(line_length(text, line)))
        };
        let start = locate(range.start);
        let mut end = locate(range.end);
        if end.0 > start.0 && end.1 == 0 {
            // The range takes its last line's break along; a mark in the next line would mislead.
            end = (end.0 - 1, line_length(text, end.0 - 1));
        }
        if end.0 - start.0 >= HEIGHT {
            end = (start.0, line_length(text, start.0));
        }
        Self {
            file,
            position: position_at(text, range.start, PositionEncoding::Utf16),
            start,
            end: end.max(start),
            label,
        }
    }

    fn is_near(&self, other: &Self) -> bool {
        let text = self.file.document.text();
        let cut = |place: &Self| {
            line_length(text, place.start.0) > WIDTH || line_length(text, place.end.0) > WIDTH
        };
        std::ptr::eq(self.file, other.file)
            && self.start.0 <= other.end.0 + NEAR
            && other.start.0 <= self.end.0 + NEAR
            && !cut(self)
            && !cut(other)
    }
}

fn excerpt<'a>(places: &[Place<'a>]) -> Excerpt<'a> {
    let file = places[0].file;
    let text = file.document.text();
    let first = places.iter().map(|place| place.start.0).min().unwrap_or(0);
    let last = places.iter().map(|place| place.end.0).max().unwrap_or(0);
    let mut shown = String::new();
    let mut lines = Vec::new();
    for line in first..=last {
        // Places share an excerpt only if none of them has to be cut.
        let focus = places.iter().find_map(|place| {
            if place.start.0 == line {
                Some(place.start.1)
            } else {
                (place.end.0 == line).then_some(place.end.1)
            }
        });
        if line > first {
            shown.push('\n');
        }
        lines.push(Line::append(&mut shown, text, line, focus.unwrap_or(0)));
    }
    let marks = places
        .iter()
        .map(|place| {
            let offset =
                |(line, column): (usize, usize)| lines[line - first].offset(&shown, column);
            Mark {
                range: offset(place.start)..offset(place.end),
                label: place.label,
            }
        })
        .collect();
    Excerpt {
        file: &file.name,
        position: places[0].position,
        first_line: first + 1,
        text: shown,
        marks,
    }
}

/// How a line of the document lies in the excerpt.
struct Line {
    /// Where the line's characters begin in the excerpt.
    start: usize,
    /// The characters of the line that are shown.
    window: Range<usize>,
}

impl Line {
    fn append(shown: &mut String, text: &Rope, line: usize, focus: usize) -> Self {
        let length = line_length(text, line);
        let window = if length <= WIDTH {
            0..length
        } else {
            let start = focus.saturating_sub(LEAD);
            start..length.min(start + WIDTH)
        };
        if window.start > 0 {
            shown.push('…');
        }
        let start = shown.len();
        let line_start = text.line_to_char(line);
        let slice = text.slice(line_start + window.start..line_start + window.end);
        // Writing to a string cannot fail.
        let _ = write!(shown, "{slice}");
        if window.end < length {
            shown.push('…');
        }
        Self { start, window }
    }

    /// The excerpt's byte offset for a character of the line; one that is not shown moves to the edge.
    fn offset(&self, shown: &str, column: usize) -> usize {
        let within = column.clamp(self.window.start, self.window.end) - self.window.start;
        shown[self.start..]
            .char_indices()
            .nth(within)
            .map_or(shown.len(), |(offset, _)| self.start + offset)
    }
}

/// The number of characters of a line without its break.
fn line_length(text: &Rope, line: usize) -> usize {
    let line = text.line(line);
    let mut end = line.len_chars();
    if end > 0 && line.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > 0 && line.char(end - 1) == '\r' {
        end -= 1;
    }
    end
}
