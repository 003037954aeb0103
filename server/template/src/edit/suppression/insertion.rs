//! What tells a rule to be silent, put where it silences one finding.

use syntax::suppression::suppressions;
use syntax::{Document, Language, TextEdit, TextRange};
use tree_sitter::Node;

use crate::edit::code::{Code, Entry};
use crate::edit::collection::Collection;
use crate::edit::insert::{Position, insert};
use crate::edit::merge;
use crate::edit::source::Source;

/// How many places above a finding are tried for a comment.
const MOST_PLACES: usize = 8;

const NEXT_LINE: &str = "#disable-next-line";

/// What is silenced by a new [`Suppression`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silenced {
    /// The line of the finding.
    Line,
    /// The lines of the text that the finding is in: no comment can stand inside.
    Lines,
    /// The resource around the finding.
    Resource,
    /// The parameter or output around the finding.
    Declaration,
    /// All of the file.
    File,
}

/// The edits that silence a rule, and how much of it they silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The edits.
    pub edits: Vec<TextEdit>,
    /// What they silence.
    pub silenced: Silenced,
}

/// Tells a rule to be silent about what starts at an offset. None where that cannot be said.
///
/// In Bicep that is a directive above the line. So it is in ARM JSON that has comments already; in
/// other JSON it is metadata, since tools that read it may take no comments.
#[must_use]
pub fn suppress(document: &Document, rule: &str, offset: u32) -> Option<Suppression> {
    let place = Suppressing {
        document,
        source: Source::new(document),
        rule,
        offset,
    };
    let metadata = || match document.language() {
        Language::Json if !place.has_comments() => place.metadata(),
        _ => None,
    };
    metadata().or_else(|| place.comment())
}

struct Suppressing<'d> {
    document: &'d Document,
    source: Source<'d>,
    rule: &'d str,
    offset: u32,
}

impl<'d> Suppressing<'d> {
    fn is_json(&self) -> bool {
        self.document.language() == Language::Json
    }

    fn has_comments(&self) -> bool {
        let slashes = self.source.text.match_indices('/');
        let mut nodes = slashes.filter_map(|(at, _)| self.node(at));
        nodes.any(|node| node.kind() == "comment")
    }

    fn comment(&self) -> Option<Suppression> {
        if let Some(edit) = self.extension() {
            return self.verified(vec![edit], Silenced::Line);
        }
        let mut line = self.line_start(self.offset as usize);
        let mut around: Option<Node<'d>> = None;
        for _ in 0..MOST_PLACES {
            let place = self.outside(line, &mut around);
            let found = match around {
                None => self.verified(vec![self.above(place, NEXT_LINE)], Silenced::Line),
                Some(node) => {
                    let below = self.below(node, "#restore-diagnostics");
                    let edits = vec![self.above(place, "#disable-diagnostics"), below];
                    self.verified(edits, Silenced::Lines)
                }
            };
            if found.is_some() {
                return found;
            }
            // Where a line goes on, only the line that it began on may have one above.
            let node = around.map_or_else(|| self.node(place), |node| node.parent())?;
            let node = self.begun_above(node, place)?;
            around = Some(node);
            line = self.line_start(node.start_byte());
        }
        None
    }

    /// The name behind those of a directive that silences the line already.
    fn extension(&self) -> Option<TextEdit> {
        let line = self.line_start(self.offset as usize);
        let above = self.line_start(line.checked_sub(1)?);
        let is_above = |list: TextRange| self.line_start(list.start as usize) == above;
        let says_next_line = |list: TextRange| {
            let text = self.document.slice(list);
            let text = text.trim_start_matches('/').trim_start();
            text.starts_with(NEXT_LINE)
        };
        let known = suppressions(self.document).into_iter();
        let known = known.filter(|it| is_above(it.list) && says_next_line(it.list));
        let end = known.map(|it| it.name.end).max()?;
        Some(TextEdit::insert(end, format!(" {}", self.rule)))
    }

    /// The start of a line that no string or comment goes on over, from `line` upward; `around` is
    /// the last that did.
    fn outside(&self, mut line: usize, around: &mut Option<Node<'d>>) -> usize {
        while let Some(text) = self.text_over(line) {
            line = self.line_start(text.start_byte());
            if around.is_none_or(|node| node.end_byte() < text.end_byte()) {
                *around = Some(text);
            }
        }
        line
    }

