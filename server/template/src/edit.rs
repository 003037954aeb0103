//! Edits of a template, said without a language.
//!
//! A fix says what is to be there (a property of a resource, a resource, an item of `dependsOn`);
//! an [`Editor`] says which bytes of the file change for that, in the file's own language and
//! layout: indentation, line breaks, commas, objects on one line, comments that stay with their
//! line.
//!
//! Invariants: applied to a text that parses, the edits of one operation, or of several that
//! [`merge`] accepts, give a text that parses; they are in the order of the text and never overlap;
//! no byte outside of them changes. An operation that cannot keep that, because the place could not
//! be read or the code has no spelling there, gives none.

mod arm;
mod bicep;
mod code;
mod collection;
mod condition;
mod copy;
mod declare;
mod exchange;
mod insert;
mod marks;
mod member;
mod new;
mod order;
mod redeclare;
mod remove;
mod replace;
mod scope;
mod secure;
mod source;
mod suppression;
mod withdraw;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use syntax::{Document, Language, TextEdit, TextRange};
use tree_sitter::Node;

pub use self::declare::Declaration;
pub use self::marks::unmarked;
pub use self::member::{new_object, set_member};
pub use self::new::{
    Key, New, NewModule, NewOutput, NewParameter, NewResource, NewScope, NewTemplate, NewType,
    Target,
};
pub use self::redeclare::Redeclaration;
pub use self::suppression::{Silenced, Suppression, remove_names, suppress};

use self::code::{Code, Entry};
use self::collection::{Collection, is_in_error};
use self::insert::{Position, insert};
use self::source::Source;
use crate::dependencies::Deployed;
use crate::model::{ExpressionId, ExpressionKind, Reference, ResourceId, Template};

/// Where a property is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement<'p> {
    /// In the body of a resource, by the order that Azure's guidance uses; elsewhere at the end.
    Conventional,
    /// Behind a property, or, where that is absent, as by convention.
    After(&'p str),
    /// In front of the first property.
    First,
    /// Behind the last property.
    End,
}

/// Edits one template. What it finds out about the text it keeps.
pub struct Editor<'a> {
    document: &'a Document,
    template: &'a Template,
    source: Source<'a>,
    /// The names that are taken, in lower case.
    names: OnceCell<BTreeSet<String>>,
}

/// The edits of several operations as those of one; none if they overlap. Of two insertions at one
/// place the earlier operation's comes first.
#[must_use]
pub fn merge(operations: Vec<Vec<TextEdit>>) -> Option<Vec<TextEdit>> {
    let mut edits: Vec<_> = operations.into_iter().flatten().collect();
    // An insertion in front of what another operation replaces comes before it.
    edits.sort_by_key(|edit| (edit.range.start, !edit.range.is_empty()));
    let is_apart = |pair: &[TextEdit]| match pair {
        [first, second] => first.range.end <= second.range.start,
        _ => true,
    };
    for index in 1..edits.len() {
        let (before, after) = edits.split_at_mut(index);
        if let ([.., first], [second, ..]) = (before, after) {
            keep_one_blank_line(first, second);
        }
    }
    edits.windows(2).all(is_apart).then_some(edits)
}

/// Of two declarations that come to stand below each other, each brings a blank line: one goes.
fn keep_one_blank_line(first: &mut TextEdit, second: &TextEdit) {
    let is_same_place = first.range.is_empty() && first.range == second.range;
    for newline in ["\r\n", "\n"] {
        let is_blank = second.new_text.starts_with(&newline.repeat(2));
        if is_same_place && is_blank && first.new_text.ends_with(newline) {
            let length = first.new_text.len() - newline.len();
            first.new_text.truncate(length);
            return;
        }
    }
}

impl<'a> Editor<'a> {
    /// An editor of a template, which is the one that `document` holds or one nested in that.
    #[must_use]
    pub fn new(document: &'a Document, template: &'a Template) -> Self {
        Self {
            document,
            template,
            source: Source::new(document),
            names: OnceCell::new(),
        }
    }

    /// Puts a property into an object that does not have it.
    #[must_use]
    pub fn insert_property(
        &self,
        object: ExpressionId,
        key: impl Into<Key>,
        value: &New,
        placement: Placement<'_>,
    ) -> Option<Vec<TextEdit>> {
        self.insert_properties(object, &[(key.into(), value.clone())], placement)
    }

