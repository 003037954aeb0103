//! Properties put in place of others.

use syntax::{Language, TextEdit, TextRange};

use super::code::{Entry, Style, inline_list};
use super::collection::Collection;
use super::remove::remove;
use super::{Editor, Key, New, merge};
use crate::model::ExpressionId;

impl Editor<'_> {
    /// Puts properties in place of others of an object, where the first of those is; of the others,
    /// those that the object has go too; where nothing is put, that is all. None where it has none of
    /// them.
    #[must_use]
    pub fn exchange_properties(
        &self,
        object: ExpressionId,
        removed: &[&str],
        added: &[(Key, New)],
    ) -> Option<Vec<TextEdit>> {
        let collection = self.collection(object).filter(Collection::is_object)?;
        let removed = removed.iter().filter_map(|key| collection.position(key));
        let mut removed: Vec<_> = removed.collect();
        removed.sort_unstable();
        let (first, others) = removed.split_first()?;
        if added.is_empty() {
            let each = removed.iter().map(|index| remove(&collection, *index));
            return merge(each.collect::<Option<_>>()?);
        }
        if !removed.iter().all(|index| collection.is_sound(*index)) {
            return None;
        }
        let added = added.iter().map(|(key, value)| self.entry(key, value));
        let added = added.collect::<Option<Vec<_>>>()?;
        let element = &collection.elements[*first];
        let range = TextRange::new(element.start as u32, element.end as u32);
        let is_one_line = collection.is_one_line();
        let text = if is_one_line {
            let inline = inline_list(&added);
            let width = |index: &usize| {
                let element = &collection.elements[*index];
                element.end - element.start
            };
            let shrinkage: usize = removed.iter().map(width).sum();
            let growth = inline.chars().count().saturating_sub(shrinkage);
            if !self.source.has_room(collection.start, growth) {
                return self.opened_up(&collection, &removed, &added);
            }
            inline
        } else {
            self.member_lines(&collection, *first, &added)
        };
        let mut edits = vec![TextEdit::replace(range, text)];
        for index in others {
            edits.extend(remove(&collection, *index)?);
        }
        Some(edits)
    }

    /// Entries on lines of their own, from where an element of a collection begins to where it ends.
    fn member_lines(&self, collection: &Collection<'_>, index: usize, added: &[Entry]) -> String {
        let unit = collection.unit();
        let style = self.style(collection, &unit);
        let indentation = collection.inner_indentation(index);
        let separator = if collection.has_commas() { "," } else { "" };
        let mut text = String::new();
        for (index, entry) in added.iter().enumerate() {
            let is_last = index + 1 == added.len();
            let separator = if is_last { "" } else { separator };
            text.push_str(&entry.block(style, &indentation, separator));
            if !is_last {
                text.push_str(style.newline);
                text.push_str(&indentation);
            }
        }
        text
    }

    /// The object over several lines, where it has no room on one.
    fn opened_up(
        &self,
        collection: &Collection<'_>,
        removed: &[usize],
        added: &[Entry],
    ) -> Option<Vec<TextEdit>> {
        let unit = collection.unit();
        let style = self.style(collection, &unit);
        let outer = collection.outer_indentation();
        let inner = format!("{outer}{unit}");
        let separator = match style.language {
            Language::Json => ",",
            _ => "",
        };
        let mut blocks = Vec::new();
        for (index, element) in collection.elements.iter().enumerate() {
            if !collection.gap(index)?.comments.is_empty() {
                return None;
            }
            if removed.first() == Some(&index) {
                let entries = added.iter();
                blocks.extend(entries.map(|entry| entry.block(style, &inner, "")));
            } else if !removed.contains(&index) {
                let text = self.source.slice(element.start, element.end);
                blocks.push(text.to_owned());
            }
        }
        let end = collection.gap(collection.elements.len())?;
        let newline = style.newline;
        let between = format!("{separator}{newline}{inner}");
        let text = format!("{newline}{inner}{}{newline}{outer}", blocks.join(&between));
        let range = TextRange::new(collection.start as u32, collection.end as u32);
        end.comments
            .is_empty()
            .then(|| vec![TextEdit::replace(range, text)])
    }

    fn style<'s>(&self, collection: &Collection<'_>, unit: &'s str) -> Style<'s> {
        Style {
            language: self.source.language,
            newline: self.source.newline(collection.start),
            unit,
        }
    }
}
