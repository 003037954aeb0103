//! JSON as the syntax tree has it, with what error recovery did to it.

use std::borrow::Cow;

use syntax::{TextRange, arm_expression};
use tree_sitter::Node;

use crate::lower::closes_something_before;
use crate::model::Name;

/// The text of a document, to read its nodes by.
#[derive(Clone, Copy)]
pub(super) struct Text<'t>(&'t str);

/// The members of an object.
pub(super) struct Members<'t> {
    /// The members that have a readable key.
    pub(super) list: Vec<Member<'t>>,
    /// Whether that is all of them.
    pub(super) is_complete: bool,
}

/// A member of an object.
pub(super) struct Member<'t> {
    /// The key as written, without quotes.
    pub(super) raw_key: &'t str,
    /// Where the key is written, with quotes.
    pub(super) key_range: TextRange,
    /// The value, if it is readable.
    pub(super) value: Option<Node<'t>>,
    /// Key, colon and value.
    pub(super) range: TextRange,
}

impl<'t> Text<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self(text)
    }

    pub(super) fn slice(self, range: TextRange) -> &'t str {
        self.0.get(range.as_usize()).unwrap_or_default()
    }

    /// What stands between the quotes of a string node, and where.
    pub(super) fn raw_string(self, node: Node<'_>) -> Option<(&'t str, TextRange)> {
        if node.kind() != "string" || node.has_error() {
            return None;
        }
        let range = inner(TextRange::from(node));
        Some((self.slice(range), range))
    }

    /// A string as JSON has it.
    pub(super) fn string(self, node: Node<'_>) -> Option<Cow<'t, str>> {
        unescaped(self.raw_string(node)?.0)
    }

    /// A string that is not an expression, as ARM has it.
    pub(super) fn literal(self, node: Node<'_>) -> Option<Box<str>> {
        let (raw, range) = self.raw_string(node)?;
        match arm_expression::parse(raw, range.start) {
            arm_expression::Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object node, or of an error node that stands for one. In such a node the
    /// members of objects begun inside it stand beside its own; brackets tell them apart.
    pub(super) fn members(self, object: Node<'t>) -> Members<'t> {
        let mut list = Vec::new();
        let mut is_complete = !object.is_error();
        let mut depth = 0;
        let mut cursor = object.walk();
        let mut has_child = cursor.goto_first_child();
        while has_child {
            let node = cursor.node();
            match node.kind() {
                "pair" => match self.member(node) {
                    Some(member) if depth == 1 => list.push(member),
                    _ => is_complete = false,
                },
                "{" | "[" => depth += 1,
                "}" | "]" => {
                    depth -= 1;
                    is_complete &= !node.is_missing();
                }
                "," => is_complete &= !node.is_missing(),
                "comment" => {}
                _ => is_complete &= self.is_stray_comma(node),
            }
            has_child = cursor.goto_next_sibling();
        }
        Members { list, is_complete }
    }

    fn member(self, pair: Node<'t>) -> Option<Member<'t>> {
        let mut key = None;
        let mut value = None;
        let mut is_damaged = false;
        let mut cursor = pair.walk();
        let mut has_child = cursor.goto_first_child();
        while has_child {
            let node = cursor.node();
            match cursor.field_name() {
                Some("key") => key = Some(node),
                Some("value") => value = Some(node),
                _ => is_damaged |= node.is_error() || node.is_missing(),
            }
            has_child = cursor.goto_next_sibling();
        }
        let (raw_key, inner_range) = self.raw_string(key?)?;
        Some(Member {
            raw_key,
            key_range: TextRange::new(inner_range.start - 1, inner_range.end + 1),
            value: value.filter(|node| !is_damaged && !node.is_missing()),
            range: pair.into(),
        })
    }

    /// The items of an array node; none in place of each that is not readable.
    pub(super) fn items(self, array: Node<'t>) -> Vec<Option<Node<'t>>> {
        let mut items = Vec::new();
        let mut cursor = array.walk();
        let mut has_child = cursor.goto_first_child();
        while has_child {
            let node = cursor.node();
            match node.kind() {
                "[" | "," | "comment" => {}
                "]" => {
                    if node.is_missing() {
                        items.push(None);
                    }
                }
                _ if node.is_error() => {
                    if !self.is_stray_comma(node) {
                        items.push(None);
                    }
                }
                _ => items.push((!node.is_missing()).then_some(node)),
            }
            has_child = cursor.goto_next_sibling();
        }
        items
    }

    /// Whether syntax errors below a node, if any, stay within the value where they are. Others may
    /// have moved what follows them into another object, or out of the tree.
    pub(super) fn is_sound(self, root: Node<'_>) -> bool {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_missing() && matches!(node.kind(), "{" | "}" | "[" | "]" | "\"") {
                return false;
            }
            if node.is_error() && !self.is_stray_comma(node) {
                return false;
            }
            // An error within a string does not reach beyond its quotes.
            if node.has_error() && node.kind() != "string" && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return true;
                }
            }
        }
    }

    /// Whether a bracket below a node is closed that nothing opened. Which of the objects before it
    /// ends too early is a guess.
    pub(super) fn has_stray_bracket(self, root: Node<'_>) -> bool {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_error() && closes_something_before(self.slice(node.into())) {
                return true;
            }
            if node.has_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return false;
                }
            }
        }
    }

    /// Whether an error is no more than a comma too many.
    fn is_stray_comma(self, node: Node<'_>) -> bool {
        node.is_error()
            && self
                .slice(node.into())
                .bytes()
                .all(|byte| byte == b',' || byte.is_ascii_whitespace())
    }
}

impl<'t> Members<'t> {
    /// The member of a name, compared without regard to case.
    pub(super) fn get(&self, name: &str) -> Option<&Member<'t>> {
        self.list.iter().find(|member| member.is(name))
    }

    /// The readable value of a member.
    pub(super) fn value(&self, name: &str) -> Option<Node<'t>> {
        self.get(name)?.value
    }
}

impl Member<'_> {
    /// Whether the key is a name, compared without regard to case.
    pub(super) fn is(&self, name: &str) -> bool {
        unescaped(self.raw_key).is_some_and(|key| key.eq_ignore_ascii_case(name))
    }

    /// The key as a name.
    pub(super) fn name(&self) -> Name {
        let text = unescaped(self.raw_key).unwrap_or(Cow::Borrowed(self.raw_key));
        Name {
            text: text.into(),
            range: inner(self.key_range),
        }
    }
}

/// What is between the quotes.
fn inner(range: TextRange) -> TextRange {
    TextRange::new(range.start + 1, range.end - 1)
}

fn unescaped(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('\\') {
        return Some(Cow::Borrowed(raw));
    }
    let text = arm_expression::unescape(raw)?;
    Some(Cow::Owned(text.into()))
}
