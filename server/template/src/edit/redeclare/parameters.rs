//! The parameters of a file that declares a resource once more: what the resource speaks of.

use std::collections::BTreeSet;

use super::super::{Editor, New, numbered};
use super::{Names, Passed};
use crate::model::{
    ExpressionId, ExpressionKind, Parameter, ParameterId, ParameterKind, Reference,
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

impl Editor<'_> {
    /// The parameters of the new file, in the order of the old one.
    pub(super) fn passed(&self, names: &Names) -> Option<Vec<Passed>> {
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
            basic_type(parameter)?
        };
        Some(format!("{text}param {} {kind}", parameter.name.text))
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
                basic_type(self.template.parameter(*id))?
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
            let taken = named.iter().map(|(name, _)| name.to_ascii_lowercase());
            let name = numbered(&base, &taken.collect());
            named.push((name, *property));
        }
        Some(named)
    }

    pub(super) fn text_of(&self, expression: ExpressionId) -> &str {
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
}

/// The type of a parameter without what it says of its parts; none where that is all.
const fn basic_type(parameter: &Parameter) -> Option<&'static str> {
    match parameter.kind {
        _ if parameter.is_optional => None,
        ParameterKind::Bool => Some("bool"),
        ParameterKind::Int => Some("int"),
        ParameterKind::String => Some("string"),
        ParameterKind::Array => Some("array"),
        ParameterKind::Object => Some("object"),
        ParameterKind::Other => None,
    }
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
