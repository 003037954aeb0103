//! A resource of the template, declared once more in a deployment of its own.
//!
//! Azure replaces a resource by what is declared last, so that all of it has to be said again. In
//! Bicep that is a file whose parameters have the names that the resource speaks of, so that its text
//! stays as it is; in ARM JSON a nested deployment in outer scope, where all names mean the same.

use std::collections::BTreeSet;

use syntax::{Document, Language, TextEdit};
use tree_sitter::Node;

use super::code::Code;
use super::collection::{Collection, is_in_error};
use super::condition::dedented;
use super::copy::is_free;
use super::remove::remove;
use super::source::Source;
use super::{Editor, New, NewModule, NewTemplate, Target};
use crate::dependencies::Deployed;
use crate::model::{
    ExpressionId, ExpressionKind, ParameterId, ParameterKind, Reference, ResourceId, TargetScope,
    VariableId,
};

/// The types of Bicep that every file knows.
const TYPES: [&str; 9] = [
    "array", "bool", "int", "object", "string", "null", "true", "false", "any",
];

/// Properties of resources that are strings, and how the names of further ones end.
const STRINGS: [&str; 4] = ["id", "name", "type", "location"];
/// See [`STRINGS`].
const ENDINGS_OF_STRINGS: [&str; 6] = ["Id", "Uri", "Url", "Name", "Address", "UriWithVersion"];

/// Functions that both languages have and that give strings.
const STRING_FUNCTIONS: [&str; 18] = [
    "base64",
    "concat",
    "extensionresourceid",
    "format",
    "guid",
    "join",
    "loadfileasbase64",
    "loadtextcontent",
    "padleft",
    "replace",
    "resourceid",
    "string",
    "subscriptionresourceid",
    "substring",
    "tolower",
    "toupper",
    "trim",
    "uniquestring",
];

/// A resource to declare once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeclaration {
    /// The resource, which is neither a part of a loop nor on another one.
    pub resource: ResourceId,
    /// The symbolic name of the deployment, and its name where that has to be given.
    pub symbol: String,
    /// The path of its file as a module names it (Bicep).
    pub path: String,
    /// What it waits for.
    pub depends_on: Vec<Target>,
}

/// What a resource speaks of.
#[derive(Default)]
struct Names {
    parameters: BTreeSet<ParameterId>,
    variables: BTreeSet<VariableId>,
    /// Properties of other resources and outputs of modules.
    properties: Vec<ExpressionId>,
}

/// A parameter of the new file.
struct Passed {
    name: String,
    declaration: String,
    argument: New,
}

