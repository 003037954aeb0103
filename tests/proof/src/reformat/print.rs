//! The same tree with other separators, comments, quotes and orders.

use syntax::{Document, Language};
use tree_sitter::Node;

use crate::random::Random;

/// What a comment says. Between its marks.
const COMMENTS: [&str; 3] = ["why, not what", "TODO: { [ ' \" ] }", "Größe: 1 // 2"];

/// The text of a document, printed in another way. It must parse.
pub(super) fn printed(document: &Document, random: &mut Random) -> String {
    let text = document.text().to_string();
    let is_json = document.language() == Language::Json;
    let habits = Habits {
        keeps_order: random.once_in(2),
        has_commas_at_end: random.once_in(2),
        has_comments: random.once_in(2),
    };
    let lines = random.below(4);
    let mut printer = Printer {
        text: &text,
        is_json,
        random,
        habits,
        lines,
        written: String::new(),
    };
    printer.node(document.root());
    let root = document.root();
    let mut result = text[..root.start_byte()].to_owned();
    result.push_str(&printer.written);
    result.push_str(&text[root.end_byte()..]);
    result
}

/// What the author of the new layout does here and there.
struct Habits {
    keeps_order: bool,
    has_commas_at_end: bool,
    has_comments: bool,
}

struct Printer<'t, 'r> {
    text: &'t str,
    is_json: bool,
    random: &'r mut Random,
    habits: Habits,
    /// How many of three collections are opened up; 0 leaves them as they are.
    lines: usize,
    written: String,
}

impl<'t> Printer<'t, '_> {
    fn of(&self, node: Node<'_>) -> &'t str {
        &self.text[node.byte_range()]
    }

    fn node(&mut self, node: Node<'t>) {
        match node.kind() {
            "string" | "multiline_string" | "comment" | "directive" => {
                self.written.push_str(self.of(node));
            }
            "object" | "array" if Self::is_free(node) => self.collection(node),
            "property" => self.property(node),
            _ if node.child_count() == 0 => self.written.push_str(self.of(node)),
            _ => self.children(node),
        }
    }

    /// A node with what is between its children as it was.
    fn children(&mut self, node: Node<'t>) {
        let mut at = node.start_byte();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            self.written.push_str(&self.text[at..child.start_byte()]);
            self.node(child);
            at = child.end_byte();
        }
        self.written.push_str(&self.text[at..node.end_byte()]);
    }

    /// Whether nothing but elements, blanks and commas is in an object or array.
    fn is_free(node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        let mut children = node.named_children(&mut cursor);
        let are_elements = children.all(|child| {
            !matches!(
                child.kind(),
                "comment" | "directive" | "resource_declaration"
            )
        });
        are_elements && !node.has_error()
    }

    fn property(&mut self, node: Node<'t>) {
        let (Some(name), Some(value)) = (
            node.child_by_field_name("name"),
            node.child_by_field_name("value"),
        ) else {
            return self.children(node);
        };
        let between = &self.text[name.end_byte()..value.start_byte()];
        if between.trim() != ":" {
            return self.children(node);
        }
        match name.kind() {
            "identifier" if self.random.once_in(4) => {
                self.written.push('\'');
                self.written.push_str(self.of(name));
                self.written.push('\'');
            }
            _ => self.written.push_str(self.of(name)),
        }
        let separator = self.colon();
        self.written.push_str(&separator);
        self.node(value);
    }

    /// What is between a key and its value.
    fn colon(&mut self) -> String {
        if self.habits.has_comments && self.random.once_in(12) {
            return format!(": /* {} */ ", self.random.one(&COMMENTS));
        }
        self.random
            .one(&[": ", ": ", ": ", ":", " : ", ":  "])
            .to_owned()
    }

    fn pair(&mut self, node: Node<'t>) {
        let (key, value) = (
            node.child_by_field_name("key"),
            node.child_by_field_name("value"),
        );
        match (key, value) {
            (Some(key), Some(value))
                if self.text[key.end_byte()..value.start_byte()].trim() == ":" =>
            {
                self.written.push_str(self.of(key));
                let separator = self.colon();
                self.written.push_str(&separator);
                self.node(value);
            }
            _ => self.children(node),
        }
    }

    fn collection(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        let mut elements: Vec<_> = node.named_children(&mut cursor).collect();
        let is_object = node.kind() == "object";
        let is_spread = elements.iter().any(|it| it.kind() == "spread");
        if is_object && !self.habits.keeps_order && !is_spread && self.random.once_in(3) {
            self.random.shuffle(&mut elements);
        }
        let had_lines = self.of(node).contains('\n');
        let is_open = match (self.lines, self.random.below(3)) {
            (0, _) => had_lines,
            (lines, chance) => chance < lines - 1 || had_lines && self.random.once_in(2),
        };
        self.written.push_str(if is_object { "{" } else { "[" });
        let blank = self.random.one(&[" ", " ", ""]);
        let (open, close) = if is_open {
            ("\n", "\n")
        } else {
            (blank, blank)
        };
        if elements.is_empty() {
            let inside = if had_lines { "\n" } else { blank };
            self.written.push_str(inside);
        } else {
            self.break_line(open, is_open);
        }
        let count = elements.len();
        for (index, element) in elements.into_iter().enumerate() {
            if element.kind() == "pair" {
                self.pair(element);
            } else {
                self.node(element);
            }
            let is_last = index + 1 == count;
            if is_last {
                if self.habits.has_commas_at_end && self.random.once_in(3) {
                    self.comma();
                }
                self.break_line(close, is_open);
            } else if is_open {
                // Here and there two elements stay on one line.
                let needs_comma = self.is_json || self.random.once_in(6);
                if needs_comma {
                    self.comma();
                }
                self.break_line("\n", true);
            } else {
                self.comma();
                self.written.push_str(self.random.one(&[" ", " ", "  "]));
            }
        }
        self.written.push_str(if is_object { "}" } else { "]" });
    }

    fn comma(&mut self) {
        if self.habits.has_comments && self.random.once_in(20) {
            let comment = self.random.one(&COMMENTS);
            self.written.push_str(" /* ");
            self.written.push_str(comment);
            self.written.push_str(" */");
        }
        self.written.push_str(self.random.one(&[",", ",", " ,"]));
    }

    /// The end of a line, with what people write there.
    fn break_line(&mut self, blank: &str, is_line: bool) {
        if !is_line {
            self.written.push_str(blank);
            return;
        }
        let comment = self.random.one(&COMMENTS);
        let has_comments = self.habits.has_comments;
        let end = match self.random.below(if has_comments { 12 } else { 40 }) {
            0 if has_comments => format!(" // {comment}\n"),
            1 if has_comments => format!("\n// {comment}\n"),
            2 if has_comments => format!(" /* {comment} */\n"),
            3 if has_comments => format!("\n/* {comment}\n   {comment} */\n"),
            4 => "\n\n".to_owned(),
            5 => "  \n".to_owned(),
            _ => "\n".to_owned(),
        };
        self.written.push_str(&end);
    }
}
