//! Templates of every layout, edited at random.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use syntax::{Document, Language, TextEdit};

use super::applied;
use crate::Template;
use crate::edit::{Editor, New, NewResource, Placement};
use crate::model::{ExpressionId, ExpressionKind, Member};

const KEYS: &[&str] = &[
    "name",
    "location",
    "sku",
    "kind",
    "tags",
    "dependsOn",
    "properties",
    "other",
    "odd",
];

/// A value and how it is laid out.
#[derive(Clone, Debug)]
enum Tree {
    Scalar,
    Object(Vec<(&'static str, Tree, Comments)>, Form),
    Array(Vec<Tree>, Form),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    OneLine,
    Lines,
    LinesWithCommas,
    TrailingComma,
}

#[derive(Clone, Copy, Debug)]
enum Comments {
    None,
    Behind,
    Above,
}

#[derive(Clone, Copy, Debug)]
struct Style {
    language: Language,
    newline: &'static str,
    unit: &'static str,
}

fn form() -> impl Strategy<Value = Form> {
    select(vec![
        Form::OneLine,
        Form::Lines,
        Form::LinesWithCommas,
        Form::TrailingComma,
    ])
}

fn object(value: impl Strategy<Value = Tree>) -> impl Strategy<Value = Tree> {
    let keys = subsequence(KEYS.to_vec(), 0..6).prop_shuffle();
    let comments = select(vec![
        Comments::None,
        Comments::None,
        Comments::Behind,
        Comments::Above,
    ]);
    let details = prop::collection::vec((value, comments), 6);
    (keys, details, form()).prop_map(|(keys, details, form)| {
        let members = keys.into_iter().zip(details);
        let members = members.map(|(key, (value, comments))| (key, value, comments));
        Tree::Object(members.collect(), form)
    })
}

fn value() -> impl Strategy<Value = Tree> {
    let leaf = Just(Tree::Scalar);
    leaf.prop_recursive(2, 8, 3, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            object(inner),
            (items, form()).prop_map(|(items, form)| Tree::Array(items, form)),
        ]
    })
}

fn style() -> impl Strategy<Value = Style> {
    let language = select(vec![Language::Bicep, Language::Json]);
    let newline = select(vec!["\n", "\r\n"]);
    let unit = select(vec!["  ", "    ", "\t", " "]);
    (language, newline, unit).prop_map(|(language, newline, unit)| Style {
        language,
        newline,
        unit,
    })
}

fn print(tree: &Tree, style: Style, indentation: &str) -> String {
    let is_json = style.language == Language::Json;
    let (entries, form, brackets) = match tree {
        Tree::Scalar if is_json => return "\"text\"".to_owned(),
        Tree::Scalar => return "'text'".to_owned(),
        Tree::Object(members, form) => {
            let members = members.iter().map(|(key, value, comments)| {
                let key = if is_json {
                    format!("\"{key}\": ")
                } else {
                    format!("{key}: ")
                };
                (key, value, *comments)
            });
            (members.collect::<Vec<_>>(), *form, ["{", "}"])
        }
        Tree::Array(items, form) => {
            let items = items
                .iter()
                .map(|item| (String::new(), item, Comments::None));
            (items.collect(), *form, ["[", "]"])
        }
    };
    let inner = format!("{indentation}{}", style.unit);
    let mut out = vec![brackets[0].to_owned()];
    let count = entries.len();
    for (index, (key, value, comments)) in entries.into_iter().enumerate() {
        let is_last = index + 1 == count;
        let comma = match form {
            Form::TrailingComma => ",",
            _ if is_last => "",
            Form::Lines if !is_json => "",
            _ => ",",
        };
        if form == Form::OneLine {
            let value = print(value, style, indentation);
            let comment = match comments {
                Comments::Behind => " /* behind */",
                _ => "",
            };
            out.push(format!(" {key}{value}{comment}{comma}"));
            continue;
        }
        let start = format!("{}{inner}", style.newline);
        if matches!(comments, Comments::Above) {
            out.push(format!("{start}// above {index}"));
        }
        out.push(format!(
            "{start}{key}{}{comma}",
            print(value, style, &inner)
        ));
        if matches!(comments, Comments::Behind) {
            out.push(format!(" // behind {index}"));
        }
    }
    out.push(match form {
        Form::OneLine if count > 0 => " ".to_owned(),
        Form::OneLine => String::new(),
        _ => format!("{}{indentation}", style.newline),
    });
    out.push(brackets[1].to_owned());
    out.concat()
}

