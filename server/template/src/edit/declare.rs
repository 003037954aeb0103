//! Declarations put into a template: resources, modules, parameters and outputs.

use std::rc::Rc;

use syntax::{Document, Language, TextEdit};
use tree_sitter::Node;

use super::arm::type_name;
use super::code::{Code, Entry, Style};
use super::collection::{Collection, is_in_error};
use super::insert::{Position, insert};
use super::source::Source;
use super::{
    Editor, Key, New, NewModule, NewOutput, NewParameter, NewResource, NewTemplate, Placement,
    bicep,
};
use crate::dependencies::Deployed;
use crate::model::{Arguments, ModuleId, ResourceId, Template};

/// The sections of an ARM template that parameters come behind, in the order of the [reference].
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
const BEFORE_PARAMETERS: [&str; 6] = [
    "$schema",
    "languageVersion",
    "contentVersion",
    "apiProfile",
    "metadata",
    "definitions",
];

/// The sections that variables come behind besides these.
const BEFORE_VARIABLES: [&str; 2] = ["parameters", "functions"];

/// A declaration to write.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// A resource.
    Resource(Rc<NewResource>),
    /// A deployment of its own.
    Module(Rc<NewModule>),
}

impl Editor<'_> {
    /// Puts a resource behind another: behind the outermost one that it is written in.
    #[must_use]
    pub fn insert_resource(
        &self,
        after: ResourceId,
        resource: &NewResource,
    ) -> Option<Vec<TextEdit>> {
        self.insert_entries(Deployed::Resource(after), &[self.resource(resource)?])
    }

    /// Puts declarations behind another, one below the other: behind the outermost one that it is
    /// written in.
    #[must_use]
    pub fn insert_declarations(
        &self,
        after: Deployed,
        declarations: &[Declaration],
    ) -> Option<Vec<TextEdit>> {
        let is_json = self.source.language == Language::Json;
        let entries = declarations.iter().filter_map(|new| match new {
            // ARM JSON has nothing to write for it.
            Declaration::Resource(resource) if is_json && resource.is_existing => None,
            new => Some(self.declared(new)),
        });
        self.insert_entries(after, &entries.collect::<Option<Vec<_>>>()?)
    }

    pub(super) fn declared(&self, new: &Declaration) -> Option<Entry> {
        match new {
            Declaration::Resource(resource) => self.resource(resource),
            Declaration::Module(module) if self.source.language == Language::Json => {
                self.arm().module(module)
            }
            Declaration::Module(module) => self.bicep().module(module),
        }
    }

    fn resource(&self, resource: &NewResource) -> Option<Entry> {
        match self.source.language {
            Language::Json => self.arm().resource(resource),
            _ => self.bicep().resource(resource),
        }
    }

    pub(super) fn insert_entries(
        &self,
        after: Deployed,
        entries: &[Entry],
    ) -> Option<Vec<TextEdit>> {
        if entries.is_empty() {
            return Some(Vec::new());
        }
        let range = after.range(self.template);
        let node = self
            .document
            .root()
            .descendant_for_byte_range(range.start as usize, range.end as usize)?;
        if is_in_error(node) {
            return None;
        }
        match self.source.language {
            Language::Json => self.insert_elements(node, entries),
            _ => self.insert_statements(node, entries),
        }
    }

    /// Adds a parameter behind the others.
    #[must_use]
    pub fn add_parameter(&self, parameter: &NewParameter) -> Option<Vec<TextEdit>> {
        self.add_parameters(std::slice::from_ref(parameter))
    }

    /// Adds parameters behind the others.
    #[must_use]
    pub fn add_parameters(&self, parameters: &[NewParameter]) -> Option<Vec<TextEdit>> {
        if self.source.language != Language::Json {
            return self.add_parameter_statements(parameters);
        }
        let entries = parameters.iter().map(|parameter| {
            let kind = self.type_as_written(type_name(parameter.kind));
            self.arm().parameter(parameter, kind)
        });
        self.add_to_section("parameters", entries.collect::<Option<_>>()?)
    }

    /// Adds an output behind the others.
    #[must_use]
    pub fn add_output(&self, output: &NewOutput) -> Option<Vec<TextEdit>> {
        if self.source.language == Language::Json {
            return self.add_to_section("outputs", vec![self.arm().output(output)?]);
        }
        let text = self.bicep().output(output)?;
        if let Some(last) = self.template.outputs.last() {
            let end = self.source.line_end(last.range.end as usize);
            let newline = self.source.newline(end);
            let is_apart = self.are_apart("output_declaration");
            let blank = if is_apart { newline } else { "" };
            let text = format!("{newline}{blank}{text}");
            return Some(vec![TextEdit::insert(end as u32, text)]);
        }
        let end = self.source.text.trim_end().len();
        let newline = self.source.newline(end);
        let text = format!("{newline}{newline}{text}");
        Some(vec![TextEdit::insert(end as u32, text)])
    }

    /// Gives a module a further argument.
    #[must_use]
    pub fn add_argument(&self, module: ModuleId, name: &str, value: &New) -> Option<Vec<TextEdit>> {
        let module = self.template.module(module);
        let key = Key::from(name);
        let is_json = self.source.language == Language::Json;
        let value = if is_json {
            New::object([("value", value.clone())])
        } else {
            value.clone()
        };
        match module.arguments {
            Arguments::Given(arguments) => {
                self.insert_property(arguments, key, &value, Placement::End)
            }
            Arguments::None => {
                let arguments = New::Object(vec![(key, value)]);
                let (owner, name) = if is_json {
                    let properties = self.template.property(module.body, "properties")?;
                    (properties.value, "parameters")
                } else {
                    (module.body, "params")
                };
                self.insert_property(owner, name, &arguments, Placement::Conventional)
            }
            Arguments::Unknown => None,
        }
    }

    /// The text of the file that a module is written in, in the style of this one; none inside where
    /// the language writes a module where it is deployed. None outside where it has no spelling.
    #[must_use]
    pub fn file(&self, new: &NewTemplate) -> Option<Option<String>> {
        if self.source.language == Language::Json {
            return Some(None);
        }
        let document = Document::new(Language::Bicep, "");
        let source = Source::new(&document);
        let template = Template::empty(Language::Bicep);
        let writer = bicep::Writer {
            template: &template,
            source: &source,
        };
        let newline = self.source.newline(0);
        let unit = self.source.unit();
        let style = Style {
            language: Language::Bicep,
            newline,
            unit,
        };
        let mut blocks = Vec::new();
        for parameter in &new.parameters {
            blocks.push(writer.parameter(parameter, newline)?);
        }
        for resource in &new.resources {
            blocks.push(writer.resource(resource)?.block(style, "", ""));
        }
        let between = newline.repeat(2);
        Some(Some(blocks.join(&between) + newline))
    }

    fn add_parameter_statements(&self, parameters: &[NewParameter]) -> Option<Vec<TextEdit>> {
        let root = self.document.root();
        let mut cursor = root.walk();
        let statements: Vec<_> = root
            .named_children(&mut cursor)
            .filter(|node| !node.is_extra())
            .collect();
        let of_kinds = |kinds: &[&str]| {
            let mut found = statements.iter().rev();
            found.find(|node| kinds.contains(&node.kind())).copied()
        };
        let newline = self.source.newline(0);
        let texts = parameters
            .iter()
            .map(|parameter| self.bicep().parameter(parameter, newline));
        let texts = texts.collect::<Option<Vec<_>>>()?;
        let is_tall = |text: &str| text.contains('\n');
        let is_any_tall = texts.iter().any(|text| is_tall(text));
        let text = texts.join(&newline.repeat(if is_any_tall { 2 } else { 1 }));
        if let Some(last) = of_kinds(&["parameter_declaration"]) {
            if last.has_error() {
                return None;
            }
            let written = self.source.slice(last.start_byte(), last.end_byte());
            let is_apart =
                is_any_tall || is_tall(written) || self.are_apart("parameter_declaration");
            return Some(self.below(last.end_byte(), &text, is_apart));
        }
        let head = [
            "target_scope_declaration",
            "metadata_declaration",
            "import_declaration",
            "extension_declaration",
        ];
        if let Some(last) = of_kinds(&head) {
            return (!last.has_error()).then(|| self.below(last.end_byte(), &text, true));
        }
        // What is said of the first declaration stays with it.
        let start = self.source.line_start(statements.first()?.start_byte());
        let start = self.source.comments_above(start, 0);
        let text = format!("{text}{newline}{newline}");
        Some(vec![TextEdit::insert(start as u32, text)])
    }

    /// Whether the last two declarations of a kind have blank lines between them.
    pub(super) fn are_apart(&self, kind: &str) -> bool {
        let root = self.document.root();
        let mut cursor = root.walk();
        let found: Vec<_> = root
            .named_children(&mut cursor)
            .filter(|node| node.kind() == kind)
            .collect();
        match found.as_slice() {
            [.., first, second] => {
                let between = self.source.slice(first.end_byte(), second.start_byte());
                between.matches('\n').count() > 1
            }
            _ => false,
        }
    }

    /// A text on lines of its own, below the line that `end` is on.
    fn below(&self, end: usize, text: &str, is_apart: bool) -> Vec<TextEdit> {
        let end = self.source.line_end(end);
        let newline = self.source.newline(end);
        let below = self.source.next_line(end);
        let next = self.source.slice(below, self.source.line_end(below));
        let (before, after) = match (is_apart, next.trim().is_empty()) {
            (true, true) => (newline.repeat(2), ""),
            (true, false) => (newline.repeat(2), newline),
            (false, _) => (newline.to_owned(), ""),
        };
        vec![TextEdit::insert(
            end as u32,
            format!("{before}{text}{after}"),
        )]
    }

    fn insert_statements(&self, node: Node<'_>, entries: &[Entry]) -> Option<Vec<TextEdit>> {
        let root = self.document.root();
        let mut outermost = node;
        while let Some(parent) = outermost.parent().filter(|parent| *parent != root) {
            outermost = parent;
        }
        if outermost.has_error() {
            return None;
        }
        let end = self.source.line_end(outermost.end_byte());
        let newline = self.source.newline(end);
        let unit = self.source.unit();
        let style = Style {
            language: self.source.language,
            newline,
            unit,
        };
        let blocks = entries.iter().map(|entry| entry.block(style, "", ""));
        let text = blocks.collect::<Vec<_>>().join(&newline.repeat(2));
        Some(self.below(end, &text, true))
    }

    fn insert_elements(&self, node: Node<'_>, entries: &[Entry]) -> Option<Vec<TextEdit>> {
        let mut section = None;
        let mut current = node;
        while let Some((list, owner)) = resources_around(&self.source, current) {
            let collection = Collection::of(&self.source, list)?;
            let index = collection.position_at(current.start_byte())?;
            section = Some((collection, index));
            // A template has no type; a resource with resources inside has.
            if Collection::of(&self.source, owner)?
                .position("type")
                .is_none()
            {
                break;
            }
            current = owner;
        }
        let (collection, index) = section?;
        insert(&collection, Position::Behind(index), entries)
    }

    /// Puts entries behind the others of a section of an ARM template, which is made if it is not
    /// there.
    pub(super) fn add_to_section(&self, name: &str, entries: Vec<Entry>) -> Option<Vec<TextEdit>> {
        let template = self.template_object()?;
        let Some(index) = template.position(name) else {
            let between: &[&str] = match name {
                "variables" => &BEFORE_VARIABLES,
                _ => &[],
            };
            let position = if name == "outputs" {
                Position::behind(template.elements.len().checked_sub(1))
            } else {
                let before = BEFORE_PARAMETERS.iter().chain(between);
                Position::behind(before.filter_map(|it| template.position(it)).max())
            };
            let head = format!("\"{name}\": ");
            let code = Code::Object(entries);
            return insert(&template, position, &[Entry { head, code }]);
        };
        let element = &template.elements[index];
        let pair = self
            .document
            .root()
            .descendant_for_byte_range(element.start, element.end)?;
        let section = Collection::of(&self.source, pair.child_by_field_name("value")?)?;
        if !section.is_object() {
            return None;
        }
        let position = Position::behind(section.elements.len().checked_sub(1));
        insert(&section, position, &entries)
    }

    /// The object that the template is (ARM JSON).
    fn template_object(&self) -> Option<Collection<'_>> {
        let template = self.template;
        let resources = template.resources.iter().map(|it| it.range);
        let modules = template.modules.iter().map(|it| it.range);
        let parameters = template.parameters.iter().map(|it| it.range);
        let range = resources.chain(modules).chain(parameters).next()?;
        let mut node = self
            .document
            .root()
            .descendant_for_byte_range(range.start as usize, range.end as usize);
        while let Some(current) = node {
            if current.kind() == "object"
                && let Some(object) = Collection::of(&self.source, current)
                && object.position("type").is_none()
                && object.position("resources").is_some()
            {
                return Some(object);
            }
            node = current.parent();
        }
        None
    }
}

/// The `resources` that a resource of ARM JSON is in, and the object whose they are.
fn resources_around<'t>(source: &Source<'_>, resource: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    let parent = resource.parent()?;
    let list = match parent.kind() {
        "array" => parent,
        "pair" => parent.parent()?,
        _ => return None,
    };
    let pair = list.parent().filter(|pair| pair.kind() == "pair")?;
    let key = pair.child_by_field_name("key")?;
    let name = source.slice(key.start_byte(), key.end_byte());
    let is_resources = name.trim_matches('"').eq_ignore_ascii_case("resources");
    is_resources.then_some((list, pair.parent()?))
}
