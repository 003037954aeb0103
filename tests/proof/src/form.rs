//! What the edits of a fix must be like, before anybody applies them.

use std::path::Path;

use rules::{Edit, Fix};
use syntax::TextRange;

/// How many words in front of a comment and behind it tell whether what it is about stays.
const NEIGHBOURS: usize = 3;

/// The edits of a fix in one file, in the order of its text.
pub(crate) fn edits_of<'f>(fix: &'f Fix, path: &Path) -> Vec<&'f Edit> {
    fix.edits.iter().filter(|it| &*it.file == path).collect()
}

/// Whether edits can be applied to a text at all.
pub(crate) fn is_applicable(text: &str, edits: &[&Edit]) -> bool {
    let is_in_order = |pair: &[&Edit]| pair[0].range.end <= pair[1].range.start;
    let is_inside = |edit: &&Edit| text.get(edit.range.as_usize()).is_some();
    edits.windows(2).all(is_in_order) && edits.iter().all(is_inside)
}

/// The text with the edits applied. They must be applicable.
pub(crate) fn applied(text: &str, edits: &[&Edit]) -> String {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    result
}

/// Where a byte of a text is after its edits are applied.
pub(crate) fn moved(edits: &[&Edit], offset: u32) -> u32 {
    let mut moved = offset;
    for edit in edits.iter().rev() {
        if edit.range.end <= offset {
            moved = moved - edit.range.len() + edit.new_text.len() as u32;
        } else if edit.range.start < offset {
            moved -= offset - edit.range.start;
        }
    }
    moved
}

/// What is wrong with the edits of a text that are applicable to it, given the comments in the text.
pub(crate) fn complaints(text: &str, edits: &[&Edit], comments: &[TextRange]) -> Vec<String> {
    let mut found = Vec::new();
    let style = Style::of(text);
    let all: String = edits.iter().map(|edit| &*edit.new_text).collect();
    for edit in edits {
        let old = &text[edit.range.as_usize()];
        let new = &*edit.new_text;
        if old == new {
            found.push(format!("an edit replaces {old:?} by itself"));
        }
        if shares_a_line(old, new) {
            found.push(format!("an edit repeats a line of {old:?} in {new:?}"));
        }
        found.extend(style.complaints(new, text));
        if !edit
            .placeholders
            .iter()
            .all(|it| new.get(it.as_usize()).is_some())
        {
            found.push(format!("a placeholder is not inside of {new:?}"));
        }
        // What is taken out goes with what is said of it; what stays keeps it.
        let inside = comments.iter().filter(|it| edit.range.contains_range(**it));
        for comment in inside {
            let (front, behind) =
                text[edit.range.as_usize()].split_at((comment.start - edit.range.start) as usize);
            let comment = text[comment.as_usize()].trim_end();
            let after = &behind[comment.len()..];
            let around = words(front).rev().take(NEIGHBOURS);
            let mut words = around.chain(words(after).take(NEIGHBOURS)).peekable();
            let is_about_what_stays = words.peek().is_some() && words.all(|it| all.contains(it));
            if is_about_what_stays && !all.contains(comment) {
                found.push(format!("the comment {comment:?} is lost"));
            }
        }
    }
    found
}

/// The words of a text.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|it: char| !it.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// What is wrong with the text of a new file, which may have lines of others.
pub(crate) fn complaints_of_new(text: &str, others: &str) -> Vec<String> {
    let mut found = Style::of(text).complaints(text, others);
    if !text.ends_with('\n') || text.ends_with("\n\n") || text.ends_with("\r\n\r\n") {
        found.push("the new file does not end with one line break".to_owned());
    }
    found
}

/// Whether the first or last of several lines is the same in both: then it need not be edited.
fn shares_a_line(old: &str, new: &str) -> bool {
    let ends = |text: &str| {
        let (first, _) = text.split_once('\n')?;
        let (_, last) = text.rsplit_once('\n')?;
        Some((first.to_owned(), last.to_owned()))
    };
    match (ends(old), ends(new)) {
        (Some((first, last)), Some((new_first, new_last))) => {
            // A bracket alone is no text.
            let is_text = |line: &str| line.contains(char::is_alphanumeric);
            let is_same = |a: &str, b: &str| a == b && is_text(a);
            is_same(&first, &new_first) || is_same(&last, &new_last)
        }
        _ => false,
    }
}

/// How a text breaks and indents its lines, where it does so in one way.
struct Style {
    newline: Option<&'static str>,
    indentation: Option<char>,
}