impl Editor<'_> {
    /// Declares a resource once more, in a deployment behind something else: the edits, and the text
    /// of a file, where the language writes that in a file of its own.
    #[must_use]
    pub fn redeclare(
        &self,
        after: Deployed,
        new: &Redeclaration,
    ) -> Option<(Vec<TextEdit>, Option<String>)> {
        let resource = self.template.resource(new.resource);
        let is_plain = resource.scope.is_none()
            && resource.parent.is_none()
            && resource.repetition.is_none()
            && !resource.is_existing;
        let is_plain = is_plain && self.template.target_scope == TargetScope::ResourceGroup;
        if !is_plain || !is_free(self.template, resource.body) {
            return None;
        }
        let names = self.names_in(resource.body, resource.depends_on)?;
        if self.source.language == Language::Json {
            let entry = self
                .arm()
                .redeclaration(new, self.json_again(new.resource)?)?;
            return Some((self.insert_entries(after, &[entry])?, None));
        }
        let passed = self.passed(&names)?;
        let file = self.file_again(new.resource, &passed, &names)?;
        let arguments = passed.into_iter().map(|it| (it.name, it.argument));
        let module = NewModule {
            symbol: new.symbol.clone(),
            path: new.path.clone(),
            scope: None,
            arguments: arguments.collect(),
            condition_of: vec![new.resource.into()],
            depends_on: new.depends_on.clone(),
            template: NewTemplate::default(),
        };
        let entry = self.bicep().module(&module)?;
        Some((self.insert_entries(after, &[entry])?, Some(file)))
    }

    /// Takes a property out of an object with the comments on the lines above it, which are about it. For
    /// what is written once more elsewhere.
    #[must_use]
    pub fn take_property(&self, object: ExpressionId, key: &str) -> Option<Vec<TextEdit>> {
        let collection = self.collection(object).filter(Collection::is_object)?;
        let index = collection.position(key)?;
        let start = collection.elements.get(index)?.start;
        let mut edits = remove(&collection, index)?;
        let line = self.source.line_start(start);
        if let Some(edit) = edits.iter_mut().find(|it| it.range.start as usize == line) {
            let limit = self.source.next_line(collection.gap_start(index));
            let mut first = line;
            while first > limit {
                let above = self.source.line_start(first - 1);
                let text = self.source.slice(above, first).trim();
                if !text.starts_with("//") && !text.starts_with('#') {
                    break;
                }
                first = above;
            }
            let above = self.source.line_start(first.saturating_sub(1));
            let is_last = index + 1 == collection.elements.len();
            if is_last && first > limit && self.source.slice(above, first).trim().is_empty() {
                first = above;
            }
            edit.range.start = first as u32;
        }
        Some(edits)
    }

    /// What a value speaks of; none if it speaks of something that another file does not have.
    fn names_in(&self, root: ExpressionId, except: Option<ExpressionId>) -> Option<Names> {
        let is_json = self.source.language == Language::Json;
        let mut names = Names::default();
        let mut pending = vec![root];
        while let Some(next) = pending.pop() {
            if Some(next) == except {
                continue;
            }
            let kind = self.template.kind(next);
            match kind {
                ExpressionKind::Reference(Reference::Parameter(id)) => {
                    names.parameters.insert(*id);
                }
                ExpressionKind::Reference(Reference::Variable(id)) => {
                    names.variables.insert(*id);
                }
                ExpressionKind::Reference(Reference::Local(_)) => {}
                _ if is_json => match kind {
                    ExpressionKind::Reference(_) | ExpressionKind::Invalid => return None,
                    // What a symbol means in there, nobody says.
                    ExpressionKind::Call { function, .. }
                        if &**function == "deployment"
                            || &**function == "reference" && self.arm().is_symbolic() =>
                    {
                        return None;
                    }
                    _ => {}
                },
                ExpressionKind::Member { .. }
                | ExpressionKind::Index { .. }
                | ExpressionKind::NonNull(_)
                    if self.is_of_resource(next) =>
                {
                    names.properties.push(next);
                    continue;
                }
                ExpressionKind::Reference(_)
                | ExpressionKind::Invalid
                | ExpressionKind::UserCall { .. }
                | ExpressionKind::ImportedCall { .. } => return None,
                ExpressionKind::Call { function, .. } if &**function == "deployment" => {
                    return None;
                }
                _ => {}
            }
            pending.extend(kind.parts());
        }
        names
            .properties
            .sort_by_key(|id| self.template.range(*id).start);
        Some(names)
    }

    /// Whether an expression leads from a resource or module to one of its properties.
    fn is_of_resource(&self, expression: ExpressionId) -> bool {
        match self.template.kind(expression) {
            ExpressionKind::Reference(reference) => {
                matches!(reference, Reference::Resource(_) | Reference::Module(_))
            }
            ExpressionKind::Member { object, .. }
            | ExpressionKind::Index { object, .. }
            | ExpressionKind::NonNull(object) => self.is_of_resource(*object),
            _ => false,
        }
    }

    /// The parameters of the new file, in the order of the old one.
    fn passed(&self, names: &Names) -> Option<Vec<Passed>> {
        let mut passed = Vec::new();
        for id in &names.parameters {
            let name = self.template.parameter(*id).name.text.to_string();
            passed.push(Passed {
                declaration: self.parameter_again(*id)?,
                argument: New::Parameter(name.clone()),
                name,
            });
        }
        for id in &names.variables {
            let variable = self.template.variable(*id);
            let name = variable.name.text.to_string();
            let kind = self.type_of(variable.value, 0)?;
            let newline = self.source.newline(0);
            let decorator = match (self.is_secure(variable.value, 0), kind) {
                (false, _) => String::new(),
                (true, "string" | "object") => format!("@secure(){newline}"),
                (true, _) => return None,
            };
            passed.push(Passed {
                declaration: format!("{decorator}param {name} {kind}"),
                argument: New::Variable(name.clone()),
                name,
            });
        }
        for (name, expression) in self.named(&names.properties)? {
            passed.push(Passed {
                declaration: format!("param {name} string"),
                argument: New::Copy(expression),
                name,
            });
        }
        Some(passed)
    }

    /// The declaration of a parameter as it is, but for its default and its limits, which its value
    /// keeps already.
    fn parameter_again(&self, id: ParameterId) -> Option<String> {
        let parameter = self.template.parameter(id);
        let node = self.declaration(parameter.range.as_usize())?;
        let mut text = String::new();
        let mut cursor = node.walk();
        for decorator in node.children(&mut cursor) {
            let written = self
                .source
                .slice(decorator.start_byte(), decorator.end_byte());
            let says = [
                "@description(",
                "@sys.description(",
                "@secure(",
                "@sys.secure(",
            ];
            if decorator.kind() == "decorator" && says.iter().any(|it| written.starts_with(it)) {
                text.push_str(written);
                text.push_str(self.source.newline(0));
            }
        }
        let written = node.child_by_field_name("type")?;
        let written = self.source.slice(written.start_byte(), written.end_byte());
        let kind = if is_known_everywhere(written) {
            written
        } else {
            match parameter.kind {
                _ if parameter.is_optional => return None,
                ParameterKind::Bool => "bool",
                ParameterKind::Int => "int",
                ParameterKind::String => "string",
                ParameterKind::Array => "array",
                ParameterKind::Object => "object",
                ParameterKind::Other => return None,
            }
        };
        Some(format!("{text}param {} {kind}", parameter.name.text))
    }

    /// The statement at a range.
    fn declaration(&self, range: std::ops::Range<usize>) -> Option<Node<'_>> {
        let root = self.document.root();
        let mut node = root.descendant_for_byte_range(range.start, range.end)?;
        while let Some(parent) = node.parent().filter(|parent| *parent != root) {
            node = parent;
        }
        (!node.has_error() && !is_in_error(node)).then_some(node)
    }

    /// The type of a value, where its form tells it.
    fn type_of(&self, expression: ExpressionId, depth: u32) -> Option<&'static str> {
        const MAXIMUM_DEPTH: u32 = 16;
        if depth > MAXIMUM_DEPTH {
            return None;
        }
        let of = |id: ExpressionId| self.type_of(id, depth + 1);
        Some(match self.template.kind(expression) {
            ExpressionKind::String(_) | ExpressionKind::Interpolation(_) => "string",
            ExpressionKind::Integer(_) => "int",
            ExpressionKind::Bool(_) => "bool",
            ExpressionKind::Array(_) | ExpressionKind::For { .. } => "array",
            ExpressionKind::Object(_) => "object",
            ExpressionKind::Reference(Reference::Variable(id)) => {
                of(self.template.variable(*id).value)?
            }
            ExpressionKind::Reference(Reference::Parameter(id)) => {
                let parameter = self.template.parameter(*id);
                match parameter.kind {
                    _ if parameter.is_optional => return None,
                    ParameterKind::Bool => "bool",
                    ParameterKind::Int => "int",
                    ParameterKind::String => "string",
                    ParameterKind::Array => "array",
                    ParameterKind::Object => "object",
                    ParameterKind::Other => return None,
                }
            }
            ExpressionKind::Conditional {
                consequence,
                alternative,
                ..
            } => {
                let kind = of(*consequence)?;
                (of(*alternative)? == kind).then_some(kind)?
            }
            // A list of the same name is another function.
            ExpressionKind::Call {
                function,
                arguments,
                ..
            } if &**function == "concat" => arguments.first().and_then(|first| of(*first))?,
            ExpressionKind::Call { function, .. } if STRING_FUNCTIONS.contains(&&**function) => {
                "string"
            }
            ExpressionKind::Call { function, .. } if function.starts_with("load") => {
                return None;
            }
            ExpressionKind::Member { name, .. } if is_string(&name.text) => "string",
            _ => return None,
        })
    }

    /// Whether a secret is a part of a value.
    fn is_secure(&self, expression: ExpressionId, depth: u32) -> bool {
        const MAXIMUM_DEPTH: u32 = 64;
        if depth > MAXIMUM_DEPTH {
            return true;
        }
        let kind = self.template.kind(expression);
        let is_named = match kind {
            ExpressionKind::Reference(Reference::Parameter(id)) => {
                let parameter = self.template.parameter(*id);
                parameter.is_secure || parameter.may_have_secure_parts
            }
            ExpressionKind::Reference(Reference::Variable(id)) => {
                self.is_secure(self.template.variable(*id).value, depth + 1)
            }
            ExpressionKind::MethodCall { .. } => true,
            ExpressionKind::Call { function, .. } => function.starts_with("list"),
            _ => false,
        };
        let mut parts = kind.parts().into_iter();
        is_named || parts.any(|part| self.is_secure(part, depth + 1))
    }

    /// The names of the parameters for properties of others, each property once; none if it is not
    /// known what such a property is.
    fn named(&self, properties: &[ExpressionId]) -> Option<Vec<(String, ExpressionId)>> {
        let mut named: Vec<(String, ExpressionId)> = Vec::new();
        let mut known = BTreeSet::new();
        for property in properties {
            let text = self.text_of(*property);
            if !known.insert(text) {
                continue;
            }
            let mut words = Vec::new();
            self.way_to(*property, &mut words)?;
            if !words.last().is_some_and(|last| is_string(last)) || words.len() < 2 {
                return None;
            }
            let base = self.unused_symbol(&joined(&words));
            let mut name = base.clone();
            let mut number = 2;
            while named.iter().any(|(other, _)| *other == name) {
                name = format!("{base}{number}");
                number += 1;
            }
            named.push((name, *property));
        }
        Some(named)
    }

    fn text_of(&self, expression: ExpressionId) -> &str {
        let range = self.template.range(expression).as_usize();
        self.source.slice(range.start, range.end)
    }

    /// The names on the way to a property; none where an index is computed.
    fn way_to<'w>(&'w self, expression: ExpressionId, words: &mut Vec<&'w str>) -> Option<()> {
        match self.template.kind(expression) {
            ExpressionKind::Reference(Reference::Resource(id)) => {
                words.push(&self.template.resource(*id).symbol.as_ref()?.text);
            }
            ExpressionKind::Reference(Reference::Module(id)) => {
                words.push(&self.template.module(*id).symbol.as_ref()?.text);
            }
            ExpressionKind::NonNull(object) => self.way_to(*object, words)?,
            ExpressionKind::Member {
                object,
                name,
                is_safe: false,
            } => {
                self.way_to(*object, words)?;
                if !matches!(&*name.text, "properties" | "outputs") {
                    words.push(&name.text);
                }
            }
            ExpressionKind::Index { object, index, .. } => {
                let is_fixed = matches!(
                    self.template.kind(*index),
                    ExpressionKind::Integer(_) | ExpressionKind::String(_)
                );
                self.way_to(*object, words).filter(|()| is_fixed)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// The text of a file that declares a resource as this one does.
    fn file_again(&self, resource: ResourceId, passed: &[Passed], names: &Names) -> Option<String> {
        let newline = self.source.newline(0);
        let mut text = String::new();
        let declarations: Vec<_> = passed.iter().map(|it| it.declaration.as_str()).collect();
        let is_tall = declarations.iter().any(|it| it.contains('\n'));
        let is_apart = is_tall || self.are_apart("parameter_declaration");
        let between = newline.repeat(if is_apart { 2 } else { 1 });
        text.push_str(&declarations.join(&between));
        if !declarations.is_empty() {
            text.push_str(&newline.repeat(2));
        }
        text.push_str(&self.bicep_again(resource, passed, names)?);
        text.push_str(newline);
        Some(text)
    }

    /// The declaration of a resource of Bicep, without its condition, with parameters in the place of
    /// what its file does not have.
    fn bicep_again(
        &self,
        resource: ResourceId,
        passed: &[Passed],
        names: &Names,
    ) -> Option<String> {
        let resource = self.template.resource(resource);
        let node = self.declaration(resource.range.as_usize())?;
        let mut start = node.start_byte();
        let mut cursor = node.walk();
        for decorator in node.children(&mut cursor) {
            if decorator.kind() != "decorator" {
                start = decorator.start_byte();
                break;
            }
            let text = self
                .source
                .slice(decorator.start_byte(), decorator.end_byte());
            if !text.starts_with("@description(") && !text.starts_with("@sys.description(") {
                return None;
            }
        }
        let body = self.template.range(resource.body);
        let value = node.child_by_field_name("value")?.start_byte();
        let mut edits = vec![(value..body.start as usize, String::new())];
        for property in &names.properties {
            let text = self.text_of(*property);
            let known = passed.iter().find(
                |it| matches!(it.argument, New::Copy(other) if self.text_of(other) == text),
            )?;
            edits.push((
                self.template.range(*property).as_usize(),
                known.name.clone(),
            ));
        }
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = self.source.slice(start, node.end_byte()).to_owned();
        for (range, new) in edits.into_iter().rev() {
            text.replace_range(range.start - start..range.end - start, &new);
        }
        let text = without(Language::Bicep, text, &["dependsOn"], resource_of_bicep)?;
        Some(tidied(&text))
    }

    /// The text of a resource of ARM JSON, without its condition.
    fn json_again(&self, resource: ResourceId) -> Option<Code> {
        let range = self.template.resource(resource).range;
        let root = self.document.root();
        let mut node = root.descendant_for_byte_range(range.start as usize, range.end as usize)?;
        while node.kind() != "object" {
            node = node.parent()?;
        }
        if is_in_error(node) || node.has_error() {
            return None;
        }
        self.lines(node)?;
        let text = self.source.slice(node.start_byte(), node.end_byte());
        // As it stands there, so that the layout is known.
        let indentation = self.source.indentation(node.start_byte());
        let text = format!("{indentation}{text}");
        let left_out = ["condition", "dependsOn", "resources"];
        let text = without(Language::Json, text, &left_out, object_of_json)?;
        Some(Code::Lines(dedented(text.trim_start(), indentation)))
    }
}

/// A text without some members of the object that `object` finds in it, nor resources inside of it.
fn without(
    language: Language,
    mut text: String,
    names: &[&str],
    object: fn(Node<'_>) -> Option<Node<'_>>,
) -> Option<String> {
    loop {
        let document = Document::new(language, &text);
        let source = Source::new(&document);
        let collection = Collection::of(&source, object(document.root())?)?;
        let member = names.iter().find_map(|name| collection.position(name));
        let inside = collection.elements.iter().position(|it| it.is_resource);
        let Some(index) = member.or(inside) else {
            return Some(text);
        };
        let edits = remove(&collection, index)?;
        let mut shorter = text.clone();
        for edit in edits.iter().rev() {
            shorter.replace_range(edit.range.as_usize(), &edit.new_text);
        }
        if shorter.len() >= text.len() {
            return None;
        }
        text = shorter;
    }
}

/// A text without blanks at the ends of its lines, and without empty lines that something left which is
/// gone; unchanged where a text in it goes over lines.
fn tidied(text: &str) -> String {
    if text.contains("'''") {
        return text.to_owned();
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_needed = |index: &usize| {
        let next = lines.get(index + 1).copied().unwrap_or_default();
        !lines[*index].is_empty() || !next.is_empty() && next != "}"
    };
    let kept = (0..lines.len()).filter(is_needed).map(|index| lines[index]);
    kept.collect::<Vec<_>>().join(newline)
}

fn resource_of_bicep(root: Node<'_>) -> Option<Node<'_>> {
    root.named_child(0)?.child_by_field_name("value")
}

fn object_of_json(root: Node<'_>) -> Option<Node<'_>> {
    root.named_child(0)
}

/// Whether a type speaks of no other declaration of its file.
fn is_known_everywhere(written: &str) -> bool {
    // The texts in it are none of its names.
    let parts = written.split('\'').step_by(2);
    let mut words = parts.flat_map(|part| {
        part.split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
    });
    let is_plain = words.all(|word| {
        word.is_empty() || word.starts_with(|it: char| it.is_ascii_digit()) || TYPES.contains(&word)
    });
    is_plain && !written.contains(['{', '\n', '@'])
}

fn is_string(name: &str) -> bool {
    STRINGS.contains(&name) || ENDINGS_OF_STRINGS.iter().any(|it| name.ends_with(it))
}

/// Names as one, where what two of them share is said once: `keyVault` and `vaultUri` are
/// `keyVaultUri`.
fn joined(words: &[&str]) -> String {
    let mut name = String::new();
    for word in words {
        let (first, rest) = word.split_at(
            word.find(|it: char| it.is_ascii_uppercase())
                .unwrap_or(word.len()),
        );
        let is_said = !rest.is_empty()
            && name.len() > first.len()
            && name
                .to_ascii_lowercase()
                .ends_with(&first.to_ascii_lowercase());
        if name.is_empty() {
            name.push_str(word);
        } else if is_said {
            name.push_str(rest);
        } else {
            let mut letters = word.chars();
            name.extend(letters.next().map(|it| it.to_ascii_uppercase()));
            name.push_str(letters.as_str());
        }
    }
    name
}