fn template(body: &Tree, style: Style, end: &str) -> String {
    let Style { newline, unit, .. } = style;
    match style.language {
        Language::Json => format!(
            "{{{newline}{unit}\"$schema\": \"deploymentTemplate.json#\",{newline}\
             {unit}\"resources\": [{newline}{unit}{unit}{}{newline}{unit}]{newline}}}{end}",
            print(body, style, &unit.repeat(2))
        ),
        _ => format!("resource r 'A/b@1' = {}{end}", print(body, style, "")),
    }
}

fn lower(text: &str, language: Language) -> (Document, Template) {
    let document = Document::new(language, text);
    let template = crate::lower(&document).template().expect("a template");
    (document, template)
}

/// The members of an object with their text.
fn members(
    document: &Document,
    template: &Template,
    object: ExpressionId,
) -> Vec<(String, String)> {
    let object = template.object(object).expect("an object");
    let members = object.members.iter().filter_map(|member| match member {
        Member::Property(property) => match template.kind(property.key) {
            ExpressionKind::String(key) => {
                let value = document.slice(template.range(property.value));
                Some((key.to_string(), value.into_owned()))
            }
            _ => None,
        },
        Member::Spread(_) => None,
    });
    members.collect()
}

/// Whether everything in `before` but blanks and commas is in `after`, in this order.
fn keeps(before: &str, after: &str) -> bool {
    let mut after = after.chars();
    before
        .chars()
        .filter(|character| !character.is_whitespace() && *character != ',')
        .all(|character| after.any(|candidate| candidate == character))
}

fn new_value() -> New {
    New::object([("list", New::Array(vec![New::Null, "it's".into()]))])
}