impl Style {
    fn of(text: &str) -> Self {
        let all = text.matches('\n').count();
        let newline = match text.matches("\r\n").count() {
            0 if all > 0 => Some("\n"),
            with_return if all > 0 && with_return == all => Some("\r\n"),
            _ => None,
        };
        let mut starts = text.lines().filter_map(|line| line.chars().next());
        let (mut tabs, mut blanks) = (0, 0);
        for first in starts.by_ref() {
            tabs += usize::from(first == '\t');
            blanks += usize::from(first == ' ');
        }
        let indentation = match (tabs, blanks) {
            (0, blanks) if blanks > 0 => Some(' '),
            (tabs, 0) if tabs > 0 => Some('\t'),
            _ => None,
        };
        Self {
            newline,
            indentation,
        }
    }

    /// What is wrong with the lines of a new text, those aside that were somewhere before.
    fn complaints(&self, new: &str, before: &str) -> Vec<String> {
        let mut found = Vec::new();
        let with_return = new.matches("\r\n").count();
        let is_foreign = match self.newline {
            Some("\n") => with_return > 0,
            Some(_) => with_return < new.matches('\n').count(),
            None => false,
        };
        if is_foreign {
            found.push(format!("other line breaks than the file's in {new:?}"));
        }
        let lines: Vec<_> = new.split('\n').collect();
        // Behind the first line break, lines of the new text start; the last one goes on in the file.
        for (index, line) in lines.iter().enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let is_last = index + 1 == lines.len();
            let content = line.trim_start();
            let is_moved = !content.is_empty() && before.lines().any(|it| it.ends_with(content));
            if !is_last && line.ends_with([' ', '\t']) && !is_moved {
                found.push(format!("blanks at the end of the line {line:?}"));
            }
            let other = match self.indentation {
                Some(' ') => '\t',
                Some(_) => ' ',
                None => continue,
            };
            if index > 0 && line.starts_with(other) {
                found.push(format!("indented otherwise than the file: {line:?}"));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn edit(start: u32, end: u32, new_text: &str) -> Edit {
        Edit {
            file: Arc::from(Path::new("/w/main.bicep")),
            range: TextRange::new(start, end),
            new_text: new_text.to_owned(),
            placeholders: Vec::new(),
        }
    }

    #[test]
    fn places_move_with_what_is_in_front_of_them() {
        let edits = [edit(2, 4, "long"), edit(6, 6, "!")];
        let edits: Vec<_> = edits.iter().collect();
        assert_eq!(applied("0123456789", &edits), "01long45!6789");
        let moved: Vec<_> = (0..9).map(|offset| moved(&edits, offset)).collect();
        assert_eq!(moved, [0, 1, 2, 2, 6, 7, 9, 10, 11]);
    }

    #[test]
    fn edits_out_of_order_or_out_of_the_text_are_not_applied() {
        let (first, second) = (edit(2, 4, ""), edit(3, 5, ""));
        assert!(!is_applicable("0123456789", &[&first, &second]));
        assert!(!is_applicable("ä", &[&edit(1, 2, "")]));
        assert!(!is_applicable("0", &[&edit(1, 2, "")]));
        assert!(is_applicable("0", &[&edit(1, 1, "")]));
    }

    #[test]
    fn an_edit_is_as_small_and_as_much_like_the_file_as_it_can_be() {
        let text = "a {\r\n  b // why\r\n}\r\n";
        let comments = [TextRange::new(9, 15)];
        let complaints = |start, end, new| -> Vec<String> {
            let edit = edit(start, end, new);
            let found = complaints(text, &[&edit], &comments);
            found.into_iter().map(|it| it[..16].to_owned()).collect()
        };
        let none: Vec<String> = Vec::new();
        assert_eq!(complaints(7, 8, "c"), none);
        assert_eq!(complaints(5, 17, ""), none);
        assert_eq!(complaints(7, 8, "b"), ["an edit replaces"]);
        assert_eq!(
            complaints(0, 18, "a {\r\n  c // why\r\n}"),
            ["an edit repeats "]
        );
        assert_eq!(complaints(7, 8, "b\n  c"), ["other line break"]);
        assert_eq!(complaints(7, 8, "b\r\n\tc"), ["indented otherwi"]);
        assert_eq!(complaints(7, 8, "b \r\n  c"), ["blanks at the en"]);
        assert_eq!(complaints(7, 15, "c"), none);
        assert_eq!(complaints(7, 15, "b.c"), ["the comment \"// "]);
    }
}
