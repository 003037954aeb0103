//! What the tree alone shows: what is declared or written twice.

use std::collections::BTreeMap;

use syntax::{Document, Language};
use tree_sitter::Node;

use super::{Problems, tell};
use crate::bench::visit;

/// The declarations of Bicep whose names are of one kind: two may not have the same.
const DECLARATIONS: [&str; 9] = [
    "parameter_declaration",
    "type_declaration",
    "variable_declaration",
    "function_declaration",
    "resource_declaration",
    "module_declaration",
    "import_item",
    "import_wildcard",
    "extension_declaration",
];

pub(super) fn problems(document: &Document, found: &mut Problems) {
    let text = document.text().to_string();
    let text = |node: Node<'_>| text[node.byte_range()].to_owned();
    let is_json = document.language() == Language::Json;
    let mut names = BTreeMap::new();
    let mut outputs = BTreeMap::new();
    let mut called = Vec::new();
    visit(document.root(), &mut |node| match node.kind() {
        "object" => repeated(node, is_json, &text, found),
        "call_expression" => {
            called.extend(node.child_by_field_name("function").map(&text));
        }
        "output_declaration" => {
            if let Some(name) = node.child_by_field_name("name") {
                *outputs.entry(text(name)).or_insert(0_usize) += 1;
            }
        }
        kind if DECLARATIONS.contains(&kind) => {
            let of = |field| node.child_by_field_name(field);
            let is_nested = node.parent().is_some_and(|it| it.kind() == "object");
            if let Some(name) = of("alias").or_else(|| of("name")).filter(|_| !is_nested) {
                let is_function = kind == "function_declaration" || kind == "import_item";
                names
                    .entry(text(name))
                    .or_insert_with(Vec::new)
                    .push(is_function);
            }
        }
        _ => {}
    });
    for (name, kinds) in names {
        if kinds.len() > 1 {
            tell(
                found,
                format!("BCP028: `{name}` is declared {} times", kinds.len()),
            );
        }
        if called.contains(&name) && !kinds.contains(&true) {
            tell(found, format!("BCP265: `{name}` is no function any more"));
        }
    }
    for (name, times) in outputs {
        if times > 1 {
            tell(
                found,
                format!("BCP145: the output `{name}` is declared {times} times"),
            );
        }
    }
}

/// The keys that an object has twice.
fn repeated(
    object: Node<'_>,
    is_json: bool,
    text: &impl Fn(Node<'_>) -> String,
    found: &mut Problems,
) {
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    let mut cursor = object.walk();
    for member in object.named_children(&mut cursor) {
        let key = match (is_json, member.kind()) {
            (true, "pair") => member.child_by_field_name("key"),
            (false, "property") => member.child_by_field_name("name"),
            _ => None,
        };
        if let Some(key) = key {
            let key = text(key).trim_matches(['"', '\'']).to_ascii_lowercase();
            *keys.entry(key).or_default() += 1;
        }
    }
    for (key, times) in keys {
        if times > 1 {
            tell(
                found,
                format!("BCP025: the property `{key}` is there {times} times"),
            );
        }
    }
}
