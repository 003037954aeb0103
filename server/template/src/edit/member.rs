//! Members of a JSON file that is no template, such as `bicepconfig.json`.

use syntax::{Document, TextEdit, TextRange};
use tree_sitter::Node;

use super::code::{Code, Entry, Style};
use super::collection::Collection;
use super::insert::{Position, insert};
use super::source::Source;

/// Gives the member at a path of names a text for its value, and makes what is missing on the way.
/// Of members with one name it is the last, which counts. None where the way leads through
/// something that is no object, or the text could not be read.
#[must_use]
pub fn set_member(document: &Document, path: &[&str], value: &str) -> Option<Vec<TextEdit>> {
    let source = Source::new(document);
    if source.text.trim().is_empty() {
        let all = TextRange::new(0, source.text.len() as u32);
        return Some(vec![TextEdit::replace(all, new_object(path, value))]);
    }
    if document.has_error() {
        return None;
    }
    let mut object = root(document)?;
    for (index, name) in path.iter().enumerate() {
        let members = Collection::of(&source, object).filter(Collection::is_object)?;
        let is_it = |key: Option<&str>| key == Some(*name);
        let mut elements = members.elements.iter();
        let Some(known) = elements.rposition(|element| is_it(element.key.as_deref())) else {
            let entry = entry(path.get(index..)?, value)?;
            let position = Position::behind(members.elements.len().checked_sub(1));
            return insert(&members, position, &[entry]);
        };
        let element = &members.elements[known];
        let pair = document
            .root()
            .descendant_for_byte_range(element.start, element.end)?;
        object = pair.child_by_field_name("value")?;
    }
    let range = TextRange::from(object);
    Some(vec![TextEdit::replace(range, quoted(value))])
}

/// The text of a file with nothing but one member.
#[must_use]
pub fn new_object(path: &[&str], value: &str) -> String {
    let style = Style {
        language: syntax::Language::Json,
        newline: "\n",
        unit: "  ",
    };
    let entries: Vec<_> = entry(path, value).into_iter().collect();
    format!("{}\n", Code::Object(entries).tall(style, ""))
}

fn entry(path: &[&str], value: &str) -> Option<Entry> {
    let (name, rest) = path.split_first()?;
    let code = match entry(rest, value) {
        Some(inner) => Code::Object(vec![inner]),
        None => Code::Text(quoted(value)),
    };
    Some(Entry {
        head: format!("{}: ", quoted(name)),
        code,
    })
}

/// A text that has nothing to escape.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn root(document: &Document) -> Option<Node<'_>> {
    let root = document.root();
    let mut cursor = root.walk();
    let mut values = root.named_children(&mut cursor);
    values.find(|node| !node.is_extra())
}
