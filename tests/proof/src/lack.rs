//! Templates that lack what they have: what somebody wrote who knew of it is taken out of them, and
//! the fixes have to bring it back.

use syntax::{Document, TextEdit};
use template::Template;
use template::edit::Editor;
use template::model::Resource;

/// The types whose resources lack something.
const TYPES: [&str; 3] = [
    "microsoft.apimanagement/service",
    "microsoft.authorization/roleassignments",
    "microsoft.keyvault/vaults",
];

/// What a resource may lack, itself or in its `properties`.
const MEMBERS: [&str; 2] = ["identity", "dependsOn"];
const PROPERTIES: [&str; 4] = [
    "principalType",
    "enablePurgeProtection",
    "enableRbacAuthorization",
    "networkAcls",
];

/// The texts of a template without something that it has, each without another thing.
pub(crate) fn lacking(document: &Document, template: &Template) -> Vec<String> {
    let editor = Editor::new(document, template);
    let text = document.text().to_string();
    let mut found: Vec<Vec<TextEdit>> = Vec::new();
    for resource in template.resources.iter().filter(|it| !it.is_existing) {
        let resource_type = resource.resource_type.to_ascii_lowercase();
        if !TYPES.iter().any(|it| resource_type.starts_with(it)) {
            continue;
        }
        let own = MEMBERS.iter().map(|key| (resource.body, *key));
        let properties = template.property(resource.body, "properties");
        let inner = properties
            .into_iter()
            .flat_map(|properties| PROPERTIES.iter().map(|key| (properties.value, *key)));
        found.extend(own.chain(inner).filter_map(|(object, key)| {
            template.property(object, key)?;
            editor.remove_property(object, key)
        }));
        found.extend(without(&text, resource));
    }
    let texts = found.into_iter().map(|edits| {
        let mut text = text.clone();
        for edit in edits.iter().rev() {
            text.replace_range(edit.range.as_usize(), &edit.new_text);
        }
        text
    });
    texts.collect()
}

/// A role assignment that is not there: it assigns to another type, which leaves the rest as it is.
fn without(text: &str, resource: &Resource) -> Option<Vec<TextEdit>> {
    let range = resource.type_range;
    let name = "roleAssignments";
    let offset = text.get(range.as_usize())?.find(name)?;
    let start = range.start + offset as u32;
    let range = syntax::TextRange::new(start, start + name.len() as u32);
    Some(vec![TextEdit::replace(range, "locks")])
}
