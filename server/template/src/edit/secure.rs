//! Parameters whose values are kept out of logs and deployment history.

use syntax::{Language, TextEdit, TextRange};
use tree_sitter::Node;

use super::arm::type_name;
use super::collection::Collection;
use super::remove::{remove, remove_range};
use super::{Editor, NewType, numbered};
use crate::model::{Parameter, ParameterId, ParameterKind, VariableId};

impl Editor<'_> {
    /// Keeps the value of a parameter out of logs and deployment history; nothing changes where that is
    /// so already. None for a parameter that cannot have it: one that is limited to some values, or
    /// no string or object. The default stays.
    #[must_use]
    pub fn make_secure(&self, parameter: ParameterId) -> Option<Vec<TextEdit>> {
        let parameter = self.template.parameter(parameter);
        if parameter.is_secure {
            return Some(Vec::new());
        }
        let may_be_secure = matches!(
            parameter.kind,
            ParameterKind::String | ParameterKind::Object
        );
        if !may_be_secure || !parameter.allowed.is_empty() {
            return None;
        }
        let edit = match self.source.language {
            Language::Json => self.secure_type(parameter)?,
            _ => self.secure_decorator(parameter)?,
        };
        Some(vec![edit])
    }

    /// Takes the default of a parameter away. None where it has none.
    #[must_use]
    pub fn remove_default(&self, parameter: ParameterId) -> Option<Vec<TextEdit>> {
        let parameter = self.template.parameter(parameter);
        if self.source.language == Language::Json {
            let declaration = self.members_of(parameter)?;
            return remove(&declaration, declaration.position("defaultValue")?);
        }
        let node = self.declaration_of(parameter)?;
        let start = node.child_by_field_name("type")?.end_byte();
        let value = node.child_by_field_name("value")?;
        let between = self.source.slice(start, value.start_byte());
        // A comment in between speaks of something that stays, or goes.
        (between.trim() == "=").then(|| vec![remove_range(start, value.end_byte())])
    }

    /// Takes a variable out of a template in which a new parameter gets its name, so that all that
    /// names it is right as it is. None in ARM JSON, where a parameter is named in another way, and
    /// where something is said of the variable.
    #[must_use]
    pub fn remove_variable(&self, variable: VariableId) -> Option<Vec<TextEdit>> {
        if self.source.language == Language::Json {
            return None;
        }
        let range = self.template.variable(variable).range;
        let (start, end) = (range.start as usize, range.end as usize);
        let node = self.sound_node(range)?;
        let is_plain = node.child(0).is_some_and(|first| first.kind() == "var");
        let behind = self.source.slice(end, self.source.line_end(end));
        if !is_plain || !self.source.is_first_on_line(start) || !behind.trim().is_empty() {
            return None;
        }
        let start = self.source.line_start(start);
        let above = self.source.line_start(start.saturating_sub(1));
        let above = self.source.slice(above, start).trim();
        if above.starts_with(['/', '#']) || above.ends_with("*/") {
            return None;
        }
        let mut next = self.source.next_line(end);
        let below = self.source.slice(next, self.source.line_end(next));
        // Of the blank lines around it one stays.
        if above.is_empty() && below.trim().is_empty() {
            next = self.source.next_line(next);
        }
        Some(vec![remove_range(start, next)])
    }

    /// A name that a new parameter may have: `base`, else `base2`, `base3`, …
    #[must_use]
    pub fn unused_parameter(&self, base: &str) -> String {
        if self.source.language != Language::Json {
            return self.unused_symbol(base);
        }
        let names = self.template.parameters.iter();
        let names = names.map(|parameter| parameter.name.text.to_ascii_lowercase());
        numbered(base, &names.collect())
    }

    /// A name that a new output may have: `base`, else `base2`, `base3`, …
    #[must_use]
    pub fn unused_output(&self, base: &str) -> String {
        let names = self.template.outputs.iter();
        let names = names.map(|output| output.name.text.to_ascii_lowercase());
        numbered(base, &names.collect())
    }

    /// Whether the file says of its parameters what they are, as far as the last one tells.
    #[must_use]
    pub fn describes_parameters(&self) -> bool {
        let Some(last) = self.template.parameters.last() else {
            return false;
        };
        if self.source.language == Language::Json {
            let metadata = self.members_of(last).and_then(|declaration| {
                let index = declaration.position("metadata")?;
                self.object_in(&declaration, index)
            });
            return metadata.is_some_and(|metadata| metadata.position("description").is_some());
        }
        self.declaration_of(last)
            .is_some_and(|node| self.decorator(node, "description").is_some())
    }

    fn declaration_of(&self, parameter: &Parameter) -> Option<Node<'_>> {
        self.sound_node(parameter.range)
            .filter(|node| TextRange::from(*node) == parameter.range)
    }

    /// What the declaration of a parameter of ARM JSON says.
    fn members_of(&self, parameter: &Parameter) -> Option<Collection<'_>> {
        let node = self.declaration_of(parameter)?;
        Collection::of(&self.source, node.child_by_field_name("value")?)
    }

    /// The object that is the value of a member.
    fn object_in(&self, object: &Collection<'_>, index: usize) -> Option<Collection<'_>> {
        Collection::of(&self.source, self.value_in(object, index)?)
    }

    fn value_in(&self, object: &Collection<'_>, index: usize) -> Option<Node<'_>> {
        let element = object.elements.get(index)?;
        let pair = self
            .document
            .root()
            .descendant_for_byte_range(element.start, element.end)?;
        pair.child_by_field_name("value")
    }

    /// The type of a parameter of ARM JSON as it is written.
    fn written_type(&self, parameter: &Parameter) -> Option<Node<'_>> {
        let declaration = self.members_of(parameter)?;
        self.value_in(&declaration, declaration.position("type")?)
    }

    fn secure_type(&self, parameter: &Parameter) -> Option<TextEdit> {
        let written = self.written_type(parameter)?;
        let secure = match self.unquoted(written).to_ascii_lowercase().as_str() {
            "string" => type_name(NewType::SecureString),
            "object" => type_name(NewType::SecureObject),
            _ => return None,
        };
        let text = format!("\"{}\"", self.type_as_written(secure));
        Some(TextEdit::replace(TextRange::from(written), text))
    }

    /// A type as the parameters of the file write it: Azure does not mind the letters (ARM JSON).
    pub(super) fn type_as_written<'s>(&'s self, name: &'s str) -> &'s str {
        let parameters = self.template.parameters.iter().rev();
        let mut written = parameters.filter_map(|it| self.written_type(it));
        let known = written.find(|it| self.unquoted(*it).eq_ignore_ascii_case(name));
        known.map_or(name, |node| self.unquoted(node))
    }

    fn unquoted(&self, string: Node<'_>) -> &str {
        let text = self.source.slice(string.start_byte(), string.end_byte());
        text.trim_matches('"')
    }

    /// A decorator of a declaration of Bicep, by its name.
    fn decorator<'t>(&self, declaration: Node<'t>, name: &str) -> Option<Node<'t>> {
        let mut cursor = declaration.walk();
        let decorators: Vec<_> = declaration
            .named_children(&mut cursor)
            .filter(|child| child.kind() == "decorator")
            .collect();
        decorators.into_iter().find(|decorator| {
            let text = self
                .source
                .slice(decorator.start_byte(), decorator.end_byte());
            let called = text.trim_start_matches('@').split('(').next();
            let called = called.unwrap_or_default().trim();
            called.strip_prefix("sys.").unwrap_or(called) == name
        })
    }

    /// The decorator that other parameters of the file have, where they have it: above all others, or
    /// right above the declaration.
    fn secure_decorator(&self, parameter: &Parameter) -> Option<TextEdit> {
        let node = self.declaration_of(parameter)?;
        let mut cursor = node.walk();
        let keyword = node
            .children(&mut cursor)
            .find(|child| child.kind() == "param")?;
        let default = format!("@{}()", self.bicep().called("secure"));
        let mut spelling = default.as_str();
        let mut is_first = None;
        for other in &self.template.parameters {
            let Some(declaration) = self.declaration_of(other) else {
                continue;
            };
            let Some(decorator) = self.decorator(declaration, "secure") else {
                continue;
            };
            spelling = self
                .source
                .slice(decorator.start_byte(), decorator.end_byte());
            let mut cursor = declaration.walk();
            let children = declaration.named_children(&mut cursor);
            if children.filter(|it| it.kind() == "decorator").count() > 1 {
                is_first = Some(decorator.start_byte() == declaration.start_byte());
            }
        }
        let mut at = if is_first == Some(true) {
            node.start_byte()
        } else {
            keyword.start_byte()
        };
        if self.source.is_first_on_line(at) {
            // What a directive is silent about stays on its next line.
            let mut start = self.source.line_start(at);
            while start > 0 {
                start = self.source.line_start(start - 1);
                let line = self.source.slice(start, at);
                let blank = line.len() - line.trim_start().len();
                if !line.trim_start().starts_with("#disable-next-line") {
                    break;
                }
                at = start + blank;
            }
        }
        let newline = self.source.newline(at);
        let indentation = self.source.indentation(keyword.start_byte());
        let text = format!("{spelling}{newline}{indentation}");
        Some(TextEdit::insert(at as u32, text))
    }
}
