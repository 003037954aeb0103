//! What an editor does with the edits of an action.

use std::collections::BTreeMap;

use ropey::Rope;
use serde_json::Value;
use syntax::position::{Position, PositionEncoding, offset_at};

/// The texts of files, by their names, after a `WorkspaceEdit`. Snippets leave the words that they
/// propose.
pub fn applied(
    texts: &BTreeMap<String, String>,
    edit: &Value,
    encoding: PositionEncoding,
) -> BTreeMap<String, String> {
    let mut texts = texts.clone();
    for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
        let text = texts.get_mut(uri).expect("an edit of a file that is there");
        *text = edited(text, edits, encoding);
    }
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        if change["kind"] == "create" {
            let uri = change["uri"].as_str().unwrap().to_owned();
            let earlier = texts.insert(uri, String::new());
            assert_eq!(earlier, None, "a file is added where one is");
            continue;
        }
        let uri = change["textDocument"]["uri"].as_str().unwrap();
        let text = texts.get_mut(uri).expect("an edit of a file that is there");
        *text = edited(text, &change["edits"], encoding);
    }
    texts
}

fn edited(text: &str, edits: &Value, encoding: PositionEncoding) -> String {
    let rope = Rope::from_str(text);
    let offset = |position: &Value| {
        let number = |name| u32::try_from(position[name].as_u64().unwrap()).unwrap();
        let position = Position {
            line: number("line"),
            character: number("character"),
        };
        offset_at(&rope, position, encoding) as usize
    };
    let edits = edits.as_array().expect("a list of edits");
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
            let new_text = match edit["newText"].as_str() {
                Some(text) => text.to_owned(),
                None => plain(edit["snippet"]["value"].as_str().expect("some text")),
            };
            (range, new_text)
        })
        .collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut result = text.to_owned();
    let mut limit = text.len();
    for (range, new_text) in edits.into_iter().rev() {
        assert!(range.end <= limit, "edits overlap");
        limit = range.start;
        result.replace_range(range, &new_text);
    }
    result
}

/// The text that a snippet leaves if nobody writes over it.
fn plain(snippet: &str) -> String {
    let mut text = String::new();
    let mut characters = snippet.chars().peekable();
    let mut is_inside = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            '$' => {
                assert_eq!(characters.next(), Some('{'), "{snippet}");
                assert!(characters.by_ref().any(|it| it == ':'), "{snippet}");
                is_inside = true;
            }
            '}' if is_inside => is_inside = false,
            other => text.push(other),
        }
    }
    text
}
