//! Where a text tells a rule to be silent.
//!
//! Bicep has [directives] for it, which take the codes of any tool: `#disable-next-line` for the rest
//! of its own line and the line below, `#disable-diagnostics` up to `#restore-diagnostics` or the end
//! of the file. They count where nothing but white space is in front of them on their line. In ARM
//! JSON the same words stand in a `//` comment. There an object may also name rules in its metadata,
//! which Azure [ignores]: `"metadata": { "apim-ls": { "disable": ["some-rule"] } }`.
//!
//! [directives]: https://github.com/Azure/bicep/pull/18622
//! [ignores]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#metadata

use std::borrow::Cow;

use tree_sitter::Node;

use crate::{Document, Language, TextRange};

/// A rule that is told to be silent in a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's name, as it is written. Other tools have names of their own.
    pub rule: Box<str>,
    /// What is silenced: that which starts in here.
    pub scope: TextRange,
    /// Where the rule is named.
    pub name: TextRange,
    /// Where it is named again, for the scope to end.
    pub restored: Option<TextRange>,
    /// The comment, or the list in the metadata, that names it, perhaps among others.
    pub list: TextRange,
}

impl Suppression {
    /// Whether something that starts at `offset` is silenced.
    #[must_use]
    pub const fn covers(&self, offset: u32) -> bool {
        self.scope.start <= offset && offset < self.scope.end
    }
}

