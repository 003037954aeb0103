//! The text that is edited, and how its author lays it out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use syntax::{Document, Language};

/// How long a line may become before an object on one line is opened up.
const MAXIMUM_COLUMNS: usize = 100;

/// The text of a document.
pub(super) struct Source<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) language: Language,
    unit: OnceCell<String>,
    formats: OnceCell<bool>,
}

impl<'a> Source<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            text: document.text().into(),
            language: document.language(),
            unit: OnceCell::new(),
            formats: OnceCell::new(),
        }
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The start of the line that `offset` is on.
    pub(super) fn line_start(&self, offset: usize) -> usize {
        self.slice(0, offset).rfind('\n').map_or(0, |at| at + 1)
    }

    /// The end of the line that `offset` is on, in front of its line break.
    pub(super) fn line_end(&self, offset: usize) -> usize {
        let rest = self.slice(offset, self.text.len());
        let end = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        offset + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The start of the line below the one that `offset` is on; of the last one, its end.
    pub(super) fn next_line(&self, offset: usize) -> usize {
        let rest = self.slice(offset, self.text.len());
        rest.find('\n')
            .map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The start of the first of the lines right above the one that begins at `line`, none of them
    /// before `limit`, that have nothing but a comment or directive; of `line` where there are none.
    pub(super) fn comments_above(&self, line: usize, limit: usize) -> usize {
        let mut first = line;
        while first > limit {
            let above = self.line_start(first - 1);
            let text = self.slice(above, first).trim();
            if !text.starts_with("//") && !text.starts_with('#') {
                break;
            }
            first = above;
        }
        first
    }

    /// The white space that the line of `offset` begins with.
    pub(super) fn indentation(&self, offset: usize) -> &str {
        let start = self.line_start(offset);
        let line = self.slice(start, offset);
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        self.slice(start, start + blank)
    }

    /// Whether only white space is in front of `offset` on its line.
    pub(super) fn is_first_on_line(&self, offset: usize) -> bool {
        let start = self.line_start(offset);
        self.indentation(offset).len() == offset - start
    }

    /// The line break used around `offset`.
    pub(super) fn newline(&self, offset: usize) -> &'static str {
        let before = self.slice(0, offset);
        let after = self.slice(offset, self.text.len());
        let is_crlf = match (before.rfind('\n'), after.find('\n')) {
            (Some(at), _) => before.get(..at).is_some_and(|line| line.ends_with('\r')),
            (None, Some(at)) => after.get(..at).is_some_and(|line| line.ends_with('\r')),
            (None, None) => false,
        };
        if is_crlf { "\r\n" } else { "\n" }
    }

    /// Whether a text of ARM JSON puts texts together with `format`, and never with `concat`.
    pub(super) fn formats(&self) -> bool {
        let formats = || self.text.contains("format('") && !self.text.contains("concat(");
        *self.formats.get_or_init(formats)
    }

    /// One step of indentation as most of the file has it.
    pub(super) fn unit(&self) -> &str {
        self.unit.get_or_init(|| self.most_frequent_step())
    }

    fn most_frequent_step(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut opened: Option<&str> = None;
        for line in self.text.lines() {
            let content = line.trim();
            if content.is_empty() {
                continue;
            }
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            let indentation = line.get(..blank).unwrap_or_default();
            if let Some(step) = opened.and_then(|outer| indentation.strip_prefix(outer))
                && !step.is_empty()
            {
                *counts.entry(step).or_default() += 1;
            }
            // A comment may follow the bracket.
            let mut parts = [" //", " /*"].into_iter();
            let opens = |part: &str| part.trim_end().ends_with(['{', '[', '(']);
            let is_open =
                opens(content) || parts.any(|it| content.split(it).next().is_some_and(opens));
            opened = is_open.then_some(indentation);
        }
        // Of two that are as frequent, the shorter: the longer may be a continued line.
        let step = counts
            .into_iter()
            .max_by_key(|(step, count)| (*count, std::cmp::Reverse(step.len())));
        let default = || {
            let has_tabs = self.text.lines().any(|line| line.starts_with('\t'));
            if has_tabs { "\t" } else { "  " }
        };
        step.map_or_else(default, |(step, _)| step).to_owned()
    }

    /// Whether the line of `offset` has room for `growth` more characters. A file of JSON that is
    /// one line has room for everything: nobody reads it.
    pub(super) fn has_room(&self, offset: usize, growth: usize) -> bool {
        let line = self.slice(self.line_start(offset), self.line_end(offset));
        line.chars().count() + growth <= MAXIMUM_COLUMNS
            || self.language == Language::Json && !self.text.trim_end().contains('\n')
    }
}