    /// Puts properties into an object that has none of them, one behind the other, all at the place
    /// of the first. Insertions one by one at the same place may not [`merge`].
    #[must_use]
    pub fn insert_properties(
        &self,
        object: ExpressionId,
        properties: &[(Key, New)],
        placement: Placement<'_>,
    ) -> Option<Vec<TextEdit>> {
        let collection = self.collection(object).filter(Collection::is_object)?;
        let mut entries = Vec::new();
        for (key, value) in properties {
            if let Key::Name(name) = key
                && collection.position(name).is_some()
            {
                return None;
            }
            entries.push(self.entry(key, value)?);
        }
        let (first, _) = properties.first()?;
        let position = self.position(&collection, object, first, placement);
        insert(&collection, position, &entries)
    }

    /// Takes a property out of an object, with its line where it has it alone. None where there is
    /// no such property.
    #[must_use]
    pub fn remove_property(&self, object: ExpressionId, key: &str) -> Option<Vec<TextEdit>> {
        let collection = self.collection(object).filter(Collection::is_object)?;
        remove::remove(&collection, collection.position(key)?)
    }

    /// Puts an item behind the last one of an array.
    #[must_use]
    pub fn append_item(&self, array: ExpressionId, value: &New) -> Option<Vec<TextEdit>> {
        let collection = self.collection(array).filter(|list| !list.is_object())?;
        let position = Position::behind(collection.elements.len().checked_sub(1));
        insert(&collection, position, &[Entry::item(self.value(value)?)])
    }

    /// Puts arguments behind those that a call of a function has.
    #[must_use]
    pub fn append_arguments(&self, call: ExpressionId, values: &[New]) -> Option<Vec<TextEdit>> {
        let ExpressionKind::Call { arguments, .. } = self.template.kind(call) else {
            return None;
        };
        let last = self.template.range(*arguments.last()?);
        let range = self.template.range(call);
        let rest = self.source.slice(last.end as usize, range.end as usize);
        if rest.trim() != ")" {
            return None;
        }
        let mut text = String::new();
        for value in values {
            text.push_str(", ");
            text.push_str(&match self.source.language {
                Language::Json => self.arm().expression(value)?,
                _ => self.bicep().expression(value)?,
            });
        }
        Some(vec![TextEdit::insert(last.end, text)])
    }

    /// Lets a resource or module wait for something else. Where it does so already, or that is only
    /// referred to, nothing changes.
    #[must_use]
    pub fn add_depends_on(
        &self,
        waiting: impl Into<Deployed>,
        on: &Target,
    ) -> Option<Vec<TextEdit>> {
        self.wait(waiting.into(), std::slice::from_ref(on))
    }

    /// Lets a resource or module wait for several others, as [`Self::add_depends_on`] does for one.
    #[must_use]
    pub fn add_all_to_depends_on(
        &self,
        waiting: impl Into<Deployed>,
        on: &[Target],
    ) -> Option<Vec<TextEdit>> {
        self.wait(waiting.into(), on)
    }

    /// Lets a resource wait for what a value speaks of that one of its properties is given. Bicep
    /// does so by itself, ARM JSON does not.
    #[must_use]
    pub fn add_dependencies_of(&self, resource: ResourceId, value: &New) -> Option<Vec<TextEdit>> {
        let mut targets = Vec::new();
        if self.source.language == Language::Json {
            value.targets(&mut targets);
        }
        self.wait(resource.into(), &targets)
    }