/// What a document tells rules to be silent about, in the order of the text; of metadata last.
#[must_use]
pub fn suppressions(document: &Document) -> Vec<Suppression> {
    let text: Cow<'_, str> = document.text().into();
    let reader = Reader {
        document,
        text: &text,
    };
    let mut found = reader.comments();
    if document.language() == Language::Json {
        found.extend(reader.metadata());
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Keyword {
    NextLine,
    Disable,
    Restore,
}

const KEYWORDS: [(&str, Keyword); 3] = [
    ("#disable-next-line", Keyword::NextLine),
    ("#disable-diagnostics", Keyword::Disable),
    ("#restore-diagnostics", Keyword::Restore),
];

/// The member of an object's metadata that is ours.
const MEMBER: &str = "\"apim-ls\"";

struct Reader<'d> {
    document: &'d Document,
    text: &'d str,
}

impl<'d> Reader<'d> {
    /// The end of the text, so that what starts there is before it.
    const fn end(&self) -> u32 {
        self.text.len() as u32 + 1
    }

    fn comments(&self) -> Vec<Suppression> {
        let mut found: Vec<Suppression> = Vec::new();
        // Those of `found` that nothing restored so far.
        let mut open: Vec<usize> = Vec::new();
        for (at, _) in self.text.match_indices('#') {
            let Some((keyword, list, names)) = self.comment(at) else {
                continue;
            };
            for name in names {
                let rule = &self.text[name.as_usize()];
                let opened = open.iter().position(|index| &*found[*index].rule == rule);
                match (keyword, opened) {
                    (Keyword::Restore, Some(opened)) => {
                        let restored = &mut found[open.remove(opened)];
                        restored.scope.end = list.start;
                        restored.restored = Some(name);
                        continue;
                    }
                    (Keyword::Restore, None) | (Keyword::Disable, Some(_)) => continue,
                    (Keyword::Disable, None) => open.push(found.len()),
                    (Keyword::NextLine, _) => {}
                }
                let end = match keyword {
                    Keyword::NextLine => self.end_of_next_line(list.start),
                    Keyword::Disable | Keyword::Restore => self.end(),
                };
                found.push(Suppression {
                    rule: rule.into(),
                    scope: TextRange::new(list.start, end),
                    name,
                    restored: None,
                    list,
                });
            }
        }
        found
    }

    /// What the comment or directive says whose keyword is at an offset, where it is, and the names
    /// in it; none if there is no such keyword, or it is none there.
    fn comment(&self, at: usize) -> Option<(Keyword, TextRange, Vec<TextRange>)> {
        let rest = &self.text[at..];
        let (word, keyword) = KEYWORDS.iter().find(|(word, _)| rest.starts_with(word))?;
        let node = self.node(at)?;
        let start = node.start_byte();
        let begins_as_it_should = match node.kind() {
            "directive" => start == at,
            "comment" if self.document.language() == Language::Json => {
                let between = self.text[start..at].strip_prefix("//");
                between.is_some_and(|between| between.trim().is_empty())
            }
            _ => false,
        };
        if !begins_as_it_should || !self.is_first_on_line(start) {
            return None;
        }
        let names = names(self.text, at + word.len(), node.end_byte());
        Some((*keyword, node.into(), names))
    }

    fn is_first_on_line(&self, offset: usize) -> bool {
        let lines = self.document.text();
        let start = lines.line_to_byte(lines.byte_to_line(offset));
        self.text[start..offset].trim().is_empty()
    }

    fn end_of_next_line(&self, offset: u32) -> u32 {
        let lines = self.document.text();
        let below = lines.byte_to_line(offset as usize) + 2;
        if below < lines.len_lines() {
            lines.line_to_byte(below) as u32
        } else {
            self.end()
        }
    }

    fn metadata(&self) -> Vec<Suppression> {
        let found = self.text.match_indices(MEMBER);
        let found = found.filter_map(|(at, _)| self.member(at));
        found.flatten().collect()
    }

    /// The rules that a member of metadata names, whose name is at an offset.
    fn member(&self, at: usize) -> Option<Vec<Suppression>> {
        let mut name = self.node(at)?;
        // The quote is a node of its own.
        if name.kind() != "string" {
            name = name.parent()?;
        }
        let is_member = |node: &Node<'_>| node.kind() == "pair";
        let pair = name.parent().filter(is_member)?;
        let metadata = pair.parent()?.parent().filter(is_member)?;
        if pair.start_byte() != at || !self.key(metadata)?.eq_ignore_ascii_case("metadata") {
            return None;
        }
        let scope = TextRange::from(metadata.parent()?);
        let content = pair.child_by_field_name("value")?;
        let mut cursor = content.walk();
        let mut members = content.named_children(&mut cursor);
        let disable = members.find(|member| self.key(*member) == Some("disable"))?;
        let list = disable.child_by_field_name("value")?;
        let mut cursor = list.walk();
        let names = list.named_children(&mut cursor);
        let is_text = |name: &Node<'_>| name.kind() == "string" && !name.has_error();
        let names = names.filter(|name| list.kind() == "array" && is_text(name));
        let found = names.map(|name| {
            let name = TextRange::new(name.start_byte() as u32 + 1, name.end_byte() as u32 - 1);
            Suppression {
                rule: self.text[name.as_usize()].into(),
                scope,
                name,
                restored: None,
                list: list.into(),
            }
        });
        Some(found.collect())
    }

    /// The name of a member of an object.
    fn key(&self, pair: Node<'_>) -> Option<&'d str> {
        let key = pair.child_by_field_name("key")?;
        let written = self.text.get(key.byte_range())?;
        written.strip_prefix('"')?.strip_suffix('"')
    }

    /// What is at an offset, as small as it goes.
    fn node(&self, at: usize) -> Option<Node<'d>> {
        self.document.root().descendant_for_byte_range(at, at + 1)
    }
}

/// The names that follow each other from an offset on, each behind blanks.
fn names(text: &str, start: usize, end: usize) -> Vec<TextRange> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut names = Vec::new();
    let mut at = start;
    while at < end {
        let rest = &text[at..end];
        let behind = rest.trim_start_matches([' ', '\t']);
        let name = behind.trim_start_matches(is_of_name);
        let length = behind.len() - name.len();
        if behind.len() == rest.len() || length == 0 {
            break;
        }
        let begin = end - behind.len();
        at = begin + length;
        names.push(TextRange::new(begin as u32, at as u32));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::suppressions;
    use crate::{Document, Language};

    /// Every suppression as `rule: what it covers`.
    #[track_caller]
    fn check(language: Language, text: &str, expected: &[(&str, &str)]) {
        let document = Document::new(language, text);
        let found = suppressions(&document);
        let found: Vec<_> = found
            .iter()
            .map(|it| {
                assert_eq!(document.slice(it.name), *it.rule);
                if let Some(restored) = it.restored {
                    assert_eq!(document.slice(restored), *it.rule);
                }
                assert!(it.list.contains_range(it.name));
                (&*it.rule, document.slice(it.scope).into_owned())
            })
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|(rule, scope)| (*rule, &**scope))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_next_line() {
        check(
            Language::Bicep,
            "var a = 1\n  #disable-next-line x-y BCP037\nvar b = 1\nvar c = 1\n",
            &[
                ("x-y", "#disable-next-line x-y BCP037\nvar b = 1\n"),
                ("BCP037", "#disable-next-line x-y BCP037\nvar b = 1\n"),
            ],
        );
        check(
            Language::BicepParameters,
            "#disable-next-line\tx // why\r\nparam b = 1",
            &[("x", "#disable-next-line\tx // why\r\nparam b = 1")],
        );
        check(
            Language::Json,
            "{\n  //#disable-next-line x y: because\n  \"a\": 1,\n  \"b\": 2\n}",
            &[
                ("x", "//#disable-next-line x y: because\n  \"a\": 1,\n"),
                ("y", "//#disable-next-line x y: because\n  \"a\": 1,\n"),
            ],
        );
    }

    #[test]
    fn up_to_where_it_is_restored() {
        check(
            Language::Bicep,
            "#disable-diagnostics a b\nvar a = 1\n#disable-diagnostics a\n\
             #restore-diagnostics c a\nvar b = 1\n#disable-diagnostics a\nvar c = 1",
            &[
                (
                    "a",
                    "#disable-diagnostics a b\nvar a = 1\n#disable-diagnostics a\n",
                ),
                (
                    "b",
                    "#disable-diagnostics a b\nvar a = 1\n#disable-diagnostics a\n\
                     #restore-diagnostics c a\nvar b = 1\n#disable-diagnostics a\nvar c = 1",
                ),
                ("a", "#disable-diagnostics a\nvar c = 1"),
            ],
        );
        check(
            Language::Json,
            "[\n// #disable-diagnostics a\n1,\n// #restore-diagnostics a\n2]",
            &[("a", "// #disable-diagnostics a\n1,\n")],
        );
    }

    #[test]
    fn what_covers_the_end_covers_what_starts_there() {
        let text = "#disable-diagnostics a\n";
        let found = suppressions(&Document::new(Language::Bicep, text));
        assert!(found[0].covers(text.len() as u32));
        assert!(!found[0].covers(text.len() as u32 + 1));
    }

    #[test]
    fn what_only_looks_like_it() {
        for text in [
            "var a = '#disable-next-line x'\n",
            "var a = '''\n#disable-next-line x\n'''\n",
            "// #disable-next-line x\nvar a = 1\n",
            "/*\n#disable-next-line x\n*/\nvar a = 1\n",
            "var a = 1 #disable-next-line x\nvar b = 1\n",
            "#disable-next-line\nvar a = 1\n",
            "#disable-next-line-x\nvar a = 1\n",
        ] {
            check(Language::Bicep, text, &[]);
        }
        for text in [
            "{\"a\": \"#disable-next-line x\"}",
            "{\n/* #disable-next-line x */\n\"a\": 1}",
            "{\"a\": 1, // #disable-next-line x\n\"b\": 1}",
            "{\n// see #disable-next-line x\n\"b\": 1}",
            "{\"apim-ls\": {\"disable\": [\"x\"]}}",
            "{\"tags\": {\"apim-ls\": {\"disable\": [\"x\"]}}}",
            "{\"metadata\": \"apim-ls\"}",
            "{\"metadata\": {\"a\": \"apim-ls\", \"apim-ls\": {\"disable\": \"x\"}}}",
            "{\"metadata\": {\"apim-ls\": {\"enable\": [\"x\"]}}}",
            "{\"metadata\": {\"apim-ls\": {\"disable\": [1, [\"x\"]]}}}",
            "{\"metadata\": {\"apim-ls\": [\"disable\"]}}",
        ] {
            check(Language::Json, text, &[]);
        }
    }

    #[test]
    fn metadata_is_about_its_object() {
        check(
            Language::Json,
            r#"{"r": [{"name": 1, "Metadata": {"d": "", "apim-ls": {"disable": ["x", "y"]}}}, {}]}"#,
            &[
                (
                    "x",
                    r#"{"name": 1, "Metadata": {"d": "", "apim-ls": {"disable": ["x", "y"]}}}"#,
                ),
                (
                    "y",
                    r#"{"name": 1, "Metadata": {"d": "", "apim-ls": {"disable": ["x", "y"]}}}"#,
                ),
            ],
        );
        check(
            Language::Json,
            r#"{"metadata": {"apim-ls": {"disable": ["x"]}}}"#,
            &[("x", r#"{"metadata": {"apim-ls": {"disable": ["x"]}}}"#)],
        );
    }

    #[test]
    fn a_text_that_is_not_finished_is_no_danger() {
        for text in [
            "{\"metadata\": {\"apim-ls\": {\"disable\": [\"é",
            "{\"metadata\": {\"apim-ls\": {\"disable\": [\"x\", \"é\n}}}",
            "{\"metadata\": {\"apim-ls\":",
            "\"apim-ls\"",
            "// #disable-next-line x",
            "{ // #disable-diagnostics é\n",
        ] {
            for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                for language in [Language::Json, Language::Bicep] {
                    for found in suppressions(&Document::new(language, &text[..end])) {
                        assert!(found.list.end <= end as u32 && !found.name.is_empty());
                    }
                }
            }
        }
    }
}