/// What stands between two elements, or between an element and a bracket.
#[derive(Debug, Default)]
pub(super) struct Gap {
    pub(super) commas: Vec<usize>,
    /// Comments and directives.
    pub(super) comments: Vec<std::ops::Range<usize>>,
    pub(super) has_newline: bool,
}

/// What follows an element on its line and belongs to it: a comma, and comments.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) comma: Option<usize>,
    /// Behind the last of them; behind the element if there are none.
    pub(super) end: usize,
    /// Whether the line ends there.
    pub(super) ends_line: bool,
}

enum Trivia {
    Comma,
    Comment(usize),
    Newline,
    Blank,
    /// Nothing that may stand between elements.
    Other,
}

impl Source<'_> {
    fn trivia(&self, at: usize, end: usize) -> (Trivia, usize) {
        let rest = self.slice(at, end);
        let comment = |length: usize| (Trivia::Comment(at + length), at + length);
        match rest.chars().next() {
            Some(',') => (Trivia::Comma, at + 1),
            Some('\n') => (Trivia::Newline, at + 1),
            Some('/') if rest.starts_with("/*") => {
                comment(rest.find("*/").map_or(rest.len(), |close| close + 2))
            }
            // A directive of Bicep stands where a comment may.
            Some('/' | '#') if rest.starts_with("//") || rest.starts_with('#') => {
                let line = rest.find('\n').unwrap_or(rest.len());
                let line = rest.get(..line).unwrap_or_default();
                comment(line.strip_suffix('\r').unwrap_or(line).len())
            }
            Some(blank) if blank.is_whitespace() => (Trivia::Blank, at + blank.len_utf8()),
            Some(other) => (Trivia::Other, at + other.len_utf8()),
            None => (Trivia::Other, end),
        }
    }

    /// What is between `start` and `end`; none if there is anything but commas, comments and blanks.
    pub(super) fn gap(&self, start: usize, end: usize) -> Option<Gap> {
        let mut gap = Gap::default();
        let mut at = start;
        while at < end {
            let (trivia, next) = self.trivia(at, end);
            match trivia {
                Trivia::Comma => gap.commas.push(at),
                Trivia::Comment(end) => gap.comments.push(at..end),
                Trivia::Newline => gap.has_newline = true,
                Trivia::Blank => {}
                Trivia::Other => return None,
            }
            at = next;
        }
        Some(gap)
    }

    /// What follows an element that ends at `start`, up to `limit`.
    pub(super) fn tail(&self, start: usize, limit: usize) -> Tail {
        let mut tail = Tail {
            comma: None,
            end: start,
            ends_line: false,
        };
        let mut at = start;
        while at < limit {
            let (trivia, next) = self.trivia(at, limit);
            match trivia {
                Trivia::Comma if tail.comma.is_none() => {
                    tail.comma = Some(at);
                    tail.end = next;
                }
                Trivia::Comment(end) => tail.end = end,
                Trivia::Newline => {
                    tail.ends_line = true;
                    break;
                }
                Trivia::Blank => {}
                Trivia::Comma | Trivia::Other => break,
            }
            at = next;
        }
        tail
    }
}
