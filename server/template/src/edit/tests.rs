//! A fixture in, the edited text out.

mod arm;
mod bicep;
mod generated;
mod layout;

use syntax::{Document, Language, TextEdit};

use super::{Editor, merge};
use crate::model::{ExpressionId, ResourceId, Template};

/// The text after an operation, or `(none)`. What the operation promises is checked on the way.
fn edited(
    language: Language,
    text: &str,
    operation: impl FnOnce(&Editor<'_>, &Template) -> Option<Vec<TextEdit>>,
) -> String {
    let document = Document::new(language, text);
    let template = crate::lower(&document).expect("the fixture is a template");
    let Some(edits) = operation(&Editor::new(&document, &template), &template) else {
        return "(none)".to_owned();
    };
    assert_eq!(merge(vec![edits.clone()]), Some(edits.clone()), "in order");
    let result = applied(text, &edits);
    let after = Document::new(language, &result);
    assert_eq!(
        document.root().has_error(),
        after.root().has_error(),
        "{result}"
    );
    result
}

fn applied(text: &str, edits: &[TextEdit]) -> String {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.replace_range(edit.range.as_usize(), &edit.new_text);
    }
    result
}

/// The only resource whose type ends so.
fn resource(template: &Template, suffix: &str) -> ResourceId {
    let mut found = template
        .resources()
        .filter(|(_, resource)| resource.resource_type.ends_with(suffix));
    let (id, _) = found.next().expect("the fixture has the resource");
    assert!(found.next().is_none(), "one resource of type {suffix}");
    id
}

/// The value at a path of property names.
fn value(template: &Template, mut object: ExpressionId, path: &str) -> ExpressionId {
    for name in path.split('.') {
        object = template
            .property(object, name)
            .expect("the fixture has the property")
            .value;
    }
    object
}