    fn wait(&self, waiting: Deployed, on: &[Target]) -> Option<Vec<TextEdit>> {
        let owner = waiting.body(self.template);
        let list = waiting.depends_on(self.template);
        let written = match list {
            Some(list) => Some(self.collection(list).filter(|list| !list.is_object())?),
            None => None,
        };
        let mut entries: Vec<Entry> = Vec::new();
        for target in on {
            let is_named = match (list.map(|list| self.template.kind(list)), target) {
                (_, Target::Declared(id)) if self.template.resource(*id).is_existing => true,
                (Some(ExpressionKind::Array(items)), Target::Declared(id)) => {
                    items.iter().any(|item| matches!(self.template.kind(item.value), ExpressionKind::Reference(Reference::Resource(named)) if named == id))
                }
                _ => false,
            };
            let entry = Entry::item(self.value(&New::Symbol(target.clone()))?);
            let text = without_blanks(&entry.inline());
            let is_written = written
                .iter()
                .flat_map(|list| &list.elements)
                .any(|element| {
                    text == without_blanks(self.source.slice(element.start, element.end))
                });
            if !is_named && !is_written && !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        match written {
            _ if entries.is_empty() => Some(Vec::new()),
            Some(list) => {
                let position = Position::behind(list.elements.len().checked_sub(1));
                insert(&list, position, &entries)
            }
            None => {
                let body = self.collection(owner)?;
                let key = Key::from("dependsOn");
                let position = self.position(&body, owner, &key, Placement::Conventional);
                let Entry { head, .. } = self.entry(&key, &New::Null)?;
                let code = Code::Array(entries);
                insert(&body, position, &[Entry { head, code }])
            }
        }
    }

    /// A name that nothing in the document has: `base`, else `base2`, `base3`, …
    #[must_use]
    pub fn unused_symbol(&self, base: &str) -> String {
        // ARM JSON compares names without regard to case.
        let names = self.names.get_or_init(|| match self.source.language {
            Language::Json => self.words(),
            _ => self.symbols(),
        });
        numbered(base, names)
    }

    /// The words of the text, in lower case.
    fn words(&self) -> BTreeSet<String> {
        self.source
            .text
            .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
            .map(str::to_ascii_lowercase)
            .collect()
    }

    /// What may be a symbol in Bicep, in lower case: all names but those of properties.
    fn symbols(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut pending = vec![self.document.root()];
        while let Some(node) = pending.pop() {
            if node.kind() == "identifier" && !is_property_name(node) {
                let text = self.source.slice(node.start_byte(), node.end_byte());
                found.insert(text.to_ascii_lowercase());
            }
            let mut cursor = node.walk();
            pending.extend(node.children(&mut cursor));
        }
        found
    }

    fn position(
        &self,
        collection: &Collection<'_>,
        object: ExpressionId,
        key: &Key,
        placement: Placement<'_>,
    ) -> Position {
        // Resources inside a resource come behind its properties.
        let count = collection
            .elements
            .iter()
            .take_while(|element| !element.is_resource)
            .count();
        let end = Position::behind(count.checked_sub(1));
        if let Placement::After(predecessor) = placement
            && let Some(index) = collection.position(predecessor)
        {
            return Position::Behind(index);
        }
        if placement == Placement::First {
            return Position::First;
        }
        match key {
            Key::Name(name) if placement != Placement::End && self.is_body(object) => {
                let keys: Vec<_> = collection.elements[..count]
                    .iter()
                    .map(|element| element.key.as_deref())
                    .collect();
                Position::behind(order::predecessor(&keys, name))
            }
            _ => end,
        }
    }

    /// Whether an object is the body of a resource or module.
    fn is_body(&self, object: ExpressionId) -> bool {
        let mut resources = self.template.resources.iter();
        let mut modules = self.template.modules.iter();
        resources.any(|resource| resource.body == object)
            || modules.any(|module| module.body == object)
    }

    /// The node at a range, if all of it could be read.
    fn sound_node(&self, range: TextRange) -> Option<Node<'_>> {
        self.document
            .root()
            .descendant_for_byte_range(range.start as usize, range.end as usize)
            .filter(|node| !is_in_error(*node) && !node.has_error())
    }

    fn collection(&self, expression: ExpressionId) -> Option<Collection<'_>> {
        Collection::at(self.document, &self.source, self.template.range(expression))
    }

    fn value(&self, new: &New) -> Option<Code> {
        match self.source.language {
            Language::Json => self.arm().value(new),
            _ => self.bicep().value(new),
        }
    }

    fn entry(&self, key: &Key, value: &New) -> Option<Entry> {
        match self.source.language {
            Language::Json => self.arm().entry(key, value),
            _ => self.bicep().entry(key, value),
        }
    }

    const fn bicep(&self) -> bicep::Writer<'_> {
        bicep::Writer {
            template: self.template,
            source: &self.source,
        }
    }

    const fn arm(&self) -> arm::Writer<'_> {
        arm::Writer {
            template: self.template,
            source: &self.source,
        }
    }
}

/// Whether an identifier names a property of an object, which is nobody's symbol.
fn is_property_name(identifier: Node<'_>) -> bool {
    let Some(parent) = identifier.parent() else {
        return false;
    };
    let field = match parent.kind() {
        "property" => "name",
        "member_expression" => "property",
        _ => return false,
    };
    parent.child_by_field_name(field) == Some(identifier)
}

/// `base`, else `base2`, `base3`, …, whichever is the first that is not among names in lower case.
fn numbered(base: &str, taken: &BTreeSet<String>) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while taken.contains(&name.to_ascii_lowercase()) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests;