/// Applies the edits and parses the result.
fn result(text: &str, edits: &[TextEdit], language: Language) -> (String, Document, Template) {
    let after = applied(text, edits);
    let (document, template) = lower(&after, language);
    assert!(!document.root().has_error(), "{after}");
    (after, document, template)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_inserted_property_is_there_and_nothing_else_changes(
        body in object(value()),
        style in style(),
        end in select(vec!["", "\n", "\nvar v = 1"]),
        anchor in select(KEYS.to_vec()),
        key in select(vec!["identity", "scope", "zz-top", "new"]),
        is_conventional in any::<bool>(),
    ) {
        let end = if style.language == Language::Json { end.trim_end_matches("var v = 1") } else { end };
        let text = template(&body, style, end);
        let (document, model) = lower(&text, style.language);
        prop_assert!(!document.root().has_error(), "{}", text);
        let body = model.resources[0].body;
        let placement = if is_conventional { Placement::Conventional } else { Placement::After(anchor) };
        let editor = Editor::new(&document, &model);
        let edits = editor.insert_property(body, key, &new_value(), placement);
        let edits = edits.expect("there is a place");
        let (after, document2, model2) = result(&text, &edits, style.language);
        prop_assert!(keeps(&text, &after), "{}", after);
        let body2 = model2.resources[0].body;
        let mut expected = members(&document, &model, body);
        let mut found = members(&document2, &model2, body2);
        let position = found.iter().position(|(name, _)| name == key).expect("the property");
        if let Some(before) = expected.iter().position(|(name, _)| name == anchor)
            && !is_conventional
        {
            prop_assert_eq!(position, before + 1);
        }
        found.remove(position);
        prop_assert_eq!(&found, &expected);
        let value = model2.property(body2, key).expect("the property").value;
        let list = model2.property(value, "list").expect("the list").value;
        let ExpressionKind::Array(items) = model2.kind(list) else { panic!("a list") };
        let is_text = matches!(model2.kind(items[1].value), ExpressionKind::String(text) if &**text == "it's");
        prop_assert!(is_text);

        // Taking it out again leaves what was there.
        let editor = Editor::new(&document2, &model2);
        let edits = editor.remove_property(body2, key).expect("it can go");
        let (after, document3, model3) = result(&after, &edits, style.language);
        prop_assert!(keeps(&text, &after), "{}", after);
        expected = members(&document3, &model3, model3.resources[0].body);
        prop_assert_eq!(&found, &expected);
    }

    #[test]
    fn a_removed_property_is_gone_and_nothing_else(
        body in object(value()),
        style in style(),
        index in any::<Index>(),
    ) {
        let text = template(&body, style, "\n");
        let (document, model) = lower(&text, style.language);
        let body = model.resources[0].body;
        let mut expected = members(&document, &model, body);
        prop_assume!(!expected.is_empty());
        let (key, _) = expected.remove(index.index(expected.len()));
        let edits = Editor::new(&document, &model).remove_property(body, &key);
        let (after, document, model) = result(&text, &edits.expect("it can go"), style.language);
        prop_assert_eq!(members(&document, &model, model.resources[0].body), expected, "{}", after);
    }

    #[test]
    fn resources_and_dependencies_are_added(
        body in object(value()),
        style in style(),
        end in select(vec!["", "\n", "\r\n\r\n"]),
    ) {
        let text = template(&body, style, end);
        let (document, model) = lower(&text, style.language);
        let editor = Editor::new(&document, &model);
        let (id, resource) = model.resources().next().expect("a resource");
        let new = NewResource::new("new", "C/d", "1", "new".into());
        let edits = editor.insert_resource(id, &new).expect("there is a place");
        let (after, _, model2) = result(&text, &edits, style.language);
        prop_assert!(keeps(&text, &after), "{}", after);
        prop_assert_eq!(&*model2.resources[1].resource_type, "C/d");

        let new = std::rc::Rc::new(new);
        if let Some(edits) = editor.add_depends_on(id, &(&new).into()) {
            let (after, _, model) = result(&text, &edits, style.language);
            prop_assert!(keeps(&text, &after), "{}", after);
            let list = model.resources[0].depends_on.expect("the property");
            let ExpressionKind::Array(items) = model.kind(list) else { panic!("a list") };
            prop_assert!(!items.is_empty());
        } else {
            let list = resource.depends_on.expect("only a wrong one is in the way");
            prop_assert!(!matches!(model.kind(list), ExpressionKind::Array(_)));
        }
    }

    #[test]
    fn a_text_that_is_cut_off_does_no_harm(
        body in object(value()),
        style in style(),
        cut in any::<Index>(),
    ) {
        let text = template(&body, style, "\n");
        let text = &text[..cut.index(text.len())];
        let document = Document::new(style.language, text);
        if let Some(model) = crate::lower(&document).template() {
            let editor = Editor::new(&document, &model);
            for (id, resource) in model.resources() {
                let new = NewResource::new("new", "C/d", "1", "new".into());
                let placement = Placement::Conventional;
                let operations = [
                    editor.insert_resource(id, &new),
                    editor.add_depends_on(id, &id.into()),
                    editor.insert_property(resource.body, "new", &new_value(), placement),
                    editor.remove_property(resource.body, "sku"),
                    editor.replace(resource.body, &New::Null),
                ];
                for edits in operations.into_iter().flatten() {
                    applied(text, &edits);
                }
            }
        }
    }
}