    /// The outermost string or comment that began above the line that starts at an offset.
    fn text_over(&self, line: usize) -> Option<Node<'d>> {
        let mut node = self.node(line);
        let mut found = None;
        while let Some(current) = node {
            let is_text = matches!(current.kind(), "string" | "multiline_string" | "comment");
            if is_text && current.start_byte() < line && line < current.end_byte() {
                found = Some(current);
            }
            node = current.parent();
        }
        found
    }

    /// The smallest node around another that began above the line of an offset.
    fn begun_above(&self, node: Node<'d>, offset: usize) -> Option<Node<'d>> {
        let line = self.line_start(offset);
        let mut node = node;
        while node.start_byte() >= line {
            node = node.parent()?;
        }
        node.parent().is_some().then_some(node)
    }

    /// A comment on a line of its own above the one that starts at an offset.
    fn above(&self, line: usize, keyword: &str) -> TextEdit {
        let content = self.source.slice(line, self.source.text.len());
        let blank = content.len() - content.trim_start_matches([' ', '\t']).len();
        let indentation = self.source.slice(line, line + blank);
        let newline = self.source.newline(line);
        let comment = self.written(keyword);
        TextEdit::insert(line as u32, format!("{indentation}{comment}{newline}"))
    }

    /// A comment on a line of its own below the last one of a node.
    fn below(&self, node: Node<'_>, keyword: &str) -> TextEdit {
        let indentation = self.source.indentation(node.start_byte());
        let newline = self.source.newline(node.start_byte());
        let comment = self.written(keyword);
        let end = self.source.line_end(node.end_byte());
        TextEdit::insert(end as u32, format!("{newline}{indentation}{comment}"))
    }

    fn written(&self, keyword: &str) -> String {
        let slashes = if self.is_json() { "// " } else { "" };
        format!("{slashes}{keyword} {}", self.rule)
    }

    fn metadata(&self) -> Option<Suppression> {
        let mut node = self.node(self.offset as usize);
        while let Some(current) = node {
            if let Some(silenced) = self.owner(current) {
                let edits = self.in_metadata(current)?;
                return self.verified(edits, silenced);
            }
            node = current.parent();
        }
        None
    }

    /// What an object is, if Azure [ignores] metadata there.
    ///
    /// [ignores]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#metadata
    fn owner(&self, node: Node<'_>) -> Option<Silenced> {
        let object = Collection::of(&self.source, node).filter(Collection::is_object)?;
        let has = |key| object.position(key).is_some();
        if has("type") && has("apiVersion") {
            return Some(Silenced::Resource);
        }
        if node
            .parent()
            .is_some_and(|parent| parent.parent().is_none())
        {
            let schema = object.position("$schema")?;
            let element = &object.elements[schema];
            let schema = self.source.slice(element.start, element.end);
            let is_template = schema.to_ascii_lowercase().contains("deploymenttemplate");
            return is_template.then_some(Silenced::File);
        }
        let section = node.parent()?.parent()?.parent()?;
        let section = section.child_by_field_name("key")?;
        let section = self.source.slice(section.start_byte(), section.end_byte());
        let is_section = |name: &str| section.trim_matches('"').eq_ignore_ascii_case(name);
        let declares = has("type") && (is_section("parameters") || is_section("outputs"));
        declares.then_some(Silenced::Declaration)
    }

    fn in_metadata(&self, owner: Node<'_>) -> Option<Vec<TextEdit>> {
        let text = |text: &str| Code::Text(format!("\"{text}\""));
        let entry = |key: &str, code| Entry {
            head: format!("\"{key}\": "),
            code,
        };
        let name = Entry::item(text(self.rule));
        let mut object = Collection::of(&self.source, owner)?;
        let mut missing = vec!["disable", "apim-ls", "metadata"];
        while let Some(key) = missing.pop() {
            let Some(index) = object.position(key) else {
                let code = Code::Array(vec![name]);
                let mut new = entry(missing.first().copied().unwrap_or(key), code);
                for outer in missing.iter().skip(1).chain([&key]) {
                    if !missing.is_empty() {
                        new = entry(outer, Code::Object(vec![new]));
                    }
                }
                let position = match key {
                    "metadata" => among_properties(&object),
                    _ => Position::behind(object.elements.len().checked_sub(1)),
                };
                return insert(&object, position, &[new]);
            };
            let element = &object.elements[index];
            let (start, end) = (element.start, element.end);
            let pair = self.document.root().descendant_for_byte_range(start, end)?;
            object = Collection::of(&self.source, pair.child_by_field_name("value")?)?;
            if object.is_object() == missing.is_empty() {
                return None;
            }
        }
        let position = Position::behind(object.elements.len().checked_sub(1));
        insert(&object, position, &[name])
    }

    /// The edits, if they silence what they shall and break nothing.
    fn verified(&self, edits: Vec<TextEdit>, silenced: Silenced) -> Option<Suppression> {
        let edits = merge(vec![edits])?;
        let mut offset = self.offset as usize;
        for edit in edits.iter().filter(|it| it.range.end <= self.offset) {
            offset = offset + edit.new_text.len() - edit.range.as_usize().len();
        }
        let text = TextEdit::applied(&edits, &self.source.text);
        let after = Document::new(self.document.language(), &text);
        let is_silent = suppressions(&after)
            .iter()
            .any(|it| *it.rule == *self.rule && it.covers(offset as u32));
        let is_sound = after.has_error() == self.document.has_error();
        (is_silent && is_sound).then_some(Suppression { edits, silenced })
    }

    fn line_start(&self, offset: usize) -> usize {
        let lines = self.document.text();
        lines.line_to_byte(lines.byte_to_line(offset.min(lines.len_bytes())))
    }

    fn node(&self, at: usize) -> Option<Node<'d>> {
        self.document.root().descendant_for_byte_range(at, at + 1)
    }
}

/// Where the metadata of a resource or template stands, as in the documentation of Azure.
fn among_properties(object: &Collection<'_>) -> Position {
    let known = ["contentVersion", "location", "name"];
    let mut known = known.into_iter().filter_map(|key| object.position(key));
    let last = object.elements.len().checked_sub(1);
    Position::behind(known.next().or(last))
}
